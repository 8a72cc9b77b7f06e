"""Blocks of a source -> sentences with their places; quotations and brackets stay whole, blocks stay apart."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from briefgen.extract.lexicon import Lexicon, words
from briefgen.model import Block, BlockKind, Source

CONTENT: tuple[BlockKind, ...] = ("paragraph", "list-item", "quote", "table-row")
# Longer ones are split all the same: a quotation mark may be missing.
LONGEST_WHOLE = 320
# What has no full stop for so long is no sentence, and nobody would quote it.
LONGEST = 1500

# So many lines stand for a summary.
ENOUGH_LINES = 5
# Among so many last blocks, within so many characters and after so many words, an author is introduced.
LAST, OPENING, FEW = 4, 120, 4
# A quotation set apart has so many characters, and stands so near the one that it repeats.
SHORTEST_PULLED, LONGEST_PULLED, PULLED_FROM = 40, 600, 12_000

# A line without a full stop is cut at a space before this many characters.
_LINE = re.compile(r"\S[^\n]{0,280}(?=\s|$)|\S{1,280}")
_STOP = re.compile(r"(?:[.!?…]+|[。！？｡]+)[\"'”’»›)\]]{0,4}|(?<=\s)\|(?=\s)")
_QUOTATION = re.compile(
    r"“[^“”]*(?:”|$)|«[^«»]*(?:»|$)|„[^„“”]*(?:[“”]|$)|(?<![^\s(])\"(?=\S)[^\"]{1,2000}(?<=\S)\"(?![^\s.,;:)!?—-])"
)
_INTRODUCED = re.compile(r"[\W_]{0,4}(?P<name>(?:[^\W\d_a-z][\w.’'-]*\s+){2,4})(?P<verb>\w+)\s")
_QUOTE_MARKS = "“”\"«»„‘’'"
_QUOTE_ALONE = re.compile(r"[“\"«„](?P<said>[^“”\"«»„]{1,600})[”\"»“](?:\s*[-–—]\s*(?P<by>[^\s!?,;:][^!?,;:]{1,60}))?")
# The same without its marks: that name and office stand below one sentence shows that it is a quotation.
_SIGNED = re.compile(
    r"(?:[^“”\"«»„.!?…]|\.\d){20,600}(?:[.!?…][^\S\n]|\n)\s*[–—]\s*[^\W\d_a-zа-яё][^.!?;:,\n]{2,40}, [^.!?;:\n]{2,60}"
)
_FULL_WIDTH = "。！？｡"
_NOTE_MARK = re.compile(r"(?:\s{0,3}\[[0-9]{1,3}\])+\s*$")
_NOTE_MARKS = re.compile(r"(?:\[[0-9]{1,3}\]\s*)+")
_LAST_WORD = re.compile(r"[^\s(\[“\"«]{1,20}$")
_INITIAL = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")
_OPENING = "“\"«„‘([—–-•*'"
_PAIRS = {"“": "”", "(": ")", "[": "]", "«": "»", "„": "“"}
_MARKS = " \t\r\n\u00a0*_#•|"


@dataclass(frozen=True)
class Sentence:
    """One sentence: `exact` is the source's text from `start` to `end`, `text` the same with single spaces.

    `quoted` if it lies within a quotation, which may have begun in an earlier sentence.
    """

    source: int
    block: int
    kind: BlockKind
    headings: tuple[str, ...]
    start: int
    end: int
    exact: str
    quoted: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.exact.split())


def sentences(source: Source, number: int, lexicon: Lexicon) -> list[Sentence]:
    """The sentences of a source's content, each with the headings above it."""
    found: list[Sentence] = []
    headings: tuple[str, ...] = ()
    for index, block in enumerate(source.blocks):
        if block.kind == "heading":
            headings = (*headings[-1:], " ".join(source.text[block.start : block.end].split()))
        elif block.kind in CONTENT and not (
            _is_caption(source, index, lexicon)
            or _is_pulled(source.text, block, lexicon)
            or (index >= len(source.blocks) - LAST and _is_bio(source, index, lexicon))
        ):
            said = _said(source.text, block)
            for start, end in split(source.text, block, lexicon):
                quoted = _inside(said, (start + end) // 2)
                exact = source.text[start:end]
                found.append(Sentence(number, index, block.kind, headings, start, end, exact, quoted))
    return found


def lines(source: Source, number: int) -> list[Sentence]:
    """The first lines that are no residue, headings among them: for a source that has no sentences."""
    found: list[Sentence] = []
    for index, block in enumerate(source.blocks):
        for match in _LINE.finditer(source.text, block.start, block.end) if block.kind != "residue" else ():
            start, end = (match.start() + at for at in _trimmed(match[0], 0, len(match[0])))
            if any(map(str.isalpha, source.text[start:end])):
                found.append(Sentence(number, index, block.kind, (), start, end, source.text[start:end]))
            if len(found) == ENOUGH_LINES:
                return found
    return found


def _is_caption(source: Source, index: int, lexicon: Lexicon) -> bool:
    """Whether the credit of a picture follows on the same line."""
    block, after = source.blocks[index], source.blocks[index + 1 : index + 2]
    if not after or after[0].kind != "residue" or "\n" in source.text[block.end : after[0].start]:
        return False
    return re.split(r"\W", source.text[after[0].start : after[0].end].lower(), maxsplit=1)[0] in lexicon.credits


def _is_bio(source: Source, index: int, lexicon: Lexicon) -> bool:
    """Whether it tells who the author is, as the last lines of an article do."""
    block = source.blocks[index]
    opening = words(source.text[block.start : block.end][:OPENING])
    found = lexicon.scan(opening)
    # "Jane Roe, who is a senior fellow, said": her words, not her life.
    told = any(hit.first <= FEW and opening[hit.first - 1].form not in lexicon.relative for hit in found.get("bio", ()))
    return (told and not found.get("say")) or _introduces(source, index, lexicon)


def _introduces(source: Source, index: int, lexicon: Lexicon) -> bool:
    """Whether it says who somebody is of whom the text has told nothing: "Jane Roe is a professor of law"."""
    block = source.blocks[index]
    match = _INTRODUCED.match(source.text[block.start : block.end])
    opening = lexicon.scan(words(source.text[block.start : block.end][:OPENING])) if match else {}
    if not match or match["verb"] not in lexicon.passive or not opening.get("speakers"):
        return False
    name = match["name"].split()
    earlier = (each for each in source.blocks[:index] if each.kind in CONTENT)
    told = any(name[-1] in source.text[each.start : each.end] for each in earlier)
    return not told and not any(part.lower() in lexicon.bodies for part in name)


def _is_pulled(text: str, block: Block, lexicon: Lexicon) -> bool:
    """Whether it is a quotation set apart: signed after a dash, or with words that stand elsewhere too."""
    whole = text[block.start : block.end].strip()
    match = _QUOTE_ALONE.fullmatch(whole)
    if not match:
        return bool(_SIGNED.fullmatch(whole)) or _is_repeated(text, block)
    opening = match["said"][:50].rstrip()
    signed = bool(match["by"]) and all(
        part[0].isupper() or part in lexicon.small or part == "&" for part in match["by"].split()
    )
    return signed or (not match["by"] and len(opening) > 20 and text.count(opening) > 1)


def _is_repeated(text: str, block: Block) -> bool:
    """Whether all of it stands within a quotation nearby, which it only shows again in larger letters."""
    said = text[block.start : block.end].strip(_MARKS + _QUOTE_MARKS + ".,!?")
    if not SHORTEST_PULLED <= len(said) <= LONGEST_PULLED:
        return False
    before, after = text[max(0, block.start - PULLED_FROM) : block.start], text[block.end : block.end + PULLED_FROM]
    return any(_is_said(part, said) for part in (before, after))


def _is_said(text: str, said: str) -> bool:
    at = text.find(said)
    sides = (text[at - 1 : at], text[at + len(said) :][:3]) if at > 0 else ("", "")
    return any(mark in _QUOTE_MARKS for side in sides for mark in side)


def _said(text: str, block: Block) -> list[tuple[int, int]]:
    """The quotations of a block, also those of several sentences and those that go on in the next block."""
    part = text[block.start : block.end]
    return [(block.start + match.start(), block.start + match.end()) for match in _QUOTATION.finditer(part)]


def split(text: str, block: Block, lexicon: Lexicon) -> list[tuple[int, int]]:
    """Where the sentences of one block stand, without the marks and note numbers around them."""
    part = text[block.start : block.end]
    kept = _whole(part)
    spans: list[tuple[int, int]] = []
    begin = 0
    for match in _STOP.finditer(part):
        if _is_end(part, begin, match, lexicon) and not _is_kept(kept, match):
            spans.append((begin, match.end()))
            begin = match.end()
    spans.append((begin, len(part)))
    trimmed = (_trimmed(part, *span) for span in spans)
    return [(block.start + start, block.start + end) for start, end in trimmed if 0 < end - start <= LONGEST]


def _trimmed(part: str, start: int, end: int) -> tuple[int, int]:
    """The span without spaces, list marks and the note numbers that stand after the full stop."""
    piece = part[start:end]
    mark = _NOTE_MARK.search(piece[-40:])
    if mark:
        piece = piece[: len(piece) - (len(mark.string) - mark.start())]
    leading = len(piece) - len(piece.lstrip(_MARKS))
    marks = _NOTE_MARKS.match(piece, leading)
    leading = marks.end() if marks else leading
    return start + leading, max(start + leading, start + len(piece.rstrip(_MARKS)))


def _whole(part: str) -> list[tuple[int, int]]:
    """Quotations and brackets that are closed again soon: no sentence ends inside one."""
    spans: list[tuple[int, int]] = []
    for at, opened in _openings(part):
        if spans and at < spans[-1][1]:
            continue
        close = part.find(_PAIRS.get(opened, opened), at + 1, at + LONGEST_WHOLE)
        if close > 0:
            spans.append((at, close))
    return spans


def _openings(part: str) -> Iterator[tuple[int, str]]:
    for match in re.finditer('[“«„(\\["]', part):
        straight_close = match[0] == '"' and (match.start() > 0 and not part[match.start() - 1].isspace())
        if not straight_close:
            yield match.start(), match[0]


def _inside(spans: list[tuple[int, int]], at: int) -> bool:
    before = bisect_left(spans, (at, 0)) - 1
    return before >= 0 and spans[before][0] < at < spans[before][1]


def _is_kept(kept: list[tuple[int, int]], match: re.Match[str]) -> bool:
    """Whether a stop lies within a quotation or a bracket; a full stop that closes one ends the sentence too."""
    closing = match[0][0] == "." and len(match[0]) > 1 and not _inside(kept, match.end() - 1)
    return _inside(kept, match.start()) and not closing


def _is_end(part: str, begin: int, match: re.Match[str], lexicon: Lexicon) -> bool:
    mark = match[0]
    if mark == "|" or mark[0] in _FULL_WIDTH:
        return True
    after = part[match.end() : match.end() + 60]
    rest = after.lstrip()
    if not rest or after[0] not in " \t\r\n\u00a0\u2009\u202f[":
        return not rest
    rest = _NOTE_MARKS.sub("", rest, count=1) if rest.startswith("[") else rest
    if not rest or not _starts(rest):
        return not rest
    return mark[0] not in ".…" or _ends_at_stop(
        part[max(begin, match.start() - 24) : match.start()], mark, rest, lexicon
    )


def _starts(rest: str) -> bool:
    """Whether a sentence can begin like this: not with a small letter."""
    first = rest.lstrip(_OPENING)[:1]
    return not first or not first.islower()


def _ends_at_stop(before: str, mark: str, rest: str, lexicon: Lexicon) -> bool:
    """Whether a full stop ends the sentence, rather than an abbreviation or an initial."""
    word = _LAST_WORD.search(before)
    if mark != "." or word is None:
        return True
    form = word[0].lower().lstrip(_OPENING)
    if form not in lexicon.abbreviations and not (_INITIAL.fullmatch(form) and form != "i"):
        return not (before.strip().isdigit() and len(before.strip()) < 3)
    following = re.match(r"[^\W\d_]+", rest.lstrip(_OPENING))
    return following is not None and following[0].lower() in lexicon.openers and "." in form
