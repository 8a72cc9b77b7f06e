"""A sentence as read -> whether it states a risk: something bad that may happen, a threat, a doubt."""

from __future__ import annotations

import re

from briefgen.extract.lexicon import Hit, Lexicon
from briefgen.extract.reading import Read

# How many words may stand between a word of possibility and the bad thing; fewer after "will", seldom meant so.
REACH, SOON = 14, 9
# Within so many words, "solve", "avoid" or "address" does away with the bad thing, "not" with that.
NEAR = 4
# So near a good thing and what lessens it belong together.
TOGETHER = 6

_NEW_CLAUSE = re.compile(r";|[.!?] ")


def cues(each: Read, lexicon: Lexicon) -> tuple[str, ...]:
    """The words that state a risk; none where the sentence is about method, or only asks."""
    if each.hits.get("method") and not each.hits.get("may"):
        return ()
    direct = [
        hit for hit in _meant(each, "risk", "no_risk") if not _undone(each, hit) and not _denied(each, hit, lexicon)
    ]
    found = direct or _conditional(each, lexicon) or _possible(each, lexicon)
    return tuple(dict.fromkeys(each.text[hit.start : hit.end] for hit in found))


def _meant(each: Read, name: str, bars: str) -> list[Hit]:
    """The phrases of a list that no longer phrase turns into something else, and that are no part of a name."""
    barred = each.hits.get(bars, ())
    found = each.hits.get(name, ())
    return [hit for hit in found if not any(_bars(bar, hit) for bar in barred) and not _is_name(each, hit)]


def _bars(bar: Hit, hit: Hit) -> bool:
    """Whether a phrase holds another and more; of two of the same words the one that states a risk is the finer."""
    same = (bar.first, bar.last) == (hit.first, hit.last)
    return bar.first <= hit.first and hit.last <= bar.last and (not same or bar.first == bar.last)


def _is_name(each: Read, hit: Hit) -> bool:
    """In capitals within a sentence: the month of May, the Risk Office."""
    before = each.text[: hit.start].rstrip()
    return hit.first > 0 and each.text[hit.start].isupper() and before[-1:] not in '“"«:—–.!?'


def _undone(each: Read, bad: Hit) -> bool:
    """Whether a word before does away with the bad thing, and no other word with that one."""
    for hit in each.hits.get("remedy", ()):
        if 0 < bad.first - hit.last <= NEAR:
            return not any(0 < hit.first - no.last <= NEAR for no in each.hits.get("deny", ()))
    return False


def _denied(each: Read, hit: Hit, lexicon: Lexicon) -> bool:
    """Whether "not" or "no" stands right before, with at most small words between."""
    before = [no for no in each.hits.get("deny", ()) if 0 < hit.first - no.last <= NEAR]
    return any(
        all(word.form in lexicon.stop for word in each.words[no.last + 1 : hit.first])
        for no in before
        if no.first == no.last
    )


def _conditional(each: Read, lexicon: Lexicon) -> list[Hit]:
    """ "Unless …, … will": what happens if nothing is done is no good thing."""
    begun = [hit for name in ("threat", "condition") for hit in each.hits.get(name, ()) if _begins(each, hit, lexicon)]
    future = [*_meant(each, "may", "no_may"), *_meant(each, "will", "no_may")] if begun else []
    if not future:
        return []
    threats = each.hits.get("threat", ())
    bads = [*_bads(each, "bad", lexicon), *_bads(each, "harm", lexicon), *each.hits.get("deny", ())]
    # "Unless" is a threat by itself; what only names a lack needs a bad consequence.
    meant = [hit for hit in begun if hit in threats or any(bad.first > hit.last for bad in bads)]
    return [meant[0], future[0]] if meant else []


def _begins(each: Read, hit: Hit, lexicon: Lexicon) -> bool:
    """Whether a clause begins with it."""
    before = each.text[: hit.start].rstrip()
    word = each.words[hit.first - 1].form
    return not before or before[-1] in ',;:—–“"(' or word in lexicon.joints or word in lexicon.links


def _possible(each: Read, lexicon: Lexicon) -> list[Hit]:
    """A bad thing in the clause of a word of possibility, or a grave one soon after "will"."""
    may, will = _meant(each, "may", "no_may"), _meant(each, "will", "no_may")
    pairs: list[tuple[Hit, Hit, int]] = [
        *((hit, bad, REACH) for hit in may for bad in _bads(each, "bad", lexicon) + _lessened(each)),
        *((hit, bad, SOON) for hit in will for bad in _bads(each, "harm", lexicon)),
        *((hit, bad, NEAR) for hit in may + will for bad in _grown(each, hit, lexicon)),
    ]
    near = [
        (hit, bad)
        for hit, bad, reach in pairs
        if 0 <= bad.first - hit.last <= reach and not _turns(each, hit, bad, lexicon)
    ]
    return [*min(near, key=lambda pair: (pair[0].start, pair[1].start))] if near else []


def _turns(each: Read, hit: Hit, bad: Hit, lexicon: Lexicon) -> bool:
    """Whether a new clause begins between the two."""
    between = each.words[hit.last + 1 : bad.first]
    return bool(_NEW_CLAUSE.search(each.text[hit.end : bad.start])) or any(
        word.form in lexicon.turns or (word.form in lexicon.turning and each.text[: word.start].endswith(", "))
        for word in between
    )


def _bads(each: Read, name: str, lexicon: Lexicon) -> list[Hit]:
    found = _meant(each, name, "no_risk")
    return [bad for bad in found if not _undone(each, bad) and not _denied(each, bad, lexicon)]


def _lessened(each: Read) -> list[Hit]:
    """What lessens a good thing: "could slow growth", "jobs may be cut"."""
    good = each.hits.get("good", ())
    return [hit for hit in each.hits.get("lessen", ()) if any(abs(one.first - hit.last) <= TOGETHER for one in good)]


def _grown(each: Read, hit: Hit, lexicon: Lexicon) -> list[Hit]:
    """What makes a bad thing before it grow: "floods will become more frequent"."""
    grown = each.hits.get("grow", [])
    bads = [*_bads(each, "harm", lexicon), *_bads(each, "bad", lexicon)] if grown else []
    return grown if any(0 < hit.first - bad.last <= SOON for bad in bads) else []
