"""Jobs on a pipe -> results on a pipe: the process beside a worker that has the engine loaded and forks for each job.

The scheduler's own processes cannot stop a job that runs; this one can, by our own pool with its limits.
"""

from __future__ import annotations

import os
import pickle
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from briefgen.build import Limits, local_pool
from briefgen.build.frames import LENGTH, packed, received
from briefgen.build.job import Job, Result
from briefgen.build.pool import die_with
from briefgen.render import Assets

_CHUNK = 1 << 20


class GoneError(Exception):
    """The child ended, or had to be ended, before it answered."""


@dataclass(frozen=True)
class Setup:
    """What a child has to know before its first job; `folders` are those that its jobs share."""

    limits: Limits
    root: Path
    folders: tuple[Path, ...]
    builtin: Path


class Child:
    """The worker's side of the pipe; started by the first `ask`."""

    def __init__(self, setup: Setup, scratch: Path) -> None:
        command = [sys.executable, "-P", "-m", __name__, str(os.getpid())]
        # What it unpacks goes with the run: when it is killed, nobody else would take it away.
        scratch.mkdir(exist_ok=True)
        environment = {**os.environ, "TMPDIR": str(scratch)}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=environment
        )
        self._write(setup)

    def ask(self, job: Job, seconds: float) -> Result:
        """The result of a job; raises `GoneError` when there is none within `seconds`, and the child is gone then."""
        try:
            self._write(job)
            found = self._read(time.monotonic() + seconds)
        except (OSError, GoneError):
            self.close()
            raise GoneError from None
        assert isinstance(found, Result)
        return found

    def close(self) -> None:
        """Kill it and let go of its pipes; only for the thread that asks, as another would never be woken."""
        self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()

    def kill(self) -> None:
        """Kill it from any thread; its own children die with it, and who waits for an answer learns it."""
        self.process.kill()
        self.process.wait()

    def _write(self, data: object) -> None:
        assert self.process.stdin
        _send(self.process.stdin, data)

    def _read(self, deadline: float) -> Any:
        (length,) = LENGTH.unpack(self._bytes(LENGTH.size, deadline))
        return pickle.loads(self._bytes(length, deadline))  # written by our own child, over our own pipe

    def _bytes(self, wanted: int, deadline: float) -> bytes:
        assert self.process.stdout
        received = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while len(received) < wanted:
                ready = selector.select(max(0.0, deadline - time.monotonic()))
                data = os.read(self.process.stdout.fileno(), min(_CHUNK, wanted - len(received))) if ready else b""
                if not data:
                    raise GoneError
                received += data
        return bytes(received)


def _send(pipe: IO[bytes], data: object) -> None:
    rest = memoryview(packed(data))
    while rest:
        # An unbuffered pipe may take less than it is given.
        rest = rest[pipe.write(rest) :]


def main(parent: int) -> None:
    """Answer until the pipe is closed."""
    with suppress(EOFError):
        _answer(parent)


def _answer(parent: int) -> None:
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a library prints must not get between the results.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    setup: Setup = received(sys.stdin.buffer)
    pool = local_pool(1, setup.limits, Assets(setup.folders, setup.root, setup.builtin))
    while True:
        job: Job = received(sys.stdin.buffer)
        for _, result in pool.run([("", job)]):
            _send(answers, result)


if __name__ == "__main__":
    main(int(sys.argv[1]))
