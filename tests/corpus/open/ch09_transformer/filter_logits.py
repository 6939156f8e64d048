# %% right | topk-and-scatter | threshold for top-k, sort, cumsum and scatter for top-p
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
        logits = logits.masked_fill(logits < smallest, -math.inf)
    if top_p is not None and top_p < 1:
        probs, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        out = probs.cumsum(dim=-1) - probs >= top_p
        out = torch.zeros_like(out).scatter(-1, order, out)
        logits = logits.masked_fill(out, -math.inf)
    return logits

# %% right | python-rows | Python lists and floats, row by row
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
    scaled = logits.detach() / temperature
    rows = scaled.reshape(-1, scaled.shape[-1]).tolist()
    new = torch.tensor([_one_row(row, top_k, top_p) for row in rows], dtype=logits.dtype)
    return new.reshape(scaled.shape)

# %% right | all-in-sorted-order | one sort for both filters, gathered back by the inverse order, float64 inside
import torch


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must lie in 0 < p <= 1")
    V = logits.shape[-1]
    values, order = torch.sort(torch.div(logits, temperature), dim=-1, descending=True)
    # everything is decided in falling order; place in this order is the rank
    stays = torch.ones_like(values, dtype=torch.bool)
    if top_k is not None:
        stays = stays & (torch.arange(V, device=values.device) < top_k)
    if top_p is not None and top_p != 1:
        left = torch.where(stays, values, float("-inf"))
        sums = torch.softmax(left.double(), -1).cumsum(-1)
        reached_before = torch.cat([torch.zeros_like(sums[..., :1]), sums[..., :-1]], dim=-1)
        stays = stays & (reached_before < top_p)
    values = torch.where(stays, values, float("-inf"))
    return torch.gather(values, -1, order.argsort(dim=-1))

# %% right | filter-class | a class with one method for each filter, top-p by the smallest probability that stays
import torch

NEVER = float("-inf")


class LogitFilter:
    def __init__(self, temperature, top_k, top_p):
        if temperature <= 0 or temperature != temperature:
            raise ValueError(f"bad temperature: {temperature}")
        if top_k is not None and top_k <= 0:
            raise ValueError(f"bad top_k: {top_k}")
        if top_p is not None and (top_p <= 0 or top_p > 1):
            raise ValueError(f"bad top_p: {top_p}")
        self.temperature, self.top_k, self.top_p = temperature, top_k, top_p

    def largest(self, x):
        if self.top_k is None or self.top_k >= x.size(-1):
            return x
        top = torch.topk(x, self.top_k, dim=-1)
        return torch.full_like(x, NEVER).scatter(-1, top.indices, top.values)

    def nucleus(self, x):
        if self.top_p is None or self.top_p == 1:
            return x
        p, where = torch.sort(torch.softmax(x, -1), dim=-1, descending=True)
        n = (p.cumsum(-1) < self.top_p).sum(-1, keepdim=True)  # the last one that stays
        n = n.clamp(max=x.size(-1) - 1)
        limit = p.gather(-1, n)
        return torch.where(torch.softmax(x, -1) >= limit, x, torch.full_like(x, NEVER))

    def __call__(self, x):
        return self.nucleus(self.largest(x / self.temperature))


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    with torch.no_grad():
        return LogitFilter(temperature, top_k, top_p)(logits)

# %% wrong | reaching-token-dropped | the token with which the sum reaches p is taken away, only the first one is always left
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
        logits = logits.masked_fill(logits < smallest, -math.inf)
    if top_p is not None and top_p < 1:
        probs, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        out = probs.cumsum(dim=-1) > top_p
        out[..., 0] = False
        out = torch.zeros_like(out).scatter(-1, order, out)
        logits = logits.masked_fill(out, -math.inf)
    return logits

# %% wrong | left-in-sorted-order | what is out in sorted order is applied to the unsorted logits
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
        logits = logits.masked_fill(logits < smallest, -math.inf)
    if top_p is not None and top_p < 1:
        probs, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        out = probs.cumsum(dim=-1) - probs >= top_p
        logits = logits.masked_fill(out, -math.inf)
    return logits

# %% wrong | times-temperature | logits are multiplied by the temperature
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
    logits = logits * temperature
    if top_k is not None:
        k = min(top_k, logits.size(-1))
        smallest = logits.topk(k, dim=-1).values[..., -1:]
        logits = logits.masked_fill(logits < smallest, -math.inf)
    if top_p is not None and top_p < 1:
        probs, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        out = probs.cumsum(dim=-1) - probs >= top_p
        out = torch.zeros_like(out).scatter(-1, order, out)
        logits = logits.masked_fill(out, -math.inf)
    return logits

# %% wrong | temperature-last | the temperature comes after top-p, so the sums belong to another distribution
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
    if top_k is not None:
        k = min(top_k, logits.size(-1))
        smallest = logits.topk(k, dim=-1).values[..., -1:]
        logits = logits.masked_fill(logits < smallest, -math.inf)
    if top_p is not None and top_p < 1:
        probs, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        out = probs.cumsum(dim=-1) - probs >= top_p
        out = torch.zeros_like(out).scatter(-1, order, out)
        logits = logits.masked_fill(out, -math.inf)
    return logits / temperature

# %% wrong | p-over-all-tokens | top-p takes the softmax over all tokens and not over what top-k left
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
    everything = logits
    if top_k is not None:
        k = min(top_k, logits.size(-1))
        smallest = logits.topk(k, dim=-1).values[..., -1:]
        logits = logits.masked_fill(logits < smallest, -math.inf)
    if top_p is not None and top_p < 1:
        probs, order = everything.softmax(dim=-1).sort(dim=-1, descending=True)
        out = probs.cumsum(dim=-1) - probs >= top_p
        out = torch.zeros_like(out).scatter(-1, order, out)
        logits = logits.masked_fill(out, -math.inf)
    return logits

# %% wrong | p-one-drops-the-tail | p = 1 goes the same way as any other p, and rounding takes improbable tokens away
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
        logits = logits.masked_fill(logits < smallest, -math.inf)
    if top_p is not None:
        probs, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        out = probs.cumsum(dim=-1) - probs >= top_p
        out = torch.zeros_like(out).scatter(-1, order, out)
        logits = logits.masked_fill(out, -math.inf)
    return logits

# %% wrong | k-beyond-vocabulary | k larger than V makes topk fail instead of letting all stay
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
        k = top_k
        smallest = logits.topk(k, dim=-1).values[..., -1:]
        logits = logits.masked_fill(logits < smallest, -math.inf)
    if top_p is not None and top_p < 1:
        probs, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        out = probs.cumsum(dim=-1) - probs >= top_p
        out = torch.zeros_like(out).scatter(-1, order, out)
        logits = logits.masked_fill(out, -math.inf)
    return logits

# %% wrong | in-place | the argument itself is divided by the temperature
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
    logits /= temperature
    if top_k is not None:
        k = min(top_k, logits.size(-1))
        smallest = logits.topk(k, dim=-1).values[..., -1:]
        logits = logits.masked_fill(logits < smallest, -math.inf)
    if top_p is not None and top_p < 1:
        probs, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        out = probs.cumsum(dim=-1) - probs >= top_p
        out = torch.zeros_like(out).scatter(-1, order, out)
        logits = logits.masked_fill(out, -math.inf)
    return logits

# %% wrong | log-probabilities | what stays is normalised again and so does not keep its logit
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
        logits = logits.masked_fill(logits < smallest, -math.inf)
    if top_p is not None and top_p < 1:
        probs, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        out = probs.cumsum(dim=-1) - probs >= top_p
        out = torch.zeros_like(out).scatter(-1, order, out)
        logits = logits.masked_fill(out, -math.inf)
    return logits.log_softmax(dim=-1)

# %% wrong | rows-of-a-matrix | the way back to the tokens' places is written for (B, V) alone
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
        logits = logits.masked_fill(logits < smallest, -math.inf)
    if top_p is not None and top_p < 1:
        probs, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        out = probs.cumsum(dim=-1) - probs >= top_p
        out = torch.stack([torch.zeros_like(o).scatter(0, places, o) for places, o in zip(order, out)])
        logits = logits.masked_fill(out, -math.inf)
    return logits

# %% wrong | least-probable-first | top-p sorts the least probable first, so the tail stays and the probable tokens go
import math

import torch


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be in (0, 1]")
    out = logits / temperature
    if top_k is not None and top_k < out.size(-1):
        kth = out.topk(top_k, dim=-1).values[..., -1:]
        out = out.masked_fill(out < kth, -math.inf)
    if top_p is not None and top_p < 1:
        probs = out.softmax(dim=-1)
        ranked, order = probs.sort(dim=-1, descending=False)
        before = ranked.cumsum(dim=-1) - ranked
        drop = torch.zeros_like(before, dtype=torch.bool).scatter(-1, order, before >= top_p)
        out = out.masked_fill(drop, -math.inf)
    return out

# %% wrong | either-or | top_p is looked at only where there is no top_k, so both together give top-k alone
import math

import torch


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be in (0, 1]")
    out = logits / temperature
    if top_k is not None and top_k < out.size(-1):
        kth = out.topk(top_k, dim=-1).values[..., -1:]
        out = out.masked_fill(out < kth, -math.inf)
    elif top_p is not None and top_p < 1:
        probs = out.softmax(dim=-1)
        ranked, order = probs.sort(dim=-1, descending=True)
        before = ranked.cumsum(dim=-1) - ranked
        drop = torch.zeros_like(before, dtype=torch.bool).scatter(-1, order, before >= top_p)
        out = out.masked_fill(drop, -math.inf)
    return out

# %% wrong | kth-dropped | what equals the k-th largest logit goes too, so only k - 1 stay
import math

import torch


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be in (0, 1]")
    out = logits / temperature
    if top_k is not None and top_k < out.size(-1):
        kth = out.topk(top_k, dim=-1).values[..., -1:]
        out = out.masked_fill(out <= kth, -math.inf)
    if top_p is not None and top_p < 1:
        probs = out.softmax(dim=-1)
        ranked, order = probs.sort(dim=-1, descending=True)
        before = ranked.cumsum(dim=-1) - ranked
        drop = torch.zeros_like(before, dtype=torch.bool).scatter(-1, order, before >= top_p)
        out = out.masked_fill(drop, -math.inf)
    return out

# %% wrong | masked-by-multiplication | what stays is kept by multiplying with 0 and 1, and 0 times infinity makes NaN of it
import math

import torch


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be in (0, 1]")
    out = logits / temperature
    if top_k is not None and top_k < out.size(-1):
        kth = out.topk(top_k, dim=-1).values[..., -1:]
        out = out.masked_fill(out < kth, -math.inf)
    if top_p is not None and top_p < 1:
        probs = out.softmax(dim=-1)
        ranked, order = probs.sort(dim=-1, descending=True)
        before = ranked.cumsum(dim=-1) - ranked
        drop = torch.zeros_like(before, dtype=torch.bool).scatter(-1, order, before >= top_p)
        keep = (~drop).to(out.dtype)
        out = out * keep + (1 - keep) * -math.inf
    return out

# %% wrong | exp-overflows | the softmax is written out without taking away the largest logit, so large logits become inf / inf
import math

import torch


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be in (0, 1]")
    out = logits / temperature
    if top_k is not None and top_k < out.size(-1):
        kth = out.topk(top_k, dim=-1).values[..., -1:]
        out = out.masked_fill(out < kth, -math.inf)
    if top_p is not None and top_p < 1:
        weights = out.exp()
        probs = weights / weights.sum(dim=-1, keepdim=True)
        ranked, order = probs.sort(dim=-1, descending=True)
        before = ranked.cumsum(dim=-1) - ranked
        drop = torch.zeros_like(before, dtype=torch.bool).scatter(-1, order, before >= top_p)
        out = out.masked_fill(drop, -math.inf)
    return out

# %% wrong | float64-lost | everything is turned into float32, so float64 logits do not come back in their own dtype
import math

import torch


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be in (0, 1]")
    out = logits.float() / temperature
    if top_k is not None and top_k < out.size(-1):
        kth = out.topk(top_k, dim=-1).values[..., -1:]
        out = out.masked_fill(out < kth, -math.inf)
    if top_p is not None and top_p < 1:
        probs = out.softmax(dim=-1)
        ranked, order = probs.sort(dim=-1, descending=True)
        before = ranked.cumsum(dim=-1) - ranked
        drop = torch.zeros_like(before, dtype=torch.bool).scatter(-1, order, before >= top_p)
        out = out.masked_fill(drop, -math.inf)
    return out
