"""One source -> its sentences with all that was found about each: voice, sector, substance, risk, open question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from briefgen.extract import findings, questions, reading, risks, sectors, stance
from briefgen.extract.lexicon import SECTOR, Lexicon
from briefgen.extract.reading import Read
from briefgen.extract.sentences import sentences
from briefgen.extract.stance import Voice
from briefgen.model import Source


@dataclass(frozen=True)
class Candidate:
    """A sentence that may become an item; `risk` and `open` are the cues that make it one of these."""

    read: Read
    voice: Voice
    sector: str
    substance: float
    plain: bool
    risk: tuple[str, ...]
    open: tuple[str, ...]
    lexicon: Lexicon

    @property
    def is_finding(self) -> bool:
        return self.substance >= findings.ENOUGH


def candidates(source: Source, number: int, names: Sequence[str], lexicon: Lexicon) -> list[Candidate]:
    """Every sentence of the source's content, in order."""
    read = [reading.read(each, lexicon) for each in sentences(source, number, lexicon)]
    commentary = reading.is_commentary(read)
    voices = stance.voices(read, lexicon, commentary)
    topic = sectors.subject(read, titles(source), lexicon, names)
    following = [*read[1:], None] if read else []
    return [
        Candidate(
            read=each,
            voice=voice,
            sector=sectors.sector(each, topic, lexicon, names),
            substance=findings.substance(each, voice, commentary, _topics(each)),
            plain=not each.outside("colour") and voice.stance != "judged",
            risk=() if findings.is_noise(each) else risks.cues(each, lexicon),
            open=() if findings.is_noise(each) else questions.cues(each, after, lexicon, commentary),
            lexicon=lexicon,
        )
        for each, voice, after in zip(read, voices, following, strict=True)
    ]


def titles(source: Source) -> list[str]:
    """What the source calls itself."""
    return [source.title] if source.title else []


def _topics(each: Read) -> int:
    return sum(name.startswith(SECTOR) for name in each.hits)
