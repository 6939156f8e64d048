from typing import NamedTuple

import torch


class Line(NamedTuple):
    slope: torch.Tensor
    intercept: torch.Tensor


def least_squares(x, y):
    if len(set(x.tolist())) == 1:
        raise ValueError("All x are the same.")
    dtype, n, x, y = x.dtype, len(x), x.double(), y.double()
    below = n * (x * x).sum() - x.sum() ** 2
    slope = (n * (x * y).sum() - x.sum() * y.sum()) / below
    intercept = ((x * x).sum() * y.sum() - x.sum() * (x * y).sum()) / below
    return Line(slope.to(dtype), intercept.to(dtype))
