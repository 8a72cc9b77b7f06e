"""Items with heights -> the choice that fills its pages: greedy by priority, wordings before omissions.

The first items get their wanted wording as long as these take no more than the edition's lead share; then every
item gets its shortest wording, in order of priority, while it fits; then what room is left goes into longer
wordings, again in order of priority. An item is only ever left out because of items that rank above it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from math import inf
from typing import Protocol

from briefgen.layout.engine import Box, Boxes

# How far down its section an item stands, in steps: the fifth risk counts like the eighth finding.
_STEP = {"summary": 0.5, "findings": 1.0, "risks": 1.6, "questions": 2.0}
# At a page's edge the engine asks for the padding under the last line twice: of list items, of entries in the annex,
# of notes; not of table rows. As base.css has them, in pixels.
_LIST, _ENTRY, _NOTE = 4.8, 3.5, 3.1
_SLACK = 0.5
# Boxes of a template that sets columns, in a box "columns".
COLUMNS = ("main", "side")
Choice = dict[str, str]
# A box on the page whose presence follows an item: (its id, the item, the wording or None, the section).
RowId = tuple[str, str, str | None, str]


class Candidate(Protocol):
    """An item with its section, its rank there (from 0) and its wordings, the wanted one first."""

    @property
    def id(self) -> str: ...
    @property
    def section(self) -> str: ...
    @property
    def rank(self) -> int: ...
    @property
    def wordings(self) -> Sequence[str]: ...


def by_importance(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One order over all sections, the item that is kept longest first."""
    return sorted(candidates, key=lambda each: (_STEP[each.section] * (each.rank + 1), each.section, each.id))


@dataclass(frozen=True)
class Row:
    """Something on the page, and what brings it there.

    With an item: that item in this wording, or in any where there is none. Without: any item of the section, or,
    without a section, nothing; it is always there. What `breaks` may run over the edge of a page.
    """

    height: float
    section: str = ""
    item: str = ""
    wording: str | None = None
    gap: float = 0.0
    breaks: bool = False

    def stands(self, choice: Mapping[str, str], sections: set[str]) -> bool:
        """Whether it is on the page when these items, of these sections, are."""
        if self.item:
            wording = choice.get(self.item)
            return wording is not None and (self.wording is None or self.wording == wording)
        return not self.section or self.section in sections

    def edge(self, head: float) -> float:
        """What it needs at a page's edge besides its height; a row under a `head` is one of a table."""
        if not self.item:
            return _NOTE
        if not self.wording:
            return _ENTRY
        return 0.0 if head else _LIST


@dataclass
class Flow:
    """Rows that stand one below the other: a column, what is above or below the columns, or the whole text.

    `heads` is what stands above the first row of a section, `repeated` what a table says again on each new page;
    `correction` is what laying out showed that the rows do not.
    """

    name: str = ""
    rows: list[Row] = field(default_factory=list)
    heads: dict[str, float] = field(default_factory=dict)
    repeated: dict[str, float] = field(default_factory=dict)
    correction: float = 0.0

    def end(self, choice: Mapping[str, str], sections: set[str], start: float, room: float) -> float:
        """Where the flow ends when it starts at `start`; infinite when a row is taller than a page."""
        position, seen = start, set[str]()
        for row in self.corrected:
            if row.stands(choice, sections):
                again = row.section in seen or not row.item
                block = row.height + (row.gap if again else self.heads[row.section])
                head = self.repeated.get(row.section, 0.0)
                position = _after(position, block, row, head, room, again)
                if row.item:
                    seen.add(row.section)
        return position

    @property
    def corrected(self) -> list[Row]:
        """The rows, with the correction before what stands below the last item: there the estimates are."""
        tail = 1 + max((at for at, row in enumerate(self.rows) if row.item), default=-1)
        return [*self.rows[:tail], Row(self.correction, breaks=True), *self.rows[tail:]]

    def taken(self, choice: Mapping[str, str]) -> float:
        """The height of the rows of all chosen items."""
        return sum(row.height for row in self.rows if row.item and row.stands(choice, set()))


def _after(position: float, block: float, row: Row, head: float, room: float, again: bool) -> float:
    """Where a row ends; one that would cross a page edge starts the next page, its heading with it.

    `block` is its height with what stands above it, `head` what its table says `again` there.
    """
    if position == inf:
        return inf
    left, needed = room - position % room, block + row.edge(head)
    if needed <= left or row.breaks:
        return position + block
    head = head if again else 0.0
    return position + left + head + block if head + needed <= room else inf


@dataclass
class Plan:
    """What a catalogue showed: enough to tell how many real pages a choice takes.

    `before` and `after` frame the columns; where there are none, the whole text is one column.
    """

    before: Flow
    columns: list[Flow]
    after: Flow
    room: float
    pages: int
    sections: Mapping[str, str]

    @property
    def flows(self) -> list[Flow]:
        return [self.before, *self.columns, self.after]

    @property
    def total(self) -> float:
        return self.pages * self.room

    @cached_property
    def heights(self) -> dict[tuple[str, str], float]:
        """The height of every item in every wording that was measured."""
        return {(row.item, row.wording): row.height for flow in self.flows for row in flow.rows if row.wording}

    def shortest(self, item: str, wordings: Sequence[str]) -> str:
        """The wording that takes least room: the last one as a rule, but nobody makes a writer keep to it."""
        return min(wordings, key=lambda name: self.heights.get((item, name), inf))

    def ends(self, choice: Mapping[str, str]) -> list[float]:
        """Where each flow ends, whole pages before the last one counted with their room."""
        sections = {self.sections[item] for item in choice}
        top = self.before.end(choice, sections, 0.0, self.room)
        columns = [flow.end(choice, sections, top, self.room) for flow in self.columns]
        return [top, *columns, self.after.end(choice, sections, max(columns, default=top), self.room)]

    def used(self, choice: Mapping[str, str]) -> float:
        """The height that `choice` takes."""
        return self.ends(choice)[-1]

    def fits(self, choice: Mapping[str, str]) -> bool:
        return self.used(choice) <= self.total - _SLACK

    @cached_property
    def homes(self) -> dict[str, Flow]:
        """The flow that each item is in."""
        return {row.item: flow for flow in reversed(self.flows) for row in flow.rows if row.item}

    @property
    def space(self) -> float:
        """The height that is left for rows."""
        return max(self.total - self.used({}), 1.0)

    def learned(self, choice: Mapping[str, str], real: Boxes) -> tuple[Plan, float]:
        """A plan with the real heights of the rows of `choice`, and by what share ours were off on the whole."""
        off = total = 0.0
        flows = []
        for flow in self.flows:
            rows = []
            for row in flow.rows:
                height = row.height
                if row.item and row.stands(choice, set()):
                    height = real.height(row.item if row.wording else f"evidence-{row.item}") or 0.0
                    off, total = off + abs(height - row.height), total + height
                rows.append(replace(row, height=height))
            flows.append(replace(flow, rows=rows))
        before, *columns, after = flows
        return replace(self, before=before, columns=columns, after=after), off / max(total, 1.0)

    def correct(self, choice: Mapping[str, str], real: Mapping[str, float]) -> None:
        """Make the plan agree with where the flows of `choice`, by name, really ended."""
        for number, flow in enumerate(self.flows):
            if flow.name in real:
                flow.correction += real[flow.name] - self.ends(choice)[number]


def select(candidates: Sequence[Candidate], plan: Plan, lead: float, start: Choice | None = None) -> Choice:
    """The fullest choice that fits the plan; see the module's first lines for the rule. What `start` has stays."""
    wordings = {each.id: [name for name in each.wordings if (each.id, name) in plan.heights] for each in candidates}
    order = [each.id for each in by_importance(candidates) if wordings[each.id]]
    choice, most = dict(start or {}), lead * plan.space
    for item in (each for each in order if each not in choice):
        names = wordings[item]
        with_best, with_least = choice | {item: names[0]}, choice | {item: plan.shortest(item, names)}
        if plan.homes[item].taken(with_best) <= most and plan.fits(with_best):
            choice = with_best
        elif plan.fits(with_least):
            choice = with_least
    return _lengthened(order, wordings, plan, choice)


def _lengthened(order: Sequence[str], wordings: Mapping[str, list[str]], plan: Plan, choice: Choice) -> Choice:
    for item in order:
        names = wordings[item]
        for name in names[: names.index(choice[item])] if item in choice else ():
            if plan.fits(longer := choice | {item: name}):
                choice = longer
                break
    return choice


def plan(laid: Boxes, rows: Sequence[RowId], room: float, top: float, pages: int) -> Plan:
    """Read a catalogue's layout; `room` is the content height of a page, `top` where it starts."""
    columns, end = laid.box("columns"), laid.box("end")
    bottom = end.top if end else max(box.bottom for boxes in laid.boxes.values() for box in boxes)
    frames = {name: box for name in COLUMNS if columns and (box := laid.box(name))}
    whole = Box(0, 0, top, inf, bottom)
    if not columns or not frames:
        columns, frames = whole, {"whole": whole}
    frames = {"before": replace(whole, bottom=columns.top), **frames, "after": replace(whole, top=columns.bottom)}
    before, *flows, after = (_flow(laid, rows, name, frame, room) for name, frame in frames.items())
    return Plan(before, flows, after, room, pages, {item: section for _, item, name, section in rows if name})


def _flow(laid: Boxes, rows: Sequence[RowId], name: str, frame: Box, room: float) -> Flow:
    """The rows inside `frame` in order, and what stands between them as rows that are always there."""
    flow, position = Flow(name), frame.top
    for box, (_, item, wording, section) in _placed(laid, rows, frame):
        start = position if item and section in flow.heads else box.top
        if item and section not in flow.heads:
            start = _section_top(laid, section, frame, box)
            flow.heads[section], flow.repeated[section] = box.top - start, laid.height(f"{section}-columns") or 0.0
        flow.rows += _always(laid, position, start, room)
        gap, breaks = max(box.top - start, 0.0), wording is None and box.height > room
        flow.rows.append(Row(box.height, section, item, wording, gap, breaks))
        position = max(position, box.bottom)
    flow.rows += _always(laid, position, frame.bottom, room)
    return flow


def _always(laid: Boxes, start: float, end: float, room: float) -> list[Row]:
    """What stands between `start` and `end` whatever is chosen; pages may break before anything with an id."""
    named = [name for name in laid.boxes if not name.endswith("-head")] if end > start else []
    tops = {box.top for name in named for box in laid.boxes[name]}
    edges = [start, *sorted(top for top in tops if start < top < end), end]
    heights = (below - above for above, below in pairwise(edges))
    return [Row(height, breaks=height > room) for height in heights if height > 0]


def _section_top(laid: Boxes, section: str, frame: Box, first: Box) -> float:
    """Where a section begins: what lies between and its first row comes and goes with its rows."""
    box = laid.box(section)
    return box.top if box and frame.holds(box) and box.top <= first.top else first.top


def _placed(laid: Boxes, rows: Sequence[RowId], frame: Box) -> list[tuple[Box, RowId]]:
    """Every row in `frame` with its box, from top to bottom.

    A matrix that stands alone is there when any risk is; beside the change of view it is one block with that.
    """
    found = [(box, row) for row in rows if (box := laid.box(row[0])) and frame.holds(box)]
    matrix, beside = laid.box("matrix"), laid.box("change-view")
    alone = matrix and not (beside and beside.top < matrix.bottom - _SLACK and matrix.top < beside.bottom - _SLACK)
    if matrix and alone and frame.holds(matrix):
        found.append((matrix, ("matrix", "", None, "risks")))
    return sorted(found, key=lambda pair: pair[0].top)
