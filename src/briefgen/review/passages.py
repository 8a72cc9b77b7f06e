"""A source's text, its blocks and the quotes in it -> passages, cut where a quote begins or ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from briefgen.model import Block, BlockKind, Evidence, SourceReference
from briefgen.quotes import Span, places

# Which colour lies on top where quotes of several kinds overlap; the others show as lines under the words.
ORDER = ("risk", "question", "judged", "claimed", "reported", "assessed", "summary")


@dataclass(frozen=True)
class Shown:
    """A source as the page shows it; without blocks each line is a paragraph."""

    source: SourceReference
    text: str
    blocks: Sequence[Block] = ()


@dataclass(frozen=True)
class Quote:
    """A quote of an item: its number on the page, the item's label and id, and what colour it has."""

    number: int
    label: str
    item: str
    kind: str
    span: Span

    @property
    def anchor(self) -> str:
        return f"quote-{self.number}"


def locate(shown: Shown, quote: Evidence) -> Span | None:
    """Where a quote stands: at its offsets, or at its first exact place."""
    if quote.start is not None and shown.text.startswith(quote.exact, quote.start):
        return quote.start, quote.start + len(quote.exact)
    at = next(places(shown.text, quote.exact), None)
    return None if at is None else (at, at + len(quote.exact))


def passages(shown: Shown, quotes: Sequence[Quote]) -> list[dict[str, Any]]:
    """The text in reading order, each passage with its kind and its pieces; no word is left out."""
    found: list[dict[str, Any]] = []
    for kind, start, end in _parts(shown.text, shown.blocks):
        here = [each for each in quotes if each.span[0] < end and each.span[1] > start]
        found.append({"kind": kind, "pieces": list(_pieces(shown.text, start, end, here))})
    pieces = [piece for passage in found for piece in passage["pieces"]]
    _once(pieces, "begins")
    _once(pieces[::-1], "ends")
    return found


def _once(pieces: Sequence[dict[str, Any]], name: str) -> None:
    """A quote over several passages begins in the first of them, and ends in the last."""
    seen: list[Any] = []
    for piece in pieces:
        piece[name] = [each for each in piece[name] if each not in seen]
        seen += piece[name]


def _parts(text: str, blocks: Sequence[Block]) -> Iterator[tuple[BlockKind, int, int]]:
    """The blocks, and as residue whatever stands between them: list marks go with what they mark."""
    at = 0
    for block in sorted(blocks, key=lambda each: each.start):
        line = max(at, text.rfind("\n", at, block.start) + 1)
        yield from _lines(text, at, line, "residue")
        if block.end > line:
            yield block.kind, line, block.end
        at = max(at, block.end)
    yield from _lines(text, at, len(text), "residue" if blocks else "paragraph")


def _lines(text: str, start: int, end: int, kind: BlockKind) -> Iterator[tuple[BlockKind, int, int]]:
    for line in text[start:end].splitlines(keepends=True):
        if line.strip():
            yield kind, start, start + len(line)
        start += len(line)


def _pieces(text: str, start: int, end: int, quotes: Sequence[Quote]) -> Iterator[dict[str, Any]]:
    """The passage cut into stretches that the same quotes cover."""
    inside = {edge for each in quotes for edge in each.span if start < edge < end}
    for first, last in pairwise(sorted({start, end} | inside)):
        over = [each for each in quotes if each.span[0] < last and each.span[1] > first]
        kinds = sorted({each.kind for each in over}, key=ORDER.index)
        yield {
            "text": text[first:last],
            "kinds": kinds,
            "items": list(dict.fromkeys(each.item for each in over)),
            "begins": [each.anchor for each in over if max(each.span[0], start) == first],
            "ends": [
                {"label": each.label, "item": each.item, "kind": each.kind, "quote": each.anchor}
                for each in sorted(over, key=lambda each: each.number)
                if min(each.span[1], end) == last
            ],
        }
