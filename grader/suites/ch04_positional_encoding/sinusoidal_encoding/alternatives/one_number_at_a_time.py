"""Every entry by itself, with Python's own functions."""

import math

import torch


def sinusoidal_encoding(length, d_model):
    rows = []
    for p in range(length):
        row = []
        for column in range(d_model):
            angle = p / 10000 ** (2 * (column // 2) / d_model)
            row.append(math.cos(angle) if column % 2 else math.sin(angle))
        rows.append(row)
    return torch.tensor(rows)
