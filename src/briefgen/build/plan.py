"""Workspace and request -> the targets to make, each with a key of everything that can change its bytes."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from briefgen import __version__, audience, content
from briefgen.build.cache import Cache, digest, key_of
from briefgen.build.job import Job, Remark, edition_name
from briefgen.check import check
from briefgen.errors import BriefgenError, Diagnostic, Severity, has_errors
from briefgen.model import Audience, Brief, Edition
from briefgen.render import Assets, search_path
from briefgen.workspace import Workspace
from briefgen.yamlread import Document, Path_, read

# What the same page is made of besides content and templates: an update of any makes all pages anew.
_PACKAGES = ("weasyprint", "pydyf", "jinja2", "markdown-it-py", "babel", "uharfbuzz")
_LIBRARIES = (
    ("pango-1.0", 0, "pango_version_string"),
    ("harfbuzz", 0, "hb_version_string"),
    ("fontconfig", 1, "FcGetVersion"),
)


@cache
def engine_versions() -> dict[str, str]:
    """Versions of what sets the type; read without loading the engine, which takes a second."""
    found = {"briefgen": f"{__version__}+{_code()}"}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    for library, major, function in _LIBRARIES:
        found[library.partition("-")[0]] = _library_version(library, major, function)
    return found


def _code() -> str:
    """A hash of our own code: a checkout changes more often than its version does."""
    package = Path(__file__).parents[1]
    files = sorted(path for path in package.rglob("*") if path.suffix in (".py", ".conf", ".yaml", ".txt"))
    return digest(b"".join(digest(path.read_bytes()).encode() for path in files))[:12]


def _library_version(library: str, major: int, function: str) -> str:
    try:
        ask = getattr(_opened(library, major), function)
    except (OSError, AttributeError):
        return "missing"
    if function == "FcGetVersion":
        return str(ask())
    ask.restype = ctypes.c_char_p
    return (ask() or b"").decode()


def _opened(library: str, major: int) -> ctypes.CDLL:
    """By its name on Linux; elsewhere, and where it has another, by a search that starts other programs."""
    with suppress(OSError):
        return ctypes.CDLL(f"lib{library}.so.{major}")
    return ctypes.CDLL(ctypes.util.find_library(library) or "")


@dataclass(frozen=True)
class Known:
    """A brief that loaded and passed its checks, with their warnings; `slice_of` tells its editions apart."""

    name: str
    file: Path
    shown: str
    brief: Brief
    diagnostics: tuple[Diagnostic, ...]

    @cached_property
    def document(self) -> Document:
        """The file with its places; read again only when there is something to tell."""
        return read(self.file, self.shown)[0]

    def drafts(self, final: bool) -> list[Diagnostic]:
        """What awaits a person: one warning for the brief, or an error for each item where the build is to be final."""
        names = self.brief.drafts()
        hint = "read it against its quotes ('briefgen evidence'), then remove its line 'status: draft'"
        if final:
            return [self._draft(name, f"'{name}' is a draft that nobody confirmed", hint, "error") for name in names]
        count = f"{len(names)} item{'s' if len(names) > 1 else ''}"
        message = f"{count} with status draft: every page is marked as a draft"
        return [self._draft(names[0], message, hint, "warning")] if names else []

    def _draft(self, name: str, message: str, hint: str, severity: Severity) -> Diagnostic:
        item, field = (None, name) if name == "bottom_line" else (name, "status")
        return self.placed(Remark(item, field, message, hint, severity))

    def placed(self, remark: Remark) -> Diagnostic:
        """A remark at its place in the file."""
        path: Path_ = content.item_paths(self.document.data).get(remark.item, ()) if remark.item else ()
        whole = (*path, remark.field) if remark.field else path
        return self.document.diagnostic(whole, remark.message, remark.hint, remark.severity)


@dataclass
class Briefs:
    """Loads briefs, and remembers in the cache those whose files have not changed since."""

    workspace: Workspace
    store: Cache

    def load(self, name: str) -> Known:
        """Raises `BriefgenError` with everything that is wrong; such a brief is read anew each time."""
        file = self.workspace.content / name / "brief.yaml"
        shown = self.workspace.relative(file)
        key = key_of(engine_versions()["briefgen"], shown, list(self.workspace.sectors), self._bytes(file))
        if known := self._remembered(name, file, shown, key):
            return known
        loaded = content.load(file, name, shown, self.workspace.sectors)
        found = [*loaded.problems, *check(loaded.brief, loaded.document, self.workspace.root)]
        if has_errors(found):
            raise BriefgenError(*found)
        self._remember(loaded.brief, found, key)
        return Known(name, file, shown, loaded.brief, tuple(found))

    def _bytes(self, file: Path) -> str:
        try:
            return digest(file.read_bytes())
        except OSError:
            return "missing"

    def _files(self, brief: Brief) -> dict[str, str]:
        """The files that a check of the brief reads."""
        names = [name for source in brief.sources for name in (source.file, source.text) if name]
        return {name: self._bytes(self.workspace.root / name) for name in names}

    def _remembered(self, name: str, file: Path, shown: str, key: str) -> Known | None:
        found = self.store.get("briefs", key)
        if found is None:
            return None
        data, blobs = found
        brief = Brief.model_validate_json(blobs["brief"])
        if self._files(brief) != data["files"]:
            return None
        return Known(name, file, shown, brief, tuple(Diagnostic(**each) for each in data["diagnostics"]))

    def _remember(self, brief: Brief, found: Sequence[Diagnostic], key: str) -> None:
        data = {"files": self._files(brief), "diagnostics": [each.as_dict() for each in found]}
        self.store.put("briefs", key, data, {"brief": brief.model_dump_json().encode()})


@dataclass(frozen=True)
class Planned:
    """An edition to make or to take from the cache: `inputs` are what its bytes depend on, by name."""

    known: Known
    job: Job
    inputs: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.job.name

    @property
    def key(self) -> str:
        """The key of everything but the files that templates load: these are only known once it was made."""
        return key_of(dict(self.inputs))


@dataclass
class Planner:
    """Turns briefs into planned editions; `setting` are the options that change bytes."""

    workspace: Workspace
    formats: tuple[str, ...]
    _hashes: dict[tuple[tuple[Path, ...], str], str] = field(default_factory=dict)
    _folders: dict[str, tuple[Path, ...]] = field(default_factory=dict)

    def plan(self, known: Known, audience_name: str) -> Planned | None:
        """The edition of a brief for an audience; None where there is nothing for it."""
        setting = self.workspace.audiences[audience_name]
        edition = audience.select(known.brief, known.name, audience_name, setting)
        if edition is None:
            return None
        folders = self._search_path(known.name)
        job = Job(edition, self.formats, self.workspace.root, folders, self._fuller(known, edition))
        return Planned(known, job, self._inputs(job))

    def name(self, known: Known, audience_name: str) -> str | None:
        """What the edition is called; None where there is none."""
        there = audience.has_edition(known.brief, self.workspace.audiences[audience_name])
        return edition_name(audience_name, known.name) if there else None

    def _search_path(self, brief: str) -> tuple[Path, ...]:
        if brief not in self._folders:
            self._folders[brief] = tuple(search_path(self.workspace.root, brief))
        return self._folders[brief]

    def _inputs(self, job: Job) -> dict[str, str]:
        edition = job.edition
        found = {
            "content": digest(edition.brief.model_dump_json().encode()),
            "audience": key_of(edition.audience_name, edition.audience.model_dump(mode="json")),
            "name": edition.name,
            "formats": " ".join(job.formats),
            "fuller": key_of(job.fuller[0], job.fuller[1].title) if job.fuller else "",
        }
        found |= {"draft": "yes"} if edition.draft else {}
        return found | {f"version of {name}": number for name, number in engine_versions().items()}

    def _fuller(self, known: Known, edition: Edition) -> tuple[str, Audience] | None:
        """The audience whose edition holds what is left out, where this reader may have it and it exists."""
        name = edition.audience.fuller
        other = self.workspace.audiences.get(name or "")
        if not name or other is None or name == edition.audience_name:
            return None
        may_have = other.clearance.rank <= edition.audience.clearance.rank
        return (name, other) if may_have and audience.has_edition(known.brief, other) else None

    def files(self, job: Job, names: Sequence[str]) -> dict[str, str]:
        """The hash of what each name leads to now: a new override, or one that is gone, shows as a change."""
        return {name: self._hash(job, name) for name in names}

    def _hash(self, job: Job, name: str) -> str:
        key = (job.folders, name)
        if key not in self._hashes:
            found = Assets(job.folders, job.root).contents(name)
            self._hashes[key] = key_of([digest(each) for each in found]) if found else ""
        return self._hashes[key]


def differences(before: Mapping[str, Any], now: Mapping[str, str]) -> Iterator[str]:
    """What changed between two sets of inputs, in words."""
    for name in sorted({*before, *now}):
        old, new = before.get(name), now.get(name)
        if old == new:
            continue
        if name.startswith("version of "):
            yield f"{name}: {old or 'none'} -> {new or 'none'}"
        elif name.startswith("file "):
            yield f"{name} {'is gone' if not new else 'is new' if not old else 'changed'}"
        else:
            yield f"{_TOLD.get(name, name)} changed"


_TOLD = {
    "content": "the content that this audience sees",
    "audience": "the audience's settings in briefgen.yaml",
    "formats": "the formats asked for",
    "fuller": "the fuller edition that it points to",
    "draft": "whether it is a draft",
}
