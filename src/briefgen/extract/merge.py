"""Candidates -> groups that say the same; and, across sources, figures that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefgen.extract.candidates import Candidate

# Shares of common words from which two sentences say the same; with several sources wordings differ more.
SAME, SAME_ELSEWHERE = 0.75, 0.6
FEWEST = 5
CLOSE = 0.5

_FIGURE = re.compile(r"[0-9][0-9.,]*[0-9]|[0-9]")


def figures(each: Candidate) -> frozenset[str]:
    """The numbers of a sentence, as they are written."""
    return frozenset(_FIGURE.findall(each.read.text))


def _words(each: Candidate) -> frozenset[str]:
    return frozenset(word for word in each.read.content if not word[0].isdigit())


def same(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences say the same: most words, and no figure that the other one contradicts."""
    a, b = _words(one), _words(other)
    least = min(len(a), len(b))
    if least < FEWEST or not _agree(figures(one), figures(other)):
        return False
    elsewhere = one.read.sentence.source != other.read.sentence.source
    return len(a & b) >= (SAME_ELSEWHERE if elsewhere else SAME) * least and len(a & b) >= 0.5 * max(len(a), len(b))


def _agree(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one or not other or one <= other or other <= one


def groups(found: Sequence[Candidate]) -> list[tuple[Candidate, ...]]:
    """Candidates in their order, each joined to the first one that says the same."""
    made: list[list[Candidate]] = []
    for each in found:
        home = next((group for group in made if same(group[0], each)), None)
        if home is None:
            made.append([each])
        else:
            home.append(each)
    return [tuple(group) for group in made]


def contradictions(found: Sequence[Candidate]) -> list[tuple[Candidate, Candidate]]:
    """Pairs from different sources about the same thing with figures of which none agrees."""
    counted = [each for each in found if figures(each) and each.is_finding]
    pairs = []
    for at, one in enumerate(counted):
        for other in counted[at + 1 :]:
            if one.read.sentence.source != other.read.sentence.source and _contradict(one, other):
                pairs.append((one, other))
    return pairs


def _contradict(one: Candidate, other: Candidate) -> bool:
    a, b = _words(one), _words(other)
    if len(a & b) < max(4, CLOSE * min(len(a), len(b))):
        return False
    return bool(figures(one) - figures(other)) and bool(figures(other) - figures(one))
