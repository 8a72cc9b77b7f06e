"""A sentence as read, and the next one -> whether it is an open question; rhetorical ones are not."""

from __future__ import annotations

from briefgen.extract.lexicon import Lexicon
from briefgen.extract.reading import Read

SHORTEST = 4


def cues(each: Read, following: Read | None, lexicon: Lexicon, commentary: bool) -> tuple[str, ...]:
    """The words that leave something open; empty where nothing is."""
    found = each.hits.get("unknown", [])
    if each.asks:
        open_ = not each.outside("rhetorical") and (found or _is_real(each, following, lexicon, commentary))
    else:
        open_ = not each.hits.get("method")
    if not open_:
        return ()
    return tuple(dict.fromkeys(each.text[hit.start : hit.end] for hit in found)) or (("?",) if each.asks else ())


def _is_real(each: Read, following: Read | None, lexicon: Lexicon, commentary: bool) -> bool:
    """A whole clause that asks, not a fragment that the next sentence answers."""
    forms = [word.form for word in each.words]
    while forms and forms[0] in lexicon.links:
        forms = forms[1:]
    inverted = bool(forms) and (forms[0] in lexicon.asking or _asks_late(each, lexicon))
    wh = bool(forms) and forms[0] in lexicon.wh and not commentary
    long_enough = len(each.words) >= SHORTEST or (inverted and len(forms) >= 3)
    return long_enough and (inverted or wh) and not _is_answered(each, following)


def _asks_late(each: Read, lexicon: Lexicon) -> bool:
    """Whether the clause that asks comes after another: "If they travel for work, does that count as …?"."""
    late = (word for word in each.words[1:-2] if each.text[: word.start].rstrip()[-1:] in ",;:—–")
    return any(word.form in lexicon.asking for word in late)


def _is_answered(each: Read, following: Read | None) -> bool:
    near = following is not None and following.sentence.block == each.sentence.block
    return bool(near and following and any(hit.first == 0 for hit in following.hits.get("answer", ())))
