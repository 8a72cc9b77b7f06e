"""Jobs -> results, each in a forked child of its own that can be killed; the parent keeps the queue.

Processes, never threads: the layout engine gives other glyphs in threads, and only a process can be stopped for
certain. The parent has the engine loaded and its fonts decoded, so a fork is all that a job costs.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import resource
import selectors
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from briefgen.build.job import Job, Result
from briefgen.errors import Diagnostic, error

_CHUNK = 1 << 20
_PARENT_DEATH = 1  # PR_SET_PDEATHSIG


class Runner(Protocol):
    """Where jobs run: this machine's pool, or a cluster's workers; `problems` is what the report should tell of it."""

    problems: list[Diagnostic]

    def run(self, jobs: Iterable[tuple[str, Job]]) -> Iterator[tuple[str, Result]]:
        """(key, result) of every (key, job), in the order in which they are done."""
        ...

    def close(self) -> None:
        """Stop whatever still runs."""
        ...


@dataclass(frozen=True)
class Limits:
    """What one document may take: seconds of wall time, bytes of memory."""

    seconds: float = 60.0
    memory: int = 2_000_000_000


@dataclass
class _Child:
    pid: int
    pipe: int
    key: str
    job: Job
    deadline: float
    tried: int
    received: bytearray = field(default_factory=bytearray)
    killed_for: str | None = None


class Pool:
    """A small pool of children, `size` at once; `work` is what a child does with a job.

    `prepare` is called with each job before its child is forked: what it loads, this child and all later ones have.
    """

    def __init__(
        self,
        work: Callable[[Job], Result],
        size: int,
        limits: Limits,
        prepare: Callable[[Job], None] = lambda _: None,
    ) -> None:
        self.work, self.size, self.limits, self.prepare = work, max(1, size), limits, prepare
        self.problems: list[Diagnostic] = []
        self.children: dict[int, _Child] = {}
        self.selector = selectors.DefaultSelector()

    def run(self, jobs: Iterable[tuple[str, Job]]) -> Iterator[tuple[str, Result]]:
        """Run all jobs; a job that dies costs only itself, and is tried again once if it was killed from outside."""
        waiting, again = iter(jobs), list[tuple[str, Job, int]]()
        try:
            while self._fill(waiting, again):
                for child in self._ready():
                    result = self._reap(child)
                    if result is None:
                        again.append((child.key, child.job, child.tried + 1))
                    else:
                        yield child.key, result
        finally:
            self.close()

    def _fill(self, waiting: Iterator[tuple[str, Job]], again: list[tuple[str, Job, int]]) -> bool:
        """Start children while there is room for them and work; tells whether any runs."""
        while len(self.children) < self.size:
            if again:
                self._start(*again.pop())
            elif following := next(waiting, None):
                self._start(*following, 1)
            else:
                break
        return bool(self.children)

    def close(self) -> None:
        """Kill every child and wait for it."""
        for child in list(self.children.values()):
            _kill(child.pid)
            self._forget(child)
            os.waitpid(child.pid, 0)

    def _start(self, key: str, job: Job, tried: int) -> None:
        self.prepare(job)
        reading, writing = os.pipe()
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            self._child(job, writing, parent)
        os.close(writing)
        child = _Child(pid, reading, key, job, time.monotonic() + self.limits.seconds, tried)
        self.children[reading] = child
        self.selector.register(reading, selectors.EVENT_READ)

    def _child(self, job: Job, writing: int, parent: int) -> None:
        """What runs in the child; it never returns."""
        code = 1
        try:
            die_with(parent)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_AS, (self.limits.memory, self.limits.memory))
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump(self._guarded(job), pipe, protocol=pickle.HIGHEST_PROTOCOL)
            code = 0
        finally:
            # Not sys.exit: the parent's clean-up handlers are not the child's to run.
            os._exit(code)

    def _guarded(self, job: Job) -> Result:
        try:
            return self.work(job)
        except MemoryError:
            return _failed(self._too_much())

    def _too_much(self) -> str:
        return f"it needs more than {self.limits.memory / 1e9:.1f} GB of memory"

    def _ready(self) -> Iterator[_Child]:
        """Children that are done, one way or another."""
        now = time.monotonic()
        pause = max(0.0, min(child.deadline for child in self.children.values()) - now)
        for event, _ in self.selector.select(min(pause, 1.0)):
            child = self.children[event.fd]
            if data := os.read(child.pipe, _CHUNK):
                child.received += data
            else:
                yield child
        for child in list(self.children.values()):
            if child.killed_for is None and time.monotonic() > child.deadline:
                child.killed_for = f"it took longer than {self.limits.seconds:g} s"
                _kill(child.pid)

    def _reap(self, child: _Child) -> Result | None:
        """The child's result; None when it is to be tried again."""
        self._forget(child)
        _, status = os.waitpid(child.pid, 0)
        if child.killed_for:
            return _failed(child.killed_for)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
            return _unpacked(child.received)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGKILL, signal.SIGTERM) and child.tried == 1:
            return None
        return _failed(self._cause(status))

    def _cause(self, status: int) -> str:
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            name = signal.Signals(number).name
            twice = "twice " if number in (signal.SIGKILL, signal.SIGTERM) else ""
            # A library in C that gets no memory ends its process itself.
            perhaps = f"; perhaps {self._too_much()}" if number in (signal.SIGABRT, signal.SIGTRAP) else ""
            return f"its process was {'killed ' if twice else 'ended '}{twice}by {name}{perhaps}"
        return f"its process ended without a result (exit {os.WEXITSTATUS(status)}); perhaps {self._too_much()}"

    def _forget(self, child: _Child) -> None:
        self.selector.unregister(child.pipe)
        os.close(child.pipe)
        del self.children[child.pipe]


def _unpacked(received: bytearray) -> Result:
    found: Any = pickle.loads(received)  # written by our own child, over our own pipe
    assert isinstance(found, Result)
    return found


def _failed(why: str) -> Result:
    hint = "look for very long texts, huge images or tables; --time-limit and --memory-limit raise the limits"
    return Result(diagnostics=[error(f"not made: {why}", hint=hint)], code=1)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def die_with(parent: int) -> None:
    """Ask the kernel to kill this child when its parent dies, so that no orphan ever writes."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
