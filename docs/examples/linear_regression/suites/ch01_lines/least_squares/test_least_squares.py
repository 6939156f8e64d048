"""Least squares: the line, far from 0 as well, and where there is none."""

import pytest
import torch


def points(rng, n, dtype=torch.float32):
    """Points whose x are at least 0.4 apart, so that rounding matters little."""
    x = rng.permutation(n).to(dtype) + rng.uniform(n, low=-0.3, high=0.3, dtype=dtype) + 2
    return x, rng.normal(n, dtype=dtype) - 3


def best(x, y):
    """What is right, in float64: slope and intercept, found by a library."""
    matrix = torch.stack([x.double(), torch.ones_like(x, dtype=torch.float64)], dim=1)
    return torch.linalg.lstsq(matrix, y.double()[:, None]).solution[:, 0]


@pytest.mark.points(2)
def test_slope(submission, rng, expect):
    """The slope is the best one."""
    for n in (2, 5, 9):
        x, y = points(rng, n)
        expect(submission.least_squares(x, y).slope).matches(best(x, y)[0].float(), rtol=1e-3)


@pytest.mark.points(2)
def test_intercept(submission, rng, expect):
    """The intercept is the best one."""
    for n in (3, 6):
        x, y = points(rng, n)
        found = submission.least_squares(x, y).intercept
        expect(found).matches(best(x, y)[1].float(), rtol=1e-3, atol=1e-3)


def test_a_line_through_all_points_is_found(submission, rng, expect):
    """If all points lie on a line, it is that one, rising or falling."""
    x = rng.permutation(6).float()
    for slope, intercept in ((2.0, -1.0), (-3.0, 4.0)):
        found = submission.least_squares(x, slope * x + intercept)
        expect(found.slope).matches(torch.tensor(slope))
        expect(found.intercept).matches(torch.tensor(intercept), atol=1e-4)


def test_double_precision(submission, rng, expect):
    """float64 points give all digits of float64."""
    x, y = points(rng, 6, torch.float64)
    found = submission.least_squares(x, y)
    expect(torch.stack([found.slope, found.intercept])).matches(best(x, y), rtol=1e-9)


def test_no_line_is_best_where_all_x_are_the_same(submission, device):
    """If all x are the same, a ValueError says so."""
    for n in (2, 3, 7):
        x = torch.full((n,), 0.1, device=device)
        submission.least_squares.raises(ValueError, x, torch.arange(n, device=device).float())


def test_points_are_left_as_they_were(submission, rng, expect):
    """The points that you are given are the same afterwards."""
    x, y = points(rng, 4)
    after = submission.least_squares.inputs_after(x, y)
    expect(after[0]).equals(x)
    expect(after[1]).equals(y)
