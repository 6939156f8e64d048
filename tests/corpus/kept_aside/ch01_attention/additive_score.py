# %% wrong | both-tiled | repeats queries and keys in the same order with repeat, so pairs (t, s) do not meet as they should unless T or S is 1
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    """Score every query against every key of its batch element: vᵀ tanh(W_query q + W_key k).

    Args:
        query (B, T, q): T queries of width q.
        keys (B, S, k): S keys of width k, which may differ from q.
        w_query (h, q): the matrix W_query; h is the hidden width.
        w_key (h, k): the matrix W_key.
        v (h): weighs the hidden units.

    Returns:
        scores (B, T, S): a new tensor with the dtype of the inputs. Entry [b, t, s] belongs to
        query t and key s of batch element b. The scores are raw: no softmax. Gradients flow
        back to all five inputs, which are left as they were.

    >>> query, keys = torch.tensor([[[0.5]]]), torch.tensor([[[0.5], [-0.5], [9.5]]])
    >>> w_query, w_key = torch.tensor([[1.0], [1.0]]), torch.tensor([[1.0], [-1.0]])
    >>> additive_score(query, keys, w_query, w_key, torch.tensor([1.0, 0.0]))
    tensor([[[0.7616, 0.0000, 1.0000]]])
    """
    B, T, _ = query.shape
    S = keys.shape[1]
    q = (query @ w_query.T).repeat(1, S, 1)
    k = (keys @ w_key.T).repeat(1, T, 1)
    return (torch.tanh(q + k) @ v).reshape(B, T, S)

# %% wrong | axes-swapped-and-reshaped | computes (B, S, T) and then reshapes it to (B, T, S) instead of transposing
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    q = query @ w_query.T
    k = keys @ w_key.T
    hidden = torch.tanh(k.unsqueeze(2) + q.unsqueeze(1))      # (B, S, T, h)
    return (hidden @ v).reshape(query.size(0), query.size(1), keys.size(1))

# %% wrong | inplace-on-tanh | multiplies the tanh in place by v, which overwrites what tanh keeps: right forward, RuntimeError on backward
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    hidden = torch.tanh((query @ w_query.T)[:, :, None] + (keys @ w_key.T)[:, None])
    hidden *= v
    return hidden.sum(dim=-1)

# %% wrong | fresh-linear-layers | copies the matrices into nn.Linear layers, so w_query and w_key get no gradient
import torch
from torch import nn


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    h = len(v)
    wq = nn.Linear(query.size(-1), h, bias=False)
    wk = nn.Linear(keys.size(-1), h, bias=False)
    wq.weight = nn.Parameter(w_query)
    wk.weight = nn.Parameter(w_key)
    return torch.tanh(wq(query).unsqueeze(2) + wk(keys).unsqueeze(1)) @ v

# %% wrong | tanh-per-side | tanh around each projection instead of around the sum, so query and key never meet
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    q = torch.tanh(query @ w_query.T)
    k = torch.tanh(keys @ w_key.T)
    return (q.unsqueeze(2) + k.unsqueeze(1)) @ v

# %% wrong | v-on-the-left | `v @ hidden` contracts v with the keys' axis: (B, T, h) where S == h, else a crash
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    hidden = torch.tanh((query @ w_query.T).unsqueeze(2) + (keys @ w_key.T).unsqueeze(1))
    return v @ hidden

# %% wrong | tanh-from-exp | tanh written as a quotient of exponentials, which is inf/inf = NaN for large projections
import torch


def tanh(a):
    return (torch.exp(a) - torch.exp(-a)) / (torch.exp(a) + torch.exp(-a))


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    a = torch.einsum("btq,hq->bth", query, w_query)[:, :, None, :]
    b = torch.einsum("bsk,hk->bsh", keys, w_key)[:, None, :, :]
    return tanh(a + b) @ v

# %% wrong | sigmoid-identity | uses 2 sigmoid(a) - 1 for tanh(a) and forgets the factor 2 inside
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    a = (query @ w_query.T).unsqueeze(2) + (keys @ w_key.T).unsqueeze(1)
    return (2 * torch.sigmoid(a) - 1) @ v

# %% wrong | untransposed | multiplies by w_query and w_key without transposing them, possible only where h equals the widths and wrong there too
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    q = (query @ w_query).unsqueeze(2)
    k = (keys @ w_key).unsqueeze(1)
    return torch.tanh(q + k) @ v

# %% wrong | missing-query-axis | adds (B, T, h) to (B, S, h) directly, as if there were one query or as many queries as keys
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    hidden = torch.tanh(query @ w_query.T + keys @ w_key.T)
    return (hidden @ v).unsqueeze(1)

# %% wrong | one-matrix | projects the keys with w_query too, unnoticed where q == k, and w_key gets no gradient
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    q = torch.nn.functional.linear(query, w_query)
    k = torch.nn.functional.linear(keys, w_query)
    return (torch.tanh(q.unsqueeze(2) + k.unsqueeze(1)) * v).sum(-1)

# %% wrong | mean-over-hidden | takes the mean over the hidden units instead of the sum
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    q = query.matmul(w_query.t()).unsqueeze(-2)
    k = keys.matmul(w_key.t()).unsqueeze(-3)
    return torch.mean(v * torch.tanh(q + k), dim=-1)

# %% wrong | scores-from-items | loops and collects floats in a list, so the result has no gradient and is float32
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    out = []
    for b in range(len(query)):
        rows = []
        for q in query[b]:
            rows.append([float(v @ torch.tanh(w_query @ q + w_key @ k)) for k in keys[b]])
        out.append(rows)
    return torch.tensor(out)

# %% wrong | v-inside | weighs the hidden units before the tanh and sums after it, so v is squashed as well
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    a = (query @ w_query.T).unsqueeze(2) + (keys @ w_key.T).unsqueeze(1)
    return torch.tanh(a * v).sum(dim=-1)

# %% right | broadcast | project, broadcast to four dimensions, tanh, product with v
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    """Score every query against every key of its batch element: vᵀ tanh(W_query q + W_key k).

    Args:
        query (B, T, q): T queries of width q.
        keys (B, S, k): S keys of width k, which may differ from q.
        w_query (h, q): the matrix W_query; h is the hidden width.
        w_key (h, k): the matrix W_key.
        v (h): weighs the hidden units.

    Returns:
        scores (B, T, S): a new tensor with the dtype of the inputs. Entry [b, t, s] belongs to
        query t and key s of batch element b. The scores are raw: no softmax. Gradients flow
        back to all five inputs, which are left as they were.

    >>> query, keys = torch.tensor([[[0.5]]]), torch.tensor([[[0.5], [-0.5], [9.5]]])
    >>> w_query, w_key = torch.tensor([[1.0], [1.0]]), torch.tensor([[1.0], [-1.0]])
    >>> additive_score(query, keys, w_query, w_key, torch.tensor([1.0, 0.0]))
    tensor([[[0.7616, 0.0000, 1.0000]]])
    """
    q = (query @ w_query.T).unsqueeze(2)
    k = (keys @ w_key.T).unsqueeze(1)
    return torch.tanh(q + k) @ v

# %% right | concatenated | joins every query with every key and both matrices side by side, one big product
import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    B, T, nq = query.shape
    _, S, nk = keys.shape
    pairs = torch.cat(
        [query.unsqueeze(2).expand(B, T, S, nq), keys.unsqueeze(1).expand(B, T, S, nk)], dim=-1
    )
    w = torch.cat([w_query, w_key], dim=1)
    return torch.einsum("btsh,h->bts", torch.tanh(pairs @ w.T), v)

# %% right | loop-over-queries | a loop over the queries saves the fourth dimension; type hints of its own
import torch
from torch import Tensor


def _one_query(q: Tensor, projected_keys: Tensor, v: Tensor) -> Tensor:
    """q (B, h), projected_keys (B, S, h)."""
    return (torch.tanh(q[:, None, :] + projected_keys) * v).sum(dim=2)


def additive_score(query: Tensor, keys: Tensor, w_query: Tensor, w_key: Tensor, v: Tensor) -> Tensor:
    pk = torch.nn.functional.linear(keys, w_key)
    pq = torch.nn.functional.linear(query, w_query)
    return torch.stack([_one_query(pq[:, t], pk, v) for t in range(pq.shape[1])], dim=1)
