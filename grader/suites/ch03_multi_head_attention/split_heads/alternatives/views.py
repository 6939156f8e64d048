"""`unflatten` and `flatten`, with views all the way."""

import torch


def split_heads(x: torch.Tensor, n_heads: int) -> torch.Tensor:
    d, rest = divmod(x.size(-1), n_heads)
    if rest:
        raise ValueError(f"{x.size(-1)} features, {n_heads} heads: {rest} left over")
    return x.unflatten(-1, (n_heads, d)).movedim(-2, 1)


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    return x.movedim(1, -2).flatten(-2)
