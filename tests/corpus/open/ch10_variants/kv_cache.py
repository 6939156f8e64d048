# %% right | cat-and-tril | torch.cat in the cache, lower triangle shifted by the past
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self) -> None:
        self.k: torch.Tensor | None = None
        self.v: torch.Tensor | None = None

    @property
    def length(self) -> int:
        return 0 if self.k is None else self.k.size(2)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.k is None:
            self.k, self.v = k.clone(), v.clone()
        else:
            self.k = torch.cat((self.k, k), dim=2)
            self.v = torch.cat((self.v, v), dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.max_len = max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        T = x.size(1)
        past = 0 if cache is None else cache.length
        if past + T > self.max_len:
            raise ValueError(f"{past + T} tokens, but only {self.max_len} positions")
        h = x + self.position.weight[past : past + T]
        q = self.split(self.w_q(h))
        k = self.split(self.w_k(h))
        v = self.split(self.w_v(h))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        scores = scores.masked_fill(~mask, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        return self.w_o(out.transpose(1, 2).flatten(2))

# %% right | list-of-pieces | a list of detached pieces, einsum, additive mask from positions
import math

import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    """Keeps the pieces in a list and counts."""

    def __init__(self):
        self._pieces = []
        self._count = 0

    @property
    def length(self):
        return self._count

    def append(self, k, v):
        self._pieces.append((k.detach().clone(), v.detach().clone()))
        self._count += k.shape[2]
        keys, values = zip(*self._pieces)
        return torch.cat(keys, 2), torch.cat(values, 2)


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, n_heads, max_len):
        super().__init__()
        self.H, self.d = n_heads, d_model // n_heads
        self.position = nn.Embedding(max_len, d_model)
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self, name, nn.Linear(d_model, d_model))

    def forward(self, x, cache=None):
        B, T, D = x.shape
        start = cache.length if cache is not None else 0
        if start + T > self.position.num_embeddings:
            raise ValueError("too long")
        where = torch.arange(start, start + T, device=x.device)
        x = x + self.position(where)
        q, k, v = (w(x).reshape(B, T, self.H, self.d).permute(0, 2, 1, 3) for w in (self.w_q, self.w_k, self.w_v))
        if cache is not None:
            k, v = cache.append(k, v)
        seen = torch.arange(k.shape[2], device=x.device)
        bias = torch.zeros(T, k.shape[2], dtype=x.dtype, device=x.device)
        bias = bias.masked_fill(seen[None, :] > where[:, None], -math.inf)
        att = torch.einsum("bhtd,bhsd->bhts", q, k) / math.sqrt(self.d) + bias
        y = torch.einsum("bhts,bhsd->bthd", torch.softmax(att, -1), v)
        return self.w_o(y.reshape(B, T, D))

# %% right | room-ahead | a preallocated buffer that doubles, chunk and cat for the heads, the library attention
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    """Room is made in steps, so that most calls copy the new tokens only."""

    def __init__(self):
        self.n = 0
        self.room_k = self.room_v = None

    @property
    def length(self):
        return self.n

    def append(self, k, v):
        end = self.n + k.size(2)
        with torch.no_grad():
            if self.room_k is None or end > self.room_k.size(2):
                new_k = k.new_zeros(k.size(0), k.size(1), 2 * end, k.size(3))
                new_v = v.new_zeros(v.size(0), v.size(1), 2 * end, v.size(3))
                if self.n:
                    new_k[:, :, : self.n] = self.room_k[:, :, : self.n]
                    new_v[:, :, : self.n] = self.room_v[:, :, : self.n]
                self.room_k, self.room_v = new_k, new_v
            self.room_k[:, :, self.n : end] = k
            self.room_v[:, :, self.n : end] = v
        self.n = end
        return self.room_k[:, :, :end], self.room_v[:, :, :end]


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, n_heads, max_len):
        super().__init__()
        self.n_heads = n_heads
        self.position = nn.Embedding(max_len, d_model)
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model) for _ in range(4))

    def heads(self, linear, x):
        return torch.stack(linear(x).chunk(self.n_heads, dim=-1), dim=1)

    def forward(self, x, cache=None):
        past = cache.length if cache is not None else 0
        total = past + x.size(1)
        if total > len(self.position.weight):
            raise ValueError(f"{total} is more than {len(self.position.weight)}")
        x = x + self.position.weight[past:total]
        q, k, v = self.heads(self.w_q, x), self.heads(self.w_k, x), self.heads(self.w_v, x)
        if cache is not None:
            k, v = cache.append(k, v)
        allowed = torch.ones(total, total, dtype=torch.bool, device=x.device).tril()[past:]
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=allowed)
        return self.w_o(torch.cat(out.unbind(dim=1), dim=-1))

# %% right | row-by-row | always a cache, own one if none is given, and one query at a time over its keys
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self) -> None:
        self.k: torch.Tensor | None = None
        self.v: torch.Tensor | None = None

    @property
    def length(self) -> int:
        return 0 if self.k is None else self.k.size(2)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.k is None:
            self.k, self.v = k.clone(), v.clone()
        else:
            self.k = torch.cat((self.k, k), dim=2)
            self.v = torch.cat((self.v, v), dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, n_heads, max_len):
        super().__init__()
        self.n_heads = n_heads
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        own = KVCache() if cache is None else cache
        before = own.length
        n = x.shape[1]
        if before + n > self.position.weight.shape[0]:
            raise ValueError("the sequence is longer than max_len")
        x = x + self.position.weight[before : before + n].unsqueeze(0)
        d = x.shape[2] // self.n_heads

        def cut(t):
            return t.view(t.shape[0], n, self.n_heads, d).transpose(1, 2)

        q = cut(self.w_q(x)) * d**-0.5
        k, v = own.append(cut(self.w_k(x)), cut(self.w_v(x)))
        rows = []
        for i in range(n):
            end = before + i + 1
            weights = (q[:, :, i : i + 1] @ k[:, :, :end].mT).softmax(-1)
            rows.append(weights @ v[:, :, :end])
        out = torch.cat(rows, dim=2)
        return self.w_o(out.transpose(1, 2).reshape(x.shape))

# %% wrong | triangle-from-the-left | the triangle starts at the left corner of the table, so new tokens behind a past see only the first keys
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self) -> None:
        self.k: torch.Tensor | None = None
        self.v: torch.Tensor | None = None

    @property
    def length(self) -> int:
        return 0 if self.k is None else self.k.size(2)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.k is None:
            self.k, self.v = k.clone(), v.clone()
        else:
            self.k = torch.cat((self.k, k), dim=2)
            self.v = torch.cat((self.v, v), dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.max_len = max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        T = x.size(1)
        past = 0 if cache is None else cache.length
        if past + T > self.max_len:
            raise ValueError(f"{past + T} tokens, but only {self.max_len} positions")
        h = x + self.position.weight[past : past + T]
        q = self.split(self.w_q(h))
        k = self.split(self.w_k(h))
        v = self.split(self.w_v(h))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril()
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        scores = scores.masked_fill(~mask, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        return self.w_o(out.transpose(1, 2).flatten(2))

# %% wrong | positions-start-anew | each piece gets the positions 0, 1, 2 ... although tokens are in the cache
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self) -> None:
        self.k: torch.Tensor | None = None
        self.v: torch.Tensor | None = None

    @property
    def length(self) -> int:
        return 0 if self.k is None else self.k.size(2)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.k is None:
            self.k, self.v = k.clone(), v.clone()
        else:
            self.k = torch.cat((self.k, k), dim=2)
            self.v = torch.cat((self.v, v), dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.max_len = max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        T = x.size(1)
        past = 0 if cache is None else cache.length
        if past + T > self.max_len:
            raise ValueError(f"{past + T} tokens, but only {self.max_len} positions")
        h = x + self.position.weight[:T]
        q = self.split(self.w_q(h))
        k = self.split(self.w_k(h))
        v = self.split(self.w_v(h))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        scores = scores.masked_fill(~mask, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        return self.w_o(out.transpose(1, 2).flatten(2))

# %% wrong | prompt-unmasked | with a cache no mask is applied at all, right for T = 1 only; a prompt sees its own future
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self) -> None:
        self.k: torch.Tensor | None = None
        self.v: torch.Tensor | None = None

    @property
    def length(self) -> int:
        return 0 if self.k is None else self.k.size(2)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.k is None:
            self.k, self.v = k.clone(), v.clone()
        else:
            self.k = torch.cat((self.k, k), dim=2)
            self.v = torch.cat((self.v, v), dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.max_len = max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        T = x.size(1)
        past = 0 if cache is None else cache.length
        if past + T > self.max_len:
            raise ValueError(f"{past + T} tokens, but only {self.max_len} positions")
        h = x + self.position.weight[past : past + T]
        q = self.split(self.w_q(h))
        k = self.split(self.w_k(h))
        v = self.split(self.w_v(h))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        if cache is None:
            scores = scores.masked_fill(~mask, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        return self.w_o(out.transpose(1, 2).flatten(2))

# %% wrong | cache-in-the-layer | the layer keeps a cache of its own and goes on with it in the next call, also without a cache or with another one
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self) -> None:
        self.k: torch.Tensor | None = None
        self.v: torch.Tensor | None = None

    @property
    def length(self) -> int:
        return 0 if self.k is None else self.k.size(2)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.k is None:
            self.k, self.v = k.clone(), v.clone()
        else:
            self.k = torch.cat((self.k, k), dim=2)
            self.v = torch.cat((self.v, v), dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.max_len = max_len
        self.cache = KVCache()
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        T = x.size(1)
        if cache is not None:
            self.cache = cache if self.cache.length == 0 else self.cache
            cache = self.cache
        past = 0 if cache is None else cache.length
        if past + T > self.max_len:
            raise ValueError(f"{past + T} tokens, but only {self.max_len} positions")
        h = x + self.position.weight[past : past + T]
        q = self.split(self.w_q(h))
        k = self.split(self.w_k(h))
        v = self.split(self.w_v(h))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        scores = scores.masked_fill(~mask, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        return self.w_o(out.transpose(1, 2).flatten(2))

# %% wrong | inputs-kept | the inputs of all tokens are kept in the cache and all keys and values are projected anew in each call; the stub wants them computed for the new tokens alone
import torch
from torch import nn


class KVCache:
    def __init__(self):
        self.k = self.v = None

    @property
    def length(self):
        return 0 if self.k is None else self.k.shape[2]

    def append(self, k, v):
        self.k = k.clone() if self.k is None else torch.cat([self.k, k], 2)
        self.v = v.clone() if self.v is None else torch.cat([self.v, v], 2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, n_heads, max_len):
        super().__init__()
        self.n_heads = n_heads
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        B, T, D = x.shape
        past = 0 if cache is None else cache.length
        if past + T > self.position.num_embeddings:
            raise ValueError("too many tokens")
        h = x + self.position.weight[past : past + T]
        everything = h
        if cache is not None:
            everything = cache.append(h[:, None], h[:, None])[0][:, 0]
        split = lambda t: t.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
        q, k, v = split(self.w_q(h)), split(self.w_k(everything)), split(self.w_v(everything))
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        s = (q @ k.mT / q.size(-1) ** 0.5).masked_fill(~mask, -torch.inf)
        return self.w_o((s.softmax(-1) @ v).transpose(1, 2).reshape(B, T, D))

# %% wrong | shared-class-lists | the lists of pieces are class attributes, so two caches share everything
import math

import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    """Keeps the pieces in a list and counts."""

    _pieces = []
    _count = 0

    def __init__(self):
        pass

    @property
    def length(self):
        return self._count

    def append(self, k, v):
        self._pieces.append((k.detach().clone(), v.detach().clone()))
        self._count += k.shape[2]
        keys, values = zip(*self._pieces)
        return torch.cat(keys, 2), torch.cat(values, 2)


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, n_heads, max_len):
        super().__init__()
        self.H, self.d = n_heads, d_model // n_heads
        self.position = nn.Embedding(max_len, d_model)
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self, name, nn.Linear(d_model, d_model))

    def forward(self, x, cache=None):
        B, T, D = x.shape
        start = cache.length if cache is not None else 0
        if start + T > self.position.num_embeddings:
            raise ValueError("too long")
        where = torch.arange(start, start + T, device=x.device)
        x = x + self.position(where)
        q, k, v = (w(x).reshape(B, T, self.H, self.d).permute(0, 2, 1, 3) for w in (self.w_q, self.w_k, self.w_v))
        if cache is not None:
            k, v = cache.append(k, v)
        seen = torch.arange(k.shape[2], device=x.device)
        bias = torch.zeros(T, k.shape[2], dtype=x.dtype, device=x.device)
        bias = bias.masked_fill(seen[None, :] > where[:, None], -math.inf)
        att = torch.einsum("bhtd,bhsd->bhts", q, k) / math.sqrt(self.d) + bias
        y = torch.einsum("bhts,bhsd->bthd", torch.softmax(att, -1), v)
        return self.w_o(y.reshape(B, T, D))

# %% wrong | length-of-heads | the length is read off axis 1, the number of heads, as for tensors (B, T, H, d)
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self) -> None:
        self.k: torch.Tensor | None = None
        self.v: torch.Tensor | None = None

    @property
    def length(self) -> int:
        return 0 if self.k is None else self.k.size(1)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.k is None:
            self.k, self.v = k.clone(), v.clone()
        else:
            self.k = torch.cat((self.k, k), dim=2)
            self.v = torch.cat((self.v, v), dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, n_heads, max_len):
        super().__init__()
        self.H, self.d = n_heads, d_model // n_heads
        self.position = nn.Embedding(max_len, d_model)
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self, name, nn.Linear(d_model, d_model))

    def forward(self, x, cache=None):
        B, T, D = x.shape
        start = cache.length if cache is not None else 0
        if start + T > self.position.num_embeddings:
            raise ValueError("too long")
        where = torch.arange(start, start + T, device=x.device)
        x = x + self.position(where)
        q, k, v = (w(x).reshape(B, T, self.H, self.d).permute(0, 2, 1, 3) for w in (self.w_q, self.w_k, self.w_v))
        if cache is not None:
            k, v = cache.append(k, v)
        seen = torch.arange(k.shape[2], device=x.device)
        bias = torch.zeros(T, k.shape[2], dtype=x.dtype, device=x.device)
        bias = bias.masked_fill(seen[None, :] > where[:, None], float("-inf"))
        att = torch.einsum("bhtd,bhsd->bhts", q, k) / self.d**0.5 + bias
        y = torch.einsum("bhts,bhsd->bthd", torch.softmax(att, -1), v)
        return self.w_o(y.reshape(B, T, D))

# %% wrong | max-len-ignored-with-a-cache | only the length of x is compared with max_len; a cached sequence that becomes too long fails with another error
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self) -> None:
        self.k: torch.Tensor | None = None
        self.v: torch.Tensor | None = None

    @property
    def length(self) -> int:
        return 0 if self.k is None else self.k.size(2)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.k is None:
            self.k, self.v = k.clone(), v.clone()
        else:
            self.k = torch.cat((self.k, k), dim=2)
            self.v = torch.cat((self.v, v), dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.max_len = max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        T = x.size(1)
        past = 0 if cache is None else cache.length
        if T > self.max_len:
            raise ValueError(f"{past + T} tokens, but only {self.max_len} positions")
        h = x + self.position.weight[past : past + T]
        q = self.split(self.w_q(h))
        k = self.split(self.w_k(h))
        v = self.split(self.w_v(h))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        scores = scores.masked_fill(~mask, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        return self.w_o(out.transpose(1, 2).flatten(2))

# %% wrong | last-position-refused | a sequence of exactly max_len tokens raises a ValueError, since the bound is compared with >=
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self) -> None:
        self.k: torch.Tensor | None = None
        self.v: torch.Tensor | None = None

    @property
    def length(self) -> int:
        return 0 if self.k is None else self.k.size(2)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.k is None:
            self.k, self.v = k.clone(), v.clone()
        else:
            self.k = torch.cat((self.k, k), dim=2)
            self.v = torch.cat((self.v, v), dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.max_len = max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        T = x.size(1)
        past = 0 if cache is None else cache.length
        if past + T >= self.max_len:
            raise ValueError(f"{past + T} tokens, but only {self.max_len} positions")
        h = x + self.position.weight[past : past + T]
        q = self.split(self.w_q(h))
        k = self.split(self.w_k(h))
        v = self.split(self.w_v(h))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        scores = scores.masked_fill(~mask, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        return self.w_o(out.transpose(1, 2).flatten(2))

# %% wrong | one-mask-for-true | the mask is taken for True = hidden in scaled_dot_product_attention, where True means may be seen
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    """Room is made in steps, so that most calls copy the new tokens only."""

    def __init__(self):
        self.n = 0
        self.room_k = self.room_v = None

    @property
    def length(self):
        return self.n

    def append(self, k, v):
        end = self.n + k.size(2)
        with torch.no_grad():
            if self.room_k is None or end > self.room_k.size(2):
                new_k = k.new_zeros(k.size(0), k.size(1), 2 * end, k.size(3))
                new_v = v.new_zeros(v.size(0), v.size(1), 2 * end, v.size(3))
                if self.n:
                    new_k[:, :, : self.n] = self.room_k[:, :, : self.n]
                    new_v[:, :, : self.n] = self.room_v[:, :, : self.n]
                self.room_k, self.room_v = new_k, new_v
            self.room_k[:, :, self.n : end] = k
            self.room_v[:, :, self.n : end] = v
        self.n = end
        return self.room_k[:, :, :end], self.room_v[:, :, :end]


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, n_heads, max_len):
        super().__init__()
        self.n_heads = n_heads
        self.position = nn.Embedding(max_len, d_model)
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model) for _ in range(4))

    def heads(self, linear, x):
        return torch.stack(linear(x).chunk(self.n_heads, dim=-1), dim=1)

    def forward(self, x, cache=None):
        past = cache.length if cache is not None else 0
        total = past + x.size(1)
        if total > len(self.position.weight):
            raise ValueError(f"{total} is more than {len(self.position.weight)}")
        x = x + self.position.weight[past:total]
        q, k, v = self.heads(self.w_q, x), self.heads(self.w_k, x), self.heads(self.w_v, x)
        if cache is not None:
            k, v = cache.append(k, v)
        allowed = torch.ones(total, total, dtype=torch.bool, device=x.device).tril()[past:]
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=~allowed)
        return self.w_o(torch.cat(out.unbind(dim=1), dim=-1))

# %% wrong | values-without-position | the positions are added for queries and keys only; the values come from x alone, as with rotary embeddings
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self) -> None:
        self.k: torch.Tensor | None = None
        self.v: torch.Tensor | None = None

    @property
    def length(self) -> int:
        return 0 if self.k is None else self.k.size(2)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.k is None:
            self.k, self.v = k.clone(), v.clone()
        else:
            self.k = torch.cat((self.k, k), dim=2)
            self.v = torch.cat((self.v, v), dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.max_len = max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        T = x.size(1)
        past = 0 if cache is None else cache.length
        if past + T > self.max_len:
            raise ValueError(f"{past + T} tokens, but only {self.max_len} positions")
        h = x + self.position.weight[past : past + T]
        q = self.split(self.w_q(h))
        k = self.split(self.w_k(h))
        v = self.split(self.w_v(x))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        scores = scores.masked_fill(~mask, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        return self.w_o(out.transpose(1, 2).flatten(2))

# %% wrong | room-as-wide-as-the-keys | the room for the values is made with the shape of the keys, so a cache whose d_v is not d fails
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    """Room that doubles when it is full."""

    def __init__(self):
        self.n = 0
        self.keys = self.values = None

    @property
    def length(self):
        return self.n

    def append(self, k, v):
        k, v = k.detach(), v.detach()
        end = self.n + k.size(2)
        if self.keys is None or end > self.keys.size(2):
            B, H, _, d = k.shape
            keys = k.new_zeros(B, H, 2 * end, d)
            values = torch.zeros_like(keys)
            if self.n:
                keys[:, :, : self.n] = self.keys[:, :, : self.n]
                values[:, :, : self.n] = self.values[:, :, : self.n]
            self.keys, self.values = keys, values
        self.keys[:, :, self.n : end] = k
        self.values[:, :, self.n : end] = v
        self.n = end
        return self.keys[:, :, :end], self.values[:, :, :end]


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.max_len = max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        T = x.size(1)
        past = 0 if cache is None else cache.length
        if past + T > self.max_len:
            raise ValueError(f"{past + T} tokens, but only {self.max_len} positions")
        h = x + self.position.weight[past : past + T]
        q = self.split(self.w_q(h))
        k = self.split(self.w_k(h))
        v = self.split(self.w_v(h))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        scores = scores.masked_fill(~mask, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        return self.w_o(out.transpose(1, 2).flatten(2))

# %% wrong | room-in-float32 | the room of the cache has the default dtype, so keys and values in float64 are rounded and come back as float32
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    """Room that doubles when it is full."""

    def __init__(self):
        self.n = 0
        self.keys = self.values = None

    @property
    def length(self):
        return self.n

    def append(self, k, v):
        k, v = k.detach(), v.detach()
        end = self.n + k.size(2)
        if self.keys is None or end > self.keys.size(2):
            B, H, _, d = k.shape
            keys = torch.zeros(B, H, 2 * end, d)
            values = torch.zeros(B, H, 2 * end, v.size(3))
            if self.n:
                keys[:, :, : self.n] = self.keys[:, :, : self.n]
                values[:, :, : self.n] = self.values[:, :, : self.n]
            self.keys, self.values = keys, values
        self.keys[:, :, self.n : end] = k
        self.values[:, :, self.n : end] = v
        self.n = end
        return self.keys[:, :, :end], self.values[:, :, :end]


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.max_len = max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        T = x.size(1)
        past = 0 if cache is None else cache.length
        if past + T > self.max_len:
            raise ValueError(f"{past + T} tokens, but only {self.max_len} positions")
        h = x + self.position.weight[past : past + T]
        q = self.split(self.w_q(h))
        k = self.split(self.w_k(h))
        v = self.split(self.w_v(h))
        if cache is not None:
            k, v = (t.to(x.dtype) for t in cache.append(k, v))
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        scores = scores.masked_fill(~mask, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        return self.w_o(out.transpose(1, 2).flatten(2))

# %% wrong | heads-joined-untransposed | (B, H, T, d) is reshaped to (B, T, D) without a transpose, which mixes tokens and heads; right for T = 1 or one head
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self) -> None:
        self.k: torch.Tensor | None = None
        self.v: torch.Tensor | None = None

    @property
    def length(self) -> int:
        return 0 if self.k is None else self.k.size(2)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.k is None:
            self.k, self.v = k.clone(), v.clone()
        else:
            self.k = torch.cat((self.k, k), dim=2)
            self.v = torch.cat((self.v, v), dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.max_len = max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        T = x.size(1)
        past = 0 if cache is None else cache.length
        if past + T > self.max_len:
            raise ValueError(f"{past + T} tokens, but only {self.max_len} positions")
        h = x + self.position.weight[past : past + T]
        q = self.split(self.w_q(h))
        k = self.split(self.w_k(h))
        v = self.split(self.w_v(h))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        scores = scores.masked_fill(~mask, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        return self.w_o(out.reshape(x.shape))

# %% wrong | position-added-in-place | the rows of position are added to x in place, so the argument of the caller changes
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self) -> None:
        self.k: torch.Tensor | None = None
        self.v: torch.Tensor | None = None

    @property
    def length(self) -> int:
        return 0 if self.k is None else self.k.size(2)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.k is None:
            self.k, self.v = k.clone(), v.clone()
        else:
            self.k = torch.cat((self.k, k), dim=2)
            self.v = torch.cat((self.v, v), dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.max_len = max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        T = x.size(1)
        past = 0 if cache is None else cache.length
        if past + T > self.max_len:
            raise ValueError(f"{past + T} tokens, but only {self.max_len} positions")
        x.data += self.position.weight.data[past : past + T]
        h = x + (self.position.weight - self.position.weight.detach())[past : past + T]
        q = self.split(self.w_q(h))
        k = self.split(self.w_k(h))
        v = self.split(self.w_v(h))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        scores = scores.masked_fill(~mask, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        return self.w_o(out.transpose(1, 2).flatten(2))

# %% wrong | last-position-repeated | tokens beyond max_len all get the last position, and no ValueError is raised
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self) -> None:
        self.k: torch.Tensor | None = None
        self.v: torch.Tensor | None = None

    @property
    def length(self) -> int:
        return 0 if self.k is None else self.k.size(2)

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.k is None:
            self.k, self.v = k.clone(), v.clone()
        else:
            self.k = torch.cat((self.k, k), dim=2)
            self.v = torch.cat((self.v, v), dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.max_len = max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        T = x.size(1)
        past = 0 if cache is None else cache.length
        where = torch.arange(past, past + T, device=x.device).clamp(max=self.max_len - 1)
        h = x + self.position(where)
        q = self.split(self.w_q(h))
        k = self.split(self.w_k(h))
        v = self.split(self.w_v(h))
        if cache is not None:
            k, v = cache.append(k, v)
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        scores = scores.masked_fill(~mask, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        return self.w_o(out.transpose(1, 2).flatten(2))
