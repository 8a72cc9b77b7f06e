"""Draft and sources -> the text of a brief.yaml that a person edits: a new one, or one that grew by what is new."""

from briefgen.drafting.merging import matched, merged
from briefgen.drafting.written import Named, written

__all__ = ["Named", "matched", "merged", "written"]
