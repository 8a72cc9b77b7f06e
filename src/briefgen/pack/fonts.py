"""The embedded subsets of all parts -> one font a face, wherever they agree in every glyph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pikepdf

from briefgen.pack.faces import Disagreement, Face, Union
from briefgen.pack.trees import at

_PAIR = re.compile(rb"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>")
_BATCH = 100
_CMAP = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
%s
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


@dataclass
class Font:
    """A font dictionary: where each glyph's width and text are told, and the face that holds its drawings."""

    dictionary: Any
    widths: dict[int, Any]
    texts: dict[int, bytes]
    face: Face

    @property
    def descriptor(self) -> Any:
        return self.dictionary.DescendantFonts[0].FontDescriptor

    @property
    def family(self) -> str:
        """What fonts of one face have in common: everything but the subset's tag and its bounding box."""
        described = self.descriptor
        name = str(self.dictionary.BaseFont).lstrip("/").partition("+")[2]
        names = sorted(set(described.keys()) - {"/FontName", "/FontBBox", "/FontFile2"})
        return "\n".join([name, *(f"{each} {described[each]!s}" for each in names)])


def font_resources(out: pikepdf.Pdf) -> Iterator[Any]:
    """Every distinct `/Font` dictionary that pages use."""
    seen: set[tuple[int, int]] = set()
    for page in out.pages:
        found = at(page.obj, "/Resources", "/Font")
        if found is None or (found.is_indirect and found.objgen in seen):
            continue
        seen.add(found.objgen)
        yield found


class Reader:
    """Reads fonts once each; a face that several share is one object."""

    def __init__(self) -> None:
        self._fonts: dict[tuple[int, int], Font | None] = {}
        self._faces: dict[tuple[int, int], Face] = {}

    def font(self, dictionary: Any) -> Font | None:
        """None for a font that is no TrueType subset as the layout engine embeds it: it stays as it is."""
        if dictionary.objgen not in self._fonts:
            self._fonts[dictionary.objgen] = self._read(dictionary)
        return self._fonts[dictionary.objgen]

    def _read(self, dictionary: Any) -> Font | None:
        if dictionary.get("/Subtype") != "/Type0" or "/ToUnicode" not in dictionary:
            return None
        descendant = dictionary.DescendantFonts[0]
        file = at(descendant, "/FontDescriptor", "/FontFile2")
        if file is None or descendant.get("/CIDToGIDMap") != "/Identity":
            return None
        face = self._faces.setdefault(file.objgen, Face(file.read_bytes()))
        font = Font(dictionary, dict(_widths(descendant)), dict(_texts(dictionary)), face)
        face.used |= font.widths.keys() | font.texts.keys()
        return font


def _widths(descendant: Any) -> Iterator[tuple[int, Any]]:
    flat = list(descendant.get("/W", ()))
    for first, row in zip(flat[::2], flat[1::2], strict=True):
        yield from enumerate(row, start=int(first))


def _texts(dictionary: Any) -> Iterator[tuple[int, bytes]]:
    body = dictionary.ToUnicode.read_bytes().partition(b"endcodespacerange")[2]
    for code, text in _PAIR.findall(body):
        yield int(code, 16), text.lower()


def unite(out: pikepdf.Pdf) -> int:
    """Share fonts between all pages; returns how many font files are left."""
    reader, resources = Reader(), list(font_resources(out))
    found = [font for each in resources for name in sorted(each.keys()) if (font := reader.font(each[name]))]
    families: dict[str, list[Font]] = {}
    for font in {font.dictionary.objgen: font for font in found}.values():
        families.setdefault(font.family, []).append(font)
    shared, files = dict[tuple[int, int], Any](), 0
    for fonts in families.values():
        unions = list(_unions(fonts))
        files += len(unions)
        for union, members in unions:
            shared |= _shared(out, union, members)
    for each in resources:
        for name in each.keys():  # noqa: SIM118 - a PDF dictionary, not a mapping
            each[name] = shared.get(each[name].objgen, each[name])
    return files


def _unions(fonts: list[Font]) -> Iterator[tuple[Union, list[Font]]]:
    """As few unions as agree: a subset that contradicts one stays apart from it."""
    unions: list[tuple[Union, list[Font]]] = []
    known: dict[int, list[Font]] = {}
    for font in fonts:
        if id(font.face) in known:
            known[id(font.face)].append(font)
            continue
        members = _accepting(unions, font.face)
        if members is None:
            members = []
            unions.append((Union(font.face), members))
        members.append(font)
        known[id(font.face)] = members
    yield from unions


def _accepting(unions: list[tuple[Union, list[Font]]], face: Face) -> list[Font] | None:
    for union, members in unions:
        try:
            union.add(face)
        except Disagreement:
            continue
        return members
    return None


def _shared(out: pikepdf.Pdf, union: Union, fonts: list[Font]) -> dict[tuple[int, int], Any]:
    """Each font's stand-in: one dictionary for all that give the glyphs the same texts and widths."""
    if len(fonts) == 1:
        return {}
    data = union.data()
    tag = "".join(chr(65 + byte % 26) for byte in sha256(data).digest()[:6])
    file = out.make_stream(data, Length1=len(data))
    groups: list[tuple[dict[int, Any], dict[int, bytes], list[Font]]] = []
    for font in fonts:
        for widths, texts, members in groups:
            if _agree(widths, font.widths) and _agree(texts, font.texts):
                widths |= font.widths
                texts |= font.texts
                members.append(font)
                break
        else:
            groups.append((dict(font.widths), dict(font.texts), [font]))
    found = dict[tuple[int, int], Any]()
    for widths, texts, members in groups:
        united = _dictionary(out, members, file, tag, widths, texts)
        found |= {font.dictionary.objgen: united for font in members}
    return found


def _agree(one: Mapping[int, Any], other: Mapping[int, Any]) -> bool:
    return all(one[key] == other[key] for key in one.keys() & other.keys())


def _dictionary(
    out: pikepdf.Pdf, fonts: list[Font], file: Any, tag: str, widths: Mapping[int, Any], texts: Mapping[int, bytes]
) -> Any:
    first = fonts[0]
    name = pikepdf.Name(f"/{tag}+{str(first.dictionary.BaseFont).partition('+')[2]}")
    descriptor = pikepdf.Dictionary(dict(first.descriptor.items()))
    boxes = [[int(each) for each in font.descriptor.FontBBox] for font in fonts]
    descriptor.FontBBox = pikepdf.Array(
        [best(each[at] for each in boxes) for at, best in enumerate((min, min, max, max))]
    )
    descriptor.FontName, descriptor.FontFile2 = name, file
    descendant = pikepdf.Dictionary(dict(first.dictionary.DescendantFonts[0].items()))
    descendant.BaseFont, descendant.W = name, _rows(widths)
    descendant.FontDescriptor = out.make_indirect(descriptor)
    found = pikepdf.Dictionary(dict(first.dictionary.items()))
    found.BaseFont, found.ToUnicode = name, out.make_stream(_cmap(texts))
    found.DescendantFonts = pikepdf.Array([out.make_indirect(descendant)])
    return out.make_indirect(found)


def _rows(widths: Mapping[int, Any]) -> pikepdf.Array:
    """Widths as a font dictionary has them: a first glyph, then those of it and its successors."""
    rows: list[tuple[int, list[Any]]] = []
    for glyph in sorted(widths):
        if not rows or glyph != rows[-1][0] + len(rows[-1][1]):
            rows.append((glyph, []))
        rows[-1][1].append(widths[glyph])
    return pikepdf.Array([each for first, row in rows for each in (first, pikepdf.Array(row))])


def _cmap(texts: Mapping[int, bytes]) -> bytes:
    lines = [b"<%04x> <%s>" % (glyph, texts[glyph]) for glyph in sorted(texts)]
    batches = [lines[at : at + _BATCH] for at in range(0, len(lines), _BATCH)]
    return _CMAP % b"\n".join(b"%d beginbfchar\n%s\nendbfchar" % (len(each), b"\n".join(each)) for each in batches)
