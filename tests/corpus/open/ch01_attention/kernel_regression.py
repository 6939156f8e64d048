# %% wrong | zero-by-zero | Kernels divided by their sum as in the formula: far queries give 0/0 = NaN.
import torch


def kernel_regression(queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float) -> torch.Tensor:
    k = torch.exp(-((queries.unsqueeze(1) - keys) ** 2) / (2 * bandwidth**2))
    return (k @ values) / k.sum(dim=1)
# %% wrong | eps-denominator | Adds 1e-8 to the sum of the kernels, so far queries give 0 instead of the nearest value.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    k = torch.exp(-((queries[:, None] - keys[None, :]) ** 2) / (2 * bandwidth**2))
    return (k @ values) / (k.sum(dim=1) + 1e-8)
# %% wrong | bandwidth-as-variance | Divides by 2·σ instead of 2·σ²; right only for σ = 1.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    scores = -((queries[:, None] - keys) ** 2) / (2 * bandwidth)
    return torch.softmax(scores, dim=1) @ values
# %% wrong | missing-two | Divides by σ² without the factor 2.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    scores = -(((queries[:, None] - keys) / bandwidth) ** 2)
    return torch.softmax(scores, dim=1) @ values
# %% wrong | precedence | (q-k)**2 / 2 * bandwidth**2 multiplies by σ² through operator precedence; right only for σ = 1.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    diff = queries[:, None] - keys[None, :]
    weights = torch.softmax(-(diff**2) / 2 * bandwidth**2, dim=-1)
    return weights @ values
# %% wrong | laplace | Absolute distance instead of the square.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    scores = -(queries[:, None] - keys).abs() / (2 * bandwidth**2)
    return torch.softmax(scores, dim=1) @ values
# %% wrong | softmax-over-queries | Softmax over the queries (dim 0), so weights of one query do not sum to 1.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    scores = -((queries[:, None] - keys) ** 2) / (2 * bandwidth**2)
    return torch.softmax(scores, dim=0) @ values
# %% wrong | keys-by-queries | The difference matrix is (m, n) and the softmax runs over its last dimension: a crash unless n = m, then wrong.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    scores = -((keys[:, None] - queries) ** 2) / (2 * bandwidth**2)
    return torch.softmax(scores, dim=-1) @ values
# %% wrong | sign | Forgets the minus sign, so far keys weigh most.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    scores = (queries[:, None] - keys) ** 2 / (2 * bandwidth**2)
    return torch.softmax(scores, dim=1) @ values
# %% wrong | where-nan | Repairs NaN with torch.where and the nearest value: forward is right, but the gradient of such a query is NaN.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    d2 = (queries[:, None] - keys) ** 2
    k = torch.exp(-d2 / (2 * bandwidth**2))
    est = (k @ values) / k.sum(dim=1)
    nearest = values[d2.argmin(dim=1)]
    return torch.where(torch.isnan(est), nearest, est)
# %% wrong | nan-to-zero | nan_to_num turns the NaN of far queries into 0.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    k = torch.exp(-((queries[:, None] - keys) ** 2) / (2 * bandwidth**2))
    w = k / k.sum(dim=1, keepdim=True)
    return torch.nan_to_num(w) @ values
# %% wrong | fallback-mean | Falls back to the mean of all values for far queries.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    k = torch.exp(-((queries[:, None] - keys) ** 2) / (2 * bandwidth**2))
    total = k.sum(dim=1, keepdim=True)
    k = torch.where(total == 0, torch.ones_like(k), k)
    return (k / k.sum(dim=1, keepdim=True)) @ values
# %% wrong | clamp-exponent | Clamps the exponent at -80, so all keys weigh the same for a far query, and far keys get too much.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    e = (-((queries[:, None] - keys) ** 2) / (2 * bandwidth**2)).clamp(min=-80)
    k = torch.exp(e)
    return (k @ values) / k.sum(dim=1)
# %% wrong | density-constant | Divides the kernels in the numerator alone by σ√(2π), so the estimate is scaled.
import math

import torch


def kernel_regression(queries, keys, values, bandwidth):
    scores = -((queries[:, None] - keys) ** 2) / (2 * bandwidth**2)
    e = torch.exp(scores - scores.amax(dim=1, keepdim=True))
    pdf = e / (bandwidth * math.sqrt(2 * math.pi))
    return (pdf @ values) / e.sum(dim=1)
# %% wrong | expanded-square | Expands to q² - 2qk + k², which cancels badly in float32 for points far from 0 such as years (2000 ± a few).
import torch


def kernel_regression(queries, keys, values, bandwidth):
    d2 = queries[:, None] ** 2 - 2 * queries[:, None] * keys + keys**2
    return torch.softmax(-d2 / (2 * bandwidth**2), dim=1) @ values
# %% wrong | dot-product-score | Uses the product q·k as the score as in attention, dropping the k² term.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    scores = torch.outer(queries, keys) / bandwidth**2
    return torch.softmax(scores, dim=1) @ values
# %% wrong | global-max | Subtracts the maximum of the whole matrix, so a far query beside a near one still gives 0/0.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    s = -((queries[:, None] - keys) ** 2) / (2 * bandwidth**2)
    k = torch.exp(s - s.max())
    return (k @ values) / k.sum(dim=1)
# %% wrong | elementwise-pairs | Subtracts queries and keys elementwise: a crash unless n = m (or one is 1), then one number for all.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    scores = -((queries - keys) ** 2) / (2 * bandwidth**2)
    return (torch.softmax(scores, dim=-1) * values).sum(-1, keepdim=True)
# %% wrong | inplace-keys | Centres the keys in place for precision, so the caller's keys change.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    centre = keys.mean()
    keys -= centre
    scores = -((queries[:, None] - centre - keys) ** 2) / (2 * bandwidth**2)
    return torch.softmax(scores, dim=1) @ values
# %% wrong | column-result | Returns (n, 1) instead of (n).
import torch


def kernel_regression(queries, keys, values, bandwidth):
    q, k, v = queries.unsqueeze(1), keys.unsqueeze(0), values.unsqueeze(1)
    return torch.softmax(-((q - k) ** 2) / (2 * bandwidth**2), dim=1) @ v
# %% wrong | squeeze-all | squeeze() returns a 0-d tensor for a single query.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    q, k, v = queries.unsqueeze(1), keys.unsqueeze(0), values.unsqueeze(1)
    return (torch.softmax(-((q - k) ** 2) / (2 * bandwidth**2), dim=1) @ v).squeeze()
# %% wrong | item-loop | Builds the result from .item() values: no gradient and float32.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    out = []
    for q in queries:
        w = torch.softmax(-((q - keys) ** 2) / (2 * bandwidth**2), dim=0)
        out.append((w @ values).item())
    return torch.tensor(out)
# %% wrong | nearest-only | Returns the value of the nearest key for every query.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    return values[(queries[:, None] - keys).abs().argmin(dim=1)]
# %% wrong | far-last-key | Uses values[-1] for a query whose kernels vanish, assuming that it lies to the right of sorted keys.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    out = []
    for q in queries:
        k = torch.exp(-((q - keys) ** 2) / (2 * bandwidth**2))
        out.append(k @ values / k.sum() if k.sum() > 0 else values[-1] + 0 * q)
    return torch.stack(out)
# %% wrong | float32 | Casts to float32, so float64 input comes back as float32.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    q, k, v = queries.float(), keys.float(), values.float()
    return torch.softmax(-((q[:, None] - k) ** 2) / (2 * bandwidth**2), dim=1) @ v
# %% wrong | bandwidth-method | Calls bandwidth.pow(2), although it is a Python number and not a tensor; crashes always.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    scores = -(queries[:, None] - keys).pow(2) / (2 * bandwidth.pow(2))
    return scores.softmax(dim=1) @ values
# %% wrong | integer-bandwidth | Uses floor division for the exponent, so the scores are rounded to whole numbers.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    scores = -((queries[:, None] - keys) ** 2 // (2 * bandwidth**2))
    return torch.softmax(scores, dim=1) @ values
# %% wrong | mean-for-sum | Takes the mean of the weighted values, too small by the factor m.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    w = torch.softmax(-((queries[:, None] - keys) ** 2) / (2 * bandwidth**2), dim=1)
    return (w * values).mean(dim=1)
# %% wrong | average-of-keys | Averages the keys instead of the values.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    w = torch.softmax(-((queries[:, None] - keys) ** 2) / (2 * bandwidth**2), dim=1)
    return w @ keys
# %% wrong | detached-weights | Detaches the weights, so queries and keys get no gradient.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    w = torch.softmax(-((queries[:, None] - keys) ** 2) / (2 * bandwidth**2), dim=1).detach()
    return w @ values
# %% wrong | log-kernel | softmax of the log of the kernels: the log of an underflowed kernel is -inf, so far queries are NaN.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    k = torch.exp(-((queries[:, None] - keys) ** 2) / (2 * bandwidth**2))
    return torch.softmax(torch.log(k), dim=1) @ values
# %% wrong | softmax-of-kernel | Softmax of the kernels themselves, so the exponential is taken twice.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    k = torch.exp(-((queries[:, None] - keys) ** 2) / (2 * bandwidth**2))
    return torch.softmax(k, dim=1) @ values
# %% wrong | boolean-overwrite | Overwrites far entries of the result with index assignment: values right, but the gradient through 0/0 is NaN for keys and values.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    d2 = (queries[:, None] - keys) ** 2
    k = torch.exp(-d2 / (2 * bandwidth**2))
    total = k.sum(1, keepdim=True)
    w = k / total
    far = (total == 0).squeeze(1)
    est = w @ values
    est[far] = values[d2.argmin(1)][far]
    return est
# %% wrong | default-bandwidth-one | Standardises the distances with the keys' own standard deviation and ignores bandwidth.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    bandwidth = keys.std()
    scores = -((queries[:, None] - keys) ** 2) / (2 * bandwidth**2)
    return torch.softmax(scores, dim=1) @ values
# %% right | hint | Softmax of the exponents.
import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    differences = queries.unsqueeze(1) - keys
    scores = -(differences**2) / (2 * bandwidth**2)
    return torch.softmax(scores, dim=1) @ values
# %% right | own-shift | Subtracts the row maximum by hand.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    s = -0.5 * ((queries[:, None] - keys[None, :]) / bandwidth) ** 2
    k = torch.exp(s - s.amax(dim=1, keepdim=True).detach())
    weights = k / k.sum(dim=1, keepdim=True)
    return (weights * values).sum(dim=1)
# %% right | loop | One query at a time.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    estimates = []
    for q in queries:
        w = torch.softmax(-((q - keys) ** 2) / (2 * bandwidth * bandwidth), dim=0)
        estimates.append(torch.dot(w, values))
    return torch.stack(estimates)
# %% right | logsumexp | Weights through logsumexp and einsum.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    log_k = -(queries.view(-1, 1) - keys.view(1, -1)).square() / (2 * bandwidth**2)
    log_w = log_k - torch.logsumexp(log_k, dim=1, keepdim=True)
    return torch.einsum("nm,m->n", log_w.exp(), values)
# %% right | nearest-reference | Measures distances relative to the nearest key (min of squared distances).
import torch


def kernel_regression(queries, keys, values, bandwidth):
    d2 = (queries.unsqueeze(1) - keys.unsqueeze(0)).pow(2)
    # вычитаем минимум, чтобы ближайшее ядро было равно 1
    rel = d2 - d2.min(dim=1, keepdim=True).values
    kern = torch.exp(-rel / (2 * bandwidth**2))
    return kern.div(kern.sum(dim=1, keepdim=True)).matmul(values)
# %% right | float64-helper | Helper gaussian_log_kernel in float64 and a main block.
import torch


def gaussian_log_kernel(q, k, sigma):
    return -((q - k) ** 2) / (2 * sigma**2)


def kernel_regression(queries, keys, values, bandwidth):
    assert bandwidth > 0
    s = gaussian_log_kernel(queries.double()[:, None], keys.double(), float(bandwidth))
    return torch.mv(torch.softmax(s, dim=-1), values.double()).to(queries.dtype)


if __name__ == "__main__":
    print(kernel_regression(torch.linspace(0, 3, 5), torch.arange(3.0), torch.tensor([5.0, 7, 9]), 0.5))
# %% right | sdpa-mask | The exponents as an additive mask of scaled_dot_product_attention with zero queries.
import torch
import torch.nn.functional as F


def kernel_regression(queries, keys, values, bandwidth):
    bias = -((queries[:, None] - keys) ** 2) / (2 * bandwidth**2)
    n, m = bias.shape
    zero_q, zero_k = bias.new_zeros(1, n, 1), bias.new_zeros(1, m, 1)
    out = F.scaled_dot_product_attention(zero_q, zero_k, values.view(1, m, 1), attn_mask=bias[None])
    return out[0, :, 0]
# %% wrong | sorted-values | Sorts the keys and forgets to sort the values along with them.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    keys, _ = keys.sort()
    scores = -((queries[:, None] - keys) ** 2) / (2 * bandwidth**2)
    return torch.softmax(scores, dim=1) @ values

# %% wrong | two-mistakes-half-and-naive | No factor 1/2 in the exponent, and exp without a shift, so far queries are NaN.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    k = torch.exp(-(((queries[:, None] - keys) / bandwidth) ** 2))
    return (k @ values) / k.sum(dim=1)

# %% wrong | leave-one-out | Leaves the nearest key out, as in cross-validation.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    scores = -((queries[:, None] - keys) ** 2) / (2 * bandwidth**2)
    nearest = scores.argmax(dim=1, keepdim=True)
    scores = scores.scatter(1, nearest, float("-inf"))
    return torch.softmax(scores, dim=1) @ values

# %% wrong | residual-mean | Subtracts the mean of the values first and forgets to add it again.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    centred = values - values.mean()
    scores = -((queries[:, None] - keys) ** 2) / (2 * bandwidth**2)
    return torch.softmax(scores, dim=1) @ centred

# %% wrong | box-kernel | A key counts fully within one bandwidth and not at all beyond (a box kernel).
import torch


def kernel_regression(queries, keys, values, bandwidth):
    near = ((queries[:, None] - keys).abs() <= bandwidth).to(values.dtype)
    return (near @ values) / near.sum(dim=1).clamp(min=1)

# %% wrong | sum-over-values-dim | Sums the weighted values over the queries.
import torch


def kernel_regression(queries, keys, values, bandwidth):
    scores = -((queries[:, None] - keys) ** 2) / (2 * bandwidth**2)
    w = torch.softmax(scores, dim=1)
    return (w * values).sum(dim=0)
