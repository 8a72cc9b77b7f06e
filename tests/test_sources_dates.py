"""Dates are read where they are written in full, and only there."""

from __future__ import annotations

from datetime import date

import pytest

from briefgen.sources.dates import find_date, is_only_dates

DAY = date(2025, 7, 8)


@pytest.mark.parametrize(
    "text",
    [
        "2025-07-08", "Published 2025-07-08T10:22:00Z", "8 July 2025", "July 8, 2025", "Jul. 8, 2025", "8th July 2025",
        "8 июля 2025 года", "8 juillet 2025", "8. Juli 2025", "8 de julio de 2025", "2025年7月8日", "08.07.2025",
        "2025/07/08", "8 lipca 2025",
    ],
)  # fmt: skip
def test_full_dates_are_read(text: str) -> None:
    assert find_date(text) == DAY


@pytest.mark.parametrize(
    "text",
    ["yesterday", "July 2025", "may", "10,000", "03/04/2025", "2025-13-45", "31 June 2025", "12 July", "0001-01-01"],
)
def test_what_is_no_full_date_is_none(text: str) -> None:
    assert find_date(text) is None


def test_an_order_that_is_not_in_doubt_is_read() -> None:
    assert find_date("07/25/2025") == find_date("25/07/2025") == date(2025, 7, 25)


@pytest.mark.parametrize("line", ["11 July 2025", "Updated 11 July 2025, 10:32 GMT", "11 июля 2025, 14:05"])
def test_a_line_of_dates_only(line: str) -> None:
    assert is_only_dates(line)


@pytest.mark.parametrize("line", ["Exports rose on 11 July 2025", "2025", "", "Monday"])
def test_a_line_with_more_than_dates(line: str) -> None:
    assert not is_only_dates(line)
