"""Relative positions: the scores learn how far apart a query and a key are.

A relative position is key − query: negative for the past. Sources: Shaw et al., "Self-Attention
with Relative Position Representations" (2018); Dai et al., "Transformer-XL" (2019), appendix B;
Raffel et al., "T5" (2020), section 2.1; Press et al., "ALiBi" (2022), section 3.
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


def relative_positions(
    length: int, past: int = 0, device: torch.device | str | None = None
) -> Int[Tensor, "T S"]:
    """Key − query for `length` queries that stand behind `past` keys."""
    keys = torch.arange(past + length, device=device)
    return keys - keys[past:, None]  # (S) − (T, 1)


def clipped_relative_scores(
    q: Float[Tensor, "B H T d"], k: Float[Tensor, "B H T d"], table: Float[Tensor, "R d"]
) -> Float[Tensor, "B H T T"]:
    """q · (k + a) / √d, where a is the table's row for the distance, clipped to −m … m (Shaw).

    Row m of the R = 2m + 1 is distance 0; row 0 is m or more to the left.
    """
    T, d = q.shape[-2:]
    m = table.size(0) // 2
    row = relative_positions(T, device=q.device).clamp(-m, m) + m  # (T, T)
    by_content = q @ k.mT
    by_distance = (q @ table.T).gather(-1, row.expand(*q.shape[:-2], T, T))
    return (by_content + by_distance) / math.sqrt(d)


def relative_shift(scores: Float[Tensor, "B H T R"]) -> Float[Tensor, "B H T T"]:
    """From one column per distance to one column per key, with no index tensor (Transformer-XL).

    Column c of the R = 2T − 1 is distance c − (T − 1), so row t must move left by T − 1 − t. Pad
    each row by one and read the same memory in shorter rows: each row starts one further.

    Raises:
        ValueError: if R is not 2T − 1.
    """
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError(f"{T} queries have {2 * T - 1} distances, not {R}.")
    padded = F.pad(scores, (0, 1)).flatten(2)  # (B, H, T·2T)
    shifted = padded[..., T - 1 : T - 1 + T * R].view(B, H, T, R)
    return shifted[..., :T]


def relative_position_bucket(
    relative: Int[Tensor, "*shape"],
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> Int[Tensor, "*shape"]:
    """The bucket of each relative position (T5): one each when near, ever wider ones when far.

    Half of the buckets hold the distances 0, 1, 2, …; the other half grow logarithmically up to
    `max_distance`, beyond which all share the last. When `bidirectional`, the upper half of all
    buckets is for keys to the right; otherwise those fall into bucket 0.
    """
    bucket = torch.zeros_like(relative)
    if bidirectional:
        n_buckets //= 2
        bucket = (relative > 0) * n_buckets
        distance = relative.abs()
    else:
        distance = (-relative).clamp(min=0)
    n_exact = n_buckets // 2
    # clamp: the logarithm is only used from n_exact on, and must not see 0
    growth = (distance.clamp(min=n_exact) / n_exact).log() / math.log(max_distance / n_exact)
    far = n_exact + (growth * (n_buckets - n_exact)).to(relative.dtype)
    return bucket + torch.where(distance < n_exact, distance, far.clamp(max=n_buckets - 1))


class RelativePositionBias(nn.Module):
    """A learned number per head and bucket, added to the scores of every layer (T5)."""

    def __init__(
        self, n_heads: int, bidirectional: bool, n_buckets: int = 32, max_distance: int = 128
    ) -> None:
        super().__init__()
        self.bidirectional = bidirectional
        self.max_distance = max_distance
        self.embedding = nn.Embedding(n_buckets, n_heads)
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, length: int, past: int = 0) -> Float[Tensor, "H T S"]:
        """For `length` queries behind `past` keys."""
        weight = self.embedding.weight
        buckets = relative_position_bucket(
            relative_positions(length, past, weight.device),
            self.bidirectional,
            weight.size(0),
            self.max_distance,
        )
        return weight[buckets].permute(2, 0, 1)  # (T, S, H) → (H, T, S)


def alibi_slopes(n_heads: int) -> Float[Tensor, " H"]:
    """2^(−8/H), 2^(−16/H), … for H a power of two.

    Otherwise: those of the next smaller power, then every other one of the next larger.
    """
    power = 2 ** math.floor(math.log2(n_heads))
    slopes = 2.0 ** (-8.0 / power * torch.arange(1, power + 1))
    extra = 2.0 ** (-4.0 / power * (2 * torch.arange(n_heads - power) + 1))
    return torch.cat((slopes, extra))


def alibi_bias(
    n_heads: int, length: int, past: int = 0, device: torch.device | str | None = None
) -> Float[Tensor, "H T S"]:
    """−slope · |key − query|, added to the scores: each head forgets at its own pace.

    The paper's model is causal, so it only defines keys to the left; the bias is symmetric here.
    """
    distance = relative_positions(length, past, device).abs()
    return -alibi_slopes(n_heads).to(device)[:, None, None] * distance
