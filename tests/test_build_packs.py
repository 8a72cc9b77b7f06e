"""Packs in a build: made when a part changed, kept when one failed, gone when they show what they may not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import yaml

from briefgen import workspace as workspaces
from briefgen.build import Request, build, packjob
from conftest import BRIEF, ROOT, Once, run_briefgen

SETTINGS = {
    "audiences": {
        "executive": {"clearance": "TLP:AMBER", "pages": 1},
        "public": {"clearance": "TLP:CLEAR", "pages": 2},
    },
    "packs": {
        "all": {"audiences": ["executive", "public"], "briefs": "*", "title": "Everything"},
        "open": {"audiences": ["public"], "briefs": ["gamma", "alpha"]},
    },
}
TITLES = {"alpha": "Alpha holds: supply is stable", "beta": "Beta slips: credit is late", "gamma": "Gamma: no change"}
PARTS = ("sources", "summary", "findings", "risks", "questions")

Edit = Callable[[dict[str, Any]], object]


def edit(folder: Path, name: str, change: Edit) -> None:
    path = folder / "content" / name / "brief.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def marked(content: dict[str, Any], label: str) -> None:
    """Raise a whole brief to a marking."""
    content["marking"] = label
    for each in [content["bottom_line"], *(item for part in PARTS for item in content[part])]:
        each.pop("marking", None)


def settings(folder: Path, change: Edit = lambda _: None) -> None:
    data = json.loads(json.dumps(SETTINGS))
    change(data)
    (folder / "briefgen.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")


def make_workspace(folder: Path) -> Path:
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    for name, title in TITLES.items():
        shutil.copytree(ROOT / "content" / BRIEF, folder / "content" / name)
        edit(folder, name, lambda content, title=title: content.update(title=title))
    settings(folder)
    return folder


def run(folder: Path, *arguments: str, code: int = 0, **env: str) -> dict[str, Any]:
    done = run_briefgen("build", "-j2", *arguments, cwd=folder, env=env)
    assert done.returncode == code, done.stderr
    return dict(json.loads((folder / "build" / "report.json").read_text(encoding="utf-8")))


def packs(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["pack"]: each for each in report["packs"]}


def text_of(path: Path) -> str:
    document = pypdfium2.PdfDocument(path.read_bytes())
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted((folder / "build/packs").glob("*"))}


def manifest(folder: Path, name: str = "all") -> dict[str, Any]:
    return dict(json.loads((folder / "build" / "packs" / f"{name}.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def first(once: Once) -> Path:
    """The workspace after its first build; read it, never change it."""
    return once("packs", lambda folder: run(make_workspace(folder)))


@pytest.fixture
def folder(first: Path, tmp_path: Path) -> Path:
    """A copy of it, cache and all, to change at will."""
    return Path(shutil.copytree(first, tmp_path / "copy"))


def test_the_manifest_tells_what_is_in_the_pack(first: Path) -> None:
    data = manifest(first)
    order = [f"{audience}/{name}.pdf" for audience in ("executive", "public") for name in TITLES]
    assert [each["path"] for each in data["editions"]] == order
    page = 1
    for each in data["editions"]:
        path = first / "build" / each["path"]
        assert each["sha256"] == sha256(path.read_bytes()).hexdigest()
        assert each["first_page"] == page
        page += each["pages"]
    assert data["sha256"] == hashes(first)["all.pdf"]
    with pikepdf.open(first / "build/packs/all.pdf") as file:
        assert len(file.pages) == data["pages"] == page - 1 + data["front_pages"]
        assert str(file.docinfo["/Title"]) == data["title"] == "Everything"
    assert (data["date"], data["marking"]) == ("2026-11-23", "TLP:AMBER")


def test_the_report_has_the_packs(first: Path) -> None:
    report = json.loads((first / "build/report.json").read_text(encoding="utf-8"))
    found = packs(report)
    assert {name: each["status"] for name, each in found.items()} == {"all": "built", "open": "built"}
    assert found["all"]["path"] == "packs/all.pdf" and found["all"]["sha256"] == hashes(first)["all.pdf"]
    assert (found["all"]["editions"], found["all"]["marking"]) == (6, "TLP:AMBER")
    assert found["open"]["marking"] == "TLP:CLEAR"


def test_briefs_of_a_pack_stand_in_the_order_that_is_asked_for(first: Path) -> None:
    assert [each["brief"] for each in manifest(first, "open")["editions"]] == ["gamma", "alpha"]


def test_the_strictest_marking_is_on_every_front_page(first: Path) -> None:
    document = pypdfium2.PdfDocument((first / "build/packs/all.pdf").read_bytes())
    for number in range(manifest(first)["front_pages"]):
        assert document[number].get_textpage().get_text_bounded().count("TLP:AMBER") >= 2
    assert "made for different readers" in text_of(first / "build/packs/all.pdf")
    assert "made for different readers" not in text_of(first / "build/packs/open.pdf")


def test_nothing_changed_nothing_made(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (folder / "build/packs").iterdir()}
    report = run(folder)
    assert {each["status"] for each in report["packs"]} == {"cached"}
    assert {path: path.stat().st_mtime_ns for path in (folder / "build/packs").iterdir()} == before


def test_one_changed_edition_is_joined_again_without_laying_out_the_others(folder: Path) -> None:
    edit(folder, "beta", lambda content: content.update(deck="Another deck"))
    report = run(folder)
    made = {f"{each['audience']}/{each['brief']}" for each in report["targets"] if each["status"] == "built"}
    assert made == {"executive/beta", "public/beta"}
    assert {name: each["status"] for name, each in packs(report).items()} == {"all": "built", "open": "cached"}
    news = manifest(folder)["news"]
    assert news["changed"] == ["executive/beta.pdf", "public/beta.pdf"]
    assert (news["added"], news["withdrawn"], news["since"]) == ([], [], "2026-11-23")
    text = text_of(folder / "build/packs/all.pdf")
    assert "New since the pack of 23 November 2026" in text and "1 changed" in text and "Another deck" in text


def test_made_again_without_a_change_it_keeps_its_news(folder: Path) -> None:
    edit(folder, "beta", lambda content: content.update(deck="Another deck"))
    run(folder)
    before = hashes(folder)
    (folder / "build/packs/all.pdf").write_bytes(b"damaged")
    report = run(folder)
    assert packs(report)["all"]["status"] == "built" and hashes(folder) == before


def test_a_deleted_brief_is_told_as_withdrawn(folder: Path) -> None:
    shutil.rmtree(folder / "content" / "beta")
    run(folder)
    assert manifest(folder)["news"]["withdrawn"] == [TITLES["beta"]] * 2
    text = text_of(folder / "build/packs/all.pdf")
    assert "1 withdrawn" in text and TITLES["beta"] in text


def test_a_brief_that_rose_above_its_readers_is_not_told_at_all(folder: Path) -> None:
    edit(folder, "beta", lambda content: marked(content, "TLP:RED"))
    run(folder)
    assert [each["brief"] for each in manifest(folder)["editions"]] == ["alpha", "gamma"] * 2
    for name in ("all.pdf", "all.html", "all.json"):
        path = folder / "build" / "packs" / name
        text = text_of(path) if name.endswith("pdf") else path.read_text(encoding="utf-8")
        assert "Beta" not in text and "beta" not in text


def test_a_failed_part_leaves_the_last_pack(folder: Path) -> None:
    before = hashes(folder)
    (folder / "content/beta/brief.yaml").write_text("title: [", encoding="utf-8")
    report = run(folder, code=1)
    all_, open_ = packs(report)["all"], packs(report)["open"]
    assert (all_["status"], all_["stale"], open_["status"]) == ("failed", True, "cached")
    named = [each["file"] for each in all_["diagnostics"] if "this part failed" in each["message"]]
    assert named == ["executive/beta.pdf", "public/beta.pdf"]
    assert hashes(folder) == before


def test_the_last_pack_goes_when_it_shows_what_is_now_restricted(folder: Path) -> None:
    (folder / "content/beta/brief.yaml").write_text("title: [", encoding="utf-8")

    def restrict(content: dict[str, Any]) -> None:
        for item in content["findings"]:
            item["marking"] = "TLP:RED"

    edit(folder, "alpha", restrict)
    report = run(folder, code=1)
    assert any("withdrawn" in each["message"] for each in packs(report)["all"]["diagnostics"])
    assert "all.pdf" not in hashes(folder) and "all.html" not in hashes(folder)


def test_the_last_pack_goes_when_its_words_became_a_secret(folder: Path) -> None:
    """The audience's own slice is the same: what is new, and repeats its words, is above its clearance."""

    def repeat(content: dict[str, Any]) -> None:
        item = json.loads(json.dumps(content["findings"][0], default=str))
        item.update(id="secret", marking="TLP:RED", text=content["bottom_line"]["text"], headline="Not to be told")
        item.pop("detail", None)
        content["findings"].append(item)

    edit(folder, "alpha", repeat)
    report = run(folder, code=3)
    assert packs(report)["all"]["status"] == packs(report)["open"]["status"] == "failed"
    assert hashes(folder) == {}


def test_the_last_pack_goes_at_once_when_an_edition_has_no_readers_any_more(folder: Path) -> None:
    edit(folder, "alpha", lambda content: marked(content, "TLP:RED"))
    run(folder, "alpha", "-a", "public", "-f", "html")
    assert "open.pdf" in hashes(folder)
    run(folder, "alpha")
    assert hashes(folder) == {}


def test_a_build_for_a_part_makes_no_pack(folder: Path) -> None:
    before = hashes(folder)
    edit(folder, "beta", lambda content: content.update(deck="Another deck"))
    assert run(folder, "beta", "-a", "executive")["packs"] == []
    assert hashes(folder) == before


def test_a_pack_that_is_not_asked_for_any_more_disappears(folder: Path) -> None:
    (folder / "build/packs/letter.docx").write_text("somebody's")
    settings(folder, lambda data: data["packs"].pop("open"))
    report = run(folder)
    assert set(hashes(folder)) == {"all.pdf", "all.html", "all.json", "letter.docx"}
    assert {"packs/open.pdf", "packs/open.html", "packs/open.json"} <= set(report["removed"])
    assert any(each.get("file") == "packs/letter.docx" for each in report["diagnostics"])


def test_a_pack_without_editions_is_none(folder: Path) -> None:
    edit(folder, "alpha", lambda content: marked(content, "TLP:GREEN"))
    edit(folder, "gamma", lambda content: marked(content, "TLP:GREEN"))
    report = run(folder)
    assert packs(report)["open"]["status"] == "empty" and "open.pdf" not in hashes(folder)


def test_an_unknown_audience_is_refused_with_a_hint(folder: Path) -> None:
    settings(folder, lambda data: data["packs"]["open"].update(audiences=["pubic"]))
    done = run_briefgen("build", cwd=folder)
    assert done.returncode != 0 and "unknown audience 'pubic'" in done.stderr and "'public'" in done.stderr


def test_an_unknown_brief_fails_its_pack_alone(folder: Path) -> None:
    settings(folder, lambda data: data["packs"]["open"].update(briefs=["alfa"]))
    report = run(folder, code=1)
    found = packs(report)
    assert (found["all"]["status"], found["open"]["status"]) == ("cached", "failed")
    assert "unknown brief 'alfa'" in found["open"]["diagnostics"][0]["message"]
    assert "'alpha'" in found["open"]["diagnostics"][0]["hint"]


def test_a_broken_template_fails_the_pack_with_its_place(folder: Path) -> None:
    before = hashes(folder)
    (folder / "templates/parts").mkdir(parents=True)
    (folder / "templates/parts/pack-news.html").write_text("{{ brief.titel }}", encoding="utf-8")
    report = run(folder, code=1)
    problem = packs(report)["all"]["diagnostics"][0]
    assert (problem["file"], problem["line"]) == ("templates/parts/pack-news.html", 1)
    assert "title" in problem["hint"] and hashes(folder) == before


def test_a_template_that_leaves_editions_out_fails_the_pack(folder: Path) -> None:
    (folder / "templates/parts").mkdir(parents=True)
    (folder / "templates/parts/pack-contents.html").write_text("<p>None</p>", encoding="utf-8")
    problems = packs(run(folder, code=1))["all"]["diagnostics"]
    assert any("the contents do not name" in each["message"] for each in problems)


def test_a_pack_that_is_not_what_its_parts_are_is_not_published(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = hashes(folder)
    edit(folder, "beta", lambda content: content.update(deck="Another deck"))
    monkeypatch.setattr(packjob, "problems", lambda *_: ["page 3: its text differs"])
    workspace = workspaces.load(folder)
    request = Request(workspace.briefs(), list(workspace.audiences), ("html", "pdf"), workspace.build)
    report = build(workspace, request)
    failed = {pack.pack: pack for pack in report.packs}["all"]
    assert (failed.status, failed.stale, report.exit_code) == ("failed", True, 1)
    assert "page 3: its text differs" in failed.diagnostics[0].message
    assert hashes(folder) == before


def test_the_epoch_is_the_date(folder: Path) -> None:
    report = run(folder, SOURCE_DATE_EPOCH="1793000000")
    assert packs(report)["all"]["status"] == "built"
    assert manifest(folder)["date"] == "2026-10-26"
    assert "26 October 2026" in text_of(folder / "build/packs/all.pdf")
    with pikepdf.open(folder / "build/packs/all.pdf") as file:
        assert str(file.docinfo["/CreationDate"]) == "D:20261026"


def test_frozen_and_dry_runs_tell_what_would_be_made(folder: Path) -> None:
    settings(folder, lambda data: data["packs"]["all"].update(title="Renamed"))
    rows = run_briefgen("build", "--dry-run", cwd=folder).stdout.splitlines()
    assert "build   packs/all.pdf: settings changed" in rows and "cached  packs/open.pdf" in rows
    report = run(folder, "--frozen", code=1)
    assert "--frozen" in packs(report)["all"]["diagnostics"][0]["message"]


@pytest.mark.slow
def test_the_same_bytes_in_any_surroundings(first: Path, tmp_path: Path) -> None:
    other = make_workspace(tmp_path / "a folder" / "with another name")
    run(other, "-j1", TZ="Asia/Tokyo", PYTHONHASHSEED="7", LC_ALL="C", LANG="C")
    assert hashes(other) == hashes(first)


def test_the_page_leads_to_every_edition(first: Path) -> None:
    page = (first / "build/packs/all.html").read_text(encoding="utf-8")
    for each in manifest(first)["editions"]:
        stem = each["path"].removesuffix(".pdf")
        assert f'href="../{stem}.pdf"' in page and f'href="../{stem}.html"' in page
        assert (first / "build" / f"{stem}.html").is_file()
    assert 'href="all.pdf"' in page and page.count("TLP:AMBER") >= 2
    assert "https://" not in page.partition("<style>")[0] and "<link" not in page
