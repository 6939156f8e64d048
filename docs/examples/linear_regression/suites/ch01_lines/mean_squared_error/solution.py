"""Mean squared error: how badly a line fits points, as one number."""

import torch


def mean_squared_error(
    x: torch.Tensor, y: torch.Tensor, slope: float, intercept: float
) -> torch.Tensor:
    """The mean of the squared errors of the line `slope · x + intercept`.

    Args:
        x: where the points are, (n,), float32 or float64, with n ≥ 1.
        y: what was measured there, (n,), with the dtype of `x`.
        slope: how much the line rises where x grows by 1.
        intercept: the line's value at x = 0.

    Returns:
        A tensor () with the dtype of `y`. Gradients flow back to `x` and `y`, which are left as
        they were.

    >>> mean_squared_error(torch.tensor([0.0, 2.0]), torch.tensor([1.0, 2.0]), 1.0, 0.0)
    tensor(0.5000)
    """
    errors = slope * x + intercept - y
    return (errors * errors).mean()
