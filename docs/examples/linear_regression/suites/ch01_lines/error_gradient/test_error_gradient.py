"""The gradient of the mean squared error: both parts, their dtype, and what is left alone."""

import pytest
import torch


def points(rng, n, dtype=torch.float32):
    """Points that lie somewhere, and a line that does not fit them."""
    slope, intercept = rng.normal().item() + 2, rng.normal().item() - 4
    return rng.normal(n, dtype=dtype) + 1, rng.normal(n, dtype=dtype), slope, intercept


def gradient(x, y, slope, intercept):
    """What is right, in float64: found by autograd."""
    line = torch.tensor([slope, intercept], dtype=torch.float64, requires_grad=True)
    error = ((line[0] * x.double() + line[1] - y.double()) ** 2).mean()
    return torch.autograd.grad(error, line)[0]


@pytest.mark.points(2)
def test_slope(submission, rng, expect):
    """The derivative with respect to the slope is right."""
    for n in (1, 4, 7):
        given = points(rng, n)
        expect(submission.error_gradient(*given).slope).matches(gradient(*given)[0].float())


@pytest.mark.points(2)
def test_intercept(submission, rng, expect):
    """The derivative with respect to the intercept is right."""
    for n in (1, 4, 7):
        given = points(rng, n)
        expect(submission.error_gradient(*given).intercept).matches(gradient(*given)[1].float())


def test_a_line_through_all_points_need_not_move(submission, rng, expect):
    """Where the line runs through all points both are 0; where it lies 1 above, they are not."""
    x = rng.integers(1, 10, 4).float()
    at_rest = submission.error_gradient(x, 3 * x + 1, 3.0, 1.0)
    expect(at_rest.slope).equals(0.0)
    expect(at_rest.intercept).equals(0.0)
    above = submission.error_gradient(x, 3 * x + 1, 3.0, 2.0)
    expect(above.slope).matches(2 * x.mean())
    expect(above.intercept).equals(2.0)


def test_double_precision(submission, rng, expect):
    """float64 points give all digits of float64."""
    given = points(rng, 6, torch.float64)
    found = submission.error_gradient(*given)
    expect(torch.stack([found.slope, found.intercept])).matches(gradient(*given))


def test_points_are_left_as_they_were(submission, rng, expect):
    """The points that you are given are the same afterwards."""
    x, y, slope, intercept = points(rng, 3)
    after = submission.error_gradient.inputs_after(x, y, slope, intercept)
    expect(after[0]).equals(x)
    expect(after[1]).equals(y)
