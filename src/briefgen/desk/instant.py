"""Paths -> a finished page at once: drafted, built and marked DRAFT, in a workspace that lasts as long as the call."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from briefgen.build import Request, Target, build
from briefgen.build.publish import write
from briefgen.desk.extracting import Options, extract
from briefgen.desk.places import home_for, slug
from briefgen.errors import BriefgenError, Diagnostic, UsageError, error
from briefgen.layout import creator
from briefgen.workspace import Workspace

# What our pages say made them; a file of the same name that does not is somebody's own.
_OURS = b'<meta name="generator" content="briefgen">'


@dataclass(frozen=True)
class Printed:
    """The files that were written; when a target failed there are none, and `code` says why."""

    files: list[Path]
    targets: list[Target]
    diagnostics: list[Diagnostic]
    code: int = 0


def brief(
    paths: Sequence[Path],
    workspace: Workspace,
    audience: str,
    formats: Sequence[str],
    output: Path | None,
    options: Options,
) -> Printed:
    """Extract and build in one go, in the look of `workspace`; every output is proved before the first is written."""
    files = targets_of(paths, formats, output)
    with tempfile.TemporaryDirectory(prefix="briefgen-") as folder:
        # There is no fuller edition that a page could point to.
        setting = workspace.audiences[audience].model_copy(update={"fuller": None})
        own = replace(workspace, root=Path(folder).resolve(), audiences={audience: setting}, packs={})
        if (templates := workspace.root / "templates").is_dir():
            (own.root / "templates").symlink_to(templates.resolve(), target_is_directory=True)
        drafted = extract(paths, home_for(paths, own), options)
        if not any(drafted.counts.values()):
            raise BriefgenError(*drafted.diagnostics, error("there is nothing to print", str(paths[0])))
        name = slug(paths[0].resolve())
        report = build(own, Request([name], [audience], formats, own.build))
        told = dict.fromkeys(each for target in report.targets for each in target.diagnostics)
        found = [*drafted.diagnostics, *(_named(each, paths[0]) for each in told if not _is_of_draft(each))]
        if report.exit_code or not report.targets:
            return Printed(
                [], report.targets, [*found, *_none(report.targets, audience, options)], report.exit_code or 1
            )
        made = {kind: (own.build / audience / f"{name}.{kind}").read_bytes() for kind in formats}
    for kind, data in made.items():
        write(files[kind], data)
    return Printed(list(files.values()), report.targets, found)


def targets_of(paths: Sequence[Path], formats: Sequence[str], output: Path | None) -> dict[str, Path]:
    """The file of each format: beside the source under its name, or as -o says; never a source."""
    first = paths[0].resolve()
    sources = {path.resolve() for path in paths}
    base = output.resolve() if output else first.parent / (first.name if first.is_dir() else first.stem)
    named = base.suffix.lower().lstrip(".") in formats if output else False
    files = {kind: base.with_suffix(f".{kind}") if named else base.with_name(f"{base.name}.{kind}") for kind in formats}
    is_source = any(path in sources for path in files.values())
    if output and is_source:
        raise UsageError(error("is the source itself", str(output), "name another file with -o"))
    if not output and (is_source or any(map(_is_foreign, files.values()))):
        files = {kind: path.with_name(f"{path.stem}-brief.{kind}") for kind, path in files.items()}
    return files


def _is_foreign(path: Path) -> bool:
    """Whether a file is there that we did not make."""
    if not path.is_file():
        return path.exists()
    data = path.read_bytes()
    return creator(data) != "briefgen" if path.suffix == ".pdf" else _OURS not in data


def _is_of_draft(found: Diagnostic) -> bool:
    """Advice on how to edit a file that nobody will see."""
    return found.severity != "error" and (found.file or "").endswith("brief.yaml")


def _named(found: Diagnostic, source: Path) -> Diagnostic:
    """The file of the draft is gone when its problems are told: they are problems of the source."""
    inside = (found.file or "").endswith("brief.yaml")
    return replace(found, file=str(source), line=None, column=None) if inside else found


def _none(targets: Sequence[Target], audience: str, options: Options) -> list[Diagnostic]:
    if targets:
        return []
    hint = "mark it with --marking as loosely as it may be"
    return [error(f"nothing to print: {options.marking} is above the clearance of audience '{audience}'", hint=hint)]
