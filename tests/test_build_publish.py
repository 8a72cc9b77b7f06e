"""Files appear whole or not at all, one build at a time, and only what is ours is ever deleted."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from briefgen.build import publish
from briefgen.errors import LockedError, SurroundingsError


def test_a_write_is_whole_and_leaves_nothing_else(tmp_path: Path) -> None:
    publish.write(tmp_path / "a" / "b.pdf", b"new")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.pdf"]
    assert (tmp_path / "a" / "b.pdf").read_bytes() == b"new"
    assert (tmp_path / "a" / "b.pdf").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("step", ["mkstemp", "fsync", "replace"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_whatever_step_fails_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int
) -> None:
    target = tmp_path / "x.pdf"
    publish.write(target, b"old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    owner = {"mkstemp": publish.tempfile, "fsync": publish.os, "replace": publish.Path}[step]
    with monkeypatch.context() as patched:
        patched.setattr(owner, step, fail)
        with pytest.raises(SurroundingsError) as caught:
            publish.write(target, b"new")
    assert ("disk full" in str(caught.value)) == (code == errno.ENOSPC)
    assert caught.value.exit_code == 4
    assert [path.name for path in tmp_path.iterdir()] == ["x.pdf"]
    assert target.read_bytes() == b"old"


def test_everything_is_on_disk_before_the_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(publish.os, "fsync", lambda handle: (order.append("fsync"), fsync(handle)))
    monkeypatch.setattr(Path, "replace", lambda self, to: (order.append("rename"), replace(self, to))[1])
    publish.write(tmp_path / "x", b"data")
    assert order == ["fsync", "rename", "fsync"]


def test_a_second_build_is_told_at_once_who_is_at_work(tmp_path: Path) -> None:
    code = (
        "import sys,time;from pathlib import Path;from briefgen.build.publish import locked\n"
        "with locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        began = time.monotonic()
        with pytest.raises(LockedError) as caught, publish.locked(tmp_path):
            pytest.fail("two builds held the folder")
        assert str(other.pid) in str(caught.value)
        assert caught.value.exit_code == 5
        assert time.monotonic() - began < 1
    finally:
        other.kill()
        other.communicate()
    with publish.locked(tmp_path):  # the lock died with its process
        pass


def test_sweeping_takes_our_temporary_files_only(tmp_path: Path) -> None:
    (tmp_path / "executive").mkdir()
    (tmp_path / "executive" / f"{publish.TEMPORARY}abc").write_text("half")
    (tmp_path / "executive" / "letter.docx").write_text("somebody's")
    publish.sweep(tmp_path)
    assert [path.name for path in (tmp_path / "executive").iterdir()] == ["letter.docx"]


def test_lines_of_json_hold_what_was_given() -> None:
    data = {"a": [], "b": [{"x": "ä\n"}, {"y": [1, 2]}], "c": {}, "d": {"e": ["f"]}, "g": None}
    text = publish.as_lines(data)
    assert json.loads(text) == data and '{"x": "ä\\n"},\n{"y": [1, 2]}' in text


def test_temporary_files_lie_in_the_build_folder_and_go(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / publish.PRIVATE).mkdir()
    (tmp_path / publish.PRIVATE / "tmp").symlink_to(elsewhere)
    with publish.scratch(tmp_path):
        path = Path(tempfile.mkdtemp())
        assert path.is_relative_to(tmp_path / publish.PRIVATE)
    assert not path.exists() and not list(elsewhere.iterdir())
    assert not Path(tempfile.gettempdir()).is_relative_to(tmp_path)


def test_removing_keeps_to_the_folder(tmp_path: Path) -> None:
    build, outside = tmp_path / "build", tmp_path / "outside.pdf"
    (build / "note").mkdir(parents=True)
    (build / "note" / "a.pdf").write_text("x")
    outside.write_text("precious")
    assert publish.remove(build, ["note/a.pdf", "../outside.pdf", "note/none.pdf"]) == ["note/a.pdf"]
    assert outside.exists()
    assert not (build / "note").exists()


def test_foreign_files_are_named(tmp_path: Path) -> None:
    for name in ("note/a.pdf", "note/own.txt", ".briefgen/lock", "packs/p.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert publish.foreign(tmp_path, ["note/a.pdf"]) == ["note/own.txt", "packs/p.pdf"]


@pytest.mark.parametrize("text", ["", "[]", "{", "null"])
def test_a_damaged_manifest_is_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / ".briefgen").mkdir()
    (tmp_path / ".briefgen" / "manifest.json").write_text(text)
    assert publish.manifest(tmp_path) == {}
