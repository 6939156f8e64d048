"""Layer norm: whose mean, which variance, where eps stands, and what half precision needs."""

import pytest
import torch

import reference

NAMES = ("x", "weight", "bias")


def make(submission, rng, D, eps=1e-5, dtype=torch.float32, size=1.0):
    """The learner's layer with a weight and a bias, both far from where they start."""
    layer = submission.LayerNorm(D, eps)
    if dtype is not torch.float32:
        layer.to(dtype)
    weight, bias = (rng.normal(D, scale=size, dtype=dtype) for _ in range(2))
    layer.load_state_dict({"weight": weight, "bias": bias})
    return layer, weight, bias


def exactly(x, weight, bias, eps=1e-5):
    """The result in float64, rounded to the dtype of x once."""
    return reference.layer_norm(x.double(), weight.double(), bias.double(), eps).to(x.dtype)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param((2, 5, 6), id="a batch of sequences"),
        pytest.param((4, 4, 4), id="all sizes equal"),
        pytest.param((3, 7), id="no batch"),
        pytest.param((5,), id="one row"),
        pytest.param((2, 3, 4, 5), id="heads"),
        pytest.param((2, 1, 2, 1, 3, 4), id="five leading dimensions"),
        pytest.param((1, 1, 2), id="two features of one token"),
        pytest.param((3, 2, 1), id="one feature"),
    ],
)
def test_rows_are_normalised(submission, rng, expect, shape):
    """Each row of features gets its own mean and variance, then weight and bias."""
    layer, weight, bias = make(submission, rng, shape[-1])
    x = rng.uniform(*shape, low=-1.5, high=1.5) + 3.0 * rng.normal(*shape[:-1], 1)
    x[..., 0] += 4.0  # no row is nearly without spread, where right answers part
    expect(layer(x)).matches(reference.layer_norm(x, weight, bias))


@pytest.mark.points(2)
def test_parameters_at_the_start(submission, rng, expect):
    """A new layer has weight 1 and bias 0, one of each for every feature."""
    layer = submission.LayerNorm(6)
    x = rng.normal(3, 6)
    start = {name: torch.full_like(x[0], value) for name, value in (("weight", 1), ("bias", 0))}
    expect(layer(x)).matches(reference.layer_norm(x, **start))
    for name, value in start.items():
        expect(layer.parameters()[name]).equals(value, because=f"This is `{name}`.")


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("eps", "scale"),
    [
        pytest.param(0.5, 1.0, id="a large eps"),
        pytest.param(1e-12, 1e-6, id="a small eps and small rows"),
        pytest.param(1e-5, 3e-3, id="rows as small as eps"),
        pytest.param(1e-5, 1e8, id="large rows"),
    ],
)
def test_eps_stands_under_the_root(submission, rng, expect, eps, scale):
    """eps is added to the variance, before the root is taken."""
    layer, weight, bias = make(submission, rng, 6, eps)
    x = rng.normal(4, 6, scale=scale)
    x[0] /= 8  # a row whose spread is smaller than a large eps
    expect(layer(x)).matches(exactly(x, weight, bias, eps))


def test_eps_of_its_own(submission, rng, expect):
    """Without an eps it is 1e-5; given by name it counts as well."""
    x = rng.normal(4, 6, scale=3e-3)
    one, zero = torch.ones_like(x[0]), torch.zeros_like(x[0])
    expect(submission.LayerNorm(6)(x)).matches(exactly(x, one, zero))
    layer = submission.LayerNorm(eps=1e-3, d_model=6)
    expect(layer(x=x)).matches(exactly(x, one, zero, 1e-3))


def test_a_row_of_equal_numbers(submission, rng, expect):
    """A row of equal numbers gives the bias, and the row beside it is as always."""
    layer, weight, bias = make(submission, rng, 8)
    x = rng.normal(5, 8)
    x[0], x[2], x[3] = 3.0, -0.25, 0.0
    output = layer(x)
    expect(output[0]).matches(bias)
    expect(output).matches(exactly(x, weight, bias))


def test_rows_far_from_zero(submission, rng, expect):
    """Numbers near 1000 that differ by about 1 are normalised as well as those near 0."""
    layer, weight, bias = make(submission, rng, 8)
    x = rng.normal(12, 8) + 1000.0
    expect(layer(x)).matches(exactly(x, weight, bias), atol=2e-3)


def test_float64(submission, rng, expect):
    """After `.to(torch.float64)` the layer computes in float64."""
    layer, weight, bias = make(submission, rng, 7, dtype=torch.float64)
    x = rng.normal(2, 3, 7, dtype=torch.float64)
    expect(layer(x)).matches(exactly(x, weight, bias))


@pytest.mark.parametrize(
    ("dtype", "rounding"),
    [
        pytest.param(torch.float16, 2e-3, id="float16"),
        pytest.param(torch.bfloat16, 1.6e-2, id="bfloat16"),
    ],
)
def test_half_precision(submission, rng, expect, dtype, rounding):
    """In half precision the result is rounded, and nothing before it."""
    layer, weight, bias = make(submission, rng, 6, dtype=dtype, size=0.25)
    for scale, far in ((1.0, 0.0), (2e-3, 0.0), (4.0, 100.0), (2.0, 100.0)):
        x = (rng.normal(12, 6, scale=scale) + far).to(dtype)
        expect(layer(x)).matches(exactly(x, weight, bias), atol=rounding, rtol=2 * rounding)


def test_squares_too_large_for_half_precision(submission, rng, expect):
    """Numbers whose squares are infinite in float16 are normalised like any others."""
    layer, weight, bias = make(submission, rng, 6, dtype=torch.float16, size=0.25)
    x = rng.normal(4, 6, scale=8000.0, dtype=torch.float16)
    expect(layer(x)).matches(exactly(x, weight, bias), atol=2e-3)


def test_each_call_stands_alone(submission, rng, expect):
    """No call depends on those before it, and training makes no difference."""
    layer, weight, bias = make(submission, rng, 5)
    for shape in ((2, 3, 5), (7, 5), (2, 3, 5)):
        for mode in (layer.train, layer.eval):
            x = rng.normal(*shape) + 2.0
            expect(mode()(x)).matches(exactly(x, weight, bias), because="It was called before.")
    weight, bias = rng.normal(5), rng.normal(5)
    layer.load_state_dict({"weight": weight, "bias": bias})
    because = "Other weights were loaded since the call before."
    expect(layer(x)).matches(exactly(x, weight, bias), because=because)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """An x that is not contiguous, such as a transposed one, counts like any other."""
    layer, weight, bias = make(submission, rng, 5)
    for x in (rng.normal(3, 2, 5).transpose(0, 1), rng.normal(2, 5, 3).mT):
        expect(layer(x)).matches(exactly(x, weight, bias))


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("shape", "eps"),
    [
        pytest.param((2, 3, 5), 1e-5, id="a batch of sequences"),
        pytest.param((4, 6), 0.3, id="a large eps"),
        pytest.param((5,), 1e-5, id="one row"),
    ],
)
def test_gradients(submission, rng, expect, shape, eps):
    """Gradients reach x, weight and bias, also through the mean and the variance."""
    layer, weight, bias = make(submission, rng, shape[-1], eps, torch.float64)
    x, cotangent = (rng.normal(*shape, dtype=torch.float64) for _ in range(2))
    actual = layer.gradients(x, cotangent=cotangent)
    leaves = [leaf.clone().requires_grad_() for leaf in (x, weight, bias)]
    expected = reference.vjp(reference.layer_norm(*leaves, eps), leaves, cotangent)
    found = {"x": actual.inputs[0]} | actual.parameters
    for name, right in zip(NAMES, expected, strict=True):
        expect(found[name]).matches(right, because=f"This is the gradient of {name}.")


def test_gradients_of_a_row_of_equal_numbers(submission, rng, expect):
    """Where a row has no spread, its gradient is finite, and right."""
    layer, weight, _ = make(submission, rng, 4, 0.1)
    x, cotangent = rng.normal(3, 4), rng.normal(3, 4)
    x[1] = 2.0
    actual = layer.gradients(x, cotangent=cotangent).inputs[0]
    expect(actual).is_finite()
    expected = reference.layer_norm_backward(cotangent, x, weight, 0.1)[0]
    expect(actual).matches(expected)


def test_arguments_are_left_alone(submission, rng, expect):
    """x holds after the call what it held before."""
    layer, *_ = make(submission, rng, 6)
    for shape in ((2, 5, 6), (6,)):
        x = rng.normal(*shape)
        expect(layer.inputs_after(x)[0]).equals(x, because="Your call changes x.")
    layer, *_ = make(submission, rng, 6, dtype=torch.float64)
    x = rng.normal(2, 6, dtype=torch.float64)
    expect(layer.inputs_after(x)[0]).equals(x, because="Your call changes x in float64.")
