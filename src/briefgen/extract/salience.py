"""Sentences -> how central each is, and an order that does not repeat itself."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from briefgen.extract.lexicon import Lexicon, words
from briefgen.extract.reading import Read, content

POSITION, TITLE, HEADING = 0.7, 0.5, 0.15
# From this closeness a sentence repeats an earlier one, of so many before it.
ALIKE, BACK = 0.35, 60
Vector = Mapping[str, float]


def vectors(read: Sequence[Read]) -> list[Vector]:
    """TF-IDF of every sentence against the others, each of length 1."""
    spread = Counter(word for each in read for word in set(each.content))
    return [_unit({word: n * math.log(1 + len(read) / spread[word]) for word, n in _count(each)}) for each in read]


def _count(each: Read) -> list[tuple[str, int]]:
    # In the order of the text: sums of floats must not depend on the order of a set.
    return list(Counter(each.content).items())


def _unit(vector: dict[str, float]) -> Vector:
    length = math.sqrt(sum(value * value for value in vector.values()))
    return {word: value / length for word, value in vector.items()} if length else {}


def cosine(one: Vector, other: Vector) -> float:
    """How alike two vectors of length 1 are."""
    if len(other) < len(one):
        one, other = other, one
    return sum(value * other[word] for word, value in one.items() if word in other)


def scores(
    read: Sequence[Read], found: Sequence[Vector], plain: Sequence[bool], titles: Sequence[str], lexicon: Lexicon
) -> list[float]:
    """Closeness to the centre, position and words of the title; position counts among the `plain` sentences only."""
    centre = _centre(found, plain)
    close = [cosine(vector, centre) for vector in found]
    top = max(close, default=0.0) or 1.0
    title = {word for each in titles for word in content(each, words(each), lexicon)}
    places = _places(read, plain)
    return [
        close[at] / top + POSITION * places[at] + TITLE * _overlap(each, title) + HEADING * _under(each, lexicon)
        for at, each in enumerate(read)
    ]


def _centre(found: Sequence[Vector], plain: Sequence[bool]) -> Vector:
    total: dict[str, float] = {}
    for vector, counts in zip(found, plain, strict=True):
        for word, value in vector.items() if counts else ():
            total[word] = total.get(word, 0.0) + value
    return _unit(total)


def _places(read: Sequence[Read], plain: Sequence[bool]) -> list[float]:
    """1 for the first plain sentence of each source, falling to 0 at its last; 0 for colour."""
    sizes = Counter(each.sentence.source for each, counts in zip(read, plain, strict=True) if counts)
    seen: Counter[int] = Counter()
    places = []
    for each, counts in zip(read, plain, strict=True):
        source = each.sentence.source
        places.append(1 / (1 + 4 * seen[source] / sizes[source]) if counts else 0.0)
        seen[source] += counts
    return places


def _overlap(each: Read, title: set[str]) -> float:
    return min(1.0, len(title & set(each.content)) / max(3, len(title))) if title else 0.0


def _under(each: Read, lexicon: Lexicon) -> float:
    heading = {word for head in each.sentence.headings[-1:] for word in content(head, words(head), lexicon)}
    return len(heading & set(each.content)) / len(heading) if heading else 0.0


def repeats(read: Sequence[Read], found: Sequence[Vector]) -> list[bool]:
    """Whether a sentence goes over what one of those before it in its source has said."""
    return [
        any(
            cosine(found[at], found[before]) >= ALIKE
            for before in range(max(0, at - BACK), at)
            if each.sentence.source == read[before].sentence.source
        )
        for at, each in enumerate(read)
    ]


def spread(
    order: Sequence[int], score: Sequence[float], found: Sequence[Vector], limit: int, trade: float
) -> list[int]:
    """The first `limit` of `order` by score, each less what it repeats (maximal marginal relevance)."""
    left, chosen = list(order), list[int]()
    nearest = dict.fromkeys(left, 0.0)
    while left and len(chosen) < limit:
        best = max(left, key=lambda at: (trade * score[at] - (1 - trade) * nearest[at], -at))
        chosen.append(best)
        left.remove(best)
        for at in left:
            nearest[at] = max(nearest[at], cosine(found[at], found[best]))
    return chosen
