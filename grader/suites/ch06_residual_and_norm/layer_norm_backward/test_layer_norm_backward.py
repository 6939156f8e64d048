"""The backward pass of layer norm by hand, against autograd on the forward pass."""

import pytest
import torch

import reference

NAMES = ("dx", "dgamma", "dbeta")
SHAPES = pytest.mark.parametrize(
    "shape",
    [
        pytest.param((2, 4, 6), id="a batch of sequences"),
        pytest.param((3, 3, 3), id="all sizes equal"),
        pytest.param((4, 5), id="rows without a batch"),
        pytest.param((2, 1, 3, 4), id="heads"),
        pytest.param((2, 1, 2, 1, 3, 4), id="five leading dimensions"),
        pytest.param((1, 3), id="a single row"),
    ],
)


def inputs(rng, shape, dtype=torch.float32, scale=1.5):
    """d_out, x with rows of a mean of their own, and a gamma with both signs."""
    far = rng.normal(*shape[:-1], 1, dtype=dtype, scale=scale)
    x = rng.uniform(*shape, dtype=dtype, low=-scale, high=scale) + far
    x[..., 0] += 3 * scale  # no row is nearly without spread, where right answers part
    return rng.normal(*shape, dtype=dtype), x, rng.normal(shape[-1], dtype=dtype)


def autograd(d_out, x, gamma, eps=1e-5):
    """All three gradients, from float64."""
    leaves = [
        leaf.double().clone().requires_grad_() for leaf in (x, gamma, torch.zeros_like(gamma))
    ]
    output = reference.layer_norm(*leaves, eps)
    gradients = reference.vjp(output, leaves, d_out.double())
    return [gradient.to(x.dtype) for gradient in gradients]


def compare(expect, actual, expected):
    for name, gradient, right in zip(NAMES, actual, expected, strict=True):
        expect(gradient).matches(right, because=f"Look at {name}.")


@pytest.mark.points(3)
@SHAPES
def test_gradient_of_x(submission, rng, expect, shape):
    """dx is what autograd gives, with what comes back through mean and variance."""
    given = inputs(rng, shape)
    dx, _, _ = submission.layer_norm_backward(*given)
    expect(dx).matches(autograd(*given)[0])


@pytest.mark.points(2)
@SHAPES
def test_gradient_of_gamma(submission, rng, expect, shape):
    """dgamma is what autograd gives: one number for each feature, over all rows."""
    given = inputs(rng, shape)
    _, dgamma, _ = submission.layer_norm_backward(*given)
    expect(dgamma).matches(autograd(*given)[1])


@SHAPES
def test_gradient_of_beta(submission, rng, expect, shape):
    """dbeta is what autograd gives: one number for each feature, over all rows."""
    given = inputs(rng, shape)
    _, _, dbeta = submission.layer_norm_backward(*given)
    expect(dbeta).matches(autograd(*given)[2])


def test_no_leading_dimension(submission, rng, expect):
    """Of a single row (D), dgamma and dbeta have nothing to sum."""
    given = inputs(rng, (7,))
    compare(expect, submission.layer_norm_backward(*given), autograd(*given))


def test_one_feature(submission, rng, expect):
    """With a single feature x̂ is 0, as are dx and dgamma; dbeta is not."""
    for shape in ((5, 1), (2, 3, 1)):
        given = inputs(rng, shape)
        compare(expect, submission.layer_norm_backward(*given), autograd(*given))


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("eps", "scale"),
    [
        pytest.param(0.5, 1.0, id="a large eps"),
        pytest.param(1e-5, 3e-3, id="rows as small as eps"),
        pytest.param(1e-5, 1e3, id="large rows"),
    ],
)
def test_eps(submission, rng, expect, eps, scale):
    """eps stands under the root, in the backward pass as in the forward pass."""
    d_out, x, gamma = inputs(rng, (3, 4, 5), torch.float64, scale)
    actual = submission.layer_norm_backward(eps=eps, gamma=gamma, x=x, d_out=d_out)
    expected = autograd(d_out, x, gamma, eps)
    for name, gradient, right in zip(NAMES, actual, expected, strict=True):
        # dx of large rows is small: what is left has to be right all the same.
        atol = 1e-9 * float(right.abs().max())
        expect(gradient).matches(right, atol=atol, because=f"Look at {name}.")


def test_eps_of_its_own(submission, rng, expect):
    """Without an eps it is 1e-5."""
    given = inputs(rng, (3, 4), torch.float64, scale=3e-3)
    compare(expect, submission.layer_norm_backward(*given), autograd(*given))


def test_a_row_of_equal_numbers(submission, rng, expect):
    """A row of equal numbers has a gradient too, and makes no other row's wrong."""
    d_out, x, gamma = inputs(rng, (4, 8))
    x[1], x[3] = 2.0, 0.0
    compare(
        expect, submission.layer_norm_backward(d_out, x, gamma, 0.1), autograd(d_out, x, gamma, 0.1)
    )


def test_rows_far_from_zero(submission, rng, expect):
    """Rows of numbers near 1000 have gradients as exact as those of rows near 0."""
    d_out, x, gamma = inputs(rng, (6, 8))
    given = d_out, x + 1000.0, gamma
    found = submission.layer_norm_backward(*given)
    for name, gradient, right in zip(NAMES, found, autograd(*given), strict=True):
        expect(gradient).matches(right, atol=2e-3, because=f"Look at {name}.")


def test_what_layer_norm_cannot_see(submission, rng, expect):
    """A constant added to a row changes nothing, so each row of dx sums to 0."""
    given = inputs(rng, (3, 5, 6), torch.float64)
    dx, _, _ = submission.layer_norm_backward(*given)
    expect(dx).sums_to(0.0, dim=-1)
    expect(dx).matches(autograd(*given)[0])


def test_float64(submission, rng, expect):
    """float64 stays float64, and is computed in it."""
    given = inputs(rng, (2, 3, 4, 7), torch.float64)
    compare(expect, submission.layer_norm_backward(*given), autograd(*given))


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Arguments that are not contiguous, such as transposed ones, count like any others."""
    d_out, x, gamma = inputs(rng, (4, 3, 5))
    given = d_out.transpose(0, 1), x.transpose(0, 1), gamma
    compare(expect, submission.layer_norm_backward(*given), autograd(*given))
    d_out, x, gamma = rng.normal(2, 5, 3).mT, rng.normal(2, 5, 3).mT, rng.normal(5)
    compare(expect, submission.layer_norm_backward(d_out, x, gamma), autograd(d_out, x, gamma))


def test_each_call_stands_alone(submission, rng, expect):
    """No call depends on those before it."""
    for shape in ((2, 3, 4), (5, 4), (2, 3, 4)):
        given = inputs(rng, shape)
        compare(expect, submission.layer_norm_backward(*given), autograd(*given))


def test_arguments_are_left_alone(submission, rng, expect):
    """d_out, x and gamma hold after the call what they held before."""
    for shape in ((2, 5, 6), (6,)):
        before = inputs(rng, shape)
        after = submission.layer_norm_backward.inputs_after(*before)
        for name, now, then in zip(("d_out", "x", "gamma"), after, before, strict=False):
            expect(now).equals(then, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_a_loss_of_any_size(submission, rng, expect, size):
    """All gradients are as much larger or smaller as the gradient of the output is."""
    d_out, x, gamma = inputs(rng, (2, 4, 6))
    found = submission.layer_norm_backward(size * d_out, x, gamma, 1e-5)
    expected = autograd(d_out, x, gamma)
    compare(expect, [gradient / size for gradient in found], expected)
