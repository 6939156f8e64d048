"""The gradient of the mean squared error: which way a line has to move."""

from typing import NamedTuple

import torch


class Gradient(NamedTuple):
    """The derivatives with respect to the two parameters of a line, each a tensor ()."""

    slope: torch.Tensor
    intercept: torch.Tensor


def error_gradient(x: torch.Tensor, y: torch.Tensor, slope: float, intercept: float) -> Gradient:
    """The derivatives of the mean squared error of the line `slope · x + intercept`.

    Args:
        x: where the points are, (n,), float32 or float64, with n ≥ 1.
        y: what was measured there, (n,), with the dtype of `x`.
        slope: how much the line rises where x grows by 1.
        intercept: the line's value at x = 0.

    Returns:
        The derivative with respect to `slope` and the one with respect to `intercept`, with the
        dtype of `y`. `x` and `y` are left as they were.

    >>> error_gradient(torch.tensor([1.0, 3.0]), torch.tensor([1.0, 2.0]), 1.0, 0.0)
    Gradient(slope=tensor(3.), intercept=tensor(1.))
    """
    raise NotImplementedError
