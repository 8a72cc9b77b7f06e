"""HTML -> pages that fit -> PDF, with the proof that no text was lost on the way."""

from briefgen.layout.engine import Engine, Laid
from briefgen.layout.fit import Drawn, Fitted, HiddenError, Order, OversetError, fit, where
from briefgen.layout.lettering import Only, holds, is_marked, normal, searchable, turned_words
from briefgen.layout.lint import lint
from briefgen.layout.proof import foreign_fonts, hidden, lost, unlabelled
from briefgen.layout.sight import Page, creator, read

__all__ = [
    "Drawn",
    "Engine",
    "Fitted",
    "HiddenError",
    "Laid",
    "Only",
    "Order",
    "OversetError",
    "Page",
    "creator",
    "fit",
    "foreign_fonts",
    "hidden",
    "holds",
    "is_marked",
    "lint",
    "lost",
    "normal",
    "read",
    "searchable",
    "turned_words",
    "unlabelled",
    "where",
]
