"""A forward of its own, and the mask of the future by triu."""

import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def masks(self, src, tgt):
        T = tgt.size(-1)
        future = torch.triu(torch.ones(T, T, device=tgt.device), diagonal=1).bool()
        hidden = (tgt == self.pad_id)[:, None, None, :] | future
        return (src != self.pad_id).reshape(src.size(0), 1, 1, src.size(1)), ~hidden

    def encode(self, src):
        mask, _ = self.masks(src, src)
        return self.encoder(self.positions(self.embeddings(src)), mask), mask

    def decode(self, tgt, memory, memory_mask):
        _, mask = self.masks(tgt, tgt)
        x = self.positions(self.embeddings(tgt))
        return self.embeddings.project(self.decoder(x, memory, mask, memory_mask))

    def forward(self, src, tgt):
        src_mask, mask = self.masks(src, tgt)
        memory = self.encoder(self.positions(self.embeddings(src)), src_mask)
        x = self.decoder(self.positions(self.embeddings(tgt)), memory, mask, src_mask)
        return self.embeddings.project(x)
