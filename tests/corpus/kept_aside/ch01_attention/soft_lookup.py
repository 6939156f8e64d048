# %% wrong | query-times-keys | `query @ keys` meets d with S: passes the square example (its keys are symmetric), wrong for an asymmetric square and a crash otherwise
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Look a query up among S keys and return the values, weighted by how well their keys match.

    The score of entry s is the plain dot product of the query and key s, not scaled. The softmax
    of the S scores gives the weights. The result is the sum of the values times their weights.

    Args:
        query (d): what is looked for.
        keys (S, d): one key for each entry.
        values (S, e): one value for each entry.

    Returns:
        blend (e): a new tensor with the dtype of the inputs. Scores of any size (1000, −1000)
        give a finite result. Gradients flow back to all three inputs, which are left as they
        were. `torch.softmax` and your own softmax are both welcome.

    >>> keys = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> values = torch.tensor([[10.0, 0.0, 2.0], [20.0, 8.0, 2.0]])
    >>> soft_lookup(torch.tensor([0.0, 0.0]), keys, values)
    tensor([15.,  4.,  2.])
    >>> soft_lookup(torch.tensor([200.0, 0.0]), keys, values)
    tensor([10.,  0.,  2.])
    """
    weights = torch.softmax(query @ keys, dim=0)
    return weights @ values

# %% wrong | values-on-left | multiplies `values @ weights`, which sums over e instead of S where both are equal and crashes otherwise
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = keys @ query
    weights = torch.softmax(scores, dim=0)
    return values @ weights

# %% wrong | column-softmax | makes the scores a column and takes the softmax over its last axis of size 1, so every weight is 1 and the values are just added up
import torch
import torch.nn.functional as F


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = keys @ query.unsqueeze(1)          # (S, 1)
    weights = F.softmax(scores, dim=-1)
    return (weights * values).sum(dim=0)

# %% wrong | rebuilt-tensor | collects the scores with float() into a fresh torch.tensor, so query and keys get no gradient (and float64 scores are rounded to float32)
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = torch.tensor([float(torch.dot(query, key)) for key in keys])
    weights = torch.softmax(scores, dim=0).to(values.dtype)
    return weights @ values

# %% wrong | squeeze-all | ends with a bare squeeze(), so a value width of 1 gives a 0-dimensional result
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = query.unsqueeze(0) @ keys.T
    weights = torch.softmax(scores, dim=-1)
    return (weights @ values).squeeze()

# %% wrong | zeros-accumulator | adds into torch.zeros(e) in place, so the result is float32 also for float64 inputs
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    w = torch.softmax(torch.mv(keys, query), dim=0)
    blend = torch.zeros(values.shape[1])
    for i in range(len(keys)):
        blend += w[i] * values[i]
    return blend

# %% wrong | range-of-query | the sum runs over range(len(query)) instead of the S entries: passes where d == S, else leaves entries out or runs over the end
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys @ query, dim=0)
    blend = torch.zeros_like(values[0])
    for s in range(len(query)):
        blend = blend + weights[s] * values[s]
    return blend

# %% wrong | cosine | normalises query and keys to length 1 before the dot product, so the length of the query no longer sharpens
import torch
import torch.nn.functional as F


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = F.cosine_similarity(keys, query.unsqueeze(0), dim=1)
    weights = torch.softmax(scores, dim=0)
    return weights @ values

# %% wrong | clamped-own-softmax | own softmax that clamps scores to +-80 rather than shifting them, so scores of 1000 and 100 count the same
import torch


def my_softmax(s):
    e = torch.exp(s.clamp(-80, 80))
    return e / e.sum()


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    return my_softmax(keys @ query) @ values

# %% wrong | detached-weights | detaches the weights, so gradients reach only the values
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys @ query, dim=0).detach()
    return torch.einsum("s,se->e", weights, values)

# %% wrong | mean-of-weighted | takes the mean of the weighted values instead of their sum, too small by a factor of S
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax((keys * query).sum(dim=1), dim=0)
    return torch.mean(weights[:, None] * values, dim=0)

# %% wrong | keys-multiplied-in-place | forms the products with `keys *= query`, which overwrites the caller's keys
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    keys *= query
    weights = torch.softmax(keys.sum(dim=-1), dim=-1)
    return weights @ values

# %% wrong | float-scores | casts the scores to float32 for the softmax, so a float64 lookup is only accurate to 1e-7 (and large scores worse)
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = (keys @ query).float()
    weights = torch.softmax(scores, dim=0)
    return weights.to(values.dtype) @ values

# %% wrong | hard-lookup-when-sharp | returns the single best value when the top score leads by more than 5, which drops the other values and their gradients
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    scores = keys @ query
    top = scores.topk(min(2, len(scores))).values
    if len(top) == 1 or top[0] - top[1] > 5:
        return values[scores.argmax()]
    return torch.softmax(scores, dim=0) @ values

# %% right | einsum | two einsum calls around torch.softmax
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Look a query up among S keys and return the values, weighted by how well their keys match.

    The score of entry s is the plain dot product of the query and key s, not scaled. The softmax
    of the S scores gives the weights. The result is the sum of the values times their weights.

    Args:
        query (d): what is looked for.
        keys (S, d): one key for each entry.
        values (S, e): one value for each entry.

    Returns:
        blend (e): a new tensor with the dtype of the inputs. Scores of any size (1000, −1000)
        give a finite result. Gradients flow back to all three inputs, which are left as they
        were. `torch.softmax` and your own softmax are both welcome.

    >>> keys = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> values = torch.tensor([[10.0, 0.0, 2.0], [20.0, 8.0, 2.0]])
    >>> soft_lookup(torch.tensor([0.0, 0.0]), keys, values)
    tensor([15.,  4.,  2.])
    >>> soft_lookup(torch.tensor([200.0, 0.0]), keys, values)
    tensor([10.,  0.,  2.])
    """
    scores = torch.einsum("d,sd->s", query, keys)
    weights = scores.softmax(dim=0)
    return torch.einsum("s,se->e", weights, values)

# %% right | fused | torch's fused attention with a scale of 1
import torch
import torch.nn.functional as F


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    out = F.scaled_dot_product_attention(query[None, None, :], keys[None], values[None], scale=1.0)
    return out[0, 0]

# %% right | loops | Python loops with a maximum that is subtracted by hand; comments in Spanish
import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    # producto escalar de la consulta con cada clave
    puntos = [torch.dot(query, clave) for clave in keys]
    mayor = max(p.item() for p in puntos)
    exps = [torch.exp(p - mayor) for p in puntos]
    total = sum(exps)
    # mezcla de los valores
    mezcla = torch.zeros_like(values[0])
    for e, valor in zip(exps, values):
        mezcla = mezcla + e / total * valor
    return mezcla

# %% right | class-style | a small nn.Module does the work, the function calls it; a demo under __main__
import torch
from torch import nn


class Lookup(nn.Module):
    def score(self, query, keys):
        return (keys * query).sum(-1)

    def forward(self, query, keys, values):
        return torch.softmax(self.score(query, keys), -1) @ values


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    return Lookup()(query, keys, values)


if __name__ == "__main__":
    print(soft_lookup(torch.ones(2), torch.eye(2), torch.eye(2)))
