"""An HTML page -> Draft: its main text by trafilatura, with the metadata that the page states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import trafilatura
from lxml import etree
from trafilatura.utils import load_html

from briefgen.errors import BriefgenError, error
from briefgen.model import BlockKind
from briefgen.sources.decode import decode
from briefgen.sources.draft import Draft, Metadata, Piece, clean, compose

# libxml2 takes any depth, but what works on its tree recurses: refuse what no editor writes.
MAX_DEPTH = 1_000
_KINDS: dict[str, BlockKind] = {
    "head": "heading", "p": "paragraph", "item": "list-item", "row": "table-row", "quote": "quote",
    "code": "residue",
}  # fmt: skip


def read(raw: bytes, name: str) -> Draft:
    """The article of the page; raises `BriefgenError` where it has none."""
    html, _, notes = decode(raw, name, declared=True)
    tree = load_html(html)
    if tree is not None and _depth(tree) > MAX_DEPTH:
        hint = "open the page in a browser and save its text"
        raise BriefgenError(error(f"its HTML is nested deeper than {MAX_DEPTH:,} levels", name, hint))
    page: Any = tree is not None and trafilatura.bare_extraction(
        tree,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        # Only dates that the page marks as such; the extensive search takes any year that it finds.
        date_extraction_params={"original_date": True, "extensive_search": False, "outputformat": "%Y-%m-%d"},
    )
    text, blocks = compose(_pieces(page.body)) if page else ("", ())
    if not blocks:
        hint = "open the page in a browser and save its text: the page may be made by a script"
        raise BriefgenError(error("the page has no article text", name, hint))
    return Draft(text, blocks, _metadata(page), tuple(notes))


def _depth(tree: Any) -> int:
    """How deep the elements are nested; iterative, unlike the tree's own methods."""
    deepest = depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _pieces(body: Any) -> Iterator[Piece]:
    """Every block of trafilatura's tree, with the text between them as paragraphs."""
    for element in body:
        kind = _KINDS.get(element.tag)
        if element.tag in ("list", "table") or (kind is None and len(element)):
            yield from _pieces(element)
        elif element.tag == "row":
            yield Piece("table-row", " | ".join(filter(None, (_words(cell) for cell in element))))
        elif element.tag == "quote" and any(child.tag == "p" for child in element):
            yield from (Piece("quote", _words(child)) for child in element)
        else:
            yield Piece(kind or "paragraph", _words(element))
        yield Piece("paragraph", element.tail or "")


def _words(element: Any) -> str:
    return clean(" ".join(element.itertext()) if element.tag in ("cell", "item") else "".join(element.itertext()))


def _metadata(page: Any) -> Metadata:
    published = None
    if page.date and re.fullmatch(r"\d{4}-\d{2}-\d{2}", page.date):
        published = date.fromisoformat(page.date)
    return Metadata(
        title=clean(page.title or "") or None,
        author=clean((page.author or "").replace(";", ",")) or None,
        publisher=clean(page.sitename or "") or None,
        published=published,
        url=page.url or None,
    )
