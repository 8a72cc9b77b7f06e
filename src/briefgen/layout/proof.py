"""Pages -> the proof that nothing is lost: every kept item, once, whole, inside the page, and there to be read.

No single check sees everything. A box outside the page or missing betrays `display: none` and splits; a height
below the free one betrays clipping; the PDF's own text betrays what lies beyond the page edge or beside its row; and
the picture of the page betrays what is covered, printed over, in the colour of its ground, or too small.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from briefgen.layout.engine import Box
from briefgen.layout.fit import Fitted
from briefgen.layout.lettering import holds, is_marked
from briefgen.layout.lint import FLOOR
from briefgen.layout.sight import Page, Run

_ID = re.compile(r'\sid="([^"]*)"')
_FAMILY = re.compile(r"@font-face\s*{[^}]*?font-family:\s*[\"']?([^;\"'}]+)", re.I)
_TOLERANCE = 0.6
# The least average width of a letter, in ems: "illi" takes a quarter.
_SQUEEZED = 0.18
# Of the lower of two runs of text, how much may lie on the other: accents and descenders touch.
_TOUCHING = 0.35
# So few letters of a script with marks may be drawn apart, as part of one before them.
_CLUSTER = 3
LABEL_SIZE = 12  # points; FIRST asks for it


def lost(fitted: Fitted, texts: Mapping[str, Sequence[str]], pages: Sequence[Page]) -> Iterator[tuple[str, str]]:
    """(item, what is wrong with it) for every kept item that is not wholly there.

    `texts` are the printed texts by item, `pages` the pages of the PDF as they are seen.
    """
    repeated = {name for name, count in Counter(_ID.findall(fitted.drawn.html)).items() if count > 1}
    readable = "\n".join(page.text for page in pages)
    for item, wording in fitted.choice.items():
        boxes = fitted.laid.boxes.get(item, [])
        if item in repeated:
            yield item, "its id stands more than once on the page"
        if not boxes:
            yield item, "it is not on any page"
            continue
        yield from ((item, problem) for problem in _misplaced(boxes, fitted))
        free = fitted.free_heights.get((item, wording))
        height = sum(box.height for box in boxes)
        if free is not None and height < free - _TOLERANCE:
            yield item, f"it is {height:.0f} px high but needs {free:.0f} px: a style sheet cuts it off"
        if not all(holds(readable, text) for text in texts[item]):
            yield item, "its text is not in the PDF as a reader would copy it"
        elif not all(holds(_standing_in(boxes, pages), text) for text in texts[item]):
            yield item, "its text is not where the item stands: hidden there, or reaching out of its row"


def _misplaced(boxes: Sequence[Box], fitted: Fitted) -> Iterator[str]:
    for box in boxes:
        if not fitted.geometry.content(box.page).holds(box, slack=1.0):
            yield f"it reaches over the edge of page {box.page + 1}"
    whole = sum(box.height for box in boxes)
    if len(boxes) > 1 and whole <= fitted.geometry.room:
        yield f"it is split over pages {boxes[0].page + 1} and {boxes[-1].page + 1}"


def _standing_in(boxes: Sequence[Box], pages: Sequence[Page]) -> str:
    return "\n".join(pages[box.page].within(box) for box in boxes if box.page < len(pages))


def hidden(fitted: Fitted, pages: Sequence[Page]) -> Iterator[tuple[str, str]]:
    """(item, or the id of another part of the page, and what is wrong) for text that nobody can read.

    One problem of a kind for each item; the part is '' where text stands in none that has an id.
    """
    told: set[tuple[str, str]] = set()
    for page in pages:
        for run, problem in [*_spoilt(page), *_overprinted(page)]:
            owner = _owner(fitted, run.box)
            if (owner, problem) not in told:
                told.add((owner, problem))
                yield owner, f"“{run.text.strip()[:40]}” on page {run.box.page + 1} {problem}"


def _spoilt(page: Page) -> Iterator[tuple[Run, str]]:
    edge = Box(page.runs[0].box.page, 0, 0, page.width, page.height) if page.runs else None
    for run in page.runs:
        letters = sum(not each.isspace() and unicodedata.category(each) != "Mn" for each in run.text)
        if run.size < FLOOR - 0.05:
            yield run, f"is below the floor of {FLOOR} pt"
        elif edge and not edge.holds(run.box):
            yield run, "reaches over the edge of the page"
        elif letters > 3 and run.box.right - run.box.left < _SQUEEZED * letters * run.size * 96 / 72:
            yield run, "is squeezed until it cannot be read"
        elif not run.visible:
            yield run, "cannot be seen: covered, cut off, or in the colour of its ground"


def _overprinted(page: Page) -> Iterator[tuple[Run, str]]:
    """Runs that are printed over others, as text is that leaves a box of fixed height."""
    runs = sorted((run for run in page.runs if not _is_mark(run)), key=lambda run: run.box.top)
    for at, run in enumerate(runs):
        for other in runs[at + 1 :]:
            if other.box.top >= run.box.bottom:
                break
            across = min(run.box.right, other.box.right) - max(run.box.left, other.box.left)
            down = min(run.box.bottom, other.box.bottom) - other.box.top
            if across > 0.3 * run.size and down > _TOUCHING * min(run.box.height, other.box.height):
                yield run, "lies under or over other text"
                break


def _is_mark(run: Run) -> bool:
    """Whether it belongs over, under or around a letter, and so may touch it."""
    letters = sum(map(str.isalnum, run.text))
    return letters == 0 or (letters < _CLUSTER and is_marked(run.text))


def _owner(fitted: Fitted, box: Box) -> str:
    """The kept item, else the smallest part with an id, that `box` lies in."""
    across, down = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    around = {
        name: each
        for name, boxes in fitted.laid.boxes.items()
        for each in boxes
        if each.page == box.page and each.left <= across <= each.right and each.top <= down <= each.bottom
    }
    for name in sorted(around, key=lambda name: around[name].height):
        item = name.removeprefix("evidence-")
        if item in fitted.choice:
            return item
    return min(around, key=lambda name: around[name].height, default="")


def unlabelled(fitted: Fitted, pages: Sequence[Page], label: str, draft: str | None = None) -> Iterator[str]:
    """What is wrong with the labels on each page: TLP stands in its head and in its foot, `draft` in its head."""
    for number, page in enumerate(pages):
        content = fitted.geometry.content(number)
        large = [run for run in page.runs if run.size >= LABEL_SIZE - 0.05 and run.visible]
        for place, runs in (
            ("head", [run for run in large if run.box.bottom <= content.top]),
            ("foot", [run for run in large if run.box.top >= content.bottom]),
        ):
            # The mark stands beside the label: where nothing parts them, they read as one word.
            if label not in "".join(run.text for run in runs).replace(draft or "\0", " ").split():
                where = f"in the {place} of page {number + 1}"
                yield f"the label {label} is missing, or smaller than {LABEL_SIZE} pt, {where}"
        head = "".join(run.text for run in large if run.box.bottom <= content.top)
        if draft and not holds(head, draft):
            yield f"the mark {draft} is missing, or smaller than {LABEL_SIZE} pt, in the head of page {number + 1}"


def foreign_fonts(fitted: Fitted, pages: Sequence[Page]) -> Iterator[tuple[str, str]]:
    """(item or part, message), once a font, for text in a font that no style sheet brings along."""
    own = [name.strip().replace(" ", "-") for sheet in fitted.drawn.sheets for name in _FAMILY.findall(sheet.text)]
    told: set[str] = set()
    for run in (run for page in pages for run in page.runs):
        if run.font not in told and not any(run.font.startswith(name) for name in own):
            told.add(run.font)
            text = run.text.strip()[:40]
            yield (
                _owner(fitted, run.box),
                f"“{text}” is printed in {run.font}, which is not among the page's own fonts",
            )
