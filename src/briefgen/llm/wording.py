"""A wording and what it rests on -> what it says that its quotes do not: figures, names, negations, links, orders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from briefgen.llm.words import (
    BORDERS,
    DATES,
    DOUBTS,
    FIGURES,
    NEGATIONS,
    NO_DENIAL,
    OPEN,
    OPPOSING,
    SPEAKS,
    TITLES,
    VOICES,
)
from briefgen.orders import ORDERS
from briefgen.quotes import fold

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[.;:!?,()—–]|\d+")
_GROUPED = r"\d{1,3}(?:[.,'’\s]\d{3})+(?!\d)"
_FIGURE = re.compile(rf"({_GROUPED}(?:[.,]\d+)?|\d+(?:[.,]\d+)?)\s?(%|(?:bn|mn|m|k|tn|b)\b)?", re.IGNORECASE)
_LINK = re.compile(r"\w+://|\bwww\.|\]\(|<\w|&\w+;|\bmailto:|!\[", re.IGNORECASE)
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_OPENS = re.compile(r"[.!?…:;\n][\s\W]*$")
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_RUN = re.compile(r"[A-ZÀ-ÞА-ЯЁ][\w’'-]*(?:\s+(?:of\s+|the\s+|and\s+|for\s+|de\s+|du\s+)*[A-ZÀ-ÞА-ЯЁ][\w’'-]*)+")
_DEMONYMS = ("n", "an", "ian", "ish", "ese", "i", "s", "es", "ns", "ans", "ians")
_LONG_VOICES = tuple(voice for voice in VOICES if len(voice) > 4)
REACH = 5


@dataclass(frozen=True)
class Support:
    """What a wording may rest on: quotes, their sentences, their paragraphs, who speaks; the document tells names."""

    quotes: str
    context: str
    around: str
    voices: tuple[str, ...]
    document: str
    inflected_nouns: bool = False

    @property
    def all(self) -> str:
        return "\n".join((self.context, *self.voices))


def faults(text: str, support: Support, asks: bool = False, shares: bool = True) -> Iterator[str]:
    """What is wrong with one wording; one that `asks` may deny what its quotes state."""
    if ORDERS.search(text):
        yield "it follows or repeats an instruction to a model"
    if _LINK.search(text) and not _LINK.search(support.context):
        yield "it has a link or markup that its quotes do not have"
    yield from (f"the figure {each} is not in its quotes" for each in _new(figures(text), figures(support.all)))
    yield from (f"the name {each} is not in its quotes" for each in unknown_names(text, support))
    if not asks and (words := turned(text, support)):
        yield f"it denies or affirms otherwise than its quotes: {', '.join(f'‘{each}’' for each in words[:3])}"
    if shares and not _common(text, f"{support.all}\n{support.around}"):
        yield "it has not one word in common with its quotes"


def _new(said: dict[str, str], known: Iterable[str]) -> list[str]:
    return [shown for form, shown in said.items() if form not in set(known)]


# --- Figures --------------------------------------------------------------------------------------


def figures(text: str) -> dict[str, str]:
    """Each figure of `text`, in digits or words, in one form -> as it is written there."""
    found: dict[str, str] = {}
    for match in _FIGURE.finditer(_digits(text)):
        found[_number(match[1])] = match[1]
        if match[2]:
            found[FIGURES[match[2].lower()]] = match[0]
    lowered = re.sub(r"\bper\s+cent\b|\bpour\s+cent\b", "percent", text.lower())
    for word in _WORD.findall(lowered):
        for part in (word, *word.split("-")):
            # Single letters are units only right after a figure.
            if part in FIGURES and len(part) > 1:
                found.setdefault(FIGURES[part], part)
    return found


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(each, each)) if each.isdigit() else each for each in text)


def _number(written: str) -> str:
    if re.match(_GROUPED, written):
        whole = re.match(_GROUPED, written)
        rest = written[whole.end() :] if whole else ""
        written = re.sub(r"\D", "", written[: len(written) - len(rest)]) + rest
    return written.replace(",", ".").lstrip("0") or "0"


# --- Names ----------------------------------------------------------------------------------------


def _names(text: str) -> Iterator[tuple[str, bool, str]]:
    """Each capitalised word, whether it opens a sentence, and the word after it."""
    plain = _DOTTED.sub(lambda match: match[0].replace(".", ""), text)
    words = list(_WORD.finditer(plain))
    for word, after in zip(words, [*words[1:], None], strict=False):
        if word[0][0].isupper() and len(word[0]) > 1:
            yield word[0], _opens(plain, word.start()), after[0].lower() if after else ""


def _opens(text: str, at: int) -> bool:
    """Whether a sentence begins at `at`; only so much before it is looked at as quotation marks and dashes take."""
    before = text[max(0, at - 12) : at]
    return bool(_OPENS.search(before)) or (at <= 12 and not any(each.isalnum() for each in before))


@lru_cache(maxsize=8)
def _lexicon(document: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words that stand in lower case in a document, and those that are names there: never so."""
    plain = frozenset(word for word in _WORD.findall(document) if word[0].islower())
    inside = {word.lower() for word, opens, _ in _names(document) if not opens}
    return plain, frozenset(inside - plain)


def unknown_names(text: str, support: Support) -> list[str]:
    """Names in `text` that nothing it rests on has; a word that opens a sentence counts only if it shows to be one."""
    plain, known = _lexicon(support.document)
    has = {_bare(word) for word in _WORD.findall(_DOTTED.sub(lambda match: match[0].replace(".", ""), support.all))}
    has |= {part for word in has for part in word.split("-")}
    short = _initials(support.all)
    found = []
    for word, opens, after in _names(text):
        bare = _bare(word)
        if (opens and not _shows(word, after, plain, known)) or (bare in plain and bare not in DATES) or bare in TITLES:
            continue
        if not (_backed(bare, has) or (word.isupper() and any(bare in each for each in short))) and not (
            support.inflected_nouns and _backed(bare, {_bare(each) for each in _WORD.findall(support.document)})
        ):
            found.append(re.sub(r"['’]s?$", "", word))
    return list(dict.fromkeys(found))


def _shows(word: str, after: str, plain: frozenset[str], known: frozenset[str]) -> bool:
    """Whether a word that opens a sentence is a name all the same."""
    lowered = word.lower()
    speaker = after in SPEAKS and lowered not in plain and not lowered.endswith("s")
    possessive = lowered.endswith(("'s", "’s")) and _bare(word) not in plain
    return _bare(word) in known or any(each.isupper() for each in word[1:]) or speaker or possessive


def _bare(word: str) -> str:
    return re.sub(r"['’]s?$", "", word.lower())


def _backed(name: str, has: set[str]) -> bool:
    if name in has or all(part in has for part in name.split("-")):
        return True
    if _CYRILLIC.search(name):
        return any(_same_stem(name, each) for each in has)
    return any(name + end in has or (name.endswith(end) and name[: -len(end)] in has) for end in _DEMONYMS)


def _same_stem(one: str, other: str) -> bool:
    """Whether they differ in their ending only, as the cases of a Russian name do."""
    least = max(4, min(len(one), len(other)) - 1)
    return one[:least] == other[:least] and abs(len(one) - len(other)) <= 3


def _initials(text: str) -> list[str]:
    """What the names of several words are short for: European Union is EU."""
    return ["".join(word[0] for word in _WORD.findall(run) if word[0].isupper()).lower() for run in _RUN.findall(text)]


# --- Negations ------------------------------------------------------------------------------------


def _stem(word: str) -> str:
    return word[:5]


def _denies(words: list[str], at: int) -> bool:
    word = words[at]
    if word.endswith(("n't", "n’t")):
        return not (at + 1 < len(words) and words[at + 1] in NO_DENIAL)
    parts = re.split("['’]", word)
    return parts[0] in NEGATIONS and not (at + 1 < len(words) and words[at + 1] in NO_DENIAL | {"doubt"})


def _one_of(word: str, listed: tuple[str, ...]) -> bool:
    return any(word == each or (len(each) > 3 and word.startswith(each)) for each in listed)


@dataclass(frozen=True)
class Sense:
    """The stems of a text by what governs them: nothing, a negation, a denial in other words, or a doubt.

    `negations`, `denials` and `doubts` count these words themselves.
    """

    stated: frozenset[str]
    denied: frozenset[str]
    eluded: frozenset[str]
    opened: frozenset[str]
    negations: int
    denials: int
    doubts: int


@lru_cache(maxsize=64)
def sense(text: str) -> Sense:
    """What `text` states and denies: a negation reaches over the next words, up to the end of its clause."""
    words = [token.lower() for token in _TOKEN.findall(text)]
    stems: list[set[str]] = [set(), set(), set(), set()]
    counts = [0, 0, 0, 0]
    governs, until = 0, -1
    for at, word in enumerate(words):
        if not word[0].isalpha() or word in BORDERS:
            until = at
        elif kind := _governor(words, at):
            counts[kind] += 1
            # A plain negation keeps its reach: "not unlikely" would be too clever.
            governs, until = (1 if governs == 1 and at <= until else kind), at + REACH
        elif len(word) > 3:
            stems[governs if at <= until else 0].add(_stem(word))
    stated, denied, eluded, opened = map(frozenset, stems)
    return Sense(stated, denied, eluded, opened, *counts[1:])


def _governor(words: list[str], at: int) -> int:
    """1 for a negation, 2 for a denial in other words, 3 for a doubt, 0 for any other word."""
    if _denies(words, at):
        return 1
    if _one_of(words[at], DOUBTS):
        return 2
    return 3 if _one_of(words[at], OPEN) else 0


def turned(text: str, support: Support) -> list[str]:
    """Words that `text` denies where its quotes do not, or states where they deny them."""
    said, quoted, held = sense(text), sense(support.quotes), sense(support.context)
    denied = said.denied - held.denied - held.eluded
    negative = held.negations + held.denials
    wrong = denied & (held.stated | held.opened) if negative else denied
    # As many words that deny or doubt as the quotes have: they are put in other words, not dropped.
    if said.negations + said.denials + said.doubts < quoted.negations + quoted.denials + quoted.doubts:
        wrong |= (quoted.denied & said.stated) - quoted.stated
    found = sorted({*_in_full(text, wrong), *_opposed(text, support.context)})
    added = said.negations and said.negations + said.denials > negative
    return found or (["not"] if added or (said.negations < quoted.negations and _dropped(text, support.quotes)) else [])


def _dropped(text: str, quotes: str) -> bool:
    """Whether all that `text` leaves out of its quotes is what denies in them."""
    said, held = (set(_WORD.findall(each.lower())) for each in (text, quotes))
    return bool(held - said) and held - said <= NEGATIONS


def _in_full(text: str, stems: Iterable[str]) -> list[str]:
    """The words of `text` with these stems, since a stem alone says little to a reader."""
    wanted = set(stems)
    return [word for word in dict.fromkeys(_WORD.findall(text.lower())) if _stem(word) in wanted]


def _opposed(text: str, context: str) -> Iterator[str]:
    """Words that differ from one of the quotes by a prefix like un- only, in either direction."""
    said, held = ({word for word in _WORD.findall(each.lower()) if len(word) > 4} for each in (text, context))
    for one, other in ((said, held), (held, said)):
        for word in one - other:
            bases = (word.removeprefix(prefix) for prefix in OPPOSING if word.startswith(prefix))
            if any(len(base) > 4 and base in other - one for base in bases):
                yield word


# --- All and nothing ------------------------------------------------------------------------------


def _common(text: str, context: str) -> bool:
    said, held = ({_stem(word) for word in _WORD.findall(each.lower()) if len(word) > 3} for each in (text, context))
    if said & held or set(figures(text)) & set(figures(context)):
        return True
    wide = fold(text).text
    pairs = {wide[at : at + 2] for at in range(len(wide) - 1) if wide[at] > "\u2fff"}
    return any(pair in context for pair in pairs)


def voiced(text: str, attribution: str | None, cues: Iterable[str]) -> bool:
    """Whether a wording shows that it tells what somebody says."""
    lowered = text.lower()
    if re.search('[“”«»"]', text) or any(cue.lower() in lowered for cue in cues if len(cue) > 2):
        return True
    words = _WORD.findall(lowered)
    names = {_stem(word) for word in _WORD.findall((attribution or "").lower()) if len(word) > 3}
    return any(_stem(word) in names or word in VOICES or word.startswith(_LONG_VOICES) for word in words)
