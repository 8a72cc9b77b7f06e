"""content/<name>/brief.yaml -> Brief, with the place of every value and every problem found in one pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from briefgen.errors import BriefgenError, Diagnostic, did_you_mean, has_errors
from briefgen.model import SCALES, SECTIONS, Brief, Marking
from briefgen.yamlread import Document, Path_, read, validate

# Names that templates use as ids of their own; an item called so would make a second one.
RESERVED = frozenset(
    {"title", "masthead", "bottom-line", "change-view", "matrix", "main", "side", "top", "end", "content"}
    | {"sources", "evidence", "omitted", "key", *SECTIONS}
)


@dataclass(frozen=True)
class Loaded:
    """A brief with the file it came from; `problems` holds its warnings and notes."""

    name: str
    brief: Brief
    document: Document
    problems: tuple[Diagnostic, ...] = ()


def load(path: Path, name: str, shown: str, sectors: Sequence[str]) -> Loaded:
    """Read the brief at `path`, called `shown` in messages; raises `BriefgenError` with all its problems."""
    document, problems = read(path, shown)
    brief, found = validate(Brief, document)
    problems += found
    if isinstance(document.data, dict):
        problems += meaning(document, sectors)
    problems = sorted(set(problems), key=lambda each: (each.line or 0, each.column or 0, each.message))
    if brief is None or has_errors(problems):
        raise BriefgenError(*problems)
    return Loaded(name, brief, document, tuple(problems))


def meaning(document: Document, sectors: Sequence[str]) -> list[Diagnostic]:
    """What the form of the fields cannot show: references, ids, markings, terms of the chosen scale."""
    rules: tuple[Callable[[Document, Sequence[str]], Iterator[Diagnostic]], ...] = (
        _sectors, _ids, _sources, _evidence, _markings, _terms, _attributions, _judgement,
    )  # fmt: skip
    return [each for rule in rules for each in rule(document, sectors)]


def _entries(data: Any, *sections: str) -> Iterator[tuple[Path_, dict[str, Any]]]:
    """The entries of the named lists that have fields at all; the model reports the others."""
    for section in sections:
        entries = data.get(section)
        for number, entry in enumerate(entries if isinstance(entries, list) else []):
            if isinstance(entry, dict):
                yield (section, number), entry


def _items(data: Any) -> Iterator[tuple[Path_, dict[str, Any]]]:
    return _entries(data, *SECTIONS)


def item_paths(data: Any) -> dict[str, Path_]:
    """Where each item stands in a brief's data, by its id."""
    return {str(entry.get("id")): path for path, entry in _items(data)}


def _sectors(document: Document, sectors: Sequence[str]) -> Iterator[Diagnostic]:
    for path, finding in _entries(document.data, "findings"):
        sector = finding.get("sector")
        if isinstance(sector, str) and sector not in sectors:
            hint = did_you_mean(sector, sectors)
            yield document.diagnostic((*path, "sector"), f"unknown sector '{sector}'", hint)


def _ids(document: Document, _: Sequence[str]) -> Iterator[Diagnostic]:
    seen: dict[str, Path_] = {}
    for path, entry in (*_entries(document.data, "sources"), *_items(document.data)):
        name = entry.get("id")
        if not isinstance(name, str):
            continue
        if name in RESERVED:
            message = f"id '{name}' is used by the templates"
            yield document.diagnostic((*path, "id"), message, "choose another")
        if name in seen:
            line = document.place((*seen[name], "id"))[0]
            hint = f"line {line} has it already; every id is unique in the brief"
            yield document.diagnostic((*path, "id"), f"duplicate id '{name}'", hint)
        seen.setdefault(name, path)


def _source_ids(data: Any) -> list[str]:
    return [str(source.get("id")) for _, source in _entries(data, "sources")]


def _sources(document: Document, _: Sequence[str]) -> Iterator[Diagnostic]:
    known = _source_ids(document.data)
    if not known:
        return  # the model reports that; every quote would only repeat it
    for path, evidence in _quotes(document.data):
        source = evidence.get("source")
        if isinstance(source, str) and source not in known:
            hint = did_you_mean(source, known)
            yield document.diagnostic((*path, "source"), f"unknown source '{source}'", hint)
        if source is None and len(known) > 1:
            hint = f"add 'source: {known[0]}', or another of: {', '.join(known)}"
            yield document.diagnostic(path, "the quote does not say which source it is from", hint)


def _quotes(data: Any) -> Iterator[tuple[Path_, dict[str, Any]]]:
    for path, item in _items(data):
        quotes = item.get("evidence")
        for number, quote in enumerate(quotes if isinstance(quotes, list) else []):
            if isinstance(quote, dict):
                yield (*path, "evidence", number), quote


def _evidence(document: Document, _: Sequence[str]) -> Iterator[Diagnostic]:
    for path, item in _items(document.data):
        if _bare(item) and path[0] != "questions" and item.get("stance") != "assessed":
            hint = "quote the words of the source that say it, or mark it 'stance: assessed'"
            if path[0] == "summary":
                hint = "quote the words of the source that say it"
            yield document.diagnostic(path, f"{_called(path, item)} has no evidence", hint)
    for path, quote in _quotes(document.data):
        start, end = (quote.get(name) for name in ("start", "end"))
        if _offset(start) and _offset(end) and int(start) >= int(end):
            hint = "offsets count code points from 0, the end exclusive"
            yield document.diagnostic((*path, "end"), f"the quote ends at {end} but starts at {start}", hint)
        elif (start is None) != (end is None):
            message = "the quote has only one of 'start' and 'end'"
            yield document.diagnostic(path, message, "give both, or neither")


def _bare(item: dict[str, Any]) -> bool:
    """No evidence, or an empty list; anything else that is not evidence is the model's to report."""
    return bool(item.get("evidence", []) == [])


def _offset(value: Any) -> TypeGuard[str]:
    """Whether the model takes it; a number of 5,000 digits is no offset, and `int` would refuse it."""
    return isinstance(value, str) and re.fullmatch("0|[1-9][0-9]{0,8}", value.strip()) is not None


def _called(path: Path_, item: dict[str, Any]) -> str:
    kinds = {"findings": "finding", "risks": "risk", "questions": "question"}
    name = item.get("id") or f"no. {int(path[1]) + 1}"
    return f"{kinds.get(str(path[0]), 'summary sentence')} '{name}'"


def _marking(value: Any) -> Marking | None:
    return Marking(value) if isinstance(value, str) and value in set(Marking) else None


def _markings(document: Document, _: Sequence[str]) -> Iterator[Diagnostic]:
    data = document.data
    overall = _marking(data.get("marking", Marking.AMBER.value))
    if overall is None:
        return  # nothing can be compared with a label that is none; the model reports it
    if "marking" not in data:
        hint = "add 'marking: TLP:CLEAR' (or another) so that it is decided, not assumed"
        yield document.diagnostic((), "no marking: taken as TLP:AMBER", hint, "warning")
    line = data.get("bottom_line")
    marked: list[tuple[Path_, dict[str, Any]]] = [(("bottom_line",), line)] if isinstance(line, dict) else []
    marked += [*_entries(data, "sources"), *_items(data)]
    for path, entry in marked:
        own = _marking(entry.get("marking"))
        if own and own.rank < overall.rank:
            hint = f"an item can only be stricter; mark the brief {own} if it may be, or remove this"
            message = f"marking {own} is looser than the brief's {overall}"
            yield document.diagnostic((*path, "marking"), message, hint)
    yield from _looser_than_source(document, overall)


def _looser_than_source(document: Document, overall: Marking) -> Iterator[Diagnostic]:
    """An item may not be given to more readers than the source it quotes."""
    entries = (source for _, source in _entries(document.data, "sources"))
    sources = {str(source.get("id")): _marking(source.get("marking")) or overall for source in entries}
    only = next(iter(sources)) if len(sources) == 1 else None
    for path, item in _items(document.data):
        own = _marking(item.get("marking")) or overall
        if own.rank < overall.rank:
            continue  # told already
        quotes = item.get("evidence")
        for quote in quotes if isinstance(quotes, list) else []:
            source = str(quote.get("source") or only) if isinstance(quote, dict) else ""
            if (needed := sources.get(source, own)).rank > own.rank:
                hint = f"add 'marking: {needed}' to the item"
                message = f"{_called(path, item)} is {own} but quotes source '{source}', which is {needed}"
                yield document.diagnostic(path, message, hint)
                break


def _terms(document: Document, _: Sequence[str]) -> Iterator[Diagnostic]:
    scale = document.data.get("scale", "icd203")
    known = [word for name, terms in SCALES.items() if name == scale for term in terms for word in term.words]
    if not known:
        return
    line = document.data.get("bottom_line")
    holders = _entries(document.data, "findings", "risks")
    judged: list[tuple[Path_, dict[str, Any]]] = [(("bottom_line",), line)] if isinstance(line, dict) else []
    for path, entry in (*judged, *holders):
        term = entry.get("likelihood")
        if isinstance(term, str) and term not in known:
            hint = did_you_mean(term, known)
            yield document.diagnostic((*path, "likelihood"), f"'{term}' is not a term of scale {scale}", hint)


def _attributions(document: Document, _: Sequence[str]) -> Iterator[Diagnostic]:
    for path, entry in _entries(document.data, "findings", "risks"):
        named = entry.get("attribution") or entry.get("stated_by")
        if entry.get("stance") == "claimed" and not named:
            hint = "add 'attribution: …', or 'attribution: unnamed' where the source does not say"
            yield document.diagnostic((*path, "stance"), f"{_called(path, entry)} is claimed, by whom?", hint)
    for path, finding in _entries(document.data, "findings"):
        if "stance" not in finding:
            hint = "add 'stance: reported', claimed, judged or assessed"
            message = f"{_called(path, finding)} has no stance: printed as reported fact"
            yield document.diagnostic(path, message, hint, "warning")


def _judgement(document: Document, _: Sequence[str]) -> Iterator[Diagnostic]:
    """ICD 203 standard 2: a judgement says what it rests on."""
    line = document.data.get("bottom_line")
    judged = isinstance(line, dict) and (line.get("likelihood") or line.get("confidence"))
    if judged and not line.get("basis"):
        hint = "add 'basis: …': what the judgement rests on"
        yield document.diagnostic(("bottom_line",), "the bottom line is a judgement without basis", hint)
    for path, finding in _entries(document.data, "findings"):
        bare = _bare(finding) and not finding.get("basis")
        if finding.get("stance") == "assessed" and bare:
            hint = "add 'basis: …', or evidence"
            yield document.diagnostic(path, f"{_called(path, finding)} is a judgement without basis", hint)
