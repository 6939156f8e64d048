"""Kronecker products: cosines times the identity, sines times a quarter turn, in float32."""

import math

import torch


def position_shift_matrix(offset, d_model):
    pairs, rest = divmod(d_model, 2)
    if rest:
        raise ValueError("odd")
    frequency = torch.exp(torch.arange(pairs).float() * (-2 * math.log(10000.0) / d_model))
    angle = frequency * offset
    quarter = torch.tensor([[0.0, 1.0], [-1.0, 0.0]])
    turned = torch.kron(torch.diag(torch.sin(angle)), quarter)
    return torch.kron(torch.diag(torch.cos(angle)), torch.eye(2)) + turned
