"""A night as its owner sees it: only what changed is made, a kill costs nothing, what is withdrawn is gone."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

SEED = (
    "The minister opened the plant. Officials say 300 people work there. It is unclear who pays for the second line.\n"
)
BRIEF = """\
title: "Plant {number}: open, not paid for"
issued: 2026-11-23
marking: TLP:CLEAR
sources:
  - {{id: S1, file: seeds/s.txt, sha256: {sha}, kind: news, reliability: C, note: A test}}
findings:
  - id: opened
    sector: industry
    stance: reported
    text: The minister opened plant {number}.
    evidence: [{{exact: The minister opened the plant.}}]
  - id: staff
    sector: labour-social
    stance: claimed
    attribution: officials
    text: Officials say that 300 people work there.
    marking: TLP:AMBER
    evidence: [{{exact: Officials say 300 people work there.}}]
questions:
  - {{id: payer, text: Who pays for the second line?}}
"""
SETTINGS = "audiences:\n  executive: {clearance: TLP:AMBER, pages: 1}\n  public: {clearance: TLP:CLEAR, pages: 2}\n"


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A workspace of three small briefs and two audiences."""
    root = tmp_path / "night"
    (root / "seeds").mkdir(parents=True)
    (root / "seeds" / "s.txt").write_text(SEED)
    (root / "briefgen.yaml").write_text(SETTINGS)
    for number in range(1, 4):
        folder = root / "content" / f"plant-{number}"
        folder.mkdir(parents=True)
        (folder / "brief.yaml").write_text(BRIEF.format(number=number, sha=sha256(SEED.encode()).hexdigest()))
    return root


def command(root: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "briefgen", "-C", str(root), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def run(root: Path, *options: str, code: int = 0, **environment: str) -> str:
    process = command(root, *options, **environment)
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, out + err
    return out + err


def report(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "build" / "report.json").read_text())
    return found


def statuses(root: Path) -> dict[str, str]:
    return {f"{t['audience']}/{t['brief']}.{t['format']}": t["status"] for t in report(root)["targets"]}


def tree(root: Path) -> dict[str, str]:
    """What readers may be given: every file but the build's own, with its hash."""
    build = root / "build"
    files = (path for path in build.glob("*/*") if path.parent.name != ".briefgen" and path.is_file())
    return {str(path.relative_to(build)): sha256(path.read_bytes()).hexdigest() for path in files}


def edit(root: Path, brief: str, old: str, new: str) -> None:
    path = root / "content" / brief / "brief.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_only_what_changed_is_made_again(night: Path) -> None:
    run(night, "build")
    assert set(statuses(night).values()) == {"built"}
    assert len(statuses(night)) == 12
    before = tree(night)
    run(night, "build")
    assert set(statuses(night).values()) == {"cached"}
    assert tree(night) == before

    edit(night, "plant-2", "Officials say that 300 people", "Officials say that some 300 people")
    assert "the content that this audience sees changed" in run(night, "why", "executive/plant-2.pdf")
    assert "nothing changed" in run(night, "why", "public/plant-2.pdf")
    run(night, "build")
    made = {name for name, status in statuses(night).items() if status == "built"}
    assert made == {"executive/plant-2.pdf", "executive/plant-2.html"}, "the public edition does not see that item"


def test_moving_a_line_changes_no_page(night: Path) -> None:
    run(night, "build")
    edit(night, "plant-1", "issued:", "# a comment\n\nissued:")
    run(night, "build")
    assert set(statuses(night).values()) == {"cached"}


def test_a_template_that_appears_is_noticed_and_one_that_goes_too(night: Path) -> None:
    run(night, "build")
    before = tree(night)
    own = night / "content" / "plant-1" / "templates" / "parts"
    own.mkdir(parents=True)
    (own / "question.html").write_text('<li id="{{ item.id }}"><p class="body">Ask: {{ item.body }}</p></li>\n')
    assert "file parts/question.html changed" in run(night, "why", "public/plant-1.html")
    run(night, "build")
    assert {name for name, status in statuses(night).items() if status == "built"} == {
        f"{audience}/plant-1.{kind}" for audience in ("executive", "public") for kind in ("html", "pdf")
    }
    shutil.rmtree(own.parent)
    run(night, "build")
    assert set(statuses(night).values()) == {"cached"}, "the earlier result is still known"
    assert tree(night) == before


def test_frozen_fails_and_says_why(night: Path) -> None:
    told = run(night, "build", "--frozen", code=1)
    assert "it was never built" in told
    run(night, "build")
    run(night, "build", "--frozen")
    edit(night, "plant-1", "opened plant 1", "has opened plant 1")
    told = run(night, "build", "--frozen", code=1)
    assert "the content that this audience sees changed" in told


def test_a_dry_run_makes_nothing(night: Path) -> None:
    listed = run(night, "build", "--dry-run")
    assert listed.count("it was never built") == 12
    assert tree(night) == {}


def test_what_is_withdrawn_is_gone_and_foreign_files_are_kept(night: Path) -> None:
    run(night, "build")
    (night / "build" / "public" / "letter.txt").write_text("somebody's")
    edit(night, "plant-3", "marking: TLP:CLEAR", "marking: TLP:AMBER")
    shutil.rmtree(night / "content" / "plant-1")
    told = run(night, "build")
    assert "public/letter.txt" in told
    assert sorted(tree(night)) == sorted(
        [
            "executive/plant-2.html",
            "executive/plant-2.pdf",
            "executive/plant-3.html",
            "executive/plant-3.pdf",
            "public/letter.txt",
            "public/plant-2.html",
            "public/plant-2.pdf",
        ]
    )
    assert "public/plant-3.pdf" in report(night)["removed"]


def test_a_failed_target_keeps_its_last_good_file_and_says_so(night: Path) -> None:
    run(night, "build")
    before = tree(night)
    edit(night, "plant-2", "The minister opened the plant.", "The minister closed the plant.")
    told = run(night, "build", code=1)
    assert "content/plant-2/brief.yaml" in told
    assert tree(night) == before
    failed = [each for each in report(night)["targets"] if each["status"] == "failed"]
    assert {each["brief"] for each in failed} == {"plant-2"}
    assert all(each["stale"] and each["path"] for each in failed)
    assert "failing now" in report(night)["changes"]
    html = (night / "build" / "report.html").read_text()
    assert html.index("Failed") < html.index("Unchanged")
    assert (night / "build" / "junit.xml").read_text().count("<failure") == len(failed)


def test_notify_is_run_when_something_failed(night: Path, tmp_path: Path) -> None:
    note = tmp_path / "note"
    script = tmp_path / "notify"
    script.write_text(f'#!/bin/sh\necho "$1" > {note}\n')
    script.chmod(0o755)
    run(night, "build", "--notify", str(script))
    assert not note.exists()
    edit(night, "plant-2", "sector: industry", "sector: industri")
    run(night, "build", "--notify", str(script), code=1)
    assert note.read_text().strip() == str(night / "build" / "report.html")
    assert "--notify failed" in run(night, "build", "--notify", "/nowhere/at/all", code=1)


@pytest.mark.slow
def test_the_same_bytes_wherever_and_however_it_is_built(night: Path, tmp_path: Path) -> None:
    run(night, "build", "-j1", PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    elsewhere = tmp_path / "another folder, far away"
    shutil.copytree(night, elsewhere, ignore=shutil.ignore_patterns("build"))
    mask = os.umask(0o077)
    try:
        run(elsewhere, "build", "-j4", PYTHONHASHSEED="77", TZ="Asia/Tokyo", LC_ALL="C.UTF-8", HOME=str(tmp_path))
    finally:
        os.umask(mask)
    assert tree(night) == tree(elsewhere)


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_within_seconds_and_leaves_nothing_behind(night: Path, sent: int, code: int) -> None:
    for delay in (0.2, 0.9, 1.5, 2.0):
        shutil.rmtree(night / "build", ignore_errors=True)
        process = command(night, "build", "-j2")
        time.sleep(delay)
        if process.poll() is not None:
            continue
        process.send_signal(sent)
        began = time.monotonic()
        _, err = process.communicate(timeout=10)
        assert time.monotonic() - began < 5
        assert process.returncode in (code, -sent, 0), err
        assert "Traceback" not in err
        assert not list((night / "build").rglob(".briefgen-*"))


@pytest.mark.slow
def test_killed_at_any_instant_the_next_build_makes_it_whole(night: Path, tmp_path: Path) -> None:
    """kill -9 at random instants: no bad file ever has a final name, and the re-run's tree is the undisturbed one."""
    run(night, "build", "-o", str(tmp_path / "calm"))
    calm = {
        str(path.relative_to(tmp_path / "calm")): sha256(path.read_bytes()).hexdigest()
        for path in (tmp_path / "calm").glob("*/*")
        if path.parent.name != ".briefgen" and path.is_file()
    }
    assert len(calm) == 12
    chance = random.Random(5)
    for _ in range(20):
        shutil.rmtree(night / "build", ignore_errors=True)
        process = command(night, "build", "-j2")
        time.sleep(chance.uniform(0.3, 3.0))
        process.kill()
        process.communicate()
        found = tree(night)
        assert {name: sha for name, sha in found.items() if not Path(name).name.startswith(".")}.items() <= calm.items()
        run(night, "build", "-j2")
        assert tree(night) == calm
        assert not list((night / "build").rglob(".briefgen-*"))
