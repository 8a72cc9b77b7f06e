"""A loaded brief and an audience -> its HTML and PDF, fitted and proved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from briefgen import audience as audiences
from briefgen.build.clearance import leaks
from briefgen.content import Loaded
from briefgen.errors import BriefgenError, Diagnostic, LeakError, has_errors
from briefgen.layout import (
    Engine,
    Fitted,
    Order,
    OversetError,
    Page,
    fit,
    hidden,
    lint,
    lost,
    normal,
    read,
    unlabelled,
)
from briefgen.layout.glyphs import missing
from briefgen.model import Audience, Edition
from briefgen.render import Assets, Renderer, Sheet, search_path, self_contained, words_of
from briefgen.workspace import Workspace

FORMATS = ("html", "pdf")


@dataclass(frozen=True)
class Made:
    """The outputs of one edition by format, and what the report tells of them."""

    outputs: Mapping[str, bytes]
    pages: int
    fill: float
    kept: Sequence[str]
    shortened: Sequence[str]
    omitted: Sequence[dict[str, str]]
    layouts: int
    diagnostics: Sequence[Diagnostic]


@dataclass(frozen=True)
class Drawing:
    """An edition as HTML, with the style sheets for paper and their variables."""

    html: str
    sheets: Sequence[Sheet]
    variables: Mapping[str, str]
    screen: Sequence[str]


class Studio:
    """The templates of one brief, ready to draw its editions."""

    def __init__(self, workspace: Workspace, brief: str) -> None:
        self.assets = Assets(tuple(search_path(workspace.root, brief)), workspace.root)
        self.renderer = Renderer(self.assets)
        self._sheets: dict[tuple[object, ...], tuple[list[Sheet], dict[str, str]]] = {}

    def draw(
        self,
        edition: Edition,
        pairs: Iterable[tuple[str, str]],
        catalogue: bool,
        variables: Mapping[str, str],
        fuller: tuple[str, Audience] | None,
    ) -> Drawing:
        """Draw the pairs of item and wording; `variables` win over those of the style sheets."""
        rendered = self.renderer.render(edition, list(pairs), fuller, catalogue)  # type: ignore[arg-type]
        sheets, values = self.sheets(rendered.sheets("print"), variables)
        return Drawing(rendered.html, sheets, values, rendered.sheets("screen"))

    def sheets(self, names: Sequence[str], variables: Mapping[str, str]) -> tuple[list[Sheet], dict[str, str]]:
        """The named style sheets, resolved, and the value of every variable."""
        key = (*names, *sorted(variables.items()))
        if key not in self._sheets:
            sheets = self.assets.sheets(names, variables)
            values = self.assets.variables(sheet.text for sheet in sheets) | dict(variables)
            self._sheets[key] = (sheets, values)
        return self._sheets[key]


def make(
    engine: Engine,
    studio: Studio,
    workspace: Workspace,
    loaded: Loaded,
    edition: Edition,
    formats: Sequence[str],
) -> Made:
    """Fit the edition to its pages, prove it, and give its bytes; raises `BriefgenError` when it may not be used."""
    order = _order(edition)
    fuller = _fuller(workspace, loaded, edition)
    try:
        fitted = fit(engine, studio.assets, lambda p, c, v: studio.draw(edition, p, c, v, fuller), order)
    except OversetError as problem:
        raise OversetError(*(_placed(loaded, each) for each in problem.diagnostics)) from None
    pdf = fitted.laid.pdf()
    pages = read(pdf)
    screen = studio.sheets(_drawing(fitted).screen, {})[0]
    page = self_contained(fitted.drawn.html, screen, studio.assets)
    found = [*studio.renderer.problems, *fitted.laid.diagnostics, *_proof(loaded, edition, fitted, pages, screen)]
    found += _foreign_glyphs(loaded, fitted, order, studio.assets)
    if has_errors(found):
        raise BriefgenError(*found)
    _guard(loaded, edition, fitted.drawn.html, "\n".join(page.text for page in pages))
    outputs = {"html": page.encode(), "pdf": pdf}
    return _made(fitted, edition, {name: outputs[name] for name in formats}, found)


def _drawing(fitted: Fitted) -> Drawing:
    assert isinstance(fitted.drawn, Drawing)
    return fitted.drawn


def _order(edition: Edition) -> Order:
    candidates = audiences.candidates(edition)
    texts = {(i.id, name): text for _, i in edition.brief.items() for name, text in i.wordings().items()}
    first = [each.id for each in candidates if each.section == "findings" and each.rank == 0]
    must = first or [each.id for each in candidates[:1]]
    lead = edition.audience.lead
    return Order(candidates, texts, edition.audience.pages, 0.6 if lead is None else lead, must)  # type: ignore[arg-type]


def _fuller(workspace: Workspace, loaded: Loaded, edition: Edition) -> tuple[str, Audience] | None:
    """The audience whose edition holds what is left out, where this reader may have it and it exists."""
    name = edition.audience.fuller
    other = workspace.audiences.get(name or "")
    if not name or other is None or name == edition.audience_name:
        return None
    may_have = other.clearance.rank <= edition.audience.clearance.rank
    return (name, other) if may_have and audiences.select(loaded.brief, loaded.name, name, other) else None


def _placed(loaded: Loaded, problem: Diagnostic) -> Diagnostic:
    """Put an overset item at its place in the file."""
    named = [item.id for _, item in loaded.brief.items() if f"'{item.id}'" in problem.message]
    path = loaded.item_path(named[0]) if named else ("bottom_line",)
    return loaded.document.diagnostic(path, problem.message, problem.hint)


def _proof(
    loaded: Loaded, edition: Edition, fitted: Fitted, pages: Sequence[Page], screen: Sequence[Sheet]
) -> list[Diagnostic]:
    printed = _printed(edition, fitted.choice)
    hint = "look at the templates and style sheets that override the built-in ones"
    problems = [(loaded.item_path(item), f"'{item}': {problem}") for item, problem in lost(fitted, printed, pages)]
    problems += [(loaded.item_path(part), f"'{part}': {problem}") for part, problem in hidden(fitted, pages)]
    problems += list(_missing_parts(edition, pages))
    found = [loaded.document.diagnostic(path, f"lost on the page: {problem}", hint) for path, problem in problems]
    label = str(edition.label(fitted.choice))  # type: ignore[arg-type]
    found += [loaded.document.diagnostic(("marking",), each, hint) for each in unlabelled(fitted, pages, label)]
    return found + lint(fitted.drawn.sheets, fitted.drawn.html) + lint(screen, medium="screen")


def _missing_parts(edition: Edition, pages: Sequence[Page]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What every edition must say besides its items: its title and its judgement."""
    readable = normal("".join(page.text for page in pages))
    line = edition.brief.bottom_line
    if normal(edition.brief.title) not in readable:
        yield ("title",), "the title"
    if line and normal(words_of(line.text)) not in readable:
        yield ("bottom_line", "text"), "the bottom line"


def _printed(edition: Edition, choice: Mapping[str, str]) -> dict[str, list[str]]:
    """The text that must be on the page for each kept item."""
    return {
        item.id: [words_of(text) for name, text in item.wordings().items() if name == choice[item.id]]
        for _, item in edition.brief.items()
        if item.id in choice
    }


def _foreign_glyphs(loaded: Loaded, fitted: Fitted, order: Order, assets: Assets) -> list[Diagnostic]:
    found = []
    brief = loaded.brief
    texts: list[tuple[tuple[str | int, ...], str]] = [
        (("title",), brief.title),
        (("deck",), brief.deck or ""),
    ]
    texts += [(("bottom_line", "text"), brief.bottom_line.text if brief.bottom_line else "")]
    texts += [((*loaded.item_path(i), name), order.texts[i, name]) for i, name in fitted.choice.items()]
    for path, text in texts:
        if foreign := missing(words_of(text), assets):
            shown = ", ".join(f"{char} (U+{ord(char):04X})" for char in foreign[:8])
            more = f" and {len(foreign) - 8} more" if len(foreign) > 8 else ""
            message = f"not in the page's fonts, printed with another: {shown}{more}"
            hint = "add a font with these characters to templates/css/fonts.css, or write them in another script"
            found.append(loaded.document.diagnostic(path, message, hint, "warning"))
    return found


def _guard(loaded: Loaded, edition: Edition, page: str, text: str) -> None:
    """The last gate: nothing leaves that holds words from above the clearance."""
    audience = edition.audience_name
    found = [
        loaded.document.diagnostic(
            loaded.item_path(name),
            f"leak prevented: words of '{name}', which is above audience '{audience}', are in its edition",
            f"reword what repeats them, or mark it as strictly: “{text[:60]}”",
        )
        for name, text in leaks(loaded.brief, edition, page, text)
    ]
    if found:
        raise LeakError(*dict.fromkeys(found))


def _made(fitted: Fitted, edition: Edition, outputs: Mapping[str, bytes], diagnostics: Sequence[Diagnostic]) -> Made:
    candidates = audiences.candidates(edition)
    choice = fitted.choice
    pages = edition.audience.pages
    reason = f"page budget of {pages} page{'s' if pages > 1 else ''}"
    return Made(
        outputs,
        fitted.laid.pages,
        fitted.fill,
        [each.id for each in candidates if each.id in choice],
        [each.id for each in candidates if each.id in choice and choice[each.id] != each.wordings[0]],
        [{"id": each.id, "reason": reason} for each in candidates if each.id not in choice],
        fitted.layouts,
        list(dict.fromkeys(diagnostics)),
    )
