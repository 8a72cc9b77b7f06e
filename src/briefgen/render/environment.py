"""Template name and plain data -> HTML, in a sandbox; what goes wrong is told with file, line and nearest field."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, ClassVar

import jinja2
from jinja2.bccache import Bucket
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markdown_it import MarkdownIt
from markupsafe import Markup

from briefgen.errors import BriefgenError, Diagnostic, did_you_mean
from briefgen.model import Edition
from briefgen.render.assets import DEFAULT, Assets
from briefgen.render.context import Choice, Fuller, context
from briefgen.render.idle import idle
from briefgen.render.labels import labels
from briefgen.render.publish import self_contained
from briefgen.render.scripts import direction, own_direction

_LINK = re.compile(r'<link\s+rel="stylesheet"\s+href="([^"]+)"(?:\s+media="(print|screen)")?\s*/?>\s*')
_REFERS = re.compile(r"""{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")
# What pydantic, Jinja and Python call a missing name.
_MISSING = re.compile(r"(?:has no attribute |^)'([^']+)'(?: is undefined)?$")
_UNKNOWN = re.compile(r"No (filter|test) named '([^']+)'")
_MAX_TEXT = 1_000_000
# All numbers that one page may count: loops within loops would not end.
_MAX_STEPS = 100_000
# Methods and filters that can fill the memory from a template of one line.
_PADDING = frozenset({"format", "format_map", "center", "ljust", "rjust", "zfill", "expandtabs"})
_REMOVED = ("center", "indent", "format", "pprint", "xmlattr", "urlize", "random", "batch", "slice")


@dataclass(frozen=True)
class Rendered:
    """An edition's HTML without its style sheets, and those it links: name and medium, in order."""

    html: str
    links: tuple[tuple[str, str], ...]
    template: str

    def sheets(self, medium: str) -> list[str]:
        """The style sheets that count on paper (`print`) or on a `screen`."""
        return [name for name, media in self.links if media in ("", medium)]


class _Sandbox(ImmutableSandboxedEnvironment):
    """No attribute that starts with an underscore, no mutation, and nothing that makes much text out of little."""

    intercepted_binops = frozenset({"**", "*", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        numbers = all(isinstance(side, int | float) for side in (left, right))
        if operator == "**" or not numbers:
            raise SecurityError(f"operator '{operator}' is for small numbers only here")
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> None:
        """Leave the methods `format` and `format_map` to the rule below."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return super().is_safe_attribute(obj, attr, value) and not (isinstance(obj, str) and attr in _PADDING)


def template_of(edition: Edition) -> str:
    """The template that draws an edition."""
    return edition.audience.template or "briefing.html"


class Renderer:
    """Renders the editions of one brief; the templates are looked up in the folders of `assets`."""

    def __init__(self, assets: Assets) -> None:
        self.assets = assets
        self.problems: list[Diagnostic] = []
        self._steps = 0

    def render(
        self, edition: Edition, choice: Choice, fuller: Fuller | None = None, catalogue: bool = False
    ) -> Rendered:
        """The HTML of `edition` with the chosen wordings; in a catalogue ids are `<item>--<wording>`.

        Raises `BriefgenError` with the place in the template where it fails.
        """
        words = self.words(edition.brief.language)
        data = context(edition, choice, words, fuller, catalogue)
        name = template_of(edition)
        return self.draw(name, data)

    def draw(self, name: str, data: Mapping[str, Any]) -> Rendered:
        """The HTML of any template and the style sheets that it links."""
        html = self.fill(name, data)
        self.problems = list(dict.fromkeys([*self.problems, *idle(self.environment, self.assets, name)]))
        return Rendered(_LINK.sub("", html), tuple(_LINK.findall(html)), name)

    def words(self, language: str) -> dict[str, str]:
        """What the templates print around the content in that language; its gaps are in `problems`."""
        words, problems = labels(self.assets, language)
        self.problems = list(dict.fromkeys([*self.problems, *problems]))
        return words

    @cached_property
    def environment(self) -> jinja2.Environment:
        """Sandboxed, strict, escaping; `default/NAME` is always the built-in template."""
        environment = _Sandbox(
            loader=_Loader(self.assets),
            bytecode_cache=_Compiled(),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.globals = {"range": self._range, "dict": dict}
        environment.filters["inline"] = inline
        environment.filters |= {"direction": direction, "own_direction": own_direction}
        for name in _REMOVED:
            environment.filters.pop(name, None)
        return environment

    def _range(self, *bounds: int) -> range:
        numbers = range(*bounds)
        self._steps += (numbers[-1] - numbers[0]) // numbers.step + 1 if numbers else 0
        if self._steps > _MAX_STEPS:
            raise SecurityError(f"loops over more than {_MAX_STEPS:,} numbers in all")
        return numbers

    def compile(self, name: str) -> None:
        """Compile a template and all that it may draw upon, so that forked children find it done.

        A faulty one is told when it is used.
        """
        wanted, known = [name], set[str]()
        while wanted:
            known.add(name := wanted.pop())
            with suppress(jinja2.TemplateError, BriefgenError):
                self.environment.get_template(name)
            path = self.assets.find(name)
            found = _REFERS.findall(path.read_text(encoding="utf-8", errors="replace")) if path else ()
            wanted += [each for each in found if each not in known]

    def fill(self, name: str, data: Mapping[str, Any]) -> str:
        """The template with the data in it; raises `BriefgenError` with the place where it fails."""
        self._steps = 0
        try:
            return self.environment.get_template(name).render(data)
        except jinja2.TemplateSyntaxError as problem:
            raise BriefgenError(self._syntax(problem)) from None
        except jinja2.TemplateNotFound as problem:
            hint = did_you_mean(str(problem.name), self.assets.names((".html",)))
            message = f"template '{problem.name}' is in none of the template folders"
            raise BriefgenError(self._at(problem, message, hint)) from None
        except jinja2.TemplateRuntimeError as problem:
            message, hint = _explained(problem, data)
            raise BriefgenError(self._at(problem, message, hint or self._nearest(problem))) from None
        except (jinja2.TemplateError, TypeError, ValueError, LookupError, ArithmeticError) as problem:
            raise BriefgenError(self._at(problem, *_explained(problem, data))) from None
        except RecursionError as problem:
            hint = "to change a built-in template of the same name, extend 'default/NAME'"
            message = "the template includes, extends or calls itself without end"
            raise BriefgenError(self._at(problem, message, hint)) from None

    def _syntax(self, problem: jinja2.TemplateSyntaxError) -> Diagnostic:
        path = self.assets.find(problem.name) if problem.name else None
        file = self.assets.shown(path) if path else problem.name
        hint = self._nearest(problem) or "every {% block %}, {% if %} and {% for %} needs its {% end… %}"
        return Diagnostic("error", str(problem.message), file, problem.lineno, hint=hint)

    def _nearest(self, problem: jinja2.TemplateError) -> str | None:
        """The filter or test that is meant, where the one that is written does not exist."""
        unknown = _UNKNOWN.search(str(problem.message))
        return did_you_mean(unknown[2], getattr(self.environment, f"{unknown[1]}s")) if unknown else None

    def _at(self, problem: BaseException, message: str, hint: str | None) -> Diagnostic:
        """The innermost frame that is a template names the place: an UndefinedError has no line of its own."""
        frames = traceback.extract_tb(problem.__traceback__)
        folders = tuple(str(folder) for folder in (*self.assets.folders, self.assets.builtin))
        places = [f for f in frames if f.filename.startswith(folders) and f.filename.endswith(".html")]
        if not places:
            return Diagnostic("error", message, hint=hint)
        file = self.assets.shown(Path(places[-1].filename))
        return Diagnostic("error", message, file, places[-1].lineno, hint=hint)


def page(assets: Assets, name: str, data: Mapping[str, Any]) -> str:
    """A page that is no edition (a report, an index) as one self-contained file."""
    renderer = Renderer(assets)
    html = renderer.fill(name, data)
    links = [link for link, media in _LINK.findall(html) if media in ("", "screen")]
    return self_contained(_LINK.sub("", html), assets.sheets(links, {}), assets)


class _Loader(jinja2.BaseLoader):
    def __init__(self, assets: Assets) -> None:
        self.assets = assets

    def get_source(self, _: jinja2.Environment, template: str) -> tuple[str, str, Any]:
        path = self.assets.find(template)
        if path is None:
            raise jinja2.TemplateNotFound(template)
        try:
            source = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            message = f"the template cannot be read: {problem}"
            raise BriefgenError(Diagnostic("error", message, self.assets.shown(path))) from None
        return source, str(path), None


class _Compiled(jinja2.BytecodeCache):
    """What templates of this process were compiled to, by the file they are from and a hash of what it says."""

    codes: ClassVar[dict[tuple[str, str], Any]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key, bucket.checksum] = bucket.code


def _explained(problem: Exception, data: Mapping[str, Any]) -> tuple[str, str | None]:
    said = str(problem)
    if isinstance(problem, jinja2.UndefinedError) and (match := _MISSING.search(said)):
        return f"unknown field '{match[1]}'", did_you_mean(match[1], set(_names(data)))
    if isinstance(problem, SecurityError):
        return said, "templates may read the fields they are given, and nothing else"
    return said or type(problem).__name__, None


def _names(data: Any) -> Iterator[str]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            if "." not in key:
                yield key
            yield from _names(value)
    elif isinstance(data, list):
        for value in data[:1]:
            yield from _names(value)


_MARKDOWN = MarkdownIt("zero", {"html": False, "typographer": False}).enable(["emphasis", "link", "escape"])


def inline(text: str) -> Markup:
    """Filter: the inline Markdown of a wording (emphasis and links) as HTML, everything else escaped."""
    return _inline(text[:_MAX_TEXT])


@lru_cache(maxsize=512)
def _inline(text: str) -> Markup:
    # The renderer escapes all text; links keep only the schemes that markdown-it holds to be safe.
    return Markup(_MARKDOWN.renderInline(text))


@lru_cache(maxsize=512)
def words_of(text: str) -> str:
    """The words of a wording as they are printed, without the signs of its Markdown."""
    return str(inline(text).striptags())


def template_files(assets: Assets) -> list[tuple[str, str, bool]]:
    """Name, winning file and whether it is an override, of every template, style sheet and label file."""
    found = []
    for name in assets.names():
        path = assets.find(name)
        if path is not None and not name.startswith(DEFAULT):
            found.append((name, assets.shown(path), not path.resolve().is_relative_to(assets.builtin.resolve())))
    return found
