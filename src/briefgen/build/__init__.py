"""Content -> build/: every edition of every brief, one report; what fails does not stop the rest.

Everything about a target is made and proved in memory before its first byte is published.
"""

from __future__ import annotations

import hashlib
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from briefgen import audience, content
from briefgen.build.pipeline import FORMATS, Made, Studio, make
from briefgen.build.publish import remove, write
from briefgen.build.report import Report, Target, published
from briefgen.check import check
from briefgen.content import Loaded
from briefgen.errors import BriefgenError, Diagnostic, error, has_errors
from briefgen.layout import Engine
from briefgen.workspace import Workspace

__all__ = ["FORMATS", "Report", "Request", "Target", "build", "load"]

INTERNAL = 70


@dataclass(frozen=True)
class Request:
    """Which briefs, audiences and formats to build, and where to; `strict` makes warnings fail."""

    briefs: Sequence[str]
    audiences: Sequence[str]
    formats: Sequence[str]
    folder: Path
    strict: bool = False
    whole: bool = True
    told: Callable[[Target], None] = field(default=lambda _: None)


def load(workspace: Workspace, name: str) -> tuple[Loaded, list[Diagnostic]]:
    """A brief that passed its checks, with their warnings; raises `BriefgenError` with everything otherwise."""
    path = workspace.content / name / "brief.yaml"
    loaded = content.load(path, name, workspace.relative(path), workspace.sectors)
    found = [*loaded.problems, *check(loaded.brief, loaded.document, workspace.root)]
    if has_errors(found):
        raise BriefgenError(*found)
    return loaded, found


def build(workspace: Workspace, request: Request) -> Report:
    """Build what the request names and write report.json; raises only when nothing can be written at all."""
    started, clock = datetime.now(UTC), time.perf_counter()
    before = published(request.folder)
    engine = Engine()
    targets: list[Target] = []
    for name in request.briefs:
        for target in _brief(workspace, request, engine, name):
            targets.append(target)
            request.told(target)
    report = Report(started.isoformat(timespec="seconds"), 0.0, targets)
    _keep_earlier(request, before, targets)
    report.removed = remove(request.folder, _outdated(request, before, targets))
    report.seconds = time.perf_counter() - clock
    report.save(request.folder)
    return report


def _brief(workspace: Workspace, request: Request, engine: Engine, name: str) -> Iterator[Target]:
    try:
        loaded, found = load(workspace, name)
    except Exception as problem:
        diagnostics, code = _explained(problem)
        for audience_name in request.audiences:
            yield from _failed(request, name, audience_name, None, diagnostics, code)
        return
    studio = Studio(workspace, name)
    for audience_name in request.audiences:
        yield from _edition(workspace, request, engine, studio, loaded, found, audience_name)


def _edition(
    workspace: Workspace,
    request: Request,
    engine: Engine,
    studio: Studio,
    loaded: Loaded,
    found: Sequence[Diagnostic],
    audience_name: str,
) -> Iterator[Target]:
    """One target a format, or none where the brief has nothing for this audience."""
    clock = time.perf_counter()
    setting = workspace.audiences[audience_name]
    language = loaded.brief.language
    try:
        edition = audience.select(loaded.brief, loaded.name, audience_name, setting)
        if edition is None:
            return
        made = make(engine, studio, workspace, loaded, edition, request.formats)
        warnings = [each for each in (*found, *made.diagnostics) if each.severity == "warning"]
        if request.strict and warnings:
            raise BriefgenError(*found, *made.diagnostics)
        for kind in request.formats:
            write(request.folder / f"{audience_name}/{loaded.name}.{kind}", made.outputs[kind])
    except Exception as problem:
        diagnostics, code = _explained(problem)
        known = [each for each in found if each not in diagnostics]
        yield from _failed(request, loaded.name, audience_name, language, [*known, *diagnostics], code)
        return
    for kind in request.formats:
        target = Target(loaded.name, audience_name, kind, language, page_budget=setting.pages)
        _describe(target, made, time.perf_counter() - clock)
        target.diagnostics = [*found, *made.diagnostics]
        yield target


def _describe(target: Target, made: Made, seconds: float) -> None:
    target.status, target.path = "built", target.name
    target.sha256 = hashlib.sha256(made.outputs[target.format]).hexdigest()
    target.pages, target.fill, target.layouts = made.pages, made.fill, made.layouts
    target.kept, target.shortened, target.omitted = made.kept, made.shortened, made.omitted
    target.seconds = seconds


def _failed(
    request: Request,
    name: str,
    audience_name: str,
    language: str | None,
    diagnostics: Sequence[Diagnostic],
    code: int,
) -> Iterator[Target]:
    for kind in request.formats:
        yield Target(name, audience_name, kind, language, diagnostics=list(diagnostics), code=code)


def _explained(problem: Exception) -> tuple[list[Diagnostic], int]:
    """A user's problem in its own words; anything else is a bug of ours, and says where."""
    if isinstance(problem, BriefgenError):
        return list(problem.diagnostics), problem.exit_code
    frame = traceback.extract_tb(sys.exc_info()[2])[-1]
    message = f"internal error: {type(problem).__name__}: {problem} ({Path(frame.filename).name}:{frame.lineno})"
    hint = "this is a bug in briefgen; the report would help to mend it"
    return [error(message, hint=hint)], INTERNAL


def _keep_earlier(request: Request, before: Sequence[dict[str, str]], targets: Sequence[Target]) -> None:
    """A failed target keeps its last good file; the report marks it stale."""
    earlier = {each["path"]: each.get("sha256") for each in before}
    for target in targets:
        if target.status == "failed" and target.name in earlier and (request.folder / target.name).is_file():
            target.path, target.stale, target.sha256 = target.name, True, earlier[target.name]


def _outdated(request: Request, before: Sequence[dict[str, str]], targets: Sequence[Target]) -> Iterator[str]:
    """Files of the last build that this one was asked for but has no target for: what they hold is withdrawn."""
    now = {target.name for target in targets}
    for each in before:
        asked = each.get("brief") in request.briefs and each.get("audience") in request.audiences
        if (asked or request.whole) and each["path"] not in now and each.get("format") in request.formats:
            yield each["path"]
