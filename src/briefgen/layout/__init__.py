"""HTML -> pages that fit -> PDF, with the proof that no text was lost on the way."""

from briefgen.layout.engine import Engine, Laid
from briefgen.layout.fit import Drawn, Fitted, Order, OversetError, fit
from briefgen.layout.lint import lint
from briefgen.layout.proof import hidden, lost, normal, unlabelled
from briefgen.layout.sight import Page, read

__all__ = [
    "Drawn",
    "Engine",
    "Fitted",
    "Laid",
    "Order",
    "OversetError",
    "Page",
    "fit",
    "hidden",
    "lint",
    "lost",
    "normal",
    "read",
    "unlabelled",
]
