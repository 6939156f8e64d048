"""What the numbers say: each detector says what is so, and is silent where it is not."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from tried import tried

from exercises.catalog import Limits
from grader.examiner.display import show
from grader.examiner.exchange import Exchange, Record, Value
from grader.examiner.in_process import InProcessCallee
from grader.examiner.paired_calls import PairedCalls
from grader.examiner.submission_proxy import SubmissionProxy
from grader.examiner.symptoms.evidence import argument_names, kind_of
from grader.examiner.symptoms.finder import SymptomFinder
from grader.examiner.symptoms.gradients import by_results
from grader.examiner.symptoms.inquiry import Inquiry
from grader.report import Symptom
from grader.worker.calls import Call, LoadedModule, Raised, load_source

Test = Callable[[SubmissionProxy], object]
HEAD = "import math\nimport torch\nfrom torch import nn\n"


def finder(learner: str, solution: str, tests: Sequence[Test]) -> SymptomFinder:
    """Everything that a suite of `tests` has seen; a test fails where an answer is wrong."""
    seen = tried(HEAD + learner, HEAD + solution, tests, _is_wrong)
    records = {name: by_results(record) for name, record in seen.records.items()}
    inquiry = Inquiry(seen.learner, seen.solution, records)
    return SymptomFinder(records, inquiry, argument_names(seen.solution.module), Limits())


def _is_wrong(_: object, calls: PairedCalls) -> bool:
    return any(kind_of(exchange) != "right" for exchange in Record(0, calls.log, False).exchanges)


def symptoms(learner: str, solution: str, *tests: Test) -> set[Symptom]:
    return set(finder(learner, solution, tests).find().values())


def draw(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed + sum(shape))
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)


def ask(*args: Any, **kwargs: Any) -> Test:
    return lambda submission: submission.f(*args, **kwargs)


def gradients_of(*args: Any) -> Test:
    return lambda submission: submission.f.gradients(*args)


SCORES = "def f(q, k): return q @ k.transpose(-1, -2) / math.sqrt(q.size(-1))"
PAIRS = [ask(draw(2, 3, n), draw(2, 5, n)) for n in (4, 6, 9)]
WEIGHTS = "def f(x): return torch.softmax(x, -1)"
ROWS = [ask(draw(3, 5)), ask(draw(2, 4, 6)), ask(draw(2, 7))]
MASK = torch.tensor([[True, False, True, True], [False] * 4, [True, True, False, True]])
MASKED = (
    "def f(x, mask=None):\n"
    "    if mask is None: return torch.softmax(x, -1)\n"
    "    return torch.softmax(x.masked_fill(~mask, -1e9), -1) * mask"
)
MASKED_ROWS = [ask(draw(3, 4, seed=i), MASK) for i in range(5)]
UNMASKED_ROWS = [ask(draw(3, 4, seed=i)) for i in range(5)]
PLAIN = "def f(x): return x * 2 + 1"
SQUARE = "def f(x): return x @ x.transpose(-1, -2) + x.sum(-1, keepdim=True)"
MATRICES = [ask(draw(4, 3)), ask(draw(2, 5, 3)), ask(draw(3, 4, 2))]
PAIR = "def f(x): return x.sum(-1), x.mean(-1)"
COST = "def f(n, d): return 2 * n * n * d"
COSTS = [ask(7, 3), ask(20, 5), ask(11, 64), ask(100, 2)]
GATED = "def f(x, gate): return x * torch.sigmoid(gate)"
GATES = [ask(draw(2, 4), draw(2, 4, seed=1)), ask(draw(3, 5), draw(3, 5, seed=2))]
COSTS_OF = (
    "from typing import NamedTuple\n"
    "class Costs(NamedTuple):\n    work: int\n    steps: int\n"
    "def f(n, d): return Costs(n * d, n)"
)
SIZES = [ask(7, 3), ask(20, 5), ask(11, 64)]
CAUSAL = "def f(x): return torch.cumsum(x, -2)"
SEQUENCES = [ask(draw(2, 4, 3)), ask(draw(2, 5, 2))]
HIDDEN = "def f(x): return x > 0.1"

CASES = {
    "factor of a size": (
        SCORES, "def f(q, k): return q @ k.transpose(-1, -2)", PAIRS,
        "is the expected one times √n, where n is the size of the last dimension of",
    ),
    "factor that is a number": (
        PLAIN, "def f(x): return (x * 2 + 1) / 2", ROWS, "is half of the expected",
    ),
    "factor that is ln 2": (
        "def f(p): return -(p * p.log()).sum(-1)", "def f(p): return -(p * p.log2()).sum(-1)",
        [ask(torch.softmax(draw(4, n), -1)) for n in (3, 5)], "times 1 / ln 2",
    ),
    "mean for sum": (
        "def f(x): return x.sum(-1)", "def f(x): return x.mean(-1)",
        [ask(draw(9, n)) for n in (3, 5)], "one divided by the size of the last dimension of `x`",
    ),
    "n for n - 1": (
        "def f(x): return x.var(-1)", "def f(x): return x.var(-1, correction=0)",
        [ask(draw(9, n)) for n in (3, 5)], "(n − 1) / n, where n is the size of the last",
    ),
    "summand": (PLAIN, "def f(x): return x * 2", ROWS, "is too small by 1."),
    "sign": (PLAIN, "def f(x): return -(x * 2 + 1)", ROWS, "the opposite sign"),
    "reciprocal": (PLAIN, "def f(x): return 1 / (x * 2 + 1)", ROWS, "is 1 divided by the"),
    "logarithm": (WEIGHTS, "def f(x): return torch.log_softmax(x, -1)", ROWS, "is the logarithm"),
    "rounded": (PLAIN, "def f(x): return torch.round(x * 2 + 1)", ROWS, "rounded to whole"),
    "clamped": (PLAIN, "def f(x): return (x * 2 + 1).clamp(max=0.5)", ROWS, "above 0.5 in your"),
    "temperature": (
        "def f(x): return torch.softmax(x / 2, -1)", WEIGHTS, ROWS, "are twice what they should be",
    ),
    "transposed": (
        SQUARE, "def f(x): return x @ x.transpose(-1, -2) + x.sum(-1).unsqueeze(-2)", MATRICES,
        "with its last two dimensions swapped",
    ),
    "reversed": (PLAIN, "def f(x): return (x * 2 + 1).flip(-1)", ROWS, "reversed along the last"),
    "rolled": (PLAIN, "def f(x): return (x * 2 + 1).roll(1, -1)", ROWS, "rolled by one place"),
    "swapped batch": (
        PLAIN, "def f(x): return (x * 2 + 1).transpose(0, 1)",
        [ask(draw(3, 3, 2)), ask(draw(4, 4, 3))], "with dimensions 0 and 1 swapped",
    ),
    "reshape for a transpose": (
        "def f(x): return x.transpose(0, 1)",
        "def f(x): return x.reshape(x.size(1), x.size(0), x.size(2))",
        [ask(draw(3, 4, 2)), ask(draw(2, 5, 3))], "reshaped where dimensions 0 and 1",
    ),
    "rows in another order": (
        PLAIN, "def f(x): return (x * 2 + 1)[torch.tensor([2, 0, 3, 1])]",
        [ask(draw(4, 3)), ask(draw(4, 5))], "holds the right numbers in another order along",
    ),
    "another dimension": (
        WEIGHTS, "def f(x): return torch.softmax(x, 0)", [ask(draw(3, 5)), ask(draw(4, 6))],
        "sums to 1 along the second to last dimension; it should sum to 1 along the last",
    ),
    "over everything": (
        WEIGHTS, "def f(x): return torch.softmax(x.flatten(), 0).view_as(x)",
        [ask(draw(3, 5)), ask(draw(4, 6))], "sums to 1 over everything",
    ),
    "not normalised": (
        WEIGHTS, "def f(x): return torch.softmax(x, -1) + 0.1 * torch.sin(x).abs()",
        [ask(draw(3, 5)), ask(draw(4, 6))], "does not sum to 1 along the last dimension, as it",
    ),
    "first of the batch": (
        PLAIN, "def f(x): return (x * 2 + 1)[:1].expand_as(x)",
        [ask(draw(3, 4, 2)), ask(draw(4, 4, 3))], "Only the first entry along dimension 0 of your",
    ),
    "the diagonal": (
        SQUARE, "def f(x):\n    y = x @ x.transpose(-1, -2) + x.sum(-1, keepdim=True)\n"
        "    return y * (1 - torch.eye(y.size(-1)))", MATRICES, "is wrong on the diagonal",
    ),
    "rows that allow nothing": (
        MASKED, "def f(x, mask): return torch.softmax(x.masked_fill(~mask, -math.inf), -1)",
        MASKED_ROWS, "in the rows where `mask` is False throughout, and right everywhere else;"
        " there it is NaN",
    ),
    "only with a mask": (
        MASKED, "def f(x, mask=None): return torch.softmax(x if mask is None else x * mask, -1)",
        [*MASKED_ROWS, *UNMASKED_ROWS], "where `mask` is given",
    ),
    "float32 inside": (
        PLAIN, "def f(x): return (x.float() * 2 + 1).double()",
        [ask(draw(3, 5, dtype=torch.float64))], "has only the 7 digits of float32",
    ),
    "the dtype": (
        PLAIN, "def f(x): return x.float() * 2 + 1", [ask(draw(3, 5, dtype=torch.float64))],
        "right, but as float32; they should be float64",
    ),
    "one dtype for two": (
        PLAIN, "def f(x): return x.float() * 2 + 1",
        [ask(draw(3, 5, dtype=dtype)) for dtype in (torch.float64, torch.float16)],
        "as float32, whatever dtype they should have",
    ),
    "a dimension of several": (
        PLAIN, "def f(x): return (x * 2 + 1).squeeze(1)", [ask(draw(1, 1, 4))],
        "a dimension of size 1 is missing",
    ),
    "an extra dimension": (
        PLAIN, "def f(x): return (x * 2 + 1).unsqueeze(1)", [ask(draw(3, 5))], "of size 1 too many",
    ),
    "swapped dimensions": (
        PLAIN, "def f(x): return (x * 2 + 1).transpose(0, 1)", [ask(draw(3, 5)), ask(draw(2, 4))],
        "are swapped",
    ),
    "summed away": (
        PLAIN, "def f(x): return (x * 2 + 1).sum(0)", [ask(draw(3, 5))], "numbers are summed up",
    ),
    "a list": (PLAIN, "def f(x): return (x * 2 + 1).tolist()", [ask(draw(3, 5))], "come as a list"),
    "nothing": (PLAIN, "def f(x): x * 2 + 1", ROWS, "You return nothing (None)"),
    "parts swapped": (PAIR, "def f(x): return x.mean(-1), x.sum(-1)", ROWS, "the other way round"),
    "one part alone": (PAIR, "def f(x): return x.sum(-1)", ROWS, "value 1 of 2 alone"),
    "one part wrong": (
        PAIR, "def f(x): return x.sum(-1), x.sum(-1)", [ask(draw(9, n)) for n in (3, 5)],
        "Value 2 of your result is",
    ),
    "an argument": (PLAIN, "def f(x): return x", ROWS, "is `x` itself"),
    "an argument is missing": (
        "def f(x): return torch.tanh(x) + x", "def f(x): return torch.tanh(x)", ROWS,
        "without `x`, which should be added",
    ),
    "an argument is ignored": (
        GATED, "def f(x, gate): return x.abs().sqrt()", GATES, "does not depend on `gate`",
    ),
    "one short": (
        "def f(x): return x.square().sum(-1)", "def f(x): return x[..., :-1].square().sum(-1)",
        [ask(draw(7, 4)), ask(draw(5, 6))],
        "tried, your result does not depend on `x` at index 3 of the last",
    ),
    "looks ahead": (
        CAUSAL, "def f(x): return torch.cumsum(x, -2) + 0.1 * torch.sin(x.roll(-1, -2)) * x",
        SEQUENCES, "It looks ahead.",
    ),
    "True for False": (
        "def f(n): return torch.ones(n, n, dtype=torch.bool).tril()",
        "def f(n): return torch.ones(n, n, dtype=torch.bool).tril(1)", [ask(7), ask(9)],
        "it is True and should be False",
    ),
    "False throughout": (
        HIDDEN, "def f(x): return x > 99", ROWS, "is False everywhere",
    ),
    "a step short": (
        "def f(x):\n    scores = x @ x.T\n    weights = torch.softmax(scores, -1)\n"
        "    return torch.sin(weights)", "def f(x): return x @ x.T", [ask(draw(3, 5))],
        "on its way as `scores`",
    ),
    "random": (PLAIN, "def f(x): return x * 2 + torch.rand(())", ROWS, "Two equal calls"),
    "kept between calls": (
        PLAIN, "seen = []\ndef f(x):\n    seen.append(1)\n    return x * 2 + len(seen)",
        [lambda s: [s.f(draw(3, 5)), s.f(draw(2, 4))]], "Two equal calls",
    ),
    "kept of an earlier call": (
        "class Net:\n    def add(self, x, y): return x + y.sin()",
        "class Net:\n    kept = None\n    def add(self, x, y):\n"
        "        self.kept = y.sin() if self.kept is None else self.kept\n"
        "        return x + self.kept",
        [lambda s: [add(draw(4), draw(4, seed=n)) for add in [s.Net().add] for n in range(2)]],
        "Alone, the same call gives the right result",
    ),
    "constant": (PLAIN, "def f(x): return torch.zeros_like(x)", ROWS, "same number everywhere: 0"),
    "growth": (
        COST, "def f(n, d): return n * d * d + 3", COSTS,
        "becomes 2 times as large when a large `n`",
    ),
    "flatter": (
        WEIGHTS, "def f(x): return torch.softmax(torch.softmax(x, -1), -1)", ROWS,
        "has the right order in each row, but is flatter",
    ),
    "an error": (
        PLAIN, "def f(x):\n    return x @ x + 1", [ask(draw(3, 5))],
        "Your code stops in line 5, `return x @ x + 1`, with RuntimeError",
    ),
    "detached": (PLAIN, "def f(x): return x.detach() * 2 + 1", [gradients_of(draw(3))], "no grad"),
    "a part hidden from autograd, with gradients that are all too small": (
        "def f(x): return (x * x * (x**3).sum()).sum()",
        "def f(x): return (x * x * (x**3).sum().detach()).sum()",
        [gradients_of(draw(16).abs())], "The values are right here",
    ),
    "a gradient that does not arrive": (
        GATED, "def f(x, gate): return x * torch.sigmoid(gate.detach())",
        [gradients_of(draw(2, 4), draw(2, 4, seed=1))], "The gradient of `gate` is zero",
    ),
    "gradients of a result that is wrong already": (
        "def f(x): return x * x", "def f(x): return 3 * x * x", [gradients_of(draw(4))],
        "Your result is the expected one times 3",
    ),
    "an argument that is changed": (
        PLAIN, "def f(x): return x.mul_(2).add_(1)", [lambda s: s.f.inputs_after(draw(3))],
        "Your code changes `x`",
    ),
    "fields in each other's place": (
        COSTS_OF, COSTS_OF.replace("Costs(n * d, n)", "Costs(n, n * d)"), SIZES,
        "`work` and `steps` are in each other's place",
    ),
    "a float for a whole number": (
        COSTS_OF, COSTS_OF.replace("Costs(n * d, n)", "Costs(n * d / 1, n + 1)"), SIZES,
        "`work` is a float where a whole number",
    ),
    "32 bits": (
        COST, "def f(n, d): return int(torch.tensor([2 * n * n * d]).to(torch.int32))",
        [ask(70_001, 31)], "what 32 bits hold of the right number",
    ),
    "through a float": (
        COST, "def f(n, d): return int(2.0 * n * n * d)", [ask(10**9 + 1, 3)], "as a float holds",
    ),
    "another size": (
        "def f(q, k): return q @ k.transpose(-1, -2)",
        "def f(q, k): return q @ q.transpose(-1, -2)",
        [ask(draw(t, 3), draw(s, 3)) for t, s in ((2, 4), (3, 5), (5, 2))],
        "The last dimension of your result has the size of the second to last dimension of `q`; it"
        " should have the size of the second to last dimension of `k`",
    ),
    "another number of dimensions": (
        "def f(x): return x.sum(-1)", "def f(x): return x.sum() * 2",
        [ask(draw(3, 2)), ask(draw(4, 3, 2)), ask(draw(5, 2))], "is a single number in every call",
    ),
    "one number where it is wrong": (
        PLAIN, "def f(x): return (x * 2 + 1) * (x.abs() < 0.5)", ROWS, "is wrong, it is 0",
    ),
    "beyond another size": (
        "def f(q, k): return q @ k.transpose(-1, -2)",
        "def f(q, k):\n    y = q @ k.transpose(-1, -2)\n    y[:, len(q):] = 0\n    return y",
        [ask(draw(t, 3), draw(s, 3)) for t, s in ((2, 5), (3, 7), (1, 6))],
        "beyond the first n places, where n is the size of the second to last dimension of `q`",
    ),
    "ignored where it goes wrong": (
        "def f(x, g): return x * (g + 1)", "def f(x, g): return x * (g + 1 if len(x) > 3 else 1.5)",
        [ask(draw(n, 2), draw(n, 2, seed=n)) for n in (2, 3, 5, 7)],
        "In some calls, your result does not depend on `g`",
    ),
    "some values are right": (
        "def f(x): return x.sin(), x.cos()", "def f(x): return x.sin(), x.cos() + x.abs().sqrt()",
        [ask(draw(4, 5)), ask(draw(3, 7))], "value 1 is right in every call; value 2 is not",
    ),
    "a temperature with zeros": (
        MASKED, MASKED.replace("masked_fill", "div(2).masked_fill"), MASKED_ROWS,
        "are half of what",
    ),
    "accepts": (
        "def f(x): raise ValueError", "def f(x): return x",
        [lambda s: s.f.raises(ValueError, 1)], "where it should raise a ValueError",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("solution", "learner", "tests", "says"), CASES.values(), ids=CASES.keys())
def test_it_says_what_is_so(solution: str, learner: str, tests: list[Test], says: str) -> None:
    found = symptoms(learner, solution, *tests)
    assert any(says in f"{symptom.says} {symptom.evidence}" for symptom in found), found


@pytest.mark.parametrize(
    ("solution", "tests"), [(case[0], case[2]) for case in CASES.values()], ids=CASES.keys()
)
def test_of_a_right_answer_it_says_nothing(solution: str, tests: list[Test]) -> None:
    assert symptoms(solution, solution, *tests) == set()


def test_a_factor_is_the_same_in_half_precision() -> None:
    tests = [ask(draw(3, 5, dtype=dtype)) for dtype in (torch.float16, torch.float32)]
    (found,) = symptoms("def f(x): return (x * 2 + 1) * 0.3", PLAIN, *tests)
    assert "the expected one times 0.3." in found.says


LAYER = """
class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        {buffer}
        self.register_buffer("scale", torch.ones(2))
    def forward(self, x): return x * {factor}
"""


def test_buffers_that_only_the_learner_has_are_no_reason() -> None:
    def test(submission: SubmissionProxy) -> None:
        layer = submission.Layer()
        layer.state_dict()
        layer.buffers()
        layer(draw(3, 5))

    learner = LAYER.format(buffer='self.register_buffer("cache", torch.ones(3))', factor=2)
    (found,) = symptoms(learner, LAYER.format(buffer="", factor=4), test)
    assert found.says == "Your result is half of the expected one."


def test_two_mistakes_in_two_tests_get_a_statement_each() -> None:
    learner = (
        "def f(q, k):\n"
        "    scores = q @ k.transpose(-1, -2)\n"
        "    return scores if q.dim() == 3 else scores.sum()"
    )
    found = symptoms(learner, SCORES, *PAIRS, ask(draw(3, 4), draw(5, 4)))
    assert len(found) == 2


def test_swapped_sizes_of_a_layer_are_told_for_all_of_its_matrices() -> None:
    solution = (
        "class Net(nn.Module):\n"
        "    def __init__(self, n, h):\n"
        "        super().__init__()\n"
        "        self.up, self.down = nn.Linear({}), nn.Linear({})\n"
    )
    tests = [lambda s, n=n: s.Net(n, 5).parameters() for n in (3, 4, 5)]  # with 5 all are equal
    right = solution.format("n, h", "h, n")
    (both,) = symptoms(solution.format("h, n", "n, h"), right, *tests)
    assert both.says.startswith("Rows and columns of `up.weight` and `down.weight` are swapped.")
    (one,) = symptoms(solution.format("n, h", "n, h"), right, *tests)
    assert one.says.startswith("Rows and columns of `down.weight` are swapped.")
    others = symptoms(solution.format("n, h + 1", "h, n"), right, *tests)
    assert others and not any("swapped" in other.says for other in others)


def test_one_thing_that_several_tests_show_counts_the_calls_of_all() -> None:
    """Also where a test with another mistake keeps it from being said of all tests."""
    tests = [ask(draw(2, 2, 2)), *(ask(draw(n, 2)) for n in (3, 4, 5, 6))]
    learner = (
        "def f(x):\n    if x.dim() == 3: raise KeyError('other')\n    raise IndexError('this')\n"
    )
    found = symptoms(learner, "def f(x): return x", *tests)
    evidence = {symptom.says.split("with ")[1][:8]: symptom.evidence for symptom in found}
    assert "4 calls" in evidence["IndexErr"] and "1 call" in evidence["KeyError"]


@pytest.mark.parametrize("others", [(), (ask(draw(3)),)], ids=["only two", "one or two"])
def test_the_smallest_call_has_as_many_dimensions_as_the_suite_asks_for(
    others: tuple[Test, ...],
) -> None:
    """The stub may allow no others."""
    learner, solution = "def f(x): return x.cos() + x", "def f(x): return x.cos() + 2 * x"
    call = finder(learner, solution, [ask(draw(2, 3)), *others]).smallest()
    assert call and call.code.count("[") == (1 if others else 2)


def test_the_smallest_call_has_a_right_answer_if_the_suites_call_had_one() -> None:
    """The spread of one number is nan, and a stub that asks for two promises nothing of one."""
    learner = "def f(x): return x / (x.std(correction=0) + 0.1) + x.cos()"
    call = finder(learner, "def f(x): return x / x.std()", [ask(draw(6))]).smallest()
    assert call and "nan" not in call.expected
    silent = finder(
        "def f(x): return x.exp() + x.cos()", "def f(x): return x.log()", [ask(-draw(6).abs())]
    )
    assert (call := silent.smallest()) and "nan" in call.expected


def test_the_smallest_call_has_numbers_that_one_would_try() -> None:
    """Where there are such: huge numbers and half precision are what only a suite thinks of."""
    learner, solution = "def f(x): return x.cos() + x", "def f(x): return x.cos() + 2 * x"
    unusual = [ask(torch.tensor([3e30])), ask(torch.tensor([2.0], dtype=torch.float16))]
    call = finder(learner, solution, [*unusual, ask(draw(2, 3))]).smallest()
    assert call and "e+" not in call.code and "dtype" not in call.code
    assert (call := finder(learner, solution, unusual[:1]).smallest()) and "e+30" in call.code


def test_a_call_that_holds_a_function_of_the_suites_is_not_shown_to_be_pasted() -> None:
    def test(submission: SubmissionProxy) -> None:
        helper = submission.helper("def twice(x): return 2 * x")
        submission.f(helper.twice, draw(3, 2))

    found = finder("def f(g, x): return g(x).cos()", "def f(g, x): return g(x).exp()", [test])
    assert found.smallest() is None


def test_a_value_without_a_name_is_not_spoken_of_as_one_of_several() -> None:
    """Some calls give two values, some a single one."""
    solution = "def f(x, both): return (x.cos(), x) if both else x.cos()"
    learner = solution.replace("x.cos()", "(x.sin() * x.exp() + x)")
    pairs = [ask(draw(3, 4, seed=n), True) for n in range(4)]
    assert {each.says for each in symptoms(learner, solution, *pairs)} == {
        "Of your result, value 2 is right in every call; value 1 is not."
    }
    both = symptoms(learner, solution, *pairs, *(ask(draw(2, 3, seed=n), False) for n in range(4)))
    assert not any("Of your result" in each.says for each in both)


def test_a_number_that_does_not_fit_into_half_precision_is_told_what_does() -> None:
    learner = "def f(x, hidden): return x.masked_fill(hidden, -1e9)"
    solution = "def f(x, hidden): return x.masked_fill(hidden, -math.inf)"
    halves = [ask(draw(3, 4, dtype=torch.float16), draw(3, 4, seed=1) > 0)]
    (found,) = symptoms(learner, solution, *halves)
    assert "65504" in found.says and "-math.inf" in found.says


DRAWN = "def f(x): return x * (torch.rand(x.shape) < 0.5) * 2"
DRAWN_BY = "def f(x, generator): return x * (torch.rand(x.shape, generator=generator) < 0.5)"
GENERATOR = "import torch\ndef made(seed): return torch.Generator().manual_seed(seed)"


def by_generator(submission: SubmissionProxy) -> None:
    submission.f(draw(5, 8), submission.helper(GENERATOR).made(3))


@pytest.mark.parametrize(
    ("solution", "learner", "test"),
    [
        (DRAWN, "def f(x): return x * (torch.randn(x.shape) < 0.3)", ask(draw(5, 8))),
        (DRAWN_BY, "def f(x, generator): return x * torch.rand(x.shape) * 2", by_generator),
    ],
)
def test_no_statement_is_made_of_what_was_drawn(solution: str, learner: str, test: Test) -> None:
    """Another draw may be as right as ours: what the numbers must fulfil only a suite knows."""
    looked = finder(learner, solution, [test] * 3)
    assert not looked.find()
    assert looked.smallest() is None


def test_of_what_was_drawn_the_form_is_told() -> None:
    (found,) = symptoms("def f(x): return torch.rand(3, 3)[0]", DRAWN, ask(draw(5, 8)))
    assert found.id == "form"


def test_no_statement_is_made_of_too_few_numbers() -> None:
    """One number that is off can be a factor, a summand, a square: nothing is said of it."""
    says = {s.id for s in symptoms("def f(x): return x * 3", "def f(x): return x * 2", ask(2.0))}
    assert not says & {"scale", "shift", "function", "region", "one-sided"}


def test_what_holds_for_some_numbers_alone_is_not_said() -> None:
    learner = "def f(x):\n    y = x * 2 + 1\n    y = y / 2\n    y[0, 0] += 1\n    return y"
    says = " ".join(s.says for s in symptoms(learner, PLAIN, ask(draw(3, 5)), ask(draw(4, 2))))
    assert "half of the expected" not in says


def test_no_size_of_a_tensor_is_made_much_larger() -> None:
    """It would be our side that computes, and holds, as much as a size of thousands asks for."""
    solution = """
asked = []
def f(n, d):
    asked.append(max(n, d))
    return torch.arange(1.0, n * d + 1).view(n, d)
"""
    learner = "def f(n, d): return 9 * torch.sin(torch.arange(1.0, n * d + 1) ** 2).view(n, d)"
    seen = tried(HEAD + learner, HEAD + solution, [ask(3, 4), ask(5, 2)], _is_wrong)
    questions = Inquiry(seen.learner, seen.solution, seen.records)
    names = argument_names(seen.solution.module)
    SymptomFinder(seen.records, questions, names, Limits()).find()
    assert set(seen.solution.module.asked) == {3, 4, 5}


def test_a_parameter_that_is_no_tensor_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who writes into the channel may say so of any name."""
    module = """
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4))
    def forward(self, x): return x * self.weight
"""
    seen = tried(HEAD + module, HEAD + module, [lambda asked: asked.M()(draw(3, 4))], _is_wrong)
    exchange = next(iter(seen.records.values())).exchanges[-1]
    assert [*Inquiry(seen.learner, seen.solution, seen.records).weights(exchange)] == ["weight"]
    perform = seen.learner.perform

    def forged(call: Call) -> Value | Raised:
        return Value({"weight": 5}) if call.want == "dict" else perform(call)

    monkeypatch.setattr(seen.learner, "perform", forged)
    assert Inquiry(seen.learner, seen.solution, seen.records).weights(exchange) == {}


QUESTIONS: dict[str, Callable[[Inquiry, Exchange], object]] = {
    "another": lambda inquiry, exchange: inquiry.ask(exchange, exchange.call),
    "twice": Inquiry.ask_twice,
    "alone": Inquiry.ask_alone,
    "steps": Inquiry.steps,
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_our_own_side_has_a_second_for_all_questions(
    question: Callable[[Inquiry, Exchange], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    solution = "import time\ndef f(x):\n    y = x * 2\n    time.sleep(0.05)\n    return y"
    learner = "def f(x): return x * 2 + torch.rand(())"
    monkeypatch.setattr("grader.examiner.symptoms.inquiry.MAX_SECONDS", 0.04)

    def twice(submission: SubmissionProxy) -> None:
        submission.f(draw(3, 4))
        submission.f(draw(5, 2))

    seen = tried(HEAD + learner, HEAD + solution, [twice], _is_wrong)
    inquiry = Inquiry(seen.learner, seen.solution, seen.records)
    _, exchange = seen.records["test_0"].exchanges
    assert question(inquiry, exchange)
    assert inquiry.ask(exchange, exchange.call) is None
    assert inquiry.ask_twice(exchange) is None
    assert inquiry.ask_alone(exchange) is None


def test_questions_are_bounded() -> None:
    calls = []

    class Counting(InProcessCallee):
        def perform(self, *args: Any, **kwargs: Any) -> Any:
            calls.append(1)
            return super().perform(*args, **kwargs)

    module = load_source("learner", "learner.py", "def f(x): return x.sort(0).values")
    ours = LoadedModule(load_source("ours", "ours.py", "def f(x): return x.sin()"))
    learner = Counting(LoadedModule(module), frozenset())
    paired = PairedCalls(learner, ours, Limits())
    learner.begin(0)
    SubmissionProxy(paired).f(draw(6, 6, 6))
    records = {"test": Record(0, paired.log, True)}
    inquiry = Inquiry(learner, ours, records)
    SymptomFinder(records, inquiry, argument_names(ours.module), Limits()).find()
    assert len(calls) < 500


@pytest.mark.parametrize(
    ("learner", "solution", "test", "code", "got", "expected"),
    [
        (
            "def f(x): return x * 2 + (x.size(0) > 1) * 0.3 * x.abs().sqrt()",
            "def f(x): return x * 2", ask(draw(4, 3)), "f(torch.tensor([[", "", "",
        ),
        (
            "def f(x, dim=-1): return x.sum(dim) + 7", "def f(x, dim=-1): return x.sum(dim)",
            ask(draw(4, 3, 2), dim=1), "f(torch.tensor([[", "", "",
        ),
        (
            "def f(x):\n    if len(x) > 2: raise KeyError('no')\n    return x",
            "def f(x): return x", ask(draw(6)), "f(torch.tensor([", "KeyError: 'no'", "tensor([",
        ),
    ],
)  # fmt: skip
def test_the_smallest_call_is_small_and_goes_wrong_when_pasted(
    learner: str, solution: str, test: Test, code: str, got: str, expected: str
) -> None:
    call = finder(learner, solution, [test]).smallest()
    assert call is not None
    assert call.code.startswith(code)
    assert got in call.got and expected in call.expected
    spaces: list[dict[str, Any]] = [{}, {}]
    answers = []
    for space, source in zip(spaces, (learner, solution), strict=True):
        exec(HEAD + source, space)
        try:
            answers.append(eval(call.code, space))
        except KeyError as error:
            answers.append(torch.tensor(math.nan) if error.args == ("no",) else error)
    assert not torch.equal(answers[0], answers[1])
    assert len(call.code) < 120


COUNTED = """
class Layer(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.weight = nn.Parameter({made})
        self.count = 0
    def double(self):
        self.count += 1
    def forward(self, x):
        return {value}
"""
RIGHT_LAYER = COUNTED.format(made="torch.ones(d)", value="x * self.weight * 2 ** self.count")
WRONG_LAYER = RIGHT_LAYER.replace("return x", "return x.sin() * x.exp() + x")


def loaded(submission: SubmissionProxy) -> None:
    layer = submission.Layer(3)
    layer.load_state_dict({"weight": draw(3)})
    layer.double()
    layer(draw(4, 3))


def new(submission: SubmissionProxy) -> None:
    submission.Layer(d=3)(draw(4, 3))


def run_as_pasted(code: str, source: str) -> Any:
    """What the last line gives, as somebody sees it who pastes all of them."""
    space: dict[str, Any] = {}
    exec(HEAD + source, space)
    *above, last = code.splitlines()
    exec("\n".join(above), space)
    return eval(last, space)


@pytest.mark.parametrize(
    ("test", "begins"),
    [
        (loaded, "m = Layer(3)\nm.load_state_dict({'weight': torch.tensor(["),
        (new, "m = Layer(d=3)\nm(torch.tensor([["),
    ],
)
def test_the_smallest_call_of_an_object_is_pasted_with_what_makes_it(
    test: Test, begins: str
) -> None:
    call = finder(WRONG_LAYER, RIGHT_LAYER, [test]).smallest()
    assert call is not None
    assert call.code.startswith(begins)
    assert ("m.double()" in call.code) == (test is loaded)
    mine, ours = (run_as_pasted(call.code, source) for source in (WRONG_LAYER, RIGHT_LAYER))
    assert mine.shape == ours.shape == (1, 3)  # it is made for rows of three
    assert not torch.allclose(mine, ours)
    for shown, value in ((call.got, mine), (call.expected, ours)):
        assert shown == show(value.detach())


def test_what_is_drawn_when_an_object_is_made_cannot_be_pasted() -> None:
    drawn = COUNTED.format(made="torch.rand(d)", value="x * self.weight.sign()")
    wrong = drawn.replace("return x", "return x.sin() * x.exp() + x")
    assert finder(wrong, drawn, [new]).smallest() is None
    assert finder(wrong, drawn, [loaded]).smallest() is not None


def test_an_object_that_holds_another_cannot_be_pasted() -> None:
    def test(submission: SubmissionProxy) -> None:
        submission.Twice(submission.Layer(3))(draw(4, 3))

    twice = (
        "class Twice:\n    def __init__(self, f): self.f = f\n    def __call__(self, x): return "
    )
    sources = (f"{RIGHT_LAYER}{twice}self.f(x) {end}" for end in ("+ x.sin() * x.exp()", ""))
    assert finder(*sources, [test]).smallest() is None


@pytest.mark.parametrize(
    ("learner", "solution", "tests", "silent"),
    [
        pytest.param(
            "def f(x): return torch.outer(x, x.sin())", "def f(x): return torch.outer(x, x.cos())",
            [ask(draw(n)) for n in (4, 6)], "right proportions", id="rows of an outer product",
        ),
        pytest.param(
            "def f(d):\n    if d < 10: raise ValueError\n    return [d] * d",
            "def f(d):\n    if d < 10: raise ValueError\n    return d, 1, d",
            [*(ask(d) for d in (41, 50, 60, 75, 90)),
             *(lambda s, d=d: s.f.raises(ValueError, d) for d in (1, 2, 3, 4, 5))],
            "41 or more", id="calls that should raise an error are not the right ones",
        ),
        pytest.param(
            "def f(q): return q / (q.size(-1) / 2)", "def f(q): return q / q.size(-1) ** 0.5",
            [*(ask(draw(3, n)) for n in (6, 7, 8, 9, 10)),
             *(ask(draw(3, 4, seed=n, dtype=torch.float64)) for n in range(5))],
            "float32", id="a dtype that goes with a size",
        ),
        pytest.param(
            "def f(x): return x * 2.0000001", "def f(x): return x * 2",
            [ask(draw(5, 5, dtype=torch.float64))], "times 1.", id="a factor of 1",
        ),
        pytest.param(
            "def f(n): return torch.tensor([n, n])", "def f(n): return torch.tensor([n, 0])",
            [ask(n) for n in (3, 4, 5)],
            "same number everywhere", id="few whole numbers that are alike",
        ),
        pytest.param(
            "class Net:\n    def add(self, x): return x",
            "class Net:\n    sum = 0\n    def add(self, x): self.sum += x; return self.sum",
            [lambda s: [add(draw(3, seed=n)) for add in [s.Net().add] for n in range(3)]],
            "Alone", id="earlier calls that count",
        ),
    ],
)  # fmt: skip
def test_what_the_calls_at_hand_make_look_so_is_not_said(
    learner: str, solution: str, tests: list[Test], silent: str
) -> None:
    says = " ".join(f"{s.says} {s.evidence}" for s in symptoms(learner, solution, *tests))
    assert silent not in says


def test_evidence_of_a_kind_leaves_out_the_others() -> None:
    found = finder("def f(x): return x * 3", "def f(x): return x * 2", [*ROWS[:1], ask("a")])
    assert len(found.evidence(("test_0", "test_1"), "value").differences) == 1


def test_an_error_that_holds_sizes_is_not_quoted_for_calls_of_other_sizes() -> None:
    learner = "def f(x): return x @ x"
    one = finder(learner, PLAIN, [ask(draw(2, 3))]).find()
    assert "2x3 and 2x3" in one["test_0"].says
    found = finder(learner, PLAIN, [ask(draw(2, 3)), ask(draw(4, 5)), ask(draw(6, 7))]).find()
    assert {symptom.says for symptom in found.values()} == {
        "Your code stops in line 4, `def f(x): return x @ x`, with RuntimeError."
        " The inner sizes of a matrix product differ there."
    }


class Stopped(InProcessCallee):
    """A learner's side on which each call ends as the next of `kinds` says, the last for good."""

    kinds: Sequence[str] = ()

    def perform(self, call: Any, meanwhile: Any = None) -> Any:
        if meanwhile:
            meanwhile()  # our own side answers all the same
        kind, *rest = self.kinds
        self.kinds = rest or [kind]
        return Raised(kind, "", f"/tmp/of/{call.index}/{call.args[0].dim()}")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kinds", "says"),
    [
        (["time", "hurried"], "did not finish within 5 s"),
        (["time", "time", "lost", "budget"], "did not finish within 5 s"),
        (["budget"], "for the whole exercise are used up"),
        (["memory"], "asked for more memory"),
        (["died", "lost"], "ended the Python process"),
        (["no_file"], "looks for a file that is not here. An"),
        (["forbidden_action"], "something that is not allowed here. An"),
        (["recursion"], "calls itself without end"),
        (["exit"], "sys.exit"),
        (["unwritten"], "not written yet"),
    ],
)
def test_what_the_sandbox_saw_is_the_reason_for_all(
    kinds: list[str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also for the tests that could not be run afterwards, and for one that called nothing."""
    monkeypatch.setattr("tried.InProcessCallee", Stopped)
    monkeypatch.setattr(Stopped, "kinds", kinds)
    looking = finder(PLAIN, PLAIN, [*ROWS, ask(draw(2, 2, 2, 2)), lambda _: None])
    looking._failed["test_4"] = []
    found = looking.find()
    headline = looking.headline(found)
    assert len(found) == 5 and set(found.values()) == {headline}
    assert headline and says in headline.says and not headline.evidence


def test_a_wrong_type_is_told_in_the_words_of_the_tests() -> None:
    found = symptoms("def f(x): return 'abc'", PLAIN, *ROWS)
    (symptom,) = found
    assert symptom.says == "The result of `f` should be a tensor; yours is a string."
    (one,) = symptoms("def f(x): return 'abc'", PLAIN, ROWS[0])
    assert one.says == "The result of `f` should be a tensor of shape (3, 5); yours is a string."


@pytest.mark.parametrize(
    "bound", ["clamp(max=-4)", "clamp(min=4)", "clamp(max=-8)", "clamp(min=8)"]
)
@pytest.mark.parametrize("seed", range(3))
def test_what_counts_beyond_a_bound_is_not_called_ignored(bound: str, seed: int) -> None:
    gates = [ask(draw(2, n), draw(2, n, seed=seed)) for n in (4, 5, 6)]
    found = symptoms(f"def f(x, gate): return x.abs().sqrt() * gate.{bound}", GATED, *gates)
    assert not any("depend on `gate`:" in symptom.says for symptom in found)


ATTENTION = "def f(q, k, v): return torch.softmax(q @ k.transpose(-1, -2) / 2, -1) @ v"
HARD = """
def f(q, k, v):
    scores = q @ k.transpose(-1, -2)
    return torch.nn.functional.one_hot(scores.argmax(-1), scores.size(-1)).to(v.dtype) @ v
"""


@pytest.mark.parametrize(
    ("learner", "counts"),
    [
        (HARD, ("`q`", "`k`")),
        (ATTENTION.replace("q @", "q.sign() @"), ("`q`", "`k`")),
        (ATTENTION.replace("q @", "q.round() @"), ("`q`",)),  # a key meets 0 where q rounds to it
    ],
    ids=["the largest", "sign", "round"],
)
@pytest.mark.parametrize("seed", range(3))
def test_what_takes_a_step_is_not_called_independent(
    learner: str, counts: tuple[str, ...], seed: int
) -> None:
    """A small change moves nothing, and a large one does."""
    asked = [
        ask(*(draw(n, 4, seed=3 * seed + place) for place, n in enumerate((t, s, s))))
        for t, s in ((3, 7), (4, 6), (5, 8))
    ]
    still = ("not depend on", "not change with")
    for symptom in symptoms(learner, ATTENTION, *asked):
        assert not any(f"{word} {name}" in symptom.says for word in still for name in counts)


@pytest.mark.parametrize("learner", ["int(c)", "max(c, 9)"])
def test_a_number_that_takes_a_step_or_has_a_bound_counts(learner: str) -> None:
    solution = "def f(x, c): return x.sin() * c + x"
    asked = [ask(draw(n, 4), c) for n, c in ((3, 2.1), (4, 2.15), (5, 2.2))]
    found = symptoms(solution.replace("* c", f"* {learner}"), solution, *asked)
    assert not any("depend on" in symptom.says for symptom in found)


def test_a_number_that_is_ignored_has_no_index() -> None:
    asked = [ask(draw(n, 4), c) for n, c in ((3, 1.25), (4, 2.5), (5, 3.75))]
    found = symptoms("def f(x, c): return x.sin()", "def f(x, c): return x.sin() * c + x", *asked)
    assert [each.says for each in found] == [
        "Your result does not depend on `c`: other numbers there leave it as it is."
    ]


def test_nothing_is_said_of_a_change_beyond_where_the_right_answer_is_defined() -> None:
    """The root of what has become negative is NaN, which is no movement."""
    solution = "def f(m, v): return m / v.sqrt()"
    asked = [ask(draw(n, 4), draw(n, 4, seed=1).abs() * 1e-3) for n in (3, 4, 5)]
    learner = "def f(m, v): return m / v.clamp(min=4e-3).sqrt()"
    found = symptoms(learner, solution, *asked)
    assert not any("not change with `v`" in symptom.says for symptom in found)


def test_large_numbers_are_not_called_nothing_beside_larger_ones() -> None:
    solution = "def f(x): return x.abs() * 1e18 + 1e18"
    found = symptoms(solution + ".clamp(max=1e6)", solution, ask(draw(3, 5)))
    found |= symptoms("def f(x): return x * 1e6", solution, ask(draw(3, 5)))
    assert found and not any("0 everywhere" in symptom.says for symptom in found)


def test_two_equal_calls_are_not_two_with_one_thing_changed() -> None:
    (found,) = symptoms("def f(x): return x * 2 + torch.rand(())", PLAIN, *ROWS)
    assert found.evidence == "Found by making the same call twice."


@pytest.mark.parametrize(
    ("solution", "says"),
    [
        ("def f(x): return torch.ones(1, 4, dtype=torch.bool)", "size 1; all entries are expected"),
        ("def f(x): return torch.ones(1, 4)", "size 1; all entries are expected"),
        ("def f(x): return torch.arange(4.)[None]", "its numbers are averaged"),
    ],
    ids=["truths", "equal numbers", "numbers"],
)
def test_only_what_varies_is_called_averaged(solution: str, says: str) -> None:
    learner = f"{solution}.double().mean(-1, keepdim=True).to({solution[17:]}.dtype)"
    (found,) = symptoms(learner, solution, ask(1))
    assert says in found.says


def test_an_answer_out_of_all_proportion_is_not_looked_into() -> None:
    for found in symptoms("def f(x): return torch.zeros(1 << 20)", PLAIN, *ROWS):
        assert "`f` returned 1,048,576 numbers, where" in found.says


@pytest.mark.parametrize("pair", ["x + 1e-5 * x.cos()", "(x + 1e-5 * x.cos(),)"])
def test_the_smallest_call_shows_where_the_numbers_differ(pair: str) -> None:
    solution = pair.replace(" + 1e-5 * x.cos()", "")
    asked = ask(draw(2, 3, dtype=torch.float64))
    call = finder(f"def f(x): return {pair}", f"def f(x): return {solution}", [asked]).smallest()
    assert call and call.got != call.expected


@pytest.mark.parametrize(("causal", "says"), [(True, True), (False, False)])
def test_only_who_should_not_is_told_to_look_ahead(causal: bool, says: bool) -> None:
    """Padding stands behind as well, and is hidden from whoever may look ahead."""
    hidden = "triu(1)" if causal else "tril(-9)"
    solution = (
        "def f(x, mask):\n    scores = x @ x.transpose(-1, -2)\n"
        f"    future = torch.ones_like(scores).{hidden} > 0\n"
        "    return torch.softmax(scores.masked_fill(future | ~mask, -1e9), -1) @ x"
    )
    learner = "def f(x, mask): return torch.softmax(x @ x.transpose(-1, -2), -1) @ x * 1.1"
    asked = [ask(draw(n, 3), torch.arange(n) < n - (not causal)) for n in (4, 5)]
    found = symptoms(learner, solution, *asked)
    assert any("changes with `x`" in symptom.says for symptom in found)
    assert any("looks ahead" in symptom.says for symptom in found) == says


def in_some(change: str) -> str:
    """An answer that is right, but for a `change` of `y` where x has three dimensions."""
    return f"def f(x):\n    y = x * 2 + 1\n    return {change} if x.dim() == 3 else y"


THREE = [ask(draw(2, n, 4, seed=n)) for n in (3, 5)]
OTHERS = [ask(draw(n, 4, seed=n)) for n in (3, 5)]


@pytest.mark.parametrize(
    "change",
    [
        "-y",
        "y / 2",
        "y + 1",
        "y.clamp(max=0.5)",
        "y.flip(-1)",
        "y[:, torch.tensor([1, 2, 0, *range(3, x.size(1))])]",
        "x",
        "y * 0",
        "y * torch.rand(2, 1, 1, generator=torch.Generator().manual_seed(1))",
        "torch.cat([y[..., :-1], y[..., -1:] * 0.3 + x[..., -1:] ** 2], -1)",
        "y.transpose(1, 2)",
        "y[:1]",
    ],
)
def test_what_right_calls_contradict_is_said_of_some(change: str) -> None:
    for tests in ([*THREE, *OTHERS], [THREE[0], *OTHERS]):  # also where one test alone fails
        for found in symptoms(in_some(change), PLAIN, *tests):
            assert found.says.startswith("In some calls, ") or "that was tried" in found.says, found
    for found in symptoms(in_some(change), PLAIN, *THREE):
        assert not found.says.startswith("In some calls, "), found


def test_what_holds_for_the_right_calls_as_well_is_said_of_all() -> None:
    """They have no negative number."""
    right = [ask(draw(n, 4).abs()) for n in (3, 5)]
    found = symptoms("def f(x): return (x * 2 + 1).relu()", PLAIN, *ROWS, *right)
    assert {each.says for each in found} == {
        "Your result is the expected one with every negative number set to 0."
    }


def test_what_another_failed_test_contradicts_is_said_of_some() -> None:
    learner = "def f(x):\n    y = x * 2 + 1\n    return -y if x.dim() == 3 else y.sin() + x.abs()"
    said = {each.says for each in symptoms(learner, PLAIN, *THREE, *OTHERS)}
    assert "In some calls, your result has the opposite sign." in said


def test_other_calls_are_not_called_right_where_they_go_wrong_in_another_way() -> None:
    """Nor is a number of calls given that leaves them out."""
    learner = (
        "def f(x, g=None):\n    if g is not None and len(x) == 5: raise KeyError\n"
        "    return x.exp() if {wrong} else x"
    )
    given = [ask(draw(n, 2, seed=n), draw(n, 2)) for n in (3, 4, 5, 5, 6)]
    left_out = [ask(draw(n, 2, seed=n)) for n in (3, 4, 5, 6, 7)]
    solution = "def f(x, g=None): return x"
    tests = [*given, *left_out]
    said = symptoms(learner.format(wrong="g is not None"), solution, *tests)
    assert any("`g` is given: all 5 such calls go wrong, the 5 others" in s.evidence for s in said)
    said = symptoms(learner.format(wrong="g is None"), solution, *tests)
    assert not any("others right" in f"{each.says} {each.evidence}" for each in said)


BY_SHAPE = "kept = {{}}\ndef f(x, w):\n    key = {key}.shape\n    {keep}\n    return {made}"


@pytest.mark.parametrize(
    ("key", "keep", "made"),
    [
        ("x", "y = kept.setdefault(key, torch.sin(x))", "y @ w"),
        ("x", "y = kept.setdefault(key, torch.sin(x) @ w)", "y"),
        ("w", "w = kept.setdefault(key, w)", "torch.sin(x) @ w"),
    ],
    ids=["an argument", "the result", "another argument"],
)
def test_what_is_kept_by_shape_is_not_called_independent(key: str, keep: str, made: str) -> None:
    """The module, and what it keeps, outlives a test."""
    solution = "def f(x, w): return torch.sin(x) @ w"
    asked = [ask(draw(n, 3, seed=seed), draw(3, 2, seed=seed)) for n in (2, 4) for seed in (1, 2)]
    learner = BY_SHAPE.format(key=key, keep=keep, made=made)
    (found,) = symptoms(learner, solution, *asked)
    assert found.says.startswith("Alone, the same call gives the right result")
    mistaken = learner.replace("torch.sin(x)", "torch.sin(x) * x")  # no call is right alone
    assert not any("depend" in each.says for each in symptoms(mistaken, solution, *asked))
    assert not any("change with" in each.says for each in symptoms(mistaken, solution, *asked))


def doubles(*shape: int, low: float = 0.0) -> list[Test]:
    return [ask(draw(*shape, seed=n, dtype=torch.float64).abs() * 1000 + low) for n in range(3)]


@pytest.mark.parametrize(
    ("learner", "solution", "tests"),
    [
        ("(x * 2e3).round() / 2", "x * 1e3", doubles(4, 5, low=1e3)),
        ("(x * 500).ceil() * 2", "x * 1e3", doubles(4, 5, low=1e3)),
        ("(x * 1e6 + x % 7).round()", "(x * 1e6).round()", doubles(4, 5, low=1e3)),
        ("(x * 16).round() / 16", "x", doubles(4, 5, low=1e3)),
        ("x.round() * 0.25 + 0.25 * (x > 1200)", "x.round() * 0.25", doubles(4, 5, low=1e3)),
    ],
    ids=["halves", "even numbers", "whole numbers", "sixteenths", "quarters"],
)
def test_few_digits_are_not_called_a_dtype(learner: str, solution: str, tests: list[Test]) -> None:
    said = symptoms(f"def f(x): return {learner}", f"def f(x): return {solution}", *tests)
    assert not any("float32" in each.says or "float16" in each.says for each in said), said


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_a_dtype_that_is_lost_is_told(dtype: str) -> None:
    learner = f"def f(x): return (x * 2 + 1).to(torch.{dtype}).double()"
    asked = [ask(draw(n, 5, dtype=torch.float64)) for n in (3, 4)]
    (found,) = symptoms(learner, PLAIN, *asked)
    assert f"digits of {dtype}" in found.says


def test_a_whole_number_that_no_float_holds_did_not_pass_through_one() -> None:
    asked = [ask(2**54, 8), ask(2**58, 2), ask(2**55 + 1, 16)]
    said = symptoms(
        "def f(n, d): return n * n * d - 1", "def f(n, d): return n * n * d - n", *asked
    )
    assert not any("float" in each.says for each in said)


def test_a_region_with_something_right_in_it_is_not_called_wrong() -> None:
    learner = (
        "def f(x):\n    y = x * 2 + 1\n    z = y.clone()\n"
        "    z[..., 0] = x[..., 0] ** 2 * 3\n{one}    return z"
    )
    asked = [ask(draw(n, 4)) for n in (6, 7)]
    (all_wrong,) = symptoms(learner.format(one=""), PLAIN, *asked)
    assert "is wrong at the first index of the last dimension" in all_wrong.says
    one_right = learner.format(one="    z[1, 0] = y[1, 0]\n")
    (found,) = symptoms(one_right, PLAIN, *asked)
    where = "at the first index of the last dimension"
    assert found.says == f"All that is wrong in your result lies {where}."
    rest = "def f(x):\n    y = x * 2 + 1\n    z = x.cos()\n    z[:1] = y[:1]\n{one}    return z"
    (found,) = symptoms(rest.format(one=""), PLAIN, *asked)
    assert "Only the first entry along" in found.says
    (found,) = symptoms(rest.format(one="    z[2, 1] = y[2, 1]\n"), PLAIN, *asked)
    assert "lies beyond the first entry along" in found.says


def test_what_is_special_of_one_value_comes_before_what_is_general_of_all() -> None:
    solution = "def f(x): return x.sin() + x, x.square().sum(-1)"
    learner = "def f(x): return -x.sin() - x, x.square().mean(-1)"
    asked = [ask(draw(n, n + 1)) for n in (3, 4, 5)]
    (found,) = symptoms(learner, solution, *asked)
    assert found.says == "Value 1 of your result has the opposite sign."


NET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.up, self.down = nn.Linear(3, 3), nn.Linear(3, 3)
        self.scale = nn.Parameter(torch.ones(3))
    def forward(self, x): return {made}
"""
MADE = "torch.tanh(self.up(x)) * self.scale + self.down(x)"


def of_a_net(seed: int) -> Test:
    def test(submission: SubmissionProxy) -> None:
        net = submission.Net()
        sizes = {"up.weight": (3, 3), "down.weight": (3, 3), "up.bias": (3,), "down.bias": (3,)}
        shapes = {**sizes, "scale": (3,)}
        net.load_state_dict(
            {name: draw(*shape, seed=seed + n) for n, (name, shape) in enumerate(shapes.items())}
        )
        net(draw(4, 3, seed=seed))

    return test


MADE_WITH = """
class Net(nn.Module):
    def __init__(self, width, eps, root, p=0.1):
        super().__init__()
        self.eps, self.root = eps, root
    def forward(self, x): return {gives}
"""
BOTH_COUNT = "(x.square() + self.eps) ** (0.5 if self.root else 1.0) + x.sum(-1, keepdim=True)"


@pytest.mark.parametrize(
    ("gives", "which"),
    [
        ("(x.square() + 1e-3) ** (0.5 if self.root else 1.0)", "`eps`"),
        ("x.abs() + self.eps + x.sin()", "`root`"),
        ("x.square().log1p()", "`eps` and `root`"),
    ],
)
def test_a_setting_that_counts_for_nothing_is_told(gives: str, which: str) -> None:
    tests = [lambda s, n=n: s.Net(4, 0.01 * n, True, p=0.2)(draw(n, 4, seed=n)) for n in (3, 4, 5)]
    learner, solution = (MADE_WITH.format(gives=each) for each in (gives, BOTH_COUNT))
    (found,) = symptoms(learner, solution, *tests)
    says = f"Your result does not depend on {which}, with which the object is made; the right one"
    assert found.says == f"{says} does."


@pytest.mark.parametrize(
    "learner",
    ["x.sin().exp() if x.size(0) > 3 else " + BOTH_COUNT, "x.square().clamp(min=self.eps).exp()"],
    ids=["in a right call", "as a bound"],
)
def test_a_setting_that_counts_somewhere_is_not_said_to_count_for_nothing(learner: str) -> None:
    tests = [lambda s, n=n: s.Net(4, 0.02, True)(draw(n, 4, seed=n)) for n in (3, 4, 5)]
    sides = (MADE_WITH.format(gives=each) for each in (learner, BOTH_COUNT))
    assert not any("`eps`" in found.says for found in symptoms(*sides, *tests))


@pytest.mark.parametrize(("number", "which"), [("s + 1", "larger by 1"), ("s - 1", "smaller by 1")])
def test_a_whole_number_that_is_off_by_one_is_told(number: str, which: str) -> None:
    rate = "def f(s, width): return width**-0.5 * min((s + 3) ** -0.5, (s + 3) * 7**-1.5)"
    asked = [ask(s, width) for s in (1, 2, 5, 9, 30) for width in (3, 16)]
    (found,) = symptoms(rate.replace("(s + 3)", f"({number} + 3)"), rate, *asked)
    assert found.says == f"Your result is what a right answer gives for a `s` that is {which}."


LINEAR = """
def linear():
    made = nn.Linear(3, 3)
    made.weight.data, made.bias.data = torch.eye(3) * 0.5 + 0.1, torch.tensor([0.1, 0.2, -0.3])
    return made
"""
NETS = [of_a_net(seed) for seed in (0, 10, 20)]


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (
            "torch.tanh(self.down(x)) * self.scale + self.up(x)",
            "with `down` and `up` in each other's place.",
        ),
        (
            "torch.tanh(x @ self.up.weight.T + self.scale) * self.up.bias + self.down(x)",
            "with `scale` and `up.bias` in each other's place.",
        ),
        (
            "torch.tanh(self.up(x)) * self.scale + self.up(x)",
            "with `up` in the place of `down` as well.",
        ),
        (
            "torch.tanh(self.up(x)) * self.scale + torch.sin(x @ self.down.weight.T)",
            "does not depend on the parameter `down.bias`; the right one does.",
        ),
        (
            "torch.tanh(self.up(x)) + self.down(x).abs() * self.down.bias.sin()",
            "does not depend on the parameter `scale`; the right one does.",
        ),
    ],
)
def test_the_parameters_of_a_layer(made: str, says: str) -> None:
    (found,) = symptoms(NET.format(made=made), NET.format(made=MADE), *NETS)
    assert says in found.says


@pytest.mark.parametrize(
    "made",
    [
        MADE.replace("tanh", "sin"),
        MADE.replace("self.scale", "self.scale.clamp(min=-0.5)"),
        MADE.replace("self.scale", "self.scale.sign()"),
        MADE.replace("self.down(x)", "self.down(x).relu()"),
    ],
)
def test_parameters_that_count_are_not_called_unused(made: str) -> None:
    said = symptoms(NET.format(made=made), NET.format(made=MADE), *NETS)
    assert not any("parameter" in each.says or "place of" in each.says for each in said), said


def test_parameters_that_nobody_loaded_change_places_as_well() -> None:
    given = "".join(
        f"        self.{name}.data = torch.linspace({low}, 1, {n}){shape}\n"
        for name, low, n, shape in (
            ("up.weight", -1, 9, ".view(3, 3)"),
            ("down.weight", 0, 9, ".view(3, 3)"),
            ("up.bias", -2, 3, ""),
            ("down.bias", 0.5, 3, ""),
        )
    )
    net = NET.replace("    def forward", f"{given}    def forward")
    asked = [lambda s, n=n: s.Net()(draw(n, 3)) for n in (4, 5)]
    learner, solution = (
        net.replace("{made}", made)
        for made in ("torch.tanh(self.down(x)) * self.scale + self.up(x)", MADE)
    )
    (found,) = symptoms(learner, solution, *asked)
    assert "with `down` and `up` in each other's place." in found.says


def test_a_parameter_of_another_name_is_not_called_unused() -> None:
    """Whatever is loaded under our name for it does not reach it."""
    solution = NET.replace("{made}", MADE)
    learner = NET.replace("{made}", f"({MADE}).sin()").replace("scale", "gain")
    asked = [lambda s, n=n: s.Net()(draw(n, 3)) for n in (4, 5)]
    alike = [
        f"{each.replace('nn.Linear(3, 3)', 'linear()')}{LINEAR}" for each in (learner, solution)
    ]
    assert not any("parameter" in each.says for each in symptoms(*alike, *asked))


def test_two_arguments_in_each_others_place() -> None:
    solution = "def f(x, a, b): return torch.tanh(x * a + b) * a"
    learner = "def f(x, a, b): return torch.tanh(x * b + a) * b"
    asked = [ask(draw(3, n), draw(n), draw(n, seed=1)) for n in (4, 5)]
    (found,) = symptoms(learner, solution, *asked)
    assert found.says == (
        "Your result is what a right answer gives with `a` and `b` in each other's place."
    )
    alike = [ask(draw(3, n), draw(n), draw(n)) for n in (6, 7)]  # equal ones can change places
    assert {each.says for each in symptoms(learner, solution, *asked, *alike)} == {found.says}
    right = f"{learner} if a.numel() < 6 else torch.tanh(x * a + b) * a"
    others = [ask(draw(3, n), draw(n), draw(n, seed=1)) for n in (6, 7)]
    assert {each.says for each in symptoms(right, solution, *asked, *others)} == {
        f"In some calls, {found.says[0].lower()}{found.says[1:]}"
    }


NORMED = """
class Own(nn.LayerNorm):
    def forward(self, x):
        x = x - x.mean(-1, keepdim=True)
        return x / ({divisor}) * self.weight + self.bias

class Layer(nn.Module):
    def __init__(self, first):
        super().__init__()
        self.first = first
        self.inner, self.norm = nn.Linear(4, 4), {norm}(4)
    def forward(self, x):
        return x + self.inner(self.norm(x)).relu() if self.first else x + self.inner(x)
"""


def of_a_norm(first: bool, scale: float, dtype: torch.dtype) -> Test:
    def test(submission: SubmissionProxy) -> None:
        layer = submission.Layer(first)
        layer.to(dtype)
        shapes = {"inner.weight": (4, 4), "inner.bias": (4,), "norm.weight": (4,)}
        given = {name: draw(*shape, dtype=dtype) for name, shape in shapes.items()}
        layer.load_state_dict({**given, "norm.bias": draw(4, seed=1, dtype=dtype)})
        layer(scale * draw(5, 3, 4, dtype=dtype))

    return test


@pytest.mark.parametrize(
    ("divisor", "says"),
    [
        (
            "(x.var(-1, keepdim=True) + self.eps).sqrt()",
            "divides the sum of the n squares by n − 1, as `var` and `std` do.",
        ),
        (
            "x.std(-1, keepdim=True) + 1e-6",
            "divides the sum of the n squares by n − 1, as `var` and `std` do, and adds eps after"
            " the root, and has an eps of 1e-6.",
        ),
        ("x.std(-1, keepdim=True, correction=0) + self.eps", "adds eps after the root."),
        ("(x.var(-1, keepdim=True, correction=0) + 1e-12).sqrt()", "has an eps of 1e-12."),
        ("x.abs().mean(-1, keepdim=True)", None),
    ],
)
def test_another_layer_norm_is_seen_behind_gamma_beta_and_a_layer(
    divisor: str, says: str | None
) -> None:
    learner = NORMED.format(norm="Own", divisor=divisor)
    solution = NORMED.format(norm="nn.LayerNorm", divisor="1")
    asked = [
        of_a_norm(first, scale, dtype)
        for first in (True, False)
        for scale, dtype in ((1.0, torch.float32), (1e-3, torch.float64), (1.0, torch.float16))
    ]
    said = {each.says for each in symptoms(learner, solution, *asked)}
    if says is None:
        assert not any("layer norm" in each for each in said), said
    else:
        assert said == {f"Your result is what a right answer gives if its layer norm {says}"}


BACKWARD = """
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x.sin() * y
    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return {made}
def f(x, y): return F.apply(x, y)
"""


def vjp(n: int) -> Test:
    given = draw(3, n), draw(3, n, seed=1)
    return lambda submission: submission.f.gradients(*given, cotangent=draw(3, n, seed=2))


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ("x.cos() * y, x.sin()", "Each of the gradient of `x` and the gradient of `y` is that of"),
        ("x.cos() * y, g * x.sin()", "The gradient of `x` is that of the sum of all numbers"),
        ("g * x.sin(), g * x.cos() * y", "`x` and the gradient of `y` are in each other's place."),
        ("g * x.sin(), g * x.sin()", "The gradient of `x` is what the gradient of `y` should be."),
    ],
)
def test_gradients_of_something_else(made: str, says: str) -> None:
    solution = "def f(x, y): return x.sin() * y"
    (found,) = symptoms(BACKWARD.format(made=made), solution, vjp(4), vjp(5))
    assert says in found.says
    other = BACKWARD.format(made="g.abs() * x.cos() * y, g.abs() * x.sin()")
    said = symptoms(other, solution, vjp(4), vjp(5))
    assert not any("sum" in each.says or "should be" in each.says for each in said)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            "y.clamp(-1, 1)",
            "What should lie above 1 or below -1 in your result came out as exactly that",
        ),
        ("y.clamp(0.1, 1.7)", "above 1.7 or below 0.1 in your"),
        ("y.clamp(max=0)", "What should lie above 0 in your"),
        ("y.clamp(min=0.1)", "What should lie below 0.1 in your"),
        ("torch.round(y, decimals=1)", "is the expected one rounded to 1 decimal."),
        ("torch.round(y, decimals=3)", "is the expected one rounded to 3 decimals."),
        ("torch.trunc(y)", "with its decimals cut off"),
    ],
)
def test_bounds_and_decimals_in_two_dtypes(change: str, says: str) -> None:
    """A bound of 0.1 is another number in float32 than in float64."""
    dtypes = (torch.float32, torch.float64)
    asked = [ask(draw(n, 5, dtype=dtype)) for n in (3, 4) for dtype in dtypes]
    (found,) = symptoms(f"def f(x):\n    y = x * 2 + 1\n    return {change}", PLAIN, *asked)
    assert says in found.says


@pytest.mark.parametrize(
    "change",
    [
        "y.clamp(-1, 1) * 1.01",  # the bounds, but what lies between is not let through
        "y.clamp(-1, 1) + (y > 1) * (y < 2)",
        "y.sign()",
        "(y * 8).round() / 8",
        "(y * 10).floor() / 10",
        "torch.round(y, decimals=1) + 0.3 * (y > 0)",
    ],
)
def test_what_looks_like_a_bound_or_decimals(change: str) -> None:
    asked = [ask(draw(n, 5)) for n in (3, 4)]
    said = symptoms(f"def f(x):\n    y = x * 2 + 1\n    return {change}", PLAIN, *asked)
    assert not any(
        "clamps" in s.says or "decimals." in s.says or "decimal." in s.says for s in said
    )


def test_a_spread_divided_by_another_number() -> None:
    asked = [ask(draw(6, n)) for n in (3, 5, 7)]
    pair = [f"def f(x): return x.std(-1, correction={n})" for n in (0, 1)]
    (found,) = symptoms(*pair, *asked)
    assert "times √((n − 1) / n), where n is the size of the last dimension of `x`" in found.says
    (found,) = symptoms(*reversed(pair), *asked)
    assert "times √(n / (n − 1)), where n is" in found.says


@pytest.mark.parametrize("learner", ["x", "x * 2", "x * (x > 0)"])
def test_what_draws_nothing_is_told_so(learner: str) -> None:
    (found,) = symptoms(f"def f(x): return {learner}", DRAWN, *[ask(draw(5, 8))] * 3)
    assert "give one and the same result" in found.says
    assert found.evidence == "Found by making the same call twice."


def test_a_draw_that_comes_out_alike_is_not_told_to_draw_nothing() -> None:
    solution = "def f(x): return torch.multinomial(torch.softmax(x, -1), 1)"
    learner = "def f(x): return torch.multinomial(torch.softmax(9 * x, -1), 1)"
    assert not symptoms(learner, solution, *[ask(draw(2, 8))] * 3)


MODES = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(3))
    def forward(self, x):
        if not {training}: return x.sin() - self.mean
        self.mean = 0.5 * self.mean + 0.5 * x.mean(0)
        return x.sin() - x.mean(0)
"""


@pytest.mark.parametrize(
    ("training", "says"),
    [
        ("True", "is what a right answer gives in training, whichever of"),
        ("False", "is what a right answer gives in evaluation, whichever of"),
    ],
)
def test_modes_that_are_alike(training: str, says: str) -> None:
    def test(submission: SubmissionProxy) -> None:
        net = submission.Net()
        net(draw(4, 3))
        net.eval()
        net(draw(5, 3))

    solution = MODES.format(training="self.training")
    (found,) = symptoms(MODES.format(training=training), solution, test, test)
    assert says in found.says
    mistaken = MODES.format(training=training).replace("sin", "cos")
    assert not any("whichever" in each.says for each in symptoms(mistaken, solution, test, test))


def test_what_is_random_even_in_evaluation_is_told_so() -> None:
    net = "class Net(nn.Module):\n    def forward(self, x): return x"

    def asked(mode: str) -> Test:
        def test(submission: SubmissionProxy) -> None:
            net = submission.Net()
            net.eval()
            getattr(net, mode)()
            net(draw(3, 4))

        return test

    for mode, even in (("eval", ", even after `eval()`:"), ("train", "different results:")):
        (found,) = symptoms(f"{net} + torch.rand(())", net, asked(mode))
        assert found.says.startswith("Two equal calls") and even in found.says


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (
            "x.sum(-1).float()",
            "In some calls, the numbers in value 2 of your result are right, but as float32,"
            " whatever dtype they should have.",
        ),
        ("x[-1].sum(-1)", "Of value 2 of your result, you return only the last entry of"),
        ("x.sum(-1, keepdim=True)", "The numbers are right, but value 2 of your result has a"),
    ],
)
def test_one_value_of_the_wrong_form_is_spoken_of_in_a_sentence(second: str, says: str) -> None:
    pair = "def f(x): return x.sum(0), {}"
    asked = [ask(draw(3, 4, dtype=dtype)) for dtype in (torch.float64, torch.float16)]
    right = [ask(draw(5, 4)), ask(draw(5, 6))] if "float" in second else []
    said = symptoms(pair.format(second), pair.format("x.sum(-1)"), *asked, *right)
    assert any(each.says.startswith(says) for each in said), said
