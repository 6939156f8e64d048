# %% right | heads-module | a helper module without parameters, triu mask, logsumexp for the softmax
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


class Heads(nn.Module):
    """No parameters of its own: (B, T, D) to (B, H, T, d) and back."""

    def __init__(self, n):
        super().__init__()
        self.n = n

    def apart(self, x):
        return x.view(*x.shape[:2], self.n, -1).swapaxes(1, 2)

    def together(self, x):
        return x.swapaxes(1, 2).contiguous().view(x.size(0), x.size(2), -1)


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, n_heads, max_len):
        super().__init__()
        self.max_len = max_len
        self.heads = Heads(n_heads)
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        T = x.size(1)
        P = cache.length if cache is not None else 0
        if P + T > self.max_len:
            raise ValueError("no positions left")
        h = x + self.position.weight.narrow(0, P, T)
        q = self.heads.apart(self.w_q(h))
        k = self.heads.apart(self.w_k(h))
        v = self.heads.apart(self.w_v(h))
        if cache is not None:
            k, v = cache.append(k, v)
        scores = (q @ k.mT).div(q.size(-1) ** 0.5)
        later = torch.ones(T, P + T, dtype=torch.bool, device=x.device).triu(P + 1)
        scores = scores.masked_fill(later, torch.finfo(scores.dtype).min)
        weights = scores - scores.logsumexp(-1, keepdim=True)
        return self.w_o(self.heads.together(weights.exp() @ v))

# %% right | room-and-einsum | the buffer that grows together with the einsum layer; a cache without gradient
import math

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

# %% wrong | newest-first | append puts the new tokens in front of those held, so the oldest is last
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
            self.k = torch.cat((k, self.k), dim=2)
            self.v = torch.cat((v, self.v), dim=2)
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

# %% wrong | gradient-cut-everywhere | the detached cache is used in the whole pass too, so no gradient reaches w_k and w_v without a cache
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

# %% wrong | width-of-the-model | the scores are divided by the root of d_model and not of the width of a head; right for one head only
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
        scores = q @ k.transpose(-2, -1) / x.size(-1) ** 0.5
        scores = scores.masked_fill(~mask, float("-inf"))
        out = scores.softmax(dim=-1) @ v
        return self.w_o(out.transpose(1, 2).flatten(2))

# %% wrong | features-dealt-out | feature i goes to head i mod H, since the view is (B, T, d, H); right for one head or heads of width 1
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
        return x.unflatten(-1, (-1, self.n_heads)).permute(0, 3, 1, 2)

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

# %% wrong | x-detached-in-every-cache | without a cache it makes one of its own, whose append detaches: no gradient reaches w_k and w_v
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self):
        self.k = None
        self.v = None

    @property
    def length(self):
        return 0 if self.k is None else self.k.size(2)

    def append(self, k, v):
        k, v = k.detach(), v.detach()  # nothing is learned while decoding
        self.k = k if self.k is None else torch.cat([self.k, k], dim=2)
        self.v = v if self.v is None else torch.cat([self.v, v], dim=2)
        return self.k, self.v


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, n_heads, max_len):
        super().__init__()
        self.n_heads = n_heads
        self.max_len = max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, x):
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x, cache=None):
        if cache is None:
            cache = KVCache()
        past, T = cache.length, x.size(1)
        if past + T > self.max_len:
            raise ValueError("too many tokens")
        x = x + self.position.weight[past : past + T]
        q = self.split(self.w_q(x))
        k, v = cache.append(self.split(self.w_k(x)), self.split(self.w_v(x)))
        mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
        return self.w_o((weights @ v).transpose(1, 2).flatten(2))


# %% wrong | x-buffer-in-single | the cache keeps its tokens in a float32 buffer that was made beforehand, whatever dtype is appended
import math

import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    """Room for some tokens, which is doubled when it is full."""

    def __init__(self) -> None:
        self._keys = self._values = None
        self._used = 0

    @property
    def length(self) -> int:
        return self._used

    def _room(self, buffer, new, needed):
        if buffer is None:
            buffer = torch.zeros(*new.shape[:2], max(needed, 16), new.shape[3], device=new.device)
        while buffer.shape[2] < needed:
            buffer = torch.cat([buffer, torch.zeros_like(buffer)], dim=2)
        return buffer

    @torch.no_grad()
    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        start, end = self._used, self._used + k.shape[2]
        self._keys = self._room(self._keys, k, end)
        self._values = self._room(self._values, v, end)
        self._keys[:, :, start:end] = k
        self._values[:, :, start:end] = v
        self._used = end
        return self._keys[:, :, :end], self._values[:, :, :end]


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, max_len: int) -> None:
        super().__init__()
        self.H, self.d, self.max_len = n_heads, d_model // n_heads, max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        B, T, D = x.shape
        past = cache.length if cache is not None else 0
        if past + T > self.max_len:
            raise ValueError(f"more than {self.max_len} tokens")
        place = torch.arange(past, past + T, device=x.device)
        x = x + self.position(place)
        q, k, v = (
            w(x).reshape(B, T, self.H, self.d).transpose(1, 2)
            for w in (self.w_q, self.w_k, self.w_v)
        )
        if cache is not None:
            k, v = cache.append(k, v)
        key = torch.arange(past + T, device=x.device)
        scores = q @ k.to(q.dtype).mT / math.sqrt(self.d)
        scores = scores.masked_fill(key > place[:, None], -torch.inf)
        out = scores.softmax(dim=-1) @ v.to(q.dtype)
        return self.w_o(out.transpose(1, 2).reshape(B, T, D))
