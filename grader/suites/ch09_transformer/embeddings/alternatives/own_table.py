"""A table without nn.Embedding, indexed; logits by a product of matrices; a uniform start."""

import math

import torch
from torch import nn


class Table(nn.Module):
    def __init__(self, V, D):
        super().__init__()
        bound = math.sqrt(3 / D)
        self.weight = nn.Parameter(torch.empty(V, D).uniform_(-bound, bound))


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = Table(vocab_size, d_model)
        self.factor = d_model**0.5

    def forward(self, tokens):
        return self.factor * self.embedding.weight[tokens]

    def project(self, x):
        return x @ self.embedding.weight.mT
