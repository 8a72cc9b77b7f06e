"""A drafted item -> the same item as a content file can hold it: quotes safe, claims with their owner."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from briefgen.check import shows_owner
from briefgen.content import RESERVED
from briefgen.errors import Diagnostic
from briefgen.model import SECTIONS, Draft, Evidence, Finding, Item, Risk, Section
from briefgen.yamlread import may_hold

# How a wording says whose statement it is, and what stands for nobody in particular.
_OWNED: Mapping[str, tuple[str, str, str]] = {
    "en": ("According to {}: “{}”", "an unnamed source", "the author"),
    "fr": ("Selon {} : « {} »", "une source non nommée", "l’auteur"),
    "ru": ("По словам источника ({}): «{}»", "не назван", "автор"),
}
_NUMBERED = re.compile(r"([A-Za-z]+)-?[0-9]+")
_NOBODY = re.compile(r"unnamed.*|unknown|anonymous|unattributed|не назван\w*|неизвестн\w*|non nommé.*|inconnu", re.I)
# Emphasis, links and escapes are for people who edit: a document's own marks are to be printed as they are.
_MARKUP = re.compile(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|\*|\\(?=[!-/:-@\[-`{-~])|\[(?=[^\]]*\]\()|<(?=https?:|\S+@)")


@dataclass(frozen=True)
class Proposal:
    """One item ready to be written, with the cue words that decided its stance."""

    section: Section
    item: Item
    cues: tuple[str, ...]


def proposals(
    draft: Draft, title: str, language: str, source_ids: Mapping[str | None, str]
) -> tuple[list[Proposal], list[Diagnostic]]:
    """Every item of the draft that can be written, in order, for a brief of that title and language.

    `source_ids` maps the draft's sources to the brief's.
    """
    found: list[Proposal] = []
    notes: list[Diagnostic] = []
    taken = set(RESERVED) | set(source_ids.values())
    for section in SECTIONS:
        for item in getattr(draft, section):
            evidence = _evidence(item, source_ids)
            if len(evidence) < len(item.evidence):
                notes.append(_left_out(item, whole=not evidence))
            if (not evidence and item.evidence) or not held(item.text):
                continue
            name = _free(_named(item), taken)
            taken.add(name)
            changed = {"id": name, "evidence": evidence, "status": "draft"} | _wordings(item, title, language)
            cues = tuple(draft.cues.get(item.id, ()))
            found.append(Proposal(section, item.model_copy(update=changed), cues))
    return found, notes


def _evidence(item: Item, source_ids: Mapping[str | None, str]) -> tuple[Evidence, ...]:
    """The quotes that a content file can hold; prefix and suffix are not needed beside offsets."""
    return tuple(
        Evidence(source=source_ids.get(each.source, each.source), exact=each.exact, start=each.start, end=each.end)
        for each in item.evidence
        if may_hold(each.exact)
    )


def _left_out(item: Item, whole: bool) -> Diagnostic:
    what = f"'{item.id}' was left out" if whole else f"a quote of '{item.id}' was left out"
    hint = "quote the words around it yourself"
    message = f"{what}: its words hold a control or direction character, which no content file may"
    return Diagnostic("warning", message, hint=hint)


def _named(item: Item) -> str:
    """An id that stays with the words quoted: a number in a list is another item's when the source changes."""
    kind = _NUMBERED.fullmatch(item.id)
    if not kind or not item.evidence:
        return item.id
    exact = item.evidence[0].exact
    plain = unicodedata.normalize("NFKD", exact).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if len(word) > 3][:4]
    is_latin = len("".join(words)) > 8
    return f"{kind[1]}-{'-'.join(words)[:50] if is_latin else sha256(exact.encode()).hexdigest()[:8]}"


def _free(wanted: str, taken: Iterable[str]) -> str:
    names = (wanted, *(f"{wanted[:76]}-{number}" for number in range(2, 1000)))
    return next(name for name in names if name not in set(taken))


def _wordings(item: Item, title: str, language: str) -> dict[str, str]:
    """The wordings without what cannot be written; claims and opinions say whose they are."""
    changed: dict[str, str] = {name: _MARKUP.sub(r"\\\g<0>", held(text)) for name, text in item.wordings().items()}
    if isinstance(item, Finding | Risk) and item.stance in ("claimed", "judged"):
        for name, text in changed.items():
            label = name == "headline" and isinstance(item, Risk)
            if not label and not shows_owner(language, title, item, text):
                changed[name] = _owned(item, text, language)
    # A claim without a name is told as such, and is then complete.
    if isinstance(item, Finding | Risk) and item.stance == "claimed" and not (item.attribution or _stated(item)):
        changed["attribution"] = "unnamed"
    return changed


def _stated(item: Item) -> str | None:
    return item.stated_by if isinstance(item, Risk) else None


def _owned(item: Finding | Risk, text: str, language: str) -> str:
    form, nobody, author = _OWNED.get(language.split("-")[0].lower(), _OWNED["en"])
    owner = item.attribution or _stated(item) or (author if item.stance == "judged" else nobody)
    owner = nobody if _NOBODY.fullmatch(owner) else owner
    if owner.startswith("The "):
        owner = f"the {owner[4:]}"
    return form.format(owner, text)


def held(text: str) -> str:
    """`text` on one line, without the characters that a content file may not hold."""
    return " ".join("".join(char if may_hold(char) else " " for char in text).split())
