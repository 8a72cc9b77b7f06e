"""A quote is found where it is, or not at all."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefgen.quotes import fold, locate, places

SOURCE = (
    "He said:  “Over 10,000\n enter\u00adprises – both Russian and\u00a0Belarusian”.\n"
    "‘Twice’ is twice. İstanbul — ΣΊΣΥΦΟΣ.\ufeff End."
)
# Few letters, so that repetitions and near misses are common; and everything that normalising touches.
TEXTS = st.text("aAbßİΣς \n\t\u00a0\u00ad\u200b\ufeff-–—−'’\"“”«.", max_size=40)


def found(quote: str, text: str = SOURCE) -> str | None:
    span = locate(text, quote)
    return None if span is None else text[span[0] : span[1]]


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("Over 10,000", "Over 10,000"),
        ("over 10,000 enterprises", "Over 10,000\n enter\u00adprises"),
        ('"Over 10,000 enterprises - both Russian and Belarusian"', SOURCE[10:67]),
        ("russian   AND\nbelarusian", "Russian and\u00a0Belarusian"),
        ("'Twice'", "‘Twice’"),
        ("istanbul - σίσυφοσ", "İstanbul — ΣΊΣΥΦΟΣ"),
        (". end.", ".\ufeff End."),
        ("  Over 10,000 ", "Over 10,000"),
    ],
)
def test_a_quote_is_found_exactly_or_normalised(quote, words):
    assert found(quote) == words


@pytest.mark.parametrize(
    "quote",
    ["over ten thousand", "Over 10.000", "enter prises", "", " ", "\u00ad", "Over 10,000 enterprises, both", "x" * 500],
)
def test_nothing_fuzzy_is_found(quote):
    assert locate(SOURCE, quote) is None


def test_two_places_are_no_place():
    assert locate("one two one", "one") is None
    assert locate("aaa", "aa") is None
    assert locate("“a” and “a”", '"a"') is None


def test_the_exact_place_wins_over_normalised_ones():
    assert locate("A Report, a report", "a report") == (10, 18)


@given(TEXTS, TEXTS)
def test_what_is_found_is_the_quote_but_for_normalising(text, quote):
    span = locate(text, quote)
    if span is not None:
        start, end = span
        assert 0 <= start < end <= len(text)
        assert fold(text[start:end]).text.strip() == fold(quote).text.strip()


@given(TEXTS, st.data())
def test_a_stretch_of_the_text_is_found_there_or_is_not_unique(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    quote = text[start:end]
    span = locate(text, quote)
    unique = len(list(places(text, quote))) == 1
    assert span == ((start, end) if unique and fold(quote).text.strip() else None)


@given(st.text())
def test_folding_is_stable_and_every_character_has_an_origin(text):
    folded = fold(text)
    assert fold(folded.text).text == folded.text
    origins = [folded.origin(at) for at in range(len(folded.text))]
    assert origins == sorted(set(origins)) and all(at < len(text) for at in origins)


@pytest.mark.parametrize("text", ["a" * 10**6, " \u00ad" * 500_000, "ab " * 333_333, "“" * 10**6])
def test_a_large_text_is_quick(text):
    started = time.perf_counter()
    assert locate(text, "a" * 499 + "b") is None
    assert time.perf_counter() - started < 3
