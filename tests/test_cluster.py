"""A cluster of real processes on this machine: the same bytes as a local build, whatever happens to its workers."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from briefgen.build import Limits
from briefgen.build.job import Job, Result
from briefgen.cluster import Cluster, _Run, address
from briefgen.cluster.bundle import Bundle, lay, store, tree_hash, unpacked
from briefgen.errors import SurroundingsError, UsageError
from nights import ONE_AUDIENCE, SEED

BRIEF = """\
title: "Plant {name}: open, not paid for"
issued: 2026-11-23
marking: TLP:CLEAR
sources:
  - {{id: S1, file: seeds/s.txt, sha256: {sha}, kind: news, reliability: C, note: A test}}
findings:
  - id: opened
    sector: industry
    stance: reported
    text: The minister opened plant {name}.
    evidence: [{{exact: The minister opened the plant.}}]
questions:
  - {{id: payer, text: Who pays for the second line?}}
"""
# Runs in every child of a worker: some documents are worse than any template can be.
POISON = """\
import os, sys
if "briefgen.cluster.child" in sys.orig_argv:
    import ctypes, signal, time
    import briefgen.build as build
    real = build.run
    def run(job, engine):
        kind = job.edition.name.split("-")[0]
        if kind == "segfault":
            ctypes.string_at(0)
        if kind == "slow":
            time.sleep(1)
        if kind == "hang":
            time.sleep(600)
        if kind == "hog":
            bytearray(9_000_000_000)
        if kind == "killer":
            child = os.getppid()
            os.kill(int(open(f"/proc/{child}/stat").read().rpartition(")")[2].split()[1]), signal.SIGKILL)
            time.sleep(600)
        return real(job, engine)
    build.run = run
"""


def workspace(root: Path, names: list[str]) -> Path:
    """A workspace with a small brief of each name, for one audience."""
    (root / "seeds").mkdir(parents=True)
    (root / "seeds" / "s.txt").write_text(SEED)
    (root / "briefgen.yaml").write_text(ONE_AUDIENCE)
    for name in names:
        folder = root / "content" / name
        folder.mkdir(parents=True)
        (folder / "brief.yaml").write_text(BRIEF.format(name=name, sha=sha256(SEED.encode()).hexdigest()))
    return root


def plants(count: int) -> list[str]:
    return [f"plant-{number}" for number in range(1, count + 1)]


def command(root: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "briefgen", "-C", str(root), "build", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(root: Path, *options: str, code: int = 0) -> str:
    process = command(root, *options)
    try:
        out, err = process.communicate(timeout=3600)
    finally:
        process.kill()
    assert process.returncode == code, out + err
    return out + err


def tree(folder: Path) -> dict[str, str]:
    files = (path for path in folder.glob("*/*") if path.parent.name != ".briefgen" and path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


def report(root: Path) -> list[dict[str, Any]]:
    targets: list[dict[str, Any]] = json.loads((root / "build" / "report.json").read_text())["targets"]
    return targets


def told(root: Path, brief: str) -> str:
    return " ".join(d["message"] for t in report(root) if t["brief"] == brief for d in t["diagnostics"])


# --- A cluster --------------------------------------------------------------------------------------


@dataclass
class Farm:
    """A scheduler and its workers, as processes of ours; `options` secure them."""

    folder: Path
    options: list[str] = field(default_factory=list)
    scheme: str = "tcp"
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def scheduler(self) -> subprocess.Popen[bytes]:
        self.port = self.port or free_port()
        return self._start("scheduler", "--host", f"{self.scheme}://127.0.0.1", "--port", str(self.port))

    def worker(self, *more: str, threads: int = 1, **environment: str) -> subprocess.Popen[bytes]:
        where = ("--host", f"{self.scheme}://127.0.0.1", "--local-directory", str(self.folder))
        return self._start("worker", self.address, "--nthreads", str(threads), *where, *more, **environment)

    def _start(self, kind: str, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        quiet = ["--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
        with (self.folder / f"{kind}-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_" + kind, *options, *quiet, *self.options],
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment, **environment},
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def pids(self) -> list[int]:
        """The processes that take tasks: children of the nannies."""
        found = []
        for process in self.processes:
            found += [pid for pid in children(process.pid) if b"spawn_main" in cmdline(pid)]
        return found

    def stop(self) -> None:
        for process in self.processes:
            # A session of its own each: the group is ours alone.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            finally:
                process.wait()


def children(pid: int) -> list[int]:
    try:
        return [int(each) for path in Path(f"/proc/{pid}/task").glob("*/children") for each in path.read_text().split()]
    except OSError:
        return []


def cmdline(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


@contextmanager
def farm(folder: Path, workers: int = 3, **settings: Any) -> Iterator[Farm]:
    pytest.importorskip("distributed", reason="the extra briefgen[cluster] is not installed")
    folder.mkdir()
    made = Farm(folder, **settings)
    try:
        made.scheduler()
        for _ in range(workers):
            made.worker()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    """Three workers that nobody disturbs."""
    with farm(tmp_path_factory.mktemp("calm") / "farm") as made:
        yield made


# --- Without a cluster ------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["10.1.2.3:8786", "tcp://192.0.2.1:8786", "tcp://0.0.0.0:8786"])
def test_nothing_leaves_the_machine_in_the_clear(where: str) -> None:
    with pytest.raises(SurroundingsError) as found:
        address.scheduler(where, None)
    assert "without encryption" in str(found.value) and "--cluster-tls" in str(found.value)


def test_addresses_are_understood_or_refused(tmp_path: Path) -> None:
    assert address.scheduler("127.0.0.1:8786", None) == "tcp://127.0.0.1:8786"
    assert address.scheduler("localhost:8786", None) == "tcp://localhost:8786"
    assert address.scheduler("tcp://[::1]:8786", None) == "tcp://[::1]:8786"
    for name in ("ca", "cert", "key"):
        (tmp_path / name).touch()
    tls = address.certificates(",".join(str(tmp_path / name) for name in ("ca", "cert", "key")))
    assert address.scheduler("10.1.2.3:8786", tls) == "tls://10.1.2.3:8786"
    for wrong in ("nowhere", "http://127.0.0.1:8786", "tcp://127.0.0.1:port"):
        with pytest.raises(UsageError):
            address.scheduler(wrong, None)
    with pytest.raises(UsageError):
        address.scheduler("tcp://10.1.2.3:8786", tls)
    with pytest.raises(SurroundingsError):
        address.scheduler("tls://10.1.2.3:8786", None)
    with pytest.raises(UsageError):
        address.certificates("ca.pem")
    with pytest.raises(SurroundingsError):
        address.certificates(f"{tmp_path / 'ca'},{tmp_path / 'cert'},{tmp_path / 'nothing'}")


@dataclass(frozen=True)
class Paths:
    """As much of a job as a bundle looks at."""

    root: Path
    folders: tuple[Path, ...]
    builtin: Path


def test_a_bundle_holds_each_folder_once_and_nothing_from_outside(tmp_path: Path) -> None:
    root, builtin = tmp_path / "root", tmp_path / "builtin"
    (root / "templates" / "css").mkdir(parents=True)
    (root / "templates" / "css" / "own.css").write_text("a")
    (root / "templates" / "loop").symlink_to(root / "templates")
    (root / "secret").write_text("s")
    (root / "templates" / "out.css").symlink_to(root / "secret")
    builtin.mkdir()
    (builtin / "base.html").write_text("b")
    bundle = Bundle()
    job: Job = Paths(root, (root / "templates", builtin), builtin)  # type: ignore[assignment]
    packed = bundle.pack(job)
    bundle.pack(job)
    assert sorted(sorted(each) for each in bundle.trees.values()) == [["base.html"], ["css/own.css"]]
    assert str(tmp_path) not in str(packed)
    for sha, files in bundle.trees.items():
        store(files, sha, tmp_path / "trees" / sha)
    lay(bundle.places, tmp_path / "trees", tmp_path / "run")
    there = unpacked(packed, tmp_path / "run")
    assert (there.folders[0] / "css" / "own.css").read_text() == "a"
    assert there.folders[0].relative_to(there.root) == Path("templates")
    assert (there.builtin / "base.html").read_text() == "b"
    with pytest.raises(ValueError, match="changed"):
        store({"base.html": b"c"}, tree_hash({"base.html": b"b"}), tmp_path / "trees" / "x")


def test_a_second_answer_is_ignored_and_a_lost_one_is_asked_for_again(tmp_path: Path) -> None:
    """At least once, made harmless; `lost` is what a future is when its worker died before it was fetched."""
    pytest.importorskip("distributed")
    here: Job = Paths(tmp_path, (), tmp_path)  # type: ignore[assignment]
    run = _Run(Cluster("127.0.0.1:1", Limits()), [("a", here)])
    run.client, run.staff.fit = Scheduler(), {"somebody"}
    run._send()
    (first,) = run.client.futures
    first.status = "lost"
    run.done.put(first)
    assert run._next() is None and not run.sent
    run._send()
    _, second = run.client.futures
    run.done.put(second)
    run.done.put(second)
    first.status = "finished"
    run.done.put(first)
    assert run._next() == ("a", second.made)
    assert run._next() is None and run._next() is None
    assert first.key != second.key


class Word:
    """Stands for a future."""

    def __init__(self, key: str) -> None:
        self.key, self.status, self.made = key, "finished", Result(kept=[key])

    def add_done_callback(self, _: object) -> None:
        return

    def result(self, timeout: float) -> Result:
        assert timeout > 0
        return self.made


class Scheduler:
    """Stands for a client."""

    status = "running"

    def __init__(self) -> None:
        self.futures: list[Word] = []

    def submit(self, *_: object, key: str, **options: object) -> Word:
        assert options["pure"] is False and options["resources"]
        self.futures.append(Word(key))
        return self.futures[-1]


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    root = workspace(tmp_path / "ws", plants(1))
    hide = "import sys; sys.modules['distributed'] = None; from briefgen.cli import main; main()"
    asked = [sys.executable, "-c", hide, "-C", str(root), "build", "--cluster", "127.0.0.1:1"]
    result = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert result.returncode == 4
    assert "pip install 'briefgen[cluster]'" in result.stderr


def test_the_scheduler_is_loaded_by_those_who_ask_for_it_only() -> None:
    code = "import sys, briefgen.cluster.child, briefgen.cluster.worker; print('distributed' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_a_scheduler_that_is_not_there_is_told(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    root = workspace(tmp_path / "ws", plants(1))
    message = run(root, "--cluster", f"127.0.0.1:{free_port()}", code=4)
    assert "no scheduler answers" in message and "Traceback" not in message


# --- With one ---------------------------------------------------------------------------------------


@pytest.mark.cluster
def test_the_same_bytes_and_messages_as_here(calm: Farm, tmp_path: Path) -> None:
    root = workspace(tmp_path / "ws", plants(6))
    own = root / "content" / "plant-2" / "templates" / "parts"
    own.mkdir(parents=True)
    (own / "question.html").write_text('<li id="{{ item.id }}"><p class="body">Ask: {{ item.body }}</p></li>\n')
    wrong = root / "content" / "plant-3" / "templates" / "parts"
    wrong.mkdir(parents=True)
    (wrong / "question.html").write_text("<li>{{ item.boody }}</li>\n")
    here = run(root, "-o", str(tmp_path / "here"), code=1)
    there = run(root, "--cluster", calm.address, code=1)
    assert tree(root / "build") == tree(tmp_path / "here")
    assert len(tree(root / "build")) == 10
    place = "content/plant-3/templates/parts/question.html:1"
    assert place in here
    assert sorted(line for line in here.splitlines() if place in line) == sorted(
        line for line in there.splitlines() if place in line
    )
    assert "Traceback" not in there
    before = len(list(calm.folder.rglob("trees/*")))
    run(root, "--cluster", calm.address, code=1)
    assert len(list(calm.folder.rglob("trees/*"))) == before, "templates that are there are not sent again"
    assert {each["status"] for each in report(root)} == {"cached", "failed"}
    for _ in range(50):
        if not list(calm.folder.rglob("runs/*")):
            return
        time.sleep(0.1)
    pytest.fail("a worker keeps the files of a run that is over")


@pytest.mark.cluster
def test_nothing_listens_off_this_machine(calm: Farm, tmp_path: Path) -> None:
    run(workspace(tmp_path / "ws", plants(1)), "--cluster", calm.address)
    everybody = [process.pid for process in calm.processes] + calm.pids()
    inodes = {str(link.readlink()) for pid in everybody for link in Path(f"/proc/{pid}/fd").iterdir()}
    listening = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                listening.append(fields[1].partition(":")[0])
    assert listening
    assert set(listening) == {"0100007F"}


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """The environment of a worker whose briefgen is another one."""
    package = Path(__file__).parents[1] / "src"
    shutil.copytree(package, tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "src" / "briefgen" / "errors.py").open("a") as file:
        file.write("# another version\n")
    return {"PYTHONPATH": str(tmp_path / "src")}


@pytest.fixture
def poison(tmp_path: Path) -> dict[str, str]:
    """The environment of workers that know documents of the worst kinds."""
    (tmp_path / "poison").mkdir()
    (tmp_path / "poison" / "sitecustomize.py").write_text(POISON)
    return {"PYTHONPATH": str(tmp_path / "poison")}


@pytest.mark.cluster
def test_a_worker_that_differs_is_refused_by_name(tmp_path: Path, elsewhere: dict[str, str]) -> None:
    root = workspace(tmp_path / "ws", plants(2))
    with farm(tmp_path / "farm", workers=0) as made:
        made.worker(**elsewhere)
        message = run(root, "--cluster", made.address, code=4)
    assert re.search(r"the worker at tcp://127\.0\.0\.1:\d+ has briefgen \S+, here \S+", message)
    assert "Traceback" not in message
    assert not tree(root / "build"), "no job was sent"


@pytest.mark.cluster
def test_a_worker_that_joins_later_is_checked_as_well(
    tmp_path: Path, elsewhere: dict[str, str], poison: dict[str, str]
) -> None:
    root = workspace(tmp_path / "ws", [f"slow-{number}" for number in range(20)])
    with farm(tmp_path / "farm", workers=1, environment=poison) as made:
        building = command(root, "--cluster", made.address)
        assert building.stderr
        assert "built" in building.stderr.readline()
        made.worker(**elsewhere)
        made.worker()
        _, err = building.communicate(timeout=110)
        assert len(list(made.folder.rglob("trees"))) == 2, "the fit one was taken in, the other not"
    assert building.returncode == 0
    assert "it got nothing to do" in err and "here" in err
    assert len(tree(root / "build")) == 40


@pytest.mark.cluster
def test_more_threads_than_one_and_open_ports_are_refused(tmp_path: Path) -> None:
    root = workspace(tmp_path / "ws", plants(1))
    with farm(tmp_path / "farm", workers=0) as made:
        made.worker(threads=2)
        assert "--nthreads 1" in run(root, "--cluster", made.address, code=4)
    outside = next((each for each in own_addresses() if not each.startswith("127.")), None)
    if outside is None:
        return
    with farm(tmp_path / "open", workers=0) as made:
        made.worker("--contact-address", f"tcp://{outside}:{free_port()}")
        message = run(root, "--cluster", made.address, code=4)
        assert "without encryption" in message or "has no workers" in message


def own_addresses() -> list[str]:
    return [str(each[4][0]) for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]


@pytest.mark.cluster
def test_a_bad_document_is_named_and_costs_only_itself(tmp_path: Path, poison: dict[str, str]) -> None:
    """A crash, a hang, a memory hog, and one that takes its whole worker with it, each time."""
    bad = ["segfault-1", "hang-1", "hog-1", "killer-1"]
    names = [*plants(12), *bad]
    root = workspace(tmp_path / "ws", names)
    settings = {**poison, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    with farm(tmp_path / "farm", environment=settings) as made:
        message = run(root, "--cluster", made.address, "--time-limit", "12", "--memory-limit", "2", code=1)
    assert "Traceback" not in message
    assert {each["brief"] for each in report(root) if each["status"] == "failed"} == set(bad)
    assert "SIGSEGV" in told(root, "segfault-1")
    assert "longer than 12 s" in told(root, "hang-1")
    assert "2.0 GB of memory" in told(root, "hog-1")
    assert "workers that had it died" in told(root, "killer-1")


def scale(small: int, full: int) -> list[Any]:
    """A test's two sizes: one for `make test-cluster`, and the customer's figure."""
    return [pytest.param(small, marks=pytest.mark.cluster), pytest.param(full, marks=pytest.mark.soak)]


def at_work(made: Farm) -> list[int]:
    """The workers that make a document just now."""
    return [pid for pid in made.pids() if any(children(child) for child in children(pid))]


@pytest.mark.parametrize("count", scale(24, 300))
def test_workers_that_die_cost_nothing(tmp_path: Path, count: int) -> None:
    """One is killed every two seconds, but never the last one at work: on a slow machine they take long to return."""
    root = workspace(tmp_path / "ws", plants(count))
    run(root, "-o", str(tmp_path / "here"), "-q")
    chance, killed = random.Random(11), 0
    with farm(tmp_path / "farm") as made:
        building = command(root, "-q", "--cluster", made.address)
        while building.poll() is None:
            time.sleep(2)
            if len(busy := at_work(made)) > 1:
                with suppress(ProcessLookupError):
                    os.kill(chance.choice(busy), signal.SIGKILL)
                    killed += 1
        _, err = building.communicate()
    print(f"{count} documents, {killed} workers killed")
    assert building.returncode == 0, err
    assert killed >= (5 if count > 100 else 1)
    assert tree(root / "build") == tree(tmp_path / "here")
    assert len(tree(root / "build")) == 2 * count


@pytest.mark.parametrize("count", scale(16, 300))
def test_when_the_scheduler_dies_the_next_build_makes_only_the_rest(tmp_path: Path, count: int) -> None:
    root = workspace(tmp_path / "ws", plants(count))
    with farm(tmp_path / "farm") as made:
        building = command(root, "--cluster", made.address)
        assert building.stderr
        # Two lines a document: halfway.
        lines = [building.stderr.readline() for _ in range(count)]
        made.processes[0].kill()
        _, rest = building.communicate(timeout=300)
        message = "".join(lines) + rest
    assert building.returncode == 4, message
    assert f"the scheduler at {made.address} is gone" in message
    assert "it makes only the rest" in message and "Traceback" not in message
    finished = {each["brief"] for each in report(root) if each["status"] == "built"}
    assert len(finished) >= count // 2
    assert len(tree(root / "build")) == 2 * len(finished)
    with farm(tmp_path / "next") as made:
        run(root, "--cluster", made.address)
    again = {each["brief"] for each in report(root) if each["status"] == "built"}
    print(f"{count} documents, {len(finished)} made before the scheduler died, {len(again)} after")
    assert again == set(plants(count)) - finished


@pytest.mark.cluster
def test_a_signal_ends_it_within_seconds(calm: Farm, tmp_path: Path) -> None:
    root = workspace(tmp_path / "ws", plants(12))
    building = command(root, "--cluster", calm.address)
    assert building.stderr and "built" in building.stderr.readline()
    building.send_signal(signal.SIGTERM)
    began = time.monotonic()
    _, err = building.communicate(timeout=20)
    assert time.monotonic() - began < 5
    assert building.returncode == 143 and "Traceback" not in err
    run(root, "--cluster", calm.address, "-q")
    assert len(tree(root / "build")) == 24


def certificate(folder: Path, name: str, issuer: str | None) -> None:
    """A key and a certificate, as docs/cluster.md makes them."""
    base = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    files = ["-keyout", str(folder / f"{name}-key.pem"), "-out", str(folder / f"{name}.pem")]
    signed = ["-CA", str(folder / f"{issuer}.pem"), "-CAkey", str(folder / f"{issuer}-key.pem")] if issuer else []
    leaf = ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run([*base, *files, *signed, *(leaf if issuer else [])], check=True, capture_output=True)


@pytest.mark.cluster
def test_tls(tmp_path: Path, need: Callable[[object, str], None]) -> None:
    need(shutil.which("openssl"), "openssl makes the certificates")
    for name, issuer in (("ca", None), ("node", "ca"), ("stranger", None)):
        certificate(tmp_path, name, issuer)
    ca, cert, key = (str(tmp_path / name) for name in ("ca.pem", "node.pem", "node-key.pem"))
    options = ["--tls-ca-file", ca, "--tls-cert", cert, "--tls-key", key]
    root = workspace(tmp_path / "ws", plants(2))
    with farm(tmp_path / "farm", workers=2, options=options, scheme="tls") as made:
        run(root, "--cluster", made.address, "--cluster-tls", f"{ca},{cert},{key}")
        assert len(tree(root / "build")) == 4
        shutil.rmtree(root / "build")
        stranger = f"{tmp_path / 'stranger.pem'},{tmp_path / 'stranger.pem'},{tmp_path / 'stranger-key.pem'}"
        assert "no scheduler answers" in run(root, "--cluster", made.address, "--cluster-tls", stranger, code=4)
        assert "--cluster-tls" in run(root, "--cluster", made.address, code=4)
        plain = f"tcp://127.0.0.1:{made.port}"
        assert "no scheduler answers" in run(root, "--cluster", plain, code=4)
