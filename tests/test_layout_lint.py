"""Style sheets may not set what could cut, hide or shrink text: told at its file and line, before anybody looks."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from briefgen.layout import lint
from briefgen.render import Assets, search_path
from conftest import ROOT


@dataclass(frozen=True)
class Css:
    text: str
    name: str = "css/own.css"
    file: str = "templates/css/own.css"


def told(css: str, medium: str = "print") -> list[str]:
    return [str(each) for each in lint([Css(css)], medium=medium)]


@pytest.mark.parametrize(
    "declaration",
    [
        "height: 20mm",
        "max-height: 3em",
        "overflow: hidden",
        "overflow-y: clip",
        "clip: rect(0, 0, 0, 0)",
        "clip-path: inset(50%)",
        "line-clamp: 2",
        "visibility: hidden",
        "content-visibility: hidden",
        "opacity: 0",
        "transform: scale(0)",
        "zoom: .5",
        "color: transparent",
        "font-size: 7pt",
        "font-size: 0",
        "font-size: 0em",
        "font-size: 2mm",
        "font: 600 6pt/8pt serif",
        "font: 0/0 a",
        "letter-spacing: -.5em",
        "word-spacing: -6pt",
    ],
)
def test_what_can_hide_text_is_an_error_with_its_place(declaration: str) -> None:
    (message,) = told(f".a {{ color: red }}\n.rows .body {{\n  color: red;\n  {declaration} }}")
    assert message.startswith("templates/css/own.css:4:3: '.rows .body': ")
    assert "hint:" in message


@pytest.mark.parametrize(
    "declaration",
    [
        "height: auto",
        "max-height: none",
        "overflow: visible",
        "min-height: 3em",
        "line-height: 1.2",
        "opacity: 1",
        "transform: none",
        "font-size: 8.5pt",
        "font-size: 3mm",
        "font-size: 1.2em",
        "font: 600 8.5pt/11pt serif",
        "letter-spacing: -.1pt",
        "letter-spacing: .05em",
        "text-transform: uppercase",
    ],
)
def test_what_hides_nothing_is_allowed(declaration: str) -> None:
    assert told(f".rows .body {{ {declaration} }}") == []


@pytest.mark.parametrize(
    "css",
    [
        "@media print { .x { height: 1mm } }",
        "@media all { .x { height: 1mm } }",
        "@media not screen { .x { height: 1mm } }",
        "@media screen, print { .x { height: 1mm } }",
        "@layer own { .x { height: 1mm } }",
        "@layer own { @media print { .x { height: 1mm } } }",
        ".rows { & .x { height: 1mm } }",
        ".rows { .x { .y { height: 1mm } } }",
        ".rows { @media print { height: 1mm } }",
        ".x { HEIGHT: 1mm !important }",
        "img, .x { height: 1mm }",
    ],
)
def test_rules_are_found_however_deep_they_stand(css: str) -> None:
    (message,) = told(css)
    assert "'height: 1mm" in message.replace("HEIGHT", "height")


def test_pictures_and_the_end_mark_have_sizes_of_their_own() -> None:
    assert told("img { height: 20mm } .odds svg { height: 3mm } .head .logo { max-height: 9mm }") == []
    assert told("#end { font-size: 0; line-height: 0 }") == []


def test_on_a_screen_only_what_hides_text_counts() -> None:
    css = ".a { font-size: 11px; transform: none; overflow-x: scroll } .b:hover { opacity: .8 }"
    assert told(css, "screen") == []
    assert len(told(".a { content-visibility: hidden } .b { max-height: 4em; overflow: hidden }", "screen")) == 3
    assert told("@media print { .a { height: 1mm } }", "screen") == []
    assert told("@media screen and (max-width: 700px) { .a { height: 1mm } }") == []


def test_an_imported_style_sheet_is_refused() -> None:
    (message,) = told('\n@import "more.css";')
    assert message.startswith("templates/css/own.css:2:1: ")
    assert '<link rel="stylesheet"' in message


@pytest.mark.parametrize(
    "html",
    [
        '<p style="height: 1mm">text</p>',
        "<p class=a style='height: 1mm'>text</p>",
        "<p STYLE=height:1mm>text</p>",
        '<p style="height&#58; 1mm">text</p>',
        "<head><style>p { height: 1mm }</style></head>",
    ],
)
def test_styles_inside_the_template_count_as_well(html: str) -> None:
    (message,) = [str(each) for each in lint([], html)]
    assert "height: " in message


def test_a_picture_may_have_a_size_in_its_style() -> None:
    assert lint([], '<img style="height: 9mm" src="logo.png"><svg style="height: 3mm"></svg>') == []


def test_the_built_in_style_sheets_pass() -> None:
    assets = Assets(tuple(search_path(ROOT, None)), ROOT)
    # The evidence page is no edition: its two columns scroll.
    names = [name for name in assets.names((".css",)) if not name.startswith("default/") and name != "css/evidence.css"]
    assert {"css/base.css", "css/screen.css", "css/executive.css"} <= set(names)
    paper = [name for name in names if name != "css/screen.css"]
    assert [str(each) for each in lint(assets.sheets(paper, {}))] == []
    assert [str(each) for each in lint(assets.sheets(names, {}), medium="screen")] == []
