"""Pages -> the proof that nothing is lost: every kept item, once, whole, inside the page, and as readable text.

No single check sees everything. A box outside the page or missing betrays `display: none` and splits; a height
below the free one betrays clipping; the PDF's own text betrays what lies beyond the page edge.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from briefgen.errors import SurroundingsError, error
from briefgen.layout.engine import Box
from briefgen.layout.fit import Fitted

_ID = re.compile(r'\sid="([^"]*)"')
_MARKUP = re.compile(r"[*_`\\]|\]\([^)]*\)|\[")
_TOLERANCE = 0.6


def normal(text: str) -> str:
    """Text without what layout may change: case, spaces, hyphens, ligatures, invisible characters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in ("Cf", "Pd", "Cc"))


def words_of(markdown: str) -> str:
    """The words of a wording as they are printed, without the signs of its Markdown."""
    return _MARKUP.sub("", markdown)


def page_texts(pdf: bytes) -> list[str]:
    """The text of every page, as a reader that copies from the PDF would get it."""
    try:
        import pypdfium2
    except (ImportError, OSError) as problem:
        raise SurroundingsError(error(f"the PDF reader cannot be loaded: {problem}")) from None
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def lost(fitted: Fitted, texts: Mapping[str, Sequence[str]], pages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(item, what is wrong with it) for every kept item that is not wholly there.

    `texts` are the printed texts by item, `pages` the text of every page of the PDF.
    """
    repeated = {name for name, count in Counter(_ID.findall(fitted.drawn.html)).items() if count > 1}
    readable = normal("".join(pages))
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
        if any(normal(words_of(text)) not in readable for text in texts[item]):
            yield item, "its text is not in the PDF as a reader would copy it"


def _misplaced(boxes: Sequence[Box], fitted: Fitted) -> Iterator[str]:
    for box in boxes:
        if not fitted.geometry.content(box.page).holds(box, slack=1.0):
            yield f"it reaches over the edge of page {box.page + 1}"
    whole = sum(box.height for box in boxes)
    if len(boxes) > 1 and whole <= fitted.geometry.room:
        yield f"it is split over pages {boxes[0].page + 1} and {boxes[-1].page + 1}"
