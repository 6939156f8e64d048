"""Two convolutions of kernel size 1 over all tokens in one row."""

import torch.nn.functional as F
from torch import nn


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff=None, dropout=0.0):
        super().__init__()
        d_ff = 4 * d_model if d_ff is None else d_ff
        self.linear1 = nn.Linear(d_model, d_ff)
        self.drop = nn.Dropout(dropout)
        self.linear2 = nn.Linear(d_ff, d_model)

    def forward(self, x):
        row = x.reshape(1, -1, x.size(-1)).transpose(1, 2)  # (1, D, N)
        hidden = F.conv1d(row, self.linear1.weight[..., None], self.linear1.bias).clamp(min=0)
        output = F.conv1d(self.drop(hidden), self.linear2.weight[..., None], self.linear2.bias)
        return output.transpose(1, 2).reshape(x.shape)
