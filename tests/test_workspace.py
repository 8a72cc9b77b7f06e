"""A workspace is found, read, and every name in it leads somewhere."""

from pathlib import Path

import pytest

from briefgen.errors import BriefgenError, UsageError
from briefgen.model import Marking
from briefgen.workspace import AUDIENCES, SECTORS, Workspace, find_root, load


@pytest.fixture
def root(tmp_path):
    (tmp_path / "content").mkdir()
    return tmp_path


def settings(root, text):
    (root / "briefgen.yaml").write_text(text)
    return load(root)


def refused(root, text):
    with pytest.raises(BriefgenError) as caught:
        settings(root, text)
    return caught.value.diagnostics


@pytest.mark.parametrize("text", [None, "", "# nothing set\n", "sectors:\n"])
def test_everything_has_a_default(root, text):
    workspace = load(root) if text is None else settings(root, text)
    assert workspace.sectors == SECTORS and workspace.audiences == AUDIENCES and workspace.packs == {}


def test_the_defaults_are_the_documented_ones():
    told = {name: (each.clearance, each.pages) for name, each in AUDIENCES.items()}
    assert told == {
        "executive": (Marking.AMBER, 1),
        "note": (Marking.AMBER, 2),
        "briefing": (Marking.AMBER, 8),
        "public": (Marking.CLEAR, 2),
    }
    assert len(SECTORS) == 18


def test_what_is_set_wins_and_the_rest_comes_from_the_audience_of_that_name(root):
    audiences = settings(root, "audiences: {executive: {clearance: TLP:RED, pages: 1, order: file}}").audiences
    executive = audiences["executive"]
    assert list(audiences) == ["executive"]
    assert (executive.clearance, executive.order) == (Marking.RED, "file")
    assert executive.template == AUDIENCES["executive"].template


@pytest.mark.parametrize(("pages", "like"), [(1, "executive"), (3, "note"), (4, "briefing"), (40, "briefing")])
def test_a_new_audience_starts_from_the_one_nearest_in_length(root, pages, like):
    audience = settings(root, f"audiences: {{minister: {{clearance: TLP:RED, pages: {pages}}}}}").audiences["minister"]
    assert (audience.template, audience.pages) == (AUDIENCES[like].template, pages)


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("packs: {n: {audiences: [executive, briefng]}}", (1, 36), "unknown audience 'briefng'", "'briefing'"),
        ("audiences:\n  a: {clearance: TLP:RED, pages: 1, fuller: b}\n", (2, 45), "unknown audience 'b'", "a"),
        ("audiences:\n  packs: {clearance: TLP:RED, pages: 1}\n", (2, 3), "folder of build/", "rename"),
        ("sectors: trade\n", (1, 10), "not a list", "'- '"),
        ("sektors: [trade]\n", (1, 1), "unknown field 'sektors'", "'sectors'"),
        ("audiences: {a: {clearance: TLP:RED, pages: 0}}\n", (1, 44), "at least 1", ""),
        ("audiences: {a: {clearance: amber, pages: 1}}\n", (1, 28), "not a TLP label", "TLP:AMBER"),
        ("audiences: {a: &x {clearance: TLP:RED, pages: 1}}\n", (1, 16), "anchor", "remove"),
        ("audiences: [", (1, 13), "invalid YAML", ""),
        ("- a\n", (None, None), "holds a list", "sectors"),
    ],
)
def test_what_is_wrong_in_the_settings_is_told_with_its_place(root, text, place, message, hint):
    (found,) = refused(root, text)
    assert (found.file, found.line, found.column) == ("briefgen.yaml", *place)
    assert message in found.message and hint in (found.hint or "")


def test_several_problems_are_told_at_once(root):
    found = refused(
        root, "packs: {n: {audiences: [x, y]}}\naudiences: {a: {clearance: TLP:RED, pages: 1, fuller: z}}\n"
    )
    assert len(found) == 3


def test_packs_alone_keep_the_default_audiences(root):
    workspace = settings(root, 'packs: {nightly: {audiences: [executive], briefs: "*"}}')
    assert workspace.packs["nightly"].briefs == "*" and workspace.audiences == AUDIENCES


def test_a_workspace_that_is_not_there_is_wrong_usage(root):
    with pytest.raises(UsageError, match="not a directory"):
        load(root / "gone")


def test_briefs_are_the_folders_with_a_brief(root):
    for name in ("b", "a", "empty"):
        (root / "content" / name).mkdir()
    for name in ("b", "a"):
        (root / "content" / name / "brief.yaml").touch()
    assert Workspace(root).briefs() == ["a", "b"]


def test_a_brief_that_cannot_be_looked_at_is_not_gone(root, monkeypatch):
    for name in ("open", "closed", "none"):
        (root / "content" / name).mkdir()
    (root / "content/open/brief.yaml").touch()
    (root / "content/linked").mkdir()
    (root / "content/linked/brief.yaml").symlink_to("nowhere")
    look = Path.lstat

    def refuse(path):
        if "closed" in path.parts:
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(Path, "lstat", refuse)
    assert Workspace(root).briefs() == ["closed", "linked", "open"]


def test_no_content_and_empty_content_are_told_apart(root):
    with pytest.raises(UsageError, match=r"holds no <name>/brief\.yaml.*(?s:.)*briefgen new"):
        Workspace(root).briefs()
    with pytest.raises(UsageError, match=r"no content directory(?s:.)*--workspace"):
        Workspace(root / "gone").briefs()


def test_a_file_that_is_no_brief_by_its_name_is_told(root):
    for name in ("a/brief.yaml", "a/notes.yaml", "b/brief.yml", "c.yaml"):
        (root / "content" / name).parent.mkdir(exist_ok=True)
        (root / "content" / name).touch()
    told = [str(each).partition("\n")[0] for each in Workspace(root).misnamed()]
    assert told == ["content/b/brief.yml: warning: is not read", "content/c.yaml: warning: is not read"]
    (root / "content/a/brief.yaml").unlink()
    with pytest.raises(UsageError, match=r"b/brief\.yml"):
        Workspace(root).briefs()


def test_a_brief_may_be_named_by_its_path(root, monkeypatch):
    for name in ("a", "b"):
        (root / "content" / name).mkdir()
        (root / "content" / name / "brief.yaml").touch()
    monkeypatch.chdir(root)
    for path in ("a", "content/a", "content/a/", "content/a/brief.yaml", str(root / "content/a")):
        assert Workspace(root).choose_briefs((path,)) == ["a"]
    assert Workspace(root).choose_briefs(()) == ["a", "b"]
    with pytest.raises(UsageError, match="unknown brief 'seeds/a'"):
        Workspace(root).choose_briefs(("seeds/a",))


def test_choosing_names_every_unknown_one():
    workspace = Workspace(None)
    assert workspace.choose("brief", (), ["a", "b"]) == ["a", "b"]
    assert workspace.choose("brief", ("b",), ["a", "b"]) == ["b"]
    with pytest.raises(UsageError) as caught:
        workspace.choose("audience", ("executiv", "b", "xx"), ["executive", "b"])
    assert [each.message for each in caught.value.diagnostics] == [
        "unknown audience 'executiv'",
        "unknown audience 'xx'",
    ]
    assert caught.value.diagnostics[0].hint == "did you mean 'executive'?"
    assert caught.value.exit_code == 2


def test_the_root_is_the_nearest_settings_file_else_the_nearest_content(tmp_path):
    inner = tmp_path / "outer" / "inner" / "deep"
    inner.mkdir(parents=True)
    (tmp_path / "outer" / "inner" / "content").mkdir()
    assert find_root(inner) == tmp_path / "outer" / "inner"
    (tmp_path / "outer" / "briefgen.yaml").touch()
    assert find_root(inner) == tmp_path / "outer"


def test_files_are_called_by_their_place_in_the_workspace(tmp_path):
    workspace = Workspace(tmp_path / "w")
    assert workspace.relative(tmp_path / "w" / "content" / "a.yaml") == "content/a.yaml"
    assert workspace.relative(tmp_path / "b.yaml") == str(tmp_path / "b.yaml")
