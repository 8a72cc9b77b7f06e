"""What several test modules share: a workspace to spoil, a build to look at, the command as a second process.

- `workspace`  a fresh copy of the sample workspace (content/, seeds/, briefgen.yaml), to change at will
- `briefgen`   runs the command as users do, in a process of its own: `briefgen("build", cwd=workspace)`
- `built`      every edition of the example brief, built once a test run; read it, never change it
- `need`       `need(tool, why)`: skips where a tool is missing, but fails in CI (environment variable CI)
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
BRIEF = "belarus-russia-technology"
AUDIENCES = ("executive", "note", "briefing", "public")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Built:
    """A finished build: its folder, its workspace and its report."""

    folder: Path
    workspace: Path
    report: dict[str, Any]

    def path(self, audience: str, kind: str) -> Path:
        return self.folder / audience / f"{BRIEF}.{kind}"

    def target(self, audience: str, kind: str = "pdf") -> dict[str, Any]:
        return next(t for t in self.report["targets"] if (t["audience"], t["format"]) == (audience, kind))


def copy_workspace(folder: Path) -> Path:
    """A copy of the sample workspace in `folder`."""
    for name in ("content", "seeds"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "briefgen.yaml", folder)
    return folder


def run_briefgen(
    *arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None, umask: int = -1
) -> subprocess.CompletedProcess[str]:
    """The command in a second process; `env` comes on top of this process's environment."""
    return subprocess.run(
        [sys.executable, "-m", "briefgen", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | dict(env or {}),
        umask=umask,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return copy_workspace(tmp_path / "workspace")


@pytest.fixture
def briefgen() -> Run:
    return run_briefgen


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Built:
    base = tmp_path_factory.getbasetemp()
    # Workers of pytest-xdist have a folder each inside that of the run: the first to come builds for all.
    shared = base if worker_id == "master" else base.parent
    workspace, done = shared / "sample", shared / "sample-done"
    with (shared / "sample-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            copy_workspace(workspace)
            result = run_briefgen("build", cwd=workspace)
            assert result.returncode == 0, result.stderr
            done.touch()
    report = json.loads((workspace / "build" / "report.json").read_text(encoding="utf-8"))
    return Built(workspace / "build", workspace, report)


@pytest.fixture(scope="session")
def need() -> Callable[[object, str], None]:
    def check(tool: object, why: str) -> None:
        if not tool and os.environ.get("CI"):
            pytest.fail(f"missing in CI: {why}")
        if not tool:
            pytest.skip(why)

    return check
