"""Candidates -> the items of a draft: chosen, merged, in priority order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from briefgen.extract import merge, salience
from briefgen.extract.candidates import Candidate, titles
from briefgen.extract.wording import headline
from briefgen.model import Draft, Evidence, Finding, Item, Question, Risk, Source, Summary

MOST_SUMMARY = 5
# More than these nobody reads: a report of 200 pages has thousands of sentences.
MOST_FINDINGS, MOST_OTHERS = 120, 60
# The share of a score that counts against what repeats it.
TRADE = 0.7
# What weighs beside a sentence's worth in the order of the items, fitted with it; a summary takes what is central.
CENTRAL, REPEATED = 0.4, 1.2
AROUND = 24

Made = TypeVar("Made", bound=Item)


@dataclass(frozen=True)
class Pool:
    """All candidates of all sources, with how central each is and the score that orders them."""

    sources: Sequence[Source]
    found: Sequence[Candidate]
    vectors: Sequence[salience.Vector]
    central: Sequence[float]
    score: Sequence[float]

    def ranked(self, wanted: Callable[[Candidate], bool]) -> list[Candidate]:
        """Those that are wanted, the best first."""
        order = sorted((at for at, each in enumerate(self.found) if wanted(each)), key=lambda at: (-self.score[at], at))
        return [self.found[at] for at in order]


def pool(sources: Sequence[Source], found: Sequence[Candidate]) -> Pool:
    """Score every candidate once; every list is filled from the same scores."""
    read = [each.read for each in found]
    vectors = salience.vectors(read)
    named = [title for source in sources for title in titles(source)]
    if not found:
        return Pool(sources, found, vectors, [], [])
    plain = [each.plain for each in found]
    central = salience.scores(read, vectors, plain, named, found[0].lexicon)
    again = salience.repeats(read, vectors)
    score = [
        each.worth + CENTRAL * value - REPEATED * said for each, value, said in zip(found, central, again, strict=True)
    ]
    return Pool(sources, found, vectors, central, score)


def assemble(pooled: Pool, language: str, supported: bool) -> Draft:
    """The draft: without word lists for the language, a summary is all that can be said."""
    cues: dict[str, tuple[str, ...]] = {}
    findings: list[Finding] = []
    risks: list[Risk] = []
    asked: list[Question] = []
    if supported:
        findings = _made(pooled, lambda each: each.is_finding, "f", _finding, cues, MOST_FINDINGS)
        risks = _made(pooled, lambda each: bool(each.risk), "r", _risk, cues, MOST_OTHERS)
        asked = _made(pooled, lambda each: bool(each.open), "q", _question, cues, MOST_OTHERS)
        asked += _differences(pooled, len(asked))
    return Draft(
        language=language,
        title=next((source.title for source in pooled.sources if source.title), None),
        summary=tuple(_summary(pooled, supported)),
        findings=tuple(findings),
        risks=tuple(risks),
        questions=tuple(asked),
        cues=cues,
    )


def _made(
    pooled: Pool,
    wanted: Callable[[Candidate], bool],
    letter: str,
    make: Callable[[dict[str, Any], Candidate], tuple[Made, tuple[str, ...]]],
    cues: dict[str, tuple[str, ...]],
    most: int,
) -> list[Made]:
    """One list: the wanted candidates, merged and numbered; the cues of each go into `cues`."""
    made = []
    for at, group in enumerate(merge.groups(pooled.ranked(wanted), most), 1):
        item, why = make(_common(pooled.sources, group, letter, at), group[0])
        made.append(item)
        if why:
            cues[item.id] = why
    return made


def _common(sources: Sequence[Source], group: Sequence[Candidate], letter: str, at: int) -> dict[str, Any]:
    """What every kind of item has."""
    return {
        "id": f"{letter}-{at:02}",
        "text": group[0].read.text,
        "priority": at,
        "status": "draft",
        "evidence": tuple(quote(sources, each) for each in group),
    }


def quote(sources: Sequence[Source], each: Candidate) -> Evidence:
    """The sentence where it stands; with what stands around it where the same words stand twice."""
    sentence = each.read.sentence
    text = sources[sentence.source].text
    name = f"S{sentence.source + 1}" if len(sources) > 1 else None
    sides: dict[str, str] = {}
    if text.find(sentence.exact, text.find(sentence.exact) + 1) >= 0:
        before, after = text[max(0, sentence.start - AROUND) : sentence.start], text[sentence.end :][:AROUND]
        sides = {side: words for side, words in (("prefix", before), ("suffix", after)) if words}
    return Evidence(source=name, exact=sentence.exact, start=sentence.start, end=sentence.end, **sides)


def _finding(common: dict[str, Any], best: Candidate) -> tuple[Finding, tuple[str, ...]]:
    voice = best.voice
    item = Finding(
        **common, headline=headline(best.read), sector=best.sector, stance=voice.stance, attribution=voice.speaker
    )
    return item, voice.cues


def _risk(common: dict[str, Any], best: Candidate) -> tuple[Risk, tuple[str, ...]]:
    voice = best.voice
    claimed = voice.stance == "claimed"
    item = Risk(
        **common,
        headline=headline(best.read),
        stated_by=voice.speaker or best.lexicon.author,
        stance="claimed" if claimed else "judged",
        attribution=voice.speaker,
    )
    return item, (*best.risk, *voice.cues)


def _question(common: dict[str, Any], best: Candidate) -> tuple[Question, tuple[str, ...]]:
    return Question(**common), best.open


def _differences(pooled: Pool, known: int) -> list[Question]:
    """Figures on which sources contradict each other, each as a question with both quotes."""
    asked = []
    for at, pair in enumerate(
        merge.contradictions(pooled.ranked(lambda each: each.is_finding)[:MOST_FINDINGS]), known + 1
    ):
        told = "; ".join(f"“{each.read.text}” (S{each.read.sentence.source + 1})" for each in pair)
        common = _common(pooled.sources, pair, "q", at)
        asked.append(Question(**{**common, "text": f"{pair[0].lexicon.differ}: {told}"}))
    return asked


def _summary(pooled: Pool, supported: bool) -> list[Summary]:
    """At most five sentences that tell the most and repeat each other the least, in priority order."""
    found = pooled.found
    able = [at for at, each in enumerate(found) if each.is_finding] if supported else []
    able = able or [at for at, each in enumerate(found) if each.read.words] or []
    # The first of those that say the same word for word.
    able = sorted({found[at].read.wording: at for at in reversed(able)}.values())
    chosen = salience.spread(able, pooled.central, pooled.vectors, MOST_SUMMARY, TRADE)
    return [Summary(**_common(pooled.sources, [found[at]], "s", number)) for number, at in enumerate(chosen, 1)]
