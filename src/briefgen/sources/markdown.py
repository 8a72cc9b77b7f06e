"""A Markdown file -> Draft: its blocks as plain text, without the markup; front matter becomes metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

from briefgen.model import BlockKind
from briefgen.sources.decode import decode
from briefgen.sources.draft import Draft, Metadata, Piece, compose
from briefgen.sources.metadata import from_fields

_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(.{0,20000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.S)
_BLANK = re.compile(r"\n[ \t]*\n")
_FIELD = re.compile(r"^([A-Za-z][\w -]{0,30})[ \t]*:[ \t]*(\S.*?)[ \t]*\r?$", re.M)


def read(raw: bytes, name: str) -> Draft:
    """The rendered text, one piece a block; code is residue, unless there is nothing else."""
    text, _, notes = decode(raw, name)
    metadata, body = _front_matter(text)
    parser = MarkdownIt("commonmark", {"maxNesting": 50}).enable("table")
    tokens = parser.parse(body)
    pieces = list(_pieces(tokens))
    if all(piece.kind in ("heading", "residue") for piece in pieces):
        # Licences and letters are often kept in a fence, for their line ends.
        pieces = list(_pieces(tokens, fenced="paragraph"))
    built, blocks = compose(pieces)
    return Draft(built, blocks, metadata, tuple(notes))


def _front_matter(text: str) -> tuple[Metadata, str]:
    match = _FRONT.match(text)
    if not match:
        return Metadata(), text
    fields = [(key.strip(), value.strip("'\"")) for key, value in _FIELD.findall(match[1])]
    return from_fields(fields), text[match.end() :]


def _pieces(tokens: list[Token], fenced: BlockKind = "residue") -> Iterator[Piece]:
    """One piece for every token that holds text; what is around it says its kind.

    `fenced` is that of text in a fence that names no language.
    """
    around: list[str] = []
    row: list[str] = []
    for token in tokens:
        if token.nesting == 1:
            around.append(token.type.removesuffix("_open"))
        elif token.nesting == -1:
            around.pop()
            if token.type == "tr_close":
                yield Piece("table-row", " | ".join(row))
                row = []
        elif token.type == "inline" and "tr" in around:
            row.append(_inline(token))
        elif token.type == "inline":
            yield Piece(_kind(around), _inline(token))
        elif token.type in ("fence", "code_block"):
            kind = "residue" if token.info else fenced
            yield from (Piece(kind, part) for part in _BLANK.split(token.content))
        elif token.type == "html_block":
            yield Piece("paragraph", _stripped(token.content))


def _kind(around: list[str]) -> BlockKind:
    if "heading" in around:
        return "heading"
    if "blockquote" in around:
        return "quote"
    return "list-item" if "list_item" in around else "paragraph"


def _inline(token: Token) -> str:
    """The words of a line: links keep theirs, pictures and tags have none."""
    parts = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak") or child.content.startswith("<br"):
            parts.append(" ")
        elif child.type in ("text", "code_inline", "text_special"):
            parts.append(child.content)
    return "".join(parts)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style") and self.hidden > 0

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def _stripped(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    parser.close()
    return " ".join(parser.parts)
