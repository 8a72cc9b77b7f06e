"""Text and font metrics -> the height it will take, before anything is laid out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

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


def _advance(word: str, font: Path) -> float:
    advances = _advances(font)
    return sum(map(advances.__getitem__, word)) / advances.upem


class _Advances(dict[str, int]):
    """The width of each character of a face in its own units; one that it lacks is as wide as its sign for that."""

    def __init__(self, path: Path) -> None:
        import uharfbuzz as hb

        face = hb.Face(hb.Blob.from_file_path(str(path)))
        self.font, self.upem = hb.Font(face), int(face.upem)
        super().__init__((chr(code), self._width(code)) for code in face.unicodes)

    def __missing__(self, char: str) -> int:
        return self.setdefault(char, self._width(ord(char)))

    def _width(self, code: int) -> int:
        return int(self.font.get_glyph_h_advance(self.font.get_nominal_glyph(code) or 0))


@lru_cache(maxsize=8)
def _advances(path: Path) -> _Advances:
    return _Advances(path)
