"""One-hot vectors times the table; logits by einsum."""

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.vocab_size, self.d_model = vocab_size, d_model
        self.embedding = nn.Embedding(vocab_size, d_model)
        with torch.no_grad():
            self.embedding.weight.copy_(torch.randn(vocab_size, d_model) / d_model**0.5)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        table = self.embedding.weight
        return F.one_hot(tokens, self.vocab_size).to(table.dtype) @ (table * self.d_model**0.5)

    def project(self, x: torch.Tensor) -> torch.Tensor:
        return torch.einsum("...d,vd->...v", x, self.embedding.weight)
