"""Jobs -> results, made by the workers of a Dask scheduler: the pool of those who outgrow one machine.

Only this room knows the scheduler. It is asked to run each job at least once; that a job may run twice is harmless,
because it reads nothing but what it was sent and the first result counts. Nothing is kept there: what was finished is
in our own cache, so that a build whose scheduler died goes on where it stopped.
"""

from __future__ import annotations

import logging
import queue
import time
import uuid
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from briefgen.build import Limits
from briefgen.build.job import Job, Result
from briefgen.cluster.address import Certificates, certificates, exposed, scheduler
from briefgen.cluster.bundle import Bundle
from briefgen.errors import Diagnostic, SurroundingsError, error

__all__ = ["Certificates", "Cluster", "certificates"]

_PIP = "pip install 'briefgen[cluster]'"
_AGAIN = "what was finished is kept: run the build again, it makes only the rest"
_SAME = "install the same versions on all machines (pip install -c constraints.txt), and the same Pango"
_HANDSHAKE = 10.0
_TICK = 1.0
# A job whose worker is lost is given to another by the scheduler; this is for jobs that the scheduler lost sight of.
_TRIES = 5
# Enough that no worker waits for the next job, few enough that a worker's death does not put many under suspicion.
_JOBS_PER_WORKER = 2


class Cluster:
    """A `Runner` on the workers of the scheduler at `address`; connects when there is something to make.

    `problems` tells of workers that joined and could not be used. `patience` is how many seconds to wait for a worker
    when there is none.
    """

    def __init__(self, address: str, limits: Limits, tls: Certificates | None = None, patience: float = 60.0) -> None:
        self.distributed = _import_distributed()
        self.address = scheduler(address, tls)
        self.limits, self.tls, self.patience = limits, tls, patience
        self.problems: list[Diagnostic] = []
        self.running: _Run | None = None

    def run(self, jobs: Iterable[tuple[str, Job]]) -> Iterator[tuple[str, Result]]:
        """Make all jobs; raises `SurroundingsError` before the first when the workers are not fit for them."""
        self.running = _Run(self, list(jobs))
        try:
            yield from self.running.results()
        finally:
            self.close()

    def close(self) -> None:
        """Stop what still runs and leave; the scheduler and its workers stay."""
        if self.running:
            self.running.close()
            self.running = None

    def connect(self) -> Any:
        """A client of the scheduler."""
        _hush()
        try:
            with warnings.catch_warnings():
                # Versions are compared in full, and told in our own words.
                warnings.simplefilter("ignore")
                return self.distributed.Client(
                    self.address, timeout=_HANDSHAKE, security=self._security(), set_as_default=False, name="briefgen"
                )
        except (OSError, TimeoutError, ValueError) as problem:
            hint = "start one ('dask scheduler', see docs/cluster.md), or look at its certificates and its log"
            why = " ".join(str(problem.__cause__ or problem).split())[:200]
            raise SurroundingsError(error(f"no scheduler answers at {self.address}: {why}", hint=hint)) from None

    def _security(self) -> Any:
        if self.tls is None:
            return None
        files = {"tls_ca_file": self.tls.ca, "tls_client_cert": self.tls.cert, "tls_client_key": self.tls.key}
        paths = {name: str(path) for name, path in files.items()}
        return self.distributed.Security(require_encryption=True, **paths)


def _import_distributed() -> Any:
    try:
        import distributed
    except ImportError:
        problem = "--cluster needs Dask, which is not installed"
        raise SurroundingsError(error(problem, hint=_PIP)) from None
    return distributed


def _hush() -> None:
    """What these have to say is told in our own words, once; each of their loggers has a level of its own."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


@dataclass
class _Sent:
    """A job that the scheduler has; `future` is its word that it will be done."""

    name: str
    job: Job
    tries: int = 0
    alone: bool = False
    future: Any = None


@dataclass
class _Staff:
    """The workers as the scheduler knew them last: those that may get jobs, and those that must not."""

    fit: set[str] = field(default_factory=set)
    unfit: set[str] = field(default_factory=set)
    last_seen: float = field(default_factory=time.monotonic)


class _Run:
    """One run: what waits, what is sent, and who may make it."""

    def __init__(self, cluster: Cluster, jobs: list[tuple[str, Job]]) -> None:
        bundle = Bundle()
        self.cluster, self.bundle = cluster, bundle
        self.waiting = deque(_Sent(name, bundle.pack(job)) for name, job in jobs)
        self.name = f"briefgen-{uuid.uuid4().hex[:12]}"
        self.suspects: deque[_Sent] = deque()
        self.sent: dict[str, _Sent] = {}
        self.done: queue.Queue[Any] = queue.Queue()
        self.staff = _Staff()
        self.order = self._order()
        self.client: Any = None
        self.lost: str | None = None

    def _order(self) -> Any:
        from briefgen.cluster.worker import Order

        jobs = [each.job for each in self.waiting]
        common = [folder for folder in jobs[0].folders if all(folder in job.folders for job in jobs)] if jobs else []
        builtin = jobs[0].builtin.as_posix() if jobs else ""
        shared = tuple(folder.as_posix() for folder in common)
        return Order(self.name, self.cluster.limits, self.bundle.places, shared, builtin)

    def results(self) -> Iterator[tuple[str, Result]]:
        """(name, result) of every job, as they come; of those that will never come, why."""
        self.client = self.cluster.connect()
        self._first_look()
        looked = time.monotonic()
        while (self.waiting or self.sent or self.suspects) and not self.lost:
            self._send()
            if found := self._next():
                yield found
            if time.monotonic() - looked > _TICK:
                self._look()
                looked = time.monotonic()
        for each in [*self.sent.values(), *self.waiting, *self.suspects]:
            yield each.name, _failed(f"{self.lost}", _AGAIN, 4)

    def close(self) -> None:
        """Tell the workers that it is over, and do not wait long for anybody."""
        if self.client is None:
            return
        from briefgen.cluster.worker import forget

        with suppress(Exception):
            if self.client.status == "running":
                self.client.cancel([each.future for each in self.sent.values()], force=True)
                self.client.run(forget, self.name, wait=False, on_error="ignore")
        with suppress(Exception):
            self.client.close(timeout=2)
        self.client = None

    # --- Who works --------------------------------------------------------------------------------

    def _first_look(self) -> None:
        """Raises `SurroundingsError` with all that is wrong with any worker: then nothing is sent at all."""
        until = time.monotonic() + self.cluster.patience
        while not (workers := self._workers()):
            if self.lost or time.monotonic() > until:
                hint = "start some ('dask worker', see docs/cluster.md)"
                raise SurroundingsError(error(f"{self.cluster.address} has no workers", hint=hint))
            time.sleep(0.2)
        found = self.client.scheduler_info(n_workers=0)["address"]
        problems = [*exposed("the scheduler", found), *self._enlist(workers)]
        if problems:
            raise SurroundingsError(*(error(each, hint=_hint(each)) for each in problems))

    def _look(self) -> None:
        """Take in workers that joined; notice when there is nobody left."""
        workers = self._workers()
        if self.lost:
            return
        nobody = not any(self._is_enlisted(each) for each in workers.values())
        self.staff.unfit &= set(workers)
        for problem in self._enlist(workers):
            self.cluster.problems.append(Diagnostic("warning", f"{problem}; it got nothing to do", hint=_hint(problem)))
        now = time.monotonic()
        if self.staff.fit:
            self.staff.last_seen = now
        elif now - self.staff.last_seen > self.cluster.patience:
            self.lost = f"{self.cluster.address} has had no fit worker for {self.cluster.patience:g} s"
        if nobody and self.staff.fit:
            # The scheduler put aside what it could give to nobody, and does not look at it again.
            self._send_again(list(self.sent))

    def _workers(self) -> Mapping[str, Any]:
        with self._scheduler_may_be_gone():
            found: Mapping[str, Any] = self.client.scheduler_info(n_workers=-1)["workers"]
            return found
        return {}

    def _is_enlisted(self, worker: Mapping[str, Any]) -> bool:
        return self.name in worker.get("resources", {})

    def _enlist(self, workers: Mapping[str, Any]) -> Iterator[str]:
        """Check workers that are not known yet, and send them what jobs need; yields what is wrong with which."""
        self.staff.fit = {name for name, each in workers.items() if self._is_enlisted(each)}
        fresh = set(workers) - self.staff.fit - self.staff.unfit
        for name in sorted(fresh):
            problems = list(exposed("the worker", name)) or self._inspect(name)
            if problems:
                self.staff.unfit.add(name)
            yield from problems or ()

    def _inspect(self, worker: str) -> list[str]:
        """What is wrong with a worker; nothing too when it is gone by now."""
        from briefgen.cluster.worker import enlist, environment, inspect

        found = self._ask(worker, inspect)
        if isinstance(found, Exception):
            return [f"the worker at {worker} cannot run briefgen: {found}"] if isinstance(found, ImportError) else []
        problems = [
            f"{name} {theirs}, here {ours}" for name, ours, theirs in _differ(environment(), found["environment"])
        ]
        if found["threads"] != 1:
            problems.append(f"{found['threads']} threads, and setting type needs one: start it with --nthreads 1")
        if problems:
            return [f"the worker at {worker} has {', '.join(problems)}"]
        trees = {sha: tree for sha, tree in self.bundle.trees.items() if sha not in found["trees"]}
        if not isinstance(self._ask(worker, enlist, self.order, trees), Exception):
            self.staff.fit.add(worker)
        return []

    def _ask(self, worker: str, function: Any, *arguments: Any) -> Any:
        """The worker's answer, or the exception that it met."""
        try:
            return self.client.run(function, *arguments, workers=[worker], on_error="return")[worker]
        except Exception as problem:
            # A worker that dies while it is asked shows in many ways; the next look tells whether it is there.
            return problem

    # --- What is made -----------------------------------------------------------------------------

    def _send(self) -> None:
        from briefgen.cluster.worker import make

        if not self.waiting and not self.sent and self.suspects:
            self.waiting.append(self.suspects.popleft())
        while self.waiting and len(self.sent) < _JOBS_PER_WORKER * len(self.staff.fit) and not self.lost:
            each = self.waiting.popleft()
            each.tries += 1
            key = f"{self.name}-{each.name}-{each.tries}"
            with self._scheduler_may_be_gone():
                options = {"key": key, "resources": {self.name: 1}, "pure": False, "retries": 0}
                each.future = self.client.submit(make, self.name, each.job, **options)
            self.sent[key] = each
            if each.future:
                each.future.add_done_callback(self.done.put)

    def _send_again(self, keys: Iterable[str]) -> None:
        """Ask anew; should the first answer come after all, nobody waits for it any more."""
        for key in keys:
            self.waiting.appendleft(self.sent.pop(key))

    def _next(self) -> tuple[str, Result] | None:
        try:
            future = self.done.get(timeout=_TICK)
        except queue.Empty:
            if self.client.status != "running":
                self.lost = self._gone()
            return None
        each = self.sent.get(future.key)
        if each is None or each.future is not future:
            return None
        found = self._settled(each, future)
        if found:
            self.sent.pop(future.key, None)
        return (each.name, found) if found else None

    def _settled(self, each: _Sent, future: Any) -> Result | None:
        """What became of a job; None when that has to be asked again, or cannot be told."""
        if future.status == "cancelled":
            self.lost = self._gone()
            return None
        if future.status == "lost":
            return self._unanswered(each, future.key, "it died before it could hand over its result")
        try:
            found: Result = future.result(timeout=2 * self.cluster.limits.seconds + self.cluster.patience)
        except self.cluster.distributed.KilledWorker as problem:
            return self._blamed(each, future.key, problem.allowed_failures + 1)
        except (self.cluster.distributed.CancelledError, TimeoutError, OSError) as problem:
            return self._unanswered(each, future.key, type(problem).__name__)
        except Exception as problem:
            return _failed(f"its worker met {type(problem).__name__}: {problem}", "look at the worker's log", 70)
        return found

    def _blamed(self, each: _Sent, key: str, deaths: int) -> Result | None:
        """Workers died with this job: perhaps of another that they had too, so it is tried once more, alone."""
        if each.alone:
            return _failed(f"each of {deaths} workers that had it died of it", "look at the workers' logs and memory")
        each.alone = True
        self.suspects.append(self.sent.pop(key))
        return None

    def _unanswered(self, each: _Sent, key: str, why: str) -> Result | None:
        if self.client.status != "running":
            self.lost = self._gone()
        elif each.tries >= _TRIES:
            return _failed(f"{each.tries} workers had it and did not answer ({why})", _AGAIN, 4)
        else:
            self._send_again([key])
        return None

    @contextmanager
    def _scheduler_may_be_gone(self) -> Iterator[None]:
        try:
            yield
        except Exception:
            # The scheduler's library has no base for what a lost connection raises.
            self.lost = self._gone()

    def _gone(self) -> str:
        return f"the scheduler at {self.cluster.address} is gone"


def _differ(ours: Mapping[str, str], theirs: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for name in sorted({*ours, *theirs}):
        if ours.get(name) != theirs.get(name):
            yield name, ours.get(name, "none"), theirs.get(name, "none")


def _hint(problem: str) -> str:
    if "without encryption" in problem:
        return "start it with --host 127.0.0.1, or everything with certificates (docs/cluster.md)"
    return _PIP + " there" if "cannot run briefgen" in problem else _SAME


def _failed(why: str, hint: str, code: int = 1) -> Result:
    return Result(diagnostics=[error(f"not made: {why}", hint=hint)], code=code)
