"""HTML with linked style sheets -> one self-contained file: styles, fonts and images inside."""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Iterable
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

from briefgen.errors import BriefgenError, Diagnostic, did_you_mean, error
from briefgen.render.assets import Assets, Sheet

_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)")
_IMAGE = re.compile(r"""(<img\b[^>]*?\ssrc\s*=\s*(["']))(.+?)(\2)""", re.I | re.S)
# Where HTML names what a browser then loads by itself; a link waits until somebody follows it.
_LOADS = frozenset({"src", "srcset", "href", "xlink:href", "poster", "data", "background", "manifest", "style"})
_TAG = re.compile(r"<[^>]+>")
# Case transforms and generated content can print characters that the text does not have.
_ALWAYS = frozenset(map(ord, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:;–—-·’‘“”()[]/%&+…'\" "))
_PICTURES = (".png", ".jpg", ".jpeg", ".svg", ".gif", ".webp")
# Besides what a script needs to be read, as Arabic its joined forms: figures of one width; fractions nobody asks for.
_WANTED, _UNWANTED = (b"tnum", b"lnum"), (b"frac", b"numr", b"dnom")


def self_contained(html: str, sheets: Iterable[Sheet], assets: Assets) -> str:
    """The page as one file that needs nothing else; fonts are cut to the characters it prints.

    Raises `BriefgenError` naming whatever a browser would load from elsewhere all the same.
    """
    used = frozenset(map(ord, _TAG.sub("", html))) | _ALWAYS
    styles = "\n".join(_embedded(sheet, used, assets) for sheet in sheets)
    with_images = _IMAGE.sub(lambda m: f"{m[1]}{_image(m[3], assets)}{m[4]}", html)
    outside = _Outside(assets)
    outside.feed(with_images)
    if outside.found:
        raise BriefgenError(*outside.found)
    return with_images.replace("</head>", f"<style>\n{styles}</style>\n</head>", 1)


class _Outside(HTMLParser):
    """Collects what is not in the page itself."""

    def __init__(self, assets: Assets) -> None:
        super().__init__()
        self.assets = assets
        self.found: list[Diagnostic] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs if tag not in ("a", "area") else ():
            loads = _URL.findall(value or "") if name == "style" else [(value or "").strip()]
            if name in _LOADS and any(each and not each.startswith(("#", "data:")) for each in loads):
                message = f'<{tag} {name}="{value}"> would be loaded from elsewhere; an edition is one file'
                hint = 'show pictures with <img src="name">, the file in templates/; link style sheets as the base does'
                self.found.append(Diagnostic("error", message, *self.assets.writing(value or ""), hint=hint))

    handle_startendtag = handle_starttag


def _embedded(sheet: Sheet, used: frozenset[int], assets: Assets) -> str:
    def data(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith(("data:", "#")):
            return match[0]
        path = resolve(sheet.name, name, assets)
        if path is None:
            raise BriefgenError(error(f"'{name}' is in none of the template folders", sheet.file))
        if path.suffix == ".ttf":
            return f"url(data:font/ttf;base64,{_font(path, path.stat().st_mtime_ns, used)})"
        return f"url({_data_uri(path)})"

    return _URL.sub(data, sheet.text)


def resolve(base: str, name: str, assets: Assets) -> Path | None:
    """The file that `name` means in the style sheet or template `base`: beside it, or from the top."""
    folder = base.rpartition("/")[0]
    parts: list[str] = folder.split("/") if folder else []
    for part in name.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part != ".":
            parts.append(part)
    return assets.find("/".join(parts))


def _image(name: str, assets: Assets) -> str:
    if name.startswith("data:"):
        return name
    path = assets.find(name)
    if path is None:
        hint = did_you_mean(name, assets.names(_PICTURES)) or "put the file into templates/"
        message = f"image '{name}' is in none of the template folders"
        raise BriefgenError(Diagnostic("error", message, *assets.writing(name), hint=hint))
    return _data_uri(path)


def _data_uri(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


@lru_cache(maxsize=256)
def _font(path: Path, _: int, used: frozenset[int]) -> str:
    """A subset of the face, as base64. Hints are left out: screens that read HTML do not use them."""
    import uharfbuzz as hb

    wanted = hb.SubsetInput()
    wanted.sets(hb.SubsetInputSets.UNICODE).update(used)
    wanted.flags = hb.SubsetFlags.NO_HINTING
    features = wanted.sets(hb.SubsetInputSets.LAYOUT_FEATURE_TAG)
    features.update(int.from_bytes(tag, "big") for tag in _WANTED)
    for tag in _UNWANTED:
        features.discard(int.from_bytes(tag, "big"))
    subset = wanted.subset(hb.Face(hb.Blob.from_file_path(str(path))))
    return base64.b64encode(subset.blob.data).decode()
