"""Sources and a list of sectors -> Draft: every step of the extraction in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from briefgen.errors import Diagnostic
from briefgen.extract import items, lexicon
from briefgen.extract.candidates import Candidate, candidates
from briefgen.extract.findings import ENDS
from briefgen.model import Draft, Source

Extra = Mapping[str, Mapping[str, Any]]


def draft(
    sources: Sequence[Source], sectors: Sequence[str], extra: Extra | None = None
) -> tuple[Draft, list[Diagnostic]]:
    """What the sources say, for a person to edit, filed under `sectors`.

    `extra` adds to the word lists: language -> a table of the same form as the files in `lexicon/`.
    """
    found: list[Candidate] = []
    for number, source in enumerate(sources):
        language = _language(source)
        lists = lexicon.load(language, (extra or {}).get(language))
        found += candidates(source, number, sectors, lists)
    main = _main_language(sources)
    known = main in lexicon.available() or main in (extra or {})
    told = _notes(sources, extra or {})
    if known and found and not any(map(_is_said, found)):
        told.append(_unsaid(sources[0]))
    return items.assemble(items.pool(sources, found), main, known), told


def _is_said(each: Candidate) -> bool:
    return each.read.end in ENDS


def _unsaid(source: Source) -> Diagnostic:
    hint = "it may be a list of links or an index: look whether it is the right page"
    return Diagnostic(
        "note", "there is no whole sentence in it: lines of it stand for a summary", source.file, hint=hint
    )


def _language(source: Source) -> str:
    return (source.language or "en").split("-")[0].lower()


def _main_language(sources: Sequence[Source]) -> str:
    """The language of most of the text; English where there is none."""
    sizes: Counter[str] = Counter()
    for source in sources:
        sizes[_language(source)] += len(source.text) + 1
    return max(sorted(sizes), key=lambda name: sizes[name], default="en")


def _notes(sources: Sequence[Source], extra: Extra) -> list[Diagnostic]:
    known = sorted({*lexicon.available(), *extra})
    return [
        Diagnostic(
            "note",
            f"no word lists for language '{_language(source)}': it adds to the summary only",
            source.file,
            hint=f"there are lists for {', '.join(known)}",
        )
        for source in sources
        if _language(source) not in known
    ]
