# %% wrong | only-x-centred | y keeps its mean, so a shift of y changes the result
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    return (x.T @ y).square().sum() / ((x.T @ x).norm() * (y.T @ y).norm())

# %% wrong | rounded | rounds to two places, which the formula does not
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    value = (x.T @ y).square().sum() / ((x.T @ x).norm() * (y.T @ y).norm())
    return (value * 100).round() / 100

# %% wrong | root-of-the-whole | gives the square root of CKA
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    return ((x.T @ y).square().sum() / ((x.T @ x).norm() * (y.T @ y).norm())).sqrt()

# %% wrong | tables-of-features | compares the tables Xᵀ X and Yᵀ Y of features, which is another value and fits only equal widths
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    K, N = x.T @ x, y.T @ y
    return (K * N).sum() / (K.norm() * N.norm())

# %% wrong | spectral-norm | takes the largest singular value for the length of a table
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    long = torch.linalg.matrix_norm
    return (x.T @ y).square().sum() / (long(x.T @ x, ord=2) * long(y.T @ y, ord=2))

# %% wrong | python-number | gives a Python number and no tensor
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    return ((x.T @ y).square().sum() / ((x.T @ x).norm() * (y.T @ y).norm())).item()

# %% right | scaled-first | centres, divides by the largest entry, then uses the small tables
import torch


def linear_cka(x, y):
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    x = x / x.abs().max()
    y = y / y.abs().max()
    cross = torch.mm(x.t(), y)
    own = torch.linalg.norm(x.t() @ x) * torch.linalg.norm(y.t() @ y)
    return cross.pow(2).sum() / own

# %% right | row-loop | goes over pairs of inputs row by row, float64 sums
import torch


def linear_cka(x, y):
    a, b = x.double(), y.double()
    a, b = a - a.mean(0), b - b.mean(0)
    xy = xx = yy = 0.0
    for i in range(len(a)):
        k = (a * a[i]).sum(1)
        m = (b * b[i]).sum(1)
        xy = xy + (k * m).sum()
        xx = xx + (k * k).sum()
        yy = yy + (m * m).sum()
    return (xy / (xx.sqrt() * yy.sqrt())).to(x.dtype)

# %% right | singular-values | lengths by singular values
import torch


def linear_cka(x, y):
    x = x - torch.mean(x, 0)
    y = y - torch.mean(y, 0)
    s, t = torch.linalg.svdvals(x), torch.linalg.svdvals(y)
    return torch.linalg.matrix_norm(x.mT @ y) ** 2 / ((s**4).sum().sqrt() * (t**4).sum().sqrt())
