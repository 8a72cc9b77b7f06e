"""Quotes are located or the item is refused; chunks cover the content; the test models of pydantic-ai drive it all."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import llm_world
from briefgen.errors import BriefgenError, SurroundingsError, UsageError
from briefgen.llm import Verdict, draft_with, prompt
from briefgen.llm.answer import Answer, Proposal, Reply, proposals
from briefgen.llm.chunks import chunks
from briefgen.llm.drafting import Drafting, Usage, cut
from briefgen.llm.judge import judge
from briefgen.model import Block, Source
from llm_world import COSTS, FIRMS, GOOD, JOBS, PAYS, SECTORS, TEXT, source, stance

llm_world.needs_the_extra()

import pydantic_ai.models  # noqa: E402
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart  # noqa: E402
from pydantic_ai.models.function import FunctionModel  # noqa: E402
from pydantic_ai.models.test import TestModel  # noqa: E402

from briefgen.llm.ask import Asker  # noqa: E402


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    monkeypatch.setattr(pydantic_ai.models, "ALLOW_MODEL_REQUESTS", False)


def proposal(**fields) -> Proposal:
    return Proposal("finding", 0, **{"text": "The plant will not reopen this year.", "quotes": (), **fields})


def wrong(of: Source | None = None, **fields) -> str:
    held, reasons = judge(proposal(**fields), cut([of or source()], 12_000, 0, 9)[0], SECTORS, stance)
    assert (held is None) == bool(reasons)
    return "; ".join(reasons)


@pytest.mark.parametrize(
    ("quote", "reason"),
    [
        ("The plant in Gomel will not reopen this year", ""),
        ("the PLANT in gomel  will not\treopen", ""),
        ("The plant in Gomel will reopen this year", "not in the source"),
        ("The plant in Gomel … will not reopen", "not in the source"),
        ("Cooperation and its limits", "in a heading"),
        ("Read more | Share | 14 comments", "set apart"),
        ("will not reopen this year. Western sanctions on Belarus remain in force.\nI see", "over a paragraph's end"),
        ("Gomel", "too short"),
        ("", "too short"),
    ],
)
def test_a_quote_stands_in_the_content_or_is_refused(quote, reason):
    assert reason in wrong(quotes=(quote,)) and (reason or not wrong(quotes=(quote,)))


def test_one_bad_quote_among_good_ones_is_enough():
    assert "not in the source" in wrong(quotes=("The plant in Gomel will not reopen", "No such words are here"))


@pytest.mark.parametrize("field", ["text", "headline", "detail"])
def test_what_is_too_long_is_refused(field):
    long = "The plant in Gomel will not reopen this year. " * 60
    assert f"its {field} is longer" in wrong(**{field: long}, quotes=("The plant in Gomel will not reopen",))


def test_no_quote_no_item():
    assert wrong() == "it brings no quote"


def test_a_quote_that_stands_twice_is_refused_unless_its_chunk_tells():
    twice = source("The plant will not reopen. So it goes.\nThe plant will not reopen. Or so they think.\n", ())
    assert "more than once" in wrong(twice, quotes=("The plant will not reopen.",))
    first, second = chunks(twice, size=45, overlap=0)
    item = proposal(text="The plant will not reopen.", quotes=("The plant will not reopen.",))
    held, _ = judge(item, second, (), stance)
    (quote,) = (found.evidence for found in held.found)
    assert (quote.start, quote.prefix, quote.suffix) == (39, twice.text[7:39], twice.text[65:97])
    assert first.span[1] < second.span[0]


@pytest.mark.parametrize(
    ("said", "ruled", "want"),
    [
        ("reported", Verdict("reported"), ("reported", None)),
        ("fact", Verdict("reported"), ("reported", None)),
        ("assessed", Verdict("reported"), ("reported", None)),
        ("reported", Verdict("claimed", "the ministry"), ("claimed", "the ministry")),
        ("reported", Verdict("judged"), ("judged", "Gomel")),
        (None, Verdict("claimed"), ("claimed", "Gomel")),
        ("judged", Verdict("claimed", "A"), ("claimed", "A")),
        ("claimed", Verdict("reported"), ("claimed", "Gomel")),
        ("judged", Verdict("assessed"), ("judged", "Gomel")),
    ],
)
def test_the_rules_decide_and_a_model_can_only_be_more_careful(said, ruled, want):
    item = proposal(quotes=("The plant in Gomel will not reopen",), stance=said, attribution="Gomel")
    held, reasons = judge(item, cut([source()], 12_000, 0, 9)[0], SECTORS, lambda *_: ruled)
    assert not reasons
    assert (held.stance, held.attribution) == want


@pytest.mark.parametrize("name", ["Vladimir Putin", "Gom", "the", "x" * 500])
def test_a_speaker_that_is_not_beside_the_quote_is_not_believed(name):
    item = proposal(quotes=("The plant in Gomel will not reopen",), stance="claimed", attribution=name)
    held, _ = judge(item, cut([source()], 12_000, 0, 9)[0], SECTORS, stance)
    assert held.attribution == ("the" if name == "the" else "unnamed")


def test_a_claim_in_the_summary_says_that_it_is_one():
    chunk = cut([source()], 12_000, 0, 9)[0]
    quote = ("this cooperation will create jobs",)
    bare, reasons = judge(Proposal("summary", 0, "The cooperation will create jobs.", quote), chunk, (), stance)
    assert bare is None and "states as a fact what Yuri Zolotarev says" in reasons[0]
    said = "Zolotarev says the cooperation will create jobs."
    assert judge(Proposal("summary", 0, said, quote), chunk, (), stance)[0]


def test_likelihood_impact_and_credibility_are_never_the_models():
    bold = FIRMS | {"likelihood": "likely", "credibility": 1, "confidence": "high", "id": "x", "status": None}
    made, _ = drafted(answers({"findings": [bold], "risks": [COSTS | {"impact": "severe", "likelihood": "likely"}]}))
    (finding,), (risk,) = made.findings, made.risks
    assert (finding.likelihood, finding.credibility, finding.confidence, finding.status) == (None, None, None, "draft")
    assert (risk.impact, risk.likelihood, risk.stance, risk.stated_by) == (None, None, "claimed", "the ministry")


def test_an_unknown_sector_becomes_other():
    made, _ = drafted(answers({"findings": [FIRMS | {"sector": "space"}, JOBS | {"sector": "Industry"}]}))
    assert [each.sector for each in made.findings] == ["other", "industry"]


# --- Chunks ---------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    st.lists(st.text("ab. \u4e2d。", min_size=1, max_size=400), min_size=1, max_size=12),
    st.integers(200, 900),
    st.integers(0, 300),
)
def test_chunks_cover_the_content_in_order_and_stay_small(lines, size, overlap):
    text = "\n".join(lines)
    blocks = tuple(Block("paragraph", *line.span()) for line in re.finditer(r"[^\n]+", text))
    found = list(chunks(Source("s", text, blocks), None, size, overlap))
    shown = {at for each in found for piece in each.pieces for at in range(piece.start, piece.end)}
    content = {at for block in blocks if text[block.start : block.end].strip() for at in range(block.start, block.end)}
    assert shown == content
    assert all(sum(piece.end - piece.start for piece in each.pieces) <= size for each in found)
    assert [each.span[0] for each in found] == sorted({each.span[0] for each in found})


def test_a_megabyte_in_one_line_is_cut_at_sentences_with_overlap():
    text = "The plant in Gomel will not reopen this year. " * 22_000
    found = list(chunks(Source("s", text, (Block("paragraph", 0, len(text)),)), None, 12_000, 800))
    assert 80 < len(found) < 100
    assert all(each.text.endswith(".") and each.text.startswith("The") for each in found)
    assert all(500 < one.span[1] - two.span[0] <= 800 for one, two in pairwise(found))


def test_what_would_cost_too_much_is_asked_first():
    with pytest.raises(UsageError, match="questions to a model"):
        cut([source("word " * 50_000, ())], 1_000, 0, 60)
    with pytest.raises(UsageError):
        cut([source()], 10, 0, 60)


@pytest.mark.parametrize("text", ["", "\n", "Read more\n"])
def test_no_text_is_no_question(text):
    with pytest.raises(BriefgenError, match="no text to show"):
        cut([source(text, ("residue",))], 1_000, 0, 60)


@given(st.text(max_size=200))
def test_a_text_cannot_close_its_own_marks(text):
    first, *_, last = prompt.fenced(text, "document").split("\n")
    assert first.split()[1] == last.split()[1] and first.split()[1] not in text


# --- The test models of pydantic-ai ---------------------------------------------------------------


def answers(*given: dict) -> FunctionModel:
    """A model that gives these answers in turn, the last one for ever."""
    left = list(given)

    def answer(_, info):
        (form,) = info.output_tools
        return ModelResponse(parts=[ToolCallPart(form.name, left.pop(0) if len(left) > 1 else left[0])])

    return FunctionModel(answer)


def drafted(model, *sources, cache=None, **options):
    size, overlap = options.get("size", 12_000), options.get("overlap", 800)
    with Asker(model, "test:model", 5) as ask:
        run = Drafting(ask, Usage("test:model"), ("1",), SECTORS, stance, cache)
        return run.draft(sources or (source(),), size, overlap, 60)


def test_a_function_model_drafts():
    made, usage = drafted(answers(GOOD))
    assert len(made.findings) == 2 and usage.requests == 1 and made.rejected == ()


def test_the_test_model_invents_and_is_refused():
    with pytest.raises(BriefgenError, match="not in the form"):
        drafted(TestModel())
    with pytest.raises(BriefgenError, match="the quote is too short"):
        drafted(TestModel(custom_output_args={"findings": [{"text": "a", "quotes": ["a"]}]}))


def test_the_test_model_with_a_good_answer():
    assert drafted(TestModel(custom_output_args=GOOD))[0].questions[0].why == PAYS["why"]


def test_words_instead_of_the_tool():
    model = FunctionModel(lambda *_: ModelResponse(parts=[TextPart(json.dumps(GOOD))]))
    assert drafted(model)[0].findings


def test_no_request_leaves_while_requests_are_forbidden(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(RuntimeError, match="not allowed"):
        draft_with("openai:x", [source()], SECTORS, stance)


def test_chunks_are_merged_and_what_they_share_is_there_once():
    text = TEXT + "\n".join(f"The mill number {each} in Riga was closed by its owner." for each in range(10, 60))

    def answer(messages, info):
        shown = messages[0].parts[-1].content
        mills = re.findall(r"The mill number (\d+) in Riga", shown)
        items = [
            {"text": f"Mill number {each} was closed.", "quotes": [f"mill number {each} in Riga was closed"]}
            for each in mills
        ]
        items = [*([FIRMS] if "Over 10,000" in shown else []), *items]
        return ModelResponse(parts=[ToolCallPart(info.output_tools[0].name, {"findings": items})])

    made, usage = drafted(FunctionModel(answer), source(text), size=1000, overlap=200)
    assert usage.requests > 3 and len(made.findings) == 51
    assert [each.id for each in made.findings] == [f"f-{number:02d}" for number in range(1, 52)]
    assert [each.priority for each in made.findings] == list(range(1, 52))
    quotes = [each.evidence[0] for each in made.findings]
    assert all(text[quote.start : quote.end] == quote.exact for quote in quotes)


def test_the_same_of_two_sources_is_one_item_with_both_quotes():
    made, _ = drafted(answers(GOOD), source(), source())
    assert [[quote.source for quote in each.evidence] for each in made.findings] == [["S1", "S2"], ["S1", "S2"]]


def test_too_many_items_are_listed():
    many = {"findings": [FIRMS, *[{"text": "nothing", "quotes": []}] * 50]}
    made, _ = drafted(answers(many, {}))
    assert len(made.rejected) == 50 and sum("too many" in each for each in made.rejected) == 11


def test_one_item_of_a_strange_form_does_not_cost_the_others():
    strange = ["text", 7, None, {"text": None}, {"text": "x", "quotes": {"a": 1}}, FIRMS | {"headline": 5}]
    made, _ = drafted(answers({"findings": [*strange, FIRMS | {"stance": "fact"}], "risks": None, "summary": {}}))
    assert len(made.findings) == 1 and len(made.rejected) == 6


def test_what_steers_a_terminal_is_gone():
    dirty = FIRMS | {"text": "a\x1b[31m\u202eb\n c", "headline": " "}
    (tidy,) = proposals(Answer.model_validate({"findings": [dirty]}))
    assert (tidy.text, tidy.headline) == ("a[31mb c", None)


def test_a_repair_brings_nothing_new_beyond_what_was_sent_back():
    def ask(_, question):
        repairing = "begins>>>\n[" in question
        more = [FIRMS, JOBS, JOBS | {"text": "Jobs will be created, says Zolotarev."}]
        bad = FIRMS | {"quotes": ["nowhere to be found"]}
        return Reply(Answer.model_validate({"findings": more if repairing else [bad]}))

    made, _ = Drafting(ask, Usage("m"), ("1",), SECTORS, stance, None).draft([source()], 12_000, 0, 9)
    assert [each.text for each in made.findings] == [FIRMS["text"]]


def test_the_library_is_imported_late_and_its_absence_told():
    code = (
        "import sys; import briefgen.llm; assert 'pydantic_ai' not in sys.modules\n"
        "sys.modules['pydantic_ai'] = None\n"
        "from briefgen.errors import SurroundingsError\n"
        "try: briefgen.llm.draft_with('openai:x', [], [], None)\n"
        "except SurroundingsError as e: print(e)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pip install 'briefgen[llm]'" in told
    assert SurroundingsError.exit_code == 4


def test_a_megabyte_in_one_line_is_judged_in_time():
    text = (
        "The plant in Gomel will not reopen this year, said the Minister. " * 16_000 + "Unique words stand at its end."
    )
    last = list(chunks(source(text, ("paragraph",))))[-1]
    began = time.monotonic()
    held, _ = judge(
        proposal(text="Unique words stand there.", quotes=("Unique words stand at its end",)), last, (), stance
    )
    assert held and time.monotonic() - began < 20


def test_a_summary_of_many_chunks_is_one_summary():
    text = "\n".join(f"The mill number {each} in Riga was closed by its owner." for each in range(10, 60))

    def answer(messages, info):
        shown = re.findall(r"The mill number (\d+) in Riga", messages[0].parts[-1].content)
        said = [
            {"text": f"Mill number {each} was closed.", "quotes": [f"mill number {each} in Riga"]} for each in shown
        ]
        return ModelResponse(parts=[ToolCallPart(info.output_tools[0].name, {"summary": said})])

    made, _ = drafted(FunctionModel(answer), source(text, ()), size=1000, overlap=0)
    assert len(made.summary) == 8 and sum("it has enough" in each for each in made.rejected) == 42
    starts = [each.evidence[0].start for each in made.summary]
    assert starts == sorted(starts)
