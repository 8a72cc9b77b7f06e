"""Items that hold, of all chunks -> Draft: the same item once, in order of priority, everything marked a draft."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from briefgen.llm.answer import Kind
from briefgen.llm.judge import UNNAMED, Held
from briefgen.model import Draft, Evidence, Finding, Question, Risk, Source, Summary
from briefgen.quotes import fold

# A summary of several chunks is one summary, not one of each.
MOST_SUMMARY = 8
# Two quotes are the same passage when they share this much of the shorter one.
SAME = 0.8
_LETTERS: Mapping[Kind, str] = {"summary": "s", "finding": "f", "risk": "r", "question": "q"}


@dataclass(frozen=True)
class Merged:
    """An item with the evidence of all that said the same."""

    held: Held
    evidence: tuple[Evidence, ...]


def assemble(held: Iterable[Held], sources: Sequence[Source], ai_use: str, rejected: Iterable[str]) -> Draft:
    """The draft; what a long document gives too much of for one summary is listed as rejected."""
    ordered = sorted(held, key=lambda each: (each.proposal.rank, each.chunk.number))
    lists = {kind: merged([each for each in ordered if each.proposal.kind == kind]) for kind in _LETTERS}
    # A summary is read in the order of the documents, whatever the order of its chunks' importance.
    summary = sorted(
        lists["summary"][:MOST_SUMMARY], key=lambda each: (each.held.chunk.number, each.held.proposal.rank)
    )
    over = [f"summary “{each.held.proposal.text}”: it has enough" for each in lists["summary"][MOST_SUMMARY:]]
    lists["summary"] = summary
    return Draft(
        language=next((source.language for source in sources if source.language), "en"),
        title=next((source.title for source in sources if source.title), None),
        summary=tuple(Summary(**_common(*each)) for each in _numbered("summary", summary)),
        findings=tuple(_finding(*each) for each in _numbered("finding", lists["finding"])),
        risks=tuple(_risk(*each) for each in _numbered("risk", lists["risk"])),
        questions=tuple(
            Question(**_common(*each), why=each[2].held.proposal.why)
            for each in _numbered("question", lists["question"])
        ),
        cues={
            name: each.held.cues
            for kind in _LETTERS
            for name, _, each in _numbered(kind, lists[kind])
            if each.held.cues
        },
        rejected=(*rejected, *over),
        ai_use=ai_use,
    )


def merged(held: Sequence[Held]) -> list[Merged]:
    """Each item once: one that says the same, or rests on the same passage, gives its evidence to the first."""
    kept: list[Merged] = []
    for each in held:
        evidence = tuple(found.evidence for found in each.found)
        for at, other in enumerate(kept):
            if _same(each, other):
                kept[at] = replace(other, evidence=_joined(other.evidence, evidence))
                break
        else:
            kept.append(Merged(each, evidence))
    return kept


def _same(each: Held, other: Merged) -> bool:
    if fold(each.proposal.text).text == fold(other.held.proposal.text).text:
        return True
    apart = each.chunk.number != other.held.chunk.number or len(each.found) != len(other.evidence)
    quotes = [found.evidence for found in each.found]
    covered = all(any(_overlap(one, two) >= SAME for two in other.evidence) for one in quotes)
    # In one answer two items may rest on one sentence and tell different things of it.
    return covered and (apart or quotes[0] == other.evidence[0])


def _overlap(one: Evidence, two: Evidence) -> float:
    if one.source != two.source or one.start is None or one.end is None or two.start is None or two.end is None:
        return 0.0
    shared = min(one.end, two.end) - max(one.start, two.start)
    return shared / min(one.end - one.start, two.end - two.start)


def _joined(known: tuple[Evidence, ...], new: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return known + tuple(each for each in new if all(_overlap(each, other) < SAME for other in known))


def _numbered(kind: Kind, items: Sequence[Merged]) -> Iterator[tuple[str, int, Merged]]:
    for number, each in enumerate(items, 1):
        yield f"{_LETTERS[kind]}-{number:02d}", number, each


def _common(name: str, priority: int, item: Merged) -> dict[str, Any]:
    said = item.held.proposal
    wordings = {"text": said.text, "headline": said.headline, "detail": said.detail}
    return {"id": name, "priority": priority, "status": "draft", "evidence": item.evidence, **wordings}


def _finding(name: str, priority: int, item: Merged) -> Finding:
    held = item.held
    common = _common(name, priority, item)
    return Finding(**common, sector=held.sector, stance=held.stance, attribution=held.attribution)


def _risk(name: str, priority: int, item: Merged) -> Risk:
    held = item.held
    stated_by = held.attribution if held.attribution != UNNAMED else None
    common = _common(name, priority, item)
    return Risk(**common, stance=held.stance, attribution=held.attribution, stated_by=stated_by)
