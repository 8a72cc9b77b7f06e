"""What the cache gives back is what was put in, or nothing; never something else."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from briefgen.build.cache import Cache, key_of
from nights import run, statuses, tree, workspace


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


def damage(folder: Path, count: int, chance: random.Random) -> None:
    """Cut or change that many files, of whatever kind."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in chance.sample(files, count):
        data = bytearray(path.read_bytes())
        if chance.random() < 0.3:
            data = data[: len(data) // 2]
        else:
            data[chance.randrange(len(data))] ^= 0x41
        path.write_bytes(data)


def test_a_damaged_file_is_a_miss_and_one_warning_each(tmp_path: Path) -> None:
    """200 damaged files of every kind: each answer is right or none."""
    chance = random.Random(1)
    for _ in range(5):
        cache = filled(tmp_path)
        damage(tmp_path, 40, chance)
        for number in range(40):
            made = {"number": number}, {"pdf": bytes([number]) * 5_000, "html": b"same"}
            found = cache.get("editions", key_of(number))
            assert found in (None, made)
            if not found:
                cache.put("editions", key_of(number), *made)
        assert [each.severity for each in cache.problems] == ["warning"] * 40


@pytest.mark.parametrize(
    ("briefs", "damaged"),
    [pytest.param(3, 20, marks=pytest.mark.slow), pytest.param(25, 200, marks=pytest.mark.soak)],
)
def test_a_night_with_a_damaged_cache(tmp_path: Path, briefs: int, damaged: int) -> None:
    """The pages are right, each damaged file is told once and at once, and the next night knows them all again."""
    root = workspace(tmp_path / "night", range(briefs))
    run(root, "build", "-q")
    right = tree(root)
    for audience in ("executive", "public"):
        shutil.rmtree(root / "build" / audience)
    damage(root / "build" / ".briefgen" / "cache", damaged, random.Random(2))
    told = run(root, "build", "-q")
    assert tree(root) == right
    assert told.count("a damaged cache file was dropped") == damaged
    assert "damaged cache file" not in run(root, "build", "-q") and set(statuses(root).values()) == {"cached"}


def test_a_cache_that_cannot_be_written_costs_no_result(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = Cache(tmp_path / "cache")
    cache.put("editions", key_of(1), {}, {"pdf": b"x"})
    assert cache.get("editions", key_of(1)) is None
    cache.put("editions", key_of(2), {}, {"pdf": b"y"})
    (told,) = cache.problems
    assert told.severity == "error" and told.message.startswith("not cached: ")


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
