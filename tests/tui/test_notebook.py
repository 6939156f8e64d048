"""`learn notebook`: a chapter to work in elsewhere, and the answers home again."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import lists, sampled_from
from IPython.core.interactiveshell import InteractiveShell

from exercises.catalog import load_catalog
from exercises.workspace import Workspace
from grader import Grader, checking
from grader.checking import Checked, check
from grader.repository import notebook_answers
from tui.study.notebook import notebook, take_in

NOW = datetime(2026, 11, 29, 12, 0)
CATALOG = load_catalog()
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "linear_regression"
Learn = Callable[..., Any]


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "workspace")
    workspace.update(CATALOG)
    return workspace


def code_cells(content: bytes) -> dict[str, str]:
    """The sources of the code cells that answer, by their first tag."""
    cells = json.loads(content)["cells"]
    return {
        cell["metadata"]["tags"][0]: "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "code" and cell["metadata"]["tags"] != ["check"]
    }


@pytest.mark.parametrize("chapter", CATALOG.chapters, ids=lambda chapter: str(chapter.id))
def test_each_chapter_is_a_valid_notebook_and_the_same_again(chapter: Any, here: Workspace) -> None:
    content = notebook(chapter, here, {})
    assert notebook(chapter, here, {}) == content
    whole = nbformat.reads(content.decode(), as_version=nbformat.NO_CONVERT)
    nbformat.validate(whole)
    assert (whole.nbformat, whole.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in whole.cells]
    assert len(set(ids)) == len(ids)
    stubs = {one.id: one.stub.read_text("utf-8").rstrip("\n") for one in chapter.exercises}
    assert code_cells(content) == stubs
    checks = [cell.source for cell in whole.cells if cell.metadata.get("tags") == ["check"]]
    assert all(any(f'check("{id}")' in check for check in checks) for id in stubs)
    text = "\n".join(cell.source for cell in whole.cells if cell.cell_type == "markdown")
    assert "{#" not in text


def test_answers_come_home_as_they_were(here: Workspace, tmp_path: Path) -> None:
    """Whatever a file looks like, the way into a notebook and back leaves its text alone."""
    files = {
        "softmax": "# ünïcödé $x$\nfrom __future__ import annotations\n\n\n"
        'def softmax(x, dim=-1):\n    """a\n\n%not a magic\n    """\n    return x  # \\\n',
        "masked_softmax": "import torch\nprint('a')\n\n\ndef masked_softmax(x, m):\n    return x",
        "soft_lookup": "def soft_lookup(:\n\tbroken(\n",
        "layer_costs": "\ufeffimport math\r\ndef layer_costs(*a):\r\n  return\x0c a\r\n",
    }
    for id, text in files.items():
        here.file(CATALOG.exercise(id)).write_bytes(text.encode())
    file = tmp_path / "a.ipynb"
    file.write_bytes(notebook(CATALOG.chapters[0], here, {}))
    assert list(take_in(file, CATALOG, here, NOW)) == []  # nothing is new
    other = Workspace.create(tmp_path / "other")
    other.update(CATALOG)
    assert {one.exercise.id for one in take_in(file, CATALOG, other, NOW)} == set(files)
    for id, text in files.items():
        home = other.file(CATALOG.exercise(id)).read_text("utf-8")
        assert home == text.replace("\r\n", "\n").removeprefix("\ufeff").rstrip() + "\n"


FRAGMENTS = (  # none with a name that another cell of the notebook gives
    *("    return x\n", "import nowhere\n", "from __future__ import annotations\n", "\n", "    \n"),
    *("'''\n", '"""\n', "    '''a\n", "x = 'a\n", "f'{x!r}'\n", "# c\n", "\\\n", "@d\n"),
    *("x = (1\n", "  % 2)\n", "x = a != b\n", "y = x %b\n", "if x:\n", "else:\n", "    pass\n"),
    *("class A:\n", "\x0c\n", "\u2028", "\x1c", "\r", "\t", "é = 1\n", "print(softmax)\n"),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(before=lists(sampled_from(FRAGMENTS)), after=lists(sampled_from(FRAGMENTS)))
def test_an_answer_comes_home_whole_or_not_at_all(
    before: list[str], after: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Also one that is no Python: it has its own cell, and leaves those of others alone."""
    first, second = (Workspace.create(tmp_path_factory.mktemp("home")) for _ in range(2))
    softmax = CATALOG.exercise("softmax")
    text = "".join(["x = 1\n", *before, "\ndef softmax(x, dim=-1):\n", *after])
    first.file(softmax).parent.mkdir()
    first.file(softmax).write_bytes(text.encode())
    file = first.root / "a.ipynb"
    file.write_bytes(notebook(CATALOG.chapters[0], first, {}))
    (taken,) = take_in(file, CATALOG, second, NOW)
    assert taken.exercise == softmax
    if taken.refusal:
        assert re.match(r"Cell \d+: |No cell defines softmax. Cell \d+ is", taken.refusal)
        assert not second.file(softmax).exists()
    else:
        home = second.file(softmax).read_text("utf-8")
        assert home.rstrip() == first.file(softmax).read_text("utf-8").rstrip()


def test_a_teacher_s_own_course_makes_notebooks_too(
    tmp_path: Path, grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.create(tmp_path / "workspace", course=EXAMPLE)
    catalog = workspace.catalog()
    workspace.update(catalog)
    exercise = catalog.exercises[0]
    source = (exercise.suite / "solution.py").read_text("utf-8")
    workspace.file(exercise).write_text(source, "utf-8")
    file = tmp_path / "a.ipynb"
    file.write_bytes(notebook(catalog.chapters[0], workspace, {}))
    answer = notebook_answers(file, catalog, [exercise.id], 0, "cpu")[0]
    assert grader.grade(answer.submission).passed
    monkeypatch.setattr(checking, "_grader", lambda: grader)
    monkeypatch.chdir(workspace.root)
    assert check(exercise.id, cells=[source]).report.passed


def test_what_an_answer_replaces_is_kept_and_a_stub_replaces_nothing(
    here: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "a.ipynb"
    file.write_bytes(notebook(CATALOG.chapters[0], here, {}))
    mine = here.file(CATALOG.exercise("softmax"))
    mine.write_text("def softmax(x, dim=-1): return 1\n")
    assert list(take_in(file, CATALOG, here, NOW)) == []
    whole = json.loads(file.read_text())
    cell = next(one for one in whole["cells"] if one["metadata"].get("tags") == ["softmax"])
    cell["source"] = "def softmax(x, dim=-1):\n    return x"
    file.write_text(json.dumps(whole))
    (taken,) = take_in(file, CATALOG, here, NOW)
    assert mine.read_text() == "def softmax(x, dim=-1):\n    return x\n"
    assert taken.backup and taken.backup.read_text() == "def softmax(x, dim=-1): return 1\n"


def test_its_cells_run_in_order_and_each_check_tells_its_own(
    here: Workspace, right: str, grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "_grader", lambda: grader)
    here.file(CATALOG.exercise("softmax")).write_text(right)
    cells = json.loads(notebook(CATALOG.chapters[0], here, {}))["cells"]
    shell = InteractiveShell.instance()
    shell.reset()
    shell.history_manager.reset()
    passed = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            result = shell.run_cell("".join(cell["source"]), store_history=True)
            result.raise_error()
            if isinstance(result.result, Checked):
                passed[result.result.report.exercise] = result.result.report.passed
    assert list(passed) == list(code_cells(notebook(CATALOG.chapters[0], here, {})))
    assert [id for id, is_right in passed.items() if is_right] == ["softmax"]


def test_the_command_writes_pictures_and_overwrites_nothing(learn: Learn, workspace: Path) -> None:
    done = learn("notebook", "1")
    assert (done.returncode, done.stderr) == (0, "")
    file = workspace / "ch01_attention.ipynb"
    cells = json.loads(file.read_text("utf-8"))["cells"]
    found = {
        name: base64.b64decode(picture["image/png"])
        for cell in cells
        for name, picture in cell.get("attachments", {}).items()
    }
    assert len(found) >= 2
    assert all(picture.startswith(b"\x89PNG") for picture in found.values())
    text = "".join("".join(cell["source"]) for cell in cells)
    assert all(f"(attachment:{name})" in text for name in found)
    before = file.read_bytes()
    again = learn("notebook", "ch01")
    assert again.returncode == 2
    assert "is there already, perhaps with answers of yours" in again.stderr
    assert file.read_bytes() == before


def test_the_command_brings_answers_home_and_names_those_that_it_cannot(
    learn: Learn, workspace: Path, folder: Path, right: str
) -> None:
    sources = [right, "def masked_softmax(x, m): 1", "def masked_softmax(x, m): 2"]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    (folder / "a.ipynb").write_text(json.dumps({"cells": cells}))
    done = learn("notebook", "a.ipynb")
    assert done.returncode == 1
    assert (workspace / "ch01_attention" / "softmax.py").read_text() == right
    assert "softmax.py is written." in done.stdout
    assert "masked_softmax was left as it is. There are several answers" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nowhere.ipynb",), "There is no file nowhere.ipynb."),
        (("nonsense",), "nonsense"),
        (("a.ipynb", "--out", "b.ipynb"), "--out is for a chapter"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(
    arguments: tuple[str, ...], says: str, learn: Learn, workspace: Path
) -> None:
    done = learn("notebook", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_text_is_named(learn: Learn, softmax: Path) -> None:
    softmax.write_bytes(b"\xff\xfe")
    done = learn("notebook", "1")
    assert done.returncode == 2
    assert "softmax.py is not UTF-8. Save it as UTF-8 text." in done.stderr
