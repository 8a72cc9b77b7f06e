"""Edition -> HTML: the template of its audience, filled with plain data."""

from briefgen.render.assets import Assets, Sheet, search_path
from briefgen.render.context import Choice
from briefgen.render.environment import Rendered, Renderer, template_files, words_of
from briefgen.render.publish import self_contained

__all__ = [
    "Assets",
    "Choice",
    "Rendered",
    "Renderer",
    "Sheet",
    "search_path",
    "self_contained",
    "template_files",
    "words_of",
]
