"""Layers appended one by one, called by index; the norm is made only where it is due."""

from torch import nn


class Encoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList()
        while len(self.layers) < n_layers:
            self.layers.append(make_layer())
        self.norm = nn.LayerNorm(d_model) if norm_first else None

    def forward(self, x, mask=None):
        for i in range(len(self.layers)):
            x = self.layers[i](x, mask=mask)
        if self.norm is not None:
            x = self.norm(x)
        return x
