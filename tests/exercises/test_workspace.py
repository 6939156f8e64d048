"""The workspace brings in what is new, and never touches what the learner has changed."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from exercises.catalog import CatalogError
from exercises.course import OURS
from exercises.errors import NoWorkspace, WorkspaceError
from exercises.workspace import Left, Workspace

NOW = datetime(2025, 3, 1, 14, 30, 0)


@pytest.fixture(autouse=True)
def two_exercises(course: Any, entry: Callable[..., Any]) -> None:
    course.add("ch01_a", entry("first"), entry("second"))


@pytest.fixture
def workspace(course: Any, tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "my work" / "workspace")
    workspace.update(course.load())
    return workspace


def files(workspace: Workspace) -> dict[str, str]:
    found = sorted(workspace.root.rglob("*.py"))
    return {str(file.relative_to(workspace.root)): file.read_text() for file in found}


def test_a_new_workspace_holds_every_stub(course: Any, workspace: Workspace) -> None:
    stubs = {f"ch01_a/{file.name}": file.read_text() for file in course.root.rglob("*.py")}
    assert files(workspace) == stubs


def test_nothing_is_left_lying_about(workspace: Workspace) -> None:
    names = {file.name for file in workspace.root.rglob("*") if file.is_file()}
    assert names == {"first.py", "second.py", "manifest.json"}


def test_a_second_update_has_nothing_to_do(course: Any, workspace: Workspace) -> None:
    before = files(workspace)
    done = workspace.update(course.load())
    assert not (done.added or done.updated or done.restored or done.moved or done.left)
    assert files(workspace) == before


def test_new_exercises_arrive(course: Any, workspace: Workspace, entry: Callable[..., Any]) -> None:
    course.add("ch02_b", entry("third"))
    done = workspace.update(course.load())
    assert done.added == [workspace.root / "ch02_b" / "third.py"]


def test_an_untouched_stub_gets_the_new_text(course: Any, workspace: Workspace) -> None:
    (course.root / "ch01_a" / "first.py").write_text("# better\n")
    done = workspace.update(course.load())
    assert done.updated == [workspace.root / "ch01_a" / "first.py"]
    assert files(workspace)["ch01_a/first.py"] == "# better\n"


def test_a_changed_file_is_left_and_named_each_time(course: Any, workspace: Workspace) -> None:
    mine = workspace.root / "ch01_a" / "first.py"
    mine.write_text("my work")
    assert workspace.update(course.load()).left == []
    for text in ("# better\n", "# better still\n"):
        (course.root / "ch01_a" / "first.py").write_text(text)
        for _ in range(2):
            (left,) = workspace.update(course.load()).left
            assert left.file == mine
            assert "`learn reset first`" in left.why
            assert mine.read_text() == "my work"


def test_a_file_that_was_there_before_is_left(
    course: Any, workspace: Workspace, entry: Callable[..., Any]
) -> None:
    mine = workspace.root / "ch02_b" / "third.py"
    mine.parent.mkdir()
    mine.write_text("my own third")
    course.add("ch02_b", entry("third"))
    (left,) = workspace.update(course.load()).left
    assert left == Left(mine, "it was there before the course's stub")
    assert mine.read_text() == "my own third"


def test_a_lost_manifest_loses_no_work(course: Any, workspace: Workspace) -> None:
    mine = workspace.root / "ch01_a" / "first.py"
    mine.write_text("my work")
    (workspace.state / "manifest.json").unlink()
    done = workspace.update(course.load())
    assert [left.file for left in done.left] == [mine]
    assert mine.read_text() == "my work"


RUBBISH = [b"", b"{", b"[]", b"[" * 100_000, bytes(range(256))]


@pytest.mark.parametrize("content", [*RUBBISH, b'{"stubs": 3}', b'{"stubs": {"first": {}}}'])
def test_a_damaged_manifest_is_named(course: Any, workspace: Workspace, content: bytes) -> None:
    (workspace.state / "manifest.json").write_bytes(content)
    with pytest.raises(WorkspaceError, match=r"manifest\.json is damaged"):
        workspace.update(course.load())


@pytest.mark.parametrize("content", [*RUBBISH, b"relative/course", b"/a\0b", b"/" + b"9" * 6000])
def test_a_damaged_name_of_a_course_is_said(workspace: Workspace, content: bytes) -> None:
    (workspace.state / "course").write_bytes(content)
    with pytest.raises(WorkspaceError, match=r"course is damaged.*`learn init --course DIR`"):
        workspace.catalog()


def test_a_deleted_file_comes_back(course: Any, workspace: Workspace) -> None:
    (workspace.root / "ch01_a" / "first.py").unlink()
    done = workspace.update(course.load())
    assert done.restored == [workspace.root / "ch01_a" / "first.py"]


def test_work_follows_a_renumbered_chapter(
    course: Any, workspace: Workspace, entry: Callable[..., Any]
) -> None:
    (workspace.root / "ch01_a" / "first.py").write_text("my work")
    (course.root / "ch01_a" / "chapter.yaml").unlink()
    course.add("ch05_a", entry("first"), entry("second"))
    done = workspace.update(course.load())
    assert len(done.moved) == 2
    assert files(workspace)["ch05_a/first.py"] == "my work"
    assert done.left == []


def test_a_kill_before_the_manifest_is_written_is_harmless(
    course: Any, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (course.root / "ch01_a" / "first.py").write_text("# better\n")
    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "_write_manifest", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            workspace.update(course.load())
    done = workspace.update(course.load())
    assert done.left == []
    assert files(workspace)["ch01_a/first.py"] == "# better\n"


def test_reset_keeps_a_backup(course: Any, workspace: Workspace) -> None:
    exercise = course.load().exercise("first")
    mine = workspace.file(exercise)
    for text in ("one", "two"):  # the second falls into the same second
        mine.write_text(text)
        backup = workspace.reset(exercise, NOW)
        assert backup is not None
        assert backup.read_text() == text
        assert mine.read_bytes() == exercise.stub.read_bytes()
    backups = sorted(file.name for file in (workspace.state / "backups").rglob("*.py"))
    assert backups == ["first-20250301-143000-2.py", "first-20250301-143000.py"]


@pytest.mark.parametrize("delete", [False, True])
def test_reset_of_nothing_of_mine(course: Any, workspace: Workspace, delete: bool) -> None:
    exercise = course.load().exercise("first")
    if delete:
        workspace.file(exercise).unlink()
    assert workspace.reset(exercise, NOW) is None
    assert workspace.file(exercise).read_bytes() == exercise.stub.read_bytes()


def test_after_a_reset_the_file_counts_as_untouched(course: Any, workspace: Workspace) -> None:
    exercise = course.load().exercise("first")
    workspace.file(exercise).write_text("my work")
    exercise.stub.write_text("# better\n")
    workspace.reset(exercise, NOW)
    exercise.stub.write_text("# better still\n")
    assert workspace.update(course.load()).updated == [workspace.file(exercise)]


def test_it_is_found_from_inside_and_from_beside(workspace: Workspace) -> None:
    inside = workspace.root / "ch01_a"
    beside = workspace.root.parent
    for start in (inside, workspace.root, beside):
        assert Workspace.find(start, {}).root == workspace.root


def test_the_environment_names_it(workspace: Workspace, tmp_path: Path) -> None:
    assert Workspace.find(tmp_path, {"LEARN_WORKSPACE": str(workspace.root)}).root == workspace.root
    with pytest.raises(WorkspaceError, match=r"LEARN_WORKSPACE is .*nowhere"):
        Workspace.find(tmp_path, {"LEARN_WORKSPACE": str(tmp_path / "nowhere")})


def test_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(NoWorkspace, match="learn init"):
        Workspace.find(tmp_path, {})


def test_the_course_itself_is_no_workspace() -> None:
    for folder in (OURS.exercises, OURS.exercises / "mine"):
        with pytest.raises(WorkspaceError, match="belongs to the course"):
            Workspace.create(folder)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="Cannot create"):
        Workspace.create(tmp_path / "file")


def test_a_missing_stub_is_our_mistake(course: Any, workspace: Workspace) -> None:
    (course.root / "ch01_a" / "first.py").unlink()
    with pytest.raises(CatalogError, match="first has no stub"):
        workspace.update(course.load())


def test_the_manifest_is_readable(workspace: Workspace) -> None:
    manifest = json.loads((workspace.state / "manifest.json").read_text())
    assert manifest["version"] == 1
    assert manifest["stubs"]["first"]["path"] == "ch01_a/first.py"
