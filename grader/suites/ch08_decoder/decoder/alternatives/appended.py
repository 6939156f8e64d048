"""Layers appended one by one, called by index and by name; the norm only where it is due."""

from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList()
        while len(self.layers) < n_layers:
            self.layers.append(make_layer())
        self.norm = nn.LayerNorm(d_model) if norm_first else None

    def forward(self, x, memory, mask=None, memory_mask=None):
        for i in range(len(self.layers)):
            x = self.layers[i](x=x, memory=memory, memory_mask=memory_mask, mask=mask)
        if self.norm is not None:
            x = self.norm(x)
        return x
