"""A proposal -> an item that holds, or all that is wrong with it: quotes, wording, and whose statement it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from briefgen.llm.answer import Proposal
from briefgen.llm.chunks import Chunk
from briefgen.llm.prove import Found, paragraphs, prove
from briefgen.llm.wording import Support, faults, voiced
from briefgen.model import Source, Stance
from briefgen.quotes import Span, fold

LONGEST = {"headline": 200, "text": 800, "detail": 2400, "why": 400}
UNNAMED = "unnamed"


@dataclass(frozen=True)
class Verdict:
    """What the offline rules say of a quote: its stance, whose statement it is, the words that decided."""

    stance: Stance
    attribution: str | None = None
    cues: tuple[str, ...] = ()


StanceCheck = Callable[[Source, Span], Verdict]


@dataclass(frozen=True)
class Held:
    """A proposal that holds, with its quotes in place and its stance settled."""

    proposal: Proposal
    chunk: Chunk
    found: tuple[Found, ...]
    stance: Stance
    attribution: str | None
    cues: tuple[str, ...]
    sector: str = ""


def judge(
    proposal: Proposal, chunk: Chunk, sectors: Sequence[str], stance: StanceCheck
) -> tuple[Held | None, list[str]]:
    """The item, or everything that is wrong with it."""
    found, wrong = prove(proposal, chunk)
    wrong += _shape(proposal)
    if not found:
        return None, wrong
    verdicts = [stance(chunk.source, each.span) for each in found]
    settled, attribution = settle(proposal, chunk.source, found, verdicts)
    cues = tuple(dict.fromkeys(cue for verdict in verdicts for cue in verdict.cues))
    wrong += _wording(proposal, chunk.source, found, verdicts)
    if proposal.kind == "summary" and settled != "reported" and not voiced(proposal.text, attribution, cues):
        wrong.append(f"it states as a fact what {attribution or 'the author'} says; say whose statement it is")
    if wrong:
        return None, wrong
    return Held(proposal, chunk, tuple(found), settled, attribution, cues, _sector(proposal, sectors)), []


def _shape(proposal: Proposal) -> list[str]:
    wrong = [] if proposal.text else ["it has no text"]
    too_long = [name for name, text in proposal.wordings().items() if len(text) > LONGEST[name]]
    return wrong + [f"its {name} is longer than {LONGEST[name]} characters" for name in too_long]


def _sector(proposal: Proposal, sectors: Sequence[str]) -> str:
    """The sector as it is listed; what is not listed is the last of them, by custom 'other'."""
    asked = (proposal.sector or "").strip().lower().replace(" ", "-")
    listed = {sector.lower(): sector for sector in sectors}
    return listed.get(asked) or listed.get("other") or (sectors[-1] if sectors else "other")


def _wording(proposal: Proposal, source: Source, found: list[Found], verdicts: list[Verdict]) -> list[str]:
    given = (*(verdict.attribution for verdict in verdicts), source.author, source.publisher)
    support = Support(
        quotes="\n".join(each.evidence.exact for each in found),
        context="\n".join(dict.fromkeys(source.text[slice(*each.sentence)] for each in found)),
        around="\n".join((*dict.fromkeys(paragraphs(source, found)), proposal.text)),
        voices=tuple(dict.fromkeys(each for each in given if each)),
        document=source.text,
        inflected_nouns=(source.language or "").split("-")[0] in ("de", "lb"),
    )
    asks = proposal.kind == "question"
    wrong = []
    for name, text in proposal.wordings().items():
        # What stands in `around` besides the source is the item's own text: a text must not vouch for itself.
        held = replace(support, around=support.around.removesuffix(proposal.text)) if name == "text" else support
        wrong += [f"{name}: {fault}" for fault in faults(text, held, asks, shares=name != "why")]
    return wrong


# --- Whose statement it is ------------------------------------------------------------------------


def settle(
    proposal: Proposal, source: Source, found: list[Found], verdicts: list[Verdict]
) -> tuple[Stance, str | None]:
    """Stance and attribution: the rules decide; a model may only be more careful than they are, never less."""
    ruled = [verdict for verdict in verdicts if verdict.stance != "reported"]
    if ruled:
        stance: Stance = "claimed" if ruled[0].stance == "claimed" else "judged"
        named = "; ".join(dict.fromkeys(verdict.attribution for verdict in ruled if verdict.attribution))
        named = named or _grounded(proposal.attribution, source, list(paragraphs(source, found)))
    else:
        careful: Stance = "judged" if proposal.kind == "risk" and proposal.stance is None else "reported"
        stance = _own(proposal.stance) or careful
        sentences = [source.text[slice(*each.sentence)] for each in found]
        named = "" if stance == "reported" else _grounded(proposal.attribution, source, sentences)
    return stance, named or (UNNAMED if stance == "claimed" else None)


def _own(stance: str | None) -> Stance | None:
    """The stance that a model gives, where it is one that a source can have."""
    known: dict[str, Stance] = {"reported": "reported", "claimed": "claimed", "judged": "judged"}
    return known.get((stance or "").strip().lower())


def _grounded(name: str | None, source: Source, places: Sequence[str]) -> str:
    """The name that a model gives to a speaker, if it stands beside the quotes or is the author's or publisher's."""
    wanted = fold(name or "").text.strip()
    if not 2 <= len(wanted) <= 120:
        return ""
    beside = [f" {''.join(each if each.isalnum() else ' ' for each in fold(place).text)} " for place in places]
    plain = " ".join("".join(each if each.isalnum() else " " for each in wanted).split())
    stands = any(f" {plain} " in " " + " ".join(place.split()) + " " for place in beside)
    own = any(fold(each or "").text == wanted for each in (source.author, source.publisher))
    return (name or "").strip() if stands or own else ""
