"""Finished editions -> one tagged PDF of all of them, and the proof that every page is what it was."""

from briefgen.pack.join import join
from briefgen.pack.manifest import News, manifest, news, readable
from briefgen.pack.part import PackError, Part, Placed, placed
from briefgen.pack.verify import problems

__all__ = ["News", "PackError", "Part", "Placed", "join", "manifest", "news", "placed", "problems", "readable"]
