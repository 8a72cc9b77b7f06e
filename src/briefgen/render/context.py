"""Edition and choice of wordings -> the plain data that a template sees: dicts, lists, text, numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from briefgen.model import (
    IMPACTS,
    SCALES,
    Audience,
    Brief,
    Edition,
    Evidence,
    Finding,
    Item,
    Question,
    Risk,
    Section,
    Wording,
)
from briefgen.render.labels import long_date
from briefgen.render.scripts import has_other_scripts

# Which wording of which item is printed. In a catalogue an item stands once for every wording to be measured.
Choice = Sequence[tuple[str, Wording]]
# The audience whose edition holds what this one leaves out.
Fuller = tuple[str, Audience]
# A catalogue shows each risk in every wording; its matrix is measured with as many as a page usually holds.
RISKS_A_PAGE = 5


def context(
    edition: Edition, choice: Choice, labels: Mapping[str, str], fuller: Fuller | None, catalogue: bool
) -> dict[str, Any]:
    """Everything a template may print of this edition; nothing that was not chosen, but for its number."""
    brief = edition.brief
    language = brief.language
    wordings: dict[str, list[Wording]] = {}
    for item_id, wording in choice:
        wordings.setdefault(item_id, []).append(wording)
    kept = {item_id: names[0] for item_id, names in wordings.items()}
    describe = _Describer(brief, labels, wordings, catalogue)
    risks = describe.section("risks", "R")
    return {
        "label": str(edition.label(kept)),
        "draft": edition.draft,
        "language": language,
        "other_scripts": has_other_scripts(brief.model_dump_json() + "".join(labels.values())),
        "audience": {
            "name": edition.audience_name,
            "title": edition_title(edition.audience_name, edition.audience, labels),
            "recipients": edition.audience.recipients,
        },
        "brief": {
            "title": brief.title,
            "deck": brief.deck,
            "reference": brief.reference,
            "version": brief.version,
            "supersedes": brief.supersedes,
            "changed": brief.changed,
            "issued": long_date(brief.issued, language),
            "issued_iso": brief.issued.isoformat() if brief.issued else None,
            "desk": brief.desk,
            "change_view": brief.change_view,
            "marking": str(brief.marking),
        },
        "bottom_line": _bottom_line(brief, labels),
        "scale": _scale(brief, labels),
        "summary": describe.section("summary"),
        "findings": (findings := describe.section("findings")),
        "sectors": _by_sector(findings),
        "risks": risks,
        "questions": describe.section("questions"),
        # By the whole edition, not by what was chosen: a column must not come and go with copyfitting.
        "graded": any(item.credibility for item in brief.findings),
        "levelled": any(item.likelihood or item.impact for item in brief.risks),
        "sided": bool(brief.questions or brief.change_view or any(r.likelihood and r.impact for r in brief.risks)),
        "matrix": _matrix(brief, _typical(risks, edition) if catalogue else risks, labels),
        "sources": [_source(source, brief, labels) for source in brief.sources],
        "credibilities": _credibilities(brief, kept, labels),
        # A catalogue is for measuring: it must leave room for the longest note.
        "omitted": _omitted(edition, {} if catalogue else kept, fuller and edition_title(*fuller, labels)),
        "t": dict(labels),
    }


class _Describer:
    """Items as plain data, in reading order."""

    def __init__(
        self, brief: Brief, labels: Mapping[str, str], wordings: Mapping[str, list[Wording]], catalogue: bool
    ) -> None:
        self.brief, self.labels, self.wordings, self.catalogue = brief, labels, wordings, catalogue
        self.only = brief.sources[0] if len(brief.sources) == 1 else None

    def section(self, name: Section, prefix: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        items = [item for item in self.brief.section(name) if item.id in self.wordings]
        for number, item in enumerate(items, start=1):
            for wording in self.wordings[item.id]:
                described = self.item(item, wording) | {"number": f"{prefix}{number}"}
                # In a catalogue an item stands several times, but its quotes only once.
                described["in_annex"] = bool(item.evidence) and wording == self.wordings[item.id][0]
                found.append(described)
        return found

    def item(self, item: Item, wording: Wording) -> dict[str, Any]:
        marking = item.marking if item.marking and item.marking != self.brief.marking else None
        described = {
            "id": f"{item.id}--{wording}" if self.catalogue else item.id,
            "wording": wording,
            "body": item.wordings()[wording],
            "headline": item.headline,
            "text": item.text,
            "detail": item.detail,
            # What stands in bold before a longer wording; a headline on its own is the body.
            "lead": item.headline if wording != "headline" else None,
            "marking": str(marking) if marking else None,
            "evidence": [self.evidence(each) for each in item.evidence],
            "evidence_id": f"evidence-{item.id}",
        }
        return described | self.particulars(item)

    def particulars(self, item: Item) -> dict[str, Any]:
        if isinstance(item, Finding):
            return {
                "sector": item.sector,
                "sector_label": sector_label(item.sector, self.labels),
                "stance": item.stance,
                "stance_label": self.labels[f"stance.{item.stance}"],
                "attribution": item.attribution,
                "rating": self.rating(item),
                "basis": item.basis,
            }
        if isinstance(item, Risk):
            return {
                "likelihood": item.likelihood,
                "likelihood_label": _word(item.likelihood, "terms", self.labels),
                "impact": item.impact,
                "impact_label": _word(item.impact, "impact_levels", self.labels),
                "stated_by": item.stated_by,
                "stance": item.stance,
                "stance_label": self.labels[f"stance.{item.stance}"],
            }
        return {"why": item.why} if isinstance(item, Question) else {}

    def rating(self, item: Finding) -> str | None:
        """Admiralty: the letter of the source, the number of the item; an assessment carries none."""
        if item.stance == "assessed" or not item.credibility:
            return None
        cited = [self.source_of(each) for each in item.evidence]
        letters = [each.reliability for each in cited if each and each.reliability]
        return f"{min(letters)}{item.credibility}" if letters else str(item.credibility)

    def source_of(self, evidence: Evidence) -> Any:
        named = (source for source in self.brief.sources if source.id == evidence.source)
        return self.only if evidence.source is None else next(named, None)

    def evidence(self, evidence: Evidence) -> dict[str, Any]:
        source = self.source_of(evidence)
        place = {"start": evidence.start, "end": evidence.end}
        return {"source": source.id if source else None, "exact": evidence.exact, **place}


def _by_sector(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Runs of findings of one sector, in reading order; the first of each run is marked as such."""
    runs = groupby(findings, key=lambda finding: (finding["sector"], finding["sector_label"]))
    groups = [{"name": name, "label": label, "findings": list(run)} for (name, label), run in runs]
    firsts = [group["findings"][0] for group in groups]
    for finding in findings:
        finding["first_of_sector"] = any(finding is first for first in firsts)
    return groups


def edition_title(name: str, audience: Audience, labels: Mapping[str, str]) -> str:
    """What an audience's editions are called: as briefgen.yaml says, as the label file does, or its name."""
    return audience.title or labels.get(f"edition.{name}") or name.replace("-", " ").capitalize()


def sector_label(sector: str, labels: Mapping[str, str]) -> str:
    """The label file's name of a sector, or its own with spaces and a capital."""
    return labels.get(f"sectors.{sector}") or sector.replace("-", " ").replace("_", " ").capitalize()


def _word(term: str | None, group: str, labels: Mapping[str, str]) -> str | None:
    """A scale term in the language of the page; the terms themselves are keys."""
    return labels.get(f"{group}.{term}", term[:1].upper() + term[1:]) if term else None


def _bottom_line(brief: Brief, labels: Mapping[str, str]) -> dict[str, Any] | None:
    line = brief.bottom_line
    if line is None:
        return None
    return {
        "text": line.text,
        "likelihood": line.likelihood,
        "confidence": line.confidence,
        "confidence_label": _word(line.confidence, "confidence", labels),
        "basis": line.basis,
        "marking": str(line.marking) if line.marking and line.marking != brief.marking else None,
    }


def _scale(brief: Brief, labels: Mapping[str, str]) -> dict[str, Any]:
    chosen = brief.bottom_line.likelihood if brief.bottom_line else None
    bands = [
        {
            "label": _word(chosen if chosen in term.words else term.words[0], "terms", labels),
            "low": term.low,
            "high": term.high,
            "chosen": chosen in term.words,
        }
        for term in SCALES[brief.scale]
    ]
    return {"name": labels[f"scale.{brief.scale}"], "bands": bands, "chosen": _first(bands)}


def _first(bands: list[dict[str, Any]]) -> dict[str, Any] | None:
    return next((band for band in bands if band["chosen"]), None)


def _position(term: str | None, brief: Brief) -> int | None:
    steps = enumerate(SCALES[brief.scale])
    return next((at for at, step in steps if term in step.words), None)


def _matrix(brief: Brief, risks: list[dict[str, Any]], labels: Mapping[str, str]) -> dict[str, Any] | None:
    """The risks by likelihood and impact: the columns in use and those between, at least three rows."""
    placed = {
        risk["number"]: (at, IMPACTS.index(risk["impact"]))
        for risk in risks
        if risk["impact"] and (at := _position(risk["likelihood"], brief)) is not None
    }
    if not placed:
        return None
    scale = SCALES[brief.scale]
    first, last = _span([at for at, _ in placed.values()], len(scale))
    bottom = min(1, *(impact for _, impact in placed.values()))
    columns = [_word(scale[at].words[0], "likelihood_short", labels) for at in range(first, last + 1)]
    rows = [
        {
            "label": _word(IMPACTS[impact], "impact_levels", labels),
            "cells": [_cell(placed, at, impact, len(scale)) for at in range(first, last + 1)],
        }
        for impact in range(len(IMPACTS) - 1, bottom - 1, -1)
    ]
    return {"columns": columns, "rows": rows}


def _typical(risks: list[dict[str, Any]], edition: Edition) -> list[dict[str, Any]]:
    """The risks of highest rank, as many as the edition usually keeps."""
    first = list(dict.fromkeys(risk["number"] for risk in risks))[: RISKS_A_PAGE * edition.audience.pages]
    return [risk for risk in risks if risk["number"] in first]


def _span(used: list[int], steps: int) -> tuple[int, int]:
    """From the lowest to the highest step in use, widened to three columns around them."""
    first, last = min(used), max(used)
    while last - first < 2:
        first, last = (first, last + 1) if last < steps - 1 and (first == 0 or last <= 3) else (first - 1, last)
    return first, last


def _cell(placed: Mapping[str, tuple[int, int]], at: int, impact: int, steps: int) -> dict[str, Any]:
    """`heat` 0 to 4 grows with likelihood times impact."""
    weight = min(at / (steps - 2), 1.0) * impact / (len(IMPACTS) - 1)
    heat = sum(weight >= edge for edge in (0.15, 0.25, 0.45, 0.7))
    return {"risks": [number for number, place in placed.items() if place == (at, impact)], "heat": heat}


def _source(source: Any, brief: Brief, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "author": source.author,
        "published": long_date(source.published, brief.language),
        "retrieved": long_date(source.retrieved, brief.language),
        "url": source.url,
        "kind": source.kind,
        "kind_label": labels[f"kind.{source.kind}"],
        "reliability": source.reliability,
        "reliability_label": labels.get(f"reliability.{source.reliability}"),
        "note": source.note,
        "sha256": source.sha256,
    }


def _credibilities(brief: Brief, kept: Mapping[str, Wording], labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """The key to the numbers that are on the page, and to no others."""
    used = {item.credibility for item in brief.findings if item.id in kept and item.stance != "assessed"}
    return [{"mark": mark, "label": labels[f"credibility.{mark}"]} for mark in sorted(m for m in used if m)]


def _omitted(edition: Edition, kept: Mapping[str, Wording], fuller: str | None) -> dict[str, Any]:
    """How much the page budget left out, by section; which items is for the desk's report, not the reader."""
    counts = Counter(section for section, item in edition.brief.items() if item.id not in kept)
    return {"total": counts.total(), "sections": {name: counts[name] for name in counts}, "fuller": fuller}
