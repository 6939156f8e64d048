"""Least squares: the line with the smallest mean squared error."""

from typing import NamedTuple

import torch


class Line(NamedTuple):
    """A line `slope · x + intercept`; each is a tensor ()."""

    slope: torch.Tensor
    intercept: torch.Tensor


def least_squares(x: torch.Tensor, y: torch.Tensor) -> Line:
    """The line that fits the points best.

    Args:
        x: where the points are, (n,), float32 or float64, with n ≥ 2.
        y: what was measured there, (n,), with the dtype of `x`.

    Returns:
        The line with the smallest mean squared error, with the dtype of `x`. `x` and `y` are left
        as they were.

    Raises:
        ValueError: if all x are the same, since no line is then better than all others.

    >>> least_squares(torch.tensor([0.0, 1.0, 2.0]), torch.tensor([1.0, 3.0, 5.0]))
    Line(slope=tensor(2.), intercept=tensor(1.))
    """
    if (x == x[0]).all():
        raise ValueError("All x are the same: no line is better than all others.")
    dx, dy = x - x.mean(), y - y.mean()
    slope = (dx * dy).sum() / (dx * dx).sum()
    return Line(slope, y.mean() - slope * x.mean())
