"""Multi-head attention: several small attentions side by side, and a projection that mixes them.

Source: Vaswani et al. (2017), section 3.2.2; Ainslie et al., "GQA" (2023) for grouped queries.
Weight matrices are (out, in), as in `nn.Linear`, unless a docstring says otherwise.
"""

from typing import Protocol, TypedDict, Unpack

import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from reference.attention import PATHS, scaled_dot_product_attention
from reference.config import AttentionPath
from reference.rotary import Rotation, rotate


def split_heads(x: Float[Tensor, "B T D"], n_heads: int) -> Float[Tensor, "B H T d"]:
    """Head h takes features h·d … (h+1)·d of every token.

    Raises:
        ValueError: if D does not divide into `n_heads` equal heads.
    """
    B, T, D = x.shape
    if D % n_heads:
        raise ValueError(f"A width of {D} does not divide into {n_heads} equal heads.")
    return x.view(B, T, n_heads, D // n_heads).transpose(1, 2)  # (B, H, T, d)


def merge_heads(x: Float[Tensor, "B H T d"]) -> Float[Tensor, "B T D"]:
    """The inverse of `split_heads`: the heads' features one after the other."""
    return x.transpose(1, 2).flatten(2)  # (B, T, H·d)


def per_head_projection(
    x: Float[Tensor, "B T D"], w: Float[Tensor, "H D d"]
) -> Float[Tensor, "B H T d"]:
    """The paper's W_i: one matrix (in, out) per head. Equal to one large product, then a split."""
    return x[:, None] @ w  # (B, 1, T, D) @ (H, D, d)


def multi_head_attention(
    x_q: Float[Tensor, "B T D"],
    x_kv: Float[Tensor, "B S D"],
    w_q: Float[Tensor, "D D"],
    w_k: Float[Tensor, "D D"],
    w_v: Float[Tensor, "D D"],
    w_o: Float[Tensor, "D D"],
    n_heads: int,
    mask: Bool[Tensor, "..."] | None = None,
) -> Float[Tensor, "B T D"]:
    """Concat(head_1, …, head_H) W_o, each head attending with its own slice of the projections."""
    q = split_heads(F.linear(x_q, w_q), n_heads)  # (B, H, T, d)
    k = split_heads(F.linear(x_kv, w_k), n_heads)  # (B, H, S, d)
    v = split_heads(F.linear(x_kv, w_v), n_heads)
    heads, _ = scaled_dot_product_attention(q, k, v, mask)
    return F.linear(merge_heads(heads), w_o)


def fused_qkv_attention(
    x: Float[Tensor, "B T D"],
    w_qkv: Float[Tensor, "3*D D"],
    b_qkv: Float[Tensor, " 3*D"] | None,
    w_o: Float[Tensor, "D D"],
    b_o: Float[Tensor, " D"] | None,
    n_heads: int,
    mask: Bool[Tensor, "..."] | None = None,
) -> Float[Tensor, "B T D"]:
    """Self-attention whose three projections are one product: rows of `w_qkv` are W_q, W_k, W_v."""
    q, k, v = (split_heads(part, n_heads) for part in F.linear(x, w_qkv, b_qkv).chunk(3, dim=-1))
    heads, _ = scaled_dot_product_attention(q, k, v, mask)
    return F.linear(merge_heads(heads), w_o, b_o)


def repeat_groups(x: Float[Tensor, "B G S d"], n_heads: int) -> Float[Tensor, "B H S d"]:
    """Copy each key or value head for the H/G consecutive query heads that share it.

    Raises:
        ValueError: if H is no multiple of G.
    """
    G = x.size(1)
    if n_heads % G:
        raise ValueError(f"{n_heads} query heads do not divide into {G} groups.")
    return x if n_heads == G else x.repeat_interleave(n_heads // G, dim=1)


def grouped_query_attention(
    q: Float[Tensor, "B H T d"],
    k: Float[Tensor, "B G S d"],
    v: Float[Tensor, "B G S e"],
    mask: Bool[Tensor, "..."] | None = None,
) -> tuple[Float[Tensor, "B H T e"], Float[Tensor, "B H T S"]]:
    """G key-value heads serve H query heads: G = H is multi-head, G = 1 multi-query attention."""
    H = q.size(1)
    return scaled_dot_product_attention(q, repeat_groups(k, H), repeat_groups(v, H), mask)


class Cache(Protocol):
    """Keys and values of the tokens seen so far, kept for one attention layer."""

    @property
    def length(self) -> int:
        """Number of tokens held."""
        ...

    def append(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Add (B, G, T, d) at the end and return all keys and values so far."""
        ...


class AttentionOptions(TypedDict, total=False):
    """What a layer hands on to its self-attention, besides the mask."""

    bias: Tensor | None  # added to the scores (T5, ALiBi)
    rotation: Rotation | None  # of queries and keys (rotary positions)
    causal: bool  # hide the future; cheaper than a mask, and it may come with one
    cache: Cache | None  # past keys and values; the new ones are appended
    path: AttentionPath | None  # overrules the module's own


class MultiHeadAttention(nn.Module):
    """Project, split into heads, attend, merge, project.

    Parameters `w_q`, `w_k`, `w_v` and `w_o` are `nn.Linear`s. Unlike `nn.MultiheadAttention`, the
    mask is True where attention is allowed, and the weights come back per head.

    Args:
        d_model: width D of queries, keys, values and output.
        n_heads: number H of query heads.
        dropout: of the attention weights.
        bias: whether the projections have one.
        n_kv_heads: number G of key and value heads; H when None.
        scale_scores: whether scores are divided by √d.
        path: "explicit" returns the weights (B, H, T, S); "fused" is faster and returns None.
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        *,
        n_kv_heads: int | None = None,
        scale_scores: bool = True,
        path: AttentionPath = "explicit",
    ) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"d_model={d_model} does not divide into {n_heads} equal heads.")
        self.n_heads = n_heads
        self.n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        self.dropout = dropout
        self.scale = None if scale_scores else 1.0
        self.path = path
        kv_width = d_model // n_heads * self.n_kv_heads
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, kv_width, bias=bias)
        self.w_v = nn.Linear(d_model, kv_width, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def project_key_value(
        self, key: Float[Tensor, "B S D"], value: Float[Tensor, "B S D"]
    ) -> tuple[Float[Tensor, "B G S d"], Float[Tensor, "B G S d"]]:
        """Keys and values per head; computed once for a memory that many queries will see."""
        G = self.n_kv_heads
        return split_heads(self.w_k(key), G), split_heads(self.w_v(value), G)

    def forward(
        self,
        query: Float[Tensor, "B T D"],
        key: Float[Tensor, "B S D"],
        value: Float[Tensor, "B S D"],
        mask: Bool[Tensor, "..."] | None = None,
        **options: Unpack[AttentionOptions],
    ) -> tuple[Float[Tensor, "B T D"], Float[Tensor, "B H T S2"] | None]:
        """Attend; with a cache, to all that it holds and the new keys (S2 of them in all)."""
        k, v = self.project_key_value(key, value)
        return self.attend(query, k, v, mask, **options)

    def attend(
        self,
        query: Float[Tensor, "B T D"],
        k: Float[Tensor, "B G S d"],
        v: Float[Tensor, "B G S d"],
        mask: Bool[Tensor, "..."] | None = None,
        *,
        bias: Tensor | None = None,
        rotation: Rotation | None = None,
        causal: bool = False,
        cache: Cache | None = None,
        path: AttentionPath | None = None,
    ) -> tuple[Float[Tensor, "B T D"], Float[Tensor, "B H T S2"] | None]:
        """`forward` for keys and values that are projected already."""
        q = split_heads(self.w_q(query), self.n_heads)  # (B, H, T, d)
        if rotation is not None:
            q, k = rotate(q, rotation), rotate(k, rotation)
        if cache is not None:
            k, v = cache.append(k, v)
        heads, weights = PATHS[path or self.path](
            q,
            repeat_groups(k, self.n_heads),
            repeat_groups(v, self.n_heads),
            mask,
            bias=bias,
            causal=causal,
            scale=self.scale,
            dropout=self.dropout if self.training else 0.0,
        )
        return self.w_o(merge_heads(heads)), weights
