"""The choice of items and wordings: it fits, it is full, and nothing important is traded for trifles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefgen.layout.copyfit import Choice, Flow, Plan, Row, by_importance, plan, select
from briefgen.layout.engine import Box

ROOM = 960.0
SECTIONS = ("summary", "findings", "risks", "questions")


@dataclass(frozen=True)
class Item:
    id: str
    section: str
    rank: int
    wordings: tuple[str, ...]


def item_of(section: str, rank: int, heights: Mapping[str, float]) -> tuple[Item, list[Row]]:
    name = f"{section}-{rank}"
    rows = [Row(height, section, name, wording) for wording, height in heights.items()]
    return Item(name, section, rank, tuple(heights)), rows


def plan_of(rows: list[Row], pages: int = 1, columns: int = 1, furniture: float = 100.0) -> Plan:
    """Rows dealt to columns by section, under a masthead, above a source note."""
    parts: list[list[Row]] = [[] for _ in range(columns)]
    for row in rows:
        parts[SECTIONS.index(row.section) // 3 % columns].append(row)
    # A heading moves to the next page with its first row: then, and only then, can more rows take less room.
    heads = dict.fromkeys(SECTIONS, 40.0 if pages == 1 else 0.0)
    flows = [Flow(name, part, heads) for name, part in zip(("main", "side"), parts, strict=False)]
    sections = {row.item: row.section for row in rows}
    return Plan(Flow("before", [Row(furniture)]), flows, Flow("after", [Row(60.0)]), ROOM, pages, sections)


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[Item], Plan]:
    height = st.floats(10, 1100)
    items, rows = [], []
    for section in SECTIONS:
        for rank in range(draw(st.integers(0, 12))):
            shortest = draw(height)
            heights = {"text": shortest + draw(st.floats(0, 300)), "headline": shortest}
            item, its = item_of(section, rank, heights if draw(st.booleans()) else {"text": shortest})
            items.append(item)
            rows += its
    return items, plan_of(rows, draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.floats(0, 800)))


LEADS = st.sampled_from((0.0, 0.5, 1.0))


@given(problems(), LEADS)
def test_what_is_chosen_fits(problem: tuple[list[Item], Plan], lead: float) -> None:
    items, found = problem
    choice = select(items, found, lead)
    assert not choice or found.fits(choice)
    assert all(choice[each.id] in each.wordings for each in items if each.id in choice)


@given(problems(), LEADS)
def test_no_room_is_left_that_an_item_or_a_longer_wording_would_fill(
    problem: tuple[list[Item], Plan], lead: float
) -> None:
    items, found = problem
    choice = select(items, found, lead)
    for each in items:
        better = each.wordings if each.id not in choice else each.wordings[: each.wordings.index(choice[each.id])]
        assert not any(found.fits(choice | {each.id: name}) for name in better)


@given(problems(), LEADS)
def test_a_high_priority_is_never_traded_for_several_low_ones(problem: tuple[list[Item], Plan], lead: float) -> None:
    items, found = problem
    choice = select(items, found, lead)
    ranks = {each.id: each for each in items}
    for each in items:
        if each.id in choice:
            continue
        above = {
            name: wording
            for name, wording in choice.items()
            if ranks[name].section != each.section or ranks[name].rank < each.rank
        }
        assert not found.fits(above | {each.id: each.wordings[-1]})


@given(problems(), LEADS, st.randoms())
def test_the_order_of_the_input_changes_nothing(problem: tuple[list[Item], Plan], lead: float, chance: Random) -> None:
    items, found = problem
    shuffled = chance.sample(items, len(items))
    assert select(shuffled, found, lead) == select(items, found, lead)
    assert by_importance(shuffled) == by_importance(items)


@given(problems())
def test_more_pages_keep_the_first_items_no_worse(problem: tuple[list[Item], Plan]) -> None:
    items, found = problem

    def unbroken(choice: Choice) -> int:
        left_out = [at for at, each in enumerate(by_importance(items)) if each.id not in choice]
        return left_out[0] if left_out else len(items)

    assert unbroken(select(items, replace(found, pages=found.pages + 1), 0.0)) >= unbroken(select(items, found, 0.0))


@given(problems(), st.data())
def test_what_fits_fits_without_any_of_its_items(problem: tuple[list[Item], Plan], data: st.DataObject) -> None:
    items, found = problem
    some = [each for each in items if data.draw(st.booleans())]
    choice = {each.id: each.wordings[-1] for each in some}
    for each in items:
        assert found.fits(choice) or not found.fits(choice | {each.id: each.wordings[0]})


def test_a_row_taller_than_a_page_is_never_chosen_though_pages_are_left() -> None:
    giant, rows = item_of("findings", 0, {"text": ROOM + 1})
    small, more = item_of("findings", 1, {"text": 30.0})
    assert select([giant, small], plan_of(rows + more, pages=8), 0.5) == {small.id: "text"}


def test_a_row_that_would_cross_a_page_edge_starts_the_next_page_under_the_repeated_head() -> None:
    first, rows = item_of("findings", 0, {"text": 600.0})
    second, more = item_of("findings", 1, {"text": 400.0})
    found = plan_of(rows + more, pages=2, furniture=0.0)
    found.columns[0].repeated["findings"] = 20.0
    assert found.ends({first.id: "text"})[1] == 600.0
    assert found.ends({first.id: "text", second.id: "text"})[1] == ROOM + 20 + 400


def test_the_first_items_are_long_the_rest_is_covered_then_lengthened() -> None:
    items, rows = zip(*(item_of("findings", n, {"text": 100.0, "headline": 20.0}) for n in range(30)), strict=True)
    choice = select(items, plan_of([row for its in rows for row in its]), 0.5)
    kept = [choice.get(each.id) for each in items]
    assert None not in kept[:21]
    assert kept[:4] == ["text"] * 4
    assert "text" not in kept[kept.index("headline") :]


def test_each_column_is_filled_for_itself() -> None:
    found, rows = zip(*(item_of("findings", n, {"text": 100.0}) for n in range(12)), strict=True)
    asked, more = zip(*(item_of("questions", n, {"text": 100.0}) for n in range(12)), strict=True)
    choice = select([*found, *asked], plan_of([row for its in rows + more for row in its], columns=2), 0.5)
    assert sum(each.id in choice for each in found) == sum(each.id in choice for each in asked) == 7


def test_a_correction_holds_for_its_own_column() -> None:
    one, rows = item_of("findings", 0, {"text": 100.0})
    two, more = item_of("questions", 0, {"text": 100.0})
    found, choice = plan_of(rows + more, columns=2), {one.id: "text", two.id: "text"}
    found.correct(choice, {"before": 110.0, "main": 250.0, "side": 300.0, "after": 355.0})
    assert found.ends(choice) == [110.0, 250.0, 300.0, 355.0]
    assert found.ends({one.id: "text"}) == [110.0, 250.0, 160.0, 305.0]


class Laid:
    """A layout of named boxes on one page, as the engine tells it; those with a q stand in the right column."""

    def __init__(self, **boxes: tuple[float, float]) -> None:
        self.boxes: dict[str, list[Box]] = {}
        for name, (top, bottom) in boxes.items():
            left, right = (52, 90) if name[0] == "q" or name == "side" else (10, 50)
            self.boxes[name.replace("_", "-")] = [Box(0, left, top, right, bottom)]

    def box(self, name: str) -> Box | None:
        return self.boxes[name][0] if name in self.boxes else None

    def height(self, name: str) -> float | None:
        return self.boxes[name][0].height if name in self.boxes else None


def read(laid: Any, *items: tuple[str, str], pages: int = 1) -> Plan:
    rows: list[Any] = [(f"{item}--text", item, "text", section) for item, section in items]
    rows += [(f"evidence-{item}", item, None, "evidence") for item, _ in items]
    return plan(laid, rows, ROOM, 0.0, pages)


ANNEX = {
    "masthead": (0, 100), "findings": (100, 220), "findings-columns": (120, 140), "a--text": (140, 180),
    "b--text": (180, 220), "risks": (220, 300), "r--text": (260, 300), "matrix": (300, 380), "sources": (380, 400),
    "evidence": (400, 520), "evidence-a": (430, 460), "evidence-b": (460, 490), "evidence-r": (490, 520),
    "end": (520, 520),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kept", "height"),
    [
        ("", 100 + 20),
        ("a", 100 + 40 + 40 + 20 + 30 + 30),
        ("ab", 100 + 40 + 80 + 20 + 30 + 60),
        ("r", 100 + 40 + 40 + 80 + 20 + 30 + 30),
        ("abr", 520),
    ],
)
def test_head_matrix_and_annex_come_and_go_with_their_items(kept: str, height: float) -> None:
    found = read(Laid(**ANNEX), ("a", "findings"), ("b", "findings"), ("r", "risks"))
    assert found.used(dict.fromkeys(kept, "text")) == pytest.approx(height)


def test_a_matrix_beside_the_change_of_view_is_one_block_with_it() -> None:
    found = read(Laid(**ANNEX, **{"change-view": (300, 350)}), ("a", "findings"), ("b", "findings"), ("r", "risks"))
    assert [row.height for row in found.columns[0].rows if not row.item and not row.section] == [100, 80, 20]


def test_what_is_above_and_below_the_columns_frames_them() -> None:
    laid = Laid(
        masthead=(0, 100), columns=(110, 300), main=(110, 300), side=(110, 250), findings=(110, 300),
        a__text=(150, 300), questions=(110, 200), q__text=(130, 200), sources=(320, 400), end=(400, 400),
    )  # fmt: skip
    found = read(laid, ("a", "findings"), ("q", "questions"))
    assert found.ends({"a": "text", "q": "text"}) == pytest.approx([110, 300, 250, 400])
    assert found.ends({}) == pytest.approx([110, 110, 160, 260])


def test_a_summary_above_the_columns_can_be_kept() -> None:
    laid = Laid(**{"sum--text": (60, 100)}, columns=(110, 300), main=(110, 300), a__text=(150, 300), end=(300, 300))
    found = read(laid, ("a", "findings"), ("sum", "summary"))
    assert set(select([Item("sum", "summary", 0, ("text",))], found, 0.5)) == {"sum"}
