"""The bytes of an Office file -> whether it is safe to open, before anything parses it."""

from __future__ import annotations

import io
import zipfile
import zlib

from briefgen.errors import BriefgenError, error

MAX_MEMBERS = 2_000
MAX_MEMBER = 50_000_000
MAX_TOTAL = 200_000_000
MAX_RATIO = 100
_SMALL = 1_000_000  # a small member may be squeezed as well as it likes
_CHUNK = 1 << 20
_OTHERS = {
    "xl/workbook.xml": ("a spreadsheet (.xlsx)", "export it as PDF, or copy its text into a .txt file"),
    "ppt/presentation.xml": ("a presentation (.pptx)", "export it as PDF"),
    "content.xml": ("an OpenDocument file", "save it as .docx or PDF"),
    "META-INF/container.xml": ("an e-book (.epub)", "save the chapter that matters as HTML or text"),
}  # fmt: skip


def check(raw: bytes, name: str) -> None:
    """Raise `BriefgenError` unless this is a Word file of sane size, every byte counted as it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise _bomb(name, f"it holds {len(members):,} files; at most {MAX_MEMBERS:,} are read")
            _check_kind({member.filename for member in members}, name)
            _check_size(archive, members, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as problem:
        hint = "open it in Word and save it anew, or copy it again: it may have been cut off"
        raise BriefgenError(error(f"is a broken Word file: {problem}", name, hint)) from None
    except RuntimeError:
        hint = "save a copy without a password"
        raise BriefgenError(error("is protected by a password", name, hint)) from None


def _bomb(name: str, why: str) -> BriefgenError:
    hint = "do not open it if you do not know where it is from; else export it as PDF"
    return BriefgenError(error(f"unpacks to more than a document does: {why}", name, hint))


def _check_kind(names: set[str], name: str) -> None:
    if "word/document.xml" in names:
        return
    what, hint = next(
        (told for member, told in _OTHERS.items() if member in names),
        ("a ZIP archive, not a Word file", "unpack it and name the files in it"),
    )
    raise BriefgenError(error(f"is {what}", name, hint))


def _check_size(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> None:
    if sum(member.file_size for member in members) > MAX_TOTAL:
        raise _bomb(name, f"over {MAX_TOTAL // 1_000_000} MB in all")
    total = 0
    for member in members:
        if member.file_size > MAX_MEMBER:
            raise _bomb(name, f"'{member.filename}' is over {MAX_MEMBER // 1_000_000} MB")
        size = _real_size(archive, member, name)
        total += size
        if size > _SMALL and size > MAX_RATIO * max(1, member.compress_size):
            raise _bomb(name, f"'{member.filename}' is over {MAX_RATIO} times as large as packed")
        if total > MAX_TOTAL:
            raise _bomb(name, f"over {MAX_TOTAL // 1_000_000} MB in all")


def _real_size(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> int:
    """The bytes that really come out, and no document type among them: Word writes none, attackers do."""
    size = 0
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > MAX_MEMBER:
                raise _bomb(name, f"'{member.filename}' is over {MAX_MEMBER // 1_000_000} MB")
            if member.filename.endswith((".xml", ".rels")) and _declares(chunk):
                hint = "Word writes no such thing: do not trust the file; else open it in Word and save it anew"
                message = f"'{member.filename}' has an XML document type or entities"
                raise BriefgenError(error(message, name, hint))
    return size


def _declares(chunk: bytes) -> bool:
    plain = chunk.replace(b"\0", b"")
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain
