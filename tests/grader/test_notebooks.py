"""Notebooks as students hand them in: each answer is graded apart, or a sentence says why not."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exercises.catalog import load_catalog
from grader.notebooks.statements import statements

Cells = list[Any]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
WRONG = "def softmax(x, dim=-1):\n    return x\n"
STUB = load_catalog().exercise("softmax").stub.read_text("utf-8")
HELPED = "def softmax(x, dim=-1):\n    e = shifted(x, dim).exp()\n    return e / e.sum(dim, True)\n"
HELPER = "def shifted(x, dim):\n    return x - x.amax(dim, keepdim=True)\n"


def code(source: str | list[str], *tags: str, **more: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)} if tags else {},
        "execution_count": None,
        "outputs": [],
        "source": source,
        **more,
    }


def text(cells: Cells, **more: Any) -> str:
    whole = [cell if isinstance(cell, dict) else code(cell) for cell in cells]
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": whole, **more}, indent=1
    )


@pytest.fixture
def run(tmp_path: Path, warm: Callable[..., list[str]]) -> Run:
    """`run(content, *options)`: `grader run` on a notebook with these bytes, text or cells."""

    def start(content: bytes | str | Cells, *options: str) -> "subprocess.CompletedProcess[str]":
        written = text(content) if isinstance(content, list) else content
        data = written if isinstance(written, bytes) else written.encode()
        (tmp_path / "answers.ipynb").write_bytes(data)
        command = warm("grader.cli", "run", "--allow-unsandboxed", "answers.ipynb", *options)
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    return start


@pytest.fixture
def verdicts(run: Run) -> Callable[..., dict[str, str]]:
    """`verdicts(content, *ids)`: the outcome of each exercise, or why it was not run."""

    def grade(content: bytes | str | Cells, *ids: str) -> dict[str, str]:
        wanted = [option for id in ids for option in ("--exercise", id)]
        done = run(content, *wanted, "--format", "json")
        assert done.stderr == ""
        found = json.loads(done.stdout)
        passed = all(report["outcome"] == "passed" for report in found)
        assert done.returncode == (0 if passed else 1)
        return {
            report["exercise"]: (report["problem"] or {}).get("message", report["outcome"])
            for report in found
        }

    return grade


Verdicts = Callable[..., dict[str, str]]


def test_each_answer_is_graded_apart_and_a_broken_cell_harms_only_its_own(
    verdicts: Verdicts, solution: Callable[[str], str]
) -> None:
    found = verdicts(
        [
            "import torch\n1 / 0",
            solution("softmax"),
            "scores = torch.randn(3\nprint(softmax(scores))",
            "def masked_softmax(x, mask:\n    return (",
            "raise SystemExit",
            solution("cross_entropy"),
            "while True: pass",
        ]
    )
    assert found["softmax"] == found["cross_entropy"] == "passed"
    assert "not valid Python" in found["masked_softmax"]
    assert list(found) == ["softmax", "masked_softmax", "cross_entropy"]


@pytest.mark.parametrize(
    "cells",
    [
        ["import torch", HELPER, HELPED],
        [HELPED, HELPER, "import torch"],  # reordered
        [HELPED, HELPER, HELPED, "import torch", HELPER],  # duplicated
        [STUB, "import torch", HELPER, HELPED],  # the stub is still there
        ["import torch\n" + HELPED + HELPER + "softmax(torch.zeros(2))"],  # merged
        [code(HELPED.splitlines(keepends=True)), HELPER, "import torch"],  # lines, as files have it
        [HELPER.replace("\n", "\r\n"), HELPED.replace("\n", "\r\n")],
        [HELPER, "   " + HELPED.replace("\n", "\n   ")],  # all of it indented, as IPython takes it
        [HELPER, "from __future__ import annotations\n" + HELPED],
        [HELPER.replace("x.amax", "biggest"), "def biggest(dim, keepdim): 1/0", HELPER, HELPED],
    ],
)
def test_an_answer_is_found_by_the_function_that_a_cell_defines(
    cells: Cells, verdicts: Verdicts
) -> None:
    assert verdicts(cells) == {"softmax": "passed"}


@pytest.mark.parametrize(
    ("helper", "answer"),
    [
        ("base = 2.0\nLN = math.log(base)\nimport math", "LN"),
        ("from math import log as ln\ndef two(): return ln(2.0)\nTWO = two()", "TWO"),
        ("try:\n    import nowhere\nexcept ImportError:\n    nowhere = None", "(nowhere or 0.7)"),
        ("from math import *", "log(2)"),
        ("ONE, (TWO, *_) = 1.0, [2.0, 3.0]", "TWO"),
        ("half: float = 0.5", "(lambda x: x + half)(0.2)"),
        ("@property\ndef p(self): return 1.0\nclass P:\n    one = p", "P().one"),
        ("SCALE = 1\nSCALE = SCALE + 1", "SCALE"),
        ("names = {'half': 0.5}", 'float(f"{names!r}"[9:12])'),
    ],
)
def test_what_an_answer_uses_comes_along_from_other_cells(
    helper: str, answer: str, verdicts: Verdicts
) -> None:
    used = HELPED.replace("return", f"assert {answer} > 0\n    return")
    assert verdicts([used, HELPER, helper]) == {"softmax": "passed"}


def test_names_that_an_answer_makes_its_own_are_not_taken_from_other_cells(
    verdicts: Verdicts,
) -> None:
    scratch = "x = 1 / 0\ne = x\ndim = e\nkeepdim = dim\nlog = [1/0 for y in x]"
    assert verdicts([scratch, HELPER, HELPED]) == {"softmax": "passed"}


def test_lines_of_ipython_are_ignored_where_they_change_nothing(verdicts: Verdicts) -> None:
    lines = (
        '%matplotlib inline\n!pip install "torch\n%pip install \\\n  numpy\nsoftmax?\n?softmax\n'
    )
    operators = "seven = (15\n  % 8)\nwords = '''\n!not a command\n%nor a magic\n'''\n"
    used = HELPED.replace("return", "assert seven == 7 and '!' in words\n    return")
    cells = [lines + HELPER, operators, "%%time\n" + lines + used, "%%bash\ndef softmax(): ("]
    assert verdicts([*cells, "%time import torch"]) == {"softmax": "passed"}


def test_lines_that_only_show_something_are_ignored(verdicts: Verdicts) -> None:
    """Whoever joins cells has the check of the next one in the answer's."""
    shown = "import torch\ndisplay(\n  softmax(torch.zeros(2)))  # look\n"
    check = 'from grader.checking import check\n\ncheck("softmax")'
    line = "get_ipython().run_line_magic('matplotlib', 'inline')\n"
    assert verdicts([line + HELPER + HELPED + shown + check]) == {"softmax": "passed"}
    own = "def check(x):\n    global LN\n    LN = 0.7\n\ncheck('now')\n"
    used = HELPED.replace("return", "assert LN == 0.7\n    return")
    assert verdicts([own + HELPER + used]) == {"softmax": "passed"}


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["%run helpers.py\n" + HELPED + HELPER], "Cell 1: `%run helpers.py` works in a notebook"),
        ([HELPED, HELPER.replace("return", "!ls\n    return")], "Cell 2: `!ls` works in"),
        (["files = !ls\n" + HELPED, HELPER], "Cell 1: `files = !ls` works in a notebook only"),
        ([code("%%writefile a.py\n" + HELPED, "softmax")], "Cell 1 begins with %%writefile"),
        ([WRONG, HELPER, HELPED], "cells 1 and 3 define softmax, each in another way"),
        (
            ["def softmax(x, dim=-1):\n    e = x.exp()", "    return e / e.sum(dim, True)"],
            "Cell 2 begins in the middle of the code of cell 1",
        ),
        (
            [code("def soft_max(x): return x", "softmax")],
            "No cell defines softmax. Cell 1 is where",
        ),
        (["from torch import softmax"], "No cell defines softmax."),
        (
            [{"cell_type": "markdown", "source": HELPED}, HELPER],
            "Cell 1 is text and no code. Change it into a code cell.",
        ),
        (
            ["<<<<<<< local\n" + HELPED + "=======\n>>>>>>> remote", HELPER],
            "Cell 1 holds a merge conflict. Keep one of its two versions",
        ),
        ([code("x = '\ud800'\n" + HELPED), HELPER], "UTF-8"),
        ([], "No cell defines softmax."),
    ],
)
def test_what_cannot_count_fails_in_words(cells: Cells, says: str, verdicts: Verdicts) -> None:
    assert says in verdicts(cells, "softmax")["softmax"]


def test_of_one_name_in_two_cells_tags_tell_the_helper(
    verdicts: Verdicts, solution: Callable[[str], str]
) -> None:
    other = solution("cross_entropy") + "\n" + WRONG
    cells = [code(HELPED + HELPER, "softmax"), code(other, "cross_entropy")]
    assert verdicts(cells)["softmax"] == "passed"


def test_an_answer_may_import_another_exercise(
    verdicts: Verdicts, solution: Callable[[str], str]
) -> None:
    importing = "from softmax import softmax\n" + solution("masked_softmax")
    found = verdicts([importing, HELPER, HELPED], "masked_softmax")
    assert found == {"masked_softmax": "passed"}


OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["0123456789" * 100_000] * 5}
V3 = {"cell_type": "code", "language": "python", "input": HELPED + HELPER, "outputs": []}


@pytest.mark.parametrize(
    "notebook",
    [
        text([HELPED + HELPER], metadata={"colab": {"provenance": []}, "kernelspec": {}}),
        text(
            [code(HELPED + HELPER, id="#VSC-1", metadata={"vscode": {"languageId": "python"}})],
            metadata={"language_info": {"name": "python"}},
        ),
        json.dumps({"nbformat": 3, "worksheets": [{"cells": [V3]}], "metadata": {"name": ""}}),
        json.dumps({"cells": [{"cell_type": "code", "source": HELPED + HELPER}]}),  # all stripped
        text([code(HELPED + HELPER, outputs=[OUTPUT])]),
        "\ufeff" + text([{"cell_type": "markdown", "source": "<<<<<<< "}, HELPED + HELPER]),
    ],
    ids=["colab", "vscode", "format-3", "stripped", "outputs", "byte-order-mark"],
)
def test_notebooks_of_every_program_are_read(notebook: str, verdicts: Verdicts) -> None:
    assert verdicts(notebook) == {"softmax": "passed"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (text([HELPED]) + "\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n", "merge conflict of git"),
        (text([HELPED])[:-40], "is no notebook, or only a part of one"),
        (b"", "is no notebook, or only a part of one"),
        ("[" * 100_000, "is no notebook, or only a part of one"),
        ("[]", "it has no list of cells"),
        ('{"cells": [1]}', "it has no list of cells"),
        (text([HELPED]).encode("utf-16"), "is not UTF-8"),
        (text(["x <- 1"], metadata={"kernelspec": {"language": "R"}}), "a notebook in R"),
        (text(["x = 1"]), "holds no answer"),
        (text(["x = 1\n" * 60_000]), "longer than 256 KB"),
        (text([""] * 5001), "more than 5000 cells"),
        (text([code(HELPED, outputs=[OUTPUT] * 4)]), "larger than 16 MB. Clear its outputs"),
    ],
)
def test_what_is_no_notebook_of_answers_ends_in_words(
    content: bytes | str, says: str, run: Run
) -> None:
    done = run(content)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_notebook_gives_a_list_even_of_one_and_all_formats(run: Run, tmp_path: Path) -> None:
    done = run([HELPED, HELPER], "--also", "junit", "all.xml", "--also", "json", "all.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ softmax: passed" in done.stdout
    assert [report["exercise"] for report in json.loads((tmp_path / "all.json").read_text())] == [
        "softmax"
    ]


def test_no_line_of_a_notebook_s_file_is_pointed_at(run: Run) -> None:
    """Lines of a report are those of the code, and the file on GitHub is JSON."""
    done = run([code(WRONG, "softmax")], "--format", "github")
    assert "::error" in done.stdout
    assert "answers.ipynb" not in done.stdout


def test_a_long_chain_of_cells_ends(verdicts: Verdicts) -> None:
    chain = [f"def f{at}(): return f{at + 1}()" for at in range(3000)]
    used = HELPED.replace("return", "assert callable(f0)\n    return")
    assert verdicts([used, HELPER, *chain]) == {"softmax": "passed"}


def test_an_exercise_whose_cell_defines_nothing_now_is_not_forgotten(verdicts: Verdicts) -> None:
    found = verdicts([HELPED, HELPER, code("def masked(", "masked_softmax")])
    assert found == {
        "softmax": "passed",
        "masked_softmax": "No cell defines masked_softmax. Cell 3 is where it was.",
    }


def test_a_call_is_no_definition(verdicts: Verdicts) -> None:
    calls = ["softmax(t, dim=1)", "print(softmax(t, dim=0), end='')", "y = z = softmax(t, dim=0)"]
    cells = [HELPED, HELPER, "import torch\nt = torch.zeros(2, 2)", *calls]
    assert verdicts(cells) == {"softmax": "passed"}
    (several,) = statements("(a, b), c = d = f(e,\n  g=1)")
    assert several.gives == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    "unit",
    [
        " ",
        "\n",
        "a",
        "for ",
        "lambda ",
        "x=y\n",
        "a=",
        "a,",
        "a:",
        "(",
        "'''a",
        "f'{",
        "\\\n",
        ") ",
    ],
)
def test_a_hostile_cell_is_read_to_its_end(unit: str) -> None:
    """In time that grows with its length, and not with its square, which would take minutes."""
    for before in ("", "x", "def f(", "display(", "x = "):
        assert statements(before + unit * (60_000 // len(unit)) + "\nx")
