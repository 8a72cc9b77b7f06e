"""The word lists are sound data: every file has every list, and no word of content stands alone in one."""

from __future__ import annotations

import re
import tomllib

import pytest

from briefgen.sources.lexicon import WORDS, folded, lexicon

FILES = sorted(WORDS.glob("*.toml"))
LISTS = {
    "whole", "start", "lead", "inside", "comments", "share", "byline", "page", "of", "caption", "credit", "months",
    "days", "small", "labels", "teasers",
}  # fmt: skip


def test_there_are_lists() -> None:
    assert {path.stem for path in FILES} >= {"en", "ru", "fr"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_has_every_list(path: object) -> None:
    data = tomllib.loads(path.read_text("utf-8"))  # type: ignore[attr-defined]
    assert set(data) == LISTS
    assert len(data["months"]) == 12
    assert set(data["labels"]) == {"title", "author", "published", "publisher", "url", "other"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_words_are_lower_case_and_not_empty(path: object) -> None:
    data = tomllib.loads(path.read_text("utf-8"))  # type: ignore[attr-defined]
    words = [word for name in LISTS - {"months", "labels"} for word in data[name]]
    assert words
    assert [word for word in words if word != word.lower()] == []
    assert [word for word in words if len(word.strip()) < 1] == []


def test_folded_lines_compare() -> None:
    assert folded("  **3 Comments** »") == "# comments"
    assert folded("Don’t Miss:") == "don't miss"


def test_months_of_all_languages_have_their_number() -> None:
    months = lexicon().months
    assert (months["july"], months["июля"], months["juillet"], months["märz"]) == (7, 7, 7, 3)


def test_no_pattern_matches_nothing() -> None:
    for pattern in (lexicon().start, lexicon().lead, lexicon().inside, lexicon().byline, lexicon().caption):
        assert isinstance(pattern, re.Pattern)
        assert pattern.match("") is None
