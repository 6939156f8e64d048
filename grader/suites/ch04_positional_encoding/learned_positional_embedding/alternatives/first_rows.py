"""The first rows of the weight, without a look-up."""

from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len, d_model):
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, x):
        if x.size(1) > self.embedding.num_embeddings:
            raise ValueError("The sequence is too long for the table.")
        return x + self.embedding.weight[None, : x.size(1)]
