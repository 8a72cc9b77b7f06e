"""Source -> chunks: what a model is shown at a time, cut at paragraph borders, with some overlap.

Residue is never shown: what a model has not seen it cannot quote, and page furniture is a good place for orders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from briefgen.model import Block, Source

SIZE = 12_000
OVERLAP = 800
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+|[。！？]+|\n")


@dataclass(frozen=True)
class Piece:
    """A stretch of one block; `opens` tells whether the block begins with it."""

    start: int
    end: int
    heading: bool
    opens: bool


@dataclass(frozen=True)
class Chunk:
    """Some pieces of a source in order; `number` counts the chunks of all sources from 0."""

    source: Source
    source_id: str | None
    pieces: tuple[Piece, ...]
    number: int = 0

    @property
    def text(self) -> str:
        """What a model is shown: paragraphs apart, headings marked."""
        shown = (
            ("\n\n" if piece.opens else "")
            + ("# " if piece.heading else "")
            + self.source.text[piece.start : piece.end]
            for piece in self.pieces
        )
        return "".join(shown).strip()

    @property
    def span(self) -> tuple[int, int]:
        """Where it begins and ends in its source."""
        return self.pieces[0].start, self.pieces[-1].end


def chunks(source: Source, source_id: str | None = None, size: int = SIZE, overlap: int = OVERLAP) -> Iterator[Chunk]:
    """The chunks of one source; each but the first repeats the last pieces of the one before, up to `overlap`."""
    held: list[Piece] = []
    fresh = 0
    for piece in _pieces(source, size, overlap):
        if fresh and _length(held) + piece.end - piece.start > size:
            yield Chunk(source, source_id, tuple(held))
            held, fresh = _tail(held, min(overlap, size // 2)), 0
        held.append(piece)
        fresh += 1
    if fresh:
        yield Chunk(source, source_id, tuple(held))


def _length(pieces: list[Piece]) -> int:
    return sum(piece.end - piece.start for piece in pieces)


def _tail(pieces: list[Piece], most: int) -> list[Piece]:
    """The last pieces that together are not longer than `most`."""
    kept = len(pieces)
    while kept and _length(pieces[kept - 1 :]) <= most:
        kept -= 1
    return pieces[kept:]


def _pieces(source: Source, size: int, overlap: int) -> Iterator[Piece]:
    blocks = source.blocks or (Block("paragraph", 0, len(source.text)),)
    for block in blocks:
        if block.kind == "residue" or not source.text[block.start : block.end].strip():
            continue
        longest = size if block.end - block.start <= size else max(min(overlap, size // 2), 1)
        starts = list(_cuts(source.text, block.start, block.end, longest))
        for start, end in zip(starts, [*starts[1:], block.end], strict=True):
            yield Piece(start, end, block.kind == "heading", start == block.start)


def _cuts(text: str, start: int, end: int, longest: int) -> Iterator[int]:
    """Where the pieces of a block begin: after a sentence if one ends in time, else after a space, else anywhere."""
    yield start
    while end - start > longest:
        window = text[start : start + longest]
        ends = [match.end() for match in _END.finditer(window)]
        start += (ends[-1] if ends else 0) or window.rfind(" ") + 1 or longest
        yield start
