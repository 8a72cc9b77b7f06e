"""Reading as the rest of the program does it: any file gives a source or a named error, fast, with a hint."""

from __future__ import annotations

import hashlib
import io
import os
import random
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefgen.errors import BriefgenError, SurroundingsError, UsageError
from briefgen.model import Source
from briefgen.sources.isolation import Limits
from briefgen.sources.reading import draft, read, read_all, show
from briefgen.sources.recognise import FORMATS, recognise

SEED = next((Path(__file__).parents[1] / "seeds").glob("belarus*.txt"))
LINE = "The minister said that exports rose by a third last year. "
NOISE = random.Random(1).randbytes(3000)


def packed(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return stream.getvalue()


def pdf(*objects: bytes) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return out + head + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))


ENTITIES = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
MANY_PAGES = b"<</Type/Pages/Kids[" + b"3 0 R " * 2500 + b"]/Count 2500>>"
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def stream(data: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        data = zlib.compress(data, 9)
    filters = b"/FlateDecode" * times
    return b"<</Length %d/Filter[%s]>>stream\n%s\nendstream" % (len(data), filters, data)


def locked() -> bytes:
    document, out = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def content_stream_bomb() -> bytes:
    return pdf(CATALOG, ONE_PAGE, PAGE, stream(b"\0" * 600_000_000, 2), FONT)


DOCUMENT = "word/document.xml"
# name of the file -> what it holds, and words of the message that it must give
BAD: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "empty.txt": (b"", "is empty"),
    "blank.txt": (b" \n\t\r\n", "holds no words"),
    "rule.txt": (b"* * *\n-----\n", "holds no words"),
    "nul.txt": (b"\0" * 5000, "is binary"),
    "noise.txt": (NOISE, "is binary"),
    "noise.html": (NOISE, "is binary"),
    "noise.md": (NOISE, "is binary"),
    "noise.pdf": (NOISE, "broken PDF"),
    "noise.docx": (NOISE, "broken Word file"),
    "program.txt": (b"\x7fELF" + NOISE, "is a program"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n" + NOISE, "is a picture"),
    "old.docx": (b"\xd0\xcf\x11\xe0" + NOISE, "old Word"),
    "rich.docx": (b"{\\rtf1 hello}", "rich text"),
    "gzip.txt": (b"\x1f\x8b" + NOISE, "gzip"),
    "cut.pdf": (b"%PDF-1.7\n1 0 obj\n<<", "broken PDF"),
    "scan.pdf": (pdf(CATALOG, ONE_PAGE, PAGE, stream(b"0 0 9 9 re f"), FONT), "has no text"),
    "locked.pdf": (locked, "password"),
    "loop.pdf": (pdf(CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 1>>", PAGE, FONT, FONT), "has no text"),
    "pages.pdf": (pdf(CATALOG, MANY_PAGES, PAGE, FONT, FONT), "2,500 pages"),
    "nopages.pdf": (pdf(CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"), "no pages|broken PDF"),
    "bomb.pdf": (content_stream_bomb, "crash"),
    "bomb.docx": (lambda: packed({DOCUMENT: b"a" * 60_000_000}), "unpacks to more"),
    "many.docx": (lambda: packed({DOCUMENT: b"", **{f"{n}": b"" for n in range(2100)}}), "unpacks to more"),
    "entities.docx": (packed({DOCUMENT: ENTITIES}), "document type"),
    "hollow.docx": (packed({DOCUMENT: b"<a/>"}), "broken Word file"),
    "sheet.docx": (packed({"xl/workbook.xml": b""}), "spreadsheet"),
    "zip.docx": (packed({"a.txt": b"a"}), "ZIP archive"),
    "deep.html": (b"<html><body>" + b"<div>" * 100_000 + b"text", "no article text"),
    "script.html": (b"<html><body><div id=x></div><script>go()</script></body></html>", "no article text"),
    "nested.md": (b">" * 100_000 + b" x", "holds no words"),
    "hashes.md": (b"#" * 200_000, "holds no words"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_named_errors(name: str, tmp_path: Path) -> None:
    content, message = BAD[name]
    path = tmp_path / name
    path.write_bytes(content() if callable(content) else content)
    start = time.perf_counter()
    with pytest.raises(BriefgenError, match=message) as caught:
        read(path, Limits(seconds=10, memory=500_000_000))
    assert time.perf_counter() - start < 60  # no speed: what hangs takes minutes
    assert all(each.hint and each.file == str(path) for each in caught.value.diagnostics)
    assert "Traceback" not in str(caught.value)


ODD: dict[str, tuple[bytes, str]] = {
    "line.txt": ((LINE * 18_000).encode(), ""),
    "word.txt": (b"x" * 1_000_000, ""),
    "dots.txt": (b". " * 500_000 + b"x", ""),
    "stars.txt": (b"* " * 500_000 + b"x", ""),
    "bars.txt": (b"|a" * 500_000, ""),
    "hashes.txt": (b"# a\n" * 100_000, ""),
    "capitals.txt": (b"A. B. " * 170_000, ""),
    "labels.txt": (b"Source: a | " * 80_000, ""),
    "arabic.txt": ("قال الوزير إن الصادرات ارتفعت. وأضاف أن التجارة مستمرة.".encode(), ""),
    "chinese.txt": (("中国政府宣布了新的产业政策。出口正在增加。" * 100).encode(), ""),
    "stars.md": (b"*a _b " * 20_000, ""),
    "brackets.md": (b"[a" * 15_000, ""),
    "table.md": (b"|a" * 10_000 + b"\n" + b"|-" * 10_000 + b"\n", ""),
    "open.html": (b"<html><body>" + f"<p>{LINE}\n".encode() * 3000, ""),
    "text.pdf": (LINE.encode() * 3, "called .pdf"),
    "page.txt": (f"<!doctype html><html><body><p>{LINE * 5}</p></body></html>".encode(), "called .txt"),
    "mixed.txt": (("Беларусь и Россия. " * 9).encode() + b"\xc1\xe5.", "mixed"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_odd_files_are_read(name: str, tmp_path: Path) -> None:
    content, note = ODD[name]
    path = tmp_path / name
    path.write_bytes(content)
    start = time.perf_counter()
    source, notes = read(path)
    assert time.perf_counter() - start < 60  # no speed: what hangs takes minutes
    assert_sound(source)
    assert note in " ".join(map(str, notes))


def assert_sound(source: Source) -> None:
    last = 0
    for block in source.blocks:
        assert last <= block.start < block.end <= len(source.text)
        last = block.end


def test_the_seed() -> None:
    source, notes = read(SEED)
    raw = SEED.read_bytes()
    assert source.text == raw.decode("utf-8") == show(SEED)
    assert source.sha256 == hashlib.sha256(raw).hexdigest()
    assert source.verbatim
    assert source.language == "en"
    assert (source.title, source.author, source.publisher, source.published, source.url) == (None,) * 5
    assert notes == []


def test_reading_twice_gives_the_same() -> None:
    assert read(SEED) == read(SEED)


def test_a_folder_gives_all_its_sources(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text(f"# Trade\n\n{LINE}\n")
    (tmp_path / "a.txt").write_text(LINE)
    (tmp_path / "copy.txt").write_text(LINE)
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "c.xlsx").write_text("x")
    (tmp_path / ".hidden.txt").write_text(LINE)
    sources, notes = read_all([tmp_path])
    assert [Path(source.file).name for source in sources] == ["a.txt", "b.md"]
    assert sorted((note.severity, Path(str(note.file)).name) for note in notes) == [
        ("error", "empty.txt"),
        ("note", "c.xlsx"),
        ("note", "copy.txt"),
    ]


def test_all_that_fail_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("")
    (tmp_path / "b.txt").write_bytes(b"\0" * 99)
    with pytest.raises(BriefgenError) as caught:
        read_all([tmp_path])
    assert len(caught.value.diagnostics) == 2


def test_no_source_at_all(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no source"):
        read_all([tmp_path])


def test_a_path_that_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read(tmp_path / "none.txt")
    with pytest.raises(UsageError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(UsageError, match="not a regular file"):
        read(Path("/dev/zero"))
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(UsageError, match="not a regular file"):
        read(tmp_path / "pipe.txt")
    with pytest.raises(BriefgenError):
        read(Path("a\0b.txt"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(LINE)
    path.chmod(0)
    with pytest.raises(SurroundingsError, match="cannot be read"):
        read(path)


@pytest.mark.parametrize(("name", "size"), [("a.txt", 51_000_000), ("a.pdf", 101_000_000), ("b.txt", 200_000_000)])
def test_a_huge_file_is_refused_at_once(name: str, size: int, tmp_path: Path) -> None:
    path = tmp_path / name
    with path.open("wb") as stream:
        stream.truncate(size)
        stream.write(b"a")
    start = time.perf_counter()
    with pytest.raises(BriefgenError, match="too large"):
        read(path)
    assert time.perf_counter() - start < 60  # no speed: what hangs takes minutes


def test_limits_can_be_set(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"*a _b " * 200_000)
    with pytest.raises(BriefgenError, match="longer than"):
        read(path, Limits(seconds=0.2))


@settings(max_examples=40, deadline=None)
@given(
    raw=st.binary(max_size=600),
    form=st.sampled_from(FORMATS),
    start=st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html>"]),
)
def test_any_bytes_give_a_source_or_a_named_error(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, form: str, start: bytes
) -> None:
    suffix = {"plain": "txt", "markdown": "md", "web": "html", "pdf": "pdf", "word": "docx"}[form]
    path = tmp_path_factory.getbasetemp() / f"any.{suffix}"
    path.write_bytes(start + raw)
    try:
        assert_sound(read(path)[0])
    except BriefgenError as problem:
        assert all(each.hint for each in problem.diagnostics)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=400), form=st.sampled_from(["plain", "markdown"]))
def test_any_text_gives_sound_blocks(text: str, form: str) -> None:
    try:
        made = draft(form, text.encode("utf-8"), "f")  # type: ignore[arg-type]
    except BriefgenError:
        return
    assert_sound(Source("f", made.text, made.blocks))
    assert form != "plain" or not made.verbatim or made.text == text


def test_a_name_says_which_format(tmp_path: Path) -> None:
    assert recognise(b"Text.", tmp_path / "a.md", "a.md") == ("markdown", [])
