"""A cue of saying in a sentence -> the name of the speaker that it points to, as the sentence has it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from briefgen.extract.lexicon import Hit, Lexicon
from briefgen.extract.reading import Read

LONGEST_SPEAKER, LONGEST_SUBJECT = 16, 24
# Up to so many words, "and" joins two names; beyond, two clauses.
LONGEST_NAME = 8

# So many words may stand between an article and its noun.
NEAR = 3
# So many words may stand between one that examines and what it finds.
EXAMINER = 9

_REPORTED = re.compile(r"[,:]?\s*[“\"«‘]|:")
_ENDS = re.compile(r"[,;:.!?—–()“”\"]\s|[.!?]$")
_CLAUSE_END = re.compile(r"[;:]\s|,\s(?=(\S+)\s)")
_PIECES = re.compile(r"[,;:—–()]| / |[”\"»’](?=[ ,])| - ")


def speaker(each: Read, hit: Hit, kind: str, lexicon: Lexicon) -> str | None:
    """Whom a cue of one kind points to: what follows it, what stands within it, or the subject before it."""
    if kind == "by":
        return _after(each, hit.end, lexicon)
    if kind == "view":
        named = each.text[each.words[hit.last].start].isupper()
        within = _shortened(re.sub(r"['’]s?(?: own)?$", "", _within_cue(each, hit)))
        return None if named or within in lexicon.articles else within
    if hit.first and _is_noun(each, hit, lexicon):
        return None
    following = [word.form for word in each.words[hit.last + 1 : hit.last + 3]]
    if (
        following[:1]
        and following[0] in lexicon.agent
        and not (following[-1].endswith("ing") or following[-1].isdigit())
    ):
        return _after(each, each.words[hit.last + 1].end, lexicon)
    if kind == "find" and not _has_content(each, hit, lexicon):
        return None
    return _subject(each, hit, kind, lexicon)


def _is_noun(each: Read, hit: Hit, lexicon: Lexicon) -> bool:
    """Whether what looks like a verb follows an article or is part of a name, or hangs on "when", "by": "by saying"."""
    before, verb = each.words[hit.first - 1].form, each.words[hit.first]
    hangs = verb.form.endswith("ing") and (before in lexicon.prepositions or before in lexicon.links)
    named = each.text[verb.start].isupper() and each.text[: verb.start].rstrip()[-1:].isalnum()
    near = {word.form for word in each.words[max(0, hit.first - NEAR) : hit.first]}
    described = hit.first == hit.last and verb.form in lexicon.nouns and bool(near & lexicon.one)
    return before in lexicon.articles or hangs or named or described


def _within_cue(each: Read, hit: Hit) -> str:
    return each.text[each.words[hit.first].end : each.words[hit.last].start].strip()


def _has_content(each: Read, hit: Hit, lexicon: Lexicon) -> bool:
    """Whether the verb has a clause to report, or its subject is one that examines: else it tells a deed."""
    if lexicon.content and _is_plural(each, hit, lexicon):
        return False
    rest = each.text[hit.end :].lstrip()
    if not lexicon.content or each.words[hit.last].form in lexicon.content or _REPORTED.match(rest):
        return True
    if rest[:1] in ("", ",", ".") and "," in each.text[: hit.start]:
        return True
    following = each.words[hit.last + 1 : hit.last + 2]
    clause = _clause_end(each.text, hit.end, lexicon)
    return (
        any(word.form in lexicon.content for word in following)
        or any(hit.last + 1 < verb.first and verb.start < clause for verb in each.outside("finite"))
        or any(0 < hit.first - one.last <= EXAMINER for one in each.hits.get("examines", ()))
    )


def _clause_end(text: str, start: int, lexicon: Lexicon) -> int:
    """Where the clause that goes on at `start` ends: at a mark, or at a comma before a word that begins a new one."""
    opens = lexicon.turns | lexicon.turning | lexicon.joints | lexicon.relative
    ends = (match.start() for match in _CLAUSE_END.finditer(text, start) if not match[1] or match[1].lower() in opens)
    return next(ends, len(text))


def _is_plural(each: Read, hit: Hit, lexicon: Lexicon) -> bool:
    """Whether "reports", "states" is a noun: its own verb or "and" comes right after."""
    after = each.words[hit.last + 1 : hit.last + 2]
    joined = any(word.form in lexicon.joints and each.text[hit.end : word.start].isspace() for word in after)
    return joined or any(verb.first == hit.last + 1 for verb in each.hits.get("finite", ()))


def cue_order(each: Read) -> list[tuple[Hit, str]]:
    """The cues from left to right, the longest first, without what a longer phrase bars."""
    barred = each.hits.get("not_said", ())
    found = [(hit, kind) for kind in ("by", "view", "say", "find") for hit in each.outside(kind)]
    found.sort(key=lambda pair: (pair[0].start, -pair[0].end))
    verbs = {hit.first for hit, kind in found if kind in ("say", "find")}
    return [
        (hit, kind)
        for hit, kind in found
        if not any(bar.start <= hit.start and hit.end <= bar.end for bar in barred)
        # Of two in a row the first is a noun: "the report notes".
        and (kind not in ("say", "find") or hit.last > hit.first or hit.first + 1 not in verbs)
    ]


def _after(each: Read, start: int, lexicon: Lexicon) -> str | None:
    """The speaker that follows: "according to the ministry"."""
    pieces = _ENDS.split(each.text[start:].lstrip())
    if len(pieces) > 2 and not person(pieces[0], lexicon) and person(pieces[1], lexicon):
        return pieces[1]
    parts = _up_to(pieces[0].split(), lexicon.links)
    return _shortened(" ".join(parts if len(parts) <= LONGEST_NAME else _up_to(parts, lexicon.asides)))


def _up_to(parts: list[str], words: frozenset[str]) -> list[str]:
    """The words before the first of `words`, which is none at the head."""
    return parts[: next((at for at, part in enumerate(parts) if at and part.lower() in words), len(parts))]


def _shortened(name: str) -> str | None:
    parts = name.strip(" .,;:“”\"'’").split()
    return " ".join(parts[:LONGEST_SPEAKER]) if parts else None


def _subject(each: Read, hit: Hit, kind: str, lexicon: Lexicon) -> str | None:
    """The speaker that a reporting verb has: before it, or after it where a quotation ends before the verb."""
    before = _without_helpers(each, hit, lexicon)
    if before is None:
        return None
    stripped = before.rstrip()
    if _closes_quote(stripped):
        return _inverted(each, hit, lexicon)
    to_whom = each.words[hit.last].form in lexicon.addressed
    if stripped.endswith(",") and not to_whom and _follows(each, hit, lexicon):
        return _inverted(each, hit, lexicon)
    for part in _chunks(before, lexicon):
        if _can_speak(part, each, kind, lexicon):
            return _shortened(_up_to_verb(part, each, kind, lexicon))
    return _checked(_inverted(each, hit, lexicon), each, kind, lexicon) if lexicon.inverts else None


def _follows(each: Read, hit: Hit, lexicon: Lexicon) -> bool:
    """Whether a whole clause stands before the verb, and after it a speaker and nothing more: "…, says the bank"."""
    name = _inverted(each, hit, lexicon)
    if not name or each.words[hit.first].form.endswith("ing") or not _can_speak(name, each, "say", lexicon):
        return False
    after = each.text.find(name, hit.end) + len(name)
    inside = [verb for verb in each.hits.get("finite", ()) if hit.end < verb.start < after]
    before = [verb for kind in ("finite", "act") for verb in each.hits.get(kind, ()) if verb.end < hit.start]
    return bool(before or lexicon.inverts) and not inside and not each.text[after : after + 1].isalnum()


def _up_to_verb(name: str, each: Read, kind: str, lexicon: Lexicon) -> str:
    """A subject without the clause that it is in: "The bank" of "The bank rejected the claim, saying"."""
    start = each.text.find(name)
    verbs = [hit for kinds in ("finite", "act", "say") for hit in each.hits.get(kinds, ())]
    for hit in sorted(verbs, key=lambda hit: hit.start):
        if start < hit.start < start + len(name):
            cut = each.text[start : hit.start].rstrip()
            parts = cut.split()
            cut = " ".join(parts[:-1] if len(parts) > 1 and parts[-1].lower() in lexicon.relative else parts)
            return cut if _can_speak(cut, each, kind, lexicon) else name
    return name


def _checked(name: str | None, each: Read, kind: str, lexicon: Lexicon) -> str | None:
    return name if name and _can_speak(name, each, kind, lexicon) else None


def _closes_quote(before: str) -> bool:
    return before.rstrip(" ,—–-").endswith(("”", '"', "»", "’"))


def _without_helpers(each: Read, hit: Hit, lexicon: Lexicon) -> str | None:
    """The text before the verb without "has also", "recently"; None where the verb is passive."""
    at = hit.first
    while at > 0 and _helps(each, at - 1, lexicon):
        at -= 1
    helpers = {word.form for word in each.words[at : hit.first]}
    passive = helpers & lexicon.passive and not each.words[hit.first].form.endswith("ing")
    if passive or helpers & lexicon.unsaid:
        return None
    return each.text[: each.words[at].start]


def _helps(each: Read, at: int, lexicon: Lexicon) -> bool:
    """Whether a word only stands between a subject and its verb: nothing but a space may follow it."""
    word, after = each.words[at], each.words[at + 1]
    alone = each.text[word.end : after.start].isspace() and each.text[word.start].islower()
    return alone and (word.form in lexicon.helpers or word.form.endswith("ly"))


def _inverted(each: Read, hit: Hit, lexicon: Lexicon) -> str | None:
    """The speaker that stands after the verb, up to where and when it was said."""
    rest = re.split(r"[,;:.!?—–()“”\"]", each.text[hit.end :], maxsplit=1)[0]
    parts = rest.split()
    ends = [at for at, part in enumerate(parts) if part.lower() in lexicon.asides]
    if parts and parts[0].lower() in lexicon.prepositions:
        return None
    name = _shortened(" ".join(parts[: ends[0]] if ends else parts))
    return name if name and len(name.split()) <= 12 else None


def _chunks(before: str, lexicon: Lexicon) -> Iterator[str]:
    """What may be the subject, the nearest first: the last clause, from its last link on, then whole."""
    dangling = lexicon.joints | lexicon.prepositions
    clause = _clause([piece.strip() for piece in _PIECES.split(before)], lexicon)
    parts = clause.split()
    while parts and (parts[-1].lower() in lexicon.times or (len(parts) > 1 and parts[-1].lower() in dangling)):
        parts.pop()
    if parts and bare(parts[-1]) in lexicon.pronouns and not before.rstrip().endswith(","):
        yield parts[-1]
    if len(parts) > 1 and parts[-1].lower() in lexicon.relative and not _is_acronym(parts[-1]):
        parts = parts[:-1]
        cuts = [at + 1 for at, word in enumerate(parts) if word.lower() in lexicon.prepositions]
        parts = parts[cuts[-1] :] if cuts else parts
    while len(parts) > 2 and parts[0] in lexicon.prepositions:
        parts = parts[1:]
    # "The officials we spoke to" are the officials.
    own = [at for at, word in enumerate(parts) if at > 1 and word in lexicon.first]
    parts = parts[: own[0]] if own else parts
    links = [at + 1 for at, word in enumerate(parts) if word.lower() in lexicon.links and not _is_acronym(word)]
    for start in [*reversed(links), 0]:
        if start < len(parts) and len(parts) - start <= LONGEST_SUBJECT:
            yield " ".join(_last_of(parts[start:], lexicon))


def _last_of(parts: list[str], lexicon: Lexicon) -> list[str]:
    """The last of several clauses that are joined by "and", where the whole is too long for a name."""
    joints = [at + 1 for at, word in enumerate(parts[:-1]) if word.lower() in lexicon.joints]
    return parts[joints[-1] :] if joints and len(parts) > LONGEST_NAME else parts


def _clause(pieces: list[str], lexicon: Lexicon) -> str:
    """The piece before a verb that holds its subject: past an apposition, of which the name is the better half."""
    if pieces and not pieces[-1]:
        # An apposition may have several parts: "Jane Roe, head of one body and, since May, of another, says".
        while len(pieces) > 3 and pieces[-2].split()[:1] and pieces[-2].split()[0].lower() in lexicon.joints:
            pieces = [*pieces[:-2], ""]
        inner, outer = (pieces[-2] if len(pieces) > 1 else ""), (pieces[-3] if len(pieces) > 2 else "")
        aside = bool(outer) and outer.split()[0].lower() in lexicon.prepositions
        return inner if person(inner, lexicon) or not outer or aside else outer
    if len(pieces) > 1 and all(word.lower() in lexicon.links for word in pieces[-1].split()):
        # What begins with a pronoun is a clause, of which only the last name can be meant.
        clause = bare(pieces[-2].split()[0]) in lexicon.pronouns if " " in pieces[-2] else False
        return f"{pieces[-2]} {pieces[-1]}" if clause else pieces[-2]
    return pieces[-1] if pieces else ""


def _can_speak(name: str, each: Read, kind: str, lexicon: Lexicon) -> bool:
    """Whether a name, a pronoun or a noun for a speaker stands in `name`."""
    forms = [bare(part) for part in name.split()]
    if not forms or forms[-1] in lexicon.never or (len(forms) < 3 and any(form in lexicon.first for form in forms)):
        return False
    if forms[-1].isdigit():
        return False
    if len(forms) == 1 and forms[0] in lexicon.pronouns:
        return kind != "find" or forms[0] not in lexicon.neuter | lexicon.plural
    speaks = any(_in(hit, name, each) for hit in each.hits.get("speakers", ()))
    acronym = any(_is_acronym(part) for part in name.split())
    capital = any(part[:1].isupper() and part.lower() not in lexicon.stop for part in name.split())
    sure = kind != "find" or bool(each.said) or bool(lexicon.content)
    return speaks or acronym or _agent(forms[-1], lexicon) or (capital and sure)


def _agent(form: str, lexicon: Lexicon) -> bool:
    """A noun for one who does something: "villagers"."""
    return any(form.endswith(ending) and len(form) > len(ending) + 3 for ending in lexicon.agents)


def _is_acronym(part: str) -> bool:
    letters = re.sub(r"['’]s$|[.,]", "", part)
    return len(letters) > 1 and letters.isalpha() and letters.isupper()


def _in(hit: Hit, name: str, each: Read) -> bool:
    return each.text[hit.start : hit.end] in name


def bare(name: str) -> str:
    """Small letters, no possessive or contracted ending."""
    return re.sub(r"['’](?:s|re|ve|ll|d|m)?$", "", name.lower())


def person(name: str | None, lexicon: Lexicon) -> str | None:
    """Two to four capitalised words, none of them an acronym or a word for a body or a place: likely a person."""
    parts = (name or "").split()
    if parts and (bare(parts[0]) in lexicon.links or any(part.lower() in lexicon.bodies for part in parts)):
        return None
    likely = 2 <= len(parts) <= 4 and all(_is_name_part(part) for part in parts)
    return name if likely else None


def _is_name_part(part: str) -> bool:
    inner = part.split("-")[-1]
    return inner[:1].isupper() and (not part.isupper() or len(part) <= 2)
