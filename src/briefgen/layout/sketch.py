"""HTML and the measures that style sheets declare -> where every id will stand, about, without the layout engine.

Blocks stand one below the other, cells and declared columns beside each other. A measure is looked up by class, then
by tag, first within the nearest element around it that has measures of its own: `--fit-findings-body`, `--fit-h2`.
What nothing is declared of takes no room. A wrong measure costs another layout, never text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from math import inf
from pathlib import Path

from briefgen.layout.engine import Box, Boxes, Resources
from briefgen.layout.measure import Measure, measures

_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)([^>]*)>")
_ATTRIBUTE = re.compile(r'\s(id|class)="([^"]*)"')
_VOID = frozenset(("meta", "link", "br", "img", "hr", "col", "input", "rect"))
_CELLS = frozenset(("td", "th"))
# Names of classes that stand beside each other, as a style sheet declares them.
_BESIDE = "--beside"


@dataclass
class _Block:
    tag: str
    name: str
    scope: str
    measure: Measure | None
    top: float
    left: float
    right: float
    bottom: float
    texts: list[str]
    # Where the columns in it begin, and how many there are.
    columns_top: float = 0.0
    columns: int = 0


@dataclass
class Sketcher:
    """Sketches documents of one set of style sheets; with `least`, no block is higher than it will be for sure."""

    variables: Mapping[str, str]
    resources: Resources
    least: bool = False
    declared: dict[str, Measure] = field(init=False)
    fonts: dict[str, Path | None] = field(init=False)

    def __post_init__(self) -> None:
        self.declared = measures(self.variables)
        faces = {measure.face for measure in self.declared.values()}
        self.fonts = {face: self.resources.find(f"fonts/{face}.ttf") for face in faces}
        self.beside = frozenset(self.variables.get(_BESIDE, "").split())
        self.scopes = frozenset(name.rpartition("-")[0] for name in self.declared) - {""}

    def sketch(self, html: str, top: float = 0.0) -> Boxes:
        """Where every id stands on one endless page that begins at `top`."""
        boxes = Boxes()
        start = html.find("<main")
        stack = [_Block("", "", "", None, top, 0.0, inf, top, [])]
        at = start = max(start, 0)
        for match in _TAG.finditer(html, start):
            stack[-1].texts.append(html[at : match.start()])
            at = match.end()
            closing, tag, attributes = match.groups()
            if not closing:
                stack.append(self._opened(stack[-1], tag, dict(_ATTRIBUTE.findall(attributes))))
            if closing or tag in _VOID or attributes.endswith("/"):
                self._close(stack, tag, boxes)
        while len(stack) > 1:
            self._close(stack, stack[-1].tag, boxes)
        return boxes

    def _opened(self, parent: _Block, tag: str, attributes: Mapping[str, str]) -> _Block:
        name, classes = attributes.get("id", ""), attributes.get("class", "").split()
        measure = self._measure(parent.scope, tag, classes)
        scope = name if name in self.scopes else parent.scope
        left, right, top = parent.left, parent.right, parent.bottom
        if tag in _CELLS or not self.beside.isdisjoint(classes):
            if not parent.columns:
                parent.columns_top = parent.bottom
            top, left, right = parent.columns_top, left + 1000 * parent.columns, left + 1000 * parent.columns + 999
            parent.columns += 1
        else:
            parent.columns = 0
        # The text of what has no measure is part of the block around it.
        texts = [] if measure else parent.texts
        bottom = top + (measure.extra if measure else 0.0)
        return _Block(tag, name, scope, measure, top, left, right, bottom, texts)

    def _measure(self, scope: str, tag: str, classes: list[str]) -> Measure | None:
        names = (*(f"{tag}-{each}" for each in classes), *classes, tag)
        candidates = (*(f"{scope}-{each}" for each in names), *names)
        return next((self.declared[each] for each in candidates if each in self.declared), None)

    def _text_height(self, measure: Measure, text: str) -> float:
        return measure.height(text, self.fonts[measure.face], self.least) - measure.extra

    def _close(self, stack: list[_Block], tag: str, boxes: Boxes) -> None:
        """Close the innermost open `tag` with what was left open in it; none is open where the HTML is faulty."""
        if all(block.tag != tag for block in stack[1:]):
            return
        while True:
            block = stack.pop()
            if block.measure:
                text = unescape("".join(block.texts))
                block.bottom += self._text_height(block.measure, text)
            stack[-1].bottom = max(stack[-1].bottom, block.bottom)
            if block.name:
                boxes.add(block.name, Box(0, block.left, block.top, block.right, block.bottom))
            if block.tag == tag:
                return
