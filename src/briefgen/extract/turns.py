"""Sentences of an interview -> who speaks each: the name and colon at the head of a paragraph begin a turn."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from briefgen.extract.reading import Read

# Two to four words in capitals; one alone is rather a label: "Note:".
_HEAD = re.compile(r"[^\W\d_a-zа-яё][\w.’'-]*(?: [^\W\d_a-zа-яё][\w.’'-]*){1,3}(?=: )")


def turns(read: Sequence[Read]) -> list[str | None]:
    """The speaker of each sentence; None for all where no two take turns."""
    heads = [_head(each, before) for each, before in zip(read, [None, *read], strict=False)]
    names = _names(heads, read)
    speaker, found = None, list[str | None]()
    for each, before, head in zip(read, [None, *read], heads, strict=False):
        if before is not None and each.sentence.source != before.sentence.source:
            speaker = None
        speaker = head if head in names else speaker
        found.append(speaker)
    return found


def _head(each: Read, before: Read | None) -> str | None:
    """The name with which a paragraph begins."""
    place = (each.sentence.source, each.sentence.block)
    if before is not None and place == (before.sentence.source, before.sentence.block):
        return None
    match = _HEAD.match(each.text)
    return match[0] if match else None


def _names(heads: Sequence[str | None], read: Sequence[Read]) -> set[str]:
    """Two heads or more of which one comes again; what the text has in small letters too ("Response:") names nobody."""
    counts = Counter(head for head in heads if head)
    common = {each.text[word.start : word.end] for each in read for word in each.words}
    names = {head for head in counts if not any(part.lower() in common for part in head.split())}
    return names if len(names) > 1 and any(counts[name] > 1 for name in names) else set()
