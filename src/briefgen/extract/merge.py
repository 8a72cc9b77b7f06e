"""Candidates -> groups that say the same; and, across sources, figures that contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from briefgen.extract.candidates import Candidate

# Shares of common words from which two sentences say the same; with several sources wordings differ more.
SAME, SAME_ELSEWHERE = 0.75, 0.6
FEWEST = 5
CLOSE = 0.5


def same(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences say the same: most words, and no figure that the other one contradicts."""
    if one.read.wording == other.read.wording:
        return True
    a, b = one.read.bag, other.read.bag
    least = min(len(a), len(b))
    if least < FEWEST or not _agree(one.read.figures, other.read.figures):
        return False
    elsewhere = one.read.sentence.source != other.read.sentence.source
    return len(a & b) >= (SAME_ELSEWHERE if elsewhere else SAME) * least and len(a & b) >= 0.5 * max(len(a), len(b))


def _agree(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one or not other or one <= other or other <= one


def groups(found: Sequence[Candidate], most: int) -> list[tuple[Candidate, ...]]:
    """The first `most` candidates that differ, each joined by the later ones that say the same."""
    made: list[list[Candidate]] = []
    for each in found:
        home = next((group for group in made if same(group[0], each)), None)
        if home is not None:
            home.append(each)
        elif len(made) < most:
            made.append([each])
    return [tuple(group) for group in made]


def contradictions(found: Sequence[Candidate]) -> list[tuple[Candidate, Candidate]]:
    """Pairs from different sources about the same thing with figures of which none agrees."""
    counted = [each for each in found if each.read.figures]
    pairs = combinations(counted, 2)
    return [(a, b) for a, b in pairs if a.read.sentence.source != b.read.sentence.source and _contradict(a, b)]


def _contradict(one: Candidate, other: Candidate) -> bool:
    a, b = one.read.bag, other.read.bag
    if len(a & b) < max(4, CLOSE * min(len(a), len(b))):
        return False
    return bool(one.read.figures - other.read.figures) and bool(other.read.figures - one.read.figures)
