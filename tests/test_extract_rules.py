"""The rules of the extractor one by one: sentences, speakers, stance, risks, open questions, wording, sectors."""

from __future__ import annotations

import pytest

from briefgen.extract import lexicon
from briefgen.extract.candidates import Candidate, candidates
from briefgen.extract.lexicon import phrases, words
from briefgen.extract.sentences import sentences
from briefgen.extract.wording import headline
from briefgen.model import Block, Source

SECTORS = ("economy-finance", "energy", "health", "education", "defence-security", "other")


def source(text: str) -> Source:
    return Source("x.txt", text, (Block("paragraph", 0, len(text)),), language="en")


def found(text: str) -> list[Candidate]:
    return candidates(source(text), 0, SECTORS, lexicon.load("en"))


@pytest.mark.parametrize(
    "text, parts",
    [
        ("Mr. Smith paid $3.5 million. He left.", 2),
        ("J. R. Smith met Gen. Lee on Jan. 5 in the U.S. Senate. It was cold.", 2),
        ("It happened in the U.S. The end came later.", 2),
        ("“We won. We left,” he said. They slept.", 2),
        ("It grew (see Fig. 3. Now larger) by 5 percent. Next year it fell.", 2),
        ("He waited... Then it came. [3] What now? Yes! Good.", 5),
        ("Source: GAO. | The act requires a plan.", 2),
        ("第一句。第二句！", 2),
        ("He asked why? and left.", 1),
    ],
)
def test_sentences(text: str, parts: int) -> None:
    assert len(sentences(source(text), 0, lexicon.load("en"))) == parts


def test_note_marks_and_bullets_stay_outside_the_quote() -> None:
    exact = [each.exact for each in sentences(source("• It grew. [1] [2] It fell. [3]"), 0, lexicon.load("en"))]
    assert exact == ["It grew.", "It fell."]


@pytest.mark.parametrize(
    "text, speaker",
    [
        ("The ministry said on Monday that prices rose.", "The ministry"),
        ("Prices rose, according to the central bank.", "the central bank"),
        ("“Prices rose by a third in May,” said Ana Ruiz, an analyst.", "Ana Ruiz"),
        ("The firm’s chief, Dan Dinges, said last month that output fell.", "Dan Dinges"),
        ("The project will be late, Energy Secretary John Roe said.", "Energy Secretary John Roe"),
        ("The ruling was a blow to critics who said the dam would fail.", "critics"),
        ("In July, the Secretary of State announced that the office had closed.", "the Secretary of State"),
        ("GAO’s review of 12 awards found no plans.", "GAO’s review of 12 awards"),
        ("GAO found that the plan was late.", "GAO"),
        ("The drug agency last week reported the first shortage.", "The drug agency"),
        ("‘We are ready to sign it all next year,’ a spokesman said.", "a spokesman"),
        ("The reactor supposedly costs 5 billion dollars.", "unnamed sources"),
    ],
)
def test_speakers(text: str, speaker: str) -> None:
    voice = found(text)[0].voice
    assert (voice.stance, voice.speaker) == ("claimed", speaker)
    assert all(cue == "“”" or cue in text for cue in voice.cues)


@pytest.mark.parametrize(
    "text",
    [
        "Prices rose by 5 percent in May.",
        "The ministry has not said when the plant will open.",
        "The man was found guilty in 2019.",
        "OSTP neither agreed nor disagreed with the recommendation.",
        "The plant is called Bolt.",
        "They do not describe the roles.",
    ],
)
def test_what_is_not_attributed(text: str) -> None:
    assert found(text)[0].voice.stance == "reported"


def test_pronouns_and_surnames_point_back() -> None:
    text = "The plan is late, Maria Lopez said. She said that costs rose. Lopez added that jobs were lost."
    assert [each.voice.speaker for each in found(text)] == ["Maria Lopez"] * 3


def test_a_quotation_goes_on_with_the_same_speaker() -> None:
    text = "“We are ready to sign it,” said Ana Ruiz. “The money will be there next year.”"
    assert [each.voice.speaker for each in found(text)] == ["Ana Ruiz", "Ana Ruiz"]


@pytest.mark.parametrize(
    "text",
    ["I think the plan is late.", "Folks, this is an absurd plan.", "Updating the plan could improve coordination."],
)
def test_opinion_is_judged(text: str) -> None:
    assert found(text)[0].voice.stance == "judged"


@pytest.mark.parametrize(
    "text, stated",
    [
        ("The dam could fail within a year.", True),
        ("Officials warned of shortages.", True),
        ("The strategy may not succeed.", True),
        ("Adversaries might use it for cyberattacks.", True),
        ("The dam failed last year.", False),
        ("The device could solve problems.", False),
        ("The office improved its risk management.", False),
    ],
)
def test_risks(text: str, stated: bool) -> None:
    assert bool(found(text)[0].risk) is stated


@pytest.mark.parametrize(
    "text, asked",
    [
        ("It is unclear whether the plant will open.", True),
        ("The ministry has not said who will pay.", True),
        ("Will the plant open in time?", True),
        ("And what about the plant?", False),
        ("The bottom line, folks?", False),
        ("Will it work? Of course it will.", False),
        ("The plant opened in May.", False),
    ],
)
def test_open_questions(text: str, asked: bool) -> None:
    assert bool(found(text)[0].open) is asked


@pytest.mark.parametrize(
    "text",
    ["This report examines the extent to which plans exist.", "As the figure shows, output grew in 2020.",
     "© 2025 Firm, all rights reserved in 40 countries.", "See you."],
)  # fmt: skip
def test_method_and_boilerplate_are_no_findings(text: str) -> None:
    assert not found(text)[0].is_finding


def test_sectors() -> None:
    text = "The reactor at the power plant needs uranium fuel."
    assert found(text)[0].sector == "energy"
    assert found("Nothing of note was here.")[0].sector == "other"


def test_headlines_are_verbatim_and_lose_no_limit() -> None:
    text = "The company built 40 new reactors in the north of the country, which took it eleven years of hard work."
    short = headline(found(text)[0].read)
    assert short and short.endswith("…") and text.startswith(short[:-1]) and len(short) <= 90
    limited = "The company built 40 new reactors in the north of the country, but none of them has ever been in use."
    assert headline(found(limited)[0].read) is None
    said = "The company built 40 new reactors in the north of the country in May, according to the ministry of power."
    assert headline(found(said)[0].read) is None


def test_lists_of_every_language_have_the_same_names() -> None:
    every = {language: lexicon._read(language) for language in lexicon.available()}
    assert {"en", "fr", "ru"} <= set(every)
    for lists in every.values():
        assert set(lists["sectors"]) == set(every["en"]["sectors"])
        assert set(lists["cues"]) <= set(every["en"]["cues"])
        assert all(phrases(text) for table in (lists["cues"], lists["sectors"]) for text in table.values())


def test_a_language_cannot_name_a_file() -> None:
    assert lexicon._read("../../../etc/passwd") == {}


def test_phrases_are_found_with_any_ending_and_apostrophe() -> None:
    lists = lexicon._built("xx", {"cues": {"risk": "at risk, threat*", "talk": "they say, as * put it"}}, None)
    hits = lists.scan(words("We’re at risk; THREATENED, they say, as he put it."))
    assert {name: len(each) for name, each in hits.items()} == {"risk": 2, "talk": 2}
