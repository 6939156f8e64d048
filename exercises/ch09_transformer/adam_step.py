"""Adam: steps that are as long as the learning rate, whatever the gradient's size."""

import torch


def adam_step(
    parameter: torch.Tensor,
    gradient: torch.Tensor,
    m: torch.Tensor,
    v: torch.Tensor,
    step: int,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Update one parameter by one gradient.

    With t for the step and g for the gradient, entry by entry:

        m ← β₁ m + (1 − β₁) g           the running mean of the gradient
        v ← β₂ v + (1 − β₂) g²          the running mean of its square
        m̂ = m / (1 − β₁ᵗ)               corrected: both means began at 0
        v̂ = v / (1 − β₂ᵗ)
        θ ← θ − lr · λ · θ − lr · m̂ / (√v̂ + ε)

    The weight decay λ shrinks the parameter θ itself, the old one. It is decoupled: the gradient
    knows nothing of it, and neither do m and v.

    torch's own Adam and its relatives, such as AdamW, are off limits here.

    Args:
        parameter: θ, of any shape, also none. float32 or float64.
        gradient: g, of the same shape and dtype. It and its square are finite. None of
            the four tensors needs to be contiguous, and none is changed.
        m: The running mean of the gradient before this step, of the same shape and dtype. All 0
            before the first step.
        v: The running mean of the squared gradient before this step, likewise, at least 0.
        step: The number t of the step, counted from 1. It may be large.
        lr: The learning rate of this step.
        beta1: β₁, 0 ≤ β₁ < 1.
        beta2: β₂, 0 ≤ β₂ < 1.
        eps: ε, above 0.
        weight_decay: λ, at least 0.

    Returns:
        parameter, m and v after the step, a tuple of new tensors. m and v are the running means
        themselves, not the corrected ones, so that the next step can go on from them. They need not
        be differentiable.

    Raises:
        ValueError: step is below 1.

    Source: Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", algorithm 1;
    Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2.

    >>> theta, gradient, zeros = torch.tensor([1.0, 1.0]), torch.tensor([4.0, -0.5]), torch.zeros(2)
    >>> theta, m, v = adam_step(theta, gradient, zeros, zeros, step=1, lr=0.1)
    >>> theta, m, v  # both entries go a whole learning rate, against the sign of the gradient
    (tensor([0.9000, 1.1000]), tensor([ 0.4000, -0.0500]), tensor([0.0160, 0.0003]))
    >>> adam_step(theta, gradient, m, v, step=2, lr=0.1, weight_decay=0.5)[0]
    tensor([0.7550, 1.1450])
    """
    raise NotImplementedError
