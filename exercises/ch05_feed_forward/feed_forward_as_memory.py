"""The feed-forward network read as a memory of keys and values."""

from typing import NamedTuple

import torch


class Memories(NamedTuple):
    """The k memories that fire most for each token, the strongest first.

    indices: (..., k), int64: which of the F memories, counted from 0.
    coefficients: (..., k): how strongly each of them fires.
    output: (..., D): what these k memories write together.
    """

    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(
    x: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, k: int = 5
) -> Memories:
    """Find the memories that a token wakes most, and what they write.

    A network without biases, max(x W₁ᵀ, 0) W₂ᵀ, holds F memories. Memory i has the key W₁[i],
    which is row i of W₁, and the value W₂[:, i], which is column i of W₂. For a token x it fires
    with the coefficient max(x · keys[i], 0), and writes coefficient · values[i]. The network's
    output is the sum of what all F memories write; here only the k with the largest coefficients
    do. With k = F the output is that of the whole network.

    Args:
        x: (..., D), with any number of leading dimensions: (D), (T, D), (B, T, D) and more. Any
            floating-point dtype.
        keys: (F, D), the weight of the first linear layer. Of the dtype of x.
        values: (F, D), the weight of the second linear layer, transposed. Of the dtype of x.
        k: How many memories, from 1 to F.
        The tensors need not be contiguous, and are not changed.

    Returns:
        Memories, with coefficients and output of the dtype of x. The coefficients of a token do
        not increase, and its k indices are all different. Where fewer than k memories fire, the
        remaining coefficients are 0, and you may name any memories that do not fire. Equal
        coefficients may stand in any order. Gradients of coefficients and output reach x, keys
        and values.

    Raises:
        ValueError: k is below 1 or above F.

    Source: Geva et al. 2021, "Transformer Feed-Forward Layers Are Key-Value Memories".

    >>> keys = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [-1.0, 0.0]])
    >>> values = torch.tensor([[1.0, 0.0], [0.0, 1.0], [10.0, 20.0], [5.0, 5.0]])
    >>> memories = feed_forward_as_memory(torch.tensor([[3.0, 1.0]]), keys, values, k=2)
    >>> memories.indices, memories.coefficients
    (tensor([[2, 0]]), tensor([[4., 3.]]))
    >>> memories.output
    tensor([[43., 80.]])
    """
    raise NotImplementedError
