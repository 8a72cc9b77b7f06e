"""Draft and sources -> the text of a new brief.yaml, with comments that say what is still to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from briefgen.drafting.scalars import WIDTH, comment, folded, quoted, scalar, wrapped
from briefgen.drafting.wording import Proposal, held, proposals
from briefgen.errors import Diagnostic
from briefgen.model import SECTIONS, Draft, Evidence, Marking, Section, Source

MAX_TITLE = 140
INDENT = 2
_SCHEMA = "# yaml-language-server: $schema=../brief.schema.json"
_FIELDS = ("sector", "headline", "text", "detail", "why", "stance", "attribution", "stated_by", "credibility",
           "likelihood", "impact", "basis", "priority", "status")  # fmt: skip
_ABOUT: Mapping[Section, str] = {
    "summary": "In reading order.",
    "findings": "In the order of priority. Move, reword, delete; credibility (Admiralty 1 to 6) is yours to give.",
    "risks": "Risks that the source states; likelihood and impact are yours to judge.",
    "questions": "What the source leaves open. Add 'why: …' where it matters.",
}


@dataclass(frozen=True)
class Named:
    """A source as a brief names it: its id, its file from the brief's root on, and where its text is kept."""

    id: str
    source: Source
    file: str
    text: str | None = None
    text_sha256: str | None = None


def written(
    draft: Draft, sources: Sequence[Named], marking: Marking, schema: bool = True
) -> tuple[str, list[Diagnostic]]:
    """A brief.yaml that loads, with every item as a draft, and what could not be taken over."""
    title = title_of(draft, sources)
    found, notes = proposals(draft, title, draft.language, source_ids(sources))
    parts = [
        _head(draft, sources, schema),
        ["", f"title: {quoted(title)}", "version: 1", f"language: {draft.language}", f"marking: {marking}"],
        folded("ai_use", held(draft.ai_use), 0) if draft.ai_use else [],
        ["", "sources:", *(line for each in sources for line in source_lines(each))],
        ["", *_bottom_line(found)],
    ]
    for section in SECTIONS:
        parts.append(["", *_section(section, [each for each in found if each.section == section])])
    return "\n".join(line for part in parts for line in part) + "\n", notes


def source_ids(sources: Sequence[Named]) -> dict[str | None, str]:
    """What a draft calls its sources (S1, S2 … in their order, or nothing where there is one) -> their ids here."""
    ids: dict[str | None, str] = {f"S{number}": each.id for number, each in enumerate(sources, start=1)}
    return ids | ({None: sources[0].id} if len(sources) == 1 else {})


def title_of(draft: Draft, sources: Sequence[Named]) -> str:
    """The title that the draft or a source states, else the name of the file; at most two lines of a page."""
    stated = (draft.title, *(each.source.title for each in sources))
    file = sources[0].file.rpartition("/")[2].rpartition(".")[0].replace("-", " ").replace("_", " ")
    title = next((text for each in stated if each and (text := held(each))), file.capitalize() or "Untitled")
    return title if len(title) <= MAX_TITLE else title[:MAX_TITLE].rpartition(" ")[0].rstrip(" ,;:–-") + "…"


def _head(draft: Draft, sources: Sequence[Named], schema: bool) -> list[str]:
    names = ", ".join(held(each.file) for each in sources)
    by = f"a language model ({draft.ai_use})" if draft.ai_use else "offline rules"
    told = (
        f"Drafted from {names} by {by}. Every quote stands in the source at its offsets (code points, end exclusive).",
        "Read each item against its quotes ('briefgen evidence' shows both side by side), reword it, and remove its "
        "line 'status: draft'. While one is left, every page says DRAFT.",
        "Stance: reported (the source states it as fact), claimed (somebody in it says so), judged (the opinion of "
        "its author), assessed (your own).",
    )
    return [*([_SCHEMA, "#"] if schema else []), *(line for each in told for line in comment(each))]


def source_lines(named: Named, indent: int = INDENT) -> list[str]:
    """The entry of one source; what the document does not state is left out."""
    source, inner = named.source, indent + 2
    lines = [f"{' ' * indent}- id: {named.id}", *folded("file", named.file, inner)]
    lines += [f"{' ' * inner}sha256: {source.sha256}"] if source.sha256 else []
    if named.text:
        lines += comment("Offsets count in this text, which was read from the file.", inner)
        lines += [*folded("text", named.text, inner), f"{' ' * inner}text_sha256: {named.text_sha256}"]
    for name in ("title", "author", "publisher", "published", "url"):
        value = getattr(source, name)
        if isinstance(value, date):
            lines.append(f"{' ' * inner}{name}: {value.isoformat()}")
        elif value and held(value):
            lines += folded(name, held(value), inner)
    more = "reliability: F              # Admiralty A to F, and note: who made it, from what, how biased"
    return [*lines, f"{' ' * inner}kind: other", f"{' ' * inner}# {more}"]


def _bottom_line(found: Sequence[Proposal]) -> list[str]:
    first = next((each.item.text for each in found), "The conclusion, first.")
    lines = ["# The bottom line is your judgement. Until it is there, the page opens with the summary."]
    lines += ["# bottom_line:", *(f"# {each}" for each in folded("text", first, 2))]
    lines += ["#   likelihood: likely          # a term of ICD 203; leave it out where you judge no likelihood"]
    lines += ["#   confidence: low             # low, moderate, high", "#   basis: What it rests on."]
    return lines


def _section(section: Section, found: Sequence[Proposal]) -> list[str]:
    if not found:
        return [f"{section}: []"]
    lines = [f"# {_ABOUT[section]}", f"{section}:"]
    for each in found:
        lines += [*item_lines(each), ""]
    return lines[:-1]


def item_lines(proposal: Proposal, indent: int = INDENT) -> list[str]:
    """The entry of one item, under a comment with the words that decided its stance."""
    item, inner = proposal.item, indent + 2
    lines = [f"{' ' * indent}- id: {item.id}"]
    for name in _FIELDS:
        value = getattr(item, name, None)
        if isinstance(value, int):
            lines.append(f"{' ' * inner}{name}: {value}")
        elif value:
            lines += folded(name, value if name in ("headline", "text", "detail") else held(value), inner)
    if item.evidence:
        lines.append(f"{' ' * inner}evidence:")
    for quote in item.evidence:
        lines += _quote(quote, inner + 2)
    return [*_cues(proposal, indent), *lines]


def _cues(proposal: Proposal, indent: int) -> list[str]:
    if not proposal.cues:
        return []
    words = ", ".join(f"“{held(cue)}”" for cue in dict.fromkeys(proposal.cues))
    stance = getattr(proposal.item, "stance", "taken")
    return comment(f"{stance}, by: {words}", indent)


def _quote(quote: Evidence, indent: int) -> list[str]:
    source = f"source: {scalar(quote.source)}, " if quote.source else ""
    lines = wrapped(f"{' ' * indent}- {{{source}exact: {quoted(quote.exact)}", indent + 3)
    place = f"start: {quote.start}, end: {quote.end}}}"
    if quote.start is None:
        return [*lines[:-1], f"{lines[-1]}}}"]
    if len(lines[-1]) + len(place) + 2 <= WIDTH:
        return [*lines[:-1], f"{lines[-1]}, {place}"]
    return [*lines[:-1], f"{lines[-1]},", " " * (indent + 3) + place]
