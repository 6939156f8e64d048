"""Two partial attentions become one: the step under flash attention."""

import math

import torch


def merge_partial_attention(
    m: torch.Tensor,
    l: torch.Tensor,  # noqa: E741
    o: torch.Tensor,
    m2: torch.Tensor,
    l2: torch.Tensor,
    o2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Merge what two groups of keys have given the same queries.

    For the scores s_j and values v_j of a group of keys, a query keeps three things:

        m = max_j s_j,    l = Σ_j exp(s_j − m),    o = Σ_j exp(s_j − m) v_j

    o has not been divided by l; only at the end is o / l the output of attention. From the three of
    one group and the three of another, which has no key in common with it, follow the three of both
    groups together. A group without keys has m = −inf, l = 0 and o = 0.

    Args:
        m: (..., T), the largest score of each query; −inf where the group has no keys. There may be
            any number of leading dimensions, also none. float32 or float64.
        l: (..., T), the sum of exponentials.
        o: (..., T, d_v), the sum of the values, each times its exponential.
        m2, l2, o2: The same of the second group, of the same shapes and dtype.

        A finite m may have any size, such as −10³⁰. The tensors need not be contiguous, and are not
        changed.

    Returns:
        m, l and o of both groups together, of the shapes and dtype of the arguments. Two groups
        without keys give one without keys: −inf, 0 and 0. No number becomes NaN, and none
        infinite but the m of two such groups. Gradients are not asked for.

    Source: Milakov and Gimelshein 2018, "Online normalizer calculation for softmax"; Dao et al.
    2022, "FlashAttention".

    >>> first = torch.tensor([2.0]), torch.tensor([1.0]), torch.tensor([[10.0]])
    >>> second = torch.tensor([3.0]), torch.tensor([1.5]), torch.tensor([[4.0]])
    >>> merge_partial_attention(*first, *second)
    (tensor([3.]), tensor([1.8679]), tensor([[7.6788]]))
    """
    raise NotImplementedError
