"""Sources -> what the offline rules say of a quote: whose statement it is; a language model is held against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from briefgen.llm import Verdict
from briefgen.model import Source

Span = tuple[int, int]


def stances(sources: Sequence[Source], sectors: Sequence[str]) -> Callable[[Source, Span], Verdict]:
    """A function from a quote's place to the verdict on the sentence that holds most of it."""
    from briefgen.extract import lexicon
    from briefgen.extract.candidates import candidates

    found = {}
    for source in sources:
        language = (source.language or "en").split("-")[0].lower()
        known = language if language in lexicon.available() else "en"
        found[source.file] = candidates(source, 0, sectors, lexicon.load(known))

    def verdict(source: Source, span: Span) -> Verdict:
        def shared(at: int) -> int:
            sentence = read[at].read.sentence
            return min(span[1], sentence.end) - max(span[0], sentence.start)

        read = found.get(source.file, [])
        best = max(range(len(read)), key=shared, default=None)
        if best is None or shared(best) <= 0:
            return Verdict("judged")
        voice = read[best].voice
        return Verdict(voice.stance, voice.speaker, voice.cues)

    return verdict
