"""Every problem of a brief.yaml is told in one pass: its line, what is wrong, and what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefgen.content import item_paths, load, meaning
from briefgen.errors import BriefgenError
from briefgen.workspace import SECTORS
from briefgen.yamlread import parse

# Twelve lines: a case that appends to it begins in line 13.
GOOD = """\
title: T
marking: TLP:CLEAR
sources:
  - id: S1
    file: seeds/a.txt
summary:
  - {id: s, text: t, evidence: [{exact: q}]}
findings:
  - {id: f, sector: trade, text: t, stance: reported, evidence: [{exact: q}]}
questions:
  - {id: q, text: t}
language: en
"""
FINDING = "  - {id: g, sector: trade, text: t, stance: reported, evidence: [{exact: q}]}\n"


def read(tmp_path, text):
    path = tmp_path / "brief.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return load(path, "b", "b.yaml", SECTORS)


def refused(tmp_path, text):
    with pytest.raises(BriefgenError) as caught:
        read(tmp_path, text)
    return caught.value.diagnostics


def replaced(old, new):
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def finding(fields):
    """GOOD with another finding after its first, in line 10."""
    return replaced("questions:", f"  - {{{fields}}}\nquestions:")


def quote(fields):
    return replaced("{exact: q}]}\nfindings", f"{{{fields}}}]}}\nfindings")


def test_a_good_brief_has_no_problems(tmp_path):
    loaded = read(tmp_path, GOOD)
    assert loaded.problems == () and loaded.brief.title == "T"
    assert item_paths(loaded.document.data)["f"] == ("findings", 0)


# id: (text, part of the message, line, part of the hint)
BAD = {
    "unknown field": (GOOD + "dek: x\n", "unknown field 'dek'", 13, "'desk'"),
    "unknown field in item": (
        finding("id: g, sector: trade, text: t, stance: reported, headlin: x, evidence: [{exact: q}]"),
        "unknown field 'headlin'", 10, "'headline'"),
    "unknown field in quote": (quote("exact: q, begin: 1"), "unknown field 'begin'", 7, "known: "),
    "missing title": (GOOD.replace("title: T\n", ""), "field 'title' is missing", 1, "add 'title"),
    "missing sources": ("title: T\nmarking: TLP:CLEAR\n", "field 'sources' is missing", 1, "add 'sources"),
    "missing text": (replaced("{id: q, text: t}", "{id: q}"), "field 'text' is missing", 11, "add 'text"),
    "empty title": (replaced("title: T", "title:"), "'title' is empty", 1, "give it a value"),
    "blank title": (replaced("title: T", "title: '  '"), "'title' is empty", 1, "give it a value"),
    "title true": (replaced("title: T", "title: true"), "'title' is true, not text", 1, "quotes"),
    "title list": (replaced("title: T", "title: [a]"), "'title' is a list, not text", 1, "one text"),
    "no sources": (
        "title: T\nmarking: TLP:CLEAR\nsources: []\n", "'sources' is an empty list", 3, "at least one"),
    "sources mapping": (
        "title: T\nmarking: TLP:CLEAR\nsources: {id: S1}\n", "a group of fields, not a list", 3, "'- '"),
    "findings text": ("title: T\nmarking: TLP:CLEAR\nsources: [{id: S, file: a}]\nfindings: none\n",
        "'findings' is 'none', not a list", 4, "'- '"),
    "item text": (replaced("{id: q, text: t}", "just words"), "'just words', not a group of fields", 11, "indented"),
    "item empty": (replaced("{id: q, text: t}", ""), "item 0 is empty", 11, "remove the line"),
    "version 010": (GOOD + "version: 010\n", "'010', not a whole number", 13, "digits"),
    "version 1.10": (GOOD + "version: 1.10\n", "'1.10', not a whole number", 13, "digits"),
    "version 1e400": (GOOD + "version: 1e400\n", "'1e400', not a whole number", 13, "digits"),
    "version 0x1F": (GOOD + "version: 0x1F\n", "'0x1F', not a whole number", 13, "digits"),
    "version true": (GOOD + "version: true\n", "true, not a whole number", 13, "digits"),
    "version 0": (GOOD + "version: 0\n", "must be at least 1", 13, ""),
    "version huge": (GOOD + f"version: {'9' * 5000}\n", "…', not a whole number", 13, "digits"),
    "issued 2024-13-45": (GOOD + "issued: 2024-13-45\n", "not a date", 13, "2026-11-23"),
    "issued time": (GOOD + "issued: 12:30:45\n", "'12:30:45', not a date", 13, "2026-11-23"),
    "issued year": (GOOD + "issued: 2026\n", "'2026', not a date", 13, "2026-11-23"),
    "language": (replaced("language: en", "language: english!"), "right form", 12, "BCP 47"),
    "duplicate key": (GOOD + "title: again\n", "duplicate key 'title'", 13, "line 1"),
    "duplicate in item": (finding("id: g, sector: trade, text: t, stance: reported, id: h, evidence: [{exact: q}]"),
        "duplicate key 'id'", 10, "line 10"),
    "anchor": (GOOD + "deck: &a x\n", "anchor '&a'", 13, "anchors are not allowed"),
    "alias": (GOOD + "deck: *a\n", "alias '*a'", 13, "aliases are not allowed"),
    "merge key": (GOOD + "<<: {deck: x}\n", "merge key '<<'", 13, "merge keys are not allowed"),
    "tag": (GOOD + "deck: !!python/name:os.system x\n", "tag 'tag:yaml.org", 13, "tags are not allowed"),
    "second document": (GOOD + "---\ntitle: T\n", "a second document", 13, "'---'"),
    "key list": (GOOD + "? [a]\n: b\n", "a list or mapping as a key", 13, "one word"),
    "too deep": (GOOD + "deck: " + "[" * 60 + "]" * 60, "nested deeper than 50", 13, "flatten"),
    "100,000 brackets": (GOOD + "deck: " + "[" * 100_000, "nested deeper than 50", 13, "flatten"),
    "escape character": (GOOD + 'deck: "\\e[31mred"\n', "U+001B is not allowed", 13, "remove it"),
    "raw control": (GOOD + "deck: a\x01b\n", "U+0001 is not allowed", 13, "remove it"),
    "escaped control": (GOOD + 'deck: "\\x01"\n', "U+0001 is not allowed", 13, "remove it"),
    "bidi override": (GOOD + "deck: a\u202eb\n", "U+202E is not allowed", 13, "remove it"),
    "line separator": (GOOD + "deck: a\u2028b\n", "U+2028 is not allowed", 13, "remove it"),
    "surrogate escape": (GOOD + 'deck: "\\ud800"\n', "escape", 13, "single quotes"),
    "surrogate bytes": (GOOD + "deck: \ud800\n", "not UTF-8", 13, "UTF-8"),
    "empty file": ("", "the file is empty", None, "title"),
    "only a comment": ("# nothing\n", "the file is empty", None, "title"),
    "list file": ("- a\n", "the file holds a list", None, "title"),
    "text file": ("Just words.\n", "the file holds 'Just words.'", None, "title"),
    "binary file": (b"\x89PNG\r\n\x1a\n\x00", "not UTF-8", 1, "UTF-8"),
    "latin-1 file": (b"title: T\ndeck: caf\xe9\n", "0xe9 is not UTF-8", 2, "UTF-8"),
    "utf-16 file": ("title: T".encode("utf-16"), "0xff is not UTF-8", 1, "UTF-8"),
    "tab": (GOOD + "risks:\n\t- {id: r}\n", "invalid YAML", 14, "tabs"),
    "unclosed quote": (GOOD + 'deck: "open\n', "invalid YAML", 13, "quotation mark"),
    "second colon": (GOOD + "deck: a: b\n", "invalid YAML", 13, "in quotes"),
    "lost colon": (GOOD + "deck\n", "invalid YAML", 14, "key: value"),
    "crlf": (GOOD.replace("\n", "\r\n") + "dek: x\r\n", "unknown field 'dek'", 13, "'desk'"),
    "byte order mark": ("\ufeff" + GOOD + "dek: x\n", "unknown field 'dek'", 13, "'desk'"),
    "unknown sector": (finding("id: g, sector: trad, text: t, stance: reported, evidence: [{exact: q}]"),
        "unknown sector 'trad'", 10, "'trade'"),
    "unknown stance": (finding("id: g, sector: trade, text: t, stance: guessed, evidence: [{exact: q}]"),
        "'guessed', not one of", 10, "mean 'assessed'"),
    "credibility 7": (
        finding("id: g, sector: trade, text: t, stance: reported, credibility: 7, evidence: [{exact: q}]"),
        "must be at most 6", 10, ""),
    "TLP:WHITE": (replaced("TLP:CLEAR", "TLP:WHITE"), "TLP 1.0", 2, "TLP:CLEAR"),
    "marking amber": (replaced("TLP:CLEAR", "amber"), "'amber', not a TLP label", 2, "'TLP:AMBER'"),
    "marking list": (replaced("TLP:CLEAR", "[TLP:RED]"), "'marking' is a list", 2, "one of these"),
    "looser marking": (replaced("TLP:CLEAR", "TLP:AMBER").replace("{id: q,", "{id: q, marking: TLP:GREEN,"),
        "TLP:GREEN is looser than the brief's TLP:AMBER", 11, "stricter"),
    "looser than source": (replaced("seeds/a.txt", "seeds/a.txt\n    marking: TLP:RED")
        .replace("[{exact: q}]}\nfindings", "[{exact: q}], marking: TLP:RED}\nfindings"),
        "finding 'f' is TLP:CLEAR but quotes source 'S1', which is TLP:RED", 10, "marking: TLP:RED"),
    "dangling source": (quote("source: S2, exact: q"), "unknown source 'S2'", 7, "known: S1"),
    "no source of two": (replaced("  - id: S1", "  - {id: S0, file: b}\n  - id: S1")
        .replace("stance: reported, evidence: [{", "stance: reported, evidence: [{source: S1, "),
        "does not say which source", 8, "source: S0"),
    "duplicate id": (replaced("id: q", "id: f"), "duplicate id 'f'", 11, "line 9"),
    "id of a source": (replaced("id: q", "id: S1"), "duplicate id 'S1'", 11, "line 4"),
    "reserved id": (replaced("id: q", "id: title"), "used by the templates", 11, "another"),
    "id with space": (replaced("id: q", "id: my question"), "does not have the right form", 11, "letter"),
    "id too long": (replaced("id: q", f"id: {'q' * 81}"), "too long", 11, "80"),
    "claimed by nobody": (finding("id: g, sector: trade, text: t, stance: claimed, evidence: [{exact: q}]"),
        "finding 'g' is claimed, by whom?", 10, "attribution"),
    "risk claimed by nobody": (GOOD + "risks:\n  - {id: r, text: t, stance: claimed, evidence: [{exact: q}]}\n",
        "risk 'r' is claimed, by whom?", 14, "attribution"),
    "no evidence": (finding("id: g, sector: trade, text: t, stance: reported"),
        "finding 'g' has no evidence", 10, "quote"),
    "empty evidence": (finding("id: g, sector: trade, text: t, stance: reported, evidence: []"),
        "finding 'g' has no evidence", 10, "quote"),
    "evidence nothing": (finding("id: g, sector: trade, text: t, stance: reported, evidence: "),
        "'evidence' is empty", 10, "value"),
    "assessed without basis": (finding("id: g, sector: trade, text: t, stance: assessed"),
        "a judgement without basis", 10, "basis"),
    "bottom line without basis": (GOOD + "bottom_line: {text: t, likelihood: likely}\n",
        "a judgement without basis", 13, "basis"),
    "term of another scale": (GOOD + "bottom_line: {text: t, likelihood: highly likely, basis: b}\n",
        "not a term of scale icd203", 13, "mean"),
    "unknown scale": (GOOD + "scale: ipcc\n", "'ipcc', not one of: icd203, phia", 13, "one of these"),
    "start after end": (quote("exact: q, start: 9, end: 4"), "ends at 4 but starts at 9", 7, "code points"),
    "start is end": (quote("exact: q, start: 4, end: 4"), "ends at 4 but starts at 4", 7, "code points"),
    "start alone": (quote("exact: q, start: 9"), "only one of 'start' and 'end'", 7, "both"),
    "end alone": (quote("exact: q, end: 9"), "only one of 'start' and 'end'", 7, "both"),
    "start negative": (quote("exact: q, start: -1, end: 4"), "at least 0", 7, ""),
    "start superscript": (quote("exact: q, start: ², end: 4"), "not a whole number", 7, "digits"),
    "empty quote": (quote("exact: ''"), "'exact' is empty", 7, "value"),
    "sha256": (replaced("seeds/a.txt", "seeds/a.txt\n    sha256: ABC"), "right form", 6, "sha256sum"),
    "reliability": (replaced("seeds/a.txt", "seeds/a.txt\n    reliability: G"), "'G', not one of", 6, ""),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message", "line", "hint"), BAD.values(), ids=BAD)
def test_bad_input(tmp_path, text, message, line, hint):
    found = refused(tmp_path, text)
    assert len(found) == 1, [str(each) for each in found]
    assert message in found[0].message and hint in (found[0].hint or "")
    assert (found[0].severity, found[0].file, found[0].line) == ("error", "b.yaml", line)
    assert len(str(found[0])) < 1000 and "\x1b" not in str(found[0])


def test_the_catalogue_is_large_enough():
    assert len(BAD) >= 80


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("marking: TLP:CLEAR\n", ""), "no marking: taken as TLP:AMBER"),
        (GOOD.replace(" stance: reported,", ""), "no stance: printed as reported fact"),
    ],
)
def test_what_is_decided_by_default_is_a_warning(tmp_path, text, message):
    (found,) = read(tmp_path, text).problems
    assert found.severity == "warning" and message in found.message and found.hint


@pytest.mark.parametrize(
    "text",
    [
        GOOD + "deck: NO\nreference: 1.10\ndesk: 010\nchanged: 12:30:45\nsupersedes: 1e400\n",
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        GOOD + "deck:\n",
        finding("id: g, sector: trade, text: t, stance: assessed, basis: b"),
        quote("exact: q, start: 0, end: 1"),
        GOOD + "bottom_line: {text: t, likelihood: highly likely, basis: b}\nscale: phia\n",
        finding("id: g, sector: trade, text: t, stance: reported, marking: TLP:RED, evidence: [{exact: q}]"),
    ],
)
def test_what_is_right_is_let_through(tmp_path, text):
    assert read(tmp_path, text).problems == ()


def test_texts_that_look_like_other_things_stay_as_written(tmp_path):
    read_back = read(tmp_path, GOOD + "deck: NO\nreference: 1.10\ndesk: 010\nchanged: 12:30:45\n").brief
    assert [read_back.deck, read_back.reference, read_back.desk, read_back.changed] == ["NO", "1.10", "010", "12:30:45"]


def test_all_problems_of_a_file_are_told_in_one_pass_in_the_order_of_the_file(tmp_path):
    text = (
        "title: T\ntitle: again\nmarking: TLP:AMBER\nversion: 010\nissued: 2024-13-45\nsources:\n"
        "  - {id: S1, file: a.txt, kind: blog}\nfindings:\n"
        "  - {id: f, sector: trad, text: t, stance: claimed, marking: TLP:CLEAR,"
        " evidence: [{exact: q, start: 5, end: 2}]}\n"
        "  - {id: f, sektor: trade, text: t, stance: reported, evidence: [{source: S9, exact: q}]}\n"
        'deck: "\\e[31m"\n'
    )
    found = refused(tmp_path, text)
    places = [(each.line, each.column) for each in found]
    lines = [line for line, _ in places]
    assert places == sorted(places) and lines.count(9) == 4
    assert set(lines) == {2, 4, 5, 7, 9, 10, 11}
    told = " ".join(each.message for each in found)
    for part in ("duplicate key", "'010'", "not a date", "'blog'", "unknown sector", "by whom", "looser", "ends at 2"):
        assert part in told
    for part in ("duplicate id", "unknown field 'sektor'", "unknown source", "U+001B"):
        assert part in told


def test_a_misspelt_field_is_not_missing_as_well(tmp_path):
    (found,) = refused(tmp_path, finding("id: g, sektor: trade, text: t, stance: reported, evidence: [{exact: q}]"))
    assert found.message == "unknown field 'sektor'" and found.hint == "did you mean 'sector'?"


def test_one_fault_is_told_once(tmp_path):
    """A missing list, label or scale does not make everything that refers to it wrong as well."""
    several = "title: T\nmarking: TLP:WHITE\nscale: x\nfindings:\n" + FINDING.replace("q}]", "q}], marking: TLP:CLEAR")
    assert [each.line for each in refused(tmp_path, several)] == [1, 2, 3]


def plain(depth):
    leaf = (
        st.none() | st.booleans() | st.text(max_size=6) | st.sampled_from(["S1", "TLP:RED", "claimed", "5", "likely"])
    )
    return leaf if depth == 0 else leaf | st.lists(plain(depth - 1), max_size=3) | fields(depth - 1)


def fields(depth):
    names = st.sampled_from(
        ["id", "text", "evidence", "source", "exact", "start", "end", "marking", "stance", "sector", "likelihood"]
    )
    return st.dictionaries(names, plain(depth), max_size=5)


@given(
    st.dictionaries(
        st.sampled_from(["sources", "findings", "risks", "summary", "questions", "bottom_line", "marking", "scale"]),
        plain(3) | st.lists(fields(2), max_size=3),
    )
)
def test_no_data_of_whatever_shape_breaks_the_rules(data):
    from dataclasses import replace

    document = replace(parse("title: T", "b.yaml")[0], data=data)
    assert all(each.file == "b.yaml" for each in meaning(document, SECTORS))
