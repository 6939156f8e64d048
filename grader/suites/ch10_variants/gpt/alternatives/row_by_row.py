"""generate calls itself; each row draws on its own."""

import torch
from torch import nn
from torch.distributions import Categorical


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        batch, length = tokens.shape
        if length > self.max_len:
            raise ValueError("too long")
        mask = torch.full((length, length), True, device=tokens.device).tril(0)
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, mask)).view(batch, length, -1)

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        if max_new == 0:
            return tokens
        with torch.inference_mode():
            logits = self.forward(tokens[:, max(tokens.size(1) - self.max_len, 0) :])[:, -1, :]
        if not temperature:
            new = torch.topk(logits, 1).indices
        else:
            p = Categorical(logits=logits / temperature).probs
            new = torch.stack([torch.multinomial(row, 1, generator=generator) for row in p])
        return self.generate(torch.hstack((tokens, new)), max_new - 1, temperature, generator)
