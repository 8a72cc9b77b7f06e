"""Text -> a date, only where it is written out in full: never relative, never guessed.

«03/04/2025» is two dates, so it is none; «yesterday» depends on the day it is read, so it is none.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from briefgen.sources.lexicon import any_of, lexicon

_TIME = re.compile(
    r"\b\d{1,2}[:.h]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?|uhr|z|utc|gmt|мск|e[sd]t)?(?:[+-]\d{2}:?\d{2})?\b", re.I
)
_EARLIEST = 1500


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Year first, day first, month first, and the numbered forms whose order is not in doubt."""
    month = any_of(lexicon().months)
    return (
        re.compile(r"(?<!\d)(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)"),
        re.compile(r"(?<!\d)(?P<y>\d{4})[/.](?P<m>\d{1,2})[/.](?P<d>\d{1,2})(?!\d)"),
        re.compile(r"(?P<y>\d{4})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일]"),
        re.compile(
            rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+)?(?P<name>{month})\b\.?,?\s+(?:de\s+|del\s+)?"
            r"(?P<y>\d{4})(?!\d)"
        ),
        re.compile(rf"\b(?P<name>{month})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})(?!\d)"),
        re.compile(r"(?<!\d)(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?!\d)"),
        re.compile(r"(?<!\d)(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})(?!\d)"),
    )


def find_date(text: str) -> date | None:
    """The first full date in `text`, in any of the known languages."""
    found = [(match.start(), value) for match, value in _dates(text.casefold()[:1000])]
    return min(found)[1] if found else None


def _dates(text: str) -> list[tuple[re.Match[str], date]]:
    matches = (match for pattern in _patterns() for match in pattern.finditer(text))
    return [(match, value) for match in matches if (value := _value(match))]


def _value(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    name = parts.get("name")
    month = lexicon().months[name] if name else int(parts["m"])
    day, year = int(parts["d"]), int(parts["y"])
    if re.match(r"\d{1,2}/", match[0]):
        if day <= 12 and month <= 12 and day != month:
            return None
        day, month = (month, day) if month > 12 else (day, month)
    try:
        return date(year, month, day) if year >= _EARLIEST else None
    except ValueError:
        return None


def is_only_dates(line: str) -> bool:
    """Whether a line says nothing but when: dates, times, days of the week and words like «updated»."""
    if len(line) > 120 or not any(character.isdigit() for character in line):
        return False
    text = line.casefold()
    found = _dates(text)
    if not found:
        return False
    for match, _ in found:
        text = text.replace(match[0], " ")
    words = re.findall(r"[^\W\d_]+", _TIME.sub(" ", text))
    known = lexicon().days | {
        "at",
        "on",
        "updated",
        "published",
        "posted",
        "utc",
        "gmt",
        "am",
        "pm",
        "est",
        "edt",
        "z",
        "t",
    }
    return all(
        word in known or frozenset({"published", "other"}) & lexicon().labels.get(word, frozenset()) for word in words
    )
