"""The content model: plain frozen data that every phase shares; no input, no output."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError


def _written(form: str, kind: str) -> BeforeValidator:
    """Accept text only in one written form: pydantic alone reads 010 as 10 and 2026 as a day in 1970."""
    pattern = re.compile(form)

    def check(value: Any) -> Any:
        # True would count as 1, and a date as a number of seconds.
        wrong = isinstance(value, bool) or (isinstance(value, str) and not pattern.fullmatch(value.strip()))
        if wrong:
            raise PydanticCustomError(kind, "wrong form")
        return value

    return BeforeValidator(check)


Whole = Annotated[int, _written(r"0|-?[1-9][0-9]{0,8}", "int_form")]
Share = Annotated[float, Field(ge=0, le=1), _written(r"[0-9]{1,3}(\.[0-9]{1,9})?", "float_form")]
Date = Annotated[date, _written(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "date_form")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# An id becomes an HTML id, a link target and a PDF destination: keep it to what is safe in all three.
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=80)]


class Marking(StrEnum):
    """TLP 2.0 labels (FIRST, 2022), from the loosest to the strictest; never translated."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"

    @property
    def rank(self) -> int:
        """0 for the loosest; a reader may see what does not rank above their clearance."""
        return _RANKS[self]


_RANKS = {marking: rank for rank, marking in enumerate(Marking)}


def strictest(markings: Iterator[Marking] | list[Marking]) -> Marking:
    """The label that a collection must carry; TLP:CLEAR for an empty one."""
    return max(markings, key=lambda marking: marking.rank, default=Marking.CLEAR)


Stance = Literal["reported", "claimed", "judged", "assessed"]
Confidence = Literal["low", "moderate", "high"]
Impact = Literal["low", "moderate", "high", "severe"]
Section = Literal["summary", "findings", "risks", "questions"]
Wording = Literal["headline", "text", "detail"]
Scale = Literal["icd203", "phia"]
WORDINGS: tuple[Wording, ...] = ("headline", "text", "detail")
SECTIONS: tuple[Section, ...] = ("summary", "findings", "risks", "questions")
IMPACTS: tuple[Impact, ...] = ("low", "moderate", "high", "severe")


class Term(BaseModel):
    """A step of a likelihood scale: its accepted words and its band in per cent."""

    model_config = ConfigDict(frozen=True)
    words: tuple[str, ...]
    low: int
    high: int


def _terms(*rows: tuple[tuple[str, ...], int, int]) -> tuple[Term, ...]:
    return tuple(Term(words=words, low=low, high=high) for words, low, high in rows)


# ICD 203 (2015), table of likelihood; the second word of each row is its synonym in "row 2".
# PHIA Probability Yardstick: its bands have gaps between them, so a number never maps to a term.
SCALES: Mapping[Scale, tuple[Term, ...]] = {
    "icd203": _terms(
        (("almost no chance", "remote"), 1, 5),
        (("very unlikely", "highly improbable"), 5, 20),
        (("unlikely", "improbable"), 20, 45),
        (("roughly even chance", "roughly even odds"), 45, 55),
        (("likely", "probable"), 55, 80),
        (("very likely", "highly probable"), 80, 95),
        (("almost certain", "nearly certain"), 95, 99),
    ),
    "phia": _terms(
        (("remote chance",), 0, 5),
        (("highly unlikely",), 10, 20),
        (("unlikely",), 25, 35),
        (("realistic possibility",), 40, 50),
        (("likely", "probable"), 55, 75),
        (("highly likely",), 80, 90),
        (("almost certain",), 95, 100),
    ),
}


BlockKind = Literal["heading", "paragraph", "list-item", "table-row", "quote", "residue"]


@dataclass(frozen=True)
class Block:
    """A stretch of a source's text, as code points, end exclusive; residue is what is not content."""

    kind: BlockKind
    start: int
    end: int


@dataclass(frozen=True)
class Source:
    """A document that was read: one text with its blocks in order; unknown metadata is None.

    `sha256` is of the file's bytes. Where `verbatim`, the text is the file itself, decoded as UTF-8; else it
    was made from the file and must be kept, because another version of a reader may make another one.
    """

    file: str
    text: str
    blocks: tuple[Block, ...]
    sha256: str | None = None
    verbatim: bool = False
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: date | None = None
    url: str | None = None
    language: str | None = None


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(_Data):
    """A verbatim quote (W3C Web Annotation selectors); offsets are code points, end exclusive."""

    source: Id | None = None
    exact: Annotated[str, StringConstraints(min_length=1)]
    prefix: str | None = None
    suffix: str | None = None
    start: Annotated[Whole, Field(ge=0)] | None = None
    end: Annotated[Whole, Field(ge=1)] | None = None


class SourceReference(_Data):
    """What is known of a source; `note` is its ICD 206 descriptor, `reliability` its Admiralty letter."""

    id: Id
    file: Text
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    title: Text | None = None
    publisher: Text | None = None
    author: Text | None = None
    published: Date | None = None
    retrieved: Date | None = None
    url: Text | None = None
    kind: Literal["news", "commentary", "report", "interview", "official", "data", "other"] = "other"
    reliability: Literal["A", "B", "C", "D", "E", "F"] | None = None
    note: Text | None = None
    marking: Marking | None = None
    # Where a source is not plain text, offsets count in a text that was read from it once and is kept.
    text: Text | None = None
    text_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class BottomLine(_Data):
    """The judgement of the whole brief, first thing a reader sees."""

    text: Text
    likelihood: Text | None = None
    confidence: Confidence | None = None
    basis: Text | None = None
    marking: Marking | None = None
    status: Literal["draft"] | None = None


class Item(_Data):
    """One entry of a section, in up to three wordings; `priority` 1 is kept longest, a draft awaits a person."""

    id: Id
    text: Text
    headline: Text | None = None
    detail: Text | None = None
    priority: Annotated[Whole, Field(ge=1)] | None = None
    marking: Marking | None = None
    status: Literal["draft"] | None = None
    evidence: tuple[Evidence, ...] = ()

    def wordings(self) -> dict[Wording, str]:
        """The wordings this item has, shortest first; an absent one is left out."""
        each = {"headline": self.headline, "text": self.text, "detail": self.detail}
        return {name: each[name] for name in WORDINGS if each[name]}  # type: ignore[misc]


class Summary(Item):
    """One sentence of the summary."""


class Finding(Item):
    """What a source says about one sector, with the stance it takes."""

    sector: Text
    stance: Stance = "reported"
    attribution: Text | None = None
    credibility: Annotated[Whole, Field(ge=1, le=6)] | None = None
    likelihood: Text | None = None
    confidence: Confidence | None = None
    basis: Text | None = None


class Risk(Item):
    """A risk that a source states; likelihood and impact are the desk's."""

    likelihood: Text | None = None
    impact: Impact | None = None
    stated_by: Text | None = None
    stance: Stance = "judged"
    attribution: Text | None = None


class Question(Item):
    """Something not known that a reader would want answered."""

    why: Text | None = None


class Brief(_Data):
    """The structured content about one subject: content/<name>/brief.yaml."""

    title: Text
    deck: Text | None = None
    reference: Text | None = None
    version: Annotated[Whole, Field(ge=1)] = 1
    supersedes: Text | None = None
    changed: Text | None = None
    issued: Date | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    desk: Text | None = None
    # Fails closed: a brief that carries no label is kept from the public.
    marking: Marking = Marking.AMBER
    scale: Scale = "icd203"
    # ICS 206-01: which model drafted what, where one did.
    ai_use: Text | None = None
    sources: Annotated[tuple[SourceReference, ...], Field(min_length=1)]
    bottom_line: BottomLine | None = None
    change_view: Text | None = None
    summary: tuple[Summary, ...] = ()
    findings: tuple[Finding, ...] = ()
    risks: tuple[Risk, ...] = ()
    questions: tuple[Question, ...] = ()

    def section(self, name: Section) -> tuple[Item, ...]:
        """The items of one section, in the order of the file."""
        items: tuple[Item, ...] = getattr(self, name)
        return items

    def drafts(self) -> list[str]:
        """What awaits a person: the ids of items, and the bottom line, with status draft."""
        line = ["bottom_line"] if self.bottom_line and self.bottom_line.status == "draft" else []
        return line + [item.id for _, item in self.items() if item.status == "draft"]

    def items(self) -> Iterator[tuple[Section, Item]]:
        """Every item with its section, in reading order."""
        for name in SECTIONS:
            for item in self.section(name):
                yield name, item


@dataclass(frozen=True)
class Draft:
    """What an extractor proposes for a person to edit: items in priority order, every quote verbatim.

    `cues` maps an item's id to the words of the source that decided its stance; `rejected` tells, one line each,
    what was dropped and why; `ai_use` names the model, if one had a part in it.
    """

    language: str
    title: str | None
    summary: tuple[Summary, ...] = ()
    findings: tuple[Finding, ...] = ()
    risks: tuple[Risk, ...] = ()
    questions: tuple[Question, ...] = ()
    cues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rejected: tuple[str, ...] = ()
    ai_use: str | None = None


class Audience(_Data):
    """A named kind of reader; `pages` is a budget that is never exceeded.

    `wording` is the longest wording that is wanted, `floor` the shortest that is allowed; `lead` is the share
    (0 to 1) of a column that full wordings of the first items may take before coverage by short ones begins.
    """

    clearance: Marking
    pages: Annotated[Whole, Field(ge=1, le=500)]
    template: Text | None = None
    title: Text | None = None
    recipients: Text | None = None
    sections: tuple[Section, ...] | None = None
    wording: Wording | None = None
    floor: Wording | None = None
    lead: Share | None = None
    order: Literal["sector", "priority", "file"] | None = None
    fuller: Id | None = None


class Pack(_Data):
    """A named set of editions that are joined into one PDF, in the order of `audiences`."""

    title: Text | None = None
    audiences: Annotated[tuple[Id, ...], Field(min_length=1)]
    briefs: Literal["*"] | tuple[Text, ...] = "*"


class Settings(_Data):
    """briefgen.yaml: what a workspace may set."""

    sectors: tuple[Text, ...] | None = None
    audiences: dict[Id, Audience] | None = None
    packs: dict[Id, Pack] | None = None


class Edition(_Data):
    """One brief selected for one audience: `brief` holds nothing above the clearance.

    A `draft` has something that no person confirmed yet, shown or not: every page says so.
    """

    name: str
    audience_name: str
    audience: Audience
    brief: Brief
    draft: bool = False

    def label(self, kept: Mapping[str, Wording]) -> Marking:
        """The strictest marking of what the edition contains once only `kept` items are in it."""
        brief = self.brief
        parts = [item.marking for _, item in brief.items() if item.id in kept]
        parts += [source.marking for source in brief.sources]
        parts += [brief.bottom_line.marking] if brief.bottom_line else []
        return strictest([brief.marking, *(part for part in parts if part)])
