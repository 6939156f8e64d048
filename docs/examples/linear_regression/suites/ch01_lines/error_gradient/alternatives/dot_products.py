from typing import NamedTuple

import torch


class Gradient(NamedTuple):
    slope: torch.Tensor
    intercept: torch.Tensor


def error_gradient(x, y, slope, intercept):
    away = y - intercept - slope * x
    return Gradient(-2 / len(x) * (away @ x), -2 / len(x) * away.sum())
