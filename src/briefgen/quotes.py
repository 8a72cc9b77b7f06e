"""A quote -> its place in a text: exact, or equal once both are normalised; never fuzzy.

Offsets are code points, end exclusive. Normalising makes one of all spaces and line ends, quotation marks, dashes
and cases, and drops what is invisible (soft hyphens, zero-width characters); nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

Span = tuple[int, int]

_LAST = 0x11000  # no space or dash stands beyond
_DROPPED = "\u00ad"
_RUN = re.compile(f"[ {_DROPPED}]{{2,}}|{_DROPPED}")
_SAME = {
    "'": "‘’‚‛′`´ʼ‹›",
    '"': "“”„‟″«»〝〞",
    "-": "−⁃",
    _DROPPED: "\u200b\u200c\u200d\u2060\ufeff",
    # The two letters whose lower case is not one code point of its own everywhere.
    "i": "İ",
    "σ": "Σς",
}


@cache
def _table() -> dict[int, str]:
    """Each character that stands for another one; always one for one, so that offsets survive."""
    table = {ord(each): one for one, several in _SAME.items() for each in several}
    for code in range(_LAST):
        if chr(code).isspace():
            table[code] = " "
        elif unicodedata.category(chr(code)) == "Pd":
            table[code] = "-"
    return table


@dataclass(frozen=True)
class Folded:
    """A normalised text, and how to get back: from each of `starts` on, `shifts` characters are missing."""

    text: str
    starts: tuple[int, ...]
    shifts: tuple[int, ...]

    def origin(self, at: int) -> int:
        """The offset, in the text that was normalised, of the character that stands at `at` now."""
        known = bisect_right(self.starts, at)
        return at + (self.shifts[known - 1] if known else 0)

    def span(self, start: int, end: int) -> Span:
        """The stretch of the original that `start` to `end` came from, without what was dropped around it."""
        return self.origin(start), self.origin(end - 1) + 1


@lru_cache(maxsize=8)
def fold(text: str) -> Folded:
    """`text` normalised; remembered, since many quotes are sought in one text."""
    same = text.translate(_table()).lower()
    parts, starts, shifts = [], [], []
    done = length = missing = 0
    for run in _RUN.finditer(same):
        kept = " " if " " in run[0] else ""
        parts += [same[done : run.start()], kept]
        length += run.start() - done + len(kept)
        missing += len(run[0]) - len(kept)
        done = run.end()
        starts.append(length)
        shifts.append(missing)
    return Folded("".join([*parts, same[done:]]), tuple(starts), tuple(shifts))


def places(text: str, quote: str) -> Iterator[int]:
    """Where `quote` stands in `text` exactly, overlapping ones too."""
    at = text.find(quote) if quote else -1
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)


def _only(text: str, quote: str) -> int | None:
    """The one place of `quote`; None when there is none or a second one."""
    found = places(text, quote)
    first = next(found, None)
    return first if next(found, None) is None else None


def locate(text: str, quote: str) -> Span | None:
    """Where `quote` stands in `text`: the one exact place, else the one normalised place; None when not unique.

    A quote that stands there exactly more than once is not unique, however it is normalised.
    """
    wanted = fold(quote).text.strip()
    if not wanted:
        return None
    if quote in text:
        at = _only(text, quote)
        return None if at is None else (at, at + len(quote))
    folded = fold(text)
    at = _only(folded.text, wanted)
    return None if at is None else folded.span(at, at + len(wanted))
