from typing import NamedTuple

import torch


class Gradient(NamedTuple):
    slope: torch.Tensor
    intercept: torch.Tensor


def error_gradient(x, y, slope, intercept):
    dtype, x, y = y.dtype, x.double(), y.double()
    by_slope = 2 * (slope * (x * x).mean() + intercept * x.mean() - (x * y).mean())
    by_intercept = 2 * (slope * x.mean() + intercept - y.mean())
    return Gradient(by_slope.to(dtype), by_intercept.to(dtype))
