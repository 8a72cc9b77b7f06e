"""Analytic standards as lint: what it must catch, and what it must leave alone."""

import hashlib
import time
from pathlib import Path

import pytest

from briefgen import content, workspace
from briefgen.check import check
from briefgen.check.standards import lint
from briefgen.model import Brief
from briefgen.yamlread import parse

ROOT = Path(__file__).parents[1]
QUOTE = [{"exact": "q"}]
SOURCE = {"id": "S1", "file": "a.txt", "reliability": "F", "note": "n"}


def brief(**fields):
    base = {"title": "Arctic shipping grows", "marking": "TLP:CLEAR", "sources": [SOURCE]}
    base["questions"] = [{"id": "q", "text": "Why?", "evidence": QUOTE}]
    return Brief.model_validate(base | fields)


def found(**fields):
    document, _ = parse("title: T", "b.yaml")
    return list(lint(brief(**fields), document))


def one(**fields):
    each = found(**fields)
    assert len(each) == 1, each
    assert each[0].hint
    return each[0]


def line(text, **fields):
    return {"bottom_line": {"text": text, "basis": "b", **fields}}


def finding(text="The author says so.", stance="claimed", **fields):
    item = {"id": "f", "sector": "trade", "stance": stance, "text": text, "evidence": QUOTE}
    return {"findings": [item | {"attribution": "the ministry"} | fields]}


def risk(text="The author warns of it.", **fields):
    full = {"likelihood": "likely", "impact": "low", "stance": "judged", "evidence": QUOTE}
    return {"risks": [{"id": "r", "text": text, **full, **fields}]}


def test_a_brief_that_keeps_the_standards_is_silent():
    assert found(**line("Trade is likely to grow.", likelihood="likely"), **finding(), **risk()) == []


@pytest.mark.parametrize(
    "fields",
    [
        line("We judge with low confidence that growth is likely."),
        line("Growth is very unlikely (moderate confidence)."),
        line("It is almost certainly over, and our confidence is high."),
        line("Growth holds.", basis="With high-confidence data it is probable."),
        finding("It is likely, with low to moderate confidence.", stance="assessed"),
        finding(stance="reported", text="t", headline="h", detail="d")
        | risk("Loss is likely, he says; low confidence."),
        {"summary": [{"id": "s", "text": "Growth is **likely** (low confidence).", "evidence": QUOTE}]},
        {"title": "Growth likely, with low confidence"},
    ],
)
def test_likelihood_and_confidence_in_one_sentence(fields):
    each = one(**fields)
    assert each.severity == "error" and "in one sentence" in each.message


@pytest.mark.parametrize(
    "text",
    [
        "Growth is likely. Our confidence is low.",
        "Growth is likely.** Our confidence is low.",
        "Business confidence is growing and exports are likely to follow.",
        "The report speaks of “likely growth with high confidence”.",
    ],
)
def test_likelihood_and_confidence_apart(text):
    assert found(**line(text)) == []


@pytest.mark.parametrize(
    ("scale", "text", "term"),
    [
        ("icd203", "Growth is virtually certain.", "virtually certain"),
        ("icd203", "Growth is about as likely as not.", "about as likely as not"),
        ("icd203", "A fall is Exceptionally\nUnlikely.", "exceptionally unlikely"),
        ("icd203", "Growth is highly likely.", "highly likely"),
        ("icd203", "There is a realistic possibility of growth.", "realistic possibility"),
        ("icd203", "There is a remote chance of growth.", "remote chance"),
        ("phia", "Growth is very likely.", "very likely"),
        ("phia", "There is a roughly even chance of growth.", "roughly even chance"),
        ("phia", "There is almost no chance of growth.", "almost no chance"),
    ],
)
def test_terms_of_another_scale(scale, text, term):
    for fields in (line(text), finding(text, stance="assessed")):
        each = one(scale=scale, **fields)
        assert each.severity == "error" and f"'{term}' is not a term of scale {scale}" in each.message


@pytest.mark.parametrize(
    ("scale", "text"),
    [
        ("icd203", "Growth is almost certain, a fall very unlikely."),
        ("icd203", "Growth is almost certainly over in remote regions."),
        ("icd203", "Officials call growth “virtually certain”; it is likely."),
        ("phia", "Growth is highly likely; there is a realistic possibility of more in remote regions."),
    ],
)
def test_terms_of_the_own_scale(scale, text):
    assert found(scale=scale, **line(text)) == []


def test_other_peoples_words_are_not_judgements():
    assert found(**finding("The ministry says growth is virtually certain and may double.")) == []


def test_mixed_rows_are_told_once_at_the_fewer():
    fields = line("Growth is likely.", likelihood="likely") | risk(likelihood="probable")
    each = one(**fields)
    assert each.severity == "warning" and "'probable' and 'likely'" in each.message and "very likely" in each.hint
    assert one(**line("It will probably grow.", likelihood="very likely")).severity == "warning"
    assert found(scale="phia", **line("It will probably grow, a fall is unlikely.", likelihood="likely")) == []


@pytest.mark.parametrize("word", ["may", "might", "could", "possible", "possibly", "perhaps"])
def test_vague_words_in_judgements(word):
    text = f"Trade {word} grow."
    for fields in (line(text), finding(text, stance="assessed"), risk(text, stance="assessed")):
        each = one(**fields)
        assert each.severity == "warning" and f"'{word}'" in each.message


@pytest.mark.parametrize(
    "text",
    ["Trade grew in May.", "The figure could not be checked.", "He calls it “a possible future”.", "Mayors meet."],
)
def test_words_that_only_look_vague(text):
    assert found(**line(text)) == []


def test_a_one_needs_two_sources():
    other = {"sources": [SOURCE, SOURCE | {"id": "S2"}]}
    quotes = [{"source": name, "exact": "q"} for name in ("S1", "S2")]
    assert "rated 1" in one(**finding(credibility=1)).message
    both = finding(credibility=1, evidence=quotes) | other
    assert found(**both) == []
    twice = finding(credibility=1, evidence=[quotes[0], quotes[0]]) | other
    assert {each.message.split()[0] for each in found(**twice, questions=[])} == {"finding", "source"}


@pytest.mark.parametrize("stance", ["claimed", "judged"])
@pytest.mark.parametrize(("wording", "severity"), [("headline", "warning"), ("text", "error"), ("detail", "error")])
def test_an_opinion_worded_as_fact_in_any_wording(stance, wording, severity):
    each = one(**finding(stance=stance, **{wording: "Shipping creates thousands of jobs."}))
    assert each.severity == severity and f"the {wording} of finding 'f' is {stance}" in each.message


@pytest.mark.parametrize(
    "text",
    [
        "Over 10,000 firms take part.",
        "The programme is a gamble.",
        "Undoubtedly, essays will be printed.",
        "Western states closed their markets.",
        "The state adviser is present at an urgent meeting on railway credits.",
        "The Arctic is shipping more.",
    ],
)
def test_what_is_neither_attribution_nor_hedge(text):
    assert one(**finding(text, attribution="unnamed")).severity == "error"


@pytest.mark.parametrize(
    "text",
    [
        "Over 10,000 firms are said to take part.",
        "The ministry puts the figure at 10,000.",
        "According to BelTA, 10,000 firms take part.",
        "In the author’s view the plan is a gamble.",
        "The author calls it a gamble.",
        "The commentary describes 10,000 firms.",
        "Reportedly, 10,000 firms take part.",
        "10,000 firms supposedly take part.",
        "Growth appears strong.",
        "He doubts the plan.",
        "They fear losses.",
        "He warns of losses.",
        "It is seen as a marriage of convenience.",
        "The so-called breakthrough is near.",
        "Growth was described as strong.",
        "Beijing reportedly insists on it.",
    ],
)
def test_attribution_and_hedges(text):
    assert found(**finding(text)) == []


def test_the_name_of_the_speaker_is_attribution_and_the_subject_of_the_title_is_not():
    assert found(**finding("Zolotarev puts it at 10,000.", attribution="Yuri Zolotarev, trade envoy")) == []
    assert one(**finding("Trade will grow.", attribution="Yuri Zolotarev, trade envoy")).severity == "error"
    assert one(**finding("Arctic jobs grow.", attribution="Arctic Council")).severity == "error"


def test_reported_and_assessed_items_need_no_attribution():
    for stance in ("reported", "assessed"):
        assert found(**finding("Ten firms take part.", stance=stance, headline="Ten firms")) == []


def test_a_quotation_in_a_headline_is_attribution_but_not_in_a_text():
    assert found(**finding(headline="A “marriage of convenience”")) == []
    assert one(**finding("It is a “marriage of convenience”.")).severity == "error"


def test_the_label_of_a_risk_is_exempt_and_its_text_is_not():
    assert found(**risk(headline="Trade war")) == []
    assert one(**risk("Trade war breaks out.")).severity == "error"
    assert found(**risk("The envoy sets out a trade war.", stated_by="an envoy")) == []


@pytest.mark.parametrize(
    ("language", "text", "right"),
    [
        ("fr", "Plus de 10 000 entreprises participent.", "Selon l’agence, 10 000 entreprises participent."),
        ("fr-BE", "Le plan est un pari.", "L’auteur qualifie le plan de pari."),
        ("fr", "Le projet crée des emplois.", "Le projet créerait des emplois, affirme-t-il."),
        ("ru", "Участвуют более 10 000 предприятий.", "По словам чиновников, участвуют 10 000 предприятий."),
        ("ru", "План представляет собой авантюру.", "Автор называет план авантюрой."),
        ("ru", "Проект создаст рабочие места.", "Проект якобы создаст рабочие места."),
    ],
)
def test_french_and_russian_are_read_in_their_own_words(language, text, right):
    assert one(language=language, **finding(text, attribution="inconnu")).severity == "error"
    assert found(language=language, **finding(right, attribution="inconnu")) == []


@pytest.mark.parametrize(
    ("language", "word"), [("fr", "Le commerce pourrait croître."), ("ru", "Торговля может вырасти.")]
)
def test_vague_judgements_in_french_and_russian(language, word):
    assert one(language=language, **line(word)).severity == "warning"


def test_a_russian_name_is_found_in_its_cases():
    assert found(language="ru", **finding("У Золотарева иные цифры.", attribution="Юрий Золотарев")) == []


def test_another_language_is_skipped_with_one_note():
    each = one(language="de", **finding("Zehn Firmen nehmen teil."), **line("Handel may wachsen."))
    assert each.severity == "note" and "'de' is not checked" in each.message


@pytest.mark.parametrize(
    ("fields", "severity", "message"),
    [
        (line("word " * 61), "warning", "61 words"),
        ({"title": "t" * 91}, "warning", "91 characters"),
        ({"version": "2"}, "warning", "what changed"),
        ({"sources": [{"id": "S1", "file": "a", "note": "n"}]}, "warning", "no reliability"),
        ({"sources": [{"id": "S1", "file": "a", "reliability": "F"}]}, "warning", "no note"),
        ({"questions": []}, "warning", "cited by no item"),
        ({"sources": [SOURCE | {"url": "ftp://example.org/a"}]}, "warning", "not a web address"),
        ({"sources": [SOURCE | {"url": "javascript:alert(1)"}]}, "warning", "not a web address"),
        (risk(likelihood=None), "note", "has no likelihood"),
        (risk(likelihood=None, impact=None), "note", "no likelihood and no impact"),
    ],
)
def test_form(fields, severity, message):
    each = one(**fields)
    assert each.severity == severity and message in each.message


@pytest.mark.parametrize(
    "fields",
    [
        line("word " * 60),
        {"title": "t" * 90},
        {"version": "2", "changed": "New figures."},
        {"sources": [SOURCE | {"url": "https://example.org/a"}]},
    ],
)
def test_form_that_is_right(fields):
    assert found(**fields) == []


@pytest.mark.parametrize(
    "part", ["“", "‘", '"', "«", ". ", "...", " ", "in ", "in x", "low confidence ", "*_", "й", "may "]
)
@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_a_long_text_is_quick_whatever_it_holds(part, language):
    text = part * (100_000 // len(part))
    started = time.perf_counter()
    found(language=language, **finding(f"x{text}x", stance="assessed"), **risk(f"x{text}x"), **line(f"x{text}x"))
    assert time.perf_counter() - started < 3


def test_every_diagnostic_stands_at_its_place(tmp_path):
    (tmp_path / "a.txt").write_text("quoted")
    digest = hashlib.sha256(b"quoted").hexdigest()
    text = (
        "title: T\nmarking: TLP:CLEAR\nversion: 2\nsources:\n"
        f"  - {{id: S1, file: a.txt, sha256: {digest}, note: n}}\n"
        "bottom_line:\n  text: Growth may come.\n  basis: b\n"
        "findings:\n  - id: f\n    sector: trade\n    stance: claimed\n    attribution: unnamed\n"
        "    credibility: 1\n    headline: Ten firms join\n    text: Ten firms join.\n    evidence: [{exact: quoted}]\n"
    )
    (tmp_path / "b.yaml").write_text(text)
    loaded = content.load(tmp_path / "b.yaml", "b", "b.yaml", workspace.SECTORS)
    told = check(loaded.brief, loaded.document, tmp_path)
    assert [(each.line, each.column) for each in told] == [(3, 10), (5, 5), (7, 9), (14, 18), (15, 15), (16, 11)]
    assert all(each.file == "b.yaml" for each in told)


def test_the_example_brief_keeps_the_standards_and_would_fail_without_its_care():
    path = ROOT / "content" / "belarus-russia-technology" / "brief.yaml"
    loaded = content.load(path, "example", "brief.yaml", workspace.SECTORS)
    assert [str(each) for each in check(loaded.brief, loaded.document, ROOT)] == []
    text = path.read_text(encoding="utf-8").replace("are said to be involved", "are involved")
    careless, _ = parse(text, "brief.yaml")
    told = list(lint(Brief.model_validate(careless.data), careless))
    assert any("worded as fact" in each.message for each in told)
