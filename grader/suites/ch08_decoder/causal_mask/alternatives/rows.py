"""Row by row, as lists, and the last rows of the square mask of all positions."""

import torch


def causal_mask(length, past=0):
    total = past + length
    square = [[key <= query for key in range(total)] for query in range(total)]
    return torch.tensor(square[past:])
