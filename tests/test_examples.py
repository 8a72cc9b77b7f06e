"""The ready-made schedules: every file is well-formed, and every command in it is really run."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import BRIEF, ROOT

NIGHTLY = ROOT / "examples" / "nightly"
PREFIX = Path(sys.executable).parent
# Where the examples expect things, and what stands for these here.
INSTALLED = "/opt/briefgen/bin/briefgen"


def here(text: str, workspace: Path) -> str:
    """A command of an example with this machine's paths."""
    text = text.replace(INSTALLED, str(PREFIX / "briefgen")).replace("/opt/briefgen/notify", str(NIGHTLY / "notify"))
    return text.replace("/srv/briefs", str(workspace))


def shell(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run it as cron and CI do: by /bin/sh, with briefgen on the path and little else."""
    env = {"PATH": f"{PREFIX}:/usr/bin:/bin", "HOME": str(cwd)}
    return subprocess.run(
        ["/bin/sh", "-e", "-c", command], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


def assert_built(workspace: Path) -> None:
    report = json.loads((workspace / "build" / "report.json").read_text(encoding="utf-8"))
    assert report["status"] == "ok"
    assert (workspace / "build" / "executive" / f"{BRIEF}.pdf").read_bytes().startswith(b"%PDF")


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=True, interpolation=None, comment_prefixes=("#",), delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((NIGHTLY / name).read_text(encoding="utf-8"))
    return parser


def test_every_example_is_told_of() -> None:
    told = (NIGHTLY / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in NIGHTLY.iterdir() if path.name != "README.md" and f"`{path.name}`" not in told] == []


# --- systemd ----------------------------------------------------------------------------------------


def test_systemd_understands_the_units(tmp_path: Path, workspace: Path, need: Callable[[object, str], None]) -> None:
    need(shutil.which("systemd-analyze"), "systemd-analyze (Debian package systemd) checks the units")
    for name in ("briefgen.service", "briefgen.timer"):
        # verify wants the command and the user to be there.
        text = here((NIGHTLY / name).read_text(encoding="utf-8"), workspace).replace("User=briefgen", "User=root")
        (tmp_path / name).write_text(text, encoding="utf-8")
        asked = ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)]
        result = subprocess.run(asked, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        assert name not in result.stderr, result.stderr
    when = unit("briefgen.timer")["Timer"]["OnCalendar"]
    subprocess.run(["systemd-analyze", "calendar", when], check=True, capture_output=True)


def test_the_service_shuts_out_what_a_build_does_not_need() -> None:
    service = unit("briefgen.service")["Service"]
    assert service["Type"] == "oneshot" and service["User"] == "briefgen"
    assert (service["PrivateNetwork"], service["ProtectSystem"], service["NoNewPrivileges"]) == ("yes", "strict", "yes")
    assert service["ReadWritePaths"] == f"{service['WorkingDirectory']}/build"
    assert unit("briefgen.timer")["Timer"]["Unit"] == "briefgen.service"


@pytest.mark.slow
def test_the_services_command_builds_a_night(workspace: Path) -> None:
    service = unit("briefgen.service")["Service"]
    result = shell(here(service["ExecStart"], workspace), Path(here(service["WorkingDirectory"], workspace)))
    assert result.returncode == 0, result.stderr
    assert_built(workspace)


@pytest.mark.slow
def test_it_builds_without_network_and_with_one_folder_to_write(workspace: Path) -> None:
    """The two options of the service that could bite, as the kernel gives them: PrivateNetwork and ProtectSystem."""
    inside = ["unshare", "--net", "--mount", "/bin/sh", "-e", "-c"]
    if not shutil.which("unshare") or subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
        pytest.skip("namespaces need root")
    (workspace / "build").mkdir()
    folder = shlex.quote(str(workspace))
    lock = f"mount --bind {folder} {folder}; mount --bind {folder}/build {folder}/build; "
    lock += f"mount -o remount,bind,ro {folder}; ! touch {folder}/x 2>/dev/null; cd {folder}; "
    command = here(unit("briefgen.service")["Service"]["ExecStart"], workspace)
    result = subprocess.run([*inside, lock + command], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert_built(workspace)


# --- cron -------------------------------------------------------------------------------------------


def cron_lines() -> list[str]:
    lines = (NIGHTLY / "crontab").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#") and not re.match(r"\w+=", line)]


def test_the_crontab_is_well_formed() -> None:
    limits = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
    (line,) = cron_lines()
    *when, command = line.split(None, 5)
    for value, (low, high) in zip(when, limits, strict=True):
        assert value == "*" or low <= int(value) <= high
    assert "%" not in command, "cron takes it for the end of the line"
    assert (NIGHTLY / "crontab").read_text(encoding="utf-8").endswith("\n"), "cron ignores a line without an end"


@pytest.mark.slow
def test_crons_command_builds_a_night_and_tells_of_a_bad_one(workspace: Path) -> None:
    command = here(cron_lines()[0].split(None, 5)[5], workspace)
    result = shell(command, Path("/"))
    assert result.returncode == 0, result.stderr
    assert_built(workspace)
    brief = workspace / "content" / BRIEF / "brief.yaml"
    brief.write_text(brief.read_text(encoding="utf-8") + "nonsense: true\n", encoding="utf-8")
    result = shell(command, Path("/"))
    assert result.returncode == 1
    assert f"the night had failures, see {workspace / 'build' / 'report.html'}" in result.stderr


# --- CI services ------------------------------------------------------------------------------------


def github() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((NIGHTLY / "github.yml").read_text(encoding="utf-8"))
    return found


def gitlab() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((NIGHTLY / "gitlab-ci.yml").read_text(encoding="utf-8"))
    return found


def steps(service: str) -> list[str]:
    """The shell commands of a CI file, one a line."""
    if service == "gitlab":
        job = gitlab()["nightly"]
        return [*job["before_script"], *job["script"]]
    return [line for step in github()["jobs"]["build"]["steps"] for line in step.get("run", "").splitlines()]


def test_the_ci_files_have_the_form_that_the_services_read() -> None:
    # YAML 1.1 reads the key `on` as true; the service does not.
    assert github()[True]["schedule"] == [{"cron": "30 2 * * *"}]
    assert github()["permissions"] == {"contents": "read"}
    for step in github()["jobs"]["build"]["steps"]:
        assert len({"uses", "run"} & set(step)) == 1
        assert "run" in step or re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"])
    job = gitlab()["nightly"]
    assert job["artifacts"]["reports"]["junit"] == "build/junit.xml"
    assert job["cache"]["paths"] == job["artifacts"]["paths"] == ["build"]


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_the_ci_steps_install_what_scripts_prepare_installs(service: str) -> None:
    wanted = set(re.findall(r"want (lib\S+)", (ROOT / "scripts" / "prepare").read_text(encoding="utf-8")))
    assert wanted and wanted <= set(" ".join(steps(service)).split())
    assert any("pip install --quiet --constraint constraints.txt ." in line for line in steps(service))


@pytest.mark.slow
@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_the_ci_steps_build_a_clone(service: str, tmp_path: Path) -> None:
    """All steps but those that change the machine: its packages, and the Python that runs this test."""
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True, capture_output=True
    )
    run = [line for line in steps(service) if not re.search(r"apt-get|pip install", line)]
    assert run
    for line in run:
        result = shell(line, clone)
        assert result.returncode == 0, result.stderr
    assert_built(clone)
    for path in (clone / "build" / "junit.xml", clone / "build" / "report.html"):
        assert path.is_file()


# --- Containers -------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    text = (NIGHTLY / "Containerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.M).replace("\\\n", " ")
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in text.splitlines() if line.strip()]


def copied() -> list[str]:
    """What the image takes from the repository."""
    found = []
    for _, rest in (each for each in instructions() if each[0] == "COPY"):
        words = rest.split()
        if not any(word.startswith("--from") for word in words):
            found += [word for word in words if not word.startswith("--")][:-1]
    return found


def test_the_containerfile_is_sound() -> None:
    kinds = [kind for kind, _ in instructions()]
    assert set(kinds) <= {"FROM", "RUN", "COPY", "USER", "WORKDIR", "ENTRYPOINT", "CMD"}
    assert [source for source in copied() if not (ROOT / source).exists()] == []
    users = [rest for kind, rest in instructions() if kind == "USER"]
    assert users[-1:] == ["briefgen"], "it must not run as root"
    assert kinds.index("USER") > max(at for at, kind in enumerate(kinds) if kind == "RUN")
    for kind, rest in instructions():
        if kind == "RUN":
            subprocess.run(["/bin/sh", "-n", "-c", rest], check=True)
        if kind in ("ENTRYPOINT", "CMD"):
            assert isinstance(json.loads(rest), list), "a shell would keep signals from reaching the build"
    wanted = set(re.findall(r"want (lib\S+)", (ROOT / "scripts" / "prepare").read_text(encoding="utf-8")))
    assert wanted <= set(" ".join(rest for kind, rest in instructions() if kind == "RUN").split())


@pytest.mark.slow
def test_the_containers_command_builds_a_night(workspace: Path) -> None:
    last = dict(instructions())
    command = shlex.join([*json.loads(last["ENTRYPOINT"]), *json.loads(last["CMD"])])
    result = shell(here(command, workspace), workspace)
    assert result.returncode == 0, result.stderr
    assert_built(workspace)


@pytest.mark.slow
def test_the_wheel_builds_from_what_the_container_copies(tmp_path: Path) -> None:
    for source in copied():
        target = tmp_path / "src" / source
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, target)
    (wheel,) = (rest for kind, rest in instructions() if kind == "RUN" and "pip3 wheel" in rest)
    command = wheel.replace("pip3", f"{PREFIX}/pip").replace("/dist", str(tmp_path / "dist"))
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    result = subprocess.run(
        command, shell=True, cwd=tmp_path / "src", env=env, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    (made,) = (tmp_path / "dist").glob("briefgen-*.whl")
    names = subprocess.check_output([sys.executable, "-m", "zipfile", "-l", str(made)], text=True)
    assert "briefgen/templates/base.html" in names and "briefgen/layout/fonts.conf" in names
