"""An edition's candidates -> the pages that hold the best choice of them within the page budget.

Predict heights from font metrics, lay out a catalogue of what may be chosen on one endless page, choose by the
heights it shows, lay out the choice on real pages, correct where these disagree. Two layouts as a rule, four at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from briefgen.errors import BriefgenError, Diagnostic
from briefgen.layout.copyfit import Candidate, Choice, Plan, RowId, by_importance, plan, select
from briefgen.layout.engine import Engine, Geometry, Laid, Resources, Sheet, geometry
from briefgen.layout.measure import DEFAULT, measures

MAX_LAYOUTS = 4
# A last page as full as this is not laid out again for a line more.
FULL = 0.94
ENDLESS = "100000mm"
# How much more than the pages can hold is laid out in the catalogue, in case the prediction is off.
_PLENTY = 1.5
_FONT = "fonts/SourceSerif4SmText-Regular.ttf"


class Drawn(Protocol):
    """HTML to lay out, with its style sheets and their variables."""

    @property
    def html(self) -> str: ...
    @property
    def sheets(self) -> Sequence[Sheet]: ...
    @property
    def variables(self) -> Mapping[str, str]: ...


Pairs = list[tuple[str, str]]
# Draws the chosen (item, wording) pairs; as a catalogue, with these style sheet variables put over the sheets' own.
Draw = Callable[[Pairs, bool, Mapping[str, str]], Drawn]


class OversetError(BriefgenError):
    """The text does not fit its pages even at its shortest."""


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
    """Pages that fit, the choice they show, and the height of each row where nothing constrains it."""

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
    catalogue, page = _catalogue(engine, resources, draw, order)
    heights = {
        (row.id, name): height
        for row in order.candidates
        for name in row.wordings
        if (height := catalogue.height(f"{row.id}--{name}")) is not None
    }
    found = plan(catalogue, _rows(order), page.room, page.top, order.pages)
    return _settle(engine, resources, draw, order, found, heights)


def _catalogue(engine: Engine, resources: Resources, draw: Draw, order: Order) -> tuple[Laid, Geometry]:
    first = draw([], True, {})
    page = geometry(first.variables)
    pairs = _worth_measuring(order, first.variables, page, resources)
    drawn = draw(pairs, True, {"--page-height": ENDLESS})
    return engine.lay_out(drawn.html, drawn.sheets, resources), page


def _worth_measuring(order: Order, variables: Mapping[str, str], page: Geometry, resources: Resources) -> Pairs:
    """The wordings that stand a chance, as font metrics predict, in reading order."""
    font, declared = resources.find(_FONT), measures(variables)
    room = _PLENTY * order.pages * page.room * (2 if "--side" in variables else 1)
    least = best = 0.0
    wanted: set[tuple[str, str]] = set()
    for each in by_importance(order.candidates):
        measure = declared.get(each.section, DEFAULT)
        sizes = {n: measure.height(order.texts[each.id, n], font or Path()) for n in each.wordings}
        if least <= room:
            wanted.add((each.id, each.wordings[-1]))
        if best <= room:
            wanted |= {(each.id, name) for name in each.wordings}
        least, best = least + min(sizes.values()), best + sizes[each.wordings[0]]
    return [(c.id, name) for c in order.candidates for name in c.wordings if (c.id, name) in wanted]


def _rows(order: Order) -> list[RowId]:
    """Every box whose presence follows an item: its row in each wording, its entry in the annex."""
    rows: list[RowId] = []
    for each in order.candidates:
        rows += [(f"{each.id}--{name}", each.id, name, each.section) for name in each.wordings]
        rows.append((f"evidence-{each.id}", each.id, None, "evidence"))
    return rows


def _settle(
    engine: Engine,
    resources: Resources,
    draw: Draw,
    order: Order,
    found: Plan,
    heights: Mapping[tuple[str, str], float],
) -> Fitted:
    """Lay out the choice; where the pages disagree with the plan, correct the plan and choose again."""
    best: Fitted | None = None
    tried: list[Choice] = []
    for layouts in range(2, MAX_LAYOUTS + 1):
        choice = select(order.candidates, found, order.lead)
        if choice in tried:
            break
        _require(order, found, choice)
        tried.append(choice)
        drawn = draw([(c.id, choice[c.id]) for c in order.candidates if c.id in choice], False, {})
        page = geometry(drawn.variables)
        laid = engine.lay_out(drawn.html, drawn.sheets, resources)
        fitted = Fitted(laid, drawn, choice, page, heights, layouts)
        if laid.pages <= order.pages and (best is None or _richer(fitted, best)):
            best = fitted
        if best is fitted and (_complete(order, choice) or laid.pages == order.pages and fitted.fill >= FULL):
            break
        real = (laid.pages - 1) * page.room + last_used(laid, page)
        difference = real - found.used(choice)
        found.correction += difference if laid.pages > order.pages else min(difference, 0.0)
        if laid.pages > order.pages and layouts == MAX_LAYOUTS - 1:
            found.correction += 0.08 * page.room  # the last try must not fail for a few lines
    if best is None:
        raise _overset(order, found, tried[-1] if tried else {})
    return Fitted(best.laid, best.drawn, best.choice, best.geometry, heights, 1 + len(tried))


def _complete(order: Order, choice: Choice) -> bool:
    """Whether nothing was left out or shortened."""
    return all(choice.get(each.id) == each.wordings[0] for each in order.candidates)


def _richer(one: Fitted, other: Fitted) -> bool:
    return (one.laid.pages, one.fill) > (other.laid.pages, other.fill)


def last_used(laid: Laid, page: Geometry) -> float:
    """Pixels of the last page that content takes, down to the end mark."""
    end = laid.box("end")
    if end is None or end.page != laid.pages - 1:
        bottoms = [b.bottom for boxes in laid.boxes.values() for b in boxes if b.page == laid.pages - 1]
        return max((bottom for bottom in bottoms if bottom <= page.height), default=page.top) - page.top
    return end.top - page.top


def _require(order: Order, found: Plan, choice: Choice) -> None:
    if any(name not in choice for name in order.must):
        raise _overset(order, found, choice)


def _overset(order: Order, found: Plan, choice: Choice) -> OversetError:
    """What would have to go: how much too long the rest is without, and with, what must be there."""
    missing = [name for name in order.must if name not in choice]
    needed = found.used({}) - found.pages * found.room
    pages = "1 page" if order.pages == 1 else f"{order.pages} pages"
    if needed > 0 or not missing:
        message = f"overset: title, bottom line and notes alone are {_mm(max(needed, 0))} mm too long for {pages}"
        return OversetError(Diagnostic("error", message, hint="shorten title, deck, bottom line or source notes"))
    shortest = {each.id: each.wordings[-1] for each in order.candidates}
    over = found.used({name: shortest[name] for name in missing}) - found.pages * found.room
    told = [
        Diagnostic(
            "error",
            f"overset: '{name}' does not fit {pages} even at its shortest ({_mm(max(over, 0))} mm too long)",
            hint="give it a headline, or a shorter text",
        )
        for name in missing
    ]
    return OversetError(*told)


def _mm(size: float) -> str:
    return f"{size * 25.4 / 96:.0f}"
