"""What one line looks like, without the lines around it."""

from __future__ import annotations

import time

import pytest

from briefgen.sources import shape

RESIDUE = [
    "发表回复", "Leave a Reply", "Оставить комментарий", "Laisser un commentaire", "コメントを残す", "اترك تعليقاً",
    "Read more: France looks for new suppliers", "READ MORE", "Читайте также: Экспорт вырос", "Lire aussi : Les mines",
    "Advertisement", "Share", "Facebook | Twitter | WhatsApp", "Share on Facebook", "3 Comments", "Comments (12)",
    "By Anna Petrova", "By ANNA PETROVA and JOHN SMITH, Reuters", "Par Jean Dupont", "Автор: Пётр Сидоров",
    "11 July 2025, 10:32", "Published: 2026-03-18", "Updated 11 July 2025", "Tags: trade, energy",
    "**Report:** GAO-26-107759 | **Published:** 2026-03-18 | **Source:** [GAO](https://www.gao.gov/x)",
    "© 2025 Example News", "All rights reserved.", "We use cookies to give you the best experience on our site.",
    "Photo: John Smith/AP", "A market in Almaty. (AP Photo/John Smith)", "Getty Images",
    "Figure 1: Uranium exports, 2015–2024", "Table 2. Trade by country", "Рис. 3. Экспорт зерна",
    "12", "- 12 -", "Page 3 of 10", "3/10", "Стр. 4", "第3页", "* * *", "https://example.org/a/b",
    "Sign up for our newsletter and never miss a story.", "Your email address will not be published.",
    "The robots met in Washington D.C. Image: United States Navy.", "Join us for a free webinar on 12 May.",
    "Get the week's best articles in your inbox.", "This article was amended on 5 May to correct a name.",
    "Download the complete report.", "The talk begins at six; tickets are free.",
    "For the full report, visit the ministry's pages.", "Chart: grain prices since 2010 https://example.org/g7",
    "[1]", "Filed under: World", "5 min read", "Subscribe",
]  # fmt: skip
CONTENT = [
    "Figure 2 shows that exports rose by a third.", "By Monday the ministry had changed its mind.",
    "By contrast, Russia said that it would not.", "Source and method were described by the ministry in its report.",
    "Copyright law was amended in May, and publishers complain.", "Reports said that the deal was off.",
    "Published figures show that exports fell last year.", "The photo was taken by a soldier, officials said.",
    "Subscribers rose by 5 per cent.", "Home ownership fell to 40 per cent.", "More than 10,000 firms take part.",
    "Commentators were divided.", "Table 3 of the annex lists the firms that took part.", "Share prices fell.",
    "Author Jane Smith said that the book would not appear.", "In 2024 it was 12.", "He said: no.",
    "Note: the ministry did not answer our questions about the price of the gas.",
    "Farmers join us for the harvest, the union said.", "The picture is bleak. Prices rose: by a third.",
    "The figures were published in full. See https://example.org/a",
    "Video of the attack was posted online.",
    "По данным министерства, экспорт вырос.", "Автор законопроекта считает, что риски малы.",
    "中国政府宣布了新的产业政策。",
    "Source: officials who asked not to be named said that the talks had failed.",
]  # fmt: skip


@pytest.mark.parametrize("line", RESIDUE)
def test_furniture_is_known_by_itself(line: str) -> None:
    assert shape.is_residue(line)


@pytest.mark.parametrize("line", CONTENT)
def test_prose_is_not_furniture(line: str) -> None:
    assert not shape.is_residue(line)
    assert not shape.is_contents(line)


@pytest.mark.parametrize(
    ("line", "look"),
    [
        ("Industrial Cooperation – The Backbone and the Bruises", "title"),
        ("The Political Web and the Chinese Connection", "title"),
        ("ANNUAL REPORT ON GRAIN", "title"),
        ("2.1 Methods used in the study", "title"),
        ("Промышленная кооперация", "plain"),
        ("Deal under scrutiny", "plain"),
        ("新的产业政策", "plain"),
        ("Can the Plan Work?", "title"),
        ("What can the ministry do now?", "plain"),
    ],
)
def test_lines_that_may_be_headings(line: str, look: str) -> None:
    assert shape.heading(line) == look


@pytest.mark.parametrize(
    "line",
    [
        "Exports rose.", "and so it went on", "The goals of the new plan are:", "He left. Nobody came",
        "Will the ministry keep its promise of two million tonnes a year?",
        "Exports rose by five per cent in the last year because of a good harvest in the south of the country", "12",
        "Exports rose,", "",
    ],
)  # fmt: skip
def test_lines_that_are_no_headings(line: str) -> None:
    assert shape.heading(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "Background and Purpose of the Review 12",
        "Scope and Methods 3 Agency Comments and Our Evaluation 34",
    ],
)
def test_entries_of_a_table_of_contents(line: str) -> None:
    assert shape.is_contents(line)


def test_dots_that_lead_to_a_page() -> None:
    assert shape.has_leaders("1 Introduction . . . . . . . . 5")
    assert not shape.has_leaders("He waited ... and left in 1995.")


def test_sentences_meet_where_they_end_and_not_at_initials() -> None:
    text = "The U.S. Senate voted. Mr. Smith left. “So what?” He shrugged."
    assert [text[start:][:3] for _, start in shape.boundaries(text)] == ["Mr.", "“So", "He "]


def test_labels() -> None:
    assert shape.labelled("Author: A. N. Other") == ("author", "A. N. Other")
    assert shape.labelled("**Published:** 2026-03-18") == ("published", "2026-03-18")
    assert shape.labelled("The minister: we will see.") is None


@pytest.mark.parametrize(
    "line", ["a" * 100_000, "A " * 50_000, ". " * 50_000, "* " * 50_000, "1 " * 50_000, "A1. " * 25_000, "[" * 100_000]
)
def test_no_line_takes_long(line: str) -> None:
    start = time.perf_counter()
    for look in (shape.is_residue, shape.heading, shape.has_leaders, shape.boundaries, shape.ends_sentence):
        look(line)
    for short in (line[:400], line[:2000]):
        shape.is_contents(short)
        shape.is_residue(short)
    assert time.perf_counter() - start < 60  # no speed: what hangs takes minutes
