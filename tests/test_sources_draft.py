"""Pieces become one text, and every block says exactly where its words are."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from briefgen.sources.draft import Piece, clean, compose


def test_pieces_are_joined_with_one_blank_line() -> None:
    text, blocks = compose([Piece("heading", "Trade"), Piece("paragraph", " "), Piece("paragraph", "It  rose.\n")])
    assert text == "Trade\n\nIt rose.\n"
    assert [(block.kind, text[block.start : block.end]) for block in blocks] == [
        ("heading", "Trade"),
        ("paragraph", "It rose."),
    ]


def test_what_prints_nothing_or_steers_direction_is_gone() -> None:
    assert clean("of\u00adfice\u200b \u202eabc\u202c\x07 e\ufb03cient\u00a0x") == "office abc efficient x"


def test_joiners_that_change_letters_stay() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"


@given(st.lists(st.text()))
def test_blocks_are_in_order_and_hold_their_text(texts: list[str]) -> None:
    text, blocks = compose(Piece("paragraph", each) for each in texts)
    assert [text[block.start : block.end] for block in blocks] == [
        cleaned for each in texts if (cleaned := clean(each))
    ]
    assert all(one.end + 2 == other.start for one, other in pairwise(blocks))
