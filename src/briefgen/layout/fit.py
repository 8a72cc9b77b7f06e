"""An edition's candidates -> the pages that hold the best choice of them within the page budget.

Sketch every wording from font metrics, choose by the heights of the sketch, lay out the choice on real pages, correct
where these disagree. Only where the sketch is far off, as with style sheets that declare no measures, a catalogue of
what may be chosen is laid out on one endless page. One layout or two as a rule, four at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Protocol

from briefgen.errors import BriefgenError, Diagnostic
from briefgen.layout.blame import hidden_by
from briefgen.layout.copyfit import COLUMNS, Candidate, Choice, Plan, RowId, by_importance, plan, select
from briefgen.layout.engine import Box, Boxes, Engine, Geometry, Laid, Resources, Sheet, geometry
from briefgen.layout.sketch import Sketcher

MAX_LAYOUTS = 4
# A page as full as this is not laid out again for a line more.
FULL = 0.94
ENDLESS = "100000mm"
# How much more than the pages can hold is laid out in the catalogue, in case the prediction is off.
_PLENTY = 1.5
# What is predicted to be this much of a page high fits no page.
_TALLEST = 1.1
# How much of a page the last of all tries gives away, so as not to fail for a few lines.
_SPARE = 0.08
# What stands on the page whatever is chosen, by its id.
PARTS = ("masthead", "bottom-line", "change-view", "sources")
# How far off, on the whole, the heights of rows may be for a sketch to be of use.
_OFF = 0.08
# Rows may be lower than they are at least by this: measures are rounded.
_LOW = 0.6
# What a row is taken to be high of which nothing is known.
_UNKNOWN = 26.0


class Drawn(Protocol):
    """HTML to lay out, with its style sheets and their variables."""

    @property
    def html(self) -> str: ...
    @property
    def sheets(self) -> Sequence[Sheet]: ...
    @property
    def variables(self) -> Mapping[str, str]: ...


Pairs = list[tuple[str, str]]
Sizes = Mapping[tuple[str, str], float]
# Draws the chosen (item, wording) pairs; as a catalogue, with these style sheet variables put over the sheets' own.
Draw = Callable[[Pairs, bool, Mapping[str, str]], Drawn]


class OversetError(BriefgenError):
    """The text does not fit its pages even at its shortest."""


class HiddenError(BriefgenError):
    """The template draws an item, and a style sheet gives it no place on any page."""


@dataclass(frozen=True)
class Order:
    """What is asked for: the items in reading order with the text of each wording, and the pages they may fill."""

    candidates: Sequence[Candidate]
    texts: Mapping[tuple[str, str], str]
    pages: int
    lead: float
    # Without any one of these the edition would be pointless: the first finding, say.
    must: Sequence[str]


@dataclass(frozen=True)
class Fitted:
    """Pages that fit, the choice they show, and the height that each row has at least where nothing constrains it."""

    laid: Laid
    drawn: Drawn
    choice: Choice
    geometry: Geometry
    free_heights: Mapping[tuple[str, str], float]
    layouts: int

    @property
    def fill(self) -> float:
        """The share of the last page's content height that is used."""
        return last_used(self.laid, self.geometry) / self.geometry.room


def fit(engine: Engine, resources: Resources, draw: Draw, order: Order) -> Fitted:
    """Choose and lay out; raises `OversetError` naming what must go when even the least does not fit."""
    return _Fit(engine, resources, draw, order).fitted()


@dataclass
class _Fit:
    """One edition on its way to its pages."""

    engine: Engine
    resources: Resources
    draw: Draw
    order: Order
    layouts: int = 0
    # What the catalogue showed; empty as long as a sketch does.
    heights: dict[tuple[str, str], float] = field(default_factory=dict)
    page: Geometry = field(init=False)
    columns: int = field(init=False)
    sketch: Boxes = field(init=False)

    def fitted(self) -> Fitted:
        """Settle by the sketch if it knows the height of every row, else by the catalogue."""
        pairs = [(each.id, name) for each in self.order.candidates for name in each.wordings]
        drawn = self.draw(pairs, True, {})
        self.page = geometry(drawn.variables)
        self.columns = 2 if "--side" in drawn.variables else 1
        self.sketch = Sketcher(drawn.variables, self.resources).sketch(drawn.html, self.page.top)
        sizes = [self.sketch.height("--".join(pair)) for pair in pairs]
        found = self.plan(self.sketch) if all(sizes) else self.measured()
        return self.proved(self.settled(found))

    def plan(self, boxes: Boxes) -> Plan:
        return plan(boxes, _rows(self.order), self.page.room, self.page.top, self.order.pages)

    def measured(self) -> Plan:
        """By the catalogue; by a second one, of all that fits a page, where the first was short of items after all."""
        sizes = _predicted(self.order, self.sketch, self.page.room)
        pairs = _worth_measuring(self.order, sizes, self.page.room * self.columns)
        found = self.catalogue(pairs)
        return self.catalogue(list(sizes)) if _short(self.order, found, sizes, pairs) else found

    def catalogue(self, pairs: Pairs) -> Plan:
        """The height of every wording in `pairs`, from one endless page."""
        drawn, laid = self.lay_out(pairs, True, {"--page-height": ENDLESS})
        _require_boxes(laid, drawn, pairs)
        named = {pair: laid.height("--".join(pair)) for pair in pairs}
        self.heights = {pair: height for pair, height in named.items() if height is not None}
        return self.plan(laid)

    def settled(self, found: Plan) -> Fitted:
        """Lay out the choice; where the pages disagree with the plan, correct the plan and choose again."""
        best: Fitted | None = None
        choice = self.chosen(found)
        while best is None or _better(self.order, found, best.choice, choice):
            fitted = self.tried(choice)
            fits = fitted.laid.pages <= self.order.pages
            best = fitted if fits else best
            hopeless = not fits and choice == self.least(found)
            if self.layouts >= MAX_LAYOUTS or (hopeless and self.heights):
                break
            found = self.corrected(found, fitted, hopeless)
            if best is None and self.layouts == MAX_LAYOUTS - 1:
                found.after.correction += _SPARE * found.room
            choice = self.chosen(found, best)
        if best is None:
            raise _overset(self.order, found, choice, fitted.laid)
        return replace(best, layouts=self.layouts)

    def corrected(self, found: Plan, fitted: Fitted, hopeless: bool) -> Plan:
        """The plan with what the pages showed; a catalogue instead of a sketch that is far off."""
        found, off = found.learned(fitted.choice, fitted.laid)
        if not self.heights and (hopeless or off > _OFF):
            return self.measured()
        found.correct(fitted.choice, _ends(fitted))
        return found

    def proved(self, fitted: Fitted) -> Fitted:
        """With the height of every row that a catalogue showed; or what is sure to be its least, and where it is less
        than that, measured."""
        if self.heights:
            return fitted
        least = Sketcher(fitted.drawn.variables, self.resources, least=True).sketch(fitted.drawn.html)
        heights = {pair: least.height(pair[0]) or 0.0 for pair in fitted.choice.items()}
        low = [pair for pair, size in heights.items() if (fitted.laid.height(pair[0]) or 0.0) < size - _LOW]
        if low:
            self.catalogue(low)
        return replace(fitted, free_heights=heights | self.heights, layouts=self.layouts)

    def chosen(self, found: Plan, best: Fitted | None = None) -> Choice:
        """The choice anew, or what can be added to the best one that fits; at least what must be there."""
        choice = select(self.order.candidates, found, self.order.lead)
        if best and not _better(self.order, found, best.choice, choice):
            choice = select(self.order.candidates, found, self.order.lead, best.choice)
        return choice if choice.keys() >= set(self.order.must) else self.least(found)

    def least(self, found: Plan) -> Choice:
        """What must be there, at its shortest: only when the real pages do not hold this, nothing will do."""
        must = (each for each in self.order.candidates if each.id in self.order.must)
        return {each.id: found.shortest(each.id, each.wordings) for each in must}

    def tried(self, choice: Choice) -> Fitted:
        """The choice on real pages, whether it fits or not."""
        pairs = [(each.id, choice[each.id]) for each in self.order.candidates if each.id in choice]
        drawn, laid = self.lay_out(pairs, False, {})
        return Fitted(laid, drawn, choice, geometry(drawn.variables), self.heights, self.layouts)

    def lay_out(self, pairs: Pairs, catalogue: bool, variables: Mapping[str, str]) -> tuple[Drawn, Laid]:
        self.layouts += 1
        drawn = self.draw(pairs, catalogue, variables)
        return drawn, self.engine.lay_out(drawn.html, drawn.sheets, self.resources)


def _require_boxes(laid: Laid, drawn: Drawn, pairs: Pairs) -> None:
    """What is drawn has a height: an item without one would count as left out for its length."""
    rows = {f"{item}--{name}": item for item, name in pairs}
    gone = {item: row for row, item in rows.items() if f'id="{row}"' in drawn.html and row not in laid.boxes}
    told = [
        Diagnostic("error", f"lost on the page: '{item}': it is not on any page", hint=where(row, drawn))
        for item, row in gone.items()
    ]
    if told:
        raise HiddenError(*told)


def where(name: str, drawn: Drawn) -> str:
    """Where to look for what hides the element with the id `name`."""
    rule = hidden_by(name, drawn.html, drawn.sheets)
    return f"hidden by {rule}" if rule else "look at the templates and style sheets that override the built-in ones"


def _predicted(order: Order, sketch: Boxes, room: float) -> Sizes:
    """The height of every wording as font metrics predict it, in reading order.

    One taller than a page is never chosen and left out here; but what must be there is measured, to tell how much
    too tall it is, and so is what the style sheets declare nothing of.
    """
    found = {}
    for each in order.candidates:
        for name in each.wordings:
            size = sketch.height(f"{each.id}--{name}")
            if not size or size <= _TALLEST * room or each.id in order.must:
                found[each.id, name] = size or _UNKNOWN
    return found


def _worth_measuring(order: Order, sizes: Sizes, room: float) -> Pairs:
    """The wordings that stand a chance, in reading order; `room` is that of all columns of a page."""
    least = best = 0.0
    wanted: set[tuple[str, str]] = set()
    for each in by_importance(order.candidates):
        known = [(each.id, name) for name in each.wordings if (each.id, name) in sizes]
        if known and least <= _PLENTY * order.pages * room:
            wanted |= set(known if best <= _PLENTY * order.pages * room else known[-1:])
            least, best = least + sizes[known[-1]], best + sizes[known[0]]
    return [pair for pair in sizes if pair in wanted]


def _short(order: Order, found: Plan, sizes: Sizes, pairs: Pairs) -> bool:
    """Whether what was not measured might fit: room is left, or all that was measured of a section is kept."""
    if len(pairs) == len(sizes):
        return False
    choice = select(order.candidates, found, order.lead)
    measured, possible = ({item for item, _ in some} for some in (pairs, sizes))
    unknown = {each.section for each in order.candidates if each.id in possible - measured}
    left_out = {each.section for each in order.candidates if each.id in measured - choice.keys()}
    return found.used(choice) < FULL * found.total or bool(unknown - left_out)


def _rows(order: Order) -> list[RowId]:
    """Every box whose presence follows an item: its row in each wording, its entry in the annex."""
    rows: list[RowId] = []
    for each in order.candidates:
        rows += [(f"{each.id}--{name}", each.id, name, each.section) for name in each.wordings]
        rows.append((f"evidence-{each.id}", each.id, None, "evidence"))
    return rows


def _better(order: Order, found: Plan, old: Choice, new: Choice) -> bool:
    """Whether another layout is worth its time: more important items instead of others, or clearly more text."""
    changed = [each.id in new for each in by_importance(order.candidates) if (each.id in new) != (each.id in old)]
    if not all(changed):
        return changed[0]
    grown = max(after - before for before, after in zip(found.ends(old), found.ends(new), strict=True))
    return grown > (1 - FULL) * found.room


def _ends(fitted: Fitted) -> dict[str, float]:
    """Where each flow of the plan really ended, whole pages before the last one counted with their room."""
    page, boxes = fitted.geometry, fitted.laid.boxes

    def place(box: Box, edge: float) -> float:
        return box.page * page.room + edge - page.top

    total = (fitted.laid.pages - 1) * page.room + last_used(fitted.laid, page)
    ends = {"whole": total, "after": total}
    if "columns" in boxes:
        first = boxes["columns"][0]
        ends |= {"before": place(first, first.top)}
        ends |= {name: place(boxes[name][-1], boxes[name][-1].bottom) for name in COLUMNS if name in boxes}
    return ends


def last_used(laid: Laid, page: Geometry) -> float:
    """Pixels of the last page that content takes, down to the end mark."""
    end = laid.box("end")
    if end is None or end.page != laid.pages - 1:
        bottoms = [b.bottom for boxes in laid.boxes.values() for b in boxes if b.page == laid.pages - 1]
        return max((bottom for bottom in bottoms if bottom <= page.height), default=page.top) - page.top
    return end.top - page.top


def _overset(order: Order, found: Plan, least: Choice, laid: Laid) -> OversetError:
    """What would have to go: how much too long the rest is without, and with, what must be there."""
    pages = "1 page" if order.pages == 1 else f"{order.pages} pages"
    needed = found.used({}) - found.total
    if needed > 0 or not least:
        name, height = max(((name, laid.height(name) or 0.0) for name in PARTS), key=lambda part: part[1])
        message = f"overset: title, bottom line and notes alone are {_mm(max(needed, 1))} mm too long for {pages}"
        hint = f"shorten them; '{name}' takes most, {_mm(height)} mm"
        return OversetError(Diagnostic("error", message, hint=hint))
    hint = "give it a headline, or a shorter text"
    return OversetError(
        *(Diagnostic("error", f"overset: {_too_long(found, least, name, pages)}", hint=hint) for name in least)
    )


def _too_long(found: Plan, least: Choice, name: str, pages: str) -> str:
    height = max(row.height for flow in found.flows for row in flow.rows if row.item == name)
    if height > found.room:
        return f"'{name}' is {_mm(height)} mm high even at its shortest, and a page holds {_mm(found.room)} mm"
    over = max(found.used(least) - found.total, 1)
    return f"'{name}' does not fit {pages} even at its shortest ({_mm(over)} mm too long)"


def _mm(size: float) -> str:
    return f"{ceil(size * 25.4 / 96)}"
