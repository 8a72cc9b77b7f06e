"""Sources and a way to ask -> Draft: each chunk asked, each item judged, one repair, what does not hold is listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from briefgen.errors import BriefgenError, Diagnostic, UsageError, error, safe
from briefgen.llm import cache as kept
from briefgen.llm import prompt
from briefgen.llm.answer import MOST, Answer, Proposal, Reply, proposals
from briefgen.llm.assemble import assemble
from briefgen.llm.chunks import Chunk, chunks
from briefgen.llm.judge import Held, StanceCheck, judge
from briefgen.model import Draft, Source

Ask = Callable[[str, str], Reply]


@dataclass(frozen=True)
class Usage:
    """What a draft cost: `cached` answers cost nothing; `notes` tell of what went wrong without harm."""

    model: str
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached: int = 0
    notes: tuple[Diagnostic, ...] = ()

    def __str__(self) -> str:
        kept = f", {self.cached} answers from the cache" if self.cached else ""
        tokens = f"{self.input_tokens} tokens in, {self.output_tokens} out"
        return f"{self.model}: {self.requests} requests, {tokens}{kept}"


@dataclass(frozen=True)
class Fault:
    """A proposal that does not hold, and why."""

    proposal: Proposal
    why: tuple[str, ...]

    def __str__(self) -> str:
        said = self.proposal.headline or self.proposal.text or "(no text)"
        shown = said if len(said) <= 100 else f"{said[:98].rstrip()} …"
        return safe(f"{self.proposal.kind} “{shown}”: {'; '.join(self.why)}")


@dataclass
class Drafting:
    """One run: what does not change from chunk to chunk, and the bill."""

    ask: Ask
    usage: Usage
    identity: tuple[str, ...]
    sectors: Sequence[str]
    stance: StanceCheck
    cache: Path | None

    def draft(self, sources: Sequence[Source], size: int, overlap: int, most_chunks: int) -> tuple[Draft, Usage]:
        """The draft of all sources together; an error when nothing that the model says holds."""
        held: list[Held] = []
        faults: list[Fault] = []
        for chunk in cut(sources, size, overlap, most_chunks):
            good, bad = self._chunk(chunk)
            held += good
            faults += bad
        if not held:
            raise BriefgenError(*_nothing(self.usage.model, faults))
        return assemble(held, sources, ai_use(self.usage.model), map(str, faults)), self.usage

    def _chunk(self, chunk: Chunk) -> tuple[list[Held], list[Fault]]:
        """The items of one chunk that hold, at once or after the one repair."""
        instructions = prompt.instructions(self.sectors, chunk.source.language)
        proposed = list(proposals(self._answer(instructions, prompt.question(chunk))))
        held, faults = self._judged([each for each in proposed if each.rank < MOST], chunk)
        over = [Fault(each, ("there are too many in one answer",)) for each in proposed if each.rank >= MOST]
        if faults:
            listed = [(number, each.proposal, each.why) for number, each in enumerate(faults, 1)]
            answer = self._answer(instructions, prompt.repair(chunk, listed))
            mended, faults = self._mended(faults, answer, chunk)
            held += mended
        return held, faults + over

    def _judged(self, proposed: Sequence[Proposal], chunk: Chunk) -> tuple[list[Held], list[Fault]]:
        held, faults = [], []
        for each in proposed:
            good, wrong = judge(each, chunk, self.sectors, self.stance)
            if good:
                held.append(good)
            else:
                faults.append(Fault(each, tuple(dict.fromkeys(wrong))))
        return held, faults

    def _mended(self, faults: Sequence[Fault], answer: Answer, chunk: Chunk) -> tuple[list[Held], list[Fault]]:
        """What a repair brings for each fault, in the place of what it corrects; one that is left out stays a fault."""
        held, still = [], dict(enumerate(faults))
        for number, each in paired(faults, list(proposals(answer))):
            good, wrong = judge(each, chunk, self.sectors, self.stance)
            if good:
                held.append(good)
                del still[number]
            else:
                still[number] = Fault(each, tuple(dict.fromkeys(wrong)))
        return held, list(still.values())

    def _answer(self, instructions: str, question: str) -> Answer:
        """The answer to a question: the one that is kept, or a new one, which is kept then."""
        name = kept.key(*self.identity, instructions, question)
        if self.cache:
            known, note = kept.read(self.cache, name)
            self._note(note)
            if known is not None:
                self.usage = replace(self.usage, cached=self.usage.cached + 1)
                return known
        reply = self.ask(instructions, question)
        self._count(reply)
        if self.cache:
            self._note(kept.write(self.cache, name, reply.answer))
        return reply.answer

    def _note(self, note: Diagnostic | None) -> None:
        if note and note.message not in {each.message for each in self.usage.notes}:
            self.usage = replace(self.usage, notes=(*self.usage.notes, note))

    def _count(self, reply: Reply) -> None:
        used = self.usage
        self.usage = replace(
            used,
            requests=used.requests + reply.requests,
            input_tokens=used.input_tokens + reply.input_tokens,
            output_tokens=used.output_tokens + reply.output_tokens,
        )


def cut(sources: Sequence[Source], size: int, overlap: int, most: int) -> list[Chunk]:
    """All chunks of all sources, numbered; several sources are called S1, S2, … in their order."""
    if size < 200 or overlap < 0:
        raise UsageError(error("a model must be shown 200 characters or more at a time", hint="12000 is the default"))
    names = [None] if len(sources) == 1 else [f"S{number}" for number in range(1, len(sources) + 1)]
    found = [each for source, name in zip(sources, names, strict=True) for each in chunks(source, name, size, overlap)]
    if not found:
        raise BriefgenError(error("there is no text to show to a model", sources[0].file if sources else None))
    if len(found) > most:
        hint = "take a part of it, show more at a time, or allow more questions"
        raise UsageError(error(f"{len(found)} questions to a model would be needed, more than {most}", hint=hint))
    return [replace(each, number=number) for number, each in enumerate(found)]


def paired(faults: Sequence[Fault], answers: Sequence[Proposal]) -> list[tuple[int, Proposal]]:
    """Which fault (from 0) each answer mends: by its number, else the next one of its kind; more are dropped."""
    free = list(range(len(faults)))
    pairs = []
    for each in answers:
        numbered = [at for at in free if each.number == at + 1]
        same = [at for at in free if faults[at].proposal.kind == each.kind]
        chosen = next(iter([*(at for at in numbered if at in same), *same]), None)
        if chosen is not None:
            free.remove(chosen)
            pairs.append((chosen, replace(each, rank=faults[chosen].proposal.rank)))
    return pairs


def _nothing(model: str, faults: Sequence[Fault]) -> list[Diagnostic]:
    hint = "try another model, or draft without one"
    first = error(f"{safe(model)}: nothing that the model answered is borne out by the source", hint=hint)
    return [first, *(Diagnostic("note", f"rejected: {fault}") for fault in faults[:10])]


def ai_use(model: str) -> str:
    """What ICS 206-01 wants to be said: which model did what, and who answers for it."""
    return (
        f"Drafted with the language model {safe(model)}: it chose and worded the items. Every quote was found in its "
        "source by the program, and figures, names and negations of the wording were compared with the quotes; "
        "whose statement an item is was decided by rules. Likelihood, impact and credibility are not the model's. "
        "A person has to confirm each item."
    )
