"""words/*.toml -> Lexicon: the words of page furniture, of dates and of titles, all languages together.

A page in one language often carries the furniture of another: a blog in English, its forms in Chinese.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).with_name("words")
_MARKS = " \t\u00a0*_#~`\"'“”„«»‘’|•·–—-→›»>«‹<▶►▼…!:：.,()[]【】"
_NUMBER = re.compile(r"\d+(?:[.,\s]\d+)*")


@dataclass(frozen=True)
class Lexicon:
    """See words/en.toml for what each list means; `labels` maps each label to the fields it may name."""

    whole: frozenset[str]
    comments: frozenset[str]
    teasers: frozenset[str]
    share: frozenset[str]
    small: frozenset[str]
    days: frozenset[str]
    months: Mapping[str, int]
    labels: Mapping[str, frozenset[str]]
    start: re.Pattern[str]
    lead: re.Pattern[str]
    inside: re.Pattern[str]
    byline: re.Pattern[str]
    page: re.Pattern[str]
    caption: re.Pattern[str]
    credit: re.Pattern[str]
    credited: re.Pattern[str]


def folded(line: str) -> str:
    """`line` as the lists have it: lower case, # for numbers, plain apostrophes, no marks at either end."""
    return _NUMBER.sub("#", line.casefold().replace("’", "'")).strip(_MARKS.replace("#", ""))


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first, so that none hides another."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


@cache
def lexicon() -> Lexicon:
    """All languages in one; read once."""
    lists = [tomllib.loads(path.read_text("utf-8")) for path in sorted(WORDS.glob("*.toml"))]

    def words(name: str) -> set[str]:
        return {word.casefold() for each in lists for word in each.get(name, ())}

    page, of = any_of(words("page")), any_of(words("of"))
    return Lexicon(
        whole=frozenset(map(folded, words("whole"))),
        comments=frozenset(map(folded, words("comments"))),
        teasers=frozenset(map(folded, words("teasers"))),
        share=frozenset(words("share")),
        small=frozenset(words("small")),
        days=frozenset(words("days")),
        months=_months(lists),
        labels=_labels(lists),
        start=re.compile(any_of(words("start"))),
        lead=re.compile(any_of(words("lead"))),
        inside=re.compile(any_of(words("inside"))),
        byline=re.compile(rf"(?:{any_of(words('byline'))})\b[\s:：]*"),
        page=re.compile(rf"(?:(?:{page})\s*)?#(?:\s*(?:{of}|/|\||of)\s*#)?(?:\s*(?:{page}))?"),
        caption=re.compile(rf"(?:{any_of(words('caption'))})\s*(?:[a-z]?#[a-z]?|[ivx]+)\s*(?:$|[.:：)|–—-])"),
        credit=re.compile(rf"\(?(?:{any_of(words('credit'))})\s*(?:[:：/©]|(?:by|credit)\b)"),
        credited=re.compile(rf"[.!?)\"”»]\s+\(?(?:{any_of(words('credit'))})\s*[:：]"),
    )


def _months(lists: list[dict[str, Any]]) -> dict[str, int]:
    return {
        word: number for each in lists for number, words in enumerate(each.get("months", ()), start=1) for word in words
    }


def _labels(lists: list[dict[str, Any]]) -> dict[str, frozenset[str]]:
    fields: dict[str, set[str]] = {}
    for each in lists:
        for field, words in each.get("labels", {}).items():
            for word in words:
                fields.setdefault(word.casefold(), set()).add(field)
    return {word: frozenset(names) for word, names in fields.items()}
