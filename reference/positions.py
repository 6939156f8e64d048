"""Absolute positions: what is added to the embeddings so that order matters.

Sources: Vaswani et al. (2017), section 3.5; Gehring et al., "Convolutional Sequence to Sequence
Learning" (2017) for learned positions.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


def frequencies(d_model: int) -> Float[Tensor, " pairs"]:
    """10000^(−2i/D) radians per token for each pair i of features, in float64."""
    return 10_000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)


def sinusoidal_encoding(length: int, d_model: int) -> Float[Tensor, "T D"]:
    """PE[p, 2i] = sin(p · f_i) and PE[p, 2i+1] = cos(p · f_i). An odd width ends with a sine."""
    angles = torch.arange(length, dtype=torch.float64)[:, None] * frequencies(d_model)
    pairs = torch.stack((angles.sin(), angles.cos()), dim=-1)  # (T, ⌈D/2⌉, 2)
    return pairs.flatten(1)[:, :d_model].to(torch.get_default_dtype())


def position_shift_matrix(offset: int, d_model: int) -> Float[Tensor, "D D"]:
    """The matrix M with PE(p + offset) = M · PE(p) for every p: a rotation of each pair.

    It does not depend on p. So a linear layer can look a fixed number of tokens away.

    Raises:
        ValueError: if D is odd; the last sine then lacks the cosine that a rotation needs.
    """
    if d_model % 2:
        raise ValueError(f"Only an even width can be rotated in pairs, not {d_model}.")
    angles = offset * frequencies(d_model)
    even = torch.arange(0, d_model, 2)
    matrix = torch.zeros(d_model, d_model)
    matrix[even, even] = matrix[even + 1, even + 1] = angles.cos().to(matrix.dtype)
    matrix[even, even + 1] = angles.sin().to(matrix.dtype)
    matrix[even + 1, even] = -angles.sin().to(matrix.dtype)
    return matrix


class PositionalEncoding(nn.Module):
    """Add the sinusoids, then drop out. The table `encoding` is a buffer: it is not trained.

    Args:
        d_model: width D.
        dropout: of the sum.
        max_len: longest sequence.
    """

    encoding: Tensor

    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        table = sinusoidal_encoding(max_len, d_model)
        self.register_buffer("encoding", table, persistent=False)

    def forward(self, x: Float[Tensor, "B T D"], past: int = 0) -> Float[Tensor, "B T D"]:
        """`past` tokens came before the first of x."""
        output: Tensor = self.dropout(x + rows(self.encoding, past, x.size(1)).to(x.dtype))
        return output


class LearnedPositionalEmbedding(nn.Module):
    """Add one trained vector per position: row p of `embedding.weight`."""

    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, x: Float[Tensor, "B T D"], past: int = 0) -> Float[Tensor, "B T D"]:
        """`past` tokens came before the first of x."""
        return x + rows(self.embedding.weight, past, x.size(1))


def rows(table: Float[Tensor, "max_len D"], past: int, T: int) -> Float[Tensor, "T D"]:
    """Rows past … past + T of a table of positions.

    Raises:
        ValueError: if the table ends before.
    """
    if past + T > table.size(0):
        raise ValueError(f"Position {past + T - 1} is beyond max_len={table.size(0)}.")
    return table[past : past + T]
