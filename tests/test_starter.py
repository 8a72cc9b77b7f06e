"""A first brief is of the right form, explains itself, and says at once what is missing."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

from briefgen import content
from briefgen.starter import starter
from briefgen.workspace import SECTORS


def load(text: str, folder: Path) -> content.Loaded:
    path = folder / "brief.yaml"
    path.write_text(text, encoding="utf-8")
    return content.load(path, "new", "brief.yaml", SECTORS)


def test_a_first_brief_loads_and_names_its_source(tmp_path: Path) -> None:
    loaded = load(starter("trade-talks", "seeds/trade-talks.txt", "0" * 64), tmp_path)
    assert loaded.brief.title == "Trade talks"
    assert loaded.brief.sources[0].file == "seeds/trade-talks.txt"
    assert loaded.brief.sources[0].sha256 == "0" * 64
    assert loaded.problems == ()


def test_a_source_that_is_not_there_yet_is_named_without_a_hash(tmp_path: Path) -> None:
    assert load(starter("x", "seeds/x.txt", None), tmp_path).brief.sources[0].sha256 is None


def test_what_it_explains_is_true_when_the_comment_signs_are_taken_away(tmp_path: Path) -> None:
    text = starter("trade-talks", "seeds/trade-talks.txt", None)
    for section in ("summary", "findings", "risks", "questions"):
        text = text.replace(f"{section}: []", f"{section}:" if section != "summary" else "summary: []")
    lines = [line[2:] if line.startswith(("# -", "#   ", "# bottom_line")) else line
             for line in text.split("\n")]  # fmt: skip
    brief = load("\n".join(lines), tmp_path).brief
    assert brief.findings and brief.risks and brief.questions and brief.bottom_line


@given(some.text(min_size=1, max_size=30).filter(lambda text: text.isprintable()))
def test_any_printable_name_gives_a_file_that_loads(name: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = f"seeds/{name}.txt".replace("\\", "")
        loaded = load(starter(f"a{name}", file, None), Path(folder))
        assert loaded.brief.sources[0].file == file.strip()
