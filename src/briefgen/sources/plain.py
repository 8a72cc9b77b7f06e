"""A .txt file -> Draft: the text exactly as decoded, its lines made out as blocks.

Offsets count in the file, so nothing is changed: marks such as `#` or `-` are left outside the blocks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from briefgen.model import Block, BlockKind
from briefgen.sources.decode import decode
from briefgen.sources.draft import Draft

_LINE = re.compile(r"[^\r\n\f\v\x1c-\x1e\x85\u2028\u2029]+")
_BLANK = re.compile(r"(?:\r\n|[\r\n\x85\u2028])[^\S\r\n]*(?:\r\n|[\r\n\x85\u2028])|[\f\u2029]")
_HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)|\*\*(?=[^*\n]{1,120}\*\*(?: \*\*[^*\n]{1,120}\*\*){0,9}$)")
_ITEM = re.compile(
    r"(?:[-*+•‣▪▫■□●○◦·➢➤✓\uf0b7\uf0a7]|\d{1,3}[.)]|[a-zA-Zа-яА-Я][.)](?![\w.])|\([a-zA-Z0-9]{1,3}\))"
    r"[ \t\u00a0]+(?=\S)"
)
_QUOTE = re.compile(r"(?:>[ \t]*)+(?=\S)")
_ROW = re.compile(r"[^|]*\|[^|]*\|.*|[^\t]*\S\t+[^\t]*\S(?:\t+.*)?")
# Under a heading, over it or between sections.
_RULE = re.compile(r"([=\-~^#*+_`'\".:])\1{2,}")
# A line is wrapped where the next word would not have fitted; programs fill it to this share at least.
_SLACK = 0.8
_WIDEST = 130


@dataclass(frozen=True)
class _Line:
    start: int
    end: int
    kind: BlockKind
    after_blank: bool


def read(raw: bytes, name: str) -> Draft:
    """The file as UTF-8 says it, or in the encoding that it seems to have, which a note then tells."""
    text, utf8, notes = decode(raw, name)
    return Draft(text, tuple(blocks(text)), notes=tuple(notes), verbatim=utf8)


def blocks(text: str) -> list[Block]:
    """Paragraphs, where lines look wrapped; else one block a line."""
    lines = list(_lines(text))
    width = _wrapped_at(text, lines)
    found: list[Block] = []
    previous: _Line | None = None
    for line in lines:
        if previous and found and width and _continues(text, previous, line, width):
            found[-1] = Block(found[-1].kind, found[-1].start, line.end)
            previous = line
            continue
        if previous and line.kind == "residue" and _is_underlined(found[-1], previous, line):
            found[-1] = Block("heading", found[-1].start, found[-1].end)
        found.append(Block(line.kind, line.start, line.end))
        previous = line
    return found


def _is_underlined(block: Block, line: _Line, rule: _Line) -> bool:
    """Whether the rule stands right under a paragraph of one line."""
    return block.kind == "paragraph" and block.start == line.start and not rule.after_blank


def _lines(text: str) -> Iterator[_Line]:
    """The lines that hold something, without the marks and spaces around it."""
    last = 0
    for match in _LINE.finditer(text):
        said = match[0].strip(" \t\u00a0\ufeff\u3000")
        if not said:
            continue
        start = match.start() + match[0].index(said)
        blank = not last or bool(_BLANK.search(text, last, match.start() + 1))
        kind, skip, drop = _marked(said)
        yield _Line(start + skip, start + len(said) - drop, kind, blank)
        last = match.end()


def _marked(said: str) -> tuple[BlockKind, int, int]:
    """What the marks of a line say that it is, and how much of it, front and back, is marks."""
    if _RULE.fullmatch(said):
        return "residue", 0, 0
    if match := _HEADING.match(said):
        closing = len(said) - len(said.rstrip("#* \t"))
        return "heading", match.end(), min(closing, len(said) - match.end() - 1)
    if match := _QUOTE.match(said):
        return "quote", match.end(), 0
    if match := _ITEM.match(said):
        return "list-item", match.end(), 0
    if len(said) < 2000 and _ROW.fullmatch(said):
        return "table-row", 0, 0
    return "paragraph", 0, 0


def _width(text: str) -> int:
    """Columns on a terminal: an ideograph takes two."""
    if text.isascii() or len(text) > 2 * _WIDEST:
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _wrapped_at(text: str, lines: list[_Line]) -> int | None:
    """The width at which the text was wrapped; None where a line is a paragraph."""
    inner = [
        line
        for line, following in pairwise(lines)
        if (not following.after_blank and line.kind == following.kind == "paragraph") or _hangs(line, following)
    ]
    if len(inner) < 2:
        return None
    widths = sorted(_width(text[line.start : line.end]) for line in inner[:5000])
    width = widths[int(len(widths) * 0.95)]
    open_ended = sum(not re.search(r"[.!?。！？:][\"”’»)]*$", text[line.start : line.end][-4:]) for line in inner)
    wide = widths[len(widths) // 2] >= 0.6 * width
    return width if 30 <= width <= _WIDEST and wide and open_ended >= 0.6 * len(inner) else None


def _hangs(line: _Line, following: _Line) -> bool:
    return (
        line.kind in ("list-item", "quote") and following.kind in ("paragraph", line.kind) and not following.after_blank
    )


def _continues(text: str, line: _Line, following: _Line, width: int) -> bool:
    """Whether `following` goes on with the paragraph of `line`."""
    if following.after_blank or line.kind in ("heading", "table-row", "residue"):
        return False
    if following.kind != "paragraph" and not (line.kind == following.kind == "quote"):
        return False
    word = re.match(r"\S{1,40}", text[following.start : following.start + 40])
    ended = _width(text[line.start : line.end]) + 1 + _width(word[0] if word else "")
    return ended >= _SLACK * width or text[following.start].islower()
