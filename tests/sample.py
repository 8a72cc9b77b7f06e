"""The example brief as the phases pass it on: loaded, and selected for an audience."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from briefgen import audience, content, workspace
from briefgen.model import Brief, Edition, Wording
from briefgen.render import Assets, Rendered, Renderer
from briefgen.render.assets import BUILTIN

ROOT = Path(__file__).parents[1]
NAME = "belarus-russia-technology"


@cache
def brief() -> Brief:
    path = ROOT / "content" / NAME / "brief.yaml"
    return content.load(path, NAME, path.name, workspace.SECTORS).brief


def edition(name: str = "executive", **changed: object) -> Edition:
    """The example's edition for a well-known audience; `changed` fields of the brief win."""
    found = audience.select(brief().model_copy(update=changed), NAME, name, workspace.AUDIENCES[name])
    assert found
    return found


def choice(of: Edition) -> list[tuple[str, Wording]]:
    """Every item in its longest wording."""
    return [(item.id, list(item.wordings())[-1]) for _, item in of.brief.items()]


def assets(*folders: Path) -> Assets:
    """The templates of these folders, nearest first, then the built-in ones; messages call files from the first."""
    return Assets((*folders, BUILTIN), folders[0].parent if folders else ROOT)


def render(name: str = "executive", *folders: Path, **changed: object) -> Rendered:
    found = edition(name, **changed)
    return Renderer(assets(*folders)).render(found, choice(found))
