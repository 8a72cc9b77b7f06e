"""Templates as an editor writes them: the nearest wins, one block at a time; a mistake is told at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from briefgen.errors import BriefgenError, Diagnostic
from briefgen.render import Renderer, search_path, self_contained, template_files
from sample import assets, choice, edition, render

EXTEND = '{% extends "default/executive.html" %}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    return tmp_path / "templates"


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def problem(folder: Path, name: str = "executive") -> Diagnostic:
    with pytest.raises(BriefgenError) as caught:
        render(name, folder)
    return caught.value.diagnostics[0]


def test_one_block_is_overridden_and_all_others_stay(folder: Path) -> None:
    write(folder, "executive.html", EXTEND + "{% block risks %}<p>Mine.</p>{% endblock %}")
    before, after = render().html, render("executive", folder).html
    assert "<p>Mine.</p>" in after
    assert 'id="risks"' in before
    assert 'id="risks"' not in after
    assert before.split('<section class="rows risks"')[0] == after.split("<p>Mine.</p>")[0]


def test_super_keeps_what_the_block_had(folder: Path) -> None:
    write(folder, "executive.html", EXTEND + "{% block risks %}<p>Mine.</p>{{ super() }}{% endblock %}")
    assert '<p>Mine.</p><section class="rows risks"' in render("executive", folder).html


def test_one_part_is_replaced_in_every_template(folder: Path) -> None:
    write(folder, "parts/question.html", '<li id="{{ item.id }}">Q: {{ item.body }}</li>\n')
    for name in ("executive", "note", "briefing", "public"):
        assert ">Q: " in render(name, folder).html


def test_the_nearest_folder_wins(tmp_path: Path) -> None:
    near, far = tmp_path / "brief", tmp_path / "all"
    write(near, "parts/foot.html", "<footer>near</footer>")
    write(far, "parts/foot.html", "<footer>far</footer>")
    write(far, "parts/head.html", "<header>far</header>")
    html = render("executive", near, far).html
    assert "<footer>near</footer>" in html
    assert "<header>far</header>" in html


def test_a_brief_may_extend_what_the_workspace_overrides(tmp_path: Path) -> None:
    near, far = tmp_path / "brief", tmp_path / "all"
    write(
        far, "house.html", '{% extends "default/executive.html" %}{% block head %}<header>House</header>{% endblock %}'
    )
    write(near, "executive.html", '{% extends "house.html" %}{% block matrix %}<p>No matrix</p>{% endblock %}')
    html = render("executive", near, far).html
    assert "<header>House</header>" in html
    assert "<p>No matrix</p>" in html


def test_the_search_path_is_brief_workspace_built_in(tmp_path: Path) -> None:
    own, shared = tmp_path / "content" / "b" / "templates", tmp_path / "templates"
    own.mkdir(parents=True)
    shared.mkdir()
    assert search_path(tmp_path, "b")[:2] == [own, shared]
    assert search_path(tmp_path)[0] == shared
    assert len(search_path(tmp_path, "b")) == 3


def test_the_list_of_templates_names_the_file_that_wins(folder: Path) -> None:
    write(folder, "parts/foot.html", "")
    found = {name: (file, own) for name, file, own in template_files(assets(folder))}
    assert found["parts/foot.html"] == ("templates/parts/foot.html", True)
    assert found["executive.html"][1] is False


def test_an_unknown_field_is_told_with_line_and_nearest_name(folder: Path) -> None:
    write(folder, "parts/finding.html", "<tr><td>\n\n{{ item.headlin }}\n</td></tr>\n")
    found = problem(folder)
    assert (found.file, found.line) == ("templates/parts/finding.html", 3)
    assert found.message == "unknown field 'headlin'"
    assert found.hint == "did you mean 'headline'?"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a\n{{ brief.titel }}", 2, "unknown field 'titel'"),
        ("{{ titel }}", 1, "unknown field 'titel'"),
        ("\n{% for x in nothing %}{% endfor %}", 2, "unknown field 'nothing'"),
        ("{{ brief.title.x.y }}", 1, "unknown field 'x'"),
        ("\n\n{% if %}", 3, "Expected an expression"),
        ("{% block a %}", 1, "Unexpected end of template"),
        ("a\nb {{ brief.title | nofilter }}", 2, "nofilter"),
        ("{{ 1 / 0 }}", 1, "division by zero"),
        ("\n{{ brief.title + 1 }}", 2, "str"),
        ("\n{{ findings[999].id }}", 2, "no element 999"),
        ("\n{{ brief.title() }}", 2, "not callable"),
        ("{% include 'parts/fot.html' %}", 1, "'parts/fot.html' is in none of the template folders"),
        ("{% extends 'default/nothing.html' %}", 1, "'default/nothing.html' is in none of the template folders"),
    ],
)
def test_every_mistake_has_its_place(folder: Path, text: str, line: int, message: str) -> None:
    write(folder, "parts/foot.html", text)
    found = problem(folder)
    assert message in found.message
    assert (found.file, found.line) == ("templates/parts/foot.html", line)


def test_a_mistake_in_an_included_part_is_told_there(folder: Path) -> None:
    write(
        folder,
        "executive.html",
        '{% extends "default/executive.html" %}{% block foot_first %}{% include "x.html" %}{% endblock %}',
    )
    write(folder, "x.html", "\n\n\n{{ oops }}")
    found = problem(folder)
    assert (found.file, found.line) == ("templates/x.html", 4)


@pytest.mark.parametrize("text", ['{% extends "executive.html" %}', '{% include "executive.html" %}'])
def test_a_template_that_means_itself_is_told_what_to_write(folder: Path, text: str) -> None:
    write(folder, "executive.html", text)
    found = problem(folder)
    assert "itself" in found.message
    assert "default/NAME" in (found.hint or "")


@pytest.mark.parametrize(
    "name", ["../secret.html", "/etc/passwd", "a/../../secret.html", "link.html", "..\\secret.html"]
)
def test_nothing_outside_the_folders_can_be_included(folder: Path, name: str) -> None:
    (folder.parent / "secret.html").write_text("secret", encoding="utf-8")
    (folder / "link.html").symlink_to(folder.parent / "secret.html")
    write(folder, "parts/foot.html", f"{{% include {name!r} %}}")
    assert "none of the template folders" in problem(folder).message


def test_a_template_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / "executive.html").write_bytes(b"caf\xe9")
    found = problem(folder)
    assert found.file == "templates/executive.html"
    assert "cannot be read" in found.message


def test_an_unknown_template_of_an_audience_names_the_nearest(folder: Path) -> None:
    from briefgen.render import Renderer
    from sample import choice

    wanted = edition()
    other = wanted.model_copy(update={"audience": wanted.audience.model_copy(update={"template": "executiv.html"})})
    with pytest.raises(BriefgenError) as caught:
        Renderer(assets(folder)).render(other, choice(other))
    assert caught.value.diagnostics[0].hint == "did you mean 'executive.html'?"


def test_style_sheets_are_linked_not_printed() -> None:
    found = render()
    assert found.sheets("print") == ["css/fonts.css", "css/base.css", "css/executive.css", "css/paper.css"]
    assert found.sheets("screen")[-1] == "css/screen.css"
    assert "stylesheet" not in found.html


def test_a_block_that_no_page_has_is_told_with_the_nearest(folder: Path) -> None:
    own = "\n{% block findngs %}x{% endblock %}\n\nlost\n{% block risks %}{% endblock %}"
    write(folder, "executive.html", EXTEND + own)
    renderer = renderer_of(folder)
    assert [(each.severity, each.file, each.line, each.hint) for each in renderer.problems] == [
        ("warning", "templates/executive.html", 2, "did you mean 'findings'?"),
        ("warning", "templates/executive.html", 4, "move it into a {% block %}"),
    ]


def test_a_block_within_a_block_may_be_new(folder: Path) -> None:
    own = "\n{% block risks %}{% block mine %}{% endblock %}{% endblock %}\n{% set a = 1 %}"
    write(folder, "executive.html", EXTEND + own)
    assert renderer_of(folder).problems == []


def renderer_of(folder: Path) -> Renderer:
    renderer, found = Renderer(assets(folder)), edition("executive")
    renderer.render(found, choice(found))
    return renderer


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{{ brief.title | uper }}", "did you mean 'upper'?"),
        ("{% if brief.title is defind %}{% endif %}", "did you mean 'defined'?"),
    ],
)
def test_an_unknown_filter_or_test_is_told_with_the_nearest(folder: Path, text: str, hint: str) -> None:
    write(folder, "parts/foot.html", text)
    assert problem(folder).hint == hint


def test_a_macro_that_calls_itself_is_told_where(folder: Path) -> None:
    write(folder, "parts/foot.html", "\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")
    found = problem(folder)
    assert "without end" in found.message
    assert (found.file, found.line) == ("templates/parts/foot.html", 2)


@pytest.mark.parametrize(
    "link", ['<img src="none.png" alt="">', '<link rel="stylesheet" href="css/none.css">', '<embed src="none.svg">']
)
def test_a_missing_file_is_told_where_it_is_named(folder: Path, link: str) -> None:
    write(folder, "parts/foot.html", f"\n\n{link}")
    files, found = assets(folder), edition("executive")
    drawn = Renderer(files).render(found, choice(found))
    with pytest.raises(BriefgenError, match=r"templates/parts/foot\.html:3: .*none\."):
        self_contained(drawn.html, files.sheets(drawn.sheets("screen"), {}), files)
