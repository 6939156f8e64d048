"""Attention rollout: from which input tokens does an output come?"""

import torch


def attention_rollout(weights: torch.Tensor) -> torch.Tensor:
    """Follow the attention weights of all layers back to the input tokens.

    In each layer the weights of the heads are averaged. Half of what stands at a position after the
    layer is counted as coming from the same position before it, by the residual connection; the
    other half comes by the attention, from where the averaged weights say. The share of input token
    s in output token t is the sum over all paths that lead from s at the input to t at the output,
    where the shares along a path are multiplied.

    Args:
        weights: (L, B, H, T, T), float32 or float64: layer, sequence, head, query, key. Layer 0 is
            the first one, which reads the input. Entries are at least 0 and each row, over the
            keys, sums to 1. It need not be contiguous, and is not changed. Any size may be 1.

    Returns:
        (B, T, T), of the same dtype: at (b, t, s) the share of input token s in output token t, so
        each row, over s, sums to 1. It need not be differentiable.

    Source: Abnar and Zuidema 2020, "Quantifying Attention Flow in Transformers".

    >>> first = torch.tensor([[1.0, 0.0], [1.0, 0.0]])  # everyone looks at token 0
    >>> attention_rollout(first.reshape(1, 1, 1, 2, 2))
    tensor([[[1.0000, 0.0000],
             [0.5000, 0.5000]]])
    >>> second = torch.tensor([[0.0, 1.0], [0.0, 1.0]])  # then everyone looks at token 1
    >>> attention_rollout(torch.stack([first, second]).reshape(2, 1, 1, 2, 2))
    tensor([[[0.7500, 0.2500],
             [0.5000, 0.5000]]])
    """
    raise NotImplementedError
