"""A text file is read as it is: its blocks point into it and change nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefgen.sources.plain import blocks, read

WRAPPED = """The ministry reported that grain exports rose by five per cent in the
last year, mostly because of a good harvest in the south. Prices fell
at the same time.
Another paragraph starts here without a blank line, and it goes on and
on.

  * wheat: twenty million tonnes, which is more than in any year since the
    records began
  * barley: five million tonnes
"""


def said(text: str) -> list[tuple[str, str]]:
    return [(block.kind, " ".join(text[block.start : block.end].split())) for block in blocks(text)]


def test_the_text_is_the_file() -> None:
    raw = "\ufeffA line.\r\nAnother\u00a0one.\r\n\r\nLast".encode()
    draft = read(raw, "a.txt")
    assert draft.text == raw.decode("utf-8")
    assert draft.verbatim
    assert [draft.text[block.start : block.end] for block in draft.blocks] == ["A line.", "Another\u00a0one.", "Last"]


def test_wrapped_lines_are_one_paragraph() -> None:
    assert said(WRAPPED) == [
        ("paragraph", "The ministry reported that grain exports rose by five per cent in the last year, mostly because"
                      " of a good harvest in the south. Prices fell at the same time."),
        ("paragraph", "Another paragraph starts here without a blank line, and it goes on and on."),
        ("list-item", "wheat: twenty million tonnes, which is more than in any year since the records began"),
        ("list-item", "barley: five million tonnes"),
    ]  # fmt: skip


def test_lines_that_are_paragraphs_stay_apart() -> None:
    text = "The first line is a paragraph of its own.\nThe second line is one, too.\nAnd the third."
    assert len(said(text)) == 3


@pytest.mark.parametrize(
    ("line", "kind", "rest"),
    [
        ("# Trade", "heading", "Trade"),
        ("### What GAO Found", "heading", "What GAO Found"),
        ("**Trade**", "heading", "Trade"),
        ("**Trade in** **grain?**", "heading", "Trade in** **grain?"),
        ("- a point", "list-item", "a point"),
        ("• a point", "list-item", "a point"),
        ("(1) a point", "list-item", "a point"),
        ("12. a point", "list-item", "a point"),
        ("1991. That year it ended.", "paragraph", "1991. That year it ended."),
        ("> a quote", "quote", "a quote"),
        ("| a | b |", "table-row", "| a | b |"),
        ("a\tb\tc", "table-row", "a\tb\tc"),
        ("— Да, — сказал он.", "paragraph", "— Да, — сказал он."),
    ],
)
def test_marks_are_left_outside(line: str, kind: str, rest: str) -> None:
    assert said(line) == [(kind, " ".join(rest.split()))]


def test_chinese_lines_are_wrapped_by_their_width() -> None:
    line = "政府宣布了新的产业政策出口正在增加专家认为这是好消息也有人不同意这种看法他们"
    text = f"{line}\n{line}\n{line[:10]}。\n"
    assert len(said(text)) == 1


@given(st.text())
def test_any_text_gives_blocks_in_order(text: str) -> None:
    last = 0
    for block in blocks(text):
        assert last <= block.start < block.end <= len(text)
        last = block.end


def test_a_line_that_underlines_is_no_part_of_its_heading() -> None:
    text = f"A framework\n===========\n\n{WRAPPED}\n-----\n\nUse\n~~~\n{WRAPPED}"
    found = said(text)
    assert found[:2] == [("heading", "A framework"), ("residue", "===========")]
    assert found[6:9] == [("residue", "-----"), ("heading", "Use"), ("residue", "~~~")]
    assert found[2:6] == found[9:] == said(WRAPPED)
