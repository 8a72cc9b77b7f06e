"""Parts of a pack -> its PDF and its page: front matter laid out, editions joined, the whole verified.

Runs in a child process as editions do. A result is published only by whoever asked for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from briefgen.build.job import INTERNAL, Result, bug
from briefgen.errors import BriefgenError, Diagnostic, error, has_errors
from briefgen.layout import Engine, holds, lint, read
from briefgen.layout.glyphs import boxes
from briefgen.model import Audience, Marking, strictest
from briefgen.pack import News, PackError, Part, Placed, join, placed, problems
from briefgen.render import (
    Assets,
    Rendered,
    Renderer,
    edition_title,
    has_other_scripts,
    labels,
    long_date,
    sector_label,
    self_contained,
)

FRONT, INDEX = "pack.html", "pack-index.html"
# How many titles the cover names of what is new; the contents mark all.
NAMED = 8
LABEL_SIZE = 12


@dataclass(frozen=True)
class PackJob:
    """A pack to make: its parts in order, what is new in it, and its date (of the editions, never the clock's)."""

    name: str
    title: str
    day: date | None
    parts: tuple[Part, ...]
    news: News
    audiences: Mapping[str, Audience]
    root: Path
    folders: tuple[Path, ...]

    @property
    def marking(self) -> str:
        """The strictest marking of the parts."""
        return str(strictest([Marking(part.marking) for part in self.parts]))

    @property
    def language(self) -> str:
        """The language that most editions have; English where two have as many."""
        counts = {part.language: sum(each.language == part.language for each in self.parts) for part in self.parts}
        return max(sorted(counts, key=lambda each: each != "en"), key=lambda each: counts[each], default="en")


def make(job: PackJob, engine: Engine) -> Result:
    """Make the pack; whatever goes wrong is in the result. `pages` are those of the front matter."""
    clock = time.perf_counter()
    assets = Assets(job.folders, job.root)
    try:
        result = _make(job, engine, assets)
    except BriefgenError as problem:
        result = Result(diagnostics=problem.diagnostics, code=problem.exit_code)
    except MemoryError:
        raise
    except Exception as problem:
        result = Result(diagnostics=[bug(problem)], code=INTERNAL)
    return replace(result, reads=sorted(assets.seen), seconds=time.perf_counter() - clock)


def _make(job: PackJob, engine: Engine, assets: Assets) -> Result:
    words, told = labels(assets, job.language)
    job = replace(job, parts=tuple(_named(part, job, words) for part in job.parts))
    renderer, data = Renderer(assets), context(job, words)
    front, pages, found = _front(renderer.draw(FRONT, data), engine, assets, job)
    told = list(dict.fromkeys([*told, *found]))
    if has_errors(told):
        return Result(diagnostics=told, code=1)
    pdf = join(front, job.parts, words["pack.page"])
    if wrong := problems(pdf, front, job.parts):
        hint = "the pack was not published; this is a bug in briefgen, the report would help to mend it"
        raise PackError(*(error(f"not what its parts are: {each}", hint=hint) for each in wrong))
    index = renderer.draw(INDEX, data | {"size": f"{len(pdf) / 1e6:.1f} MB"})
    screen = assets.sheets(index.sheets("screen"), {})
    page = self_contained(index.html, screen, assets).encode()
    told += lint(screen, medium="screen")
    return Result(outputs={"pdf": pdf, "html": page}, pages=pages, diagnostics=told, code=int(has_errors(told)))


def _named(part: Part, job: PackJob, words: Mapping[str, str]) -> Part:
    return replace(part, audience_title=edition_title(part.audience, job.audiences[part.audience], words))


# --- Front matter ---------------------------------------------------------------------------------


def _front(drawn: Rendered, engine: Engine, assets: Assets, job: PackJob) -> tuple[bytes, int, Sequence[Diagnostic]]:
    sheets, _ = assets.resolved(drawn.sheets("print"), {})
    laid = engine.lay_out(drawn.html, sheets, assets)
    pdf = laid.pdf()
    told = [*laid.diagnostics, *boxes(laid.boxed), *lint(sheets, drawn.html), *_missing(pdf, job)]
    return pdf, laid.pages, told


def _missing(pdf: bytes, job: PackJob) -> Iterator[Diagnostic]:
    """What every front matter must show: the label in head and foot of each page, and each edition once."""
    hint = "look at the templates and style sheets that override pack.html and pack.css"
    pages = read(pdf)
    for number, page in enumerate(pages, start=1):
        large = "".join(run.text for run in page.runs if run.visible and run.size >= LABEL_SIZE - 0.05)
        if large.count(job.marking) < 2:
            yield error(f"the label {job.marking} is missing in the head or foot of front page {number}", hint=hint)
    text = "\n".join(page.text for page in pages)
    for part in job.parts:
        if not holds(text, part.title):
            yield error(f"the contents do not name '{part.title}'", part.name, hint)


def context(job: PackJob, words: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the templates of a pack may print."""
    markings = {part.marking for part in job.parts}
    several = len({part.audience for part in job.parts}) > 1
    entries = {each.part.name: _entry(each, job, words) for each in placed(job.parts)}
    return {
        "label": job.marking,
        "draft": False,
        "language": job.language,
        "other_scripts": has_other_scripts("".join([job.title, *words.values(), *(each.title for each in job.parts)])),
        "audience": {"name": "pack", "title": words["pack.series"], "recipients": None},
        "brief": {
            "title": job.title,
            "deck": None,
            "desk": None,
            "issued": long_date(job.day, job.language),
            "issued_iso": job.day.isoformat() if job.day else None,
        },
        "mixed": len(markings) > 1,
        "states": any(entry["state"] for entry in entries.values()),
        "handling": words["pack.handling_mixed" if several else "pack.handling"].replace("{label}", job.marking),
        "counted": _counted(job.parts, words),
        "groups": [_group(job, list(group), entries, words) for _, group in groupby(job.parts, _audience)],
        "news": _news(job, entries, several, words),
        "file": f"{job.name}.pdf",
        "size": "",
        "t": dict(words),
    }


def _audience(part: Part) -> str:
    return part.audience


def _entry(each: Placed, job: PackJob, words: Mapping[str, str]) -> dict[str, Any]:
    part = each.part
    state = "new" if part.name in job.news.added else "changed" if part.name in job.news.changed else None
    sectors = [sector_label(sector, words) for sector in part.sectors]
    stem = part.name.removesuffix(".pdf")
    return {
        "key": each.key,
        "brief": part.brief,
        "title": part.title,
        "language": part.language if part.language != job.language else None,
        "audience": part.audience_title,
        "first": each.first,
        "pages": part.pages,
        "marking": part.marking,
        "reference": part.reference,
        "state": words[f"pack.{state}"] if state else None,
        "sectors": sectors,
        "words": " ".join([part.title, part.reference or "", *sectors]),
        "pdf": f"../{stem}.pdf",
        "html": f"../{stem}.html",
    }


def _group(
    job: PackJob, parts: Sequence[Part], entries: Mapping[str, Mapping[str, Any]], words: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "title": parts[0].audience_title,
        "recipients": job.audiences[parts[0].audience].recipients,
        "counted": _counted(parts, words),
        "entries": [entries[part.name] for part in parts],
    }


def _counted(parts: Sequence[Part], words: Mapping[str, str]) -> str:
    pages = sum(part.pages for part in parts)
    return f"{_number('edition', len(parts), words)}, {_number('page', pages, words)}"


def _number(what: str, count: int, words: Mapping[str, str]) -> str:
    return words[f"pack.{what}_one"] if count == 1 else words[f"pack.{what}s"].replace("{n}", str(count))


def _news(
    job: PackJob, entries: Mapping[str, Mapping[str, Any]], several: bool, words: Mapping[str, str]
) -> dict[str, Any] | None:
    told = job.news
    if told.first:
        return None
    day = long_date(date.fromisoformat(told.since), job.language) if told.since else None
    kinds = [
        _kind("added", _merged([entries[name] for name in told.added], several), words),
        _kind("changed", _merged([entries[name] for name in told.changed], several), words),
        _kind("withdrawn", [_gone(title) for title in dict.fromkeys(told.withdrawn)], words),
    ]
    title = words["pack.since"].replace("{date}", day) if day else words["pack.since_last"]
    return {"title": title, "kinds": [kind for kind in kinds if kind["count"]], "none": not any_of(told)}


def any_of(told: News) -> bool:
    """Whether there is anything to tell."""
    return bool(told.added or told.changed or told.withdrawn)


def _merged(entries: Sequence[Mapping[str, Any]], several: bool) -> list[dict[str, Any]]:
    """One line a brief, with the audiences whose editions of it are meant; the link leads to the first of these."""
    found: dict[str, dict[str, Any]] = {}
    for each in entries:
        line = found.setdefault(each["brief"], {**each, "audience": []})
        line["audience"].append(each["audience"])
    return [{**line, "audience": ", ".join(line["audience"]) if several else None} for line in found.values()]


def _gone(title: str) -> dict[str, Any]:
    return {"title": title, "key": None, "language": None, "audience": None}


def _kind(name: str, entries: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> dict[str, Any]:
    more = len(entries) - NAMED
    phrase = words["pack.more_withdrawn" if name == "withdrawn" else "pack.more"]
    return {
        "title": words[f"pack.{name}_many"],
        "count": len(entries),
        "entries": list(entries[:NAMED]),
        "more": phrase.replace("{n}", str(more)) if more > 0 else None,
    }
