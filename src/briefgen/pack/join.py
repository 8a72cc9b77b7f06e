"""Front matter and finished editions -> one PDF/UA pack: one tag tree, one set of names, bookmarks, page labels.

Nothing is laid out again: what is printed on a page is what its edition had. The order of the steps matters; names
are made unique before anything is copied, pages are copied before the tags that point to them.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import Any

import pikepdf

from briefgen.errors import error
from briefgen.pack import fonts, outline, streams, trees
from briefgen.pack.localise import localise, refuse
from briefgen.pack.outline import Entry, retarget
from briefgen.pack.part import PackError, Part, Placed, placed

# How the front matter's links name a part: href="pack:p0001".
SCHEME = b"pack:"
FRONT = "p0000"


def join(front: bytes, parts: Sequence[Part], page_word: str = "page") -> bytes:
    """The pack; the same bytes for the same front matter and parts. Raises `PackError` naming what cannot be joined.

    `page_word` is what screen readers hear before the page number of a link in the contents.
    """
    with pikepdf.open(io.BytesIO(front)) as out:
        joint = _Joint(out)
        joint.front()
        several = len({part.audience for part in parts}) > 1
        for each in placed(parts):
            joint.part(each, f"{each.part.title} · {each.part.audience_title}" if several else each.part.title)
        joint.contents({each.key: each for each in placed(parts)}, page_word)
        joint.finish()
        fonts.unite(out)
        streams.join_identical(out)
        return _saved(out)


def _saved(out: pikepdf.Pdf) -> bytes:
    target = io.BytesIO()
    modes = pikepdf.ObjectStreamMode
    out.save(target, deterministic_id=True, object_stream_mode=modes.generate, fix_metadata_version=False)
    return target.getvalue()


class _Joint:
    """The pack as it grows; `base` is the first number in the parent tree that is free."""

    def __init__(self, out: pikepdf.Pdf) -> None:
        self.out = out
        self.base = 0
        self.parents: list[tuple[int, Any]] = []
        self.ids: list[tuple[bytes, Any]] = []
        self.targets: list[tuple[bytes, Any]] = []
        self.documents: list[Any] = []
        self.bookmarks: list[Entry] = []
        self.maps: dict[str, dict[str, Any]] = {"/RoleMap": {}, "/ClassMap": {}}

    def front(self) -> None:
        """The front matter is the file that the parts go into: it is part 0, and brings language and metadata."""
        out = self.out
        refuse(out, "the front matter")
        self.length = len(out.pages)
        self._take(out, FRONT, str(out.docinfo.get("/Title", "")), [page.obj for page in out.pages])

    def part(self, each: Placed, bookmark: str) -> None:
        """Copy one part in. It stays in memory only until then: qpdf keeps what it still needs."""
        source = pikepdf.open(io.BytesIO(each.part.read()))
        refuse(source, each.part.name)
        if len(source.pages) != each.part.pages:
            message = f"it has {len(source.pages)} pages, and {each.part.pages} were published"
            raise PackError(error(message, each.part.name))
        start = len(self.out.pages)
        prepared = self._prepare(source, each.key)
        self._append(source)
        pages = [self.out.pages[start + at].obj for at in range(each.part.pages)]
        self._copy(source, each.key, each.part.title, pages, prepared)
        self.targets.append((each.key.encode(), self._top(pages[0])))
        self.bookmarks[-1] = Entry(bookmark, self._top(pages[0]), self.bookmarks[-1].children)

    def _append(self, source: pikepdf.Pdf) -> None:
        with warnings.catch_warnings():
            # It warns of names and links that it leaves behind: these we bring over ourselves.
            warnings.simplefilter("ignore", pikepdf.PageCopyWarning)
            self.out.pages.extend(source.pages)

    def _take(self, source: pikepdf.Pdf, key: str, title: str, pages: list[Any]) -> None:
        self._copy(source, key, title, pages, self._prepare(source, key))

    def _prepare(self, source: pikepdf.Pdf, key: str) -> int:
        """Make the part's names its own; returns the number that its parent tree starts from."""
        base = self.base
        self.base = localise(source, key.encode() + b"/", base)
        return base

    def _copy(self, source: pikepdf.Pdf, key: str, title: str, pages: list[Any], base: int) -> None:
        moved = {old.objgen: new for old, new in zip((page.obj for page in source.pages), pages, strict=True)}
        root = self._foreign(source, source.Root.StructTreeRoot)
        self._map(root, title)
        self.parents += [(int(number) + base, value) for number, value in trees.pairs(root.ParentTree, "/Nums")]
        self.ids += [
            (bytes(each["/ID"]), self._foreign(source, each))
            for each in source.objects
            if isinstance(each, pikepdf.Dictionary) and "/ID" in each and "/S" in each
        ]
        prefix = key.encode() + b"/"
        for name, target in trees.pairs(trees.at(source.Root, "/Names", "/Dests"), "/Names"):
            self.targets.append((prefix + bytes(name), retarget(target, moved)))
        self.documents.append(self._document(root, title, source.Root.get("/Lang")))
        self.bookmarks.append(Entry(title, self._top(pages[0]), outline.sections(source, moved)))

    def _foreign(self, source: pikepdf.Pdf, thing: Any) -> Any:
        """The thing in the pack: copied once, the same copy for whoever asks later."""
        return thing if source is self.out else self.out.copy_foreign(thing)

    def _map(self, root: Any, title: str) -> None:
        """Unite role and class maps; a name with two meanings would change what tags say."""
        for kind, known in self.maps.items():
            for name, meaning in root.get(kind, {}).items():
                if str(known.setdefault(name, meaning)) != str(meaning):
                    raise PackError(error(f"cannot be joined: '{title}' gives the tag {name} another meaning"))

    def _document(self, root: Any, title: str, language: Any) -> Any:
        """The part's tags under one Document, with title and language."""
        kids = list(root.K) if isinstance(root.K, pikepdf.Array) else [root.K]
        alone = len(kids) == 1 and kids[0].get("/S") == "/Document"
        document = kids[0] if alone else self._element(kids)
        document.T = title
        if language is not None:
            document.Lang = pikepdf.String(str(language))
        return document

    def _element(self, kids: Sequence[Any]) -> Any:
        found = pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Document, K=pikepdf.Array(kids))
        document = self.out.make_indirect(found)
        for kid in kids:
            kid.P = document
        return document

    def _top(self, page: Any) -> Any:
        return pikepdf.Array([page, pikepdf.Name.XYZ, 0, page.MediaBox[3], 0])

    def contents(self, parts: dict[str, Placed], page_word: str) -> None:
        """Point the links of the contents at the parts; only now, or they would have been taken for its own."""
        for page in list(self.out.pages)[: self.length]:
            for link in page.obj.get("/Annots", ()):
                address = trees.at(link, "/A", "/URI")
                if address is None or not bytes(address).startswith(SCHEME):
                    continue
                name = bytes(address).removeprefix(SCHEME)
                each = parts[name.decode()]
                del link["/A"]
                link["/Dest"] = pikepdf.String(name)
                link["/Contents"] = pikepdf.String(f"{each.part.title}, {page_word} {each.first}")

    def finish(self) -> None:
        """Write what the parts have in common: tag tree, names, bookmarks, page labels."""
        out = self.out
        root = out.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
        document = self._element(self.documents)
        document.P = root
        root.K = pikepdf.Array([document])
        root.ParentTree, root.ParentTreeNextKey = trees.numbers(out, self.parents), self.base
        if self.ids:
            root.IDTree = trees.names(out, self.ids)
        for kind, known in self.maps.items():
            if known:
                root[kind] = pikepdf.Dictionary(known)
        out.Root.StructTreeRoot = root
        out.Root.Names = pikepdf.Dictionary(Dests=trees.names(out, self.targets))
        outline.write(out, self.bookmarks)
        out.Root.PageLabels = _labels(self.length)


def _labels(front: int) -> Any:
    """Roman numbers for the front matter, so that the parts' numbers do not depend on its length."""
    roman, decimal = pikepdf.Dictionary(S=pikepdf.Name.r), pikepdf.Dictionary(S=pikepdf.Name.D)
    return pikepdf.Dictionary(Nums=pikepdf.Array([0, roman, front, decimal]))
