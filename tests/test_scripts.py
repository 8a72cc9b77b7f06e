"""Every script: a page shows all its words or says which font is missing; nothing is lost or leaks in it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from briefgen.build.clearance import leaks
from briefgen.layout import Engine, holds, normal, read, searchable
from briefgen.layout.glyphs import boxes
from briefgen.model import Brief
from briefgen.render.scripts import base_direction, direction, has_other_scripts, own_direction
from conftest import Run
from sample import assets, edition

ARABIC = (
    "وقعت وزارة الطاقة يوم الاثنين اتفاقية جديدة لتطوير ثلاثة حقول نفطية، "
    "وقال الوزير إن الإنتاج سيرتفع إلى 250 ألف برميل (400 MW)."
)
HEBREW = 'השר אמר כי הייצור יגדל ל-250 מיליון מטר מעוקב בשנה עד 2027, לפי הדו"ח של Siemens AG (400 MW).'
PERSIAN = "توافق‌نامه تازه‌ای با شرکت ملی امضا شد و تولید تا سال ۲۰۲۷ به ۲۵۰ هزار بشکه خواهد رسید."
VOWELS = "كِتَابٌ عَنِ اللُّغَةِ"
THAI = "ผู้เชี่ยวชาญเตือนว่าราคาที่ลดลงอาจทำให้โครงการล่าช้า รายงานระบุ 250,000 บาร์เรล"
TEXTS = {"ar": ARABIC, "he": HEBREW, "fa": PERSIAN, "ar-vowels": VOWELS, "th": THAI}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def pdf(engine: Engine, language: str, body: str) -> bytes:
    sheets, _ = assets().resolved(["css/fonts.css", "css/base.css", "css/scripts.css"], {})
    html = (
        f'<html lang="{language}" dir="{base_direction(body)}"><title>t</title><body style="width: 60mm"><p>{body}</p>'
    )
    return engine.lay_out(html, sheets, assets()).pdf()


@pytest.mark.parametrize("language", TEXTS)
def test_what_is_printed_is_found_in_the_pdf_and_a_word_less_is_not(language: str, engine: Engine) -> None:
    text = TEXTS[language]
    page = read(pdf(engine, language, text))[0]
    assert holds(page.text, text)
    shorter = read(pdf(engine, language, text.replace(sorted(text.split(), key=len)[-1], "")))[0]
    assert not holds(shorter.text, text)


@pytest.mark.parametrize("language", ["ar", "he"])
def test_every_single_right_to_left_word_counts(language: str) -> None:
    words = TEXTS[language].split()
    for at, word in enumerate(words):
        if any(map(str.isalpha, word)):
            assert not holds(" ".join(words[:at] + words[at + 1 :]), " ".join(words))


def test_words_of_any_order_hold_only_what_must_be_turned() -> None:
    assert holds("(400 MW)250 ألف برميل", "250 ألف برميل (400 MW)")
    assert not holds("barrels 250", "250 barrels")
    assert holds("الاثن\nين يوم", "يوم الاثنين"), "a word may be cut at the end of a line"
    assert not holds("الاثن يوم", "يوم الاثنين")
    assert normal("✔️ Yes") == normal("✔ yes")


def test_the_direction_of_a_page_is_that_of_its_language() -> None:
    assert [direction(each) for each in ("ar", "fa-IR", "he", "ur", "en", "ru", "zz-unknown")] == ["rtl"] * 4 + [
        "ltr"
    ] * 3
    assert [base_direction(each) for each in ("«12» שלום abc", "12 abc שלום", "…")] == ["rtl", "ltr", "ltr"]
    assert [own_direction(ARABIC, each) for each in ("ar", "en")] == ["", ' dir="rtl"']
    assert [own_direction("Plain.", each) for each in ("ar", "en")] == [' dir="ltr"', ""]
    assert [has_other_scripts(each) for each in ("Ελλάδα, Русь, ₽ … ©", "ไทย", "ער", "東")] == [False, True, True, True]


ARABIC_SOURCE = f"""تعاون البلدين في مجال الطاقة

{ARABIC} حذر خبراء اقتصاديون من أن انخفاض الأسعار قد يؤخر تنفيذ المشروع.

أكدت الشركة أن 60% من العمال سيكونون من السكان المحليين.
ولم يتضح بعد ما إذا كان البرلمان سيصادق على الاتفاقية قبل نهاية العام.
"""


def arabic(workspace: Path, briefgen: Run) -> Path:
    """A drafted brief in Arabic, in the sample workspace."""
    (workspace / "seeds" / "ar.txt").write_text(ARABIC_SOURCE, encoding="utf-8")
    assert briefgen("extract", "seeds/ar.txt", cwd=workspace).returncode == 0
    return workspace / "content" / "ar"


def test_an_arabic_brief_is_built_from_right_to_left_and_a_lost_word_stops_it(workspace: Path, briefgen: Run) -> None:
    brief = arabic(workspace, briefgen)
    made = briefgen("build", "ar", "-a", "executive", cwd=workspace)
    assert made.returncode == 0, made.stderr
    page = (workspace / "build/executive/ar.html").read_text(encoding="utf-8")
    assert '<html lang="ar" dir="rtl">' in page and "Noto Naskh Arabic" in page
    text = yaml.safe_load((brief / "brief.yaml").read_text(encoding="utf-8"))["summary"][0]["text"]
    (brief / "templates/parts").mkdir(parents=True)
    default = (Path(__file__).parents[1] / "templates/parts/bottom-line.html").read_text(encoding="utf-8")
    word = max(text.split(), key=len)
    spoilt = default.replace("item.body | inline", f'item.body | replace("{word}", "") | inline')
    assert spoilt != default
    (brief / "templates/parts/bottom-line.html").write_text(spoilt, encoding="utf-8")
    failed = briefgen("build", "ar", "-a", "executive", cwd=workspace)
    assert failed.returncode == 1 and "its text is not in the PDF" in failed.stderr


def test_a_secret_in_arabic_is_found_in_the_pdf_alone(engine: Engine) -> None:
    """As by generated content, which is not in the HTML's own text."""
    secret = "وقال الوزير إن الإنتاج سيرتفع إلى 250 ألف برميل يوميا"
    of = edition("executive")
    data = of.brief.model_dump(mode="json")
    data["findings"][0] |= {"text": secret, "headline": None, "detail": None, "marking": "TLP:RED"}
    whole = Brief.model_validate(data)
    page = "\n".join(each.text for each in read(pdf(engine, "ar", ARABIC.replace("برميل", "برميل يوميا"))))
    found = [text for _, text in leaks(whole, of, searchable(page))]
    assert found == [secret]
    other = ARABIC.replace("الوزير", "المدير")
    assert not list(leaks(whole, of, searchable(other)))


def test_what_no_font_has_is_one_error_by_script_and_a_picture_a_warning() -> None:
    told = list(boxes({"የ", "ኃ", "🚀", "⚽", "개"}))
    assert [each.severity for each in told] == ["error", "warning"]
    assert "Ethiopic: ኃ (U+1283), የ (U+12E8); Hangul: 개" in told[0].message and "🚀" in told[1].message
    assert told[0].hint and "templates/css/scripts.css" in told[0].hint
    assert list(boxes({"\ufe0f", "\u200d"})) == []


def test_a_page_of_empty_boxes_is_no_page(workspace: Path, briefgen: Run) -> None:
    """In a script that no system font is likely to have: Tai Viet."""
    source = workspace / "tai.txt"
    source.write_text(
        "ꪀꪁꪂ ꪃꪄꪅ\n\n" + "The ministry of ꪀꪁꪂꪃ signed an agreement on Monday to build 12 dams. " * 3, encoding="utf-8"
    )
    made = briefgen("brief", "tai.txt", cwd=workspace)
    assert made.returncode == 1 and made.stderr.count("no font has these characters") == 1, made.stderr
    assert "Tai: ꪀ (U+AA80)" in made.stderr and "lost on the page" not in made.stderr
    assert not (workspace / "tai.pdf").exists()


def test_a_font_of_the_workspace_serves_its_script(workspace: Path, briefgen: Run) -> None:
    """With the editor's own scripts.css, which names one face: here Hebrew under another name."""
    templates = workspace / "templates"
    (templates / "css").mkdir(parents=True)
    (templates / "fonts").mkdir()
    builtin = Path(__file__).parents[1] / "templates/fonts/NotoSerifHebrew-Regular.ttf"
    (templates / "fonts/Own.ttf").write_bytes(builtin.read_bytes())
    face = '@font-face { font-family: "Own"; src: url(../fonts/Own.ttf) } :root { --other-scripts: "Own" }'
    (templates / "css/scripts.css").write_text(face, encoding="utf-8")
    (workspace / "he.txt").write_text(f"שיתוף פעולה\n\n{HEBREW}\n", encoding="utf-8")
    made = briefgen("brief", "he.txt", cwd=workspace)
    assert made.returncode == 0, made.stderr
    fonts = {run.font for run in read((workspace / "he.pdf").read_bytes())[0].runs}
    assert any(font.startswith("Own") for font in fonts) and not any(font.startswith("Noto") for font in fonts)
