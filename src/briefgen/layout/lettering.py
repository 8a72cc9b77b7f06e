"""Texts -> whether one holds the words of another, as far as a PDF keeps what was written.

A PDF holds glyphs from left to right. Readers turn right-to-left words around again, but not the letters within a
ligature, nor always the figures and names between them; and where marks stand around their letters, as in the
scripts of India, the layout engine writes down what a glyph reads as where it comes first: most letters read right,
no mark is sure. So words and letters of these are counted, without their order: what is lost is missing in any.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import groupby

_VARIANT = re.compile("[\ufe00-\ufe0f]")  # says only whether the sign before it is to be in colour
_VOWELS = re.compile("[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
# All scripts that a PDF keeps in their order are below this, but for ideographs.
_UNUSUAL = re.compile("[\u0590-\u1dff\u2d80-\u2dff\ua800-\uabff\ufb1d-\ufeff\U00010000-\U0001ffff]")
# Scripts whose letters carry marks on all sides: from the first character of each range to before the second.
_MARKED = (0x0900, 0x10A0, 0x1700, 0x18B0, 0x1900, 0x1D00, 0xA800, 0xAC00, 0x11000, 0x12000)
# The share of their letters that may read as something else.
_UNSURE = 0.15


class Only(dict[int, int | None]):
    """A table for `str.translate` that drops all characters but those `wanted`; it grows by those it meets."""

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self.wanted = wanted

    def __missing__(self, code: int) -> int | None:
        self[code] = code if self.wanted(chr(code)) else None
        return self[code]


_VISIBLE = Only(lambda char: char.isspace() or unicodedata.category(char) not in ("Cf", "Cc"))
_KEPT = Only(lambda char: not char.isspace() and unicodedata.category(char) not in ("Cf", "Pd", "Cc"))


@lru_cache(maxsize=64)
def normal(text: str) -> str:
    """Text without what layout may change: case, spaces, hyphens, ligatures, invisible characters."""
    return _plain(text).translate(_KEPT)


def _plain(text: str) -> str:
    return _VARIANT.sub("", unicodedata.normalize("NFKC", text).casefold())


def holds(found: str, wanted: str) -> bool:
    """Whether all of `wanted` is in `found`: in its order where a PDF keeps it, else every word as often."""
    if not is_turned(wanted) and not is_marked(wanted):
        return normal(wanted) in normal(found)
    # Readers put spaces around the vowel signs of a right-to-left word, so that only its letters can be counted.
    apart = bool(_VOWELS.search(found) or _VOWELS.search(wanted))
    short = Counter(_tokens(wanted, apart))
    letters = sum(count for word, count in short.items() if is_marked(word))
    short.subtract(Counter(_tokens(found, apart)))
    left = Counter({word: -count for word, count in short.items() if count < 0})
    gone = [word for word, count in short.items() for _ in range(count)]
    words = [word for word in gone if not is_marked(word)]
    return len(gone) - len(words) <= _UNSURE * letters and all(_is_cut(word, left) for word in words)


def is_turned(text: str) -> bool:
    """Whether some of it is written from right to left."""
    return any(_kind(char) == "turned" for char in _UNUSUAL.findall(text))


def is_marked(text: str) -> bool:
    """Whether some of it is in a script of which a PDF tells the letters alone."""
    return any(_kind(char) == "marked" for char in _UNUSUAL.findall(text))


def turned_words(text: str) -> list[str]:
    """The right-to-left words of `text`, each with its letters sorted."""
    return [word for kind, word in _words(text) if kind == "turned"] if is_turned(text) else []


def searchable(text: str) -> str:
    """The text of a PDF, in which wordings can be looked for; its right-to-left words on the last line."""
    return f"{normal(text)}\n{' '.join(turned_words(text))}"


def _tokens(text: str, apart: bool) -> Iterator[str]:
    for kind, word in _words(text):
        yield from word if kind == "marked" or (kind == "turned" and apart) else [word]


def _words(text: str) -> Iterator[tuple[str, str]]:
    for kind, group in groupby(_plain(text).translate(_VISIBLE), _kind):
        letters = list(group)
        if kind:
            yield kind, "".join(sorted(letters) if kind == "turned" else letters)


def _kind(char: str) -> str:
    """Letters of one kind that stand together are a word; '' for what parts words, and for marks."""
    if char.isdigit():
        return "figure"
    if not char.isalnum():
        return ""
    if unicodedata.bidirectional(char) in ("R", "AL"):
        return "turned"
    return "marked" if bisect_right(_MARKED, ord(char)) % 2 else "other"


def _is_cut(word: str, left: Counter[str]) -> bool:
    """Whether a word that is not in one piece is there in two, as at the end of a line; takes them from `left`."""
    for piece in [piece for piece, count in left.items() if count > 0]:
        rest = Counter(word)
        rest.subtract(piece)
        other = next((each for each in +left if Counter(each) == +rest), None)
        if min(rest.values()) >= 0 and other is not None and (piece != other or left[piece] > 1):
            left.subtract([piece, other])
            return True
    return False
