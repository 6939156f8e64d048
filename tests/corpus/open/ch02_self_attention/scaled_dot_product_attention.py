# %% wrong | no-scale | The division by √d is forgotten; wrong everywhere except d = 1.
"""Scaled dot-product attention: the step that every Transformer repeats."""

import math

import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | scale-by-d | Divides by d and not by its root; too even for every d > 1.
import torch
import torch.nn.functional as F


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    d = q.shape[-1]
    scores = torch.matmul(q, k.transpose(-2, -1)) / d
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float("-inf"))
    weights = F.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(mask == 0, 0.0)
    return torch.matmul(weights, v), weights
# %% wrong | scale-by-value-width | The root is taken of e, the width of the values; right only where e = d.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    d_k = v.size(-1)
    scores = q @ k.mT / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = scores.softmax(-1)
    if mask is not None:
        weights = torch.where(mask, weights, torch.zeros_like(weights))
    return weights @ v, weights
# %% wrong | scale-from-axis-one | Reads d as q.shape[1], which is T as soon as there is a leading dimension; right for 2-D input only.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    d = q.shape[1]
    scores = q @ k.transpose(-1, -2) / math.sqrt(d)
    if mask is None:
        weights = torch.softmax(scores, dim=-1)
    else:
        weights = torch.softmax(scores.masked_fill(~mask, -math.inf), dim=-1)
        weights = weights.masked_fill(~mask, 0)
    return weights @ v, weights
# %% wrong | divide-by-inverse-root | Divides by d ** -0.5, so the scores are multiplied by √d; wrong for every d > 1.
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scale = q.size(-1) ** -0.5
    scores = (q @ k.transpose(-2, -1)) / scale
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    output = weights @ v
    return output, weights
# %% wrong | scale-after-softmax | Divides the weights by √d and not the scores; rows sum to 1/√d.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1) / math.sqrt(q.size(-1))
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | softmax-over-queries | The softmax runs over dim -2, the queries; columns sum to 1 instead of rows.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = torch.einsum("...td,...sd->...ts", q, k) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-2)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | softmax-dim-one | The softmax runs over dim 1, which is the keys only when there is no leading dimension.
import math
import torch
import torch.nn.functional as F


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e30)
    weights = F.softmax(scores, dim=1)
    if mask is not None:
        weights = weights * mask
    return weights @ v, weights
# %% wrong | transpose-first-axes | k.transpose(0, 1) swaps keys and width only for 2-D input; with leading dimensions it crashes or mixes the batch.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = torch.matmul(q, k.transpose(0, 1)) / math.sqrt(k.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return torch.matmul(weights, v), weights
# %% wrong | bmm-only | torch.bmm takes 3-D tensors only; crashes without a leading dimension or with two of them.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = torch.bmm(q, k.transpose(1, 2)) / math.sqrt(q.size(2))
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    attn = torch.softmax(scores, dim=2)
    if mask is not None:
        attn = attn.masked_fill(~mask, 0.0)
    return torch.bmm(attn, v), attn
# %% wrong | mask-inverted | Reads True as "blocked", as nn.MultiheadAttention does; wrong with any mask that is not all-equal.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(mask, 0.0)
    return weights @ v, weights
# %% wrong | minus-1e9-only | Fills with -1e9 and nothing more; a row with no allowed key becomes uniform instead of 0.
import math

import torch
import torch.nn.functional as F


def scaled_dot_product_attention(query, key, value, mask=None):
    "Compute 'Scaled Dot Product Attention'"
    d_k = query.size(-1)
    scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    p_attn = F.softmax(scores, dim=-1)
    return torch.matmul(p_attn, value), p_attn
# %% wrong | minus-1e4-fill | Fills with -1e4, which is above the allowed scores where these are near -20000; all weight goes to forbidden keys and is then zeroed.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e4)  # also fits in float16
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | subtract-penalty | Subtracts 1e4 from forbidden scores instead of replacing them; leaks or loses everything where the allowed scores are near -20000 and the others are not.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores + (1.0 - mask.to(scores.dtype)) * -10000.0
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask
    return weights @ v, weights
# %% wrong | mask-added-as-0-1 | Adds the boolean mask to the scores as 0/1; forbidden keys keep their weight.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores + mask
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% wrong | mask-multiplied-before | Multiplies the scores with the mask; a forbidden key has score 0 and so still a weight.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores * mask.float()
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% wrong | mask-after-softmax | Only zeroes the weights after the softmax; rows with a forbidden key sum to less than 1.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | mask-after-and-renormalise | Zeroes after the softmax and divides by the remaining sum; where a forbidden score is near +1000 the allowed weights have already underflowed and the row is 0.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask
        total = weights.sum(dim=-1, keepdim=True)
        weights = weights / torch.where(total > 0, total, torch.ones_like(total))
    return weights @ v, weights
# %% wrong | naive-exp | Exponentiates the scores as they are; NaN for scores near +1000, zero rows near -1000.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    e = torch.exp(scores)
    if mask is not None:
        e = e * mask
    total = e.sum(dim=-1, keepdim=True)
    weights = torch.where(total > 0, e / total.clamp(min=1e-30), torch.zeros_like(e))
    return weights @ v, weights
# %% wrong | nan-empty-row | -inf without a repair; a row with no allowed key is NaN in weights and output.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% wrong | nan-hidden-in-gradient | Adds a 0/-inf bias and repairs the NaN with nan_to_num; values are right, but the gradients of q and k are NaN when a row is empty.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        bias = torch.zeros_like(mask, dtype=q.dtype)
        bias = bias.masked_fill(mask.logical_not(), float("-inf"))
        scores = scores + bias
    weights = torch.nan_to_num(torch.softmax(scores, dim=-1))
    return weights @ v, weights
# %% wrong | only-output-repaired | nan_to_num only on the output; the weights of a row with no allowed key stay NaN.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    output = torch.nan_to_num(weights @ v, nan=0.0)
    return output, weights
# %% wrong | empty-row-shortcut | Handles only the case that the whole mask is False; a single empty row among others is NaN.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        if not mask.any():
            weights = torch.zeros_like(scores)
            return weights @ v, weights
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% wrong | max-over-all-keys | Subtracts the row maximum over forbidden keys too; a forbidden score near +1000 makes all allowed exponentials 0.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    e = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
    if mask is not None:
        e = e.masked_fill(~mask, 0.0)
    weights = e / e.sum(dim=-1, keepdim=True).clamp_min(1e-12)
    return weights @ v, weights
# %% wrong | global-max | Subtracts the largest score of the whole tensor; rows far below it underflow to 0/0.
import math
import torch


def softmax(x):
    x = x - x.max()
    e = x.exp()
    return e / e.sum(-1, keepdim=True)


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = softmax(scores)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | clamped-scores | Clamps the scores to ±50 against overflow; scores of ±1000 that differ become equal.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    scores = scores.clamp(-50, 50)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | returns-swapped | Returns (weights, output) in the wrong order.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights, weights @ v
# %% wrong | output-only | Returns the output alone, like torch's function, and not the pair.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v
# %% wrong | query-scaled-in-place | q /= √d changes the argument (and fails for a leaf that requires a gradient).
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    q /= math.sqrt(q.size(-1))
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | mask-negated-in-place | logical_not_ turns the caller's mask round in place.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        blocked = mask.logical_not_()
        scores = scores.masked_fill(blocked, -math.inf)
        weights = torch.softmax(scores, dim=-1).masked_fill(blocked, 0.0)
    else:
        weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% wrong | if-mask-truth | Writes `if mask:`; a mask of more than one element raises "Boolean value is ambiguous".
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | boolean-index-mask | scores[~mask] = -inf needs a mask of the full shape; masks that must broadcast, such as (B, 1, S), raise an IndexError.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores[~mask] = -math.inf
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = torch.where(mask, weights, 0.0)
    return weights @ v, weights
# %% wrong | mask-gets-head-axis | Adds a head axis to every mask as in multi-head code; (T, S) with 2-D input and (B, 1, S) with 3-D input give an extra dimension, (T, S) with 3-D input crashes.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        mask = mask.unsqueeze(1)  # same mask for all heads
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | mask-transposed | Turns the mask to (S, T); right only for symmetric masks, a crash where T and S differ.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        mask = mask.transpose(-2, -1)
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | detached-weights | The output is made from weights.detach(), so no gradient reaches q and k.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    output = weights.detach() @ v
    return output, weights
# %% wrong | no-grad-decorator | The whole function runs under torch.no_grad(); no gradient reaches anything.
import math
import torch


@torch.no_grad()
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | always-float32 | Casts to float32 and never back; float64 input gives float32 results.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    q, k, v = q.float(), k.float(), v.float()
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | dropout-left-on | F.dropout on the weights is always on; two calls differ and rows do not sum to 1.
import math
import torch
import torch.nn.functional as F


def scaled_dot_product_attention(q, k, v, mask=None, dropout=0.1):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = F.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    weights = F.dropout(weights, p=dropout)
    return weights @ v, weights
# %% wrong | numpy-inside | Goes through NumPy; values are right but gradients do not reach q, k and v.
import numpy as np
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    Q, K, V = q.detach().numpy(), k.detach().numpy(), v.detach().numpy()
    scores = Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1]).astype(Q.dtype)
    if mask is not None:
        scores = np.where(mask.numpy(), scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    e = np.exp(scores - np.where(np.isinf(top), 0, top))
    s = e.sum(axis=-1, keepdims=True)
    weights = (e / np.where(s == 0, 1, s)).astype(Q.dtype)
    return torch.from_numpy(weights @ V), torch.from_numpy(weights)
# %% wrong | flattened-batch | Flattens the leading dimensions with view(-1, T, d) and does not restore them; right for exactly one leading dimension only.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    T, d = q.shape[-2:]
    S, e = v.shape[-2:]
    q = q.reshape(-1, T, d)
    k = k.reshape(-1, S, d)
    v = v.reshape(-1, S, e)
    scores = torch.bmm(q, k.transpose(1, 2)) / math.sqrt(d)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return torch.bmm(weights, v), weights
# %% wrong | k-reshaped-not-transposed | k.reshape(..., d, S) instead of a transpose; scrambles the keys, right only for S = 1 or d = 1.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    S, d = k.shape[-2:]
    kt = k.reshape(*k.shape[:-2], d, S)
    scores = q @ kt / math.sqrt(d)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | double-softmax | Applies the softmax twice, the second time after the mask; too even, and forbidden keys get weight again.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    weights = torch.softmax(weights, dim=-1)
    return weights @ v, weights
# %% wrong | zero-means-masked | Finds forbidden places by testing scores == 0; an allowed pair with a dot product of exactly 0 is masked too.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = torch.where(mask, scores, torch.zeros_like(scores))
        scores = scores.masked_fill(scores == 0, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(scores == -math.inf, 0.0)
    return weights @ v, weights
# %% wrong | causal-by-default | Applies a causal mask whenever mask is None; None should allow every pair.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is None:
        mask = torch.ones(q.size(-2), k.size(-2), dtype=torch.bool).tril()
    scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% wrong | mask-required | mask has no default, so the call with three arguments crashes.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% right | plain | The plain formula with masked_fill before and after the softmax.
"""Scaled dot-product attention: the step that every Transformer repeats."""

import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attend from T queries to S keys."""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights
# %% right | einsum-own-softmax | einsum, and a softmax of its own that subtracts the maximum of the allowed scores.
import torch


def _softmax(x):
    top = x.amax(dim=-1, keepdim=True).detach()
    top = torch.where(torch.isinf(top), torch.zeros_like(top), top)
    e = torch.exp(x - top)
    total = e.sum(dim=-1, keepdim=True)
    return e / torch.where(total == 0, torch.ones_like(total), total)


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = torch.einsum("...td,...sd->...ts", q, k) * q.shape[-1] ** -0.5
    if mask is not None:
        scores = torch.where(mask, scores, torch.full_like(scores, float("-inf")))
    weights = _softmax(scores)
    output = torch.einsum("...ts,...se->...te", weights, v)
    return output, weights
# %% right | float64-inside | Computes in float64 and casts back to the dtype of q.
import math
import torch
from torch import Tensor


def scaled_dot_product_attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    dtype = q.dtype
    q64, k64, v64 = q.double(), k.double(), v.double()
    s = q64 @ k64.mT / math.sqrt(q.shape[-1])
    if mask is None:
        w = s.softmax(-1)
    else:
        blocked = ~mask
        w = s.masked_fill(blocked, -math.inf).softmax(-1).masked_fill(blocked, 0)
    return (w @ v64).to(dtype), w.to(dtype)
# %% right | finfo-min | finfo.min as the filler, then a product with the mask; with asserts and a main block.
import torch
import torch.nn.functional as F


def scaled_dot_product_attention(q, k, v, mask=None):
    assert q.shape[-1] == k.shape[-1], "queries and keys differ in width"
    assert k.shape[-2] == v.shape[-2], "as many values as keys"
    scale = torch.tensor(q.shape[-1], dtype=torch.float64).sqrt().item()
    scores = torch.matmul(q, torch.swapaxes(k, -1, -2)) / scale
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    lowest = torch.finfo(scores.dtype).min
    weights = F.softmax(scores.masked_fill(mask.logical_not(), lowest), dim=-1)
    weights = weights * mask
    return torch.matmul(weights, v), weights


if __name__ == "__main__":
    q = torch.randn(2, 3, 4)
    out, w = scaled_dot_product_attention(q, q, q)
    print(out.shape, w.sum(-1))
# %% right | safe-rows | Opens empty rows for the softmax and closes them again afterwards; comments in German.
import math
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    # Punktprodukte aller Paare, geteilt durch die Wurzel der Breite
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is None:
        weights = torch.softmax(scores, dim=-1)
        return weights @ v, weights
    mask = mask.expand(scores.shape)
    # Zeilen ohne erlaubten Schlüssel: erst alles erlauben, später auf 0 setzen
    has_key = mask.any(dim=-1, keepdim=True)
    scores = torch.where(mask | ~has_key, scores, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    weights = torch.where(has_key, weights, 0.0)
    return weights @ v, weights
# %% right | loop-over-queries | A Python loop over the queries, stacked at the end.
import math
import torch


def attend_one(query, k, v, allowed):
    """query (..., d) against all keys."""
    scores = (k * query.unsqueeze(-2)).sum(-1) / math.sqrt(query.shape[-1])
    scores = scores.masked_fill(~allowed, -math.inf)
    w = scores.softmax(-1).masked_fill(~allowed, 0.0)
    return (w.unsqueeze(-1) * v).sum(-2), w


def scaled_dot_product_attention(q, k, v, mask=None):
    shape = (*q.shape[:-1], k.shape[-2])
    if mask is None:
        mask = torch.ones(shape, dtype=torch.bool, device=q.device)
    mask = mask.broadcast_to(shape)
    outputs, weights = [], []
    for t in range(q.shape[-2]):
        o, w = attend_one(q[..., t, :], k, v, mask[..., t, :])
        outputs.append(o)
        weights.append(w)
    return torch.stack(outputs, dim=-2), torch.stack(weights, dim=-2)
# %% right | nan-to-num | masked_fill with -inf and nan_to_num on the weights; the gradient stops at masked_fill, so it stays finite.
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    scale = 1.0 / (k.shape[-1] ** 0.5)
    scores = (q * scale) @ k.transpose(-1, -2)
    if mask is not None:
        scores = scores.masked_fill(mask == False, float("-inf"))  # noqa: E712
    weights = torch.softmax(scores, -1)
    weights = torch.nan_to_num(weights, nan=0.0)
    output = weights @ v
    return output, weights
