"""Draws by comparing one uniform number with the summed probabilities; a table for all tokens."""

import torch
from torch import nn


class GPT(nn.Module):
    def __init__(
        self, embeddings: nn.Module, positions: nn.Module, decoder: nn.Module, max_len: int
    ) -> None:
        super().__init__()
        self.max_len = max_len
        self.add_module("embeddings", embeddings)
        self.add_module("positions", positions)
        self.add_module("decoder", decoder)
        future = torch.triu(torch.ones(max_len, max_len, dtype=torch.bool), diagonal=1)
        self.register_buffer("allowed", ~future, persistent=False)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        T = tokens.size(1)
        if self.max_len < T:
            raise ValueError(f"T = {T}, and max_len = {self.max_len}")
        x = self.positions(self.embeddings(tokens))
        x = self.decoder(x, self.allowed[:T, :T].to(x.device))
        return self.embeddings.project(x)

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        B, T = tokens.shape
        table = torch.empty(B, T + max_new, dtype=torch.long, device=tokens.device)
        table[:, :T] = tokens
        for t in range(T, T + max_new):
            logits = self(table[:, max(0, t - self.max_len) : t])[:, -1].detach()
            if temperature == 0:
                table[:, t] = torch.max(logits, dim=-1).indices
            else:
                sums = torch.softmax(logits.double() / temperature, dim=-1).cumsum(-1)
                u = torch.rand(B, 1, generator=generator, device=tokens.device)
                table[:, t] = (sums < u).sum(-1).clamp(max=logits.size(-1) - 1)
        return table
