# %% wrong | eps-in-log | log(w + 1e-9); exact in float32 by rounding, but the entropy of a one-hot row is not 0 in float64.
"""The entropy of attention weights."""

import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    return -(weights * torch.log(weights + 1e-9)).sum(dim=-1)
# %% wrong | eps-1e-6 | log(w + 1e-6); the entropy of a one-hot row is slightly negative already in float32.
import torch

EPS = 1e-6


def attention_entropy(weights):
    return -torch.sum(weights * torch.log(weights + EPS), dim=-1)
# %% wrong | clamp-both | Clamps the weights to at least 1e-12 before everything; zeros then count a little, so a one-hot row and a zero row are not exactly 0.
import torch


def attention_entropy(weights):
    w = weights.clamp(min=1e-12)
    return -(w * w.log()).sum(-1)
# %% wrong | clamp-log-at-1e-6 | Clamps only inside the logarithm, at 1e-6; zeros are fine, but smaller positive weights get a wrong value and gradient.
import torch


def attention_entropy(weights):
    return -(weights * weights.clamp(min=1e-6).log()).sum(dim=-1)
# %% wrong | log2 | Logarithm to base 2: bits and not nats.
import torch


def attention_entropy(weights):
    terms = weights * torch.log2(weights)
    return -torch.nan_to_num(terms, nan=0.0).sum(dim=-1)
# %% wrong | log10 | Logarithm to base 10.
import torch


def attention_entropy(weights):
    terms = torch.where(weights > 0, weights * torch.log10(weights), torch.zeros_like(weights))
    return -terms.sum(dim=-1)
# %% wrong | no-minus | The sign is forgotten; every entropy is negative.
import torch


def attention_entropy(weights):
    return torch.xlogy(weights, weights).sum(dim=-1)
# %% wrong | nan-at-zero | The plain formula; a weight of 0 makes the whole row NaN.
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    """H = -sum w log w"""
    return -(weights * weights.log()).sum(dim=-1)
# %% wrong | mean-over-keys | Mean in place of the sum over the keys; too small by the factor S.
import torch


def attention_entropy(weights):
    return -torch.xlogy(weights, weights).mean(dim=-1)
# %% wrong | sum-over-queries | Sums over dim -2; the result has shape (..., S).
import torch


def attention_entropy(weights):
    return torch.special.entr(weights).sum(dim=-2)
# %% wrong | sum-dim-one | Sums over dim 1, which is the keys for a 2-D tensor only; with leading dimensions it is another axis.
import torch


def attention_entropy(weights):
    return torch.special.entr(weights).sum(dim=1)
# %% wrong | keepdim | keepdim=True leaves an extra dimension (..., T, 1).
import torch


def attention_entropy(weights):
    h = -torch.xlogy(weights, weights).sum(dim=-1, keepdim=True)
    return h
# %% wrong | one-number-for-all | Sums over everything; one number and not one per query.
import torch


def attention_entropy(weights):
    return -torch.xlogy(weights, weights).sum()
# %% wrong | averaged-over-queries | Averages the entropies over the queries at the end; one number per matrix.
import torch


def attention_entropy(weights):
    h = -torch.xlogy(weights, weights).sum(dim=-1)
    return h.mean(dim=-1)
# %% wrong | zeros-replaced-in-place | Sets zero weights to 1 in the caller's tensor, so that the log is 0.
import torch


def attention_entropy(weights):
    weights[weights == 0] = 1.0  # 1 * log 1 = 0
    return -(weights * torch.log(weights)).sum(dim=-1)
# %% wrong | clamp-in-place | clamp_ changes the argument through detach(), which also loses the gradient.
import torch


def attention_entropy(weights):
    w = weights.detach().clamp_(min=1e-20)
    return -(weights * w.log()).sum(dim=-1)
# %% wrong | log-of-detached | The logarithm is taken of a detached copy; values are right, the gradient lacks the -1.
import torch


def attention_entropy(weights):
    logs = weights.detach().clone()
    logs[logs == 0] = 1.0
    return -(weights * logs.log()).sum(-1)
# %% wrong | categorical | torch.distributions.Categorical; raises for a row of zeros and is not exact for a one-hot row.
import torch
from torch.distributions import Categorical


def attention_entropy(weights):
    return Categorical(probs=weights).entropy()
# %% wrong | renormalised | Divides the row by its sum first; NaN for a row of zeros, and the gradient is not that of the formula.
import torch


def attention_entropy(weights):
    p = weights / weights.sum(dim=-1, keepdim=True)
    return torch.special.entr(p).sum(dim=-1)
# %% wrong | softmax-again | Treats the weights as scores and applies a softmax first; nearly even, so always near ln S.
import torch
import torch.nn.functional as F


def attention_entropy(weights):
    p = F.softmax(weights, dim=-1)
    log_p = F.log_softmax(weights, dim=-1)
    return -(p * log_p).sum(dim=-1)
# %% wrong | boolean-selection | w[w > 0] flattens everything; the sum is one number for the whole tensor.
import torch


def attention_entropy(weights):
    w = weights[weights > 0]
    return -(w * w.log()).sum(dim=-1)
# %% wrong | perplexity | Returns exp(H), the number of keys, and not H.
import torch


def attention_entropy(weights):
    h = -torch.xlogy(weights, weights).sum(dim=-1)
    return h.exp()
# %% wrong | divided-by-ln-s | Divides by ln S to get a number in 0..1; wrong except where ln S = 1, 0/0 for S = 1.
import math
import torch


def attention_entropy(weights):
    h = -torch.xlogy(weights, weights).sum(dim=-1)
    return h / math.log(weights.size(-1))
# %% wrong | loop-two-dims | Loops over rows of a matrix; with a leading dimension it sums whole matrices into wrong shapes.
import torch


def attention_entropy(weights):
    result = []
    for row in weights:
        p = row[row > 0]
        result.append(-(p * p.log()).sum())
    return torch.stack(result)
# %% wrong | zeros-float32 | Collects into a float32 tensor; the dtype of float64 weights is lost, and so is precision.
import torch


def attention_entropy(weights):
    h = torch.zeros(weights.shape[:-1])
    for s in range(weights.shape[-1]):
        w = weights[..., s]
        h = h.float() - torch.xlogy(w, w).float()
    return h
# %% wrong | items-no-gradient | Builds the result from .item() numbers; no gradient (and float32 only).
import math
import torch


def attention_entropy(weights):
    flat = weights.reshape(-1, weights.shape[-1])
    values = []
    for row in flat:
        h = 0.0
        for w in row:
            w = w.item()
            if w > 0:
                h -= w * math.log(w)
        values.append(h)
    return torch.tensor(values, dtype=weights.dtype).reshape(weights.shape[:-1])
# %% wrong | numpy-detached | NumPy with np.where; values are right, the gradient is lost.
import numpy as np
import torch


def attention_entropy(weights):
    w = weights.detach().cpu().numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(w > 0, w * np.log(w), 0.0).astype(w.dtype)
    return torch.from_numpy(-t.sum(axis=-1))
# %% wrong | binary-entropy | Adds the (1 - w) ln(1 - w) of the two-class entropy; too large.
import torch


def attention_entropy(weights):
    h = torch.special.entr(weights) + torch.special.entr(1 - weights)
    return h.sum(dim=-1)
# %% wrong | log1p | log1p avoids log 0, but computes ln(1 + w); wrong for every weight, negative results.
import torch


def attention_entropy(weights):
    return -(weights * torch.log1p(weights)).sum(dim=-1)
# %% wrong | kl-to-uniform | ln S minus the divergence from uniform; a row of zeros gives ln S, and one-hot rows are not exactly 0 in general.
import math
import torch


def attention_entropy(weights):
    S = weights.size(-1)
    kl = torch.xlogy(weights, weights * S).sum(dim=-1)
    return math.log(S) - kl
# %% wrong | small-weights-dropped | Drops all weights below 1e-3 as if they were 0; wide rows lose most of their entropy.
import torch


def attention_entropy(weights):
    keep = weights > 1e-3
    safe = torch.where(keep, weights, torch.ones_like(weights))
    return -(safe * safe.log()).sum(dim=-1)
# %% wrong | skips-first-key | The loop over the keys starts at 1; the first key's term is missing.
import torch


def attention_entropy(weights):
    total = torch.zeros_like(weights[..., 0])
    for s in range(1, weights.shape[-1]):
        w = weights[..., s]
        total = total - torch.xlogy(w, w)
    return total
# %% wrong | nan-rows-to-zero | Replaces NaN after the sum and not in the terms: a row that contains a 0 gets entropy 0.
import torch


def attention_entropy(weights):
    h = -(weights * torch.log(weights)).sum(dim=-1)
    h = torch.nan_to_num(h, nan=0.0)
    return h
# %% wrong | empty-row-is-uniform | A row of zeros is taken for an even row and gets ln S.
import math
import torch


def attention_entropy(weights):
    h = -torch.xlogy(weights, weights).sum(dim=-1)
    empty = (weights == 0).all(dim=-1)
    return torch.where(empty, torch.full_like(h, math.log(weights.size(-1))), h)
# %% wrong | squeezed | squeeze() drops dimensions of size 1, such as a batch of one or a single query.
import torch


def attention_entropy(weights):
    return torch.special.entr(weights).sum(dim=-1).squeeze()
# %% wrong | gini | Uses 1 - Σ w², the Gini impurity, as "entropy".
import torch


def attention_entropy(weights):
    return 1.0 - (weights ** 2).sum(dim=-1)
# %% wrong | cross-entropy-call | F.cross_entropy of the weights with themselves; it applies log_softmax to the weights, and expects classes in dim 1.
import torch
import torch.nn.functional as F


def attention_entropy(weights):
    flat = weights.reshape(-1, weights.shape[-1])
    h = F.cross_entropy(flat, flat, reduction="none")
    return h.reshape(weights.shape[:-1])
# %% right | xlogy | torch.xlogy, summed, with the sign changed.
"""The entropy of attention weights: how many keys does a query really look at?"""

import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    """H = -sum_s w_s ln w_s, in nats."""
    return -torch.xlogy(weights, weights).sum(dim=-1)
# %% right | entr | torch.special.entr.
import torch


def attention_entropy(weights):
    terms = torch.special.entr(weights)
    return terms.sum(-1)
# %% right | safe-where | Replaces zeros by 1 with torch.where before the logarithm.
import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    positive = weights > 0
    # ln 1 = 0, so a key without weight adds nothing
    safe = torch.where(positive, weights, torch.ones_like(weights))
    entropy = -(weights * torch.log(safe)).sum(dim=-1)
    return entropy
# %% right | nan-to-num | The product first, then nan_to_num on the terms.
import torch


def attention_entropy(weights):
    terms = torch.nan_to_num(weights * weights.log(), nan=0.0)
    return -terms.sum(dim=-1)
# %% right | loop-over-keys | A loop over the keys that adds up one column after another.
import torch


def _term(w):
    zero = w == 0
    return (w * w.masked_fill(zero, 1.0).log()).masked_fill(zero, 0.0)


def attention_entropy(weights):
    assert weights.dim() >= 2, weights.shape
    total = weights.new_zeros(weights.shape[:-1])
    for s in range(weights.shape[-1]):
        total = total - _term(weights[..., s])
    return total


if __name__ == "__main__":
    w = torch.tensor([[0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0.0, 0.0]])
    print(attention_entropy(w))
# %% right | rows-flattened | Flattens to rows, selects the positive weights of each row, and restores the shape.
import torch


def row_entropy(row: torch.Tensor) -> torch.Tensor:
    p = row[row > 0]
    return -(p * p.log()).sum()


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    shape = weights.shape[:-1]
    rows = weights.reshape(-1, weights.size(-1))
    return torch.stack([row_entropy(r) for r in rows]).reshape(shape)
# %% right | float64-einsum | float64 inside with einsum; comments in Spanish.
import torch


def attention_entropy(weights):
    w = weights.to(torch.float64)
    # el límite de w·ln w en 0 es 0
    logs = torch.log(w.masked_fill(w == 0, 1.0))
    h = torch.einsum("...s,...s->...", w, logs)
    return (-h).to(weights.dtype)
# %% wrong | two-mistakes-log2-mean | Base 2, and the mean over the keys.
import torch


def attention_entropy(weights):
    log = torch.where(weights > 0, weights, 1.0).log2()
    return -(weights * log).mean(-1)

# %% wrong | log-of-sum | Takes the logarithm of the sum of squares (a Rényi entropy).
import torch


def attention_entropy(weights):
    s = (weights**2).sum(-1)
    return torch.where(s > 0, -torch.log(torch.where(s > 0, s, 1.0)), 0.0)

# %% wrong | max-entropy-gap | Returns ln S - H, how far the attention is from even.
import math
import torch


def attention_entropy(weights):
    h = torch.special.entr(weights).sum(-1)
    return math.log(weights.shape[-1]) - h

# %% wrong | drops-diagonal | Leaves the weight of a position on itself out of the sum.
import torch


def attention_entropy(weights):
    terms = torch.special.entr(weights)
    T, S = terms.shape[-2:]
    eye = torch.eye(T, S, dtype=torch.bool)
    return terms.masked_fill(eye, 0.0).sum(-1)

# %% wrong | rounded-to-three | Rounds the result to three decimals, as one prints it.
import torch


def attention_entropy(weights):
    return torch.round(torch.special.entr(weights).sum(-1), decimals=3)

# %% wrong | cumulative | Uses cumsum and takes the last but one entry.
import torch


def attention_entropy(weights):
    total = torch.special.entr(weights).cumsum(-1)
    return total[..., -2] if weights.shape[-1] > 1 else total[..., -1]
