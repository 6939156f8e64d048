# %% right | pairwise-comparison | no sort: a V by V table of what is more probable, einsum for the sums
import torch


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must lie in 0 < p <= 1")
    x = logits / temperature
    # larger[..., i, j]: token j is more probable than token i
    larger = x.unsqueeze(-2) > x.unsqueeze(-1)
    if top_k is not None:
        x = x.masked_fill(larger.sum(-1) >= top_k, -torch.inf)
    if top_p is not None and top_p < 1:
        p = x.softmax(-1)
        before = torch.einsum("...ij,...j->...i", larger.to(p.dtype), p)
        x = x.masked_fill(before >= top_p, -torch.inf)
    return x

# %% right | recursive-rows | recursion over leading dimensions, a loop over tokens in falling order
import torch


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must lie in 0 < p <= 1")
    result = logits.clone().div_(temperature)
    if result.dim() > 1:
        # one row after the other, each is done on its own
        for i in range(result.shape[0]):
            result[i] = filter_logits(result[i], top_k, top_p)
        return result
    order = torch.argsort(result, descending=True)
    if top_k is not None:
        result[order[top_k:]] = float("-inf")
    if top_p is not None and top_p < 1:
        probs = torch.exp(result - torch.logsumexp(result, dim=0))
        so_far = 0.0
        for token in order.tolist():
            if so_far >= top_p:
                result[token] = float("-inf")
            so_far += probs[token].item()
    return result

# %% wrong | zero-means-none | top_k = 0 and top_p = 0 are taken for no limit and raise nothing
import math

import torch


def filter_logits(
    logits: torch.Tensor,
    top_k: int | None = None,
    top_p: float | None = None,
    temperature: float = 1.0,
) -> torch.Tensor:
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    if top_k and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p and not 0 < top_p <= 1:
        raise ValueError("top_p must lie in 0 < p <= 1")
    logits = logits / temperature
    if top_k:
        k = min(top_k, logits.size(-1))
        smallest = logits.topk(k, dim=-1).values[..., -1:]
        logits = logits.masked_fill(logits < smallest, -math.inf)
    if top_p and top_p < 1:
        probs, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        out = probs.cumsum(dim=-1) - probs >= top_p
        out = torch.zeros_like(out).scatter(-1, order, out)
        logits = logits.masked_fill(out, -math.inf)
    return logits

# %% wrong | minus-a-billion | what is out becomes -1e9 and not -inf
import math

import torch


def filter_logits(
    logits: torch.Tensor,
    top_k: int | None = None,
    top_p: float | None = None,
    temperature: float = 1.0,
) -> torch.Tensor:
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must lie in 0 < p <= 1")
    logits = logits / temperature
    if top_k is not None:
        k = min(top_k, logits.size(-1))
        smallest = logits.topk(k, dim=-1).values[..., -1:]
        logits = logits.masked_fill(logits < smallest, -1e9)
    if top_p is not None and top_p < 1:
        probs, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        out = probs.cumsum(dim=-1) - probs >= top_p
        out = torch.zeros_like(out).scatter(-1, order, out)
        logits = logits.masked_fill(out, -1e9)
    return logits

# %% wrong | view-needs-contiguous | rows are laid out by view, which fails for logits that are not contiguous
import math

import torch


def _one_row(row, top_k, top_p):
    places = sorted(range(len(row)), key=lambda i: row[i], reverse=True)
    if top_k is not None:
        places = places[:top_k]
    if top_p is not None and top_p < 1:
        largest = row[places[0]]
        weights = [math.exp(row[i] - largest) for i in places]
        total = math.fsum(weights)
        kept, reached = [], 0.0
        for place, weight in zip(places, weights):
            kept.append(place)
            reached += weight / total
            if reached >= top_p:
                break
        places = kept
    result = [-math.inf] * len(row)
    for i in places:
        result[i] = row[i]
    return result


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must lie in 0 < p <= 1")
    flat = logits.detach().view(-1, logits.shape[-1])
    rows = (flat / temperature).tolist()
    new = torch.tensor([_one_row(row, top_k, top_p) for row in rows], dtype=logits.dtype)
    return new.view(logits.shape)

# %% wrong | one-threshold-for-all | the k-th largest logit is taken once, with the last row's threshold for all rows
import math

import torch


def filter_logits(
    logits: torch.Tensor,
    top_k: int | None = None,
    top_p: float | None = None,
    temperature: float = 1.0,
) -> torch.Tensor:
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must lie in 0 < p <= 1")
    logits = logits / temperature
    if top_k is not None:
        k = min(top_k, logits.size(-1))
        smallest = logits.reshape(-1, logits.size(-1))[-1].topk(k).values[-1]
        logits = logits.masked_fill(logits < smallest, -math.inf)
    if top_p is not None and top_p < 1:
        probs, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        out = probs.cumsum(dim=-1) - probs >= top_p
        out = torch.zeros_like(out).scatter(-1, order, out)
        logits = logits.masked_fill(out, -math.inf)
    return logits

# %% wrong | x-one-falls-short | with p = 1 the running sum rounds to 1 early, and improbable tokens behind it are dropped
import math

import torch


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    if temperature <= 0:
        raise ValueError("temperature must be above 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be above 0 and at most 1")
    logits = logits / temperature
    if top_k is not None and top_k < logits.size(-1):
        lowest = logits.topk(top_k, dim=-1).values[..., -1:]
        logits = logits.masked_fill(logits < lowest, -math.inf)
    if top_p is not None:
        probs, order = logits.softmax(-1).sort(dim=-1, descending=True)
        out = probs.cumsum(-1) - probs >= top_p
        out = torch.zeros_like(out).scatter(-1, order, out)
        logits = logits.masked_fill(out, -math.inf)
    return logits


# %% wrong | x-zero-is-no-limit | top_k=0 and top_p=0 are taken for "no limit", as other libraries do, and raise no ValueError
import math

import torch


def filter_logits(
    logits: torch.Tensor,
    top_k: int | None = None,
    top_p: float | None = None,
    temperature: float = 1.0,
) -> torch.Tensor:
    if not temperature > 0:
        raise ValueError(f"temperature is {temperature}")
    if top_k and top_k < 1:
        raise ValueError(f"top_k is {top_k}")
    if top_p and not 0 < top_p <= 1:
        raise ValueError(f"top_p is {top_p}")
    result = logits / temperature
    if top_k:
        k = min(top_k, result.size(-1))
        result = result.masked_fill(result < result.topk(k, dim=-1).values[..., -1:], -math.inf)
    if top_p and top_p < 1:
        probs, order = torch.sort(result.softmax(dim=-1), dim=-1, descending=True)
        before = probs.cumsum(dim=-1) - probs
        drop = torch.empty_like(before, dtype=torch.bool).scatter_(-1, order, before >= top_p)
        result = result.masked_fill(drop, -math.inf)
    return result
