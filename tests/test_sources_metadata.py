"""What a document says of itself is found; what it does not say stays None."""

from __future__ import annotations

from datetime import date

from briefgen.sources.draft import Metadata
from briefgen.sources.metadata import from_fields, stated
from briefgen.sources.plain import blocks
from briefgen.sources.setapart import set_apart


def found(text: str, known: Metadata = Metadata()) -> Metadata:  # noqa: B008
    return stated(text, set_apart(text, blocks(text)), known)


def test_labels_with_bars_between_them() -> None:
    text = """# Quantum Computing

**Report:** GAO-26-1 | **Published:** 2026-03-18 | **Source:** [U.S. Government Accountability Office](https://gao.gov/x)

The law requires a plan.
"""
    assert found(text) == Metadata(
        title="Quantum Computing", publisher="U.S. Government Accountability Office", published=date(2026, 3, 18),
        url="https://gao.gov/x",
    )  # fmt: skip


def test_a_byline_and_a_line_that_is_a_date() -> None:
    text = "Deal signed in Astana\nBy Anna Petrova\n11 July 2025\nThe deal covers 5,000 tonnes, officials said.\n"
    assert found(text) == Metadata(title="Deal signed in Astana", author="Anna Petrova", published=date(2025, 7, 11))


def test_nothing_is_guessed() -> None:
    assert found("The deal of 11 July 2025 was signed by Anna Petrova. See https://example.org for it.") == Metadata()


def test_a_date_in_doubt_is_left_out() -> None:
    assert found("Published: 03/04/2025\nThe deal was signed.").published is None
    assert found("Published: yesterday\nThe deal was signed.").published is None


def test_what_is_known_already_stays() -> None:
    assert found("Title: Other\nThe deal was signed.", Metadata(title="Known")).title == "Known"


def test_labels_of_other_languages() -> None:
    fields = [("Автор", "Пётр Сидоров"), ("дата", "11 июля 2025"), ("Источник", "БелТА"), ("ссылка", "https://a.by/1")]
    assert from_fields(fields) == Metadata(
        author="Пётр Сидоров", published=date(2025, 7, 11), publisher="БелТА", url="https://a.by/1"
    )


def test_the_name_of_a_section_is_no_title() -> None:
    assert found("Politics\nDeal signed in Astana\nThe deal covers 5,000 tonnes, officials said.").title == (
        "Deal signed in Astana"
    )
