"""Language -> the words that templates print around the content, and dates as that language writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from briefgen.errors import BriefgenError, Diagnostic, did_you_mean
from briefgen.render.assets import LABELS, Assets
from briefgen.yamlread import Document, Path_, read

FALLBACK = "en"


def labels(assets: Assets, language: str) -> tuple[dict[str, str], list[Diagnostic]]:
    """The labels of `language`, over English where they have gaps, and what the editor of a label file should know."""
    words, problems = _read(assets, FALLBACK, {})
    primary = language.split("-")[0].lower()
    if primary == FALLBACK:
        return words, problems
    if assets.find(f"{LABELS}{primary}.yaml") is None:
        hint = f"add templates/labels/{primary}.yaml; labels/en.yaml shows what it holds"
        message = f"no labels for language '{language}': headings and dates are in English"
        return words, [*problems, Diagnostic("note", message, hint=hint)]
    own, found = _read(assets, primary, words)
    return words | own, [*problems, *found]


def _read(assets: Assets, language: str, known: Mapping[str, str]) -> tuple[dict[str, str], list[Diagnostic]]:
    """Every label file of `language`, the nearest on top: an override need hold only what it changes."""
    words: dict[str, str] = {}
    told: list[Diagnostic] = []
    for path in reversed(assets.layers(f"{LABELS}{language}.yaml")):
        document = _file(path, assets.shown(path), path.stat().st_mtime_ns)
        found = _words(document)
        if not path.is_relative_to(assets.builtin):
            told += _unused(document, found, {*known, *words})
        words |= {name: text for name, (text, _) in found.items()}
    return words, told


@lru_cache(maxsize=32)
def _file(path: Path, shown: str, _: int) -> Document:
    """A label file, read once as long as it does not change; raises `BriefgenError` with all that is wrong with it."""
    document, problems = read(path, shown)
    if not isinstance(document.data, dict):
        problems.append(document.diagnostic((), "a label file holds 'name: words' lines"))
    if problems := [*problems, *_wordless(document)]:
        raise BriefgenError(*problems)
    return document


def _words(document: Document) -> dict[str, tuple[str, Path_]]:
    """Text and place of each label. Groups become names with a dot: `sectors: {trade: Trade}` is `sectors.trade`."""
    return {".".join(map(str, path)): (str(value), path) for path, value in _leaves(document.data)}


def _leaves(data: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    if not isinstance(data, dict):
        yield path, data
        return
    for key, value in data.items():
        yield from _leaves(value, (*path, key))


def _wordless(document: Document) -> list[Diagnostic]:
    return [
        document.diagnostic(path, f"'{path[-1]}' is not text", "write the words, in quotes if need be")
        for path, value in _leaves(document.data)
        if path and not isinstance(value, str)
    ]


def _unused(document: Document, found: Mapping[str, tuple[str, Path_]], known: set[str]) -> list[Diagnostic]:
    """A note for each name that nothing of ours prints; sectors and terms are the workspace's to name."""
    own = [name for name in found if name not in known and not name.startswith(("sectors.", "terms."))]
    message = "no built-in template prints the label '{}'"
    return [
        document.diagnostic(found[name][1], message.format(name), did_you_mean(name, known), "note", key=True)
        for name in own
    ]


def long_date(day: date | None, language: str) -> str | None:
    """23 November 2026, in the language of the brief, or as ISO 8601 where its rules are not known."""
    if day is None:
        return None
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_date

    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return day.isoformat()
    # CLDR's long form for plain English puts the month first; papers of this kind put the day first.
    pattern = "d MMMM y" if locale.language == "en" and locale.territory != "US" else "long"
    return str(format_date(day, pattern, locale=locale))
