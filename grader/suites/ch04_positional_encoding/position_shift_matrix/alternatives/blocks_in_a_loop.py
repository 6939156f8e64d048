"""One block after the other, with Python's own functions."""

import math

import torch


def position_shift_matrix(offset, d_model):
    if d_model % 2 == 1:
        raise ValueError("d_model must be even")
    blocks = []
    for i in range(d_model // 2):
        phi = offset / 10000 ** (2 * i / d_model)
        c, s = math.cos(phi), math.sin(phi)
        blocks.append(torch.tensor([[c, s], [-s, c]]))
    return torch.block_diag(*blocks)
