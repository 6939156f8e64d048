"""Embeddings: one table turns tokens into vectors, and vectors into logits."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    """A table with one row of D features for each of V tokens, used on both ends of a model.

    On the way in, a token becomes its row, times √D. On the way out, the logit of a token is the
    dot product of a vector with its row, without that factor and without a bias. Both use the same
    table, so what is learned on one end counts on the other.

    Args:
        vocab_size: Number V of tokens, at least 1.
        d_model: Width D, at least 1.

    Parameters, by this name and no others:
        embedding.weight (V, D), as in nn.Embedding. At first each entry is drawn by itself, with
        mean 0 and variance 1/D, from a normal or a uniform distribution. So the features of an
        embedded token have variance 1, and the logits of a vector with such features, too.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.4; Press and Wolf 2017,
    "Using the Output Embedding to Improve Language Models".

    >>> embeddings = Embeddings(vocab_size=3, d_model=4)
    >>> table = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
    >>> _ = embeddings.load_state_dict({"embedding.weight": table})
    >>> embeddings(torch.tensor([[1, 2]])).detach()
    tensor([[[0., 4., 0., 0.],
             [0., 0., 2., 2.]]])
    >>> embeddings.project(torch.tensor([[0.5, 1.0, 3.0, 0.0]])).detach()
    tensor([[0.5000, 2.0000, 3.0000]])
    """

    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Look tokens up.

        Args:
            tokens: (...), int64, from 0 to V − 1, with any number of dimensions: (T), (B, T) and
                more. It need not be contiguous, and is not changed.

        Returns:
            (..., D), of the parameter's dtype: float32, or what `.to(…)` has made of it (float16,
            bfloat16, float64). Gradients reach the table.
        """
        raise NotImplementedError

    def project(self, x: torch.Tensor) -> torch.Tensor:
        """Say how well each token of the vocabulary fits each vector.

        Args:
            x: (..., D), of the parameter's dtype, with any number of leading dimensions. It need
                not be contiguous, and is not changed.

        Returns:
            (..., V), the logits, of the dtype of x. Gradients reach x and the table.
        """
        raise NotImplementedError
