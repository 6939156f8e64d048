"""ALiBi: a bias on the scores that grows with the distance, steeper in some heads than others."""

import math

import torch


def alibi_bias(n_heads: int, length: int) -> torch.Tensor:
    """The number that is added to the score of each query and key, in each head:

        bias[h, t, s] = −slope[h] · |t − s|

    It is 0 for a token and itself, and negative for every other pair, to the left and to the right
    alike. (The paper's model is causal and never uses keys to the right.) Nothing is masked.

    The slopes of P heads, where P is a power of two, are 2^(−8/P), 2^(−16/P), …, 2^(−8): slope h,
    counted from 1, is 2^(−8·h/P). So 8 heads have 1/2, 1/4, …, 1/256, and 1 head has 1/256.

    For a number of heads H that is no power of two, let P be the largest power of two below H. The
    first P slopes are those of P heads. The remaining H − P slopes are the first, the third, the
    fifth and so on of those of 2P heads. So 3 heads have 1/16, 1/256 and 1/4, and 6
    heads have 1/4, 1/16, 1/64, 1/256, 1/2 and 1/8.

    Args:
        n_heads: Number H of heads, at least 1.
        length: Number T of tokens, at least 1.

    Returns:
        (H, T, T), float32. The first index is the head, the second the query, the third the key.

    Source: Press et al. 2022, "Train Short, Test Long: Attention with Linear Biases Enables Input
    Length Extrapolation", section 3; the slopes for other numbers of heads are those of the
    authors' code.

    >>> bias = alibi_bias(n_heads=8, length=4)
    >>> bias[0, 3, :3]
    tensor([-1.5000, -1.0000, -0.5000])
    >>> bias[1, 3, :3]
    tensor([-0.7500, -0.5000, -0.2500])
    >>> alibi_bias(n_heads=6, length=2)[:, 0, 1]
    tensor([-0.2500, -0.0625, -0.0156, -0.0039, -0.5000, -0.1250])
    """
    power = 2 ** int(math.log2(n_heads))
    exponents = [8 * h / power for h in range(1, power + 1)]
    exponents += [8 * h / (2 * power) for h in range(1, 2 * (n_heads - power), 2)]
    slopes = torch.tensor([2.0**-exponent for exponent in exponents])  # (H)
    position = torch.arange(length)
    distance = (position[:, None] - position).abs()  # (T, T)
    return -slopes[:, None, None] * distance
