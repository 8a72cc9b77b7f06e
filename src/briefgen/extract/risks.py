"""A sentence as read -> whether it states a risk: something bad that may happen, a threat, a doubt."""

from __future__ import annotations

from briefgen.extract.lexicon import Hit
from briefgen.extract.reading import Read

# How many words may stand between a word of possibility and the bad thing.
REACH = 14
# Within so many words, "solve", "avoid" or "address" does away with the bad thing.
NEAR = 4


def cues(each: Read) -> tuple[str, ...]:
    """The words that state a risk; none where the sentence is about method, or only asks."""
    if each.hits.get("method") and not each.hits.get("may"):
        return ()
    barred = each.hits.get("no_risk", [])
    direct = [hit for hit in each.hits.get("risk", []) if not _barred(hit, barred)]
    return tuple(dict.fromkeys(each.text[hit.start : hit.end] for hit in direct or _possible(each, barred)))


def _barred(hit: Hit, barred: list[Hit]) -> bool:
    return any(bar.start <= hit.start and hit.end <= bar.end for bar in barred)


def _possible(each: Read, barred: list[Hit]) -> list[Hit]:
    """A bad thing within reach after a word of possibility, and nothing before it that does away with it."""
    bads = [bad for bad in each.hits.get("bad", []) if not _barred(bad, barred) and not _remedied(each, bad)]
    for may in each.hits.get("may", []):
        near = [bad for bad in bads if 0 < bad.first - may.last <= REACH]
        if near:
            return [may, near[0]]
    return []


def _remedied(each: Read, bad: Hit) -> bool:
    return any(0 < bad.first - hit.last <= NEAR for hit in each.hits.get("remedy", ()))
