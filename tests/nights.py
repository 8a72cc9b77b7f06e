"""What tests of a night share: workspaces of small briefs, the command as a process, and what lies in its folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
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
AUDIENCES = "audiences:\n  executive: {clearance: TLP:AMBER, pages: 1}\n  public: {clearance: TLP:CLEAR, pages: 2}\n"
ONE_AUDIENCE = "audiences:\n  executive: {clearance: TLP:AMBER, pages: 1}\n"
PACK = "packs:\n  all: {title: All of it, audiences: [executive, public], briefs: '*'}\n"


def scale(small: int, full: int) -> list[Any]:
    """A test's two sizes: one for every day, and the customer's figure."""
    every_day = pytest.param(small, marks=pytest.mark.slow, id=f"{small}")
    return [every_day, pytest.param(full, marks=pytest.mark.soak, id=f"{full}")]


def workspace(root: Path, numbers: Iterable[object], settings: str = AUDIENCES) -> Path:
    """A workspace with a brief `plant-N` for each number, written in that order."""
    (root / "seeds").mkdir(parents=True)
    (root / "seeds" / "s.txt").write_text(SEED)
    (root / "briefgen.yaml").write_text(settings)
    for number in numbers:
        add(root, number)
    return root


def add(root: Path, number: object, name: str | None = None) -> None:
    folder = root / "content" / (name or f"plant-{number}")
    folder.mkdir(parents=True)
    (folder / "brief.yaml").write_text(BRIEF.format(number=number, sha=sha256(SEED.encode()).hexdigest()))


def edit(root: Path, brief: str, old: str, new: str) -> None:
    path = root / "content" / brief / "brief.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def command(root: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
    """The command, in a process group of its own, with a folder for temporary files that others do not use."""
    (root / "tmp").mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "briefgen", "-C", str(root), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(root / "tmp"), **environment},
        start_new_session=True,
    )


def end(process: subprocess.Popen[str]) -> None:
    """Whatever became of it, nothing of it goes on."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run(root: Path, *options: str, code: int = 0, **environment: str) -> str:
    process = command(root, *options, **environment)
    try:
        out, err = process.communicate(timeout=3600)
    finally:
        end(process)
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


def temporary(root: Path) -> list[Path]:
    within = [*(root / "build").rglob(".briefgen-*"), *(root / "build" / ".briefgen").glob("tmp")]
    return [*within, *(root / "tmp").glob("*")]


def group(leader: int) -> list[int]:
    """The living processes of a process group."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(its_group) == leader and state != "Z":
            found.append(int(path.parent.name))
    return found
