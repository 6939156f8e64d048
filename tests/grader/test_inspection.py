"""What a file is told before it runs, and what it may say without being told anything."""

import pytest

from grader.worker.inspection import Finding, compile_files

FORBIDDEN = frozenset({"softmax", "log_softmax", "Softmax"})


def look(source: str, name: str = "answer.py") -> Finding | None:
    result = compile_files({name: source}, FORBIDDEN)
    return result if isinstance(result, Finding) else None


@pytest.mark.parametrize(
    ("source", "call"),
    [
        ("import torch\ny = torch.softmax(x, -1)", "torch.softmax"),
        ("import torch as t\ny = t.softmax(x, -1)", "t.softmax"),
        ("import torch.nn.functional as F\ny = F.softmax(x)", "F.softmax"),
        ("from torch.nn import functional\ny = functional.softmax(x)", "functional.softmax"),
        (
            "import torch\ny = torch.nn.functional.log_softmax(x)",
            "torch.nn.functional.log_softmax",
        ),
        (
            "from torch.nn.functional import softmax as sm\ny = sm(x)",
            "torch.nn.functional.softmax",
        ),
        ("from torch import exp, softmax\ny = softmax(x)", "torch.softmax"),
        ("from torch.nn.functional import *\ny = softmax(x)", "softmax"),
        ("from torch import *\nsoft = softmax", "softmax"),
        ("x = x * 2\ny = x.softmax(-1)", "x.softmax"),
        ("x = 0\ny = (x @ w).softmax(-1)", "(x @ w).softmax"),
        ("x = 0\ny = x[0].softmax(-1)", "x[0].softmax"),
        ("import torch\ny = torch.Tensor.softmax(x, -1)", "torch.Tensor.softmax"),
        ("from torch import Tensor\ny = Tensor.softmax(x, -1)", "Tensor.softmax"),
        ("from torch import nn\nlayer = nn.Softmax(dim=-1)", "nn.Softmax"),
        ("import torch.nn.functional as F\ny = getattr(F, 'softmax')(x)", "getattr(F, 'softmax')"),
        ("x = 0\ny = getattr(x, 'softmax', None)(-1)", "getattr(x, 'softmax', None)"),
        ("import torch\ny = torch.special.softmax(x, -1)", "torch.special.softmax"),
        ("import torch\ny = torch._softmax(x, -1, False)", "torch._softmax"),
        ("import torch\ny = torch.ops.aten._softmax(x, -1, 0)", "torch.ops.aten._softmax"),
        ("class A:\n    def f(self, x): return self.scores.softmax(-1)", "self.scores.softmax"),
        ("class A:\n    def f(self, x): return self(x).softmax(-1)", "self(x).softmax"),
        ("import torch\nsoft = torch.softmax", "torch.softmax"),
    ],
)
def test_a_forbidden_call_is_found_however_it_is_spelt(source: str, call: str) -> None:
    finding = look(source)
    assert finding is not None
    assert (finding.kind, finding.call) == ("forbidden", call)
    assert finding.name in FORBIDDEN
    assert finding.code == source.splitlines()[(finding.line or 0) - 1].strip()


@pytest.mark.parametrize(
    "source",
    [
        "def softmax(x): return x\ny = softmax(1)",
        "def log_softmax(x): return x\ndef softmax(x): return log_softmax(x)",
        "class A:\n    def f(self, x): return self.softmax(x)",
        "class A(B):\n    def f(self, x): return super().softmax(x)",
        "class A(B):\n    @classmethod\n    def f(cls, x): return cls.softmax(x)",
        "class Own:\n    @staticmethod\n    def softmax(x): return x\ny = Own.softmax(1)",
        "class Own:\n    inner = Part\ny = Own.inner.softmax(1)",
        "class A:\n    def f(self): return getattr(self, 'softmax')",
        "import scipy.special\ny = scipy.special.softmax(x)",
        "import scipy.special as special\ny = special.softmax(x)",
        "from scipy import special\ny = special.softmax(x)",
        "from scipy.special import softmax\ny = softmax(x)",
        "from steps import Steps\ny = Steps.softmax(x)",
        "from . import steps\ny = steps.softmax(x)",
        "# torch.softmax(x, -1)\ntext = 'F.softmax(x)'",
        'def f(x):\n    """Like torch.softmax."""\n    return x',
        "import torch\ny = torch.logsumexp(x, -1)",
        "import torch\ny = torch.softmax_of_mine",
        "from torch import *\ndef softmax(x): return exp(x)\ny = softmax(1)",
        "from torch import *\ndef f(softmax): return softmax(1)",
        "y = softmax",
        "y = getattr(x, name)('softmax')",
    ],
)
def test_what_is_the_learners_own_may_have_any_name(source: str) -> None:
    assert look(source) is None


def test_the_first_forbidden_line_is_named() -> None:
    source = "import torch\ndef f(x):\n    return x.softmax(-1)\ny = torch.softmax(x, -1)\n"
    finding = look(source)
    assert finding == Finding(
        "forbidden", "answer.py", 3, "return x.softmax(-1)", "", "x.softmax", "softmax"
    )


def test_every_file_is_looked_at() -> None:
    files = {"answer.py": "import steps", "steps.py": "y = x.softmax(-1)"}
    finding = compile_files(files, FORBIDDEN)
    assert isinstance(finding, Finding)
    assert (finding.file, finding.line) == ("steps.py", 1)
    assert compile_files(files, frozenset()).keys() == files.keys()


@pytest.mark.parametrize(
    ("source", "line", "code", "says"),
    [
        ("x = 1\ndef f(:\n    pass\n", 2, "def f(:", "invalid syntax"),
        ("def f():\nreturn 1\n", 2, "return 1", "expected an indented block"),
        ("x = (1,\n\n", 1, "x = (1,", "'(' was never closed"),
        ("x = 'ends here\n", 1, "x = 'ends here", "unterminated string literal"),
        ("if True:\n\tx = 1\n        y = 2\n", 3, "        y = 2", "inconsistent use of tabs"),
        ("x = 1\nreturn x\n", 2, "return x", "'return' outside function"),
        ("def f(a, a): pass\n", 1, "def f(a, a): pass", "duplicate argument"),
        ("print 'two'\n", 1, "print 'two'", "Missing parentheses"),
    ],
)
def test_a_syntax_error_has_its_line(source: str, line: int, code: str, says: str) -> None:
    finding = look(source)
    assert finding is not None
    assert (finding.kind, finding.line, finding.code) == ("syntax", line, code)
    assert says in finding.message


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\0",
        "\0",
        "(" * 10_000 + ")" * 10_000,
        "-" * 100_000 + "1",
        "x = " + "[" * 250 + "]" * 250,
        "if x:\n" + "".join(" " * depth + "if x:\n" for depth in range(1, 120)),
    ],
    ids=["null", "lone null", "parentheses", "signs", "brackets", "blocks"],
)
def test_what_a_parser_cannot_take_is_a_syntax_error_too(source: str) -> None:
    finding = look(source)
    assert finding is not None
    assert finding.kind == "syntax"
    assert finding.message
    assert finding.line is None or finding.line >= 1


@pytest.mark.parametrize("length", [100, 700, 1_000, 3_000, 30_000])
@pytest.mark.parametrize("link", [".b", "+ 1", "(1)"])
def test_a_long_chain_is_taken_or_refused(length: int, link: str) -> None:
    """How long a chain Python takes differs between versions; it is never our crash."""
    finding = look(f"y = (a{link * length}).softmax(-1)")
    assert finding is not None
    assert finding.kind in ("syntax", "forbidden")


def test_a_file_of_nothing_is_no_finding() -> None:
    assert look("") is None
    assert look("# only a comment") is None
