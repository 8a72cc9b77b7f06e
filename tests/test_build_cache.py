"""What the cache gives back is what was put in, or nothing; never something else."""

from __future__ import annotations

import os
import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as some

from briefgen.build.cache import Cache, key_of


def filled(folder: Path, entries: int = 40) -> Cache:
    cache = Cache(folder)
    for number in range(entries):
        cache.put("editions", key_of(number), {"number": number}, {"pdf": bytes([number]) * 5_000, "html": b"same"})
    return cache


def test_what_was_put_comes_back(tmp_path: Path) -> None:
    cache = filled(tmp_path)
    assert cache.get("editions", key_of(3)) == ({"number": 3}, {"pdf": b"\3" * 5_000, "html": b"same"})
    assert cache.get("editions", key_of("other")) is None
    assert cache.get("reads", key_of(3)) is None
    assert not cache.problems


def test_a_damaged_file_is_a_miss_and_one_warning_each(tmp_path: Path) -> None:
    """200 damaged files of every kind: each answer is right or none."""
    chance = random.Random(1)
    for _ in range(5):
        cache = filled(tmp_path)
        files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
        assert len(files) > 40
        for path in chance.sample(files, 40):
            data = bytearray(path.read_bytes())
            if chance.random() < 0.3:
                data = data[: len(data) // 2]
            else:
                data[chance.randrange(len(data))] ^= 0x41
            path.write_bytes(data)
        for number in range(40):
            found = cache.get("editions", key_of(number))
            assert found in (None, ({"number": number}, {"pdf": bytes([number]) * 5_000, "html": b"same"}))
        assert cache.problems
        assert all(each.severity == "warning" for each in cache.problems)


def test_a_cache_that_cannot_be_written_costs_no_result(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = Cache(tmp_path / "cache")
    cache.put("editions", key_of(1), {}, {"pdf": b"x"})
    assert cache.get("editions", key_of(1)) is None
    assert [each.severity for each in cache.problems] == ["warning"]


def test_trimming_keeps_what_was_used_last(tmp_path: Path) -> None:
    cache = filled(tmp_path, 20)
    for number, path in enumerate(sorted(tmp_path.rglob("*"), key=str)):
        os.utime(path, (number, number))
    kept = key_of(5)
    for path in (cache._entry("editions", kept), cache._object(key_of("none"))):
        if path.exists():
            os.utime(path)
    cache.get("editions", kept)  # a use renews what it read
    cache.size = 20_000
    cache.trim()
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) <= 20_000
    assert cache.get("editions", kept) is not None


@settings(max_examples=50, deadline=None)
@given(some.dictionaries(some.text(max_size=5), some.integers(), max_size=4))
def test_a_key_does_not_depend_on_order(data: dict[str, int]) -> None:
    assert key_of(data) == key_of(dict(reversed(data.items())))
