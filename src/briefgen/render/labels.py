"""Language -> the words that templates print around the content, and dates as that language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from briefgen.errors import BriefgenError, Diagnostic
from briefgen.render.assets import Assets
from briefgen.yamlread import read

FALLBACK = "en"


def labels(assets: Assets, language: str) -> tuple[dict[str, str], list[Diagnostic]]:
    """The label file of `language`, over English where it has gaps, and a note when there is none."""
    words = _read(assets, FALLBACK)
    primary = language.split("-")[0].lower()
    if primary == FALLBACK:
        return words, []
    if assets.find(f"labels/{primary}.yaml") is None:
        hint = f"add templates/labels/{primary}.yaml; labels/en.yaml shows what it holds"
        message = f"no labels for language '{language}': headings and dates are in English"
        return words, [Diagnostic("note", message, hint=hint)]
    return words | _read(assets, primary), []


def _read(assets: Assets, language: str) -> dict[str, str]:
    path = assets.find(f"labels/{language}.yaml") or Path(f"labels/{language}.yaml")
    changed = path.stat().st_mtime_ns if path.is_file() else 0
    return dict(_words(path, assets.shown(path), changed))


@lru_cache(maxsize=32)
def _words(path: Path, shown: str, _: int) -> dict[str, str]:
    document, problems = read(path, shown)
    if not isinstance(document.data, dict):
        problems.append(document.diagnostic((), "a label file holds 'name: words' lines"))
    if problems:
        raise BriefgenError(*problems)
    return _flat(document.data)


def _flat(data: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Groups become names with a dot: `sectors: {trade: Trade}` is `sectors.trade`."""
    flat: dict[str, str] = {}
    for key, value in data.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = str(value)
    return flat


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
