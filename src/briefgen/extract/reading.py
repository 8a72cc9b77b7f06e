"""Sentences and a lexicon -> sentences as read: words, cues, quotations, names; and the register of the whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from briefgen.extract.lexicon import Hit, Lexicon, Word, words
from briefgen.extract.sentences import Sentence

_QUOTES = re.compile(
    r"“[^“”]{1,2000}(?:”|$)|«[^«»]{1,2000}(?:»|$)|„[^„“”]{1,2000}[“”]|‘(?:[^‘’]|’(?=\w)){1,2000}’(?!\w)|\"[^\"]{1,2000}\"|^[^“”]{1,2000}”"
    # A quotation that began in an earlier sentence, or goes on in the next.
    r"|^[^\"]{1,2000}(?<=\S)\"(?=[\s,.;:)]|$)|(?:^|(?<=[\s(]))\"[^\"]{1,2000}$"
)
# A quotation of so much of a sentence is around all of it.
WHOLE = 0.9
# In straight single marks; an apostrophe has a letter before it, or one after it.
_SINGLE = re.compile(
    r"(?:^|(?<=[\s(\"“]))'(?=\S)(?:[^']|'(?=\w)){10,2000}?(?<=\S)'(?!\w)|‘(?:[^‘’]|’(?=\w)){10,2000}’(?!\w)"
)
_FIGURE = re.compile(r"[0-9][0-9.,]*[0-9]|[0-9]")
_JOIN = re.compile(r"\.?\s+&?\s*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True)
class Read:
    """One sentence with what was found in it; `said` are its quotations, `names` its runs of capitalised words."""

    sentence: Sentence
    text: str
    words: tuple[Word, ...]
    hits: dict[str, list[Hit]]
    said: tuple[tuple[int, int], ...]
    names: tuple[tuple[int, int], ...]
    content: tuple[str, ...]

    def outside(self, name: str) -> list[Hit]:
        """The cues of a list that the sentence's own author uses: those outside quotations."""
        return [hit for hit in self.hits.get(name, ()) if not any(a <= hit.start < b for a, b in self.said)]

    @cached_property
    def figures(self) -> frozenset[str]:
        """The numbers of the sentence, as they are written."""
        return frozenset(_FIGURE.findall(self.text))

    @cached_property
    def bag(self) -> frozenset[str]:
        """The content without the numbers, in no order."""
        return frozenset(word for word in self.content if not word[0].isdigit())

    @cached_property
    def wording(self) -> tuple[str, ...]:
        """All words: equal where the same sentence stands twice, whatever its marks."""
        return tuple(word.form for word in self.words)

    @property
    def end(self) -> str:
        """Its last character but for what closes quotations, brackets and emphasis; '' where there is none."""
        return self.text.rstrip('"”’»)]* ')[-1:]

    @property
    def asks(self) -> bool:
        return self.text.rstrip('"”’»)] ').endswith(("?", "？"))


def read(sentence: Sentence, lexicon: Lexicon) -> Read:
    """Look a sentence up in the lexicon."""
    text = sentence.text
    found = words(text)
    said = tuple((match.start(), match.end()) for match in _QUOTES.finditer(text))
    if sentence.quoted:
        # A quotation around a whole sentence leaves no mark in it, or only one.
        said = said or ((0, len(text)),)
    hits = lexicon.scan(found)
    return Read(
        sentence,
        text,
        tuple(found),
        hits,
        _nested(text, said, hits),
        tuple(_names(text, found, lexicon)),
        content(text, found, lexicon),
    )


def _nested(text: str, said: tuple[tuple[int, int], ...], hits: dict[str, list[Hit]]) -> tuple[tuple[int, int], ...]:
    """The quotations, where one around the whole sentence tells of another within: those within."""
    whole = sum(end - start for start, end in said) >= WHOLE * len(text)
    inner = tuple(match.span() for match in _SINGLE.finditer(text)) if whole or not said else ()
    tells = any(not any(a <= hit.start < b for a, b in inner) for hit in hits.get("say", ())) if inner else False
    return inner if tells else said


def content(text: str, found: Sequence[Word], lexicon: Lexicon) -> tuple[str, ...]:
    """The words that carry the subject, cut to stems; pairs of characters where a script has no spaces."""
    if _CJK.search(text):
        marks = [char for char in text if _CJK.match(char)]
        return tuple(a + b for a, b in pairwise(marks))
    return tuple(stem(word.form) for word in found if word.form not in lexicon.stop and len(word.form) > 1)


def stem(form: str) -> str:
    """A crude stem, the same for every language: the first letters of a long word."""
    if any(char.isdigit() for char in form):
        return form
    return form[:6] if len(form) > 6 else form.removesuffix("s") if len(form) > 3 else form


def _names(text: str, found: Sequence[Word], lexicon: Lexicon) -> list[tuple[int, int]]:
    """Runs of capitalised words; a common word that only begins the sentence is none."""
    runs: list[tuple[int, int]] = []
    at = 0
    while at < len(found):
        end = _run(text, found, at, lexicon)
        if end > at:
            runs.append((found[at].start, found[end - 1].end))
        at = max(end, at + 1)
    return runs


def _run(text: str, found: Sequence[Word], at: int, lexicon: Lexicon) -> int:
    if not _capital(text, found[at]) or found[at].form in lexicon.stop:
        return at
    end = at + 1
    while end < len(found):
        linked = end + 1 if found[end].form in lexicon.particles else end
        joined = linked < len(found) and _capital(text, found[linked])
        if not joined or not _JOIN.fullmatch(text, found[end - 1].end, found[end].start):
            break
        end = linked + 1
    return end


def _capital(text: str, word: Word) -> bool:
    return text[word.start].isupper()


def is_commentary(read: Sequence[Read]) -> bool:
    """Whether the author speaks in person or colours often enough that the whole is opinion."""
    marked = sum(bool(each.outside("first_person") or each.outside("evaluative")) for each in read)
    person = sum(bool(each.outside("first_person")) for each in read)
    return bool(read) and (marked >= 0.3 * len(read) or person >= 0.12 * len(read))
