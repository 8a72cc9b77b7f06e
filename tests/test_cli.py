"""The command line as people and programs meet it: help, mistakes, exit codes, pipes, terminals."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from briefgen.build import Report, Request
from briefgen.cli import main
from conftest import Run

ROOT = Path(__file__).parents[1]
HOUSE = Path(__file__).parent / "workspace"
COMMAND = [sys.executable, "-m", "briefgen"]
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    return shutil.copytree(HOUSE, tmp_path / "house")


def commands() -> Iterator[str]:
    yield from sorted(main.commands)


# --- Help -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", commands())
def test_every_command_has_help_with_an_example(name: str) -> None:
    command = main.commands[name]
    text = command.get_help(click.Context(command, info_name=name))
    assert f"briefgen {name}" in text
    assert "Example" in text
    first = re.split(r"\.(?:\s|$)", (command.help or "").strip())[0]
    assert len(first) > 20


@pytest.mark.parametrize("name", commands())
def test_every_option_says_what_it_does(name: str) -> None:
    options = (each for each in main.commands[name].params if isinstance(each, click.Option))
    assert [each.name for each in options if not each.help and each.name not in ("output",)] == []


@pytest.mark.parametrize("name", commands())
def test_every_command_stands_in_the_readme(name: str) -> None:
    assert f"briefgen {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_help_lists_the_exit_codes(briefgen: Run, tmp_path: Path) -> None:
    text = briefgen("--help", cwd=tmp_path).stdout
    for code in ("0 done", "1 a target failed", "2 wrong", "3 a leak", "4 the environment", "70 a bug", "130/143"):
        assert code in " ".join(text.split())


def test_the_version_is_told(briefgen: Run, tmp_path: Path) -> None:
    assert re.fullmatch(r"briefgen, version \d+\.\d+\.\d+\n", briefgen("--version", cwd=tmp_path).stdout)


# --- Wrong usage ----------------------------------------------------------------------------------

WRONG = {
    "brief": (("build", "plnt"), "unknown brief 'plnt'", "did you mean 'plant'?"),
    "brief to check": (("check", "brigde"), "unknown brief 'brigde'", "did you mean 'bridge'?"),
    "audience": (("build", "-a", "executiv"), "unknown audience 'executiv'", "did you mean 'executive'?"),
    "format": (("build", "-f", "pfd"), "unknown format 'pfd'", "did you mean 'pdf'?"),
    "templates of": (("templates", "plan"), "unknown brief 'plan'", "did you mean 'plant'?"),
    "far off": (("build", "-a", "zzz"), "unknown audience 'zzz'", "known: executive, public"),
    "in capitals": (("build", "PLANT"), "unknown brief 'PLANT'", "did you mean 'plant'?"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_name_is_answered_with_the_nearest(case: str, briefgen: Run) -> None:
    arguments, message, hint = WRONG[case]
    result = briefgen(*arguments, cwd=HOUSE)
    assert result.returncode == 2
    assert message in result.stderr
    assert hint in result.stderr
    assert result.stdout == ""


def test_every_wrong_name_is_told_at_once(briefgen: Run) -> None:
    result = briefgen("build", "plnt", "brigde", cwd=HOUSE)
    assert "'plnt'" in result.stderr
    assert "'brigde'" in result.stderr


@pytest.mark.parametrize("arguments", [("biuld",), ("build", "--colour"), ("build", "-j", "0"), ("new",), ("-C",)])
def test_wrong_usage_is_2(arguments: tuple[str, ...], briefgen: Run) -> None:
    result = briefgen(*arguments, cwd=HOUSE)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_without_content_there_is_nothing_to_build(briefgen: Run, tmp_path: Path) -> None:
    missing = briefgen("build", cwd=tmp_path)
    assert missing.returncode == 2
    assert "there is no content directory" in missing.stderr
    (tmp_path / "content").mkdir()
    empty = briefgen("build", cwd=tmp_path)
    assert empty.returncode == 2
    assert "holds no <name>/brief.yaml" in empty.stderr
    assert "hint:" in empty.stderr
    assert not (tmp_path / "build").exists()


def test_a_workspace_that_is_none(briefgen: Run, tmp_path: Path) -> None:
    for name in ("nowhere", "file"):
        (tmp_path / "file").write_text("")
        result = briefgen("-C", name, "check", cwd=tmp_path)
        assert result.returncode == 2
        assert "not a directory" in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("audiences: {executive: {clearance: TLP:AMBR, pages: 1}}", "TLP:AMBR"),
        ("audiences: {executive: {clearance: TLP:AMBER, pages: 0}}", "pages"),
        ("audience: {}", "audience"),
        ("audiences: [", "invalid YAML"),
        ("packs: {nightly: {audiences: [executiv]}}", "did you mean 'executive'?"),
        ("audiences: {packs: {clearance: TLP:AMBER, pages: 1}}", "folder of build/"),
    ],
)
def test_a_wrong_briefgen_yaml_is_told_with_its_place(text: str, said: str, house: Path, briefgen: Run) -> None:
    (house / "briefgen.yaml").write_text(text, encoding="utf-8")
    result = briefgen("check", cwd=house)
    assert result.returncode in (1, 2)
    assert re.search(r"^briefgen\.yaml:\d+:\d+: ", result.stderr, re.M)
    assert said in result.stderr


# --- Files that cannot be read or written ---------------------------------------------------------

AS_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")


def test_a_brief_that_is_a_folder_or_not_utf8(house: Path, briefgen: Run) -> None:
    path = house / "content/plant/brief.yaml"
    path.write_bytes(b"title: caf\xe9\n")
    result = briefgen("check", "plant", cwd=house)
    assert result.returncode == 1
    assert "content/plant/brief.yaml:1:11: byte 0xe9 is not UTF-8" in result.stderr
    path.unlink()
    path.mkdir()
    result = briefgen("check", "plant", cwd=house)
    assert result.returncode in (1, 2)
    assert "Traceback" not in result.stderr


@AS_ROOT
def test_a_brief_that_may_not_be_read(house: Path, briefgen: Run) -> None:
    (house / "content/plant/brief.yaml").chmod(0)
    result = briefgen("build", cwd=house)
    assert "cannot be read: Permission denied" in result.stderr


@pytest.mark.slow
def test_a_build_folder_that_cannot_be_written_is_4(house: Path, briefgen: Run) -> None:
    if os.geteuid() == 0:
        # Root writes anywhere but below a file.
        (house / "build").write_text("in the way")
    else:
        (house / "build").mkdir()
        (house / "build").chmod(0o500)
    result = briefgen("build", "plant", cwd=house)
    assert result.returncode == 4, result.stderr
    assert "Traceback" not in result.stderr
    assert "hint:" in result.stderr


@pytest.mark.slow
def test_an_audience_whose_folder_cannot_be_written_is_4_and_the_other_is_built(house: Path, briefgen: Run) -> None:
    (house / "build").mkdir()
    (house / "build/public").write_text("in the way")
    result = briefgen("build", "plant", cwd=house)
    assert result.returncode == 4, result.stderr
    assert "Traceback" not in result.stderr
    assert (house / "build/executive/plant.pdf").is_file()


def test_the_code_of_a_signal_is_kept_however_long_it_takes_to_end() -> None:
    """The alarm that repeats the signal must not outlive what hears it."""
    code = """
import os, signal, time
from briefgen.cli import _leave_on_signals
class Slow:
    def __del__(self, sleep=time.sleep):
        sleep(1.5)
slow = Slow()
_leave_on_signals()
os.kill(os.getpid(), signal.SIGTERM)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 143


def test_as_many_processes_as_there_are_cores(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def build(_: object, request: Request) -> Report:
        asked.append(request.jobs)
        return Report("", 0.0, [])

    monkeypatch.setattr("briefgen.build.build", build)
    monkeypatch.setattr("briefgen.cli._leave_on_signals", lambda: None)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 2, 5}, raising=False)
    for options in ((), ("-j", "7")):
        assert CliRunner().invoke(main, ["-C", str(house), "build", *options]).exit_code == 0
    assert asked == [3, 7]


# --- Data on stdout, words on stderr --------------------------------------------------------------


def test_json_on_stdout_is_data_only(house: Path, briefgen: Run) -> None:
    for arguments in (("check",), ("templates",)):
        result = briefgen(*arguments, "--format", "json", cwd=house)
        assert result.returncode == 0
        assert isinstance(json.loads(result.stdout), list)
    assert json.loads(briefgen("schema", cwd=house).stdout)["$schema"]


def test_json_tells_each_problem_with_its_place(house: Path, briefgen: Run) -> None:
    path = house / "content/plant/brief.yaml"
    path.write_text(path.read_text("utf-8").replace("sector: industry", "sector: industri"), encoding="utf-8")
    result = briefgen("check", "plant", "--format", "json", cwd=house)
    assert result.returncode == 1
    found = json.loads(result.stdout)
    assert {"severity", "file", "line", "column", "message", "hint"} <= set(found[0])


@pytest.mark.parametrize("arguments", [("check", "plan", "--format=json"), ("build", "-f", "json", "-a", "exec")])
def test_what_stops_a_command_is_data_too(house: Path, briefgen: Run, arguments: tuple[str, ...]) -> None:
    result = briefgen(*arguments, cwd=house)
    assert result.returncode == 2
    (found,) = json.loads(result.stdout)
    assert found["message"].startswith("unknown ")
    assert found["hint"].startswith("did you mean")


@pytest.mark.parametrize("target", ["plant", "executive", "plant.pdf"])
def test_why_tells_the_form_of_a_target(house: Path, briefgen: Run, target: str) -> None:
    result = briefgen("why", target, cwd=house)
    assert result.returncode == 2
    assert "AUDIENCE/BRIEF.FORMAT" in result.stderr


def test_why_knows_packs(house: Path, briefgen: Run) -> None:
    with (house / "briefgen.yaml").open("a", encoding="utf-8") as file:
        file.write("packs:\n  nightly: {audiences: [public], briefs: [plant]}\n")
    for target in ("packs/nightly", "packs/nightly.pdf", str(house / "build/packs/nightly.pdf")):
        result = briefgen("why", target, cwd=house)
        assert result.stdout == "build packs/nightly.pdf: edition public/plant.pdf is to be made\n", result.stderr
    unknown = briefgen("why", "packs/nightl", cwd=house)
    assert unknown.returncode == 2 and "did you mean 'nightly'?" in unknown.stderr


@pytest.mark.slow
def test_one_format_does_not_make_the_other_anew(house: Path, briefgen: Run) -> None:
    assert "2 built" in briefgen("build", "plant", "-a", "public", cwd=house).stderr
    again = briefgen("build", "content/plant", "-a", "public", "-f", "pdf", cwd=house).stderr
    assert "0 built, 1 unchanged" in again
    assert "nothing changed" in briefgen("why", str(house / "build/public/plant.pdf"), cwd=house).stdout
    told = json.loads(briefgen("why", "public/plant.pdf", "--format", "json", cwd=house).stdout)
    assert told == [{"target": "public/plant.pdf", "state": "cached", "why": []}]


@pytest.mark.slow
def test_the_report_of_a_build_is_data_on_stdout(house: Path, briefgen: Run) -> None:
    result = briefgen("build", "plant", "-a", "public", "-f", "html", "-f", "json", cwd=house)
    assert result.returncode == 0
    report = json.loads(result.stdout)
    assert [each["path"] for each in report["targets"]] == ["public/plant.html"]
    assert report == json.loads((house / "build/report.json").read_text("utf-8"))


@pytest.mark.slow
def test_without_a_terminal_progress_is_plain_lines(house: Path, briefgen: Run) -> None:
    result = briefgen("build", "plant", cwd=house)
    assert result.stdout == ""
    assert sorted(re.findall(r"(?m)^built  (\S+)  1 of \d pages?, last page \d+% full, ", result.stderr)) == [
        "executive/plant.html",
        "executive/plant.pdf",
        "public/plant.html",
        "public/plant.pdf",
    ]
    assert not CONTROL.search(result.stderr)
    assert "\r" not in result.stderr
    quiet = briefgen("build", "plant", "--quiet", cwd=house)
    assert quiet.stderr.count("\n") == 1


# --- Terminals and pipes --------------------------------------------------------------------------


def on_terminal(*arguments: str, cwd: Path) -> str:
    """What a person sees: all that the command writes to a terminal."""
    above, below = pty.openpty()
    with subprocess.Popen([*COMMAND, *arguments], cwd=cwd, stdin=below, stdout=below, stderr=below) as process:
        os.close(below)
        seen = b""
        while True:
            try:
                data = os.read(above, 65536)
            except OSError:
                break
            if not data:
                break
            seen += data
    os.close(above)
    assert process.returncode is not None
    return seen.decode()


EVIL = "\\e]0;owned\\a\\e[2J\\x9b31m\\u202eevil"


def test_control_characters_never_reach_a_terminal(house: Path) -> None:
    path = house / "content/plant/brief.yaml"
    text = path.read_text(encoding="utf-8")
    for spoiled in (
        text.replace("sector: industry", f'sector: "{EVIL}"', 1),
        text.replace("id: opened", f'id: "{EVIL}"', 1),
        text.replace("deck:", f'"{EVIL}":', 1),
        text.replace("deck: What", "deck: \x1b[2J\x9b31m What", 1),
        text.replace("exact: The plant takes", f'exact: "{EVIL} and more words"', 1),
        text.replace("marking: TLP:RED", f'marking: "{EVIL}"', 1),
    ):
        path.write_text(spoiled, encoding="utf-8")
        seen = on_terminal("check", "plant", cwd=house)
        assert "brief.yaml" in seen
        assert not CONTROL.search(seen), repr(seen)


@pytest.mark.slow
def test_nor_do_those_of_names(house: Path) -> None:
    evil = house / "content" / "a\x1b[2Jb"
    evil.mkdir()
    (evil / "brief.yaml").write_text("title: 1\n", encoding="utf-8")
    for arguments in (("check",), ("templates", "x\x1b[31m"), ("build", "x\x1b[31m"), ("new", "\x1b[31mx")):
        assert not CONTROL.search(on_terminal(*arguments, cwd=house))


@pytest.mark.slow
def test_on_a_terminal_there_is_a_bar(house: Path) -> None:
    seen = on_terminal("build", "plant", "-a", "public", cwd=house)
    assert "building" in seen
    assert "2/2" in seen
    assert re.search(r"1/2 +\d\d:\d\d:\d\d +\d+\.\d/s", seen), "time left and rate"


def test_a_reader_that_has_enough_is_no_error(house: Path) -> None:
    for arguments in (("schema",), ("templates",), ("check", "--format", "json"), ("--help",)):
        shell = f"{sys.executable} -m briefgen {' '.join(arguments)} | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}"
        result = subprocess.run(["bash", "-c", shell], cwd=house, capture_output=True, text=True, check=True)
        assert result.stderr.replace("2 briefs checked: 0 errors, 0 warnings\n", "") == ""
        assert result.stdout in ("0\n", "141\n")


def test_stdout_that_is_closed_or_full_is_no_traceback(house: Path) -> None:
    for shell in ("schema >&-", "schema >/dev/full", "check --format json >/dev/full"):
        line = f"{sys.executable} -m briefgen {shell}"
        result = subprocess.run(["bash", "-c", line], cwd=house, capture_output=True, text=True, check=False)
        assert "Traceback" not in result.stderr, shell


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_any_locale_will_do(locale: str, house: Path, briefgen: Run) -> None:
    path = house / "content/bridge/brief.yaml"
    path.write_text(path.read_text("utf-8").replace("sector: transport", "sector: транспорт"), encoding="utf-8")
    result = briefgen("check", "bridge", cwd=house, env={"LC_ALL": locale, "LANG": locale, "PYTHONUTF8": "0"})
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "unknown sector" in result.stderr


def test_what_the_machine_refuses_is_told_as_that(house: Path) -> None:
    shell = f"ulimit -f 100; TMPDIR={house} {' '.join(COMMAND)} build plant -a public"
    result = subprocess.run(["bash", "-c", shell], cwd=house, capture_output=True, text=True, check=False)
    assert result.returncode == 4
    assert "File too large" in result.stderr
    assert "bug" not in result.stderr


@pytest.mark.slow
def test_a_warning_that_fails_a_quiet_build_is_told(house: Path, briefgen: Run) -> None:
    path = house / "content/plant/brief.yaml"
    path.write_text(re.sub(r"sha256: \w+,", "", path.read_text("utf-8")), encoding="utf-8")
    result = briefgen("build", "plant", "-a", "public", "--strict", "--quiet", cwd=house)
    assert result.returncode == 1
    assert "no sha256" in result.stderr


# --- The commands that only look ------------------------------------------------------------------


def test_templates_tells_which_file_wins(house: Path, briefgen: Run) -> None:
    rows = json.loads(briefgen("templates", "bridge", "--format", "json", cwd=house).stdout)
    won = {row["name"]: row for row in rows}
    assert won["executive.html"] == {
        "name": "executive.html",
        "file": "content/bridge/templates/executive.html",
        "override": True,
    }
    assert won["base.html"]["override"] is False
    text = briefgen("templates", "bridge", cwd=house).stdout
    assert re.search(r"^executive\.html +content/bridge/templates/executive\.html  \(overrides", text, re.M)
    assert text.endswith(f"default/ lies in {ROOT / 'templates'}\n")


def test_the_schema_knows_the_sectors_of_the_workspace(house: Path, briefgen: Run) -> None:
    with (house / "briefgen.yaml").open("a", encoding="utf-8") as file:
        file.write("sectors: [industry, transport, labour-social, moon-travel]\n")
    schema = json.loads(briefgen("schema", cwd=house).stdout)
    assert "moon-travel" in schema["$defs"]["Finding"]["properties"]["sector"]["enum"]


def test_the_workspace_is_found_from_below(house: Path, briefgen: Run) -> None:
    assert briefgen("check", cwd=house / "content" / "plant").returncode == 0
