"""Nobody reads what is not meant for them, and everybody reads in a sensible order."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefgen.audience import candidates, has_edition, select
from briefgen.model import SECTIONS, Audience, Brief, Marking

SECRET = "QXZWVKJ"
MARKINGS = list(Marking)
SECTORS = ["trade", "energy", "industry"]


@st.composite
def briefs(draw):
    """Briefs in which every text says its own marking, so that a leak can be read off the result."""
    overall = draw(st.sampled_from(MARKINGS))

    def marked(words):
        """A text that names the strictest marking of what it came from."""
        return lambda label: f"{words} {SECRET}{label.rank}"

    count = draw(st.integers(1, 3))
    sources = []
    for number in range(count):
        own = draw(st.none() | st.sampled_from(MARKINGS))
        word = marked(f"source{number}")(own or overall)
        sources.append({"id": f"S{number}", "file": f"{word.replace(' ', '')}.txt", "title": word, "marking": own})
    data = {"title": "T", "marking": overall, "sources": sources}
    if draw(st.booleans()):
        own = draw(st.none() | st.sampled_from(MARKINGS))
        text = marked("line")(own or overall)
        data["bottom_line"] = {"text": text, "basis": text, "marking": own}
    number = 0
    for section in SECTIONS:
        items = []
        for _ in range(draw(st.integers(0, 4))):
            number += 1
            own = draw(st.none() | st.sampled_from(MARKINGS))
            cited = draw(st.lists(st.sampled_from(sources), max_size=2))
            quotes = [{"source": each["id"], "exact": marked("quote")(each["marking"] or overall)} for each in cited]
            text = marked(f"item{number}")(own or overall)
            item = {"id": f"i{number}", "text": text, "headline": text, "marking": own, "evidence": quotes}
            item["priority"] = draw(st.none() | st.integers(1, 5))
            if section == "findings":
                item["sector"] = draw(st.sampled_from(SECTORS))
            items.append(item)
        data[section] = items
    return Brief.model_validate(data)


def audience(clearance="TLP:RED", **fields):
    return Audience.model_validate({"clearance": clearance, "pages": 1, **fields})


def ids(edition):
    return [item.id for _, item in edition.brief.items()] if edition else []


@given(briefs(), st.sampled_from(MARKINGS))
def test_nothing_above_the_clearance_is_in_an_edition(brief, clearance):
    edition = select(brief, "b", "a", audience(clearance))
    told = edition.brief.model_dump_json() if edition else ""
    leaked = [rank for rank in range(clearance.rank + 1, len(MARKINGS)) if f"{SECRET}{rank}" in told]
    assert leaked == []


@given(briefs(), st.sampled_from(MARKINGS), st.none() | st.lists(st.sampled_from(SECTIONS), min_size=1, unique=True))
def test_whether_there_is_an_edition_is_known_without_selecting_it(brief, clearance, sections):
    audience = Audience(clearance=clearance, pages=1, sections=sections and tuple(sections))
    assert has_edition(brief, audience) is (select(brief, "b", "a", audience) is not None)


def test_the_leak_test_can_fail():
    brief = Brief.model_validate(
        {"title": "T", "marking": "TLP:CLEAR", "sources": [{"id": "S", "file": "a.txt"}]}
        | {"summary": [{"id": "a", "text": f"{SECRET}4", "marking": "TLP:RED"}]}
    )
    edition = select(brief, "b", "a", audience("TLP:RED"))
    assert edition and f"{SECRET}4" in edition.brief.model_dump_json()


@given(briefs(), st.sampled_from(MARKINGS), st.sampled_from(["sector", "priority", "file", None]))
def test_selecting_twice_changes_nothing(brief, clearance, order):
    reader = audience(clearance, order=order)
    once = select(brief, "b", "a", reader)
    if once:
        assert select(once.brief, "b", "a", reader) == once


@given(briefs())
def test_a_narrower_clearance_shows_a_part_of_the_wider_one(brief):
    shown = [set(ids(select(brief, "b", "a", audience(each)))) for each in MARKINGS]
    assert all(narrow <= wide for narrow, wide in pairwise(shown))
    assert shown[-1] == {item.id for _, item in brief.items()}


@given(briefs(), st.sampled_from(MARKINGS))
def test_every_quote_of_an_edition_has_its_source_in_it(brief, clearance):
    edition = select(brief, "b", "a", audience(clearance))
    if edition:
        known = {source.id for source in edition.brief.sources}
        assert {quote.source for _, item in edition.brief.items() for quote in item.evidence} <= known


@given(briefs(), st.sampled_from(MARKINGS))
def test_what_is_removed_does_not_show_in_what_stays(brief, clearance):
    """Non-interference: with the restricted items gone from the file, the edition is the same."""
    hidden = {source.id for source in brief.sources if (source.marking or brief.marking).rank > clearance.rank}

    def visible(item):
        cites = {quote.source for quote in item.evidence}
        return (item.marking or brief.marking).rank <= clearance.rank and not cites & hidden

    left = {name: tuple(item for item in brief.section(name) if visible(item)) for name in SECTIONS}
    edition = select(brief, "b", "a", audience(clearance))
    other = select(brief.model_copy(update=left), "b", "a", audience(clearance))
    assert (edition is None) == (other is None)
    if edition and other:
        assert [edition.brief.section(name) for name in SECTIONS] == [other.brief.section(name) for name in SECTIONS]
        assert candidates(edition) == candidates(other)


def brief(**fields):
    base = {"title": "T", "marking": "TLP:CLEAR", "sources": [{"id": "S1", "file": "a.txt"}]}
    return Brief.model_validate(base | fields)


def finding(name, sector="trade", **fields):
    return {"id": name, "sector": sector, "text": "t", "evidence": [{"exact": "q"}], **fields}


def test_a_brief_above_the_clearance_has_no_edition():
    assert select(brief(marking="TLP:AMBER", findings=[finding("a")]), "b", "public", audience("TLP:CLEAR")) is None


def test_a_brief_with_nothing_visible_has_no_edition():
    assert select(brief(findings=[finding("a", marking="TLP:RED")]), "b", "public", audience("TLP:CLEAR")) is None


def test_a_source_that_only_removed_items_quote_is_removed():
    read = brief(
        sources=[{"id": "S1", "file": "a.txt"}, {"id": "S2", "file": "b.txt"}],
        findings=[
            finding("a", evidence=[{"source": "S1", "exact": "q"}]),
            finding("b", marking="TLP:RED", evidence=[{"source": "S2", "exact": "q"}]),
        ],
    )
    edition = select(read, "b", "public", audience("TLP:CLEAR"))
    assert edition and [source.id for source in edition.brief.sources] == ["S1"]


def test_the_words_of_a_restricted_source_go_with_it_whatever_the_item_says():
    read = brief(
        sources=[{"id": "S1", "file": "a.txt", "marking": "TLP:RED"}],
        findings=[finding("a"), finding("b", evidence=[])],
    )
    assert ids(select(read, "b", "public", audience("TLP:CLEAR"))) == ["b"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [("file", "abcd"), ("priority", "dabc"), ("sector", "dbac"), (None, "dbac")],
)
def test_reading_order(order, expected):
    findings = [
        finding("a", "energy", priority=2),
        finding("b", "trade", priority=3),
        finding("c", "energy", priority=4),
        finding("d", "trade", priority=1),
    ]
    edition = select(brief(findings=findings), "b", "a", audience(order=order))
    assert "".join(ids(edition)) == expected


def test_only_the_sections_of_the_audience_are_in_its_edition():
    read = brief(bottom_line={"text": "x"}, findings=[finding("a")], questions=[{"id": "q", "text": "?"}])
    assert ids(select(read, "b", "a", audience(sections=["questions"]))) == ["q"]


def test_the_summary_stands_in_for_a_missing_bottom_line():
    read = brief(summary=[{"id": "s", "text": "x"}], findings=[finding("a")])
    assert ids(select(read, "b", "a", audience(sections=["findings"]))) == ["s", "a"]


def test_a_brief_without_findings_shows_its_whole_summary():
    points = [{"id": f"s-{number}", "text": f"point {number}"} for number in range(4)]
    assert ids(select(brief(summary=points), "b", "a", audience(sections=["findings"]))) == [p["id"] for p in points]
    read = brief(summary=points, findings=[finding("a")])
    assert ids(select(read, "b", "a", audience(sections=["findings"]))) == ["s-0", "s-1", "a"]


def test_a_finding_that_the_stand_in_says_word_for_word_is_not_said_again():
    read = brief(summary=[{"id": "s", "text": "t"}], findings=[finding("a"), finding("b", text="u")])
    assert ids(select(read, "b", "a", audience(sections=["findings"]))) == ["s", "b"]
    assert ids(select(read, "b", "a", audience())) == ["s", "a", "b"]


def test_candidates_name_the_wordings_from_the_wanted_one_down():
    read = brief(
        bottom_line={"text": "x"},
        findings=[
            finding("a", headline="h", detail="d"),
            finding("b", priority=1),
            finding("c", headline="h", priority=1),
        ],
    )
    edition = select(read, "b", "a", audience(wording="text", floor="headline", order="file"))
    assert [(each.id, each.rank, each.wordings) for each in candidates(edition)] == [
        ("a", 0, ("text", "headline")),
        ("b", 1, ("text",)),
        ("c", 2, ("text", "headline")),
    ]
