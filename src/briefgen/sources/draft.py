"""Pieces of text -> Draft: one clean text with its blocks, as every reader hands it on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from briefgen.errors import Diagnostic
from briefgen.model import Block, BlockKind


@dataclass(frozen=True)
class Metadata:
    """What the document says about itself; None where it says nothing."""

    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: date | None = None
    url: str | None = None


@dataclass(frozen=True)
class Draft:
    """What a reader makes of a file, before headings and residue are told by their shape."""

    text: str
    blocks: tuple[Block, ...]
    metadata: Metadata = Metadata()
    notes: tuple[Diagnostic, ...] = ()
    verbatim: bool = False


@dataclass(frozen=True)
class Piece:
    """A block with its own text, before it has a place."""

    kind: BlockKind
    text: str


# A content file may hold none of these, so a quote must not: controls, direction marks, noncharacters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ud800-\udfff"
    "\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """`text` on one line, with single spaces, without characters that print nothing."""
    return _SPACE.sub(" ", _FORBIDDEN.sub("", text)).translate(_LIGATURES).strip()


def compose(pieces: Iterable[Piece]) -> tuple[str, tuple[Block, ...]]:
    """One text, a blank line between the pieces, and where each of them stands; empty ones are left out."""
    texts: list[str] = []
    blocks: list[Block] = []
    at = 0
    for piece in pieces:
        if text := clean(piece.text):
            texts.append(text)
            blocks.append(Block(piece.kind, at, at + len(text)))
            at += len(text) + 2
    return "\n\n".join(texts) + ("\n" if texts else ""), tuple(blocks)
