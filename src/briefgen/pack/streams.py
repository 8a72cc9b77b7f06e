"""Streams of one content -> one stream: a logo that stands in every part is stored once."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pikepdf

from briefgen.pack.trees import at

_RESOURCES = ("/XObject", "/Pattern", "/Shading", "/ExtGState")


def join_identical(out: pikepdf.Pdf) -> None:
    """Point every page's contents, images and patterns at one copy each of what is stored alike."""
    known: dict[bytes, Any] = {}
    seen: set[tuple[int, int]] = set()
    for page in out.pages:
        for holder, name in _places(page.obj, seen):
            if isinstance(stream := holder[name], pikepdf.Stream) and not _numbered(stream):
                first = known.setdefault(_content(stream), stream)
                if first.objgen != stream.objgen:
                    holder[name] = first


def _places(page: Any, seen: set[tuple[int, int]]) -> Iterator[tuple[Any, Any]]:
    yield page, "/Contents"
    resources = at(page, "/Resources")
    for kind in _RESOURCES:
        found = at(resources, kind)
        if found is None or (found.is_indirect and found.objgen in seen):
            continue
        seen.add(found.objgen)
        yield from ((found, name) for name in sorted(found.keys()))
        for name in sorted(found.keys()):
            if isinstance(found[name], pikepdf.Stream) and "/SMask" in found[name].keys():  # noqa: SIM118
                yield found[name], "/SMask"


def _numbered(stream: Any) -> bool:
    """Two streams with tags of their own are two, however alike."""
    return bool({"/StructParents", "/StructParent"} & stream.keys())


def _content(stream: Any) -> bytes:
    described = "\n".join(f"{name} {_told(stream[name])}" for name in sorted(stream.keys()))
    return sha256(described.encode("utf-8", "replace") + b"\0" + stream.read_raw_bytes()).digest()


def _told(value: Any) -> str:
    return str(value.objgen) if _is_reference(value) else repr(value)


def _is_reference(value: Any) -> bool:
    """Whether a value is an object of its own: the same one or another, its content is not looked at."""
    return bool(getattr(value, "is_indirect", False))
