"""Buffers with room to spare, which grow to twice their size; one projection after the other."""

import math

import torch
from torch import nn


class KVCache:
    def __init__(self):
        self.used = 0
        self.buffers = None

    @property
    def length(self):
        return self.used

    def append(self, k, v):
        end = self.used + k.shape[2]
        if self.buffers is None or end > self.buffers[0].shape[2]:
            roomier = []
            for i, new in enumerate((k, v)):
                B, H, _, d = new.shape
                buffer = new.new_zeros(B, H, 2 * end, d)
                if self.buffers is not None:
                    buffer[:, :, : self.used] = self.buffers[i][:, :, : self.used]
                roomier.append(buffer)
            self.buffers = roomier
        for buffer, new in zip(self.buffers, (k, v), strict=True):
            buffer[:, :, self.used : end] = new
        self.used = end
        return tuple(buffer[:, :, :end] for buffer in self.buffers)


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, n_heads, max_len):
        super().__init__()
        self.H, self.d, self.max_len = n_heads, d_model // n_heads, max_len
        self.position = nn.Embedding(max_len, d_model)
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self, name, nn.Linear(d_model, d_model))

    def forward(self, x, cache=None):
        B, T, D = x.shape
        past = cache.length if cache is not None else 0
        if past + T > self.max_len:
            raise ValueError("too long")
        places = torch.arange(past, past + T, device=x.device)
        x = x + self.position(places)
        q, k, v = (
            w(x).reshape(B, T, self.H, self.d).transpose(1, 2)
            for w in (self.w_q, self.w_k, self.w_v)
        )
        if cache is not None:
            k, v = cache.append(k, v)
        scores = q @ k.transpose(2, 3) / math.sqrt(self.d)
        later = torch.arange(past + T, device=x.device) > places[:, None]
        weights = scores.masked_fill(later, float("-inf")).softmax(-1)
        return self.w_o((weights @ v).transpose(1, 2).reshape(B, T, D))
