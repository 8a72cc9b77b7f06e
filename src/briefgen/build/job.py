"""Job -> Result: one edition made in every format; data in, data out, so that it can run in any process.

A job holds what its audience may see and nothing else of the brief: a worker cannot leak what it never had.
"""

from __future__ import annotations

import re
import sys
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path

from briefgen import audience as audiences
from briefgen.errors import BriefgenError, Diagnostic, Severity, error, has_errors
from briefgen.layout import (
    Engine,
    Fitted,
    HiddenError,
    Order,
    OversetError,
    Page,
    fit,
    foreign_fonts,
    hidden,
    holds,
    is_marked,
    lint,
    lost,
    normal,
    read,
    searchable,
    unlabelled,
    where,
)
from briefgen.layout.glyphs import boxes, missing
from briefgen.model import Audience, Edition
from briefgen.render import BUILTIN, Assets, Renderer, Sheet, self_contained, template_of, words_of

FORMATS = ("html", "pdf")
INTERNAL = 70
# The field of the brief that prints a part of the page.
_PARTS = {"masthead": "title", "bottom-line": "bottom_line", "change-view": "change_view", "sources": "sources"}
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Job:
    """An edition to make: for whom, in which formats, with the templates of which folders (nearest first)."""

    edition: Edition
    formats: tuple[str, ...]
    root: Path
    folders: tuple[Path, ...]
    fuller: tuple[str, Audience] | None = None
    builtin: Path = BUILTIN

    @property
    def name(self) -> str:
        return edition_name(self.edition.audience_name, self.edition.name)


def edition_name(audience: str, brief: str) -> str:
    """The path of an edition within the build folder, without the suffix of a format."""
    return f"{audience}/{brief}"


@dataclass(frozen=True)
class Remark:
    """A diagnostic about the brief; where the item stands in its file is looked up when it is told."""

    item: str | None
    field: str | None
    message: str
    hint: str | None
    severity: Severity = "error"


@dataclass(frozen=True)
class Result:
    """What a job made, or why it failed: then `code` is the exit code and `outputs` is empty.

    `haystack` is all text of the outputs, normalised, for the search for what must not be in it, its last line the
    right-to-left words of the PDF; `reads` are the names of templates, style sheets, fonts and images looked up.
    """

    outputs: Mapping[str, bytes] = field(default_factory=dict)
    pages: int = 0
    fill: float = 0.0
    kept: Sequence[str] = ()
    shortened: Sequence[str] = ()
    omitted: Sequence[str] = ()
    layouts: int = 0
    seconds: float = 0.0
    remarks: Sequence[Remark] = ()
    diagnostics: Sequence[Diagnostic] = ()
    haystack: str = ""
    reads: Sequence[str] = ()
    code: int = 0


@dataclass(frozen=True)
class Drawing:
    """An edition as HTML, with the style sheets for paper, their variables, and those for a screen."""

    html: str
    sheets: Sequence[Sheet]
    variables: Mapping[str, str]
    screen: Sequence[str]


class Easel:
    """The templates of one job, ready to draw its edition."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.assets = Assets(job.folders, job.root, job.builtin)
        self.renderer = Renderer(self.assets)

    def draw(self, pairs: Iterable[tuple[str, str]], catalogue: bool, variables: Mapping[str, str]) -> Drawing:
        """Draw the pairs of item and wording; `variables` win over those of the style sheets."""
        rendered = self.renderer.render(self.job.edition, list(pairs), self.job.fuller, catalogue)  # type: ignore[arg-type]
        sheets, values = self.assets.resolved(rendered.sheets("print"), variables)
        return Drawing(rendered.html, sheets, values, rendered.sheets("screen"))


def warm(job: Job, engine: Engine) -> None:
    """Load what every job of this kind needs, so that forked children find it ready.

    Of the built-in templates only: nothing limits this process. What is wrong with them is told by the job itself.
    """
    easel = Easel(replace(job, folders=(job.builtin,)))
    with suppress(BriefgenError):
        easel.renderer.compile(template_of(job.edition))
        drawn = easel.draw([], False, {})
        engine.load(drawn.sheets, easel.assets)
        lint(drawn.sheets)
        lint(easel.assets.resolved(drawn.screen, {})[0], medium="screen")
        missing("", easel.assets)


def run(job: Job, engine: Engine) -> Result:
    """Make the edition; whatever goes wrong is in the result."""
    clock = time.perf_counter()
    easel = Easel(job)
    try:
        result = _make(job, engine, easel)
    except (OversetError, HiddenError) as problem:
        remarks = [_overset(job.edition, each) for each in problem.diagnostics]
        result = Result(remarks=remarks, code=problem.exit_code)
    except BriefgenError as problem:
        result = Result(diagnostics=problem.diagnostics, code=problem.exit_code)
    except MemoryError:
        raise
    except Exception as problem:
        result = Result(diagnostics=[bug(problem)], code=INTERNAL)
    reads = sorted(easel.assets.seen)
    return Result(**{**result.__dict__, "reads": reads, "seconds": time.perf_counter() - clock})


def bug(problem: BaseException) -> Diagnostic:
    """An exception that nobody expected, told as what it is: ours."""
    frames = traceback.extract_tb(problem.__traceback__ or sys.exc_info()[2])
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    message = f"internal error: {type(problem).__name__}: {problem}{place}"
    return error(message, hint="this is a bug in briefgen; the report would help to mend it")


def _make(job: Job, engine: Engine, easel: Easel) -> Result:
    order = _order(job.edition)
    fitted = fit(engine, easel.assets, easel.draw, order)
    pdf = fitted.laid.pdf()
    boxed = list(boxes(fitted.laid.boxed))
    if has_errors(boxed):
        # Text that no font has is no text in the PDF either: this is the one thing to say.
        return Result(remarks=[_boxed(job.edition, fitted, each) for each in boxed], code=1)
    pages = read(pdf)
    drawn = fitted.drawn
    assert isinstance(drawn, Drawing)
    screen = easel.assets.resolved(drawn.screen, {})[0]
    page = self_contained(drawn.html, screen, easel.assets)
    mark = easel.renderer.words(job.edition.brief.language)["draft"] if job.edition.draft else None
    remarks = [*_losses(job.edition, fitted, pages, mark), *_foreign_glyphs(job.edition, fitted, easel.assets)]
    told = [*easel.renderer.problems, *fitted.laid.diagnostics, *boxed, *lint(drawn.sheets, drawn.html)]
    told = list(dict.fromkeys([*told, *lint(screen, medium="screen"), *_unsearchable(_readable(pages))]))
    if has_errors(told) or any(each.severity == "error" for each in remarks):
        return Result(remarks=remarks, diagnostics=told, code=1)
    outputs = {"html": page.encode(), "pdf": pdf}
    candidates, choice = order.candidates, fitted.choice
    return Result(
        outputs={name: outputs[name] for name in job.formats},
        pages=fitted.laid.pages,
        fill=fitted.fill,
        kept=[each.id for each in candidates if each.id in choice],
        shortened=[each.id for each in candidates if each.id in choice and choice[each.id] != each.wordings[0]],
        omitted=[each.id for each in candidates if each.id not in choice],
        layouts=fitted.layouts,
        remarks=remarks,
        diagnostics=told,
        haystack=_haystack(drawn.html, pages),
    )


def _haystack(html: str, pages: Sequence[Page]) -> str:
    plain = unescape(html)
    return "\n".join([normal(plain), normal(_TAG.sub("", plain)), searchable(_readable(pages))])


def _readable(pages: Sequence[Page]) -> str:
    return "\n".join(page.text for page in pages)


def _order(edition: Edition) -> Order:
    candidates = audiences.candidates(edition)
    texts = {(i.id, name): text for _, i in edition.brief.items() for name, text in i.wordings().items()}
    first = [each.id for each in candidates if each.section == "findings" and each.rank == 0]
    must = first or [each.id for each in candidates[:1]]
    lead = edition.audience.lead
    return Order(candidates, texts, edition.audience.pages, 0.5 if lead is None else lead, must)  # type: ignore[arg-type]


def _overset(edition: Edition, problem: Diagnostic) -> Remark:
    named = [item.id for _, item in edition.brief.items() if f"'{item.id}'" in problem.message]
    part = next((field for part, field in _PARTS.items() if f"'{part}'" in (problem.hint or "")), "bottom_line")
    return Remark(named[0] if named else None, None if named else part, problem.message, problem.hint)


def _losses(edition: Edition, fitted: Fitted, pages: Sequence[Page], mark: str | None) -> list[Remark]:
    """What the proof finds missing, hidden or cut, and a label that is not on every page."""
    hint = "look at the templates and style sheets that override the built-in ones"
    gone = [*lost(fitted, _printed(edition, fitted), pages), *hidden(fitted, pages)]
    found = [
        # What stands in no part with an id is told by its words alone.
        Remark(item, None, f"lost on the page: '{item}': {problem}", where(item, fitted.drawn))
        if item
        else Remark(None, None, f"lost on the page: {problem}", hint)
        for item, problem in gone
    ]
    found += [Remark(None, field, f"lost on the page: {part}", hint) for field, part in _missing_parts(edition, pages)]
    label = str(edition.label(fitted.choice))  # type: ignore[arg-type]
    found += [Remark(None, "marking", each, hint) for each in unlabelled(fitted, pages, label, mark)]
    own = "declare it with @font-face in a style sheet and put its file into a templates folder"
    return found + [Remark(part, None, problem, own, "warning") for part, problem in foreign_fonts(fitted, pages)]


def _unsearchable(readable: str) -> list[Diagnostic]:
    if not is_marked(readable):
        return []
    message = "in scripts with marks around their letters, not every word of the PDF can be searched and copied"
    return [Diagnostic("note", message, hint="print and screen are right; search and copy in the HTML edition")]


def _printed(edition: Edition, fitted: Fitted) -> dict[str, list[str]]:
    """The text that must be on the page for each kept item."""
    choice = fitted.choice
    return {
        item.id: [words_of(text) for name, text in item.wordings().items() if name == choice[item.id]]
        for _, item in edition.brief.items()
        if item.id in choice
    }


def _missing_parts(edition: Edition, pages: Sequence[Page]) -> Iterator[tuple[str, str]]:
    """What every edition must say besides its items: its title and its judgement."""
    readable, line = _readable(pages), edition.brief.bottom_line
    if not holds(readable, edition.brief.title):
        yield "title", "the title"
    if line and not holds(readable, words_of(line.text)):
        yield "bottom_line", "the bottom line"


def _texts(edition: Edition, fitted: Fitted) -> Iterator[tuple[str | None, str, str]]:
    """(item, field, text) of what the page prints of the brief's own words."""
    brief = edition.brief
    yield None, "title", brief.title
    yield None, "deck", brief.deck or ""
    yield None, "bottom_line", brief.bottom_line.text if brief.bottom_line else ""
    for _, item in brief.items():
        if name := fitted.choice.get(item.id):
            yield item.id, name, dict(item.wordings())[name]  # type: ignore[index]


def _boxed(edition: Edition, fitted: Fitted, told: Diagnostic) -> Remark:
    """At the first text that needs the characters; at the title where they come with the template's own words."""
    texts = ((item, name) for item, name, text in _texts(edition, fitted) if fitted.laid.boxed & set(text))
    item, name = next(texts, (None, "title"))
    return Remark(item, name, told.message, told.hint, told.severity)


def _foreign_glyphs(edition: Edition, fitted: Fitted, assets: Assets) -> list[Remark]:
    """One warning for each text that needs another font than the page's own."""
    hint = "add a font with these characters to templates/css/scripts.css, or write them in another script"
    found = []
    for item_id, name, text in _texts(edition, fitted):
        if foreign := missing(words_of(text), assets, fitted.drawn.sheets):
            shown = ", ".join(f"{char} (U+{ord(char):04X})" for char in foreign[:8])
            more = f" and {len(foreign) - 8} more" if len(foreign) > 8 else ""
            message = f"not in the page's fonts, printed with another: {shown}{more}"
            found.append(Remark(item_id, name, message, hint, "warning"))
    return found
