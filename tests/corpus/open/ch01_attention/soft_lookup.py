# %% wrong | scaled | Divides the scores by sqrt(d), although the docstring says not scaled; shows for d > 1.
import math

import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = keys @ query / math.sqrt(query.shape[0])
    return torch.softmax(scores, dim=0) @ values
# %% wrong | average-of-keys | Averages the keys instead of the values; a wrong shape or, where d equals e, wrong numbers.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys @ query, dim=0)
    return weights @ keys
# %% wrong | naive-softmax | Own softmax without the maximum: scores of 1000 give NaN, scores all around -1000 give 0/0.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    e = torch.exp(keys @ query)
    return (e / e.sum()) @ values
# %% wrong | values-at-weights | values @ weights has the factors the wrong way round: a crash unless S equals e, then the wrong numbers.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys @ query, dim=-1)
    return values @ weights
# %% wrong | no-unsqueeze | weights * values without unsqueeze broadcasts along e: a crash unless S equals e (or one is 1), then wrong numbers or shape.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys @ query, dim=0)
    return (weights * values).sum(dim=0)
# %% wrong | mean-for-sum | Takes the mean of the weighted values, so the result is too small by the factor S.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys @ query, dim=0)
    return (weights.unsqueeze(1) * values).mean(dim=0)
# %% wrong | argmax | A hard lookup of the best key; no blend and no gradient for query and keys.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = keys @ query
    return values[scores.argmax()].clone()
# %% wrong | double-softmax | Applies the softmax twice, so the weights are nearly uniform.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = torch.softmax(keys @ query, dim=0)
    weights = torch.softmax(scores, dim=0)
    return weights @ values
# %% wrong | extra-dim | Returns shape (1, e) instead of (e).
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = query.unsqueeze(0) @ keys.T  # (1, S)
    weights = scores.softmax(dim=-1)
    return weights @ values
# %% wrong | returns-tuple | Returns (blend, weights) instead of the blend alone.
import torch


def soft_lookup(query, keys, values):
    weights = torch.softmax(keys @ query, dim=0)
    return weights @ values, weights
# %% wrong | squeeze-all | squeeze() without a dimension also drops e when e is 1, giving shape ().
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = torch.matmul(keys, query.unsqueeze(1)).squeeze(1)
    weights = torch.softmax(scores, dim=0)
    return torch.matmul(weights.unsqueeze(0), values).squeeze()
# %% wrong | squeeze-scores | Squeezes the scores without a dimension, so a single key (S = 1) makes them 0-d and the last product crashes.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = torch.matmul(keys, query[:, None]).squeeze()
    weights = torch.softmax(scores, dim=-1)
    return torch.einsum("s,se->e", weights, values)
# %% wrong | inplace-values | Multiplies the weights into values in place, so the caller's values change.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys @ query, dim=0)
    values *= weights[:, None]
    return values.sum(dim=0)
# %% wrong | clamped-scores | Clamps scores to [-80, 80] against overflow, so larger scores that differ share equally.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    s = (keys @ query).clamp(-80.0, 80.0)
    e = torch.exp(s)
    return (e / e.sum()) @ values
# %% wrong | cosine | Scores are cosine similarities instead of plain dot products.
import torch
import torch.nn.functional as F


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = F.cosine_similarity(keys, query.unsqueeze(0), dim=1)
    return F.softmax(scores, dim=0) @ values
# %% wrong | neg-distance | Scores are negative Euclidean distances instead of dot products.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    dist = torch.norm(keys - query, dim=1)
    weights = torch.softmax(-dist, dim=0)
    return weights @ values
# %% wrong | item-weights | Uses .item() on each weight, so query and keys get no gradient.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys @ query, dim=0)
    result = torch.zeros_like(values[0])
    for w, v in zip(weights, values):
        result = result + w.item() * v
    return result
# %% wrong | list-rebuild | Rebuilds the scores with torch.tensor([...]) from floats: the gradient of query and keys is cut and float64 becomes float32.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = torch.tensor([float(query @ key) for key in keys])
    weights = torch.softmax(scores, dim=0).to(values.dtype)
    return weights @ values
# %% wrong | keys-transposed | keys.T @ query contracts the wrong dimension: a crash unless S equals d, then wrong scores.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys.T @ query, dim=0)
    return weights @ values
# %% wrong | loop-one-short | The loop over the entries stops one short and leaves out the last value.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys @ query, dim=0)
    blend = torch.zeros_like(values[0])
    for s in range(len(keys) - 1):
        blend = blend + weights[s] * values[s]
    return blend
# %% wrong | float32-buffer | Accumulates into torch.zeros(e) of the default dtype, so float64 input returns float32.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys @ query, dim=0)
    blend = torch.zeros(values.shape[1])
    for w, v in zip(weights, values):
        blend += w * v
    return blend
# %% wrong | softmax-per-coordinate | Takes the softmax of query * keys per coordinate before summing over d, so the weights do not sum to 1.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    p = torch.softmax(query * keys, dim=0)
    weights = p.sum(dim=1)
    return weights @ values
# %% wrong | sigmoid-weights | Weighs each entry by a sigmoid of its score, so the weights do not share a sum of 1.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    return torch.sigmoid(keys @ query) @ values
# %% wrong | detached-weights | Detaches the weights, so only values get a gradient.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        weights = torch.softmax(keys @ query, dim=0)
    return weights @ values
# %% wrong | float-cast | Casts everything to float32, so float64 input comes back as float32.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    q, k, v = query.float(), keys.float(), values.float()
    return torch.softmax(k @ q, dim=0) @ v
# %% wrong | sdpa-default-scale | Uses F.scaled_dot_product_attention with its default scale 1/sqrt(d); shows for d > 1.
import torch
import torch.nn.functional as F


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    out = F.scaled_dot_product_attention(query[None, None, :], keys[None], values[None])
    return out[0, 0]
# %% wrong | linear-weights | Divides the scores by their sum instead of taking a softmax.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = keys @ query
    weights = scores / scores.sum()
    return weights @ values
# %% wrong | eps-sum | Subtracts no maximum but guards the sum with eps: rows of -1000 return 0 and large scores overflow.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    e = torch.exp(keys @ query)
    weights = e / (e.sum() + 1e-9)
    return torch.nan_to_num(weights) @ values
# %% wrong | zero-max | Subtracts max(score, 0), so scores that are all around -1000 underflow to 0/0 = NaN.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = keys @ query
    top = 0.0
    for s in scores:
        if s > top:
            top = s
    e = torch.exp(scores - top)
    return e @ values / e.sum()
# %% wrong | sum-everything | Sums the weighted values over all dimensions and returns one number.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys @ query, dim=0)
    return torch.sum(weights.view(-1, 1) * values)
# %% wrong | numpy | Computes with NumPy, so no gradient flows (and input that needs one crashes).
import numpy as np
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    q, k, v = (np.asarray(t.detach()) for t in (query, keys, values))
    s = k @ q
    w = np.exp(s - s.max())
    return torch.from_numpy((w / w.sum()) @ v)
# %% wrong | values-same-width | Reshapes the result to the shape of the query, which crashes wherever e differs from d.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys @ query, dim=0)
    return (weights @ values).view(query.shape)
# %% wrong | normalised-query | Normalises the query to length 1 first (NaN for the zero query is avoided with eps), so long queries are not sharp.
import torch
import torch.nn.functional as F


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    query = F.normalize(query, dim=0)
    weights = torch.softmax(keys @ query, dim=0)
    return weights @ values
# %% right | hint | Two matrix products.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys @ query, dim=0)
    return weights @ values
# %% right | einsum | einsum with named steps.
import torch


def soft_lookup(query, keys, values):
    scores = torch.einsum("d,sd->s", query, keys)
    weights = scores.softmax(-1)
    return torch.einsum("s,se->e", weights, values)
# %% right | own-softmax | Own stable softmax as a helper.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    e = (x - x.amax(dim=dim, keepdim=True)).exp()
    return e / e.sum(dim=dim, keepdim=True)


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    return softmax(keys @ query, 0) @ values


if __name__ == "__main__":
    print(soft_lookup(torch.ones(2), torch.eye(2), torch.arange(6.0).view(2, 3)))
# %% right | python-loop | Loops over entries with stack and sum.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = torch.stack([torch.dot(query, key) for key in keys])
    weights = torch.softmax(scores, dim=0)
    blend = torch.zeros_like(values[0])
    for w, v in zip(weights, values):
        blend = blend + w * v
    return blend
# %% right | sdpa-scale-one | F.scaled_dot_product_attention with scale=1.0.
import torch
import torch.nn.functional as F


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    q = query.view(1, 1, -1)
    out = F.scaled_dot_product_attention(q, keys.unsqueeze(0), values.unsqueeze(0), scale=1.0)
    return out[0, 0]
# %% right | broadcast-sum | Element products with broadcasting; commentaires en français.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    # un score par clé
    scores = (keys * query).sum(dim=1)
    poids = torch.softmax(scores, dim=0)
    # (S, 1) * (S, e), somme sur S
    return (poids.unsqueeze(1) * values).sum(dim=0)
# %% right | float64-module | An nn.Module with a forward, computing in float64 and casting back.
import torch
from torch import nn


class SoftLookup(nn.Module):
    def forward(self, query, keys, values):
        scores = keys.double().mv(query.double())
        weights = nn.functional.softmax(scores, dim=0)
        return values.double().t().mv(weights).to(values.dtype)


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    return SoftLookup()(query, keys, values)
# %% right | checked | Shape asserts and torch.nn.Softmax.
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    S, d = keys.shape
    assert query.shape == (d,)
    assert values.shape[0] == S
    attend = torch.nn.Softmax(dim=1)
    weights = attend((query[None] @ keys.T))
    return (weights @ values)[0]
# %% wrong | two-mistakes-scaled-mean | Scores divided by the root of d, and the mean of the weighted values.
import torch


def soft_lookup(query, keys, values):
    w = torch.softmax(keys @ query / len(query) ** 0.5, 0)
    return (w[:, None] * values).mean(0)

# %% wrong | top-two | Only the two best entries take part.
import torch


def soft_lookup(query, keys, values):
    s = keys @ query
    top = s.topk(min(2, len(s)))
    return torch.softmax(top.values, 0) @ values[top.indices]

# %% wrong | squared-weights | Squares the weights and normalises again.
import torch


def soft_lookup(query, keys, values):
    w = torch.softmax(keys @ query, 0) ** 2
    return (w / w.sum()) @ values

# %% wrong | negative-scores-dropped | Entries with a negative score get no weight.
import torch


def soft_lookup(query, keys, values):
    s = keys @ query
    s = torch.where(s < 0, torch.full_like(s, -1e9), s)
    return torch.softmax(s, 0) @ values

# %% wrong | query-added | Adds the query to the blend where the widths agree.
import torch


def soft_lookup(query, keys, values):
    out = torch.softmax(keys @ query, 0) @ values
    return out + query if out.shape == query.shape else out
