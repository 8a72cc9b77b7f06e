"""Predicted heights against the real layout: nearly always exact, never a line too few."""

from __future__ import annotations

from html import escape
from pathlib import Path
from random import Random

import pytest

from briefgen.layout.engine import Engine, pixels
from briefgen.layout.measure import DEFAULT, Measure, lines, measures
from briefgen.render import Assets
from briefgen.render.assets import BUILTIN
from derived import CYRILLIC, UNBREAKABLE, VOCABULARY

FONT = BUILTIN / "fonts/SourceSerif4SmText-Regular.ttf"
WIDTH, SIZE, LEADING = 76, 9, 12  # the executive column: millimetres, points, points


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def texts(count: int) -> list[str]:
    """Prose as briefs have it: English, some Russian, a long word or an address now and then."""
    chance = Random(2026)
    found = []
    for number in range(count):
        known = CYRILLIC if number % 5 == 4 else VOCABULARY
        words = [chance.choice(known) for _ in range(chance.randint(5, 120))]
        if number % 7 == 6:
            words[chance.randrange(len(words))] = chance.choice(UNBREAKABLE)
        found.append(" ".join(words).capitalize() + ".")
    return found


def real_lines(engine: Engine, written: list[str]) -> list[int]:
    assets = Assets((BUILTIN,), BUILTIN.parent)
    sheets, _ = assets.resolved(["css/fonts.css", "css/base.css"], {"--page-height": "100000mm"})
    column = f"width: {WIDTH}mm; font: {SIZE}pt/{LEADING}pt 'Source Serif 4 SmText'"
    body = "".join(f'<p id="t{number}">{escape(text)}</p>' for number, text in enumerate(written))
    html = f'<!DOCTYPE html><html lang="en"><title>t</title><div style="{column}">{body}</div></html>'
    laid = engine.lay_out(html, sheets, assets)
    leading = pixels(f"{LEADING}pt") or 0
    return [round((laid.height(f"t{number}") or 0) / leading) for number in range(len(written))]


def predicted(text: str) -> int:
    return lines(text, (pixels(f"{WIDTH}mm") or 0) / (pixels(f"{SIZE}pt") or 1), FONT)


def test_at_least_nine_in_ten_texts_are_exact_and_none_gets_a_line_too_few(engine: Engine) -> None:
    written = texts(240)
    differences = [predicted(text) - real for text, real in zip(written, real_lines(engine, written), strict=True)]
    assert min(differences) >= 0
    assert sum(each == 0 for each in differences) >= 0.9 * len(written)
    assert max(differences) <= 2


@pytest.mark.parametrize(("text", "count"), [("", 1), ("word", 1), ("  a  b ", 1), ("word " * 3, 2)])
def test_lines_of_short_texts(text: str, count: int) -> None:
    assert lines(text, 7.0, FONT) == count


def test_words_longer_than_a_line_never_get_a_line_too_few(engine: Engine) -> None:
    written = ["W" * 200, "i" * 500, "a " + "m" * 333 + " b", "x" * 60 + " " + "y" * 60, "Ж" * 100 + " и " + "щ" * 90]
    differences = [predicted(text) - real for text, real in zip(written, real_lines(engine, written), strict=True)]
    assert min(differences) >= 0
    assert max(differences) <= 1


def test_a_character_that_the_font_lacks_has_a_width_all_the_same() -> None:
    assert lines("龍 " * 100, 10.0, FONT) >= 10


def test_a_height_is_lines_and_padding() -> None:
    assert Measure(302, 12, 16, 10).height("one line", FONT) == 26
    assert DEFAULT.height("word " * 100, FONT) == 10 + 16 * lines("word " * 100, 302 / 12, FONT)


def test_style_sheets_declare_how_a_section_is_set() -> None:
    found = measures({"--fit-findings": "76mm 9pt 12pt 2.6mm", "--ink": "#000", "--fit-risks": "wide"})
    assert set(found) == {"findings"}
    assert found["findings"].width == pytest.approx(287.2, abs=0.1)
    assert (found["findings"].size, found["findings"].leading) == (12, 16)


def test_a_declaration_that_is_no_length_is_left_alone() -> None:
    assert measures({"--fit-risks": "50% 1em 12pt 0mm", "--fit-summary": "0mm 9pt 12pt 1mm"}) == {}


@pytest.mark.parametrize("name", ["executive", "flow", "briefing"])
def test_every_built_in_template_declares_its_sections(name: str) -> None:
    assets = Assets((BUILTIN,), Path("/"))
    names = [f"css/{each}.css" for each in ("base", *(("flow",) if name == "briefing" else ()), name)]
    _, values = assets.resolved(names, {})
    assert {"findings", "risks", "questions"} <= set(measures(values))
