"""A cache of keys and values, and attention that decodes with it."""

import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    """The keys and values of all tokens that one attention layer has seen.

    A new cache is empty. The first tensors that are appended set the batch size, the number of
    heads, the widths and the dtype; all later ones have the same. Two caches share nothing.

    >>> cache = KVCache()
    >>> k, v = cache.append(torch.zeros(1, 2, 3, 4), torch.zeros(1, 2, 3, 5))
    >>> k, v = cache.append(torch.ones(1, 2, 1, 4), torch.ones(1, 2, 1, 5))
    >>> k.shape, v.shape, cache.length
    (torch.Size([1, 2, 4, 4]), torch.Size([1, 2, 4, 5]), 4)
    """

    def __init__(self) -> None:
        self.k = None
        self.v = None

    @property
    def length(self) -> int:
        """The number of tokens held, 0 at first."""
        return 0 if self.k is None else self.k.size(2)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Put T more tokens behind those held, and give all that is held then.

        Args:
            k: (B, H, T, d), keys, with T at least 1.
            v: (B, H, T, d_v), the values of the same tokens.
            They need not be contiguous. You do not change them, and the caller will not
            either, so the cache may keep the tensors themselves.

        Returns:
            The keys (B, H, S, d) and values (B, H, S, d_v) of all tokens, the oldest
            first. S is the length after the call. What is returned has to hold until
            the next call only, and no gradient needs to flow through it.
        """
        if self.k is None:
            self.k, self.v = k, v
        else:
            self.k = torch.cat([self.k, k], dim=2)
            self.v = torch.cat([self.v, v], dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    """Causal multi-head self-attention with learned positions, which decodes piece by piece.

    Token i of a sequence, counted from 0, has the position i. The row i of position.weight is added
    to its vector, and queries, keys and values are linear maps of the sum. Head h has the features
    h·d to (h + 1)·d − 1 of each, with d = d_model / n_heads, and computes softmax(q kᵀ / √d) v, in
    which a token attends to itself and to all tokens before it. The heads side by side, head 0
    first, go through the map w_o. You may call `F.scaled_dot_product_attention`;
    torch's own multi-head attention and Transformer layers are off limits.

    Args:
        d_model: Width D of the vectors, a multiple of n_heads.
        n_heads: Number H of heads.
        max_len: Number of positions.

    Parameters, by these names and no others:
        position.weight (max_len, D), as in nn.Embedding;
        w_q.weight, w_k.weight, w_v.weight, w_o.weight, each (D, D);
        w_q.bias, w_k.bias, w_v.bias, w_o.bias, each (D).
        A weight maps x to x Wᵀ, as in nn.Linear. Initialise them as you like.

    Source: Shazeer 2019, "Fast Transformer Decoding: One Write-Head is All You Need".

    >>> layer, cache = CachedSelfAttention(d_model=6, n_heads=3, max_len=10), KVCache()
    >>> x = torch.ones(2, 5, 6)
    >>> whole = layer(x)
    >>> parts = [layer(x[:, :3], cache), layer(x[:, 3:4], cache), layer(x[:, 4:], cache)]
    >>> torch.allclose(torch.cat(parts, dim=1), whole, atol=1e-6)
    True
    """

    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        """Attend from T tokens.

        Args:
            x: (B, T, D), of the parameters' dtype, float32 or float64. It need not be contiguous,
                and is not changed.
            cache: Without one, x is the whole sequence. With one, the tokens of x come behind those
                in the cache: they take the positions that follow, attend to the cached tokens too,
                and their own keys and values are appended, all at once. T may be 1, or more, as for
                a prompt. The layer remembers nothing itself: all that is kept is in the cache, and
                keys and values are computed for the T new tokens alone.

        Returns:
            (B, T, D), of the dtype of x. However a sequence is cut, the pieces are equal to those
            of the whole pass. With a cache no gradient needs to flow; without one they reach x and
            all parameters.

        Raises:
            ValueError: the sequence would have more than max_len tokens. Nothing is appended then.
        """
        T = x.size(1)
        past = 0 if cache is None else cache.length
        if past + T > self.position.num_embeddings:
            raise ValueError(f"{past + T} tokens, and {self.position.num_embeddings} positions.")
        x = x + self.position.weight[past : past + T]
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(x))
        v = self.split(self.w_v(x))
        if cache is not None:
            k, v = cache.append(k, v)  # (B, H, past + T, d)
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.w_o(heads.transpose(1, 2).flatten(2))

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)  # (B, H, T, d)
