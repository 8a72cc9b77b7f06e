"""A sentence as read, with its voice -> what it is worth to a full briefing."""

from __future__ import annotations

import math
import re

from briefgen.extract.lexicon import SECTOR, Lexicon
from briefgen.extract.reading import Read
from briefgen.extract.stance import Voice

# What each sign counts for, in log odds that a careful reader lists the sentence: from a ridge logistic regression
# over 56 labelled documents. A sign is kept only where documents that were left out gain by it (docs/architecture.md).
WORTH = {"substance": 0.75, "words": 0.25, "subject": 0.13, "amount": 0.95, "bad": 0.1, "risk": 0.3, "said": -0.7}
# Below this a sentence is left out of the findings: among thresholds that do as well, one that keeps short sentences.
ENOUGH = 1.4
SHORT, LONG = 6, 60
# From so many words on a sentence has room for who did what, and for how and why.
FULL = (10, 16, 25)
# Fewer words without a full stop are a heading or a caption.
UNCLOSED = 16

_NUMBER = re.compile(r"[$€£¥₽%]|\b[0-9][0-9.,]*\b")
_AMOUNT = re.compile(r"[$€£¥₽%]")
_YEAR = re.compile(r"\b(?:1[89]|20)[0-9]{2}\b")
ENDS = (".", "!", "?", "…", ":", ";", "。", "！", "？")
# Two statutes in one sentence make it a note.
_CITED = re.compile(r"(?:Pub\. L\.|U\.S\.C\.|C\.F\.R\.|§|Stat\.).{0,200}?(?:Pub\. L\.|U\.S\.C\.|C\.F\.R\.|§|Stat\.)")
# Who gives an address wants to be written to.
_ADDRESS = re.compile(r"\w@\w+[.-]\w")
# «“Title” — newspaper, date»: an entry of a list of sources.
_REFERENCE = re.compile(r"[—–-]\s*[^.!?—–]{2,60},\s+(?:\w+ [0-9]{1,2}, [12][0-9]{3}|[0-9]{1,2} \w+ [12][0-9]{3})\W*$")
# The day that ends the caption of a picture.
_DAY = re.compile(r", [A-Z][a-z]{2,8}\.? [0-9]{1,2}, (?:19|20)[0-9]{2}\.?$")
# «Greater voice: the commission suggests …», open at its end, stands under a picture.
_NAMED_CAPTION = re.compile(r"\w+(?: \w+){0,3}: [^\W\d_a-zа-яё]")
_VERBLESS_SHARE = 0.55


def worth(each: Read, voice: Voice, commentary: bool, risky: bool) -> float:
    """The sum of all signs; `risky` says whether it states a risk."""
    keywords = sum(len(found) for name, found in each.hits.items() if name.startswith(SECTOR))
    signs = {
        "substance": substance(each, voice, commentary),
        "words": math.log(1 + len(each.content)),
        "subject": min(4, keywords),
        "amount": bool(each.hits.get("amount") or _AMOUNT.search(each.text)),
        "bad": min(2, len(each.outside("bad"))),
        "risk": risky,
        # Who is quoted at length illustrates more often than he reports.
        "said": sum(end - start for start, end in each.said) > 0.5 * len(each.text),
    }
    return sum(weight * signs[name] for name, weight in WORTH.items())


def substance(each: Read, voice: Voice, commentary: bool) -> float:
    """Weights of what makes a sentence a report of facts, less what makes it colour, method or passage."""
    return _for(each, voice) - _against(each, voice, commentary)


def _for(each: Read, voice: Voice) -> float:
    named = [name for name in each.names if name[0] > 0 or name[1] - name[0] > 4]
    topics = sum(name.startswith(SECTOR) for name in each.hits)
    number, act = bool(_NUMBER.search(each.text)), bool(each.outside("act"))
    return (
        0.7 * number
        + 0.1 * bool(_YEAR.search(each.text))
        + 0.2 * min(2, len(named))
        + 0.7 * (voice.stance == "claimed")
        + 0.6 * act
        + 0.15 * min(3, topics)
        + sum(0.4 for words in FULL if len(each.words) >= words)
        + 0.3
        - 0.5 * (voice.stance != "claimed" and not (number or named or act))
    )


def _against(each: Read, voice: Voice, commentary: bool) -> float:
    claimed = voice.stance == "claimed"
    marks = len(each.outside("evaluative")) + len(each.outside("colour"))
    return (
        3.5 * bool(each.outside("method"))
        + 0.5 * bool(each.outside("define"))
        + 0.5 * bool(each.outside("transition"))
        + (1.2 if commentary else 0.5) * bool(each.outside("first_person"))
        + 0.5 * min(4, marks)
        + 0.4 * (voice.stance == "judged")
        # What may be is not what is.
        + (0.0 if claimed else 0.4) * bool(each.outside("may") or each.outside("will"))
        + (0.0 if claimed else 1.3) * bool(each.outside("benefit"))
        + 3.0 * each.asks
        + 1.2 * (len(each.words) < SHORT)
        + 0.5 * (len(each.words) > LONG)
    )


def is_noise(each: Read, lexicon: Lexicon) -> bool:
    """Whether this is no sentence at all: headings or cells run together, a note to a figure, a list of statutes."""
    return (
        "boilerplate" in each.hits
        or bool(_ADDRESS.search(each.text))
        or _is_heading_run(each, lexicon)
        or bool(_CITED.search(each.text))
        or bool(_REFERENCE.search(each.text))
        or _is_dated_caption(each)
        or _is_note(each, lexicon)
        or _is_pointer(each, lexicon)
        or not _is_closed(each)
    )


def _is_closed(each: Read) -> bool:
    """Whether it ends like a sentence, or is long enough, or stands in a list, where none needs to."""
    if each.sentence.kind in ("list-item", "table-row") or not each.words:
        return True
    if each.end in ENDS:
        return True
    if each.sentence.kind == "paragraph" and _NAMED_CAPTION.match(each.text):
        return False
    return len(each.words) >= UNCLOSED and not each.end.isdigit() and each.end != "," and "finite" in each.hits


def _is_note(each: Read, lexicon: Lexicon) -> bool:
    """«Source: the ministry»."""
    first = each.words[0] if each.words else None
    return first is not None and first.form in lexicon.notes and each.text[first.end : first.end + 1] == ":"


def _is_pointer(each: Read, lexicon: Lexicon) -> bool:
    """A link in brackets: "(Read more about the law here)"; a whole sentence in brackets has its stop within."""
    if not each.words or not each.text.startswith("("):
        return False
    last = each.words[-1]
    return last.form in lexicon.pointers and each.text[last.end :].startswith(")")


def _is_dated_caption(each: Read) -> bool:
    """What a picture shows, with its day at the end: "The delegation departs for the talks, Feb. 26, 2026."."""
    return "finite" not in each.hits and bool(_DAY.search(each.text))


def _is_heading_run(each: Read, lexicon: Lexicon) -> bool:
    """Headings or cells run together: most words begin with a capital."""
    counted = [word for word in each.words if word.form not in lexicon.small]
    capital = sum(each.text[word.start].isupper() for word in counted)
    if 2 <= len(each.words) < 8 and capital == len(counted) and not each.outside("act") and "finite" not in each.hits:
        return not each.asks
    capital = sum(each.text[word.start].isupper() for word in each.words)
    return len(each.words) >= 6 and capital > _VERBLESS_SHARE * len(each.words) and "finite" not in each.hits
