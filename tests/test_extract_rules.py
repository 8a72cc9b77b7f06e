"""The rules of the extractor one by one: sentences, speakers, stance, risks, open questions, wording, sectors."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from briefgen.extract import findings, items, lexicon
from briefgen.extract.candidates import Candidate, candidates
from briefgen.extract.lexicon import phrases, words
from briefgen.extract.reading import read
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
        ('He said "the dam is safe." It broke in May.', 2),
    ],
)
def test_sentences(text: str, parts: int) -> None:
    assert len(sentences(source(text), 0, lexicon.load("en"))) == parts


def test_note_marks_and_bullets_stay_outside_the_quote() -> None:
    exact = [each.exact for each in sentences(source("• It grew. [1] [2] It fell. [3]"), 0, lexicon.load("en"))]
    assert exact == ["It grew.", "It fell."]


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("The delegation departs for the talks on trade in Geneva, Switzerland, Feb. 26, 2026.", False),
        ("The delegation has left for the talks on trade in Geneva, Switzerland, Feb. 26, 2026.", True),
        ("The longer the leaders of the union have clung to policies that will not contain the crisis in 2026,", False),
        ("The leaders of the union have clung to policies that will not contain the crisis in 2026.", True),
        ("(Read more about the exemption for public bodies in the bill of 2021 here)", False),
        ("(The agency estimates that 4,000 people still live here.)", True),
        ("Greater English voice: The commission suggests laws that are approved first by members for England", False),
        ("The commission suggests that laws for England are in future approved first by the members for England", True),
    ],
)
def test_captions_and_what_breaks_off_are_no_findings(text: str, cited: bool) -> None:
    draft_of = read(sentences(source(text), 0, lexicon.load("en"))[0], lexicon.load("en"))
    assert findings.is_noise(draft_of, lexicon.load("en")) is not cited


def test_captions_and_quotations_set_apart_are_no_content() -> None:
    caption, credit = "The dam on the day of its opening.", "Image: A. Roe."
    pulled = "“The dam will not hold for another winter.”"
    text = f"{caption} {credit}\n{pulled}\nRoe wrote: {pulled} The dam broke in May.\n“All is vanity.” — A. Roe"
    spans = [(0, len(caption), "paragraph"), (len(caption) + 1, len(caption) + 1 + len(credit), "residue")]
    at = len(caption) + len(credit) + 2
    for line in text.split("\n")[1:]:
        spans.append((at, at + len(line), "paragraph"))
        at += len(line) + 1
    blocks = tuple(Block(kind, start, end) for start, end, kind in spans)  # type: ignore[arg-type]
    found = sentences(Source("x.txt", text, blocks, language="en"), 0, lexicon.load("en"))
    assert [each.exact for each in found] == [f"Roe wrote: {pulled}", "The dam broke in May."]


@pytest.mark.parametrize(
    "text, kept",
    [
        ("We have raised the level, as leaks are found in tap water. — Spokesperson, NISA", False),
        ("We know that this is possible and we shall play our part\n— Ana Ruiz, president of the island", False),
        ("The plant leaks into the sea — the ministry knew it since May.", True),
        ("The plant leaks into the sea. — The ministry knew it since May.", True),
        ("The dam broke on Monday. The ministry closed the road to the north. — Reuters", True),
    ],
)
def test_a_quotation_that_is_signed_needs_no_marks_to_be_set_apart(text: str, kept: bool) -> None:
    assert bool(sentences(source(text), 0, lexicon.load("en"))) is kept


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
        # a verb before its subject, without a quotation
        ("The town is ready, said Maria Lopez, its mayor.", "Maria Lopez"),
        # nouns of people, in any form of a verb of saying or thinking
        ("The soldiers left at dawn, villagers said.", "villagers"),
        ("The effect is small, the authors conclude.", "the authors"),
        ("Some economists believe the bank acted too late.", "Some economists"),
        ("The WHO estimates that 3 million people die of it every year.", "The WHO"),
        ("USDA officials we interviewed said the work was late.", "USDA officials"),
        ("Officials from three states told us that they lacked data.", "Officials from three states"),
        ("The GAO report noted that 12 agencies had no plan.", "The GAO report"),
        # within, after, passive
        ("In the bank's view, the deficit is too high.", "the bank"),
        ("By the agency's own account, a third of the cases were closed.", "the agency"),
        ("Bills had doubled, as reported by Ofgem that week.", "Ofgem"),
        ("The claim was described by police as false.", "police"),
        ("According to the team's coach, Ali Reza, the robot won.", "Ali Reza"),
        ("In the words of the prosecutor, Mark Roe, “she spent her last months in pain”.", "Mark Roe"),
        # the main clause's subject, not the whole clause
        ("The auditors were unable to confirm it, noting that records were missing.", "The auditors"),
        ("Lopez was quoted as saying that the talks had failed.", "Lopez"),
        ("A report by Oxfam says that inequality is growing.", "A report by Oxfam"),
        # verbs that report only with a clause
        ("Researchers found that bees can count.", "Researchers"),
        ("Boston noted that sales fell.", "Boston"),
        ("The money was a loan, the defendant testified.", "the defendant"),
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
        # deeds, with verbs that can also report
        "The team found a new way to store heat.",
        "The company added 500 jobs last year.",
        "The government declared a state of emergency.",
        "The agency determined eligibility for 3,000 applicants.",
        "The storm claimed 20 lives.",
        # nouns, names and passives that look like such verbs
        "ORR required grantees to send data, reviewed grantee reports and data, and visited them.",
        "The office gave aid in 13 states.",
        "They were twice denied visas to enter the country.",
        "Most studies are done according to schedule.",
        "The fair was held at an office in Mountain View.",
        # not said yet
        "And the president will accuse someone of lying.",
    ],
)
def test_what_is_not_attributed(text: str) -> None:
    assert found(text)[0].voice.stance == "reported"


def test_pronouns_and_surnames_point_back() -> None:
    text = "The plan is late, Maria Lopez said. She said that costs rose. Lopez added that jobs were lost."
    assert [each.voice.speaker for each in found(text)] == ["Maria Lopez"] * 3


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“The dam is not safe,” Ana Ruiz, head of the dam office, told Reuters.", "Ana Ruiz"),
        ("In a critical report, the water agency says that the dam is not safe.", "the water agency"),
        ("The crew saw no fault and declared no emergency, Mr Baker said.", "Mr Baker"),
        ("Ana Ruiz, head of the dam office, and once its engineer, says that it is safe.", "Ana Ruiz"),
        ("In an interview, the chairman Ivan Petrov, stated that prices fell.", "the chairman Ivan Petrov"),
        ("\"Asked about the dam, Ana Ruiz told reporters that it was 'safe for a hundred years to come'.", "Ana Ruiz"),
        (
            "The head of the National Conference, Ivan Petrov, is firm: “We will never pay any of it to anybody.”",
            "Ivan Petrov",
        ),
    ],
)
def test_speakers_beside_other_names(text: str, speaker: str) -> None:
    assert found(text)[0].voice.speaker == speaker


def test_they_are_those_at_the_head_of_the_sentence_before() -> None:
    text = "The bank said that prices fell. In sum, the economists dislike debt. They argue that it will grow."
    assert found(text)[-1].voice.speaker == "the economists"


@pytest.mark.parametrize(
    "text",
    ["Where does the government hope to find the money?", "People of all ages believe in the spirit of the place."],
)
def test_what_nobody_has_said(text: str) -> None:
    assert found(text)[0].voice.stance != "claimed"


def test_a_quotation_goes_on_with_the_same_speaker() -> None:
    text = "“We are ready to sign it,” said Ana Ruiz. “The money will be there next year.”"
    assert [each.voice.speaker for each in found(text)] == ["Ana Ruiz", "Ana Ruiz"]


@pytest.mark.parametrize(
    "text",
    ["I think the plan is late.", "Folks, this is an absurd plan.", "Updating the plan could improve coordination."],
)
def test_opinion_is_judged(text: str) -> None:
    assert found(text)[0].voice.stance == "judged"


RISKS = {
    "possibility and harm in one clause": """
The dam could fail within a year.
The strategy may not succeed.
Adversaries might use it for cyberattacks.
A sharp correction would expose banks to losses.
Further job losses cannot be ruled out.
The firm may have difficulty paying its debts.""",
    "a good thing lessened, a bad one grown": """
The rule could discourage people from reporting crimes.
Some jobs may be cut.
Wildfires are projected to become more frequent.
The death toll could rise.""",
    "grave harm ahead": """
The fund will run out of money in 2034.
The region faces a severe water shortage.""",
    "conditions": """
Unless the two sides agree by Friday, the strike will spread to other ports.
Otherwise the lake will dry up.
Without a plan, the agency may have to close three offices.
Until it does so, the department cannot be sure that payments are correct.
If left untreated, the infection can be fatal.
Failing to invest now will condemn a generation to poverty.""",
    "threat, fear, doubt, weakness": """
Officials warned of shortages.
Residents worry about the river.
The rift jeopardises the alliance.
There is no guarantee that the truce will hold.
The deal is unlikely to survive.
The bank is susceptible to a run.
Staff shortages limit the ability of the service to respond.
The office lacks assurance that its data are right.
USAID did not plan to mitigate the risk that programs might stop.""",
}
NO_RISKS = {
    "past harm": """
The dam failed last year.
The fire destroyed 40 houses and left 200 people homeless.
The factory had been unable to pay its workers since March.""",
    "names, the month, another trade": """
In May the government cut spending on schools.
Will Smith attacked the presenter on stage.
The Office of Risk Assessment employs 40 people.
The office improved its risk management.""",
    "permission, ability, courtesy, what was not": """
Visitors may not bring food into the museum.
Women can now serve in combat units.
The company could not be reached for comment.
The two men could have been rescued earlier.""",
    "done away with": """
The device could solve problems.
The ministry reduced the risk of fire by replacing the cables.
The new system would reduce delays at the border.
The fund will support victims of violence.""",
    "denied": """
There is no risk to the public.
The disease is no longer a threat.""",
    "plans": """
The bank will cut its key rate by a quarter point.
Parliament will vote on the bill on Tuesday.
The company may build a second plant in Ohio.""",
}


def cases(named: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, line) for name, lines in named.items() for line in lines.strip().split("\n")]


@pytest.mark.parametrize("kind, text", cases(RISKS))
def test_risks(kind: str, text: str) -> None:
    assert found(text)[0].risk, kind


@pytest.mark.parametrize("kind, text", cases(NO_RISKS))
def test_what_is_no_risk(kind: str, text: str) -> None:
    assert not found(text)[0].risk, kind


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
        ("The cause of the fire is still being investigated.", True),
        ("Nobody has claimed responsibility for the attack.", True),
        ("Experts are divided over the cause of the decline.", True),
        ("It is too early to say whether the treatment works.", True),
        ("The claim could not be independently verified.", True),
        ("The department disagreed with the recommendation.", True),
        ("Police released the name of the victim.", False),
        ("The bill is pending before the committee.", False),
        ("What could possibly go wrong?", False),
        ("So what does this mean for you?", False),
    ],
)
def test_open_questions(text: str, asked: bool) -> None:
    assert bool(found(text)[0].open) is asked


@pytest.mark.parametrize(
    "text",
    ["This report examines the extent to which plans exist.", "As the figure shows, output grew in 2020.",
     "© 2025 Firm, all rights reserved in 40 countries.", "See you.",
     "This statement is based on a body of work of 40 reports that the office published in 2025.",
     "Suppose a simplified world where there is 1 university and 5 students take 1 course each."],
)  # fmt: skip
def test_method_and_boilerplate_are_no_findings(text: str) -> None:
    assert not found(text)[0].is_finding


OTHERS = """
fr risk + Sans accord d'ici vendredi, la grève va s'étendre et les pertes seront lourdes.
fr risk + À moins d'une aide rapide, l'hôpital devra fermer ses portes.
fr risk + Rien ne garantit que la trêve tiendra.
fr risk - Le ministère a réduit le risque d'incendie.
fr risk - L'incendie a détruit 40 maisons en mai.
fr risk + Ce budget ne présage rien de bon pour les hôpitaux.
fr open + Le rapport n'a toujours pas été publié.
fr open + La ministre n'a pas voulu commenter.
fr open - La cause de l'accident est connue.
ru risk + Если не будет дождей, урожай погибнет.
ru risk + Без помощи больница будет закрыта, пациенты лишатся лечения.
ru risk + Нет гарантий, что перемирие сохранится.
ru risk - Министерство снизило риск пожаров.
ru risk - Пожар уничтожил 40 домов в мае.
ru risk + Снижение спроса не сулит ничего хорошего заводам.
ru open + Доклад до сих пор не опубликован.
ru open + Причины аварии выясняются.
ru open - Причина аварии известна.
"""


@pytest.mark.parametrize("line", OTHERS.strip().split("\n"))
def test_risks_and_questions_in_french_and_russian(line: str) -> None:
    language, name, sign, text = line.split(" ", 3)
    whole = Source("x.txt", text, (Block("paragraph", 0, len(text)),), language=language)
    each = candidates(whole, 0, SECTORS, lexicon.load(language))[0]
    assert bool(each.risk if name == "risk" else each.open) is (sign == "+")


def test_who_speaks_may_stand_after_the_verb_in_russian() -> None:
    text = "Цены снизятся, заявил министр."
    whole = Source("x.txt", text, (Block("paragraph", 0, len(text)),), language="ru")
    assert candidates(whole, 0, SECTORS, lexicon.load("ru"))[0].voice.speaker == "министр"


def test_a_surname_alone_is_the_person_that_a_pronoun_means() -> None:
    text = "Steve Whitmore spoke. Mark Rathbun came. Whitmore left. He said that it was late."
    assert found(text)[-1].voice.speaker == "Steve Whitmore"


def test_who_gives_an_address_tells_no_finding() -> None:
    assert not found("Copies of the 2016 report are sent by the Office of Public Affairs at office@example.org.")[
        0
    ].is_finding


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


def blocks_of(*paragraphs: str) -> Source:
    text, spans = "\n".join(paragraphs), []
    for each in paragraphs:
        start = spans[-1].end + 1 if spans else 0
        spans.append(Block("paragraph", start, start + len(each)))
    return Source("x.txt", text, tuple(spans), language="en")


def read_blocks(*paragraphs: str) -> list[Candidate]:
    return candidates(blocks_of(*paragraphs), 0, SECTORS, lexicon.load("en"))


def test_a_quotation_shown_again_without_its_marks_is_no_content() -> None:
    said = "The dam will not hold for another winter and nobody will repair it"
    found = read_blocks(f'"{said}," Ann Roe said on Monday.', f"{said}.", "The dam broke in May after the rain.")
    assert [each.read.text for each in found] == [f'"{said}," Ann Roe said on Monday.', found[1].read.text]
    assert found[1].read.text.startswith("The dam broke")


@pytest.mark.parametrize(
    "line, kept",
    [
        ("(The author is a political commentator. He lives in Minsk.)", False),
        ("Ann Roe is a freelance journalist. She lives in Minsk.", False),
        ("The author of the plan resigned in May. He lives in Minsk.", True),
    ],
)
def test_lines_about_the_author_are_no_content(line: str, kept: bool) -> None:
    found = read_blocks("The plant in Minsk exported 500 tractors.", line)
    assert (len(found) > 1) is kept


@pytest.mark.parametrize(
    "text, is_one",
    [
        ("Digital Accountability and Transparency Act.", False),
        ("“Papers found on street” — Toronto Star, August 15, 2008", False),
        ("The Toronto Star published 40 of the papers on August 15, 2008.", True),
        ("The State Bank of Minsk raised its rate to 9 percent.", True),
    ],
)
def test_titles_and_entries_of_a_list_of_sources_are_no_findings(text: str, is_one: bool) -> None:
    assert found(text)[0].is_finding is is_one


def test_a_quotation_of_several_sentences_has_the_speaker_that_its_last_one_names() -> None:
    long = "from the hills above the river where nobody has lived since the bridge was swept away by the great flood"
    text = (
        f'Reports came from Yonhap on Friday. "The enemy fired thirty shells at our posts {long}. Six of them fell near'
        f' a village {long}. We shall answer every one of them at once {long}", said Ann Roe. The village lies north.'
    )
    assert [each.voice.speaker for each in found(text)] == [None, "Ann Roe", "Ann Roe", "Ann Roe", None]


def test_a_quotation_belongs_to_the_person_whom_the_sentence_before_is_about() -> None:
    found = read_blocks(
        "Senator Ann Roe gave her reasons for the vote.", '"The bill gives the banks what they have wanted for years."'
    )
    assert found[1].voice.speaker is not None and "Roe" in found[1].voice.speaker


def test_a_body_is_no_person_for_he_and_she_but_one_for_they() -> None:
    text = "Ann Roe said the fund is empty. The National Trust denied it. She said it would close."
    assert found(text)[2].voice.speaker == "Ann Roe"
    text = "Ann Roe said the fund is empty. The Church said it was full. They also said Roe was wrong."
    assert found(text)[2].voice.speaker == "The Church"


def test_a_second_verb_keeps_the_subject_of_the_first() -> None:
    text = "The ministry claimed Roe was a volunteer and claimed she left in May."
    assert found(text)[0].voice.speaker == "The ministry"


@pytest.mark.parametrize(
    "text, asked",
    [
        ("The effectiveness of the fund is currently unknown.", True),
        ("The command will not confirm any arrest.", True),
        ("The government hasn't indicated that it plans a sale.", True),
        ("The suspect remains at large.", True),
        ("Payments are to be made in May.", False),
        ("The command confirmed the arrest.", False),
        ("What is our duty to the world?", False),
        ("If staff travel for work, do these days count as days in the office?", True),
        ("Is attendance really that important, compared to what people do?", False),
        ("The full list of contractors has not been published.", True),
        ("We need to see whether this is due to the holidays.", True),
        ("The mandate remains a sticking point in the talks.", True),
        ("Participants noted substantial uncertainty over the size of the effect.", True),
        ("The list of contractors was published in May.", False),
    ],
)
def test_what_leaves_a_matter_open(text: str, asked: bool) -> None:
    assert bool(found(text)[0].open) is asked


@pytest.mark.parametrize(
    "text, states",
    [
        ("The system repeatedly received warnings on its screen.", False),
        ("The mutual funds pool risks among their members.", False),
        ("The proposal stands no chance, or else it is dead.", False),
        ("The new road is dangerous for cyclists.", True),
        ("The plan could prove detrimental to small producers.", True),
        ("Persuading the banks will be an uphill struggle.", True),
        ("The agency lists a hundred countries as risk areas.", False),
        ("Participants saw upside and downside risks as balanced.", False),
        ("A reactor wouldn't run the risk of a meltdown.", False),
        ("Flexible work will not be disappearing any time soon.", False),
        ("Emissions from the cabin could interfere with the antennae.", True),
        ("Stagnant wages do not bode well for consumers.", True),
        ("It is unlikely that the plant will exist in time.", True),
        ("Any delay makes the task even harder.", True),
        ("A fifth of the halls have a problem that poses a potential safety concern.", True),
        ("Children in such homes may have worse results at school.", True),
    ],
)
def test_a_danger_named_is_not_yet_a_danger_stated(text: str, states: bool) -> None:
    assert bool(found(text)[0].risk) is states


def test_amounts_come_before_what_repeats_and_before_argument() -> None:
    lines = (
        "The ministry signed a contract for 40 tractors with the plant in May.",
        "Trade with others is the way in which a nation finds what it is good at.",
        "The bank lent the plant 40 million dollars to build the new line in May.",
        "In May the ministry signed the contract for 40 tractors with the plant.",
    )
    pooled = items.pool([source("")], found(" ".join(lines)))
    ranked = [each.read.text for each in pooled.ranked(lambda each: not each.noise)]
    assert ranked[0] == lines[2] and ranked.index(lines[0]) < ranked.index(lines[3])


def test_notes_to_figures_are_no_findings() -> None:
    assert found("Note: the 40 firms that were paid 5 million dollars are those that the ministry selected.")[0].noise


def test_who_is_introduced_at_the_end_is_the_author() -> None:
    first, last = "The plant exported 500 tractors.", "Jane Roe is a professor of law and led the review of 40 plants."
    blocks = (Block("paragraph", 0, len(first)), Block("paragraph", len(first) + 1, len(first) + 1 + len(last)))
    whole = Source("x.txt", f"{first}\n{last}", blocks, language="en")
    assert [each.text for each in sentences(whole, 0, lexicon.load("en"))] == [first]
    assert len(sentences(replace(whole, text=f"Jane Roe reported {first[18:]}\n{last}"), 0, lexicon.load("en"))) == 2


INTERVIEW = """Ana Ruiz: Is the dam safe?

Bo Lind: I worry about the wall. It was built in 1961.

Nobody has looked at it since.

Ana Ruiz: What would you do?

Bo Lind: The ministry said last week that it has no money."""


def spoken(text: str) -> list[str | None]:
    ends = [match.span() for match in re.finditer(r"[^\n]+", text)]
    whole = Source("x.txt", text, tuple(Block("paragraph", *span) for span in ends), language="en")
    return [each.voice.speaker for each in candidates(whole, 0, SECTORS, lexicon.load("en"))]


def test_in_an_interview_whoever_has_the_turn_speaks() -> None:
    assert spoken(INTERVIEW) == ["Ana Ruiz", "Bo Lind", "Bo Lind", "Bo Lind", "Ana Ruiz", "The ministry"]


def test_a_turn_ends_with_the_next_head_and_with_the_last() -> None:
    more = "\n\nUrsula von der Leyen: The wall will be mended.\n\nThe government paid 30 million euros in 2025."
    assert spoken(INTERVIEW + more)[-2:] == ["Ursula von der Leyen", None]
    assert spoken(INTERVIEW.replace("Ana Ruiz: What", "Note: What"))[-2:] == [None, "The ministry"]


def test_labels_that_come_again_make_no_interview() -> None:
    lines = "Agency Response: The rule stays.\n\nOur Finding: The agency drew up a response.\n\n"
    assert spoken(f"{lines}Agency Response: The rule goes.") == [None] * 3
    lands = "Saudi Arabia: Prices rose.\n\nSri Lanka: Prices fell.\n\nSaudi Arabia: Trade rose.\n\nSri Lanka: It fell."
    assert spoken(lands) == [None] * 4
