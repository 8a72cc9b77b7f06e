"""Lines of a page: their text whole, their places in points, bullets joined to what they stand before."""

from __future__ import annotations

import pypdfium2
import weasyprint

from briefgen.sources.pdflines import Line, page_lines


def lines(html: str) -> list[Line]:
    raw = weasyprint.HTML(
        string=f'<meta charset="utf-8"><style>@page {{ size: 300pt; margin: 30pt }}</style>{html}'
    ).write_pdf()
    return page_lines(pypdfium2.PdfDocument(raw)[0].get_textpage(), 0)


def test_text_place_and_size() -> None:
    large, small = lines('<p style="font-size:20pt">Large</p><p style="font-size:10pt">Small <b>word</b> 😀</p>')
    assert (large.text, round(large.size), round(small.size)) == ("Large", 20, 10)
    assert small.text == "Small word 😀"
    assert large.bottom > small.top
    assert 35 < large.left < 37
    assert not small.bold


def test_a_line_all_in_bold() -> None:
    assert [line.bold for line in lines("<p><b>All bold</b></p><p>Not bold</p>")] == [True, False]


def test_bullets() -> None:
    found = lines("<ul><li>alpha</li><li>beta</li></ul><p>gamma</p>")
    assert [(line.text, line.bullet) for line in found] == [("alpha", True), ("beta", True), ("gamma", False)]


def test_a_hyphen_at_a_line_end_is_marked() -> None:
    found = lines("<p lang=en style=\"width:60pt; hyphens: auto; hyphenate-character: '-'\">internationalisation</p>")
    assert found[0].hyphen
    assert "".join(line.text for line in found) == "internationalisation"


def test_cells_of_a_row_are_apart() -> None:
    found = lines("<table style='width:200pt;table-layout:fixed'><tr><td>Year</td><td>Exports</td></tr></table>")
    assert [line.text for line in found] == ["Year\tExports"]
