#!/usr/bin/env python3
"""Labelled documents -> docs/evaluation.md: what the offline extractor finds in each group of them and the seed."""

from __future__ import annotations

import json
import time
from pathlib import Path

import yaml
from score import SECTORS, Score, cited

from briefgen.extract import draft
from briefgen.model import Draft
from briefgen.sources.reading import read

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "evaluation"
# Heading of a column -> its documents.
COLUMNS = {
    "reports, in view": ("d01", "d03", "d05", "d07"),
    "reports, long held out": ("d02", "d04", "d06", "d08"),
    "news and others, in view": ("n01", "n03", "n04", "c02", "r03"),
    "news and reports, two annotators": ("n05", "n06", "n07", "n08", "r04", "r05"),
}
AIMS = {
    "findings": "F1 0.78", "risks": "F1 0.65", "open_questions": "F1 0.50", "attributed": "F1 0.82",
    "precision at 8": "0.85", "speaker overlap": "0.80", "sector accuracy": "0.65", "summary": "",
}  # fmt: skip


def scored(names: list[str]) -> tuple[Score, float]:
    """The measures over some documents, and seconds of processor time per 1,000 words."""
    gold, score = json.loads((DATA / "gold.json").read_text(encoding="utf-8")), Score()
    seconds, words = 0.0, 0
    for name in names:
        source = read(DATA / "docs" / f"{name}.txt")[0]
        began = time.process_time()
        made = draft([source], SECTORS)[0]
        seconds, words = seconds + time.process_time() - began, words + len(source.text.split())
        score.add(made, source, gold[name])
    return score, 1000 * seconds / words


def cell(score: Score, name: str) -> str:
    """F1 where sentences are labelled, else the share of items that are right."""
    tally = score.of[name]
    precision = tally.right / tally.items if tally.items else 0.0
    if name in ("precision at 8", "speaker overlap", "sector accuracy"):
        return f"{precision:.3f} ({tally.items})"
    recall = tally.found / tally.gold if tally.gold else 0.0
    both = precision + recall
    return (
        f"{2 * precision * recall / both if both else 0.0:.3f} ({precision:.2f} / {recall:.2f}, {tally.gold} labelled)"
    )


def seed() -> list[str]:
    """What of the careful reading of the seed is found, by list."""
    gold = yaml.safe_load((DATA / "seed-gold.yaml").read_text(encoding="utf-8"))
    made = draft([read(ROOT / "seeds" / "belarus-russia-cooperation.txt")[0]], SECTORS)[0]
    findings = [finding for sector in gold["sectors"] for finding in sector["findings"]]
    lists = (("findings", findings), ("risks", gold["risks"]), ("questions", gold["open_questions"]))
    return [f"| {name} | {_found(made, name, items)} of {len(items)} |" for name, items in lists]


def _found(made: Draft, name: str, items: list[dict[str, object]]) -> int:
    spans = [[(quote["start"], quote["end"]) for quote in item["evidence"]] for item in items]  # type: ignore[attr-defined, index]
    return sum(any(cited(item, each) for item in getattr(made, name)) for each in spans)


def table(scores: list[Score]) -> list[str]:
    """One row for each measure, one column for each group of documents."""
    heads = [f"{name} ({', '.join(docs)})" for name, docs in COLUMNS.items()]
    rows = [
        [name.replace("_", " "), *(cell(score, name) if _is_measured(score, name) else "-" for score in scores), aim]
        for name, aim in AIMS.items()
    ]
    rows.append(["items citing residue", *(str(score.residue) for score in scores), "0"])
    rows.append(["ungrounded quotes", *(str(score.ungrounded) for score in scores), "0"])
    lines = [["measure", *heads, "aim"], ["---"] * (len(heads) + 2), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _is_measured(score: Score, name: str) -> bool:
    return bool(score.of[name].items or score.of[name].gold)


def main() -> None:
    scored_columns = [scored(list(docs)) for docs in COLUMNS.values()]
    text = "\n".join(
        [
            "# Evaluation of the offline extractor", "",
            "`make eval` wrote this. F1 (precision / recall); for the last three measures the share that is right. Where two",
            "annotators labelled, an item is right if one of them lists its sentence; recall counts what both list. Nothing",
            "here is unseen any more (evaluation/README.md tells of texts that were); risks and open questions are few, and their",
            "figures uncertain by a tenth and more.", "",
            *table([score for score, _ in scored_columns]), "",
            f"Extraction took {1000 * scored_columns[1][1]:.0f} ms of processor time per 1,000 words here (aim: 60).", "",
            "The seed, against one careful reading that was in view:", "", "| list | found |", "|---|---|", *seed(), "",
        ]
    )  # fmt: skip
    (ROOT / "docs" / "evaluation.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
