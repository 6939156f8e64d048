"""The Jacobian of the softmax: how each weight reacts to each score."""

import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    """Give ∂p_i/∂x_j for p = softmax(x), from the probabilities p alone.

    The scores x that led to p are not needed: every derivative can be written with p. When p is
    saturated, so that one probability is near 1 and the others near 0, all derivatives are near 0
    and no gradient gets through to the scores.

    Args:
        p: Probabilities, (..., S). They are the output of a softmax already: each row sums to 1,
            and single entries may be tiny, or 0 or 1 exactly. They may have any floating-point
            dtype (float16 and bfloat16 too) and need not be contiguous. p is not changed.

    Returns:
        (..., S, S), of the same dtype. Entry (i, j) is ∂p_i/∂x_j. Each leading index has a Jacobian
        of its own. The result need not be differentiable.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.1, on why the dot products
    are scaled: large scores push the softmax to where its gradients are tiny.

    >>> softmax_jacobian(torch.tensor([0.5, 0.5]))
    tensor([[ 0.2500, -0.2500],
            [-0.2500,  0.2500]])
    >>> softmax_jacobian(torch.tensor([0.99, 0.01]))
    tensor([[ 0.0099, -0.0099],
            [-0.0099,  0.0099]])
    """
    raise NotImplementedError
