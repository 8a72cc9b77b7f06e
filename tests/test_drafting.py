"""What is drafted can be read back, whatever it says; what a person edited stays as it was, byte for byte."""

import re
from dataclasses import replace
from hashlib import sha256
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefgen.check import check
from briefgen.content import load, meaning
from briefgen.drafting import Named, matched, merged, written
from briefgen.drafting.scalars import comment, folded, quoted, scalar, wrapped
from briefgen.errors import BriefgenError, has_errors
from briefgen.model import (
    SECTIONS,
    Brief,
    Draft,
    Evidence,
    Finding,
    Marking,
    Question,
    Risk,
    Source,
    SourceReference,
    Summary,
)
from briefgen.yamlread import may_hold, parse, validate

TRICKY = (
    "a", " ", "  ", "\n", "word", "#", "- ", ": ", "---", "'", '"', "\\", "\ufeff", "\u00a0", "\u202f", "\t", "\r\n",
    "{", "[", "long" * 10, "…", "?", "é", "\\u0041", "%", "&a", "*b", "!x", ">", "|", "null", "12", "NO", "я", "@", "`",
)  # fmt: skip
TEXTS = st.text(min_size=1).filter(may_hold) | st.lists(st.sampled_from(TRICKY), min_size=1, max_size=60).map("".join)
SENTENCES = [
    "Over 10,000 firms take part, officials say.",
    "The minister said that trade will grow by 5 % a year.",
    "Exports rose last year.",
    "Costs could rise sharply.",
    "Nobody has said who pays.",
    "Will the plant open in time?",
    "A second line is under construction: it needs “new” parts.",
    "The author doubts the whole plan.",
]


def source_of(text, file="seeds/a.txt", **known):
    return Source(file, text, (), sha256=sha256(text.encode()).hexdigest(), verbatim=True, **known)


def quote(text, words, source=None):
    at = text.index(words)
    return (Evidence(source=source, exact=words, start=at, end=at + len(words)),)


def draft_of(text, language="en", source=None):
    """A draft in which every sentence that is in the text is an item of some kind."""
    here = [(at, each) for at, each in enumerate(SENTENCES, 1) if each in text]
    common = {at: {"text": each, "priority": at, "evidence": quote(text, each, source)} for at, each in here}
    finding = {"sector": "trade", "stance": "claimed", "attribution": "the minister"}
    return Draft(
        language,
        "A title: with a colon",
        summary=tuple(Summary(id=f"s-{at:02}", **common[at]) for at, _ in here[:1]),
        findings=tuple(Finding(id=f"f-{at:02}", **finding, **common[at]) for at, _ in here if at in (1, 2, 3, 7)),
        risks=tuple(Risk(id=f"r-{at:02}", **common[at]) for at, _ in here if at in (4, 8)),
        questions=tuple(Question(id=f"q-{at:02}", **common[at]) for at, _ in here if at in (5, 6)),
        cues={f"f-{at:02}": ("said", "supposedly\n") for at, _ in here},
    )


def drafted(text, **known):
    source = source_of(text, **known)
    return written(draft_of(text), [Named("S1", source, "seeds/a.txt")], Marking.AMBER)[0]


def brief_of(text):
    document, problems = parse(text, "brief.yaml")
    assert problems == []
    brief, found = validate(Brief, document)
    assert brief is not None, found
    return brief


# --- Scalars --------------------------------------------------------------------------------------


@settings(max_examples=500)
@given(TEXTS)
def test_any_text_that_a_content_file_may_hold_survives(text):
    lines = ["list:", "  - id: x", *folded("text", text, 4), *wrapped(f"    exact: {quoted(text)}", 6)]
    document, problems = parse("\n".join([*lines, f"    one: {scalar(text)}", *comment(text, 4), "  - id: y"]), "x")
    assert problems == []
    assert document.data == {"list": [{"id": "x", "text": text, "exact": text, "one": text}, {"id": "y"}]}


@pytest.mark.parametrize("text", ["no", "Null", "12", "2026-11-23", "1e5", "~", "- a", "a: b", "a #b", "", " a", "Y"])
def test_what_other_readers_take_for_something_else_is_quoted(text):
    assert scalar(text).startswith('"')


# --- A new brief ----------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6), TEXTS)
def test_any_draft_loads_and_passes_its_checks(tmp_path_factory, texts, title):
    text = "\n".join(texts) + "\n"
    findings = [
        Finding(
            id=f"f-{at}",
            sector="trade",
            text=each,
            stance=("claimed", "judged", "reported")[at % 3],
            evidence=(Evidence(exact=each, start=text.index(each), end=text.index(each) + len(each)),),
        )
        for at, each in enumerate(texts)
        if each.strip()
    ]
    root = tmp_path_factory.mktemp("root")
    (root / "seeds").mkdir()
    (root / "seeds" / "a.txt").write_bytes(text.encode())
    draft = Draft("en", title, findings=tuple(findings), cues={"f-0": (title,)})
    brief, _ = written(draft, [Named("S1", source_of(text, title=title), "seeds/a.txt")], Marking.AMBER)
    (root / "brief.yaml").write_text(brief, encoding="utf-8", newline="")
    loaded = load(root / "brief.yaml", "b", "brief.yaml", ["trade"])
    assert [item.evidence[0].exact for item in loaded.brief.findings] == [item.evidence[0].exact for item in findings]
    assert not has_errors(check(loaded.brief, loaded.document, root))


def test_a_new_brief_says_what_the_source_states_and_nothing_else():
    text = " ".join(SENTENCES) + "\n"
    brief = brief_of(drafted(text, author="Jane Roe"))
    source = brief.sources[0]
    assert (source.author, source.publisher, source.published, source.url) == ("Jane Roe", None, None, None)
    assert (brief.marking, brief.bottom_line) == (Marking.AMBER, None)
    assert {item.status for _, item in brief.items()} == {"draft"}
    assert [len(brief.section(name)) for name in SECTIONS] == [1, 4, 2, 2]
    assert meaning(parse(drafted(text), "b")[0], ["trade"]) == []


def test_the_words_that_decided_the_stance_stand_above_the_item():
    lines = drafted(" ".join(SENTENCES)).split("\n")
    at = next(number for number, line in enumerate(lines) if "- id: f-" in line)
    assert lines[at - 1] == "  # claimed, by: “said”, “supposedly”"


def test_a_claim_says_whose_it_is_in_every_wording():
    brief = brief_of(drafted("Exports rose last year.\n"))
    assert brief.findings[0].text == "According to the minister: “Exports rose last year.”"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Selon une source non nommée : « Rien »"),
        ("ru", "По словам источника (не назван): «Rien»"),
        ("de", "According to an unnamed source: “Rien”"),
    ],
)
def test_a_claim_of_nobody_is_told_as_such(language, text):
    item = Finding(id="f-1", sector="trade", text="Rien", stance="claimed", evidence=quote("Rien", "Rien"))
    new, _ = written(Draft(language, "T", findings=(item,)), [Named("S1", source_of("Rien"), "a.txt")], Marking.CLEAR)
    assert brief_of(new).findings[0].text == text
    assert brief_of(new).findings[0].attribution == "unnamed"


def test_marks_of_the_source_are_printed_not_obeyed():
    text = "See *this* and [that](http://x.example)."
    item = Finding(id="f-1", sector="trade", text=text, evidence=quote(text, text))
    new, _ = written(Draft("en", "T", findings=(item,)), [Named("S1", source_of(text), "a.txt")], Marking.CLEAR)
    from briefgen.render.environment import inline

    assert str(inline(brief_of(new).findings[0].text)) == text


def test_a_quote_with_a_control_character_is_left_out_and_told():
    text = "Exports \u202erose\u202c. Costs fell."
    items = tuple(
        Finding(id=f"f-{at}", sector="trade", text="x", evidence=quote(text, words))
        for at, words in enumerate((text[:16], "Costs fell."))
    )
    new, notes = written(Draft("en", "T", findings=items), [Named("S1", source_of(text), "a.txt")], Marking.CLEAR)
    assert [item.evidence[0].exact for item in brief_of(new).findings] == ["Costs fell."]
    assert [each.severity for each in notes] == ["warning"]


def test_ids_follow_the_words_and_never_collide():
    text = "Exports rose last year. Exports rose last year. экспорт вырос"
    quotes = [(Evidence(exact="Exports rose last year.", start=at, end=at + 23),) for at in (0, 24)]
    quotes.append(quote(text, "экспорт вырос"))
    items = tuple(Finding(id=f"f-0{at}", sector="trade", text="x", evidence=each) for at, each in enumerate(quotes))
    new, _ = written(Draft("en", "T", findings=items), [Named("S1", source_of(text), "a.txt")], Marking.CLEAR)
    names = [item.id for item in brief_of(new).findings]
    assert names[:2] == ["f-exports-rose-last-year", "f-exports-rose-last-year-2"]
    assert re.fullmatch("f-[0-9a-f]{8}", names[2])


# --- An edited brief ------------------------------------------------------------------------------


def update(old, text, ids=("S1",), **known):
    source = source_of(text, **known)
    return merged(old, "brief.yaml", draft_of(text), [Named(ids[0], source, "seeds/a.txt")])


def entries(text):
    """The lines of every item, from its dash to its last line."""
    found = re.findall(r"^  - id: .*\n(?:    .*\n?)*", text, re.M)
    return [entry for entry in found if "evidence:" in entry]


EDITS = [
    lambda entry: entry.replace("    status: draft\n", ""),
    lambda entry: entry.replace("    status: draft\n", "    # looked at: fine\n"),
    lambda entry: re.sub(r'( text: (?:>-\n +|"?))', r"\1Edited. ", entry, count=1),
    lambda entry: entry.rstrip("\n") + "   # mine\n",
    lambda entry: re.sub(r"priority: \d+", "priority: 99", entry),
    lambda entry: entry.replace("    status: draft\n", "    headline: |\n      # A headline\n\n      of two lines\n"),
]


@settings(max_examples=200, deadline=None)
@given(
    st.sets(st.integers(0, len(SENTENCES) - 1), min_size=1),
    st.permutations(range(len(SENTENCES))),
    st.integers(1, len(SENTENCES)),
    st.lists(st.tuples(st.integers(0, 8), st.sampled_from(EDITS)), max_size=5),
    st.sampled_from(["", "New at the top. "]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_edited_stays_byte_for_byte(first, order, count, edits, top, end):
    old_text = " ".join(SENTENCES[at] for at in sorted(first)) + "\n"
    new_text = top + " ".join(SENTENCES[at] for at in order[:count]) + "\n"
    old, edited = drafted(old_text), []
    for at, edit in edits:
        if at < len(entries(old)) and entries(old)[at] not in edited:
            before = entries(old)[at]
            after = edit(before)
            if after != before:
                old = old.replace(before, after)
                edited.append(after)
    old = old.replace("\n", end)
    new, notes = update(old, new_text)
    for entry in edited:
        assert entry.rstrip("\n").replace("\n", end) in new
    before, after = brief_of(old), brief_of(new)
    for name in SECTIONS:
        kept, now = before.section(name), after.section(name)
        assert [item.id for item in now[: len(kept)]] == [item.id for item in kept]
        assert {item.status for item in now[len(kept) :]} <= {"draft"}
    lost = [q.exact for _, item in before.items() for q in item.evidence if q.exact not in new_text]
    assert (after.sources[0].sha256 == sha256(new_text.encode()).hexdigest()) is (not lost or old_text == new_text)
    assert new.count("# quote no longer in the source") == len(lost)
    assert sum("no longer" in each.message for each in notes) == len(lost)
    # Everything that the source says now has its place, once; and once more changes nothing.
    said = {q.exact for _, item in after.items() for q in item.evidence}
    wanted = {q.exact for _, item in draft_of(new_text).__dict__.items() if isinstance(item, tuple) for i in item
              if not isinstance(i, str) for q in i.evidence}  # fmt: skip
    assert wanted <= said
    assert (new.count("\n") == new.count("\r\n")) is (end == "\r\n")
    assert update(new, new_text)[0] == new


def test_offsets_follow_where_an_item_stands_as_it_was_drafted():
    text = " ".join(SENTENCES)
    new, notes = update(drafted(text), f"New at the top. {text}")
    assert notes == []
    quotes = [q for _, item in brief_of(new).items() for q in item.evidence]
    assert all(f"New at the top. {text}"[q.start : q.end] == q.exact for q in quotes)


def test_an_edited_item_is_told_where_its_quote_went():
    text = SENTENCES[2]
    old = drafted(text).replace("    status: draft\n", "")
    new, notes = update(old, f"First. {text}")
    assert entries(new) == entries(old)
    assert {each.hint for each in notes} == {"write 'start: 7' and 'end: 30'"}


@pytest.mark.parametrize(("ranks", "told"), [("123", 0), ("193", 2), ("113", 2), ("129", 1)])
def test_a_number_that_a_new_item_moves_is_no_edit_and_one_that_a_person_gave_is(ranks, told):
    text = " ".join(SENTENCES[:3])
    head, findings = drafted(text).split("findings:\n")
    for old, new in zip("123", ranks, strict=True):
        findings = findings.replace(f"    priority: {old}\n", f"    priority:  {new}\n").replace(":  ", ": ")
    draft = draft_of(f"New. {text}")
    later = tuple(each.model_copy(update={"priority": each.priority + 1}) for each in draft.findings)
    sources = [Named("S1", source_of(f"New. {text}"), "seeds/a.txt")]
    new, notes = merged(f"{head}findings:\n{findings}", "b", replace(draft, findings=later), sources)
    assert len(notes) == told
    assert [str(each.priority) for each in brief_of(new).findings] == list(ranks)


@pytest.mark.parametrize("empty", ["questions: []", "questions: [ ]   # none yet", ""])
def test_an_empty_list_is_started(empty):
    old = drafted(SENTENCES[0]).replace("questions: []", empty)
    new, _ = update(old, f"{SENTENCES[0]} {SENTENCES[5]}")
    assert [item.text for item in brief_of(new).questions] == [SENTENCES[5]]
    assert ("# none yet" in new) is ("#" in empty)


def test_a_list_in_one_bracket_is_left_alone_and_told():
    old = drafted(SENTENCES[0]).replace("questions: []", "questions: [{id: q, text: Why?}]")
    new, notes = update(old, f"{SENTENCES[0]} {SENTENCES[5]}")
    assert "questions: [{id: q, text: Why?}]" in new
    assert [each.severity for each in notes if "one bracket" in each.message] == ["error"]


def test_an_entry_without_indent_grows_in_its_own_style():
    old = drafted(f"{SENTENCES[0]} {SENTENCES[3]}")
    head, risks = old.split("risks:\n", 1)
    risks = re.sub("^  (?=[- ])", "", risks, flags=re.M)
    new, _ = update(f"{head}risks:\n{risks}", " ".join(SENTENCES))
    assert len(brief_of(new).risks) == 2
    assert new.count("\n- id: r-") == 2


def test_a_comment_at_the_end_of_an_item_stays_with_it():
    old = drafted(SENTENCES[5]).rstrip("\n") + "\n    # ask the embassy\n\n# The end.\n"
    new, _ = update(old, f"{SENTENCES[5]} {SENTENCES[4]}")
    assert new.index("ask the embassy") < new.rindex(f'"{SENTENCES[4]}"') < new.index("# The end.")


def test_a_file_with_errors_is_not_touched():
    with pytest.raises(BriefgenError):
        update(drafted(SENTENCES[0]).replace("title:", "titel:"), SENTENCES[1])


def test_a_second_source_needs_quotes_that_name_the_first():
    text = SENTENCES[0]
    old = drafted(text)
    second = [Named("S2", source_of(SENTENCES[5], "b.txt"), "seeds/b.txt")]
    draft = draft_of(SENTENCES[5])
    assert [each.id for each in brief_of(merged(old, "b", draft, second)[0]).sources] == ["S1", "S2"]
    with pytest.raises(BriefgenError, match="do not name the first"):
        merged(old.replace("{source: S1, ", "{"), "b", draft, second)


def test_the_model_that_had_a_part_is_named():
    old = drafted(SENTENCES[0])
    draft = Draft("en", None, ai_use="Drafted with x: y")
    new, _ = merged(old, "b", draft, [Named("S1", source_of(SENTENCES[0]), "seeds/a.txt")])
    assert brief_of(new).ai_use == "Drafted with x: y"


def test_hashes_of_a_source_in_one_line_are_both_renewed():
    old = drafted(SENTENCES[0])
    head, rest = old.split("sources:\n", 1)
    one = f'  - {{id: S1, text_sha256: "{"0" * 64}", text: c/S1.txt, sha256: "{"1" * 64}", file: a.pdf}}\n'
    old = f"{head}sources:\n{one}{rest[rest.index('# The bottom line') :]}"
    named = Named("S1", source_of(SENTENCES[0]), "b.pdf", "c/S1.txt", "2" * 64)
    source = brief_of(merged(old, "b", draft_of(SENTENCES[0]), [named])[0]).sources[0]
    assert (source.file, source.text_sha256) == ("b.pdf", "2" * 64)
    assert source.sha256 == sha256(SENTENCES[0].encode()).hexdigest()


def test_a_source_is_known_by_its_bytes_its_file_or_its_copy():
    known = [
        SourceReference(id="A", file="seeds/a.txt", sha256="0" * 64),
        SourceReference(id="B", file="seeds/report-2.pdf"),
    ]
    moved = source_of("x", "elsewhere.txt")
    moved = Source(moved.file, moved.text, (), sha256="0" * 64)
    assert matched([(moved, "other/elsewhere.txt")], known) == ["A"]
    assert matched([(source_of("y"), "seeds/a.txt")], known) == ["A"]
    assert matched([(source_of("z"), "seeds/report.pdf"), (source_of("q"), "seeds/c.txt")], known) == ["B", "S1"]
    assert PurePosixPath(known[0].file).name == "a.txt"
