"""Every fault that a join could make is found before a pack is published."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest

from briefgen.pack import Part, join, problems, trees
from briefgen.pack.fonts import font_resources
from packs import Press


@pytest.fixture(scope="module")
def press() -> Press:
    return Press()


@pytest.fixture(scope="module")
def parts(press: Press, tmp_path_factory: pytest.TempPathFactory) -> list[Part]:
    folder = tmp_path_factory.mktemp("parts")
    return [press.part(folder, number) for number in range(3)]


@pytest.fixture(scope="module")
def front(press: Press, parts: list[Part]) -> bytes:
    return press.front(parts)


@pytest.fixture(scope="module")
def whole(front: bytes, parts: list[Part]) -> bytes:
    return join(front, parts)


def links(file: pikepdf.Pdf, page: int) -> list[Any]:
    return list(file.pages[page].obj.Annots)


def elements(file: pikepdf.Pdf, role: str) -> list[Any]:
    return [each for each in file.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == role]


def drop_page(file: pikepdf.Pdf) -> None:
    del file.pages[-1]


def swap_pages(file: pikepdf.Pdf) -> None:
    file.pages[1], file.pages[3] = file.pages[3], file.pages[1]


def other_words(file: pikepdf.Pdf) -> None:
    file.pages[2].obj.Contents = file.pages[4].obj.Contents


def overprint(file: pikepdf.Pdf) -> None:
    stream = file.pages[1].obj.Contents
    stream.write(stream.read_bytes() + b"\n1 1 1 rg 0 0 600 900 re f\n")


def other_fonts(file: pikepdf.Pdf) -> None:
    """The same codes drawn with another face: copied text stays right, only the eye would see it."""
    fonts = next(iter(font_resources(file)))
    one, other = sorted(fonts.keys())[:2]
    descriptors = [fonts[name].DescendantFonts[0].FontDescriptor for name in (one, other)]
    descriptors[0].FontFile2 = descriptors[1].FontFile2


def other_texts(file: pikepdf.Pdf) -> None:
    fonts = next(iter(font_resources(file)))
    stream = fonts[sorted(fonts.keys())[0]].ToUnicode
    stream.write(stream.read_bytes().replace(b"<0065>", b"<0066>"))


def lost_name(file: pikepdf.Pdf) -> None:
    entries = [(bytes(name), target) for name, target in trees.pairs(file.Root.Names.Dests, "/Names")]
    file.Root.Names.Dests = trees.names(file, [each for each in entries if each[0] != b"p0002/s1"])


def link_elsewhere(file: pikepdf.Pdf) -> None:
    links(file, 1)[0].Dest = pikepdf.String(b"p0002/s1")


def contents_elsewhere(file: pikepdf.Pdf) -> None:
    links(file, 0)[1].Dest = pikepdf.String(b"p0003")


def other_address(file: pikepdf.Pdf) -> None:
    link = next(each for each in links(file, 1) if "/A" in each)
    link.A.URI = pikepdf.String("https://example.com/")


def moved_target(file: pikepdf.Pdf) -> None:
    entries = {bytes(name): target for name, target in trees.pairs(file.Root.Names.Dests, "/Names")}
    entries[b"p0001"] = pikepdf.Array([file.pages[3].obj, pikepdf.Name.XYZ, 0, 800, 0])
    file.Root.Names.Dests = trees.names(file, list(entries.items()))


def colliding_numbers(file: pikepdf.Pdf) -> None:
    """What ready-made joiners do: the second part's pages find the tags of the first."""
    file.pages[3].obj.StructParents = file.pages[1].obj.StructParents


def shorter_parent_tree(file: pikepdf.Pdf) -> None:
    root = file.Root.StructTreeRoot
    entries = [(int(key), value) for key, value in trees.pairs(root.ParentTree, "/Nums")]
    root.ParentTree = trees.numbers(file, entries[:-1])


def hollow_parent_tree(file: pikepdf.Pdf) -> None:
    for key, value in trees.pairs(file.Root.StructTreeRoot.ParentTree, "/Nums"):
        if key == file.pages[3].obj.StructParents:
            value[0] = value[1] if value[0].S != value[1].S else None


def lost_document(file: pikepdf.Pdf) -> None:
    document = file.Root.StructTreeRoot.K[0]
    document.K = pikepdf.Array(list(document.K)[:-1])


def other_role(file: pikepdf.Pdf) -> None:
    elements(file, "/TH")[-1].S = pikepdf.Name.TD


def lost_alternative(file: pikepdf.Pdf) -> None:
    del elements(file, "/Figure")[-1]["/Alt"]


def lost_language(file: pikepdf.Pdf) -> None:
    del file.Root.StructTreeRoot.K[0].K[2]["/Lang"]


def lost_ids(file: pikepdf.Pdf) -> None:
    del file.Root.StructTreeRoot["/IDTree"]


def dangling_header(file: pikepdf.Pdf) -> None:
    elements(file, "/TD")[-1].A.Headers = pikepdf.Array([pikepdf.String(b"p0009/none")])


def bookmarks_elsewhere(file: pikepdf.Pdf) -> None:
    file.Root.Outlines.First.Next.Dest = pikepdf.Array([file.pages[0].obj, pikepdf.Name.Fit])


def lost_section(file: pikepdf.Pdf) -> None:
    del file.Root.Outlines.First.Next["/First"]


def other_numbers(file: pikepdf.Pdf) -> None:
    del file.Root["/PageLabels"]


def other_size(file: pikepdf.Pdf) -> None:
    file.pages[2].obj.MediaBox = pikepdf.Array([0, 0, 300, 300])


def lost_link(file: pikepdf.Pdf) -> None:
    file.pages[1].obj.Annots = pikepdf.Array(links(file, 1)[:-1])


FAULTS: dict[Callable[[pikepdf.Pdf], None], str] = {
    drop_page: "pages",
    swap_pages: "its text differs",
    other_words: "what is drawn on it differs",
    overprint: "what is drawn on it differs",
    other_fonts: "is drawn in another way",
    other_texts: "reads as another text",
    lost_name: "leads nowhere",
    link_elsewhere: "leads elsewhere",
    contents_elsewhere: "leads elsewhere",
    other_address: "leads elsewhere",
    moved_target: "do not lead to its first page",
    colliding_numbers: "taken twice",
    shorter_parent_tree: "not in the parent tree",
    hollow_parent_tree: "names other tags",
    lost_document: "it is not in the tag tree",
    other_role: "its tags differ",
    lost_alternative: "its tags differ",
    lost_language: "its language is not told",
    lost_ids: "can be found",
    dangling_header: "cannot be found",
    bookmarks_elsewhere: "bookmarks",
    lost_section: "sections differ",
    other_numbers: "page numbers",
    other_size: "its size differs",
    lost_link: "links instead of",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(
    whole: bytes, front: bytes, parts: list[Part], fault: Callable[[pikepdf.Pdf], None]
) -> None:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(whole)) as file:
        fault(file)
        file.save(target, deterministic_id=True)
    assert target.getvalue() != whole
    found = problems(target.getvalue(), front, parts)
    assert any(FAULTS[fault] in each for each in found), found


def test_an_untouched_copy_has_none(whole: bytes, front: bytes, parts: list[Part]) -> None:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(whole)) as file:
        file.save(target)
    assert problems(target.getvalue(), front, parts) == []


def test_parts_in_another_order_are_another_pack(whole: bytes, front: bytes, parts: list[Part]) -> None:
    assert problems(whole, front, [parts[1], parts[0], parts[2]])


def test_a_file_that_is_no_pdf_is_told(front: bytes, parts: list[Part]) -> None:
    assert "cannot be read" in problems(b"nothing", front, parts)[0]


def test_no_more_than_enough_is_told(front: bytes, parts: list[Part], whole: bytes) -> None:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(whole)) as file:
        for page in file.pages:
            page.obj.MediaBox = pikepdf.Array([0, 0, 300, 300])
            page.obj.Annots = pikepdf.Array()
        file.save(target)
    assert len(problems(target.getvalue(), front, parts)) == 20
