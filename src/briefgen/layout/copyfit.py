"""Items with heights -> the choice that fills its pages: greedy by priority, wordings before omissions.

The first items get their wanted wording as long as these take no more than the edition's lead share; then every
item gets its shortest wording, in order of priority, while it fits; then what room is left goes into longer
wordings, again in order of priority. An item is only ever left out because of items that rank above it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from briefgen.layout.engine import Box, Laid

# How far down its section an item stands, in steps: the fifth risk counts like the eighth finding.
_STEP = {"summary": 0.5, "findings": 1.0, "risks": 1.6, "questions": 2.0}
_SLACK = 0.5
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
    """Something whose presence follows an item: its row (with a wording), or its entry in the annex (without)."""

    item: str
    wording: str | None
    section: str
    height: float
    gap: float


@dataclass
class Flow:
    """A column, or the whole text: its rows in order, and `tail`, what stands after the last of them.

    `heads` is what stands above the first row of a section, `repeated` what a table says again on each new page.
    """

    rows: list[Row]
    tail: float
    heads: dict[str, float] = field(default_factory=dict)
    repeated: dict[str, float] = field(default_factory=dict)

    def chosen(self, choice: Mapping[str, str]) -> list[tuple[float, float, float]]:
        """(gap, height, repeated head) of every row that `choice` prints; a section's first brings its heading."""
        found, seen = [], set()
        for row in self.rows:
            if choice.get(row.item) == row.wording or (row.wording is None and row.item in choice):
                again = row.section in seen
                gap = row.gap if again else self.heads[row.section]
                seen.add(row.section)
                found.append((gap, row.height, self.repeated.get(row.section, 0.0) if again else 0.0))
        return found


@dataclass
class Plan:
    """Where everything stood on one endless page: enough to tell how many real pages a choice takes.

    `above` and `below` frame the columns, where there are any, and `front` holds the rows above them; `correction`
    is what laying out really showed.
    """

    flows: list[Flow]
    above: float
    below: float
    room: float
    pages: int
    correction: float = 0.0
    front: Sequence[Row] = ()

    def used(self, choice: Mapping[str, str]) -> float:
        """The height that `choice` takes, whole pages before the last one counted with their room."""
        longest = max((self._flow(flow, choice) for flow in self.flows), default=0.0)
        return self._top(choice) + longest + self.below + self.correction

    def fits(self, choice: Mapping[str, str]) -> bool:
        return self.used(choice) <= self.pages * self.room - _SLACK

    def share(self, choice: Mapping[str, str]) -> float:
        """How much of the room for rows the rows take: the fullest column's share, 0 to 1 and over."""
        empty = [self._flow(flow, {}) for flow in self.flows]
        rows = [sum(height for _, height, _ in flow.chosen(choice)) for flow in self.flows]
        total = self.pages * self.room - self._top({}) - self.below
        return max((taken / max(total - tail, 1.0) for taken, tail in zip(rows, empty, strict=True)), default=0.0)

    def _top(self, choice: Mapping[str, str]) -> float:
        """What stands above the columns, with the rows there that `choice` prints."""
        rows = (row for row in self.front if choice.get(row.item) == row.wording)
        return self.above + sum(row.height + row.gap for row in rows)

    def _flow(self, flow: Flow, choice: Mapping[str, str]) -> float:
        """Height up to the end of the flow; a row that would cross a page edge starts the next page."""
        position = 0.0
        for gap, height, repeated in [*flow.chosen(choice), (0.0, flow.tail, 0.0)]:
            block = gap + height
            left = self.room - (position + self._top(choice)) % self.room
            if block > left and block < self.room:
                # A heading moves along with its first row.
                position += left + repeated
            position += block
        return position


def select(candidates: Sequence[Candidate], plan: Plan, lead: float) -> Choice:
    """The fullest choice that fits the plan; see the module's first lines for the rule."""
    order = by_importance(candidates)
    known = {(row.item, row.wording) for rows in (plan.front, *(flow.rows for flow in plan.flows)) for row in rows}
    wordings = {each.id: [name for name in each.wordings if (each.id, name) in known] for each in order}
    choice: Choice = {}
    for each in order:
        names = wordings[each.id]
        if not names:
            continue
        with_best, with_least = choice | {each.id: names[0]}, choice | {each.id: names[-1]}
        if plan.share(with_best) <= lead and plan.fits(with_best):
            choice = with_best
        elif plan.fits(with_least):
            choice = with_least
    return _lengthened(order, wordings, plan, choice)


def _lengthened(order: Sequence[Candidate], wordings: Mapping[str, list[str]], plan: Plan, choice: Choice) -> Choice:
    for each in order:
        if each.id not in choice:
            continue
        names = wordings[each.id]
        for name in names[: names.index(choice[each.id])]:
            if plan.fits(longer := choice | {each.id: name}):
                choice = longer
                break
    return choice


def plan(laid: Laid, rows: Sequence[RowId], room: float, top: float, pages: int) -> Plan:
    """Read a catalogue's layout; `room` is the content height of a page, `top` where it starts."""
    columns, end = laid.box("columns"), laid.box("end")
    bottom = end.top if end else max(box.bottom for boxes in laid.boxes.values() for box in boxes)
    frames = [box for name in ("main", "side") if (box := laid.box(name))] if columns else []
    if columns and frames:
        flows = [_flow(laid, rows, frame) for frame in frames]
        front = _front(laid, rows, Box(0, 0, top, 1e9, columns.top))
        above = columns.top - top - sum(row.height + row.gap for row in front)
        return Plan(flows, above, bottom - columns.bottom, room, pages, front=front)
    whole = Box(0, 0, top, 1e9, bottom)
    return Plan([_flow(laid, rows, whole)], 0.0, 0.0, room, pages)


def _front(laid: Laid, rows: Sequence[RowId], frame: Box) -> list[Row]:
    """The rows above the columns; what is above the first of them stays when they go."""
    found = _flow(laid, rows, frame).rows
    return [replace(row, gap=row.gap if at else 0.0) for at, row in enumerate(found)]


def _flow(laid: Laid, rows: Sequence[RowId], frame: Box) -> Flow:
    placed = [(box, row) for row in rows if (box := laid.box(row[0])) and frame.holds(box)]
    placed.sort(key=lambda pair: pair[0].top)
    found: list[Row] = []
    heads: dict[str, float] = {}
    position = frame.top
    for box, (_, item, wording, section) in placed:
        gap = max(box.top - position, 0.0)
        heads.setdefault(section, gap)
        found.append(Row(item, wording, section, box.height, gap))
        position = max(position, box.bottom)
    repeated = {section: laid.height(f"{section}-columns") or 0.0 for section in heads}
    return Flow(found, frame.bottom - position, heads, repeated)
