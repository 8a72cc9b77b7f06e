"""Finished editions -> one tagged PDF of all of them, and the proof that every page is what it was."""

from briefgen.pack.join import join
from briefgen.pack.part import PackError, Part, Placed, placed

__all__ = ["PackError", "Part", "Placed", "join", "placed"]
