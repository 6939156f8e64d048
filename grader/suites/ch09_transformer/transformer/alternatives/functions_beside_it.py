"""Functions for the masks beside the class, and a loop for the causal one."""

import torch
from torch import nn


def padding_mask(tokens, pad_id):
    return (tokens != pad_id)[:, None, None]


def target_mask(tokens, pad_id):
    T = tokens.size(1)
    mask = padding_mask(tokens, pad_id).repeat(1, 1, T, 1)
    for t in range(T):
        mask[:, :, t, t + 1 :] = False
    return mask


class Transformer(nn.Module):
    def __init__(
        self,
        embeddings: nn.Module,
        positions: nn.Module,
        encoder: nn.Module,
        decoder: nn.Module,
        pad_id: int = 0,
    ) -> None:
        super().__init__()
        self.add_module("embeddings", embeddings)
        self.add_module("positions", positions)
        self.add_module("encoder", encoder)
        self.add_module("decoder", decoder)
        self.pad = pad_id

    def encode(self, src: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = self.embeddings(src)
        x = self.positions(x)
        mask = padding_mask(src, self.pad)
        return self.encoder(x, mask), mask

    def decode(self, tgt, memory, memory_mask):
        x = self.embeddings(tgt)
        x = self.positions(x)
        x = self.decoder(x, memory, target_mask(tgt, self.pad), memory_mask)
        return self.embeddings.project(x)

    def forward(self, src, tgt):
        return self.decode(tgt, *self.encode(src))
