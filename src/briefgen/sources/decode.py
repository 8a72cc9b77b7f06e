"""Bytes -> text: UTF-8 where they are that, else the encoding they seem to have, and a note that says so."""

from __future__ import annotations

import codecs
import re
from collections import Counter

from briefgen.errors import BriefgenError, Diagnostic, error

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 200_000  # bytes that are enough to recognise an encoding by
_CONTROLS = bytes(range(9)) + bytes(range(14, 32)) + b"\x7f"
_LATIN = {"cp1250", "cp1252", "cp1254", "cp1257", "cp1258", "iso8859_2", "iso8859_15", "latin_1"}
_UNUSED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_CHARSET = re.compile(rb"""<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)


def decode(raw: bytes, name: str, declared: bool = False) -> tuple[str, bool, list[Diagnostic]]:
    """The text, whether it is plain UTF-8, and what is to be told; `declared`: as HTML states its encoding.

    Raises `BriefgenError` for what is no text in any encoding.
    """
    if mark := next((encoding for start, encoding in _MARKS if raw.startswith(start)), None):
        return _decoded(raw, mark, name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        return _other(raw, name, problem, declared)
    if _is_binary(raw):
        return _wide(raw, name)
    return text, True, []


def _is_binary(raw: bytes) -> bool:
    """More than one control character in a hundred, or a NUL: no text is like that."""
    sample = raw[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return b"\0" in sample or controls > max(2, len(sample) // 100)


def _wide(raw: bytes, name: str) -> tuple[str, bool, list[Diagnostic]]:
    """UTF-16 without its mark, which shows in every other byte; anything else that looks binary is that."""
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(raw) % 2 == 0 and _is_utf16(raw[: _SAMPLE & ~1], first, encoding):
            return _decoded(raw, encoding, name)
    hint = "give a text, Markdown, HTML, PDF or Word file; if it is one, save it anew from its program"
    raise BriefgenError(error("is binary, not text", name, hint))


def _is_utf16(sample: bytes, first: int, encoding: str) -> bool:
    """Texts of one script have two or three different high bytes, and hold letters, not controls."""
    high = Counter(sample[first::2]).most_common(3)
    if sum(count for _, count in high) < 0.95 * (len(sample) / 2):
        return False
    text = sample.decode(encoding, "replace")
    letters = sum(map(str.isalpha, text))
    return letters > len(text) / 2 and not any(character < "\t" or "\r" < character < " " for character in text)


def _decoded(raw: bytes, encoding: str, name: str) -> tuple[str, bool, list[Diagnostic]]:
    try:
        text = raw.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        hint = "save the file in the encoding UTF-8"
        raise BriefgenError(error(f"is not valid {encoding.upper()}", name, hint)) from None
    hint = "save it in the encoding UTF-8 if letters look wrong"
    return text, False, [Diagnostic("note", f"read as {encoding}, not UTF-8", name, hint=hint)]


def _other(raw: bytes, name: str, problem: UnicodeDecodeError, declared: bool) -> tuple[str, bool, list[Diagnostic]]:
    if _is_binary(raw):
        return _wide(raw, name)
    if broken := _mostly_utf8(raw, name, problem):
        return broken
    if declared and (encoding := _charset(raw)):
        try:
            return _decoded(raw, encoding, name)
        except BriefgenError:
            pass  # a page may declare what it is not
    if encoding := _recognised(raw):
        return _decoded(raw, encoding, name)
    hint = "save the file in the encoding UTF-8"
    raise BriefgenError(error("is in an encoding that is not recognised, or no text", name, hint))


def _mostly_utf8(raw: bytes, name: str, problem: UnicodeDecodeError) -> tuple[str, bool, list[Diagnostic]] | None:
    """UTF-8 with some bytes of another encoding in it; None where the good sequences do not prevail."""
    text = raw.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(byte >= 0xC0 for byte in raw[:_SAMPLE]) - bad
    if bad * 4 > good:
        return None
    before = raw[: problem.start]
    line, column = before.count(b"\n") + 1, problem.start - before.rfind(b"\n")
    message = f"mixed encodings: {bad} bytes are not UTF-8, shown as U+FFFD"
    hint = "save the file in the encoding UTF-8"
    return text, False, [Diagnostic("warning", message, name, line, column, hint)]


def _charset(raw: bytes) -> str | None:
    """The encoding that a page states; browsers read Latin-1 as Windows-1252, so we do."""
    match = _CHARSET.search(raw[:4096])
    try:
        encoding = codecs.lookup(match[1].decode("ascii")).name if match else None
    except (LookupError, UnicodeDecodeError):
        return None
    return "cp1252" if encoding in ("iso8859-1", "ascii") else encoding


def _recognised(raw: bytes) -> str | None:
    from charset_normalizer import from_bytes

    matches = from_bytes(raw[:_SAMPLE], steps=10, chunk_size=1024)
    best = matches.best()
    # Where nothing says otherwise, a Latin text with a few other letters is Western European, the commonest.
    western = next((each for each in matches if each.encoding == "cp1252"), None)
    if best and western and (western.chaos, -western.coherence) <= (best.chaos, -best.coherence):
        return "cp1252"
    few = sum(byte >= 0x80 for byte in raw[:_SAMPLE]) < 0.15 * len(raw[:_SAMPLE])
    if few and (best is None or best.encoding not in _LATIN) and not _UNUSED.search(raw):
        return "cp1252"
    return best.encoding if best else None
