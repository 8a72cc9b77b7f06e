"""What must hold for every edition of every brief, checked without the help of the code that made it.

The PDF is read with poppler, not with the reader that the build uses; what may be kept is worked out from the YAML's
data, not from the model.
"""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from derived import token

LEVELS = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")
CLEARANCE = {"executive": "TLP:AMBER", "note": "TLP:AMBER", "briefing": "TLP:AMBER", "public": "TLP:CLEAR"}
SECTIONS = ("summary", "findings", "risks", "questions")


def letters(text: str) -> str:
    """Letters and digits alone: spaces, hyphens, ligatures and signs are the layout's to change."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in folded if char.isalnum())


def pdf_text(path: Path) -> str:
    """The text as poppler extracts it, in the order of the content."""
    return subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True).stdout


@dataclass
class Edition:
    """One target of report.json with the data of its brief and what was written."""

    data: dict[str, Any]
    target: dict[str, Any]
    html: str
    text: str

    @property
    def audience(self) -> str:
        return str(self.target["audience"])

    def rank(self, item: dict[str, Any]) -> int:
        return LEVELS.index(item.get("marking") or self.data["marking"])

    def items(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for section in SECTIONS:
            for item in self.data.get(section) or ():
                yield section, item

    def within(self) -> list[str]:
        """Ids of what the audience may have and its edition covers."""
        clearance = LEVELS.index(CLEARANCE[self.audience])
        found = [(section, item["id"]) for section, item in self.items() if self.rank(item) <= clearance]
        # The executive page has no summary; its first points stand in for a missing bottom line.
        first = [name for section, name in found if section == "summary"]
        first = first if self.audience != "executive" else [] if "bottom_line" in self.data else first[:2]
        return [name for section, name in found if section != "summary" or name in first]


def read(folder: Path, data: dict[str, Any], target: dict[str, Any]) -> Edition:
    path = (folder / target["path"]).with_suffix("")
    html = Path(f"{path}.html").read_text(encoding="utf-8")
    return Edition(data, target, html, pdf_text(Path(f"{path}.pdf")))


def problems(edition: Edition) -> list[str]:
    """Everything that does not hold, in words."""
    return [
        *_pages(edition),
        *_accounted(edition),
        *_printed(edition),
        *_silent(edition),
        *_label(edition),
    ]


def _pages(edition: Edition) -> Iterator[str]:
    target = edition.target
    if target["pages"] > target["page_budget"]:
        yield f"{target['pages']} pages of {target['page_budget']}"
    if edition.audience == "executive" and target["pages"] != 1:
        yield f"the executive edition has {target['pages']} pages"
    if edition.text.count("\f") != target["pages"]:
        yield f"poppler counts {edition.text.count(chr(12))} pages, the report {target['pages']}"
    if not 0 < target["fill"] <= 1:
        yield f"fill {target['fill']}"


def _accounted(edition: Edition) -> Iterator[str]:
    kept, omitted = edition.target["kept"], edition.target["omitted"]
    if len(set(kept)) != len(kept):
        yield "an id is kept twice"
    if sorted(kept + omitted) != sorted(edition.within()):
        yield f"kept + omitted is not what is within the clearance: {set(kept + omitted) ^ set(edition.within())}"
    if not set(edition.target["shortened"]) <= set(kept):
        yield "shortened but not kept"
    ids = re.findall(r'\sid="([^"]+)"', edition.html)
    yield from (f"id {name} stands twice" for name in {each for each in ids if ids.count(each) > 1})
    yield from (f"id {name} is not in the HTML" for name in kept if name not in ids)


def _printed(edition: Edition) -> Iterator[str]:
    """Each kept item with one of its wordings in full (the longest it may have, unless it was shortened)."""
    text, html = letters(edition.text), letters(unescape(re.sub(r"<[^>]+>", "", edition.html)))
    longest = "detail" if edition.audience == "briefing" else "text"
    for section, item in edition.items():
        if item["id"] not in edition.target["kept"]:
            continue
        names = [name for name in ("headline", "text", "detail") if name in item]
        wanted = longest if longest in names else "text"
        shortened = item["id"] in edition.target["shortened"]
        allowed = names[: names.index(wanted)] if shortened else [wanted]
        for where, words in (("PDF", text), ("HTML", html)):
            if not any(letters(re.sub(r"\*", "", item[name])) in words for name in allowed):
                yield f"{section} {item['id']} ({', '.join(allowed)}) is not wholly in the {where}"
        if edition.text.count(token(item["id"], wanted)) > (0 if shortened else 2):
            yield f"{item['id']} is printed too often"


def _silent(edition: Edition) -> Iterator[str]:
    """Nothing above the clearance anywhere, and of what was left out nothing but the count."""
    kept, within = edition.target["kept"], edition.within()
    for _, item in edition.items():
        if item["id"] in kept:
            continue
        where = edition.html + edition.text
        said = [name for name in ("headline", "text", "detail") if token(item["id"], name) in where]
        if said or f'"{item["id"]}"' in where:
            kind = "omitted" if item["id"] in within else "above the clearance"
            yield f"{item['id']} is {kind} but there ({said})"


def _label(edition: Edition) -> Iterator[str]:
    """On every page head and foot the strictest marking of what is kept; nowhere a stricter one."""
    ranks = [edition.rank(item) for _, item in edition.items() if item["id"] in edition.target["kept"]]
    label = LEVELS[max([LEVELS.index(edition.data["marking"]), *ranks])]
    printed = re.findall(r'class="tlp [^"]*"[^>]*>([^<]+)<', edition.html)
    if printed != [label, label]:
        yield f"labels {printed}, but {label} is right"
    for number, page in enumerate(edition.text.split("\f")[:-1], start=1):
        if len(re.findall(rf"^.*{re.escape(label)}\s*$", page, re.M)) < 2:
            yield f"page {number} does not carry {label} in head and foot"
    for stricter in LEVELS[LEVELS.index(label) + 1 :]:
        if re.search(re.escape(stricter) + r"(?![+\w])", edition.html + edition.text):
            yield f"{stricter} stands in an edition that is {label}"
