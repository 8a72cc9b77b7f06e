"""The model takes what the format says, and nothing that only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from briefgen.model import (
    SCALES,
    Audience,
    BottomLine,
    Brief,
    Edition,
    Evidence,
    Finding,
    Marking,
    Summary,
    strictest,
)

SOURCES = [{"id": "S1", "file": "seeds/a.txt"}]
MARKINGS = st.sampled_from(list(Marking))


def brief(**fields):
    return Brief.model_validate({"title": "T", "sources": SOURCES, **fields})


def test_markings_rank_from_clear_to_red():
    ranks = [Marking(each).rank for each in ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")]
    assert ranks == [0, 1, 2, 3, 4]


@given(st.lists(MARKINGS))
def test_the_strictest_marking_is_never_looser_than_any(markings):
    label = strictest(markings)
    assert all(label.rank >= each.rank for each in markings)
    assert label in markings or (not markings and label is Marking.CLEAR)


def test_a_brief_without_a_marking_is_not_public():
    assert brief().marking is Marking.AMBER


@pytest.mark.parametrize("version", ["010", "1.0", "1e3", "0x1F", "1_000", "٣", "-0", "+1", "", True, "9" * 5000])
def test_only_plain_whole_numbers_are_numbers(version):
    with pytest.raises(ValidationError):
        brief(version=version)


@pytest.mark.parametrize("issued", ["2024-13-45", "2026", "20261123", "2026-11-23T00:00", "12:30:45", True])
def test_only_plain_dates_are_dates(issued):
    with pytest.raises(ValidationError):
        brief(issued=issued)


@pytest.mark.parametrize("lead", ["nan", "inf", "1e400", "2", "-0.1", True, ".5"])
def test_a_share_is_between_nothing_and_all(lead):
    with pytest.raises(ValidationError):
        Audience.model_validate({"clearance": "TLP:CLEAR", "pages": 1, "lead": lead})


def test_good_numbers_and_dates_are_read():
    read = brief(version="12", issued="2026-11-23")
    assert (read.version, str(read.issued)) == (12, "2026-11-23")
    assert Audience.model_validate({"clearance": "TLP:CLEAR", "pages": "2", "lead": "0.6"}).lead == 0.6


@pytest.mark.parametrize("name", ["1a", "a b", "a/b", "ä", "", "a.b", "a" * 81, "a\n"])
def test_ids_are_safe_in_html_links_and_pdf(name):
    with pytest.raises(ValidationError):
        Summary.model_validate({"id": name, "text": "t"})


def test_nothing_can_be_changed_in_place():
    with pytest.raises(ValidationError):
        brief().title = "other"


def test_wordings_come_shortest_first_and_absent_ones_are_left_out():
    finding = Finding(id="a", sector="trade", text="middle", detail="long")
    assert list(finding.wordings().items()) == [("text", "middle"), ("detail", "long")]


def test_items_come_in_reading_order():
    read = brief(
        questions=[{"id": "q", "text": "?"}],
        risks=[{"id": "r", "text": "!"}],
        summary=[{"id": "s", "text": "."}],
        findings=[{"id": "f", "text": ",", "sector": "trade"}],
    )
    assert [(section, item.id) for section, item in read.items()] == [
        ("summary", "s"),
        ("findings", "f"),
        ("risks", "r"),
        ("questions", "q"),
    ]


def test_a_quote_is_kept_to_the_letter():
    assert Evidence(exact="  two  spaces ").exact == "  two  spaces "


def test_the_label_counts_only_what_is_kept():
    read = Brief(
        title="T",
        marking=Marking.CLEAR,
        sources=({"id": "S1", "file": "a.txt"},),
        bottom_line=BottomLine(text="b"),
        summary=(Summary(id="a", text="t"), Summary(id="b", text="t", marking=Marking.RED)),
    )
    edition = Edition(name="n", audience_name="x", audience=Audience(clearance=Marking.RED, pages=1), brief=read)
    assert edition.label({"a": "text"}) is Marking.CLEAR
    assert edition.label({"a": "text", "b": "text"}) is Marking.RED


def test_scales_are_as_published():
    assert [(term.low, term.high) for term in SCALES["icd203"]] == [
        (1, 5), (5, 20), (20, 45), (45, 55), (55, 80), (80, 95), (95, 99),
    ]  # fmt: skip
    assert all(len(term.words) == 2 for term in SCALES["icd203"])
    assert len(SCALES["phia"]) == 7
