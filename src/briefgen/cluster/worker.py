"""A packed job -> its result: what a worker of the scheduler runs for us, and what it has to have for that.

Every function here is called by the scheduler's name for it, in the worker's process; `dask_worker` is that worker.
"""

from __future__ import annotations

import asyncio
import platform
import shutil
import sys
import threading
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from briefgen.build import Limits
from briefgen.build.job import Job, Result
from briefgen.build.plan import engine_versions
from briefgen.cluster.bundle import Tree, lay, store, unpacked
from briefgen.cluster.child import Child, GoneError, Setup
from briefgen.errors import error

# Besides what every build depends on: these are the same within one machine, and need not be on another.
_PACKAGES = ("pydantic", "pillow", "fonttools", "tinycss2", "distributed")
# A worker serves few builds at once; the child of one whose end was never told must not stay for ever.
_MOST_RUNS = 2
# For starting the engine, on top of what the job itself may take.
_START = 60.0


def environment() -> dict[str, str]:
    """Everything about this machine that can change a byte of a page, or break what is sent."""
    found = {name: _version(name) for name in _PACKAGES} | engine_versions()
    return found | {
        "python": ".".join(map(str, sys.version_info[:2])),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "processor": platform.machine(),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


@dataclass(frozen=True)
class Order:
    """A run as a worker knows it: its limits, and which tree is at which place; `shared` are the places of all jobs."""

    run: str
    limits: Limits
    places: Mapping[str, str]
    shared: tuple[str, ...]
    builtin: str


@dataclass
class _Run:
    order: Order
    folder: Path
    child: Child | None = None

    def start(self) -> Child:
        order = self.order
        folders = tuple(self.folder / place for place in order.shared)
        setup = Setup(order.limits, self.folder / "root", folders, self.folder / order.builtin)
        return Child(setup, self.folder / "tmp")

    def end(self) -> None:
        if self.child:
            self.child.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


_runs: dict[str, _Run] = {}
_lock = threading.Lock()


async def inspect(dask_worker: Any) -> dict[str, Any]:
    """What the client wants to know before it sends anything: versions, threads, and the trees that are here."""
    trees = _folder(dask_worker) / "trees"
    # Asking libraries for their version may start processes; the worker must go on answering meanwhile.
    versions = await asyncio.to_thread(environment)
    here = [path.name for path in trees.glob("*")] if trees.is_dir() else []
    return {"environment": versions, "threads": dask_worker.state.nthreads, "trees": here}


async def enlist(order: Order, trees: Mapping[str, Tree], dask_worker: Any) -> None:
    """Take in the trees; from now on the scheduler may give this worker jobs of the run."""
    await asyncio.to_thread(_prepare, order, trees, _folder(dask_worker))
    # Jobs ask for this resource: a worker that nobody has checked has none, whenever it joined.
    await dask_worker.set_resources(**{order.run: 1})


def _prepare(order: Order, trees: Mapping[str, Tree], folder: Path) -> None:
    for sha, tree in trees.items():
        (folder / "trees").mkdir(parents=True, exist_ok=True)
        store(tree, sha, folder / "trees" / sha)
    lay(order.places, folder / "trees", folder / "runs" / order.run)
    with _lock:
        _runs[order.run] = _Run(order, folder / "runs" / order.run)
        while len(_runs) > _MOST_RUNS:
            _runs.pop(next(iter(_runs))).end()


def _folder(dask_worker: Any) -> Path:
    return Path(dask_worker.local_directory) / "briefgen"


def make(run: str, job: Job) -> Result:
    """The result of a packed job; a child that dies is started again, once."""
    for _ in range(2):
        try:
            if known := _runs.get(run):
                known.child = known.child or known.start()
                seconds = 2 * known.order.limits.seconds + _START
                return known.child.ask(unpacked(job, known.folder), seconds)
        except GoneError:
            if known:
                known.child = None
    why = "its process was killed twice on a worker" if run in _runs else "the worker was told that the build is over"
    return Result(diagnostics=[error(f"not made: {why}", hint="run the build again")], code=1)


async def forget(run: str) -> None:
    """The run is over: end its child and whatever that still makes."""
    with _lock:
        known = _runs.pop(run, None)
    if known:
        await asyncio.to_thread(known.end)
