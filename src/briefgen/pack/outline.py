"""Outlines of the parts -> one outline two levels deep: the parts, and the sections of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pikepdf

from briefgen.pack.trees import at


@dataclass(frozen=True)
class Entry:
    """A bookmark: its destination is an array whose first element is a page of the pack."""

    title: str
    target: Any
    children: tuple[Entry, ...] = ()


def sections(source: pikepdf.Pdf, moved: Mapping[tuple[int, int], Any]) -> tuple[Entry, ...]:
    """The sections of a part. An outline with one root, the title, is lifted: the part has that name already."""
    return tuple(Entry(str(each["/Title"]), retarget(each["/Dest"], moved)) for each in own_sections(source))


def own_sections(source: pikepdf.Pdf) -> list[Any]:
    """The bookmarks of a part that become the second level of the pack's."""
    roots = list(siblings(at(source.Root, "/Outlines", "/First")))
    if len(roots) == 1:
        roots = list(siblings(roots[0].get("/First")))
    return [each for each in roots if isinstance(each.get("/Dest"), pikepdf.Array)]


def siblings(item: Any) -> Iterator[Any]:
    """A bookmark and those after it on its level."""
    while item is not None:
        yield item
        item = item.get("/Next")


def retarget(target: Any, moved: Mapping[tuple[int, int], Any]) -> Any:
    """A destination array with the page of the pack in place of the part's: page objects are never copied twice."""
    page, *place = list(target)
    return pikepdf.Array([moved[page.objgen], *place])


def write(out: pikepdf.Pdf, entries: list[Entry]) -> None:
    """Put the bookmarks in, parts closed, and have readers open the pack with them."""
    if "/Outlines" in out.Root:
        del out.Root["/Outlines"]
    with out.open_outline() as outline:
        outline.root.extend(_item(each) for each in entries)
    out.Root.PageMode = pikepdf.Name.UseOutlines


def _item(entry: Entry) -> pikepdf.OutlineItem:
    item = pikepdf.OutlineItem(entry.title, destination=entry.target)
    item.children.extend(_item(each) for each in entry.children)
    item.is_closed = bool(entry.children)
    return item
