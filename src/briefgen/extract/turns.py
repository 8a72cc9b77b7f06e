"""Sentences of an interview -> who speaks each: the name and colon at the head of a paragraph begin a turn."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from briefgen.extract.reading import Read

# Whatever stands before a colon ends the turn of another; two to four words in capitals may be a name.
_LABEL = re.compile(r"[^.:!?]{1,60}(?=: )")
_NAME = re.compile(r"[^\W\d_a-zа-яё][\w.’'-]*(?:(?: [a-zа-яё]{1,3}){0,2} [^\W\d_a-zа-яё][\w.’'-]*){1,3}")
Place = tuple[int, int]


def turns(read: Sequence[Read]) -> list[str | None]:
    """The speaker of each sentence; None for all where no two take turns, one of them asking.

    A turn goes on over paragraphs without a head as long as another turn follows under the same heading; after the last
    one the text may have gone back to its author.
    """
    labels = _labels(read)
    names = _names(labels, read)
    last = max((block for block, label in labels.items() if label in names), default=(-1, -1))
    speaker, found = None, list[str | None]()
    for before, each in zip([None, *read], read, strict=False):
        block = _block(each)
        if before is None or block[0] != before.sentence.source or each.sentence.headings != before.sentence.headings:
            speaker = None
        if label := labels.get(block):
            speaker = label if label in names else None
        found.append(speaker if block <= last else None)
    return found


def _block(each: Read) -> Place:
    return each.sentence.source, each.sentence.block


def _labels(read: Sequence[Read]) -> dict[Place, str]:
    """What stands before a colon at the head of each paragraph."""
    heads = {_block(each): each.text for each in reversed(read)}
    return {block: match[0] for block, text in heads.items() if (match := _LABEL.match(text))}


def _names(labels: dict[Place, str], read: Sequence[Read]) -> set[str]:
    """Two names or more of which one comes again and one asks; what the text writes small as well names nobody."""
    counts = Counter(label for label in labels.values() if _NAME.fullmatch(label))
    common = {each.text[word.start : word.end] for each in read for word in each.words}
    names = {label for label in counts if not any(part.lower() in common for part in label.split() if part.istitle())}
    headings = {heading for each in read for heading in each.sentence.headings if heading.endswith("?")}
    asked = {label for each in read if each.asks and (label := labels.get(_block(each)))}
    asked |= {heading.partition(":")[0] for heading in headings}
    return names if len(names) > 1 and asked & names and any(counts[name] > 1 for name in names) else set()
