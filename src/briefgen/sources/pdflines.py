"""A PDF page -> its lines of text, each with its place and the size of its letters.

pdfium's text is read character by character: its strings and its character positions do not agree everywhere.
"""

from __future__ import annotations

import ctypes
import math
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

import pypdfium2.raw as pdfium

HYPHEN = "\x02"  # what pdfium gives for a hyphen at the end of a line, the line break being left out
_BULLET = re.compile(r"[•‣▪▫■□●○◦·➢➤✓\uf0b7\uf0a7\uf0d8–-]")
_BOLD = re.compile(rb"bold|black|heavy|semibold|demi|CMBX", re.I)
_WIDE = 2.0  # a gap of so many times the size of the letters lies between cells, not between words
MAX_CHARACTERS = 500_000  # on one page


@dataclass(frozen=True)
class Line:
    """Coordinates in points from the foot of the page; `size` is that of its font, as printed."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool
    hyphen: bool = False
    bullet: bool = False


def page_lines(text_page: Any, number: int) -> list[Line]:
    """The lines of a page in the order of its content, bullets joined to what they stand before."""
    count = min(pdfium.FPDFText_CountChars(text_page), MAX_CHARACTERS)
    lines: list[Line] = []
    start = 0
    codes = [pdfium.FPDFText_GetUnicode(text_page, at) for at in range(count)]
    for at, code in enumerate([*codes, 10]):
        if code in (10, 13, 2):
            if line := _line(text_page, codes, start, at, number):
                lines.append(replace(line, hyphen=code == 2))
            start = at + 1
    return _bulleted(_joined(lines))


def _line(text_page: Any, codes: list[int], start: int, end: int, page: int) -> Line | None:
    text = _decoded(codes[start:end])
    visible = [at for at in range(start, end) if codes[at] > 32]
    if not visible or not text.strip():
        return None
    text = _with_tabs(text_page, codes, visible)
    first, last = _box(text_page, visible[0]), _box(text_page, visible[-1])
    # One letter in bold does not make a heading, nor does one in a larger font.
    samples = [visible[0], visible[len(visible) // 2], visible[-1]]
    return Line(
        text, page, min(first[0], last[0]), max(first[2], last[2]), min(first[1], last[1]),
        max(first[3], last[3]), median(_size(text_page, at) for at in samples),
        all(_is_bold(text_page, at) for at in samples),
    )  # fmt: skip


def _with_tabs(text_page: Any, codes: list[int], visible: list[int]) -> str:
    """The text of a line, a tab where a gap is too wide for a space: between the cells of a row."""
    parts: list[str] = []
    start = visible[0]
    widest = _WIDE * _size(text_page, start)
    for at, following in pairwise(visible):
        if following > at + 1 and _box(text_page, following)[0] - _box(text_page, at)[2] > widest:
            parts.append(_decoded(codes[start : at + 1]))
            start = following
    return "\t".join((*parts, _decoded(codes[start : visible[-1] + 1])))


def _decoded(codes: list[int]) -> str:
    """The characters of UTF-16 units, which pdfium gives one by one."""
    raw = b"".join(
        min(code, 0xFFFF).to_bytes(2, "little") if code < 0x10000 else chr(code).encode("utf-16-le") for code in codes
    )
    return raw.decode("utf-16-le", "replace")


def _box(text_page: Any, at: int) -> tuple[float, float, float, float]:
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(text_page, at, box)
    return box.left, box.bottom, box.right, box.top


def _size(text_page: Any, at: int) -> float:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text_page, at, matrix)
    return float(pdfium.FPDFText_GetFontSize(text_page, at) * math.hypot(matrix.c, matrix.d)) or 1.0


def _is_bold(text_page: Any, at: int) -> bool:
    if pdfium.FPDFText_GetFontWeight(text_page, at) >= 600:
        return True
    buffer = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text_page, at, buffer, 128, flags)
    return bool(_BOLD.search(buffer.value))


def _joined(lines: list[Line]) -> list[Line]:
    """Pieces of one line that pdfium gives apart (the cells of a row stay apart by a tab)."""
    found: list[Line] = []
    for line in lines:
        before = found[-1] if found else None
        if before and not before.hyphen and _same_row(before, line) and line.left >= before.right - 1:
            wide = line.left - before.right > _WIDE * line.size
            text = before.text + ("\t" if wide else " ") + line.text
            found[-1] = replace(before, text=text, right=line.right, top=max(before.top, line.top), hyphen=line.hyphen)
        else:
            found.append(line)
    return found


def _same_row(one: Line, other: Line) -> bool:
    return abs(one.bottom - other.bottom) < 0.3 * max(one.size, other.size) and one.size < 1.5 * other.size


def _bulleted(lines: list[Line]) -> list[Line]:
    """Bullets that stand alone belong to the line at their height; the others are taken off the text."""
    alone = [line for line in lines if _BULLET.fullmatch(line.text)]
    found = []
    for line in lines:
        if line in alone:
            continue
        match = _BULLET.match(line.text)
        if match and line.text[1:2].isspace():
            line = replace(line, text=line.text[1:].strip(), bullet=True)
        elif any(_same_row(line, bullet) and bullet.right <= line.left + 1 for bullet in alone):
            line = replace(line, bullet=True)
        found.append(line)
    return found
