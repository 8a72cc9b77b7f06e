"""A proposal and its source -> where its quotes stand, or why they prove nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from briefgen.llm.answer import Proposal
from briefgen.llm.chunks import Chunk
from briefgen.model import Block, Evidence, Source
from briefgen.orders import ORDERS
from briefgen.quotes import Span, fold, locate

# Shorter ones prove nothing ("the deal"); a script without spaces says more in fewer characters.
LEAST, LEAST_DENSE = 10, 4
MOST = 6
BESIDE = 32
PARAGRAPH = 2000
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_END = re.compile(r"(?<!\b[A-ZА-Я])(?<!\b(?:Mr|Dr|St|No))(?<!\bMrs)[.!?…]+[\"'”’»)\]]*\s+(?=[^\sa-zа-яё])|[。！？]+")


@dataclass(frozen=True)
class Found:
    """A quote in its place: `sentence` is the whole of the sentences that it stands in."""

    span: Span
    sentence: Span
    evidence: Evidence


def prove(proposal: Proposal, chunk: Chunk) -> tuple[list[Found], list[str]]:
    """Every quote in its place, and what is wrong with each one that has none."""
    if not proposal.quotes:
        return [], ["it brings no quote"]
    found, wrong = [], []
    for quote in dict.fromkeys(proposal.quotes[:MOST]):
        fault, place = _placed(quote, chunk)
        if place:
            found.append(place)
        else:
            wrong.append(f"{fault}: “{_short(quote)}”")
    return found, wrong


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:88].rstrip()} …"


def _placed(quote: str, chunk: Chunk) -> tuple[str, Found | None]:
    source = chunk.source
    if len(fold(quote).text.strip()) < (LEAST_DENSE if _WIDE.search(quote) else LEAST):
        return "the quote is too short to prove anything", None
    unique, span = _located(quote, chunk)
    if span is None:
        return _missing(quote, source), None
    block = _block(source, span)
    if isinstance(block, str):
        return block, None
    whole = sentence(source.text, span, block)
    if ORDERS.search(source.text[slice(*around(source.text, whole, block))]):
        return "the quote stands among instructions to a model, which are no content", None
    return "", Found(span, whole, _evidence(chunk, span, unique))


def _located(quote: str, chunk: Chunk) -> tuple[bool, Span | None]:
    """Whether the quote is unique in its source, and its place; one that is unique in what was shown has one too."""
    text = chunk.source.text
    if span := locate(text, quote):
        return True, span
    start, end = chunk.span
    span = locate(text[start:end], quote)
    return False, span and (span[0] + start, span[1] + start)


def _missing(quote: str, source: Source) -> str:
    often = fold(quote).text.strip() in fold(source.text).text
    return "the quote stands more than once, quote more of its sentence" if often else "the quote is not in the source"


def _block(source: Source, span: Span) -> Block | str:
    """The one block of content that holds `span`, or what stands there instead."""
    blocks = source.blocks or (Block("paragraph", 0, len(source.text)),)
    met = [block for block in blocks if block.start < span[1] and span[0] < block.end]
    if any(block.kind == "residue" for block in met):
        return "the quote is in what was set apart from the content"
    if any(block.kind == "heading" for block in met):
        return "the quote is in a heading"
    inside = met and met[0].start <= span[0] and span[1] <= met[0].end
    return met[0] if inside else "the quote goes over a paragraph's end"


@lru_cache(maxsize=8)
def _ends(text: str, block: Block) -> tuple[int, ...]:
    """Where the sentences of a block end and begin; remembered, since a block may be a whole book."""
    inner = text[block.start : block.end]
    return (block.start, *(block.start + match.end() for match in _END.finditer(inner)), block.end)


def sentence(text: str, span: Span, block: Block) -> Span:
    """From the beginning of the sentence that `span` begins in to the end of the one that it ends in."""
    ends = _ends(text, block)
    return max(each for each in ends if each <= span[0]), min(each for each in ends if each >= span[1])


def around(text: str, span: Span, block: Block) -> Span:
    """`span` with one sentence more on either side, within the block."""
    ends = _ends(text, block)
    before = [each for each in ends if each < span[0]]
    after = [each for each in ends if each > span[1]]
    return (before[-1] if before else span[0]), (after[0] if after else span[1])


def paragraphs(source: Source, found: list[Found]) -> Iterator[str]:
    """The blocks that the quotes stand in, as far as a reader would call them a paragraph."""
    for each in found:
        block = _block(source, each.span)
        if isinstance(block, Block):
            start, end = each.span
            yield source.text[max(block.start, start - PARAGRAPH) : min(block.end, end + PARAGRAPH)]


def _evidence(chunk: Chunk, span: Span, unique: bool) -> Evidence:
    """The source's own characters; with what stands beside them only where the quote is not unique."""
    text, (start, end) = chunk.source.text, span
    beside = {} if unique else {"prefix": text[max(0, start - BESIDE) : start], "suffix": text[end : end + BESIDE]}
    return Evidence(source=chunk.source_id, exact=text[start:end], start=start, end=end, **beside)
