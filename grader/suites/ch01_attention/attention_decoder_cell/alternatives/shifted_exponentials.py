"""A softmax of its own with the mask in the sum, `bmm`, and an `nn.GRU` cell fed by parts."""

import torch
from torch import Tensor, nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed, d_hidden, d_encoder):
        super().__init__()
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.gru = nn.GRUCell(d_encoder + d_embed, d_hidden)
        self.v = nn.Linear(d_hidden, 1, bias=False)

    def attend(self, h: Tensor, encoder: Tensor, mask: Tensor) -> Tensor:
        query = (self.w_query.weight @ h.T).T.unsqueeze(1).expand(-1, encoder.size(1), -1)
        scores = (torch.tanh(query + self.w_key(encoder)) @ self.v.weight[0]).masked_fill(
            ~mask, -1e9
        )
        exps = torch.exp(scores - scores.max(1, keepdim=True).values) * mask
        return exps / exps.sum(1, keepdim=True).clamp_min(torch.finfo(h.dtype).tiny)

    def forward(self, y, h, encoder, mask):
        weights = self.attend(h, encoder, mask)
        context = torch.bmm(weights[:, None, :], encoder).reshape(len(y), -1)
        return self.gru(torch.cat((y, context), 1), h), weights
