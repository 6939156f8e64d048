"""ReLU, GELU in both forms and SiLU: values, large and tiny numbers, NaN, dtypes, gradients."""

import pytest
import torch

import reference

EXACT = {
    "relu": reference.relu,
    "gelu": reference.gelu,
    "gelu-tanh": lambda x: reference.gelu(x, "tanh"),
    "silu": reference.silu,
}
EACH = pytest.mark.parametrize("kind", list(EXACT))


def chosen(submission, kind):
    """The learner's function, and the arguments that follow x."""
    name, _, form = kind.partition("-")
    return getattr(submission, name), ((form,) if form else ())


def expected_values(kind, x):
    return EXACT[kind](x.double()).to(x.dtype)


def compare(submission, expect, kind, x, because=""):
    function, form = chosen(submission, kind)
    expect(function(x, *form)).matches(expected_values(kind, x), because=because)


@pytest.mark.points(2)
@EACH
def test_values(submission, rng, expect, kind):
    """The function of each number, negative and positive."""
    for shape in ((4, 5), (2, 1, 3, 4)):
        compare(submission, expect, kind, rng.normal(*shape, scale=2.0))


@EACH
def test_large_numbers(submission, rng, expect, kind):
    """Up to ±1000, a large number is kept, and what is far below 0 gives 0."""
    edge = torch.tensor([1000.0, -1000.0, 300.0, -300.0, 90.0, -90.0, 11.0, -11.0])
    for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16):
        drawn = rng.uniform(6, low=-1000.0, high=1000.0, dtype=dtype)
        x = torch.cat([edge.to(drawn), drawn])
        compare(submission, expect, kind, x, f"The numbers are large, in {dtype}.")


@EACH
def test_small_numbers(submission, rng, expect, kind):
    """Near 0, and at 0 itself with either sign, the function is smooth or 0."""
    x = rng.normal(8, scale=1e-3, dtype=torch.float64)
    zeros = torch.tensor([0.0, -0.0]).to(x)
    compare(submission, expect, kind, torch.cat([x, 30 * x, zeros, 1e-6 * x]))


@EACH
def test_nan_stays_nan(submission, rng, expect, kind):
    """Where x is NaN the result is NaN, and nowhere else."""
    x = rng.normal(3, 5, scale=2.0)
    x[1, 2] = x[2, 0] = torch.nan
    function, form = chosen(submission, kind)
    result = function(x, *form)
    numbers = ~x.isnan()
    expect(result[numbers]).matches(expected_values(kind, x)[numbers])
    because = "Your result is NaN in other places than x is."
    expect(result.isnan()).equals(x.isnan(), because=because)


@EACH
def test_any_shape(submission, rng, expect, kind):
    """A single number, a long row, a transposed tensor and an empty one are all served."""
    single = rng.normal(1, scale=2.0)[0]
    turned = rng.normal(3, 2, 5, scale=2.0).transpose(0, 2)
    for x in (rng.normal(7, scale=2.0), single, turned, rng.normal(1, 1, 6), rng.normal(0, 3)):
        compare(submission, expect, kind, x, f"x has the shape {tuple(x.shape)}.")


@EACH
@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16], ids=str)
def test_other_dtypes(submission, rng, expect, kind, dtype):
    """The values are right in other dtypes, and of that dtype."""
    compare(submission, expect, kind, rng.normal(4, 6, scale=0.7, dtype=dtype))


@pytest.mark.points(2)
def test_both_forms_of_gelu(submission, rng, expect):
    """The exact form and the approximation are near each other, and each is what it should be."""
    x = torch.cat([rng.uniform(5, low=1.6, high=2.8), rng.uniform(5, low=-2.8, high=-1.6)])
    for form in ("none", "tanh"):
        right = reference.gelu(x.double(), form).float()
        expect(submission.gelu(approximate=form, x=x)).matches(right)
        expect(submission.gelu(x, form)).matches(right)
    exact = reference.gelu(x.double()).float()
    expect(submission.gelu(x=x)).matches(exact, because="Nothing is said about the form.")


def test_another_form_of_gelu(submission, rng, expect):
    """A form that is neither "none" nor "tanh" is a ValueError."""
    x = rng.normal(5)
    for form in ("none", "tanh"):
        expect(submission.gelu(x, form)).matches(reference.gelu(x, form))
    for form in ("quick", "Tanh", ""):
        submission.gelu.raises(ValueError, x, form)


@pytest.mark.points(2)
@EACH
def test_gradients(submission, rng, expect, kind):
    """The slope is right for every number, small or large."""
    function, form = chosen(submission, kind)
    for dtype in (torch.float32, torch.float64):
        x = rng.normal(12, scale=2.0, dtype=dtype)
        x = torch.cat([x, torch.tensor([1000.0, -1000.0, 100.0, -100.0, 20.0, -20.0]).to(x)])
        d_output = rng.normal(18, dtype=dtype)
        leaf = x.double().requires_grad_()
        (right,) = reference.vjp(EXACT[kind](leaf), leaf, d_output.double())
        found = function.gradients(x, *form, cotangent=d_output).inputs[0]
        expect(found).matches(right.to(dtype), because=f"This is the gradient of x, in {dtype}.")


@EACH
def test_arguments_are_left_alone(submission, rng, expect, kind):
    """x holds after the call what it held before."""
    function, form = chosen(submission, kind)
    x = rng.normal(3, 4, scale=2.0)
    expect(function.inputs_after(x, *form)[0]).equals(x, because="Your call changes x.")
