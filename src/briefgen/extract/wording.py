"""A sentence -> a shorter wording of it that is safe: verbatim up to a boundary, nothing that limits it lost."""

from __future__ import annotations

import re

from briefgen.extract.reading import Read

LONGEST, SHORTEST = 90, 30

_BOUNDARY = re.compile(r"[,;:]\s|\s[—–-]\s|—")
# What is cut off may not hold the words that the sentence's meaning hangs on.
_LIMITS = ("may", "hearsay", "unknown", "say", "by", "limits")


def headline(each: Read) -> str | None:
    """The main clause and an ellipsis, at most 90 characters; None where there is no safe one."""
    if len(each.text) <= LONGEST:
        return None
    ends = [match.start() for match in _BOUNDARY.finditer(each.text[: LONGEST + 1]) if match.start() >= SHORTEST]
    ends = [end for end in ends if end < LONGEST and _is_clause(each, end) and not _loses(each, end)]
    return f"{each.text[: ends[-1]]}…" if ends else None


def _is_clause(each: Read, end: int) -> bool:
    """Whether what stays has a verb that we know, and opens no quotation or bracket that it does not close."""
    verbs = [hit for name in ("act", "say", "finite") for hit in each.hits.get(name, ()) if hit.end <= end]
    kept = each.text[:end]
    return bool(verbs) and kept.count("(") == kept.count(")") and not any(a < end < b for a, b in each.said)


def _loses(each: Read, end: int) -> bool:
    return any(hit.start >= end for name in _LIMITS for hit in each.hits.get(name, ()))
