"""Languages and texts -> what a template must know of the script they are in."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from markupsafe import Markup

# Neither Latin, Greek nor Cyrillic, nor signs that go with any script: from Armenian on, without what lies between.
_OTHER = re.compile(
    "[\u0530-\u1c7f\u1cd0-\u1cff\u2d30-\u2ddf\u2e80-\ua63f\ua6a0-\ua6ff\ua800-\ufaff\ufb13-\ufefc\uff66-\uffdc"
    "\U00010000-\U0001cfff\U0001e000-\U0001eeff\U00020000-\U0003ffff]"
)


@lru_cache(maxsize=64)
def direction(language: str) -> str:
    """Filter: `rtl` or `ltr`, as the language is written; `ltr` where it is not known."""
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(language, sep="-").text_direction)
    except (UnknownLocaleError, ValueError):
        return "ltr"


def base_direction(text: str) -> str:
    """`rtl` or `ltr`, by the first letter of a text."""
    kinds = (unicodedata.bidirectional(char) for char in text)
    return "rtl" if next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L" else "ltr"


def own_direction(text: str, language: str) -> Markup:
    """Filter: the attribute for a text that runs against its page; the layout engine does not know `dir="auto"`."""
    own = base_direction(text)
    return Markup(f' dir="{own}"' if own != direction(language) else "")


def has_other_scripts(text: str) -> bool:
    """Whether there are letters in it that the faces of fonts.css do not have."""
    return bool(_OTHER.search(text))
