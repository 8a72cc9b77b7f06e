"""Briefs derived from the example by seeded chance: as crowded, bare, long or odd as real desks send them.

`derive(seed)` gives the data of one brief, always the same for a seed; `write` puts it into a workspace. Quotes are
verbatim and the wording keeps to the rules, so `briefgen check` passes. Every wording holds a word that stands
nowhere else (`token`), so that a page can be searched for it.
"""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "content" / "belarus-russia-technology" / "brief.yaml"
SEED_FILE = "seeds/belarus-russia-cooperation.txt"
SEEDS = range(60)

Data = dict[str, Any]
_SECTORS = ("industry", "trade", "energy", "foreign-affairs", "digital-technology", "agriculture-food", "other")
CYRILLIC = re.findall(
    r"\w+",
    "Минск Москва завод поставка станок договор сотрудничество импортозамещение машиностроение двигатель рынок "
    "санкции экспорт предприятие роботизация микроэлектроника высокотехнологичный государство и в на по для из",
)
UNBREAKABLE = (
    "https://example.org/reports/2026/11/industrial-cooperation/annex-b?version=3&lang=en#table-17",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
)
# Words that the check reads as a likelihood, a hedge, a confidence or an attribution stay out of random text.
_TELLING = frozenset(
    re.findall(
        r"\w+",
        "may might could can would should likely probable unlikely improbable probably possibly perhaps certain almost "
        "chance even remote confidence low moderate high medium said says supposedly claiming claims",
    )
)
_IMPACTS = ("low", "moderate", "high", "severe")
_TERMS = ("very unlikely", "unlikely", "roughly even chance", "likely", "very likely")
_LEVELS = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")


@cache
def source_text() -> str:
    return (ROOT / SEED_FILE).read_text(encoding="utf-8")


VOCABULARY = tuple(sorted({word.lower() for word in re.findall(r"[A-Za-z]{2,}", source_text())} - _TELLING))


@cache
def _example() -> Data:
    data: Data = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    return data


def token(item: str, wording: str) -> str:
    """The word by which one wording of one item is told from all others: letters only, as PDF readers like it."""
    letters = "".join(chr(ord("a") + int(digit)) for digit in re.sub(r"\D", "", item))
    return f"Zq{item[0]}{letters}{wording[0]}x"


class _Chance:
    """The choices of one brief, all from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(f"briefgen {seed}")
        self.longest = self.random.choice((12, 25, 40, 70, 120))
        self.without_headline = self.random.choice((0.0, 0.15, 0.5))
        self.with_detail = self.random.choice((0.0, 0.3, 0.9))
        self.cyrillic = self.random.choice((0.0, 0.2, 1.0)) if seed % 3 == 0 else 0.0
        self.odd = self.random.choice((0.0, 0.1, 0.4))
        self.marked = self.random.choice((0.0, 0.2, 0.5))
        self.sources = ("S1",) if seed % 4 else ("S1", "S2", "S3", "S4", "S5")[: self.random.randint(2, 5)]

    def often(self, share: float) -> bool:
        return self.random.random() < share

    def words(self, count: int) -> str:
        known = CYRILLIC if self.often(self.cyrillic) else VOCABULARY
        words = [self.random.choice(known) for _ in range(max(count, 1))]
        if count > 3 and self.often(self.odd):
            words[self.random.randrange(1, count)] = self.random.choice(UNBREAKABLE)
        if count > 5 and self.often(0.2):
            at = self.random.randrange(1, count)
            words[at] = self.random.choice((f"**{words[at]}**", f"*{words[at]}*", f"{words[at]} [sic]", "R&D", "<5 %"))
        return " ".join(words)

    def text(self, item: str, wording: str, count: int) -> str:
        return f"{token(item, wording)} {self.words(count - 1)}."

    def quotes(self) -> list[Data]:
        return [self.quote() for _ in range(self.random.randint(1, 3))]

    def quote(self) -> Data:
        text = source_text()
        places = [match.start() for match in re.finditer(r"(?<=[\s])\w", text)]
        start = self.random.choice(places[:-40])
        end = start + len(re.findall(r"^\S+(?: \S+){0,25}", text[start:])[0])
        return {"source": self.random.choice(self.sources), "exact": text[start:end], "start": start, "end": end}


def derive(seed: int) -> Data:
    """The data of one brief; about every tenth is bare of a whole section, a bottom line or a deck."""
    chance = _Chance(seed)
    draw = chance.random
    base = _example()
    data: Data = {key: base[key] for key in ("deck", "reference", "version", "issued", "language", "desk")}
    data |= {"title": f"Derived {seed}: {chance.words(draw.choice((3, 7, 12)))}"[:140].strip(), "issued": "2026-11-23"}
    data |= {"marking": draw.choice(("TLP:CLEAR", "TLP:CLEAR", "TLP:GREEN")), "sources": _sources(chance)}
    if not chance.often(0.12):
        words = chance.words(draw.randint(8, 55))
        data["bottom_line"] = {"text": f"{words}.", "likelihood": "likely", "confidence": "low", "basis": "One text."}
    if chance.often(0.6):
        data["change_view"] = chance.words(draw.randint(8, 40))
    data["summary"] = [_item(chance, f"sum-{n}", 30, bare=True) for n in range(_count(chance, 0, 7))]
    data["findings"] = [_finding(chance, n) for n in range(draw.randint(3, 60))]
    data["risks"] = [_risk(chance, n) for n in range(_count(chance, 0, 15))]
    data["questions"] = [_question(chance, n) for n in range(_count(chance, 0, 14))]
    _prioritise(chance, data)
    if "bottom_line" not in data and not data["summary"] and chance.often(0.5):
        del data["deck"]
    return data


def _count(chance: _Chance, low: int, high: int) -> int:
    return 0 if chance.often(0.12) else chance.random.randint(low, high)


def _sources(chance: _Chance) -> list[Data]:
    described = {"file": SEED_FILE, "kind": "commentary", "reliability": "F"}
    note = {"note": f"{chance.words(chance.random.randint(5, 40))}."}
    return [{"id": name, "title": f"Source {name}"} | described | note for name in chance.sources]


def _item(chance: _Chance, name: str, longest: int, bare: bool = False) -> Data:
    item: Data = {"id": name, "text": chance.text(name, "text", chance.random.randint(5, longest))}
    if not bare and not chance.often(chance.without_headline):
        item["headline"] = chance.text(name, "headline", chance.random.randint(3, 9)).rstrip(".")
    if not bare and chance.often(chance.with_detail):
        item["detail"] = chance.text(name, "detail", chance.random.randint(longest, longest + 40))
    if chance.often(chance.marked):
        item["marking"] = chance.random.choice(_LEVELS[1:])
    return item | {"evidence": chance.quotes()}


def _finding(chance: _Chance, number: int) -> Data:
    item = _item(chance, f"finding-{number}", chance.longest)
    item["sector"] = chance.random.choice(_SECTORS)
    stance = chance.random.choice(("reported", "reported", "claimed", "judged", "assessed"))
    item |= {"stance": stance}
    if stance in ("claimed", "judged"):
        item["attribution"] = "the author"
        for wording in ("headline", "text", "detail"):
            if wording in item:
                item[wording] = f"The author says: {item[wording]}"
    if stance != "assessed":
        item["credibility"] = chance.random.randint(2, 6)
    return item


def _risk(chance: _Chance, number: int) -> Data:
    item = _item(chance, f"risk-{number}", min(chance.longest, 40))
    item |= {"stance": "reported", "stated_by": "the author"}
    if not chance.often(0.1):
        item |= {"likelihood": chance.random.choice(_TERMS), "impact": chance.random.choice(_IMPACTS)}
    return item


def _question(chance: _Chance, number: int) -> Data:
    item = _item(chance, f"question-{number}", min(chance.longest, 40), bare=True)
    return item | ({"why": f"{chance.words(12)}."} if chance.often(0.5) else {})


def _prioritise(chance: _Chance, data: Data) -> None:
    """Priorities as people write them: with ties, with gaps, for some items only, or none at all."""
    manner = chance.random.choice(("none", "some", "gaps", "ties"))
    for section in ("findings", "risks", "questions"):
        for item in data[section] if manner != "none" else ():
            if manner == "some" and chance.often(0.5):
                continue
            item["priority"] = chance.random.randint(1, 5) if manner == "ties" else chance.random.randint(1, 300)


class _Plain(yaml.SafeDumper):
    """Without anchors and aliases, which briefs may not have."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def write(workspace: Path, name: str, data: Data) -> Path:
    """Put a brief into `workspace` as content/<name>/brief.yaml, and its source into seeds/."""
    source = workspace / SEED_FILE
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(source_text(), encoding="utf-8")
    path = workspace / "content" / name / "brief.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.dump(data, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=100), encoding="utf-8")
    return path
