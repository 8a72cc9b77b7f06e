"""What was made for an audience -> whether anything above its clearance is in it, by whatever way it came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from briefgen.layout import Only, normal, turned_words
from briefgen.model import Brief, Edition, Item, Question
from briefgen.render import words_of

# Shorter texts stand in too many places by chance to prove anything.
SHORTEST = 16
_LETTERS = Only(str.isalnum)


def leaks(brief: Brief, edition: Edition, haystack: str) -> Iterator[tuple[str, str]]:
    """(item above the clearance, words of it that were found) in the text of what was made, which must be `normal`."""
    needles = [(name, text, words_of(text)) for name, text in secrets(brief, edition)]
    if not needles:
        return
    searched, turned = haystack.translate(_LETTERS), haystack.rpartition("\n")[2].split()
    for name, text, words in needles:
        needle = _bare(words)
        if len(needle) >= SHORTEST and (needle in searched or _among(turned, turned_words(words))):
            yield name, text


def _among(turned: Sequence[str], words: Sequence[str]) -> bool:
    """Whether right-to-left words stand together in a PDF, which may turn their order and put others between them."""
    wanted, width = Counter(words), len(words) + len(words) // 4 + 1
    if sum(map(len, words)) < SHORTEST or not wanted.keys() <= set(turned):
        return False
    return any(wanted <= Counter(turned[at : at + width]) for at in range(len(turned)))


def _bare(text: str) -> str:
    """Letters and digits alone: another comma or quotation mark makes no other words."""
    return normal(text).translate(_LETTERS)


def secrets(brief: Brief, edition: Edition) -> list[tuple[str, str]]:
    """Every wording that the clearance keeps from this audience, by item.

    A quote that an item within the clearance shows as well is no secret.
    """
    clearance = edition.audience.clearance.rank
    above = [item for _, item in brief.items() if (item.marking or brief.marking).rank > clearance]
    within = [item for _, item in brief.items() if item not in above]
    shown = _bare(" ".join(quote.exact for item in within for quote in item.evidence)) if above else ""
    found = [(item.id, text) for item in above for text in _texts(item)]
    found += [(i.id, q.exact) for i in above for q in i.evidence if _bare(q.exact) not in shown]
    line = brief.bottom_line
    if line and (line.marking or brief.marking).rank > clearance:
        found += [("bottom_line", text) for text in (line.text, line.basis) if text]
    for source in brief.sources:
        if (source.marking or brief.marking).rank > clearance:
            found += [(source.id, text) for text in (source.title, source.note, source.url) if text]
    return found


def _texts(item: Item) -> list[str]:
    more = [item.why] if isinstance(item, Question) and item.why else []
    return [*item.wordings().values(), *more]
