"""Self-attention from one packed weight: queries, keys and values in a single product."""

import math

import torch
import torch.nn.functional as F


def fused_qkv_attention(
    x: torch.Tensor,
    w_qkv: torch.Tensor,
    b_qkv: torch.Tensor | None,
    w_o: torch.Tensor,
    b_o: torch.Tensor | None,
    n_heads: int,
    mask: torch.Tensor | None = None,
) -> torch.Tensor:
    """Multi-head self-attention whose three projections are stored as one.

    The features of x W_qkvᵀ + b_qkv are, for each token, D of its query, then D of its key, then D
    of its value. Within each of the three, head h owns the features h·d to (h + 1)·d − 1, where
    d = D / n_heads. Every head computes softmax(q kᵀ / √d) v. The results of all heads stand side
    by side again, head 0 first; with y for them, the result is y W_oᵀ + b_o.

    What counts is the layout. Whether you multiply once or in parts is up to you. You may call
    `F.scaled_dot_product_attention`; torch's own multi-head attention is off limits.

    Args:
        x: (B, T, D).
        w_qkv: (3·D, D), stored (outputs, inputs): the rows of W_q, of W_k and of W_v, in this
            order.
        b_qkv: (3·D), in the same order; or None, for no bias.
        w_o: (D, D), stored (outputs, inputs).
        b_o: (D), or None. Either bias may be None without the other.
        n_heads: Number H of heads. D is a multiple of it.
        mask: Boolean, True where a query may attend to a key. Any shape of two to four
            dimensions that broadcasts to (B, H, T, T), such as (T, T), (B, 1, 1, T) or
            (B, H, T, T). None allows every pair.

    Returns:
        (B, T, D). A head whose row of the mask allows nothing contributes 0 to that token; where
        all its heads are so, what remains is b_o, or 0 without it.

    Gradients reach x, the weights and the biases, and are finite also where a row
    allows nothing or a forbidden score is large.

    All tensors but the mask share one floating-point dtype (float16 and bfloat16 are possible),
    which the result has as well; they need not be contiguous. No argument is changed.

    >>> x = torch.tensor([[[1.0, 0.0], [0.0, 2.0]]])
    >>> one = torch.eye(2)
    >>> fused_qkv_attention(x, torch.cat([one, one, one]), None, one, None, n_heads=2)
    tensor([[[0.7311, 1.0000],
             [0.5000, 1.9640]]])
    """
    raise NotImplementedError
