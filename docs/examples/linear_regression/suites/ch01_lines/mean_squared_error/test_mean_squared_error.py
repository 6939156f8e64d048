"""Mean squared error: the value, its dtype, its gradients, and what is left alone."""

import pytest
import torch


def points(rng, n, dtype=torch.float32):
    """Points that lie somewhere, and a line that does not fit them."""
    slope, intercept = rng.normal().item() + 2, rng.normal().item() - 4
    return rng.normal(n, dtype=dtype) + 1, rng.normal(n, dtype=dtype), slope, intercept


def error(x, y, slope, intercept):
    """What is right, in float64."""
    return ((slope * x.double() + intercept - y.double()) ** 2).mean()


@pytest.mark.points(2)
def test_value(submission, rng, expect):
    """It is the mean of the squared errors."""
    for n in (1, 4, 7):
        given = points(rng, n)
        expect(submission.mean_squared_error(*given)).matches(error(*given).float())


def test_a_line_through_all_points_has_no_error(submission, rng, expect):
    """A line through all points has the error 0, and one that lies 2 above them 4."""
    x = rng.integers(-9, 10, 5).float()
    expect(submission.mean_squared_error(x, 3 * x + 1, 3.0, 1.0)).equals(0.0)
    expect(submission.mean_squared_error(x, 3 * x + 1, 3.0, 3.0)).equals(4.0)


def test_double_precision(submission, rng, expect):
    """float64 points give all digits of float64."""
    given = points(rng, 6, torch.float64)
    expect(submission.mean_squared_error(*given)).matches(error(*given))


def test_gradients(submission, rng, expect):
    """Gradients flow back to the points."""
    x, y, slope, intercept = points(rng, 5)
    found = submission.mean_squared_error.gradients(x, y, slope, intercept).inputs
    errors = slope * x + intercept - y
    expect(found[0]).matches(2 / 5 * slope * errors)
    expect(found[1]).matches(-2 / 5 * errors)


def test_points_are_left_as_they_were(submission, rng, expect):
    """The points that you are given are the same afterwards."""
    x, y, slope, intercept = points(rng, 3)
    after = submission.mean_squared_error.inputs_after(x, y, slope, intercept)
    expect(after[0]).equals(x)
    expect(after[1]).equals(y)
