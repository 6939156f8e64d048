"""Scaled dot-product attention: the formula, and the fused kernel that computes the same.

Source: Vaswani et al., "Attention Is All You Need" (2017), section 3.2.1.

Both paths have one signature and one policy. A mask is boolean, True where attention is allowed. A
query that may attend to nothing gets output 0 and gradient 0. Their outputs differ by no more than
`TOLERANCE` for inputs of unit scale.
"""

import math
from typing import Protocol

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from reference.config import AttentionPath
from reference.masks import causal_mask

TOLERANCE: dict[torch.dtype, float] = {
    torch.float64: 1e-12,
    torch.float32: 1e-5,
    torch.float16: 1e-2,
    torch.bfloat16: 6e-2,
}
"""Largest absolute difference between the two paths, per dtype."""


def softmax(x: Float[Tensor, "..."], dim: int = -1) -> Float[Tensor, "..."]:
    """exp(x) / Σ exp(x) along `dim`. An entry of −∞ gets exactly 0; all −∞ gives NaN.

    The largest entry is subtracted first. That changes nothing in the quotient and keeps exp from
    overflowing, so its gradient is left out.
    """
    exponentials = (x - x.detach().amax(dim, keepdim=True)).exp()
    return exponentials / exponentials.sum(dim, keepdim=True)


def masked_softmax(
    scores: Float[Tensor, "*batch T S"], mask: Bool[Tensor, "..."] | None
) -> Float[Tensor, "*batch T S"]:
    """Softmax over the allowed keys. Masked keys get exactly 0; so does a row with no key at all.

    The scores are filled with the lowest finite number rather than −∞, because a row of −∞ alone
    would be 0/0, and its NaN would survive in the gradient whatever is filled in afterwards.
    """
    if mask is None:
        return softmax(scores)
    lowest = torch.finfo(scores.dtype).min
    return softmax(scores.masked_fill(~mask, lowest)).masked_fill(~mask, 0.0)


def visible(
    mask: Bool[Tensor, "..."] | None, causal: bool, T: int, S: int, device: torch.device
) -> Bool[Tensor, "..."] | None:
    """`mask`, and no future where `causal`: the last of T queries stands at the last of S keys."""
    if not causal or T == 1:
        return mask
    past_only = causal_mask(T, S - T, device)
    return past_only if mask is None else mask & past_only


def scaled_dot_product_attention(
    q: Float[Tensor, "*batch T d"],
    k: Float[Tensor, "*batch S d"],
    v: Float[Tensor, "*batch S e"],
    mask: Bool[Tensor, "..."] | None = None,
    *,
    bias: Float[Tensor, "..."] | None = None,
    causal: bool = False,
    scale: float | None = None,
    dropout: float = 0.0,
) -> tuple[Float[Tensor, "*batch T e"], Float[Tensor, "*batch T S"]]:
    """softmax(q kᵀ · scale + bias) v, and the weights: the explicit path.

    Args:
        q, k, v: queries, keys and values.
        mask: True where attention is allowed; broadcasts to the scores (..., T, S).
        bias: added to the scores, as T5 and ALiBi do; broadcasts likewise.
        causal: hide the future. The last query stands at the last key, so S − T keys are the past.
        scale: of the scores; 1/√d when None.
        dropout: probability that a weight is dropped on its way to the values.

    Returns:
        The output and the weights before dropout. A row with no allowed key is 0 in both.
    """
    T, S, d = q.size(-2), k.size(-2), q.size(-1)
    scores = q @ k.mT * (1 / math.sqrt(d) if scale is None else scale)  # (..., T, S)
    if bias is not None:
        scores = scores + bias.to(scores.dtype)
    weights = masked_softmax(scores, visible(mask, causal, T, S, q.device))
    return F.dropout(weights, dropout) @ v, weights


def fused_attention(
    q: Float[Tensor, "*batch T d"],
    k: Float[Tensor, "*batch S d"],
    v: Float[Tensor, "*batch S e"],
    mask: Bool[Tensor, "..."] | None = None,
    *,
    bias: Float[Tensor, "..."] | None = None,
    causal: bool = False,
    scale: float | None = None,
    dropout: float = 0.0,
) -> tuple[Float[Tensor, "*batch T e"], None]:
    """The same in one kernel that never holds all T × S scores; so there are no weights to return.

    Arguments as in `scaled_dot_product_attention`. What kernels do with a fully masked row depends
    on the device. Here such a row is let see every key and its output is then set to 0, which
    stops its gradient as well.
    """
    T, S = q.size(-2), k.size(-2)
    if causal and T == S and mask is None and bias is None:
        # Only without a mask tensor may the kernel skip the upper triangle.
        return F.scaled_dot_product_attention(q, k, v, None, dropout, True, scale=scale), None
    mask = visible(mask, causal, T, S, q.device)
    shift = None if bias is None else bias.expand(*bias.shape[:-2], T, S).to(q.dtype)
    if mask is None:
        return F.scaled_dot_product_attention(q, k, v, shift, dropout, scale=scale), None
    sees_a_key = mask.any(-1, keepdim=True)  # (..., T, 1)
    mask = (mask | ~sees_a_key).expand(*mask.shape[:-2], T, S)
    shift = mask if shift is None else shift.masked_fill(~mask, -math.inf)
    output = F.scaled_dot_product_attention(q, k, v, shift, dropout, scale=scale)
    return output.masked_fill(~sees_a_key, 0.0), None


class Attention(Protocol):
    """The signature that both paths share."""

    def __call__(
        self,
        q: Tensor,
        k: Tensor,
        v: Tensor,
        mask: Tensor | None = None,
        *,
        bias: Tensor | None = None,
        causal: bool = False,
        scale: float | None = None,
        dropout: float = 0.0,
    ) -> tuple[Tensor, Tensor | None]: ...


PATHS: dict[AttentionPath, Attention] = {
    "explicit": scaled_dot_product_attention,
    "fused": fused_attention,
}


def distance_attention(
    q: Float[Tensor, "*batch T d"],
    k: Float[Tensor, "*batch S d"],
    v: Float[Tensor, "*batch S e"],
) -> tuple[Float[Tensor, "*batch T e"], Float[Tensor, "*batch T S"]]:
    """Attention to what is near: the scores are −‖q − k‖²/2.

    That is q·k − ‖k‖²/2 plus a number per query, which softmax ignores. So where all keys are of
    one length it is dot-product attention, without the 1/√d.
    """
    differences = q[..., :, None, :] - k[..., None, :, :]  # (..., T, S, d)
    weights = softmax(-differences.square().sum(-1) / 2)
    return weights @ v, weights


class SelfAttention(nn.Module):
    """One head: queries, keys and values are three projections of the same sequence."""

    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k, bias=bias)
        self.key = nn.Linear(d_model, d_k, bias=bias)
        self.value = nn.Linear(d_model, d_v, bias=bias)

    def forward(
        self, x: Float[Tensor, "B T D"], mask: Bool[Tensor, "..."] | None = None
    ) -> tuple[Float[Tensor, "B T d_v"], Float[Tensor, "B T T"]]:
        return scaled_dot_product_attention(self.query(x), self.key(x), self.value(x), mask)
