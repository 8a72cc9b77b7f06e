"""The PDF editions as other programs see them: tagged, titled, linked, in two type families, the same every time."""

from __future__ import annotations

import ctypes
import itertools
import math
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps
from pypdfium2 import raw

from conftest import AUDIENCES, BRIEF, ROOT, Built, Once, copy_workspace, run_briefgen

TITLE = "Belarus and Russia: broad cooperation, unproven results"
LABELS = {"public": "TLP:CLEAR"}
Need = Callable[[object, str], None]


@pytest.fixture(params=AUDIENCES)
def audience(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def pdf(built: Built, audience: str) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(built.path(audience, "pdf")) as document:
        yield document


@pytest.fixture
def texts(built: Built, audience: str) -> list[str]:
    return page_texts(built.path(audience, "pdf"))


def page_texts(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [re.sub(r"\s+", " ", page.get_textpage().get_text_bounded()) for page in document]
    finally:
        document.close()


@dataclass(frozen=True)
class Drawn:
    """Text drawn in one go; bottom and top in points from the page's foot."""

    page: int
    text: str
    size: float
    bottom: float
    top: float


def drawn(path: Path) -> list[Drawn]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [each for number, page in enumerate(document) for each in _drawn(page, number)]
    finally:
        document.close()


def _drawn(page: Any, number: int) -> Iterator[Drawn]:
    textpage = page.get_textpage()
    for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        size = ctypes.c_float()
        raw.FPDFTextObj_GetFontSize(each, size)
        matrix = each.get_matrix()
        left, bottom, right, top = each.get_bounds()
        text = textpage.get_text_bounded(left, bottom, right, top)
        yield Drawn(number, text, size.value * math.hypot(matrix.c, matrix.d), bottom, top)


# The tag tree


def children(element: Any) -> list[Any]:
    kids = element.get("/K")
    each = list(kids) if isinstance(kids, pikepdf.Array) else [] if kids is None else [kids]
    return [kid for kid in each if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def walk(element: Any) -> Iterator[Any]:
    yield element
    for kid in children(element):
        yield from walk(kid)


def tags(pdf: pikepdf.Pdf, *names: str) -> list[Any]:
    return [each for each in walk(pdf.Root.StructTreeRoot.K[0]) if str(each.S)[1:] in names]


def test_the_file_is_sound(built: Built, audience: str, need: Need) -> None:
    need(shutil.which("qpdf"), "qpdf is not installed")
    checked = subprocess.run(
        ["qpdf", "--check", str(built.path(audience, "pdf"))], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert "No syntax or stream encoding errors found" in checked.stdout
    assert checked.stderr == ""


def test_the_document_says_what_it_is(pdf: pikepdf.Pdf) -> None:
    assert str(pdf.Root.Lang) == "en"
    assert bool(pdf.Root.MarkInfo.Marked)
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert str(pdf.docinfo["/Title"]) == TITLE
    with pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == TITLE
        assert metadata["pdfuaid:part"] == "1"


def test_the_dates_are_those_of_the_brief(pdf: pikepdf.Pdf) -> None:
    """No clock of the machine gets into the file."""
    assert str(pdf.docinfo["/CreationDate"]) == "D:20261123"
    assert "/ModDate" not in pdf.docinfo


def test_every_cell_has_its_headers(pdf: pikepdf.Pdf) -> None:
    tables = tags(pdf, "Table")
    assert tables
    for table in tables:
        heads = {str(each.ID): each for each in walk(table) if str(each.S) == "/TH"}
        rows = [children(each) for each in walk(table) if str(each.S) == "/TR"]
        assert heads and len({len(row) for row in rows}) == 1
        for row in rows:
            row_head = {str(cell.ID) for cell in row if str(cell.S) == "/TH"}
            for cell in row:
                if str(cell.S) == "/TH" or not children(cell):
                    continue  # a corner of the matrix and a repeated sector hold nothing
                named = {str(each) for each in cell.A.Headers}
                assert named and named <= set(heads)
                assert row_head <= named or any("Column" in str(heads[each].get("/A", "")) for each in row_head)


def test_a_header_names_its_own_row_or_column_only(pdf: pikepdf.Pdf) -> None:
    for cell in tags(pdf, "TD"):
        assert len(cell.A.Headers) <= 2


def test_figures_have_words(pdf: pikepdf.Pdf) -> None:
    figures = tags(pdf, "Figure")
    assert figures
    assert all(len(str(each.Alt)) > 10 for each in figures)


def test_headings_nest_without_gaps(pdf: pikepdf.Pdf) -> None:
    levels = [int(str(each.S)[2:]) for each in tags(pdf, "H1", "H2", "H3", "H4", "H5", "H6")]
    assert levels.count(1) == 1 and levels[0] == 1
    assert len(levels) >= 6
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


def test_all_content_is_tagged_or_an_artifact(pdf: pikepdf.Pdf) -> None:
    """Everything that paints stands in marked content, every mark is in the tree, and every page has its own."""
    marks = pdf_marks(pdf)
    painting = {"Tj", "TJ", "'", '"', "f", "f*", "F", "S", "s", "B", "B*", "b", "b*", "Do", "sh", "INLINE IMAGE"}
    for page in pdf.pages:
        used: set[int] = set()
        stack: list[tuple[str, int | None]] = []
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            if operator in ("BMC", "BDC"):
                properties = instruction.operands[1] if len(instruction.operands) > 1 else {}
                mark = int(properties["/MCID"]) if "/MCID" in properties else None
                used |= {mark} if mark is not None else set()
                stack.append((str(instruction.operands[0]), mark))
            elif operator == "EMC":
                stack.pop()
            elif operator in painting:
                assert any(tag == "/Artifact" or mark is not None for tag, mark in stack), operator
        assert stack == []
        assert used and used <= marks[page.objgen]


def pdf_marks(pdf: pikepdf.Pdf) -> dict[tuple[int, int], set[int]]:
    """By page, the marks that the tag tree knows; head and foot are in the parent tree alone."""
    marks: dict[tuple[int, int], set[int]] = {page.objgen: set() for page in pdf.pages}
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    parents = {int(numbers[at]): numbers[at + 1] for at in range(0, len(numbers), 2)}
    for page in pdf.pages:
        marks[page.objgen] = set(range(len(parents[int(page.obj.StructParents)])))
    return marks


def test_only_two_families_are_embedded_and_both_are(pdf: pikepdf.Pdf) -> None:
    fonts = list(fonts_of(pdf))
    assert len(fonts) >= 6
    for font, descriptor in fonts:
        assert re.match(r"^/[A-Z]{6}\+Source-(Serif-4|Sans-3)\b", str(font.BaseFont)), font.BaseFont
        assert str(descriptor.FontFamily).startswith(("Source Serif 4", "Source Sans 3"))
        assert any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        assert "/ToUnicode" in font


def fonts_of(pdf: pikepdf.Pdf) -> Iterator[tuple[Any, Any]]:
    """Every font dictionary of the file, wherever it is used, with its descriptor."""
    for each in pdf.objects:
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Font" and "/Subtype" in each:
            if each.Subtype == "/Type0":
                yield each, each.DescendantFonts[0].FontDescriptor
            else:
                assert str(each.Subtype).startswith("/CIDFont"), each.Subtype


def test_bookmarks_name_title_and_sections(pdf: pikepdf.Pdf, audience: str) -> None:
    with pdf.open_outline() as outline:
        (top,) = outline.root
        sections = [item.title for item in top.children]
    assert top.title == TITLE
    assert sections[0] == "Bottom line"
    assert {"Key findings by sector", "Risks stated in the source", "Open questions"} <= set(sections)
    assert ("Evidence" in " ".join(sections)) == (audience == "briefing")


def test_links_lead_to_existing_places(built: Built, pdf: pikepdf.Pdf, audience: str) -> None:
    names = pdf.Root.Names.Dests.Names
    places = {str(names[at]): names[at + 1] for at in range(0, len(names), 2)}
    links = [note for page in pdf.pages for note in page.get("/Annots", []) if str(note.Subtype) == "/Link"]
    targets = [str(note.Dest) for note in links if "/Dest" in note]
    assert set(targets) <= set(places)
    pages = {page.objgen for page in pdf.pages}
    assert all(place[0].objgen in pages for place in places.values())
    assert all("/StructParent" in note and "/Contents" in note for note in links)
    if audience == "briefing":
        kept = set(built.target("briefing")["kept"])
        leading = {target.removeprefix("evidence-") for target in targets if target.startswith("evidence-")}
        assert len(leading) > 30 and leading <= kept
        assert leading <= set(targets), "and back again"


def test_head_and_foot_of_every_page(built: Built, audience: str, texts: list[str]) -> None:
    label = LABELS.get(audience, "TLP:AMBER")
    runs = drawn(built.path(audience, "pdf"))
    for number, text in enumerate(texts):
        large = [run for run in runs if run.page == number and run.text.strip() == label and run.size >= 11.99]
        assert [run for run in large if run.bottom > 842 - 24 * 72 / 25.4], "head"
        assert [run for run in large if run.top < 19 * 72 / 25.4], "foot"
        assert re.search(rf"\bpage {number + 1} of {len(texts)}\b", text, re.I)
        assert re.search(r"EB-2026-014 · version 1 · 23 November 2026", text, re.I)


def test_no_type_is_smaller_than_the_floor(built: Built, audience: str) -> None:
    runs = [run for run in drawn(built.path(audience, "pdf")) if run.text.strip()]
    assert len(runs) > 100
    assert {(run.text, run.size) for run in runs if run.size < 8.49} == set()


def test_the_text_comes_in_reading_order(texts: list[str], audience: str) -> None:
    whole = " ".join(texts)
    order = [TITLE, "Bottom line", "We judge it likely", "Key findings by sector", "Risks stated in the source"]
    order += ["Open questions", "Source and reliability"]
    order += ["Every statement above rests on"] if audience == "briefing" else []
    places = [whole.index(part) for part in order]
    assert places == sorted(places)


def test_the_tags_come_in_the_same_order(pdf: pikepdf.Pdf, texts: list[str]) -> None:
    """A screen reader follows the tag tree, a copy the content: both read the page as its reader does."""
    marks = [mark for each in walk(pdf.Root.StructTreeRoot.K[0]) for mark in marks_of(each, pdf)]
    pages = [page for page, _ in marks]
    assert pages == sorted(pages)
    for number in range(len(texts)):
        order = [mark for page, mark in marks if page == number]
        # Table heads are repeated on each page, but they are tagged once.
        assert sum(later < earlier for earlier, later in itertools.pairwise(order)) <= 1


def marks_of(element: Any, pdf: pikepdf.Pdf) -> list[tuple[int, int]]:
    numbers = {page.objgen: number for number, page in enumerate(pdf.pages)}
    kids = element.get("/K")
    own = [kid for kid in kids if isinstance(kid, int)] if isinstance(kids, pikepdf.Array) else []
    return [(numbers[element.Pg.objgen], mark) for mark in own]


# Glyphs

EM = 80  # pixels, large enough to tell letters apart
SAMPLE = "Беларусь ў Ў і ё Łukašenka №"
CYRILLIC = f"""
title: "{SAMPLE}"
marking: TLP:CLEAR
sources: [{{id: S1, file: seeds/cyrillic.txt}}]
bottom_line: {{text: "{SAMPLE}: **{SAMPLE}**", likelihood: likely, confidence: low, basis: "{SAMPLE}"}}
findings:
  - {{id: glyphs, sector: industry, stance: assessed, basis: "{SAMPLE}", text: "{SAMPLE} – *{SAMPLE}*."}}
"""


@pytest.fixture(scope="session")
def cyrillic(once: Once) -> Path:
    def make(folder: Path) -> None:
        copy_workspace(folder)
        (folder / "content" / "cyrillic").mkdir()
        (folder / "content" / "cyrillic" / "brief.yaml").write_text(CYRILLIC, encoding="utf-8")
        (folder / "seeds" / "cyrillic.txt").write_text(f"{SAMPLE}\n", encoding="utf-8")
        result = run_briefgen("build", "cyrillic", "-a", "executive", cwd=folder)
        assert result.returncode == 0, result.stderr
        assert "is printed in" not in result.stderr

    return once("cyrillic", make) / "build" / "executive" / "cyrillic.pdf"


def ink(picture: Image.Image) -> Image.Image:
    """The shape that is drawn, cut out, black on white, whatever its colour and its ground."""
    grey = ImageOps.autocontrast(picture.convert("L")).point(lambda value: 255 * (value > 127))
    box = ImageChops.invert(grey).getbbox()
    assert box, "nothing is drawn"
    return grey.crop(box)


def likeness(one: Image.Image, other: Image.Image) -> float:
    """The share of the ink that both have in common: 1.0 for the same shape."""
    size = (max(one.width, other.width), max(one.height, other.height))
    a, b = (ImageChops.invert(each.resize(size)) for each in (one, other))
    return sum(ImageChops.darker(a, b).tobytes()) / sum(ImageChops.lighter(a, b).tobytes())


def test_no_other_font_steps_in_for_cyrillic(cyrillic: Path) -> None:
    with pikepdf.open(cyrillic) as pdf:
        names = {str(font.BaseFont)[8:] for font, _ in fonts_of(pdf)}
    assert {name for name in names if not name.startswith(("Source-Serif-4-", "Source-Sans-3"))} == set()


def test_cyrillic_text_can_be_copied(cyrillic: Path) -> None:
    assert page_texts(cyrillic)[0].count(SAMPLE) >= 6


@pytest.mark.parametrize(
    ("face", "size"),
    [
        ("SourceSerif4Display-Regular", 25),
        ("SourceSerif4Subhead-Regular", 12.6),
        ("SourceSerif4Subhead-Semibold", 12.6),
        ("SourceSerif4SmText-Regular", 9),
        ("SourceSerif4SmText-It", 9),
        ("SourceSans3-Regular", 8.5),
    ],
)
def test_cyrillic_glyphs_look_as_in_their_font_file(cyrillic: Path, face: str, size: float) -> None:
    """The picture of each letter is that which another program draws from the same file, and no other letter.

    Text extraction reads right even where glyphs are wrong: only a picture shows it.
    """
    font = ImageFont.truetype(str(ROOT / "templates" / "fonts" / f"{face}.ttf"), EM)
    right = {letter: ink(written(letter, font)) for letter in SAMPLE if letter != " "}
    document = pypdfium2.PdfDocument(cyrillic)
    best: dict[str, float] = {}
    wrong = set()
    for letter, picture in letters_drawn(document, face, size):
        alike = {each: likeness(shape, picture) for each, shape in right.items()}
        # Latin and Cyrillic a are the same drawing, and a neighbour may reach into the picture.
        if alike[letter] < max(alike.values()) - 0.05:
            wrong.add((letter, max(alike, key=lambda each: alike[each])))
        best[letter] = max(best.get(letter, 0), alike[letter])
    document.close()
    assert wrong == set()
    assert set(best) == set(right)
    assert {letter: round(value, 2) for letter, value in best.items() if value < 0.6} == {}


def written(letter: str, font: ImageFont.FreeTypeFont) -> Image.Image:
    image = Image.new("L", (2 * EM, 2 * EM), 255)
    ImageDraw.Draw(image).text((EM // 2, EM // 3), letter, font=font, fill=0)
    return image


def letters_drawn(document: Any, face: str, size: float) -> Iterator[tuple[str, Image.Image]]:
    """Every letter that the first page prints in a face at a size, with its picture, large."""
    scale = EM / size
    page = document[0]
    textpage = page.get_textpage()
    picture = page.render(scale=scale, grayscale=True).to_pil()
    family = (
        re.sub(r"-Regular$", "", face)
        .replace("SourceSerif4", "Source-Serif-4-")
        .replace("SourceSans3", "Source-Sans-3")
    )
    family = family.replace("Semibold", "Semi-Bold").replace("-It", "-Italic")
    for at in range(textpage.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(textpage, at))
        buffer, flags = ctypes.create_string_buffer(200), ctypes.c_int()
        raw.FPDFText_GetFontInfo(textpage, at, buffer, 200, flags)
        name = buffer.value.decode().rpartition("+")[2].rstrip(",")
        if not char.isspace() and name == family and char in SAMPLE:
            left, bottom, right, top = textpage.get_charbox(at)
            height = page.get_height()
            box = (left, height - top, right, height - bottom)
            yield char, ink(picture.crop(tuple(round(edge * scale) for edge in box)))


# The same bytes


@pytest.mark.slow
def test_two_builds_are_the_same_to_the_byte(built: Built, tmp_path: Path) -> None:
    """Whatever the hash seed, the time zone, the folder, the home, the locale and the umask."""
    other = copy_workspace(tmp_path / "another folder" / "wörk")
    surroundings = {
        "PYTHONHASHSEED": "12345",
        "TZ": "Pacific/Kiritimati",
        "HOME": str(tmp_path),
        "LC_ALL": "C",
        "LANG": "C",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    result = run_briefgen("-C", other, "build", cwd=Path("/"), env=surroundings, umask=0o077)
    assert result.returncode == 0, result.stderr
    for audience in AUDIENCES:
        for kind in ("html", "pdf"):
            path = other / "build" / audience / f"{BRIEF}.{kind}"
            assert path.read_bytes() == built.path(audience, kind).read_bytes(), path.name
    # Who may read a file is for the umask to say, as with every other program.
    assert (other / "build" / "executive" / f"{BRIEF}.pdf").stat().st_mode & 0o777 == 0o600
