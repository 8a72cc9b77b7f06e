"""briefgen.yaml -> Workspace: where things lie, the audiences, the closed list of sectors, the packs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from briefgen.errors import BriefgenError, Diagnostic, UsageError, did_you_mean, error
from briefgen.model import Audience, Marking, Pack, Settings
from briefgen.yamlread import Document, Path_, read, validate

SETTINGS_FILE = "briefgen.yaml"
SECTORS = (
    "government-politics", "foreign-affairs", "defence-security", "law-justice", "economy-finance", "trade",
    "industry", "energy", "agriculture-food", "transport", "digital-technology", "science-space", "health",
    "environment", "education", "labour-social", "media-culture", "other",
)  # fmt: skip

# build/<audience>/ stands beside these.
RESERVED = ("packs",)

# What each well-known audience gets where briefgen.yaml is silent; another starts from the nearest in length.
AUDIENCES: Mapping[str, Audience] = {
    "executive": Audience(
        clearance=Marking.AMBER, pages=1, template="executive.html",
        sections=("findings", "risks", "questions"), wording="text", floor="headline", lead=0.5, order="sector",
        fuller="briefing",
    ),
    "note": Audience(
        clearance=Marking.AMBER, pages=2, template="note.html",
        sections=("summary", "findings", "risks", "questions"), wording="text", floor="headline", lead=0.5,
        order="sector", fuller="briefing",
    ),
    "briefing": Audience(
        clearance=Marking.AMBER, pages=8, template="briefing.html",
        sections=("summary", "findings", "risks", "questions"), wording="detail", floor="headline", lead=0.5,
        order="sector",
    ),
    "public": Audience(
        clearance=Marking.CLEAR, pages=2, template="public.html",
        sections=("summary", "findings", "risks", "questions"), wording="text", floor="headline", lead=0.5,
        order="sector",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Workspace:
    """A folder with content/, seeds/ and build/; every setting resolved, nothing left to default later."""

    root: Path
    sectors: tuple[str, ...] = SECTORS
    audiences: Mapping[str, Audience] = field(default_factory=lambda: dict(AUDIENCES))
    packs: Mapping[str, Pack] = field(default_factory=dict)

    @property
    def content(self) -> Path:
        return self.root / "content"

    @property
    def build(self) -> Path:
        return self.root / "build"

    def relative(self, path: Path) -> str:
        """How messages call a file: relative to the workspace where it lies inside it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def briefs(self) -> list[str]:
        """Names of all briefs, sorted; a `UsageError` when there are none."""
        if not self.content.is_dir():
            hint = "run in a workspace, or name one with --workspace; 'briefgen new NAME' starts a brief"
            raise UsageError(error("there is no content directory", str(self.content), hint))
        names = sorted(folder.name for folder in self.content.iterdir() if _holds_brief(folder))
        if not names:
            message, hint = "the content directory holds no <name>/brief.yaml", "'briefgen new NAME' starts one"
            raise UsageError(error(message, str(self.content), hint), *self.misnamed())
        return names

    def misnamed(self) -> list[Diagnostic]:
        """A warning for each YAML file that lies where a brief is looked for, and is not called like one."""
        hint = "a brief is content/<name>/brief.yaml"
        found = {*self.content.glob("*.y*ml"), *self.content.glob("*/*.y*ml")}
        return [
            Diagnostic("warning", "is not read", self.relative(path), hint=hint)
            for path in sorted(found)
            if path.parent == self.content or not _holds_brief(path.parent)
        ]

    def choose_briefs(self, wanted: tuple[str, ...]) -> list[str]:
        """The briefs of these names, or that these paths lead to; all where none is wanted."""
        return self.choose("brief", tuple(map(self._brief_at, wanted)), self.briefs())

    def _brief_at(self, wanted: str) -> str:
        """The name of the brief that `wanted`, a name or a path to its folder or file, leads to."""
        path = Path(wanted)
        folder = (path.parent if path.name == "brief.yaml" else path).resolve()
        return folder.name if folder.parent == self.content.resolve() else wanted

    def choose(self, what: str, wanted: tuple[str, ...], known: list[str]) -> list[str]:
        """`wanted` out of `known`, or all of them; a `UsageError` names every one that is unknown."""
        unknown = [name for name in wanted if name not in known]
        if unknown:
            found = [error(f"unknown {what} '{name}'", hint=did_you_mean(name, known)) for name in unknown]
            raise UsageError(*found)
        return [name for name in known if name in wanted] if wanted else known


def _holds_brief(folder: Path) -> bool:
    """Whether there is a brief; one that cannot be looked at is there: it must fail by its name, not be gone."""
    try:
        (folder / "brief.yaml").lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` with a briefgen.yaml; else the nearest with a content/; else it."""
    start = start.resolve()
    folders = (start, *start.parents)
    for folder in folders:
        if (folder / SETTINGS_FILE).is_file():
            return folder
    return next((folder for folder in folders if (folder / "content").is_dir()), start)


def load(root: Path) -> Workspace:
    """The workspace at `root`; raises `BriefgenError` with everything that is wrong in briefgen.yaml."""
    if not root.is_dir():
        hint = "name an existing folder with --workspace"
        raise UsageError(error("the workspace is not a directory", str(root), hint))
    path = root / SETTINGS_FILE
    if not path.exists():
        return Workspace(root)
    document, problems = read(path, SETTINGS_FILE)
    if document.data is None and not problems:
        return Workspace(root)
    settings, found = validate(Settings, document)
    if problems or found or settings is None:
        raise BriefgenError(*problems, *found)
    audiences = {name: _resolved(name, each) for name, each in (settings.audiences or AUDIENCES).items()}
    workspace = Workspace(root, settings.sectors or SECTORS, audiences, settings.packs or {})
    if wrong := [*_reserved(settings, document), *_dangling(workspace, settings, document)]:
        raise BriefgenError(*wrong)
    return workspace


def _resolved(name: str, audience: Audience) -> Audience:
    """The audience with every field that its file leaves out taken from the nearest well-known one."""
    by_length = "executive" if audience.pages == 1 else "note" if audience.pages <= 3 else "briefing"
    base = AUDIENCES.get(name) or AUDIENCES[by_length]
    given = {key: getattr(audience, key) for key in audience.model_fields_set}
    given = {key: value for key, value in given.items() if value is not None}
    return base.model_copy(update=given)


def _reserved(settings: Settings, document: Document) -> list[Diagnostic]:
    return [
        document.diagnostic(("audiences", name), f"'{name}' is a folder of build/", "rename it", key=True)
        for name in settings.audiences or {}
        if name in RESERVED
    ]


def _dangling(workspace: Workspace, settings: Settings, document: Document) -> list[Diagnostic]:
    """Audiences that the file names and that do not exist; a default that names one is nobody's fault."""
    named: list[tuple[Path_, str]] = [
        (("audiences", name, "fuller"), audience.fuller)
        for name, audience in (settings.audiences or {}).items()
        if audience.fuller
    ]
    for name, pack in workspace.packs.items():
        named += [(("packs", name, "audiences", at), wanted) for at, wanted in enumerate(pack.audiences)]
    known = list(workspace.audiences)
    return [
        document.diagnostic(path, f"unknown audience '{wanted}'", did_you_mean(wanted, known))
        for path, wanted in named
        if wanted not in known
    ]
