"""Masks compared by positions; everything in forward goes through the two methods by name."""

import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.pad_id = pad_id
        self.embeddings, self.positions = embeddings, positions
        self.encoder, self.decoder = encoder, decoder

    def embed(self, tokens):
        return self.positions(self.embeddings(tokens))

    def encode(self, src):
        mask = torch.logical_not(src.eq(self.pad_id)).unsqueeze(1).unsqueeze(1)
        return self.encoder(x=self.embed(src), mask=mask), mask

    def decode(self, tgt, memory, memory_mask):
        t = torch.arange(tgt.shape[1], device=tgt.device)
        mask = (t[None, :] <= t[:, None]) & tgt.ne(self.pad_id).view(len(tgt), 1, 1, -1)
        y = self.decoder(x=self.embed(tgt), memory=memory, mask=mask, memory_mask=memory_mask)
        return self.embeddings.project(y)

    def forward(self, src, tgt):
        memory, mask = self.encode(src)
        return self.decode(tgt=tgt, memory=memory, memory_mask=mask)
