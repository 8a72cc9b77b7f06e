"""PDF -> what a reader sees of each page: every run of text, where it stands, how large, and whether it has ink.

The engine knows where boxes are, not whether anything covers them; the finished page does.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from briefgen.errors import SurroundingsError, error
from briefgen.layout.engine import Box

# Pixels a point of the picture in which ink is looked for, and the least difference of grey that counts as ink.
_SCALE = 1.5
_INK = 20
# A run is looked at in pieces of this many times its size: something may cover only a part of it.
_PIECE = 3
_PX = 96 / 72
# Characters that a run has room for at first; few lines have more.
_LINE = 512
# The least width of a space, in ems.
_SPACE = 0.15


@dataclass(frozen=True)
class Run:
    """Text that is drawn in one go: its box in CSS pixels, its size in points, its font as the PDF calls it."""

    text: str
    box: Box
    size: float
    font: str
    visible: bool


@dataclass(frozen=True)
class Page:
    """A page as its reader has it: the text that can be copied from it, and the runs in the order they are drawn."""

    text: str
    runs: tuple[Run, ...]
    width: float
    height: float

    def within(self, box: Box) -> str:
        """The text whose middle lies in `box`; what does not touch what is drawn before it begins a word."""
        runs = [run for run in self.runs if _middle_in(run.box, box)]
        return "".join(
            f"{'' if _touch(before, run) else ' '}{run.text}" for before, run in pairwise([*runs[:1], *runs])
        )


def creator(pdf: bytes) -> str:
    """The program that a PDF says made it; '' when it says nothing, or is none."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        return ""
    try:
        return str(document.get_metadata_value("Creator"))
    finally:
        document.close()


def read(pdf: bytes) -> list[Page]:
    """Every page of `pdf`."""
    try:
        import pypdfium2
    except (ImportError, OSError) as problem:
        raise SurroundingsError(error(f"the PDF reader cannot be loaded: {problem}")) from None
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_page(page, number) for number, page in enumerate(document)]
    finally:
        document.close()


def _page(page: Any, number: int) -> Page:
    text = page.get_textpage()
    picture = page.render(scale=_SCALE, grayscale=True).to_pil()
    runs = tuple(_runs(page, text, picture, number))
    return Page(text.get_text_bounded(), runs, page.get_width() * _PX, page.get_height() * _PX)


def _runs(page: Any, text: Any, picture: Any, number: int) -> Iterator[Run]:
    from pypdfium2 import raw

    height = page.get_height()
    for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        words = _words(each, text, raw)
        if not words.strip():
            continue
        left, bottom, right, top = each.get_bounds()
        size = _size(each, raw)
        box = Box(number, left * _PX, (height - top) * _PX, right * _PX, (height - bottom) * _PX)
        yield Run(words, box, size, _font(each, raw), _visible(picture, text, (left, bottom, right, top), size, height))


def _words(each: Any, text: Any, raw: Any) -> str:
    buffer = (ctypes.c_ushort * _LINE)()
    length = raw.FPDFTextObj_GetText(each, text, buffer, ctypes.sizeof(buffer))
    if length > ctypes.sizeof(buffer):
        buffer = (ctypes.c_ushort * (length // 2))()
        raw.FPDFTextObj_GetText(each, text, buffer, length)
    return bytes(buffer)[:length].decode("utf-16-le", "replace").rstrip("\0")


def _size(each: Any, raw: Any) -> float:
    size = ctypes.c_float()
    raw.FPDFTextObj_GetFontSize(each, size)
    a, b, c, d, _, _ = each.get_matrix().get()
    return float(size.value * math.sqrt(abs(a * d - b * c)))


def _font(each: Any, raw: Any) -> str:
    font = raw.FPDFTextObj_GetFont(each)
    buffer = ctypes.create_string_buffer(raw.FPDFFont_GetBaseFontName(font, None, 0) or 1)
    raw.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
    name = buffer.value.decode("utf-8", "replace")
    return name.rpartition("+")[2].rstrip(",")  # a subset's name begins with six letters and a plus sign


def _visible(picture: Any, text: Any, bounds: tuple[float, float, float, float], size: float, height: float) -> bool:
    left, bottom, right, top = bounds
    pieces = max(1, int((right - left) / (_PIECE * max(size, 1))))
    step = (right - left) / pieces
    for piece in range(pieces):
        start = left + piece * step
        edges = (start, height - top, start + step, height - bottom)
        if not _ink(picture, edges) and text.get_text_bounded(start, bottom, start + step, top).strip():
            return False  # where there are only spaces, no ink is right
    return True


def _ink(picture: Any, edges: tuple[float, float, float, float]) -> bool:
    left, top = (max(0, math.floor(edge * _SCALE)) for edge in edges[:2])
    right, bottom = min(picture.width, math.ceil(edges[2] * _SCALE)), min(picture.height, math.ceil(edges[3] * _SCALE))
    if left >= right or top >= bottom:
        return False
    darkest, lightest = picture.crop((left, top, right, bottom)).getextrema()
    return bool(lightest - darkest >= _INK)


def _touch(one: Run, other: Run) -> bool:
    """Whether two runs may be parts of one word: on one line, without a space between them."""
    across = max(one.box.left, other.box.left) - min(one.box.right, other.box.right)
    down = min(one.box.bottom, other.box.bottom) - max(one.box.top, other.box.top)
    return down > 0 and across < _SPACE * min(one.size, other.size) * _PX


def _middle_in(inner: Box, outer: Box) -> bool:
    across, down = (inner.left + inner.right) / 2, (inner.top + inner.bottom) / 2
    return inner.page == outer.page and outer.left <= across <= outer.right and outer.top <= down <= outer.bottom
