"""The language is that of the content, not of the furniture around it."""

from __future__ import annotations

import pytest

from briefgen.sources.language import language
from briefgen.sources.plain import blocks
from briefgen.sources.setapart import set_apart


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The minister said that exports rose.\n发表回复", "en"),
        ("Министр заявил, что экспорт вырос на пять процентов.\nLeave a Reply", "ru"),
        ("Le ministre a déclaré que les exportations ont augmenté.", "fr"),
        ("中国政府宣布了新的产业政策。出口正在增加。", "zh"),
        ("قال الوزير إن الصادرات ارتفعت بنسبة خمسة في المئة.", "ar"),
        ("The minister said that exports rose. " * 1000, "en"),
    ],
)
def test_languages(text: str, code: str) -> None:
    assert language(text, set_apart(text, blocks(text))) == code


def test_english_is_told_without_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes most of a second to load."""
    monkeypatch.setattr("briefgen.sources.language._identifier", None)
    text = "The minister said that the exports of steel and of timber rose, which was expected. " * 6
    assert language(text, blocks(text)) == "en"
    dutch = "De minister zei dat de uitvoer van staal en hout in het jaar was gestegen. " * 6
    with pytest.raises(TypeError):
        language(dutch, blocks(dutch))


@pytest.mark.parametrize("text", ["", "123 456", "xxxxxxxxxxxxxxxx", "*a _b *a _b"])
def test_too_little_to_tell(text: str) -> None:
    assert language(text, blocks(text)) is None
