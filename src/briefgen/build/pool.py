"""Jobs -> results, each in a forked child that can be killed; the parent keeps the queue.

Processes, never threads: the layout engine gives other glyphs in threads, and only a process can be stopped for
certain. The parent has the engine loaded and its fonts decoded, so a child is ready as soon as it is forked. A child
that is still as it was forked takes a few jobs one after another: each fork costs a copy of every page it touches.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import resource
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from briefgen.build.frames import LENGTH, packed, received
from briefgen.build.job import Job, Result
from briefgen.errors import Diagnostic, error

_CHUNK = 1 << 20
# After so many jobs a child makes room for a fresh one, whose memory is not yet in pieces.
_USES = 16
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
class _Task:
    key: str
    job: Job
    tried: int = 1


@dataclass
class _Child:
    pid: int
    line: socket.socket
    # How much the parent had prepared when it forked this child.
    prepared: int
    task: _Task
    deadline: float
    uses: int = 1
    sending: bytes = b""
    received: bytearray = field(default_factory=bytearray)
    killed_for: str | None = None

    @property
    def answered(self) -> bool:
        """Whether all of its answer has come: the result, and whether it may be used again."""
        size = len(self.received)
        return size >= LENGTH.size and size >= LENGTH.size + LENGTH.unpack_from(self.received)[0]


class Pool:
    """A small pool of children, `size` at once; `work` is what a child does with a job.

    `prepare` is called with each job before a child has it, and tells whether it loaded anything: what it loads, all
    children forked later have. `reusable` is asked in a child that made a job well: may it take another?
    """

    def __init__(
        self,
        work: Callable[[Job], Result],
        size: int,
        limits: Limits,
        prepare: Callable[[Job], bool] = lambda _: False,
        reusable: Callable[[], bool] = lambda: False,
    ) -> None:
        self.work, self.size, self.limits = work, max(1, size), limits
        self.prepare, self.reusable = prepare, reusable
        self.problems: list[Diagnostic] = []
        self.children: dict[int, _Child] = {}
        self.selector = selectors.DefaultSelector()
        self.prepared = 0

    def run(self, jobs: Iterable[tuple[str, Job]]) -> Iterator[tuple[str, Result]]:
        """Run all jobs; a job that dies costs only itself, and is tried again once if it was killed from outside."""
        waiting = iter(jobs)
        again: list[_Task] = []
        try:
            while self._fill(waiting, again):
                for child in self._ready():
                    task, result = child.task, self._result(child)
                    if result is None:
                        again.append(_Task(task.key, task.job, task.tried + 1))
                    # The next job is under way before anybody looks at this result.
                    self._follow(child, waiting, again)
                    if result is not None:
                        yield task.key, result
        finally:
            self.close()

    def _fill(self, waiting: Iterator[tuple[str, Job]], again: list[_Task]) -> bool:
        """Start children while there is room for them and work; tells whether any runs."""
        while len(self.children) < self.size and (task := self._next(waiting, again)):
            self._start(task)
        return bool(self.children)

    def _next(self, waiting: Iterator[tuple[str, Job]], again: list[_Task]) -> _Task | None:
        if again:
            task = again.pop()
        elif following := next(waiting, None):
            task = _Task(*following)
        else:
            return None
        self.prepared += self.prepare(task.job)
        return task

    def _follow(self, child: _Child, waiting: Iterator[tuple[str, Job]], again: list[_Task]) -> None:
        """Give the place of a child that is done to the next job; to the child itself where it may go on."""
        task = self._next(waiting, again)
        if task and self._may_go_on(child):
            self._hand(child, task)
            return
        if child.pid in self.children:
            self._end(child)
        if task:
            self._start(task)

    def _may_go_on(self, child: _Child) -> bool:
        fresh = child.uses < _USES and child.prepared == self.prepared
        return fresh and child.pid in self.children and child.killed_for is None

    def close(self) -> None:
        """Kill every child and wait for it."""
        for child in list(self.children.values()):
            self._end(child)

    def _start(self, task: _Task) -> None:
        ours, theirs = socket.socketpair()
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._child(task.job, theirs, parent)
        theirs.close()
        ours.setblocking(False)
        child = _Child(pid, ours, self.prepared, task, self._deadline())
        self.children[pid] = child
        self.selector.register(ours, selectors.EVENT_READ, child)

    def _deadline(self) -> float:
        return time.monotonic() + self.limits.seconds

    def _hand(self, child: _Child, task: _Task) -> None:
        """Send a waiting child its next job."""
        child.task, child.deadline, child.uses = task, self._deadline(), child.uses + 1
        child.received.clear()
        child.sending = packed(task.job)
        self._send(child)

    def _send(self, child: _Child) -> None:
        """As much as goes at once: a child that does not listen must not stop the others."""
        try:
            child.sending = child.sending[child.line.send(child.sending) :]
        except BlockingIOError:
            pass
        except OSError:
            child.sending = b""  # it is dead; what it left says why
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if child.sending else 0)
        self.selector.modify(child.line, events, child)

    def _child(self, job: Job, line: socket.socket, parent: int) -> None:
        """What runs in the child; it never returns."""
        code = 1
        try:
            die_with(parent)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_AS, (self.limits.memory, self.limits.memory))
            jobs = line.makefile("rb")
            while self._answer(job, line):
                job = received(jobs)
            code = 0
        finally:
            # Not sys.exit: the parent's clean-up handlers are not the child's to run.
            os._exit(code)

    def _answer(self, job: Job, line: socket.socket) -> bool:
        """Make the job and send its result; tells whether this child may take another."""
        result = self._guarded(job)
        again = result.code == 0 and self.reusable()
        line.sendall(packed((result, again)))
        return again

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
        for event, mask in self.selector.select(min(pause, 1.0)):
            child: _Child = event.data
            if mask & selectors.EVENT_WRITE:
                self._send(child)
            if mask & selectors.EVENT_READ and self._hear(child):
                yield child
        for child in list(self.children.values()):
            if child.killed_for is None and time.monotonic() > child.deadline:
                child.killed_for = f"it took longer than {self.limits.seconds:g} s"
                _kill(child.pid)

    def _hear(self, child: _Child) -> bool:
        """Take in what a child says; tells whether that was all."""
        try:
            data = child.line.recv(_CHUNK)
        except ConnectionResetError:
            data = b""  # it died before it had read its job
        child.received += data
        return not data or child.answered

    def _result(self, child: _Child) -> Result | None:
        """The child's result; None when its job is to be tried again. A child that may go on is still there then."""
        if child.answered:
            result, again = _unpacked(child.received)
            if not again:
                self._end(child)
            return result
        status = self._end(child, kill=False)
        if child.killed_for:
            return _failed(child.killed_for)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGKILL, signal.SIGTERM)
        return None if killed and child.task.tried == 1 else _failed(self._cause(status))

    def _cause(self, status: int) -> str:
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            name = signal.Signals(number).name
            twice = "twice " if number in (signal.SIGKILL, signal.SIGTERM) else ""
            # A library in C that gets no memory ends its process itself.
            perhaps = f"; perhaps {self._too_much()}" if number in (signal.SIGABRT, signal.SIGTRAP) else ""
            return f"its process was {'killed ' if twice else 'ended '}{twice}by {name}{perhaps}"
        return f"its process ended without a result (exit {os.WEXITSTATUS(status)}); perhaps {self._too_much()}"

    def _end(self, child: _Child, kill: bool = True) -> int:
        """Wait for a child to be gone; its exit status."""
        if kill:
            _kill(child.pid)
        self.selector.unregister(child.line)
        child.line.close()
        del self.children[child.pid]
        return os.waitpid(child.pid, 0)[1]


def _unpacked(answer: bytearray) -> tuple[Result, bool]:
    result, again = pickle.loads(memoryview(answer)[LENGTH.size :])  # written by our own child, over our own socket
    assert isinstance(result, Result)
    return result, again


def _failed(why: str) -> Result:
    hint = (
        "look for endless loops in a template, very long texts, huge images or tables; "
        "--time-limit and --memory-limit raise the limits"
    )
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
