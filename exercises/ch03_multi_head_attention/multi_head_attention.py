"""Multi-head attention: several small attentions side by side, and a projection that mixes them."""

import math

import torch
import torch.nn.functional as F


def multi_head_attention(
    x_q: torch.Tensor,
    x_kv: torch.Tensor,
    w_q: torch.Tensor,
    w_k: torch.Tensor,
    w_v: torch.Tensor,
    w_o: torch.Tensor,
    n_heads: int,
    mask: torch.Tensor | None = None,
) -> torch.Tensor:
    """Let n_heads heads attend from the tokens of x_q to those of x_kv, and mix what they find.

    Queries are x_q W_qᵀ, keys are x_kv W_kᵀ and values are x_kv W_vᵀ. Each is cut into heads of
    width d = D / n_heads, where head h takes the features h·d to (h + 1)·d − 1. Every head computes
    softmax(q kᵀ / √d) v with its own part. The results of all heads stand side by side again, head
    0 first, and are multiplied by W_oᵀ.

    You may call `F.scaled_dot_product_attention`; torch's own multi-head attention is off limits.

    Args:
        x_q: (B, T, D), what the queries are made of.
        x_kv: (B, S, D), what keys and values are made of. T and S may differ.
        w_q, w_k, w_v, w_o: (D, D), stored (outputs, inputs) as in nn.Linear. There are no biases.
        n_heads: Number H of heads. D is a multiple of it.
        mask: Boolean, True where a query may attend to a key. Any shape of two to four
            dimensions that broadcasts to (B, H, T, S), such as (T, S), (B, 1, 1, S) or
            (B, H, T, S). None allows every pair.

    Returns:
        (B, T, D). A head whose row of the mask allows nothing contributes 0 to that token.

    What a key token holds that no query may attend to in any head changes nothing; in
    float32 and float64 its numbers may be as large as 1e30. Gradients reach x_q, x_kv
    and the four weights, and are finite also there, and where a row allows nothing.

    All tensors but the mask share one floating-point dtype (float16 and bfloat16 are possible),
    which the result has as well; they need not be contiguous. No argument is changed.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.2.

    >>> x = torch.tensor([[[1.0, 0.0], [0.0, 2.0]]])
    >>> one = torch.eye(2)
    >>> multi_head_attention(x, x, one, one, one, one, n_heads=2)
    tensor([[[0.7311, 1.0000],
             [0.5000, 1.9640]]])
    >>> multi_head_attention(x, x, one, one, one, one, 2, torch.tensor([[True, False]]))
    tensor([[[1., 0.],
             [1., 0.]]])
    """
    raise NotImplementedError
