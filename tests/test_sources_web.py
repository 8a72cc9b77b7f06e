"""A page is read for its article; what the page says of itself is kept, nothing is guessed."""

from __future__ import annotations

from datetime import date

import pytest

from briefgen.errors import BriefgenError
from briefgen.sources.draft import Metadata
from briefgen.sources.web import read

PAGE = """<!doctype html><html lang="en"><head><meta charset="{encoding}">
<title>Uranium deal signed - Example News</title>
<meta property="og:site_name" content="Example News"><meta name="author" content="Anna Petrova">
<meta property="article:published_time" content="2025-07-11T10:32:00+00:00">
<link rel="canonical" href="https://news.example.org/a/1"></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/w">World</a></li></ul></nav>
<main><article><h1>Uranium deal signed</h1>
<p>Kazakhstan has agreed to supply uranium to France for ten years, the two governments said on Friday.</p>
<p>The deal covers 5,000 tonnes a year, the energy ministry said in a statement. It is the largest of its kind.</p>
<h2>Deal under scrutiny</h2>
<p>Opposition lawmakers asked why the price was not made public. The café “Zürich” was full.</p>
<blockquote><p>This is a turning point, the president told reporters in the capital after the ceremony.</p></blockquote>
<ul><li>joint exploration in the south of the country</li><li>training of engineers in both countries</li></ul>
<table><tr><th>Year</th><th>Exports</th></tr><tr><td>2023</td><td>4,800 tonnes</td></tr></table>
</article></main>
<section id="comments"><h3>Leave a Reply</h3><p>I think that this is a bad deal for everybody.</p></section>
<footer><p>© 2025 Example News. All rights reserved. We use cookies.</p></footer></body></html>"""
BARE = (
    "<html><body><article>"
    + "<p>The minister said that exports rose by a third last year.</p>" * 5
    + "</article></body></html>"
)


def page(encoding: str = "utf-8") -> bytes:
    return PAGE.format(encoding=encoding).encode(encoding)


def test_the_article_and_its_blocks() -> None:
    draft = read(page(), "a.html")
    found = [(block.kind, draft.text[block.start : block.end][:24]) for block in draft.blocks]
    assert found == [
        ("heading", "Uranium deal signed"),
        ("paragraph", "Kazakhstan has agreed to"),
        ("paragraph", "The deal covers 5,000 to"),
        ("heading", "Deal under scrutiny"),
        ("paragraph", "Opposition lawmakers ask"),
        ("quote", "This is a turning point,"),
        ("list-item", "joint exploration in the"),
        ("list-item", "training of engineers in"),
        ("table-row", "Year | Exports"),
        ("table-row", "2023 | 4,800 tonnes"),
    ]


def test_what_the_page_states() -> None:
    assert read(page(), "a.html").metadata == Metadata(
        title="Uranium deal signed", author="Anna Petrova", publisher="Example News", published=date(2025, 7, 11),
        url="https://news.example.org/a/1",
    )  # fmt: skip


def test_a_page_that_states_nothing_has_no_metadata() -> None:
    assert read(BARE.encode(), "a.html").metadata == Metadata()


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16"])
def test_a_stated_encoding_is_used_and_told(encoding: str) -> None:
    draft = read(page(encoding), "a.html")
    assert "The café “Zürich” was full." in draft.text
    assert [note.severity for note in draft.notes] == ["note"]


@pytest.mark.parametrize(
    "html",
    [
        "<html><head><title>x</title></head><body><div id=root></div><script>render()</script></body></html>",
        "<html></html>",
        "<div>" * 100_000,
        "<p>",
    ],
)
def test_a_page_without_text_says_so(html: str) -> None:
    with pytest.raises(BriefgenError, match="no article text") as caught:
        read(html.encode(), "a.html")
    assert caught.value.diagnostics[0].hint


def test_paragraphs_that_are_never_closed_are_not_nested() -> None:
    html = "<html><body>" + "<p>The minister said that exports rose by a third last year.\n" * 3000 + "</body></html>"
    assert len(read(html.encode(), "a.html").blocks) > 1000


def test_entities_are_not_expanded() -> None:
    html = '<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + BARE.replace("minister", "&a; minister")
    assert "root:" not in read(html.encode(), "a.html").text
