"""Lists of pieces in the cache; an empty cache stands for none; einsum in the layer."""

import torch
from torch import nn


class KVCache:
    def __init__(self) -> None:
        self.keys: list[torch.Tensor] = []
        self.values: list[torch.Tensor] = []

    @property
    def length(self) -> int:
        return sum(k.shape[-2] for k in self.keys)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        self.keys.append(k.clone())
        self.values.append(v.clone())
        return torch.cat(self.keys, dim=-2), torch.cat(self.values, dim=-2)


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.position = nn.Embedding(max_len, d_model)
        self.w_q, self.w_k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.w_v, self.w_o = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        cache = KVCache() if cache is None else cache
        T, past = x.shape[1], cache.length
        S = past + T
        if len(self.position.weight) < S:
            raise ValueError(f"There is no position {S - 1}.")
        x = x + self.position.weight[past:S]
        q, k, v = (
            torch.stack(w(x).chunk(self.n_heads, dim=-1), dim=1)
            for w in (self.w_q, self.w_k, self.w_v)
        )
        k, v = cache.append(k, v)
        scores = torch.einsum("bhtd,bhsd->bhts", q, k) * q.shape[-1] ** -0.5
        rows, columns = torch.meshgrid(torch.arange(past, S), torch.arange(S), indexing="ij")
        seen = (columns <= rows).to(x.device)
        scores = torch.where(seen, scores, torch.finfo(scores.dtype).min)
        heads = torch.einsum("bhts,bhsd->bthd", scores.softmax(-1), v)
        return self.w_o(heads.flatten(2))
