"""A brief -> its evidence page: the texts of its sources, with their blocks where the file still gives them."""

from __future__ import annotations

from pathlib import Path

from briefgen import content
from briefgen.build.publish import write
from briefgen.check import check
from briefgen.desk.places import Home
from briefgen.errors import BriefgenError, Diagnostic, error
from briefgen.model import Block, SourceReference
from briefgen.review import Shown, page
from briefgen.sources.reading import read


def evidence(where: Home, output: Path | None = None) -> tuple[Path, list[Diagnostic]]:
    """Write the page beside the brief, or to `output`; quotes that are not in their source are shown as such."""
    workspace = where.workspace
    loaded = content.load(where.path, where.name, where.shown, workspace.sectors)
    found = [*loaded.problems, *check(loaded.brief, loaded.document, workspace.root)]
    shown = [_shown(workspace.root, source) for source in loaded.brief.sources]
    text = page(loaded.brief, shown, workspace.root, where.name if where.inside else None)
    path = (output or where.path.with_name("evidence.html")).resolve()
    if path == where.path or path in {(workspace.root / each.file).resolve() for each in loaded.brief.sources}:
        raise BriefgenError(error("would overwrite the brief or a source", str(path), "name another file with -o"))
    write(path, text.encode())
    return path, found


def _shown(root: Path, source: SourceReference) -> Shown:
    """The text that quotes count in, without what cannot be read; the checks have told why."""
    kept = source.text or (source.file if source.file.lower().endswith(".txt") else None)
    text = _text(root, kept) if kept else ""
    return Shown(source, text, _blocks(root, source, text) if text else ())


def _text(root: Path, file: str) -> str:
    path = (root / file).resolve()
    try:
        return path.read_bytes().decode("utf-8") if path.is_relative_to(root.resolve()) else ""
    except (OSError, UnicodeDecodeError, ValueError):
        return ""


def _blocks(root: Path, source: SourceReference, text: str) -> tuple[Block, ...]:
    """What is heading and what is residue, where the file still reads as the text that was kept."""
    path = (root / source.file).resolve()
    try:
        again = read(path)[0] if path.is_relative_to(root.resolve()) else None
    except BriefgenError:
        return ()
    return again.blocks if again and again.text == text else ()
