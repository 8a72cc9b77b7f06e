"""An edition as a pack sees it -> where it stands in the pack; plain data, no PDF library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from briefgen.errors import BriefgenError, error


class PackError(BriefgenError):
    """The parts cannot be joined, or what came of it is not what they were."""


@dataclass(frozen=True)
class Part:
    """A finished edition. `name` is its path in the build folder, `path` its PDF; `content` changes with its words.

    `audience_title` is how readers call the audience; `sectors` are the labels that its page shows.
    """

    name: str
    path: Path
    sha256: str
    pages: int
    title: str
    brief: str
    audience: str
    audience_title: str
    marking: str
    language: str = "en"
    content: str = ""
    issued: str | None = None
    reference: str | None = None
    sectors: tuple[str, ...] = ()

    def read(self) -> bytes:
        """The PDF; raises `PackError` when it is not the one that was proved and published."""
        try:
            data = self.path.read_bytes()
        except OSError as problem:
            raise PackError(error(f"cannot be read: {problem.strerror}", self.name)) from None
        if sha256(data).hexdigest() != self.sha256:
            hint = "something else than this build writes into the folder; build again"
            raise PackError(error("the file changed after it was published", self.name, hint))
        return data


@dataclass(frozen=True)
class Placed:
    """A part with its key in the pack (p0001 …) and the number that its first page has there."""

    key: str
    first: int
    part: Part


def placed(parts: Sequence[Part]) -> Iterator[Placed]:
    """The parts in order; page 1 is the first page after the front matter, however long that is."""
    first = 1
    for number, part in enumerate(parts, start=1):
        yield Placed(f"p{number:04}", first, part)
        first += part.pages
