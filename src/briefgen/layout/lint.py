"""Style sheets and HTML -> what in them could hide text on the page, at its file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from html import unescape
from typing import Any

import tinycss2

from briefgen.errors import Diagnostic
from briefgen.layout.engine import Sheet, pixels

FLOOR = 8.5  # points; copyfitting chooses words and never shrinks type below this
# What hides text wherever the page is read, and what distorts the measures that the proof of a printed page needs.
_HIDES = frozenset({"height", "max-height", "block-size", "max-block-size", "overflow", "overflow-x", "overflow-y"})
_HIDES |= {"overflow-block", "overflow-inline", "clip", "clip-path", "line-clamp", "-webkit-line-clamp", "max-lines"}
_HIDES |= {"visibility", "content-visibility", "block-ellipsis", "continue", "mask", "mask-image"}
_DISTORTS = frozenset({"zoom", "transform", "scale", "opacity"})
_HARMLESS = frozenset({"auto", "none", "visible", "normal", "initial", "1", "100%"})
# Pictures and rules have sizes of their own; no text is in them.
_PICTURES = re.compile(r"(^|[\s>+~,])(img|svg|hr|rect|\.logo)(?![\w-])[^\s>+~,]*\s*$")
_STYLE = re.compile(r"""<(\w+)[^>]*?\sstyle\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.I)
_BLOCK = re.compile(r"<style\b[^>]*>(.*?)</style", re.I | re.S)
_SIZE = re.compile(r"(?<![\w.-])([\d.]+)(pt|px|mm|cm|in|pc|q)?(?=\s*/|\s|$)", re.I)
# The one element that holds no text and may have no size: it marks where the content ends.
_END = "#end"


def lint(sheets: Sequence[Sheet], html: str = "", medium: str = "print") -> list[Diagnostic]:
    """Everything in the style sheets (and style attributes and elements) that can cut, hide or shrink text.

    On a screen a reader can zoom and scroll, so only what hides text counts there.
    """
    found = [problem for sheet in sheets for problem in _of_sheet(sheet.file, sheet.text, medium)]
    for block in _BLOCK.findall(html):
        told = _rules(None, medium, "", _parsed(block))
        found += [replace(each, message=f"<style>: {each.message}", line=None, column=None) for each in told]
    for tag, *styles in _STYLE.findall(html):
        for declaration in _declarations(unescape("".join(styles))):
            if tag not in ("img", "svg") and (message := _objection(declaration, medium)):
                found.append(Diagnostic("error", f"style attribute of <{tag}>: {message}", hint=_HINT))
    return found


_HINT = "let the text take the height it needs; copyfitting chooses what fits"


@lru_cache(maxsize=128)
def _of_sheet(file: str, text: str, medium: str) -> tuple[Diagnostic, ...]:
    return tuple(_rules(file, medium, "", _parsed(text)))


def _parsed(text: str) -> list[Any]:
    return list(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True))


def _rules(file: str | None, medium: str, outer: str, rules: Sequence[Any]) -> Iterator[Diagnostic]:
    """The problems of `rules`, which may be nested; `outer` is the selector around them."""
    for rule in rules:
        if rule.type == "declaration":
            yield from _declared(file, medium, outer, rule)
        elif rule.type == "at-rule" and rule.lower_at_keyword == "import":
            message = "'@import' hides a style sheet from the HTML edition and from its checks"
            hint = 'link it in the template: <link rel="stylesheet" href="css/own.css">'
            yield Diagnostic("error", message, file, rule.source_line, rule.source_column, hint)
        elif rule.type == "at-rule" and rule.content is not None:
            if rule.lower_at_keyword in ("media", "layer", "supports", "container") and _applies(rule, medium):
                yield from _rules(file, medium, outer, _inner(rule))
        elif rule.type == "qualified-rule":
            selector = tinycss2.serialize(rule.prelude).strip()
            yield from _rules(file, medium, f"{outer} {selector}".strip(), _inner(rule))


def _inner(rule: Any) -> list[Any]:
    return list(tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True))


def _applies(rule: Any, medium: str) -> bool:
    """Whether a rule counts for the medium; when in doubt it does."""
    if rule.lower_at_keyword != "media":
        return True
    other = "screen" if medium == "print" else "print"
    conditions = tinycss2.serialize(rule.prelude).lower().split(",")
    return not all(re.match(rf"\s*(only\s+)?{other}\b", each) for each in conditions)


def _declared(file: str | None, medium: str, selector: str, declaration: Any) -> Iterator[Diagnostic]:
    selectors = [each.strip() for each in selector.split(",")]
    if all(_PICTURES.search(each) for each in selectors):
        return
    if message := _objection(declaration, medium, selectors == [_END]):
        line, column = declaration.source_line, declaration.source_column
        yield Diagnostic("error", f"'{selector}': {message}", file, line, column, _HINT)


def _declarations(content: Any) -> list[Any]:
    parsed = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    return [each for each in parsed if each.type == "declaration"]


def _objection(declaration: Any, medium: str, is_end: bool = False) -> str | None:
    name, value = declaration.lower_name, tinycss2.serialize(declaration.value).strip().lower()
    cuts = _HIDES | _DISTORTS if medium == "print" else _HIDES
    if name in cuts and value not in _HARMLESS and not (medium == "screen" and value == "scroll"):
        return f"'{name}: {value}' can cut off or hide text"
    if name == "color" and value in ("transparent", "#0000", "#00000000"):
        return "text without a colour cannot be seen"
    if name in ("letter-spacing", "word-spacing") and (tight := _too_tight(value)):
        return f"'{name}: {tight}' prints letters over each other"
    if name in ("font-size", "font") and medium == "print" and not is_end and (size := _too_small(value)):
        return f"type of {size} is below the floor of {FLOOR} pt"
    return None


def _too_tight(value: str) -> str | None:
    """A negative spacing of more than a tenth of an em, or of a point."""
    match = re.fullmatch(r"-([\d.]+)(r?em|ch|[a-z]+)", value)
    if match is None:
        return None
    number, unit = float(match[1]), match[2]
    size = pixels(f"{number}{unit}")
    return value if (size > 96 / 72 if size is not None else number > 0.1) else None


def _too_small(value: str) -> str | None:
    """The first absolute size, if it is below the floor; relative sizes are measured on the finished page."""
    if re.match(r"0(\.0*)?[a-z%]*(\s|/|$)", value):
        return "0"
    for number, unit in [(n, u) for n, u in _SIZE.findall(value) if u][:1]:
        size = pixels(number + unit)
        if size is not None and size < FLOOR * 96 / 72 - 0.01:
            return f"{number}{unit}"
    return None
