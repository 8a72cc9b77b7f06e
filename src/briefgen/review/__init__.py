"""Brief and the texts of its sources -> evidence page: the source with its quotes marked, beside the items."""

from briefgen.review.page import page
from briefgen.review.passages import Shown

__all__ = ["Shown", "page"]
