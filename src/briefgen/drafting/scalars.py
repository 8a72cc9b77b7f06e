"""Any text -> a YAML scalar that reads back as the same text, in the form a person would have chosen."""

from __future__ import annotations

import json
import re

WIDTH = 104
# What no YAML reader takes for anything but text: a number, a date or a `yes` would be one.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _./+()’–—,;-]*(?:TLP)?")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
# A break may stand for one space between two words, and for nothing else.
_GAP = re.compile(r"(?<=[^ ]) (?=[^ ])")


def scalar(text: str) -> str:
    """`text` in one line: as it is where that is safe, else in quotation marks."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS and text == text.strip()
    return text if plain else quoted(text)


def quoted(text: str) -> str:
    """`text` in quotation marks, every character that does not print as an escape."""
    written = json.dumps(text, ensure_ascii=False)
    return "".join(char if _prints(char) else _escape(char) for char in written)


def _prints(text: str) -> bool:
    """Whether an editor shows it; the hard spaces of French print nothing, but disturb nobody either."""
    return text.replace("\u00a0", "").replace("\u202f", "").isprintable()


def _escape(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def folded(key: str, text: str, indent: int) -> list[str]:
    """The lines of `key: text`; a long text is wrapped, under `>-` where it has no need of escapes."""
    margin = " " * indent
    line = f"{margin}{key}: {scalar(text)}"
    if len(line) <= WIDTH:
        return [line]
    if _prints(text) and text == text.strip():
        inside = " " * (indent + 2)
        return [f"{margin}{key}: >-", *(inside + each for each in wrap(text, WIDTH - indent - 2))]
    return wrapped(line, indent + 2)


def wrapped(line: str, indent: int) -> list[str]:
    """A line that ends in a quoted scalar, broken between the words of the scalar."""
    first, *rest = wrap(line.lstrip(" "), WIDTH - indent)
    margin = line[: len(line) - len(line.lstrip(" "))]
    return [margin + first, *(" " * indent + each for each in rest)]


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines, broken at single spaces only, so that folding gives it back."""
    lines = [""]
    for word in _GAP.split(text):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines


def comment(text: str, indent: int = 0) -> list[str]:
    """`text` as comment lines: whatever it holds, it stays one."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return [" " * indent + f"# {each}" for each in wrap(" ".join(line.split()), WIDTH - indent - 2)]
