"""Editions of a build -> build/packs/: each pack of briefgen.yaml made again when a part of it changed, else kept.

A pack is published whole or not at all: with a part that failed, the last one stays, unless it shows what its
readers may no longer see. `build/.briefgen/packs/` keeps the last manifest, against which the news is told.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

from briefgen.build.cache import digest, digest_of, key_of
from briefgen.build.clearance import leaks
from briefgen.build.job import Job, Result
from briefgen.build.packjob import PackJob, make
from briefgen.build.plan import Planned, differences, engine_versions
from briefgen.build.pool import Limits, Pool
from briefgen.build.publish import PRIVATE, remove, write
from briefgen.build.report import PackTarget
from briefgen.errors import BriefgenError, Diagnostic, SurroundingsError, did_you_mean, error
from briefgen.layout import Engine, read, searchable
from briefgen.model import Finding, Marking, Pack, strictest
from briefgen.pack import Part, manifest, news, readable
from briefgen.render import Assets, search_path
from briefgen.workspace import Workspace

KINDS = ("pdf", "html", "json")
# What joining and verifying a part may take, on top of the time for one document.
SECONDS_A_PART = 0.5


@dataclass
class Editions:
    """What became of the editions: parts of packs by (audience, brief), and those that failed, by the same."""

    parts: dict[tuple[str, str], Part] = field(default_factory=dict)
    failed: set[tuple[str, str]] = field(default_factory=set)


def names(pack: str) -> list[str]:
    """The files of a pack, as paths in the build folder."""
    return [f"packs/{pack}.{kind}" for kind in KINDS]


def part_of(planned: Planned, result: Result, folder: Path, sha: str) -> Part:
    """An edition as its packs see it."""
    edition = planned.job.edition
    brief, kept = edition.brief, dict.fromkeys(result.kept)
    shown = [item.sector for item in brief.findings if isinstance(item, Finding) and item.id in kept]
    return Part(
        name=f"{planned.name}.pdf",
        path=folder / f"{planned.name}.pdf",
        sha256=sha,
        pages=result.pages,
        title=brief.title,
        brief=edition.name,
        audience=edition.audience_name,
        audience_title=edition.audience_name,
        marking=str(edition.label(kept)),  # type: ignore[arg-type]
        language=brief.language,
        content=planned.inputs["content"],
        issued=brief.issued.isoformat() if brief.issued else None,
        reference=brief.reference,
        sectors=tuple(dict.fromkeys(shown)),
    )


class Packs:
    """The packs of one build; `published` is the build's record of what lies in its folder, and is kept current.

    The build notes in `finished` what becomes of each edition.
    """

    def __init__(self, workspace: Workspace, folder: Path, published: MutableMapping[str, dict[str, Any]]) -> None:
        self.workspace, self.folder, self.published = workspace, folder, published
        self.folders = tuple(search_path(workspace.root))
        self.before = {name: self._last(name) for name in workspace.packs}
        self.finished = Editions()

    def _last(self, name: str) -> dict[str, Any] | None:
        for path in (self._private(name), self.folder / f"packs/{name}.json"):
            try:
                found = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            if readable(found):
                return dict(found)
        return None

    def _private(self, name: str) -> Path:
        return self.folder / PRIVATE / "packs" / f"{name}.json"

    # --- What the last pack may still show ------------------------------------------------------------

    def withdraw(self, known: set[str]) -> list[str]:
        """Delete at once every pack with an edition that has no target any more; returns the files."""
        gone = []
        for name in self.workspace.packs:
            editions = (self.before[name] or {}).get("editions", [])
            if any(each["path"] not in known for each in editions):
                gone += remove(self.folder, names(name))
        return gone

    def exposed(self, name: str, editions: Iterable[Planned]) -> list[str]:
        """Editions of the last pack that show there what is by now above their readers' clearance."""
        path = self.folder / f"packs/{name}.pdf"
        before = self.before[name]
        if before is None or not path.is_file():
            return []
        shown = {each["path"]: each for each in before["editions"]}
        known = ((planned, shown[file]) for planned in editions if (file := f"{planned.name}.pdf") in shown)
        changed = [(planned, each) for planned, each in known if self._changed(each, planned)]
        texts = _texts(path.read_bytes()) if changed else []
        return [each["path"] for planned, each in changed if _leaks(planned, each, before, texts)]

    def _changed(self, edition: Mapping[str, Any], planned: Planned) -> bool:
        # The same words may have become a secret by what was added above the clearance: then the edition failed.
        failed = (edition["audience"], edition["brief"]) in self.finished.failed
        return failed or planned.inputs["content"] != edition.get("content")

    # --- What is to be made ---------------------------------------------------------------------------

    def job(self, name: str) -> PackJob:
        """The pack of what was published; raises `BriefgenError` naming every part that failed."""
        pack = self.workspace.packs[name]
        wanted = [(audience, brief) for audience in dict.fromkeys(pack.audiences) for brief in self._briefs(name, pack)]
        if failed := [each for each in wanted if each in self.finished.failed]:
            hint = "mend it, or take it out of the pack in briefgen.yaml"
            message = "the pack was not made: this part failed"
            raise BriefgenError(*(error(message, f"{audience}/{brief}.pdf", hint) for audience, brief in failed))
        parts = tuple(self.finished.parts[each] for each in wanted if each in self.finished.parts)
        return PackJob(
            name=name,
            title=pack.title or name.replace("-", " ").replace("_", " ").capitalize(),
            day=_day(parts),
            parts=parts,
            news=news(self.before[name], parts, self._tellable(name, parts)),
            audiences={each: self.workspace.audiences[each] for each in pack.audiences},
            root=self.workspace.root,
            folders=self.folders,
        )

    def _tellable(self, name: str, parts: Sequence[Part]) -> list[str]:
        """Editions of the last pack whose brief was deleted and whose title is marked no more strictly than this pack.

        That a brief became too secret for its readers is not to be told them.
        """
        label, known = strictest([Marking(part.marking) for part in parts]), set(self.workspace.briefs())
        gone = [each for each in (self.before[name] or {}).get("editions", []) if each["brief"] not in known]
        return [each["path"] for each in gone if Marking(each["marking"]).rank <= label.rank]

    def _briefs(self, name: str, pack: Pack) -> list[str]:
        known = self.workspace.briefs()
        if pack.briefs == "*":
            return known
        if unknown := [each for each in pack.briefs if each not in known]:
            found = [
                error(f"pack '{name}': unknown brief '{each}'", hint=did_you_mean(each, known)) for each in unknown
            ]
            raise BriefgenError(*found)
        return list(dict.fromkeys(pack.briefs))

    def inputs(self, job: PackJob) -> dict[str, str]:
        """What the pack's bytes depend on, by name, but for the files that its templates load."""
        found = {f"edition {part.name}": _key(part) for part in job.parts}
        found["order"] = key_of([part.name for part in job.parts])
        settings = {name: audience.model_dump(mode="json") for name, audience in job.audiences.items()}
        found["settings"] = key_of(job.name, job.title, settings)
        found["date"] = job.day.isoformat() if job.day else ""
        found["news"] = key_of(asdict(job.news))
        return found | {f"version of {name}": number for name, number in _versions().items()}

    def reasons(self, job: PackJob) -> list[str]:
        """Why the pack is to be made; nothing when it is as it should be."""
        entries = [self.published.get(name, {}) for name in names(job.name)]
        if not all(entry.get("sha256") for entry in entries):
            return ["it was never built"]
        damaged = [
            f"{name} is not what was published"
            for name, entry in zip(names(job.name), entries, strict=True)
            if digest_of(self.folder / name) != entry["sha256"]
        ]
        before = entries[0].get("inputs", {})
        files = [name.removeprefix("file ") for name in before if name.startswith("file ")]
        return [*damaged, *differences(before, {**self.inputs(job), **self._files(files)})]

    def _files(self, files: Sequence[str]) -> dict[str, str]:
        assets = Assets(self.folders, self.workspace.root)
        return {f"file {name}": digest_of(path) if (path := assets.find(name)) else "" for name in files}

    # --- Publish --------------------------------------------------------------------------------------

    def publish(self, job: PackJob, result: Result) -> PackTarget:
        """Write the pack; its manifest comes last, so that what it says is there."""
        data = manifest(
            job.name,
            job.parts,
            job.news,
            title=job.title,
            date=job.day.isoformat() if job.day else None,
            marking=job.marking,
            language=job.language,
            front_pages=result.pages,
            sha256=digest(result.outputs["pdf"]),
        )
        text = (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
        outputs = {**result.outputs, "json": text}
        for kind in KINDS:
            self._write(f"packs/{job.name}.{kind}", outputs[kind])
        write(self._private(job.name), text)
        self.before[job.name] = data
        inputs = {**self.inputs(job), **self._files(result.reads)}
        self.published[f"packs/{job.name}.pdf"]["inputs"] = inputs
        return self.target(job, "built", result.diagnostics, result.seconds)

    def _write(self, name: str, data: bytes) -> None:
        sha = digest(data)
        if digest_of(self.folder / name) != sha:
            write(self.folder / name, data)
        self.published[name] = {"audience": "packs", "brief": Path(name).stem, "format": Path(name).suffix[1:]}
        self.published[name]["sha256"] = sha

    def target(
        self, job: PackJob, status: str, diagnostics: Sequence[Diagnostic] = (), seconds: float = 0.0
    ) -> PackTarget:
        """The pack's entry in the report."""
        data = self.before[job.name] or {}
        found = PackTarget(job.name, status, f"packs/{job.name}.pdf", seconds=seconds, diagnostics=list(diagnostics))
        found.sha256, found.pages = data.get("sha256"), data.get("pages")
        found.editions, found.marking = len(job.parts), job.marking
        return found

    def kept(self, name: str, problems: Sequence[Diagnostic], code: int, editions: Iterable[Planned]) -> PackTarget:
        """A pack that could not be made: the last one stays, marked stale, where it may still be shown."""
        found = PackTarget(name, "failed", diagnostics=list(problems), code=code)
        if exposed := self.exposed(name, editions):
            remove(self.folder, names(name))
            hint = "it comes back with the next build in which all its parts succeed"
            message = "the last pack was withdrawn: it shows what is now above its readers' clearance"
            found.diagnostics += [error(message, each, hint) for each in exposed]
        path = self.folder / f"packs/{name}.pdf"
        if path.is_file():
            found.path, found.stale, found.sha256 = f"packs/{name}.pdf", True, digest_of(path)
        return found

    def empty(self, name: str) -> PackTarget:
        """A pack without any edition is no pack; an earlier one goes."""
        remove(self.folder, names(name))
        note = Diagnostic("note", f"pack '{name}' has no edition", hint="none of its briefs is for its audiences")
        return PackTarget(name, "empty", diagnostics=[note])


def run(jobs: Sequence[PackJob], size: int, limits: Limits) -> Iterator[tuple[str, Result]]:
    """(pack, result) of each: every pack in a child of its own, that a slip or a lack of memory cannot reach beyond."""
    if not jobs:
        return
    longest = max(len(job.parts) for job in jobs)
    allowed = replace(limits, seconds=limits.seconds + SECONDS_A_PART * longest)
    work = cast(Any, lambda job: make(job, Engine()))
    pool = Pool(work, size, allowed)
    try:
        yield from pool.run((job.name, cast(Job, job)) for job in jobs)
    finally:
        pool.close()


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return engine_versions() | {"pikepdf": version("pikepdf")}


def _key(part: Part) -> str:
    return key_of({name: value for name, value in asdict(part).items() if name != "path"})


def _day(parts: Sequence[Part]) -> date | None:
    """The pack's date: SOURCE_DATE_EPOCH, else the newest of its editions; the clock would change bytes."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        try:
            return datetime.fromtimestamp(int(epoch), UTC).date()
        except (ValueError, OverflowError, OSError):
            hint = "it is a number of seconds since 1970"
            raise SurroundingsError(error(f"SOURCE_DATE_EPOCH is '{epoch}'", hint=hint)) from None
    days = [part.issued for part in parts if part.issued]
    return date.fromisoformat(max(days)) if days else None


def _texts(pdf: bytes) -> list[str]:
    return [page.text for page in read(pdf)]


def _leaks(planned: Planned, edition: Mapping[str, Any], pack: Mapping[str, Any], texts: Sequence[str]) -> bool:
    """Whether the pages of an edition in the last pack hold words that its readers may not see today."""
    start = int(pack["front_pages"]) + int(edition["first_page"]) - 1
    own = texts[start : start + int(edition["pages"])]
    # The contents name the title of every edition.
    shown = searchable("\n".join([*own, *texts[: int(pack["front_pages"])]]))
    return any(True for _ in leaks(planned.known.brief, planned.job.edition, shown))
