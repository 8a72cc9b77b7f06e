"""The content of a source -> its language, or None where there is too little to tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from briefgen.model import Block
from briefgen.sources.setapart import PROSE

_SAMPLE = 5_000  # characters; more does not change the answer
# With a hundred languages to choose from, even a sure choice may be a small number: it must stand out.
_LEAST, _AHEAD = 0.15, 4
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset({"the", "of", "and", "that", "with", "which", "were", "this", "from", "have", "has", "been"})
_ENOUGH, _SURE = 60, 0.1


def language(text: str, blocks: Sequence[Block]) -> str | None:
    """The ISO 639-1 code of the language that the content (else anything) is in."""
    sample = ""
    prose = [block for block in blocks if block.kind in PROSE] or blocks
    for block in prose:
        sample += text[block.start : min(block.end, block.start + _SAMPLE)] + "\n"
        if len(sample) >= _SAMPLE:
            break
    if not any(character.isalpha() for character in sample):
        return None
    if _is_english(sample):
        return "en"
    (code, first), (_, second) = _identifier().rank(sample[:_SAMPLE])[:2]
    return str(code) if first >= _LEAST and first >= _AHEAD * second and len(code) == 2 else None


def _is_english(sample: str) -> bool:
    """Whether it is sure without the model: no other language has so many of these words."""
    words = _WORD.findall(sample.lower())
    return len(words) >= _ENOUGH and sum(word in _ENGLISH for word in words) >= _SURE * len(words)


@cache
def _identifier() -> Any:
    # Late: the model takes half a second to unpack.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
