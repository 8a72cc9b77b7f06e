"""The words around the content, in the language of the brief."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from briefgen.errors import BriefgenError
from briefgen.model import IMPACTS, SCALES
from briefgen.render.labels import labels, long_date
from briefgen.workspace import SECTORS
from sample import assets, render

LANGUAGES = ("en", "fr", "ru")


def known(language: str) -> dict[str, str]:
    words, problems = labels(assets(), language)
    assert problems == []
    return words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_built_in_language_has_every_word(language: str) -> None:
    words = known(language)
    needed = {*known("en"), *(f"sectors.{each}" for each in SECTORS), *(f"impact_levels.{each}" for each in IMPACTS)}
    assert needed <= set(words)
    assert all(words.values())
    same = [name for name in known("en") if words[name] == known("en")[name]]
    assert language == "en" or len(same) < 0.15 * len(words), same


@pytest.mark.parametrize("language", ["fr", "ru"])
def test_every_term_of_a_scale_is_translated(language: str) -> None:
    words = known(language)
    terms = {word for scale in SCALES.values() for term in scale for word in term.words}
    assert [term for term in terms if f"terms.{term}" not in words] == []


@pytest.mark.parametrize(
    ("language", "heading", "day"),
    [
        ("en", "Bottom line", "23 November 2026"),
        ("en-US", "Bottom line", "November 23, 2026"),
        ("fr", None, "23 novembre 2026"),
        ("ru", None, "23 ноября 2026"),
        ("fr-CA", None, "23 novembre 2026"),
    ],
)
def test_headings_and_dates_are_in_the_language_of_the_brief(language: str, heading: str | None, day: str) -> None:
    html = render("executive", language=language).html
    assert f'<html lang="{language}">' in html
    assert day in html
    assert (heading in html) if heading else (">Bottom line<" not in html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_tlp_labels_are_never_translated(language: str) -> None:
    assert render("executive", language=language).html.count('translate="no">TLP:AMBER<') == 2


def test_an_unknown_language_falls_back_to_english_and_says_so() -> None:
    words, problems = labels(assets(), "pl")
    assert words == known("en")
    assert [each.severity for each in problems] == ["note"]
    assert "labels/pl.yaml" in (problems[0].hint or "")
    assert "23 listopada 2026" in render("executive", language="pl").html


def test_own_labels_go_over_the_built_in_ones(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    (folder / "labels").mkdir(parents=True)
    (folder / "labels" / "de.yaml").write_text("bottom_line: Kernaussage\nsectors: {trade: Handel}\n", encoding="utf-8")
    words, problems = labels(assets(folder), "de-AT")
    assert problems == []
    assert (words["bottom_line"], words["sectors.trade"], words["summary"]) == ("Kernaussage", "Handel", "Summary")


@pytest.mark.parametrize(
    ("text", "said"), [("- a\n- b\n", "name: words"), ("a: [", "invalid YAML"), ("a: 1\na: 2", "a")]
)
def test_a_label_file_of_another_form_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    folder = tmp_path / "templates"
    (folder / "labels").mkdir(parents=True)
    (folder / "labels" / "de.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BriefgenError) as caught:
        labels(assets(folder), "de")
    assert said in caught.value.diagnostics[0].message
    assert caught.value.diagnostics[0].file == "templates/labels/de.yaml"


def labelled(folder: Path, language: str, text: str) -> None:
    (folder / "labels").mkdir(parents=True, exist_ok=True)
    (folder / "labels" / f"{language}.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_one_label_is_changed_alone(tmp_path: Path, language: str) -> None:
    labelled(tmp_path / "templates", language, "findings: What we found\n")
    words, problems = labels(assets(tmp_path / "templates"), language)
    assert problems == []
    assert words == known(language) | {"findings": "What we found"}


def test_a_brief_changes_what_its_workspace_has_changed(tmp_path: Path) -> None:
    labelled(tmp_path / "brief", "en", "findings: Of the brief\n")
    labelled(tmp_path / "desk", "en", "findings: Of the desk\nrisks: Risks of the desk\n")
    words, _ = labels(assets(tmp_path / "brief", tmp_path / "desk"), "en")
    assert (words["findings"], words["risks"]) == ("Of the brief", "Risks of the desk")


def test_what_a_label_file_holds_under_it_counts_too(tmp_path: Path) -> None:
    labelled(tmp_path / "brief", "en", "findings: Of the brief\n")
    labelled(tmp_path / "desk", "en", "risks: Before\n")
    files = assets(tmp_path / "brief", tmp_path / "desk")
    before = files.contents("labels/en.yaml")
    labelled(tmp_path / "desk", "en", "risks: After\n")
    assert files.contents("labels/en.yaml") != before


def test_a_misspelt_label_is_told_with_the_nearest(tmp_path: Path) -> None:
    labelled(tmp_path / "templates", "en", "risks: Risks\nfindigs: Found\nsectors: {space: Space}\n")
    _, problems = labels(assets(tmp_path / "templates"), "en")
    assert [(each.severity, each.line, each.hint) for each in problems] == [("note", 2, "did you mean 'findings'?")]


@pytest.mark.parametrize("text", ["findings:\n", "findings: [a]\n", "findings: true\n", "sectors: {trade: }\n"])
def test_a_label_without_words_is_refused_at_its_line(tmp_path: Path, text: str) -> None:
    labelled(tmp_path / "templates", "en", text)
    with pytest.raises(BriefgenError, match=r"en\.yaml:1:\d+: '\w+' is not text"):
        labels(assets(tmp_path / "templates"), "en")


def test_dates_of_unknown_languages_are_iso() -> None:
    assert long_date(date(2026, 11, 3), "xx-unknown") == "2026-11-03"
    assert long_date(None, "en") is None
