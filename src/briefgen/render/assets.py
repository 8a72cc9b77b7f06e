"""Names -> files: templates, style sheets, fonts and images, looked up nearest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from briefgen.errors import BriefgenError, Diagnostic, did_you_mean, error

_BUILTIN_IN_WHEEL = Path(__file__).parent.parent / "templates"
_BUILTIN_IN_CHECKOUT = Path(__file__).parents[3] / "templates"
BUILTIN = _BUILTIN_IN_WHEEL if _BUILTIN_IN_WHEEL.is_dir() else _BUILTIN_IN_CHECKOUT
DEFAULT = "default/"
LABELS = "labels/"

_DECLARED = re.compile(r"(--[\w-]+)\s*:\s*([^;}]+)")
_USED = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)


def search_path(root: Path, brief: str | None = None) -> list[Path]:
    """Template folders, nearest first: the brief's own, the workspace's, the built-in ones."""
    own = [root / "content" / brief / "templates"] if brief else []
    folders = [*own, root / "templates", BUILTIN]
    known: dict[Path, Path] = {folder.resolve(): folder for folder in reversed(folders) if folder.is_dir()}
    return [folder for folder in folders if known.pop(folder.resolve(), None)]


@dataclass(frozen=True)
class Sheet:
    """A style sheet with its variables resolved; `name` is how templates link it."""

    name: str
    file: str
    text: str


@dataclass(frozen=True)
class Assets:
    """The files that templates may name, relative to any of the folders; nothing outside of them."""

    folders: tuple[Path, ...]
    root: Path
    # Where the built-in files lie; elsewhere only on another machine, which has a copy of ours.
    builtin: Path = BUILTIN
    # Every name that was looked up, found or not: what the result depends on.
    seen: set[str] = field(default_factory=set, compare=False)
    # Where each lies: looked up once, so that an edition is made of the same files from beginning to end.
    _known: dict[str, list[Path]] = field(default_factory=dict, compare=False)

    def find(self, name: str) -> Path | None:
        """The nearest file of that name; `default/NAME` is always the built-in one."""
        return next(iter(self.layers(name)), None)

    def layers(self, name: str) -> list[Path]:
        """Every file of that name, nearest first."""
        self.seen.add(name)
        if name not in self._known:
            self._known[name] = self._layers(name)
        return self._known[name]

    def _layers(self, name: str) -> list[Path]:
        folders: Iterable[Path] = self.folders
        if name.startswith(DEFAULT):
            folders, name = (self.builtin,), name.removeprefix(DEFAULT)
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts or "\\" in name or "\0" in name:
            return []
        # A link may point anywhere: what counts is where the file really lies.
        return [
            path
            for folder in folders
            if (path := folder / parts).is_file() and path.resolve().is_relative_to(folder.resolve())
        ]

    def contents(self, name: str) -> list[bytes]:
        """The bytes that count under that name: label files lie over each other, of all others the nearest wins."""
        found = self.layers(name)
        return [path.read_bytes() for path in (found if name.startswith(LABELS) else found[:1])]

    def shown(self, path: Path) -> str:
        """How messages call a template file: from the workspace on, or `default/NAME` for a built-in one outside it."""
        if path.is_relative_to(self.root):
            return path.relative_to(self.root).as_posix()
        ours = path.is_relative_to(self.builtin)
        return f"{DEFAULT}{path.relative_to(self.builtin).as_posix()}" if ours else str(path)

    def names(self, suffixes: tuple[str, ...] = (".html", ".css", ".yaml")) -> list[str]:
        """Every name that can be found, sorted."""
        found = {
            path.relative_to(folder).as_posix()
            for folder in self.folders
            for path in folder.rglob("*")
            if path.suffix in suffixes
        }
        return sorted(found)

    def writing(self, words: str) -> tuple[str | None, int | None]:
        """File and line of the template, of those looked up so far, that writes these words; the nearest first."""
        found = (self.find(name) for name in sorted(self.seen) if name.endswith(".html"))
        for path in sorted({path for path in found if path}, key=lambda path: path.is_relative_to(self.builtin)):
            before, there, _ = path.read_text(encoding="utf-8", errors="replace").partition(words)
            if there:
                return self.shown(path), before.count("\n") + 1
        return None, None

    def sheets(self, names: Iterable[str], variables: Mapping[str, str]) -> list[Sheet]:
        """The named style sheets; `variables` win over what the sheets declare. Later sheets win over earlier."""
        found = [(name, self._css(name)) for name in names]
        declared = self.variables(text for _, (_, text) in found) | dict(variables)
        values = {name: _resolve(value, declared) for name, value in declared.items()}
        return [Sheet(name, self.shown(path), _resolve(text, values)) for name, (path, text) in found]

    def resolved(self, names: Sequence[str], variables: Mapping[str, str]) -> tuple[list[Sheet], dict[str, str]]:
        """The named style sheets, and the value that every variable has in them."""
        sheets = self.sheets(names, variables)
        return sheets, self.variables(sheet.text for sheet in sheets) | dict(variables)

    def variables(self, texts: Iterable[str]) -> dict[str, str]:
        """All custom properties that the style sheets declare, the last declaration winning.

        They are constants of the style sheet: resolving them once costs nothing, while the layout
        engine would solve each again for every element.
        """
        return {name: value.strip() for text in texts for name, value in _DECLARED.findall(text)}

    def _css(self, name: str) -> tuple[Path, str]:
        path = self.find(name)
        if path is None:
            hint = did_you_mean(name, self.names((".css",)))
            message = f"style sheet '{name}' is in none of the template folders"
            raise BriefgenError(Diagnostic("error", message, *self.writing(name), hint=hint))
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise BriefgenError(error(f"cannot be read: {problem}", self.shown(path))) from None
        return path, _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)


def _resolve(text: str, values: Mapping[str, str], depth: int = 0) -> str:
    """Put in the values of `var(--name)`; an unknown one without fallback stays, and is reported as ignored."""
    if depth > 8:
        return text
    found = _USED.sub(lambda m: values.get(m[1], m[2].strip() if m[2] is not None else m[0]), text)
    return found if found == text else _resolve(found, values, depth + 1)
