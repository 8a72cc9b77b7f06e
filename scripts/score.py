#!/usr/bin/env python3
"""Score the offline extractor, in this process, on labelled sentences or on the careful reading of the seed.

usage: score.py GOLD.json DOCS_DIR [--only d01,d03] [--show]     the measures of the acceptance scorer
       score.py --seed SEED-GOLD.yaml SEED.txt [--show]          shares of the reading's quotes that are cited
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from briefgen.extract import draft
from briefgen.model import Draft, Item, Source
from briefgen.sources.reading import read

SECTORS = (
    *("government-politics", "foreign-affairs", "defence-security", "law-justice", "economy-finance", "trade"),
    *("industry", "energy", "agriculture-food", "transport", "digital-technology", "science-space", "health"),
    *("environment", "education", "labour-social", "media-culture", "other"),
)
FIELDS = {"summary": "summary", "findings": "findings", "risks": "risks", "open_questions": "questions"}
Span = tuple[int, int]


def cited(item: Item, sentences: Iterable[Span]) -> set[int]:
    """Numbers of the sentences that the item's evidence covers by at least half of either."""
    out = set()
    for quote in item.evidence:
        start, end = quote.start or 0, quote.end or 0
        for number, (a, b) in enumerate(sentences):
            overlap = min(end, b) - max(start, a)
            if overlap > 0 and overlap >= 0.5 * min(end - start, b - a):
                out.add(number)
    return out


def named(text: str | None) -> set[str]:
    """The words of a speaker's name that count."""
    return set(re.findall(r"\w+", (text or "").lower())) - {"the", "a", "an", "of", "and", "mr", "ms", "mrs"}


class Tally:
    """Counts of one measure: right and all items, found and all labelled sentences."""

    def __init__(self) -> None:
        self.right = self.items = self.found = self.gold = 0

    def add(self, right: int, items: int, found: int, gold: int) -> None:
        self.right, self.items = self.right + right, self.items + items
        self.found, self.gold = self.found + found, self.gold + gold

    def __str__(self) -> str:
        p = self.right / self.items if self.items else 0.0
        r = self.found / self.gold if self.gold else 0.0
        f = 2 * p * r / (p + r) if p + r else 0.0
        return f"F1 {f:.3f}  precision {p:.3f}  recall {r:.3f}  items {self.items}  labelled {self.gold}"


class Score:
    """The measures over several documents."""

    def __init__(self) -> None:
        names = (*FIELDS, "attributed", "precision at 8", "speaker overlap", "sector accuracy")
        self.of = {name: Tally() for name in names}
        self.residue = self.ungrounded = 0

    def add(self, made: Draft, source: Source, entry: dict[str, Any]) -> None:
        sentences = [(a, b) for a, b in entry["sentences"]]
        labels = [entry[name] for name in ("A", "B") if entry.get(name)]
        self._lists(made, source, sentences, labels)
        self._findings(made, sentences, labels)
        self._attributed(made, sentences, labels)

    def _lists(self, made: Draft, source: Source, sentences: list[Span], labels: list[Any]) -> None:
        bad = set.intersection(*({int(n) for n in each["residue"]} for each in labels))
        for key, field in FIELDS.items():
            sets = [{int(n) for n in each[key]} for each in labels]
            any_, all_ = set.union(*sets), set.intersection(*sets)
            where = [cited(item, sentences) for item in getattr(made, field)]
            seen = set().union(*where)
            self.of[key].add(sum(bool(each & any_) for each in where), len(where), len(all_ & seen), len(all_))
            self.residue += sum(bool(each & bad) for each in where)
            quotes = [quote for item in getattr(made, field) for quote in item.evidence]
            self.ungrounded += sum(source.text[quote.start : quote.end] != quote.exact for quote in quotes)

    def _findings(self, made: Draft, sentences: list[Span], labels: list[Any]) -> None:
        for at, item in enumerate(made.findings):
            sectors = [a["findings"][str(n)] for a in labels for n in cited(item, sentences) if str(n) in a["findings"]]
            if at < 8:
                self.of["precision at 8"].add(bool(sectors), 1, 0, 0)
            if sectors:
                self.of["sector accuracy"].add(item.sector in sectors, 1, 0, 0)

    def _attributed(self, made: Draft, sentences: list[Span], labels: list[Any]) -> None:
        sets = [{int(n) for n in each["attributed"]} for each in labels]
        any_, all_ = set.union(*sets), set.intersection(*sets)
        covered, claimed = set(), set()
        for item in (*made.findings, *made.risks):
            where = cited(item, sentences)
            covered |= where
            if item.stance != "claimed":
                continue
            claimed |= where
            for number in where:
                self.of["attributed"].add(number in any_, 1, 0, 0)
                told = [each["attributed"][str(number)] for each in labels if str(number) in each["attributed"]]
                if told:
                    near = any(named(item.attribution) & named(each) for each in told)
                    self.of["speaker overlap"].add(near, 1, 0, 0)
        self.of["attributed"].add(0, 0, len(all_ & claimed), len(all_ & covered))

    def show(self) -> None:
        for name, tally in self.of.items():
            share = f"{tally.right / tally.items:.3f}  of {tally.items}" if tally.items else "-"
            print(f"{name:16s} {share if tally.gold == 0 and name not in FIELDS else tally}")
        print(f"residue {self.residue}  ungrounded {self.ungrounded}")


def show(made: Draft) -> None:
    """Every item with what it was filed under, for reading."""
    for field in ("summary", "findings", "risks", "questions"):
        for item in getattr(made, field):
            about = [getattr(item, name, None) for name in ("sector", "stance", "attribution", "stated_by")]
            print(f"  {item.id} {[each for each in about if each]} {made.cues.get(item.id, ())} {item.text}")
            if item.headline:
                print(f"       = {item.headline}")


def show_against(made: Draft, source: Source, entry: dict[str, Any]) -> None:
    """Every sentence with its labels, beside what was made of it."""
    sentences, labels = [(a, b) for a, b in entry["sentences"]], entry["A"]
    made_of: dict[int, list[str]] = {}
    for field in FIELDS.values():
        for item in getattr(made, field):
            for number in cited(item, sentences):
                extra = [getattr(item, name, None) for name in ("sector", "attribution")] if field != "summary" else []
                made_of.setdefault(number, []).append(f"{item.id} {' '.join(str(e) for e in extra if e)}")
    for number, (a, b) in enumerate(sentences):
        want = labels["findings"].get(str(number), "")
        flags = "".join(
            mark for key, mark in (("risks", "R"), ("open_questions", "Q"), ("opinion", "O"), ("residue", "X"))
            if number in labels[key]
        )  # fmt: skip
        said = labels["attributed"].get(str(number), "")
        print(f"{number:3d} want[{want} {flags} {said}] got{made_of.get(number, [])} {source.text[a:b]}")


def score_seed(gold: Path, text: Path, verbose: bool) -> None:
    """How many of the reading's quotes each list cites, and what is cited that ought not to be."""
    wanted = yaml.safe_load(gold.read_text(encoding="utf-8"))
    made = draft([read(text)[0]], SECTORS)[0]
    if verbose:
        show(made)
    findings = [each for part in wanted["sectors"] for each in part["findings"]]
    for name, rows, items in (
        ("findings", findings, made.findings),
        ("risks", wanted["risks"], made.risks),
        ("open questions", wanted["open_questions"], made.questions),
        ("summary", wanted["summary"], made.summary),
        ("not open questions", [{"evidence": [each]} for each in wanted["not_open_questions"]], made.questions),
        ("colour", [{"evidence": [each]} for each in wanted["colour_only"]], (*made.findings, *made.summary)),
    ):
        print(f"{name:20s} {seed_row(rows, items)}")
    by_stance = {"attributed_claim": "claimed", "reported_fact": "reported", "author_judgement": "judged"}
    pairs = [
        (by_stance[row["stance"]], item.stance)
        for row in findings
        for item in made.findings
        if cited(item, seed_spans(row))
    ]
    agree = sum(a == b for a, b in pairs)
    opinion = sum(a != "reported" and b == "reported" for a, b in pairs)
    print(f"stance agrees in {agree} of {len(pairs)}; opinion or claim as fact: {opinion}")


def seed_spans(row: dict[str, Any]) -> list[Span]:
    return [(each["start"], each["end"]) for each in row["evidence"]]


def seed_row(rows: list[dict[str, Any]], items: Iterable[Item]) -> str:
    items = list(items)
    found = sum(any(cited(item, seed_spans(row)) for item in items) for row in rows)
    right = sum(any(cited(item, seed_spans(row)) for row in rows) for item in items)
    return f"found {found} of {len(rows)}; right {right} of {len(items)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("docs", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--seed", action="store_true")
    args = parser.parse_args()
    if args.seed:
        score_seed(args.gold, args.docs, args.show)
        return
    score, seconds, count = Score(), 0.0, 0
    for name, entry in sorted(json.loads(args.gold.read_text(encoding="utf-8")).items()):
        if args.only and name not in args.only.split(","):
            continue
        source = read(args.docs / f"{name}.txt")[0]
        draft([source], SECTORS)
        began = time.perf_counter()
        made = draft([source], SECTORS)[0]
        seconds, count = seconds + time.perf_counter() - began, count + len(source.text.split())
        if args.show:
            print(f"== {name}")
            show_against(made, source, entry)
        score.add(made, source, entry)
    score.show()
    print(f"{1e6 * seconds / count:.1f} ms per 1,000 words")


if __name__ == "__main__":
    main()
