"""Brief -> Edition: what one audience may and should read; everything above its clearance is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from briefgen.model import (
    SECTIONS,
    WORDINGS,
    Audience,
    Brief,
    Edition,
    Item,
    Marking,
    Section,
    SourceReference,
    Wording,
)

# Points of the summary that take the place of a bottom line where an edition has no summary of its own.
STAND_IN = 2


@dataclass(frozen=True)
class Candidate:
    """An item that copyfitting may choose: its wordings, best first, and its rank in its section (from 0)."""

    id: str
    section: Section
    rank: int
    wordings: tuple[Wording, ...]


def select(brief: Brief, name: str, audience_name: str, audience: Audience) -> Edition | None:
    """The edition of `brief` for an audience, or None when nothing of it is within the clearance."""
    cleared, wanted = _readable(brief, audience)
    if not wanted:
        return None
    chosen = cleared.model_copy(
        update={
            section: ordered(_ranked(cleared.section(section)), audience) if section in wanted else ()
            for section in SECTIONS
        }
    )
    chosen = chosen.model_copy(update={"sources": _sources(brief, chosen)})
    draft = bool(cleared.drafts())
    return Edition(name=name, audience_name=audience_name, audience=audience, brief=chosen, draft=draft)


def has_edition(brief: Brief, audience: Audience) -> bool:
    """Whether `select` gives an edition, for less."""
    return bool(_readable(brief, audience)[1])


def _readable(brief: Brief, audience: Audience) -> tuple[Brief, tuple[Section, ...]]:
    """What is within the clearance, and the sections of it that the audience reads: none where there is nothing."""
    if brief.marking.rank > audience.clearance.rank:
        return brief, ()
    cleared, wanted = _cleared(brief, audience.clearance), audience.sections or SECTIONS
    if cleared.bottom_line is None and "summary" not in wanted:
        wanted = ("summary", *wanted)
        cleared = _led_by_summary(cleared)
    something = cleared.bottom_line or any(cleared.section(section) for section in wanted)
    return cleared, wanted if something else ()


def _led_by_summary(brief: Brief) -> Brief:
    """The first points of the summary in place of a bottom line; a finding that one of them says is there already.

    All of them where the brief has no findings, as one in a language without word lists: there is nothing else to read.
    """
    points = tuple(_ranked(brief.summary))[: STAND_IN if brief.findings else None]
    said = {point.text for point in points}
    findings = tuple(item for item in brief.findings if item.text not in said)
    return brief.model_copy(update={"summary": points, "findings": findings})


def _cleared(brief: Brief, clearance: Marking) -> Brief:
    def may_see(marking: Marking | None) -> bool:
        return (marking or brief.marking).rank <= clearance.rank

    line = brief.bottom_line
    sources = tuple(source for source in brief.sources if may_see(source.marking))
    # Never rely on the item's own label alone: the words of a source are as restricted as the source.
    hidden = {source.id for source in brief.sources if source not in sources}
    only = _only(brief)
    changed: dict[str, object] = {"sources": sources}
    changed["bottom_line"] = line if line and may_see(line.marking) else None
    for name in SECTIONS:
        seen = (item for item in brief.section(name) if may_see(item.marking))
        changed[name] = tuple(item for item in seen if not hidden & _cites(item, only))
    return brief.model_copy(update=changed)


def _only(brief: Brief) -> str | None:
    """The source of quotes that name none."""
    return brief.sources[0].id if len(brief.sources) == 1 else None


def _cites(item: Item, only: str | None) -> set[str | None]:
    return {quote.source or only for quote in item.evidence}


def _cited(brief: Brief, only: str | None) -> set[str | None]:
    return {source for _, item in brief.items() for source in _cites(item, only)}


def _sources(brief: Brief, chosen: Brief) -> tuple[SourceReference, ...]:
    """Leave out a source that only removed items quote: its mere presence would tell of them."""
    only = _only(brief)
    removed = _cited(brief, only) - _cited(chosen, only)
    return tuple(source for source in chosen.sources if source.id not in removed)


def _ranked(items: Sequence[Item]) -> list[Item]:
    """The items in the order of the file, each with its rank (from 1) as priority.

    An item that states none counts as having its place in the file; ties keep the order of the file.
    """
    order = sorted(range(len(items)), key=lambda at: (items[at].priority or at + 1, at))
    rank = {at: number for number, at in enumerate(order, start=1)}
    return [item.model_copy(update={"priority": rank[at]}) for at, item in enumerate(items)]


def ordered(items: Sequence[Item], audience: Audience) -> tuple[Item, ...]:
    """Reading order: as filed, by priority, or (findings) by sector, the sector of the best finding first."""
    if audience.order == "file":
        return tuple(items)
    by_priority = sorted(items, key=lambda item: item.priority or 0)
    if audience.order == "priority":
        return tuple(by_priority)
    first: dict[str, int] = {}
    for position, item in enumerate(by_priority):
        first.setdefault(_sector(item), position)
    return tuple(sorted(by_priority, key=lambda item: first[_sector(item)]))


def _sector(item: Item) -> str:
    return str(getattr(item, "sector", item.id))


def candidates(edition: Edition) -> list[Candidate]:
    """All items of the edition as copyfitting sees them, in reading order."""
    return [
        Candidate(item.id, section, (item.priority or 1) - 1, _allowed(item, edition.audience))
        for section, item in edition.brief.items()
    ]


def _allowed(item: Item, audience: Audience) -> tuple[Wording, ...]:
    """The wordings an edition may use, the wanted one first, then shorter ones."""
    longest = WORDINGS.index(audience.wording or "detail")
    shortest = WORDINGS.index(audience.floor or "headline")
    have = item.wordings()
    fitting = [name for name in reversed(WORDINGS[shortest : longest + 1]) if name in have]
    return tuple(fitting) or ("text",)
