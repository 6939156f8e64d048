"""One function before the sub-layer and one after the sum, chosen at the start."""

import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm([d_model])
        self.drop = nn.Dropout(p=dropout)
        self.before, self.after = (
            (self.norm_of, self.same) if norm_first else (self.same, self.norm_of)
        )

    def norm_of(self, x):
        return self.norm(x)

    def same(self, x):
        return x

    def forward(self, x, sublayer):
        return self.after(torch.add(x, self.drop(sublayer(self.before(x)))))
