"""A suite's view of a submission: calls over a real sandbox, and what a wrong answer is told."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from grader.examiner.failure import Failure
from grader.examiner.submission_proxy import RemoteObject, SubmissionProxy
from grader.worker.protocol import RecordValue

Play = Callable[..., SubmissionProxy]
ONES = torch.ones(2)

LAYER = """
import torch
from torch import nn

class Layer(nn.Module):
    def __init__(self, d_in, d_out, p=0.0):
        super().__init__()
        self.inner = nn.Linear(d_in, d_out)
        self.register_buffer("scale", torch.full((d_out,), 2.0))
        self.dropout = nn.Dropout(p)

    def forward(self, x, add=None):
        y = self.dropout(self.inner(x) * self.scale)
        return y if add is None else y + add

    def generate(self, x, *, steps=1):
        for _ in range(steps):
            x = torch.cat([x, x[:, -1:] + 1], dim=1)
        return x
"""


def failure(action: Callable[..., object], *args: object, **kwargs: object) -> Failure:
    with pytest.raises(Failure) as caught:
        action(*args, **kwargs)
    return caught.value


def test_functions_take_positional_and_named_arguments(play: Play) -> None:
    submission = play(
        "def f(x, by=2, *, plus=0, **rest): return x * by + plus + sum(rest.values())"
    )
    assert submission.f(torch.ones(2)).tolist() == [2, 2]
    assert submission.f(torch.ones(2), 3).tolist() == [3, 3]
    assert submission.f(by=5, x=torch.ones(2), plus=1, more=10).tolist() == [16, 16]


def test_arguments_may_be_nested(play: Play) -> None:
    source = "def f(pairs, table): return [a * b for a, b in pairs], table['w'][0] * table[3]"
    products, entry = play(source).f([(torch.ones(2), 3), (2, 4)], {"w": (5,), 3: 0.5})
    assert (products[0].tolist(), products[1], entry) == ([3, 3], 8, 2.5)


def test_results_are_plain_values(play: Play) -> None:
    source = """
import torch
from typing import NamedTuple
class Costs(NamedTuple):
    steps: int
    name: str
weight = torch.nn.Parameter(torch.ones(2))
def f(x): return {"mean": x.mean(), 1: weight}, Costs(3, "gru"), None, torch.float64, [True, 0.5]
"""
    table, costs, nothing, dtype, rest = play(source).f(torch.ones(2, requires_grad=True))
    assert isinstance(table, dict)
    assert [type(item) for item in table.values()] == [Tensor, Tensor]
    assert not table["mean"].requires_grad
    assert isinstance(costs, RecordValue)
    assert (costs.steps, costs.name) == (3, "gru")
    assert (nothing, dtype, rest) == (None, torch.float64, [True, 0.5])


def test_a_list_comes_as_the_tuple_that_the_solution_gives(play: Play) -> None:
    submission = play("def f(x): return [x, x]", solution="def f(x): return x, x")
    assert isinstance(submission.f(torch.ones(2)), tuple)


def test_a_module_is_built_loaded_called_and_read(play: Play) -> None:
    layer = play(LAYER).Layer(3, 2)
    assert isinstance(layer, RemoteObject)
    weights = {
        "inner.weight": torch.arange(6.0).view(2, 3),
        "inner.bias": torch.tensor([1.0, -1.0]),
        "scale": torch.tensor([3.0, 4.0]),
    }
    layer.load_state_dict(weights)
    state = layer.state_dict()
    assert set(state) == set(weights)
    assert all(torch.equal(state[name], weights[name]) for name in weights)
    assert list(layer.parameters()) == ["inner.weight", "inner.bias"]
    assert torch.equal(layer.buffers()["scale"], weights["scale"])
    x = torch.randn(5, 3)
    expected = F.linear(x, weights["inner.weight"], weights["inner.bias"]) * weights["scale"]
    assert torch.allclose(layer(x), expected)
    assert torch.allclose(layer(x, add=expected), 2 * expected)
    assert layer.generate(torch.zeros(1, 1), steps=3).tolist() == [[0, 1, 2, 3]]


def test_train_eval_and_to_give_the_module_back(play: Play) -> None:
    layer = play(LAYER).Layer(3, 2, p=0.5)
    x = torch.ones(64, 3)
    still = layer.eval()(x)
    assert torch.equal(still, layer(x))
    assert not torch.equal(layer.train()(x), still)
    assert layer.eval().to(torch.float64)(x.double()).dtype is torch.float64


def test_dropout_depends_on_the_seed_of_the_test(play: Play) -> None:
    def draw(seed: int) -> Tensor:
        return play(LAYER, seed=seed).Layer(3, 2, p=0.5).train()(torch.ones(64, 3))

    assert torch.equal(draw(1), draw(1))
    assert not torch.equal(draw(1), draw(2))


def test_both_sides_draw_the_same_numbers(play: Play) -> None:
    source = "import torch\ndef f(n): return torch.randperm(n), torch.randn(n), torch.rand(n)"
    submission = play(source, seed=7)
    torch.manual_seed(7)
    expected = (torch.randperm(9), torch.randn(9), torch.rand(9))
    assert all(map(torch.equal, submission.f(9), expected))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("self.inner", "self.linear", "`inner.weight`, `inner.bias` are missing; `linear.w"),
        (
            "Linear(d_in, d_out)",
            "Linear(d_in, d_out, bias=False)",
            "parameters: `inner.bias` is missing.",
        ),
        (
            "Linear(d_in, d_out)",
            "Linear(d_in, d_out + 1)",
            "`inner.weight` should have shape (2, 3); yours has (3, 3).",
        ),
    ],
)
def test_weights_must_have_the_stubs_names_and_shapes(
    play: Play, old: str, new: str, says: str
) -> None:
    layer = play(LAYER.replace(old, new), LAYER).Layer(3, 2)
    weights = {"inner.weight": torch.ones(2, 3), "inner.bias": torch.ones(2)}
    for action in (layer.parameters, lambda: layer.load_state_dict(weights)):
        assert says in failure(action).message


def test_buffers_of_ones_own_are_welcome_and_missing_ones_are_not(play: Play) -> None:
    line = 'self.register_buffer("scale", torch.full((d_out,), 2.0))'
    more = LAYER.replace(line, f'{line}\n        self.register_buffer("cache", torch.ones(9))')
    layer = play(more, LAYER).Layer(3, 2)
    layer.load_state_dict({"inner.weight": torch.ones(2, 3), "inner.bias": torch.ones(2)})
    assert set(layer.state_dict()) == {"inner.weight", "inner.bias", "scale"}
    assert list(layer.buffers()) == ["scale"]
    layer = play(LAYER.replace(line, "self.scale = 2.0"), LAYER).Layer(3, 2)
    found = failure(layer.state_dict)
    assert "`scale` is missing." in found.message


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 99))
def test_gradients_are_those_of_autograd(play: Play, rows: int, columns: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(rows, 3, generator=generator)
    cotangent = torch.randn(rows, columns, generator=generator)
    layer = play(LAYER).Layer(3, columns)
    found = layer.gradients(x, cotangent=cotangent)
    own = nn.Linear(3, columns)
    own.load_state_dict(
        {
            name.removeprefix("inner."): value
            for name, value in layer.parameters().items()
            if name.startswith("inner")
        }
    )
    leaf = x.clone().requires_grad_()
    expected = torch.autograd.grad(own(leaf) * 2.0, [leaf, *own.parameters()], cotangent)
    names = ["inner.weight", "inner.bias"]
    assert torch.allclose(found.inputs[0], expected[0], atol=1e-6)
    assert list(found.parameters) == names
    assert all(
        torch.allclose(found.parameters[name], value, atol=1e-6)
        for name, value in zip(names, expected[1:], strict=True)
    )


def test_gradients_of_functions(play: Play) -> None:
    source = "def f(x, n, y, unused): return x ** 2 * n + y, y * 3"
    x, y = torch.tensor([2.0, 3.0]), torch.tensor([1.0, 1.0])
    ones, twos = torch.ones(2), torch.full((2,), 2.0)
    function = play(source).f
    both = function.gradients(x, 5, y, torch.ones(3), cotangent=(ones, twos))
    assert both.inputs[1] is None
    assert [gradient.tolist() for gradient in both.inputs[::2]] == [[20, 30], [7, 7]]
    assert both.inputs[3].tolist() == [0, 0, 0]
    assert both.parameters == {}
    first = function.gradients(x, 5, y, x, cotangent=(ones, None))
    assert [gradient.tolist() for gradient in first.inputs[::2]] == [[20, 30], [1, 1]]
    second = function.gradients(x, 5, y, x, cotangent=(None, twos))
    assert [gradient.tolist() for gradient in second.inputs[::2]] == [[0, 0], [6, 6]]


RECORDS = """
import dataclasses, typing, torch

class Named(typing.NamedTuple):
    index: torch.Tensor
    double: torch.Tensor
    square: torch.Tensor

@dataclasses.dataclass
class Data:
    index: torch.Tensor
    double: torch.Tensor
    square: torch.Tensor

def f(x): return RECORD(x.argmax(), 2 * x, x * x)
"""


@pytest.mark.parametrize("record", ["Named", "Data"])
def test_gradients_of_a_record_are_those_of_its_fields(play: Play, record: str) -> None:
    function = play(RECORDS.replace("RECORD", record), RECORDS.replace("RECORD", "Named")).f
    x, ones = torch.tensor([1.0, 4.0]), torch.ones(2)
    assert function.gradients(x, cotangent=(None, ones, ones)).inputs[0].tolist() == [4, 10]
    assert function.gradients(x, cotangent=(None, None, ones)).inputs[0].tolist() == [2, 8]


def test_no_cotangent_stands_for_ones(play: Play) -> None:
    (gradient,) = play("def f(x): return (x * x)").f.gradients(torch.tensor([1.0, 4.0])).inputs
    assert gradient.tolist() == [2, 8]


def test_integers_have_no_gradient(play: Play) -> None:
    found = play("def f(i, x): return x[i]").f.gradients(torch.tensor([0, 0]), torch.ones(3))
    assert found.inputs[0] is None
    assert found.inputs[1].tolist() == [2, 0, 0]


def test_an_output_without_a_way_back_is_told_so(play: Play) -> None:
    found = failure(
        play("def f(x): return x.detach() * 2", "def f(x): return x * 2").f.gradients, torch.ones(2)
    )
    assert found.message.startswith("The result of `f` carries no gradient.")
    assert found.call == "f(tensor([1, 1]))  and its gradients"


def test_gradients_of_a_result_of_the_wrong_shape(play: Play) -> None:
    """Also where the two shapes could be broadcast together."""
    for learner in ("x.sum(-1)", "x.sum(-1)[:, None]", "x.sum((-2, -1))"):
        function = play(f"def f(x): return {learner}", "def f(x): return x.sum(0)").f
        found = failure(function.gradients, torch.ones(2, 3), cotangent=torch.ones(3))
        assert "should have shape (3,); yours has (" in found.message, found.message


def test_a_module_whose_parameters_differ_is_told_so_by_its_gradients(play: Play) -> None:
    layer = play(LAYER.replace("self.inner", "self.linear"), LAYER).Layer(3, 2)
    assert "The module's parameters: `inner.weight`, `inner.bias` are missing" in (
        failure(layer.gradients, torch.ones(1, 3)).message
    )


NOTHING = "The result of `f` should be a tensor of shape (2,); yours is None. Is a `return` mis"


def test_nothing_is_asked_for_beside_a_result_of_the_wrong_form(play: Play) -> None:
    """Code that does nothing leaves its arguments alone, and a tuple has gradients as well."""
    right = "def f(x): return x * 2"
    nothing = play("def f(x): pass", right).f
    pair = play("def f(x): return x * 2, x", right).f
    double = play("def f(x): return (x * 2).double()", right).f
    x = torch.ones(2)
    for action in (nothing.inputs_after, nothing.gradients):
        assert NOTHING in failure(action, x).message
    for action in (pair.inputs_after, lambda x: pair.gradients(x, cotangent=x)):
        assert (
            "should be a tensor of shape (2,); yours is a tuple of 2" in failure(action, x).message
        )
    for action in (double.inputs_after, double.gradients):
        assert "dtype torch.float32; yours has torch.float64" in failure(action, x).message


def test_arguments_left_alone_count_beside_a_right_result_only(play: Play) -> None:
    found = failure(play("def f(x): return 0 * x", "def f(x): return x * 2").f.inputs_after, ONES)
    assert found.message.startswith("The arguments are left alone. That counts once the result is")
    assert (found.got, found.expected) == ("tensor([0, 0])", "tensor([2, 2])")


def test_numbers_drawn_otherwise_do_not_hide_that_arguments_are_left_alone(play: Play) -> None:
    ours = "import torch\ndef f(x): return x + torch.rand(2)"
    for theirs, after in (("x - torch.rand(2)", [1, 1]), ("x.mul_(torch.zeros(2))", [0, 0])):
        submission = play(f"import torch\ndef f(x): return {theirs}", ours)
        assert submission.f.inputs_after(torch.ones(2))[0].tolist() == after


def test_arguments_that_were_changed_are_shown_beside_a_wrong_result_too(play: Play) -> None:
    submission = play("def f(x): return x.zero_()", "def f(x): return x * 2")
    assert submission.f.inputs_after(ONES)[0].tolist() == [0, 0]


def test_an_argument_that_requires_gradients_afterwards_is_changed(play: Play) -> None:
    source = "def f(n, xs): return xs[0] + 0 * xs[0].requires_grad_()"
    found = failure(play(source, "def f(n, xs): return xs[0]").f.inputs_after, 3, [ONES])
    assert "`f` switches `requires_grad` on in argument 2" in found.message


def test_an_argument_that_something_learned_is_added_to_is_overwritten(play: Play) -> None:
    """Autograd then marks it, which nobody has asked for."""
    source = "import torch\nw = torch.ones(2, requires_grad=True)\ndef f(x): {}; return x * 1"
    submission = play(source.format("x += w"), source.format("x = x + w"))
    (after,) = submission.f.inputs_after(torch.ones(2))
    assert after.tolist() == [2, 2]


def test_tensors_keep_their_order_in_memory(play: Play) -> None:
    submission = play("def f(x): return x.view(-1)", "def f(x): return x.reshape(-1)")
    x = torch.arange(6.0).view(2, 3)
    assert submission.f(x).tolist() == [0, 1, 2, 3, 4, 5]
    for action in (submission.f, submission.f.inputs_after, submission.f.gradients):
        assert "view size is not compatible" in failure(action, x.T).message


def test_a_numpy_integer_is_no_int(play: Play) -> None:
    source = "import numpy\ndef f(n): return numpy.int64(n) ** 2"
    found = failure(play(source, "def f(n): return n ** 2").f, 3)
    assert "should be a whole number (int); yours is an object of type int64." in found.message


def test_inputs_after_shows_what_was_changed_in_place(play: Play) -> None:
    x = torch.ones(2)
    submission = play("def f(x, y):\n    x += 1\n    return y")
    after = submission.f.inputs_after(x, torch.zeros(1))
    assert [item.tolist() for item in after] == [[2, 2], [0]]
    assert x.tolist() == [1, 1]


def test_no_call_changes_what_the_suite_holds(play: Play) -> None:
    x, weights = torch.ones(2), {"w": [torch.ones(2)]}
    submission = play("def f(x, w):\n    x += 1\n    w['w'][0] += 1\n    return x")
    submission.f(x, weights)
    assert x.tolist() == weights["w"][0].tolist() == [1, 1]


RAISES = """
class Mine(ValueError): pass
class Thing:
    def __init__(self, value): self.value = value
def f(x):
    if x == "returns": return 3
    if x == "own": raise Mine("mine")
    if x == "unwritten": raise NotImplementedError
    if isinstance(x, Thing): raise ValueError(x.value)
    raise {"value": ValueError, "key": KeyError, "codec": UnicodeError}[x]("because")
"""


def test_raises_passes_for_the_error_and_its_subclasses(play: Play) -> None:
    submission = play(RAISES)
    for argument in ("value", "own", "codec", submission.Thing("a handle")):
        submission.f.raises(ValueError, argument)
    submission.f.raises(ValueError, x="value")
    submission.f.raises(LookupError, "key")


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        (("key",), "This call should raise a ValueError; yours raised KeyError."),
        (("returns",), "This call should raise a ValueError; yours returned the number 3."),
        (("unwritten",), "`f` is not written yet: it still raises NotImplementedError."),
        (("value", 2), "`f` cannot be called this way: it takes (x) (too many"),
    ],
)
def test_raises_fails_for_anything_else(
    play: Play, argument: tuple[object, ...], says: str
) -> None:
    found = failure(play(RAISES).f.raises, ValueError, *argument)
    assert found.message.startswith(says)
    assert found.call.startswith("f('")


def test_raises_shows_the_lines_of_another_error(play: Play) -> None:
    found = failure(play(RAISES).f.raises, ValueError, "key")
    assert [frame[:3] for frame in found.frames] == [("answer.py", 10, "f")]
    assert found.got == "KeyError: 'because'"
    assert found.expected == "a ValueError"


def test_helpers_are_shipped_and_their_functions_passed(play: Play) -> None:
    source = """
def twice(step, x): return step(step(x))
def each(steps, x): return [step(x) for step in steps]
def chosen(table, name, x): return table[name][0](x)
def call(obj, x): return obj(x)
"""
    submission = play(source)
    helper = submission.helper(
        "import torch\ncalls = []\n"
        "def double(x):\n    calls.append(x)\n    return 2 * x\n"
        "def add(x): return x + 1\n"
        "def made(by): return torch.nn.Threshold(by, 0.0)\n"
        "def count(): return len(calls)"
    )
    x = torch.ones(2)
    assert submission.twice(helper.double, x).tolist() == [4, 4]
    assert helper.count() == 2
    assert [y.tolist() for y in submission.each([helper.double, helper.add], x)] == [[2, 2], [2, 2]]
    assert submission.each((helper.add,), x)[0].tolist() == [2, 2]
    assert submission.chosen({"a": (helper.add,)}, "a", x).tolist() == [2, 2]
    sublayer = helper.made(3.0)
    assert submission.call(sublayer, torch.tensor([2.0, 4.0])).tolist() == [0, 4]
    assert submission.call(step := submission.helper("def f(x): return -x").f, x).tolist() == [
        -1,
        -1,
    ]
    assert step(x).tolist() == [-1, -1]


def test_objects_may_come_inside_tuples_and_go_back(play: Play) -> None:
    source = (
        LAYER
        + "def pair(n): return Layer(n, n), (Layer(n, 1), n)\n"
        + "def run(layers, x): return [layer(x) for layer in layers]"
    )
    submission = play(source)
    first, (second, n) = submission.pair(3)
    assert n == 3
    outputs = submission.run([first, second], torch.ones(2, 3))
    assert [tuple(output.shape) for output in outputs] == [(2, 3), (2, 1)]
    assert torch.equal(outputs[1], second(torch.ones(2, 3)))


def test_closures_are_held_by_handle(play: Play) -> None:
    submission = play("def make(k):\n    def inner(x): return x * k\n    return inner")
    assert submission.make(3)(torch.ones(1)).tolist() == [3]


def test_an_entry_point_cannot_be_passed_as_an_argument(play: Play) -> None:
    submission = play("def f(x): return x")
    with pytest.raises(TypeError, match="functions of a helper"):
        submission.f(submission.f)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("def f(x): x * 2", "The result of `f` should be a tensor of shape (2,); yours is None."),
        ("def f(x): return (x * 2).double()", "dtype torch.float32; yours has torch.float64."),
        ("def f(x): return (x * 2).tolist()", "a tensor of shape (2,); yours is a list of 2 val"),
        ("def f(x): return (x * 2).numpy()", "yours is an object of type ndarray."),
        ("def f(x): return (x * 2).to_sparse()", "yours is an object of type Tensor ("),
        ("def f(x): raise NotImplementedError", "`f` is not written yet"),
        ("def f(x): return x.long().bernoulli()", "NotImplementedError: \"bernoulli"),
        ("def f(x, y): return x", "`f` cannot be called this way: it takes (x, y) (missing a req"),
        ("def f(x): return x / undefined", "NameError: name 'undefined' is not defined"),
        ("def f(x): return f(x)", "Your code calls itself without end (RecursionError)."),
        ("import sys\ndef f(x): sys.exit()", "Your code called `sys.exit`"),
        ("def f(x): raise SystemExit(0)", "Your code called `sys.exit`"),
        ("import os\ndef f(x): os._exit(0)", "Your code ended the Python process"),
        ("def f(x): return x.expand(9**8, 2)", "`f` returned a tensor of shape (43046721, 2)"),
        ("def f(x): return 10 ** 5000", "ValueError: Exceeds the limit"),
        ("def f(x): return 'x' * 5_000_000", "`f` returned a structure of 5 MB"),
    ],
)  # fmt: skip
def test_a_wrong_result_is_told_in_a_sentence(play: Play, source: str, says: str) -> None:
    found = failure(play(source, "def f(x): return x * 2").f, torch.ones(2))
    assert says in found.message
    assert found.call == "f(tensor([1, 1]))"


def test_an_exception_shows_the_learners_lines_only(play: Play) -> None:
    source = "def inner(x):\n    return x @ x.T @ x\n\ndef f(x):\n    return inner(x)\n"
    found = failure(play(source, "def f(x): return x").f, torch.ones(2, 3, 4))
    assert [frame[0:4] for frame in found.frames] == [
        ("answer.py", 5, "f", "return inner(x)"),
        ("answer.py", 2, "inner", "return x @ x.T @ x"),
    ]


def test_a_call_is_spelt_as_the_learner_would_write_it(play: Play) -> None:
    submission = play(LAYER)
    layer = submission.Layer(3, 2, p=0.5)
    calls = submission._calls
    assert calls.last_call == "Layer(3, 2, p=0.5)"
    layer(torch.ones(7, 3), add=torch.tensor([0.5, 1.0]))
    assert calls.last_call == "Layer(…)(float32[7, 3], add=tensor([0.5, 1]))"
    layer.generate(torch.zeros(1, 1), steps=2)
    assert calls.last_call == "Layer(…).generate(tensor([[0]]), steps=2)"


def test_private_names_are_not_the_learners(play: Play) -> None:
    submission = play(LAYER)
    for holder in (submission, submission.Layer(1, 1)):
        with pytest.raises(AttributeError):
            holder._private  # noqa: B018
        assert not hasattr(holder, "__array__")
