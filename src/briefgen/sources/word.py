"""A .docx file -> Draft: paragraphs, list items and table rows in the order of the body.

The XML is walked here rather than by python-docx, which leaves out what stands in tracked insertions and in
content controls; it gives the body and the names of the styles.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from briefgen.errors import BriefgenError, Diagnostic, error
from briefgen.model import BlockKind
from briefgen.sources import archive
from briefgen.sources.draft import Draft, Metadata, Piece, clean, compose

_P, _TBL, _TR, _TC = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_TEXT, _STYLE, _VAL = qn("w:t"), qn("w:pStyle"), qn("w:val")
_SPACES = {qn("w:tab"), qn("w:br"), qn("w:cr")}
_SKIPPED = {
    qn("w:del"), qn("w:moveFrom"), qn("w:txbxContent"), qn("w:pPr"), qn("w:rPr"), qn("w:instrText"),
    qn("w:sectPr"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}  # fmt: skip
_STYLES: tuple[tuple[str, BlockKind], ...] = (
    (r"heading|title$|subtitle", "heading"),
    (r"toc|table of|caption|header|footer|footnote|endnote|index", "residue"),
    (r"list", "list-item"),
    (r"(intense )?quote|block text", "quote"),
)
_LONG_CELL = 200


def read(raw: bytes, name: str) -> Draft:
    """The text as Word would show it with all changes accepted; warnings tell what is left out."""
    archive.check(raw, name)
    try:
        document = docx.Document(io.BytesIO(raw))
    except (KeyError, ValueError, AttributeError, SyntaxError) as problem:
        hint = "open it in Word and save it anew"
        raise BriefgenError(error(f"is a broken Word file: {problem}", name, hint)) from None
    styles = {style.style_id: (style.name or "").casefold() for style in document.styles}
    pieces = list(_pieces(document.element.body, styles))
    text, blocks = compose(pieces)
    if not blocks:
        hint = "if its pages are pictures, run text recognition (OCR) on them first"
        raise BriefgenError(error("the Word file has no text", name, hint))
    titled = next((piece.text for piece, style in _styled(document, styles) if style == "title"), None)
    return Draft(text, blocks, _metadata(document, text, titled), tuple(_left_out(document, name)))


def _pieces(body: Any, styles: dict[str, str]) -> Iterator[Piece]:
    for element in body:
        if element.tag == _P:
            yield Piece(_kind(element, styles), _words(element))
        elif element.tag == _TBL:
            yield from _rows(element, styles)
        elif element.tag not in _SKIPPED and len(element):
            yield from _pieces(element, styles)


def _styled(document: Any, styles: dict[str, str]) -> Iterator[tuple[Piece, str]]:
    for paragraph in document.element.body.iterchildren(_P):
        yield Piece("paragraph", clean(_words(paragraph))), _style(paragraph, styles)


def _style(paragraph: Any, styles: dict[str, str]) -> str:
    style = paragraph.find(f"{qn('w:pPr')}/{_STYLE}")
    return styles.get(style.get(_VAL), "") if style is not None else ""


def _kind(paragraph: Any, styles: dict[str, str]) -> BlockKind:
    style = _style(paragraph, styles)
    for pattern, kind in _STYLES:
        if re.match(pattern, style):
            return kind
    properties = paragraph.find(qn("w:pPr"))
    if properties is not None and properties.find(qn("w:outlineLvl")) is not None:
        return "heading"
    return "list-item" if properties is not None and properties.find(qn("w:numPr")) is not None else "paragraph"


def _words(element: Any) -> str:
    """All text below an element, deletions and text boxes left out; iterative, whatever the nesting."""
    parts: list[str] = []
    waiting = [element]
    while waiting:
        each = waiting.pop()
        if each.tag == _TEXT:
            parts.append(each.text or "")
        elif each.tag in _SPACES:
            parts.append(" ")
        elif each.tag == qn("w:noBreakHyphen"):
            parts.append("-")
        elif each.tag not in _SKIPPED:
            parts += [" "] if each.tag == _P else []
            waiting.extend(reversed(each))
    return "".join(parts)


def _rows(table: Any, styles: dict[str, str]) -> Iterator[Piece]:
    """A piece a row; a table of one cell a row is a frame around text, so its paragraphs count as such."""
    for row in table.iter(_TR):
        cells = list(row.iterchildren(_TC))
        texts = [text for cell in cells if (text := clean(_words(cell)))]
        if any(cell.find(f".//{_TBL}") is not None for cell in cells):
            continue  # the rows of the inner table come by themselves
        if len(texts) == 1 and (len(cells) == 1 or len(texts[0]) > _LONG_CELL):
            yield from _pieces(cells[0] if len(cells) == 1 else row, styles)
        else:
            yield Piece("table-row", " | ".join(texts))


def _metadata(document: Any, text: str, titled: str | None) -> Metadata:
    """Core properties count only where the text says the same: most are left from a template."""
    properties = document.core_properties
    named = [clean(value or "") for value in (properties.title, properties.author)]
    title, author = (value if value and value in text else None for value in named)
    return Metadata(title=titled or title, author=author)


def _left_out(document: Any, name: str) -> Iterator[Diagnostic]:
    body = document.element.body
    parts = {str(part.partname) for part in document.part.package.iter_parts()}
    if any(next(body.iter(qn(tag)), None) is not None for tag in ("w:ins", "w:del", "w:moveFrom")):
        hint = "accept or reject the changes in Word, and save it"
        yield Diagnostic("warning", "has tracked changes: read as if all were accepted", name, hint=hint)
    if any(next(body.iter(qn(f"w:{kind}Reference")), None) is not None for kind in ("footnote", "endnote")):
        hint = "move what matters from the notes into the text"
        yield Diagnostic("warning", "has footnotes or endnotes, which are not read", name, hint=hint)
    if "/word/comments.xml" in parts and next(body.iter(qn("w:commentReference")), None) is not None:
        yield Diagnostic("warning", "has comments, which are not read", name, hint="move what matters into the text")
    if next(body.iter(qn("w:txbxContent")), None) is not None:
        hint = "move what matters from the boxes into the text"
        yield Diagnostic("warning", "has text boxes, which are not read", name, hint=hint)
