"""Dropout as a function, before the max: what is 0 before it is 0 after it."""

import torch.nn.functional as F
from torch import nn


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff=None, dropout=0.0):
        super().__init__()
        self.p = dropout
        self.linear1 = nn.Linear(d_model, d_ff or 4 * d_model)
        self.linear2 = nn.Linear(d_ff or 4 * d_model, d_model)

    def forward(self, x):
        hidden = F.dropout(self.linear1(x), self.p, training=self.training)
        return self.linear2(F.relu(hidden, inplace=True))
