"""HTML and style sheets -> laid-out pages; every word of the engine's log becomes a diagnostic."""

from __future__ import annotations

import io
import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from briefgen.errors import BriefgenError, Diagnostic, Severity, SurroundingsError, error

_FACE = "@font-face"
# A made-up origin: the same in every folder and on every machine, so the bytes are too.
BASE = "https://brief.invalid/"
MAX_IMAGE_BYTES = 50_000_000
MAX_IMAGE_PIXELS = 50_000_000

_NO_GLYPH = re.compile(r"^\.notdef glyph rendered .*\(U\+([0-9A-F]+)\)$")
_POSITION = re.compile(r" at (\d+):(\d+)")
_UNITS = {"mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "pt": 96 / 72, "px": 1.0}


class Sheet(Protocol):
    """A style sheet: `name` as templates link it, `file` as messages call it."""

    @property
    def name(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def text(self) -> str: ...


class Resources(Protocol):
    """Where names in templates and style sheets lead."""

    def find(self, name: str) -> Path | None: ...
    def shown(self, path: Path) -> str: ...


@dataclass(frozen=True)
class Box:
    """A rectangle on a page, in CSS pixels from its top left; pages count from 0."""

    page: int
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def holds(self, other: Box, slack: float = 0.5) -> bool:
        """Whether `other` lies inside, give or take `slack` pixels."""
        return (
            self.page == other.page
            and self.left - slack <= other.left
            and self.right + slack >= other.right
            and self.top - slack <= other.top
            and self.bottom + slack >= other.bottom
        )


@dataclass(frozen=True)
class Geometry:
    """The page as the style sheet's variables give it: sizes in CSS pixels."""

    width: float
    height: float
    top: float
    bottom: float
    side: float

    @property
    def room(self) -> float:
        """The height that content may fill on one page."""
        return self.height - self.top - self.bottom

    def content(self, page: int) -> Box:
        return Box(page, self.side, self.top, self.width - self.side, self.height - self.bottom)


def geometry(variables: Mapping[str, str]) -> Geometry:
    """From `--page-width`, `--page-height`, `--margin-top`, `--margin-bottom` and `--margin-side`; A4 without."""
    defaults = (("--page-width", "210mm"), ("--page-height", "297mm"), ("--margin-top", "20mm"))
    defaults += (("--margin-bottom", "20mm"), ("--margin-side", "20mm"))  # type: ignore[assignment]
    return Geometry(*(pixels(variables.get(name, value)) or pixels(value) or 0 for name, value in defaults))


def pixels(length: str) -> float | None:
    """A CSS length in pixels; None for what is not one absolute length."""
    match = re.fullmatch(r"\s*(\d+\.?\d*|\.\d+)(mm|cm|in|pt|px)\s*", length)
    return float(match[1]) * _UNITS[match[2]] if match else None


class Boxes:
    """Where each id stands: on pages that are laid out, or about to be."""

    def __init__(self) -> None:
        self.boxes: dict[str, list[Box]] = {}

    def add(self, name: str, box: Box) -> None:
        self.boxes.setdefault(name, []).append(box)

    def box(self, name: str) -> Box | None:
        """Where `name` stands; the first part of one that is split over pages."""
        return self.boxes[name][0] if name in self.boxes else None

    def height(self, name: str) -> float | None:
        """The height of `name`, its parts on several pages added up."""
        return sum(box.height for box in self.boxes[name]) if name in self.boxes else None


class Laid(Boxes):
    """Pages that are laid out, and what the engine had to say."""

    def __init__(self, document: Any, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__()
        self.document = document
        self.diagnostics = list(diagnostics)
        # The characters that the PDF shows as empty boxes, known once it is written.
        self.boxed: set[str] = set()
        for number, page in enumerate(document.pages):
            for name, (left, top, right, bottom) in page.anchors.items():
                self.add(name, Box(number, left, top, right, bottom))

    @property
    def pages(self) -> int:
        return len(self.document.pages)

    def pdf(self) -> bytes:
        """PDF/UA-1: tagged, with language, title and bookmarks."""
        target = io.BytesIO()
        with _log() as records:
            self.document.write_pdf(target, pdf_variant="pdf/ua-1")
        boxed = {record: match for record in records if (match := _NO_GLYPH.match(record.getMessage()))}
        self.boxed |= {chr(int(match[1], 16)) for match in boxed.values()}
        self.diagnostics += [_told(record, None) for record in records if record not in boxed]
        return target.getvalue()


class Engine:
    """WeasyPrint with fonts and style sheets loaded once and shared by every document of the process."""

    def __init__(self) -> None:
        self.weasyprint = _import_weasyprint()
        from weasyprint.text.fonts import FontConfiguration

        self.fonts = FontConfiguration()
        # How many times fonts were declared: each may set every later document.
        self.faces = 0
        self._sheets: dict[tuple[str, str], tuple[Any, list[Diagnostic]]] = {}

    def warm(self, sheets: Sequence[Sheet], resources: Resources) -> None:
        """Decode every font that the style sheets declare, so that forked children find them ready."""
        faces = re.findall(r"@font-face\s*\{([^}]*)\}", "\n".join(sheet.text for sheet in sheets))
        styles = ("; ".join(re.findall(r"font-(?:family|weight|style):[^;}]+", face)) for face in faces)
        words = "".join(f"<p style='{style}'>Aa {number}</p>" for number, style in enumerate(styles))
        self.lay_out(f"<!DOCTYPE html><title>warm</title>{words}", sheets, resources).pdf()

    def load(self, sheets: Sequence[Sheet], resources: Resources) -> None:
        """Parse the style sheets, so that forked children find them ready."""
        fetcher = _fetcher(resources)
        for sheet in sheets:
            self._sheet(sheet, resources, fetcher)

    def lay_out(self, html: str, sheets: Sequence[Sheet], resources: Resources) -> Laid:
        """Lay the document out; style sheets come in order, and later ones win."""
        fetcher = _fetcher(resources)
        parsed = [self._sheet(sheet, resources, fetcher) for sheet in sheets]
        problems = [problem for _, found in parsed for problem in found]
        self.faces += html.count(_FACE)
        with _log() as records, _engine_faults():
            document = self.weasyprint.HTML(string=html, base_url=BASE, url_fetcher=fetcher).render(
                stylesheets=[css for css, _ in parsed],
                font_config=self.fonts,
                # Pictures may be sized by their attributes, as in a browser; without one, this would cost time.
                presentational_hints="<img" in html,
            )
        told = [_told(record, None) for record in records]
        return Laid(document, [*problems, *fetcher.problems, *_without_fetches(told, fetcher.problems)])

    def _sheet(self, sheet: Sheet, resources: Resources, fetcher: Any) -> tuple[Any, list[Diagnostic]]:
        fonts = re.findall(r"url\(\s*['\"]?([^'\")]+)", sheet.text)
        found = [str(resources.find(name.replace("../", ""))) for name in fonts]
        key = (sheet.text, "\n".join([sheet.file, *found]))
        if key not in self._sheets:
            self.faces += sheet.text.count(_FACE)
            with _log() as records:
                css = self.weasyprint.CSS(
                    string=sheet.text, base_url=BASE + sheet.name, url_fetcher=fetcher, font_config=self.fonts
                )
            self._sheets[key] = (css, [_told(record, sheet.file) for record in records])
        return self._sheets[key]


def _import_weasyprint() -> Any:
    # Read when the library is loaded: the machine's own settings must not reach a page.
    os.environ["FONTCONFIG_FILE"] = str(Path(__file__).parent / "fonts.conf")
    path = os.environ.get("PATH")
    # Libraries are tried under the names of all systems, and for each that is not there Python asks a compiler and a
    # linker, if it finds any: some thirty processes, which leave their files behind when we are stopped.
    os.environ["PATH"] = os.devnull
    try:
        import weasyprint
    except OSError as problem:
        hint = "install Pango: 'apt-get install libpango-1.0-0 libpangoft2-1.0-0' or your system's package"
        raise SurroundingsError(error(f"a library that sets type is missing: {problem}", hint=hint)) from None
    finally:
        del os.environ["PATH"]
        if path is not None:
            os.environ["PATH"] = path
    return weasyprint


def _fetcher(resources: Resources) -> Any:
    """An engine fetcher that knows the template folders and nothing else: no network, no other file."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(allowed_protocols=["data"], allow_redirects=False)
            self.problems: list[Diagnostic] = []

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            name = unquote(urlsplit(url).path).lstrip("/")
            path = resources.find(name) if url.startswith(BASE) else None
            problem = _refusal(url, name, path, resources)
            if problem or path is None:
                self.problems += [problem] if problem else []
                raise ValueError(f"refused: {url}")
            return URLFetcherResponse(url, path.read_bytes())

    return Fetcher()


def _refusal(url: str, name: str, path: Path | None, resources: Resources) -> Diagnostic | None:
    if not url.startswith(BASE):
        hint = "put the file into a templates folder and name it relative to that"
        return error(f"'{url}' was not loaded: nothing is fetched while a page is made", hint=hint)
    if path is None:
        hint = "put it into templates/, or correct the name; it is relative to the templates folder"
        return error(f"'{name}' is in none of the template folders", hint=hint)
    if path.stat().st_size > MAX_IMAGE_BYTES:
        size = f"{path.stat().st_size / 1e6:.0f} MB"
        hint = f"at most {MAX_IMAGE_BYTES // 1_000_000} MB; save a smaller one"
        return error(f"the file is too large: {size}", resources.shown(path), hint)
    return _too_many_pixels(path, resources)


def _too_many_pixels(path: Path, resources: Resources) -> Diagnostic | None:
    """The engine drops an image that is too large without a word; its header tells before."""
    if path.suffix.lower() not in (".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".bmp"):
        return None
    from PIL import Image, UnidentifiedImageError

    try:
        # Pillow's own guard raises or warns far above our limit; the size is all we ask for.
        Image.MAX_IMAGE_PIXELS = None
        with Image.open(path) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as problem:
        return error(f"the image cannot be read: {problem}", resources.shown(path), "save it as PNG or JPEG")
    if width * height <= MAX_IMAGE_PIXELS:
        return None
    hint = f"at most {MAX_IMAGE_PIXELS // 1_000_000} megapixels; print needs no more than 300 a inch"
    return error(f"the image is too large: {width} × {height} pixels", resources.shown(path), hint)


@contextmanager
def _engine_faults() -> Iterator[None]:
    """What the engine cannot lay out is a fault of the page, not of the program: say so."""
    try:
        yield
    except (AssertionError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as problem:
        why = str(problem) or type(problem).__name__
        hint = "look at what overrides the built-in templates and style sheets, and at very deep nesting"
        raise BriefgenError(error(f"the layout engine cannot lay this page out: {why[:200]}", hint=hint)) from problem


@contextmanager
def _log() -> Iterator[list[logging.LogRecord]]:
    """Collect what the engine logs, instead of letting it reach the terminal."""
    records: list[logging.LogRecord] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    logger = logging.getLogger("weasyprint")
    before, level = logger.handlers[:], logger.level
    logger.handlers, logger.propagate = [Collector(logging.WARNING)], False
    logger.setLevel(logging.WARNING)
    try:
        yield records
    finally:
        logger.handlers = before
        logger.setLevel(level)


def _told(record: logging.LogRecord, file: str | None) -> Diagnostic:
    message = record.getMessage()
    if message.startswith("Using fontTools instead of HarfBuzz"):
        # Once a document, not once a face: nothing is wrong with the pages.
        hint = "install libharfbuzz-subset0 (or your system's HarfBuzz) to write PDFs faster"
        return Diagnostic("note", "fonts are cut with fontTools, which is slow", hint=hint)
    severity: Severity = "error" if record.levelno >= logging.ERROR else "warning"
    place = _POSITION.search(message) if file else None
    line, column = (int(place[1]), int(place[2])) if place else (None, None)
    ignored = "correct or remove the property; it has no effect" if message.startswith("Ignored") else None
    return Diagnostic(severity, message, file, line, column, ignored)


def _without_fetches(told: list[Diagnostic], refused: list[Diagnostic]) -> list[Diagnostic]:
    """The engine reports a refused file once more in its own words."""
    return [each for each in told if not (refused and "refused: " in each.message)]
