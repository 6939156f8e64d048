# %% wrong | clamped-log | takes the log of weights clamped at 1e-9: right values, but weights between 0 and 1e-9 get the wrong gradient
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    """Measure how widely each query spreads its attention: H = −Σ_s w_s · ln w_s.

    The unit is the nat, so the logarithm is the natural one. A query that looks at one key alone
    has entropy 0; one that spreads its weight evenly over S keys has ln S. So exp(H) reads as the
    number of keys that share the attention.

    Args:
        weights: (..., T, S), not negative. Each row of S weights sums to 1, or is 0 throughout
            where a mask left the query no key. It is not changed.

    Returns:
        (..., T), of the same dtype: one entropy for each query. The term of a weight of 0 is 0,
        the limit of w · ln w. That makes the entropy *exactly* 0 where one weight is 1 and the
        others are 0, in float64 too, and where the row is 0 throughout. Adding a small number to
        the weights before the logarithm would break this.

    Where all weights are positive, the gradient is that of the formula, −ln w − 1.

    Source: Clark et al. 2019, "What Does BERT Look At?", section 3.3.

    >>> weights = torch.tensor([[0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0.0, 0.0]])
    >>> attention_entropy(weights)
    tensor([1.3863, 0.6931])
    """
    return -(weights * torch.log(weights.clamp(min=1e-9))).sum(dim=-1)

# %% wrong | threshold | leaves out weights up to 1e-3 as "zero", so an even row over 2000 keys has entropy 0
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    terms = torch.where(weights > 1e-3, weights * torch.log(weights.clamp(min=1e-3)), 0.0)
    return -terms.sum(dim=-1)

# %% wrong | boolean-select | selects the positive weights with a boolean index, which flattens all rows into one number
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    w = weights[weights > 0]
    return -(w * w.log()).sum(dim=-1)

# %% wrong | renormalised-rows | divides each row by its sum "to be sure", which is NaN for a row of zeros
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    p = weights / weights.sum(dim=-1, keepdim=True)
    return -torch.xlogy(p, p).sum(dim=-1)

# %% wrong | categorical | torch.distributions.Categorical: about 1e-7 instead of 0 for a one-hot row (more digits in float64) and a ValueError for a zero row
import torch
from torch.distributions import Categorical


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    return Categorical(probs=weights).entropy()

# %% wrong | over-queries | sums over dim=-2, the queries, which gives (..., S)
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    return -torch.xlogy(weights, weights).sum(dim=-2)

# %% wrong | dim-one | sums over dim=1, right for two dimensions only
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    log = torch.where(weights > 0, weights, torch.ones_like(weights)).log()
    return -(weights * log).sum(dim=1)

# %% wrong | zeros-replaced-in-place | writes 1 into the zero weights of the caller so that the log is 0
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    weights[weights == 0] = 1.0
    return -(weights * torch.log(weights)).sum(dim=-1)

# %% wrong | normalised-by-ln-s | divides by ln S to get a number between 0 and 1, not asked for (and 0/0 for a single key)
import math

import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    h = torch.special.entr(weights).sum(dim=-1)
    return h / math.log(weights.size(-1))

# %% wrong | log-detached | detaches the logarithm, so the gradient is -ln w without the -1
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    safe = weights.detach().masked_fill(weights == 0, 1.0)
    return -(weights * safe.log()).sum(dim=-1)

# %% wrong | binary-entropy | adds the terms of 1 - w as if each key were a coin of its own
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    rest = 1 - weights
    return -(torch.xlogy(weights, weights) + torch.xlogy(rest, rest)).sum(dim=-1)

# %% wrong | tiny-added | adds the dtype's eps before the log, so one-hot rows give about -1e-7 (float64: -2e-16) and not exactly 0
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    eps = torch.finfo(weights.dtype).eps
    return -(weights * torch.log(weights + eps)).sum(dim=-1)

# %% wrong | logits-again | hands the weights to a softmax first, as if they were scores (cross-entropy habit)
import torch
import torch.nn.functional as F


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    return -(weights * F.log_softmax(weights, dim=-1)).sum(dim=-1)

# %% wrong | per-matrix | loops over the rows of each matrix but averages them, one number per head instead of one per query
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    per_query = torch.special.entr(weights).sum(dim=-1)
    return per_query.mean(dim=-1)

# %% right | entr | torch.special.entr
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    """Measure how widely each query spreads its attention: H = −Σ_s w_s · ln w_s.

    The unit is the nat, so the logarithm is the natural one. A query that looks at one key alone
    has entropy 0; one that spreads its weight evenly over S keys has ln S. So exp(H) reads as the
    number of keys that share the attention.

    Args:
        weights: (..., T, S), not negative. Each row of S weights sums to 1, or is 0 throughout
            where a mask left the query no key. It is not changed.

    Returns:
        (..., T), of the same dtype: one entropy for each query. The term of a weight of 0 is 0,
        the limit of w · ln w. That makes the entropy *exactly* 0 where one weight is 1 and the
        others are 0, in float64 too, and where the row is 0 throughout. Adding a small number to
        the weights before the logarithm would break this.

    Where all weights are positive, the gradient is that of the formula, −ln w − 1.

    Source: Clark et al. 2019, "What Does BERT Look At?", section 3.3.

    >>> weights = torch.tensor([[0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0.0, 0.0]])
    >>> attention_entropy(weights)
    tensor([1.3863, 0.6931])
    """
    return torch.special.entr(weights).sum(dim=-1)

# %% right | safe-log | replaces zeros by ones out of place before the log
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    safe = torch.where(weights > 0, weights, 1.0)
    return -torch.einsum("...s,...s->...", weights, safe.log())

# %% right | row-loop | loops over rows and their positive entries
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    rows = weights.reshape(-1, weights.shape[-1])
    result = []
    for row in rows:
        w = row[row > 0]
        # lege rij: de som is 0
        result.append(-(w * w.log()).sum())
    return torch.stack(result).reshape(weights.shape[:-1])

# %% right | nan-to-num | multiplies first and repairs the NaN of 0 · log 0 afterwards, float64 inside
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    w = weights.double()
    terms = torch.nan_to_num(w * torch.log(w), nan=0.0)
    h = -terms.sum(-1)
    assert h.shape == weights.shape[:-1]
    return h.to(weights.dtype)
