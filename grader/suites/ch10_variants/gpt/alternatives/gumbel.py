"""Draws by the Gumbel trick; the mask by comparing positions; a decoder for all lengths."""

import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings, self.positions, self.decoder = embeddings, positions, decoder
        self.limit = max_len

    def hidden(self, tokens):
        if tokens.shape[1] > self.limit:
            raise ValueError("That is longer than max_len.")
        t = torch.arange(tokens.shape[1], device=tokens.device)
        return self.decoder(self.positions(self.embeddings(tokens)), t[:, None] >= t)

    def forward(self, tokens):
        return self.embeddings.project(self.hidden(tokens))

    @torch.no_grad()
    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        while max_new > 0:
            context = tokens if tokens.size(1) <= self.limit else tokens[:, -self.limit :]
            logits = self.embeddings.project(self.hidden(context)[:, -1])
            if temperature > 0:
                u = torch.rand(logits.shape, generator=generator, device=logits.device)
                logits = logits / temperature - (-u.clamp(min=1e-30).log()).log()
            tokens = torch.cat([tokens, logits.argmax(-1)[:, None]], dim=-1)
            max_new -= 1
        return tokens
