# %% wrong | scaled | Divides by the square root of the key width, although the scores are raw; shows for k > 1.
import math

import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return query @ weight @ keys.transpose(1, 2) / math.sqrt(keys.shape[-1])
# %% wrong | softmaxed | Returns the softmax of the scores instead of the raw scores.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    scores = torch.matmul(torch.matmul(query, weight), keys.transpose(-2, -1))
    return torch.softmax(scores, dim=-1)
# %% wrong | weight-transposed | Uses weight.T as nn.Linear does: a crash where q differs from k, wrong scores for a square, asymmetric W.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return query @ weight.T @ keys.transpose(1, 2)
# %% wrong | f-linear | F.linear multiplies by the transposed weight: a crash where q differs from k, wrong for a square W.
import torch
import torch.nn.functional as F


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    projected = F.linear(query, weight)
    return torch.bmm(projected, keys.transpose(1, 2))
# %% wrong | reshape-keys | Reshapes the keys to (B, k, S) instead of swapping dimensions, which mixes up the numbers unless S or k is 1.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    B, S, k = keys.shape
    return (query @ weight) @ keys.reshape(B, k, S)
# %% wrong | keys-dot-T | keys.permute(2, 1, 0), as .T in NumPy does, reverses all three dimensions, and the einsum then sums the keys over the batch; right only for a batch of one.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    scores = torch.einsum("btk,ksc->bts", query @ weight, keys.permute(2, 1, 0))
    return scores
# %% wrong | first-batch-keys | Uses the keys of batch element 0 for all; right only for a batch of one.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return query @ weight @ keys[0].T
# %% wrong | squeezed | squeeze() drops every dimension of size 1, so B = 1, T = 1 or S = 1 gives a wrong shape.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    q = query @ weight
    return torch.einsum("btk,bsk->bts", q, keys).squeeze()
# %% wrong | output-bst | The einsum output is b, s, t instead of b, t, s.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return torch.einsum("btq,qk,bsk->bst", query, weight, keys)
# %% wrong | tanh | Applies a tanh as in the additive score.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return torch.tanh(query @ weight) @ keys.transpose(1, 2)
# %% wrong | roles-swapped | Computes keys @ weight @ queryᵀ: a crash where q differs from k, else kᵀ W q in the layout (B, S, T).
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return keys @ weight @ query.transpose(1, 2)
# %% wrong | no-grad-weight | Uses weight.data, so the weight gets no gradient.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return query @ weight.data @ keys.transpose(1, 2)
# %% wrong | no-grad | Computed under no_grad; no gradients at all.
import torch


@torch.no_grad()
def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return query @ weight @ keys.mT
# %% wrong | pairwise-rows | Multiplies elementwise and sums over k, which pairs query t with key t: shape (B, S) and only for T = S or 1.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return ((query @ weight) * keys).sum(dim=-1)
# %% wrong | pairwise-keepdim | As if there were one query: (query @ W) * keys summed and unsqueezed, right only for T = 1.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    q = query[:, :1] @ weight
    return (q * keys).sum(dim=-1).unsqueeze(1).repeat(1, query.shape[1], 1)
# %% wrong | float32-buffer | Fills a torch.zeros buffer in a loop, so float64 inputs return float32.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    B, T, _ = query.shape
    S = keys.shape[1]
    out = torch.zeros(B, T, S)
    for b in range(B):
        for t in range(T):
            for s in range(S):
                out[b, t, s] = query[b, t] @ weight @ keys[b, s]
    return out
# %% wrong | t-for-s | Both loops run to T, so there is a crash for S < T and missing columns for S > T.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    B, T, _ = query.shape
    rows = []
    for b in range(B):
        for t in range(T):
            rows.append(torch.stack([query[b, t] @ weight @ keys[b, s] for s in range(T)]))
    return torch.stack(rows).view(B, T, T)
# %% wrong | diagonal-weight | Uses only the diagonal of W, so the off-diagonal entries have no effect (a crash where q differs from k).
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return (query * weight.diagonal()) @ keys.transpose(1, 2)
# %% wrong | fresh-linear | Creates a new nn.Linear instead of using the weight that is passed.
import torch
from torch import nn


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    q, k = weight.shape
    layer = nn.Linear(q, k, bias=False, dtype=query.dtype)
    return layer(query) @ keys.transpose(1, 2)
# %% wrong | no-weight | Forgets the weight: a plain dot product, which crashes where q differs from k.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return torch.bmm(query, keys.transpose(1, 2))
# %% wrong | view-after-transpose | Calls view on transposed keys, which crashes as not contiguous unless S or k is 1.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    B, S, k = keys.shape
    kt = keys.transpose(1, 2).view(B * k, S).view(B, k, S)
    return query @ weight @ kt
# %% wrong | view-on-input | Flattens the query with view, which crashes for an input that is not contiguous, such as a transposed one.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    B, T, q = query.shape
    projected = (query.view(B * T, q) @ weight).view(B, T, -1)
    return torch.bmm(projected, keys.transpose(1, 2))
# %% wrong | float-cast | Casts to float32 "to be safe", so float64 input loses dtype and precision.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return query.float() @ weight.float() @ keys.float().transpose(1, 2)
# %% wrong | nested-list | Returns nested Python lists instead of a tensor.
import torch


def multiplicative_score(query, keys, weight):
    return [
        [[(q @ weight @ k).item() for k in ks] for q in qs]
        for qs, ks in zip(query, keys)
    ]
# %% wrong | numpy | Computes in NumPy, so the gradient is lost.
import numpy as np
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    q, k, w = (t.detach().numpy() for t in (query, keys, weight))
    return torch.from_numpy(np.matmul(np.matmul(q, w), np.transpose(k, (0, 2, 1))))
# %% wrong | batch-mixed | The flattened batch makes every query meet every key of all batch elements; only the first block is cut out, right for B = 1.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    B, T, q = query.shape
    S = keys.shape[1]
    flat = query.reshape(-1, q) @ weight @ keys.reshape(-1, keys.shape[2]).T
    return flat[:, :S].reshape(B, T, S)
# %% wrong | inplace-query | Multiplies the query in place, which changes the caller's tensor (and needs k = q).
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    query[:] = query @ weight
    return query @ keys.transpose(1, 2)
# %% wrong | shape-2d | Written for a single sequence with .t(), which crashes on 3-D keys.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return torch.mm(torch.mm(query, weight), keys.t())
# %% wrong | transpose-0-1 | Swaps the first two dimensions of the keys (sequence-first habit) before an einsum: a crash unless B = S (or one of them is 1), then wrong shapes or numbers.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    keys = keys.transpose(0, 1)
    return torch.einsum("btk,bsk->bts", query @ weight, keys)
# %% wrong | bilinear-pairs | F.bilinear compares query t with key t only and returns a (B, T, 1) tensor (a crash where T differs from S).
import torch
import torch.nn.functional as F


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return F.bilinear(query, keys, weight.unsqueeze(0))
# %% wrong | centred | Subtracts the row maximum "for stability", so the scores are no longer raw.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    scores = query @ weight @ keys.transpose(1, 2)
    return scores - scores.amax(dim=-1, keepdim=True)
# %% wrong | cached-projection | Remembers the projected query per shape between calls, so a second call with other numbers of the same shapes returns old scores.
import torch

_cache = {}


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    key = (query.shape, weight.shape)
    if key not in _cache:
        _cache[key] = query @ weight
    return _cache[key] @ keys.transpose(1, 2)
# %% right | hint | Two products with a transpose.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return query @ weight @ keys.transpose(1, 2)
# %% right | einsum | One einsum over all three.
import torch


def multiplicative_score(query, keys, weight):
    return torch.einsum("btq,qk,bsk->bts", query, weight, keys)
# %% right | keys-first | Projects the keys instead of the queries.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    projected_keys = keys @ weight.T  # (B, S, q)
    return torch.bmm(query, projected_keys.permute(0, 2, 1))
# %% right | f-linear-transposed | F.linear with the transposed weight.
import torch
import torch.nn.functional as F


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    q = F.linear(query, weight.t())
    return torch.matmul(q, keys.mT)
# %% right | triple-loop | Three Python loops and stack.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    batches = []
    for qs, ks in zip(query, keys):
        rows = []
        for q in qs:
            rows.append(torch.stack([q @ weight @ k for k in ks]))
        batches.append(torch.stack(rows))
    return torch.stack(batches)
# %% right | broadcasting | Broadcast products and a sum; comentarios en español.
import torch


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    # proyectar las consultas al ancho de las claves
    q = (query.unsqueeze(-1) * weight).sum(dim=-2)  # (B, T, k)
    # cada consulta con cada clave: (B, T, S, k)
    return (q.unsqueeze(2) * keys.unsqueeze(1)).sum(dim=-1)
# %% right | bilinear-expanded | F.bilinear on expanded pairs, with asserts and a main block.
import torch
import torch.nn.functional as F


def multiplicative_score(query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    B, T, q = query.shape
    S, k = keys.shape[1:]
    assert weight.shape == (q, k)
    qq = query.unsqueeze(2).expand(B, T, S, q).contiguous()
    kk = keys.unsqueeze(1).expand(B, T, S, k).contiguous()
    return F.bilinear(qq, kk, weight.unsqueeze(0)).squeeze(-1)


if __name__ == "__main__":
    print(multiplicative_score(torch.randn(2, 3, 4), torch.randn(2, 5, 6), torch.randn(4, 6)).shape)
# %% wrong | batch-as-loop-first-query | Loops over the batch but returns out of the loop, so only the first element of the batch is scored.
import torch


def multiplicative_score(query, keys, weight):
    for q, k in zip(query, keys):
        return (q @ weight @ k.T).unsqueeze(0)

# %% wrong | scores-accumulate | Adds the scores of the batch elements before it, because the buffer is not cleared.
import torch


def multiplicative_score(query, keys, weight):
    total = 0
    rows = []
    for q, k in zip(query, keys):
        total = total + q @ weight @ k.T
        rows.append(total)
    return torch.stack(rows)

# %% wrong | weight-normalised | Normalises the rows of W to length 1 first.
import torch


def multiplicative_score(query, keys, weight):
    w = weight / weight.norm(dim=1, keepdim=True)
    return query @ w @ keys.transpose(1, 2)

# %% wrong | two-mistakes-tanh-scaled | A tanh around the projection of the query and a division by the root of k.
import math
import torch


def multiplicative_score(query, keys, weight):
    left = torch.tanh(query @ weight)
    return left @ keys.mT / math.sqrt(keys.shape[-1])

# %% wrong | abs-score | Takes the absolute value, thinking that a score cannot be negative.
import torch


def multiplicative_score(query, keys, weight):
    return torch.einsum("btq,qk,bsk->bts", query, weight, keys).abs()

# %% wrong | key-order-reversed | Builds the list of keys with insert(0, ...), so the keys come in reverse order.
import torch


def multiplicative_score(query, keys, weight):
    columns = []
    for s in range(keys.shape[1]):
        columns.insert(0, ((query @ weight) * keys[:, s : s + 1]).sum(-1))
    return torch.stack(columns, dim=-1)
