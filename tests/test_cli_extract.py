"""The commands an analyst starts with, as they are typed."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from briefgen.cli import main

ARTICLE = """Exports of farm machinery rose by 12 percent in 2025. The minister of trade, Anna Weber, said that the
agreement will create 4,000 jobs by 2027. Rising energy prices could endanger the whole project.

Who will pay for the second line?
"""
BRIEF = "belarus-russia-technology"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder with one document, as the working directory."""
    (tmp_path / "talks.txt").write_text(ARTICLE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_help_and_listing_load_nothing_heavy():
    heavy = ("weasyprint", "trafilatura", "pydantic_ai", "docx", "lxml", "py3langid")
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom briefgen.cli import main\n"
        "for name in ('--help', 'extract --help', 'brief --help', 'evidence --help', 'source --help'):\n"
        "    assert CliRunner().invoke(main, name.split()).exit_code == 0, name\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


@pytest.mark.usefixtures("here")
def test_source_prints_the_text_that_offsets_count_in():
    assert run("source", "talks.txt").stdout == ARTICLE
    data = json.loads(run("source", "talks.txt", "--format", "json").stdout)
    assert data["text"] == ARTICLE and data["language"] == "en" and "title" not in data
    assert {"kind", "start", "end"} == set(data["blocks"][0])


def test_extract_starts_a_brief_and_update_grows_it(here):
    first = run("extract", "talks.txt")
    assert first.exit_code == 0, first.output
    path = here / "content" / "talks" / "brief.yaml"
    assert "file: talks.txt" in path.read_text(encoding="utf-8")
    assert "content/talks/brief.yaml" in first.stderr and first.stdout == ""
    before = path.read_bytes()
    again = run("extract", "talks.txt")
    assert again.exit_code == 2 and "--update" in again.stderr and path.read_bytes() == before
    (here / "talks.txt").write_text(ARTICLE + "\nImports of grain fell by 3 percent in 2025.\n", encoding="utf-8")
    assert run("extract", "talks.txt", "--update").exit_code == 0
    assert b"Imports of grain fell" in path.read_bytes()
    assert run("check", "talks").exit_code == 0


def test_extract_outside_of_a_workspace(here, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "brief.yaml"
    result = run("extract", here / "talks.txt", "-o", out, "--marking", "TLP:GREEN")
    assert result.exit_code == 0, result.output
    assert "marking: TLP:GREEN" in out.read_text(encoding="utf-8")
    assert not (here / "content").exists()
    assert run("evidence", out).exit_code == 0 and out.with_name("evidence.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["extract", "missing.txt"], 2, "no such file"),
        (["extract"], 2, "Missing argument"),
        (["extract", "talks.txt", "--marking", "SECRET"], 2, "SECRET"),
        (["extract", "talks.txt", "--fallback", "offline"], 2, "--with"),
        (["brief", "talks.txt", "-a", "nobody"], 2, "unknown audience"),
        (["brief", "talks.txt", "-f", "docx"], 2, "unknown format"),
        (["evidence", "nothing"], 2, "no content directory"),
        (["source", "."], 2, "is a folder"),
        (["extract", "empty.txt"], 1, "is empty"),
    ],
)
def test_what_cannot_be_done_is_told(here, arguments, code, message):
    (here / "empty.txt").touch()
    result = run(*arguments)
    assert (result.exit_code, message in result.stderr) == (code, True), result.output
    assert sorted(path.name for path in here.iterdir()) == ["empty.txt", "talks.txt"]


def test_brief_prints_a_page_beside_the_source(here):
    result = run("brief", "talks.txt", "-f", "html")
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in here.iterdir()) == ["talks.html", "talks.txt"]
    assert result.stderr == "wrote talks.html\n"


def test_the_commands_are_documented():
    for name in ("source", "extract", "evidence", "brief"):
        assert "Example: briefgen" in main.commands[name].help


# --- Drafts in a build ----------------------------------------------------------------------------


def drafted(workspace):
    """The sample with its first finding as a draft."""
    path = workspace / "content" / BRIEF / "brief.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    sector: ", "    status: draft\n    sector: ", 1), encoding="utf-8")
    return 1 + text[: text.index("    sector: ")].count("\n")


def test_a_brief_with_drafts_is_marked_on_every_page(workspace, briefgen):
    from briefgen.layout import normal
    from briefgen.layout.sight import read

    line = drafted(workspace)
    result = briefgen("build", "-a", "briefing", "-a", "executive", cwd=workspace)
    assert result.returncode == 0, result.stderr
    assert f"brief.yaml:{line}:" in result.stderr and "1 item with status draft" in result.stderr
    for audience, count in (("briefing", 8), ("executive", 1)):
        pages = read((workspace / "build" / audience / f"{BRIEF}.pdf").read_bytes())
        assert len(pages) == count
        assert all("drafttlp:clear" in normal(page.text) or "drafttlp:amber" in normal(page.text) for page in pages)
        html = (workspace / "build" / audience / f"{BRIEF}.html").read_text(encoding="utf-8")
        assert '<p class="draft-mark">DRAFT</p>' in html


def test_final_fails_on_drafts_and_names_each(workspace, briefgen):
    line = drafted(workspace)
    result = briefgen("build", "-a", "executive", "-f", "html", "--final", cwd=workspace)
    assert result.returncode == 1
    assert f"brief.yaml:{line}:" in result.stderr and "'enterprise-count' is a draft" in result.stderr
    assert not (workspace / "build" / "executive").exists()


def test_a_clean_brief_carries_no_mark_and_is_final(workspace, briefgen):
    result = briefgen("build", "-a", "executive", "-f", "html", "--final", cwd=workspace)
    assert result.returncode == 0, result.stderr
    assert "draft" not in (workspace / "build" / "executive" / f"{BRIEF}.html").read_text(encoding="utf-8").lower()


def test_a_template_without_the_mark_is_refused(workspace, briefgen):
    drafted(workspace)
    part = workspace / "templates" / "parts" / "head.html"
    part.parent.mkdir(parents=True)
    part.write_text('<header class="head clear"><p class="tlp">{{ label }}</p></header>', encoding="utf-8")
    result = briefgen("build", "-a", "executive", "-f", "html", cwd=workspace)
    assert result.returncode == 1 and "the mark DRAFT is missing" in result.stderr
