# %% wrong | half-power-precedence | `d ** 1 / 2` is d / 2 and not the root of d (equal only for d = 4)
import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attend from T queries to S keys and average the S values.

    The score of query t and key s is q_t · k_s / √d. A softmax over the keys turns the scores of
    each query into weights, and the output is the average of the values under these weights.
    torch's own attention, such as `F.scaled_dot_product_attention`, is off limits here.

    Args:
        q: Queries, (..., T, d). There may be no leading dimension, one, or several.
        k: Keys, (..., S, d), with the leading dimensions of q.
        v: Values, (..., S, e), with the leading dimensions of q. T, S, d and e may all differ.
        mask: Boolean, True where query t may attend to key s. Any shape that broadcasts to
            (..., T, S), such as (T, S) or (B, 1, S). None allows every pair.

    Returns:
        output: (..., T, e).
        weights: (..., T, S). Exactly 0 where the mask forbids. Every row sums to 1, except that a
            row with no allowed key has all its weights 0 and its output 0.

    The results have the dtype of q, and no argument is changed in place. All this holds where
    scores reach ±1000 as well. With a mask it also holds where a forbidden score is near +1000, or
    where all allowed scores of a row are near −20000 and the forbidden ones are not. Gradients of
    the output reach q, k and v, and are finite also where a row has no allowed key.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.1.

    >>> q = torch.tensor([[1.0, 0.0]])
    >>> k = torch.tensor([[2.0, 0.0], [0.0, 2.0]])
    >>> v = torch.tensor([[10.0], [20.0]])
    >>> output, weights = scaled_dot_product_attention(q, k, v)
    >>> weights
    tensor([[0.8044, 0.1956]])
    >>> output
    tensor([[11.9557]])
    >>> scaled_dot_product_attention(q, k, v, torch.tensor([[False, True]]))
    (tensor([[20.]]), tensor([[0., 1.]]))
    """
    d = q.size(-1)
    scores = q @ k.transpose(-2, -1) / (d ** 1 / 2)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights

# %% wrong | size-of-axis-one | takes the width from q.size(1), which is d for two dimensions but T for a batch
import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    scores = q @ k.mT / math.sqrt(q.size(1))
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0)
    return weights @ v, weights

# %% wrong | float32-root | the root is a float32 tensor, so float64 results are wrong from the eighth digit on unless d is a square
import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    dk = torch.tensor(k.shape[-1], dtype=torch.float32)
    scores = torch.matmul(q, k.transpose(-2, -1)) / torch.sqrt(dk)
    if mask is None:
        weights = torch.softmax(scores, dim=-1)
    else:
        weights = torch.softmax(scores.masked_fill(~mask, -torch.inf), dim=-1).masked_fill(~mask, 0.0)
    return torch.matmul(weights, v), weights

# %% wrong | view-heads | flattens the leading dimensions with view, which crashes for inputs that were transposed to (B, H, T, d) before
import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    lead = q.shape[:-2]
    T, d = q.shape[-2:]
    S, e = v.shape[-2:]
    scores = torch.bmm(q.view(-1, T, d), k.view(-1, S, d).transpose(1, 2)) / math.sqrt(d)
    scores = scores.view(*lead, T, S)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights

# %% wrong | nan-assigned | assigns 0 to the NaN weights in place: right forward, backward through the softmax raises an error
import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    weights[torch.isnan(weights)] = 0
    return weights @ v, weights

# %% wrong | bias-and-nan-to-num | adds a -inf bias and repairs with nan_to_num, so gradients are NaN where a row has no allowed key
import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        bias = torch.zeros(mask.shape, dtype=q.dtype, device=q.device)
        bias = bias.masked_fill(mask.logical_not(), -math.inf)
        scores = scores + bias
    weights = torch.nan_to_num(torch.softmax(scores, dim=-1))
    return weights @ v, weights

# %% wrong | minus-1e4-times-mask | fills with -1e4 and multiplies by the mask: rows whose allowed scores are near -20000 come out as 0
import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = torch.where(mask, scores, torch.full_like(scores, -1e4))
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask
    return weights @ v, weights

# %% wrong | output-too-early | multiplies with v before the weights of empty rows are zeroed, so the weights are right and the output is NaN
import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    output = weights @ v
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return output, weights

# %% wrong | heads-axis-for-mask | inserts a head axis into a three-dimensional mask when q has four dimensions, so a mask (H, T, S) is applied along the batch or crashes
import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        if q.dim() == 4 and mask.dim() == 3:
            mask = mask.unsqueeze(1)
        scores = scores.masked_fill(~mask, torch.finfo(q.dtype).min)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights

# %% wrong | scaled-in-place | scales q with /=, so the caller's q changes
import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    q /= math.sqrt(q.size(-1))
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights

# %% wrong | two-or-three-dims | swaps axes 0 and 1 for two dimensions and 1 and 2 otherwise, wrong for four dimensions
import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    kt = k.transpose(0, 1) if k.dim() == 2 else k.transpose(1, 2)
    scores = q @ kt / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights

# %% wrong | masked-exp | own softmax: shifts by the largest score of all keys, then masks the exponentials, so a forbidden score near +1000 wipes out the allowed ones
import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    e = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
    if mask is not None:
        e = e * mask
    total = e.sum(dim=-1, keepdim=True)
    weights = e / total.masked_fill(total == 0, 1.0)
    return weights @ v, weights

# %% wrong | causal-when-none | builds a causal mask when no mask is given, although None allows every pair
import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is None:
        mask = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).tril()
    scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
    return weights @ v, weights

# %% wrong | nan-to-num-inf-scores | nan_to_num on the scores turns -inf into the lowest number, so empty rows are uniform instead of 0
import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    scores = torch.einsum("...td,...sd->...ts", q, k) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = torch.nan_to_num(scores.masked_fill(~mask, -math.inf))
    weights = torch.softmax(scores, dim=-1)
    return torch.einsum("...ts,...se->...te", weights, v), weights

# %% right | where-inf | torch.where with -inf, zeros afterwards, no branch: None becomes an all-True mask
import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attend from T queries to S keys and average the S values.

    The score of query t and key s is q_t · k_s / √d. A softmax over the keys turns the scores of
    each query into weights, and the output is the average of the values under these weights.
    torch's own attention, such as `F.scaled_dot_product_attention`, is off limits here.

    Args:
        q: Queries, (..., T, d). There may be no leading dimension, one, or several.
        k: Keys, (..., S, d), with the leading dimensions of q.
        v: Values, (..., S, e), with the leading dimensions of q. T, S, d and e may all differ.
        mask: Boolean, True where query t may attend to key s. Any shape that broadcasts to
            (..., T, S), such as (T, S) or (B, 1, S). None allows every pair.

    Returns:
        output: (..., T, e).
        weights: (..., T, S). Exactly 0 where the mask forbids. Every row sums to 1, except that a
            row with no allowed key has all its weights 0 and its output 0.

    The results have the dtype of q, and no argument is changed in place. All this holds where
    scores reach ±1000 as well. With a mask it also holds where a forbidden score is near +1000, or
    where all allowed scores of a row are near −20000 and the forbidden ones are not. Gradients of
    the output reach q, k and v, and are finite also where a row has no allowed key.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.1.

    >>> q = torch.tensor([[1.0, 0.0]])
    >>> k = torch.tensor([[2.0, 0.0], [0.0, 2.0]])
    >>> v = torch.tensor([[10.0], [20.0]])
    >>> output, weights = scaled_dot_product_attention(q, k, v)
    >>> weights
    tensor([[0.8044, 0.1956]])
    >>> output
    tensor([[11.9557]])
    >>> scaled_dot_product_attention(q, k, v, torch.tensor([[False, True]]))
    (tensor([[20.]]), tensor([[0., 1.]]))
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is None:
        mask = torch.ones((), dtype=torch.bool, device=q.device)
    filled = torch.where(mask, scores, -math.inf)
    weights = torch.where(mask, torch.softmax(filled, dim=-1), 0.0)
    return weights @ v, weights

# %% right | einsum-own-softmax | einsum and an own masked softmax with a safe shift and a safe sum
import torch


def _weights(scores, mask):
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    top = scores.amax(dim=-1, keepdim=True).detach()
    top = top.masked_fill(top.isinf(), 0.0)
    e = (scores - top).exp()
    total = e.sum(dim=-1, keepdim=True)
    return e / total.masked_fill(total == 0, 1.0)


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    scores = torch.einsum("...td,...sd->...ts", q, k) * q.shape[-1] ** -0.5
    weights = _weights(scores, mask)
    output = torch.einsum("...ts,...se->...te", weights, v)
    return output, weights

# %% right | flattened-bmm | flattens with reshape, loops over the batch, restores the shape
import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    lead, T, S = q.shape[:-2], q.shape[-2], k.shape[-2]
    q3 = q.reshape(-1, T, q.shape[-1])
    k3 = k.reshape(-1, S, k.shape[-1])
    v3 = v.reshape(-1, S, v.shape[-1])
    masks = None if mask is None else mask.expand(*lead, T, S).reshape(-1, T, S)
    outs, ws = [], []
    for i in range(q3.shape[0]):
        s = q3[i] @ k3[i].T / math.sqrt(q.shape[-1])
        if masks is not None:
            s = s.masked_fill(~masks[i], torch.finfo(s.dtype).min)
        w = torch.softmax(s, dim=1)
        if masks is not None:
            w = w.masked_fill(~masks[i], 0.0)
        ws.append(w)
        outs.append(w @ v3[i])
    return torch.stack(outs).reshape(*lead, T, v.shape[-1]), torch.stack(ws).reshape(*lead, T, S)
