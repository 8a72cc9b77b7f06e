"""A Word file is read in the order of its body, with its tables, and says what is left out."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from briefgen.errors import BriefgenError
from briefgen.sources.draft import Draft, Metadata
from briefgen.sources.word import read


def saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def said(draft: Draft) -> list[tuple[str, str]]:
    return [(block.kind, draft.text[block.start : block.end]) for block in draft.blocks]


def report() -> Any:
    document = docx.Document()
    document.core_properties.author = "Jane Smith"
    document.core_properties.title = "Left from a template"
    document.add_heading("Grain exports", 0)
    document.add_paragraph("By Jane Smith")
    document.add_heading("Prices", 1)
    paragraph = document.add_paragraph("Exports rose by ")
    paragraph.add_run("five").bold = True
    paragraph.add_run(" per\tcent.")
    document.add_paragraph("A point", style="List Bullet")
    document.add_paragraph("A quote.", style="Quote")
    table = document.add_table(2, 2)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"cell {number}"
    document.add_paragraph("Figure 1: Exports", style="Caption")
    document.add_paragraph("The end of it.")
    return document


def test_blocks_come_in_the_order_of_the_body() -> None:
    assert said(read(saved(report()), "a.docx")) == [
        ("heading", "Grain exports"),
        ("paragraph", "By Jane Smith"),
        ("heading", "Prices"),
        ("paragraph", "Exports rose by five per cent."),
        ("list-item", "A point"),
        ("quote", "A quote."),
        ("table-row", "cell 0 | cell 1"),
        ("table-row", "cell 2 | cell 3"),
        ("residue", "Figure 1: Exports"),
        ("paragraph", "The end of it."),
    ]


def test_properties_count_only_where_the_text_says_the_same() -> None:
    assert read(saved(report()), "a.docx").metadata == Metadata(title="Grain exports", author="Jane Smith")


def test_tracked_changes_are_read_as_accepted_and_told() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Exports ")
    for tag, text, kind in (("w:del", "fell", "w:delText"), ("w:ins", "rose", "w:t")):
        change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(kind)
        words.text = text
        run.append(words)
        change.append(run)
        paragraph._p.append(change)
    draft = read(saved(document), "a.docx")
    assert draft.text == "Exports rose\n"
    assert ["tracked changes" in note.message for note in draft.notes] == [True]


def test_footnotes_are_told() -> None:
    document = docx.Document()
    run = document.add_paragraph("Exports rose.").add_run()
    run._r.append(parse_xml(f'<w:footnoteReference {nsdecls("w")} w:id="2"/>'))
    notes = read(saved(document), "a.docx").notes
    assert ["footnotes" in note.message for note in notes] == [True]
    assert all(note.hint for note in notes)


def test_text_in_a_content_control_is_read() -> None:
    document = docx.Document()
    control = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>Kept text.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    document.element.body.insert(0, control)
    assert read(saved(document), "a.docx").text == "Kept text.\n"


def test_a_table_around_text_is_no_table() -> None:
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "First paragraph in a frame."
    cell.add_paragraph("Second paragraph in a frame.")
    assert [kind for kind, _ in said(read(saved(document), "a.docx"))] == ["paragraph", "paragraph"]


def test_a_deeply_nested_body_is_read_without_recursion() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Exports rose.")._p
    inner = paragraph
    for _ in range(200):
        link = OxmlElement("w:smartTag")
        inner.append(link)
        inner = link
    inner.append(parse_xml(f"<w:r {nsdecls('w')}><w:t> Deep.</w:t></w:r>"))
    assert read(saved(document), "a.docx").text == "Exports rose. Deep.\n"


def test_a_file_without_text_says_so() -> None:
    with pytest.raises(BriefgenError, match="no text") as caught:
        read(saved(docx.Document()), "a.docx")
    assert "OCR" in str(caught.value)


def test_names_of_elements_are_those_of_word() -> None:
    assert qn("w:p").endswith("}p")
