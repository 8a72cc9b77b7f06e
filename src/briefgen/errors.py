"""What can go wrong, and how it is told: problems are data (`Diagnostic`), raised under one base."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]

# C0 (but tab and newline), DEL, C1, bidirectional controls, surrogates: what may not reach a terminal.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def safe(text: str) -> str:
    """`text` with every character that could steer a terminal shown as an escape."""
    return _CONTROL.sub(lambda m: m[0].encode("unicode_escape", "surrogatepass").decode(), text)


@dataclass(frozen=True)
class Diagnostic:
    """One problem: `line` and `column` count from 1; `hint` says what to do about it."""

    severity: Severity
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        kind = "" if self.severity == "error" else f"{self.severity}: "
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return safe(f"{place + ': ' if place else ''}{kind}{self.message}{hint}")

    def as_dict(self) -> dict[str, Any]:
        """The form of report.json: absent parts are left out."""
        fields = ("severity", "file", "line", "column", "message", "hint")
        parts = {name: value for name in fields if (value := getattr(self, name)) is not None}
        return {name: safe(value) if isinstance(value, str) else value for name, value in parts.items()}


def error(message: str, file: str | None = None, hint: str | None = None) -> Diagnostic:
    """An error that has no better place than a file."""
    return Diagnostic("error", message, file, hint=hint)


class BriefgenError(Exception):
    """Base of everything a user can cause; anything else that escapes is a bug of ours.

    BriefgenError          1  a target failed, or a check found errors
    ├── UsageError         2  wrong usage: no such brief, audience, format
    ├── LeakError          3  something above an audience's clearance was about to be published
    └── SurroundingsError  4  the environment: disk, permission, missing library
    """

    exit_code = 1

    def __init__(self, *diagnostics: Diagnostic):
        super().__init__("\n".join(str(each) for each in diagnostics))
        self.diagnostics = diagnostics


class UsageError(BriefgenError):
    """The command cannot be carried out as it was given."""

    exit_code = 2


class LeakError(BriefgenError):
    """Content above an audience's clearance was found in what the audience would receive."""

    exit_code = 3


class SurroundingsError(BriefgenError):
    """The machine stands in the way: disk full, no permission, a library missing."""

    exit_code = 4


class LockedError(BriefgenError):
    """Another build holds the build folder."""

    exit_code = 5


# A hint that lists more names than this is no help.
MANY = 24


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint naming the nearest of `known`, or all of them when none is near; None when these are too many."""
    from difflib import get_close_matches

    names = sorted(set(known))
    # Case is the likeliest slip of all, and no distance should depend on it.
    lowered = {name.lower(): name for name in names}
    near = get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{lowered[near[0]]}'?"
    return f"known: {', '.join(names)}" if 0 < len(names) <= MANY else None


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error, rather than a warning or a note."""
    return any(each.severity == "error" for each in diagnostics)
