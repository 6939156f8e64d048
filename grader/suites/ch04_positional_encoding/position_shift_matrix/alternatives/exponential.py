"""The exponential of the matrix that turns each pair at its own speed, in float64."""

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2 != 0:
        raise ValueError(d_model)
    speed = torch.zeros(d_model, dtype=torch.float64)
    speed[::2] = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    above = torch.diag(speed[:-1], 1)
    return torch.matrix_exp(offset * (above - above.T)).float()
