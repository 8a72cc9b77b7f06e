"""Copyfitting on real pages: 60 derived briefs for every audience, and briefs that cannot fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from briefgen import audience as audiences
from briefgen import content, workspace
from briefgen.build.job import Job, Result, run
from briefgen.layout import Engine
from briefgen.layout.fit import MAX_LAYOUTS
from briefgen.model import Edition
from briefgen.render import search_path
from conftest import Run
from derived import SEEDS, Data, derive, write
from proofs import CLEARANCE, pdf_text, problems
from proofs import Edition as Proved

AUDIENCES = tuple(CLEARANCE)
Make = Callable[[Data, str], Result]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def edition_of(root: Path, data: Data, name: str) -> Edition | None:
    path = write(root, "derived", data)
    brief = content.load(path, "derived", "brief.yaml", workspace.SECTORS).brief
    return audiences.select(brief, "derived", name, workspace.AUDIENCES[name])


@pytest.fixture
def make(engine: Engine, tmp_path: Path) -> Make:
    """Makes one edition of a brief's data, in this process."""

    def do(data: Data, name: str) -> Result:
        edition = edition_of(tmp_path, data, name)
        assert edition
        return run(Job(edition, ("html", "pdf"), tmp_path, tuple(search_path(tmp_path))), engine)

    return do


def proved(folder: Path, data: Data, name: str, result: Result) -> Proved:
    """A result as the report tells it, with what a reader would find in its files."""
    assert result.code == 0, [each.message for each in result.remarks]
    (folder / "edition.pdf").write_bytes(result.outputs["pdf"])
    target = {"audience": name, "page_budget": workspace.AUDIENCES[name].pages}
    target |= {key: getattr(result, key) for key in ("pages", "fill", "layouts")}
    target |= {key: list(getattr(result, key)) for key in ("kept", "shortened", "omitted")}
    return Proved(data, target, result.outputs["html"].decode(), pdf_text(folder / "edition.pdf"))


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_derived_brief_keeps_its_promises(seed: int, make: Make, tmp_path: Path) -> None:
    data, layouts = derive(seed), []
    for name in AUDIENCES:
        if edition_of(tmp_path, data, name) is None:
            assert CLEARANCE[name] == "TLP:CLEAR" != data["marking"]
            continue
        edition = proved(tmp_path, data, name, make(data, name))
        target = edition.target
        assert problems(edition) == [], name
        assert target["layouts"] <= MAX_LAYOUTS
        left_over = target["shortened"] or target["omitted"]
        assert name != "executive" or not left_over or target["fill"] >= 0.85
        layouts.append(target["layouts"])
    assert sum(layouts) <= 3 * len(layouts)


@pytest.mark.slow
def test_two_layouts_are_the_rule(make: Make, tmp_path: Path) -> None:
    briefs = [(derive(seed), name) for seed in range(0, 60, 6) for name in AUDIENCES]
    layouts = [make(data, name).layouts for data, name in briefs if edition_of(tmp_path, data, name)]
    assert sum(layouts) / len(layouts) <= 2.5


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 17, 40])
def test_the_choice_does_not_depend_on_what_was_made_before(make: Make, seed: int) -> None:
    first = make(derive(seed), "executive")
    make(derive(seed + 1), "note")
    again = make(derive(seed), "executive")
    assert (first.kept, first.shortened, first.outputs) == (again.kept, again.shortened, again.outputs)


# --- What cannot fit ------------------------------------------------------------------------------

WORDS = "words that go on and on "


def small(**changed: Any) -> Data:
    """A brief of three findings, without much else."""
    data = derive(1) | {"summary": [], "risks": [], "questions": [], "marking": "TLP:CLEAR"} | changed
    source = {"id": "S1", "file": data["sources"][0]["file"], "reliability": "F", "note": "A note.", "title": "T"}
    quote = {"exact": "hand in hand", "start": 336, "end": 348}
    finding = {"sector": "trade", "stance": "assessed", "basis": "A test.", "evidence": [quote]}
    given = changed.get("findings") or [{"id": f"f{n}", "text": f"Finding {n} is short."} for n in range(3)]
    data |= {
        "sources": [source],
        "findings": [{"id": each["id"]} | finding | each for each in given],
        "title": changed.get("title", "T"),
    }
    data["bottom_line"] = {"text": "Short."} | changed.get("bottom_line", {})
    data.pop("change_view", None)
    return data


def quoted(data: Data) -> Data:
    text = (Path(__file__).parents[1] / data["sources"][0]["file"]).read_text(encoding="utf-8")
    start = text.index("hand in hand")
    for finding in data["findings"]:
        finding["evidence"] = [{"exact": "hand in hand", "start": start, "end": start + 12}]
    return data


CANNOT = {
    "a giant first finding": ({"findings": [{"id": "giant", "text": WORDS * 600}]}, "'giant' is", "id: giant"),
    "a long first finding": ({"findings": [{"id": "long", "text": WORDS * 170}]}, "'long' does not fit", "id: long"),
    "a giant bottom line": ({"bottom_line": {"text": WORDS * 150}}, "title, bottom line and notes", "bottom_line:"),
    "a giant title": ({"title": WORDS * 50}, "title, bottom line and notes", "title:"),
}


@pytest.mark.parametrize("case", CANNOT)
def test_what_cannot_fit_is_named_with_its_place(case: str, tmp_path: Path, briefgen: Run) -> None:
    changed, said, where = CANNOT[case]
    path = write(tmp_path, "b", quoted(small()))
    assert briefgen("build", "-a", "executive", cwd=tmp_path).returncode == 0
    before = {each: each.read_bytes() for each in (tmp_path / "build").rglob("b.*")}
    write(tmp_path, "b", quoted(small(**changed)))
    result = briefgen("build", "-a", "executive", cwd=tmp_path)
    assert result.returncode == 1
    line = next(at for at, text in enumerate(path.read_text("utf-8").splitlines(), 1) if where in text)
    (told,) = {each for each in result.stderr.splitlines() if "overset" in each}
    assert said in told
    assert told.startswith((f"content/b/brief.yaml:{line}:", f"content/b/brief.yaml:{line + 1}:"))
    assert len(before) == 2
    assert {each: each.read_bytes() for each in before} == before


def test_a_giant_that_is_not_first_is_left_out_and_costs_nothing_else(make: Make) -> None:
    findings = [{"id": f"f{n}", "text": f"Finding {n} is short."} for n in range(6)]
    findings.insert(1, {"id": "giant", "text": WORDS * 600})
    result = make(quoted(small(findings=findings)), "executive")
    assert list(result.omitted) == ["giant"]
    assert result.layouts <= 2


def test_a_wording_taller_than_a_page_is_not_chosen_for_many_pages(make: Make) -> None:
    findings = [{"id": "giant", "headline": "In short.", "text": "Short enough.", "detail": WORDS * 300}]
    result = make(quoted(small(findings=findings)), "briefing")
    assert list(result.shortened) == ["giant"]


def test_without_a_bottom_line_the_summary_stands_in(make: Make) -> None:
    data = derive(2)
    data.pop("bottom_line", None)
    data["summary"] = derive(6)["summary"][:2] or [
        {"id": "sum-0", "text": "Alone.", "evidence": data["findings"][0]["evidence"]}
    ]
    for item in data["summary"]:
        item.pop("marking", None)
        item["evidence"] = [{**quote, "source": data["sources"][0]["id"]} for quote in item["evidence"]]
    result = make(data, "executive")
    assert {each["id"] for each in data["summary"]} <= set(result.kept)


def test_nothing_but_a_bottom_line_is_an_edition(make: Make) -> None:
    data = quoted(small())
    data["findings"] = []
    result = make(data, "executive")
    assert (result.code, result.pages, list(result.kept)) == (0, 1, [])


def test_the_example_takes_two_layouts_at_most(engine: Engine) -> None:
    root = Path(__file__).parents[1]
    path = root / "content" / "belarus-russia-technology" / "brief.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    brief = content.load(path, path.parent.name, path.name, workspace.SECTORS).brief
    for name in ("executive", "briefing"):
        edition = audiences.select(brief, path.parent.name, name, workspace.AUDIENCES[name])
        assert edition
        result = run(Job(edition, ("pdf",), root, tuple(search_path(root))), engine)
        assert (result.code, result.layouts <= 2) == (0, True)
        assert result.fill >= 0.85 or name != "executive"
        assert len(result.kept) + len(result.omitted) == len(list(edition.brief.items()))
    assert len(data["findings"]) == len(brief.findings)
