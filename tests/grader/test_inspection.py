"""What a file is told before it runs, and what it may say without being told anything."""

import pytest

from grader.worker.inspection import Finding, compile_files

FORBIDDEN = frozenset({"softmax", "log_softmax", "Softmax", "backward", "jacobian", "grad"})


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
        ("import torch\nF = torch.nn.functional\ny = F.softmax(x)", "F.softmax"),
        ("import torch\ndef f(x):\n    t = torch\n    return t.softmax(x, 0)", "t.softmax"),
        ("import torch\na, b = torch.nn, torch\ny = b.softmax(x)", "b.softmax"),
        ("import torch\nclass A:\n    F = torch.nn.functional\ny = A.F.softmax(x)", "A.F.softmax"),
        (
            "import torch\nclass A:\n    def __init__(self): self.t = torch\n"
            "    def f(self, x): return self.t.softmax(x, 0)",
            "self.t.softmax",
        ),
        ("import torch\nif (t := torch):\n    y = t.softmax(x, 0)", "t.softmax"),
        ("import torch\nsoft = getattr(torch, 'softmax')", "getattr(torch, 'softmax')"),
        ("import torch\nf = [torch.softmax]", "torch.softmax"),
        ("import functools, torch\nf = functools.partial(torch.softmax, dim=0)", "torch.softmax"),
        ("def f(x):\n    soft = x.softmax\n    return soft(-1)", "x.softmax"),
        (
            "def f(x):\n    soft = getattr(x, 'softmax')\n    return soft(-1)",
            "getattr(x, 'softmax')",
        ),
        (
            "import importlib as i\ny = i.import_module('torch').softmax(x)",
            "i.import_module('torch').softmax",
        ),
        ("import torch\nloss = torch.ones(1).sum()\nloss.backward()", "loss.backward"),
        ("def f(loss): loss.backward()", "loss.backward"),
        ("from torch import Tensor\ndef f(x: Tensor): return x.grad", "x.grad"),
        ("def f(x: 'torch.Tensor | None'): return x.grad\nimport torch", "x.grad"),
        ("from torch import autograd\ny = autograd.grad(y, x)", "autograd.grad"),
        # one's own names do not hide a tensor's
        (
            "from jaxtyping import Float\nfrom torch import Tensor\nclass A:\n"
            "    def softmax(self, x: Float[Tensor, 'b d']): return x.softmax(-1)",
            "x.softmax",
        ),
        (
            "import torch\nclass A:\n    def backward(self, x): torch.exp(x).sum().backward()",
            "torch.exp(x).sum().backward",
        ),
        (
            "import torch\nfrom typing import Optional\nclass A:\n    grad = 1\n"
            "def f(x: Optional[torch.Tensor]): return (2 * x).grad",
            "(2 * x).grad",
        ),
        (
            "import torch\ndef f() -> torch.Tensor: ...\nclass A:\n    def backward(self): ...\n"
            "f().backward()",
            "f().backward",
        ),
        (
            "import torch\nclass A:\n    x: torch.Tensor\n    def grad(self): self.x.backward()",
            "self.x.backward",
        ),
        # what is bound last is meant
        ("def softmax(x): ...\nfrom torch import softmax", "torch.softmax"),
        ("if __name__ == '__main__':\n    pass\nelse:\n    y = x.softmax(-1)", "x.softmax"),
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
        # objects of one's own classes, wherever they come from
        "class Layer:\n    def backward(self, g): return g\nlayer = Layer()\nlayer.backward(1)",
        "class Layer:\n    def backward(self, g): return g\ndef f(layer: Layer): layer.backward(1)",
        "class Layer:\n    def backward(self, g): ...\ndef f(layer: 'Layer'): layer.backward(1)",
        "class Layer:\n    def backward(self, g): return g\ndef f(layers):\n"
        "    for layer in reversed(layers): layer.backward(1)",
        "class Layer:\n    def backward(self, g): return g\nfor y in [Layer()]: y.backward(1)",
        "class Layer:\n    def backward(self, g): return g\nLayer().backward(Layer)",
        "class Layer:\n    def backward(self, g): return g\ndef make(): return Layer()\n"
        "make().backward(1)",
        "class Layer:\n    def backward(self, g): return g\nclass Net:\n"
        "    def __init__(self): self.layer = Layer()\n"
        "    def backward(self, g): return self.layer.backward(g)",
        "class Value:\n    def __init__(self): self._backward = lambda: None\n"
        "    def go(self, order):\n        for value in order: value._backward()",
        "import torch\nclass Net(torch.nn.Module):\n    def softmax(self, x): return x\n"
        "net = Net()\ny = net.softmax(x)",
        "import torch\nclass Own(torch.autograd.Function):\n    @staticmethod\n"
        "    def backward(ctx, g): return g\ny = Own.backward(None, 1)",
        "class A:\n    def softmax(this, x): return this.softmax(x)",
        "class A:\n    class Part:\n        def softmax(self): ...\ny = A.Part().softmax()",
        # data of one's own
        "def f(r):\n    r.jacobian = 1\n    return r.jacobian",
        "def f(r): r.jacobian: int = 1",
        "def f(r): del r.jacobian",
        "def f(r): return r.jacobian",
        "import types\nr = types.SimpleNamespace(jacobian=1)\ny = r.jacobian + 1",
        "import types\nown = types.SimpleNamespace(softmax=len)\ny = own.softmax([])",
        "from dataclasses import dataclass\n@dataclass\nclass R:\n    jacobian: int\n"
        "def f(r: R): return r.jacobian",
        "from typing import NamedTuple\nclass R(NamedTuple):\n    grad: int\ny = R(1).grad",
        "def f(): ...\nf.grad = 1\ny = f.grad",
        "import torch\ndef f(x: torch.Tensor): x.grad = None",
        "grad = 1\ndef f(grad): return grad + 1",
        # names that are somebody else's in the end
        "from torch import softmax\ndef softmax(x): return x\ny = softmax(1)",
        "from torch.nn.functional import softmax\nfrom steps import softmax\ny = softmax(1)",
        "import steps as t\ny = t.softmax(1)",
        "import jax.nn\ny = jax.nn.softmax(x)",
        "import numpy as np\ny = np.special.softmax(x)",
        # what is not run, or does nothing
        "import torch\nif __name__ == '__main__':\n    print(torch.softmax(x, 0))",
        "import torch\nif '__main__' == __name__:\n    from torch import softmax\n    x.softmax(0)",
        "from torch import nn\ndef f(layer: nn.Softmax) -> nn.Softmax: ...",
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


def test_what_one_file_takes_from_another_is_followed() -> None:
    steps = "import torch.nn.functional as F\nfrom torch import Tensor\nclass Part:\n    pass\n"
    through = {"answer.py": "from steps import F\ny = F.softmax(x)", "steps.py": steps}
    finding = compile_files(through, FORBIDDEN)
    assert isinstance(finding, Finding)
    assert (finding.file, finding.call) == ("answer.py", "F.softmax")
    whole = {"answer.py": "import steps\ny = steps.F.softmax(x)", "steps.py": steps}
    assert isinstance(compile_files(whole, FORBIDDEN), Finding)
    typed = "from steps import Tensor\nclass A:\n    def softmax(self, x: Tensor): x.softmax(0)"
    assert isinstance(compile_files({"answer.py": typed, "steps.py": steps}, FORBIDDEN), Finding)
    own = {
        "answer.py": "from steps import Part\nPart().softmax(1)\nfor p in [Part()]: p.softmax(1)",
        "steps.py": "class Part:\n    def softmax(self, x): return x\ndef run(): ...",
    }
    assert not isinstance(compile_files(own, FORBIDDEN), Finding)


@pytest.mark.parametrize(
    "source",
    [
        "x = x\nx.softmax(0)",
        "a = b\nb = a\na.softmax(0)",
        "class A(A): x = A.x\nA.x.y.softmax(0)",
        "from answer import softmax, x\nx.softmax(0)",
        "import answer\nanswer.answer.answer.softmax(0)",
        "f = lambda f: f(f)\nf(f).softmax(0)",
        "".join(f"x{i + 1} = x{i} + 1\n" for i in range(3000)) + "x3000.softmax(0)",
        "def f(x: 'f') -> 'f(x)': return x\nf(1).softmax(0)",
        "def f(x: '((('): return x",
        "(x, *y), [z] = y.softmax, *z = x",
        f"def f(x: {'A | ' * 700} B): x.softmax(0)",
        f"if a{'.b' * 700} == '__main__': x.softmax(0)",
        "match x:\n    case {'a': [y, *z], **w}: y.softmax = z = w",
        "x = yield_ = lambda: (yield x.softmax)",
    ],
)
def test_whatever_a_file_says_of_itself_it_is_looked_at(source: str) -> None:
    """Names that go in circles, and forms that nobody writes."""
    compile_files({"answer.py": source}, FORBIDDEN)


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
