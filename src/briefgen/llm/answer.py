"""JSON of a model -> Answer -> proposals: what a model may say, before anything of it is proven.

Lenient on purpose: an item without a text or with a stance of its own invention must not cost the good ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

Kind = Literal["summary", "finding", "risk", "question"]
# More than this in one answer is no selection; the rest is listed as rejected.
MOST = 40


def _several(value: Any) -> Any:
    """One quote for a list of quotes, and null for none, are slips that mean no harm."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


Quotes = Annotated[
    tuple[str, ...],
    BeforeValidator(_several),
    Field(description="one to three passages of the document, copied character by character, that bear the item out"),
]
Wording = Annotated[str | None, Field(description="shortest wording, a full clause of at most 12 words, sentence case")]
Fuller = Annotated[str | None, Field(description="longest wording, two to four sentences; leave out if nothing is new")]
Whose = Annotated[str | None, Field(description="reported (the document states it), claimed (somebody in it says so) "
                                    "or judged (opinion of its author)")]  # fmt: skip
Who = Annotated[str | None, Field(description="who says so, in words of the document; only for claimed and judged")]


class _Proposed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    number: int | None = Field(default=None, description="only when correcting: the number of the item corrected")
    text: str = Field(default="", description="one or two plain sentences")
    quotes: Quotes = ()


class ProposedSummary(_Proposed):
    """One sentence of a summary of the document."""


class ProposedFinding(_Proposed):
    """What the document says about one sector."""

    sector: str | None = None
    headline: Wording = None
    detail: Fuller = None
    stance: Whose = None
    attribution: Who = None


class ProposedRisk(_Proposed):
    """A risk that the document itself states."""

    headline: Wording = None
    detail: Fuller = None
    stance: Whose = None
    attribution: Who = None


class ProposedQuestion(_Proposed):
    """Something that the document leaves open and a reader would want answered; never a rhetorical question."""

    why: str | None = Field(default=None, description="why a reader would want to know, in one sentence")


def _each(kind: type[_Proposed]) -> BeforeValidator:
    """A list of items, in which one of a strange form becomes an empty one: that is refused by itself, later."""

    def read(item: Any) -> Any:
        try:
            return kind.model_validate(item)
        except ValidationError:
            return kind()

    return BeforeValidator(
        lambda value: [read(item) for item in value] if isinstance(value, list | tuple) else value or ()
    )


class Answer(BaseModel):
    """What the document says, most important first in each list; a list may be empty."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    summary: Annotated[tuple[ProposedSummary, ...], _each(ProposedSummary)] = ()
    findings: Annotated[tuple[ProposedFinding, ...], _each(ProposedFinding)] = ()
    risks: Annotated[tuple[ProposedRisk, ...], _each(ProposedRisk)] = ()
    questions: Annotated[tuple[ProposedQuestion, ...], _each(ProposedQuestion)] = ()


@dataclass(frozen=True)
class Reply:
    """An answer and what it cost."""

    answer: Answer
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True)
class Proposal:
    """One item of an answer, whatever its kind; `rank` is its place in its list."""

    kind: Kind
    rank: int
    text: str
    quotes: tuple[str, ...]
    headline: str | None = None
    detail: str | None = None
    why: str | None = None
    sector: str | None = None
    stance: str | None = None
    attribution: str | None = None
    number: int | None = None

    def wordings(self) -> dict[str, str]:
        """All that would be printed, by field."""
        each = {"headline": self.headline, "text": self.text, "detail": self.detail, "why": self.why}
        return {name: text for name, text in each.items() if text}


def proposals(answer: Answer) -> Iterator[Proposal]:
    """Every item of an answer, with its white space and invisible characters put in order."""
    lists: tuple[tuple[Kind, tuple[_Proposed, ...]], ...] = (
        ("summary", answer.summary),
        ("finding", answer.findings),
        ("risk", answer.risks),
        ("question", answer.questions),
    )
    for kind, items in lists:
        for rank, item in enumerate(items):
            yield Proposal(kind, rank, **_tidy(item))


def _tidy(item: _Proposed) -> dict[str, Any]:
    fields = {name: value for name, value in item if not isinstance(value, str)}
    plain = {name: _plain(value) for name, value in item if isinstance(value, str)}
    return fields | {name: value or None for name, value in plain.items() if name != "text"} | {"text": plain["text"]}


def _plain(text: str) -> str:
    """`text` on one line, without the characters that print nothing or steer a terminal."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())
