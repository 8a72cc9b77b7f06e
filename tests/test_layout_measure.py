"""Predicted heights against the real layout: nearly always exact, never a line too few."""

from __future__ import annotations

from html import escape
from random import Random

import pytest

from briefgen.layout.engine import Engine, pixels
from briefgen.layout.measure import Measure, least_lines, lines, measures
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


def test_no_text_is_lower_than_its_least_nor_higher_than_predicted(engine: Engine) -> None:
    written = texts(240)
    width = (pixels(f"{WIDTH}mm") or 0) / (pixels(f"{SIZE}pt") or 1)
    for text, real in zip(written, real_lines(engine, written), strict=True):
        assert least_lines(text, width, FONT) <= real <= lines(text, width, FONT)


def test_a_height_is_lines_and_padding() -> None:
    measure = Measure(302, 12, 16, 10)
    assert measure.height("one line", FONT) == 26
    assert measure.height("word " * 100, FONT) == 10 + 16 * lines("word " * 100, 302 / 12, FONT)
    assert measure.height(" ", FONT) == measure.height("no such face", None) == 10


def test_style_sheets_declare_how_a_block_is_set() -> None:
    found = measures({"--fit-body": "76mm 9pt 12pt 0mm", "--ink": "#000", "--fit-h2": "12pt", "--fit-why": "wide"})
    assert set(found) == {"body", "h2"}
    assert found["body"].width == pytest.approx(287.2, abs=0.1)
    assert (found["body"].size, found["body"].leading, found["h2"].extra) == (12, 16, 16)
    assert measures({"--fit-h1": "9mm 9pt 12pt 0mm Some-Face"})["h1"].face == "Some-Face"


@pytest.mark.parametrize("value", ["50% 1em 12pt 0mm", "0mm 9pt 12pt 1mm", "9mm 9pt", "9mm 9pt 12pt 1mm Face more", ""])
def test_a_declaration_that_is_no_measure_is_left_alone(value: str) -> None:
    assert measures({"--fit-risks": value}) == {}
