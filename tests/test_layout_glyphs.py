"""Characters that the page's fonts lack are found before another font steps in unseen."""

from __future__ import annotations

import pytest

from briefgen.layout.glyphs import missing
from briefgen.render import Assets
from briefgen.render.assets import BUILTIN
from sample import brief

ASSETS = Assets((BUILTIN,), BUILTIN.parent)


@pytest.mark.parametrize(
    "text",
    [
        "Plain English, “quoted” — 1,234.5 % of £5 or €6… and R&D/№ 7",
        "Русский: съешь же ещё этих мягких французских булок, да выпей чаю. ЁЪЫЭ «ёлки»",
        "Беларуская: Ў ў І і. Українська: Ґ ґ Є є Ї ї. Српски: Ђ ђ Љ љ Њ њ Ћ ћ Џ џ.",
        "Français œuf, Straße, señor, São, žluťoučký kůň, İstanbul, Łódź, ăâîșț",
        "soft\u00adhyphen, no\u00a0break, zero\u200bwidth, joiner\u200d, tab\t, line\n, combining e\u0301",
        "",
    ],
)
def test_what_the_fonts_have_is_not_missing(text: str) -> None:
    assert missing(text, ASSETS) == []


def test_what_they_lack_is_named_once_and_sorted() -> None:
    assert missing("Tokyo 東京 東, Seoul 서울, ✈ and עברית", ASSETS) == sorted(set("東京서울✈עברית"))


def test_the_example_needs_no_other_font() -> None:
    texts = [text for _, item in brief().items() for text in item.wordings().values()]
    assert missing("".join([brief().title, brief().deck or "", *texts]), ASSETS) == []
