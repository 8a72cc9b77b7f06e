"""A .pdf file -> Draft: lines joined to paragraphs, without running heads and line-end hyphens."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

import pypdfium2

from briefgen.errors import BriefgenError, Diagnostic, error
from briefgen.model import BlockKind
from briefgen.sources import shape
from briefgen.sources.draft import Draft, Metadata, Piece, clean, compose
from briefgen.sources.lexicon import folded, lexicon
from briefgen.sources.pdflines import Line, page_lines

MAX_PAGES = 2_000
_EDGE = 4  # lines at either end of a page among which its running heads are
_SPARSE = 20  # letters: a page with fewer is a picture
_HYPHENS = ("-", "\u2010", "\u00ad")
_ENDED = re.compile(r"[.!?:…。！？][\"”’»)\]]*$")
_PAGE_NUMBER = re.compile(r"\W{0,3}(?:\d{1,4}|[ivxlc]{1,6})\W{0,3}")
_MARKER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.)]?|\([a-z0-9]{1,3}\)|[a-z]\)|[A-Z]\.)\t(?=[^\t]*[^\W\d][^\t]*$)")
_ITEM = re.compile(r"(?:\d{1,2}[.)]|\([a-z0-9]{1,3}\)|[a-z]\))\s+(?=\S)")


def read(raw: bytes, name: str) -> Draft:
    """The text of all pages; raises `BriefgenError` where it is locked, broken or only pictures."""
    pages = _pages(raw, name)
    letters = [sum(map(str.isalpha, "".join(line.text for line in page))) for page in pages]
    if sum(letters) < _SPARSE * min(len(pages), 5):
        hint = "its pages are pictures: run text recognition (OCR) first, for instance 'ocrmypdf in.pdf out.pdf'"
        raise BriefgenError(error(f"the PDF has no text on its {len(pages)} page(s)", name, hint))
    lines = [line for page in _without_running(pages) for line in page]
    text, blocks = compose(_pieces(lines))
    _check_letters(text, name)
    return Draft(text, blocks, _metadata(raw, text), tuple(_empty_pages(letters, name)))


def _pages(raw: bytes, name: str) -> list[list[Line]]:
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as problem:
        raise _not_opened(str(problem), name) from None
    if len(document) > MAX_PAGES:
        hint = "split it"
        raise BriefgenError(error(f"the PDF has {len(document):,} pages; at most {MAX_PAGES:,} are read", name, hint))
    found: list[list[Line]] = []
    for number in range(len(document)):
        try:
            page = document[number]
            text_page = page.get_textpage()
        except pypdfium2.PdfiumError:
            found.append([])  # told as a page without text
            continue
        found.append(page_lines(text_page, number))
        text_page.close()
        page.close()
    if not found:
        raise _not_opened("it has no pages", name)
    return found


def _not_opened(why: str, name: str) -> BriefgenError:
    if "password" in why.lower():
        return BriefgenError(error("the PDF is protected by a password", name, "save a copy without a password"))
    hint = "open it in a PDF viewer and print it to a new PDF; it may have been cut off"
    if "Success" in why:
        why = "it has no pages that can be read"
    return BriefgenError(error(f"is a broken PDF: {why}", name, hint))


def _check_letters(text: str, name: str) -> None:
    """Fonts that do not say which letters they draw give private or replacement characters."""
    strange = sum("\ue000" <= character <= "\uf8ff" or character == "\ufffd" for character in text)
    if strange * 4 > len(text):
        hint = "run text recognition (OCR) on it, for instance 'ocrmypdf --force-ocr in.pdf out.pdf'"
        raise BriefgenError(error("the PDF does not say which letters its fonts draw", name, hint))


def _empty_pages(letters: list[int], name: str) -> Iterator[Diagnostic]:
    empty = [str(number) for number, count in enumerate(letters, start=1) if count < _SPARSE]
    if empty:
        shown = ", ".join(empty[:10]) + (", …" if len(empty) > 10 else "")
        hint = "if they are scanned, run text recognition (OCR) on the file first"
        yield Diagnostic("warning", f"{len(empty)} of {len(letters)} pages have no text: {shown}", name, hint=hint)


def _without_running(pages: Sequence[list[Line]]) -> Iterator[list[Line]]:
    """The pages without lines that come back at the same place, numbers aside, and without page numbers."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_masked(line) for line in _edges(page)})
    often = 2 if len(pages) <= 3 else 3 if len(pages) <= 20 else 5
    repeated = {masked for masked, count in seen.items() if count >= often}
    shift = _numbering(pages)
    for page in pages:
        edges = _edges(page)
        running = {line for line in edges if _is_page_number(line) or _masked(line) in repeated}
        running |= {line for line in (*edges[:1], *edges[-1:]) if shift in _shifts(line)}
        yield [line for line in page if line not in running]


def _is_page_number(line: Line) -> bool:
    text = line.text
    return len(text) < 40 and bool(_PAGE_NUMBER.fullmatch(text) or lexicon().page.fullmatch(folded(text)))


def _numbering(pages: Sequence[list[Line]]) -> int | None:
    """By how much printed page numbers differ from the count of pages, where most pages agree on it."""
    outer = [(*edges[:1], *edges[-1:]) for page in pages if (edges := _edges(page))]
    shifts = Counter(shift for lines in outer for shift in {each for line in lines for each in _shifts(line)})
    best, count = shifts.most_common(1)[0] if shifts else (0, 0)
    return best if count >= max(3, len(pages) / 2) else None


def _shifts(line: Line) -> set[int]:
    """How far the numbers at either end of a line are from the number of its page."""
    if len(line.text) > 120:
        return set()
    numbers = re.findall(r"^\d{1,4}(?=\s|$)|(?<=\s)\d{1,4}$", line.text)
    return {int(number) - line.page for number in numbers}


def _edges(page: list[Line]) -> list[Line]:
    """The highest and the lowest lines, wherever in the content they come."""
    by_height = sorted(page, key=lambda line: -line.top)
    return by_height if len(by_height) <= 2 * _EDGE else [*by_height[:_EDGE], *by_height[-_EDGE:]]


def _masked(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text.casefold()) + f"@{round(line.top / 12)}"


def _pieces(lines: list[Line]) -> Iterator[Piece]:
    """Paragraphs out of lines; hyphens at line ends are resolved by the words of the whole document."""
    body = _body_size(lines)
    known = Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", " ".join(line.text for line in lines).casefold()))
    pitch, right = _pitches(lines), _right_edges(lines)
    group: list[Line] = []
    for line in lines:
        if group and not _goes_on(group, line, pitch, right):
            yield _piece(group, body, known)
            group = []
        group.append(line)
    if group:
        yield _piece(group, body, known)


def _body_size(lines: list[Line]) -> float:
    """The letter size that most of the text has."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0]


def _pitches(lines: list[Line]) -> dict[float, float]:
    """How far apart lines of each size usually are."""
    gaps: dict[float, list[float]] = defaultdict(list)
    for one, other in pairwise(lines):
        gap = one.bottom - other.bottom
        if one.page == other.page and 0 < gap < 4 * one.size:
            gaps[round(one.size)].append(gap)
    return {size: median(each) for size, each in gaps.items()}


def _right_edges(lines: list[Line]) -> dict[int, float]:
    """How far to the right the text of each page goes."""
    edges: dict[int, list[float]] = defaultdict(list)
    for line in lines:
        edges[line.page].append(line.right)
    return {page: sorted(each)[int(0.9 * (len(each) - 1))] for page, each in edges.items()}


def _goes_on(group: list[Line], line: Line, pitch: dict[float, float], right: dict[int, float]) -> bool:
    """Whether `line` continues the paragraph of `group`."""
    last = group[-1]
    if last.hyphen:
        return True
    if line.bullet or abs(line.size - last.size) > 0.12 * last.size or _is_row(line) or _is_row(last):
        return False
    open_ended = not _ENDED.search(last.text)
    if line.page != last.page or line.bottom > last.bottom + last.size:
        # The next page or column: only a sentence that is still open goes on there.
        return open_ended and not last.bold and (line.text[:1].islower() or last.right > 0.85 * right[last.page])
    gap = last.bottom - line.bottom
    if gap > 1.25 * pitch.get(round(last.size), last.size * 1.2) + 0.5 or (line.bold != last.bold and not open_ended):
        return False
    if (line.bold != last.bold and line.bold) or (_ITEM.match(line.text) and not open_ended):
        return False
    indent = line.left - min(each.left for each in group)
    if not open_ended and indent > 0.6 * line.size and len(group) > 1:
        return False
    short = last.right + 0.25 * (right[last.page] - last.left) < right[last.page]
    return not (short and not open_ended) and not (short and last.bold and not line.bold)


def _is_row(line: Line) -> bool:
    return "\t" in _MARKER.sub("", line.text)


def _piece(group: list[Line], body: float, known: Counter[str]) -> Piece:
    text = _text(group, known)
    if _MARKER.match(text):
        text = text.replace("\t", " ", 1)
    if "\t" in text and not group[0].bullet:
        return Piece("table-row", " | ".join(part.strip() for part in text.split("\t")))
    kind = _kind(group, text, body)
    if kind != "heading" and (match := _ITEM.match(text)):
        return Piece("list-item", text[match.end() :])
    return Piece(kind, text)


def _kind(group: list[Line], text: str, body: float) -> BlockKind:
    if group[0].bullet:
        return "list-item"
    large = median(line.size for line in group) > 1.15 * body
    bold = all(line.bold for line in group)
    if (large or bold) and shape.word_count(text) <= 30 and not text.endswith((".", ";", ",", "。")):
        return "heading"
    return "paragraph"


def _text(group: list[Line], known: Counter[str]) -> str:
    text = group[0].text
    for before, line in pairwise(group):
        if before.hyphen or (text.endswith(_HYPHENS) and line.text[:1].islower()):
            text = _rejoined(text if before.hyphen is False else text + "-", line.text, known)
        else:
            text += _between(text, line.text) + line.text
    return clean_tabs(text)


def _between(before: str, after: str) -> str:
    """No space between ideographs, which are not written with any."""
    ideographs = before[-1:] >= "\u2e80" and after[:1] >= "\u2e80" and after[:1] < "\uac00"
    return "" if ideographs else " "


def _rejoined(before: str, after: str, known: Counter[str]) -> str:
    """A word that was cut at a line end; its hyphen stays where the document writes the word so elsewhere."""
    stem = before[:-1]
    left = re.search(r"[^\W\d_]*$", stem)
    right = re.match(r"[^\W\d_]*", after)
    one, other = (left[0] if left else ""), (right[0] if right else "")
    whole, hyphened = known[(one + other).casefold()], known[f"{one}-{other}".casefold()]
    keep = not one or not other or other[0].isupper() or one.isupper() or hyphened > whole
    return f"{stem}-{after}" if keep else stem + after


def clean_tabs(text: str) -> str:
    """As `clean`, with the tabs between the cells of a row kept."""
    return "\t".join(clean(part) for part in text.split("\t"))


def _metadata(raw: bytes, text: str) -> Metadata:
    """The properties of a PDF count only where its text says the same: many are of another document."""
    properties = pypdfium2.PdfDocument(raw).get_metadata_dict()
    beginning = clean(text[:5000]).casefold()
    title, author = (clean(properties.get(field) or "") for field in ("Title", "Author"))
    said = [value if value and value.casefold() in beginning else None for value in (title, author)]
    return Metadata(title=said[0], author=said[1])
