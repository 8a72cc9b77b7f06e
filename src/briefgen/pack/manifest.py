"""Parts -> what <pack>.json says of them, and what is new in a pack since the last one; plain data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from briefgen.pack.part import Part, placed


@dataclass(frozen=True)
class News:
    """What changed since the last pack: names of editions that came or changed, titles of those that went.

    `since` is the date of the last pack, None when it had none; `first` when there was no last one.
    """

    first: bool = True
    since: str | None = None
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()


def news(before: Mapping[str, Any] | None, parts: Sequence[Part], told: Collection[str]) -> News:
    """What is new against the manifest of the last pack.

    A pack of the same editions keeps its news: made again, it has the same bytes. `told` are the names of editions
    whose withdrawal may be told; of what a reader may no longer know of, nothing is said.
    """
    if before is None:
        return News()
    known = {each["path"]: each for each in before["editions"]}
    if [(name, each["sha256"]) for name, each in known.items()] == [(part.name, part.sha256) for part in parts]:
        return News(**{name: _frozen(value) for name, value in before["news"].items()})
    now = {part.name: part for part in parts}
    # New bytes alone are no news: a template, or a program, may have changed, and not a word.
    changed = [name for name in known.keys() & now.keys() if known[name].get("content") != now[name].content]
    return News(
        first=False,
        since=before.get("date"),
        added=tuple(name for name in now if name not in known),
        changed=tuple(name for name in now if name in changed),
        withdrawn=tuple(each["title"] for name, each in known.items() if name not in now and name in told),
    )


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def manifest(name: str, parts: Sequence[Part], told: News, **facts: Any) -> dict[str, Any]:
    """The pack as data: `facts` (title, date, marking, …) and, for every edition, where it is and what it was."""
    return {
        "pack": name,
        **facts,
        "pages": sum(part.pages for part in parts) + int(facts["front_pages"]),
        "news": {
            "first": told.first,
            "since": told.since,
            "added": list(told.added),
            "changed": list(told.changed),
            "withdrawn": list(told.withdrawn),
        },
        "editions": [_edition(each.part, each.first) for each in placed(parts)],
    }


def _edition(part: Part, first: int) -> dict[str, Any]:
    return {
        "path": part.name,
        "title": part.title,
        "brief": part.brief,
        "audience": part.audience,
        "language": part.language,
        "marking": part.marking,
        "pages": part.pages,
        "first_page": first,
        "sha256": part.sha256,
        "content": part.content,
    }


def readable(data: Any) -> bool:
    """Whether this is a manifest that we wrote: its editions with the fields that are compared."""
    if not isinstance(data, dict) or not isinstance(data.get("news"), dict):
        return False
    editions = data.get("editions")
    wanted = {"path", "title", "sha256", "pages", "first_page", "audience", "brief", "marking"}
    return isinstance(editions, list) and all(isinstance(each, dict) and wanted <= each.keys() for each in editions)
