"""Frequencies as exponentials in float32; pairs stacked, laid out flat and cut to the width."""

import math

import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    position = torch.arange(length).float()
    frequency = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
    angle = torch.outer(position, frequency)
    return torch.stack([torch.sin(angle), torch.cos(angle)], dim=-1).reshape(length, -1)[
        :, :d_model
    ]
