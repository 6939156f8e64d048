"""A layer norm written by hand, in the dtype of x, as a module of its own."""

import functools

import torch
from torch import nn


class Norm(nn.Module):
    def __init__(self, width, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.eps = eps

    def forward(self, x):
        centred = x - x.mean(-1, keepdim=True)
        variance = centred.square().mean(-1, keepdim=True)
        return centred / torch.sqrt(variance + self.eps) * self.weight + self.bias


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList([make_layer() for _ in range(n_layers)])
        if norm_first:
            self.norm = Norm(d_model)

    def forward(self, x, memory, mask=None, memory_mask=None):
        def run(h, layer):
            return layer(h, memory, mask, memory_mask=memory_mask)

        y = functools.reduce(run, self.layers, x)
        return self.norm(y) if hasattr(self, "norm") else y
