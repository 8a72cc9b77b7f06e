"""A build from end to end, as a second process, on a workspace of two briefs, two audiences and one override."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from conftest import Once, Run, run_briefgen
from proofs import letters, pdf_text

HOUSE = Path(__file__).parent / "workspace"
PLANT = "content/plant/brief.yaml"
EDITIONS = ("executive/bridge", "executive/plant", "public/plant")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    return shutil.copytree(HOUSE, tmp_path / "house")


@pytest.fixture(scope="module")
def finished(once: Once) -> Path:
    """The workspace, built; only to look at."""

    def make(folder: Path) -> None:
        result = run_briefgen("build", cwd=shutil.copytree(HOUSE, folder, dirs_exist_ok=True))
        assert result.returncode == 0, result.stderr

    return once("house", make)


def report(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "build" / "report.json").read_text(encoding="utf-8"))
    return found


def targets(root: Path) -> dict[str, dict[str, Any]]:
    return {f"{each['audience']}/{each['brief']}.{each['format']}": each for each in report(root)["targets"]}


def files(root: Path, under: str = "*") -> dict[str, bytes]:
    """What readers may be given."""
    build = root / "build"
    found = (path for path in build.glob(f"{under}/*.*") if not path.parent.name.startswith("."))
    return {str(path.relative_to(build)): path.read_bytes() for path in found}


def edit(root: Path, old: str, new: str, name: str = PLANT) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new), encoding="utf-8")


def test_each_edition_is_there_in_both_formats_and_nothing_else(finished: Path) -> None:
    assert set(files(finished)) == {f"{name}.{kind}" for name in EDITIONS for kind in ("html", "pdf")}


def test_an_override_of_a_brief_is_for_that_brief_alone(finished: Path) -> None:
    words = "House style of the bridge desk"
    assert {name for name, data in files(finished).items() if words.encode() in data} == {"executive/bridge.html"}
    assert letters(words) in letters(pdf_text(finished / "build/executive/bridge.pdf"))


def test_the_report_keeps_the_contract(finished: Path) -> None:
    found = report(finished)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", found["started"])
    assert found["seconds"] > 0
    assert found["status"] == "ok"
    assert {"briefgen", "weasyprint"} <= set(found["versions"])
    kinds = {
        "brief": str, "audience": str, "language": str, "format": str, "status": str, "path": str, "sha256": str,
        "pages": int, "page_budget": int, "fill": float, "kept": list, "shortened": list, "omitted": list,
        "layouts": int, "seconds": float, "diagnostics": list,
    }  # fmt: skip
    for target in found["targets"]:
        assert {name: type(target[name]) for name in kinds} == kinds
        assert target["status"] == "built"
        assert target["sha256"] == sha256((finished / "build" / target["path"]).read_bytes()).hexdigest()
    assert [each["path"] for each in found["targets"]] == sorted(each["path"] for each in found["targets"])


def test_the_report_says_what_each_edition_holds(finished: Path) -> None:
    found = targets(finished)
    assert found["executive/plant.pdf"]["kept"] == ["opened", "machines", "staff", "power", "payer"]
    assert found["public/plant.pdf"]["kept"] == ["sum", "opened", "staff", "power", "payer"]
    assert found["executive/bridge.pdf"]["language"] == "ru"
    assert (found["public/plant.pdf"]["page_budget"], found["public/plant.pdf"]["pages"]) == (2, 1)


def test_a_brief_above_the_clearance_leaves_no_trace(finished: Path) -> None:
    tree = files(finished, "public")
    assert [name for name in tree if "bridge" in name] == []
    assert not any("Мост".encode() in data or b"bridge" in data for data in tree.values())


def test_what_is_above_the_clearance_is_in_no_edition(finished: Path) -> None:
    for name, data in files(finished).items():
        assert b"unions" not in data, name
        assert b"machines" not in data or "executive" in name


@pytest.mark.slow
def test_one_failing_brief_does_not_stop_the_others(house: Path, briefgen: Run) -> None:
    edit(house, "exact: The minister opened the plant in the spring.", "exact: The minister closed the plant.")
    result = briefgen("build", cwd=house)
    assert result.returncode == 1
    assert {name: each["status"] for name, each in targets(house).items()} == {
        "executive/bridge.html": "built", "executive/bridge.pdf": "built",
        "executive/plant.html": "failed", "executive/plant.pdf": "failed",
        "public/plant.html": "failed", "public/plant.pdf": "failed",
    }  # fmt: skip
    failed = targets(house)["executive/plant.pdf"]
    (told,) = (each for each in failed["diagnostics"] if each["severity"] == "error")
    assert (told["file"], type(told["line"]), type(told["column"])) == (PLANT, int, int)
    assert "path" not in failed
    assert report(house)["status"] == "failed"
    assert "Traceback" not in result.stderr


BAD = {
    "invalid YAML": ("findings:", "findings: [", "invalid YAML"),
    "wrong type": ("credibility: 2", "credibility: high", "credibility"),
    "unknown field": ("headline:", "headlin:", "headlin"),
    "unknown sector": ("sector: industry\n    headline", "sector: industri\n    headline", "did you mean 'industry'"),
    "unknown marking": ("marking: TLP:RED", "marking: TLP:PINK", "TLP:PINK"),
    "looser marking": ("marking: TLP:CLEAR", "marking: TLP:RED", "looser than the brief's TLP:RED"),
    "dangling source": ("exact: The plant takes", "source: S9, exact: The plant takes", "unknown source 'S9'"),
    "duplicate id": ("id: staff", "id: opened", "duplicate id 'opened'"),
    "changed source": ("682340b8", "00000000", "source 'S1': the source changed"),
}


@pytest.mark.parametrize("kind", BAD)
def test_each_kind_of_bad_input_has_its_place(kind: str, house: Path, briefgen: Run) -> None:
    old, new, said = BAD[kind]
    edit(house, old, new)
    result = briefgen("build", "plant", "-f", "html", cwd=house)
    assert result.returncode == 1, result.stderr
    assert said in result.stderr
    assert re.search(rf"^{PLANT}:\d+:\d+: ", result.stderr, re.M)
    assert "Traceback" not in result.stderr
    assert files(house) == {}


@pytest.mark.slow
def test_a_broken_template_fails_its_brief_alone_and_keeps_the_old_output(house: Path, briefgen: Run) -> None:
    assert briefgen("build", cwd=house).returncode == 0
    before = files(house)
    part = house / "content/plant/templates/parts/risk.html"
    part.parent.mkdir(parents=True)
    part.write_text("<tr><td>\n{{ item.likelihod }}</td></tr>", encoding="utf-8")
    result = briefgen("build", cwd=house)
    assert result.returncode == 1
    where = "content/plant/templates/parts/risk.html:2"
    assert f"{where}: unknown field 'likelihod'\n  hint: did you mean 'likelihood'?" in result.stderr
    assert files(house) == before
    stale = targets(house)["public/plant.pdf"]
    assert (stale["status"], stale["stale"], stale["path"]) == ("failed", True, "public/plant.pdf")
    assert targets(house)["executive/bridge.pdf"]["status"] == "cached"


SECRET = "an engineer calls the machines old, and gives no year of make"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("text: Officials say that 300 people work there.", f"text: Officials say that {SECRET}."),
        ("deck: What one report says", f"deck: “{SECRET.capitalize()}”"),
        ("text: Who pays for the second line?", f"text: 'Is it so that {SECRET.replace(',', ' –')}?'"),
        ("note: A made-up report.", f"note: '{SECRET}'"),
    ],
)
def test_words_above_the_clearance_in_a_cleared_text_are_stopped(
    old: str, new: str, house: Path, briefgen: Run
) -> None:
    assert briefgen("build", "plant", cwd=house).returncode == 0
    edit(house, old, new)
    result = briefgen("build", "plant", cwd=house)
    assert result.returncode == 3, result.stderr
    assert re.search(rf"^{PLANT}:\d+:\d+: leak prevented: .*'machines'.*'public'", result.stderr, re.M)
    found = targets(house)
    assert {name: each["status"] for name, each in found.items() if "public" in name} == {
        "public/plant.html": "failed",
        "public/plant.pdf": "failed",
    }
    # What is out may hold the same words: it is withdrawn, and for those who may read them all is well.
    assert files(house, "public") == {}
    assert found["executive/plant.pdf"]["status"] == "built"


@pytest.mark.slow
def test_strict_turns_warnings_into_failure(house: Path, briefgen: Run) -> None:
    edit(house, "note: A made-up report., ", "")
    assert briefgen("build", "plant", cwd=house).returncode == 0
    result = briefgen("build", "plant", "--strict", "-o", "strict", cwd=house)
    assert result.returncode == 1
    assert "has no note" in result.stderr
    assert list((house / "strict").glob("*/plant.*")) == []


@pytest.mark.slow
def test_what_amber_items_say_changes_no_public_byte(house: Path, briefgen: Run, tmp_path: Path) -> None:
    """Longer, shorter, with other numbers and priorities, or absent: readers of the public edition cannot tell."""
    item = re.search(r"  - id: machines\n(?:    .*\n)+", (house / PLANT).read_text(encoding="utf-8"))
    assert item
    longer = item[0].replace("calls the machines old", "puts the age of all 412 machines at 17 years " * 6)
    urgent = item[0].replace("credibility: 4", "credibility: 2\n    priority: 1").replace("industry", "trade")
    trees = []
    for number, text in enumerate((item[0], longer, urgent, "")):
        root = shutil.copytree(house, tmp_path / f"house-{number}")
        edit(root, item[0], text)
        result = briefgen("build", cwd=root)
        assert result.returncode == 0, result.stderr
        trees.append(files(root, "public"))
        assert trees[-1] == trees[0]
    assert set(trees[0]) == {"public/plant.html", "public/plant.pdf"}


@pytest.mark.slow
def test_an_image_that_is_missing_or_too_large_fails_with_its_place(house: Path, briefgen: Run) -> None:
    from test_layout_engine import png

    (house / "templates/img").mkdir(parents=True)
    (house / "templates/img/huge.png").write_bytes(png(20_000, 20_000))
    for name, said in (
        ("img/huge.png", "templates/img/huge.png: the image is too large"),
        ("img/no.png", "'img/no.png'"),
    ):
        part = f'<header class="head clear"><p><img alt="" src="{name}"></p><p class="tlp">{{{{ label }}}}</p></header>'
        (house / "templates/parts").mkdir(exist_ok=True)
        (house / "templates/parts/head.html").write_text(part, encoding="utf-8")
        result = briefgen("build", "plant", "-a", "public", cwd=house)
        assert result.returncode == 1
        assert said in result.stderr


def test_the_files_of_the_sample_are_sound(finished: Path) -> None:
    qpdf = shutil.which("qpdf")
    if not qpdf:
        pytest.skip("qpdf is missing")
    for name in EDITIONS:
        subprocess.run([qpdf, "--check", str(finished / f"build/{name}.pdf")], check=True, capture_output=True)
