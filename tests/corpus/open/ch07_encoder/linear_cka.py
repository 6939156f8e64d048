# %% wrong | no-centring | the mean over the inputs is not taken off
import torch


def linear_cka(x, y):
    return (x.T @ y).square().sum() / ((x.T @ x).norm() * (y.T @ y).norm())

# %% wrong | one-mean-for-all | one mean of all entries is taken off and not one of each feature
import torch


def linear_cka(x, y):
    x = x - x.mean()
    y = y - y.mean()
    return (x.T @ y).norm() ** 2 / ((x.T @ x).norm() * (y.T @ y).norm())

# %% wrong | rows-centred | the mean is taken over features and not over inputs
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=1, keepdim=True)
    y = y - y.mean(dim=1, keepdim=True)
    return (x.T @ y).norm() ** 2 / ((x.T @ x).norm() * (y.T @ y).norm())

# %% wrong | not-squared | the numerator is not squared
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    return (x.T @ y).norm() / ((x.T @ x).norm() * (y.T @ y).norm())

# %% wrong | root-below | the root of the lengths stands in the denominator
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    return (x.T @ y).square().sum() / torch.sqrt((x.T @ x).norm() * (y.T @ y).norm())

# %% wrong | no-division | the dot product is not divided by the lengths
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    return (x.T @ y).square().sum()

# %% wrong | standardised | each feature is divided by its spread as well, which changes the value (and gives NaN where it is constant)
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    x = x / x.std(dim=0)
    y = y / y.std(dim=0)
    return (x.T @ y).square().sum() / ((x.T @ x).norm() * (y.T @ y).norm())

# %% wrong | flat-cosine | takes the cosine of the representations, not of their tables, and needs equal widths
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    return (x * y).sum() / (x.norm() * y.norm())

# %% wrong | lengths-of-x | divides by the squared lengths of X and Y, not by those of X Xᵀ and Y Yᵀ
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    return (x.T @ y).norm() ** 2 / (x.norm() ** 2 * y.norm() ** 2)

# %% wrong | half-inside | float16 inside overflows for entries up to 1000
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    a, b = x.half(), y.half()
    value = (a.T @ b).norm() ** 2 / ((a.T @ a).norm() * (b.T @ b).norm())
    return value.to(x.dtype)

# %% wrong | in-place-centring | the arguments of the caller are centred in place
import torch


def linear_cka(x, y):
    x -= x.mean(dim=0)
    y -= y.mean(dim=0)
    return (x.T @ y).square().sum() / ((x.T @ x).norm() * (y.T @ y).norm())

# %% wrong | float64-lost | the result is float32 for float64 as well
import torch


def linear_cka(x, y):
    x, y = x.float(), y.float()
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    return (x.T @ y).square().sum() / ((x.T @ x).norm() * (y.T @ y).norm())

# %% wrong | big-eps | a large constant in the denominator: not 1 for y = x of small scale
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    return (x.T @ y).square().sum() / ((x.T @ x).norm() * (y.T @ y).norm() + 1e-2)

# %% wrong | matrix-product-summed | sums the entries of a matrix product of the tables, which is 0 for centred tables, not the products of entries
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    K, N = x @ x.T, y @ y.T
    return (K @ N).sum() / (K.norm() * N.norm())

# %% right | small-tables | as the last hint
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0, keepdim=True)
    y = y - y.mean(dim=0, keepdim=True)
    return (x.T @ y).square().sum() / ((x.T @ x).norm() * (y.T @ y).norm())

# %% right | big-tables | the (n, n) tables of the formula
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    K = x @ x.T
    N = y @ y.T
    return (K * N).sum() / (K.norm() * N.norm())

# %% right | wide-einsum | einsum in float64
import torch


def linear_cka(x, y):
    a = x.double() - x.double().mean(0)
    b = y.double() - y.double().mean(0)
    def similarity(u, v):
        return torch.einsum("ip,iq->pq", u, v).pow(2).sum()
    value = similarity(a, b) / (similarity(a, a) * similarity(b, b)).sqrt()
    return value.to(x.dtype)

# %% right | cosine-similarity | torch cosine of the two tables as long vectors
import torch
import torch.nn.functional as F


def table(z: torch.Tensor) -> torch.Tensor:
    z = (z - z.mean(dim=0)).double()
    z = z / z.norm()
    return (z @ z.T).flatten()


def linear_cka(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return F.cosine_similarity(table(x), table(y), dim=0).to(x.dtype)

# %% right | centring-matrix | H K H with the centring matrix, in float64
import torch


def linear_cka(x, y):
    n = len(x)
    H = torch.eye(n, dtype=torch.float64, device=x.device) - 1 / n
    K = H @ (x.double() @ x.double().T) @ H
    N = H @ (y.double() @ y.double().T) @ H
    return (torch.trace(K @ N) / torch.sqrt(torch.trace(K @ K) * torch.trace(N @ N))).to(x.dtype)
