"""Text and its rough blocks -> the blocks, with headings and residue told by their shape and their place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from briefgen.model import Block, BlockKind
from briefgen.sources import shape

PROSE: frozenset[BlockKind] = frozenset({"paragraph", "list-item", "quote"})
# Comments never come before the middle of a page; a link «leave a comment» often does.
_COMMENTS_FROM = 0.5
_NUMBER = re.compile(r"[\dIVX]+[.)]\s+$")
_NOTE = re.compile(r"(\d{1,2})\s+[^\W\d_a-zа-яё]")
_LONGEST_CONTENTS = 2000  # characters of a table of contents that was run into one line
_LONGEST_TAIL = 30  # words of a caption that ran into a paragraph
_LONGEST_TITLE = 35  # words
_RUN = 3  # this many headings with nothing between them are a menu or a list


def set_apart(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks in order, cut where a paragraph has swallowed a caption, and each with its kind."""
    cut = [part for block in blocks for part in _cut(text, _alone(text, block))]
    found = _comments(text, _titled(text, _headings(text, _footnotes(text, cut))))
    return tuple(_trailing(text, _teasers(text, found)))


def _said(text: str, block: Block) -> str:
    return text[block.start : block.end]


def _alone(text: str, block: Block) -> Block:
    """The block as residue where it shows by itself that it is none of the content."""
    if block.kind == "residue" or block.end - block.start > _LONGEST_CONTENTS:
        return block
    line = _said(text, block)
    if block.kind == "table-row":
        bare = not any(map(str.isalnum, line)) or shape.is_labelled(line)
    else:
        contents = shape.has_leaders(line) or (block.kind != "heading" and shape.is_contents(line))
        bare = contents or shape.is_residue(line)
    return replace(block, kind="residue") if bare else block


def _cut(text: str, block: Block) -> list[Block]:
    """A paragraph without the furniture that ran into its beginning or its end."""
    if block.kind not in PROSE:
        return [block]
    said = _said(text, block)
    # Only the ends matter, and a paragraph may be a megabyte long.
    head = shape.boundaries(said[:500])[:1]
    tail = [(a + len(said[:-500]), b + len(said[:-500])) for a, b in shape.boundaries(said[-500:])][-1:]
    parts, start, end = [], block.start, block.end
    if head and _is_lead(said[: head[0][0]]):
        parts.append(Block("residue", start, start + head[0][0]))
        start += head[0][1]
    if tail and block.start + tail[0][1] > start and _is_tail(said[tail[0][1] :]):
        end = block.start + tail[0][0]
        return [*parts, Block(block.kind, start, end), Block("residue", block.start + tail[0][1], block.end)]
    return [*parts, Block(block.kind, start, end)]


def _is_lead(line: str) -> bool:
    return not shape.has_letters(line) or shape.is_chrome(line)


def _is_tail(line: str) -> bool:
    if not line or shape.is_chrome(line):
        return bool(line)
    title = not shape.ends_sentence(line) and 3 <= shape.word_count(line) <= _LONGEST_TAIL
    return title and shape.titled(line) >= 0.75 and shape.heading(line[:150]) is not None


def _footnotes(text: str, blocks: list[Block]) -> list[Block]:
    """A note over the number of the page is residue: it begins with a number that marks a word above."""
    found = list(blocks)
    for number, (block, below) in enumerate(pairwise(blocks)):
        note = _NOTE.match(text, block.start, block.end) if block.kind == "paragraph" else None
        over = below.kind == "residue" and shape.is_page(_said(text, below))
        if note and over and re.search(rf"[^\W\d_][.,;:)”\"’]?{note[1]}(?!\w)", text[: block.start]):
            found[number] = replace(block, kind="residue")
    return found


def _headings(text: str, blocks: list[Block]) -> list[Block]:
    """Short open lines become headings where text follows them; a menu of them becomes residue."""
    looks = [
        shape.heading(_said(text, block)) if block.kind == "paragraph" or _is_numbered(text, blocks, number) else None
        for number, block in enumerate(blocks)
    ]
    found = list(blocks)
    at = 0
    while at < len(blocks):
        end = at
        while end < len(blocks) and (looks[end] or blocks[end].kind == "residue"):
            end += 1
        run = [number for number in range(at, end) if looks[number]]
        for number, kind in zip(run, _kinds(text, blocks, looks, run), strict=True):
            found[number] = replace(blocks[number], kind=kind)
        at = max(end, at + 1)
    return found


def _is_numbered(text: str, blocks: list[Block], number: int) -> bool:
    """«1. Exports» is a list item only among its like."""
    if blocks[number].kind != "list-item" or not _NUMBER.search(
        text[max(0, blocks[number].start - 8) : blocks[number].start]
    ):
        return False
    around = (*blocks[max(0, number - 1) : number], *blocks[number + 1 : number + 2])
    return all(block.kind != "list-item" for block in around)


def _kinds(text: str, blocks: list[Block], looks: list[shape.Heading | None], run: list[int]) -> list[BlockKind]:
    """What the lines of one run of heading-like lines are, from what comes after the run."""
    if not run:
        return []
    following = next((each for each in blocks[run[-1] + 1 :] if each.kind != "residue"), None)
    if len(run) >= _RUN:
        kinds = [_in_run(_said(text, blocks[number]), looks[number]) for number in run]
        last = _said(text, blocks[run[-1]])
        return [*kinds[:-1], "heading"] if following and shape.word_count(last) >= 4 else kinds
    if following is None:
        return [blocks[number].kind for number in run]
    after = _said(text, following)[:200]
    if _goes_on(after):
        before: list[BlockKind] = ["heading"] * (len(run) - 1)
        return [*before, blocks[run[-1]].kind]
    leads = following.kind != "paragraph" or shape.ends_sentence(_said(text, following)[-40:]) or len(after) > 100
    return ["heading" if leads or looks[number] == "title" else blocks[number].kind for number in run]


def _goes_on(line: str) -> bool:
    """Whether a line begins with a small letter, as the second half of a sentence does."""
    return bool(re.match(r"[^\w]*[a-zа-яё]", line[:40]))


def _in_run(line: str, look: shape.Heading | None) -> BlockKind:
    if look == "title":
        return "residue" if shape.word_count(line) <= 3 else "heading"
    return "residue" if shape.word_count(line) <= 2 else "paragraph"


def _titled(text: str, blocks: list[Block]) -> list[Block]:
    """The first line as a heading where it shows that it is the title: left open, a question, or signed below."""
    at = next((number for number, block in enumerate(blocks) if block.kind != "residue"), len(blocks))
    rest = blocks[at + 1 :]
    if not any(block.kind in PROSE and shape.ends_sentence(_said(text, block)) for block in rest):
        return blocks
    line = _said(text, blocks[at])
    if blocks[at].kind != "paragraph" or shape.word_count(line) > _LONGEST_TITLE or shape.boundaries(line):
        return blocks
    following = next(block for block in rest if block.kind != "residue")
    if _goes_on(_said(text, following)):
        return blocks
    below = _said(text, rest[0]) if rest[0].kind == "residue" else ""
    signed = bool(below) and (shape.is_dated(below) or shape.is_byline(below))
    if signed or not shape.ends_sentence(line) or line.endswith("?"):
        return [*blocks[:at], replace(blocks[at], kind="heading"), *rest]
    return blocks


def _comments(text: str, blocks: list[Block]) -> list[Block]:
    """All that follows the heading of a comment section is residue."""
    first = len(text) * _COMMENTS_FROM
    for number, block in enumerate(blocks):
        if block.start >= first and block.end - block.start <= 80 and shape.opens_comments(_said(text, block)):
            return _residue_from(blocks, number)
    return blocks


def _residue_from(blocks: list[Block], first: int) -> list[Block]:
    return [*blocks[:first], *(replace(each, kind="residue") for each in blocks[first:])]


def _teasers(text: str, blocks: list[Block]) -> list[Block]:
    """What follows «related coverage» is residue, where headings follow to the end, each with a sentence at most."""
    first = len(text) * _COMMENTS_FROM
    for number, block in enumerate(blocks):
        if block.start >= first and block.end - block.start <= 80 and shape.opens_teasers(_said(text, block)):
            rest = [each for each in blocks[number + 1 :] if each.kind != "residue"]
            if all(_is_teaser(text, each, before) for before, each in zip([None, *rest], rest, strict=False)):
                return _residue_from(blocks, number)
    return blocks


def _is_teaser(text: str, block: Block, before: Block | None) -> bool:
    """A title, or the one sentence under it."""
    if block.kind not in ("heading", "paragraph") or shape.boundaries(_said(text, block)):
        return False
    return any(each is not None and not shape.ends_sentence(_said(text, each)) for each in (block, before))


def _trailing(text: str, blocks: list[Block]) -> list[Block]:
    """Headings at the very end head nothing; neither does a last line that looks like one."""
    found = list(blocks)
    if not any(block.kind in PROSE and not shape.heading(_said(text, block)[:161]) for block in blocks):
        return found
    for number in range(len(found) - 1, -1, -1):
        block = found[number]
        line = _said(text, block)[:161]
        ended = block.kind == "heading" or (block.kind == "paragraph" and shape.heading(line) == "title")
        last = number == len(found) - 1 and block.kind == "paragraph" and shape.heading(line)
        if not (block.kind == "residue" or ended or last):
            break
        found[number] = replace(block, kind="residue")
    return found
