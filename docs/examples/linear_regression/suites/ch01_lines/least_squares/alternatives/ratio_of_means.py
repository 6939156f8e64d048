from typing import NamedTuple

import torch


class Line(NamedTuple):
    slope: torch.Tensor
    intercept: torch.Tensor


def least_squares(x, y):
    if x.min() == x.max():
        raise ValueError("Every x is the same, so any slope would do.")
    away = x - x.mean()
    slope = (away * y).mean() / away.square().mean()
    return Line(slope, (y - slope * x).mean())
