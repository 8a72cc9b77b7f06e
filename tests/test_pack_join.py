"""A pack holds what its parts hold: pages, words, tags, links, bookmarks, glyphs; and the same bytes each time."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from briefgen.pack import PackError, Part, join, problems, trees
from briefgen.pack.faces import Face, Union
from briefgen.pack.fonts import Reader, font_resources
from briefgen.pack.verify import walked
from packs import Press, as_part

Need = Callable[[object, str], None]


@pytest.fixture(scope="module")
def press() -> Press:
    return Press()


@pytest.fixture(scope="module")
def parts(press: Press, tmp_path_factory: pytest.TempPathFactory) -> list[Part]:
    folder = tmp_path_factory.mktemp("parts")
    return [press.part(folder, number, pages=1 + number % 3) for number in range(5)]


@pytest.fixture(scope="module")
def front(press: Press, parts: list[Part]) -> bytes:
    return press.front(parts)


@pytest.fixture(scope="module")
def whole(front: bytes, parts: list[Part]) -> bytes:
    return join(front, parts)


@pytest.fixture
def opened(whole: bytes) -> Any:
    with pikepdf.open(io.BytesIO(whole)) as file:
        yield file


def test_nothing_differs_from_the_parts(whole: bytes, front: bytes, parts: list[Part]) -> None:
    assert problems(whole, front, parts) == []


def test_qpdf_finds_it_clean(whole: bytes, tmp_path: Path, need: Need) -> None:
    need(shutil.which("qpdf"), "qpdf is not installed")
    (tmp_path / "pack.pdf").write_bytes(whole)
    checked = subprocess.run(["qpdf", "--check", tmp_path / "pack.pdf"], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_pages_look_the_same(whole: bytes, front: bytes, parts: list[Part]) -> None:
    def pictures(data: bytes) -> list[bytes]:
        document = pypdfium2.PdfDocument(data)
        found = [bytes(page.render(scale=1.5).buffer) for page in document]
        document.close()
        return found

    before = [picture for data in (front, *(part.read() for part in parts)) for picture in pictures(data)]
    assert pictures(whole) == before


def test_one_tree_with_a_document_for_each_part(opened: pikepdf.Pdf, parts: list[Part]) -> None:
    root = opened.Root.StructTreeRoot
    assert [str(each.S) for each in root.K] == ["/Document"]
    documents = list(root.K[0].K)
    assert [str(each.T) for each in documents] == ["Pack", *(part.title for part in parts)]
    assert [str(each.Lang) for each in documents] == ["en", *(part.language for part in parts)]
    assert "fr" in {part.language for part in parts}
    assert all(each.P.objgen == root.K[0].objgen for each in documents)
    kinds = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary)]
    assert sum(each.get("/Type") == "/StructTreeRoot" for each in kinds) == 1


def test_the_tags_are_equal_part_by_part(opened: pikepdf.Pdf, front: bytes, parts: list[Part]) -> None:
    documents = list(opened.Root.StructTreeRoot.K[0].K)
    numbers = {page.obj.objgen: at for at, page in enumerate(opened.pages)}
    start, seen = 0, 0
    for at, data in enumerate([front, *(part.read() for part in parts)]):
        with pikepdf.open(io.BytesIO(data)) as file:
            own = {page.obj.objgen: start + number for number, page in enumerate(file.pages)}
            before = walked(file.Root.StructTreeRoot.K[0], own, b"p%04d/" % at)
            assert walked(documents[at], numbers, b"") == before
            start, seen = start + len(file.pages), seen + len(before)
    assert seen > 200


def test_the_parent_tree_is_complete(opened: pikepdf.Pdf) -> None:
    tree = opened.Root.StructTreeRoot
    keys = [int(key) for key, _ in trees.pairs(tree.ParentTree, "/Nums")]
    needed = [int(page.obj.StructParents) for page in opened.pages]
    needed += [int(link.StructParent) for page in opened.pages for link in page.obj.get("/Annots", ())]
    assert sorted(needed) == keys == sorted(set(keys))
    assert int(tree.ParentTreeNextKey) == len(keys)


def test_cells_find_their_headers(opened: pikepdf.Pdf) -> None:
    ids = [bytes(name) for name, _ in trees.pairs(opened.Root.StructTreeRoot.IDTree, "/Names")]
    cells = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/TD"]
    needed = {bytes(name) for cell in cells for name in cell.A.Headers}
    assert ids == sorted(set(ids)) and len(ids) >= 15
    assert needed and needed <= set(ids)


def test_links_stay_in_their_part(opened: pikepdf.Pdf) -> None:
    targets = {bytes(name): target for name, target in trees.pairs(opened.Root.Names.Dests, "/Names")}
    numbers = {page.obj.objgen: at for at, page in enumerate(opened.pages)}
    links = [link for page in list(opened.pages)[1:] for link in page.obj.get("/Annots", ())]
    inside = [bytes(link.Dest) for link in links if "/Dest" in link]
    addresses = [str(link.A.URI) for link in links if "/A" in link]
    assert len(inside) >= 5 and all(targets[name][0].objgen in numbers for name in inside)
    assert addresses == [f"https://example.org/{number}" for number in range(5)]


def test_the_contents_lead_to_the_parts(opened: pikepdf.Pdf, parts: list[Part]) -> None:
    targets = {bytes(name): target for name, target in trees.pairs(opened.Root.Names.Dests, "/Names")}
    numbers = {page.obj.objgen: at for at, page in enumerate(opened.pages)}
    links = list(opened.pages[0].obj.Annots)
    first = [1 + sum(part.pages for part in parts[:at]) for at in range(len(parts))]
    assert [numbers[targets[bytes(link.Dest)][0].objgen] for link in links] == first
    assert [str(link.Contents) for link in links] == [
        f"{part.title}, page {number}" for part, number in zip(parts, first, strict=True)
    ]


def test_bookmarks_are_two_levels_deep(opened: pikepdf.Pdf, parts: list[Part]) -> None:
    with opened.open_outline() as outline:
        assert [each.title for each in outline.root] == ["Pack", *(part.title for part in parts)]
        assert [len(each.children) for each in outline.root[1:]] == [part.pages - 1 for part in parts]
        assert all(not below.children for each in outline.root for below in each.children)
        assert all(each.is_closed for each in outline.root if each.children)
    assert opened.Root.PageMode == "/UseOutlines"


def test_page_labels_are_roman_before_the_parts(opened: pikepdf.Pdf) -> None:
    assert [page.label for page in opened.pages] == ["i", *(str(at) for at in range(1, len(opened.pages)))]


def test_what_makes_it_pdf_ua_is_there(opened: pikepdf.Pdf) -> None:
    assert b"pdfuaid:part" in opened.Root.Metadata.read_bytes()
    assert opened.Root.MarkInfo.Marked and opened.Root.ViewerPreferences.DisplayDocTitle
    assert (str(opened.Root.Lang), str(opened.docinfo["/Title"])) == ("en", "Pack")
    assert all(page.obj.Tabs == "/S" for page in opened.pages if "/Annots" in page.obj)
    assert "/ModDate" not in opened.docinfo and "/CreationDate" not in opened.docinfo


def test_each_face_is_stored_once(opened: pikepdf.Pdf) -> None:
    fonts = {font.objgen: font for each in font_resources(opened) for font in each.values()}
    names = [str(font.BaseFont).partition("+")[2] for font in fonts.values()]
    files = {font.DescendantFonts[0].FontDescriptor.FontFile2.objgen for font in fonts.values()}
    assert len(files) == len(set(names)) >= 2


def test_united_subsets_draw_every_glyph_as_before(parts: list[Part]) -> None:
    faces = []
    for part in parts:
        with pikepdf.open(io.BytesIO(part.read())) as file:
            reader = Reader()
            found = [reader.font(font) for each in font_resources(file) for font in each.values()]
            faces += [font.face for font in found if font and str(font.dictionary.BaseFont).endswith("SmText")]
    union = Union(faces[0])
    for face in faces[1:]:
        union.add(face)
    united = Face(union.data(), set().union(*(face.used for face in faces)))
    composites = 0
    for face in faces:
        for glyph in face.used:
            assert face.drawing(glyph) == united.drawing(glyph)
            composites += bool(face.drawing(glyph)[2])
    assert len(faces) == 5 and composites >= 10


def test_the_united_font_opens_in_another_reader(opened: pikepdf.Pdf) -> None:
    from fontTools.ttLib import TTFont

    fonts = [font for each in font_resources(opened) for font in each.values()]
    assert fonts
    for font in fonts:
        file = TTFont(io.BytesIO(font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()), checkChecksums=2)
        glyphs = file["glyf"]
        assert all(set(glyphs[name].getComponentNames(glyphs)) <= set(glyphs.keys()) for name in glyphs.keys())  # noqa: SIM118


def test_a_pack_of_one(press: Press, parts: list[Part]) -> None:
    front = press.front(parts[:1])
    assert problems(join(front, parts[:1]), front, parts[:1]) == []


def test_parts_of_two_audiences_are_told_apart(press: Press, tmp_path: Path) -> None:
    parts = [press.part(tmp_path, 1), press.part(tmp_path, 1, audience="briefing")]
    front = press.front(parts)
    whole = join(front, parts)
    assert problems(whole, front, parts) == []
    with pikepdf.open(io.BytesIO(whole)) as file, file.open_outline() as outline:
        assert [each.title.rpartition(" · ")[2] for each in outline.root[1:]] == ["executive", "briefing"]


def test_the_same_bytes_again(whole: bytes, front: bytes, parts: list[Part]) -> None:
    assert join(front, parts) == whole


def attach(file: pikepdf.Pdf) -> None:
    file.attachments["a.txt"] = b"attached"


def untag(file: pikepdf.Pdf) -> None:
    del file.Root.StructTreeRoot


REFUSED: dict[str, Callable[[pikepdf.Pdf], object]] = {
    "form fields": lambda file: setattr(file.Root, "AcroForm", pikepdf.Dictionary(Fields=pikepdf.Array())),
    "layers": lambda file: setattr(file.Root, "OCProperties", pikepdf.Dictionary()),
    "attached files": attach,
    "no tags": untag,
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_a_join_would_lose_is_refused(parts: list[Part], front: bytes, what: str, tmp_path: Path) -> None:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(parts[1].read())) as file:
        REFUSED[what](file)
        file.save(target)
    with pytest.raises(PackError, match=what):
        join(front, [parts[0], as_part(tmp_path, 1, target.getvalue())])


def test_a_part_that_changed_on_disk_is_refused(press: Press, tmp_path: Path) -> None:
    part = press.part(tmp_path, 1)
    front = press.front([part])
    part.path.write_bytes(part.path.read_bytes() + b"\n")
    with pytest.raises(PackError, match="changed after it was published"):
        join(front, [part])
    part.path.unlink()
    with pytest.raises(PackError, match="cannot be read"):
        join(front, [part])


@pytest.mark.slow
def test_fifty_parts(press: Press, tmp_path: Path) -> None:
    parts = [press.part(tmp_path, number, pages=1 + number % 2) for number in range(50)]
    front = press.front(parts)
    whole = join(front, parts)
    assert problems(whole, front, parts) == []
    with pikepdf.open(io.BytesIO(whole)) as file:
        limits = [leaf.Limits for leaf in file.Root.StructTreeRoot.ParentTree.Kids]
        assert len(limits) > 1 and all(int(one[1]) < int(other[0]) for one, other in pairwise(limits))
    assert len(whole) < sum(len(part.read()) for part in parts) / 2


JOIN = """
import sys
from hashlib import sha256
from pathlib import Path
from briefgen.pack import Part, join
folder = Path(sys.argv[1])
parts = []
for path in sorted((folder / "executive").glob("*.pdf")):
    data = path.read_bytes()
    pages = int(path.with_suffix(".pages").read_text())
    parts.append(Part(f"executive/{path.name}", path, sha256(data).hexdigest(), pages, path.stem, path.stem,
                      "executive", "executive", "TLP:GREEN"))
print(sha256(join((folder / "front.pdf").read_bytes(), parts)).hexdigest())
"""


def test_the_same_bytes_in_any_surroundings(press: Press, tmp_path: Path) -> None:
    made = [press.part(tmp_path / "one", number) for number in range(3)]
    (tmp_path / "one" / "front.pdf").write_bytes(press.front(made))
    for part in made:
        part.path.with_suffix(".pages").write_text(str(part.pages))
    shutil.copytree(tmp_path / "one", tmp_path / "elsewhere" / "two")

    def joined(folder: Path, **env: str) -> str:
        command = [sys.executable, "-c", JOIN, str(folder)]
        done = subprocess.run(command, cwd=folder, env=os.environ | env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    one = joined(tmp_path / "one", TZ="UTC", PYTHONHASHSEED="1", LC_ALL="C")
    two = joined(tmp_path / "elsewhere" / "two", TZ="Asia/Tokyo", PYTHONHASHSEED="2", LC_ALL="C.UTF-8")
    assert one == two and len(one) == 64
