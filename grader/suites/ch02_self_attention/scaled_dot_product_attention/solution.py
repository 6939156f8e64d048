"""Scaled dot-product attention: the step that every Transformer repeats."""

import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attend from T queries to S keys and average the S values.

    The score of query t and key s is q_t · k_s / √d. A softmax over the keys turns the scores of
    each query into weights, and the output is the average of the values under these weights.
    torch's own attention, such as `F.scaled_dot_product_attention`, is off limits here.

    Args:
        q: Queries, (..., T, d). There may be no leading dimension, one, or several.
        k: Keys, (..., S, d), with the leading dimensions of q.
        v: Values, (..., S, e), with the leading dimensions of q. T, S, d and e may all differ.
        mask: Boolean, True where query t may attend to key s. Any shape that broadcasts to
            (..., T, S), such as (S), (T, S), (T, 1) or (B, 1, S). None allows every pair.

    Returns:
        output: (..., T, e).
        weights: (..., T, S). Exactly 0 where the mask forbids. Every row sums to 1, except that a
            row with no allowed key has all its weights 0 and its output 0.

    q, k and v share one floating-point dtype (float16 and bfloat16 are possible), which
    the results have as well; they need not be contiguous. No argument is changed in
    place. What a forbidden key and its value hold changes nothing; in float32 and
    float64 they may be as large as 1e30. All this holds where scores reach ±1000 as
    well. With a mask it also holds where a forbidden score is near +1000, or where all
    allowed scores of a row are near −20000 and the forbidden ones are not; q · k, before
    the division, always fits into the dtype. Gradients of the output reach q, k and v,
    and are finite also there, and where a row has no allowed key.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.1.

    >>> q = torch.tensor([[1.0, 0.0]])
    >>> k = torch.tensor([[2.0, 0.0], [0.0, 2.0]])
    >>> v = torch.tensor([[10.0], [20.0]])
    >>> output, weights = scaled_dot_product_attention(q, k, v)
    >>> weights
    tensor([[0.8044, 0.1956]])
    >>> output
    tensor([[11.9557]])
    >>> scaled_dot_product_attention(q, k, v, torch.tensor([[False, True]]))
    (tensor([[20.]]), tensor([[0., 1.]]))
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))  # (..., T, S)
    if mask is None:
        weights = scores.softmax(dim=-1)
    else:
        weights = scores.masked_fill(~mask, -math.inf).softmax(dim=-1)
        # The softmax of a row of −inf is NaN. Such a row has no key to attend to: all its weights
        # are 0. Both fills stop the gradient, so no NaN gets back to q and k either.
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
