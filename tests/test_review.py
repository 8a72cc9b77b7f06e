"""The evidence page: every word of the source is there, every quote is marked and linked both ways."""

import html
import re
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefgen.model import Block, Brief, Evidence, SourceReference
from briefgen.review import Shown, page
from briefgen.review.passages import ORDER, Quote, locate, passages

TEXT = "A heading\n\n- One firm, two firms. It may fail.\n\nShare this\n"
BLOCKS = (Block("heading", 0, 9), Block("list-item", 13, 46), Block("residue", 48, 58))
BRIEF = {
    "title": "A & B <script>",
    "sources": [{"id": "S1", "file": "a.txt"}],
    "summary": [{"id": "point", "text": "Both.", "evidence": [{"exact": "One firm, two firms. It may fail."}]}],
    "findings": [
        {
            "id": "one", "sector": "trade", "text": "One firm, two firms.", "stance": "reported", "status": "draft",
            "evidence": [{"exact": "One firm, two firms.", "start": 13, "end": 33}],
        },
        {"id": "gone", "sector": "trade", "text": "Gone.", "stance": "judged", "evidence": [{"exact": "Not there"}]},
        {"id": "own", "sector": "trade", "text": "Ours.", "stance": "assessed"},
    ],
    "risks": [{"id": "fails", "text": "It may *fail*.", "evidence": [{"exact": "two firms. It may fail."}]}],
    "questions": [{"id": "why", "text": "Why?"}],
}  # fmt: skip


def shown(text=TEXT, blocks=BLOCKS):
    return Shown(SourceReference(id="S1", file="a.txt"), text, blocks)


def made(tmp_path, **changed):
    return page(Brief.model_validate({**BRIEF, **changed}), [shown()], tmp_path)


def text_of(passage):
    return "".join(piece["text"] for piece in passage["pieces"])


# --- Passages -------------------------------------------------------------------------------------


@st.composite
def marked(draw):
    """A text with blocks and quotes anywhere in it, in any order, across each other."""
    text = draw(st.text(alphabet="ab \n.-", min_size=1, max_size=80))
    places = st.integers(0, len(text))
    cuts = sorted(draw(st.sets(places, max_size=8)))
    kinds = st.sampled_from(["heading", "paragraph", "list-item", "residue"])
    blocks = [Block(draw(kinds), a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    spans = [sorted(draw(st.tuples(places, places))) for _ in range(draw(st.integers(0, 6)))]
    quotes = [
        Quote(number, f"F{number}", f"i{number}", draw(st.sampled_from(ORDER)), (a, b))
        for number, (a, b) in enumerate(spans, 1)
        if a < b
    ]
    return text, blocks, quotes


@settings(max_examples=400)
@given(marked())
def test_no_word_is_lost_and_every_quote_is_marked_where_it_stands(drawn):
    text, blocks, quotes = drawn
    found = passages(Shown(SourceReference(id="S1", file="a.txt"), text, blocks), quotes)
    assert "".join("".join(map(text_of, found)).split()) == "".join(text.split())
    pieces = [piece for passage in found for piece in passage["pieces"]]
    for quote in quotes:
        over = "".join(piece["text"] for piece in pieces if quote.item in piece["items"])
        assert "".join(over.split()) == "".join(text[slice(*quote.span)].split())
    anchors = [anchor for piece in pieces for anchor in piece["begins"]]
    ends = [end["item"] for piece in pieces for end in piece["ends"]]
    visible = [quote for quote in quotes if text[slice(*quote.span)].strip()]
    assert {quote.anchor for quote in visible} <= set(anchors)
    assert {quote.item for quote in visible} <= set(ends)
    assert len(anchors) == len(set(anchors)) and len(ends) == len(set(ends))


def test_what_lies_between_blocks_is_greyed_and_list_marks_go_with_their_item():
    found = [(each["kind"], text_of(each).strip()) for each in passages(shown(), [])]
    assert found == [
        ("heading", "A heading"),
        ("list-item", "- One firm, two firms. It may fail."),
        ("residue", "Share this"),
    ]


def test_a_quote_stands_at_its_offsets_or_at_its_words():
    assert locate(shown(), Evidence(exact="firm", start=27, end=31)) == (27, 31)
    assert locate(shown(), Evidence(exact="firm", start=1, end=5)) == (17, 21)
    assert locate(shown(), Evidence(exact="nowhere")) is None


# --- The page -------------------------------------------------------------------------------------


def test_it_is_one_file_that_asks_for_nothing(tmp_path):
    whole = made(tmp_path)
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', whole) == []
    assert set(re.findall(r"url\(([a-z]+:)", whole)) == {"data:"}
    assert "A &amp; B &lt;script&gt;" in whole and whole.count("<script>") == 1


def test_items_and_quotes_lead_to_each_other(tmp_path):
    whole = made(tmp_path).split("<script>")[0]
    ids = re.findall(r'\bid="([^"]+)"', whole)
    links = re.findall(r'href="#([^"]+)"', whole)
    assert len(ids) == len(set(ids)) and links
    assert set(links) <= set(ids)
    assert {"item-one", "item-fails", "item-point", "quote-1", "quote-2", "quote-4"} <= set(links)
    assert "quote-3" not in ids


def test_overlapping_quotes_keep_their_kinds(tmp_path):
    marks = re.findall(r'<mark class="([^"]+)" data-items="([^"]+)">([^<]*)</mark>', made(tmp_path))
    assert marks == [
        ("k-reported u-summary", "point one", "One firm, "),
        ("k-risk u-reported u-summary", "point one fails", "two firms."),
        ("k-risk u-summary", "point fails", " It may fail."),
    ]


def test_what_is_wrong_or_unconfirmed_is_told(tmp_path):
    plain = html.unescape(re.sub("<[^>]*>", " ", made(tmp_path)))
    assert "not in the source" in plain and "3 of 4 quotes stand in their source" in plain
    assert "DRAFT" in plain and "TLP:AMBER" in plain and "Rests on the desk’s own judgement." in plain
    confirmed = {"findings": [{**each, "status": None} for each in BRIEF["findings"]]}
    assert "DRAFT" not in made(tmp_path, **confirmed).split("</style>")[1]


def test_the_label_is_the_strictest_of_what_is_shown(tmp_path):
    questions = [{"id": "why", "text": "Why?", "marking": "TLP:RED"}]
    assert ">TLP:RED</p>" in made(tmp_path, questions=questions)


@pytest.mark.parametrize("language", ["fr", "ru"])
def test_it_speaks_the_language_of_the_brief(tmp_path, language):
    whole = made(tmp_path, language=language)
    assert f'<html lang="{language}">' in whole and ">Items<" not in whole


def test_a_source_that_cannot_be_read_is_told(tmp_path):
    whole = page(Brief.model_validate(BRIEF), [shown("", ())], tmp_path)
    assert "The text of this source cannot be read." in whole


def test_an_override_of_the_template_wins(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "evidence.html").write_text(
        '{% extends "default/evidence.html" %}{% block script %}{% endblock %}', encoding="utf-8"
    )
    whole = made(tmp_path)
    assert "<script>" not in whole and "item-one" in whole


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_window(tmp_path, need, width):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    need(chromium, "Chromium")
    probe = "<script>document.title = document.documentElement.scrollWidth + ' of ' + innerWidth</script></body>"
    file = tmp_path / "evidence.html"
    file.write_text(made(tmp_path).replace("</body>", probe), encoding="utf-8")
    frame = tmp_path / "frame.html"
    frame.write_text(
        f'<body style="margin:0"><iframe src="evidence.html" style="border:0" width="{width}" height="900" '
        'onload="document.body.dataset.wide = this.contentDocument ? this.contentDocument.title : 0"></iframe>',
        encoding="utf-8",
    )
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom"]
    result = subprocess.run([*command, frame.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    wide = re.search(r'data-wide="(\d+) of (\d+)"', result.stdout)
    assert wide and int(wide[1]) <= int(wide[2]) == width
