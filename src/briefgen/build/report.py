"""What a build did -> report.json: one entry a target, in a fixed order, for a program and for a person."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from briefgen.build.plan import engine_versions
from briefgen.build.publish import as_lines, write
from briefgen.errors import Diagnostic, has_errors

REPORT = "report.json"


@dataclass
class Target:
    """One output to make, (brief, audience, language, format), and what became of it.

    `path` is relative to the build folder; after a failure it is there only where an earlier output stays,
    and `stale` says so. `code` is the exit code that the target alone would give.
    """

    brief: str
    audience: str
    format: str
    language: str | None = None
    status: str = "failed"
    path: str | None = None
    stale: bool = False
    sha256: str | None = None
    pages: int | None = None
    page_budget: int | None = None
    fill: float | None = None
    kept: Sequence[str] = ()
    shortened: Sequence[str] = ()
    omitted: Sequence[dict[str, str]] = ()
    layouts: int | None = None
    seconds: float = 0.0
    diagnostics: list[Diagnostic] = field(default_factory=list)
    code: int = 0
    title: str | None = None

    @property
    def name(self) -> str:
        return f"{self.audience}/{self.brief}.{self.format}"

    def as_dict(self) -> dict[str, Any]:
        """The entry in report.json; what does not apply is left out."""
        names = (
            "brief",
            "audience",
            "language",
            "format",
            "status",
            "path",
            "sha256",
            "pages",
            "page_budget",
        )
        entry = {name: value for name in names if (value := getattr(self, name)) is not None}
        if self.stale:
            entry["stale"] = True
        if self.fill is not None:
            entry |= {"fill": round(self.fill, 3), "layouts": self.layouts}
            entry |= {"kept": list(self.kept), "shortened": list(self.shortened)}
            entry |= {"omitted": [each["id"] for each in self.omitted]}
            entry |= {"reasons": {each["id"]: each["reason"] for each in self.omitted}}
        entry["seconds"] = round(self.seconds, 3)
        entry["diagnostics"] = [each.as_dict() for each in self.diagnostics]
        return entry


@dataclass
class PackTarget:
    """A pack and what became of it: built, cached, failed (then `stale` when the last one stays), or empty."""

    pack: str
    status: str = "failed"
    path: str | None = None
    stale: bool = False
    sha256: str | None = None
    pages: int | None = None
    editions: int | None = None
    marking: str | None = None
    seconds: float = 0.0
    diagnostics: list[Diagnostic] = field(default_factory=list)
    code: int = 0
    audience: str = "packs"
    format: str = "pdf"

    @property
    def brief(self) -> str:
        """What stands in a target's place of a brief, where reports list both."""
        return self.pack

    @property
    def name(self) -> str:
        return f"packs/{self.pack}.pdf"

    def as_dict(self) -> dict[str, Any]:
        """The entry in report.json; what does not apply is left out."""
        names = ("pack", "status", "path", "sha256", "pages", "editions", "marking")
        entry = {name: value for name in names if (value := getattr(self, name)) is not None}
        if self.stale:
            entry["stale"] = True
        entry["seconds"] = round(self.seconds, 3)
        entry["diagnostics"] = [each.as_dict() for each in self.diagnostics]
        return entry


@dataclass
class Report:
    """A build: when it began (ISO 8601, UTC), how long it took, and every target."""

    started: str
    seconds: float
    targets: list[Target]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changes: dict[str, list[str]] = field(default_factory=dict)
    packs: list[PackTarget] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """The gravest of all codes: a bug, then the environment, then a leak, then a failure.

        What is no target's is the environment's: a report, a record or a cache that could not be written.
        """
        codes = {target.code for target in self.targets} | {pack.code for pack in self.packs}
        codes |= {4} if has_errors(self.diagnostics) else set()
        return next((code for code in (70, 4, 3, 1) if code in codes), 0)

    def summary(self) -> str:
        """One line for the end of a night."""
        counts = Counter(target.status for target in self.targets)
        targets = f"{counts['built']} built, {counts['cached']} unchanged, {counts['failed']} failed"
        return f"{targets}{self._packs()} in {self.seconds:.1f} s"

    def _packs(self) -> str:
        failed = sum(each.status == "failed" for each in self.packs)
        if len(self.packs) < 2:
            return f", 1 pack{' failed' if failed else ''}" if self.packs else ""
        return f", {len(self.packs)} packs{f', {failed} of them failed' if failed else ''}"

    def as_dict(self) -> dict[str, Any]:
        return {
            "started": self.started,
            "seconds": round(self.seconds, 3),
            "status": "failed" if self.exit_code else "ok",
            "versions": versions(),
            "targets": [target.as_dict() for target in self.targets],
            "packs": [pack.as_dict() for pack in self.packs],
            "diagnostics": [each.as_dict() for each in self.diagnostics],
            "removed": self.removed,
            "changes": self.changes,
        }

    def save(self, folder: Path) -> None:
        """Write report.json into the build folder, whole or not at all."""
        write(folder / REPORT, as_lines(self.as_dict()).encode())


def versions() -> dict[str, str]:
    """The programs whose version can change a page."""
    return engine_versions()


def last_report(folder: Path) -> dict[str, Any]:
    """What the build before this one reported; empty when it cannot be read."""
    try:
        found = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        return found if isinstance(found, dict) and isinstance(found.get("targets"), list) else {}
    except (OSError, ValueError):
        return {}
