"""A sentence as read, and what came before -> its stance: reported, claimed by somebody named, or judged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from briefgen.extract import speakers
from briefgen.extract.lexicon import Hit, Lexicon
from briefgen.extract.reading import Read
from briefgen.extract.turns import turns
from briefgen.model import Stance

# A quotation of fewer words is a term that the author holds at arm's length, not somebody's statement.
SHORTEST_STATEMENT = 5
# The subject of a sentence stands within so many words of its beginning.
HEAD = 4
# The cue of a sentence that is mostly quotation.
QUOTED = ("“”",)
_CLOSING = '”"»’'


@dataclass(frozen=True)
class Voice:
    """Who stands behind a sentence, and the words of the source that tell it."""

    stance: Stance
    speaker: str | None = None
    cues: tuple[str, ...] = ()


@dataclass
class Memory:
    """What a pronoun may stand for: the speakers and names met so far in one source."""

    speaker: str | None = None
    block: int = -9
    several: str | None = None
    person: str | None = None
    leading: str | None = None
    about: str | None = None
    last: int = -9
    names: dict[str, str] = field(default_factory=dict)


def voices(read: Sequence[Read], lexicon: Lexicon, commentary: bool) -> list[Voice]:
    """The voice of every sentence, in order; pronouns are resolved from one sentence to the next."""
    memories: dict[int, Memory] = {}
    found = []
    for each in read:
        memory = memories.setdefault(each.sentence.source, Memory())
        voice = _voice(each, lexicon, memory, commentary)
        _remember(memory, each, voice, lexicon)
        found.append(voice)
    return _in_turns(_said_after(read, found), turns(read), lexicon)


def _in_turns(found: Sequence[Voice], spoken: Sequence[str | None], lexicon: Lexicon) -> list[Voice]:
    """The voices, where in an interview whose turn it is says what nobody else is said to say."""
    return [
        Voice("claimed", name, (f"{name}:",)) if name and voice.speaker in (None, lexicon.unnamed) else voice
        for voice, name in zip(found, spoken, strict=True)
    ]


def _said_after(read: Sequence[Read], found: Sequence[Voice]) -> list[Voice]:
    """The voices, where a quotation runs over several sentences with the speaker whom its last one names."""
    told = list(found)
    for at in range(len(read) - 2, -1, -1):
        after = told[at + 1]
        if told[at].cues == QUOTED and after.stance == "claimed" and _runs_on(read[at], read[at + 1]):
            told[at] = replace(told[at], speaker=after.speaker)
    return told


def _runs_on(each: Read, following: Read) -> bool:
    """Whether the quotation at the end of a sentence goes on in the next one, of the same block."""
    open_ = bool(each.said) and each.said[-1][1] == len(each.text) and each.text[-1] not in _CLOSING
    same = each.sentence.block == following.sentence.block and each.sentence.source == following.sentence.source
    return open_ and same and bool(following.said) and following.said[0][0] == 0


def _voice(each: Read, lexicon: Lexicon, memory: Memory, commentary: bool) -> Voice:
    named = _attributed(each, lexicon, memory)
    if named:
        return named
    same = each.outside("same")
    if same:
        return Voice("claimed", memory.speaker or lexicon.unnamed, _cues(each, same))
    hearsay = each.outside("hearsay")
    if hearsay:
        return Voice("claimed", _hearsay_speaker(each, hearsay[0], lexicon, memory), _cues(each, hearsay))
    if _is_statement(each):
        return Voice("claimed", _quoted_speaker(each, lexicon, memory) or lexicon.unnamed, QUOTED)
    marks = opinion(each, commentary)
    return Voice("judged", None, tuple(marks)) if marks else Voice("reported")


def _quoted_speaker(each: Read, lexicon: Lexicon, memory: Memory) -> str | None:
    """Who spoke just before, or whom the sentence itself or the one before it is about."""
    if each.sentence.block - memory.block <= 1:
        return memory.speaker
    names = [each.text[a:b] for a, b in each.names if not _within(a, each) and a < each.said[0][0]]
    own = next((name for name in names if speakers.person(name, lexicon)), next(iter(names), None))
    before = memory.about if each.sentence.block - memory.last <= 1 else None
    return own or before


def opinion(each: Read, commentary: bool) -> list[str]:
    """The words that show the author's own judgement; empty when there are not enough of them."""
    person = _cues(each, each.outside("first_person"))
    marks = _cues(each, each.outside("evaluative")) + _cues(each, each.outside("colour"))
    benefit = _cues(each, each.outside("benefit"))
    if benefit or person or len(marks) >= (1 if commentary else 2):
        return [*person, *marks, *benefit]
    return []


def _cues(each: Read, hits: Sequence[Hit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.text[hit.start : hit.end] for hit in hits))


def _is_statement(each: Read) -> bool:
    """Whether the sentence is mostly somebody's words in quotation marks."""
    inside = sum(any(a <= word.start < b for a, b in each.said) for word in each.words)
    return inside >= SHORTEST_STATEMENT and inside >= 0.4 * len(each.words)


def _attributed(each: Read, lexicon: Lexicon, memory: Memory) -> Voice | None:
    """The first cue that has a speaker, from left to right; a name goes before a pronoun."""
    if each.asks and not each.said:
        return None
    found: list[tuple[str, Hit]] = []
    for hit, kind in speakers.cue_order(each):
        if found and kind in ("say", "find") and each.words[hit.first - 1].form in lexicon.joints:
            continue
        speaker = speakers.speaker(each, hit, kind, lexicon)
        if speaker and speakers.bare(speaker) not in lexicon.never | lexicon.first:
            found.append((speaker, hit))
    found.sort(key=lambda pair: (not _ends(each, pair[1]), speakers.bare(pair[0]) in lexicon.pronouns))
    for speaker, hit in found[:1]:
        return Voice("claimed", resolve(speaker, each, hit, lexicon, memory), (each.text[hit.start : hit.end],))
    return None


def _ends(each: Read, hit: Hit) -> bool:
    """Whether the sentence ends with the cue: "…, the mayor said"."""
    return hit.last == len(each.words) - 1 and "," in each.text[: hit.start]


def resolve(name: str, each: Read, hit: Hit, lexicon: Lexicon, memory: Memory) -> str:
    """The name that a pronoun or a short form stands for, as far as the text allows; the words themselves if not."""
    form = speakers.bare(name)
    if form in lexicon.pronouns:
        return _meant(form, each, hit, lexicon, memory) or (lexicon.unnamed if form in lexicon.plural else name)
    bare = form.split()[-1]
    return memory.names.get(bare, name) if len(form.split()) <= 2 else name


def _meant(form: str, each: Read, hit: Hit, lexicon: Lexicon, memory: Memory) -> str | None:
    earlier = [each.text[a:b] for a, b in each.names if b <= hit.start and not _within(a, each)]
    if form in lexicon.plural:
        return memory.several
    if form in lexicon.neuter:
        return earlier[0] if earlier else memory.leading
    return memory.person or memory.speaker


def _within(at: int, each: Read) -> bool:
    return any(a <= at < b for a, b in each.said)


def _hearsay_speaker(each: Read, hit: Hit, lexicon: Lexicon, memory: Memory) -> str:
    """ "They say" may point to people named just before, in the same paragraph; else they stay unnamed."""
    pointed = each.words[hit.first].form in lexicon.plural and memory.block == each.sentence.block
    return (memory.several if pointed else None) or lexicon.unnamed


def _remember(memory: Memory, each: Read, voice: Voice, lexicon: Lexicon) -> None:
    for start, end in each.names:
        memory.names.update(_short_forms(each.text[start:end]))
    speaker = voice.speaker if voice.stance == "claimed" and voice.speaker != lexicon.unnamed else None
    if speaker:
        memory.speaker, memory.block = speaker, each.sentence.block
    named = next((each.text[a:b] for a, b in each.names if not _within(a, each)), None)
    memory.leading = named or memory.leading
    person = _person(speaker, named, each, lexicon, memory)
    memory.person = person or memory.person
    memory.several = _several(speaker, lexicon) or _subjects(each, lexicon) or memory.several
    if voice.cues != QUOTED:
        memory.about, memory.last = person or named, each.sentence.block


def _person(speaker: str | None, named: str | None, each: Read, lexicon: Lexicon, memory: Memory) -> str | None:
    """The person a sentence is about: its speaker, a name within the speaker, its first name, or who goes by it."""
    outside = [each.text[a:b] for a, b in each.names if not _within(a, each)]
    within = [name for name in outside if speaker and name in speaker]
    known = memory.names.get((named or "").lower())
    return next((name for name in (speaker, *within, named, known) if speakers.person(name, lexicon)), None)


def _short_forms(name: str) -> dict[str, str]:
    """The last word of a person's name, or the noun of a body ("ministry"): what the text may call it later."""
    name = re.sub(r"['’]s$", "", name)
    parts = name.split()
    if len(parts) < 2 or any(part.isupper() and len(part) > 1 for part in parts):
        return {}
    last = parts[-1] if " of " not in name and " for " not in name else parts[0]
    return {last.lower(): name} if len(last) > 2 else {}


def _several(name: str | None, lexicon: Lexicon) -> str | None:
    """A speaker that is several: "experts like X", "the analysts"; a body is spoken of as "they" too."""
    if any(part.lower() in lexicon.bodies for part in (name or "").split()):
        return name
    words = (name or "").split()[:3]
    plural = any(len(word) > 3 and word.islower() and word.endswith("s") for word in words)
    return name if plural or _heads(words) else None


def _subjects(each: Read, lexicon: Lexicon) -> str | None:
    """Several who can speak, at the head of the sentence: "In sum, the economists"."""
    for hit in each.outside("speakers"):
        word = each.words[hit.last]
        if hit.first > HEAD or word.form in lexicon.pronouns:
            continue
        before = each.words[hit.first - 1] if hit.first else None
        opens = (
            before is None
            or before.form in lexicon.articles
            or each.text[: each.words[hit.first].start].rstrip()[-1:] == ","
        )
        if word.form.endswith("s") and opens and each.text[word.end : word.end + 1] == " ":
            start = before.start if before and before.form in lexicon.articles else hit.start
            return each.text[start : hit.end]
    return None


def _heads(words: list[str]) -> bool:
    """Whether the noun is capitalised only because it begins the sentence."""
    return bool(words) and len(words[0]) > 5 and words[0].endswith("s") and (len(words) < 2 or words[1].islower())
