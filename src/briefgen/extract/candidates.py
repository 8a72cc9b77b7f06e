"""One source -> its sentences with all that was found about each: voice, sector, worth, risk, open question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from briefgen.extract import findings, questions, reading, risks, sectors, stance
from briefgen.extract.lexicon import Lexicon
from briefgen.extract.reading import Read
from briefgen.extract.sentences import Sentence, lines, sentences
from briefgen.extract.stance import Voice
from briefgen.model import Source
from briefgen.orders import CERTAIN


@dataclass(frozen=True)
class Candidate:
    """A sentence that may become an item; `risk` and `open` are the cues that make it one of these."""

    read: Read
    voice: Voice
    sector: str
    worth: float
    noise: bool
    plain: bool
    risk: tuple[str, ...]
    open: tuple[str, ...]
    lexicon: Lexicon

    @property
    def is_finding(self) -> bool:
        return self.worth >= findings.ENOUGH and not self.noise


def candidates(source: Source, number: int, names: Sequence[str], lexicon: Lexicon) -> list[Candidate]:
    """Every sentence of the source's content, in order; of a source without any, its first lines.

    None speaks to a language model.
    """
    said = sentences(source, number, lexicon) or lines(source, number)
    read = [reading.read(each, lexicon) for each in _without_orders(said)]
    commentary = reading.is_commentary(read)
    voices = stance.voices(read, lexicon, commentary)
    topic = sectors.subject(read, titles(source), lexicon, names)
    following = [*read[1:], None] if read else []
    return [
        _candidate(each, voice, after, lexicon, commentary, sectors.sector(each, topic, lexicon, names))
        for each, voice, after in zip(read, voices, following, strict=True)
    ]


def _without_orders(found: Sequence[Sentence]) -> list[Sentence]:
    """The sentences but those that tell a language model what to do, and what follows on one in its block."""
    ordering = [bool(CERTAIN.search(each.exact)) for each in found]
    after = [False, *(a.block == b.block and orders for a, b, orders in zip(found, found[1:], ordering, strict=False))]
    return [each for each, *bars in zip(found, ordering, after, strict=False) if not any(bars)]


def _candidate(
    each: Read, voice: Voice, after: Read | None, lexicon: Lexicon, commentary: bool, sector: str
) -> Candidate:
    noise = findings.is_noise(each, lexicon)
    risk = () if noise else risks.cues(each, lexicon)
    return Candidate(
        read=each,
        voice=voice,
        sector=sector,
        worth=findings.worth(each, voice, commentary, bool(risk)),
        noise=noise,
        plain=not each.outside("colour") and voice.stance != "judged",
        risk=risk,
        open=() if noise else questions.cues(each, after, lexicon, commentary),
        lexicon=lexicon,
    )


def titles(source: Source) -> list[str]:
    """What the source calls itself."""
    return [source.title] if source.title else []
