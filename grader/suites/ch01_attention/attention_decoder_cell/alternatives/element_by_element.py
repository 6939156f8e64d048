"""One batch element at a time, over its real encoder states only."""

import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int):
        super().__init__()
        self.d_encoder = d_encoder
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def look(self, h, states):
        scores = self.v(torch.tanh(self.w_query(h) + self.w_key(states)))[:, 0]
        weights = torch.softmax(scores, 0)
        return weights, weights @ states

    def forward(self, y, h, encoder, mask):
        new_states, all_weights = [], []
        for i in range(len(y)):
            weights, context = torch.zeros_like(encoder[i, :, 0]), encoder.new_zeros(self.d_encoder)
            if mask[i].any():
                found, context = self.look(h[i], encoder[i, mask[i]])
                weights = weights.masked_scatter(mask[i], found)
            new_states.append(self.gru(torch.cat([y[i], context]), h[i]))
            all_weights.append(weights)
        return torch.stack(new_states), torch.stack(all_weights)
