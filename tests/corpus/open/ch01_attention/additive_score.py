# %% wrong | tanh-outside | The tanh stands outside, around the whole score instead of inside v.
import torch


def additive_score(query, keys, w_query, w_key, v):
    q = (query @ w_query.T).unsqueeze(2)
    k = (keys @ w_key.T).unsqueeze(1)
    return torch.tanh((q + k) @ v)
# %% wrong | no-tanh | Forgets the tanh, so the score is linear.
import torch


def additive_score(query, keys, w_query, w_key, v):
    q = (query @ w_query.T).unsqueeze(2)
    k = (keys @ w_key.T).unsqueeze(1)
    return (q + k) @ v
# %% wrong | two-tanhs | tanh of each projection separately, added afterwards.
import torch


def additive_score(query, keys, w_query, w_key, v):
    q = torch.tanh(query @ w_query.T).unsqueeze(2)
    k = torch.tanh(keys @ w_key.T).unsqueeze(1)
    return (q + k) @ v
# %% wrong | no-unsqueeze | Adds (B, T, h) and (B, S, h) directly: a crash unless T = S (or one of them is 1), then shape (B, T).
import torch


def additive_score(query: torch.Tensor, keys: torch.Tensor, w_query: torch.Tensor, w_key: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    hidden = torch.tanh(query @ w_query.T + keys @ w_key.T)
    return hidden @ v
# %% wrong | unsqueeze-swapped | Unsqueezes the other way round, so the result is (B, S, T).
import torch


def additive_score(query, keys, w_query, w_key, v):
    q = (query @ w_query.T).unsqueeze(1)
    k = (keys @ w_key.T).unsqueeze(2)
    return torch.tanh(q + k) @ v
# %% wrong | weights-not-transposed | query @ w_query without transposing: a crash unless h = q and h = k, then wrong for asymmetric matrices.
import torch


def additive_score(query, keys, w_query, w_key, v):
    q = query @ w_query
    k = keys @ w_key
    return torch.tanh(q[:, :, None] + k[:, None]) @ v
# %% wrong | weights-swapped | Uses w_key for the query and w_query for the keys: a crash where q differs from k, otherwise wrong numbers.
import torch
import torch.nn.functional as F


def additive_score(query, keys, w_query, w_key, v):
    q = F.linear(query, w_key).unsqueeze(2)
    k = F.linear(keys, w_query).unsqueeze(1)
    return torch.tanh(q + k) @ v
# %% wrong | softmaxed | Returns weights (softmax over the keys) instead of raw scores.
import torch


def additive_score(query, keys, w_query, w_key, v):
    hidden = torch.tanh((query @ w_query.T).unsqueeze(2) + (keys @ w_key.T).unsqueeze(1))
    return torch.softmax(hidden @ v, dim=-1)
# %% wrong | extra-dim | v.unsqueeze(-1) leaves a last dimension of size 1: (B, T, S, 1).
import torch


def additive_score(query, keys, w_query, w_key, v):
    hidden = torch.tanh((query @ w_query.T).unsqueeze(2) + (keys @ w_key.T).unsqueeze(1))
    return hidden @ v.unsqueeze(-1)
# %% wrong | squeeze-all | squeeze() without a dimension also drops B, T or S of size 1.
import torch


def additive_score(query, keys, w_query, w_key, v):
    hidden = torch.tanh((query @ w_query.T).unsqueeze(2) + (keys @ w_key.T).unsqueeze(1))
    return (hidden @ v.unsqueeze(-1)).squeeze()
# %% wrong | sigmoid | Uses a sigmoid in place of the tanh.
import torch


def additive_score(query, keys, w_query, w_key, v):
    hidden = torch.sigmoid((query @ w_query.T).unsqueeze(2) + (keys @ w_key.T).unsqueeze(1))
    return hidden @ v
# %% wrong | relu | Uses relu as in a modern MLP in place of the tanh.
import torch


def additive_score(query, keys, w_query, w_key, v):
    q, k = query @ w_query.T, keys @ w_key.T
    return torch.einsum("btsh,h->bts", torch.relu(q.unsqueeze(2) + k.unsqueeze(1)), v)
# %% wrong | forgets-v | Sums over the hidden units and never uses v.
import torch


def additive_score(query, keys, w_query, w_key, v):
    hidden = torch.tanh((query @ w_query.T).unsqueeze(2) + (keys @ w_key.T).unsqueeze(1))
    return hidden.sum(dim=-1)
# %% wrong | mean-over-hidden | Takes the mean instead of the sum over h; shows for h > 1.
import torch


def additive_score(query, keys, w_query, w_key, v):
    hidden = torch.tanh((query @ w_query.T).unsqueeze(2) + (keys @ w_key.T).unsqueeze(1))
    return (hidden * v).mean(dim=-1)
# %% wrong | product-not-sum | Multiplies the projections instead of adding them.
import torch


def additive_score(query, keys, w_query, w_key, v):
    q = (query @ w_query.T).unsqueeze(2)
    k = (keys @ w_key.T).unsqueeze(1)
    return torch.tanh(q * k) @ v
# %% wrong | scaled | Divides by sqrt(h), although the scores are raw.
import torch


def additive_score(query, keys, w_query, w_key, v):
    h = v.shape[0]
    hidden = torch.tanh((query @ w_query.T).unsqueeze(2) + (keys @ w_key.T).unsqueeze(1))
    return hidden @ v / h**0.5
# %% wrong | inplace-v | Normalises v in place first (weight-norm habit), so the scores are scaled and the caller's v changes.
import torch


def additive_score(query, keys, w_query, w_key, v):
    q = query @ w_query.T
    k = keys @ w_key.T
    v /= v.norm()
    return torch.tanh(q.unsqueeze(2) + k.unsqueeze(1)) @ v
# %% wrong | tanh-inplace-buffer | Loops into a torch.zeros(B, T, S) buffer of the default dtype, so float64 inputs return float32.
import torch


def additive_score(query, keys, w_query, w_key, v):
    B, T, _ = query.shape
    S = keys.shape[1]
    scores = torch.zeros(B, T, S)
    for b in range(B):
        for t in range(T):
            for s in range(S):
                scores[b, t, s] = v @ torch.tanh(w_query @ query[b, t] + w_key @ keys[b, s])
    return scores
# %% wrong | item-loop | Collects v·tanh(...).item() in a list: no gradients and float32.
import torch


def additive_score(query, keys, w_query, w_key, v):
    out = []
    for qs, ks in zip(query, keys):
        out.append([[(v @ torch.tanh(w_query @ q + w_key @ k)).item() for k in ks] for q in qs])
    return torch.tensor(out)
# %% wrong | first-query | Uses only the first query of each batch element (decoder-step habit); right for T = 1.
import torch


def additive_score(query, keys, w_query, w_key, v):
    q = query[:, 0] @ w_query.T  # (B, h)
    k = keys @ w_key.T  # (B, S, h)
    scores = torch.tanh(q.unsqueeze(1) + k) @ v
    return scores.unsqueeze(1).expand(-1, query.shape[1], -1)
# %% wrong | batch-product | Broadcasts q as (B, 1, T, 1, h) against k as (1, B, 1, S, h) and sums over the key batch; right only for B = 1.
import torch


def additive_score(query, keys, w_query, w_key, v):
    q = (query @ w_query.T)[:, None, :, None]
    k = (keys @ w_key.T)[None, :, None, :]
    return (torch.tanh(q + k) @ v).sum(dim=1)
# %% wrong | no-batch-unsqueeze | unsqueeze(0)/unsqueeze(1) written for unbatched input, so batches mix: a crash or wrong shapes unless sizes happen to fit.
import torch


def additive_score(query, keys, w_query, w_key, v):
    q = (query @ w_query.T).unsqueeze(1)
    k = (keys @ w_key.T).unsqueeze(0)
    return torch.tanh(q + k) @ v
# %% wrong | repeat-interleave-mixup | Repeats the queries S times with repeat and views as (B, T, S, h), which interleaves queries wrongly for T > 1.
import torch


def additive_score(query, keys, w_query, w_key, v):
    B, T, _ = query.shape
    S = keys.shape[1]
    q = (query @ w_query.T).repeat(1, S, 1).view(B, T, S, -1)
    k = (keys @ w_key.T).repeat(1, T, 1).view(B, T, S, -1)
    return torch.tanh(q + k) @ v
# %% wrong | detach-keys | Projects the keys under no_grad ("precompute once"), so keys and w_key get no gradient.
import torch


def additive_score(query, keys, w_query, w_key, v):
    with torch.no_grad():
        k = keys @ w_key.T
    q = query @ w_query.T
    return torch.tanh(q.unsqueeze(2) + k.unsqueeze(1)) @ v
# %% wrong | float-cast | Casts to float32, so float64 inputs come back as float32.
import torch


def additive_score(query, keys, w_query, w_key, v):
    q = query.float() @ w_query.float().T
    k = keys.float() @ w_key.float().T
    return torch.tanh(q.unsqueeze(2) + k.unsqueeze(1)) @ v.float()
# %% wrong | fresh-linear | Builds nn.Linear layers and copies only their shapes; a random bias stays, so scores differ on every call.
import torch
from torch import nn


def additive_score(query, keys, w_query, w_key, v):
    wq = nn.Linear(w_query.shape[1], w_query.shape[0], dtype=query.dtype)
    wk = nn.Linear(w_key.shape[1], w_key.shape[0], dtype=query.dtype)
    wq.weight.data, wk.weight.data = w_query, w_key
    return torch.tanh(wq(query).unsqueeze(2) + wk(keys).unsqueeze(1)) @ v
# %% wrong | concat-same-width | Stacks query and key next to each other but uses the columns of [w_key, w_query] in the wrong order: wrong where both widths agree, mixed-up otherwise.
import torch


def additive_score(query, keys, w_query, w_key, v):
    B, T, _ = query.shape
    S = keys.shape[1]
    q = query.unsqueeze(2).expand(-1, -1, S, -1)
    k = keys.unsqueeze(1).expand(-1, T, -1, -1)
    w = torch.cat([w_key, w_query], dim=1)
    return torch.tanh(torch.cat([q, k], dim=-1) @ w.T) @ v
# %% wrong | shared-width | Uses h = query.shape[-1] in a view, which crashes where the hidden width differs from q.
import torch


def additive_score(query, keys, w_query, w_key, v):
    B, T, h = query.shape
    S = keys.shape[1]
    q = (query @ w_query.T).view(B, T, 1, h)
    k = (keys @ w_key.T).view(B, 1, S, h)
    return torch.tanh(q + k) @ v
# %% wrong | view-input | view on the inputs, which crashes for non-contiguous query or keys.
import torch


def additive_score(query, keys, w_query, w_key, v):
    B, T, dq = query.shape
    S, dk = keys.shape[1:]
    q = (query.view(-1, dq) @ w_query.T).view(B, T, 1, -1)
    k = (keys.view(-1, dk) @ w_key.T).view(B, 1, S, -1)
    return torch.tanh(q + k) @ v
# %% wrong | minus | Subtracts the key projection ("distance") instead of adding it.
import torch


def additive_score(query, keys, w_query, w_key, v):
    diff = (query @ w_query.T).unsqueeze(2) - (keys @ w_key.T).unsqueeze(1)
    return torch.tanh(diff) @ v
# %% wrong | one-sided | Leaves the query out of the tanh and adds it linearly, so the interaction is lost.
import torch


def additive_score(query, keys, w_query, w_key, v):
    q = (query @ w_query.T) @ v
    k = torch.tanh(keys @ w_key.T) @ v
    return q.unsqueeze(2) + k.unsqueeze(1)
# %% wrong | exp-tanh | Writes tanh by hand as (e^2a - 1)/(e^2a + 1), which is inf/inf = NaN for large arguments.
import torch


def additive_score(query, keys, w_query, w_key, v):
    a = (query @ w_query.T).unsqueeze(2) + (keys @ w_key.T).unsqueeze(1)
    e = torch.exp(2 * a)
    return ((e - 1) / (e + 1)) @ v
# %% right | hint | Broadcast sum, tanh, product with v.
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    q = (query @ w_query.T).unsqueeze(2)  # (B, T, 1, h)
    k = (keys @ w_key.T).unsqueeze(1)  # (B, 1, S, h)
    return torch.tanh(q + k) @ v
# %% right | einsum | einsum everywhere.
import torch


def additive_score(query, keys, w_query, w_key, v):
    q = torch.einsum("btq,hq->bth", query, w_query)
    k = torch.einsum("bsk,hk->bsh", keys, w_key)
    hidden = (q[:, :, None, :] + k[:, None, :, :]).tanh()
    return torch.einsum("btsh,h->bts", hidden, v)
# %% right | f-linear | F.linear for all three products.
import torch
import torch.nn.functional as F


def additive_score(query, keys, w_query, w_key, v):
    hidden = F.linear(query, w_query).unsqueeze(-2) + F.linear(keys, w_key).unsqueeze(-3)
    return F.linear(torch.tanh(hidden), v.unsqueeze(0)).squeeze(-1)
# %% right | loops | Three loops, one pair at a time.
import torch


def additive_score(query, keys, w_query, w_key, v):
    def score(q, k):
        return torch.dot(v, torch.tanh(w_query.mv(q) + w_key.mv(k)))

    return torch.stack(
        [
            torch.stack([torch.stack([score(q, k) for k in ks]) for q in qs])
            for qs, ks in zip(query, keys)
        ]
    )
# %% right | concatenated | One matrix on the concatenated pair, as in the paper's alignment network.
import torch


def additive_score(query, keys, w_query, w_key, v):
    T, S = query.shape[1], keys.shape[1]
    pair = torch.cat(
        [query.unsqueeze(2).expand(-1, -1, S, -1), keys.unsqueeze(1).expand(-1, T, -1, -1)], dim=-1
    )
    w = torch.cat([w_query, w_key], dim=1)
    return torch.tanh(pair @ w.T).matmul(v)
# %% right | loop-over-queries | Loop over T only, stack along dim 1, float64 inside.
import torch


def additive_score(query, keys, w_query, w_key, v):
    dtype = query.dtype
    query, keys, w_query, w_key, v = (t.double() for t in (query, keys, w_query, w_key, v))
    k = keys @ w_key.t()
    columns = []
    for t in range(query.size(1)):
        q = query[:, t] @ w_query.t()
        columns.append((torch.tanh(q.unsqueeze(1) + k) * v).sum(-1))
    return torch.stack(columns, dim=1).to(dtype)
# %% right | module-helper | A small nn.Module without parameters of its own and a main block with prints.
import torch
from torch import nn


class Bahdanau(nn.Module):
    def forward(self, q, k, v):
        return (torch.tanh(q[:, :, None] + k[:, None]) * v).sum(dim=-1)


def additive_score(query, keys, w_query, w_key, v):
    assert w_query.shape[0] == w_key.shape[0] == v.shape[0]
    return Bahdanau()(query.matmul(w_query.T), keys.matmul(w_key.T), v)


if __name__ == "__main__":
    out = additive_score(torch.ones(1, 2, 3), torch.ones(1, 4, 5), torch.ones(6, 3), torch.ones(6, 5), torch.ones(6))
    print(out, out.shape)
