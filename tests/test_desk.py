"""From a document to a drafted brief, its evidence page and a finished page, wherever the files lie."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from briefgen import content
from briefgen.check import check
from briefgen.desk.evidence import evidence
from briefgen.desk.extracting import Options, extract
from briefgen.desk.instant import brief, targets_of
from briefgen.desk.places import home, home_for, slug
from briefgen.desk.stances import stances
from briefgen.errors import BriefgenError, UsageError, has_errors
from briefgen.model import Draft, Marking
from briefgen.sources.reading import read
from briefgen.workspace import SECTORS, Workspace

ROOT = Path(__file__).parents[1]
ARTICLE = """Trade between the two states

Exports of farm machinery rose by 12 percent in 2025. The minister of trade, Anna Weber, said that the
agreement will create 4,000 jobs by 2027. The new rail line opened in March 2024.

The author doubts that the plan is affordable. Rising energy prices could endanger the whole project.

Who will pay for the second line?
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "Trade talks.txt").write_text(ARTICLE, encoding="utf-8")
    return tmp_path / "desk"


def problems(where):
    loaded = content.load(where.path, where.name, where.shown, where.workspace.sectors)
    return [*loaded.problems, *check(loaded.brief, loaded.document, where.workspace.root)]


def in_workspace(root, *paths):
    (root / "content").mkdir(exist_ok=True)
    return home_for([Path(each) for each in paths], Workspace(root))


# --- Places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("Trade talks (2).txt", "trade-talks-2"), ("Отчёт_25.pdf", "отчёт-25"), ("….html", "brief"), ("a.b.md", "a-b")],
)
def test_a_brief_is_called_after_its_source(name, wanted):
    assert slug(Path(name)) == wanted


def test_a_source_in_the_workspace_is_named_from_there_on(tmp_path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text(ARTICLE, encoding="utf-8")
    where = in_workspace(tmp_path, tmp_path / "seeds" / "a.txt")
    extract([tmp_path / "seeds" / "a.txt"], where, Options())
    assert where.path == tmp_path / "content" / "a" / "brief.yaml"
    assert "file: seeds/a.txt" in where.path.read_text(encoding="utf-8")
    assert not has_errors(problems(where))


def test_a_source_from_elsewhere_is_copied_and_nothing_is_overwritten(tmp_path, folder):
    root = tmp_path / "workspace"
    (root / "seeds").mkdir(parents=True)
    (root / "seeds" / "Trade talks.txt").write_text("Another file of that name.", encoding="utf-8")
    where = in_workspace(root, folder / "Trade talks.txt")
    extract([folder / "Trade talks.txt"], where, Options())
    assert (root / "seeds" / "Trade talks.txt").read_text(encoding="utf-8") == "Another file of that name."
    assert (root / "seeds" / "Trade talks-2.txt").read_text(encoding="utf-8") == ARTICLE
    assert not has_errors(problems(where))


def test_outside_of_a_workspace_the_folder_of_the_brief_stands_for_one(tmp_path, folder):
    where = home(tmp_path / "out" / "mine.yaml", Workspace(tmp_path))
    assert not where.inside
    extract([folder / "Trade talks.txt"], where, Options())
    assert sorted(path.name for path in (tmp_path / "out").rglob("*") if path.is_file()) == [
        "Trade talks.txt",
        "mine.yaml",
    ]
    assert not has_errors(problems(where))


def test_the_text_of_what_is_not_plain_text_is_kept_beside_the_brief(tmp_path, folder):
    page = "".join(f"<p>{each}</p>" for each in ARTICLE.split("\n\n"))
    (folder / "page.html").write_text(f"<html><body><article>{page}</article></body></html>", encoding="utf-8")
    where = home(tmp_path / "out" / "brief.yaml", Workspace(tmp_path))
    extract([folder / "page.html"], where, Options())
    kept = (tmp_path / "out" / "S1.txt").read_bytes().decode()
    assert kept == read(folder / "page.html")[0].text
    loaded = content.load(where.path, "b", "b", SECTORS)
    quotes = [quote for _, item in loaded.brief.items() for quote in item.evidence]
    assert quotes and all(kept[quote.start : quote.end] == quote.exact for quote in quotes)
    assert not has_errors(problems(where))


def test_a_text_in_another_encoding_is_kept_as_it_was_read(tmp_path, folder):
    (folder / "old.txt").write_bytes(ARTICLE.replace("Weber", "Müller").encode("cp1252"))
    where = home(tmp_path / "out" / "brief.yaml", Workspace(tmp_path))
    extract([folder / "old.txt"], where, Options())
    assert (tmp_path / "out" / "S1.txt").is_file()
    assert not has_errors(problems(where))


def test_a_text_that_is_there_is_not_replaced_by_a_kept_one(tmp_path, folder):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "S1.txt").write_text("Somebody’s notes.", encoding="utf-8")
    (folder / "a.md").write_text(ARTICLE, encoding="utf-8")
    where = home(tmp_path / "out" / "brief.yaml", Workspace(tmp_path))
    extract([folder / "a.md"], where, Options())
    assert (tmp_path / "out" / "S1.txt").read_text(encoding="utf-8") == "Somebody’s notes."
    assert "text: S1-2.txt" in where.path.read_text(encoding="utf-8")


# --- Extract --------------------------------------------------------------------------------------


def test_the_same_source_gives_the_same_bytes(tmp_path, folder):
    homes = [home(tmp_path / name / "brief.yaml", Workspace(tmp_path)) for name in ("one", "two")]
    for where in homes:
        extract([folder / "Trade talks.txt"], where, Options())
    assert homes[0].path.read_bytes() == homes[1].path.read_bytes()


def test_a_brief_that_is_there_is_kept(tmp_path, folder):
    where = home(tmp_path / "out" / "brief.yaml", Workspace(tmp_path))
    where.path.parent.mkdir()
    where.path.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="exists already"):
        extract([folder / "Trade talks.txt"], where, Options())
    with pytest.raises(BriefgenError):
        extract([folder / "Trade talks.txt"], where, Options(update=True))
    assert [path.name for path in where.path.parent.iterdir()] == ["brief.yaml"]
    assert where.path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("suffix", ["txt", "md"])
def test_an_update_follows_a_source_that_changed(tmp_path, folder, suffix):
    source = folder / f"a.{suffix}"
    source.write_text(ARTICLE, encoding="utf-8")
    where = home(tmp_path / "out" / "brief.yaml", Workspace(tmp_path))
    extract([source], where, Options())
    source.write_text(ARTICLE + "\nImports of grain fell by 3 percent in 2025.\n", encoding="utf-8")
    done = extract([source], where, Options(update=True))
    assert "Imports of grain fell" in where.path.read_text(encoding="utf-8")
    assert done.path == where.path and not has_errors(problems(where))
    copies = sorted(path.name for path in (tmp_path / "out" / "seeds").iterdir())
    assert copies == [f"a-2.{suffix}", f"a.{suffix}"]


def test_a_lost_quote_keeps_the_old_hash_so_that_the_build_stops(tmp_path, folder):
    source = folder / "Trade talks.txt"
    where = home(tmp_path / "out" / "brief.yaml", Workspace(tmp_path))
    extract([source], where, Options())
    source.write_text(ARTICLE.replace("12 percent", "9 percent"), encoding="utf-8")
    done = extract([source], where, Options(update=True))
    assert any("no longer in the source" in each.message for each in done.diagnostics)
    assert "# quote no longer in the source: “Exports of farm machinery" in where.path.read_text(encoding="utf-8")
    assert has_errors(problems(where))


def test_an_update_keeps_the_byte_order_mark(tmp_path, folder):
    where = home(tmp_path / "out" / "brief.yaml", Workspace(tmp_path))
    extract([folder / "Trade talks.txt"], where, Options())
    where.path.write_bytes(b"\xef\xbb\xbf" + where.path.read_bytes())
    before = where.path.read_bytes()
    extract([folder / "Trade talks.txt"], where, Options(update=True))
    assert where.path.read_bytes() == before


# --- A language model -----------------------------------------------------------------------------


def test_a_model_that_cannot_be_asked_is_an_error_unless_a_fallback_was_asked_for(tmp_path, folder, monkeypatch):
    import briefgen.llm

    def fails(*_):
        raise BriefgenError(*UsageError().diagnostics)

    monkeypatch.setattr(briefgen.llm, "draft_with", fails)
    where = home(tmp_path / "out" / "brief.yaml", Workspace(tmp_path))
    with pytest.raises(BriefgenError):
        extract([folder / "Trade talks.txt"], where, Options(model="x:y"))
    assert not where.path.exists()
    done = extract([folder / "Trade talks.txt"], where, Options(model="x:y", fallback=True))
    assert any("offline rules instead" in each.message for each in done.diagnostics)
    assert "ai_use" not in where.path.read_text(encoding="utf-8")


def test_what_a_model_drafts_is_written_with_its_name_and_what_was_rejected(tmp_path, folder, monkeypatch):
    import briefgen.llm
    from briefgen.extract import draft

    def answers(name, sources, sectors, stance, cache):
        at = ARTICLE.index("The minister")
        assert stance(sources[0], (at, at + 40)).stance == "claimed"
        assert cache == tmp_path / "cache" / "briefgen" / "answers"
        made = draft(sources, sectors)[0]
        return replace(made, ai_use=f"Drafted with {name}", rejected=("a lie",)), briefgen.llm.Usage(name)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(briefgen.llm, "draft_with", answers)
    where = home(tmp_path / "out" / "brief.yaml", Workspace(tmp_path))
    done = extract([folder / "Trade talks.txt"], where, Options(model="x:y"))
    assert "ai_use:" in where.path.read_text(encoding="utf-8")
    assert [each.message for each in done.diagnostics if "rejected" in each.message] == ["rejected: a lie"]


def test_the_rules_answer_for_any_place_in_a_source(folder):
    source = read(folder / "Trade talks.txt")[0]
    verdict = stances([source], SECTORS)
    assert {verdict(source, (at, at + 5)).stance for at in range(0, len(ARTICLE) - 5, 7)} <= {
        "reported",
        "claimed",
        "judged",
    }
    assert verdict(source, (10_000, 10_005)).stance == "judged"


# --- The evidence page ----------------------------------------------------------------------------


def test_the_evidence_page_stands_beside_the_brief(tmp_path, folder):
    where = home(tmp_path / "out" / "brief.yaml", Workspace(tmp_path))
    extract([folder / "Trade talks.txt"], where, Options())
    path, found = evidence(where)
    assert path == tmp_path / "out" / "evidence.html" and not has_errors(found)
    whole = path.read_text(encoding="utf-8")
    assert "b-heading" in whole and "<mark" in whole


def test_the_evidence_page_of_the_sample(workspace):
    where = home(workspace / "content" / "belarus-russia-technology" / "brief.yaml", Workspace(workspace))
    path, found = evidence(where, workspace / "page.html")
    assert path == workspace / "page.html" and not has_errors(found)
    assert '<p class="b-residue" dir="auto">' in path.read_text(encoding="utf-8")


def test_the_evidence_page_never_replaces_the_brief_or_its_source(workspace):
    where = home(workspace / "content" / "belarus-russia-technology" / "brief.yaml", Workspace(workspace))
    for taken in (where.path, workspace / "seeds" / "belarus-russia-cooperation.txt"):
        before = taken.read_bytes()
        with pytest.raises(BriefgenError, match="overwrite"):
            evidence(where, taken)
        assert taken.read_bytes() == before


# --- A page at once -------------------------------------------------------------------------------


def test_a_page_at_once_says_that_it_is_a_draft(folder):
    from briefgen.layout import normal
    from briefgen.layout.sight import read as seen

    done = brief([folder / "Trade talks.txt"], Workspace(folder), "executive", ["html", "pdf"], None, Options())
    assert done.code == 0, done.diagnostics
    assert [path.name for path in done.files] == ["Trade talks.html", "Trade talks.pdf"]
    pages = seen((folder / "Trade talks.pdf").read_bytes())
    assert len(pages) == 1 and "draft" in normal(pages[0].text)
    assert "DRAFT</p>" in (folder / "Trade talks.html").read_text(encoding="utf-8")
    # What is ours may be replaced by the next run.
    again = targets_of([folder / "Trade talks.txt"], ["html", "pdf"], None)
    assert sorted(path.name for path in folder.iterdir()) == [
        *(each.name for each in again.values()),
        "Trade talks.txt",
    ]


def test_earlier_output_stays_when_it_fails(folder):
    (folder / "Trade talks.pdf").write_bytes(b"earlier")
    done = brief(
        [folder / "Trade talks.txt"], Workspace(folder), "public", ["pdf"], None, Options(marking=Marking.AMBER)
    )
    assert done.code == 1 and done.files == []
    assert "above the clearance" in done.diagnostics[-1].message
    assert (folder / "Trade talks.pdf").read_bytes() == b"earlier"


def test_the_source_and_files_of_others_are_never_replaced(folder):
    report = folder / "report.pdf"
    report.write_bytes(b"%PDF of somebody else")
    named = targets_of([report], ["html", "pdf"], None)
    assert [path.name for path in named.values()] == ["report-brief.html", "report-brief.pdf"]
    (folder / "report.txt").write_text("x", encoding="utf-8")
    assert targets_of([folder / "report.txt"], ["pdf"], None)["pdf"].name == "report-brief.pdf"
    with pytest.raises(UsageError, match="source itself"):
        targets_of([report], ["pdf"], report)


@pytest.mark.parametrize(
    ("output", "wanted"),
    [("out.pdf", ["out.html", "out.pdf"]), ("out", ["out.html", "out.pdf"]), ("v1.2", ["v1.2.html", "v1.2.pdf"])],
)
def test_output_names_all_formats(folder, output, wanted):
    named = targets_of([folder / "Trade talks.txt"], ["html", "pdf"], folder / output)
    assert [path.name for path in named.values()] == wanted


def test_a_draft_of_nothing_is_told(folder, monkeypatch):
    import briefgen.extract

    monkeypatch.setattr(briefgen.extract, "draft", lambda *_: (Draft("en", None), []))
    with pytest.raises(BriefgenError, match="nothing to print"):
        brief([folder / "Trade talks.txt"], Workspace(folder), "executive", ["pdf"], None, Options())
    assert json.dumps([path.name for path in folder.iterdir()]) == '["Trade talks.txt"]'
