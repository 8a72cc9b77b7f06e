"""Whatever a reader does in its child, the parent gets a result or a named error, in time."""

from __future__ import annotations

import os
import threading
import time

import pytest

from briefgen.errors import BriefgenError, error
from briefgen.sources.isolation import Limits, isolated

SHORT = Limits(seconds=1, memory=300_000_000)


def double(value: int) -> int:
    return 2 * value


def refuse() -> None:
    raise BriefgenError(error("is not good", "f", "do better"))


def fail() -> None:
    raise KeyError("x\ny")


def hang() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(60)


def doze() -> str:
    time.sleep(0.5)
    return "rested"


def fill() -> bytes:
    return b"x" * 2_000_000_000


def recurse() -> int:
    return recurse() + 1


def crash() -> None:
    os.abort()


def leave() -> None:
    os._exit(3)


def shout() -> str:
    os.write(1, b"noise")
    os.write(2, b"noise")
    return "quiet"


def test_a_result_comes_back() -> None:
    assert isolated(double, (21,), "f", SHORT) == 42


def test_a_large_result_comes_back() -> None:
    assert len(isolated(str.__mul__, ("x", 30_000_000), "f", SHORT)) == 30_000_000


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (refuse, "is not good"),
        (fail, "cannot be read: KeyError"),
        (hang, "longer than 1 seconds"),
        (sleep, "longer than 1 seconds"),
        (fill, "needs more than 0.3 GB"),
        (recurse, "nested too deeply"),
        (crash, "signal 6"),
        (leave, "exit code 3"),
    ],
)
def test_every_end_is_a_named_error(work: object, message: str) -> None:
    start = time.perf_counter()
    with pytest.raises(BriefgenError, match=message) as caught:
        isolated(work, (), "f", SHORT)  # type: ignore[arg-type]
    assert time.perf_counter() - start < 60  # no speed: what hangs takes minutes
    assert caught.value.diagnostics[0].file == "f"
    assert caught.value.diagnostics[0].hint


def test_waiting_for_a_busy_machine_is_no_work() -> None:
    assert isolated(doze, (), "f", Limits(seconds=0.25)) == "rested"


def test_a_child_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    assert isolated(shout, (), "f", SHORT) == "quiet"
    assert capfd.readouterr() == ("", "")


def test_it_works_beside_other_threads() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert isolated(double, (21,), "f", Limits()) == 42
    finally:
        done.set()
        thread.join()
