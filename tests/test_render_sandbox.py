"""A template is text somebody sent: it reads the fields it is given, and reaches nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from briefgen.errors import BriefgenError
from briefgen.render import words_of
from briefgen.render.environment import inline
from sample import render

ESCAPES = (
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ().__class__.__base__ }}",
    "{{ brief.__class__ }}",
    "{{ brief['__class__'].x }}",
    "{{ brief | attr('__class__') }}",
    "{{ brief | attr('__' ~ 'class__') }}",
    "{{ ''['__class__'].x }}",
    "{{ [brief] | map(attribute='__class__') | first }}",
    "{{ [brief] | sort(attribute='__class__') | first | attr('__init__') }}",
    "{{ self.__init__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ range.__init__ }}",
    "{{ dict.__subclasses__() }}",
    "{{ dict.mro() }}",
    "{{ inline.__globals__ }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ lipsum.__globals__ }}",
    "{{ namespace(x=1) }}",
    "{{ joiner }}",
    "{{ get_flashed_messages }}",
    "{{ config }}",
    "{{ request }}",
    "{{ import os }}",
    "{{ open('/etc/passwd') }}",
    "{% import 'os' as os %}",
    "{{ '{0.__class__}'.format(brief) }}",
    "{{ '{x.__class__}'.format_map({'x': 1}) }}",
    "{{ ('%s' | attr('format'))('x').__class__ }}",
    "{{ loop.__class__ }}",
    "{{ super.__class__ }}",
    "{{ caller() }}",
    "{{ varargs }}",
    "{% set x = brief.update({'title': 'changed'}) %}",
    "{% do brief.clear() %}",
    "{% set _ = findings.append(1) %}",
    "{{ findings.pop() }}",
    "{{ brief.setdefault('a', 1) }}",
    "{{ t.pop('summary') }}",
)
GREEDY = (
    "{{ 9 ** 9 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ 'x' * 999999999 }}",
    "{{ 999999999 * 'x' }}",
    "{{ [0] * 999999999 }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '{:999999999}'.format(1) }}",
    "{{ '{x:999999999}'.format_map({'x': 1}) }}",
    "{{ 'x'.ljust(999999999) }}",
    "{{ 'x'.rjust(999999999) }}",
    "{{ 'x'.center(999999999) }}",
    "{{ 'x'.zfill(999999999) }}",
    "{{ '\\t'.expandtabs(999999999) }}",
    "{{ 'x' | center(999999999) }}",
    "{{ 'x' | indent(999999999, true) }}",
    "{{ '%999999999d' | format(1) }}",
    "{{ [1] | batch(999999999, 1) | list }}",
    "{{ range(999999999) | list }}",
    "{% for x in range(999999999) %}{% endfor %}",
    "{% for x in range(9999) %}{% for y in range(9999) %}{% endfor %}{% endfor %}",
    "{% for x in range(-9999999999999999999999, 0) %}{% endfor %}",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "templates" / "parts").mkdir(parents=True)
    return tmp_path / "templates"


@pytest.mark.parametrize("text", [*ESCAPES, *GREEDY])
def test_what_a_template_must_not_do_is_refused_at_its_line(folder: Path, text: str) -> None:
    (folder / "parts" / "foot.html").write_text(f"\n{text}", encoding="utf-8")
    with pytest.raises(BriefgenError) as caught:
        render("executive", folder)
    (found,) = caught.value.diagnostics
    assert (found.file, found.line) == ("templates/parts/foot.html", 2)


@pytest.mark.parametrize("text", ["{{ [''] | map('attr', '__class__') | list }}", "{{ [t] | groupby('__class__') }}"])
def test_filters_find_nothing_where_an_underscore_leads(folder: Path, text: str) -> None:
    (folder / "parts" / "foot.html").write_text(f"<footer>{text}</footer>", encoding="utf-8")
    footer = render("executive", folder).html.split("<footer>")[1].split("</footer>")[0]
    assert "Undefined" in footer
    assert "class" not in footer


def test_numbers_may_still_be_multiplied(folder: Path) -> None:
    (folder / "parts" / "foot.html").write_text("<footer>{{ 6 * 7 }} {{ 7 % 4 }}</footer>", encoding="utf-8")
    assert "<footer>42 3</footer>" in render("executive", folder).html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a **b** *c* [d](https://example.org)", 'a <strong>b</strong> <em>c</em> <a href="https://example.org">d</a>'),
        ("<script>x</script> & <b>", "&lt;script&gt;x&lt;/script&gt; &amp; &lt;b&gt;"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](data:text/html;base64,AAAA)", "[x](data:text/html;base64,AAAA)"),
        ("![x](https://example.org/a.png)", '!<a href="https://example.org/a.png">x</a>'),
        ("# no heading", "# no heading"),
        ("`code` | snake_case 2 * 3", "`code` | snake_case 2 * 3"),
        ('[x](https://e.org "a\\" onclick=\\"b")', '<a href="https://e.org" title="a&quot; onclick=&quot;b">x</a>'),
    ],
)
def test_wordings_are_inline_markdown_and_nothing_more(text: str, html: str) -> None:
    assert str(inline(text)) == html


def test_the_words_of_a_wording_are_those_that_are_printed() -> None:
    assert words_of("a **b** [sic] snake_case [here](https://e.org) 5 < 6 & 7") == "a b [sic] snake_case here 5 < 6 & 7"


def test_every_field_is_escaped(folder: Path) -> None:
    evil = '"><script>alert(1)</script>'
    html = render("briefing", folder, title=evil, deck=evil, desk=evil, reference=evil, change_view=evil).html
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") >= 5
