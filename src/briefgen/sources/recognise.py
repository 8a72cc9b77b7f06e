"""The first bytes of a file and its name -> the format to read it as, and a word where the two disagree."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Literal, get_args

from briefgen.errors import BriefgenError, Diagnostic, error

Format = Literal["plain", "markdown", "web", "pdf", "word"]
FORMATS: tuple[Format, ...] = get_args(Format)

SUFFIXES: dict[str, Format] = {
    ".txt": "plain", ".text": "plain", ".md": "markdown", ".markdown": "markdown", ".html": "web",
    ".htm": "web", ".xhtml": "web", ".pdf": "pdf", ".docx": "word",
}  # fmt: skip
CALLED: dict[Format, str] = {
    "plain": "plain text", "markdown": "Markdown", "web": "HTML", "pdf": "a PDF", "word": "a Word file",
}  # fmt: skip

_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*(?:<!doctype\s+html\b|<html[\s>])",
    re.I | re.S,
)
_TAG = re.compile(rb"<(?:html|head|body|div|p|article|h1|meta|table|span|br)\b", re.I)
_PICTURE = "run text recognition (OCR) on it and give its text"
# What a file may be that we do not read: its first bytes, its name in a message, and what to do.
_UNREADABLE: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an old Word (.doc) or a locked Office file", "save it as .docx without a password"),
    (b"{\\rtf", "a rich text (.rtf) file", "save it as .docx or .txt"),
    (b"\x89PNG", "a picture (PNG)", _PICTURE),
    (b"\xff\xd8\xff", "a picture (JPEG)", _PICTURE),
    (b"GIF8", "a picture (GIF)", _PICTURE),
    (b"II*\0", "a picture (TIFF)", _PICTURE),
    (b"MM\0*", "a picture (TIFF)", _PICTURE),
    (b"\x1f\x8b", "a gzip archive", "unpack it"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it"),
    (b"Rar!", "a RAR archive", "unpack it"),
    (b"\x7fELF", "a program", "give the document itself"),
    (b"MZ\x90", "a program", "give the document itself"),
    (b"%!PS", "a PostScript file", "convert it to PDF, for instance with 'ps2pdf'"),
)  # fmt: skip


def recognise(raw: bytes, path: PurePath, name: str) -> tuple[Format, list[Diagnostic]]:
    """The format by content first, then by name; raises `BriefgenError` for what is not read at all."""
    named = SUFFIXES.get(path.suffix.lower())
    for start, what, hint in _UNREADABLE:
        if raw.startswith(start):
            raise BriefgenError(error(f"is {what}, which is not read", name, hint))
    found = _by_content(raw, named)
    if named is None or found == named:
        return found, []
    message = f"is {CALLED[found]}, though it is called {path.suffix}: read as that"
    return found, [Diagnostic("warning", message, name, hint="rename it, and look whether it is the right file")]


def _by_content(raw: bytes, named: Format | None) -> Format:
    if b"%PDF-" in raw[:1024]:
        return "pdf"
    if raw.startswith(b"PK\x03\x04"):
        return "word"
    if named != "markdown" and _HTML.match(raw[:4096]):
        return "web"
    if named == "web":
        return "web" if _TAG.search(raw[:65536].replace(b"\0", b"")) else "plain"
    if named in ("pdf", "word"):
        return "plain" if _looks_like_text(raw[:4096]) else named
    return named or "plain"


def _looks_like_text(start: bytes) -> bool:
    controls = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in start)
    return bool(start) and not controls
