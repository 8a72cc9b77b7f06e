"""Subsets of one TrueType face -> one subset with the glyphs of all, at the numbers that they have in each.

The subsets keep glyph numbers, so joining them needs no original font. One trap: a subset numbers components of
accented letters anew when they lie above its highest used glyph. Glyphs are therefore compared by what they draw,
with components put in, and components that no text uses get new numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

# What a PDF reader needs of an embedded face; `cmap` and the rest would be those of one subset.
_KEPT = ("OS/2", "cvt ", "fpgm", "gasp", "name", "post", "prep")
# What a glyph's hints rest on: faces that differ here cannot share glyphs.
_SAME = ("cvt ", "fpgm", "gasp", "prep")
_WORDS, _SCALE, _MORE, _XY_SCALE, _TWO_BY_TWO = 0x1, 0x8, 0x20, 0x40, 0x80


class Disagreement(Exception):
    """Two subsets that do not belong to one face."""


@dataclass
class Face:
    """A subset as it is embedded; `used` are the glyph numbers that text refers to."""

    data: bytes
    used: set[int] = field(default_factory=lambda: {0})

    @cached_property
    def tables(self) -> dict[str, bytes]:
        count = struct.unpack_from(">H", self.data, 4)[0]
        found = {}
        for at in range(12, 12 + 16 * count, 16):
            tag, _, offset, length = struct.unpack_from(">4sLLL", self.data, at)
            found[tag.decode("latin-1")] = self.data[offset : offset + length]
        return found

    @cached_property
    def glyphs(self) -> list[bytes]:
        count = struct.unpack_from(">H", self.tables["maxp"], 4)[0]
        long = struct.unpack_from(">h", self.tables["head"], 50)[0]
        loca = struct.unpack_from(f">{count + 1}{'L' if long else 'H'}", self.tables["loca"])
        places = loca if long else [2 * each for each in loca]
        glyf = self.tables["glyf"]
        return [glyf[start:end] for start, end in pairwise(places)]

    @cached_property
    def _metrics_count(self) -> int:
        return int(struct.unpack_from(">H", self.tables["hhea"], 34)[0])

    def metrics(self, glyph: int) -> tuple[int, int]:
        """Advance and left side bearing."""
        hmtx, count = self.tables["hmtx"], self._metrics_count
        if glyph < count:
            return struct.unpack_from(">Hh", hmtx, 4 * glyph)
        at = 4 * count + 2 * (glyph - count)
        advance = struct.unpack_from(">H", hmtx, 4 * (count - 1))[0]
        return advance, struct.unpack_from(">h", hmtx, at)[0] if at + 2 <= len(hmtx) else 0

    def raw(self, glyph: int) -> bytes:
        return self.glyphs[glyph] if glyph < len(self.glyphs) else b""

    @cached_property
    def _drawings(self) -> dict[int, Any]:
        return {}

    def drawing(self, glyph: int) -> Any:
        """What a glyph draws, with its metrics, whatever its components are numbered: equal means equal."""
        if glyph not in self._drawings:
            data = self.raw(glyph)
            blank, numbers = bytearray(data), []
            for at, component in components(data):
                blank[at : at + 2] = b"\0\0"
                numbers.append(component)
            inner = tuple(self.drawing(each) for each in numbers)
            # Padding is the file's, not the glyph's.
            self._drawings[glyph] = (bytes(blank).rstrip(b"\0"), self.metrics(glyph), inner)
        return self._drawings[glyph]


def components(glyph: bytes) -> Iterator[tuple[int, int]]:
    """(offset of the number, number) of each component; none for a glyph that is no composite."""
    if len(glyph) < 10 or struct.unpack_from(">h", glyph)[0] >= 0:
        return
    at, flags = 10, _MORE
    while flags & _MORE:
        flags, number = struct.unpack_from(">HH", glyph, at)
        yield at + 2, number
        at += 4 + (4 if flags & _WORDS else 2)
        at += 2 if flags & _SCALE else 4 if flags & _XY_SCALE else 8 if flags & _TWO_BY_TWO else 0


class Union:
    """One face, growing by subsets that agree with it."""

    def __init__(self, first: Face) -> None:
        self.first = first
        self.owners: dict[int, Face] = {}
        self.members: list[Face] = []
        self.add(first)

    def add(self, face: Face) -> None:
        """Raises `Disagreement`, and takes nothing, when a shared glyph or its hinting differs."""
        if face.tables["head"][18:20] != self.first.tables["head"][18:20]:
            raise Disagreement("units per em")
        if any(face.tables.get(name) != self.first.tables.get(name) for name in _SAME):
            raise Disagreement("hinting")
        for glyph in face.used & self.owners.keys():
            if face.drawing(glyph) != self.owners[glyph].drawing(glyph):
                raise Disagreement(f"glyph {glyph}")
        self.owners |= dict.fromkeys(face.used - self.owners.keys(), face)
        self.members.append(face)

    def data(self) -> bytes:
        """The united subset as a font file; the same for the same members in the same order."""
        glyphs, metrics = self._numbered()
        return _file(self._tables(glyphs, metrics))

    def _numbered(self) -> tuple[dict[int, bytes], dict[int, tuple[int, int]]]:
        """Glyphs and metrics by number: used ones at their own, other components above all of these."""
        numbers: dict[Any, int] = {}
        for glyph in sorted(self.owners):
            numbers.setdefault(self.owners[glyph].drawing(glyph), glyph)
        waiting = [(glyph, self.owners[glyph], glyph) for glyph in sorted(self.owners)]
        free, glyphs, metrics = max(self.owners) + 1, dict[int, bytes](), dict[int, tuple[int, int]]()
        for number, face, glyph in waiting:
            data = bytearray(face.raw(glyph))
            for at, component in components(bytes(data)):
                key = face.drawing(component)
                if key not in numbers:
                    numbers[key], free = free, free + 1
                    waiting.append((numbers[key], face, component))
                struct.pack_into(">H", data, at, numbers[key])
            glyphs[number], metrics[number] = bytes(data), face.metrics(glyph)
        return glyphs, metrics

    def _tables(self, glyphs: Mapping[int, bytes], metrics: Mapping[int, tuple[int, int]]) -> dict[str, bytes]:
        count = max(glyphs) + 1
        loca, glyf = [0], bytearray()
        for number in range(count):
            data = glyphs.get(number, b"")
            glyf += data + b"\0" * (-len(data) % 4)
            loca.append(len(glyf))
        found = {name: data for name, data in self.first.tables.items() if name in _KEPT}
        found["glyf"], found["loca"] = bytes(glyf), struct.pack(f">{count + 1}L", *loca)
        found["hmtx"] = b"".join(struct.pack(">Hh", *metrics.get(number, (0, 0))) for number in range(count))
        return found | self._headers(count)

    def _headers(self, count: int) -> dict[str, bytes]:
        heads = [struct.unpack_from(">4h", face.tables["head"], 36) for face in self.members]
        box = [min(each[0] for each in heads), min(each[1] for each in heads)]
        box += [max(each[2] for each in heads), max(each[3] for each in heads)]
        head, hhea = bytearray(self.first.tables["head"]), bytearray(self.first.tables["hhea"])
        struct.pack_into(">4h", head, 36, *box)
        struct.pack_into(">L", head, 8, 0)
        struct.pack_into(">h", head, 50, 1)
        for at, kind, best in ((10, ">H", max), (12, ">h", min), (14, ">h", min), (16, ">h", max)):
            value = best(struct.unpack_from(kind, face.tables["hhea"], at)[0] for face in self.members)
            struct.pack_into(kind, hhea, at, value)
        struct.pack_into(">H", hhea, 34, count)
        maxps = [struct.unpack_from(">13H", face.tables["maxp"], 6) for face in self.members]
        maxp = self.first.tables["maxp"][:4] + struct.pack(">14H", count, *map(max, zip(*maxps, strict=True)))
        return {"head": bytes(head), "hhea": bytes(hhea), "maxp": maxp}


def _file(tables: Mapping[str, bytes]) -> bytes:
    """Tables -> a font file with its checksums."""
    power = len(tables).bit_length() - 1
    search = 16 << power
    header = struct.pack(">LHHHH", 0x00010000, len(tables), search, power, 16 * len(tables) - search)
    directory, body, offset = b"", b"", len(header) + 16 * len(tables)
    for name in sorted(tables):
        data = tables[name]
        directory += struct.pack(">4sLLL", name.encode("latin-1"), _checksum(data), offset + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
        if name == "head":
            head = offset + len(body) - len(data) - (-len(data) % 4)
    whole = bytearray(header + directory + body)
    struct.pack_into(">L", whole, head + 8, (0xB1B0AFBA - _checksum(bytes(whole))) & 0xFFFFFFFF)
    return bytes(whole)


def _checksum(data: bytes) -> int:
    padded = data + b"\0" * (-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}L", padded)
    return sum(words) & 0xFFFFFFFF
