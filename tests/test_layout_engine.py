"""The layout engine, kept to the template folders; what it has to say becomes diagnostics with a place."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from briefgen.errors import BriefgenError, Diagnostic
from briefgen.layout.engine import MAX_IMAGE_BYTES, Box, Engine, Laid, geometry, pixels
from briefgen.render import Assets, Sheet

SMALL = '<!DOCTYPE html><html lang="en"><title>t</title><p id="p">One.</p>{more}</html>'


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("not for pages", encoding="utf-8")
    (tmp_path / "templates" / "css").mkdir(parents=True)
    return tmp_path / "templates"


def png(width: int, height: int) -> bytes:
    """A valid picture of that size, one bit a pixel, cheap to write however large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = b"\0" + bytes((width + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def lay_out(engine: Engine, folder: Path, more: str = "", css: str = "") -> Laid:
    sheet = Sheet("css/own.css", "templates/css/own.css", css)
    return engine.lay_out(SMALL.format(more=more), [sheet], Assets((folder,), folder.parent))


def told(laid: Laid) -> list[Diagnostic]:
    laid.pdf()
    return laid.diagnostics


def test_loading_the_engine_starts_no_compiler(tmp_path: Path) -> None:
    for name in ("gcc", "cc", "ld"):
        (tmp_path / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
        (tmp_path / name).chmod(0o755)
    code = "import os; from briefgen.layout import Engine; before = os.environ['PATH']; Engine(); "
    code += "assert os.environ['PATH'] == before"
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert not (tmp_path / "started").exists()


def test_a_picture_has_the_size_of_its_attributes_as_in_a_browser(engine: Engine, folder: Path) -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="20mm" viewBox="0 0 2 1"></svg>'
    (folder / "logo.svg").write_text(drawing, encoding="utf-8")
    for attributes, size in (("", (151.2, 75.6)), ('width="60"', (60, 30)), ('width="60" height="60"', (60, 60))):
        box = lay_out(engine, folder, f'<p><img id="logo" alt="a" src="logo.svg" {attributes}></p>').box("logo")
        assert box and (round(box.right - box.left, 1), round(box.height, 1)) == size


OUTSIDE = (
    "file:///etc/passwd",
    "file:../secret.txt",
    "http://example.org/a.png",
    "https://example.org/a.png",
    "//example.org/a.png",
    "ftp://example.org/a.png",
    "../secret.txt",
    "%2e%2e/secret.txt",
    "css/../../secret.txt",
    "..\\secret.txt",
    "/etc/passwd",
    "link.txt",
    "linked/secret.txt",
    "https://brief.invalid.example.org/a.png",
)


@pytest.mark.parametrize("url", OUTSIDE)
@pytest.mark.parametrize("where", ['<img alt="a" src="{}">', '<a href="#p" style="background: url({})">a</a>'])
def test_nothing_is_read_but_the_template_folders(
    engine: Engine, folder: Path, url: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "linked").symlink_to(folder.parent)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    found = told(lay_out(engine, folder, where.format(url)))
    assert [each.severity for each in found] == ["error"]
    assert found[0].hint


@pytest.mark.parametrize("url", ["http://example.org/a.css", "../../secret.css", "missing.css", "file:///etc/passwd"])
def test_a_style_sheet_imports_from_the_template_folders_only(engine: Engine, folder: Path, url: str) -> None:
    found = told(lay_out(engine, folder, css=f"@import url({url});"))
    assert "error" in {each.severity for each in found}


def test_an_image_beside_the_templates_is_found(engine: Engine, folder: Path) -> None:
    (folder / "logo.png").write_bytes(png(8, 8))
    laid = lay_out(engine, folder, '<p><img id="logo" alt="a" src="logo.png"></p>')
    assert told(laid) == []
    assert laid.height("logo") == 8


def test_a_missing_image_is_named(engine: Engine, folder: Path) -> None:
    (found,) = told(lay_out(engine, folder, '<img alt="a" src="img/logo.png">'))
    assert "'img/logo.png' is in none of the template folders" in found.message


def test_an_image_of_400_megapixels_is_refused_by_its_header(engine: Engine, folder: Path) -> None:
    (folder / "huge.png").write_bytes(png(20_000, 20_000))
    assert (folder / "huge.png").stat().st_size < 100_000
    (found,) = told(lay_out(engine, folder, '<img alt="a" src="huge.png">'))
    assert found.file == "templates/huge.png"
    assert "20000 × 20000 pixels" in found.message
    assert "50 megapixels" in (found.hint or "")


def test_a_file_of_too_many_bytes_is_refused(engine: Engine, folder: Path) -> None:
    with (folder / "large.png").open("wb") as file:
        file.truncate(MAX_IMAGE_BYTES + 1)
    (found,) = told(lay_out(engine, folder, '<img alt="a" src="large.png">'))
    assert "too large" in found.message


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"no picture at all", png(9, 9)[:40]])
def test_a_broken_image_is_told(engine: Engine, folder: Path, data: bytes) -> None:
    (folder / "broken.png").write_bytes(data)
    found = told(lay_out(engine, folder, '<img alt="a" src="broken.png">'))
    assert found
    assert all(each.severity in ("error", "warning") for each in found)


def test_what_the_engine_ignores_is_told_at_its_line(engine: Engine, folder: Path) -> None:
    found = told(lay_out(engine, folder, css="p { color: red }\n\n  p { colour: red }\n"))
    (ignored,) = (each for each in found if "colour" in each.message)
    assert (ignored.file, ignored.line) == ("templates/css/own.css", 3)
    assert ignored.hint


def test_a_style_sheet_is_told_of_again_in_every_document(engine: Engine, folder: Path) -> None:
    first, second = (told(lay_out(engine, folder, css="p { colour: blue }")) for _ in range(2))
    assert first == second != []


def test_the_log_is_the_engines_own_again_afterwards(engine: Engine, folder: Path) -> None:
    import logging

    logger = logging.getLogger("weasyprint")
    before = logger.handlers[:], logger.level
    lay_out(engine, folder, css="p { colour: red }")
    assert (logger.handlers, logger.level) == before


def test_a_page_that_cannot_be_laid_out_is_no_bug_of_ours(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("deep inside")

    monkeypatch.setattr(engine.weasyprint.HTML, "render", fail)
    with pytest.raises(BriefgenError, match="cannot lay this page out"):
        lay_out(engine, folder)


def test_the_same_document_twice_is_the_same_to_the_byte(engine: Engine, folder: Path) -> None:
    one, other = (lay_out(engine, folder).pdf() for _ in range(2))
    assert one == other


def test_boxes_of_what_is_split_add_up(engine: Engine, folder: Path) -> None:
    tall = '<div id="tall">' + "<p>line</p>" * 200 + "</div>"
    laid = lay_out(engine, folder, tall, "p { margin: 0; font-size: 16px; line-height: 20px }")
    assert laid.pages > 1
    assert [box.page for box in laid.boxes["tall"]] == list(range(laid.pages))
    assert (laid.height("tall") or 0) >= 200 * 20
    assert laid.box("tall") == laid.boxes["tall"][0]
    assert laid.box("missing") is laid.height("missing") is None


def test_lengths() -> None:
    assert [pixels(each) for each in ("25.4mm", "2.54cm", "1in", "72pt", "96px")] == pytest.approx([96] * 5)
    assert [pixels(each) for each in ("1em", "10%", "auto", "", "mm", "1.2.3mm")] == [None] * 6


def test_the_geometry_of_a_page_comes_from_its_variables() -> None:
    page = geometry({"--page-height": "200px", "--margin-top": "30px", "--margin-bottom": "20px"})
    assert (page.room, page.top) == (150, 30)
    assert page.content(2).page == 2
    assert geometry({}).width == pytest.approx(210 / 25.4 * 96)


def test_a_box_holds_what_lies_inside() -> None:
    outer = Box(0, 0, 0, 100, 100)
    assert outer.holds(Box(0, 0, -0.4, 100.4, 100))
    assert not outer.holds(Box(0, 0, 0, 100, 101))
    assert not outer.holds(Box(1, 0, 0, 10, 10))
