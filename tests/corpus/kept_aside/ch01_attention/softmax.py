# %% wrong | inplace-divide | divides the exponentials in place, which overwrites what exp keeps for its backward pass: right forward, RuntimeError on backward
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """Turn scores into weights along one dimension: exp(x_i) / Σ_j exp(x_j).

    Build it from exp, a maximum and a sum: torch's own softmax is not allowed here.

    Args:
        x: scores, a floating-point tensor with any number of dimensions. Single scores may
            be −inf, but never all of them along `dim`.
        dim: the dimension that is normalised; a negative one counts from the last.

    Returns:
        A new tensor with the shape and the dtype of `x` that sums to 1 along `dim`.
        Finite scores of any size (1000, −1000) give the right weights, never inf or NaN.
        A score of −inf gives a weight of exactly 0. Gradients flow back to `x`, and are 0 where
        a score is −inf. `x` itself is left as it was.

    >>> softmax(torch.tensor([[0.0, 0.0], [2.0, 2.0], [1.0, float("-inf")]]))
    tensor([[0.5000, 0.5000],
            [0.5000, 0.5000],
            [1.0000, 0.0000]])
    >>> softmax(torch.tensor([[1000.0, 3.0], [1000.0, 3.0]]), dim=0)
    tensor([[0.5000, 0.5000],
            [0.5000, 0.5000]])
    """
    exps = torch.exp(x - x.amax(dim=dim, keepdim=True))
    exps /= exps.sum(dim=dim, keepdim=True)
    return exps

# %% wrong | global-max | subtracts the largest score of the whole tensor, so a row far below another row underflows to 0/0 = NaN
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    e = torch.exp(x - x.max())
    return e / e.sum(dim=dim, keepdim=True)

# %% wrong | inf-to-minus-1e9 | replaces -inf by -1e9, so a row whose finite scores lie below that (-2e9) gives its weight to the -inf entry
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    x = x.masked_fill(x == float("-inf"), -1e9)
    m = x.max(dim=dim, keepdim=True).values
    e = (x - m).exp()
    return e / e.sum(dim=dim, keepdim=True)

# %% wrong | abs-max | subtracts the largest absolute value, so rows of large negative scores (-1000) underflow to NaN, and -inf makes everything NaN
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    biggest = x.abs().amax(dim=dim, keepdim=True)
    e = torch.exp(x - biggest)
    return e / e.sum(dim=dim, keepdim=True)

# %% wrong | clamped-scores | clamps scores to 80 so that exp stays finite, which makes 1000 and 90 equal
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    # exp(88) is the largest that fits
    x = torch.clamp(x, max=80.0)
    e = torch.exp(x)
    return e / e.sum(dim=dim, keepdim=True)

# %% wrong | detached-sum | detaches the denominator to "save memory": the forward is right, the gradient lacks the competition between the weights
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    shifted = x - x.amax(dim=dim, keepdim=True).detach()
    e = shifted.exp()
    total = e.sum(dim=dim, keepdim=True).detach()
    return e / total

# %% wrong | sum-over-last | takes the maximum along dim but always sums along the last dimension, wrong for dim other than -1
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    e = torch.exp(x - torch.max(x, dim=dim, keepdim=True)[0])
    return e / e.sum(-1, keepdim=True)

# %% wrong | keepdim-by-unsqueeze | restores the reduced dimension with unsqueeze(-1) whatever dim is, wrong or crashing for dim=0 unless shapes happen to broadcast
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    m = x.max(dim=dim).values.unsqueeze(-1)
    e = torch.exp(x - m)
    s = e.sum(dim=dim).unsqueeze(-1)
    return e / s

# %% wrong | moved-not-back | moves dim to the end and never moves it back, so the shape is permuted for any dim but the last
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    y = x.movedim(dim, -1)
    y = torch.exp(y - y.amax(-1, keepdim=True))
    return y / y.sum(-1, keepdim=True)

# %% wrong | float-cast | computes in float32 and returns float32 also for float64 and float16 input
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    x = x.float()
    z = x - x.amax(dim=dim, keepdim=True)
    num = torch.exp(z)
    return num / num.sum(dim=dim, keepdim=True)

# %% wrong | floor-at-minus-50 | clamps the shifted scores at -50 to be safe from -inf, so forbidden scores get 2e-22 and not exactly 0
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    z = (x - x.amax(dim=dim, keepdim=True)).clamp(min=-50)
    e = torch.exp(z)
    return e / torch.sum(e, dim=dim, keepdim=True)

# %% wrong | mean-shift | subtracts the mean instead of the maximum: overflows for [1000, -1000] and is NaN with a -inf in the row
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    x = x - x.mean(dim=dim, keepdim=True)
    e = torch.exp(x)
    return e / e.sum(dim=dim, keepdim=True)

# %% wrong | numpy-way | goes through numpy and back, so no gradient reaches x
import numpy as np
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    a = x.detach().cpu().numpy()
    e = np.exp(a - a.max(axis=dim, keepdims=True))
    return torch.from_numpy(e / e.sum(axis=dim, keepdims=True)).to(x.dtype)

# %% wrong | short-e | uses 2.718 for e, off by some 1e-4 per point of difference between scores
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    z = x - x.amax(dim=dim, keepdim=True)
    e = 2.718 ** z
    return e / e.sum(dim=dim, keepdim=True)

# %% wrong | shifts-in-place | shifts x itself with -=, so the caller's scores change (and a leaf that needs a gradient crashes)
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    x -= x.max(dim=dim, keepdim=True)[0]
    e = torch.exp(x)
    return e / e.sum(dim=dim, keepdim=True)

# %% right | log-normaliser | subtracts the log of the sum of the shifted exponentials before a second exp
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """Turn scores into weights along one dimension: exp(x_i) / Σ_j exp(x_j).

    Build it from exp, a maximum and a sum: torch's own softmax is not allowed here.

    Args:
        x: scores, a floating-point tensor with any number of dimensions. Single scores may
            be −inf, but never all of them along `dim`.
        dim: the dimension that is normalised; a negative one counts from the last.

    Returns:
        A new tensor with the shape and the dtype of `x` that sums to 1 along `dim`.
        Finite scores of any size (1000, −1000) give the right weights, never inf or NaN.
        A score of −inf gives a weight of exactly 0. Gradients flow back to `x`, and are 0 where
        a score is −inf. `x` itself is left as it was.

    >>> softmax(torch.tensor([[0.0, 0.0], [2.0, 2.0], [1.0, float("-inf")]]))
    tensor([[0.5000, 0.5000],
            [0.5000, 0.5000],
            [1.0000, 0.0000]])
    >>> softmax(torch.tensor([[1000.0, 3.0], [1000.0, 3.0]]), dim=0)
    tensor([[0.5000, 0.5000],
            [0.5000, 0.5000]])
    """
    z = x - x.amax(dim=dim, keepdim=True)
    log_total = z.exp().sum(dim=dim, keepdim=True).log()
    return (z - log_total).exp()

# %% right | slices-by-hand | unbinds the slices along dim, finds the maximum and the sum with loops, stacks them again
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    if x.dim() == 0:
        return torch.exp(x - x)
    parts = x.unbind(dim)
    biggest = parts[0]
    for part in parts[1:]:
        biggest = torch.maximum(biggest, part)
    biggest = biggest.detach()
    exps = [torch.exp(part - biggest) for part in parts]
    total = sum(exps)
    return torch.stack([e / total for e in exps], dim=dim)

# %% right | double-inside | float64 inside, cast back to the dtype of x, with asserts
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    assert x.is_floating_point(), "scores must be floats"
    z = x.double()
    z = torch.exp(z - z.max(dim, keepdim=True).values)
    out = (z / z.sum(dim, keepdim=True)).to(x.dtype)
    assert out.shape == x.shape
    return out

# %% right | einsum-last-axis | moves dim to the end, normalises with einsum and moves it back
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    if x.ndim == 0:  # a single score
        return softmax(x[None], 0)[0]
    y = torch.movedim(x, dim, -1)
    y = torch.exp(y - y.max(dim=-1, keepdim=True)[0])
    norm = torch.einsum("...i->...", y)
    return torch.movedim(y / norm[..., None], -1, dim)
