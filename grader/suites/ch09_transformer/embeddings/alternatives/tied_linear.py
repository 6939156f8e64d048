"""An output layer whose weight is the table itself; the scale as a buffer."""

import torch
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.kaiming_uniform_(self.embedding.weight, nonlinearity="linear")
        self.output = nn.Linear(d_model, vocab_size, bias=False)
        self.output.weight = self.embedding.weight
        self.register_buffer("scale", torch.tensor(float(d_model)).sqrt(), persistent=False)

    def forward(self, tokens):
        return self.embedding(tokens).mul(self.scale)

    def project(self, x):
        return self.output(x)
