"""A brief.yaml that a person edited, and a new draft -> the same file, grown: what was there stays as it was.

The text is changed by lines, at the places that the YAML reader gives; nothing is written anew but an item that
stands exactly as it was drafted, whose offsets follow the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from briefgen.drafting.scalars import comment, folded, scalar
from briefgen.drafting.wording import Proposal, held, proposals
from briefgen.drafting.written import INDENT, Named, item_lines, source_ids, source_lines
from briefgen.errors import BriefgenError, Diagnostic, error, has_errors
from briefgen.model import SECTIONS, Brief, Draft, Evidence, Item, Section, Source, SourceReference
from briefgen.quotes import Span, places
from briefgen.yamlread import Document, Path_, parse, validate

LOST = "quote no longer in the source"
_FLAG = re.compile(rf"\s*# {LOST}(?::.*)?\r?")
_HASH = re.compile(r"[0-9a-f]{64}")
_OFFSETS = re.compile(r"\b(start|end): [0-9]+")
_DASH = re.compile(r"( *)-(?: |\r?$)")
_EMPTY = re.compile(r"([a-z]+\s*:)\s*\[\s*\](\s*(?:#.*)?)")
_MOST_SHOWN = 70
# Two quotes are of the same words when they share this much of the shorter one.
_SHARED = 0.5


@dataclass
class _File:
    """The lines of the file and where things stand in them; `edits` are (line, lines to drop, lines to put)."""

    name: str
    text: str
    document: Document = field(init=False)
    brief: Brief = field(init=False)
    lines: list[str] = field(init=False)
    edits: list[tuple[int, int, list[str]]] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.document, problems = parse(self.text, self.name)
        brief, found = validate(Brief, self.document)
        if brief is None or has_errors([*problems, *found]):
            raise BriefgenError(*problems, *found)
        self.brief, self.lines = brief, self.text.split("\n")
        if self._starts_flow(()):
            hint = "write it as 'field: value' lines"
            raise BriefgenError(error("the whole file is one bracket: nothing can be added to it", self.name, hint))

    def _starts_flow(self, path: Path_) -> bool:
        line, column = self.document.values[path]
        return self.lines[line - 1][column - 1 : column] in ("{", "[")

    def entry(self, path: Path_) -> tuple[int, int]:
        """The lines of a list's entry, from its dash on (from 0, end exclusive)."""
        first = self.document.values[path][0] - 1
        while not _DASH.match(self.lines[first]):
            first -= 1
        line, column = self.document.ends[path]
        return first, line if column > 1 else line - 1

    def put(self, at: int, lines: Sequence[str], drop: int = 0) -> None:
        self.edits.append((at, drop, list(lines)))

    def append(self, section: str, entries: Sequence[Sequence[str]]) -> None:
        """Put entries (drafted at the usual indent) at the end of a list, or start it."""
        known = self.document.data.get(section)
        if section not in self.document.data:
            self.put(self._bottom(), ["", f"{section}:", *_spaced(entries)])
        elif not known:
            self._fill(section, entries)
        elif self._starts_flow((section,)):
            message = f"'{section}' is written in one bracket: {len(entries)} new entries were not added"
            hint = "start each entry on its own line with '- ', and run it again"
            self.notes.append(self.document.diagnostic((section,), message, hint))
        else:
            self._extend(section, len(known), entries)

    def _bottom(self) -> int:
        last = len(self.lines)
        return last - 1 if not self.lines[-1] else last

    def _fill(self, section: str, entries: Sequence[Sequence[str]]) -> None:
        at = self.document.keys[section,][0] - 1
        if match := _EMPTY.fullmatch(self.lines[at].rstrip("\r")):
            self.put(at, [match[1] + match[2], *_spaced(entries)], drop=1)
        else:
            message = f"'{section}' cannot be added to: {len(entries)} new entries were left out"
            self.notes.append(self.document.diagnostic((section,), message, f"write it as '{section}: []'"))

    def _extend(self, section: str, count: int, entries: Sequence[Sequence[str]]) -> None:
        first, end = self.entry((section, count - 1))
        match = _DASH.match(self.lines[first])
        assert match
        indent = len(match[1])
        # A comment that is indented deeper than the dash still belongs to the entry.
        while end < len(self.lines) and re.match(rf" {{{indent + 1},}}#", self.lines[end]):
            end += 1
        shift = " " * indent
        moved = [[f"{shift}{line[INDENT:]}" if line else "" for line in entry] for entry in entries]
        self.put(end, [line for entry in moved for line in ("", *entry)])

    def flags(self, path: Path_) -> range:
        """The comment lines that stand directly above an entry."""
        last = first = self.entry(path)[0]
        while first and self.lines[first - 1].lstrip().startswith("#"):
            first -= 1
        return range(first, last)

    def replace(self, path: Path_, value: str) -> None:
        """Put another scalar in the place of one that stands in one line; from the right where several do."""
        (line, start), (last, end) = self.document.values[path], self.document.ends[path]
        if line == last:
            old = self.lines[line - 1]
            new = value if _HASH.fullmatch(value) else scalar(value)
            self.lines[line - 1] = old[: start - 1] + new + old[end - 1 :]

    def result(self) -> str:
        lines = list(self.lines)
        end = "\r" if self.lines[0].endswith("\r") else ""
        for at, drop, new in sorted(self.edits, key=lambda edit: edit[:2], reverse=True):
            lines[at : at + drop] = [line.rstrip("\r") + end for line in new]
        return "\n".join(lines)


def _spaced(entries: Sequence[Sequence[str]]) -> list[str]:
    return [line for entry in entries for line in (*entry, "")][:-1]


def matched(sources: Sequence[tuple[Source, str]], known: Sequence[SourceReference]) -> list[str]:
    """The id of each source (with its file, as a brief would name it): that of a known one, or a new one.

    The same bytes, the same file, or a copy of the same name in seeds/ are the same source.
    """
    taken = {each.id for each in known}
    free = iter(f"S{number}" for number in range(1, 10_000))
    found: list[str] = []
    for source, file in sources:
        same = [each.id for each in known if each.sha256 and each.sha256 == source.sha256]
        same += [each.id for each in known if each.file == file]
        same += [each.id for each in known if each.file.startswith("seeds/") and _plain(each.file) == _plain(file)]
        name = next((each for each in same if each not in found), None)
        found.append(name or next(each for each in free if each not in taken and each not in found))
    return found


def _plain(file: str) -> str:
    """A file's name without the number that keeps copies apart."""
    path = PurePosixPath(file)
    return re.sub(r"-[0-9]+$", "", path.stem) + path.suffix


def merged(text: str, name: str, draft: Draft, sources: Sequence[Named]) -> tuple[str, list[Diagnostic]]:
    """`text` with what is new in `draft` at the end of its lists, and what there is to tell.

    Raises `BriefgenError` when the file is not a brief: what cannot be read is not touched.
    """
    file = _File(name, text)
    found, notes = proposals(draft, file.brief.title, file.brief.language, source_ids(sources))
    _check_single(file, sources)
    lost = _Quotes(file, {each.id: each for each in sources}).follow(found)
    known = {each.id: at for at, each in enumerate(file.brief.sources)}
    for each in sources:
        if each.id in known:
            _renew(file, known[each.id], each, each.id in lost)
    if new := [each for each in sources if each.id not in known]:
        file.append("sources", [source_lines(each) for each in new])
    for section in SECTIONS:
        if fresh := _fresh(file.brief, section, [each for each in found if each.section == section]):
            file.append(section, [item_lines(each) for each in fresh])
    _tell_model(file, draft)
    return file.result(), [*notes, *file.notes]


def _check_single(file: _File, sources: Sequence[Named]) -> None:
    """Quotes that name no source can do so only while there is one."""
    known = file.brief.sources
    bare = any(not quote.source for _, item in file.brief.items() for quote in item.evidence)
    if bare and len(known) == 1 and any(each.id != known[0].id for each in sources):
        hint = f"add 'source: {known[0].id}' to each of its quotes, and run it again"
        raise BriefgenError(
            error("a second source cannot be added: quotes here do not name the first", file.name, hint)
        )


def _renew(file: _File, at: int, named: Named, lost: bool) -> None:
    """Let the entry of a source name the file as it is now; its hashes only where every quote is still there."""
    values = {"file": named.file, "text": named.text}
    if not lost:
        values |= {"sha256": named.source.sha256, "text_sha256": named.text_sha256}
    entry = file.brief.sources[at]
    changed = {name: value for name, value in values.items() if value and getattr(entry, name) not in (None, value)}
    for name in sorted(changed, key=lambda name: file.document.values["sources", at, name], reverse=True):
        file.replace(("sources", at, name), str(changed[name]))


def _tell_model(file: _File, draft: Draft) -> None:
    """ICS 206-01: which model had a part in the file."""
    known = file.brief.ai_use
    if not draft.ai_use or known == draft.ai_use:
        return
    if known is None:
        at = file.document.keys["sources",][0] - 1
        file.put(at, folded("ai_use", held(draft.ai_use), 0))
    else:
        hint = f"add to it: {draft.ai_use}"
        file.notes.append(file.document.diagnostic(("ai_use",), "another model had a part in it", hint, "warning"))


@dataclass
class _Quotes:
    """Holds the quotes that are in the file against the sources as they are now."""

    file: _File
    sources: Mapping[str, Named]

    def follow(self, found: Sequence[Proposal]) -> set[str]:
        """Flag items whose quotes vanished, move the offsets of untouched ones; the ids of sources with lost quotes."""
        lost: set[str] = set()
        for path, item in _placed(self.file.brief):
            gone = [quote for quote in item.evidence if self._is_lost(quote)]
            lost |= {self._source(quote) for quote in gone}
            self._flag(path, gone)
            moved = [quote for quote in item.evidence if self._has_moved(quote)]
            if moved and not self._redraw(path, item, found):
                self._tell_moved(path, item, moved)
        return lost

    def _source(self, quote: Evidence) -> str:
        return quote.source or self.file.brief.sources[0].id

    def _text(self, quote: Evidence) -> str | None:
        named = self.sources.get(self._source(quote))
        return named.source.text if named else None

    def _is_lost(self, quote: Evidence) -> bool:
        text = self._text(quote)
        return text is not None and quote.exact not in text

    def _has_moved(self, quote: Evidence) -> bool:
        text = self._text(quote)
        there = text is None or quote.start is None or text.startswith(quote.exact, quote.start)
        return not there and not self._is_lost(quote)

    def _flag(self, path: Path_, gone: Sequence[Evidence]) -> None:
        """One comment a lost quote, above the comments of the item; earlier ones go."""
        above = self.file.flags(path)
        indent = len(self.file.lines[above.stop]) - len(self.file.lines[above.stop].lstrip(" "))
        kept = [line for line in (self.file.lines[at] for at in above) if not _FLAG.fullmatch(line)]
        flags = [f"{' ' * indent}# {LOST}: {_shown(quote.exact)}" for quote in gone]
        if flags or len(kept) < len(above):
            self.file.put(above.start, [*flags, *kept], drop=len(above))
        for quote in gone:
            hint = "quote what the source says now, or remove the item"
            message = f"{LOST} '{self._source(quote)}': {_shown(quote.exact)}"
            self.file.notes.append(self.file.document.diagnostic(path, message, hint, "warning"))

    def _redraw(self, path: Path_, item: Item, found: Sequence[Proposal]) -> bool:
        """Whether the item stands as it was drafted; then its offsets are written anew."""
        first, end = self.file.entry(path)
        old = [line.rstrip("\r") for line in self.file.lines[first:end]]
        indent = len(old[0]) - len(old[0].lstrip(" "))
        for each in found:
            # A new item moves the numbers of those behind it; one that still counts on is nobody's edit.
            rank = item.priority if self._counts_on(path) else each.item.priority
            new = item_lines(Proposal(each.section, each.item.model_copy(update={"priority": rank}), ()), indent)
            if each.section == path[0] and each.item.id == item.id and _words(new) == _words(old):
                self.file.put(first, new, drop=end - first)
                return True
        return False

    def _counts_on(self, path: Path_) -> bool:
        """Whether the item's priority is one more than that of the item before it, as in every draft."""
        ranks = [each.priority for where, each in _placed(self.file.brief) if where[0] == path[0]]
        before, own = [0, *ranks][int(path[1]) :][:2]
        return before is not None and own == before + 1

    def _tell_moved(self, path: Path_, item: Item, moved: Sequence[Evidence]) -> None:
        for quote in moved:
            text = self._text(quote) or ""
            at = next(places(text, quote.exact))
            hint = f"write 'start: {at}' and 'end: {at + len(quote.exact)}'"
            number = item.evidence.index(quote)
            message = f"a quote of '{item.id}' moved: {_shown(quote.exact)}"
            where = (*path, "evidence", number)
            self.file.notes.append(self.file.document.diagnostic(where, message, hint, "warning"))


def _placed(brief: Brief) -> Iterator[tuple[Path_, Item]]:
    for section in SECTIONS:
        for number, item in enumerate(brief.section(section)):
            yield (section, number), item


def _words(lines: Sequence[str]) -> str:
    """The text of an entry without its offsets, and without what wrapping them changes."""
    return " ".join(_OFFSETS.sub(r"\1:", " ".join(lines)).split())


def _shown(quote: str) -> str:
    line = comment(quote)[0].removeprefix("# ") if quote.strip() else ""
    return f"“{line if len(line) <= _MOST_SHOWN else line[:_MOST_SHOWN].rstrip() + '…'}”"


def _fresh(brief: Brief, section: Section, found: Sequence[Proposal]) -> list[Proposal]:
    """The proposals that the section does not have yet, under ids that are free in the whole brief."""
    here = brief.section(section)
    ids = {item.id for item in here}
    quoted = [span for item in here for span in _spans(brief, item)]
    taken = {each.id for each in brief.sources} | {item.id for _, item in brief.items()}
    fresh: list[Proposal] = []
    for each in found:
        spans = list(_spans(brief, each.item))
        if each.item.id in ids or any(_same_words(one, other) for one in spans for other in quoted):
            continue
        name = each.item.id
        number = 2
        while name in taken:
            name, number = f"{each.item.id[:76]}-{number}", number + 1
        taken.add(name)
        fresh.append(Proposal(section, each.item.model_copy(update={"id": name}), each.cues))
    return fresh


def _spans(brief: Brief, item: Item) -> Iterator[tuple[str, str, Span]]:
    for quote in item.evidence:
        span = (quote.start or 0, quote.end or 0)
        yield quote.source or brief.sources[0].id, quote.exact, span


def _same_words(one: tuple[str, str, Span], other: tuple[str, str, Span]) -> bool:
    """Whether two quotes are of the same words; the words count, since offsets may be those of an older text."""
    if one[0] != other[0]:
        return False
    short, long = sorted((one[1], other[1]), key=len)
    if short in long:
        return len(short) >= _SHARED * len(long) or len(short.split()) >= 4
    overlap = min(one[2][1], other[2][1]) - max(one[2][0], other[2][0])
    return overlap > _SHARED * len(short) and _shares(short, long, overlap)


def _shares(short: str, long: str, overlap: int) -> bool:
    """Whether the overlap that the offsets tell is there in the words: one begins as the other ends."""
    return any(a.endswith(b[: max(1, overlap)]) for a, b in ((short, long), (long, short)))
