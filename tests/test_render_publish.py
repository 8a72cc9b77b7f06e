"""The HTML edition is one file: whatever it shows is inside."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from pathlib import Path

import pytest

from briefgen.errors import BriefgenError
from briefgen.render import self_contained
from briefgen.render.publish import resolve
from sample import assets, render

PICTURE = b"\x89PNG\r\n\x1a\nnot really"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "templates" / "img").mkdir(parents=True)
    (tmp_path / "templates" / "css").mkdir()
    (tmp_path / "templates" / "img" / "logo.png").write_bytes(PICTURE)
    return tmp_path / "templates"


def page(*folders: Path, more: str = "", name: str = "executive") -> str:
    found, files = render(name, *folders), assets(*folders)
    html = found.html.replace("</main>", f"{more}</main>")
    return self_contained(html, files.sheets(found.sheets("screen"), {}), files)


def loaded(html: str) -> list[str]:
    """Everything that a browser would load: what is in it, and what is not."""
    attributes = re.findall(r'<(?!a\b)\w[^>]*?\s(?:src|href|poster|data)\s*=\s*["\']?([^"\'\s>]+)', html)
    return [each for each in attributes + re.findall(r"url\(([^)]*)\)", html) if not each.startswith("#")]


@pytest.mark.parametrize("name", ["executive", "note", "briefing", "public"])
def test_every_edition_holds_all_it_shows(name: str) -> None:
    html = page(name=name)
    assert len(loaded(html)) >= 5
    assert all(each.startswith("data:") for each in loaded(html))
    assert "@import" not in html


def test_images_are_inside(folder: Path) -> None:
    inside = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
    for tag in ('<img src="img/logo.png" alt="">', "<img alt='' src='img/logo.png'>", '<img\n src = "img/logo.png">'):
        assert inside in page(folder, more=tag)


def test_pictures_of_a_style_sheet_are_inside(folder: Path) -> None:
    (folder / "css/screen.css").write_text("body { background: url('../img/logo.png') }", encoding="utf-8")
    assert base64.b64encode(PICTURE).decode() in page(folder)


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="https://example.org/a.js"></script>',
        "<script src=//example.org/a.js></script>",
        '<link href="https://example.org/a.css" rel="stylesheet">',
        '<link rel="icon" href="favicon.ico">',
        '<img srcset="img/logo.png 2x" alt="">',
        '<iframe src="https://example.org"></iframe>',
        '<object data="a.svg"></object>',
        '<video poster="a.png"></video>',
        '<svg><image href="img/logo.png"/></svg>',
        '<svg><use xlink:href="other.svg#a"></use></svg>',
        '<p style="background: url(https://example.org/a.png)">x</p>',
    ],
)
def test_what_a_browser_would_load_from_elsewhere_is_refused(folder: Path, tag: str) -> None:
    with pytest.raises(BriefgenError, match=r"from elsewhere|none of the template folders"):
        page(folder, more=tag)


@pytest.mark.parametrize(
    "tag",
    [
        '<a href="https://example.org">A link waits.</a>',
        '<svg><use href="#mark"></use></svg>',
        '<img src="data:image/png;base64,AAAA" alt="">',
        '<p style="color: red">x</p>',
    ],
)
def test_what_loads_nothing_is_allowed(folder: Path, tag: str) -> None:
    assert tag in page(folder, more=tag)


@pytest.mark.parametrize("name", ["img/none.png", "../secret.png", "/etc/passwd", "https://example.org/a.png"])
def test_an_image_that_is_not_there_is_named(folder: Path, name: str) -> None:
    (folder.parent / "secret.png").write_bytes(PICTURE)
    with pytest.raises(BriefgenError, match=re.escape(name)):
        page(folder, more=f'<img src="{name}" alt="">')


def test_a_missing_file_of_a_style_sheet_is_named_with_the_sheet(folder: Path) -> None:
    (folder / "css/screen.css").write_text("body { background: url(none.png) }", encoding="utf-8")
    with pytest.raises(BriefgenError, match=r"templates/css/screen\.css: 'none\.png'"):
        page(folder)


def test_fonts_hold_the_characters_that_are_printed_and_few_others() -> None:
    from fontTools.ttLib import TTFont

    html = page()
    fonts = [TTFont(BytesIO(base64.b64decode(each))) for each in re.findall(r"data:font/ttf;base64,([^)]+)", html)]
    assert len(fonts) == 11
    text = set(re.sub(r"<[^>]+>", "", re.sub(r"<style>.*?</style>", "", html, flags=re.S)))
    for font in fonts:
        known = set(font.getBestCmap())
        assert {ord(char) for char in text if char.isalnum()} <= known
        assert len(known) < 250
        assert {"kern"} <= {each.FeatureTag for each in font["GPOS"].table.FeatureList.FeatureRecord}
    assert len(html) < 700_000


def test_letters_that_join_do_so_in_the_fonts_of_the_page_as_well() -> None:
    """Cut to what the page prints, the face sets an Arabic word as it does whole."""
    import uharfbuzz as hb

    files, word = assets(), "الحبوب"
    sheets, _ = files.resolved(["css/scripts.css"], {})
    html = self_contained(f"<html><head></head><body>{word}</body></html>", sheets, files)
    cut = base64.b64decode(re.findall(r"Naskh[^}]*?data:font/ttf;base64,([^)]+)", html)[0])
    whole = resolve("css/scripts.css", "../fonts/NotoNaskhArabic-Regular.ttf", files)
    assert whole is not None

    def widths(data: bytes) -> list[int]:
        line = hb.Buffer()
        line.add_str(word)
        line.guess_segment_properties()
        hb.shape(hb.Font(hb.Face(hb.Blob(data))), line)
        return [position.x_advance for position in line.glyph_positions]

    assert widths(cut) == widths(whole.read_bytes())


def test_names_in_a_style_sheet_are_relative_to_it(folder: Path) -> None:
    files = assets(folder)
    assert resolve("css/own.css", "../img/logo.png", files) == folder / "img/logo.png"
    assert resolve("own.css", "img/logo.png", files) == folder / "img/logo.png"
    assert resolve("css/own.css", "../../img/logo.png", files) is None
