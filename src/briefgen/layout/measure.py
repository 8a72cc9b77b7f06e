"""Text and font metrics -> the height it will take, before anything is laid out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from briefgen.layout.engine import pixels

_FIT = re.compile(r"^(\S+)\s+(\S+)\s+(\S+)\s+(\S+)$")


@dataclass(frozen=True)
class Measure:
    """How a template sets the rows of a section: column width, size, leading, padding, all in CSS pixels."""

    width: float
    size: float
    leading: float
    extra: float

    def height(self, text: str, font: Path) -> float:
        """The height of one row with this text."""
        return self.leading * lines(text, self.width / self.size, font) + self.extra


# The measure of the executive page, for templates that declare none.
DEFAULT = Measure(width=302, size=12, leading=16, extra=10)


def measures(variables: Mapping[str, str]) -> dict[str, Measure]:
    """What style sheets declare as `--fit-<section>: width size leading extra`."""
    found = {}
    for name, value in variables.items():
        if name.startswith("--fit-") and (match := _FIT.match(value)):
            numbers = [pixels(part) for part in match.groups()]
            if all(numbers):
                found[name.removeprefix("--fit-")] = Measure(*(number or 0 for number in numbers))
    return found


def lines(text: str, width: float, font: Path) -> int:
    """Lines that greedy breaking makes of `text` in a column `width` em wide.

    Kerning only shortens a line, so the unkerned advances used here never count one too few.
    """
    space, count, used = _advance(" ", font), 1, 0.0
    for word in text.split():
        advance = _advance(word, font)
        if used and used + space + advance > width:
            count, used = count + 1, 0.0
        used += advance + (space if used else 0)
        if used > width:
            more, used = _broken(word, width, font)
            count += more
    return count


def _broken(word: str, width: float, font: Path) -> tuple[int, float]:
    """How many lines a word that is wider than the column fills, and how far it reaches into the next."""
    full, used = 0, 0.0
    for char in word:
        advance = _advance(char, font)
        full, used = (full + 1, advance) if used and used + advance > width else (full, used + advance)
    return full, used


@lru_cache(maxsize=50_000)
def _advance(word: str, font: Path) -> float:
    face, upem = _face(font)
    widths = (face.get_glyph_h_advance(face.get_nominal_glyph(ord(char)) or 0) for char in word)
    return float(sum(widths)) / upem


@lru_cache(maxsize=8)
def _face(path: Path) -> tuple[Any, int]:
    import uharfbuzz as hb

    face = hb.Face(hb.Blob.from_file_path(str(path)))
    return hb.Font(face), face.upem
