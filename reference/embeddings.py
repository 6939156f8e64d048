"""Embeddings: one table turns tokens into vectors and, transposed, vectors into logits.

Sources: Vaswani et al. (2017), section 3.4; Press and Wolf, "Using the Output Embedding to Improve
Language Models" (2017) for tying.
"""

import math

import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Embeddings(nn.Module):
    """The row of each token, times √D.

    Rows start with variance 1/D. Scaled, their features then have variance 1 like the positions
    that are added; unscaled, as output projection, they give logits of about unit variance.

    Args:
        vocab_size: number V of tokens.
        d_model: width D.
        scale: whether to multiply by √D. Models that do not, start from a deviation of 0.02.
    """

    def __init__(self, vocab_size: int, d_model: int, scale: bool = True) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.factor = math.sqrt(d_model) if scale else 1.0
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5 if scale else 0.02)

    def forward(self, tokens: Int[Tensor, "B T"]) -> Float[Tensor, "B T D"]:
        output: Tensor = self.embedding(tokens) * self.factor
        return output

    def project(self, x: Float[Tensor, "*batch D"]) -> Float[Tensor, "*batch V"]:
        """Logits by the tied output projection: the same table, transposed and not scaled."""
        return F.linear(x, self.embedding.weight)
