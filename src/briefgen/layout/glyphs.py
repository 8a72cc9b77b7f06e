"""Text -> the characters that the page's own fonts do not have, so that another font would step in."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

from briefgen.layout.engine import Resources

# The faces that print content; what is in both prints everywhere on the page.
_FACES = ("fonts/SourceSerif4SmText-Regular.ttf", "fonts/SourceSans3-Regular.ttf")


def missing(text: str, resources: Resources) -> list[str]:
    """Characters of `text` that the fonts lack, sorted; spaces and invisible ones do not count."""
    known = frozenset.intersection(*(_coverage(path) for name in _FACES if (path := resources.find(name))))
    return sorted(c for c in set(text) if ord(c) not in known and not _invisible(c))


def _invisible(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Cf", "Cc", "Mn")


@lru_cache(maxsize=8)
def _coverage(path: Path) -> frozenset[int]:
    import uharfbuzz as hb

    return frozenset(hb.Face(hb.Blob.from_file_path(str(path))).unicodes)
