"""The backward pass of attention, by hand."""

import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Carry the gradient of a loss back through scaled dot-product attention, without autograd.

    The forward pass was output = softmax(q kᵀ / √d) v, with the softmax over the keys and no mask.
    Its weights are not passed in, so compute them again. Autograd and everything that builds on it
    are off limits here.

    Args:
        d_output: Gradient of the loss with respect to the output, (..., T, e).
        q: Queries, (..., T, d). There may be no leading dimension, one, or several.
        k: Keys, (..., S, d).
        v: Values, (..., S, e). The leading dimensions are the same in all four; T, S, d and e may
            all differ.

    Returns:
        dq, dk, dv: the gradients of the loss with respect to q (..., T, d), k (..., S, d) and
        v (..., S, e), in this order and of the same dtype as q. They are what autograd would give,
        and are finite also where scores reach ±1000. They need not be differentiable themselves.

    All four arguments share one floating-point dtype (float16 and bfloat16 are possible) and need
    not be contiguous. None is changed in place.

    Source: Dao et al. 2022, "FlashAttention", appendix B.2.

    >>> q = torch.tensor([[1.0, 0.0]])
    >>> k = torch.tensor([[2.0, 0.0], [0.0, 2.0]])
    >>> v = torch.tensor([[10.0], [20.0]])
    >>> dq, dk, dv = attention_backward(torch.tensor([[1.0]]), q, k, v)
    >>> dq
    tensor([[-2.2249,  2.2249]])
    >>> dv
    tensor([[0.8044],
            [0.1956]])
    """
    raise NotImplementedError
