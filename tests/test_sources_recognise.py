"""A file is what its bytes say, whatever it is called; a wrong name is told."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from briefgen.errors import BriefgenError
from briefgen.sources.recognise import CALLED, FORMATS, SUFFIXES, recognise

HTML = b"<!DOCTYPE html>\n<html><body><p>x</p></body></html>"


@pytest.mark.parametrize(
    ("name", "raw", "form"),
    [
        ("a.txt", b"Text.", "plain"),
        ("a", b"Text.", "plain"),
        ("a.md", b"# Text", "markdown"),
        ("a.md", b"<!doctype html><html>", "markdown"),
        ("A.HTM", HTML, "web"),
        ("a.html", b"<p>x</p>", "web"),
        ("a.pdf", b"%PDF-1.7", "pdf"),
        ("a.docx", b"PK\x03\x04", "word"),
        ("a.csv", b"a,b", "plain"),
    ],
)
def test_what_is_called_by_its_name(name: str, raw: bytes, form: str) -> None:
    assert recognise(raw, PurePath(name), name) == (form, [])


@pytest.mark.parametrize(
    ("name", "raw", "form"),
    [
        ("a.txt", b"%PDF-1.7", "pdf"),
        ("a.pdf", HTML, "web"),
        ("a.txt", b"<?xml version='1.0'?><!-- x --><html lang='en'>", "web"),
        ("a.txt", b"PK\x03\x04", "word"),
        ("a.docx", b"Only text.", "plain"),
        ("a.html", b"Only text.", "plain"),
    ],
)
def test_a_wrong_name_is_told(name: str, raw: bytes, form: str) -> None:
    found, notes = recognise(raw, PurePath(name), name)
    assert found == form
    assert [note.severity for note in notes] == ["warning"]
    assert PurePath(name).suffix in notes[0].message
    assert notes[0].hint


@pytest.mark.parametrize(
    "raw", [b"\x89PNG\r\n", b"\xff\xd8\xff\xe0", b"{\\rtf1", b"\xd0\xcf\x11\xe0", b"\x7fELF", b"\x1f\x8b"]
)
def test_what_is_not_read_is_named(raw: bytes) -> None:
    with pytest.raises(BriefgenError, match="is not read") as caught:
        recognise(raw, PurePath("a.txt"), "a.txt")
    assert caught.value.diagnostics[0].hint


def test_every_format_has_a_name_and_a_reader() -> None:
    from importlib import import_module

    assert FORMATS
    assert set(FORMATS) == set(CALLED) == set(SUFFIXES.values())
    assert all(callable(import_module(f"briefgen.sources.{form}").read) for form in FORMATS)
