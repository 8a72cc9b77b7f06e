"""The imports keep to the table in docs/architecture.md; neither can drift from the other."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "briefgen"
ROW = re.compile(r"^\| `(\w+)` \|(?P<does>[^|]*)\|(?P<imports>[^|]*)\|(?P<owns>[^|]*)\|$", re.M)
FREE = {"__init__", "__main__"}


def table() -> dict[str, tuple[set[str], set[str]]]:
    """Room -> (rooms it may import, libraries it owns), as the document says."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows: dict[str, tuple[set[str], set[str]]] = {}
    for match in ROW.finditer(text):
        told = match["imports"].strip()
        above = set(rows)
        allowed = above if told in ("all above", "build and below") else set(re.findall(r"\w+", told))
        rows[match[1]] = (allowed, set(re.findall(r"\w+", match["owns"])))
    return rows


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Dotted names that a module imports, wherever in it, at run time."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            base = node.module or ""
            found |= {f"{base}.{alias.name}" for alias in node.names} if base == "briefgen" else {base}
    return found


def rooms_imported(path: Path) -> set[str]:
    names = {name.split(".")[1] for name in imports(path) if name.startswith("briefgen.")}
    return {name for name in names if not name.startswith("__")} - {room(path)}


def test_every_module_has_a_row_and_every_row_a_module() -> None:
    rooms = {room(path) for path in modules()} - FREE
    assert rooms and rooms == set(table())


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    if room(path) in FREE:
        return
    allowed, _ = table()[room(path)]
    assert rooms_imported(path) <= allowed


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_library_is_used_by_its_owners_only(path: Path) -> None:
    libraries = {name.split(".")[0] for name in imports(path)} - {"briefgen"} - sys.stdlib_module_names
    if room(path) in FREE:
        assert not libraries
        return
    known = {"briefgen", *table()[room(path)][1]}
    # Typed data passes between rooms, and the versions of the engine belong in the report.
    allowed = known | ({"pydantic_core"} if room(path) == "model" else set())
    allowed |= {"weasyprint"} if room(path) == "build" else set()
    assert libraries <= allowed


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_says_what_it_does(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_every_module_has_its_tests() -> None:
    rooms = {room(path) for path in modules()} - FREE
    tested = {path.stem.removeprefix("test_").split("_")[0] for path in (ROOT / "tests").glob("test_*.py")}
    assert rooms <= tested


def test_every_dependency_is_explained() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    names = re.findall(r'^    "([A-Za-z0-9_-]+)', project.split("dependencies = [", 1)[1].split("]", 1)[0], re.M)
    told = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("## Dependencies", 1)[1]
    assert names
    assert [name for name in names if name not in told] == []


def test_the_functions_stay_small() -> None:
    lengths = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                length = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
                lengths.append((length, f"{path.name}:{node.name}"))
    assert lengths
    assert [name for length, name in lengths if length > 60] == []
    assert sorted(lengths)[len(lengths) // 2][0] <= 9


def test_the_schema_that_editors_use_is_current() -> None:
    import json

    from click.testing import CliRunner

    from briefgen.cli import main

    result = CliRunner().invoke(main, ["-C", str(ROOT), "schema"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads((ROOT / "content" / "brief.schema.json").read_text(encoding="utf-8"))
