"""Every statement can be traced: a quote that is not, or no longer, in its source is an error with a way out."""

import hashlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefgen import check as checking
from briefgen.check.nearest import nearest
from briefgen.errors import has_errors
from briefgen.model import Brief
from briefgen.yamlread import parse, validate

TEXT = "\ufeffПершы 🙂 line.\r\nOver 10,000 firms take part.\nThe aim is self-reliance. The aim is jobs.\nEnd.\n"
NEW_LINE = "A first line that was not there.\n"


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_bytes(TEXT.encode())
    return tmp_path


def brief_yaml(quote, source=None, sources=""):
    source = source or f"{{id: S1, file: seeds/a.txt, sha256: {sha(TEXT)}, reliability: F, note: n}}"
    return (
        "title: T\nmarking: TLP:CLEAR\nsources:\n"
        f"  - {source}\n{sources}"
        "bottom_line: {text: It holds., basis: b}\n"
        f"summary:\n  - id: s\n    text: t\n    evidence:\n      - {quote}\n"
    )


def run(root, text):
    document, problems = parse(text, "b.yaml")
    brief, found = validate(Brief, document)
    assert brief and not problems and not found
    return checking.check(brief, document, root)


def told(root, quote, **fields):
    """The one diagnostic of a brief that has one quote."""
    found = run(root, brief_yaml(quote, **fields))
    assert len(found) == 1, found
    return found[0]


def at(words, text=TEXT):
    start = text.index(words)
    return f"start: {start}, end: {start + len(words)}"


@pytest.mark.parametrize(
    "quote",
    [
        '{exact: "Over 10,000 firms"}',
        f'{{exact: "Over 10,000 firms", {at("Over 10,000 firms")}}}',
        '{exact: "The aim is", suffix: " jobs"}',
        '{exact: "The aim is", suffix: jobs}',
        '{exact: "The aim is", prefix: "take part.\\n"}',
        '{exact: "Першы 🙂 line.\\r\\nOver"}',
        f'{{exact: "🙂", {at("🙂")}}}',
        f'{{exact: "The aim is", {at("The aim is")}}}',
    ],
)
def test_a_quote_that_stands_where_it_should_is_silent(workspace, quote):
    assert run(workspace, brief_yaml(quote)) == []


def test_offsets_count_code_points_of_the_file_as_it_is():
    """A byte order mark, a carriage return and a character beyond the BMP count one each."""
    assert TEXT.index("Over") == 1 + len("Першы 🙂 line.") + 2


@pytest.mark.parametrize(
    ("quote", "message", "hint", "column"),
    [
        ('{exact: "Over 9,000 firms"}', "is not in source 'S1'", "nearest: 16-33 (line 2): “Over 10,000 firms”", 17),
        ('{exact: "over  10,000 FIRMS"}', "is not in source 'S1'", "only marks, dashes, spaces or case differ", 17),
        ('{exact: "quite unrelated words"}', "is not in source 'S1'", "nothing in the source is like it", 17),
        ('{exact: "The aim is"}', "occurs 2 times", "45-55 (line 3), 71-81 (line 3)", 17),
        ('{exact: "The aim is", prefix: "no "}', "not with this prefix and suffix", "stands at 45-55 (line 3)", 17),
        ('{exact: "Over 10,000 firms", start: 0, end: 17}', "does not stand at 0-17", "'start: 16' and 'end: 33'", 45),
        ('{exact: "The aim is", start: 0, end: 10}', "occurs 2 times", "45-55 (line 3), 71-81 (line 3)", 17),
        ('{exact: "absent words", start: 0, end: 12}', "is not in source 'S1'", "nothing in the source", 17),
        ('{exact: "End.\\n", start: 88, end: 9999}', "does not stand at 88-9999", "'end: 93'", 34),
    ],
)
def test_a_quote_that_does_not_stand_there_is_an_error(workspace, quote, message, hint, column):
    found = told(workspace, quote)
    assert found.severity == "error" and message in found.message and hint in (found.hint or "")
    assert (found.line, found.column) == (10, column)


def test_a_wrong_context_beside_right_offsets_is_a_warning(workspace):
    found = told(workspace, f'{{exact: "Over 10,000 firms", prefix: nothing, {at("Over 10,000 firms")}}}')
    assert found.severity == "warning" and "prefix and suffix" in found.message


def test_a_changed_source_is_told_at_its_hash_with_both_hashes(workspace):
    now = TEXT + "More.\n"
    (workspace / "seeds" / "a.txt").write_bytes(now.encode())
    found = told(workspace, f'{{exact: "Over 10,000 firms", {at("Over 10,000 firms")}}}')
    assert found.severity == "error" and "the source changed" in found.message
    assert sha(TEXT)[:8] in found.message and sha(now)[:8] in found.message
    assert found.line == 4 and f"sha256: {sha(now)}" in found.hint


def test_a_quote_that_moved_in_a_changed_source_says_where_to(workspace):
    now = NEW_LINE + TEXT
    (workspace / "seeds" / "a.txt").write_bytes(now.encode())
    _, moved = run(workspace, brief_yaml(f'{{exact: "Over 10,000 firms", {at("Over 10,000 firms")}}}'))
    assert moved.severity == "error" and "moved" in moved.message and "changed" in moved.message
    start = now.index("Over")
    assert f"'start: {start}' and 'end: {start + 17}'" in moved.hint


def test_a_quote_that_is_lost_in_a_changed_source_says_so(workspace):
    now = TEXT.replace("Over 10,000 firms take part", "Some 9,000 firms take part")
    (workspace / "seeds" / "a.txt").write_bytes(now.encode())
    _, lost = run(workspace, brief_yaml('{exact: "Over 10,000 firms take part"}'))
    assert lost.severity == "error" and "is lost: source 'S1' changed" in lost.message
    assert "9,000 firms take part" in lost.hint


def test_a_missing_hash_is_a_warning_with_the_value_to_add(workspace):
    found = told(workspace, "{exact: End.}", source="{id: S1, file: seeds/a.txt, reliability: F, note: n}")
    assert found.severity == "warning" and found.hint == f"add 'sha256: {sha(TEXT)}'"


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("seeds/none.txt", "cannot be read: No such file"),
        ("seeds", "is not a file"),
        ("../secret.txt", "leads out of the workspace"),
        ("seeds/../../secret.txt", "leads out of the workspace"),
        ("/etc/hostname", "is an absolute path"),
        ("seeds/link.txt", "leads out of the workspace"),
        ("linked/secret.txt", "leads out of the workspace"),
        ("seeds/loop.txt", "cannot be read"),
        ("seeds/latin.txt", "byte 0xe9 in line 2 of the file is not UTF-8"),
        (f"seeds/{'a' * 300}.txt", "cannot be read"),
        ("~/secret.txt", "cannot be read"),
    ],
)
def test_a_source_that_cannot_be_read_is_an_error_and_nothing_outside_is_read(tmp_path, file, message):
    root = tmp_path / "workspace"
    (root / "seeds").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("SECRET")
    (root / "seeds" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "linked").symlink_to(tmp_path)
    (root / "seeds" / "loop.txt").symlink_to(root / "seeds" / "loop.txt")
    (root / "seeds" / "latin.txt").write_bytes(b"one\ncaf\xe9")
    found = run(root, brief_yaml("{exact: SECRET}", source=f'{{id: S1, file: "{file}", reliability: F, note: n}}'))
    errors = [each for each in found if each.severity == "error"]
    assert len(errors) == 1 and message in errors[0].message and errors[0].hint and errors[0].line == 4
    assert "SECRET" not in "".join(str(each) for each in found)


def test_dots_and_links_inside_the_workspace_are_fine(workspace):
    (workspace / "seeds" / "link.txt").symlink_to(workspace / "seeds" / "a.txt")
    source = f"{{id: S1, file: seeds/../seeds/link.txt, sha256: {sha(TEXT)}, reliability: F, note: n}}"
    assert run(workspace, brief_yaml("{exact: End.}", source=source)) == []


@pytest.fixture
def with_pdf(workspace):
    (workspace / "seeds" / "r.pdf").write_bytes(b"%PDF-1.7 \xff")
    (workspace / "seeds" / "r.pdf.txt").write_text("Text of the report.")
    return workspace


KEPT = sha("Text of the report.")


def pdf(text="text: seeds/r.pdf.txt", text_hash=KEPT):
    original = hashlib.sha256(b"%PDF-1.7 \xff").hexdigest()
    fields = [f"sha256: {original}", text, f"text_sha256: {text_hash}" if text_hash else ""]
    return f"{{id: S1, file: seeds/r.pdf, reliability: F, note: n, {', '.join(each for each in fields if each)}}}"


def test_another_format_is_quoted_from_the_text_that_was_kept(with_pdf):
    assert run(with_pdf, brief_yaml("{exact: the report, start: 8, end: 18}", source=pdf())) == []


def test_another_format_without_a_kept_text_is_an_error(with_pdf):
    found = told(with_pdf, "{exact: x}", source=pdf(text="", text_hash=""))
    assert found.severity == "error" and "not plain text" in found.message and "briefgen source" in found.hint


def test_a_kept_text_that_changed_or_has_no_hash_is_told(with_pdf):
    found = told(with_pdf, "{exact: the report}", source=pdf(text_hash="0" * 64))
    assert found.severity == "error" and "text_sha256" in found.message
    found = told(with_pdf, "{exact: the report}", source=pdf(text_hash=""))
    assert found.severity == "warning" and "text_sha256" in found.hint


def test_each_quote_is_held_against_its_own_source(workspace):
    (workspace / "seeds" / "b.txt").write_text("Other words.")
    second = f"  - {{id: S2, file: seeds/b.txt, sha256: {sha('Other words.')}, reliability: F, note: n}}\n"
    quotes = (
        "{source: S2, exact: Other words}\n      - {source: S1, exact: Other words}\n      - {source: S1, exact: End.}"
    )
    found = run(workspace, brief_yaml(quotes, sources=second))
    assert [(each.line, each.message) for each in found] == [(12, "the quote is not in source 'S1'")]


def test_a_source_is_read_once_however_many_quotes_it_has(workspace, monkeypatch):
    reads = []
    real = type(workspace).read_bytes
    monkeypatch.setattr(type(workspace), "read_bytes", lambda path: (reads.append(path), real(path))[1])
    quotes = "\n      - ".join(["{exact: End.}"] * 20)
    assert run(workspace, brief_yaml(quotes)) == []
    assert len(reads) == 1


def test_all_problems_come_in_the_order_of_the_file(workspace):
    quotes = "{exact: one}\n      - {exact: End.}\n      - {exact: two}"
    found = run(workspace, brief_yaml(quotes, source="{id: S1, file: seeds/a.txt}"))
    places = [(each.line, each.column) for each in found]
    assert len(found) == 5 and has_errors(found) and places == sorted(places)


@settings(max_examples=50)
@given(st.text('ab \n-–“"\u00ad\r', max_size=60), st.data())
def test_every_stretch_with_its_true_offsets_is_accepted_and_shifted_ones_never(tmp_path_factory, text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    exact = text[start:end]
    if not exact:
        return
    root = tmp_path_factory.mktemp("w")
    (root / "s.txt").write_bytes(text.encode())
    base = {"title": "T", "marking": "TLP:CLEAR", "sources": [{"id": "S", "file": "s.txt"}]}
    document, _ = parse("title: T", "b.yaml")

    def errors(shift):
        quote = {"exact": exact, "start": start + shift, "end": end + shift}
        brief = Brief.model_validate(base | {"questions": [{"id": "q", "text": "t", "evidence": [quote]}]})
        return has_errors(checking.check(brief, document, root))

    assert not errors(0)
    shift = data.draw(st.integers(1, 5))
    assert errors(shift) == (text[start + shift : end + shift] != exact)


WORDS = "Over 10,000 enterprises, both Russian and Belarusian, supposedly locked in a passionate embrace. "


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        (WORDS * 10_000, WORDS.replace("both", "all") * 5),
        ("a b " * 250_000, "a b " * 124 + "c"),
        ("a" * 10**6, "a" * 499 + "b"),
        ("发表回复的" * 100_000, "发表回复了" * 100),
        (" \u00ad" * 500_000, "x y " * 125),
        ("“ – ” " * 160_000, "“ – ” " * 80),
    ],
    ids=["prose", "two words", "one word", "chinese", "spaces", "marks"],
)
def test_the_nearest_place_is_found_quickly_whatever_the_source(text, quote):
    started = time.perf_counter()
    nearest(text, quote)
    # Half a second on an idle core; the machine that tests is not idle.
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("Over 10,000 enterprises, Russian and Belarusian", "Over 10,000 enterprises, both Russian and Belarusian"),
        ("enterprises both Russian & Belarusian", "enterprises, both Russian and Belarusian"),
        ("nothing of the kind", None),
    ],
)
def test_the_nearest_place_is_the_one_a_person_would_name(quote, words):
    text = "Some other text comes first. " + WORDS + "Then more text follows."
    span = nearest(text, quote)
    assert (text[span[0] : span[1]] if span else None) == words
