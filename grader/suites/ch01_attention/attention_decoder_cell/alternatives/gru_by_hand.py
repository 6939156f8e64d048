"""Every equation of the GRU written out, einsum for the score, −inf before the softmax."""

import torch
import torch.nn.functional as F
from torch import nn


class GRU(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.randn(3 * hidden, inputs) * hidden**-0.5)
        self.weight_hh = nn.Parameter(torch.randn(3 * hidden, hidden) * hidden**-0.5)
        self.bias_ih = nn.Parameter(torch.zeros(3 * hidden))
        self.bias_hh = nn.Parameter(torch.zeros(3 * hidden))

    def forward(self, x, h):
        reset_x, update_x, new_x = F.linear(x, self.weight_ih, self.bias_ih).chunk(3, -1)
        reset_h, update_h, new_h = F.linear(h, self.weight_hh, self.bias_hh).chunk(3, -1)
        reset, update = torch.sigmoid(reset_x + reset_h), torch.sigmoid(update_x + update_h)
        return (1 - update) * torch.tanh(new_x + reset * new_h) + update * h


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed, d_hidden, d_encoder):
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = GRU(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        hidden = torch.tanh(self.w_query(h)[:, None] + self.w_key(encoder))
        scores = torch.einsum("bsh,oh->bs", hidden, self.v.weight)
        weights = F.softmax(scores.masked_fill(~mask, float("-inf")), dim=1)
        weights = torch.where(mask, weights, 0.0)
        context = torch.einsum("bs,bsc->bc", weights, encoder)
        return self.gru(torch.hstack([y, context]), h), weights
