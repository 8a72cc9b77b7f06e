"""Content -> build/: every edition of every brief, and a report; what fails does not stop the rest.

Plan, take from the cache what has not changed, make the rest in a pool of processes, publish each edition when it
is proved, and say what happened. A build that is killed leaves whole files, and the next one makes only what is left.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from sys import intern
from typing import Any, TypeVar

from briefgen.build import morning
from briefgen.build.cache import DEFAULT_SIZE, Cache, digest, digest_of, key_of
from briefgen.build.clearance import leaks
from briefgen.build.job import FORMATS, INTERNAL, Job, Remark, Result, bug, run, warm
from briefgen.build.packjob import PackJob
from briefgen.build.packs import Packs, part_of
from briefgen.build.packs import names as pack_files
from briefgen.build.packs import run as run_packs
from briefgen.build.plan import Briefs, Known, Planned, Planner, differences
from briefgen.build.pool import Limits, Pool, Runner
from briefgen.build.publish import PRIVATE, foreign, locked, manifest, remove, save_manifest, scratch, sweep, write
from briefgen.build.report import PackTarget, Report, Target, last_report
from briefgen.errors import BriefgenError, Diagnostic, error, has_errors, safe
from briefgen.layout import Engine
from briefgen.render import Assets, search_path
from briefgen.workspace import Workspace

__all__ = ["FORMATS", "Limits", "PackTarget", "Report", "Request", "Runner", "Target", "build", "dry_run", "local_pool"]

Made = TypeVar("Made")
LEAK = 3
# A page makes a million objects of which nearly all live as long as it: looking for garbage costs more than it frees.
_SELDOM = (50_000, 20, 100)


@dataclass(frozen=True)
class Request:
    """Which briefs, audiences and formats to build, where to, and how; `whole` when nothing was left out.

    `strict` makes warnings fail, `final` makes drafts fail.
    `planned` is called with the number of targets and packs when it is known, `told` with each of them as soon as it is
    done; `runner` makes jobs elsewhere than in the local pool.
    """

    briefs: Sequence[str]
    audiences: Sequence[str]
    formats: Sequence[str]
    folder: Path
    strict: bool = False
    final: bool = False
    whole: bool = True
    jobs: int = 1
    limits: Limits = field(default_factory=Limits)
    frozen: bool = False
    fail_fast: bool = False
    cache_size: int = DEFAULT_SIZE
    planned: Callable[[int], None] = field(default=lambda _: None)
    told: Callable[[Target | PackTarget], None] = field(default=lambda _: None)
    runner: Runner | None = None


def build(workspace: Workspace, request: Request) -> Report:
    """Build what the request names and write report.json; raises only when nothing can be written at all."""
    with locked(request.folder):
        sweep(request.folder)
        with scratch(request.folder):
            return _Build(workspace, request).run()


def dry_run(workspace: Workspace, request: Request) -> Iterator[tuple[str, str, list[str]]]:
    """(target, cached or build or failed, the reasons) of every target, without making any."""
    planned = _Build(workspace, request)
    planned.plan()
    for target in planned.targets.values():
        yield target.name, "failed", [str(each) for each in target.diagnostics if each.severity == "error"]
    for each in planned.editions():
        state = "cached" if planned.cached(each) else "build"
        for kind in request.formats:
            yield f"{each.name}.{kind}", state, planned.reasons(each, kind)
    yield from planned.planned_packs()


class _Build:
    """One build: its plan, its cache, and what has become of each target so far."""

    def __init__(self, workspace: Workspace, request: Request) -> None:
        self.workspace, self.request = workspace, request
        self.folder = request.folder
        self.cache = Cache(self.folder / PRIVATE / "cache", request.cache_size)
        self.before = manifest(self.folder)
        # An edition is proved in all its formats, so the cache has them all, whichever of them are asked for.
        self.planner = Planner(workspace, FORMATS)
        self.targets: dict[str, Target] = {}
        self.briefs = Briefs(workspace, self.cache)
        # What the plan found: the names of all editions, and the briefs that give none.
        self.names: list[str] = []
        self.refused: set[str] = set()
        self.published: dict[str, dict[str, Any]] = dict(self.before)
        self.packs = Packs(workspace, self.folder, self.published)
        self.finished = self.packs.finished
        self.problems: list[Diagnostic] = []

    def run(self) -> Report:
        started, clock = datetime.now(UTC), time.perf_counter()
        self.plan()
        self.request.planned(self._count())
        for target in self.targets.values():
            self.request.told(target)
        removed = self._withdraw()
        self._make(each for each in self.editions() if not self._from_cache(each))
        self._record()
        packs = self._packs()
        self._record()
        self.cache.trim()
        report = Report(started.isoformat(timespec="seconds"), 0.0, self._in_order(), removed=removed, packs=packs)
        runner = self.request.runner
        problems = [*self.cache.problems, *self.problems, *self._foreign(), *(runner.problems if runner else [])]
        report.diagnostics = [*problems, *(self.workspace.misnamed() if self.request.whole else [])]
        report.changes = morning.changes(last_report(self.folder), report)
        report.seconds = time.perf_counter() - clock
        self._save(report)
        return report

    def _count(self) -> int:
        packs = len(self.workspace.packs) if self._with_packs else 0
        return len(self.targets) + len(self.names) * len(self.request.formats) + packs

    def _record(self) -> None:
        """Note what was published; if that cannot be written, the next build finds the same files again."""
        try:
            save_manifest(self.folder, self.published)
        except BriefgenError as problem:
            self.problems += problem.diagnostics

    def _save(self, report: Report) -> None:
        """Write the report in all its forms; where there is no room for them, those who wait are told all the same."""
        try:
            report.save(self.folder)
            morning.save(report, self.folder, Assets(tuple(search_path(self.workspace.root)), self.workspace.root))
        except BriefgenError as problem:
            report.diagnostics += problem.diagnostics

    # --- Plan -------------------------------------------------------------------------------------

    def plan(self) -> None:
        """Load every brief; what does not load or pass its checks fails all its targets at once."""
        self.names = [each for brief in self.request.briefs for each in self._for_each(brief, self.planner.name)]

    def editions(self) -> Iterator[Planned]:
        """Every edition to make, planned anew: of thousands only their names fit into little memory."""
        for name in self.request.briefs:
            if name not in self.refused:
                yield from self._for_each(name, self.planner.plan)

    def _for_each(self, name: str, make: Callable[[Known, str], Made | None]) -> list[Made]:
        """What `make` gives for each audience of a brief; nothing, and its targets fail, where the brief is no good."""
        try:
            if name != safe(name):
                self._unspeakable(name)
            else:
                known = self._unless_final(self.briefs.load(name))
                found = [make(known, each) for each in self.request.audiences]
                return [each for each in found if each]
        except BriefgenError as problem:
            self._refuse(name, problem.diagnostics, problem.exit_code)
        except Exception as problem:
            self._refuse(name, [replace(bug(problem), file=f"content/{name}/brief.yaml")], INTERNAL)
        self.refused.add(name)
        return []

    def _unless_final(self, known: Known) -> Known:
        """The brief with a warning where it holds drafts; when the build is to be final, these stop it."""
        found = known.drafts(self.request.final)
        if has_errors(found):
            raise BriefgenError(*known.diagnostics, *found)
        return replace(known, diagnostics=(*known.diagnostics, *found))

    def _unspeakable(self, name: str) -> None:
        """No file of ours, and no report, may hold the name of such a folder."""
        problem = "the folder's name has characters that steer a terminal, or that are no text"
        self._refuse(safe(name), [error(problem, f"content/{name}", "rename the folder")], 1)
        self.finished.failed |= {(audience, name) for audience in self.request.audiences}

    def _refuse(self, brief: str, diagnostics: Sequence[Diagnostic], code: int) -> None:
        """Fail all targets of a brief; those that are done already, when it is spoilt while the build goes on, stay."""
        for audience in self.request.audiences:
            for kind in self.request.formats:
                if (target := Target(brief, audience, kind)).name not in self.targets:
                    self._fail(target, diagnostics, code)

    def _withdraw(self) -> list[str]:
        """Delete what has no target any more, before anything else: what it shows may not be meant to be seen."""
        planned = {f"{name}.{kind}" for name in self.names for kind in self.request.formats}
        planned |= self.targets.keys()
        if self._with_packs:
            planned |= {file for pack in self.workspace.packs for file in pack_files(pack)}
        outdated = [name for name, entry in self.before.items() if name not in planned and self._asked_for(entry)]
        removed = remove(self.folder, outdated)
        for name in outdated:
            self.published.pop(name, None)
        removed += self.packs.withdraw(planned | self.published.keys())
        for name in planned:
            # Known to be ours before it is written: a killed build must not leave files that nobody withdraws.
            self.published.setdefault(name, _described(name))
        save_manifest(self.folder, self.published)
        return removed

    def _asked_for(self, entry: Mapping[str, Any]) -> bool:
        request = self.request
        named = entry.get("brief") in request.briefs and entry.get("audience") in request.audiences
        return request.whole or (named and entry.get("format") in request.formats)

    def _foreign(self) -> list[Diagnostic]:
        hint = "it was kept; move it elsewhere, the folder is written by builds only"
        names = foreign(self.folder, self.published)
        return [Diagnostic("note", "a file that no build made", name, hint=hint) for name in names]

    # --- Make -------------------------------------------------------------------------------------

    def cached(self, planned: Planned) -> tuple[Result, dict[str, str]] | None:
        """The result of the same edition with the same files, and the hashes of these."""
        known = self.cache.get("reads", planned.key)
        if known is None:
            return None
        files = self.planner.files(planned.job, known[0]["names"])
        found = self.cache.get("editions", key_of(planned.key, files))
        return (_thawed(*found), files) if found else None

    def reasons(self, planned: Planned, kind: str) -> list[str]:
        """Why a target is to be made, by what the last build that published it was made of."""
        before = self.before.get(f"{planned.name}.{kind}", {}).get("inputs")
        if not before:
            return ["it was never built"]
        names = [name.removeprefix("file ") for name in before if name.startswith("file ")]
        files = {f"file {name}": sha for name, sha in self.planner.files(planned.job, names).items()}
        return list(differences(before, {**planned.inputs, **files}))

    def _from_cache(self, planned: Planned) -> bool:
        found = self.cached(planned)
        if found:
            self._settle(planned, *found, status="cached")
        return found is not None

    def _make(self, waiting: Iterator[Planned]) -> None:
        if self.request.frozen:
            for planned in waiting:
                why = "; ".join(self.reasons(planned, self.request.formats[0])) or "it is not in the cache"
                problem = error(f"--frozen: it would be made anew: {why}", hint="build without --frozen first")
                self._failed(planned, [problem], 1)
            return
        first = next(waiting, None)
        waiting = chain([first] if first else [], waiting)
        begun: dict[str, Planned] = {}
        if first and not self._enough():
            self._run(waiting, begun)
        for planned in chain(begun.values(), waiting):
            self._failed(planned, [error("not tried: an earlier target failed (--fail-fast)")], 1)

    def _run(self, waiting: Iterator[Planned], begun: dict[str, Planned]) -> None:
        """Make what waits, each planned when there is a place for it, and take from `begun` what is done."""

        def jobs() -> Iterator[tuple[str, Job]]:
            for planned in waiting:
                begun[planned.name] = planned
                yield planned.name, planned.job

        with closing(self.request.runner or self._pool()) as runner:
            for name, result in runner.run(jobs()):
                planned = begun.pop(name)
                files = self._remember(planned, result)
                self._settle(planned, result, files, status="built")
                if self._enough():
                    return

    def _enough(self) -> bool:
        return self.request.fail_fast and bool(self.finished.failed)

    def _pool(self) -> Pool:
        assets = Assets(tuple(search_path(self.workspace.root)), self.workspace.root)
        return local_pool(self.request.jobs, self.request.limits, assets)

    def _remember(self, planned: Planned, result: Result) -> dict[str, str]:
        files = self.planner.files(planned.job, result.reads)
        if result.code == 0:
            self.cache.put("reads", planned.key, {"names": list(result.reads)}, {})
            self.cache.put("editions", key_of(planned.key, files), *_frozen(result))
        return files

    # --- Publish ----------------------------------------------------------------------------------

    def _settle(self, planned: Planned, result: Result, files: Mapping[str, str], status: str) -> bool:
        """Publish a good result in all its formats, or fail them; tells which."""
        known = planned.known
        made = [each if each.file else _of(planned, each) for each in result.diagnostics]
        found = list(dict.fromkeys([*known.diagnostics, *made, *(known.placed(each) for each in result.remarks)]))
        if result.code or has_errors(found):
            return self._failed(planned, found, result.code or 1, result.seconds)
        if leaked := self._leaks(planned, result):
            return self._failed(planned, [*found, *leaked], LEAK, withdraw=True)
        if self.request.strict and any(each.severity == "warning" for each in found):
            return self._failed(planned, found, 1, result.seconds)
        # The same few names for every target of the night: one string each.
        inputs = {intern(name): sha for name, sha in planned.inputs.items()}
        inputs |= {intern(f"file {name}"): sha for name, sha in files.items()}
        try:
            for kind in self.request.formats:
                self._publish(planned, kind, result.outputs[kind], inputs)
        except BriefgenError as problem:
            return self._failed(planned, [*found, *problem.diagnostics], problem.exit_code)
        for kind in self.request.formats:
            self._done(self._target(planned, kind, result, found, status))
        if "pdf" in self.request.formats:
            part = part_of(planned, result, self.folder, self.published[f"{planned.name}.pdf"]["sha256"])
            self.finished.parts[part.audience, part.brief] = part
        return True

    def _publish(self, planned: Planned, kind: str, data: bytes, inputs: Mapping[str, str]) -> None:
        name = f"{planned.name}.{kind}"
        path, sha = self.folder / name, digest(data)
        if digest_of(path) != sha:
            write(path, data)
        self.published[name] = {**_described(name), "sha256": sha, "inputs": inputs}

    # --- Packs ------------------------------------------------------------------------------------

    @property
    def _with_packs(self) -> bool:
        """Packs are made by builds that leave nothing out: others do not know all their parts."""
        return self.request.whole and "pdf" in self.request.formats

    def _packs(self) -> list[PackTarget]:
        """Make the packs that changed; where this build is but for a part, see that old ones show nothing amiss."""
        if not self._with_packs:
            kept = (self.packs.kept(name, [], 0, self.editions()) for name in self.workspace.packs)
            return [each for each in kept if each.diagnostics]
        found: dict[str, PackTarget] = {}
        jobs = [job for name in self.workspace.packs if (job := self._pack_job(name, found))]
        for name, result in run_packs(jobs, self.request.jobs, self.request.limits):
            job = next(each for each in jobs if each.name == name)
            found[name] = self._settle_pack(job, result)
        for name in self.workspace.packs:
            self.request.told(found[name])
        return [found[name] for name in self.workspace.packs]

    def _pack_job(self, name: str, found: dict[str, PackTarget]) -> PackJob | None:
        """The job of a pack that is to be made; what needs none is put into `found`."""
        try:
            job = self.packs.job(name)
        except BriefgenError as problem:
            found[name] = self.packs.kept(name, problem.diagnostics, problem.exit_code, self.editions())
            return None
        reasons = self.packs.reasons(job)
        if not job.parts:
            found[name] = self.packs.empty(name)
        elif not reasons:
            found[name] = self.packs.target(job, "cached")
        elif self.request.frozen:
            message = f"--frozen: the pack would be made anew: {'; '.join(reasons)}"
            found[name] = self.packs.kept(name, [error(message, f"packs/{name}.pdf")], 1, self.editions())
        return None if name in found else job

    def _settle_pack(self, job: PackJob, result: Result) -> PackTarget:
        told = list(result.diagnostics)
        if result.code or (self.request.strict and any(each.severity == "warning" for each in told)):
            return self.packs.kept(job.name, told, result.code or 1, self.editions())
        try:
            return self.packs.publish(job, result)
        except BriefgenError as problem:
            return self.packs.kept(job.name, [*told, *problem.diagnostics], problem.exit_code, self.editions())

    def planned_packs(self) -> Iterator[tuple[str, str, list[str]]]:
        """(file, state, reasons) of every pack, for a dry run."""
        for name in self.workspace.packs if self._with_packs else ():
            changed = [each.name for each in self.editions() if not self._known_part(each)]
            try:
                job = self.packs.job(name)
            except BriefgenError as problem:
                yield f"packs/{name}.pdf", "failed", [str(each) for each in problem.diagnostics]
                continue
            wanted = {part for part in changed if part.partition("/")[0] in self.workspace.packs[name].audiences}
            reasons = [f"edition {each}.pdf is to be made" for each in sorted(wanted)] or self.packs.reasons(job)
            yield f"packs/{name}.pdf", "build" if reasons else "cached", reasons

    def _known_part(self, planned: Planned) -> bool:
        """Note a part that the cache has, without publishing it; tells whether it has it."""
        found = self.cached(planned)
        if found and (pdf := found[0].outputs.get("pdf")):
            part = part_of(planned, found[0], self.folder, digest(pdf))
            self.finished.parts[part.audience, part.brief] = part
        return found is not None

    def _target(self, planned: Planned, kind: str, result: Result, found: Sequence[Diagnostic], status: str) -> Target:
        edition, setting = planned.job.edition, planned.job.edition.audience
        reason = f"page budget of {setting.pages} page{'s' if setting.pages > 1 else ''}"
        return Target(
            edition.name, edition.audience_name, kind, edition.brief.language, status, f"{planned.name}.{kind}",
            sha256=self.published[f"{planned.name}.{kind}"]["sha256"],
            pages=result.pages, page_budget=setting.pages, fill=result.fill, layouts=result.layouts,
            kept=result.kept, shortened=result.shortened, title=edition.brief.title,
            omitted=[{"id": each, "reason": reason} for each in result.omitted],
            seconds=result.seconds if status == "built" else 0.0, diagnostics=list(found),
        )  # fmt: skip

    def _leaks(self, planned: Planned, result: Result) -> list[Diagnostic]:
        """The last gate: nothing leaves that holds words from above the clearance."""
        audience = planned.job.edition.audience_name
        remarks = [
            Remark(
                name,
                None,
                f"leak prevented: words of '{name}', which is above audience '{audience}', are in its edition",
                f"reword what repeats them, or mark it as strictly: “{text[:60]}”",
            )
            for name, text in leaks(planned.known.brief, planned.job.edition, result.haystack)
        ]
        return list(dict.fromkeys(planned.known.placed(each) for each in remarks))

    def _failed(
        self,
        planned: Planned,
        diagnostics: Sequence[Diagnostic],
        code: int,
        seconds: float = 0.0,
        withdraw: bool = False,
    ) -> bool:
        edition = planned.job.edition
        for kind in self.request.formats:
            target = Target(edition.name, edition.audience_name, kind, edition.brief.language, seconds=seconds)
            target.title = edition.brief.title
            if withdraw:
                remove(self.folder, [target.name])
            self._fail(target, diagnostics, code)
            self.request.told(target)
        return False

    def _fail(self, target: Target, diagnostics: Sequence[Diagnostic], code: int) -> None:
        """A failed target keeps its last good file, marked stale."""
        target.diagnostics, target.code = list(diagnostics), code
        self.finished.failed.add((target.audience, target.brief))
        earlier = self.before.get(target.name, {}).get("sha256")
        if earlier and (self.folder / target.name).is_file():
            target.path, target.stale, target.sha256 = target.name, True, earlier
        self.targets[target.name] = target

    def _done(self, target: Target) -> None:
        self.targets[target.name] = target
        self.request.told(target)

    def _in_order(self) -> list[Target]:
        """The same order whatever was done first."""
        briefs = {safe(name): at for at, name in enumerate(self.request.briefs)}
        audiences = {name: at for at, name in enumerate(self.request.audiences)}
        return sorted(
            self.targets.values(), key=lambda each: (briefs[each.brief], audiences[each.audience], each.format)
        )


def _of(planned: Planned, each: Diagnostic) -> Diagnostic:
    """An error that has no place of its own is told of its edition: others may have the same."""
    return replace(each, file=planned.name) if each.severity == "error" else each


def _described(name: str) -> dict[str, Any]:
    audience, _, file = name.partition("/")
    brief, _, kind = file.rpartition(".")
    return {"audience": audience, "brief": brief, "format": kind}


def local_pool(size: int, limits: Limits, assets: Assets) -> Pool:
    """A pool of this machine with the engine loaded and the fonts of `assets` decoded."""
    engine = Engine()
    engine.warm(assets.sheets(["css/fonts.css", "css/base.css"], {}), assets)

    known: set[tuple[str, str]] = set()
    faces = 0

    def prepare(job: Job) -> bool:
        kind = (job.edition.audience_name, job.edition.brief.language)
        if kind in known:
            return False
        known.add(kind)
        warm(job, engine)
        # What is there now is there to stay: no collection needs to look at it, and no fork copies it for that.
        gc.collect()
        gc.freeze()
        return True

    def work(job: Job) -> Result:
        nonlocal faces
        faces = engine.faces
        gc.set_threshold(*_SELDOM)
        return run(job, engine)

    # A font that one brief brought along must not set another.
    return Pool(work, size, limits, prepare, reusable=lambda: engine.faces == faces)


def _frozen(result: Result) -> tuple[dict[str, Any], dict[str, bytes]]:
    """A result as the cache keeps it."""
    data = {name: getattr(result, name) for name in ("pages", "fill", "layouts", "seconds")} | {
        name: list(getattr(result, name)) for name in ("kept", "shortened", "omitted", "reads")
    }
    data["remarks"] = [each.__dict__ for each in result.remarks]
    data["diagnostics"] = [each.as_dict() for each in result.diagnostics]
    blobs = {f"output {kind}": output for kind, output in result.outputs.items()}
    return data, blobs | {"haystack": result.haystack.encode("utf-8", "surrogatepass")}


def _thawed(data: Mapping[str, Any], blobs: Mapping[str, bytes]) -> Result:
    fields = {name: value for name, value in data.items() if name not in ("remarks", "diagnostics")}
    return Result(
        outputs={name.removeprefix("output "): blob for name, blob in blobs.items() if name != "haystack"},
        haystack=blobs["haystack"].decode("utf-8", "surrogatepass"),
        remarks=[Remark(**each) for each in data["remarks"]],
        diagnostics=[Diagnostic(**each) for each in data["diagnostics"]],
        **fields,
    )
