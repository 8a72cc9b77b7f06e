"""Where a brief and its files lie: one in a workspace counts from there on, any other from its own folder on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from briefgen.build.publish import write
from briefgen.drafting import Named
from briefgen.errors import BriefgenError, SurroundingsError, UsageError, error
from briefgen.model import Source
from briefgen.workspace import Workspace, find_root
from briefgen.workspace import load as load_workspace

BRIEF = "brief.yaml"
LONGEST = 60


@dataclass(frozen=True)
class Home:
    """A brief's file, and the workspace (or the folder that stands for one) from which it names its sources."""

    path: Path
    workspace: Workspace
    inside: bool

    @property
    def name(self) -> str:
        return self.path.parent.name or "brief"

    @property
    def shown(self) -> str:
        return self.workspace.relative(self.path) if self.inside else str(self.path)


def home(path: Path, current: Workspace) -> Home:
    """The home of the brief at `path`; outside of any workspace the settings are those of the `current` one."""
    path = path.resolve()
    root = find_root(path.parent)
    if path.is_relative_to(root / "content"):
        return Home(path, current if root == current.root else load_workspace(root), inside=True)
    return Home(path, replace(current, root=path.parent), inside=False)


def home_for(sources: Sequence[Path], workspace: Workspace) -> Home:
    """Where the brief about these files goes when nobody says where."""
    return Home(workspace.content / slug(sources[0].resolve()) / BRIEF, workspace, inside=True)


def slug(path: Path) -> str:
    """A file's name as the name of a brief: lower case, words joined by '-'."""
    plain = unicodedata.normalize("NFC", path.stem if path.suffix and not path.is_dir() else path.name).lower()
    return re.sub(r"[\W_]+", "-", plain)[:LONGEST].strip("-") or "brief"


def named(file: str, root: Path) -> str:
    """The file as a brief names it: from the root on, or in seeds/, where a copy of it would go."""
    path = Path(file).resolve()
    return path.relative_to(root.resolve()).as_posix() if path.is_relative_to(root.resolve()) else f"seeds/{path.name}"


@dataclass
class Placing:
    """Finds each source its place inside the root; nothing is written before `write` is called.

    A source from outside is copied to seeds/, one that is not plain text gets its text kept beside the brief. What
    is there already is never overwritten, but for a kept text.
    """

    where: Home
    kept: Mapping[str, str | None]
    files: dict[Path, bytes] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.where.workspace.root.resolve()

    def named(self, name: str, source: Source) -> Named:
        """The source under its id, with the files that this needs put on the list."""
        path = Path(source.file).resolve()
        if not path.is_relative_to(self.root):
            path = self._added(self.root / "seeds" / path.name, _bytes(path, source))
        file = path.relative_to(self.root).as_posix()
        if source.verbatim and path.suffix.lower() == ".txt":
            return Named(name, source, file)
        text = source.text.encode()
        kept = self._kept(name, text)
        return Named(name, source, file, kept.relative_to(self.root).as_posix(), sha256(text).hexdigest())

    def _kept(self, name: str, text: bytes) -> Path:
        """Where the text of a source stays: where it is kept already, or beside the brief."""
        known = self.kept.get(name)
        path = (self.root / known).resolve() if known else None
        if path is None or not path.is_relative_to(self.where.path.parent) or path.suffix != ".txt":
            return self._added(self.where.path.parent / f"{name}.txt", text)
        self.files[path] = text
        return path

    def _added(self, path: Path, data: bytes) -> Path:
        """The file with these bytes: the one that is there, or a new one, numbered where the name is taken."""
        names = (path, *(path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(2, 1000)))
        for each in names:
            if each not in self.files and not each.exists():
                self.files[each] = data
                return each
            if self.files.get(each) == data or (each.is_file() and each.read_bytes() == data):
                return each
        raise UsageError(error("there are too many copies of this name", str(path), "remove some"))

    def write(self) -> None:
        for path, data in self.files.items():
            write(path, data)


def _bytes(path: Path, source: Source) -> bytes:
    try:
        raw = path.read_bytes()
    except OSError as problem:
        hint = "check the path and its permissions"
        raise SurroundingsError(error(f"cannot be read: {problem.strerror}", str(path), hint)) from None
    if source.sha256 and sha256(raw).hexdigest() != source.sha256:
        raise BriefgenError(error("changed while it was read", str(path), "run it again"))
    return raw
