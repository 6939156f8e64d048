"""A parameter in a module of one's own, chosen by a product with one-hot rows."""

import torch
import torch.nn.functional as F
from torch import nn


class Table(nn.Module):
    def __init__(self, rows, width):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(rows, width))


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len, d_model):
        super().__init__()
        self.embedding = Table(max_len, d_model)

    def forward(self, x):
        max_len, length = self.embedding.weight.shape[0], x.shape[-2]
        if length > max_len:
            raise ValueError(f"max_len is {max_len}, and there are {length} tokens.")
        one_hot = F.one_hot(torch.arange(length, device=x.device), max_len).to(x.dtype)
        return torch.einsum("tm,md->td", one_hot, self.embedding.weight) + x
