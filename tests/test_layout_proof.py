"""Planted faults: whatever a template or style sheet does to a text, it is there to be read, or the target fails.

Each fault is an override beside the sample brief, built for real. The message names the item with file and line, and
the earlier output stays as it was.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from briefgen import workspace as workspaces
from briefgen.build import Request, build
from conftest import BRIEF, Built, Run

EXTENDED = """{{% extends "default/{name}.html" %}}
{{% block styles %}}{{{{ super() }}}}<link rel="stylesheet" href="css/own.css">{{% endblock %}}
"""


@dataclass
class Bench:
    """A copy of the built sample: spoil its templates, build again, see what is said and what is left."""

    root: Path
    item: str  # the first finding that is kept; `question` the first question
    question: str

    def __post_init__(self) -> None:
        self.templates = self.root / "content" / BRIEF / "templates"
        self.before = self.outputs()
        self.brief = (self.root / "content" / BRIEF / "brief.yaml").read_text(encoding="utf-8")

    def outputs(self) -> dict[str, bytes]:
        files = (self.root / "build").rglob(f"{BRIEF}.*")
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in files}

    def write(self, name: str, text: str) -> None:
        path = self.templates / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("{item}", self.item).replace("{question}", self.question), encoding="utf-8")

    def style(self, css: str, audience: str = "executive") -> None:
        self.write("css/own.css", css)
        self.write(f"{audience}.html", EXTENDED.format(name=audience))

    def build(self, audience: str = "executive", formats: tuple[str, ...] = ("html", "pdf")) -> Any:
        request = Request([BRIEF], [audience], formats, self.root / "build", whole=False)
        return build(workspaces.load(self.root), request)

    def said(self, audience: str = "executive") -> str:
        """Build, which must fail and change nothing; all that it says, a line each."""
        report = self.build(audience)
        assert {target.status for target in report.targets} == {"failed"}
        assert self.outputs() == self.before
        return "\n".join(str(each) for target in report.targets for each in target.diagnostics)

    def place(self, item: str = "") -> str:
        """Where an item stands, as messages tell it: file and line."""
        lines = self.brief.splitlines()
        wanted = re.compile(rf"\s*-\s+id: {item or self.item}")
        number = next(number for number, line in enumerate(lines, start=1) if wanted.fullmatch(line))
        return f"content/{BRIEF}/brief.yaml:{number}:"


@pytest.fixture
def bench(built: Built, tmp_path: Path) -> Bench:
    root = shutil.copytree(built.workspace, tmp_path / "bench")
    kept = built.target("executive")["kept"]
    data = yaml.safe_load((root / f"content/{BRIEF}/brief.yaml").read_text(encoding="utf-8"))
    first = [next(each["id"] for each in data[name] if each["id"] in kept) for name in ("findings", "questions")]
    return Bench(root, *first)


# What hides one row: the style rule, and what the message must say of the item. Table rows and list items differ.
HIDDEN = {
    "display none": ("#{item} { display: none }", "not on any page"),
    "display none in print": ("@media print { #{item} { display: none } }", "not on any page"),
    "display none, every row": (".findings tbody tr { display: none }", "not on any page"),
    "display none, the cell": ("#{item} .body { display: none }", "its text is not"),
    "out of the flow, below the page": ("#{item} .body { position: absolute; top: 400mm }", "its text is not"),
    "out of the flow, left of the page": ("#{item} .body { position: absolute; left: -999px }", "its text is not"),
    "the row below the page": ("#{item} { display: block; position: absolute; top: 400mm }", "over the edge of page 1"),
    "moved off by its indent": ("#{item} .body { text-indent: -999em }", "its text is not"),
    "moved off the page": ("#{question} .body { position: relative; left: -300mm }", "its text is not"),
    "moved onto the next row": ("#{question} .body { position: relative; top: 24px }", "its text is not"),
    "a negative margin": (".questions li { margin-bottom: -22px }", "under or over other text"),
    "running into a margin": (".questions li { position: running(nowhere) }", "not on any page"),
    "the colour of the paper": ("#{item} .body { color: #fff }", "cannot be seen"),
    "the colour of its own ground": ("#{item} .body { color: #14202e; background: #14202e }", "cannot be seen"),
    "see-through colour": ("#{item} .body { color: rgba(0, 0, 0, 0) }", "cannot be seen"),
    "covered": (
        '#{question} .body { position: relative } #{question} .body::after { content: ""; position: absolute; left: 0; '
        "right: 0; top: 0; bottom: 0; background: #fff }",
        "cannot be seen",
    ),
    "half covered": (
        '#{question} .body { position: relative } #{question} .body::after { content: ""; position: absolute; '
        "left: 50%; right: 0; top: 0; bottom: 0; background: #fff }",
        "cannot be seen",
    ),
    "no line height": ("#{item} .body { line-height: 0 }", "under or over other text"),
    "letters upon each other": ("#{item} .body { letter-spacing: -.4em }", "squeezed"),
    "one long line": ("#{item} .body { white-space: nowrap }", "under or over other text"),
    "relative size": ("#{item} .body { font-size: .7em }", "below the floor of 8.5 pt"),
    "hardly any size": ("#{item} .body { font-size: .001em }", "below the floor of 8.5 pt"),
    "first line without size": ("#{question} .body::first-line { font-size: 0 }", "its text is not"),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", HIDDEN)
def test_a_hidden_row_fails_the_target_and_is_named(bench: Bench, fault: str) -> None:
    css, expected = HIDDEN[fault]
    bench.style(css)
    item = bench.item if "{item}" in css or ".findings" in css else bench.question
    said = bench.said().splitlines()
    assert any(line.startswith(bench.place(item)) and f"'{item}'" in line and expected in line for line in said), said
    if "display: none" in css:
        assert f"hint: hidden by content/{BRIEF}/templates/css/own.css:1: " in "\n".join(said)


@pytest.mark.slow
def test_what_stands_in_no_part_with_an_id_is_told_by_its_words(bench: Bench) -> None:
    bench.style(".head .series { color: #fff }")
    said = bench.said()
    assert "lost on the page: “Eurasia analysis” on page 1 cannot be seen" in said and "''" not in said


@pytest.mark.slow
def test_a_duplicate_id_fails_the_target(bench: Bench) -> None:
    bench.write(
        "parts/finding-text.html",
        '{% include "default/parts/finding-text.html" %}<i id="{{ item.id }}"></i>',
    )
    said = bench.said()
    assert f"{bench.place()}" in said
    assert f"'{bench.item}': its id stands more than once" in said


@pytest.mark.slow
def test_a_template_that_drops_an_item_fails_the_target(bench: Bench) -> None:
    bench.write(
        "parts/finding.html",
        '{% if item.id != "{item}" %}{% include "default/parts/finding.html" %}{% endif %}',
    )
    assert re.search(rf"{bench.place()}.*'{bench.item}': it is not on any page", bench.said())


@pytest.mark.slow
def test_a_template_that_cuts_a_text_fails_the_target(bench: Bench) -> None:
    bench.write("parts/finding-text.html", '{{ (item.body[:20] if item.id == "{item}" else item.body) | inline }}')
    assert re.search(rf"{bench.place()}.*'{bench.item}': its text is not in the PDF", bench.said())


@pytest.mark.slow
def test_a_text_that_stands_elsewhere_on_the_page_too_is_missed_in_its_row(bench: Bench) -> None:
    twin = '{% for item in findings if item.id == "{item}" %}<p>{{ item.body | inline }}</p>{% endfor %}'
    bench.write("parts/change-view.html", twin)
    bench.style("#{item} .body { display: none }")
    assert re.search(rf"{bench.place()}.*'{bench.item}': its text is not where the item stands", bench.said())


FURNITURE = {
    "the bottom line": ("#bottom-line { display: none }", ".*bottom line"),
    "the title": ("#title { display: none }", ".*the title"),
    "the label, hidden": (".tlp { display: none }", "the label TLP:AMBER is missing, .* head of page 1"),
    "the label in the foot": (".foot .tlp { display: none }", "the label TLP:AMBER is missing, .* foot of page 1"),
    "the label, small": (".tlp { font-size: 9pt }", "smaller than 12 pt"),
    "the label, black on black": (".tlp-amber { color: #000 }", "the label TLP:AMBER is missing"),
    "a note in white": (".sources { color: #fff }", "cannot be seen"),
}


@pytest.mark.slow
@pytest.mark.parametrize("part", FURNITURE)
def test_what_every_page_must_say_is_there(bench: Bench, part: str) -> None:
    css, expected = FURNITURE[part]
    bench.style(css)
    assert re.search(expected, bench.said())


@pytest.mark.slow
def test_the_command_says_it_and_fails(bench: Bench, briefgen: Run) -> None:
    bench.style("#{item} { display: none }")
    result = briefgen("build", "-a", "executive", "-a", "note", cwd=bench.root)
    assert result.returncode == 1
    assert re.search(rf"{bench.place()}\d+: lost on the page: '{bench.item}'", result.stderr)
    assert "Traceback" not in result.stderr
    assert bench.outputs() == bench.before


@pytest.mark.slow
@pytest.mark.parametrize("audience", ["executive", "note", "briefing", "public"])
def test_an_honest_change_of_style_is_no_fault(bench: Bench, audience: str) -> None:
    """Hyphens, justified lines, capitals, rules and colours change much, and lose nothing."""
    css = """
    :root { --accent: #1f5c4d }
    .body { hyphens: auto; text-align: justify; letter-spacing: .02em }
    .lead { text-transform: uppercase } .meta { font-style: italic; font-size: 1em }
    .rows tbody tr:nth-child(odd) td { background: #f7f7f7 }
    """
    bench.style(css, audience)
    report = bench.build(audience)
    assert [str(each) for target in report.targets for each in target.diagnostics] == []


@pytest.mark.slow
def test_signs_that_markdown_knows_are_no_fault(bench: Bench) -> None:
    """Brackets, underscores and the like that are printed as they stand, and markup that is not."""
    path = bench.root / "content" / BRIEF / "brief.yaml"
    odd = r"It is reported [sic] that snake_case, 2 * 3, C:\temp, 5 < 6 & “Ў” **stand** [here](https://example.org)."
    row = rf"(?m)^  - id: {bench.item}\n(?:    .*\n)*"
    new = f"  - {{id: {bench.item}, sector: industry, stance: assessed, priority: 1, basis: A test., text: '{odd}'}}\n"
    path.write_text(re.sub(row, lambda _: new, bench.brief, count=1), encoding="utf-8")
    report = bench.build()
    assert bench.item in report.targets[0].kept
    assert "5 &lt; 6 &amp;" in bench.outputs()[f"build/executive/{BRIEF}.html"].decode()
    assert [str(each) for target in report.targets for each in target.diagnostics if each.severity == "error"] == []


@pytest.mark.slow
def test_a_font_that_no_style_sheet_brings_is_told(bench: Bench) -> None:
    bench.style('#{item} .body { font-family: "DejaVu Sans", monospace }')
    said = "\n".join(str(each) for each in bench.build().targets[0].diagnostics)
    assert re.search(
        rf"{bench.place()}\d+: warning: “.*” is printed in .*, which is not among the page's own fonts", said
    )
