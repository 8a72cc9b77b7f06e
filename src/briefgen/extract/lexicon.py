"""Word lists -> the cues in a sentence: phrases found in one walk over its words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "lexicon"
WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*|\$")
SECTOR = "sector:"
# Lists that hold single words, looked up as they are; and words that the draft itself needs.
PLAIN = (
    "stop",
    "abbreviations",
    "openers",
    "pronouns",
    "plural",
    "neuter",
    "never",
    "helpers",
    "passive",
    "links",
    "asking",
    "wh",
    "first",
    "relative",
    "prepositions",
    "asides",
    "times",
    "joints",
    "content",
    "articles",
    "unsaid",
    "credits",
    "notes",
    "pointers",
    "bodies",
    "agent",
    "agents",
    "addressed",
    "nouns",
    "one",
    "small",
    "particles",
    "turns",
    "turning",
)
LABELS = ("unnamed", "author", "differ", "inverts")
# Russian prints the same word with and without the two dots.
_APOSTROPHES = str.maketrans("’ʼ‘ё", "'''е")
_SHORTEST_STEM = 2
_MOST_KNOWN = 20_000


@dataclass(frozen=True)
class Word:
    """A word of a sentence: lower case without a possessive ending, and where it stands."""

    form: str
    start: int
    end: int


@dataclass(frozen=True)
class Hit:
    """A phrase of a list: the words `first` to `last`, both included, and where they stand."""

    first: int
    last: int
    start: int
    end: int


@dataclass(slots=True)
class _Node:
    """One step of the walk: the next words, the next stems (`risk*`), and the lists a phrase ends in here."""

    words: dict[str, _Node] = field(default_factory=dict)
    stems: dict[str, _Node] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)
    longest: int = 0
    known: dict[str, list[_Node]] = field(default_factory=dict)

    def step(self, part: str) -> _Node:
        if not part.endswith("*"):
            return self.words.setdefault(part, _Node())
        stem = part.rstrip("*")
        self.longest = max(self.longest, len(stem))
        return self.stems.setdefault(stem, _Node())

    def after(self, form: str) -> list[_Node]:
        """The nodes that a word leads to; remembered, since words come again."""
        if form not in self.known:
            if len(self.known) > _MOST_KNOWN:
                self.known.clear()
            self.known[form] = self._after(form)
        return self.known[form]

    def _after(self, form: str) -> list[_Node]:
        """Its own node, and those of stems that it begins with."""
        found = [self.words[form]] if form in self.words else []
        if self.stems:
            sizes = [0, *range(_SHORTEST_STEM, min(len(form), self.longest) + 1)]
            found += [self.stems[form[:size]] for size in sizes if form[:size] in self.stems]
        return found


def words(text: str) -> list[Word]:
    """The words of `text`, as the lists know them."""
    return [Word(_form(match[0]), match.start(), match.end()) for match in WORD.finditer(text)]


@lru_cache(maxsize=20_000)
def _form(word: str) -> str:
    lowered = word.lower().translate(_APOSTROPHES)
    if lowered in _KEPT:
        return lowered
    return _ENDING.sub("", lowered) if "'" in lowered else lowered


_ENDING = re.compile(r"'(?:s|re|ve|ll|d|m)$")
# Here the ending is a verb or a part of the word.
_KEPT = frozenset({"let's", "it's", "that's", "what's", "here's", "there's", "who's", "he's", "she's"})


@dataclass(frozen=True)
class Lexicon:
    """The lists of one language, ready to be looked up."""

    language: str
    root: _Node
    stop: frozenset[str] = frozenset()
    abbreviations: frozenset[str] = frozenset()
    openers: frozenset[str] = frozenset()
    pronouns: frozenset[str] = frozenset()
    plural: frozenset[str] = frozenset()
    neuter: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    helpers: frozenset[str] = frozenset()
    passive: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    asking: frozenset[str] = frozenset()
    wh: frozenset[str] = frozenset()
    first: frozenset[str] = frozenset()
    relative: frozenset[str] = frozenset()
    asides: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    joints: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    content: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    unsaid: frozenset[str] = frozenset()
    credits: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()
    pointers: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    agent: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    addressed: frozenset[str] = frozenset()
    nouns: frozenset[str] = frozenset()
    one: frozenset[str] = frozenset()
    small: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    turns: frozenset[str] = frozenset()
    turning: frozenset[str] = frozenset()
    unnamed: str = "unnamed sources"
    author: str = "the author"
    differ: str = "Sources differ"
    inverts: bool = False

    def scan(self, found: list[Word]) -> dict[str, list[Hit]]:
        """Every list that has a phrase in these words -> its phrases, from left to right, the longest one first."""
        hits: dict[str, list[Hit]] = {}
        for first in range(len(found)):
            for last, name in sorted(self._from(found, first), reverse=True):
                hits.setdefault(name, []).append(Hit(first, last, found[first].start, found[last].end))
        return hits

    def _from(self, found: list[Word], first: int) -> list[tuple[int, str]]:
        nodes, at = self.root.after(found[first].form), first
        ends = [(at, name) for node in nodes for name in node.lists]
        while nodes and at + 1 < len(found):
            at += 1
            form = found[at].form
            nodes = [after for node in nodes for after in node.after(form)]
            ends += [(at, name) for node in nodes for name in node.lists]
        return ends


def phrases(text: str) -> list[str]:
    """The phrases of a list as it is written: separated by commas, over any number of lines."""
    return [" ".join(part.split()) for part in text.replace("’", "'").split(",") if part.strip()]


def available() -> list[str]:
    """The languages that have a lexicon here."""
    return sorted(path.stem for path in HERE.glob("*.toml"))


def load(language: str, extra: Mapping[str, Any] | None = None) -> Lexicon:
    """The lexicon of a language, and what a desk adds to its lists; an empty one where there is none."""
    return _built(language, _read(language), extra) if extra else _own(language)


@cache
def _own(language: str) -> Lexicon:
    return _built(language, _read(language), None)


def _read(language: str) -> dict[str, Any]:
    # The language is one of the document's own metadata: it must not choose a file freely.
    if language not in available():
        return {}
    return tomllib.loads((HERE / f"{language}.toml").read_text(encoding="utf-8"))


def _built(language: str, own: Mapping[str, Any], extra: Mapping[str, Any] | None) -> Lexicon:
    tables = (own, extra or {})
    root = _Node()
    for name, phrase in _named(tables):
        _add(root, phrase, name)
    plain: dict[str, Any] = {
        name: frozenset(form for table in tables for form in phrases(table.get(name, ""))) for name in PLAIN
    }
    labels: dict[str, Any] = {name: own[name] for name in LABELS if name in own}
    return Lexicon(language, root, **plain, **labels)


def _named(tables: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    for table in tables:
        for name, text in table.get("cues", {}).items():
            yield from ((name, phrase) for phrase in phrases(text))
        for name, text in table.get("sectors", {}).items():
            yield from ((SECTOR + name, phrase) for phrase in phrases(text))


def _add(root: _Node, phrase: str, name: str) -> None:
    node = root
    for word in phrase.lower().split():
        part = word.strip(":")
        node = node.step(part if part.endswith("*") else _form(part))
    if name not in node.lists:
        node.lists.append(name)
