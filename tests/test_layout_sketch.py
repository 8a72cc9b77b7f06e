"""The sketch of a page against its real layout, and what becomes of pages whose sketch is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from briefgen import audience as audiences
from briefgen import content, workspace
from briefgen.build.job import Easel, Job, Result, run
from briefgen.layout import Engine
from briefgen.layout.fit import ENDLESS
from briefgen.layout.sketch import Sketcher
from briefgen.render import Assets, search_path
from briefgen.render.assets import BUILTIN

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "content" / "belarus-russia-technology" / "brief.yaml"
ASSETS = Assets((BUILTIN,), BUILTIN.parent)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def job_of(name: str, folders: tuple[Path, ...] = ()) -> Job:
    brief = content.load(SAMPLE, SAMPLE.parent.name, SAMPLE.name, workspace.SECTORS).brief
    edition = audiences.select(brief, SAMPLE.parent.name, name, workspace.AUDIENCES[name])
    assert edition
    return Job(edition, ("html", "pdf"), ROOT, (*folders, *search_path(ROOT)))


@pytest.mark.parametrize("name", list(workspace.AUDIENCES))
def test_a_sketch_of_the_built_in_pages_is_nearly_exact(engine: Engine, name: str) -> None:
    job = job_of(name)
    easel, items = Easel(job), audiences.candidates(job.edition)
    drawn = easel.draw(
        [(each.id, wording) for each in items for wording in each.wordings], True, {"--page-height": ENDLESS}
    )
    sketch = Sketcher(drawn.variables, easel.assets).sketch(drawn.html)
    least = Sketcher(drawn.variables, easel.assets, least=True).sketch(drawn.html)
    laid = engine.lay_out(drawn.html, drawn.sheets, easel.assets)
    rows = [f"{each.id}--{wording}" for each in items for wording in each.wordings]
    real = [(row, height) for row in rows if (height := laid.height(row)) is not None]
    off = [(sketch.height(row) or 0) - height for row, height in real]
    assert sum(abs(each) < 0.5 for each in off) >= 0.85 * len(off)
    assert all((least.height(row) or 0) <= height + 0.5 for row, height in real)
    assert abs((sketch.height("content") or 0) - (laid.height("content") or 0)) <= 0.03 * (laid.height("content") or 0)


def sketched(html: str, **variables: str) -> dict[str, tuple[float, float]]:
    declared = {f"--{name.replace('_', '-')}": value for name, value in variables.items()}
    boxes = Sketcher(declared, ASSETS).sketch(f"<head></head><main>{html}</main>").boxes
    return {name: (box.top, box.bottom) for name, (box,) in boxes.items()}


def test_blocks_stand_one_below_the_other() -> None:
    html = '<p id="a">word</p><p id="b">word</p><div id="c"></div>'
    assert sketched(html, fit_p="100px 10px 12px 3px") == {"a": (0, 15), "b": (15, 30), "c": (30, 30)}


def test_cells_and_declared_columns_stand_beside_each_other() -> None:
    html = (
        '<div class="l"><p id="a"></p><p id="b"></p></div><div class="r"><p id="c"></p></div><p id="d"></p>'
        '<table><tr id="row"><td><p></p></td><td><p></p><p></p></td></tr></table>'
    )
    found = sketched(html, fit_p="10px", beside="l r")
    assert found == {"a": (0, 10), "b": (10, 20), "c": (0, 10), "d": (20, 30), "row": (30, 50)}


def test_the_nearest_measure_wins() -> None:
    html = '<p id="a"></p><section id="x"><p id="b"></p><p id="c" class="k"></p></section><p id="d" class="k"></p>'
    found = sketched(html, fit_p="1px", fit_x_p="2px", fit_k="3px", fit_p_k="4px")
    assert [bottom - top for top, bottom in (found[name] for name in "abcd")] == [1, 2, 2, 4]


def test_text_of_what_has_no_measure_belongs_to_the_block_around_it() -> None:
    html = '<p id="a">one <b>two</b> three &amp; <i>four<p id="b">other</p></i></p>'
    found = sketched(html, fit_p="20px 10px 12px 0px")
    assert found["b"] == (0, 24)
    assert found["a"][1] > 24 + 3 * 12


@pytest.mark.parametrize("html", ["</p><p id='x'", '<p id="a"><b></p></i>', "<p><p><p>", "<", ""])
def test_faulty_html_is_no_fault_of_the_sketch(html: str) -> None:
    sketched(html, fit_p="1px")


STYLED: dict[str, str] = {
    "no measures at all": ":root { --fit-findings-body: none; --fit-risks-body: none; --fit-findings-th: none }",
    "larger type than declared": ".body { font-size: 12pt; line-height: 17pt }",
    "a measure far too small": ":root { --fit-findings-body: 400mm 9pt 6pt 0mm }",
    "a measure far too large": ":root { --fit-findings-body: 20mm 9pt 20pt 9mm }",
}


@pytest.fixture
def make(engine: Engine, tmp_path: Path) -> Callable[[str], Result]:
    def do(css: str) -> Result:
        (tmp_path / "css").mkdir()
        (tmp_path / "css" / "own.css").write_text(css, encoding="utf-8")
        link = '{{ super() }}<link rel="stylesheet" href="css/own.css">'
        extended = f'{{% extends "default/executive.html" %}}{{% block styles %}}{link}{{% endblock %}}'
        (tmp_path / "executive.html").write_text(extended, encoding="utf-8")
        return run(job_of("executive", (tmp_path,)), engine)

    return do


@pytest.mark.parametrize("case", STYLED)
def test_where_the_sketch_is_wrong_the_page_is_filled_all_the_same(make: Callable[[str], Result], case: str) -> None:
    result = make(STYLED[case])
    assert (result.code, result.pages) == (0, 1), result.diagnostics
    assert result.fill >= 0.85
    assert result.layouts <= 4
