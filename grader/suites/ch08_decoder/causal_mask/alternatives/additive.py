"""Torch's additive mask, read back as what is open."""

from torch import nn


def causal_mask(length, past=0):
    added = nn.Transformer.generate_square_subsequent_mask(past + length)
    return added[past:] == 0
