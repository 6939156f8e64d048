"""Attention in time linear in the length, bought with approximation: Linformer and Performer."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from reference.attention import scaled_dot_product_attention


def linformer_attention(
    q: Float[Tensor, "*batch T d"],
    k: Float[Tensor, "*batch S d"],
    v: Float[Tensor, "*batch S e"],
    e: Float[Tensor, "r S"],
    f: Float[Tensor, "r S"],
) -> Float[Tensor, "*batch T e"]:
    """Attention over r learned mixtures of the S positions: softmax(q·(E·k)ᵀ/√d)·(F·v).

    Attention matrices are nearly of low rank, so few mixtures do. The cost is O(T·r) for a fixed
    length S; a causal version does not exist, as every mixture holds every position. Wang et al.
    2020, equation 7.
    """
    output, _ = scaled_dot_product_attention(q, e @ k, f @ v)
    return output


def orthogonal_projection(
    n_features: int, d: int, generator: torch.Generator | None = None
) -> Float[Tensor, "m d"]:
    """Random directions for `performer_features`: rows like N(0, I), orthogonal in groups of d.

    Orthogonal directions repeat each other less, so the estimate varies less (Choromanski et al.
    2021, section 2.4).
    """
    groups = []
    for _ in range(math.ceil(n_features / d)):
        directions, triangle = torch.linalg.qr(torch.randn(d, d, generator=generator))
        # Without this sign the factorisation prefers some directions to their opposites.
        directions = directions * triangle.diagonal().sign()
        lengths = torch.randn(d, d, generator=generator).norm(dim=1, keepdim=True)
        groups.append(lengths * directions.T)
    return torch.cat(groups)[:n_features]


def performer_features(
    x: Float[Tensor, "*batch n d"], projection: Float[Tensor, "m d"]
) -> Float[Tensor, "*batch n m"]:
    """Positive random features φ with E[φ(x)·φ(y)] = exp(x·y): exp(w·x − ‖x‖²/2)/√m for each w.

    The rows w of `projection` are drawn from N(0, I). All features are positive, so the weights
    built from them are too. Their exponent is at most ‖w‖²/2, reached at x = w. Choromanski et
    al. 2021, lemma 1 (FAVOR+).
    """
    exponent = x @ projection.mT - x.square().sum(-1, keepdim=True) / 2  # (..., n, m)
    return exponent.exp() / math.sqrt(projection.size(0))


def linear_attention(
    phi_q: Float[Tensor, "*batch T m"],
    phi_k: Float[Tensor, "*batch S m"],
    v: Float[Tensor, "*batch S e"],
    causal: bool = False,
) -> Float[Tensor, "*batch T e"]:
    """Attention with weights φ(q)·φ(k), normalised: the sum over keys is taken *before* the query.

    That makes it O((T + S)·m·e); nothing of size T × S exists. With `causal` (T = S) the sums run
    only up to each position, as a recurrent network's state would. Katharopoulos et al. 2020,
    equations 5 and 9.
    """
    if causal:
        outer = phi_k.unsqueeze(-1) * v.unsqueeze(-2)  # (..., S, m, e)
        summary, total = outer.cumsum(-3), phi_k.cumsum(-2)  # (..., S, m, e), (..., S, m)
        numerator = (phi_q.unsqueeze(-2) @ summary).squeeze(-2)  # (..., T, e)
    else:
        summary, total = phi_k.mT @ v, phi_k.sum(-2, keepdim=True)  # (..., m, e), (..., 1, m)
        numerator = phi_q @ summary  # (..., T, e)
    return numerator / (phi_q * total).sum(-1, keepdim=True)


def performer_attention(
    q: Float[Tensor, "*batch T d"],
    k: Float[Tensor, "*batch S d"],
    v: Float[Tensor, "*batch S e"],
    projection: Float[Tensor, "m d"],
    causal: bool = False,
) -> Float[Tensor, "*batch T e"]:
    """softmax(q·kᵀ/√d)·v, estimated with m random features in time linear in the length.

    The error falls as 1/√m. The √d is split evenly: q and k are each divided by d^¼.
    """
    scale = q.size(-1) ** -0.25
    phi_q = performer_features(scale * q, projection)
    phi_k = performer_features(scale * k, projection)
    return linear_attention(phi_q, phi_k, v, causal)
