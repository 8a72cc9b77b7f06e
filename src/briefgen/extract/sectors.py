"""A sentence, its headings and the document's subject -> one sector of the closed list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from briefgen.extract.lexicon import SECTOR, Hit, Lexicon, words
from briefgen.extract.reading import Read

# What one keyword counts for, by where it stands.
OWN, HEADING, TITLE = 1.0, 0.6, 3.0
# The document's subject decides where a sentence has no keywords of its own, and weighs in where it has few.
SUBJECT = 1.5
OTHER = "other"


def subject(
    read: Sequence[Read], titles: Sequence[str], lexicon: Lexicon, sectors: Sequence[str]
) -> Mapping[str, float]:
    """How much of the document belongs to each sector: shares that add up to 1."""
    total: dict[str, float] = {}
    for each in read:
        for name, count in _counts(each.hits).items():
            total[name] = total.get(name, 0.0) + count
    for title in titles:
        found = _counts(lexicon.scan(words(title)))
        for name, count in found.items():
            total[name] = total.get(name, 0.0) + TITLE * count * max(1.0, len(read) / 12)
    kept = {name: total[name] for name in sectors if name in total}
    whole = sum(kept.values())
    return {name: count / whole for name, count in kept.items()} if whole else {}


def _counts(hits: Mapping[str, Sequence[Hit]]) -> dict[str, float]:
    """Sector -> the weight of its keywords: a phrase counts for more than a word, a faint word for less."""
    faint = {hit.start for hit in hits.get("faint", ())}
    return {
        name.removeprefix(SECTOR): sum(_weight(hit, faint) for hit in found)
        for name, found in hits.items()
        if name.startswith(SECTOR)
    }


def _weight(hit: Hit, faint: set[int]) -> float:
    if hit.last > hit.first:
        return 1.6
    return 0.35 if hit.start in faint else 1.0


def sector(each: Read, topic: Mapping[str, float], lexicon: Lexicon, sectors: Sequence[str]) -> str:
    """The sector with the most weight; ties go to the first in the closed list."""
    weights = {name: OWN * count for name, count in _counts(each.hits).items()}
    for heading in each.sentence.headings:
        for name, count in _counts(lexicon.scan(words(heading))).items():
            weights[name] = weights.get(name, 0.0) + HEADING * count
    scale = SUBJECT / max(topic.values(), default=1.0)
    for name, share in topic.items():
        weights[name] = weights.get(name, 0.0) + scale * share
    known = [name for name in sectors if weights.get(name, 0.0) > 0]
    fallback = OTHER if OTHER in sectors or not sectors else sectors[-1]
    return max(known, key=lambda name: weights[name], default=fallback)
