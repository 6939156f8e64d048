# %% wrong | transposed | Returns the transposed Jacobian (d, e).
import torch


def attention_query_jacobian(q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    p = torch.softmax(keys @ q, dim=0)
    o = p @ values
    mean_key = p @ keys
    return ((keys - mean_key) * p[:, None]).T @ (values - o)
# %% wrong | second-moment | Forgets to centre: Σ p v kᵀ instead of the covariance.
import torch


def attention_query_jacobian(q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    p = torch.softmax(keys @ q, dim=0)
    return (p[:, None] * values).T @ keys
# %% wrong | unweighted-means | Centres keys and values with their plain means instead of the weighted ones; right only for equal weights.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    kc = keys - keys.mean(dim=0)
    vc = values - values.mean(dim=0)
    return (p[:, None] * vc).T @ kc
# %% wrong | divided-by-s | Divides the covariance by S, although the weights already sum to 1.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    kc = keys - p @ keys
    vc = values - p @ values
    return torch.einsum("s,se,sd->ed", p, vc, kc) / len(keys)
# %% wrong | bessel | Applies the sample correction 1/(1 - Σp²), which is also 0/0 for a single key.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    kc = keys - p @ keys
    vc = values - p @ values
    return torch.einsum("s,se,sd->ed", p, vc, kc) / (1 - (p**2).sum())
# %% wrong | scaled | Takes scaled scores with 1/sqrt(d) and the matching factor; shows for d > 1.
import math

import torch


def attention_query_jacobian(q, keys, values):
    scale = 1 / math.sqrt(len(q))
    p = torch.softmax(keys @ q * scale, dim=0)
    kc = keys - p @ keys
    return scale * (p[:, None] * values).T @ kc
# %% wrong | scaled-weights-only | Scales the scores by 1/sqrt(d) but not the result.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q / q.shape[0] ** 0.5, dim=0)
    return (p[:, None] * (values - p @ values)).T @ keys
# %% wrong | naive-exp | exp without the maximum: scores of 1000 give NaN, all around -1000 give 0/0.
import torch


def attention_query_jacobian(q, keys, values):
    e = torch.exp(keys @ q)
    p = e / e.sum()
    return (p[:, None] * (values - p @ values)).T @ (keys - p @ keys)
# %% wrong | autograd-functional | Uses torch.autograd.functional.jacobian, which is forbidden.
import torch


def attention_query_jacobian(q, keys, values):
    def lookup(x):
        return torch.softmax(keys @ x, dim=0) @ values

    return torch.autograd.functional.jacobian(lookup, q)
# %% wrong | torch-func | Uses torch.func.jacrev, which is forbidden.
import torch
from torch.func import jacrev


def attention_query_jacobian(q, keys, values):
    return jacrev(lambda x: torch.softmax(keys @ x, dim=0) @ values)(q)
# %% wrong | autograd-grad-loop | Loops over torch.autograd.grad, which is forbidden.
import torch


def attention_query_jacobian(q, keys, values):
    x = q.detach().clone().requires_grad_()
    o = torch.softmax(keys @ x, dim=0) @ values
    rows = [torch.autograd.grad(o_i, x, retain_graph=True)[0] for o_i in o]
    return torch.stack(rows)
# %% wrong | backward-loop | Calls backward for each output, which is forbidden.
import torch


def attention_query_jacobian(q, keys, values):
    rows = []
    for i in range(values.shape[1]):
        x = q.detach().clone().requires_grad_()
        o = torch.softmax(keys.detach() @ x, dim=0) @ values.detach()
        o[i].backward()
        rows.append(x.grad)
    return torch.stack(rows)
# %% wrong | finite-differences | One-sided differences with a step of 1e-3: inexact in every dtype.
import torch


def attention_query_jacobian(q, keys, values):
    def lookup(x):
        return torch.softmax(keys @ x, dim=0) @ values

    h = 1e-3
    base = lookup(q)
    columns = []
    for j in range(len(q)):
        step = torch.zeros_like(q)
        step[j] = h
        columns.append((lookup(q + step) - base) / h)
    return torch.stack(columns, dim=1)
# %% wrong | central-differences | Central differences with step 1e-5, which drown in rounding in float32 (and are not a closed form).
import torch


def attention_query_jacobian(q, keys, values):
    f = lambda x: torch.softmax(keys @ x, dim=0) @ values
    h = 1e-5
    J = torch.zeros(values.shape[1], len(q), dtype=q.dtype)
    for j in range(len(q)):
        e = torch.zeros_like(q)
        e[j] = h
        J[:, j] = (f(q + e) - f(q - e)) / (2 * h)
    return J
# %% wrong | diagonal-only | Uses only p(1 - p), the diagonal of the softmax Jacobian.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    return values.T @ torch.diag(p * (1 - p)) @ keys
# %% wrong | sigmoid-elementwise | Multiplies the covariance's weights by p(1 - p) instead of p.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    d = p * (1 - p)
    return (d[:, None] * (values - p @ values)).T @ (keys - p @ keys)
# %% wrong | plus-outer | diag(p) + p pᵀ: the sign of the second term is wrong.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    ds = torch.diag(p) + torch.outer(p, p)
    return values.T @ ds @ keys
# %% wrong | sign-flipped | p pᵀ - diag(p), so the whole Jacobian has the wrong sign.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    ds = torch.outer(p, p) - torch.diag(p)
    return values.T @ ds @ keys
# %% wrong | forgets-chain-keys | Gives ∂o/∂scores (e, S) and leaves out the factor ∂scores/∂q = K.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    return values.T @ (torch.diag(p) - torch.outer(p, p))
# %% wrong | query-for-key | Multiplies by q instead of the keys, the derivative with respect to the wrong operand.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    o = p @ values
    return torch.outer((p[:, None] * (values - o)).sum(dim=0), q)
# %% wrong | keys-covariance | Covariance of the keys with themselves (d, d) instead of values and keys.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    kc = keys - p @ keys
    return (p[:, None] * kc).T @ kc
# %% wrong | weights-twice | Multiplies the weights into both factors, so p² stands in the sum.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0).unsqueeze(1)
    o = (p * values).sum(dim=0)
    k_bar = (p * keys).sum(dim=0)
    return (p * (values - o)).T @ (p * (keys - k_bar))
# %% wrong | float32-buffer | Fills the softmax Jacobian into torch.zeros(S, S) of the default dtype, so float64 inputs crash in the product.
import torch


def attention_query_jacobian(q, keys, values):
    S = keys.shape[0]
    p = torch.softmax(keys @ q, dim=0)
    ds = torch.zeros(S, S)
    for i in range(S):
        for j in range(S):
            ds[i, j] = p[i] * (float(i == j) - p[j])
    return values.T @ ds @ keys
# %% wrong | inplace-centering | Centres keys and values in place, so the caller's tensors change.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    keys -= p @ keys
    values -= p @ values
    return (p[:, None] * values).T @ keys
# %% wrong | inplace-weighting | Multiplies the weights into the caller's values in place.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    k_bar = p @ keys
    weighted = values.mul_(p.unsqueeze(1))
    return weighted.T @ (keys - k_bar)
# %% wrong | squeezed | squeeze() drops e = 1 or d = 1, so the shape is not (e, d).
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    vc = values - p @ values
    return ((p[:, None] * vc).T @ keys).squeeze()
# %% wrong | clamped-scores | Clamps the scores to ±50, so larger scores are treated as equal.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax((keys @ q).clamp(-50, 50), dim=0)
    vc = values - p @ values
    return (p[:, None] * vc).T @ (keys - p @ keys)
# %% wrong | weights-not-unsqueezed | p * values without unsqueeze broadcasts along e: a crash unless S = e, then wrong.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    vc = values - p @ values
    return (p * vc).T @ (keys - p @ keys)
# %% wrong | torch-cov | torch.cov over the stacked columns with aweights, with its default correction of 1, which inflates the result (and is NaN or inf for S = 1).
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    e = values.shape[1]
    both = torch.cat([values, keys], dim=1).T
    return torch.cov(both, aweights=p)[:e, e:]
# %% wrong | correlation | Divides by the standard deviations: a correlation, not a covariance (NaN where one of them is 0).
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)[:, None]
    kc = keys - (p * keys).sum(0)
    vc = values - (p * values).sum(0)
    cov = (p * vc).T @ kc
    return cov / ((p * vc**2).sum(0).sqrt()[:, None] * (p * kc**2).sum(0).sqrt())
# %% wrong | outer-loop-shape | The loop buffer is (d, e) and is filled as [i, j] for i < e, j < d: a crash unless d = e (it is right only then).
import torch


def attention_query_jacobian(q, keys, values):
    d, e = keys.shape[1], values.shape[1]
    p = torch.softmax(keys @ q, dim=0)
    o, kb = p @ values, p @ keys
    J = torch.zeros(d, e, dtype=q.dtype)
    for i in range(e):
        for j in range(d):
            J[i, j] = (p * (values[:, i] - o[i]) * (keys[:, j] - kb[j])).sum()
    return J
# %% wrong | default-dtype-buffer | Loops into torch.zeros(e, d), so float64 input returns float32.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    o, kb = p @ values, p @ keys
    J = torch.zeros(values.shape[1], keys.shape[1])
    for s in range(len(keys)):
        J += p[s] * torch.outer(values[s] - o, keys[s] - kb)
    return J
# %% wrong | loop-skips-last | The sum over the entries stops at S - 2.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    o, kb = p @ values, p @ keys
    J = torch.zeros(values.shape[1], keys.shape[1], dtype=q.dtype)
    for s in range(keys.shape[0] - 1):
        J += p[s] * torch.outer(values[s] - o, keys[s] - kb)
    return J
# %% wrong | mean-of-products | mean over s of p (v-o)(k-k̄)ᵀ instead of the sum.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0).view(-1, 1, 1)
    vc = (values - (p[:, 0] * values).sum(0)).unsqueeze(2)
    kc = (keys - (p[:, 0] * keys).sum(0)).unsqueeze(1)
    return (p * vc * kc).mean(dim=0)
# %% right | hint | Centred values and keys, weights in one factor.
import torch


def attention_query_jacobian(q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(keys @ q, dim=0)
    output = weights @ values
    mean_key = weights @ keys
    return (weights.unsqueeze(1) * (values - output)).T @ (keys - mean_key)
# %% right | softmax-jacobian | values.T (diag(p) - p pᵀ) keys.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    dp = torch.diag(p) - torch.outer(p, p)
    return values.T @ dp @ keys
# %% right | einsum | One einsum of weights, centred values and centred keys.
import torch


def attention_query_jacobian(q, keys, values):
    p = (keys @ q).softmax(0)
    kc = keys - torch.einsum("s,sd->d", p, keys)
    vc = values - torch.einsum("s,se->e", p, values)
    return torch.einsum("s,se,sd->ed", p, vc, kc)
# %% right | local-named-result | A local variable with the natural name of the result, filled in a loop over s.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    o = p @ values
    k_bar = p @ keys
    jacobian = torch.zeros(values.shape[1], q.shape[0], dtype=q.dtype)
    for s in range(keys.shape[0]):
        jacobian = jacobian + p[s] * torch.outer(values[s] - o, keys[s] - k_bar)
    return jacobian
# %% right | one-sided-centering | Centres the keys only, which is enough.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    # E[v (k - E k)^T] : il suffit de centrer un seul des deux
    return values.T @ (p[:, None] * (keys - p @ keys))
# %% right | dp-dq | Builds ∂p/∂q (S, d) first, then values.T @ it, with own stable softmax.
import torch


def stable_softmax(s):
    e = torch.exp(s - s.max())
    return e / e.sum()


def attention_query_jacobian(q, keys, values):
    p = stable_softmax(keys.matmul(q))
    dp_dq = torch.stack([p_s * (k_s - p @ keys) for p_s, k_s in zip(p, keys)])
    return values.t() @ dp_dq


if __name__ == "__main__":
    k, v = torch.tensor([[1.0, 0.0], [-1.0, 0.0]]), torch.tensor([[4.0], [0.0]])
    print(attention_query_jacobian(torch.tensor([0.0, 3.0]), k, v))
# %% right | cov-corrected | torch.cov with correction=0 and aweights.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys.double() @ q.double(), dim=0)
    e = values.shape[1]
    both = torch.cat([values, keys], dim=1).double().T
    return torch.cov(both, correction=0, aweights=p)[:e, e:].to(q.dtype)
# %% right | float64-moments | Float64 inside, no-grad context and a plain sum of products with type hints.
import torch
from torch import Tensor


@torch.no_grad()
def attention_query_jacobian(q: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    K, V = keys.double(), values.double()
    p = torch.softmax(K @ q.double(), dim=0)
    kc = K - p @ K
    vc = V - p @ V
    cov = (p[:, None, None] * vc[:, :, None] * kc[:, None, :]).sum(dim=0)
    assert cov.shape == (values.shape[1], keys.shape[1])
    return cov.to(q.dtype)
# %% wrong | one-sided-centring-wrong | Centres the keys on the value-weighted mean of the first value column (a typing mistake).
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    return (p[:, None] * values).T @ keys - torch.outer(p @ values, keys.sum(0))

# %% wrong | softmax-of-query | Takes the softmax of the query itself as the weights of the entries.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(q, dim=0)
    o = p @ values
    return ((values - o) * p[:, None]).T @ (keys - p @ keys)

# %% wrong | two-mistakes-transposed-uncentred | Returns the second moment (not centred), and transposed as well.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    return keys.T @ (p[:, None] * values)

# %% wrong | double-centred-weights | Centres the weights too: p - 1/S in place of p.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    w = p - 1 / len(p)
    return (w[:, None] * (values - p @ values)).T @ (keys - p @ keys)

# %% wrong | norm-of-jacobian | Returns the norm of the Jacobian, one number.
import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=0)
    J = (p[:, None] * (values - p @ values)).T @ keys
    return J.norm()
