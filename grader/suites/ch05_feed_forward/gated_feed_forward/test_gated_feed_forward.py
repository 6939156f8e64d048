"""The gated network: what is gated by what, the activation, shapes, dtypes, gradients."""

import pytest
import torch
import torch.nn.functional as F

import reference

FUNCTIONS = """
import torch

def bent(x):  # not 0 at 0, and another slope on either side
    return torch.where(x > 0, 0.5 * x * x, 0.4 - 0.3 * x)

def plain(x):
    return x

def relu(x):
    return x.clamp(min=0)

def sigmoid(x):
    return torch.sigmoid(x)
"""
HERE = {}
exec(FUNCTIONS, HERE)


def drawn(rng, leading, D, inner, dtype=torch.float32):
    """x, W_gate, W_up and W_down."""
    return (
        rng.normal(*leading, D, dtype=dtype),
        rng.normal(inner, D, scale=D**-0.5, dtype=dtype),
        rng.normal(inner, D, scale=D**-0.5, dtype=dtype),
        rng.normal(D, inner, scale=inner**-0.5, dtype=dtype),
    )


def expected_output(given, activation=F.silu):
    exact = reference.gated_feed_forward(*(t.double() for t in given), activation)
    return exact.to(given[0].dtype)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("leading", "D", "inner"),
    [
        pytest.param((2, 5), 4, 7, id="wider inside"),
        pytest.param((3, 4), 8, 5, id="narrower inside"),
        pytest.param((4, 4), 4, 4, id="all sizes equal"),
        pytest.param((2, 3), 1, 6, id="one feature"),
        pytest.param((2, 3), 5, 1, id="one hidden value"),
        pytest.param((1, 1), 3, 9, id="a single token"),
    ],
)
def test_swiglu(submission, rng, expect, leading, D, inner):
    """Without an activation given it is silu, and it acts on the gate alone."""
    given = drawn(rng, leading, D, inner)
    expect(submission.gated_feed_forward(*given)).matches(expected_output(given))


@pytest.mark.points(2)
@pytest.mark.parametrize("name", ["bent", "plain", "relu", "sigmoid"])
def test_activation_that_is_given(submission, rng, expect, name):
    """The gate goes through the activation that is given, whatever it is."""
    functions = submission.helper(FUNCTIONS)
    for leading, D, inner in (((2, 5), 4, 7), ((3,), 5, 5)):
        given = drawn(rng, leading, D, inner)
        output = submission.gated_feed_forward(*given, getattr(functions, name))
        expect(output).matches(expected_output(given, HERE[name]))


@pytest.mark.parametrize(
    "leading",
    [
        pytest.param((), id="one vector"),
        pytest.param((5,), id="one sequence"),
        pytest.param((2, 1, 3), id="three leading dimensions"),
        pytest.param((2, 1, 3, 4), id="four leading dimensions"),
    ],
)
def test_any_leading_dimensions(submission, rng, expect, leading):
    """Whatever stands before the last axis is kept."""
    given = drawn(rng, leading, 6, 9)
    expect(submission.gated_feed_forward(*given)).matches(expected_output(given))


def test_a_closed_gate(submission, rng, expect):
    """Where a gate is 0 its hidden value passes nothing on, however large it is."""
    x, w_gate, w_up, w_down = drawn(rng, (3, 4), 5, 6)
    w_gate[1:4], w_up[2] = 0.0, 1e4 * w_up[2]
    given = x, w_gate, w_up, w_down
    expect(submission.gated_feed_forward(*given)).matches(expected_output(given))


def test_tensors_that_are_not_contiguous(submission, rng, expect):
    """Transposed tensors count like any others; the arguments may be given by name."""
    functions = submission.helper(FUNCTIONS)
    x, w_gate = rng.normal(5, 2, 6).transpose(0, 1), rng.normal(6, 8).T
    w_up, w_down = rng.normal(6, 8).T, rng.normal(8, 6).T
    output = submission.gated_feed_forward(
        activation=functions.bent, w_down=w_down, w_up=w_up, w_gate=w_gate, x=x
    )
    expect(output).matches(expected_output((x, w_gate, w_up, w_down), HERE["bent"]))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16], ids=str)
def test_other_dtypes(submission, rng, expect, dtype):
    """The output is right in other dtypes, and of that dtype."""
    functions = submission.helper(FUNCTIONS)
    *given, w_down = drawn(rng, (3, 4), 5, 8, dtype)
    given = (*given, w_down / 16)  # small outputs, so that sums in any order stay close
    expect(submission.gated_feed_forward(*given)).matches(expected_output(given))
    output = submission.gated_feed_forward(*given, functions.bent)
    expect(output).matches(expected_output(given, HERE["bent"]))


@pytest.mark.points(2)
@pytest.mark.parametrize("name", ["silu", "bent", "sigmoid"])
def test_gradients(submission, rng, expect, name):
    """Gradients reach x and all three weights, and are right."""
    given, d_output = drawn(rng, (3, 4), 5, 7), rng.normal(3, 4, 5)
    leaves = [t.double().requires_grad_() for t in given]
    output = reference.gated_feed_forward(*leaves, HERE.get(name, F.silu))
    expected = reference.vjp(output, leaves, d_output.double())
    functions = submission.helper(FUNCTIONS)
    chosen = {"activation": getattr(functions, name)} if name in HERE else {}
    asked = submission.gated_feed_forward.gradients(*given, **chosen, cotangent=d_output)
    names = ("x", "w_gate", "w_up", "w_down")
    for argument, gradient, right in zip(names, asked.inputs, expected, strict=True):
        expect(gradient).matches(right.float(), because=f"This is the gradient of {argument}.")


def test_arguments_are_left_alone(submission, rng, expect):
    """x and the weights hold after the call what they held before."""
    given = drawn(rng, (2, 5), 4, 6)
    after = submission.gated_feed_forward.inputs_after(*given)
    for name, got, before in zip(("x", "w_gate", "w_up", "w_down"), after, given, strict=True):
        expect(got).equals(before, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_weights_of_any_size(submission, rng, expect, size):
    """The output is as much larger or smaller as w_up or w_down is."""
    x, w_gate, w_up, w_down = given = drawn(rng, (3, 4), 5, 6)
    for name, scaled in (("w_up", (size * w_up, w_down)), ("w_down", (w_up, size * w_down))):
        output = submission.gated_feed_forward(x, w_gate, *scaled)
        because = f"This is the output divided by the size of {name}."
        expect(output / size).matches(expected_output(given), because=because)
