"""Bytes become text in the encoding they are in, and a note says when that is not UTF-8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefgen.errors import BriefgenError
from briefgen.sources.decode import decode

RUSSIAN = "Беларусь и Россия договорились о сотрудничестве в промышленности. Министр заявил, что экспорт вырос."


def test_utf8_is_taken_as_it_is() -> None:
    assert decode("\ufeffa\r\nb".encode(), "f") == ("\ufeffa\r\nb", True, [])


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_recognised(encoding: str) -> None:
    text, utf8, notes = decode((RUSSIAN * 3).encode(encoding), "f")
    assert text == RUSSIAN * 3
    assert not utf8
    assert [note.severity for note in notes] == ["note"]
    assert "UTF-8" in str(notes[0])


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb18030", "中国政府宣布了新的产业政策。出口正在增加。"),
        ("shift_jis", "日本政府は新しい産業政策を発表した。輸出は増加している。"),
        ("cp1252", "Der Minister sagte, die Ausfuhren seien für das Jahr höher."),
        ("cp1250", "Źródło podaje, że żółw wyprzedził zająca w wyścigu o puchar ministra środowiska."),
        ("cp1250", "Ministr řekl, že vývoz loni vzrostl o pět procent, ale ceny klesly. Žádné další údaje nemáme."),
        ("latin-1", "Le ministre a déclaré que les exportations ont augmenté à la fin de l'année."),
    ],
)
def test_short_texts_are_recognised_too(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), "f")[0] == text


def test_mixed_encodings_are_told_with_their_place() -> None:
    raw = "Первая строка.\nВторая ".encode() + "строка".encode("cp1251") + " и так далее, и так далее.".encode()
    text, utf8, notes = decode(raw, "f")
    assert not utf8
    assert text.startswith("Первая строка.\nВторая \ufffd")
    assert (notes[0].severity, notes[0].line) == ("warning", 2)


def test_a_page_may_state_its_encoding() -> None:
    raw = b'<html><head><meta charset="iso-8859-2"></head><p>' + "Źródło: żółw".encode("iso-8859-2")
    assert "Źródło: żółw" in decode(raw, "f", declared=True)[0]


def test_a_page_that_states_a_wrong_encoding_is_still_read() -> None:
    raw = b'<meta charset="utf-8"><p>' + RUSSIAN.encode("cp1251") * 3
    assert RUSSIAN in decode(raw, "f", declared=True)[0]


@pytest.mark.parametrize("raw", [b"\0" * 100, bytes(range(32)) * 10, b"abc\0def", b"\xff\xfe\x00"])
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(BriefgenError) as caught:
        decode(raw, "f")
    assert caught.value.diagnostics[0].hint


@given(st.binary())
def test_any_bytes_are_text_or_a_named_error(raw: bytes) -> None:
    try:
        text, utf8, _ = decode(raw, "f")
    except BriefgenError as problem:
        assert all(each.hint for each in problem.diagnostics)
    else:
        assert not utf8 or text.encode("utf-8") == raw
