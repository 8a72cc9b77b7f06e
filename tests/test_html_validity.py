"""The HTML editions in the W3C's checker and in a real browser: valid, accessible, self-contained, fit for a phone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import yaml

import briefgen.layout
from conftest import AUDIENCES, BRIEF, Built, Once, copy_workspace, run_briefgen

TOOLS = Path(__file__).parent / "tools"
VNU = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
DESK, PHONE = 1280, 390
# EN 301 549 asks for WCAG level AA; this rule alone is AAA. All others of axe's rules run, best practices too.
BEYOND = {"color-contrast-enhanced"}
PLAIN = Path(briefgen.layout.__file__).parent / "fonts.conf"
Need = Callable[[object, str], None]

# A brief that tries the page: no spaces to break at, three scripts, signs that HTML knows, every optional part absent.
LONG = "сверхдлинноесловобезпробеловкотороенельзяразорватьпоправиламинепоместитьвстрокунателефоне"
ADDRESS = "https://example.org/a/very/long/address/without/any/place/to/break?and=a&query=that_goes_on_and_on_and_on"
QUOTE = "[{exact: A quote & a <tag> in it., start: 0, end: 24}]"
HARD = f"""
title: "Донаудампфшиффартсэлектрицитетенхауптбетрибсверкбауунтербеамтенгезельшафт & <b>Łukašenka</b> Беларусь ў №"
language: ru
marking: TLP:GREEN
sources: [{{id: S1, file: seeds/hard.txt, title: "A & B <c>", url: "https://example.org/a?b=1&c=2"}}]
findings:
  - {{id: long-word, sector: industry, stance: reported, text: "Сообщается: {LONG} <i> & «Ў».", evidence: {QUOTE}}}
  - {{id: long-address, sector: foreign-affairs, stance: reported, text: "По данным {ADDRESS}", evidence: {QUOTE}}}
"""
# A page from right to left, with letters that join.
ARABIC = """
title: ارتفاع صادرات الحبوب
language: ar
marking: TLP:GREEN
sources: [{id: S1, file: seeds/hard.txt, title: تقرير}]
findings:
  - {id: grain, sector: trade, stance: reported, text: أعلنت الوزارة أن الصادرات ارتفعت., evidence: QUOTE}
risks:
  - {id: drought, text: قد يؤدي الجفاف إلى انخفاض المحصول., stated_by: الخبراء, evidence: QUOTE}
""".replace("QUOTE", QUOTE)


def visible_words(markdown: str) -> str:
    """The letters and digits of a wording, as any reader of the page must find them."""
    return letters(re.sub(r"\]\([^)]*\)", "", markdown))


def letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


@pytest.fixture(scope="session")
def pages(built: Built, once: Once) -> dict[str, Path]:
    """Every HTML edition by name: the four of the example, and those of a brief that is hard to set,
    and one from right to left."""

    def make(folder: Path) -> None:
        copy_workspace(folder)
        (folder / "content" / "hard").mkdir()
        (folder / "content" / "hard" / "brief.yaml").write_text(HARD, encoding="utf-8")
        (folder / "content" / "arabic").mkdir()
        (folder / "content" / "arabic" / "brief.yaml").write_text(ARABIC, encoding="utf-8")
        (folder / "seeds" / "hard.txt").write_text("A quote & a <tag> in it.\n", encoding="utf-8")
        result = run_briefgen("build", "hard", "arabic", "-f", "html", cwd=folder)
        assert result.returncode == 0, result.stderr

    hard = once("hard", make) / "build"
    found = {audience: built.path(audience, "html") for audience in AUDIENCES}
    found |= {f"hard-{path.parent.name}": path for path in sorted(hard.glob("*/hard.html"))}
    return found | {"arabic": hard / "executive" / "arabic.html"}


@pytest.fixture(scope="session")
def views(pages: dict[str, Path], once: Once, need: Need) -> dict[tuple[str, int], dict[str, Any]]:
    """What look.mjs saw of every page, by name and width; printed pages lie in the view's `printed`."""
    need(shutil.which("node") and (TOOLS / "node_modules" / "playwright-core").is_dir(), "node or tests/tools missing")
    need(CHROMIUM, "chromium is not installed")

    def make(folder: Path) -> None:
        for name, path in pages.items():
            shutil.copy(path, folder / f"{name}.html")
        asked = [f"{width}:{folder / name}.html" for name in pages for width in (DESK, PHONE)]
        seen = subprocess.run(
            ["node", "look.mjs", *asked],
            cwd=TOOLS,
            # Font settings without a word on hinting: letters on the screen get widths that no paper has.
            env=os.environ | {"PRINT_TO": str(folder), "CHROMIUM": str(CHROMIUM), "FONTCONFIG_FILE": str(PLAIN)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert seen.returncode == 0, seen.stderr
        (folder / "views.json").write_text(seen.stdout, encoding="utf-8")

    folder = once("views", make)
    each = json.loads((folder / "views.json").read_text(encoding="utf-8"))
    return {
        (Path(view["file"]).stem, view["width"]): view
        | {"printed": folder / f"{view['width']}-{Path(view['file']).name}.pdf"}
        for view in each
    }


def kept_texts(built: Built, audience: str) -> Iterator[tuple[str, list[str]]]:
    """Every kept item with the wordings of which one must be on the page."""
    brief = yaml.safe_load((built.workspace / "content" / BRIEF / "brief.yaml").read_text(encoding="utf-8"))
    items = {item["id"]: item for part in ("summary", "findings", "risks", "questions") for item in brief[part]}
    for item in built.target(audience, "html")["kept"]:
        yield item, [visible_words(items[item][name]) for name in ("headline", "text", "detail") if name in items[item]]


@pytest.mark.slow
def test_the_w3c_checker_finds_nothing(pages: dict[str, Path], need: Need) -> None:
    need(shutil.which("java") and VNU.is_file(), "java or tests/tools/node_modules/vnu-jar missing")
    files = [str(path) for path in pages.values()]
    checked = subprocess.run(
        ["java", "-jar", str(VNU), "--format", "json", *files], capture_output=True, text=True, timeout=300, check=False
    )
    assert len(files) >= 7
    assert json.loads(checked.stderr)["messages"] == []


@pytest.mark.slow
def test_axe_finds_no_violation(views: dict[tuple[str, int], dict[str, Any]]) -> None:
    found = {
        f"{name} at {width}: {each['rule']}": each["where"]
        for (name, width), view in views.items()
        for each in view["axe"]["violations"]
        if each["rule"] not in BEYOND
    }
    assert all(view["axe"]["passes"] > 40 for view in views.values())
    assert found == {}


@pytest.mark.slow
def test_a_page_asks_for_nothing_but_itself(views: dict[tuple[str, int], dict[str, Any]]) -> None:
    for (name, _), view in views.items():
        asked = [address for address in view["requests"] if not address.startswith("data:")]
        assert asked == [Path(view["file"]).as_uri()]
        assert view["complaints"] == [] and view["failed"] == []
        own = ("Source Serif 4", "Source Sans 3", *(["Noto "] if name == "arabic" else []))
        assert {font for font in view["fonts"] if not font.startswith(own)} == set()


@pytest.mark.slow
def test_no_page_scrolls_sideways(views: dict[tuple[str, int], dict[str, Any]]) -> None:
    assert {
        (name, width): view["scrollWidth"] for (name, width), view in views.items() if view["scrollWidth"] > width
    } == {}


@pytest.mark.slow
@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_kept_item_can_be_read(
    built: Built, views: dict[tuple[str, int], dict[str, Any]], audience: str, width: int
) -> None:
    shown = views[audience, width]["shown"]
    for item, wordings in kept_texts(built, audience):
        box = shown[item]
        assert any(words in letters(box["text"]) for words in wordings), item
        assert box["height"] >= 12 and box["left"] >= 0 and box["right"] <= width, item


@pytest.mark.slow
def test_the_first_key_press_offers_to_skip_to_the_content(views: dict[tuple[str, int], dict[str, Any]]) -> None:
    for view in views.values():
        first = view["first_stop"]
        assert first["href"] == "#content" and first["left"] >= 0 and first["top"] >= 0, view["file"]


@pytest.mark.slow
@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("audience", AUDIENCES)
def test_printed_from_a_browser_it_is_the_same_paper(
    built: Built, views: dict[tuple[str, int], dict[str, Any]], audience: str, width: int
) -> None:
    """All text, the label in head and foot of every page, and no more pages than the PDF has."""
    document = pypdfium2.PdfDocument(views[audience, width]["printed"])
    texts = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    label = "TLP:CLEAR" if audience == "public" else "TLP:AMBER"
    assert len(texts) == built.target(audience)["pages"]
    assert all(text.count(label) >= 2 for text in texts)
    everything = letters("".join(texts))
    missing = [item for item, words in kept_texts(built, audience) if not any(each in everything for each in words)]
    assert missing == []


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_address_is_loaded_from_elsewhere(built: Built, audience: str) -> None:
    """Also without a browser: nothing but data: behind src, url() and the like."""
    page = built.path(audience, "html").read_text(encoding="utf-8")
    loads = re.findall(r"""(?:\ssrc|\ssrcset|\sdata|\sposter)\s*=\s*["']?([^"'\s>]+)|url\(\s*["']?([^)"']+)""", page)
    assert [each for pair in loads for each in pair if each and not each.startswith("data:")] == []
    assert not re.search(r"<(script|link|iframe|object|embed|base)\b", page)
    assert not re.search(r"@import|\son\w+\s*=", page)
