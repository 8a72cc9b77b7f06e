"""Sources and the name of a language model -> Draft whose every quote is proven; the extra `briefgen[llm]`.

    Source -> chunks -> prompt -> ask (or cache) -> answer -> judge (prove, wording) -> repair once -> assemble -> Draft

A model proposes; only what the program can prove against the source gets through. pydantic_ai takes a second to
import, so that is done when a model is asked, never before.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from briefgen.errors import SurroundingsError, error
from briefgen.llm import prompt
from briefgen.llm.chunks import OVERLAP, SIZE
from briefgen.llm.drafting import Drafting, Usage
from briefgen.llm.judge import StanceCheck, Verdict
from briefgen.model import Draft, Source

__all__ = ["StanceCheck", "Usage", "Verdict", "draft_with"]

TIMEOUT = 120.0
MOST_CHUNKS = 60


def draft_with(
    model_name: str,
    sources: Sequence[Source],
    sectors: Sequence[str],
    stance: StanceCheck,
    cache: Path | None = None,
    *,
    timeout: float = TIMEOUT,
    size: int = SIZE,
    overlap: int = OVERLAP,
    most_chunks: int = MOST_CHUNKS,
) -> tuple[Draft, Usage]:
    """What `model_name` (`provider:model`) proposes and the program can prove, and what it cost.

    `stance` is asked for each quote that was found; a model can only be more careful than it. Raises
    `SurroundingsError` where the model cannot be asked, `BriefgenError` where its answers are of no use.
    """
    try:
        from briefgen.llm.ask import Asker, model_of
    except ImportError:
        hint = "pip install 'briefgen[llm]'"
        raise SurroundingsError(error("language models need a library that is not installed", hint=hint)) from None
    with Asker(model_of(model_name), model_name, timeout) as ask:
        identity = (prompt.VERSION, model_name, os.environ.get("OPENAI_BASE_URL", ""))
        run = Drafting(ask, Usage(model_name), identity, sectors, stance, cache)
        return run.draft(sources, size, overlap, most_chunks)
