"""Learned positions: one trained vector for each position."""

import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    """Add to each vector a trained vector that belongs to its position.

    The first token of every sequence has position 0, and every sequence of the batch gets the same
    vectors. There is no dropout and no scaling.

    Args:
        max_len: Number of positions that have a vector, at least 1.
        d_model: Width D of the vectors, at least 1.

    Parameters, by this name and no other:
        embedding.weight (max_len, d_model): row p is added at position p. Initialise it as you
        like.

    Source: Gehring et al. 2017, "Convolutional Sequence to Sequence Learning", section 3.1.

    >>> layer = LearnedPositionalEmbedding(max_len=3, d_model=2)
    >>> [(name, tuple(p.shape)) for name, p in layer.named_parameters()]
    [('embedding.weight', (3, 2))]
    >>> weight = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> _ = layer.load_state_dict({"embedding.weight": weight})
    >>> layer(torch.tensor([[[10.0, 10.0], [10.0, 10.0]]])).detach()
    tensor([[[11., 12.],
             [13., 14.]]])
    """

    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.max_len = max_len
        self.embedding = nn.Embedding(max_len, d_model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add the vectors of the positions 0 … T − 1.

        Args:
            x: (B, T, D), of the parameter's dtype: float32, or what `.to(…)` has made of it
                (float16, bfloat16, float64). It need not be contiguous, and is not changed.

        Returns:
            (B, T, D), of the dtype of x, the same after `eval()`. Gradients reach x and the
            parameter. The gradient of a row that no token used is 0.

        Raises:
            ValueError: T is larger than max_len.
        """
        length = x.size(1)
        if length > self.max_len:
            raise ValueError(f"{length} positions are more than max_len = {self.max_len}.")
        return x + self.embedding(torch.arange(length, device=x.device)).unsqueeze(0)  # + (1, T, D)
