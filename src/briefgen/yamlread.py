"""YAML text -> plain data with the place of every value; refuses what YAML would do in silence.

Only a subset of YAML is read: mappings, sequences and scalars. Scalars stay text (`NO`, `010` and `1.10` are
what they look like) until the model says otherwise; `true`, `false`, `null` and nothing are the only exceptions.
Anchors, aliases, merge keys, tags and second documents are refused, and so is nesting deeper than 50.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from briefgen.errors import BriefgenError, Diagnostic, did_you_mean, error

MAX_DEPTH = 50
MAX_BYTES = 5_000_000
MAX_VALUES = 200_000
MAX_SHOWN = 60
MAX_TOLD = 50
Path_ = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

# libyaml's event parser is iterative and 3 to 4 times faster; its recursive composer is never used here.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# With NEL, LS and PS, which YAML takes for line ends and an editor does not: the lines we name would be wrong.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True)
class Document:
    """A read file: its plain data, and where each value and key of it stands (line, column; from 1).

    `ends` is the place right behind each value; that of a block list or mapping is the end of its last entry.
    """

    file: str
    data: Any
    values: Mapping[Path_, tuple[int, int]] = field(repr=False, default_factory=dict)
    keys: Mapping[Path_, tuple[int, int]] = field(repr=False, default_factory=dict)
    ends: Mapping[Path_, tuple[int, int]] = field(repr=False, default_factory=dict)

    def place(self, path: Path_, key: bool = False) -> tuple[int, int]:
        """Line and column of the value (or key) at `path`, or of the nearest thing around it."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))

    def diagnostic(
        self, path: Path_, message: str, hint: str | None = None, severity: Any = "error", key: bool = False
    ) -> Diagnostic:
        """A diagnostic at the place of `path`."""
        line, column = self.place(path, key)
        return Diagnostic(severity, message, self.file, line, column, hint)


def read_text(path: Path, name: str) -> str:
    """The file as text, or a `BriefgenError` that says why not; `name` is how messages call the file."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BriefgenError(error(f"larger than {MAX_BYTES // 1_000_000} MB", name, "split it"))
        raw = path.read_bytes()
    except OSError as problem:
        hint = "check the path and its permissions"
        raise BriefgenError(error(f"cannot be read: {problem.strerror or problem}", name, hint)) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        before = raw[: problem.start]
        line, column = before.count(b"\n") + 1, problem.start - before.rfind(b"\n")
        message = f"byte 0x{raw[problem.start]:02x} is not UTF-8"
        hint = "save the file in the encoding UTF-8"
        raise BriefgenError(Diagnostic("error", message, name, line, column, hint)) from None


def read(path: Path, name: str) -> tuple[Document, list[Diagnostic]]:
    """Read a YAML file into a `Document` and everything that is wrong with its form.

    Raises `BriefgenError` when the file cannot be read or is not YAML at all.
    """
    return parse(read_text(path, name), name)


def parse(text: str, name: str) -> tuple[Document, list[Diagnostic]]:
    """As `read`, from text."""
    reader = _Reader(name)
    text = reader.cleaned(text)
    try:
        reader.document(iter(yaml.parse(text, Loader=_LOADER)))
    except yaml.MarkedYAMLError as problem:
        line, column = _syntax_place(problem, text)
        message = f"invalid YAML: {problem.problem or problem.context}"
        words = text.split("\n")[line - 1 : line]
        hint = _syntax_hint(problem, words[0] if words else "")
        syntax = Diagnostic("error", message, name, line, column, hint)
        raise BriefgenError(*reader.problems, syntax) from None
    return Document(name, reader.data, reader.values, reader.keys, reader.ends), reader.problems


def _syntax_place(problem: yaml.MarkedYAMLError, text: str) -> tuple[int, int]:
    """Where the fault is: what is never closed is told where it begins, and never a line after the last."""
    mark = problem.problem_mark or problem.context_mark
    if problem.context_mark and "end of stream" in (problem.problem or ""):
        mark = problem.context_mark
    lines = text.split("\n")
    if mark is None or mark.line >= len(lines):
        return len(lines), len(lines[-1]) + 1
    return mark.line + 1, mark.column + 1


def _syntax_hint(problem: yaml.MarkedYAMLError, words: str) -> str:
    """What to do about a syntax error; `words` is the line that it was found in."""
    said = problem.problem or ""
    if "mapping values are not allowed" in said:
        return "put the text after the first colon in quotes"
    if "\\t" in said or "tab" in said or "\t" in words[: len(words) - len(words.lstrip())]:
        return "indent with spaces, not tabs"
    if "could not find expected ':'" in said:
        return "write 'key: value', and indent text that goes on in the next line"
    if "escape" in said:
        return "write the text in single quotes, or each backslash twice"
    if "unexpected end of stream" in said or "quoted scalar" in (problem.context or ""):
        return "close the quotation mark"
    return "check indentation, quotes and brackets around this place"


class _Reader:
    """Builds data from parser events; collects problems and goes on where it can."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.data: Any = None
        self.values: dict[Path_, tuple[int, int]] = {}
        self.keys: dict[Path_, tuple[int, int]] = {}
        self.ends: dict[Path_, tuple[int, int]] = {}
        self.problems: list[Diagnostic] = []

    def cleaned(self, text: str) -> str:
        """`text` without the characters that YAML may not hold, each one reported; places stay the same."""
        for line, words in enumerate(text.split("\n"), start=1):
            for found in _FORBIDDEN.finditer(words.removesuffix("\r")):
                if len(self.problems) >= MAX_TOLD:
                    break
                message, hint = _not_allowed(found[0])
                self.problems.append(Diagnostic("error", message, self.name, line, found.start() + 1, hint))
        return _FORBIDDEN.sub(lambda found: found[0] if found[0] == "\r" else "\ufffd", text)

    def document(self, events: Iterator[Any]) -> None:
        seen = False
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    self._problem(event, "a second document in one file", "remove the line '---' above it")
                    return
                seen = True
                self.data = self._node(next(events), events, ())

    def _problem(self, event: Any, message: str, hint: str) -> None:
        mark = event.start_mark
        self.problems.append(Diagnostic("error", message, self.name, mark.line + 1, mark.column + 1, hint))

    def _stop(self, event: Any, message: str, hint: str) -> BriefgenError:
        self._problem(event, message, hint)
        return BriefgenError(*self.problems)

    def _node(self, event: Any, events: Iterator[Any], path: Path_) -> Any:
        self.values[path], self.ends[path] = _mark(event.start_mark), _mark(event.end_mark)
        if len(path) > MAX_DEPTH:
            raise self._stop(event, f"nested deeper than {MAX_DEPTH} levels", "flatten it")
        if len(self.values) > MAX_VALUES:
            raise self._stop(event, f"more than {MAX_VALUES:,} values", "split the file")
        if isinstance(event, yaml.AliasEvent):
            self._problem(event, f"alias '*{event.anchor}'", "write the value out: aliases are not allowed")
            return None
        if event.anchor:
            self._problem(event, f"anchor '&{event.anchor}'", "remove it: anchors are not allowed")
        if event.tag and event.tag != "!":
            self._problem(event, f"tag '{event.tag}'", "remove it: tags are not allowed")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, path)
        return self._scalar(event)

    def _sequence(self, events: Iterator[Any], path: Path_) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            found.append(self._node(event, events, (*path, len(found))))
            self.ends[path] = self.ends[*path, len(found) - 1]
        self._close(event, path)
        return found

    def _close(self, event: Any, path: Path_) -> None:
        """A closing bracket is the end; what has none ends with its last entry, before comments and blank lines."""
        if event.end_mark.index > event.start_mark.index:
            self.ends[path] = _mark(event.end_mark)

    def _mapping(self, events: Iterator[Any], path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._key(event)
            known = self.keys.get((*path, key))
            # A repeated key must not move the places of what the first one holds.
            inside = (*path, key, "again") if known else (*path, key)
            value = self._node(next(events), events, inside)
            self.ends[path] = self.ends[inside]
            if key == "<<":
                self._problem(event, "merge key '<<'", "write the fields out: merge keys are not allowed")
            elif known:
                hint = f"it stands in line {known[0]} already; keep one of them"
                self._problem(event, f"duplicate key '{_short(key)}'", hint)
            else:
                self.keys[*path, key] = _mark(event.start_mark)
                found[key] = value
        self._close(event, path)
        return found

    def _key(self, event: Any) -> str:
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        if isinstance(event, yaml.AliasEvent):
            raise self._stop(event, f"alias '*{event.anchor}' as a key", "write the key out")
        raise self._stop(event, "a list or mapping as a key", "a key is one word, like 'title'")

    def _scalar(self, event: Any) -> Any:
        value = event.value
        # A source with Windows line ends is quoted with them.
        if bad := _FORBIDDEN.search(value.replace("\r\n", "\n")):
            self._problem(event, *_not_allowed(bad[0]))
            return _FORBIDDEN.sub("\ufffd", value)
        plain = event.implicit[0] and not event.style
        return _WORDS.get(value, value) if plain else value


def may_hold(text: str) -> bool:
    """Whether a content file can hold `text`: no control or direction character in it."""
    return _FORBIDDEN.search(text.replace("\r\n", "\n")) is None


def _mark(mark: Any) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1


def _not_allowed(character: str) -> tuple[str, str]:
    message = f"character U+{ord(character):04X} is not allowed in content"
    return message, "remove it (a control or direction character)"


def _short(text: str) -> str:
    """A name or value in one line, as messages show it."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_SHOWN else f"{line[: MAX_SHOWN - 1]}…"


def validate(model: type[Model], document: Document) -> tuple[Model | None, list[Diagnostic]]:
    """The document's data as `model`, or None, and a diagnostic for every field that does not fit."""
    if not isinstance(document.data, dict):
        what = "is empty" if document.data is None else f"holds {_kind(document.data)}, not fields"
        hint = f"start with '{next(iter(model.model_fields))}: …'"
        return None, [error(f"the file {what}", document.file, hint)]
    try:
        return model.model_validate(document.data), []
    except ValidationError as problem:
        told = [_told(model, document, each) for each in _once(model, problem.errors(include_url=False))]
        return None, sorted(told, key=lambda each: (each.line, each.column))


def _once(model: type[BaseModel], found: Sequence[Any]) -> list[Any]:
    """The findings without those that only repeat another."""
    meant: set[Path_] = set()
    for each in found:
        if each["type"] == "extra_forbidden":
            *around, name = each["loc"]
            known = _fields_at(model, tuple(around))
            hint = did_you_mean(str(name), known)
            meant |= {(*around, field) for field in known if hint == f"did you mean '{field}'?"}
    return [each for each in found if not _repeats(each, meant)]


def _repeats(problem: Any, meant: set[Path_]) -> bool:
    """A field missed because it is misspelt; a list empty because its entries are wrong; "*" instead of a list."""
    kind, path = problem["type"], problem["loc"]
    misspelt = kind == "missing" and path in meant
    counted = kind == "too_short" and bool(problem["input"])
    return misspelt or counted or any(str(part).startswith("literal[") for part in path)


def _told(model: type[BaseModel], document: Document, problem: Any) -> Diagnostic:
    """pydantic's finding in the words of the format, at its place in the file."""
    path: Path_ = tuple(part for part in problem["loc"] if not _TAG.search(str(part)))
    name = _short(str(path[-1])) if path else "the file"
    kind, given, told = problem["type"], problem["input"], problem.get("ctx", {})
    if kind == "extra_forbidden":
        known = _fields_at(model, path[:-1])
        hint = did_you_mean(name, known)
        return document.diagnostic(path, f"unknown field '{name}'", hint, key=True)
    if kind == "missing":
        return document.diagnostic(path, f"field '{name}' is missing", f"add '{name}: …'")
    if "[key]" in problem["loc"]:
        hint = "use letters, digits, '-' and '_'"
        return document.diagnostic(path, f"'{name}' is not a name", hint, key=True)
    what = f"item {name}" if isinstance(path[-1] if path else None, int) else f"'{name}'"
    if given is None:
        return document.diagnostic(path, f"{what} is empty", "give it a value or remove the line")
    message, advice = _wanted(kind, given, told)
    return document.diagnostic(path, f"{what} {message}", advice)


def _wanted(kind: str, given: Any, told: Mapping[str, Any]) -> tuple[str, str | None]:
    shown = _kind(given)
    if kind in ("enum", "literal_error"):
        known = re.findall(r"'([^']*)'", str(told.get("expected", "")))
        if str(given).upper() == "TLP:WHITE":
            return "is TLP 1.0: 'TLP:WHITE'", "write TLP:CLEAR"
        if (label := f"TLP:{given}".upper()) in known:
            return f"is {shown}, not a TLP label", f"did you mean '{label}'?"
        hint = (did_you_mean(given, known) if isinstance(given, str) else None) or ""
        return f"is {shown}, not one of: {', '.join(known)}", hint if "mean" in hint else "use one of these"
    if kind.startswith("date"):
        return f"is {shown}, not a date", "write it as 2026-11-23"
    if kind.startswith("int"):
        return f"is {shown}, not a whole number", "write digits only, like 3"
    if kind.startswith("float"):
        return f"is {shown}, not a number", "write it like 0.6"
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = "at least" if kind.startswith("greater") else "at most"
        limit = told.get("ge", told.get("le"))
        return f"is {shown}; it must be {bound} {limit}", None
    if kind in ("tuple_type", "list_type"):
        return f"is {shown}, not a list", "start each entry on its own line with '- '"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"is {shown}, not a group of fields", "write 'field: value' lines, indented"
    if kind == "string_type":
        return f"is {shown}, not text", "write one text, in quotes if need be"
    if kind == "string_pattern_mismatch":
        return f"is {shown}, which does not have the right form", _PATTERN_HINTS.get(str(told.get("pattern")))
    if kind == "too_short":
        return "is an empty list", "add at least one entry"
    if kind == "string_too_long":
        return f"is {shown}, too long", f"use at most {told.get('max_length')} characters"
    if kind == "string_too_short":
        return "is empty", "give it a value or remove the line"
    return f"is {shown}: {kind.replace('_', ' ')}", None


# What pydantic adds to a place to say which of several forms it tried.
_TAG = re.compile(r"^(?:tuple\[|\[key\]$)")
_PATTERN_HINTS = {
    r"^[A-Za-z][A-Za-z0-9_-]*$": "start with a letter; use letters, digits, '-' and '_' only",
    r"^[0-9a-f]{64}$": "give the 64 hexadecimal digits that `sha256sum FILE` prints",
    r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$": "give a BCP 47 language, like en, fr or ru",
}


def _kind(value: Any) -> str:
    """A value as a message shows it; what is long or has parts is not repeated."""
    if isinstance(value, dict | list):
        return "a group of fields" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return f"'{_short(value)}'"
    return {True: "true", False: "false", None: "nothing"}.get(value, str(value))


def _fields_at(model: type[BaseModel], path: Path_) -> list[str]:
    """The fields that `model` knows at `path`."""
    kind: Any = model
    for part in path:
        kind = _inside(kind, part)
    kind = _model_of(kind)
    return list(kind.model_fields) if kind else []


def _model_of(kind: Any) -> type[BaseModel] | None:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    if get_origin(kind) in (Union, UnionType):
        return next((found for each in get_args(kind) if (found := _model_of(each))), None)
    return None


def _inside(kind: Any, part: str | int) -> Any:
    if get_origin(kind) in (Union, UnionType):
        return next((found for each in get_args(kind) if (found := _inside(each, part)) is not None), None)
    if isinstance(part, int):
        return get_args(kind)[0] if get_args(kind) else None
    if get_origin(kind) is dict:
        return get_args(kind)[1]
    model = _model_of(kind)
    found = model.model_fields.get(part) if model else None
    return found.annotation if found else None
