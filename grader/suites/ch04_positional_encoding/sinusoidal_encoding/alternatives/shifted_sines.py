"""A cosine is a sine that runs a quarter of a turn ahead."""

import torch


def sinusoidal_encoding(length, d_model):
    column = torch.arange(d_model)
    quarter = (column % 2) * (torch.pi / 2)
    angle = torch.arange(length)[:, None] / torch.pow(10000.0, (column - column % 2) / d_model)
    return torch.sin(angle + quarter)
