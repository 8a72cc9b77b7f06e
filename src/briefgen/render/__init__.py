"""Edition -> HTML: the template of its audience, filled with plain data."""

from briefgen.render.assets import BUILTIN, Assets, Sheet, search_path
from briefgen.render.context import Choice, edition_title, sector_label
from briefgen.render.environment import Rendered, Renderer, page, template_files, template_of, words_of
from briefgen.render.labels import labels, long_date
from briefgen.render.publish import self_contained
from briefgen.render.scripts import has_other_scripts

__all__ = [
    "BUILTIN",
    "Assets",
    "Choice",
    "Rendered",
    "Renderer",
    "Sheet",
    "edition_title",
    "has_other_scripts",
    "labels",
    "long_date",
    "page",
    "search_path",
    "sector_label",
    "self_contained",
    "template_files",
    "template_of",
    "words_of",
]
