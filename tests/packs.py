"""What the tests of packs share: small editions made by the real engine, as bytes and as parts, and whole packs."""

from __future__ import annotations

import io
from hashlib import sha256
from pathlib import Path

import pikepdf

from briefgen.build.packjob import PackJob
from briefgen.layout import Engine
from briefgen.pack import News, Part
from briefgen.render import Assets, search_path
from briefgen.workspace import AUDIENCES

ROOT = Path(__file__).parents[1]
SHEETS = ("css/fonts.css", "css/base.css")
# Accents are composites; every edition has another set of letters, so that each subset is another.
LETTERS = ("Łódź Århus Çeşme", "Žytomierz ĺ ŕ ő", "Malmö naïve été", "Čerkasy ů ý", "Târgu Şuşa ģ")


def edition_html(number: int, pages: int = 2) -> str:
    """A page with all that a join can break: a table with headers, links inside, an address, a picture, bookmarks."""
    name = LETTERS[number % len(LETTERS)]
    chapters = "".join(
        f"<h2 id='s{at}' style='break-before: page'>Section {at} of {name}</h2><p>To <a href='#top'>the top</a>.</p>"
        for at in range(1, pages)
    )
    return f"""<!DOCTYPE html><html lang="{"fr" if number % 5 == 3 else "en"}"><head><meta charset="utf-8">
<title>Edition {number}: {name}</title></head><body>
<h1 id="top">Edition {number}: {name}</h1>
<p>Number {number}, <strong>{name[::-1]}</strong>. See <a href="#s1">section 1</a> and
<a href="https://example.org/{number}">an address</a>.</p>
<table><thead><tr><th scope="col">Name</th><th scope="col">Value</th></tr></thead>
<tbody><tr><th scope="row">{name}</th><td>{number * 7}</td></tr></tbody></table>
<svg width="40" height="20" viewBox="0 0 40 20"><title>Bar {number}</title>
<rect width="{number % 40 + 1}" height="20"/></svg>
{chapters}</body></html>"""


class Press:
    """Lays editions out with one engine, loaded once."""

    def __init__(self) -> None:
        self.assets = Assets(tuple(search_path(ROOT)), ROOT)
        self.engine = Engine()

    def pdf(self, html: str) -> bytes:
        return self.engine.lay_out(html, self.assets.sheets(SHEETS, {}), self.assets).pdf()

    def part(self, folder: Path, number: int, pages: int = 2, audience: str = "executive") -> Part:
        data = self.pdf(edition_html(number, pages))
        return as_part(folder, number, data, audience)

    def front(self, parts: list[Part] | tuple[Part, ...]) -> bytes:
        rows = "".join(f"<li><a href='pack:p{at:04}'>{part.title}</a></li>" for at, part in enumerate(parts, 1))
        head = "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>Pack</title></head>"
        return self.pdf(f"{head}<body><h1>Contents</h1><ul>{rows}</ul></body></html>")


def as_part(folder: Path, number: int, data: bytes, audience: str = "executive", **fields: object) -> Part:
    path = folder / audience / f"brief-{number:03}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    with pikepdf.open(io.BytesIO(data)) as file:
        pages, title, language = len(file.pages), str(file.docinfo["/Title"]), str(file.Root.Lang)
    known = {
        "title": title, "brief": f"brief-{number:03}", "audience": audience, "audience_title": audience,
        "marking": "TLP:GREEN", "language": language, "content": sha256(data).hexdigest(), "issued": "2026-11-23",
        "sectors": ("trade", "energy"),
    }  # fmt: skip
    name = f"{audience}/brief-{number:03}.pdf"
    return Part(name, path, sha256(data).hexdigest(), pages, **{**known, **fields})  # type: ignore[arg-type]


def job(parts: list[Part] | tuple[Part, ...], news: News | None = None, name: str = "nightly") -> PackJob:
    """A pack job over the parts, with the built-in templates."""
    folders = tuple(search_path(ROOT))
    return PackJob(name, "Nightly pack", None, tuple(parts), news or News(), AUDIENCES, ROOT, folders)
