"""One part in memory -> the same part with names and numbers that no other part of the pack has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

from briefgen.errors import error
from briefgen.pack import trees
from briefgen.pack.part import PackError

# What a catalog may hold that a join would lose or break; editions have none of it, an editor's template could.
_REFUSED = {
    "/AcroForm": "form fields",
    "/OCProperties": "layers",
    "/OutputIntents": "an output intent",
    "/AF": "attached files",
}


def refuse(source: pikepdf.Pdf, name: str) -> None:
    """Raises `PackError` for a part that cannot be joined without losing something."""
    found = [what for key, what in _REFUSED.items() if key in source.Root]
    if trees.at(source.Root, "/Names", "/EmbeddedFiles") is not None:
        found.append("attached files")
    if "/StructTreeRoot" not in source.Root:
        found.append("no tags")
    if found:
        hint = "packs join tagged pages without forms, layers and attachments; take them out of the template"
        raise PackError(error(f"cannot be joined: it has {' and '.join(found)}", name, hint))


def localise(source: pikepdf.Pdf, prefix: bytes, base: int) -> int:
    """Prefix names, move numbers up by `base`; returns the first number that is free for the next part.

    Before copying, and in memory only: in the pack it would have to be known which object came from where.
    """
    free = base
    for thing in _things(source):
        keys = thing.keys()
        for name in ("/StructParents", "/StructParent"):
            if name in keys:
                number = int(thing[name]) + base
                thing[name] = number
                free = max(free, number + 1)
        if "/ID" in keys and "/S" in keys:
            thing["/ID"] = prefixed(thing["/ID"], prefix)
        if "/A" in keys:
            _attributes(thing["/A"], prefix)
        if "/Dest" in keys and isinstance(thing["/Dest"], pikepdf.String):
            thing["/Dest"] = prefixed(thing["/Dest"], prefix)
    return free


def prefixed(name: Any, prefix: bytes) -> pikepdf.String:
    """A name inside one part: names are bytes, compared as such."""
    return pikepdf.String(prefix + bytes(name))


def _things(source: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary and stream, and annotations that stand inside their page."""
    for each in source.objects:
        if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            yield each
    for page in source.pages:
        yield from (each for each in page.obj.get("/Annots", ()) if not each.is_indirect)


def _attributes(attributes: Any, prefix: bytes) -> None:
    """`/A`: of a table cell, the ids of its headers; of a link, the name of its target."""
    for each in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
        if not isinstance(each, pikepdf.Dictionary):
            continue
        if "/Headers" in each:
            each["/Headers"] = pikepdf.Array([prefixed(name, prefix) for name in each["/Headers"]])
        if each.get("/S") == "/GoTo" and isinstance(each.get("/D"), pikepdf.String):
            each["/D"] = prefixed(each["/D"], prefix)
