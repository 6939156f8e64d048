"""The permutation gap: does a layer know in which order its tokens stand?"""

from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    """Measure how far f is from permutation equivariance.

    Let P reorder the positions of a sequence: position t of P(x) holds what stands at position
    permutation[t] of x. A function that is blind to order does not care whether its input or its
    output is reordered, so f(P(x)) = P(f(x)). The gap is the largest absolute difference between
    the two, over all entries.

    Args:
        f: A function of sequences, from (B, T, D) to (B, T, E); the width E may differ from D. It
            treats each sequence of the batch by itself, gives the same output for the same input,
            and leaves its input alone. Call it with three dimensions and the T of x; B
            may be any number from 1 on.
        x: (B, T, D), float32 or float64. It need not be contiguous, and is not changed.
        permutation: (T), whole numbers (int64). Each of 0 … T − 1 occurs once. Not changed.

    Returns:
        A tensor without dimensions, at least 0, of the dtype of f's output. It need not be
        differentiable. Where f is equivariant, a rounding error may be left.

    Source: Lee et al. 2019, "Set Transformer", section 3.

    >>> x = torch.tensor([[[1.0], [2.0], [4.0]]])
    >>> turned = torch.tensor([2, 1, 0])
    >>> permutation_gap(lambda x: 3 * x, x, turned)
    tensor(0.)
    >>> permutation_gap(lambda x: x.cumsum(dim=1), x, turned)
    tensor(6.)
    """
    raise NotImplementedError
