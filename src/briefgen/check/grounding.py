"""Brief + the files of its sources -> diagnostics for every quote that is not where the brief says.

Offsets count the code points of the UTF-8 file as it is: no line end is translated, and a byte order mark is a
character. A source that is not plain text is quoted from the text that was read from it and kept beside the brief.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path

from briefgen.check.nearest import nearest
from briefgen.errors import Diagnostic, Severity
from briefgen.model import SECTIONS, Brief, Evidence, SourceReference
from briefgen.quotes import Span, locate, places
from briefgen.yamlread import Document, Path_

MAX_BYTES = 100_000_000
_MOST_PLACES = 100
_SHOWN_PLACES = 3
_SHOWN = 160
_SEAM = 8


class _Unusable(Exception):
    """A file that cannot serve as a source: why, and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True)
class _Kept:
    """The text that quotes of one source count in; `changed` when it is not the text they were taken from."""

    id: str
    text: str
    changed: bool

    def told(self, span: Span) -> str:
        """A place as hints name it: its offsets, its line and the words there."""
        start, end = span
        words = self.text[start : min(end, start + _SHOWN)].replace("\n", "\\n")
        return f"{self.place(span)}: “{words}{'…' if end - start > _SHOWN else ''}”"

    def place(self, span: Span) -> str:
        line = self.text.count("\n", 0, span[0]) + 1
        return f"{span[0]}-{span[1]} (line {line})"


@dataclass
class _Files:
    """Reads the files of one source, and collects what is wrong with them."""

    source: SourceReference
    path: Path_
    document: Document
    root: Path
    problems: list[Diagnostic] = field(default_factory=list)

    def kept(self) -> _Kept | None:
        """The text that quotes count in, or None when it cannot be had."""
        source, holder = self.source, "file"
        raw = self._bytes(holder, source.file)
        changed = self._differs("sha256", source.sha256, raw)
        # A .txt in another encoding than UTF-8 has a kept text too.
        if raw is not None and (source.text or not source.file.lower().endswith(".txt")):
            holder = "text"
            raw = self._bytes(holder, source.text) if source.text else None
            changed = self._differs("text_sha256", source.text_sha256, raw) or changed
        if holder == "text" and not source.text:
            self._no_text()
        text = None if raw is None else self._decoded(holder, raw)
        return None if text is None else _Kept(source.id, text, changed)

    def _tell(self, name: str, message: str, hint: str, severity: Severity = "error") -> None:
        told = f"source '{self.source.id}': {message}"
        self.problems.append(self.document.diagnostic((*self.path, name), told, hint, severity))

    def _no_text(self) -> None:
        message = f"'{self.source.file}' is not plain text, and no text that was read from it is kept"
        hint = "keep what 'briefgen source FILE' prints beside the brief, and name it with 'text: …'"
        self._tell("file", message, hint)

    def _bytes(self, name: str, file: str) -> bytes | None:
        try:
            return _read(self.root.resolve(), file)
        except _Unusable as problem:
            self._tell(name, f"'{file}' {problem.message}", problem.hint)
        except (OSError, ValueError, RuntimeError) as problem:
            why = getattr(problem, "strerror", None) or str(problem)
            self._tell(name, f"'{file}' cannot be read: {why}", "check the path, from the workspace on")
        return None

    def _differs(self, name: str, given: str | None, raw: bytes | None) -> bool:
        """Whether the file is not the one that was quoted; what cannot be compared counts as the same."""
        if raw is None:
            return False
        now = sha256(raw).hexdigest()
        if given is None:
            message = f"no {name}: a change of the file would go unnoticed"
            self._tell(name, message, f"add '{name}: {now}'", "warning")
        elif now != given:
            hint = f"check every quote of it again, then write '{name}: {now}'"
            self._tell(name, f"the source changed: {name} was {given[:8]}…, is {now[:8]}…", hint)
        return given not in (None, now)

    def _decoded(self, name: str, raw: bytes) -> str | None:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as problem:
            line = raw.count(b"\n", 0, problem.start) + 1
            message = f"byte 0x{raw[problem.start]:02x} in line {line} of the file is not UTF-8"
            self._tell(name, message, "save the file in the encoding UTF-8, and write its new sha256")
        return None


def _read(root: Path, file: str) -> bytes:
    """The bytes of a file that lies in the workspace, wherever links lead."""
    if Path(file).is_absolute():
        raise _Unusable("is an absolute path", "name it from the workspace on, like seeds/report.txt")
    path = (root / file).resolve()
    if not path.is_relative_to(root):
        raise _Unusable("leads out of the workspace", "copy the file into the workspace, under seeds/")
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise _Unusable("is not a file", "name a file")
    if found.st_size > MAX_BYTES:
        raise _Unusable(f"is larger than {MAX_BYTES // 1_000_000} MB", "split it")
    return path.read_bytes()


def ground(brief: Brief, document: Document, root: Path) -> Iterator[Diagnostic]:
    """Read every source that is quoted, once, and hold every quote against it."""
    only = brief.sources[0].id if len(brief.sources) == 1 else None
    quotes = [(path, quote, quote.source or only) for path, quote in _quotes(brief)]
    cited = {source for _, _, source in quotes}
    texts: dict[str | None, _Kept | None] = {}
    for number, source in enumerate(brief.sources):
        if source.id in cited and source.id not in texts:
            files = _Files(source, ("sources", number), document, root)
            texts[source.id] = files.kept()
            yield from files.problems
    for path, quote, cites in quotes:
        if kept := texts.get(cites):
            yield from _hold(kept, quote, document, path)


def _quotes(brief: Brief) -> Iterator[tuple[Path_, Evidence]]:
    for section in SECTIONS:
        for number, item in enumerate(brief.section(section)):
            for at, quote in enumerate(item.evidence):
                yield (section, number, "evidence", at), quote


def _hold(kept: _Kept, quote: Evidence, document: Document, path: Path_) -> Iterator[Diagnostic]:
    """At most one diagnostic: the quote stands where it should, or it does not."""
    start, end = quote.start, quote.end
    given = (start, end) if start is not None and end is not None else None
    if given and given[1] - given[0] == len(quote.exact) and kept.text.startswith(quote.exact, given[0]):
        if not _fits(kept.text, quote, given):
            message = "the words around the quote are not its prefix and suffix"
            hint = "remove them: the offsets say enough"
            yield document.diagnostic(path, message, hint, "warning")
        return
    exact = ((at, at + len(quote.exact)) for at in places(kept.text, quote.exact))
    spans = list(islice((span for span in exact if _fits(kept.text, quote, span)), _MOST_PLACES))
    if not spans:
        yield document.diagnostic((*path, "exact"), *_lost(kept, quote))
    elif len(spans) > 1:
        yield document.diagnostic((*path, "exact"), *_ambiguous(kept, spans))
    elif given:
        yield document.diagnostic((*path, "start"), *_moved(kept, given, spans[0]))


def _fits(text: str, quote: Evidence, span: Span) -> bool:
    """Whether prefix and suffix stand around a place; YAML drops the space at their ends, so it counts for nothing."""
    prefix, suffix = (quote.prefix or "").strip(), (quote.suffix or "").strip()
    before = text[max(0, span[0] - len(prefix) - _SEAM) : span[0]].rstrip()
    after = text[span[1] : span[1] + len(suffix) + _SEAM].lstrip()
    return before.endswith(prefix) and after.startswith(suffix)


def _lost(kept: _Kept, quote: Evidence) -> tuple[str, str]:
    at = next(places(kept.text, quote.exact), None)
    if at is not None:
        hint = f"correct them; the quote stands at {kept.place((at, at + len(quote.exact)))}"
        return f"the quote is in source '{kept.id}', but not with this prefix and suffix", hint
    why = f"the quote is lost: source '{kept.id}' changed"
    message = why if kept.changed else f"the quote is not in source '{kept.id}'"
    if span := locate(kept.text, quote.exact):
        return message, f"only marks, dashes, spaces or case differ; copy it from {kept.told(span)}"
    near = nearest(kept.text, quote.exact)
    return message, f"nearest: {kept.told(near)}" if near else "nothing in the source is like it"


def _ambiguous(kept: _Kept, spans: list[Span]) -> tuple[str, str]:
    shown = ", ".join(kept.place(span) for span in spans[:_SHOWN_PLACES])
    more = ", …" if len(spans) > _SHOWN_PLACES else ""
    times = f"{len(spans)}{' or more' if len(spans) == _MOST_PLACES else ''}"
    hint = f"add a prefix or suffix, or the right start and end: {shown}{more}"
    return f"the quote occurs {times} times in source '{kept.id}'", hint


def _moved(kept: _Kept, given: Span, span: Span) -> tuple[str, str]:
    old = f"{given[0]}-{given[1]}"
    why = f"the quote moved from {old}: source '{kept.id}' changed"
    message = why if kept.changed else f"the quote does not stand at {old} in source '{kept.id}'"
    return message, f"write 'start: {span[0]}' and 'end: {span[1]}': it stands at {kept.place(span)}"
