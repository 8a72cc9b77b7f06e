"""What a template sees: plain data of what was chosen, and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from briefgen.model import Brief, Edition, Wording
from briefgen.render import Renderer
from briefgen.render.context import context
from briefgen.render.labels import labels
from briefgen.workspace import AUDIENCES
from sample import assets, brief, choice, edition

LABELS = labels(assets(), "en")[0]


def seen(of: Edition, chosen: list[tuple[str, Wording]] | None = None, catalogue: bool = False) -> dict[str, Any]:
    fuller = ("briefing", AUDIENCES["briefing"])
    return context(of, choice(of) if chosen is None else chosen, LABELS, fuller, catalogue)


def walk(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    yield path, data
    if isinstance(data, dict):
        for key, value in data.items():
            yield f"{path}.{key} (key)", key
            yield from walk(value, f"{path}.{key}")
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from walk(value, f"{path}[{number}]")


@pytest.mark.parametrize("name", ["executive", "note", "briefing", "public"])
@pytest.mark.parametrize("catalogue", [False, True])
def test_a_template_sees_plain_data_only(name: str, catalogue: bool) -> None:
    plain = (dict, list, str, int, float, bool, type(None))
    odd = [
        (path, type(value))
        for path, value in walk(seen(edition(name), catalogue=catalogue))
        if type(value) not in plain
    ]
    assert odd == []


def test_what_was_not_chosen_is_a_number_only() -> None:
    of = edition()
    first = of.brief.findings[0]
    text = repr(seen(of, [(first.id, "text")]))
    assert first.text in text
    others = [item for _, item in of.brief.items() if item is not first]
    assert [item.id for item in others if item.text in text or f"'{item.id}'" in text] == []
    data = seen(of, [(first.id, "text")])
    assert data["omitted"]["total"] == len(others)
    assert sum(data["omitted"]["sections"].values()) == len(others)


def test_nothing_above_the_clearance_is_seen() -> None:
    hidden = {item.id: item for _, item in brief().items() if item.marking}
    assert hidden
    text = repr(seen(edition("public")))
    for item in hidden.values():
        assert item.id not in text
        assert not any(words in text for words in item.wordings().values())


def test_the_label_is_the_strictest_of_what_is_chosen() -> None:
    of = edition()
    amber = next(item.id for _, item in of.brief.items() if item.marking)
    assert seen(of)["label"] == "TLP:AMBER"
    assert seen(of, [pair for pair in choice(of) if pair[0] != amber])["label"] != "TLP:RED"
    clear = [(item.id, "text") for _, item in of.brief.items() if not item.marking]
    assert seen(of, clear)["label"] == "TLP:CLEAR"


def test_a_catalogue_has_every_wording_under_an_id_of_its_own() -> None:
    of = edition("briefing")
    item = next(item for item in of.brief.findings if len(item.wordings()) == 3)
    pairs = [(item.id, name) for name in item.wordings()]
    found = seen(of, pairs, catalogue=True)["findings"]
    assert [each["id"] for each in found] == [f"{item.id}--{name}" for name in ("headline", "text", "detail")]
    assert [each["in_annex"] for each in found] == [True, False, False]
    assert len({each["number"] for each in found}) == 1


def test_numbers_follow_what_is_chosen() -> None:
    of = edition()
    risks = of.brief.risks
    found = seen(of, [(risks[1].id, "text"), (risks[3].id, "text")])
    assert [each["number"] for each in found["risks"]] == ["R1", "R2"]
    cells = [name for row in found["matrix"]["rows"] for cell in row["cells"] for name in cell["risks"]]
    assert sorted(cells) == ["R1", "R2"]


def test_each_run_of_a_sector_starts_once() -> None:
    found = seen(edition())
    for group in found["sectors"]:
        assert [each["first_of_sector"] for each in group["findings"]] == [True] + [False] * (
            len(group["findings"]) - 1
        )
    assert sum(len(group["findings"]) for group in found["sectors"]) == len(found["findings"])


def risky(*places: tuple[str | None, str | None]) -> Brief:
    first = brief().risks[0]
    risks = tuple(
        first.model_copy(update={"id": f"r{number}", "likelihood": likelihood, "impact": impact})
        for number, (likelihood, impact) in enumerate(places)
    )
    return brief().model_copy(update={"risks": risks})


@pytest.mark.parametrize(
    ("places", "columns"),
    [
        ([("likely", "high")], 3),
        ([("remote", "low")], 3),
        ([("almost certain", "severe")], 3),
        ([("remote", "low"), ("almost certain", "severe")], 7),
        ([("likely", "high"), (None, "high"), ("likely", None)], 3),
    ],
)
def test_the_matrix_shows_every_rated_risk_once(places: list[tuple[str | None, str | None]], columns: int) -> None:
    of = edition().model_copy(update={"brief": risky(*places)})
    matrix = seen(of)["matrix"]
    assert len(matrix["columns"]) == columns
    assert len(matrix["rows"]) in (3, 4)
    cells = [name for row in matrix["rows"] for cell in row["cells"] for name in cell["risks"]]
    assert sorted(cells) == [f"R{at}" for at, place in enumerate(places, 1) if all(place)]
    assert all(0 <= cell["heat"] <= 4 for row in matrix["rows"] for cell in row["cells"])


def test_without_a_rated_risk_there_is_no_matrix() -> None:
    of = edition().model_copy(update={"brief": risky((None, "high"), ("likely", None))})
    assert seen(of)["matrix"] is None


def test_a_rating_joins_source_and_item_and_a_judgement_has_none() -> None:
    of = edition()
    by_id = {each["id"]: each for each in seen(of)["findings"]}
    for item in of.brief.findings:
        wanted = None if item.stance == "assessed" else f"F{item.credibility}"
        assert by_id[item.id]["rating"] == wanted


def test_dates_labels_and_the_fuller_edition() -> None:
    data = seen(edition())
    assert (data["brief"]["issued"], data["brief"]["issued_iso"]) == ("23 November 2026", "2026-11-23")
    assert data["omitted"]["fuller"] == "Briefing"
    assert data["audience"]["title"] == "Executive brief"


def test_a_page_without_anything_for_the_side_column_has_none() -> None:
    bare = edition().brief.model_copy(update={"questions": (), "change_view": None, "risks": ()})
    of = edition().model_copy(update={"brief": bare})
    assert seen(edition())["sided"]
    assert not seen(of)["sided"]
    page = Renderer(assets()).render(of, choice(of), None).html
    assert 'id="main"' in page and 'id="side"' not in page
