"""A disk that fails at a chosen step of writing, and builds that need no layout, so that every step can have its turn.

A step is whatever may find the disk full on the way of a file to its final name: making a folder, creating, writing,
flushing to disk, renaming. Steps of child processes do not count; they write nothing that lasts.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import briefgen.build as building
from briefgen.build.job import Job, Result
from briefgen.build.packjob import PackJob
from briefgen.cli import main


@dataclass
class Disk:
    """Fails with `ENOSPC` at step `at`, counted from 1, and at all later ones too if it `stays` full; 0 never fails."""

    at: int = 0
    stays: bool = False
    steps: list[str] = field(default_factory=list)
    process: int = field(default_factory=os.getpid)

    def step(self, name: str, path: object) -> None:
        if os.getpid() != self.process:
            return
        self.steps.append(f"{name} {path}")
        if self.at and (len(self.steps) == self.at or (self.stays and len(self.steps) > self.at)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    def install(self) -> None:
        """Put this disk under the running process, for good."""
        opened, real = os.fdopen, {name: getattr(os, name) for name in ("mkdir", "open", "fsync", "pwrite", "replace")}

        def create(path: Any, flags: int, *more: Any, **named: Any) -> int:
            if flags & os.O_CREAT:
                self.step("create", path)
            return int(real["open"](path, flags, *more, **named))

        def fdopen(handle: int, mode: str = "r", *more: Any, **named: Any) -> Any:
            file = opened(handle, mode, *more, **named)
            return _Written(file, self) if "w" in mode else file

        os.open, os.fdopen = create, fdopen  # type: ignore[assignment]
        for name in ("mkdir", "fsync", "pwrite", "replace"):
            setattr(os, name, self._before(name, real[name]))

    def _before(self, name: str, do: Callable[..., Any]) -> Callable[..., Any]:
        def done(*arguments: Any, **named: Any) -> Any:
            # A folder that is there already needs no room.
            if name != "mkdir" or not Path(arguments[0]).exists():
                self.step(name, arguments[0])
            return do(*arguments, **named)

        return done


class _Written:
    """A file whose writing is a step."""

    def __init__(self, file: Any, disk: Disk) -> None:
        self.file, self.disk = file, disk

    def write(self, data: bytes) -> int:
        self.disk.step("write", self.file.name)
        return int(self.file.write(data))

    def __enter__(self) -> _Written:
        return self

    def __exit__(self, *problem: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def rehearse(patch: pytest.MonkeyPatch) -> None:
    """From now on this process and its forks make each edition and each pack once, really, and remember it."""
    results: dict[str, Result] = {}
    real_pool, real_packs = building.local_pool, building.run_packs

    def remembered(jobs: Iterable[tuple[str, Any]], make: Callable[[list[Any]], Any]) -> Iterator[tuple[str, Result]]:
        asked = dict(jobs)
        fresh = [(key, job) for key, job in asked.items() if repr(job) not in results]
        results.update((repr(asked[key]), result) for key, result in (make(fresh) if fresh else ()))
        yield from ((key, results[repr(job)]) for key, job in asked.items())

    class Pool:
        problems: Sequence[Any] = ()

        def __init__(self, *arguments: Any) -> None:
            self.arguments = arguments

        def run(self, jobs: Iterable[tuple[str, Job]]) -> Iterator[tuple[str, Result]]:
            return remembered(jobs, lambda fresh: real_pool(*self.arguments).run(fresh))

        def close(self) -> None:
            return

    def packs(jobs: Sequence[PackJob], *more: Any) -> Iterator[tuple[str, Result]]:
        named = [(job.name, job) for job in jobs]
        return remembered(named, lambda fresh: real_packs([job for _, job in fresh], *more))

    patch.setattr(building, "local_pool", Pool)
    patch.setattr(building, "run_packs", packs)


def briefgen(log: Path, *arguments: str, disk: Disk | None = None) -> int:
    """The command's exit code, run in a fork of this process, on that disk; what it says is in `log`."""
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            os.dup2(handle, 1)
            os.dup2(handle, 2)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            if disk:
                disk.process = os.getpid()
                disk.install()
            main(list(arguments))
        except SystemExit as left:
            code = int(left.code or 0)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            if disk and not disk.at:
                log.write_text("\n".join(disk.steps))
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
