"""The entropy of attention weights: how many keys does a query really look at?"""

import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    """Measure how widely each query spreads its attention: H = −Σ_s w_s · ln w_s.

    The unit is the nat, so the logarithm is the natural one. A query that looks at one key alone
    has entropy 0; one that spreads its weight evenly over S keys has ln S. So exp(H) reads as the
    number of keys that share the attention.

    Args:
        weights: (..., T, S), with T = 1 for a single query; not negative. Each row of S weights
            sums to 1, or is 0 throughout where a mask left the query no key. It may have any
            floating-point dtype (float16 and bfloat16 too), need not be contiguous, and is not
            changed.

    Returns:
        (..., T), of the same dtype: one entropy for each query. The term of a weight of 0 is 0,
        the limit of w · ln w. That makes the entropy *exactly* 0 where one weight is 1 and the
        others are 0, in float64 too, and where the row is 0 throughout. Adding a small number to
        the weights before the logarithm would break this.

    Where all weights are positive, the gradient is that of the formula, −ln w − 1. In a
    row with a weight of 0 it may be anything.

    Source: Clark et al. 2019, "What Does BERT Look At?", section 3.3.

    >>> weights = torch.tensor([[0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0.0, 0.0]])
    >>> attention_entropy(weights)
    tensor([1.3863, 0.6931])
    """
    # xlogy(w, w) is w · ln w, and 0 where w is 0.
    return -torch.xlogy(weights, weights).sum(dim=-1)
