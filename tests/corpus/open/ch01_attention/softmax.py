# %% wrong | naive-exp | exp without subtracting the maximum, so scores around 1000 overflow to NaN and scores around -1000 give 0/0.
import torch


def softmax(x, dim=-1):
    e = torch.exp(x)
    return e / e.sum(dim=dim, keepdim=True)
# %% wrong | global-max | Subtracts the maximum of the whole tensor, so a row that lies far below another row underflows to 0/0 = NaN.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    e = torch.exp(x - x.max())  # max for numerical stability
    return e / e.sum(dim=dim, keepdim=True)
# %% wrong | dim-ignored | The dim argument is ignored and the last dimension is always normalised; shows for every other dim.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    shifted = x - x.amax(dim=-1, keepdim=True)
    exps = torch.exp(shifted)
    return exps / exps.sum(dim=-1, keepdim=True)
# %% wrong | sum-no-keepdim | The sum has no keepdim: non-square input crashes and a square matrix along the last dim is divided by the wrong sums.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    exps = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return exps / exps.sum(dim=dim)
# %% wrong | max-no-keepdim | The maximum has no keepdim: non-square input crashes, and on square input each entry has another row's maximum subtracted.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    exps = torch.exp(x - x.max(dim=dim).values)
    return exps / exps.sum(dim=dim, keepdim=True)
# %% wrong | default-dim-zero | The default of dim is 0 instead of -1; shows whenever dim is left out for more than one dimension.
import torch


def softmax(x: torch.Tensor, dim: int = 0) -> torch.Tensor:
    m = torch.max(x, dim=dim, keepdim=True).values
    e = torch.exp(x - m)
    return e / torch.sum(e, dim=dim, keepdim=True)
# %% wrong | inplace-shift | Subtracts the maximum in place, so the caller's x is changed (and a leaf that needs a gradient crashes).
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    x -= x.amax(dim=dim, keepdim=True)
    e = x.exp()
    return e / e.sum(dim=dim, keepdim=True)
# %% wrong | inplace-exp | exp_ on a view of x (x.view(...) shares memory) overwrites the caller's tensor.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    out = x.view(x.shape)
    out.sub_(out.amax(dim=dim, keepdim=True)).exp_()
    return out / out.sum(dim=dim, keepdim=True)
# %% wrong | numpy-detour | Goes through NumPy, so no gradient reaches x.
import numpy as np
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    a = x.detach().numpy()
    e = np.exp(a - a.max(axis=dim, keepdims=True))
    return torch.from_numpy(e / e.sum(axis=dim, keepdims=True))
# %% wrong | clamp-instead-of-shift | Clamps the scores to [-50, 50] instead of shifting, so large scores that differ get equal weights and -inf gets a weight above 0.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    e = torch.exp(x.clamp(-50, 50))
    return e / e.sum(dim=dim, keepdim=True)
# %% wrong | neginf-to-minus-100 | Replaces -inf by -100 before the softmax, so its weight is not exactly 0, and is large when the finite scores are around -1000.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    x = torch.nan_to_num(x, neginf=-100.0)
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return e / e.sum(dim=dim, keepdim=True)
# %% wrong | always-float32 | Casts to float32, so a float64 input comes back as float32.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    x = x.float()
    exps = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return exps / exps.sum(dim=dim, keepdim=True)
# %% wrong | always-float64 | Computes in float64 for precision and forgets to cast back, so float32 input returns float64.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    x64 = x.to(torch.float64)
    exps = torch.exp(x64 - x64.amax(dim=dim, keepdim=True))
    return exps / exps.sum(dim=dim, keepdim=True)
# %% wrong | zero-or-last-only | Handles dim 0 and takes everything else as the last dim; a middle dimension of a 3-D tensor is wrong.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    if dim == 0:
        e = torch.exp(x - x.amax(0, keepdim=True))
        return e / e.sum(0, keepdim=True)
    e = torch.exp(x - x.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)
# %% wrong | two-d-only | Loops over the rows of a matrix; 1-D and 3-D tensors crash or are normalised wrongly.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    if dim in (0, -2):
        return softmax(x.T, 1).T
    rows = []
    for i in range(x.shape[0]):
        e = torch.exp(x[i] - max(x[i]))
        rows.append(e / e.sum())
    return torch.stack(rows)
# %% wrong | negative-dim-crash | Builds a permutation with list.remove(dim), which crashes for a negative dim, the default included.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    order = list(range(x.dim()))
    order.remove(dim)
    order.append(dim)
    t = x.permute(order)
    e = torch.exp(t - t.amax(-1, keepdim=True))
    w = e / e.sum(-1, keepdim=True)
    return w.movedim(-1, dim)
# %% wrong | not-moved-back | Moves dim to the end and never moves it back, so the result is transposed for every dim but the last.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    x = x.movedim(dim, -1)
    e = torch.exp(x - x.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)
# %% wrong | reshape-for-dim | Uses reshape instead of a transpose to bring dim to the end, so the numbers are mixed up for other dims.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    rows = x.reshape(-1, x.shape[dim])
    e = torch.exp(rows - rows.amax(1, keepdim=True))
    return (e / e.sum(1, keepdim=True)).reshape(x.shape)
# %% wrong | abs-max | Subtracts the largest absolute value, so rows around -1000 underflow to 0/0 = NaN (and -inf scores give inf as the maximum).
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    biggest = x.abs().amax(dim=dim, keepdim=True)
    e = torch.exp(x - biggest)
    return e / e.sum(dim=dim, keepdim=True)
# %% wrong | subtract-min | Subtracts the minimum, so rows with a wide range overflow and rows with -inf become NaN.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    z = x - x.min(dim=dim, keepdim=True)[0]
    e = torch.exp(z)
    return e / torch.sum(e, dim, keepdim=True)
# %% wrong | subtract-mean | Subtracts the mean, so [1000, 0, 0] overflows and any -inf in the row gives NaN.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    z = x - x.mean(dim=dim, keepdim=True)
    e = z.exp()
    return e / e.sum(dim=dim, keepdim=True)
# %% wrong | torch-softmax | Calls torch's own softmax, which the exercise forbids.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    return torch.softmax(x, dim=dim)
# %% wrong | functional-alias | Imports functional softmax under another name, which the exercise forbids too.
import torch
from torch.nn.functional import softmax as sm


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    return sm(x, dim=dim)
# %% wrong | returns-log | Returns the log weights x - logsumexp instead of the weights.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    m = x.amax(dim=dim, keepdim=True)
    lse = m + torch.log(torch.exp(x - m).sum(dim=dim, keepdim=True))
    return x - lse
# %% wrong | no-grad | Decorated with torch.no_grad, so no gradient reaches x.
import torch


@torch.no_grad()
def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return e / e.sum(dim=dim, keepdim=True)
# %% wrong | detached-sum | Detaches the denominator, so values are right but the gradient is that of exp alone.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    e = torch.exp(x - x.amax(dim=dim, keepdim=True).detach())
    total = e.sum(dim=dim, keepdim=True).detach()
    return e / total
# %% wrong | zero-after-division | Turns -inf into 0 and zeroes its weight after the division, so such rows do not sum to 1.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    dead = torch.isinf(x)
    x = x.masked_fill(dead, 0.0)
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    w = e / e.sum(dim=dim, keepdim=True)
    return w.masked_fill(dead, 0.0)
# %% wrong | divide-by-max | Divides by the maximum instead of subtracting it, so the weights are those of other scores (NaN for a maximum of 0).
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    e = torch.exp(x / x.amax(dim=dim, keepdim=True))
    return e / e.sum(dim=dim, keepdim=True)
# %% wrong | total-sum | Divides by the sum over the whole tensor, so only a single row sums to 1.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return e / e.sum()
# %% wrong | l2-normalize | F.normalize divides by the L2 norm by default, so the weights do not sum to 1.
import torch
import torch.nn.functional as F


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    exps = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return F.normalize(exps, dim=dim)
# %% wrong | rounded | Rounds to 4 decimals to match the doctest, so values are inexact and the gradient is 0.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return torch.round(e / e.sum(dim=dim, keepdim=True), decimals=4)
# %% wrong | max-from-zero | The maximum search starts at 0, so rows of scores around -1000 underflow to 0/0 = NaN.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    m = torch.zeros_like(x.select(dim, 0))
    for part in x.unbind(dim):
        m = torch.maximum(m, part)
    e = torch.exp(x - m.unsqueeze(dim))
    return e / e.sum(dim=dim, keepdim=True)
# %% wrong | max-skips-last | The loop for the maximum stops one short, so a huge last score overflows (and a row whose only finite score is last gives NaN).
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    n = x.size(dim)
    m = x.select(dim, 0)
    for i in range(1, n - 1):
        m = torch.maximum(m, x.select(dim, i))
    e = torch.exp(x - m.unsqueeze(dim))
    return e / e.sum(dim=dim, keepdim=True)
# %% wrong | rejects-neginf | Asserts that all scores are finite, so the allowed -inf crashes.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    assert torch.isfinite(x).all(), "scores must be finite"
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return e / e.sum(dim=dim, keepdim=True)
# %% wrong | default-dtype-buffer | Fills a torch.zeros buffer of the default dtype, so float64 input returns float32 precision.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    out = torch.zeros(x.shape)
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    out[...] = e / e.sum(dim=dim, keepdim=True)
    return out
# %% wrong | positive-dim-check | Rejects dims that are not in range(x.dim()), so every negative dim but the default -1 raises.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    if dim == -1:
        dim = x.dim() - 1
    if dim not in range(x.dim()):
        raise IndexError("bad dim")
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return e / e.sum(dim=dim, keepdim=True)
# %% wrong | sigmoid-normalised | Uses sigmoid instead of exp before normalising; equal scores look right, all others are wrong.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    s = torch.sigmoid(x)
    return s / s.sum(dim=dim, keepdim=True)
# %% right | hint | The straightforward version with amax.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    exps = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return exps / exps.sum(dim=dim, keepdim=True)
# %% right | max-values | max(...).values, detached maximum, print in a main block that calls the own function.
import torch


def softmax(x, dim=-1):
    biggest = x.max(dim=dim, keepdim=True).values.detach()
    e = (x - biggest).exp()
    return e / e.sum(dim=dim, keepdim=True)


if __name__ == "__main__":
    print(softmax(torch.tensor([1000.0, 1001.0])))
    print(softmax(torch.randn(2, 3, 4), dim=1).sum(1))
# %% right | log-space | Works in log space with a hand-written logsumexp.
import torch


def _logsumexp(x: torch.Tensor, dim: int) -> torch.Tensor:
    m = x.amax(dim, keepdim=True)
    return m + (x - m).exp().sum(dim, keepdim=True).log()


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    return torch.exp(x - _logsumexp(x, dim))
# %% right | move-to-end | Moves the dimension to the end and back.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    rows = x.transpose(dim, -1)
    top, _ = torch.max(rows, -1, keepdim=True)
    weights = torch.exp(rows - top)
    weights = weights / weights.sum(-1, keepdim=True)
    return weights.transpose(dim, -1)
# %% right | loop-unbind | Unbinds along dim and uses Python loops.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    parts = x.unbind(dim)
    m = parts[0]
    for p in parts[1:]:
        m = torch.maximum(m, p)
    exps = [torch.exp(p - m) for p in parts]
    total = sum(exps)
    return torch.stack([e / total for e in exps], dim=dim)
# %% right | float64-inside | Computes in float64 and casts back; Kommentare auf Deutsch.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    # in doppelter Genauigkeit rechnen, am Ende zurück zum alten Datentyp
    z = x.double()
    z = z - z.amax(dim=dim, keepdim=True)  # größter Wert wird 0
    e = torch.exp(z)
    return (e / e.sum(dim=dim, keepdim=True)).to(x.dtype)
# %% right | l1-normalize | Divides with F.normalize(p=1).
import torch
import torch.nn.functional as F


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    exps = torch.exp(x - torch.amax(x, dim=dim, keepdim=True))
    return F.normalize(exps, p=1.0, dim=dim)
# %% right | clone-inplace | Clones first and then works in place on the clone.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """softmax, stable"""
    out = x.clone()
    out = out.sub_(x.detach().amax(dim=dim, keepdim=True)).exp_()
    return out.div(out.sum(dim=dim, keepdim=True))
# %% right | assert-and-reciprocal | Type checks, an assert on the result and a multiplication by the reciprocal.
import torch
from torch import Tensor


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    assert x.is_floating_point()
    m = x.amax(dim, True)
    e = (x - m).exp()
    w = e * e.sum(dim, True).reciprocal()
    assert w.shape == x.shape
    return w
# %% wrong | last-max-wins | The running maximum keeps the last score that is larger than the one before, so a big early score overflows.
import torch


def softmax(x, dim=-1):
    top = x.select(dim, 0)
    before = top
    for part in x.unbind(dim):
        top = torch.where(part > before, part, top)
        before = part
    e = torch.exp(x - top.unsqueeze(dim))
    return e / e.sum(dim=dim, keepdim=True)

# %% wrong | two-mistakes-dim-and-shift | Sums over the last dimension whatever dim is, and does not subtract a maximum.
import torch


def softmax(x, dim=-1):
    e = x.exp()
    return e / e.sum(-1, keepdim=True)

# %% wrong | plus-one-sum | Divides by 1 + the sum, as the "softmax with a quiet option" does, so the weights sum to less than 1.
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return e / (1 + e.sum(dim=dim, keepdim=True))

# %% wrong | negated | Shifts as max - x and forgets to turn the sign back, so the smallest score gets the most weight.
import torch


def softmax(x, dim=-1):
    z = x.amax(dim=dim, keepdim=True) - x
    e = torch.exp(z)
    return e / e.sum(dim=dim, keepdim=True)

# %% wrong | base-two | Uses powers of two in place of the exponential.
import torch


def softmax(x, dim=-1):
    z = x - x.amax(dim=dim, keepdim=True)
    p = 2**z
    return p / p.sum(dim=dim, keepdim=True)

# %% wrong | half-upcast-kept | Upcasts half precision to float32 for exactness and never casts back.
import torch


def softmax(x, dim=-1):
    if x.dtype in (torch.float16, torch.bfloat16):
        x = x.float()
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return e / e.sum(dim=dim, keepdim=True)

# %% wrong | four-dims-over-the-last | Right for any number of dimensions but four, where dim is taken for the last.
import torch


def softmax(x, dim=-1):
    if x.dim() == 4:
        dim = -1
    exps = torch.exp(x - x.amax(dim, keepdim=True))
    return exps / exps.sum(dim, keepdim=True)

# %% wrong | six-dims-over-the-last | Right for up to five dimensions; beyond that dim is taken for the last.
import torch


def softmax(x, dim=-1):
    if x.dim() > 5:
        dim = -1
    exps = torch.exp(x - x.amax(dim, keepdim=True))
    return exps / exps.sum(dim, keepdim=True)

# %% wrong | exponent-bounded | Bounds the shifted scores from below, so that no exponential is 0.
import torch


def softmax(x, dim=-1):
    shifted = x - x.amax(dim=dim, keepdim=True)
    e = torch.exp(shifted.clamp(min=-80))
    return e / e.sum(dim=dim, keepdim=True)
