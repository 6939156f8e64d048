"""An `nn.Sequential` as the list of layers, run by hand, and the functional layer norm."""

import torch
import torch.nn.functional as F
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.n_layers, self.d_model, self.norm_first = n_layers, d_model, norm_first
        self.layers = nn.Sequential(*(make_layer() for _ in range(n_layers)))
        self.norm = nn.ParameterDict()
        if norm_first:
            self.norm["weight"] = nn.Parameter(torch.ones(d_model))
            self.norm["bias"] = nn.Parameter(torch.zeros(d_model))

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
        if not self.norm_first:
            return x
        return F.layer_norm(x, (self.d_model,), self.norm["weight"], self.norm["bias"], 1e-5)
