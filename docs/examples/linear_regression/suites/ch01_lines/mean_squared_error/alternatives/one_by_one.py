import torch


def mean_squared_error(x, y, slope, intercept):
    total = torch.zeros((), dtype=y.dtype, device=y.device)
    for at, value in zip(x, y, strict=True):
        total = total + (value - (slope * at + intercept)) ** 2
    return total / len(x)
