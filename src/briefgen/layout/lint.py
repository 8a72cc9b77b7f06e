"""Style sheets and HTML -> what in them could hide text on the page, at its file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import tinycss2

from briefgen.errors import Diagnostic
from briefgen.layout.engine import Sheet, pixels

FLOOR = 8.5  # points; copyfitting chooses words and never shrinks type below this
_CUTS = frozenset({"height", "max-height", "block-size", "max-block-size", "overflow", "overflow-x", "overflow-y"})
_CUTS |= {
    "overflow-block",
    "overflow-inline",
    "clip",
    "clip-path",
    "line-clamp",
    "-webkit-line-clamp",
    "max-lines",
}
_CUTS |= {"zoom", "transform", "scale", "visibility", "opacity", "block-ellipsis", "continue"}
# Pictures and rules have sizes of their own; no text is in them.
_PICTURES = re.compile(r"(^|[\s>+~,])(img|svg|hr|rect|\.logo)(?![\w-])[^\s>+~,]*\s*$")
_STYLE = re.compile(r'<(\w+)[^>]*\sstyle="([^"]*)"')
_SIZE = re.compile(r"(?<![\w.-])([\d.]+)(pt|px|mm|cm|in)(?=\s*/|\s|$)")


def lint(sheets: Sequence[Sheet], html: str = "") -> list[Diagnostic]:
    """Everything in the style sheets (and style attributes) that can cut, hide or shrink text."""
    found = [problem for sheet in sheets for problem in _rules(sheet, _parsed(sheet.text))]
    for tag, style in _STYLE.findall(html):
        for declaration in _declarations(style):
            if tag not in ("img", "svg") and (message := _objection(declaration)):
                found.append(Diagnostic("error", f"style attribute of <{tag}>: {message}", hint=_HINT))
    return found


_HINT = "let the text take the height it needs; copyfitting chooses what fits"


def _parsed(text: str) -> list[Any]:
    return list(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True))


def _rules(sheet: Sheet, rules: Sequence[Any]) -> Iterator[Diagnostic]:
    for rule in rules:
        if rule.type == "at-rule" and rule.at_keyword in ("media", "layer") and rule.content is not None:
            condition = tinycss2.serialize(rule.prelude)
            if rule.at_keyword == "layer" or "screen" not in condition:
                inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                yield from _rules(sheet, inner)
        elif rule.type == "qualified-rule":
            selector = tinycss2.serialize(rule.prelude).strip()
            yield from _declared(sheet, selector, rule)


def _declared(sheet: Sheet, selector: str, rule: Any) -> Iterator[Diagnostic]:
    if all(_PICTURES.search(each.strip()) for each in selector.split(",")):
        return
    for declaration in _declarations(rule.content):
        if message := _objection(declaration):
            line, column = declaration.source_line, declaration.source_column
            yield Diagnostic("error", f"'{selector}': {message}", sheet.file, line, column, _HINT)


def _declarations(content: Any) -> list[Any]:
    parsed = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    return [each for each in parsed if each.type == "declaration"]


def _objection(declaration: Any) -> str | None:
    name, value = declaration.lower_name, tinycss2.serialize(declaration.value).strip()
    if name in _CUTS and value not in ("auto", "none", "visible", "normal", "1", "100%"):
        return f"'{name}: {value}' can cut off or hide text"
    if name in ("font-size", "font") and (size := _too_small(value)):
        return f"type of {size} is below the floor of {FLOOR} pt"
    return None


def _too_small(value: str) -> str | None:
    """The first absolute size below the floor; 0 is the end mark's, which holds no text."""
    for number, unit in _SIZE.findall(value)[:1]:
        size = pixels(number + unit) or 0
        if 0 < size < FLOOR * 96 / 72 - 0.01:
            return f"{number}{unit}"
    return None
