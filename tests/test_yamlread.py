"""What YAML would do in silence is refused, with its place; what people write stays what they wrote."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from briefgen.errors import BriefgenError
from briefgen.model import Brief, Settings
from briefgen.yamlread import MAX_BYTES, parse, read, read_text, validate

SYNTAX = st.text("ab:-?[]{}&*!|>'\"%@`#,<~ \n\t\\01\x01\x85\u2028\ufeff\u202e\ud800é🙂", max_size=60)


def problems(text):
    """Everything that is told of a text, whether it could be read or not."""
    try:
        document, found = parse(text, "b.yaml")
        return [*found, *validate(Brief, document)[1]]
    except BriefgenError as problem:
        return list(problem.diagnostics)


@given(SYNTAX | st.text())
def test_any_text_is_read_or_refused_with_a_place_in_it(text):
    lines = text.split("\n")
    for each in problems(text):
        assert each.file == "b.yaml" and each.message
        assert each.line is None or 1 <= each.line <= len(lines)
        assert each.column is None or each.column >= 1
        str(each).encode()


@given(
    st.recursive(st.text("ab: #-é", min_size=1), lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner))
)
def test_every_value_has_a_place_inside_the_file(data):
    import yaml

    text = yaml.safe_dump({"data": data}, allow_unicode=True)
    document, _ = parse(text, "b.yaml")
    lines = text.split("\n")
    places = [*document.values.values(), *document.keys.values()]
    assert len(places) > 1
    assert all(1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1 for line, column in places)


@pytest.mark.parametrize(
    "written", ["NO", "010", "1.10", "12:30:45", "1e400", "0x1F", "2026-11-23", "yes", ".inf", "=", "<<"]
)
def test_a_scalar_stays_what_it_looks_like(written):
    assert parse(f"a: {written}", "b.yaml")[0].data == {"a": written}


@pytest.mark.parametrize(
    ("written", "value"), [("true", True), ("false", False), ("null", None), ("~", None), ("", None)]
)
def test_the_only_words_that_are_values(written, value):
    assert parse(f"a: {written}", "b.yaml")[0].data == {"a": value}
    assert parse(f"a: '{written}'", "b.yaml")[0].data == {"a": written}


def test_values_and_keys_have_their_places():
    document, _ = parse("a: 1\nb:\n  - c: x\n    d: 'y'\n", "b.yaml")
    assert document.place(("b", 0, "d")) == (4, 8)
    assert document.place(("b", 0, "d"), key=True) == (4, 5)
    assert document.place(("b", 0, "gone", 7)) == (3, 5)
    assert document.diagnostic(("a",), "m", "h", "note").as_dict() == {
        "severity": "note", "file": "b.yaml", "line": 1, "column": 4, "message": "m", "hint": "h",
    }  # fmt: skip


def test_a_repeated_key_keeps_the_first_value_and_its_place():
    document, found = parse("a: {x: 1}\nb: 2\na: {x: 3}\n", "b.yaml")
    assert document.data == {"a": {"x": "1"}, "b": "2"}
    assert document.place(("a", "x")) == (1, 8)
    assert [(each.line, each.message) for each in found] == [(3, "duplicate key 'a'")]


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("[" * 100_000, "nested deeper than 50", 1, 52),
        ("- " * 100_000, "nested deeper than 50", 1, 103),
        ("? " * 100_000, "list or mapping as a key", 1, 3),
        ("".join(" " * depth + "a:\n" for depth in range(2000)), "nested deeper than 50", 52, 52),
        ("[" + "[]," * 500_000 + "]", "more than 200,000 values", 1, 599_999),
        ("a: " + "\x01" * 100_000, "U+0001", 1, 4),
    ],
    ids=["brackets", "dashes", "keys", "indents", "wide", "controls"],
)
def test_a_bomb_is_refused_at_once(text, message, line, column):
    started = time.perf_counter()
    first = problems(text)[0]
    assert message in first.message and (first.line, first.column) == (line, column)
    assert time.perf_counter() - started < 5


def test_fifty_levels_are_allowed():
    assert parse("[" * 50 + "]" * 50, "b.yaml")[1] == []


def test_a_file_that_cannot_be_read_says_why(tmp_path):
    with pytest.raises(BriefgenError, match="No such file"):
        read(tmp_path / "none.yaml", "none.yaml")
    with pytest.raises(BriefgenError, match="Is a directory"):
        read(tmp_path, "folder")


@pytest.mark.parametrize(
    ("raw", "place"),
    [(b"a: caf\xe9\n", "b.yaml:1:7"), (b"a: b\nc: \xff\xfe", "b.yaml:2:4"), (b"\x89PNG\r\n\x1a\n", "b.yaml:1:1")],
    ids=["latin-1", "line two", "binary"],
)
def test_a_file_that_is_not_utf_8_is_told_with_the_place_of_the_byte(tmp_path, raw, place):
    (tmp_path / "b.yaml").write_bytes(raw)
    with pytest.raises(BriefgenError, match="not UTF-8") as caught:
        read(tmp_path / "b.yaml", "b.yaml")
    assert str(caught.value).startswith(place)


def test_a_huge_file_is_not_read(tmp_path):
    with (tmp_path / "b.yaml").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(BriefgenError, match="larger than 5 MB"):
        read_text(tmp_path / "b.yaml", "b.yaml")


def test_byte_order_mark_and_windows_line_ends_are_no_problem(tmp_path):
    (tmp_path / "b.yaml").write_bytes("\ufefftitle: T\r\nb:\r\n  - c\r\n".encode())
    document, found = read(tmp_path / "b.yaml", "b.yaml")
    assert document.data == {"title": "T", "b": ["c"]} and found == []
    assert document.place(("b", 0)) == (3, 5)


def test_a_quote_may_hold_windows_line_ends():
    assert parse('a: "one\\r\\ntwo"', "b.yaml") == (parse('a: "one\\r\\ntwo"', "b.yaml")[0], [])
    assert problems('title: "one\\rtwo"')[0].message.startswith("character U+000D")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("sectors: trade", "'sectors' is 'trade', not a list", "'- '"),
        ("audiences: [a]", "'audiences' is a list, not a group of fields", "indented"),
        ("audiences: {x y: {clearance: TLP:RED, pages: 1}}", "'x y' is not a name", "letters"),
        ("audiences: {x: {clearance: RED, pages: 1}}", "'RED', not a TLP label", "'TLP:RED'"),
        ("audiences: {x: {clearance: TLP:WHITE, pages: 1}}", "TLP 1.0", "TLP:CLEAR"),
        ("audiences: {x: {clearance: TLP:RED, pages: 0}}", "it must be at least 1", None),
        ("audiences: {x: {clearance: TLP:RED, pages: 501}}", "it must be at most 500", None),
        ("audiences: {x: {clearance: TLP:RED, pages: 1, lead: much}}", "not a number", "0.6"),
        ("audiences: {x: {clearance: TLP:RED, pages: 1, ordr: file}}", "unknown field 'ordr'", "'order'"),
        ("audiences: {x: {pages: 1}}", "field 'clearance' is missing", "add 'clearance"),
        ("packs: {p: {audiences: [a], briefs: {}}}", "'briefs' is a group of fields, not a list", "'- '"),
        ("packs: {p: {audiences: [a], briefs: all}}", "'briefs' is 'all', not a list", "'- '"),
        ("packs: {p: {audiences: [a], briefs: [a, null]}}", "item 1 is empty", "value"),
    ],
)
def test_findings_of_the_model_are_told_in_the_words_of_the_format(text, message, hint):
    document, _ = parse(text, "w.yaml")
    settings, found = validate(Settings, document)
    assert settings is None and len(found) == 1
    assert message in found[0].message and (hint or "") in (found[0].hint or "") and found[0].line == 1


def test_a_model_of_anybody_can_be_validated():
    class Point(BaseModel):
        x: int

    assert validate(Point, parse("x: 3", "p.yaml")[0])[0] == Point(x=3)
