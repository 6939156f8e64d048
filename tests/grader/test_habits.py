"""Habits of ordinary code, each in a right answer: full marks, or a sentence that says what to do.

Every case is our solution of `softmax` with a few lines more, graded through the public face.
"""

import contextlib
import importlib.util
import re
import sys
from collections.abc import Callable

import pytest

from grader import Grader, Report, Submission

BEGIN = "    exps = torch.exp("

Write = Callable[..., Report]


@pytest.fixture
def answer(grader: Grader, solution: Callable[[str], str]) -> Write:
    """`answer(top=…, inside=…, bottom=…)`: the report on the solution with these lines added."""

    def grade(top: str = "", inside: str = "", bottom: str = "") -> Report:
        source = solution("softmax")
        assert source.count(BEGIN) == 1
        within = "".join(f"    {line}\n" for line in inside.splitlines())
        source = f"{top}\n{source.replace(BEGIN, within + BEGIN)}\n{bottom}\n"
        return grader.grade(Submission("softmax", source, seed=1))

    return grade


HARMLESS = {
    # streams
    "reconfigured": "import sys\nsys.stdout.reconfigure(encoding='utf-8')\nprint('é √')",
    "unbuffered": "import sys\nsys.stdout.reconfigure(line_buffering=True, write_through=True)",
    "bytes": "import sys\nsys.stdout.buffer.write(b'bytes\\n')\nsys.stdout.buffer.flush()",
    "an encoding": "import sys\nprint(sys.stdout.encoding.lower(), sys.stderr.errors)",
    "a terminal": "import sys\nwidth = 80 if sys.stdout.isatty() else 100",
    "faults": "import faulthandler\nfaulthandler.enable()",
    "faults to stdout": "import faulthandler, sys\nfaulthandler.enable(file=sys.stdout)",
    "numbers of streams": "import sys\nassert sys.stdin.fileno() == 0 and sys.stdout.fileno() == 1",
    "the first streams": "import sys\nprint('x', file=sys.__stdout__, flush=True)",
    "redirection": (
        "import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()) as text:\n    print('x')\n"
        "assert text.getvalue() == 'x\\n'"
    ),
    "half a character": "print('\\ud800')",
    "a closed stream": "import sys\nsys.stderr.close()",
    "logging": "import logging\nlogging.basicConfig(level='INFO')\nlogging.info('x')",
    "output that is thrown away": (
        "import contextlib, os, sys\n"
        "with open(os.devnull, 'w') as f, contextlib.redirect_stdout(f):\n    print('x')\n"
        "sys.stderr = open(os.devnull, 'w', encoding='utf-8')\nprint('x', file=sys.stderr)"
    ),
    "nothing to read": (
        "import io, os, pathlib\nassert pathlib.Path(os.devnull).open().read() == ''\n"
        "with io.open(file='/dev/null', mode='r+b') as f:\n    assert f.write(b'x') == 1\n"
        "assert open(os.devnull, 'rb').read() == b''"
    ),
    "all that was typed": "import sys\nassert sys.stdin.read() == '' and not sys.stdin.isatty()",
    # where it runs
    "arguments": "import sys\nassert sys.argv == ['softmax.py']",
    "parsed arguments": (
        "import argparse\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--seed', type=int, default=0)\nSEED = parser.parse_args().seed"
    ),
    "its own file": (
        "import os, pathlib, sys\nHERE = os.path.dirname(os.path.abspath(__file__))\n"
        "sys.path.insert(0, HERE)\nsys.path.append(str(pathlib.Path(__file__).resolve().parent))\n"
        "import colorsys"
    ),
    "its own folder": (
        "import os, pathlib\nos.chdir(os.path.dirname(os.path.abspath(__file__)))\n"
        "os.chdir(pathlib.Path(__file__).parent)"
    ),
    "a language": (
        "import locale\nlocale.setlocale(locale.LC_ALL, '')\n"
        "locale.setlocale(locale.LC_ALL, 'C')\nlocale.setlocale(locale.LC_ALL, 'C.UTF-8')"
    ),
    "the main module": "import __main__\nassert __main__.__file__ == __file__",
    "its own module": "import sys\nassert sys.modules[__name__].__dict__ is globals()",
    "Python": "import os, sys\nassert os.path.isabs(sys.executable)",
    "a home": "import os, pathlib\nassert os.environ['HOME'] == str(pathlib.Path.home())",
    "a home by its sign": "import os\nassert os.path.expanduser('~/x') != '~/x'",
    "a user": "import getpass\ngetpass.getuser()",
    "a path": "import os, shutil\nos.environ['PATH'].split(os.pathsep)\nshutil.which('git')",
    "a place for temporary files": "import tempfile\nassert tempfile.gettempdir()",
    "a temporary file in memory": (
        "import tempfile\nwith tempfile.SpooledTemporaryFile() as f:\n    f.write(b'x')"
    ),
    "a seed everywhere": (
        "import random, numpy, torch, os\nrandom.seed(0)\nnumpy.random.seed(0)\n"
        "torch.manual_seed(0)\nos.environ['PYTHONHASHSEED'] = '0'"
    ),
    # tools
    "a breakpoint": "breakpoint()",
    "a debugger": "import pdb\npdb.set_trace()",
    "a debugger by name": "from pdb import set_trace\nset_trace()",
    "a debugger of its own": "import pdb\npdb.Pdb().set_trace()",
    "pytest's debugger": "import pytest\npytest.set_trace()",
    "its own source": (
        "import inspect\ndef f(x):\n    return x\n"
        "assert inspect.getsource(f).lstrip().startswith('def f(x)')"
    ),
    "compiled": "import torch\n@torch.compile\ndef f(x): return x\n@torch.compile(dynamic=True)\n"
    "def g(x): return x\nh = torch.compile(f, mode='max-autotune')\nassert h(1) == g(1) == 1",
    "a compiled module": "import torch\nm = torch.compile(torch.nn.Linear(2, 2))\nm(torch.ones(2))",
    "a script": "import torch\n@torch.jit.script\ndef f(x):\n    return x + 1\nf(torch.ones(1))",
    "a shape": (
        "from jaxtyping import Float, Int, jaxtyped\nfrom torch import Tensor\n"
        "def f(x: Float[Tensor, 'b d']) -> Float[Tensor, 'b d']:\n    return x\n"
        "@jaxtyped(typechecker=None)\ndef g(x: Int[Tensor, 'n']): return x\n"
    ),
    "tests of its own": (
        "import unittest\nclass TestIt(unittest.TestCase):\n"
        "    def test_it(self): self.assertTrue(True)"
    ),
    "pytest": "import pytest\n@pytest.mark.parametrize('n', [1, 2])\ndef test_n(n): assert n",
    "a bar": "from tqdm import tqdm\nfor _ in tqdm(range(3)): pass",
    "a version": "import importlib.metadata as m\nassert m.version('torch') and m.version('numpy')",
    "a plot": (
        "import matplotlib\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()\n"
        "ax.plot([1, 2])\nplt.title('x')\nplt.show()\nplt.close('all')"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_a_right_answer_keeps_its_points(name: str, answer: Write) -> None:
    """Wherever the habit stands: while the file is loaded, or in each call."""
    for report in (answer(top=HARMLESS[name]), answer(inside=HARMLESS[name])):
        shown = report.problem or [test.message for test in report.tests if test.message]
        assert report.passed, shown


# They need a terminal, a screen or a library of the system that nobody else does; the last two do
# something when they are imported.
LEFT_OUT = {
    *("curses", "readline", "rlcompleter", "tkinter", "turtle", "turtledemo", "idlelib"),
    *("crypt", "nis", "antigravity", "this"),
}
# A second time they fail in any Python process.
ONCE = {
    "a wrapper": (
        "import io, sys\n"
        "sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')\nprint('√')"
    ),
    "a detached stream": "import sys\nsys.stdout = sys.stdout.detach()",
}


@pytest.mark.parametrize("name", ONCE)
def test_a_right_answer_may_change_the_streams(name: str, answer: Write) -> None:
    assert answer(top=ONCE[name]).passed


AT_THE_END = {
    "unittest": "import unittest\nunittest.main()",
    "unittest that goes on": "import unittest\nunittest.main(argv=[''], exit=False)",
    "doctest": "import doctest\ndoctest.testmod()",
    "exit": "import sys\nsys.exit(0)",
    "exit with a text": "raise SystemExit('done')",
    "quit": "quit()",
    "a program": "def main(): ...\nif __name__ == '__main__':\n    raise SystemExit(main())",
}


@pytest.mark.parametrize("name", AT_THE_END)
def test_a_file_may_end_as_a_program_does(name: str, answer: Write) -> None:
    report = answer(bottom=AT_THE_END[name])
    assert report.passed, report.problem


def test_the_standard_library_is_there_as_far_as_here(answer: Write) -> None:
    """Also what links libraries of the system, which a worker cannot open."""
    names = []
    for name in sorted(sys.stdlib_module_names - LEFT_OUT):
        with contextlib.suppress(ImportError):
            if not name.startswith("_") and importlib.util.find_spec(name):
                names.append(name)
    report = answer(inside=f"import importlib\nfor n in {names}: importlib.import_module(n)")
    assert len(names) > 150
    assert report.passed, report.tests[0].message


def test_what_is_printed_comes_in_order_through_every_stream(answer: Write) -> None:
    inside = (
        "import sys\nprint('one')\nprint('two', file=sys.stderr)\n"
        "sys.stdout.buffer.write('thr√√\\n'.encode())\nsys.stdout.flush()\nprint('four', end='')"
    )
    report = answer(inside=inside)
    assert report.passed
    assert report.tests[0].output.startswith("one\ntwo\nthr√√\nfour")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "cp1252"])
def test_what_is_printed_in_another_encoding_is_read_in_it(answer: Write, encoding: str) -> None:
    report = answer(
        inside=f"import sys\nsys.stdout.reconfigure(encoding={encoding!r})\nprint('Größe')"
    )
    assert "Größe" in report.tests[0].output


def test_a_breakpoint_says_that_it_was_skipped(answer: Write) -> None:
    assert "breakpoint was skipped" in answer(inside="breakpoint()").tests[0].output


TOLD = {
    "input": ("n = int(input('n? '))", r"waits for something to be typed.*parameter"),
    "a password": ("import getpass\ngetpass.getpass()", r"waits for something to be typed"),
    "a prompt": ("import IPython\nIPython.embed()", r"opens a prompt.*nobody can type.*Delete"),
    "a notebook": ("get_ipython().run_line_magic('time', '1')", r"in a notebook alone.*Delete"),
    "sys.exit": ("import sys\nsys.exit(1)", r"called `sys\.exit`"),
    "a missing argument": (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('n')\np.parse_args()",
        r"called `sys\.exit`.*`parse_args`",
    ),
    "a library": ("import pandas_of_mine", r"No module named 'pandas_of_mine'.*torch, numpy"),
    "a part of a library": ("import torch.nn.attention.mine", r"No module named.*torch, numpy"),
    "a file of its own": ("from my_steps import f", r"No module named 'my_steps'.*same folder"),
    "a file in a folder": (
        "from ch01_attention.masked import f",
        r"No module named 'ch01_attention'\. If `masked`.*its name alone: `from masked import`",
    ),
    "a dot": ("from .my_steps import f", r"by its name alone: `from my_steps import`, without"),
    "a dot alone": ("from . import my_steps", r"by its name alone: `import my_steps`, without"),
    "the reference": ("import reference", r"No module named 'reference'.*torch, numpy"),
    "a file that is not here": ("open('data.txt')", r"is not here \(.*data\.txt.*in memory"),
    "an array that is not here": ("import numpy as n; n.load('x.npy')", r"is not here \(.*x\.npy"),
    "a folder": ("import os\nos.makedirs('out', exist_ok=True)", r"not allowed here.*no files"),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_cannot_be_done_here_is_told(name: str, answer: Write) -> None:
    habit, says = TOLD[name]
    at_the_top, in_a_call = answer(top=habit), answer(inside=habit)
    assert at_the_top.problem is not None
    assert re.search(says, at_the_top.problem.message), at_the_top.problem.message
    assert at_the_top.problem.line is not None and at_the_top.problem.code in habit
    assert {test.outcome for test in in_a_call.tests} == {"failed"}
    for test in in_a_call.tests:
        assert re.search(says, test.message), test.message
        assert test.frames


@pytest.mark.parametrize("library", ["math", "numpy", "torch", "random"])
@pytest.mark.parametrize("use", ["from {} import ours", "import {} as m; m.ours"])
def test_a_file_that_is_called_like_a_library_is_told_to_take_another_name(
    library: str, use: str, grader: Grader, solution: Callable[[str], str]
) -> None:
    right, own = solution("softmax"), "ours = 1"

    def graded(source: str, name: str) -> Report:
        return grader.grade(Submission("softmax", {"softmax.py": source, name: own}, seed=1))

    assert graded(f"import {library}\n{right}", f"{library}.py").passed
    problem = graded(f"{use.format(library)}\n{right}", f"{library}.py").problem
    assert problem and f"a file {library}.py of yours" in problem.message
    assert "another name" in problem.message and problem.line == 1
    other = graded(f"import {library}\n{library}.theirs\n{right}", "steps.py").problem
    assert other and "of yours" not in other.message


def test_a_file_that_is_called_like_a_library_which_is_not_loaded_is_imported(
    grader: Grader, solution: Callable[[str], str]
) -> None:
    """Nor is it in the way that others have called what loads it, as torch's optimisers do."""
    source = f"from statistics import ours\n{solution('softmax')}"
    submission = Submission("softmax", {"softmax.py": source, "statistics.py": "ours = 1"}, seed=1)
    assert grader.grade(submission).passed
    for _ in range(2):  # a worker is made ready while the one before is at work
        grader.grade(Submission("train", solution("train"), seed=1))
    assert grader.grade(submission).passed


NOT_PYTHON = {
    "a magic": ("%matplotlib inline", "command to a notebook: delete it"),
    "a magic of a cell": ("%%time", "command to a notebook: delete it"),
    "a command of a shell": ("!pip install torch", "command to a notebook: delete it"),
    "a fence": ("```python", "fence of Markdown's"),
    "an indented magic": ("if True:\n    %timeit softmax(x)", "command to a notebook: delete it"),
    "null characters": ("x = 1\0", "holds null characters.*UTF-8"),
    "an operator that begins a line": ("x = (1\n!= 2 3)", r"invalid syntax[^:]*\.$"),
}


@pytest.mark.parametrize("name", NOT_PYTHON)
def test_what_came_with_the_copying_is_told(name: str, answer: Write) -> None:
    lines, says = NOT_PYTHON[name]
    problem = answer(top=lines).problem
    assert problem is not None
    assert re.search(rf"softmax\.py is not valid Python: .*{says}", problem.message)
