"""What a document says of itself -> Metadata: labels, a byline, a first heading; nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from briefgen.model import Block
from briefgen.sources import shape
from briefgen.sources.dates import find_date, is_only_dates
from briefgen.sources.draft import Metadata, clean
from briefgen.sources.lexicon import lexicon

_FIRST, _LAST = 15, 5  # blocks at either end in which a document states such things
_LONGEST = 300
_URL = re.compile(r"https?://[^\s<>\"')\]]{3,500}")
_LINK = re.compile(r"\[([^\]\n]{1,200})\]\((https?://[^)\s]{3,500})\)")


def stated(text: str, blocks: Sequence[Block], known: Metadata) -> Metadata:
    """`known`, with what it lacks taken from the lines of the document that state it."""
    ends = blocks if len(blocks) <= _FIRST + _LAST else [*blocks[:_FIRST], *blocks[-_LAST:]]
    lines = [text[block.start : block.end] for block in ends if block.kind == "residue"]
    found = _merged(known, from_fields(pair for line in lines for pair in _fields(line)))
    dates = (find_date(line) for line in lines if is_only_dates(line))
    own = Metadata(_title(text, blocks), next(_bylines(lines), None), None, next(dates, None))
    return _merged(found, own)


def from_fields(fields: Iterable[tuple[str, str]]) -> Metadata:
    """Metadata from pairs of a label, in any known language, and a value; the first of a kind counts."""
    found = Metadata()
    for label, value in fields:
        for field in sorted(lexicon().labels.get(label.casefold(), ())):
            found = _merged(found, _field(field, value))
    return found


def _fields(line: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"\s*\|\s*", line[: shape.LONGEST]):
        if pair := shape.labelled(part):
            yield pair


def _field(field: str, value: str) -> Metadata:
    link = _LINK.search(value)
    if field == "published":
        return Metadata(published=find_date(value))
    if field == "url":
        match = _URL.search(value)
        return Metadata(url=link[2] if link else match[0].rstrip(".,;") if match else None)
    named = clean(link[1] if link else _URL.sub("", value))
    if field == "other" or not shape.has_letters(named) or len(named) > _LONGEST:
        return Metadata()
    fields: dict[str, Any] = {field: named}
    return Metadata(**fields)


def _merged(first: Metadata, second: Metadata) -> Metadata:
    """`first`, with its gaps filled from `second`."""
    gaps = {name: value for name, value in vars(second).items() if getattr(first, name) is None}
    return replace(first, **gaps)


def _bylines(lines: Iterable[str]) -> Iterator[str]:
    """The names after «By»."""
    for line in lines:
        match = lexicon().byline.match(line.casefold())
        if match and shape.is_byline(line) and not find_date(line):
            yield clean(re.split(r"\s*[|•·]\s*", line[match.end() :])[0])


def _title(text: str, blocks: Sequence[Block]) -> str | None:
    """The first heading, where only furniture comes before it; a lone word gives way to a longer one."""
    content = (block for block in blocks if block.kind != "residue")
    first = [clean(text[block.start : block.end]) for block in takewhile(_is_heading, content)]
    return next((line for line in first if shape.word_count(line) >= 3), next(iter(first), None))


def _is_heading(block: Block) -> bool:
    return block.kind == "heading" and block.end - block.start <= _LONGEST
