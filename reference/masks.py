"""Who may attend to whom. A mask is boolean, True where attention is allowed.

Every mask broadcasts to the scores (B, H, T, S). `F.scaled_dot_product_attention` reads boolean
masks the same way; the `key_padding_mask` and `attn_mask` of `nn.MultiheadAttention` are True where
attention is *not* allowed.
"""

import torch
from jaxtyping import Bool, Int
from torch import Tensor


def padding_mask(tokens: Int[Tensor, "B S"], pad_id: int) -> Bool[Tensor, "B 1 1 S"]:
    """Every query may attend to every key that is not padding."""
    return (tokens != pad_id)[:, None, None, :]


def causal_mask(
    length: int, past: int = 0, device: torch.device | str | None = None
) -> Bool[Tensor, "T S"]:
    """Query t stands at position past + t and may attend to keys 0 … past + t.

    Args:
        length: number T of queries.
        past: number of keys that came before the first query, so that S = past + T.
    """
    return torch.ones(length, past + length, dtype=torch.bool, device=device).tril(past)


def target_mask(tokens: Int[Tensor, "B T"], pad_id: int) -> Bool[Tensor, "B 1 T T"]:
    """A decoder's mask: no padding and no future.

    A row is fully masked only where a sequence begins with padding.
    """
    T = tokens.size(1)
    return padding_mask(tokens, pad_id) & causal_mask(T, device=tokens.device)


def combine_masks(
    key_is_real: Bool[Tensor, "B S"], allowed: Bool[Tensor, "T S"]
) -> Bool[Tensor, "B 1 T S"]:
    """Allowed where the key is real in this sequence and the pattern allows it in every one."""
    return key_is_real[:, None, None, :] & allowed
