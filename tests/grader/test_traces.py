"""A trace finds the line where a wrong answer leaves the right ways, and tells no line of ours."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import torch

from exercises.catalog import load_catalog
from grader.examiner import reasons
from grader.examiner.display import show
from grader.examiner.examiner import Examiner
from grader.examiner.sandbox import Sandbox
from grader.formats.json import render as render_json
from grader.formats.trace import render
from grader.grader import Grader
from grader.report import Report, Trace
from grader.submission import Submission

SCHEMA = json.loads(
    Path(__file__).parents[2].joinpath("grader", "report.schema.json").read_text("utf-8")
)
SOFTMAX = """\
import torch


def softmax(x, dim=-1):
    top = x.amax(dim, keepdim=True)
    e = torch.exp(x - top)
    total = e.sum(dim, keepdim=True)
    return e / total
"""
ATTENTION = """\
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1)
    scaled = scores / q.size(-1) ** 0.5
    if mask is not None:
        scaled = scaled.masked_fill(~mask, -1e30)
    weights = torch.exp(scaled - scaled.amax(-1, keepdim=True))
    if mask is not None:
        weights = weights * mask
    weights = weights / weights.sum(-1, keepdim=True).clamp(min=1e-30)
    return weights @ v, weights
"""
LOOKUP = """\
import torch


def soft_lookup(query, keys, values):
    scores = keys @ query
    weights = torch.softmax(scores, dim=0)
    return weights @ values
"""
LOOP = """\
import torch


def sinusoidal_encoding(length, d_model):
    table = torch.zeros(length, d_model)
    for position in range(length):
        for column in range(d_model):
            rate = 10000 ** (2 * (column // 2) / d_model)
            angle = torch.tensor(position / rate)
            table[position, column] = angle.cos() if column % 2 else angle.sin()
    return table
"""


@pytest.fixture
def traced(grader: Grader) -> Callable[[str, str], Report]:
    def trace(exercise: str, source: str) -> Report:
        return grader.grade(Submission(exercise, source, seed=0, traced=True))

    return trace


def followed(report: Report) -> Trace:
    assert report.trace
    written = json.loads(render_json(report))
    jsonschema.validate(written, SCHEMA)
    assert Report.from_dict(written).trace == report.trace
    return report.trace


@pytest.mark.parametrize(
    ("exercise", "source", "right", "wrong", "says"),
    [
        ("softmax", SOFTMAX, "e.sum(dim, keepdim=True)", "e.sum()", "summed up"),
        ("softmax", SOFTMAX, "e.sum(dim, keepdim=True)", "e.mean(dim, keepdim=True)", ""),
        ("softmax", SOFTMAX, "torch.exp(x - top)", "torch.exp2(x - top)", ""),
        ("softmax", SOFTMAX, "torch.exp(x - top)", "torch.exp(x)", ""),
        (
            "scaled_dot_product_attention",
            ATTENTION,
            "/ q.size(-1) ** 0.5",
            "/ q.size(-1)",
            "times",
        ),
        (
            "scaled_dot_product_attention",
            ATTENTION,
            "torch.exp(scaled - scaled.amax(-1, keepdim=True))",
            "torch.exp(scaled * 2 - (scaled * 2).amax(-1, keepdim=True))",
            "",
        ),
        (
            "sinusoidal_encoding",
            LOOP,
            "torch.tensor(position / rate)",
            "torch.tensor(0.7 * position / rate)",
            "",
        ),
    ],
)
def test_the_line_with_the_mistake_is_found(
    traced: Callable[[str, str], Report],
    exercise: str,
    source: str,
    right: str,
    wrong: str,
    says: str,
) -> None:
    """In a learner's own writing, of which no line is one of ours."""
    assert source.count(right) == 1
    trace = followed(traced(exercise, source.replace(right, wrong)))
    assert trace.first is not None
    step = trace.steps[trace.first]
    # The line itself, or the next, where a right way may have such a value as well.
    lines = source.replace(right, wrong).splitlines()
    place = next(number for number, line in enumerate(lines, 1) if wrong in line)
    assert step.line == place, (step, trace)
    assert step.code == lines[place - 1].strip()
    assert step.state == "first" and trace.got
    assert says in trace.says
    before = [each.state for each in trace.steps if each.line < place]
    assert set(before) <= {"known"}


@pytest.mark.parametrize(
    ("exercise", "source", "right", "wrong", "expected"),
    [
        ("soft_lookup", LOOKUP, "dim=0)", "dim=0) / len(keys)", "tensor([0.7762, 0.2238])"),
        ("soft_lookup", LOOKUP, "dim=0)", "dim=0) * 2", "tensor([1])"),
        ("soft_lookup", LOOKUP, "keys @ query", "keys @ query / 2", "tensor([0.8808, -0.3627])"),
        ("soft_lookup", LOOKUP, "torch.softmax(scores, dim=0)", "scores.exp()", "tensor([1])"),
        (
            "scaled_dot_product_attention",
            ATTENTION,
            "    if mask is not None:\n        scaled = scaled.masked_fill(~mask, -1e30)\n",
            "",
            "",
        ),
    ],
)
def test_what_is_laid_beside_a_wrong_value_is_the_same_quantity(
    traced: Callable[[str, str], Report],
    exercise: str,
    source: str,
    right: str,
    wrong: str,
    expected: str,
) -> None:
    """A step too many has the value before it; what has nothing of its kind has nothing."""
    assert source.count(right) == 1
    report = traced(exercise, source.replace(right, wrong))
    trace = followed(report)
    assert trace.first is not None and trace.expected == expected, trace
    assert f"right way  {expected or 'None known here has a value'}" in render(report)
    assert not trace.says or trace.says.startswith("In a larger call: `")


@pytest.mark.parametrize(
    "line",
    [
        "e = torch.view_as_complex(torch.stack([x - top, x - top], -1)).real.exp()",
        "e = torch.exp((x - top).to(torch.complex128)).real.to(x.dtype)",
        "e = torch.exp((x - top).to_sparse().to_dense())",
    ],
    ids=["complex", "complex, exp", "sparse"],
)
def test_a_value_that_cannot_be_shown_is_passed_over(
    traced: Callable[[str, str], Report], line: str
) -> None:
    """What is made of it counts as made of what that was made of, so the way back goes on."""
    source = SOFTMAX.replace("e = torch.exp(x - top)", line)
    source = source.replace("e.sum(dim, keepdim=True)", "e.mean(dim, keepdim=True)")
    trace = followed(traced("softmax", source))
    assert trace.first is not None
    assert "e.mean" in trace.steps[trace.first].code
    assert {step.dtype for step in trace.steps} <= {"float16", "bfloat16", "float32", "float64"}


def test_a_process_that_ends_while_it_is_followed_says_so(
    traced: Callable[[str, str], Report],
) -> None:
    ends = "import os, sys\n" + SOFTMAX.replace("x - top)", "2 * x - top)").replace(
        "    e =", "    if sys.gettrace(): os._exit(1)\n    e ="
    )
    trace = followed(traced("softmax", ends))
    assert trace.problem == (
        "Your code cannot be followed. Your code ended the Python process, or closed what it"
        " answers through (`os._exit`, `os.close`, `os.closerange`)."
    )


def test_numbers_that_come_to_0_and_1_are_no_sign_of_a_right_line(
    traced: Callable[[str, str], Report],
) -> None:
    """Where the largest of all rows is taken off, what goes wrong is of no other numbers."""
    report = traced("softmax", SOFTMAX.replace("x.amax(dim, keepdim=True)", "x.max()"))
    trace = followed(report)
    assert trace.first is not None
    mistaken = [step for step in trace.steps[: trace.first] if step.line > 5]
    assert mistaken and {step.state for step in mistaken} == {"own"}
    assert trace.expected == "tensor([[1], [1]])"  # it is the result that goes wrong
    assert "what has none may be wrong" in " ".join(render(report).split())


def test_a_line_is_found_though_what_comes_of_it_looks_right(
    traced: Callable[[str, str], Report], solution: Callable[[str], str]
) -> None:
    """A row without an allowed position, the smallest that goes wrong, comes to 1 in either way."""
    wrong = solution("self_attention").replace("-math.inf", "-1e4")
    trace = followed(traced("self_attention", wrong))
    assert trace.first is not None and "-1e4" in trace.steps[trace.first].code
    assert "where `mask` is False" in trace.says


def test_an_object_is_followed_as_well(
    traced: Callable[[str, str], Report], solution: Callable[[str], str]
) -> None:
    right = solution("multi_head_attention_layer")
    wrong = right.replace(".transpose(1, 2).reshape(query.shape)", ".reshape(query.shape)")
    assert wrong != right
    trace = followed(traced("multi_head_attention_layer", wrong))
    assert trace.first is not None
    assert ".reshape(query.shape)" in trace.steps[trace.first].code
    assert trace.got.startswith("at [") and trace.expected.startswith("at [")


def test_a_result_that_is_only_on_the_way_is_told_apart(
    traced: Callable[[str, str], Report],
) -> None:
    wrong = SOFTMAX.replace("return e / total", "return e")
    report = traced("softmax", wrong)
    trace = followed(report)
    assert trace.first is not None and trace.steps[trace.first].name == "e"
    assert "does not end with them" in trace.problem
    assert "Line 6 makes your result" in render(report)


def test_of_several_results_each_is_held_against_its_own(
    traced: Callable[[str, str], Report], solution: Callable[[str], str]
) -> None:
    """Output and weights may have one shape; the second is wrong here."""
    right = solution("self_attention")
    wrong = right.replace("return weights @ v, weights", "return weights @ v, weights * 0.4")
    assert wrong != right
    trace = followed(traced("self_attention", wrong))
    assert trace.first is not None and trace.steps[trace.first].code in wrong.splitlines()[-1]
    assert "times 0.4" in trace.says


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("return x.reshape(7, 7777)", "Your code stops before it has a result. RuntimeError"),
        (
            "import numpy\n    return torch.from_numpy(numpy.abs(x.detach().numpy()))",
            "cannot be seen",
        ),
        ("for _ in range(999):\n        x = x + 0\n    return x", "more values than can be"),
        ("return 1 + torch.zeros(400, 400)", "more values than can be"),
    ],
)
def test_what_cannot_be_followed_is_said(
    traced: Callable[[str, str], Report], body: str, says: str
) -> None:
    report = traced("softmax", f"import torch\n\n\ndef softmax(x, dim=-1):\n    {body}\n")
    trace = followed(report)
    assert trace.first is None
    assert says in trace.problem
    assert trace.problem in " ".join(render(report).split())


def test_a_trace_has_time_of_its_own(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking for reasons may have used up all that it has, as it does on a slow machine."""
    monkeypatch.setattr(reasons, "INQUIRY_SECONDS", 0.0)
    source = SOFTMAX.replace("e.sum(", "e.mean(")
    wrong = Submission("softmax", source, seed=0, traced=True)
    trace = followed(Examiner("cpu", sandbox).grade(wrong))
    assert not trace.problem
    assert trace.first is not None


def test_there_is_a_trace_only_where_one_was_asked_for_and_something_failed(
    grader: Grader, traced: Callable[[str, str], Report]
) -> None:
    wrong = SOFTMAX.replace("e / total", "e")
    asked = Submission("softmax", wrong, seed=0)
    report = grader.grade(asked)
    assert report.trace is None and "trace" not in report.to_dict()
    followed_too = traced("softmax", wrong)
    assert _verdict(followed_too) == _verdict(report), "to be followed changes no verdict"
    passed = traced("softmax", SOFTMAX)
    assert passed.passed and passed.trace is None
    assert "nothing to look for" in render(passed)
    broken = traced("softmax", "def softmax(:\n")
    assert broken.trace is None and broken.problem
    assert broken.problem.message in " ".join(render(broken).split())


@pytest.mark.parametrize("exercise", ["softmax", "scaled_dot_product_attention"])
def test_no_line_of_ours_is_told(
    traced: Callable[[str, str], Report], solution: Callable[[str], str], exercise: str
) -> None:
    source = {"softmax": SOFTMAX, "scaled_dot_product_attention": ATTENTION}[exercise]
    wrong = source.replace("torch.exp(", "torch.exp2(")
    told = json.dumps(traced(exercise, wrong).to_dict()["trace"])
    suite = load_catalog().exercise(exercise).suite
    ways = [solution(exercise)]
    ways += [file.read_text("utf-8") for file in (suite / "alternatives").glob("*.py")]
    ours = {line.strip() for way in ways for line in way.splitlines() if "=" in line}
    ours -= {line.strip() for line in source.splitlines()}
    assert ours and not [line for line in ours if line in told]


def test_code_that_watches_for_a_trace_changes_no_verdict(
    traced: Callable[[str, str], Report],
) -> None:
    """What is right only while it is followed was wrong before."""
    source = SOFTMAX.replace(
        "    return e / total",
        "    import sys\n    return e / total if sys.gettrace() else e",
    )
    report = traced("softmax", source)
    assert report.outcome == "failed"
    assert followed(report).first is None


def _verdict(report: Report) -> list[tuple[str, str, float, str]]:
    tests = [(test.name, test.outcome, test.points, test.message) for test in report.tests]
    return [(report.exercise, report.outcome, report.points, ""), *tests]


def test_numbers_of_any_size_can_be_read(traced: Callable[[str, str], Report]) -> None:
    """Where its dtype ends beside what overflows, and digits enough to tell two values apart."""
    overflows = SOFTMAX.replace("x - top", "x")
    trace = traced("softmax", overflows).trace
    assert trace and trace.got == "tensor([inf]) (the largest float32 is 3.4028e+38)"
    near = SOFTMAX.replace("e / total", "e / total * (1 + 1e-6)")
    trace = traced("softmax", near).trace
    assert trace and trace.expected and trace.got != trace.expected


def test_what_overflows_is_followed_with_numbers_that_one_would_try(
    traced: Callable[[str, str], Report],
) -> None:
    """And not with the largest of a dtype, which one test asks for, nor in half precision."""
    report = traced("softmax", SOFTMAX.replace("x - top", "x").replace("top = ", "_ = "))
    trace = followed(report)
    number = re.fullmatch(r"softmax\(torch\.tensor\(\[(\d+)\.\]\)(, dim=0)?\)", trace.call)
    assert number and 89 <= int(number[1]) <= 2000


def told(report: Report) -> str:
    return " ".join(render(report).split())


def test_nothing_is_said_of_what_is_not_there(traced: Callable[[str, str], Report]) -> None:
    """Of marks that no line has, and of values before the first one."""
    source = "import torch\n\n\ndef softmax(x, dim=-1):\n    e = torch.exp(x)\n"
    first = told(traced("softmax", source + "    return e / e.sum(dim, keepdim=True)\n"))
    assert "the first value that your lines make" in first
    assert "All before it" not in first and "✓" not in first and "· right or wrong" in first
    later = told(traced("softmax", SOFTMAX.replace("e / total", "e * 2 / total")))
    assert "All before it" in later and "✓ a right way" in later and "· right" not in later


def test_of_the_line_to_look_at_nothing_is_cut(traced: Callable[[str, str], Report]) -> None:
    code = "weights = torch.softmax(scores.to(query.dtype) * 2, dim=0)"
    report = traced("soft_lookup", LOOKUP.replace("weights = torch.softmax(scores, dim=0)", code))
    assert f"  line 6     {code}\n" in render(report, width=80)


def test_no_zero_is_negative() -> None:
    assert show([-0.0, torch.tensor([-0.0, -1e-9])]) == "[0, tensor([0, -1e-09])]"
