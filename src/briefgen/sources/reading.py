"""Paths -> Sources: what the rest of the program calls.

source, notes = read(Path("report.pdf"))
sources, notes = read_all([Path("seeds")])
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from briefgen.errors import BriefgenError, Diagnostic, SurroundingsError, UsageError, error
from briefgen.model import Source
from briefgen.sources.draft import Draft
from briefgen.sources.isolation import Limits, isolated
from briefgen.sources.language import language
from briefgen.sources.metadata import stated
from briefgen.sources.recognise import SUFFIXES, Format, recognise
from briefgen.sources.setapart import set_apart

MAX_TEXT = 50_000_000  # bytes of a file that is text
MAX_BYTES = 100_000_000  # bytes of a file with pictures in it
# Up to this size nothing can happen with plain text that needs a child process.
_IN_PROCESS = 1_000_000


def read(path: Path, limits: Limits | None = None) -> tuple[Source, list[Diagnostic]]:
    """The source in one file, and what there is to say about it; raises `BriefgenError` if it gives none."""
    name = str(path)
    raw = _bytes(path, name)
    form, notes = recognise(raw, path, name)
    _check_size(len(raw), form, name)
    draft = _drafted(form, raw, name, limits or Limits())
    if not any(map(str.isalnum, draft.text[:10_000])) and not any(map(str.isalnum, draft.text)):
        raise BriefgenError(error("holds no words", name, "look whether it is the right file"))
    source = Source(
        file=name, text=draft.text, blocks=draft.blocks, sha256=hashlib.sha256(raw).hexdigest(),
        verbatim=draft.verbatim, language=language(draft.text, draft.blocks), **vars(draft.metadata),
    )  # fmt: skip
    return source, [*notes, *draft.notes]


def read_all(paths: Sequence[Path], limits: Limits | None = None) -> tuple[list[Source], list[Diagnostic]]:
    """The sources in several files and folders; a file that fails is an error among the diagnostics.

    Raises `BriefgenError` with all of them if no file gives a source.
    """
    files, notes = _files(paths)
    sources: list[Source] = []
    for file in files:
        try:
            source, found = read(file, limits)
        except BriefgenError as problem:
            notes += problem.diagnostics
            continue
        if twin := next((each for each in sources if each.sha256 == source.sha256), None):
            hint = "remove one of them"
            notes.append(Diagnostic("note", f"is the same as {twin.file}: left out", source.file, hint=hint))
            continue
        sources.append(source)
        notes += found
    if not sources:
        raise BriefgenError(*notes)
    return sources, notes


def show(path: Path, limits: Limits | None = None) -> str:
    """The text that offsets into the source at `path` count in."""
    return read(path, limits)[0].text


def _files(paths: Iterable[Path]) -> tuple[list[Path], list[Diagnostic]]:
    """The files that are named, and those in named folders that have the name of a format we read."""
    files: list[Path] = []
    notes: list[Diagnostic] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        inside = sorted(each for each in _listed(path) if each.is_file() and not each.name.startswith("."))
        known = [each for each in inside if each.suffix.lower() in SUFFIXES]
        files += known
        hint = f"name it on the command line if it is one; read from folders: {', '.join(sorted(SUFFIXES))}"
        left = [each for each in inside if each not in known]
        notes += [Diagnostic("note", "left out: not a source by its name", str(each), hint=hint) for each in left]
    if not files:
        shown = ", ".join(map(str, paths)) or None
        hint = f"name a file, or a folder with files such as {', '.join(sorted(SUFFIXES))}"
        raise UsageError(error("there is no source", shown, hint), *notes)
    return list(dict.fromkeys(files)), notes


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as problem:
        raise SurroundingsError(_unreadable(problem, str(folder))) from None


def _unreadable(problem: OSError, name: str) -> Diagnostic:
    return error(f"cannot be read: {problem.strerror or problem}", name, "check the path and its permissions")


def _bytes(path: Path, name: str) -> bytes:
    """The bytes of a regular file of sane size."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UsageError(error("is a folder", name, "name a file in it"))
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(error("is not a regular file", name, "name a file"))
        if status.st_size > MAX_BYTES:
            raise _too_large(status.st_size, MAX_BYTES, name)
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(error("there is no such file", name, "check the path")) from None
    except (OSError, ValueError) as problem:
        known = problem if isinstance(problem, OSError) else OSError(0, str(problem))
        raise SurroundingsError(_unreadable(known, name)) from None
    if not raw:
        raise BriefgenError(error("is empty", name, "look whether it was saved, or copied in full"))
    return raw


def _check_size(size: int, form: Format, name: str) -> None:
    limit = MAX_BYTES if form in ("pdf", "word") else MAX_TEXT
    if size > limit:
        raise _too_large(size, limit, name)


def _too_large(size: int, limit: int, name: str) -> BriefgenError:
    message = f"is too large: {size / 1e6:,.0f} MB; at most {limit / 1e6:,.0f} MB are read"
    return BriefgenError(error(message, name, "split it, or give the part that matters"))


def _drafted(form: Format, raw: bytes, name: str, limits: Limits) -> Draft:
    if form == "plain" and len(raw) <= _IN_PROCESS:
        return draft(form, raw, name)
    import_module(f"briefgen.sources.{form}")  # here, so that a child that is a fork of this process has it too
    return isolated(draft, (form, raw, name), name, limits)


def draft(form: Format, raw: bytes, name: str) -> Draft:
    """All that depends on the document alone: its text, its blocks, what it says of itself."""
    read_: Draft = import_module(f"briefgen.sources.{form}").read(raw, name)
    blocks = set_apart(read_.text, read_.blocks)
    return replace(read_, blocks=blocks, metadata=stated(read_.text, blocks, read_.metadata))
