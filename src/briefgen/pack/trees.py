"""Pairs -> the sorted trees by which a PDF finds names, ids and page numbers; and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pikepdf

LEAF = 64


def pairs(tree: Any, kind: str) -> Iterator[tuple[Any, Any]]:
    """(key, value) of a name tree (`/Names`) or number tree (`/Nums`), in order."""
    if tree is None:
        return
    flat = tree.get(kind, ())
    for at in range(0, len(flat) - 1, 2):
        yield flat[at], flat[at + 1]
    for kid in tree.get("/Kids", ()):
        yield from pairs(kid, kind)


def at(thing: Any, *path: str) -> Any:
    """What lies down a path of names; None where it ends early."""
    for name in path:
        if thing is None:
            return None
        thing = thing.get(name)
    return thing


def names(out: pikepdf.Pdf, entries: Sequence[tuple[bytes, Any]]) -> Any:
    """A name tree, sorted by bytes as readers search it."""
    return _tree(out, sorted(entries, key=lambda pair: pair[0]), "/Names", pikepdf.String)


def numbers(out: pikepdf.Pdf, entries: Sequence[tuple[int, Any]]) -> Any:
    """A number tree, sorted."""
    return _tree(out, sorted(entries, key=lambda pair: pair[0]), "/Nums", int)


def _tree(out: pikepdf.Pdf, entries: Sequence[tuple[Any, Any]], kind: str, wrap: Callable[[Any], Any]) -> Any:
    leaves = [_leaf(entries[at : at + LEAF], kind, wrap) for at in range(0, len(entries), LEAF)]
    if len(leaves) <= 1:
        flat = leaves[0][kind] if leaves else pikepdf.Array()
        return out.make_indirect(pikepdf.Dictionary({kind: flat}))
    return out.make_indirect(pikepdf.Dictionary(Kids=pikepdf.Array([out.make_indirect(leaf) for leaf in leaves])))


def _leaf(entries: Sequence[tuple[Any, Any]], kind: str, wrap: Callable[[Any], Any]) -> Any:
    flat = [each for key, value in entries for each in (wrap(key), value)]
    limits = pikepdf.Array([wrap(entries[0][0]), wrap(entries[-1][0])])
    return pikepdf.Dictionary({kind: pikepdf.Array(flat), "/Limits": limits})
