"""One line of text -> what it looks like: a heading, page furniture, an entry of a table of contents.

Nothing here looks at the lines around it; `setapart` does.
"""

from __future__ import annotations

import re
from typing import Literal

from briefgen.sources.dates import is_only_dates
from briefgen.sources.lexicon import folded, lexicon

Heading = Literal["title", "plain"]

_SHORT_QUESTION = 9  # words
LONGEST = 400  # characters: whatever is longer is prose
_WORD = re.compile(r"[^\W_]+(?:[’'.&/-][^\W_]+)*")
_CLOSED = re.compile(r"[.;,…。；，、؟]['\"”’»)\]]*$|[!?！？][\"”’»]*$")
_SENTENCE_END = re.compile(r"[.!?…。！？।؟][\"”’»)\]]*$")
# Where one sentence ends and the next begins, roughly: enough to look at the first and the last one.
_BOUNDARY = re.compile(r"(?<=[.!?…])[\"”’»)\]]*\s+(?=[\"“‘«(\[]?[^\W_a-zа-яё])|(?<=[。！？])[”」』]?")
_ABBREVIATED = re.compile(r"(?:\b[A-ZА-Я]|\b(?:Mr|Mrs|Ms|Dr|St|No|vs|Inc|Ltd|Jr|Sr|Gen|Gov|Sen|Rep|Prof|г|ул|им))\.$")
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVXLC]{1,5}\.|[A-Z]\.)\s+(?=\S)")
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\d{1,4}$|…+\s*\d{1,4}$")
_ENTRY_PAGE = re.compile(r"(?<=\s)\d{1,3}(?=$|\s+[^\W\d_a-z])")
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MARKUP = re.compile(r"\*\*|__|\[([^\]\n]{0,200})\]\([^)\n]{0,300}\)")
_LABEL = re.compile(r"[\W_]*([^\W\d_][^:：|\n]{0,28})\s*(?::[\s*_]+|：|:$)\s*([^\s:].*)?$")
_ADDRESS = re.compile(r"https?://\S+$")
_PARTS = re.compile(r"\s+[|•·–—]\s+|\s*\|\s*")


def word_count(line: str) -> int:
    """Words, two ideographs counted as one word."""
    return len(_WORD.findall(_HAN.sub(" ", line))) + len(_HAN.findall(line)) // 2


def has_letters(line: str) -> bool:
    return any(character.isalpha() for character in line)


def ends_sentence(line: str) -> bool:
    return bool(_SENTENCE_END.search(line[-8:].rstrip()))


def boundaries(text: str) -> list[tuple[int, int]]:
    """Where sentences meet: the end of one and the start of the next."""
    found = (match.span() for match in _BOUNDARY.finditer(text))
    return [(start, end) for start, end in found if not _ABBREVIATED.search(text[max(0, start - 8) : start])]


def titled(line: str) -> float:
    """The share of its words that begin with a capital, the small words of titles not counted."""
    words = [word for word in _WORD.findall(line) if word[0].isalpha() and word.casefold() not in lexicon().small]
    cased = [word for word in words if word[0].isupper() or word[0].islower()]
    return sum(word[0].isupper() for word in cased) / len(cased) if cased else 0.0


def heading(line: str) -> Heading | None:
    """How a line looks like a heading: in title case or numbered, or merely short and open-ended."""
    if len(line) > 160 or not has_letters(line) or not _opens(line):
        return None
    words = word_count(line)
    if words > 20 or (_CLOSED.search(line) and not _asks(line, words)):
        return None
    if (line.endswith((":", "：")) and words > 4) or any(True for _ in boundaries(_NUMBERED.sub("", line, 1))):
        return None
    if (words >= 2 and titled(line) >= 0.7) or (_NUMBERED.match(line) and words <= 14):
        return "title"
    return "plain" if words <= 12 else None


def _opens(line: str) -> bool:
    """Whether it begins as a sentence or a title does: not with a small letter, not with a stray mark."""
    first = next((character for character in line if character.isalnum()), "")
    return bool(first) and not first.islower()


def _asks(line: str, words: int) -> bool:
    """A question on a line of its own is a heading where it is short, or written like a title."""
    return line.endswith(("?", "？")) and 3 <= words <= 12 and (words <= _SHORT_QUESTION or titled(line) >= 0.9)


def has_leaders(line: str) -> bool:
    """Whether dots lead to a page number."""
    return bool(_LEADERS.search(line[-120:]))


def is_contents(line: str) -> bool:
    """An entry, or several run together, of a table of contents: titles, each with its page."""
    pages = _ENTRY_PAGE.findall(line)
    if not pages or not line.endswith(pages[-1]) or word_count(line) > 30 * len(pages):
        return False
    several = len(pages) > 1 or word_count(line) >= 4
    return several and titled(line) >= 0.7 and [int(page) for page in pages] == sorted(map(int, pages))


def is_residue(line: str) -> bool:
    """Whether a line by itself shows that it is not content."""
    if len(line) > LONGEST:
        return False
    plain = _MARKUP.sub(r"\1", line).strip()
    return not has_letters(plain) or is_chrome(plain) or is_labelled(line) or is_only_dates(plain) or _is_pointer(line)


def _is_pointer(line: str) -> bool:
    """A few words, and then where on the web to look."""
    match = _ADDRESS.search(line)
    before = line[: match.start()] if match else ""
    return bool(match) and word_count(before) <= 12 and not boundaries(before) and not ends_sentence(before.rstrip())


def is_dated(line: str) -> bool:
    """A line of nothing but a date or an address, as stands under a title."""
    return is_only_dates(line) or line.startswith(("http://", "https://"))


def is_chrome(line: str) -> bool:
    """Furniture by its words: buttons, menus, credits, bylines, captions, page numbers, notices."""
    words, text = lexicon(), folded(line)
    if not text or text in words.whole or text in words.comments or words.start.match(text):
        return True
    sentence = ends_sentence(line) and word_count(line) > 5
    inside = words.inside.search(text) or words.credited.search(text)
    if words.page.fullmatch(text) or (inside and word_count(line) <= 45):
        return True
    if not sentence and word_count(line) <= 25 and (words.lead.match(_lowered(line)) or words.credit.match(text)):
        return True
    return _is_share(text) or is_byline(line) or _is_caption(line, text) or "©" in line[:40]


def _lowered(line: str) -> str:
    return line.casefold().replace("’", "'").lstrip(" *_([—–-•")


def opens_comments(line: str) -> bool:
    """Whether what follows is what readers wrote, or the form for it."""
    return len(line) <= 80 and folded(line) in lexicon().comments


def is_page(line: str) -> bool:
    """Whether a line is the number of a page, and no more."""
    return bool(lexicon().page.fullmatch(folded(line)))


def opens_teasers(line: str) -> bool:
    """Whether what follows are lines that lead to other pages."""
    return folded(line) in lexicon().teasers


def _is_share(text: str) -> bool:
    words = text.replace("|", " ").replace(",", " ").split()
    return 0 < len(words) <= 20 and all(word in lexicon().share for word in words)


def is_byline(line: str) -> bool:
    """A word such as «by», and then nothing but names."""
    if len(line) > 160 or (ends_sentence(line) and not line.isupper()):
        return False
    match = lexicon().byline.match(line.casefold())
    if not match or match.end() >= len(line):
        return False
    rest = line[match.end() :]
    return _opens(rest) and 1 <= word_count(rest) <= 14 and (titled(rest) >= 0.85 or bool(_HAN.match(rest)))


def _is_caption(line: str, text: str) -> bool:
    """«Figure 3: …» in one sentence; «Figure 3 shows …» is prose."""
    return bool(lexicon().caption.match(text)) and word_count(line) <= 40 and len(boundaries(line)) <= 2


def is_labelled(line: str) -> bool:
    """«Published: 2026-03-18», or several such with bars between them."""
    parts = [part for part in _PARTS.split(line) if part.strip()]
    known = [part for part in parts if labelled(part)]
    if any(ends_sentence(part) and word_count(part) > 5 for part in parts):
        return False
    return bool(known) and (len(parts) == 1 or len(known) * 2 >= len(parts)) and word_count(line) <= 60


def labelled(part: str) -> tuple[str, str] | None:
    """The label and the value of «Author: A. N. Other»; None for a sentence with a colon in it."""
    if len(part) > LONGEST or not (match := _LABEL.match(part)):
        return None
    label = folded(match[1])
    value = (match[2] or "").strip(" *_")
    if label not in lexicon().labels or (ends_sentence(value) and word_count(value) > 5):
        return None
    return (label, value) if word_count(value) <= 20 and not value.endswith(":") else None
