"""Problems are told safely, completely and with a hint that helps."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefgen.errors import (
    BriefgenError,
    Diagnostic,
    LeakError,
    SurroundingsError,
    UsageError,
    did_you_mean,
    error,
    has_errors,
    safe,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()))
STEERING = {"\x1b", "\x9b", "\r", "\b", "\u202e", "\u2066", "\u200f", "\u061c", "\x7f", "\ud800"}


@given(ANY_TEXT)
def test_nothing_that_steers_a_terminal_survives(text):
    shown = safe(text)
    assert not [each for each in shown if unicodedata.category(each) in ("Cc", "Cs") and each not in "\t\n"]
    assert not STEERING & set(shown)
    shown.encode("utf-8")


@pytest.mark.parametrize("character", sorted(STEERING))
def test_each_steering_character_is_shown_as_an_escape(character):
    assert safe(f"a{character}b").startswith("a\\") and safe(f"a{character}b").endswith("b")


def test_ordinary_text_is_left_alone():
    text = "Беларусь, naïve “quotes”\n\t发表回复 🙂"
    assert safe(text) == text


def test_a_diagnostic_reads_as_place_message_and_hint():
    told = Diagnostic("error", "unknown field 'sektor'", "b.yaml", 7, 3, "did you mean 'sector'?")
    assert str(told) == "b.yaml:7:3: unknown field 'sektor'\n  hint: did you mean 'sector'?"
    assert str(Diagnostic("warning", "late")) == "warning: late"


@given(ANY_TEXT, ANY_TEXT, st.none() | ANY_TEXT)
def test_a_diagnostic_can_always_be_printed_and_reported(message, file, hint):
    told = Diagnostic("error", message, file, 1, 1, hint)
    str(told).encode("utf-8")
    json.dumps(told.as_dict(), ensure_ascii=False).encode("utf-8")
    assert "\x1b" not in str(told)


def test_absent_parts_are_left_out_of_the_report():
    assert error("broken").as_dict() == {"severity": "error", "message": "broken"}


def test_exit_codes_are_the_documented_ones():
    codes = {kind: kind.exit_code for kind in (BriefgenError, UsageError, LeakError, SurroundingsError)}
    assert list(codes.values()) == [1, 2, 3, 4]
    assert all(issubclass(kind, BriefgenError) for kind in codes)


def test_an_error_keeps_every_diagnostic():
    problem = BriefgenError(error("one"), error("two"))
    assert [each.message for each in problem.diagnostics] == ["one", "two"]
    assert str(problem) == "one\ntwo"


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("sektor", ["sector", "text"], "did you mean 'sector'?"),
        ("Executive", ["executive", "note"], "did you mean 'executive'?"),
        ("tlp:clear", ["TLP:CLEAR", "TLP:RED"], "did you mean 'TLP:CLEAR'?"),
        ("zzz", ["b", "a"], "known: a, b"),
        ("zzz", [], None),
    ],
)
def test_did_you_mean(word, known, hint):
    assert did_you_mean(word, known) == hint


def test_a_list_too_long_to_help_is_not_shown():
    assert did_you_mean("zzz", [f"name{number}" for number in range(200)]) is None


def test_only_errors_are_errors():
    assert not has_errors([Diagnostic("warning", "w"), Diagnostic("note", "n")])
    assert has_errors([Diagnostic("warning", "w"), error("e")])
