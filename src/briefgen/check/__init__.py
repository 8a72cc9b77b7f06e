"""Brief -> diagnostics: every quote against its source, and the analytic standards; nothing is changed."""

from __future__ import annotations

from pathlib import Path

from briefgen.check.grounding import ground
from briefgen.check.standards import lint, shows_owner
from briefgen.errors import Diagnostic
from briefgen.model import Brief
from briefgen.yamlread import Document

__all__ = ["check", "shows_owner"]


def check(brief: Brief, document: Document, root: Path) -> list[Diagnostic]:
    """Everything wrong with a brief that loaded, in the order of its file; `root` is the workspace."""
    found = [*ground(brief, document, root), *lint(brief, document)]
    return sorted(found, key=lambda each: (each.line or 0, each.column or 0))
