"""What would skip the point is refused with its name; what is one's own is graded like any code."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import Grader, Submission

Solution = Callable[[str], str]

OWN = {
    "softmax": [
        "class Scores:\n    def softmax(self, x): return softmax(x)\nscores = Scores()\n"
        "assert scores.softmax(torch.ones(2)).tolist() == [0.5, 0.5]",
        "class Result: ...\nr = Result()\nr.softmax = softmax\nr.softmax(torch.ones(2))",
        "if __name__ == '__main__':\n"
        "    x = torch.randn(3)\n    torch.testing.assert_close(softmax(x), torch.softmax(x, -1))",
    ],
    "attention_backward": [
        "class Layer:\n    def backward(self, gradient): return gradient\n"
        "for layer in reversed([Layer(), Layer()]):\n    layer.backward(torch.ones(2))",
        "import types\nr = types.SimpleNamespace()\nr.jacobian = r.grad = torch.ones(2)\n"
        "print(r.jacobian, r.grad)",
        "class Attend(torch.nn.Module):\n    def backward(self, g): return g\nAttend().backward(1)",
    ],
}


@pytest.mark.parametrize(
    ("exercise", "code"), [(exercise, code) for exercise in OWN for code in OWN[exercise]]
)
def test_ones_own_names_keep_all_points(
    exercise: str, code: str, grader: Grader, solution: Solution
) -> None:
    report = grader.grade(Submission(exercise, f"{solution(exercise)}\n{code}\n", seed=1))
    assert report.passed, report.problem


SKIPS = {
    "softmax": [
        "import torch as t\ndef softmax(x, dim=-1): return t.softmax(x, dim)",
        "from torch import softmax as s\ndef softmax(x, dim=-1): return s(x, dim)",
        "from torch.nn.functional import softmax",
        "import torch\nF = torch.nn.functional\ndef softmax(x, dim=-1): return F.softmax(x, dim)",
        "import torch\nf = torch.softmax\ndef softmax(x, dim=-1): return f(x, dim)",
        "import torch\ndef softmax(x, dim=-1): return getattr(torch, 'softmax')(x, dim)",
        "import torch\ndef softmax(x, dim=-1): return torch.ops.aten.softmax(x, dim)",
        "import torch\ndef softmax(x, dim=-1): return torch.Tensor.softmax(x, dim)",
        "def softmax(x, dim=-1): return x.softmax(dim)",
        "def softmax(x, dim=-1):\n    soft = x.softmax\n    return soft(dim)",
    ],
    "attention_backward": [
        "import torch\ndef attention_backward(g, q, k, v):\n"
        "    (q @ k.mT).backward(g)\n    return q.grad, k.grad, v.grad",
        "from torch.autograd import grad\ndef attention_backward(g, q, k, v):\n"
        "    return grad(q @ k.mT, [q, k, v], g)",
    ],
}


@pytest.mark.parametrize(
    ("exercise", "source"), [(exercise, source) for exercise in SKIPS for source in SKIPS[exercise]]
)
def test_what_skips_the_point_is_refused(exercise: str, source: str, grader: Grader) -> None:
    report = grader.grade(Submission(exercise, source, seed=1))
    assert report.problem is not None and report.points == 0
    assert report.problem.kind == "forbidden"
    assert report.problem.code in source


def test_the_message_says_what_was_seen_and_how_to_go_on(tmp_path: Path) -> None:
    (tmp_path / "softmax.py").write_text("def softmax(x, dim=-1):\n    return x.softmax(dim)\n")
    command = [sys.executable, "-m", "grader.cli", "run", "softmax.py", "--format", "json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    message = json.loads(done.stdout)["problem"]["message"]
    assert message.startswith("Line 2 uses `x.softmax`. Build it from exp")
    assert "the name `softmax`" in message and "give it another name" in message
    assert "below `if __name__" in message


def test_it_is_found_in_an_imported_file_and_named_there(grader: Grader) -> None:
    files = {
        "softmax.py": "from steps import weights\ndef softmax(x, dim=-1): return weights(x, dim)",
        "steps.py": "import torch\ndef weights(x, dim): return torch.softmax(x, dim)",
    }
    report = grader.grade(Submission("softmax", files, seed=1))
    assert report.problem is not None
    assert report.problem.message.startswith("Line 2 of steps.py uses `torch.softmax`. ")
