"""Text and font metrics -> the height it will take, before anything is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from pathlib import Path

from briefgen.layout.engine import pixels

_PREFIX = "--fit-"
# Kerning and ligatures save no more of a text's width than this leaves.
_KERNED = 0.95
_FACE = "SourceSerif4SmText-Regular"


@dataclass(frozen=True)
class Measure:
    """How a style sheet sets a block: column width, size, leading, what stands around its text, all in CSS pixels."""

    width: float
    size: float
    leading: float
    extra: float
    face: str = _FACE

    def height(self, text: str, font: Path | None, least: bool = False) -> float:
        """The height of the block with this text; or what it is at `least`, wherever lines may break."""
        if not font or not self.leading or not text.strip():
            return self.extra
        count = least_lines if least else lines
        return self.extra + self.leading * count(text, self.width / self.size, font)


def measures(variables: Mapping[str, str]) -> dict[str, Measure]:
    """What style sheets declare as `--fit-<name>: width size leading extra [face]`, or `--fit-<name>: extra`."""
    declared = {name.removeprefix(_PREFIX): value for name, value in variables.items() if name.startswith(_PREFIX)}
    return {name: measure for name, value in declared.items() if (measure := _measure(value.split()))}


def _measure(words: list[str]) -> Measure | None:
    numbers = [size for word in words[:4] if (size := pixels(word)) is not None]
    if len(words) == 1 and numbers:
        return Measure(0, 0, 0, numbers[0])
    if len(numbers) < 4 or not all(numbers[:3]) or len(words) > 5:
        return None
    return Measure(numbers[0], numbers[1], numbers[2], numbers[3], *words[4:])


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


def least_lines(text: str, width: float, font: Path) -> int:
    """Lines that no breaking of `text` gets below: as if every line were full to its end."""
    space, words = _advance(" ", font), text.split()
    advance = _KERNED * sum(_advance(word, font) for word in words) + space * len(words)
    return max(1, ceil(advance / (width + space) - 1e-6))


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


@lru_cache(maxsize=16)
def _advances(path: Path) -> _Advances:
    return _Advances(path)
