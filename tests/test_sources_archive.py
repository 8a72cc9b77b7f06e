"""An Office file is weighed before it is opened."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from briefgen.errors import BriefgenError
from briefgen.sources import archive

DOCUMENT = "word/document.xml"


def packed(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return stream.getvalue()


def refusal(raw: bytes) -> str:
    with pytest.raises(BriefgenError) as caught:
        archive.check(raw, "a.docx")
    assert caught.value.diagnostics[0].hint
    return str(caught.value)


def test_a_sane_file_passes() -> None:
    archive.check(packed({DOCUMENT: b"<a/>" * 1000}), "a.docx")


def test_many_members() -> None:
    assert "2,001 files" in refusal(packed({DOCUMENT: b"", **{f"a{number}": b"" for number in range(2000)}}))
    archive.check(packed({DOCUMENT: b"", **{f"a{number}": b"" for number in range(1999)}}), "a.docx")


def test_a_large_member() -> None:
    assert "over 50 MB" in refusal(packed({DOCUMENT: b"a" * 50_000_001}))


def test_a_member_that_is_squeezed_too_well() -> None:
    assert "100 times" in refusal(packed({DOCUMENT: b"a" * 2_000_000}))
    archive.check(packed({DOCUMENT: b"a" * 900_000}), "a.docx")


def test_too_much_in_all() -> None:
    assert "200 MB in all" in refusal(packed({DOCUMENT: b"", **{f"{n}.bin": b"a" * 45_000_000 for n in range(5)}}))


def test_a_size_that_lies_does_not_help() -> None:
    raw = bytearray(packed({DOCUMENT: b"a" * 5_000_000}))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = raw.index(signature) + offset
        raw[at : at + 4] = struct.pack("<I", 1000)
    assert "broken" in refusal(bytes(raw))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("declaration", ['<!DOCTYPE a [<!ENTITY b "c">]>', "<!DOCTYPE a>"])
def test_document_types_are_refused(encoding: str, declaration: str) -> None:
    assert "document type" in refusal(packed({DOCUMENT: f'<?xml version="1.0"?>{declaration}<a/>'.encode(encoding)}))


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ({"xl/workbook.xml": b""}, "spreadsheet"),
        ({"ppt/presentation.xml": b""}, "presentation"),
        ({"content.xml": b""}, "OpenDocument"),
        ({"META-INF/container.xml": b""}, "e-book"),
        ({"a.txt": b""}, "ZIP archive"),
    ],
)
def test_other_archives_are_named(members: dict[str, bytes], what: str) -> None:
    assert what in refusal(packed(members))


@pytest.mark.parametrize("raw", [b"PK\x03\x04" + b"x" * 500, packed({DOCUMENT: b"abc" * 999})[:-40], b""])
def test_broken_archives(raw: bytes) -> None:
    assert "broken" in refusal(raw)
