"""An element that has no place on any page -> the style rule that took it away, with file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import tinycss2

from briefgen.layout.engine import BASE, Sheet

_TAKEN = (("display", "none"), ("visibility", "hidden"), ("visibility", "collapse"), ("position", "running"))
# What the built-in templates themselves keep for the screen.
_SCREEN = "screen-only"


def hidden_by(name: str, html: str, sheets: Sequence[Sheet]) -> str | None:
    """The last rule that hides the element with the id `name`, what it stands in, or a part of it."""
    import weasyprint

    root = weasyprint.HTML(string=html, base_url=BASE).wrapper_element
    element = next((each for each in root.iter_subtree() if each.id == name), None)
    if element is None:
        return None
    near = [each for each in (*element.iter_ancestors(), *element.iter_subtree()) if _SCREEN not in each.classes]
    found = [told for sheet in sheets for told, selector in _hiding(sheet) if _reaches(selector, near)]
    return found[-1] if found else None


def _hiding(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """(rule with its place, selector) of every rule for paper that hides what it names."""
    rules = tinycss2.parse_stylesheet(sheet.text, skip_comments=True, skip_whitespace=True)
    while rules:
        rule, *rules = rules
        prelude = tinycss2.serialize(getattr(rule, "prelude", [])).strip()
        if rule.type == "at-rule" and rule.content is not None and "screen" not in prelude:
            rules = [*tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), *rules]
        elif rule.type == "qualified-rule":
            for name, value, line in _declared(rule):
                if any(name == taken and value.startswith(word) for taken, word in _TAKEN):
                    yield f"{sheet.file}:{line}: {prelude} {{ {name}: {value} }}", prelude


def _declared(rule: Any) -> Iterator[tuple[str, str, int]]:
    for each in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
        if each.type == "declaration":
            yield each.lower_name, tinycss2.serialize(each.value).strip().lower(), each.source_line


def _reaches(selector: str, near: Sequence[Any]) -> bool:
    try:
        return any(each.matches(selector) for each in near)
    except ValueError:  # one that the engine does not know either
        return False
