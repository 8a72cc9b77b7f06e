"""A night as its owner sees it: only what changed is made, a kill costs nothing, what is withdrawn is gone."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

import faults
from briefgen import workspace as workspaces
from briefgen.build import FORMATS, Request, build
from briefgen.cli import main
from nights import AUDIENCES, PACK, command, edit, end, group, report, run, scale, statuses, temporary, tree, workspace


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A workspace of three small briefs and two audiences."""
    return workspace(tmp_path / "night", range(1, 4))


def test_only_what_changed_is_made_again(night: Path) -> None:
    run(night, "build")
    assert set(statuses(night).values()) == {"built"}
    assert len(statuses(night)) == 12
    # Also where two audiences see the same, each has its own.
    kept = night / "build" / ".briefgen" / "cache" / "editions"
    assert sum(path.is_file() for path in kept.rglob("*")) == 6
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
    kept = [f"executive/plant-{number}.{kind}" for number in (2, 3) for kind in ("html", "pdf")]
    assert sorted(tree(night)) == [*kept, "public/letter.txt", "public/plant-2.html", "public/plant-2.pdf"]
    assert "public/plant-3.pdf" in report(night)["removed"]


def test_a_brief_that_is_spoilt_while_the_build_goes_on_fails_alone(night: Path) -> None:
    space = workspaces.load(night)

    def spoil(_: object) -> None:
        (night / "content" / "plant-3" / "brief.yaml").write_text("title: [")

    request = Request(space.briefs(), list(space.audiences), list(FORMATS), space.build, jobs=1, told=spoil)
    found = {(target.brief, target.status) for target in build(space, request).targets}
    assert found == {("plant-1", "built"), ("plant-2", "built"), ("plant-3", "failed")}
    assert len(tree(night)) == 8


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


def test_notify_is_run_when_something_failed(night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FONTCONFIG_FILE", raising=False)  # another test may have loaded the engine in this process
    note = tmp_path / "note"
    script = tmp_path / "notify"
    script.write_text(f'#!/bin/sh\necho "$1" "${{FONTCONFIG_FILE-unset}}" > {note}\n')
    script.chmod(0o755)
    run(night, "build", "--notify", str(script))
    assert not note.exists()
    edit(night, "plant-2", "sector: industry", "sector: industri")
    page = night / "build" / "report.html"
    run(night, "build", "--notify", str(script), code=1)
    # What we set for the engine is not for others; what was set for us is.
    assert note.read_text().strip() == f"{page} unset"
    run(night, "build", "--notify", str(script), code=1, FONTCONFIG_FILE="/of/the/user")
    assert note.read_text().strip() == f"{page} /of/the/user"
    assert "--notify failed" in run(night, "build", "--notify", "/nowhere/at/all", code=1)


def test_each_edition_that_is_not_made_is_named_with_its_cause(night: Path) -> None:
    told = run(night, "build", "-q", "--time-limit", "0.01", code=1)
    for name in (f"{audience}/plant-{number}" for audience in ("executive", "public") for number in (1, 2, 3)):
        assert f"{name}: not made: it took longer than 0.01 s" in told
    assert told.splitlines()[-1].startswith("0 built, 0 unchanged, 12 failed in ")


def test_after_the_first_failure_nothing_is_tried_if_so_asked(night: Path) -> None:
    edit(night, "plant-2", "sector: industry", "sector: industri")
    told = run(night, "build", "--fail-fast", code=1)
    assert set(statuses(night).values()) == {"failed"} and tree(night) == {}
    assert "not tried: an earlier target failed" in told


def test_the_cache_keeps_to_its_size(night: Path) -> None:
    run(night, "build", "-q", "--cache-size", "0.0001")
    files = (path for path in (night / "build/.briefgen/cache").rglob("*") if path.is_file())
    assert 0 < sum(path.stat().st_size for path in files) <= 100_000
    assert len(tree(night)) == 12


@pytest.mark.parametrize("option", ["--time-limit", "--memory-limit", "--cache-size"])
@pytest.mark.parametrize("amount", ["0", "-1", "nan", "inf"])
def test_what_is_no_amount_is_wrong_usage(tmp_path: Path, option: str, amount: str) -> None:
    told = CliRunner().invoke(main, ["-C", str(tmp_path), "build", option, amount])
    assert told.exit_code == 2 and "it must be above 0" in told.output


def test_dashboards_can_read_what_failed(night: Path) -> None:
    """As JUnit's schema has it, whatever a folder is called."""
    for name in (b"bad\xff", b"\x1b[2J"):
        folder = night / "content" / os.fsdecode(name)
        folder.mkdir()
        (folder / "brief.yaml").touch()
    (night / "build" / "public").mkdir(parents=True)
    (night / "build" / "public" / "letter.txt").write_text("somebody's")
    (night / "build" / "executive").write_text("in the way")
    run(night, "build", "-q", code=4)
    suite = ElementTree.parse(night / "build" / "junit.xml").getroot()
    assert suite.tag == "testsuite" and suite.get("name") == "briefgen"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", str(suite.get("timestamp")))
    cases = suite.findall("testcase")
    counted = [suite.get(each) for each in ("tests", "failures", "errors")]
    assert counted == [str(len(suite.findall(each))) for each in ("testcase", "testcase/failure", "testcase/error")]
    assert counted == ["20", "8", "6"]
    for case in cases:
        assert case.get("classname") and case.get("name") and re.fullmatch(r"\d+\.\d{3}", str(case.get("time")))
        assert {each.tag for each in case} <= {"failure", "error", "system-out"}
        assert all(each.get("type") and each.get("message") for each in case if each.tag != "system-out")
    assert [each.tag for each in suite if each.tag != "testcase"] == ["system-out"]
    assert "public/letter.txt" in str(suite.findtext("system-out"))


# --- The same bytes -----------------------------------------------------------------------------------

SURROUNDINGS = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C", "LANG": "C"},
    {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "LANG": "fr_FR.UTF-8", "COLUMNS": "41"},
)


@pytest.mark.parametrize("briefs", scale(3, 25))
def test_the_same_bytes_wherever_and_however_it_is_built(tmp_path: Path, briefs: int) -> None:
    """Two editions a brief, and their pack: other folder, zone, locale, mask, seed, jobs, order of files and home."""
    near = workspace(tmp_path / "near", range(1, briefs + 1), AUDIENCES + PACK)
    far = workspace(tmp_path / "another folder, far away" / "ñ", range(briefs, 0, -1), AUDIENCES + PACK)
    run(near, "build", "-q", "-j1", **SURROUNDINGS[0])
    mask = os.umask(0o077)
    try:
        (tmp_path / "home").mkdir()
        run(far, "build", "-q", "-j4", HOME=str(tmp_path / "home"), **SURROUNDINGS[1])
    finally:
        os.umask(mask)
    assert len(tree(near)) == 4 * briefs + 3
    assert tree(near) == tree(far)
    record = Path("build/.briefgen/manifest.json")
    assert (near / record).read_bytes() == (far / record).read_bytes()


# --- Stopped ------------------------------------------------------------------------------------------


class Season:
    """A workspace whose folder holds last night's build, over and over; this night changed, added and lost briefs.

    Its cache knows both nights, so that a build mostly publishes; `forget` makes it lay pages out as well.
    """

    def __init__(self, folder: Path) -> None:
        self.root, self.kept = workspace(folder / "night", (1, 2), AUDIENCES + PACK), folder / "kept"
        self.build()
        self.last = tree(self.root)
        shutil.copytree(self.root / "build", self.kept)
        edit(self.root, "plant-1", "opened plant 1", "has opened plant 1")
        shutil.move(self.root / "content/plant-2", self.root / "content/plant-3")
        self.seconds = {True: self._calm(cold=True), False: self._calm(cold=False)}
        self.this = tree(self.root)
        assert len(self.this) == len(self.last) == 11
        shutil.copytree(
            self.root / "build" / ".briefgen" / "cache", self.kept / ".briefgen" / "cache", dirs_exist_ok=True
        )

    def _calm(self, cold: bool) -> float:
        """How long a build takes that nobody disturbs."""
        self.dusk(cold)
        began = time.monotonic()
        self.build()
        return time.monotonic() - began

    def build(self) -> str:
        return run(self.root, "build", "-q")

    def dusk(self, cold: bool) -> None:
        """As it was when the night began."""
        shutil.rmtree(self.root / "build", ignore_errors=True)
        shutil.copytree(self.kept, self.root / "build")
        if cold:
            shutil.rmtree(self.root / "build" / ".briefgen" / "cache")

    def assert_whole(self) -> None:
        """Every file is last night's or this night's, and none is missing that both have."""
        found = tree(self.root)
        for name, sha in found.items():
            if not Path(name).name.startswith(".briefgen-"):
                assert sha in (self.last.get(name), self.this.get(name)), name
        both = self.last.keys() & self.this.keys()
        # A pack that holds what was withdrawn goes with it.
        assert {name for name in both if not name.startswith("packs/")} <= found.keys()

    def assert_mended(self) -> None:
        """The next build leaves the tree of an undisturbed one, and nothing that nobody knows."""
        told = self.build()
        assert tree(self.root) == self.this, told
        assert not temporary(self.root)
        assert "no build made" not in told and not report(self.root)["diagnostics"]


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Season:
    return Season(tmp_path_factory.mktemp("season"))


@pytest.mark.parametrize("rounds", scale(6, 200))
def test_killed_at_any_instant_the_next_build_makes_it_whole(season: Season, rounds: int) -> None:
    chance, halfway = random.Random(5), 0
    for number in range(rounds):
        season.dusk(cold := number % 5 == 0)
        process = command(season.root, "build", "-q", "-j2")
        time.sleep(chance.uniform(0.0, season.seconds[cold]))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        season.assert_whole()
        halfway += tree(season.root) not in (season.last, season.this)
        season.assert_mended()
    print(f"{rounds} kills, {halfway} of them halfway through the files")
    assert halfway or rounds < 50


@pytest.fixture
def attentive() -> Iterator[None]:
    """Children hear all signals, even if these tests were started by `nohup`, or by a shell in the background."""
    ignored = [each for each in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(each) is signal.SIG_IGN]
    for each in ignored:
        signal.signal(each, signal.SIG_DFL)
    yield
    for each in ignored:
        signal.signal(each, signal.SIG_IGN)


@pytest.mark.usefixtures("attentive")
@pytest.mark.parametrize("rounds", scale(1, 20))
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_a_signal_ends_it_within_seconds_and_leaves_nothing_behind(
    season: Season, sent: signal.Signals, rounds: int
) -> None:
    chance, stopped = random.Random(int(sent)), 0
    for number in range(rounds):
        season.dusk(cold := number % 2 == 0)
        process = command(season.root, "build", "-j2")
        try:
            # Before that it is still Python that starts, and not ours to answer.
            time.sleep(chance.uniform(0.2, 0.9) * season.seconds[cold])
            process.send_signal(sent)
            _, err = process.communicate(timeout=5)
            assert not group(process.pid)
        finally:
            end(process)
        assert process.returncode in (128 + sent, -sent, 0), err
        stopped += process.returncode != 0
        assert "Traceback" not in err
        assert not temporary(season.root)
        season.assert_whole()
        season.assert_mended()
    print(f"{sent.name}: {stopped} of {rounds} builds were stopped")
    assert stopped or rounds < 5


@pytest.mark.slow
def test_what_ignores_a_lost_terminal_goes_on(season: Season) -> None:
    """As `nohup` starts it."""
    season.dusk(cold=False)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    process = command(season.root, "build", "-q")
    signal.signal(signal.SIGHUP, before)
    time.sleep(season.seconds[False] / 2)
    process.send_signal(signal.SIGHUP)
    process.communicate()
    assert process.returncode == 0 and tree(season.root) == season.this


@pytest.mark.parametrize("rounds", scale(2, 50))
def test_two_builds_at_once(season: Season, rounds: int) -> None:
    """The second names the first and leaves; killed, the first leaves no lock, although it had children."""
    for number in range(rounds):
        season.dusk(cold=True)
        first = command(season.root, "build", "-q", "-j2")
        try:
            wait_for(lambda at_work=first: len(group(at_work.pid)) > 1)
            assert f"another build (process {first.pid}) is at work" in run(season.root, "build", "-q", code=5)
            assert first.poll() is None, "it ended too soon to say anything"
        finally:
            first.kill()
            first.wait()
        # At once: its children may not have noticed yet.
        assert "another build" not in run(season.root, "build", "-q", "--frozen", "-a", "public", code=1)
        first.communicate()
        if number % 10 == 0:
            season.assert_mended()


def wait_for(happened: Callable[[], bool]) -> None:
    for _ in range(3000):
        if happened():
            return
        time.sleep(0.02)
    pytest.fail("it never came to that")


@pytest.mark.slow
def test_a_reader_that_has_enough_does_not_stop_a_build(season: Season) -> None:
    season.dusk(cold=False)
    shell = f"{sys.executable} -m briefgen -C {season.root} build 2>&1 | head -n 1; echo ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True)
    first, code = result.stdout.splitlines()
    assert first.startswith("same ") and code == "0" and result.stderr == ""
    assert tree(season.root) == season.this


# --- A full disk --------------------------------------------------------------------------------------


class Rehearsed(Season):
    """The same nights, but each edition is laid out once, so that a build takes no time."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.log = folder / "log"
        faults.rehearse(patch)
        super().__init__(folder)

    def build(self) -> str:
        settings = workspaces.load(self.root)
        request = Request(settings.briefs(), list(settings.audiences), FORMATS, settings.build)
        report = build(settings, request)
        assert not report.exit_code
        return report.summary()

    def on(self, disk: faults.Disk | None = None) -> tuple[int, str]:
        """The exit code of the command on that disk, and what it says; all is made anew."""
        code = faults.briefgen(self.log, "-C", str(self.root), "build", "-q", disk=disk)
        return code, self.log.read_text()

    def assert_full(self, code: int, told: str) -> None:
        """It was said what is missing where, and nothing else came of it."""
        assert code == 4, told
        assert "disk full: " in told and " MB needed" in told and str(self.root / "build") in told
        assert "Traceback" not in told and "internal error" not in told
        assert not temporary(self.root)
        self.assert_whole()


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    with pytest.MonkeyPatch.context() as patch:
        yield Rehearsed(tmp_path_factory.mktemp("nights"), patch)


@pytest.mark.parametrize("stride", scale(29, 1))
@pytest.mark.parametrize("stays", [False, True], ids=["once", "for good"])
def test_whichever_write_finds_the_disk_full(nights: Rehearsed, stays: bool, stride: int) -> None:
    """Every step of every file: editions, cache, lock, record, packs, report."""
    nights.dusk(cold=True)
    code, steps = nights.on(faults.Disk())
    assert code == 0, steps
    count = len(steps.splitlines())
    assert count > 100 and {each.split()[0] for each in steps.splitlines()} >= {"create", "write", "fsync", "replace"}
    for at in range(1, count + 1, stride):
        nights.dusk(cold=True)
        nights.assert_full(*nights.on(faults.Disk(at, stays)))
        nights.assert_mended()
    print(f"{count} steps, every {stride}th failed")


@pytest.mark.soak
def test_a_disk_that_is_really_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "none", disk], capture_output=True, check=False
    ).returncode:
        pytest.skip("mounting a disk needs root")
    try:
        nights = Rehearsed(disk, monkeypatch)
        for free in (0, 4_096, 50_000, 200_000, 800_000):
            nights.dusk(cold=True)
            room = os.statvfs(disk)
            with (disk / "ballast").open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - free)
            nights.log = tmp_path / "log"
            nights.assert_full(*nights.on())
            (disk / "ballast").unlink()
            nights.assert_mended()
    finally:
        subprocess.run(["umount", disk], check=True)
