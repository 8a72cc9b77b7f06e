"""Seconds and megabytes of joining a pack: .venv/bin/python benchmarks/pack.py [EDITIONS [FOLDER]]

Makes a workspace of briefs by a seeded generator (half the editions executive, half notes; each with words, accents and
a length of its own), builds its editions, then measures, each in a process of its own: the front matter, joining,
verifying, and a build in which one brief changed. A FOLDER is kept and used again.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from briefgen import pack
from briefgen.build.packjob import PackJob, make
from briefgen.layout import Engine
from briefgen.pack import News, Part
from briefgen.render import search_path
from briefgen.workspace import load

ROOT = Path(__file__).parents[1]
PLACES = ("Łódź", "Čerkasy", "Brest", "Żytomierz", "Reykjavík", "Tiraspol", "Gdańsk", "Hrodna", "Şuşa", "Târgoviște")
WORDS = ("supply", "refinery", "credit", "transit", "grain", "customs", "satellite", "turbine", "potash", "harbour")


def workspace(folder: Path, editions: int) -> Path:
    """A workspace of `editions` / 2 briefs for two audiences."""
    if (folder / "briefgen.yaml").is_file():
        return folder
    sample = yaml.safe_load((ROOT / "content/belarus-russia-technology/brief.yaml").read_text(encoding="utf-8"))
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    for number in range(editions // 2):
        path = folder / "content" / f"brief-{number:04}" / "brief.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(yaml.safe_dump(brief(sample, number), allow_unicode=True, sort_keys=False), encoding="utf-8")
    audiences = {"executive": {"clearance": "TLP:AMBER", "pages": 1}, "note": {"clearance": "TLP:AMBER", "pages": 2}}
    settings = {"audiences": audiences, "packs": {"nightly": {"audiences": ["executive", "note"], "briefs": "*"}}}
    (folder / "briefgen.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return folder


def brief(sample: dict[str, Any], number: int) -> dict[str, Any]:
    """The sample with another title, other words and fewer items; its quotes stay what the source says."""
    chance = random.Random(number)
    made = json.loads(json.dumps(sample, default=str))
    place, word = chance.choice(PLACES), chance.choice(WORDS)
    made["title"] = f"{place} and the {word} question: {chance.choice(WORDS)} first, {chance.choice(WORDS)} later"
    made["reference"] = f"EB-2026-{number:04}"
    for name in ("findings", "risks", "questions"):
        items = made[name]
        made[name] = [items[at] for at in sorted(chance.sample(range(len(items)), max(3, len(items) * 2 // 3)))]
        for item in made[name]:
            item["text"] = f"{item['text']} This bears on {chance.choice(WORDS)} from {chance.choice(PLACES)}."
    return made


def parts(folder: Path) -> tuple[Part, ...]:
    """The parts as the last build's manifest names them."""
    data = json.loads((folder / "build/packs/nightly.json").read_text(encoding="utf-8"))
    return tuple(
        Part(
            each["path"], folder / "build" / each["path"], each["sha256"], each["pages"], each["title"],
            each["brief"], each["audience"], each["audience"], each["marking"], content=each["content"],
        )
        for each in data["editions"]
    )  # fmt: skip


def measured(what: str, work: Callable[[], Any]) -> Any:
    """Run in a fork; print seconds and the peak of memory above what the fork began with."""
    reading, writing = multiprocessing.Pipe(duplex=False)

    def child() -> None:
        started = time.perf_counter()
        found = work()
        seconds = time.perf_counter() - started
        used = resource.getrusage(resource.RUSAGE_SELF)
        writing.send((found, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    found, seconds, processor, peak = reading.recv()
    process.join()
    print(f"{what:36} {seconds:7.2f} s   {processor:6.2f} s of processor   peak {peak:5.0f} MB")
    return found


def build(folder: Path, what: str) -> None:
    started = time.perf_counter()
    command = [sys.executable, "-m", "briefgen", "-C", str(folder), "build", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr
    print(f"{what:36} {time.perf_counter() - started:7.2f} s   {done.stderr.strip().splitlines()[-1]}")


def main(editions: int, folder: Path) -> None:
    workspace(folder, editions)
    build(folder, f"build of {editions} editions and a pack")
    build(folder, "nothing changed")
    found = parts(folder)
    settings = load(folder).audiences
    job = PackJob("nightly", "Nightly", None, found, News(), settings, folder, tuple(search_path(folder)))
    result = measured("whole pack (front, join, verify)", lambda: make(job, Engine()))
    assert result.code == 0, result.diagnostics
    front = measured("front matter alone", lambda: _front(job))
    whole = measured("joined", lambda: pack.join(front, found))
    assert measured("verified", lambda: pack.problems(whole, front, found)) == []
    size = sum(part.path.stat().st_size for part in found)
    pages = sum(part.pages for part in found)
    print(f"{len(found)} editions, {pages} pages, {size:,} bytes -> {len(whole):,}; {sha256(whole).hexdigest()[:12]}")
    changed = folder / "content" / "brief-0000" / "brief.yaml"
    content = yaml.safe_load(changed.read_text(encoding="utf-8"))
    content["deck"] = f"{content['deck']}, once more"
    changed.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    build(folder, "one brief changed")


def _front(job: PackJob) -> bytes:
    from briefgen.build import packjob
    from briefgen.render import Assets, Renderer, labels

    assets = Assets(job.folders, job.root)
    words, _ = labels(assets, job.language)
    drawn = Renderer(assets).draw(packjob.FRONT, packjob.context(job, words))
    sheets, _ = assets.resolved(drawn.sheets("print"), {})
    return Engine().lay_out(drawn.html, sheets, assets).pdf()


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    if len(sys.argv) > 2:
        main(count, Path(sys.argv[2]).resolve())
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(count, Path(temporary))
