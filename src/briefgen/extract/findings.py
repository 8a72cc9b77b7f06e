"""A sentence as read, with its voice -> how much of substance it holds, for a full briefing."""

from __future__ import annotations

import re
from briefgen.extract.reading import Read
from briefgen.extract.stance import Voice

# Below this a sentence is left out of the findings.
ENOUGH = 1.0
SHORT, LONG = 6, 60

_NUMBER = re.compile(r"[$€£¥₽%]|\b[0-9][0-9.,]*\b")
_YEAR = re.compile(r"\b(?:1[89]|20)[0-9]{2}\b")
_VERBLESS_SHARE = 0.55


def substance(each: Read, voice: Voice, commentary: bool, topics: int) -> float:
    """Weights of what makes a sentence worth briefing, less what makes it colour, method or passage."""
    return _for(each, voice, topics) - _against(each, voice, commentary)


def _for(each: Read, voice: Voice, topics: int) -> float:
    outside = [name for name in each.names if name[0] > 0 or name[1] - name[0] > 4]
    return (
        0.7 * bool(_NUMBER.search(each.text))
        + 0.3 * bool(_YEAR.search(each.text))
        + 0.35 * min(2, len(outside))
        + 0.9 * (voice.stance == "claimed")
        + 0.5 * bool(each.outside("act"))
        + 0.15 * min(3, topics)
        + 0.5 * (len(each.words) >= 10)
        + 0.3
    )


def _against(each: Read, voice: Voice, commentary: bool) -> float:
    claimed = voice.stance == "claimed"
    marks = len(each.outside("evaluative")) + len(each.outside("colour"))
    return (
        2.5 * bool(each.outside("method"))
        + 0.5 * bool(each.outside("define"))
        + 0.8 * bool(each.outside("transition"))
        + (1.2 if commentary else 0.5) * bool(each.outside("first_person"))
        + (0.5 if commentary else 0.3) * min(4, marks)
        + (0.0 if claimed else 1.3) * bool(each.outside("benefit"))
        + 1.5 * each.asks
        + 1.2 * (len(each.words) < SHORT)
        + 0.5 * (len(each.words) > LONG)
        + 2.0 * _is_heading_run(each)
    )


def _is_heading_run(each: Read) -> bool:
    """Headings or cells run together: most words begin with a capital."""
    capital = sum(each.text[word.start].isupper() for word in each.words)
    return len(each.words) >= 6 and capital > _VERBLESS_SHARE * len(each.words)

