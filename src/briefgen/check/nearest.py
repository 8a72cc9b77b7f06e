"""A lost quote -> the place in its source that is most like it, to be shown to a person and never used otherwise.

Stretches of the source are ranked by the runs of three words they share with the quote; only the best few are
compared in full, so that the time stays in proportion to the source whatever it holds.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice

from briefgen.quotes import Span, fold

# Writing without spaces has no words to find: each of its characters counts as one.
_ALONE = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(f"[{_ALONE}]|[^\\W{_ALONE}]+")
_MOST_WORDS = 100
_COMPARED = 4
_ALIKE = 0.4


@lru_cache(maxsize=8)
def _words(text: str) -> list[str]:
    """The normalised words of a text; places come later, for the few that need one."""
    return _WORD.findall(fold(text).text)


def nearest(text: str, quote: str) -> Span | None:
    """The stretch of `text` most like `quote`; None when nothing in it is much like it."""
    wanted = _words(quote)[:_MOST_WORDS]
    words = _words(text)
    alike = [(_likeness(wanted, words[start:end]), start, end) for start, end in _candidates(words, wanted)]
    best, start, end = max(alike, default=(0.0, 0, 0), key=lambda each: (each[0], -each[1]))
    if best < _ALIKE:
        return None
    return _span(text, *_trimmed(wanted, words, start, end))


def _candidates(words: Sequence[str], wanted: Sequence[str]) -> list[Span]:
    """The best few stretches, as indexes of words: those that share the most runs of 3, else 2, else 1 words."""
    for size in (3, 2, 1):
        runs = set(_runs(wanted, size))
        hits = [at for at, run in enumerate(_runs(words, size)) if run in runs]
        if hits:
            return list(_densest(hits, len(wanted)))
    return []


def _runs(words: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[skip:] for skip in range(size)), strict=False)


def _densest(hits: Sequence[int], length: int) -> Iterator[Span]:
    """Stretches of `length` words that begin at a hit and hold the most of them, with some room before."""
    last, held = 0, []
    for first, at in enumerate(hits):
        while last < len(hits) and hits[last] < at + length:
            last += 1
        held.append((last - first, -at))
    for _, at in heapq.nlargest(_COMPARED, held):
        yield max(0, -at - length // 2), -at + length + length // 2


def _likeness(wanted: Sequence[str], words: Sequence[str]) -> float:
    """The share of the wanted words that stand in `words` in the same order."""
    blocks = SequenceMatcher(None, wanted, words, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / max(1, len(wanted))


def _trimmed(wanted: Sequence[str], words: Sequence[str], start: int, end: int) -> Span:
    """From the word that answers to the first of the quote to the one that answers to its last."""
    blocks = SequenceMatcher(None, wanted, words[start:end], autojunk=False).get_matching_blocks()
    same = [block for block in blocks if block.size]
    first, last = same[0], same[-1]
    begin = start + first.b - first.a
    finish = start + last.b + last.size + len(wanted) - last.a - last.size
    return max(0, begin), min(len(words), finish)


def _span(text: str, first: int, end: int) -> Span:
    """Where the words from `first` to before `end` stand in `text`."""
    folded = fold(text)
    words = list(islice(_WORD.finditer(folded.text), first, end))
    return folded.span(words[0].start(), words[-1].end())
