"""HTML -> pages that fit -> PDF, with the proof that no text was lost on the way."""

from briefgen.layout.engine import Engine, Laid
from briefgen.layout.fit import Drawn, Fitted, Order, OversetError, fit
from briefgen.layout.lint import lint
from briefgen.layout.proof import lost, normal, page_texts, words_of

__all__ = [
    "Drawn",
    "Engine",
    "Fitted",
    "Laid",
    "Order",
    "OversetError",
    "fit",
    "lint",
    "lost",
    "normal",
    "page_texts",
    "words_of",
]
