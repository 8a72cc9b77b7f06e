"""Headings and residue, told by shape and place together."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefgen.model import Block
from briefgen.sources.plain import blocks
from briefgen.sources.setapart import set_apart

SEED = next((Path(__file__).parents[1] / "seeds").glob("belarus*.txt"))


def kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind, text[block.start : block.end]) for block in set_apart(text, blocks(text))]


def test_the_seed_has_three_headings_and_a_comment_form() -> None:
    found = kinds(SEED.read_bytes().decode("utf-8"))
    assert [said for kind, said in found if kind == "heading"] == [
        "Industrial Cooperation – The Backbone and the Bruises",
        "Technological and Scientific Partnership – Brains and Brawn",
        "The Political Web and the Chinese Connection",
    ]
    assert [said for kind, said in found if kind == "residue"] == ["发表回复"]
    assert len([kind for kind, _ in found if kind == "paragraph"]) == 12


def test_a_news_page_that_was_copied_whole() -> None:
    text = """Home
World
Business
Kazakhstan signs uranium supply deal with France
By Anna Petrova
Share
ASTANA, July 11 - Kazakhstan has agreed to supply uranium to France, the two governments said on Friday.
A market in Astana. [File: Pavel Mikheyev/Reuters]
Deal under scrutiny
Opposition lawmakers asked why the price was not made public.
Related articles
Uzbekistan opens new gas field
Leave a Reply
Great article! I think that uranium is bad.
"""
    content = [said for kind, said in kinds(text) if kind not in ("residue", "heading")]
    assert [said[:10] for said in content] == ["ASTANA, Ju", "Opposition"]
    assert [said for kind, said in kinds(text) if kind == "heading"] == [
        "Kazakhstan signs uranium supply deal with France",
        "Deal under scrutiny",
    ]


def test_a_caption_that_ran_into_a_paragraph_is_cut_off() -> None:
    text = "Exports rose. Prices fell. U.S. Grain Exports, Fiscal Years 2018–2023\n\nThe ministry said so."
    assert kinds(text)[:2] == [
        ("paragraph", "Exports rose. Prices fell."),
        ("residue", "U.S. Grain Exports, Fiscal Years 2018–2023"),
    ]


def test_a_number_left_by_a_page_break_is_cut_off() -> None:
    assert kinds("2021. During that time, exports rose by a third.")[0] == ("residue", "2021.")


def test_a_sentence_that_a_page_break_cut_stays_content() -> None:
    text = "Among the states with data, ten reported a rise since October\n\nand twelve reported a fall."
    assert [kind for kind, _ in kinds(text)] == ["paragraph", "paragraph"]


@pytest.mark.parametrize(
    "first",
    [
        "Are we safe from another economic crash?",
        "After months of talks the two ministries sign a plan for new mines, new roads and a joint bank in the north",
        "The north is cut off by floods; 20 districts hit.\n11 July 2025",
        "The north is cut off by floods; 20 districts hit.\nBy Anna Petrova",
    ],
)
def test_the_first_line_is_the_title_where_its_shape_or_what_is_below_it_shows_that(first: str) -> None:
    found = kinds(f"{first}\n\nThe minister said that exports rose by a third.\n\nPrices fell in May.")
    assert found[0] == ("heading", first.split("\n")[0])
    assert [kind for kind, _ in found].count("paragraph") == 2


def test_a_first_sentence_is_content() -> None:
    assert kinds("The north is cut off by floods.\n\nThe minister said that exports rose.")[0][0] == "paragraph"


def test_comments_do_not_begin_before_the_middle() -> None:
    text = "Leave a comment\n" + "The minister said that exports rose by a third.\n" * 5
    assert [kind for kind, _ in kinds(text)] == ["residue"] + ["paragraph"] * 5


ARTICLE = """Audit finds that rules are not kept

The office said on Monday that 40 agencies do not keep the rules on passwords. It had warned them twice.

The agencies answered that they lack staff, and that the rules changed in May and in June.
"""
RELATED = """
RELATED COVERAGE

Office finds that two agencies reported wrongly

The report shows that two agencies did not report what they had done.

New rules align the levels of maturity
"""


def test_lines_that_lead_to_other_pages_are_residue_to_the_end() -> None:
    kept = [said for kind, said in kinds(ARTICLE + RELATED) if kind == "paragraph"]
    assert len(kept) == 2 and all("agencies" in said for said in kept)


def test_text_that_goes_on_after_a_box_of_related_articles_is_kept() -> None:
    more = "\nThe minister promised more staff for the agencies. Parliament will vote on the money in July.\n"
    kept = [said for kind, said in kinds(ARTICLE + RELATED + more) if kind == "paragraph"]
    assert any("The minister promised" in said for said in kept)


def test_lists_and_digests_under_such_a_heading_stay_content() -> None:
    more = "- Raise the tax on fuel by 5% from January 2027\n- Close the coal plant at Lubin by 2028\n"
    for heading in ("Recommended", "Related articles"):
        assert [kind for kind, _ in kinds(f"{ARTICLE}\n{heading}\n\n{more}")].count("list-item") == 2


def test_a_note_at_the_foot_of_a_page_is_residue() -> None:
    note = "1 The discussion reflects what was known. The data are the office's."
    text = f"Prices rose in May.1 They fell later.\n\n{note}\n\nPage 1 of 8\n\nThey fell in June."
    assert [kind for kind, _ in kinds(text)] == ["paragraph", "residue", "residue", "paragraph"]
    soldiers = "12 French soldiers were killed on Sunday near the town, the army said."
    assert ("paragraph", soldiers) in kinds(f"The army fights in the north.\n\n{soldiers}\n\n3\n\nIt sent more men.")


def test_short_lines_that_are_a_list_stay_content() -> None:
    text = "Exports up five per cent\nImports down three per cent\nDeficit halved in a year\nDebt at a record low"
    assert {kind for kind, _ in kinds(text)} == {"paragraph"}


def test_a_numbered_heading_is_no_list_item() -> None:
    text = "1. Exports\n\nExports rose by a third.\n\n1. one thing\n2. another thing\n"
    assert [kind for kind, _ in kinds(text)] == ["heading", "paragraph", "list-item", "list-item"]


def test_a_document_of_one_line_keeps_it() -> None:
    assert kinds("Exports rose") == [("paragraph", "Exports rose")]


@given(st.text(alphabet=st.sampled_from("aA1.?! \n\t-#*|>:发。\r\f"), max_size=300))
def test_blocks_stay_in_order_and_inside_the_text(text: str) -> None:
    last = 0
    for block in set_apart(text, blocks(text)):
        assert last <= block.start < block.end <= len(text)
        last = block.end


@given(st.text(alphabet=st.sampled_from("aA1.?! \nBy发。"), max_size=200))
def test_nothing_is_lost(text: str) -> None:
    """Cutting a paragraph drops spaces only."""
    before = sum(len(text[block.start : block.end].split()) for block in blocks(text))
    apart = set_apart(text, blocks(text))
    assert "".join(text[block.start : block.end] for block in apart).split() or not before
    squeezed = "".join("".join(text[block.start : block.end].split()) for block in apart)
    assert squeezed == "".join("".join(text[block.start : block.end].split()) for block in blocks(text))


def test_no_blocks_are_none() -> None:
    assert set_apart("", ()) == ()
    assert set_apart("12", (Block("paragraph", 0, 2),)) == (Block("residue", 0, 2),)
