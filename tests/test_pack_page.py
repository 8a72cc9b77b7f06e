"""The page of a pack and its front matter, as readers meet them: found by title and sector, valid, fit for a phone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from briefgen.build.packjob import context, make
from briefgen.pack import News, Part, manifest, news, readable
from briefgen.render import labels
from packs import Press, job

TOOLS = Path(__file__).parent / "tools"
VNU = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
BEYOND = {"color-contrast-enhanced"}
Need = Callable[[object, str], None]


@pytest.fixture(scope="module")
def press() -> Press:
    return Press()


@pytest.fixture(scope="module")
def parts(press: Press, tmp_path_factory: pytest.TempPathFactory) -> list[Part]:
    folder = tmp_path_factory.mktemp("parts")
    made = [press.part(folder, number) for number in range(4)]
    return [*made, press.part(folder, 0, audience="briefing")]


@pytest.fixture(scope="module")
def page(press: Press, parts: list[Part], tmp_path_factory: pytest.TempPathFactory) -> Path:
    told = News(
        False, "2026-11-22", added=(parts[1].name,), changed=(parts[0].name, parts[4].name), withdrawn=("Gone",)
    )
    result = make(job(parts, told), press.engine)
    assert result.code == 0, result.diagnostics
    folder = tmp_path_factory.mktemp("page")
    (folder / "nightly.pdf").write_bytes(result.outputs["pdf"])
    path = folder / "nightly.html"
    path.write_bytes(result.outputs["html"])
    return path


def front_text(page: Path) -> str:
    document = pypdfium2.PdfDocument(page.with_suffix(".pdf").read_bytes())
    return " ".join(document[0].get_textpage().get_text_bounded().split())


def test_the_cover_says_what_is_new(page: Path) -> None:
    text = front_text(page)
    for words in (
        "Nightly pack",
        "New since the pack of 22 November 2026",
        "1 new",
        "1 changed",
        "1 withdrawn",
        "Gone",
    ):
        assert words in text
    assert "Executive brief, Briefing" in text


def test_the_w3c_checker_finds_nothing(page: Path, need: Need) -> None:
    need(shutil.which("java") and VNU.is_file(), "java or tests/tools/node_modules/vnu-jar missing")
    command = ["java", "-jar", str(VNU), "--format", "json", str(page)]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert json.loads(checked.stderr)["messages"] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violation(page: Path, width: int, need: Need) -> None:
    need(shutil.which("node") and (TOOLS / "node_modules" / "playwright-core").is_dir(), "node or tests/tools missing")
    need(CHROMIUM, "chromium is not installed")
    command = ["node", "look.mjs", f"{width}:{page}"]
    env = os.environ | {"CHROMIUM": str(CHROMIUM)}
    seen = subprocess.run(command, cwd=TOOLS, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert seen.returncode == 0, seen.stderr
    view = json.loads(seen.stdout)[0]
    assert [each for each in view["axe"]["violations"] if each["rule"] not in BEYOND] == []
    assert view["scrollWidth"] <= width and view["complaints"] == [] and len(view["requests"]) == 1


SEARCH = """
import { chromium } from "playwright-core";
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, chromiumSandbox: false });
const results = {};
for (const scripted of [true, false]) {
  const context = await browser.newContext({ javaScriptEnabled: scripted });
  const page = await context.newPage();
  await page.goto("file://" + process.argv[2]);
  const shown = () => page.locator("[data-words]:visible").count();
  if (!scripted) {
    results.plain = [await shown(), await page.locator("#search:visible").count()];
    continue;
  }
  for (const words of ["", "malmo NAÏVE", "energ edition", "zzz"]) {
    await page.fill("#words", words);
    results[words] = [await shown(), await page.textContent("#hits")];
  }
}
await browser.close();
process.stdout.write(JSON.stringify(results));
"""


def test_the_search_finds_titles_and_sectors(page: Path, tmp_path: Path, need: Need) -> None:
    need(shutil.which("node") and (TOOLS / "node_modules" / "playwright-core").is_dir(), "node or tests/tools missing")
    need(CHROMIUM, "chromium is not installed")
    script = TOOLS / "node_modules" / f"{tmp_path.name}.mjs"
    script.write_text(SEARCH, encoding="utf-8")
    command = ["node", str(script), str(page)]
    env = os.environ | {"CHROMIUM": str(CHROMIUM)}
    seen = subprocess.run(command, cwd=TOOLS, env=env, capture_output=True, text=True, timeout=120, check=False)
    script.unlink()
    assert seen.returncode == 0, seen.stderr
    assert json.loads(seen.stdout) == {
        "": [5, ""],
        "malmo NAÏVE": [1, "Found: 1"],
        "energ edition": [5, "Found: 5"],
        "zzz": [0, "Nothing found. Try fewer or shorter words."],
        "plain": [5, 0],
    }


def test_a_missing_label_fails_the_front_matter(press: Press, parts: list[Part], tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "pack-foot.html").write_text('<footer class="foot">none</footer>', encoding="utf-8")
    wanted = job(parts)
    result = make(type(wanted)(**{**wanted.__dict__, "folders": (tmp_path, *wanted.folders)}), press.engine)
    assert result.code == 1 and "TLP:GREEN is missing" in result.diagnostics[0].message


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_every_language_has_the_words(press: Press, parts: list[Part], language: str) -> None:
    words, problems = labels(press.assets, language)
    english, _ = labels(press.assets, "en")
    assert problems == []
    names = [name for name in english if name.startswith("pack.")]
    assert len(names) >= 25
    missing = [name for name in names if language != "en" and words[name] == english[name]]
    assert set(missing) <= {"pack.pages", "pack.page_one", "pack.page"}
    assert context(job(parts), words)["groups"][0]["entries"][0]["first"] == 1


# --- Manifest and news ----------------------------------------------------------------------------


def part(name: str, content: str = "a", sha: str = "1") -> Part:
    return Part(f"x/{name}.pdf", Path(), sha, 1, name, name, "x", "X", "TLP:CLEAR", content=content)


def told(parts: list[Part], what: News, day: str | None = None) -> dict[str, Any]:
    return manifest("p", parts, what, date=day, front_pages=1, sha256="0", marking="TLP:CLEAR")


def test_the_first_pack_has_no_news() -> None:
    assert news(None, [part("a")], []) == News(first=True)


def test_new_bytes_with_the_same_words_are_no_news() -> None:
    before = told([part("a"), part("b")], News(), "2026-01-01")
    found = news(before, [part("a", sha="2"), part("b", content="c", sha="2")], [])
    assert found == News(False, "2026-01-01", changed=("x/b.pdf",))


def test_only_what_may_be_told_is_told_as_withdrawn() -> None:
    before = told([part("a"), part("b"), part("c")], News())
    assert news(before, [part("a")], ["x/b.pdf"]).withdrawn == ("b",)


NAMES = st.lists(st.sampled_from("abcdef"), unique=True, min_size=1)


@given(NAMES, NAMES, st.data())
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_pack_made_again_from_its_manifest_has_the_same_news(one: list[str], two: list[str], data: Any) -> None:
    changed = data.draw(st.sets(st.sampled_from(two)))
    before = told([part(name) for name in one], News())
    now = [part(name, content="b", sha="2") if name in changed else part(name) for name in two]
    found = news(before, now, [f"x/{name}.pdf" for name in one])
    if [each.name for each in now] != [f"x/{name}.pdf" for name in one] or changed:
        assert set(found.added) == {f"x/{name}.pdf" for name in set(two) - set(one)}
        assert set(found.changed) == {f"x/{name}.pdf" for name in changed & set(one)}
        assert set(found.withdrawn) == set(one) - set(two)
    again = json.loads(json.dumps(told(now, found)))
    assert readable(again) and news(again, now, []) == found


@pytest.mark.parametrize("damaged", [None, [], {}, {"news": {}, "editions": [{}]}, {"news": 1, "editions": []}])
def test_a_damaged_manifest_is_none(damaged: Any) -> None:
    assert not readable(damaged)


def test_the_date_is_in_the_language_of_the_pack(press: Press, parts: list[Part]) -> None:
    words, _ = labels(press.assets, "en")
    wanted = job(parts)
    dated = type(wanted)(**{**wanted.__dict__, "day": date(2026, 11, 3)})
    assert context(dated, words)["brief"]["issued"] == "3 November 2026"
