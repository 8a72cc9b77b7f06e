"""A pack and the parts it was made of -> everything in which it is not what they are; nothing, when it is right.

It reads the finished file anew and shares no state with the join. What it compares is what a reader gets: the text
of every page, what is drawn and with which glyphs, where links lead, and what a screen reader follows.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import pikepdf

from briefgen.errors import SurroundingsError, error
from briefgen.pack import trees
from briefgen.pack.fonts import Font, Reader, font_resources
from briefgen.pack.join import FRONT, SCHEME
from briefgen.pack.outline import own_sections, siblings
from briefgen.pack.part import Part, placed

# After so many, the rest says nothing new.
ENOUGH = 20
_BOXES = ("/MediaBox", "/CropBox", "/TrimBox", "/BleedBox", "/Rotate")


def problems(pack: bytes, front: bytes, parts: Sequence[Part]) -> list[str]:
    """What is wrong with the pack, in words; at most the first `ENOUGH`."""
    found: list[str] = []
    for problem in _problems(pack, front, parts):
        found.append(problem)
        if len(found) == ENOUGH:
            break
    return found


def _problems(pack: bytes, front: bytes, parts: Sequence[Part]) -> Iterator[str]:
    try:
        file = pikepdf.open(io.BytesIO(pack))
    except pikepdf.PdfError as problem:
        yield f"it cannot be read: {problem}"
        return
    with file:
        whole = Whole(file)
        start = 0
        texts = _Texts(pack)
        for key, name, data in _originals(front, parts):
            with pikepdf.open(io.BytesIO(data)) as source:
                original = Original(source, key, name, start)
                start += len(source.pages)
                yield from (f"{name}: {problem}" for problem in _compared(whole, original, texts, data))
        if start != len(whole.pages):
            yield f"it has {len(whole.pages)} pages, its parts have {start}"
        yield from _overall(whole, parts)


def _originals(front: bytes, parts: Sequence[Part]) -> Iterator[tuple[str, str, bytes]]:
    yield FRONT, "front matter", front
    for each in placed(parts):
        yield each.key, each.part.name, each.part.read()


class Whole:
    """The pack as it is looked up while its parts go by; counts what they account for."""

    def __init__(self, file: pikepdf.Pdf) -> None:
        self.file, self.root = file, file.Root
        self.pages = [page.obj for page in file.pages]
        self.numbers = {page.objgen: number for number, page in enumerate(self.pages)}
        self.tree = self.root.get("/StructTreeRoot", pikepdf.Dictionary())
        self.parent_keys = [int(key) for key, _ in trees.pairs(self.tree.get("/ParentTree"), "/Nums")]
        self.parents = {int(key): value for key, value in trees.pairs(self.tree.get("/ParentTree"), "/Nums")}
        names = trees.at(self.root, "/Names", "/Dests")
        self.name_list = [bytes(name) for name, _ in trees.pairs(names, "/Names")]
        self.targets = {bytes(name): target for name, target in trees.pairs(names, "/Names")}
        self.ids = [bytes(name) for name, _ in trees.pairs(self.tree.get("/IDTree"), "/Names")]
        self.reader = Reader()
        for resources in font_resources(file):
            for font in resources.keys():  # noqa: SIM118 - a PDF dictionary, not a mapping
                self.reader.font(resources[font])
        self.bookmarks = list(siblings(trees.at(self.root, "/Outlines", "/First")))
        self.used: set[int] = set()

    @cached_property
    def documents(self) -> list[Any]:
        """The Document of each part, under the one of the pack."""
        top: Any = self.tree.get("/K", ())
        return list(top[0].get("/K", ())) if len(top) == 1 and top[0].get("/S") == "/Document" else []

    def place(self, target: Any) -> tuple[Any, ...] | None:
        """A destination as (page from 0, how it is shown, …); None when its page is not in the pack."""
        if not isinstance(target, pikepdf.Array) or target[0].objgen not in self.numbers:
            return None
        page, *shown = list(target)
        return (self.numbers[page.objgen], *map(str, shown))


@dataclass
class Original:
    """A part as it was: its key, its name, and the page of the pack (from 0) that it begins on."""

    file: pikepdf.Pdf
    key: str
    name: str
    start: int

    @cached_property
    def prefix(self) -> bytes:
        return self.key.encode() + b"/"

    @property
    def number(self) -> int:
        """Its place among the parts; the front matter is 0."""
        return 0 if self.key == FRONT else int(self.key[1:])

    @cached_property
    def pages(self) -> list[Any]:
        return [page.obj for page in self.file.pages]

    @cached_property
    def numbers(self) -> dict[tuple[int, int], int]:
        return {page.objgen: self.start + number for number, page in enumerate(self.pages)}

    @cached_property
    def parents(self) -> dict[int, Any]:
        tree = self.file.Root.StructTreeRoot.get("/ParentTree")
        return {int(key): value for key, value in trees.pairs(tree, "/Nums")}

    def place(self, target: Any) -> tuple[Any, ...]:
        """A destination as it should be in the pack."""
        page, *shown = list(target)
        return (self.numbers.get(page.objgen), *map(str, shown))


class _Texts:
    """The text of pages as a reader that copies from the PDF gets it."""

    def __init__(self, data: bytes) -> None:
        try:
            import pypdfium2
        except (ImportError, OSError) as problem:
            raise SurroundingsError(error(f"the PDF reader cannot be loaded: {problem}")) from None
        self.document = pypdfium2.PdfDocument(data)

    def __getitem__(self, number: int) -> str:
        page = self.document[number]
        text = page.get_textpage()
        found = str(text.get_text_bounded())
        text.close()
        page.close()
        return found


def _compared(whole: Whole, original: Original, texts: _Texts, data: bytes) -> Iterator[str]:
    if original.start + len(original.pages) > len(whole.pages):
        yield "pages of it are missing"
        return
    own = _Texts(data)
    for number, page in enumerate(original.pages):
        found = [*_page(whole.pages[original.start + number], page), *_links(whole, original, number)]
        found += [*_tagged(whole, original, number), *_glyphs(whole, original, number)]
        if texts[original.start + number] != own[number]:
            found.append("its text differs")
        yield from (f"page {number + 1}: {problem}" for problem in found)
    own.document.close()
    yield from _targets(whole, original)
    yield from _sections(whole, original)
    yield from _structure(whole, original)


# --- What is drawn --------------------------------------------------------------------------------


def _page(page: Any, before: Any) -> Iterator[str]:
    if _drawn(page) != _drawn(before):
        yield "what is drawn on it differs"
    if any(str(page.get(name)) != str(before.get(name)) for name in _BOXES):
        yield "its size differs"
    if _resources(page) != _resources(before):
        yield "its images or other resources differ"


def _drawn(page: Any) -> bytes:
    contents = page.get("/Contents", ())
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return b"\n".join(each.read_bytes() for each in streams)


def _resources(page: Any) -> list[tuple[str, str, bytes]]:
    found = list[tuple[str, str, bytes]]()
    resources: Any = page.get("/Resources")
    if resources is None:
        return found
    for kind, names in resources.items():
        if kind == "/Font" or not isinstance(names, pikepdf.Dictionary):
            continue
        for name, each in names.items():
            data = each.read_raw_bytes() if isinstance(each, pikepdf.Stream) else b""
            found.append((kind, name, sha256(data).digest()))
    return sorted(found)


def _glyphs(whole: Whole, original: Original, number: int) -> Iterator[str]:
    """Every glyph that the part's fonts can print is drawn, as wide, and read, as it was."""
    if number:
        # The fonts of a part are those of its first page: the layout engine writes one dictionary for all.
        first, this = (trees.at(original.pages[each], "/Resources", "/Font") for each in (0, number))
        if first is not None and this is not None and first.objgen == this.objgen != (0, 0):
            return
    before = trees.at(original.pages[number], "/Resources", "/Font")
    now = trees.at(whole.pages[original.start + number], "/Resources", "/Font")
    reader = Reader()
    fonts = {name: reader.font(font) for name, font in (before.items() if before is not None else ())}
    for name, font in fonts.items():
        if now is None or name not in now:
            yield f"font {name} is missing"
        elif font is not None and (wrong := _font_differs(font, whole.reader.font(now[name]))):
            yield f"font {name}: {wrong}"


def _font_differs(font: Font, now: Font | None) -> str | None:
    if now is None:
        return "it cannot be read"
    if any(now.widths.get(glyph) != width for glyph, width in font.widths.items()):
        return "a width differs"
    if any(now.texts.get(glyph) != text for glyph, text in font.texts.items()):
        return "a glyph reads as another text"
    wrong = [glyph for glyph in sorted(font.face.used) if font.face.drawing(glyph) != now.face.drawing(glyph)]
    return f"glyph {wrong[0]} is drawn in another way" if wrong else None


# --- Where links lead -----------------------------------------------------------------------------


def _links(whole: Whole, original: Original, number: int) -> Iterator[str]:
    now = list(whole.pages[original.start + number].get("/Annots", ()))
    before = list(original.pages[number].get("/Annots", ()))
    if len(now) != len(before):
        yield f"it has {len(now)} links instead of {len(before)}"
        return
    for link, earlier in zip(now, before, strict=True):
        if str(link.get("/Rect")) != str(earlier.get("/Rect")):
            yield "a link is in another place"
        if _leads(link) != _expected(earlier, original):
            yield f"a link leads elsewhere than to {_expected(earlier, original)!r}"
        target = _leads(link)[1]
        if _leads(link)[0] == "name" and whole.place(whole.targets.get(target)) is None:
            yield f"a link leads nowhere: {target!r}"


def _leads(link: Any) -> tuple[str, Any]:
    name = link.get("/Dest", trees.at(link, "/A", "/D"))
    if name is not None:
        return "name", bytes(name) if isinstance(name, pikepdf.String) else str(name)
    return "address", bytes(trees.at(link, "/A", "/URI") or b"")


def _expected(link: Any, original: Original) -> tuple[str, Any]:
    kind, target = _leads(link)
    if kind == "address" and original.key == FRONT and target.startswith(SCHEME):
        return "name", target.removeprefix(SCHEME)
    return (kind, original.prefix + target) if kind == "name" and isinstance(target, bytes) else (kind, target)


def _targets(whole: Whole, original: Original) -> Iterator[str]:
    for name, target in trees.pairs(trees.at(original.file.Root, "/Names", "/Dests"), "/Names"):
        found = whole.targets.get(original.prefix + bytes(name))
        if whole.place(found) != original.place(target):
            yield f"the link target '{name}' is not where it was"
    if original.key != FRONT:
        place = whole.place(whole.targets.get(original.key.encode()))
        if place is None or place[0] != original.start:
            yield "the contents do not lead to its first page"


def _sections(whole: Whole, original: Original) -> Iterator[str]:
    """Its sections are bookmarks below its own, in order."""
    number = original.number
    kids = siblings(whole.bookmarks[number].get("/First")) if number < len(whole.bookmarks) else ()
    now = [(str(each.Title), whole.place(each.get("/Dest"))) for each in kids]
    if now != [(str(each.Title), original.place(each.Dest)) for each in own_sections(original.file)]:
        yield "the bookmarks of its sections differ"


# --- What a screen reader follows -----------------------------------------------------------------


def _tagged(whole: Whole, original: Original, number: int) -> Iterator[str]:
    """The parent tree: each marked piece of the page, and each link, has the tag that it had."""
    page, before = whole.pages[original.start + number], original.pages[number]
    yield from _one_parent(whole, original, page.get("/StructParents"), before.get("/StructParents"), page)
    links = zip(page.get("/Annots", ()), before.get("/Annots", ()), strict=False)
    for link, earlier in links:
        yield from _one_parent(whole, original, link.get("/StructParent"), earlier.get("/StructParent"), page)


def _one_parent(whole: Whole, original: Original, key: Any, before: Any, page: Any) -> Iterator[str]:
    if before is None or int(before) not in original.parents:
        return
    if key is None or int(key) not in whole.parents:
        yield "its tags are not in the parent tree"
        return
    if int(key) in whole.used:
        yield f"its number {int(key)} in the parent tree is taken twice"
    whole.used.add(int(key))
    now, earlier = _flat(whole.parents[int(key)]), _flat(original.parents[int(before)])
    if [_role(each) for each in now] != [_role(each) for each in earlier]:
        yield "the parent tree names other tags for it"
    elif any(each is not None and each.get("/Pg", page).objgen != page.objgen for each in now):
        yield "the parent tree leads to tags of another page"


def _flat(value: Any) -> list[Any]:
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _role(element: Any) -> str:
    return str(element.get("/S")) if isinstance(element, pikepdf.Dictionary) else "nothing"


def _structure(whole: Whole, original: Original) -> Iterator[str]:
    """The part's tags, one by one in reading order: roles, depth, ids, alternative texts, marked content."""
    number = original.number
    if number >= len(whole.documents):
        yield "it is not in the tag tree"
        return
    document = whole.documents[number]
    if original.file.Root.get("/Lang") is not None and str(document.get("/Lang")) != str(original.file.Root.Lang):
        yield "its language is not told"
    if not str(document.get("/T", "")):
        yield "its title is not told"
    top = original.file.Root.StructTreeRoot.K
    tops = _flat(top)
    root = tops[0] if len(tops) == 1 and tops[0].get("/S") == "/Document" else pikepdf.Dictionary(K=pikepdf.Array(tops))
    before = walked(root, original.numbers, original.prefix)
    if walked(document, whole.numbers, b"") != before:
        yield "its tags differ"


def walked(document: Any, numbers: dict[tuple[int, int], int], prefix: bytes) -> list[tuple[Any, ...]]:
    """Every tag and leaf below a Document, in reading order, as plain data."""
    found: list[tuple[Any, ...]] = []
    waiting = [(kid, 1) for kid in reversed(_flat(document.get("/K", ())))]
    while waiting:
        kid, depth = waiting.pop()
        if not isinstance(kid, pikepdf.Dictionary):
            found.append((depth, int(kid)))
            continue
        page = numbers.get(kid["/Pg"].objgen) if "/Pg" in kid else None
        if "/S" not in kid:
            found.append((depth, "object", page, str(trees.at(kid, "/Obj", "/Rect")), kid.get("/MCID")))
            continue
        found.append((depth, str(kid["/S"]), page, *_told(kid, prefix)))
        waiting += [(each, depth + 1) for each in reversed(_flat(kid.get("/K", ())))]
    return found


def _told(element: Any, prefix: bytes) -> Iterator[Any]:
    keys = element.keys()
    yield from (str(element[name]) if name in keys else None for name in ("/Alt", "/ActualText", "/E"))
    yield prefix + bytes(element["/ID"]) if "/ID" in keys else None
    attributes = _flat(element["/A"]) if "/A" in keys else []
    yield [prefix + bytes(name) for each in attributes for name in each.get("/Headers", ())]


# --- The pack as a whole --------------------------------------------------------------------------


def _overall(whole: Whole, parts: Sequence[Part]) -> Iterator[str]:
    if sorted(set(whole.parent_keys)) != whole.parent_keys:
        yield "the parent tree is not in order"
    if extra := whole.parents.keys() - whole.used:
        yield f"the parent tree has {len(extra)} entries that no page uses"
    for what, names in (("names", whole.name_list), ("ids", whole.ids)):
        if sorted(set(names)) != names:
            yield f"the tree of {what} is not in order"
    if len(whole.documents) != len(parts) + 1:
        yield f"the tag tree has {len(whole.documents)} documents for {len(parts)} parts and the front matter"
    yield from _headers(whole)
    yield from _numbered(whole, parts)
    if not trees.at(whole.root, "/MarkInfo", "/Marked") or "/Metadata" not in whole.root:
        yield "it does not say that it is tagged"


def _headers(whole: Whole) -> Iterator[str]:
    known, named, needed = set(whole.ids), 0, set[bytes]()
    for each in whole.file.objects:
        if isinstance(each, pikepdf.Dictionary) and "/S" in each and each.get("/Type") == "/StructElem":
            named += "/ID" in each
            if "/A" in each:
                needed |= {bytes(name) for kind in _flat(each["/A"]) for name in kind.get("/Headers", ())}
    if named != len(whole.ids):
        yield f"{named} tags have an id, {len(whole.ids)} of them can be found"
    if needed - known:
        yield f"{len(needed - known)} headers of table cells cannot be found"


def _numbered(whole: Whole, parts: Sequence[Part]) -> Iterator[str]:
    """Bookmarks of the parts, and the numbers that readers show for pages."""
    front = len(whole.pages) - sum(part.pages for part in parts)
    places = [whole.place(each.get("/Dest")) for each in whole.bookmarks]
    pages = [place[0] if place else None for place in places]
    if pages != [0, *(front + each.first - 1 for each in placed(parts))]:
        yield "the bookmarks do not lead to the first page of every part"
    labels = [
        (int(start), str(style.get("/S"))) for start, style in trees.pairs(whole.root.get("/PageLabels"), "/Nums")
    ]
    if labels != [(0, "/r"), (front, "/D")]:
        yield "the page numbers that readers show are wrong"
