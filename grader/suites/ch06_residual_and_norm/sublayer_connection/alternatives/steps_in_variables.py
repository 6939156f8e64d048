"""Each step in a variable, with F.dropout."""

import torch.nn.functional as F
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model, eps=1e-5)
        self.p = dropout
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        read = self.norm(x) if self.norm_first else x
        found = sublayer(read)
        total = x + F.dropout(found, p=self.p, training=self.training)
        return total if self.norm_first else self.norm(total)
