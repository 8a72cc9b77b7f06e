"""Measure the night: `python benchmarks/run.py --write [--briefs 200] [--soak 2000]` writes docs/performance.md.

All figures come from one run on one machine; what counts are the ratios. The naive loop lays out the same final HTML
that our builds lay out last, each through a fresh `HTML(...).write_pdf()` in one warm process. Chromium prints the
published HTML of the same editions, two files at once in one warm browser.
"""

from __future__ import annotations

import argparse
import compileall
import contextlib
import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from workload import workspace

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "templates"
BRIEFGEN = [sys.executable, "-m", "briefgen"]


def timed(command: Sequence[str | Path]) -> float:
    """Wall seconds of a command that must succeed."""
    began = time.perf_counter()
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
    return time.perf_counter() - began


def build(root: Path, *options: str) -> float:
    return timed([*BRIEFGEN, "-C", root, "build", "--quiet", *options])


def fresh(root: Path, *options: str) -> float:
    """A build with nothing kept from earlier ones."""
    shutil.rmtree(root / "build", ignore_errors=True)
    return build(root, *options)


def best(measure: Callable[[], float], times: int = 5) -> float:
    return min(measure() for _ in range(times))


def jobs(root: Path) -> Iterator[Any]:
    """Every edition of the workspace, as the builds make them."""
    from briefgen.build.cache import Cache
    from briefgen.build.job import FORMATS
    from briefgen.build.plan import Briefs, Planner
    from briefgen.workspace import load

    space = load(root)
    planner = Planner(space, FORMATS)
    briefs = Briefs(space, Cache(root / "build" / ".briefgen" / "cache"))
    for name in space.briefs():
        known = briefs.load(name)
        found = (planner.plan(known, audience) for audience in space.audiences)
        yield from (planned.job for planned in found if planned)


def naive(root: Path) -> tuple[float, int]:
    """Seconds and pages of the loop that everybody writes first, over the HTML that the editions are printed from."""
    import weasyprint

    report = json.loads((root / "build" / "report.json").read_text())
    kept = {(t["audience"], t["brief"]): t for t in report["targets"] if t["format"] == "pdf"}
    documents = [_final(job, kept[job.edition.audience_name, job.edition.name]) for job in jobs(root)]
    weasyprint.HTML(string=documents[0], base_url=f"{TEMPLATES}/").write_pdf(pdf_variant="pdf/ua-1")
    began, pages = time.perf_counter(), 0
    for html in documents:
        laid = weasyprint.HTML(string=html, base_url=f"{TEMPLATES}/").render()
        laid.write_pdf(pdf_variant="pdf/ua-1")
        pages += len(laid.pages)
    return time.perf_counter() - began, pages


STEPS = {
    "layout": ("briefgen.layout.engine", "Engine.lay_out"),
    "writing the PDF": ("briefgen.layout.engine", "Laid.pdf"),
    "reading the finished PDF as a reader sees it": ("briefgen.build.job", "read"),
    "copyfitting": ("briefgen.build.job", "fit"),
    "templates": ("briefgen.build.job", "Easel.draw"),
    "HTML edition, with its fonts": ("briefgen.build.job", "self_contained"),
    "proof": ("briefgen.build.job", "_losses"),
    "glyphs": ("briefgen.build.job", "_foreign_glyphs"),
    "text for the last gate": ("briefgen.build.job", "_haystack"),
    "style sheets' lint": ("briefgen.build.job", "lint"),
}


def steps(root: Path, limit: int) -> dict[str, float]:
    """The share of the processor's time that each step of an edition takes, in one warm process without forks."""
    import importlib
    from itertools import islice

    from briefgen.build.job import run, warm
    from briefgen.layout import Engine

    engine, spent, inner = Engine(), defaultdict[str, float](float), [0.0]
    some = list(islice(jobs(root), limit))
    for job in {job.edition.audience_name: job for job in some}.values():
        warm(job, engine)

    def watched(label: str, really: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            began = time.process_time()
            inner.append(0.0)
            try:
                return really(*arguments, **named)
            finally:
                took, within = time.process_time() - began, inner.pop()
                spent[label] += took - within
                inner[-1] += took

        return step

    for label, (module, path) in STEPS.items():
        owner: Any = importlib.import_module(module)
        *holders, name = path.split(".")
        for holder in holders:
            owner = getattr(owner, holder)
        setattr(owner, name, watched(label, getattr(owner, name)))
    began = time.process_time()
    for job in some:
        run(job, engine)
    whole = time.process_time() - began
    return {**{label: spent[label] / whole for label in STEPS}, "all else": 1 - sum(spent.values()) / whole}


def soak(documents: int) -> dict[str, float]:
    """Resident memory of the parent over a build of so many editions, in MB: early, at the end, and of any child."""
    folder = Path(tempfile.mkdtemp(prefix="briefgen-soak-"))
    try:
        root = workspace(folder / "night", documents, audiences=1)
        command = [*BRIEFGEN, "-C", str(root), "build", "--quiet", "-j2"]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        seen, largest = list[float](), 0.0
        while running.poll() is None:
            with contextlib.suppress(OSError):
                seen.append(_megabytes(running.pid, "VmRSS"))
                children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
                largest = max([largest, *(_megabytes(int(child), "VmHWM") for child in children)])
            time.sleep(0.5)
        assert running.returncode == 0
        report = json.loads((root / "build" / "report.json").read_text())
        # Before a tenth of them is made the parent is still loading what all share.
        early = seen[len(seen) // 10]
        return {"documents": len(report["targets"]) / 2, "early": early, "end": max(seen[-20:]), "largest": largest}
    finally:
        shutil.rmtree(folder)


def _megabytes(process: int, name: str) -> float:
    """What a process has of its memory in use now (VmRSS), or had at most (VmHWM)."""
    found = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _final(job: Any, target: dict[str, Any]) -> str:
    """The HTML of an edition with the wordings that were kept, its style sheets linked as files."""
    from briefgen import audience as audiences
    from briefgen.build.job import Easel

    easel = Easel(job)
    shortened = set(target["shortened"])
    chosen = []
    for each in audiences.candidates(job.edition):
        if each.id in target["kept"]:
            chosen.append((each.id, each.wordings[-1 if each.id in shortened else 0]))
    rendered = easel.renderer.render(job.edition, chosen, job.fuller)
    links = "".join(f'<link rel="stylesheet" href="{name}">' for name in rendered.sheets("print"))
    return rendered.html.replace("</head>", f"{links}</head>")


def sample(root: Path, limit: int) -> list[Path]:
    """HTML editions of all audiences alike: those of one audience are all long, or all short."""
    files = sorted((root / "build").glob("*/brief-*.html"))
    return [files[at * len(files) // limit] for at in range(limit)] if len(files) > limit else files


def chromium(root: Path, limit: int) -> dict[str, Any] | None:
    """One warm browser printing the published HTML, two pages at a time."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program or not (ROOT / "tests/tools/node_modules/playwright-core").is_dir():
        return None
    files = [str(path) for path in sample(root, limit)]
    command = ["node", str(ROOT / "benchmarks/chromium.mjs"), program, *files]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    report = json.loads((root / "build" / "report.json").read_text())
    pages = {t["path"]: t["pages"] for t in report["targets"] if t["format"] == "html"}
    found["pages"] = sum(pages[str(Path(file).relative_to(root / "build"))] for file in files)
    return found


def typst(root: Path, limit: int) -> dict[str, Any] | None:
    """The words of the same editions as plain Typst pages: no design, no tags, no proof; a bound, not a rival."""
    try:
        import typst as engine
    except ImportError:
        return None
    files = sample(root, limit)
    folder = Path(tempfile.mkdtemp())
    sources = []
    for number, file in enumerate(files):
        words = re.sub(r"<style.*?</style>|<[^>]+>", " ", file.read_text(), flags=re.S)
        source = folder / f"{number}.typ"
        source.write_text('#set page(paper: "a4")\n' + re.sub(r"([#$@*_`<\\\[\]])", r"\\\1", " ".join(words.split())))
        sources.append(source)
    engine.compile(str(sources[0]))
    began = time.perf_counter()
    sizes = [len(engine.compile(str(source))) for source in sources]
    seconds = time.perf_counter() - began
    shutil.rmtree(folder)
    return {"seconds": seconds, "files": len(sizes)}


def measure(briefs: int) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="briefgen-bench-"))
    try:
        root = workspace(folder / "night", briefs)
        found: dict[str, Any] = {"briefs": briefs, "editions": 0}
        found["full -j2"] = fresh(root, "-j2")
        found["full -j1"] = fresh(root, "-j1")
        report = json.loads((root / "build" / "report.json").read_text())
        pdfs = [target for target in report["targets"] if target["format"] == "pdf"]
        found["editions"], found["pages"] = len(pdfs), sum(target["pages"] for target in pdfs)
        found["layouts"] = sum(target["layouts"] for target in pdfs) / len(pdfs)
        found["nothing changed"] = best(lambda: build(root), 3)
        path = root / "content" / "brief-0000" / "brief.yaml"
        path.write_text(path.read_text().replace("Benchmarks", "Benchmarks two"))
        found["one brief changed"] = build(root)
        own = root / "templates" / "parts"
        own.mkdir(parents=True)
        (own / "question.html").write_text((TEMPLATES / "parts/question.html").read_text() + "\n")
        found["one template changed"] = build(root, "-j2")
        found["peak of a build, MB"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        found["naive"], found["naive pages"] = naive(root)
        found["steps"] = steps(root, 80)
        found["chromium"] = chromium(root, 200)
        found["typst"] = typst(root, 200)
        found["python -c pass"] = best(lambda: timed([sys.executable, "-c", "pass"]))
        found["--help"] = best(lambda: timed([*BRIEFGEN, "--help"]))
        found["check"] = timed([*BRIEFGEN, "-C", root, "check", "brief-0001"])
        return found
    finally:
        shutil.rmtree(folder)


def table(found: dict[str, Any]) -> str:
    one, two = found["full -j1"], found["full -j2"]
    rows = [
        ("full build, -j1", one, f"{one / found['naive']:.2f} of the naive loop", "<= 1.0"),
        ("full build, -j2", two, f"{two / one:.2f} of -j1", "<= 0.60"),
        ("naive loop over the same final HTML", found["naive"], "1", ""),
        ("nothing changed", found["nothing changed"], _share(found["nothing changed"], two), "<= 2 %"),
        ("one brief changed", found["one brief changed"], _share(found["one brief changed"], two), "<= 3 %"),
        ("one template changed, -j2", found["one template changed"], _share(found["one template changed"], two), ""),
        ("`python -c pass`", found["python -c pass"], "", ""),
        ("`briefgen --help`", found["--help"], f"{found['--help'] / found['python -c pass']:.1f} of that", "<= 6"),
        ("`briefgen check` of one brief", found["check"], "", ""),
    ]
    pace = found["pages"] / two
    if browser := found["chromium"]:
        theirs = browser["pages"] / browser["seconds"]
        rows.append((f"Chromium, the HTML of {browser['files']} editions", browser["seconds"],
                     f"{theirs:.1f} pages/s; ours at -j2 {pace:.1f}: {pace / theirs:.1f} x", ">= 2 x"))  # fmt: skip
    if rival := found["typst"]:
        theirs = rival["files"] / rival["seconds"]
        ratio = f"{theirs:.0f} editions/s; ours at -j2 {found['editions'] / two:.1f}"
        rows.append((f"Typst, plain text of {rival['files']} editions", rival["seconds"], ratio, ""))
    lines = "\n".join(f"| {name} | {seconds:.2f} | {ratio} | {aim} |" for name, seconds, ratio, aim in rows)
    return f"| what | seconds | ratio | aim |\n|---|---|---|---|\n{lines}\n"


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} % of full -j2"


def shares(found: dict[str, float]) -> str:
    rows = "\n".join(f"| {name} | {100 * share:.1f} % |" for name, share in found.items())
    return f"| step of an edition | share of its processor time |\n|---|---|\n{rows}\n"


def memory(found: dict[str, float]) -> str:
    grown = found["end"] - found["early"]
    return (
        f"Over {found['documents']:.0f} editions at -j2 the parent's resident memory went from {found['early']:.0f} to "
        f"{found['end']:.0f} MB: {grown:+.0f} MB (aim: less than 50). The largest of its children had "
        f"{found['largest']:.0f} MB (aim: less than 400).\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--briefs", type=int, default=200)
    parser.add_argument("--soak", type=int, default=0, help="also build so many editions and watch the memory")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md, keep what follows")
    arguments = parser.parse_args()
    # As an installed package has: otherwise start-up is the time of compiling, where the machine forbids to keep it.
    compileall.compile_dir(ROOT / "src", quiet=1)
    found = measure(arguments.briefs)
    text = (
        "# Performance\n\n"
        f"`make bench` wrote these figures: {found['briefs']} briefs x 4 audiences made from public-domain text, "
        f"{found['editions']} editions, {found['pages']} pages, {found['layouts']:.2f} layouts an edition. "
        f"Python {platform.python_version()}, {os.cpu_count()} cores. One run; ratios are what counts.\n\n"
        f"{table(found)}\n"
        f"The largest process of these builds had {found['peak of a build, MB']:.0f} MB (aim: less than 400).\n\n"
        f"{shares(found['steps'])}"
    )
    if arguments.soak:
        text += "\n" + memory(soak(arguments.soak))
    print(text)
    if arguments.write:
        path = ROOT / "docs" / "performance.md"
        rest = path.read_text().partition("\n## ")[2] if path.exists() else ""
        path.write_text(text + (f"\n## {rest}" if rest else ""))


if __name__ == "__main__":
    main()
