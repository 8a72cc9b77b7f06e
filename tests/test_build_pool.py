"""The pool keeps its work whatever happens to its children: crashes, hangs, memory hogs, kills from outside."""

from __future__ import annotations

import ctypes
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from briefgen import workspace as workspaces
from briefgen.build import Request, build, local_pool
from briefgen.build.job import Job, Result
from briefgen.build.pool import Limits, Pool
from briefgen.render import Assets, search_path
from nights import ONE_AUDIENCE, add, workspace


class Fake:
    """Stands for a job: what the child is to do is in its name."""

    def __init__(self, name: str) -> None:
        self.name = name


def work(job: Job) -> Result:
    kind = job.name.split("-")[0]
    if kind == "segfault":
        ctypes.string_at(0)
    if kind == "hang":
        time.sleep(600)
    if kind == "hog":
        bytearray(4_000_000_000)
    if kind == "exit":
        os._exit(3)
    if kind == "suicide":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return Result(kept=[job.name], outputs={"pdf": b"x" * 200_000})


def outcome(names: list[str], size: int = 2, seconds: float = 2.0) -> dict[str, Result]:
    pool = Pool(work, size, Limits(seconds, 2_000_000_000))
    results = list(pool.run([(name, Fake(name)) for name in names]))  # type: ignore[misc]
    assert len(results) == len(names), "a job was lost or came twice"
    return dict(results)


def told(result: Result) -> str:
    return "\n".join(str(each) for each in result.diagnostics)


def test_results_come_back_whole() -> None:
    results = outcome([f"fine-{number}" for number in range(30)], size=4)
    assert all(result.kept == [name] and len(result.outputs["pdf"]) == 200_000 for name, result in results.items())


def test_a_child_takes_further_jobs_as_long_as_it_is_as_it_was_forked() -> None:
    """Each result names the process that made it; a job called "spoil" leaves its child unfit for another."""
    spoilt = False

    def tell(job: Job) -> Result:
        nonlocal spoilt
        spoilt = spoilt or job.name.startswith("spoil")
        return Result(kept=[str(os.getpid())], code=int(job.name.startswith("bad")), outputs={"pdf": b"x" * 3_000_000})

    pool = Pool(tell, 1, Limits(60.0), reusable=lambda: not spoilt)
    jobs = ["fine-1", "fine-2", "spoil", "fine-3", "bad", "fine-4", *(f"many-{number}" for number in range(40))]
    made = {name: result.kept[0] for name, result in pool.run([(name, Fake(name)) for name in jobs])}  # type: ignore
    assert list(made) == jobs
    assert made["fine-1"] == made["fine-2"] == made["spoil"]
    assert len({made["spoil"], made["fine-3"], made["fine-4"]}) == 3
    assert made["fine-3"] == made["bad"]
    assert max(Counter(made.values()).values()) < 40
    for pid in made.values():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)


def test_what_is_prepared_later_is_ready_in_every_child_that_needs_it() -> None:
    ready: set[str] = set()

    def prepare(job: Job) -> bool:
        kind = job.name[0]
        news = kind not in ready
        ready.add(kind)
        return news

    def tell(job: Job) -> Result:
        return Result(kept=[str(os.getpid())], omitted=sorted({job.name[0]} - ready))

    pool = Pool(tell, 1, Limits(60.0), prepare, reusable=lambda: True)
    results = dict(pool.run([(name, Fake(name)) for name in ("a1", "b1", "a2", "b2")]))  # type: ignore[misc]
    assert [each.omitted for each in results.values()] == [[]] * 4
    assert len({each.kept[0] for each in results.values()}) == 2


@pytest.mark.parametrize("name", ["segfault-1", "hang-1", "suicide-1", "exit-1"])
def test_a_document_that_kills_a_used_child_costs_only_itself(name: str) -> None:
    pool = Pool(work, 1, Limits(2.0), reusable=lambda: True)
    jobs = ["fine-1", "fine-2", name, "fine-3", "fine-4"]
    results = dict(pool.run([(each, Fake(each)) for each in jobs]))  # type: ignore[misc]
    assert [each for each in jobs if results[each].code] == [name]


def test_a_large_job_reaches_a_child_that_waits_for_it() -> None:
    """More than a socket holds at once."""
    big = "fine-" + "x" * 5_000_000
    pool = Pool(lambda job: Result(kept=[job.name]), 2, Limits(60.0), reusable=lambda: True)
    jobs = [(str(number), Fake(f"{big}{number}")) for number in range(5)]
    assert sorted(result.kept[0] for _, result in pool.run(jobs)) == [job.name for _, job in jobs]  # type: ignore


def test_a_job_is_made_only_when_there_is_a_place_for_it() -> None:
    """Thousands of them need no memory before their time; the next is under way when a result is handed out."""
    made: list[str] = []

    def jobs() -> Iterator[tuple[str, Fake]]:
        for number in range(12):
            made.append(f"fine-{number}")
            yield made[-1], Fake(made[-1])

    pool = Pool(work, 3, Limits(60, 2_000_000_000))
    ahead = [len(made) - done for done, _ in enumerate(pool.run(jobs()))]  # type: ignore[arg-type]
    assert len(ahead) == len(made) == 12
    assert max(ahead) <= 4


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("segfault-1", "SIGSEGV"),
        ("hang-1", "longer than 2 s"),
        ("hog-1", "2.0 GB of memory"),
        ("exit-1", "exit 3"),
        ("suicide-1", "killed twice by SIGKILL"),
    ],
)
def test_a_bad_document_is_named_with_its_cause_and_costs_only_itself(name: str, cause: str) -> None:
    results = outcome(["fine-1", name, "fine-2", "fine-3"])
    assert cause in told(results[name]) and results[name].code == 1
    assert all(results[other].code == 0 for other in ("fine-1", "fine-2", "fine-3"))


def test_no_child_survives_a_pool_that_is_left_early() -> None:
    pool = Pool(work, 2, Limits(60.0))
    running = pool.run([(name, Fake(name)) for name in ("fine-1", "hang-1", "hang-2")])  # type: ignore[misc]
    next(running)
    children = [child.pid for child in pool.children.values()]
    assert children
    running.close()
    for pid in children:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_child_dies_with_its_parent(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    parent = os.fork()
    if parent == 0:
        pool = Pool(lambda _: (note.write_text(str(os.getpid())), time.sleep(600))[0], 1, Limits(600.0))  # type: ignore
        list(pool.run([("hang", Fake("hang"))]))  # type: ignore[list-item]
        os._exit(0)
    while not note.exists() or not note.read_text():
        time.sleep(0.02)
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    child = int(note.read_text())
    for _ in range(100):
        if not Path(f"/proc/{child}").exists() or "State:\tZ" in Path(f"/proc/{child}/status").read_text():
            return
        time.sleep(0.05)
    pytest.fail("the child outlived its parent")


BAD = {
    "segfault-1": "SIGSEGV", "segfault-2": "SIGSEGV", "segfault-3": "SIGSEGV",
    "hog-1": "GB of memory", "hog-2": "GB of memory", "hang-1": "it took longer than", "hang-2": "it took longer than",
}  # fmt: skip
DOCUMENTS = 300


def names() -> list[str]:
    found = [*BAD, *(f"fine-{number}" for number in range(DOCUMENTS - len(BAD)))]
    random.Random(7).shuffle(found)
    return found


@contextmanager
def killer(pool: Pool, pause: float) -> Iterator[list[str]]:
    """Kills a random child again and again; none twice, as a document that is killed twice is given up."""
    stop, chance, killed = threading.Event(), random.Random(3), list[str]()

    def kill() -> None:
        while not stop.wait(pause):
            alive = [each for each in list(pool.children.values()) if "fine" in each.task.key and each.task.tried == 1]
            if alive:
                victim = chance.choice(alive)
                with suppress(ProcessLookupError):
                    os.kill(victim.pid, signal.SIGKILL)
                    killed.append(victim.task.key)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()


def assert_bad_are_named(causes: dict[str, str | None]) -> None:
    """`causes` has what was told of each document that was not made."""
    assert len(causes) == DOCUMENTS
    assert {name for name, cause in causes.items() if cause is not None} == set(BAD)
    assert [name for name, cause in BAD.items() if cause not in str(causes[name])] == []


@pytest.mark.slow
def test_chaos() -> None:
    """300 documents, a random child killed every 0.1 s, 3 crashes, 2 hogs, 2 hangs: 293 made, 7 named."""
    pool = Pool(work, 4, Limits(3.0))
    with killer(pool, 0.1) as killed:
        results = list(pool.run([(name, Fake(name)) for name in names()]))  # type: ignore[misc]
    assert killed
    assert_bad_are_named({name: told(result) if result.code else None for name, result in results})


@pytest.mark.soak
def test_chaos_in_a_night(tmp_path: Path) -> None:
    """The same with pages that are really laid out, a child killed every 0.5 s, and what the report says of it."""
    root = workspace(tmp_path / "night", (), ONE_AUDIENCE)
    for name in names():
        add(root, name, name)
    settings = workspaces.load(root)
    # Time enough for a page on a machine that has much else to do.
    pool = local_pool(2, Limits(120.0), Assets(tuple(search_path(root)), root))
    really = pool.work
    pool.work = lambda job: work(Fake(job.edition.name)) if job.edition.name in BAD else really(job)  # type: ignore[arg-type]
    request = Request(settings.briefs(), list(settings.audiences), ("pdf",), settings.build, runner=pool)
    with killer(pool, 0.5) as killed:
        report = build(settings, request)
    print(f"{len(killed)} children killed; {report.summary()}")
    assert killed
    assert_bad_are_named({t.brief: "\n".join(map(str, t.diagnostics)) if t.code else None for t in report.targets})
    assert len(list((root / "build/executive").glob("*.pdf"))) == DOCUMENTS - len(BAD)
    for target in report.targets:
        assert all(each.file for each in target.diagnostics if each.severity == "error")
