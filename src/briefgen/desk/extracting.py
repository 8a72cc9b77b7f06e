"""Paths -> a drafted brief.yaml, new or grown."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from briefgen import yamlread
from briefgen.build.publish import write
from briefgen.desk.places import Home, Placing, named
from briefgen.drafting import matched, merged, written
from briefgen.errors import BriefgenError, Diagnostic, UsageError, error
from briefgen.model import SECTIONS, Brief, Draft, Marking, Source, SourceReference
from briefgen.sources.reading import read_all

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Options:
    """How to draft: the marking of a new brief, the language model to ask, and whether rules may stand in for it."""

    marking: Marking = Marking.AMBER
    update: bool = False
    model: str | None = None
    fallback: bool = False


@dataclass(frozen=True)
class Extracted:
    """The brief that was written, how many items it has now, and what there is to tell."""

    path: Path
    counts: dict[str, int]
    diagnostics: list[Diagnostic]


def extract(paths: Sequence[Path], where: Home, options: Options) -> Extracted:
    """Draft a brief of the sources in `paths`; an edited one only grows, and only when asked to."""
    if missing := [error("there is no such file", str(each), "check the path") for each in paths if not each.exists()]:
        raise UsageError(*missing)
    there = where.path.exists()
    if there and not options.update:
        hint = "add --update to append what is new, or name another file with -o"
        raise UsageError(error("exists already; nothing was changed", where.shown, hint))
    old, known = _known(where) if there else ("", ())
    sources, told = read_all(paths)
    draft, more = drafted(sources, where.workspace.sectors, options)
    ids = matched([(each, named(each.file, where.workspace.root)) for each in sources], known)
    placing = Placing(where, {each.id: each.text for each in known})
    names = [placing.named(name, each) for name, each in zip(ids, sources, strict=True)]
    if there:
        text, notes = merged(old, where.shown, draft, names)
    else:
        text, notes = written(draft, names, options.marking, schema=where.inside)
    mark = BOM if there and where.path.read_bytes().startswith(BOM) else b""
    placing.write()
    if text != old:
        write(where.path, mark + text.encode())
    counts = _counts(text, where.shown)
    if not any(counts.values()):
        hint = "look at what 'briefgen source' prints: is there running text?"
        notes.append(Diagnostic("warning", "nothing was found in it to draft from", sources[0].file, hint=hint))
    return Extracted(where.path, counts, [*told, *more, *notes])


def _known(where: Home) -> tuple[str, tuple[SourceReference, ...]]:
    """The text of the brief that is there, and its sources."""
    text = yamlread.read_text(where.path, where.shown)
    document, problems = yamlread.parse(text, where.shown)
    brief, found = yamlread.validate(Brief, document)
    if brief is None or problems:
        raise BriefgenError(*problems, *found)
    return text, brief.sources


def _counts(text: str, name: str) -> dict[str, int]:
    data = yamlread.parse(text, name)[0].data
    return {section: len(data.get(section) or []) for section in SECTIONS}


def drafted(sources: Sequence[Source], sectors: Sequence[str], options: Options) -> tuple[Draft, list[Diagnostic]]:
    """What the chosen extractor makes of the sources, and what it dropped."""
    if options.model is None:
        return _offline(sources, sectors)
    try:
        draft, notes = _asked(options.model, sources, sectors)
    except BriefgenError as problem:
        if not options.fallback:
            raise
        draft, notes = _offline(sources, sectors)
        told = [Diagnostic("warning", each.message, each.file, hint=each.hint) for each in problem.diagnostics]
        notes = [*told, Diagnostic("warning", "drafted with the offline rules instead"), *notes]
    return draft, [*notes, *(Diagnostic("note", f"rejected: {each}") for each in draft.rejected)]


def _offline(sources: Sequence[Source], sectors: Sequence[str]) -> tuple[Draft, list[Diagnostic]]:
    from briefgen.extract import draft

    return draft(sources, sectors)


def _asked(model: str, sources: Sequence[Source], sectors: Sequence[str]) -> tuple[Draft, list[Diagnostic]]:
    from briefgen.desk.stances import stances
    from briefgen.llm import draft_with

    draft, usage = draft_with(model, sources, sectors, stances(sources, sectors), _cache())
    return draft, [*usage.notes, Diagnostic("note", str(usage))]


def _cache() -> Path:
    """Answers are kept per person, not per workspace: the same question of another brief costs nothing either."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "briefgen" / "answers"
