"""A PDF gives paragraphs: no running heads, no page numbers, no hyphens at line ends."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
import weasyprint

from briefgen.errors import BriefgenError
from briefgen.sources.draft import Draft
from briefgen.sources.pdf import read

STYLE = """<meta charset="utf-8"><style>
@page { size: 320pt 400pt; margin: 50pt; @top-center { content: "Ministry of Trade" }
        @bottom-center { content: "Page " counter(page) } }
@font-face { font-family: "Own"; src: url(FONTS/SourceSerif4SmText-Regular.ttf) }
@font-face { font-family: "Own"; src: url(FONTS/SourceSerif4SmText-Semibold.ttf); font-weight: bold }
html { font: 12pt "Own" }
p { hyphens: auto; hyphenate-character: "-"; text-align: justify; margin: 0 0 12pt }
h1 { font-size: 22pt } h2 { font-size: 13pt }
</style><body lang="en">"""
# Not the machine's fonts, and no bold that it makes up: where a line ends and what is bold is what is tested.
STYLE = STYLE.replace("FONTS", (Path(__file__).parents[1] / "templates/fonts").as_uri())
SENTENCE = (
    "The considerable responsibilities of international organisations were reconsidered extraordinarily carefully. "
)


def pdf(body: str, **options: str) -> bytes:
    document = weasyprint.HTML(string=STYLE + body)
    return bytes(document.write_pdf(**options))


def said(draft: Draft) -> list[tuple[str, str]]:
    return [(block.kind, draft.text[block.start : block.end]) for block in draft.blocks]


@pytest.fixture(scope="module")
def report() -> bytes:
    paragraphs = "".join(
        f"<p>Paragraph {number}. {SENTENCE * 4}</p>" for number in ("one", "two", "three", "four", "five")
    )
    return pdf(
        f"<h1>Trade Report</h1><p>By Jane Smith</p><h2>Exports</h2>{paragraphs}"
        "<ul><li>alpha beta</li><li>gamma</li></ul>"
    )


def test_paragraphs_are_whole_across_lines_and_pages(report: bytes) -> None:
    whole = [text for kind, text in said(read(report, "a.pdf")) if kind == "paragraph" and text.startswith("Paragraph")]
    assert whole == [
        f"Paragraph {number}. {SENTENCE * 4}".strip() for number in ("one", "two", "three", "four", "five")
    ]


def test_furniture_is_gone(report: bytes) -> None:
    text = read(report, "a.pdf").text
    assert "Ministry of Trade" not in text
    assert "Page " not in text
    assert not set(text) & {"\ufffe", "\x02", "\r", "\u00ad"}


def test_headings_and_list_items(report: bytes) -> None:
    found = said(read(report, "a.pdf"))
    assert [text for kind, text in found if kind == "heading"] == ["Trade Report", "Exports"]
    assert [text for kind, text in found if kind == "list-item"] == ["alpha beta", "gamma"]


def test_a_hyphen_of_the_word_itself_stays() -> None:
    narrow = "<style>@page { size: 150pt 400pt; margin: 20pt } p { hyphens: manual }</style>"
    text = read(
        pdf(f"{narrow}<p>The well-being of a well-being report about the well-being of people.</p>"), "a.pdf"
    ).text
    assert text.count("well-being") == 3


def test_properties_count_only_where_the_text_says_the_same(report: bytes) -> None:
    with pikepdf.open(io.BytesIO(report)) as document:
        document.docinfo["/Title"] = "Trade Report"
        document.docinfo["/Author"] = "admin"
        stream = io.BytesIO()
        document.save(stream)
    metadata = read(stream.getvalue(), "a.pdf").metadata
    assert (metadata.title, metadata.author, metadata.published) == ("Trade Report", None, None)


def test_a_locked_file_says_so(report: bytes) -> None:
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(report)) as document:
        document.save(stream, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(BriefgenError, match="password"):
        read(stream.getvalue(), "a.pdf")


def test_pages_without_text_are_told(report: bytes) -> None:
    with pikepdf.open(io.BytesIO(report)) as document:
        document.add_blank_page()
        stream = io.BytesIO()
        document.save(stream)
    notes = read(stream.getvalue(), "a.pdf").notes
    assert ["have no text" in note.message and "OCR" in str(note.hint) for note in notes] == [True]


def test_a_scan_says_what_to_do() -> None:
    document = pikepdf.new()
    document.add_blank_page()
    stream = io.BytesIO()
    document.save(stream)
    with pytest.raises(BriefgenError, match="no text") as caught:
        read(stream.getvalue(), "a.pdf")
    assert "ocrmypdf" in str(caught.value)


@pytest.mark.parametrize("cut", [100, 1000, 5000])
def test_a_file_that_was_cut_off_is_broken_or_read(report: bytes, cut: int) -> None:
    with pytest.raises(BriefgenError, match="broken PDF"):
        read(report[:cut], "a.pdf")


def test_russian_text() -> None:
    text = read(pdf("<p>Ответ министра: экспорт вырос на пять процентов, сообщили в ведомстве.</p>"), "a.pdf").text
    assert text.startswith("Ответ министра: экспорт вырос на пять процентов, сообщили в ведомстве.\n")


def test_rows_of_a_table() -> None:
    rows = "<tr><td>Year</td><td>Exports</td></tr><tr><td>2024</td><td>4,800</td></tr>"
    table = f"<table style='width: 100%; table-layout: fixed'>{rows}</table>"
    found = said(read(pdf(f"<p>{SENTENCE}</p>{table}<p>{SENTENCE}</p>"), "a.pdf"))
    assert [text for kind, text in found if kind == "table-row"] == ["Year | Exports", "2024 | 4,800"]
