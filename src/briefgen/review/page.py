"""Brief and the texts of its sources -> one self-contained HTML page, through the template evidence.html."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from briefgen.model import SECTIONS, Brief, Finding, Item, Section, strictest
from briefgen.render import Assets, Renderer, search_path
from briefgen.render import page as render
from briefgen.review.passages import Quote, Shown, locate, passages

TEMPLATE = "evidence.html"
_LETTERS: Mapping[Section, str] = {"summary": "P", "findings": "F", "risks": "R", "questions": "Q"}
_KINDS: Mapping[Section, str] = {"summary": "summary", "risks": "risk", "questions": "question"}


def page(brief: Brief, sources: Sequence[Shown], root: Path, name: str | None = None) -> str:
    """The page; templates are looked up as for the editions of the brief called `name` in the workspace `root`."""
    assets = Assets(tuple(search_path(root, name)), root)
    return render(assets, TEMPLATE, {**_data(brief, sources), "t": Renderer(assets).words(brief.language)})


def _data(brief: Brief, sources: Sequence[Shown]) -> dict[str, Any]:
    quotes = _Quotes(brief, sources)
    items = {name: [quotes.item(name, at, each) for at, each in enumerate(brief.section(name), 1)] for name in SECTIONS}
    return {
        "language": brief.language,
        "brief": {"title": brief.title, "deck": brief.deck, "reference": brief.reference, "desk": brief.desk},
        "label": str(strictest([brief.marking, *(each for each in _markings(brief) if each)])),
        "drafts": sum(each["draft"] for own in items.values() for each in own),
        "sections": [{"name": name, "items": own} for name, own in items.items() if own],
        "kinds": _used(quotes.found.values()),
        "sources": [_source(shown, quotes.found.get(shown.source.id, [])) for shown in sources],
        "total": quotes.total,
        "placed": sum(map(len, quotes.found.values())),
        "residue": any(block.kind == "residue" for shown in sources for block in shown.blocks),
    }


def _markings(brief: Brief) -> Iterator[Any]:
    yield from (item.marking for _, item in brief.items())
    yield from (source.marking for source in brief.sources)


def _used(found: Iterable[Sequence[Quote]]) -> list[str]:
    used = {quote.kind for quotes in found for quote in quotes}
    order = ("reported", "claimed", "judged", "assessed", "risk", "question", "summary")
    return [kind for kind in order if kind in used]


def _source(shown: Shown, quotes: Sequence[Quote]) -> dict[str, Any]:
    source = shown.source
    by = [source.title, source.author, source.publisher, source.published and source.published.isoformat()]
    return {
        "id": source.id,
        "name": " · ".join(str(each) for each in by if each) or source.file,
        "file": source.file,
        "note": source.note,
        "cited": bool(quotes),
        "passages": passages(shown, quotes),
    }


class _Quotes:
    """Numbers the quotes of the items through, and finds each in its source."""

    def __init__(self, brief: Brief, sources: Sequence[Shown]) -> None:
        self.sources = {shown.source.id: shown for shown in sources}
        self.only = brief.sources[0].id if len(brief.sources) == 1 else None
        self.found: dict[str, list[Quote]] = {}
        self.total = 0

    def item(self, section: Section, at: int, item: Item) -> dict[str, Any]:
        """One item as the page shows it, with its quotes."""
        label = f"{_LETTERS[section]}{at}"
        kind = _KINDS.get(section) or (item.stance if isinstance(item, Finding) else "reported")
        own = {name: getattr(item, name, None) for name in ("stance", "attribution", "stated_by", "why", "sector")}
        marking = str(item.marking) if item.marking else None
        return own | {
            "id": item.id,
            "label": label,
            "kind": kind,
            "headline": item.headline,
            "text": item.text,
            "detail": item.detail,
            "marking": marking,
            "draft": item.status == "draft",
            "quotes": list(self._quotes(item, label, kind)),
        }

    def _quotes(self, item: Item, label: str, kind: str) -> Iterator[dict[str, Any]]:
        for evidence in item.evidence:
            self.total += 1
            name = evidence.source or self.only or ""
            shown = self.sources.get(name)
            span = locate(shown, evidence) if shown else None
            if span:
                self.found.setdefault(name, []).append(Quote(self.total, label, item.id, kind, span))
            place = {"start": span[0], "end": span[1]} if span else None
            anchor = f"quote-{self.total}" if span else None
            yield {"exact": evidence.exact, "source": name, "anchor": anchor, "place": place}
