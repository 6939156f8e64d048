"""The gradient of a stack of layers, with residual connections and without."""

import torch


def residual_gradient(jacobians: torch.Tensor, residual: bool) -> torch.Tensor:
    """Multiply the Jacobians of a stack of layers to that of the whole stack.

    Layer l turns the vector x_l (D) into x_{l+1} (D), for l = 0 … L − 1:

        x_{l+1} = f_l(x_l)           without residual connections
        x_{l+1} = x_l + f_l(x_l)     with them

    jacobians[l] is the Jacobian of f_l alone: entry (i, j) is ∂ f_l(x_l)_i / ∂ (x_l)_j, so a row
    belongs to an output and a column to an input. Layer 0 is the first one that the input meets.

    Args:
        jacobians: (L, D, D), float32 or float64, with L and D at least 1. It need not be
            contiguous, and is not changed.
        residual: Whether the layers have residual connections.

    Returns:
        (D, D), of the same dtype: entry (i, j) is ∂ (x_L)_i / ∂ (x_0)_j. Matrix products do not
        commute, so the order of the factors is part of the answer. It need not be differentiable.

    Source: He et al. 2016, "Identity Mappings in Deep Residual Networks".

    >>> first = torch.tensor([[0.0, 2.0], [0.0, 0.0]])
    >>> second = torch.tensor([[0.0, 0.0], [0.0, 3.0]])
    >>> residual_gradient(torch.stack([first, second]), residual=False)
    tensor([[0., 0.],
            [0., 0.]])
    >>> residual_gradient(torch.stack([first, second]), residual=True)
    tensor([[1., 2.],
            [0., 4.]])
    """
    identity = torch.eye(jacobians.size(-1), dtype=jacobians.dtype, device=jacobians.device)
    product = identity
    for jacobian in jacobians:
        factor = identity + jacobian if residual else jacobian
        product = factor @ product  # a later layer multiplies from the left
    return product
