"""A seed and public-domain texts -> a workspace of briefs, as many as asked for and always the same ones."""

from __future__ import annotations

import json
import random
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parents[1] / "evaluation" / "docs"
SECTORS = ("industry", "trade", "energy", "transport", "health", "education", "law-justice", "digital-technology")
STANCES = ("reported", "reported", "claimed", "judged")
LIKELIHOODS = ("unlikely", "roughly even chance", "likely", "very likely")
IMPACTS = ("moderate", "high", "severe")


def workspace(root: Path, briefs: int, seed: int = 1, audiences: int = 4) -> Path:
    """Write a workspace of `briefs` briefs under `root`: 6 to 24 findings each, in two wordings, with evidence."""
    chance = random.Random(seed)
    seeds = root / "seeds"
    seeds.mkdir(parents=True)
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(TEXTS.glob("d*.txt"))}
    assert sources
    for name, text in sources.items():
        (seeds / name).write_text(text, encoding="utf-8")
    (root / "briefgen.yaml").write_text("audiences:\n" + "".join(_AUDIENCES[:audiences]), encoding="utf-8")
    for number in range(briefs):
        name = chance.choice(sorted(sources))
        folder = root / "content" / f"brief-{number:04}"
        folder.mkdir(parents=True)
        text = json.dumps(brief(chance, number, name, sources[name]), ensure_ascii=False, indent=1)
        (folder / "brief.yaml").write_text(text, encoding="utf-8")  # JSON is YAML
    return root


_AUDIENCES = (
    "  executive: {clearance: TLP:AMBER, pages: 1}\n",
    "  note: {clearance: TLP:AMBER, pages: 2}\n",
    "  briefing: {clearance: TLP:AMBER, pages: 8}\n",
    "  public: {clearance: TLP:CLEAR, pages: 2}\n",
)


def brief(chance: random.Random, number: int, source: str, text: str) -> dict[str, Any]:
    """One brief that quotes `text`; some items are above the public's clearance."""
    spans = [(m.start(), m.end()) for m in re.finditer(r"[A-Z][^.\n]{40,220}\.", text)]
    chance.shuffle(spans)
    # Each sentence serves once: what stands above a clearance may stand nowhere else.
    summary, spans = spans[:4], spans[4:]
    risks = [_risk(chance, text, *spans.pop(), n) for n in range(chance.randint(2, 6))]
    count = min(chance.randint(6, 24), len(spans))
    findings = [_finding(chance, text, *spans[n], n) for n in range(count)]
    return {
        "title": f"Programme {number}: {_words(text, summary[0])}",
        "deck": "A benchmark brief, made from a report in the public domain",
        "reference": f"BM-2026-{number:04}",
        "issued": "2026-11-23",
        "desk": "Benchmarks",
        "marking": "TLP:CLEAR",
        "sources": [
            {
                "id": "S1",
                "file": f"seeds/{source}",
                "sha256": sha256(text.encode()).hexdigest(),
                "kind": "official",
                "reliability": "B",
                "note": "An official audit report; complete, dated and signed.",
            }
        ],
        "bottom_line": {
            "text": f"We judge it **likely** that {_words(text, summary[1]).lower()} will need another look.",
            "likelihood": "likely",
            "confidence": "moderate",
            "basis": "One official report.",
        },
        "change_view": "A new audit, or figures for the last two years.",
        "summary": [_item(text, *span, f"sum-{n}") for n, span in enumerate(summary)],
        "findings": findings,
        "risks": risks,
        "questions": [
            {"id": f"q-{n}", "text": f"What follows from {_words(text, summary[n % 4], 5 + n).lower()}?"}
            for n in range(chance.randint(2, 9))
        ],
    }


def _words(text: str, span: tuple[int, int], count: int = 6) -> str:
    return " ".join(re.sub(r"[^\w\s-]", "", text[slice(*span)]).split()[:count])


def _item(text: str, start: int, end: int, name: str) -> dict[str, Any]:
    return {
        "id": name,
        "text": "The report says: " + " ".join(text[start:end].split()),
        "evidence": [{"exact": text[start:end], "start": start, "end": end}],
    }


def _finding(chance: random.Random, text: str, start: int, end: int, number: int) -> dict[str, Any]:
    stance = chance.choice(STANCES)
    found = _item(text, start, end, f"finding-{number}") | {
        "sector": chance.choice(SECTORS),
        "headline": f"The report says: {_words(text, (start, end), 7)}",
        "stance": stance,
        "credibility": chance.randint(2, 4),
        "priority": number + 1,
    }
    if stance == "claimed":
        found["attribution"] = "the report"
    if chance.random() < 0.15:
        found["marking"] = "TLP:AMBER"
    return found


def _risk(chance: random.Random, text: str, start: int, end: int, number: int) -> dict[str, Any]:
    return _item(text, start, end, f"risk-{number}") | {
        "headline": _words(text, (start, end), 3),
        "likelihood": chance.choice(LIKELIHOODS),
        "impact": chance.choice(IMPACTS),
        "stated_by": "the report",
    }
