"""What an overriding template writes and no page prints, because what it extends has no such block."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import Environment, nodes

from briefgen.errors import Diagnostic, did_you_mean
from briefgen.render.assets import Assets


def idle(environment: Environment, assets: Assets, name: str) -> list[Diagnostic]:
    """A warning for each block and each text of `name`, and of the overrides that it extends, that leads nowhere."""
    path = assets.find(name)
    if path is None or path.is_relative_to(assets.builtin):
        return []
    tree = _parsed(environment, name)
    if not (parent := _parent(tree)):
        return []
    file, known = assets.shown(path), _blocks(environment, parent)
    found = [
        Diagnostic("warning", f"block '{each.name}' is in nothing that this extends", file, each.lineno, hint=hint)
        for each in tree.body
        if isinstance(each, nodes.Block) and each.name not in known
        for hint in [did_you_mean(each.name, known)]
    ]
    hint = "move it into a {% block %}"
    found += [Diagnostic("warning", "stands outside of every block", file, line, hint=hint) for line in _loose(tree)]
    return found + idle(environment, assets, parent)


def _parsed(environment: Environment, name: str) -> nodes.Template:
    assert environment.loader is not None
    return environment.parse(environment.loader.get_source(environment, name)[0], name)


def _parent(tree: nodes.Template) -> str | None:
    """The template that this one extends; None where it extends none, or one that only its data name."""
    extends = tree.find(nodes.Extends)
    named = extends.template if extends else None
    return str(named.value) if isinstance(named, nodes.Const) else None


def _blocks(environment: Environment, name: str) -> set[str]:
    tree = _parsed(environment, name)
    parent = _parent(tree)
    return {each.name for each in tree.find_all(nodes.Block)} | (_blocks(environment, parent) if parent else set())


def _loose(tree: nodes.Template) -> Iterator[int]:
    """The lines where text begins that is in no block."""
    for output in tree.body:
        for each in output.nodes if isinstance(output, nodes.Output) else ():
            text = each.data if isinstance(each, nodes.TemplateData) else "x"
            if text.strip():
                yield each.lineno + text[: len(text) - len(text.lstrip())].count("\n")
