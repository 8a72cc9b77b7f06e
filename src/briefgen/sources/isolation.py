"""A function and its arguments -> its result, worked out in a child process that may not run wild.

A document can make any library loop, crash or take all memory. In a child with limits that is a named error.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from briefgen.errors import BriefgenError, Diagnostic, error

Result = TypeVar("Result")
# A busy machine works slower than it counts: a child that does nothing at all is waited for this much longer.
_PATIENCE = 4


@dataclass(frozen=True)
class Limits:
    """What one file may cost: seconds of work, bytes of memory beyond what the program has already."""

    seconds: float = 30
    memory: int = 2_000_000_000


def isolated(work: Callable[..., Result], arguments: tuple[Any, ...], name: str, limits: Limits) -> Result:
    """The result of `work`, or a `BriefgenError` that tells how the child that did it came to its end."""
    context: Any = multiprocessing.get_context(_start_method())
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(work, arguments, name, sender, limits), daemon=True)
    child.start()
    sender.close()
    try:
        answer = receiver.recv() if receiver.poll(limits.seconds * _PATIENCE) else None
    except EOFError:
        child.join(1)
        if child.exitcode != -signal.SIGPROF:
            raise BriefgenError(_died(child.exitcode, name)) from None
        answer = None
    finally:
        child.kill()
        child.join()
        child.close()
        receiver.close()
    if answer is None:
        hint = "split it, or give its text; it may have been made to stop programs"
        raise BriefgenError(error(f"took longer than {limits.seconds:g} seconds to read", name, hint))
    if isinstance(answer, _Problem):
        raise BriefgenError(*answer.diagnostics)
    result: Result = answer
    return result


def _start_method() -> str:
    """A fork starts in milliseconds, but of several threads it copies only one, with the locks of all."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def _run(work: Callable[..., Any], arguments: tuple[Any, ...], name: str, sender: Connection, limits: Limits) -> None:
    """In the child: do the work, send its result or what went wrong."""
    memory = limits.memory
    _quiet()
    _limit(memory)
    _count(limits.seconds)
    try:
        answer: Any = work(*arguments)
    except BriefgenError as problem:
        answer = _Problem(problem.diagnostics)
    except MemoryError:
        hint = "split it, or give its text; it may have been made to fill memory"
        answer = _Problem((error(f"needs more than {memory / 1e9:g} GB of memory to read", name, hint),))
    except RecursionError:
        hint = "open it in its program and save its text"
        answer = _Problem((error("is nested too deeply to read", name, hint),))
    except Exception as problem:  # any library, any document: whatever it is, it must not reach the parent
        hint = "open it in its program and save it anew, or give its text"
        answer = _Problem((error(f"cannot be read: {type(problem).__name__}: {problem}"[:300], name, hint),))
    try:
        sender.send(answer)
    except MemoryError:
        hint = "split it, or give its text"
        sender.send(_Problem((error(f"needs more than {memory / 1e9:g} GB of memory to read", name, hint),)))
    sender.close()


@dataclass(frozen=True)
class _Problem:
    """What a child sends in place of an exception, which would not survive the way."""

    diagnostics: tuple[Diagnostic, ...]


def _quiet() -> None:
    """Libraries print what a document makes them print: to nowhere."""
    faulthandler.disable()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:
        return  # not on Windows; the time limit still holds
    used = _address_space()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = used + memory if hard == resource.RLIM_INFINITY else min(hard, used + memory)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _count(seconds: float) -> None:
    """Let the system end the process once it has worked that long; no library can keep that signal from it."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _address_space() -> int:
    """What the process has mapped already, which the limit counts too."""
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:  # noqa: PTH123
            return int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _died(code: int | None, name: str) -> Diagnostic:
    why = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
    hint = "open it in its program and save it anew; it may be broken, or made to fill memory"
    return error(f"made its reader crash ({why})", name, hint)
