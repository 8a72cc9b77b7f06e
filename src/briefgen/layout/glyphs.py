"""Text -> the characters that the page's own fonts do not have: another font steps in, or an empty box."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from briefgen.errors import Diagnostic
from briefgen.layout.engine import Resources, Sheet

# The faces that print content; what is in both prints everywhere on the page.
_FACES = ("fonts/SourceSerif4SmText-Regular.ttf", "fonts/SourceSans3-Regular.ttf")
_DECLARED = re.compile(r"@font-face\s*{[^}]*?url\(\s*['\"]?(?:\.\./)?([^'\")]+)")
# So many characters show which script is meant.
_SHOWN = 4


def missing(text: str, resources: Resources, sheets: Sequence[Sheet] = ()) -> list[str]:
    """Characters of `text` that the fonts lack, sorted; spaces and invisible ones do not count.

    For other scripts than those of the built-in faces the fonts are what the style sheets declare besides.
    """
    known = frozenset.intersection(*_coverages(_FACES, resources))
    lacking = {char for char in text if ord(char) not in known and not _invisible(char)}
    if lacking:
        declared = [name for sheet in sheets for name in _DECLARED.findall(sheet.text) if name not in _builtin(sheet)]
        known = known.union(*_coverages(declared, resources))
    return sorted(char for char in lacking if ord(char) not in known)


def _builtin(sheet: Sheet) -> list[str]:
    """Faces that stand for one another: what one of them has, the others may lack."""
    return _DECLARED.findall(sheet.text) if sheet.name == "css/fonts.css" else []


def boxes(chars: Iterable[str]) -> Iterator[Diagnostic]:
    """What to say where characters are printed as empty boxes, as no font has them.

    A letter, mark or figure that cannot be read is lost; a picture is only missed.
    """
    found = sorted(filter(_shows, set(chars)))
    if letters := [char for char in found if _is_read(char)]:
        scripts = "; ".join(f"{name}: {_some(list(group))}" for name, group in groupby(letters, _script))
        hint = (
            "put a font that has them, of a free licence, into templates/fonts/ and declare it in "
            "templates/css/scripts.css, as the built-in file of that name does with its own"
        )
        yield Diagnostic("error", f"no font has these characters, they would be empty boxes: {scripts}", hint=hint)
    if pictures := [char for char in found if not _is_read(char)]:
        hint = "write words instead, or show a picture with <img>"
        yield Diagnostic("warning", f"no font has these signs, they are empty boxes: {_some(pictures)}", hint=hint)


def _shows(char: str) -> bool:
    """Whether it is drawn at all; what says how to draw the sign before it is not."""
    return not _invisible(char) or (
        unicodedata.category(char) == "Mn" and "VARIATION" not in unicodedata.name(char, "")
    )


def _is_read(char: str) -> bool:
    """Whether it is part of what is said: a letter, mark, figure or sign of arithmetic, and no picture."""
    kind = unicodedata.category(char)
    return kind[0] in "LMNP" or kind in ("Sm", "Sc")


def _some(chars: Sequence[str]) -> str:
    shown = ", ".join(f"{char} (U+{ord(char):04X})" for char in chars[:_SHOWN])
    return f"{shown} and {len(chars) - _SHOWN} more" if len(chars) > _SHOWN else shown


def _script(char: str) -> str:
    """The script of a letter, as its name in Unicode begins."""
    name = unicodedata.name(char, "other").partition(" ")[0]
    return name if name == "CJK" else name.capitalize()


def _invisible(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Cf", "Cc", "Mn")


def _coverages(names: Iterable[str], resources: Resources) -> list[frozenset[int]]:
    return [_coverage(path) for name in names if (path := resources.find(name))]


@lru_cache(maxsize=32)
def _coverage(path: Path) -> frozenset[int]:
    import uharfbuzz as hb

    return frozenset(hb.Face(hb.Blob.from_file_path(str(path))).unicodes)
