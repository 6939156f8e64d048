# %% wrong | diagonal-only | Treats the softmax like a sigmoid: only p(1 - p) on the diagonal, 0 elsewhere.
"""The Jacobian of the softmax."""

import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    return torch.diag_embed(p * (1 - p))
# %% wrong | torch-diag | torch.diag and torch.outer take one row only; a matrix of rows crashes.
import torch


def softmax_jacobian(p):
    return torch.diag(p) - torch.outer(p, p)
# %% wrong | numpy-diagflat | diagflat flattens all rows into one large matrix; right for a single row only.
import torch


def softmax_jacobian(p):
    s = p.reshape(-1, 1)
    return torch.diagflat(s) - s @ s.T
# %% wrong | sign-flipped | p pᵀ - diag(p): every entry has the wrong sign.
import torch


def softmax_jacobian(p):
    return p.unsqueeze(-1) * p.unsqueeze(-2) - torch.diag_embed(p)
# %% wrong | plus-off-diagonal | Off the diagonal +p_i p_j: the minus is forgotten.
import torch


def softmax_jacobian(p):
    outer = p.unsqueeze(-1) * p.unsqueeze(-2)
    eye = torch.eye(p.size(-1), dtype=torch.bool, device=p.device)
    return torch.where(eye, torch.diag_embed(p) - outer, outer)
# %% wrong | softmax-again | Applies the softmax to p, which is one already; nearly even probabilities.
import torch


def softmax_jacobian(p):
    p = torch.softmax(p, dim=-1)
    return torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)
# %% wrong | diagonal-subtracted-twice | diag(p(1 - p)) - p pᵀ: the square is subtracted twice on the diagonal.
import torch


def softmax_jacobian(p):
    diag = torch.diag_embed(p * (1 - p))
    return diag - p[..., :, None] * p[..., None, :]
# %% wrong | identity-for-diag | I - p pᵀ: 1 on the diagonal in place of p.
import torch


def softmax_jacobian(p):
    eye = torch.eye(p.shape[-1], dtype=p.dtype)
    return eye - p.unsqueeze(-1) * p.unsqueeze(-2)
# %% wrong | log-softmax-jacobian | δ_ij - p_j, which is the Jacobian of log softmax; the factor p_i is missing.
import torch


def softmax_jacobian(p):
    eye = torch.eye(p.shape[-1], dtype=p.dtype, device=p.device)
    return eye - p.unsqueeze(-2)
# %% wrong | matmul-over-batch | pᵀ p sums the products over all rows; right for one row only.
import torch


def softmax_jacobian(p):
    p2 = p.reshape(-1, p.shape[-1])
    return torch.diag_embed(p) - p2.T @ p2
# %% wrong | einsum-two-dims | einsum "bi,bj->bij" demands exactly one leading dimension; crashes with none or two.
import torch


def softmax_jacobian(p):
    outer = torch.einsum("bi,bj->bij", p, p)
    return torch.diag_embed(p) - outer
# %% wrong | unsqueeze-from-front | unsqueeze(0) and unsqueeze(1) pair the rows of the batch; right for 1-D p only.
import torch


def softmax_jacobian(p):
    return torch.diag_embed(p) - p.unsqueeze(0) * p.unsqueeze(1)
# %% wrong | squares-only | Both unsqueezes at the end: p_i² is subtracted in the whole row i.
import torch


def softmax_jacobian(p):
    return torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-1)
# %% wrong | one-minus-pj | p_i (δ - p_j) misremembered as p_i (1 - p_j) everywhere; right on the diagonal only.
import torch


def softmax_jacobian(p):
    return p.unsqueeze(-1) * (1 - p.unsqueeze(-2))
# %% wrong | autograd-at-p | Autograd's Jacobian of the softmax, evaluated at p as if p were the scores.
import torch
from torch.autograd.functional import jacobian


def softmax_jacobian(p):
    def f(x):
        return torch.softmax(x, dim=-1)

    rows = p.reshape(-1, p.shape[-1])
    out = torch.stack([jacobian(f, row) for row in rows])
    return out.reshape(*p.shape, p.shape[-1])
# %% wrong | autograd-whole-batch | Autograd's Jacobian at log p for the whole tensor at once; with leading dimensions the shape is (..., S, ..., S).
import torch


def softmax_jacobian(p):
    x = torch.log(p.detach())
    return torch.autograd.functional.jacobian(lambda z: torch.softmax(z, -1), x)
# %% wrong | clamped | Clamps p to [1e-6, 1 - 1e-6]; saturated rows do not give exactly 0, and rows do not sum to 0.
import torch


def softmax_jacobian(p):
    p = p.clamp(1e-6, 1 - 1e-6)
    return torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)
# %% wrong | division-by-p | p_i p_j (δ_ij / p_i - 1): NaN on the diagonal where a probability is 0.
import torch


def softmax_jacobian(p):
    S = p.size(-1)
    eye = torch.eye(S, dtype=p.dtype, device=p.device)
    outer = p.unsqueeze(-1) * p.unsqueeze(-2)
    return outer * (eye / p.unsqueeze(-1) - 1)
# %% wrong | float32-buffer | Fills a float32 tensor of zeros in a loop; float64 probabilities come back as float32.
import torch


def softmax_jacobian(p):
    S = p.shape[-1]
    J = torch.zeros(*p.shape[:-1], S, S)
    for i in range(S):
        for j in range(S):
            delta = 1.0 if i == j else 0.0
            J[..., i, j] = p[..., i] * (delta - p[..., j])
    return J
# %% wrong | loop-one-row | The double loop indexes p[i] as one row; with leading dimensions p[i] is a row, and it crashes or mixes.
import torch


def softmax_jacobian(p):
    n = p.shape[-1]
    jac = torch.empty(n, n, dtype=p.dtype)
    for i in range(n):
        for j in range(n):
            if i == j:
                jac[i, j] = p[i] * (1 - p[i])
            else:
                jac[i, j] = -p[i] * p[j]
    return jac
# %% wrong | lower-triangle-only | The inner loop stops at the diagonal; everything above it stays 0.
import torch


def softmax_jacobian(p):
    n = p.shape[-1]
    jac = torch.zeros(p.shape + (n,), dtype=p.dtype)
    for i in range(n):
        for j in range(i + 1):
            jac[..., i, j] = -p[..., i] * p[..., j]
        jac[..., i, i] += p[..., i]
    return jac
# %% wrong | last-row-missing | range(n - 1) leaves the last row and column at 0.
import torch


def softmax_jacobian(p):
    n = p.shape[-1]
    jac = torch.zeros(p.shape + (n,), dtype=p.dtype)
    for i in range(n - 1):
        for j in range(n - 1):
            jac[..., i, j] = p[..., i] * (float(i == j) - p[..., j])
    return jac
# %% wrong | two-classes-only | Off the diagonal -p_i (1 - p_i), as in the two-key example; wrong for S > 2.
import torch


def softmax_jacobian(p):
    S = p.size(-1)
    signs = 2 * torch.eye(S, dtype=p.dtype) - 1
    return signs * (p * (1 - p)).unsqueeze(-1)
# %% wrong | unsqueeze-in-place | unsqueeze_ changes the shape of the caller's p.
import torch


def softmax_jacobian(p):
    diag = torch.diag_embed(p)
    col = p.unsqueeze_(-1)
    return diag - col @ col.transpose(-1, -2)
# %% wrong | saturation-shortcut | Returns zeros as soon as any probability is above 0.98; wrong for nearly saturated rows and for the other rows of the batch.
import torch


def softmax_jacobian(p):
    if p.max() > 0.98:
        # saturated: no gradient gets through
        return torch.zeros(*p.shape, p.shape[-1], dtype=p.dtype)
    return torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)
# %% wrong | list-of-jacobians | Returns a Python list, one Jacobian for each row, when there is a leading dimension.
import torch


def softmax_jacobian(p):
    if p.dim() == 1:
        return torch.diag(p) - torch.outer(p, p)
    return [softmax_jacobian(row) for row in p]
# %% wrong | scaled-by-root | Divides by √S, thinking of scaled scores; wrong for S > 1.
import math
import torch


def softmax_jacobian(p):
    jac = torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)
    return jac / math.sqrt(p.size(-1))
# %% wrong | batch-mean | Averages the Jacobians over the leading dimensions; one matrix for all rows.
import torch


def softmax_jacobian(p):
    rows = p.reshape(-1, p.size(-1))
    jac = torch.diag_embed(rows) - rows.unsqueeze(2) * rows.unsqueeze(1)
    return jac.mean(dim=0)
# %% wrong | squeezed | squeeze() at the end drops a leading dimension of size 1 (and everything for S = 1).
import torch


def softmax_jacobian(p):
    jac = torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)
    return jac.squeeze()
# %% wrong | capital-t-on-columns | Column times column.T; .T reverses all axes (or fails) once there are leading dimensions, right for 1-D p only.
import torch


def softmax_jacobian(p):
    col = p.unsqueeze(-1)
    return torch.diag_embed(p) - col @ col.T
# %% wrong | fill-diagonal | fill_diagonal_ on the product takes a single number and a square tensor: the diagonal is p_0(1 - p_0) everywhere, and batches crash.
import torch


def softmax_jacobian(p):
    jac = -p.unsqueeze(-1) * p.unsqueeze(-2)
    d = (p * (1 - p)).flatten()[0].item()
    return jac.fill_diagonal_(d)
# %% wrong | leading-flattened | Flattens the leading dimensions to one and leaves it so; right with exactly one leading dimension.
import torch


def softmax_jacobian(p):
    rows = p.reshape(-1, p.size(-1))
    return torch.diag_embed(rows) - torch.bmm(rows.unsqueeze(2), rows.unsqueeze(1))
# %% wrong | p-squared-matrix | Squares on the diagonal only: diag(p - p²) plus minus-p_i in the row, misreading -p_i p_j as -p_i.
import torch


def softmax_jacobian(p):
    S = p.shape[-1]
    off = -p.unsqueeze(-1).expand(*p.shape, S)
    eye = torch.eye(S, dtype=torch.bool)
    return torch.where(eye, torch.diag_embed(p * (1 - p)), off)
# %% right | diag-embed | diag_embed(p) minus the products.
"""The Jacobian of the softmax: how each weight reacts to each score."""

import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    """J = diag(p) - p pT for every row."""
    return torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)
# %% right | einsum | einsum with an ellipsis, and an identity of p's dtype.
import torch


def softmax_jacobian(p):
    eye = torch.eye(p.shape[-1], dtype=p.dtype, device=p.device)
    diag = torch.einsum("...i,ij->...ij", p, eye)
    return diag - torch.einsum("...i,...j->...ij", p, p)
# %% right | double-loop | Two loops over i and j, stacked.
import torch


def softmax_jacobian(p):
    n = p.shape[-1]
    rows = []
    for i in range(n):
        row = []
        for j in range(n):
            p_i, p_j = p[..., i], p[..., j]
            if i == j:
                row.append(p_i * (1 - p_i))
            else:
                row.append(-p_i * p_j)
        rows.append(torch.stack(row, dim=-1))
    return torch.stack(rows, dim=-2)
# %% right | two-cases-where | torch.where with the two cases.
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    size = p.size(-1)
    same = torch.eye(size, dtype=torch.bool, device=p.device)
    col, row = p[..., :, None], p[..., None, :]
    on = (col * (1 - col)).expand(*p.shape, size)
    off = -col * row
    return torch.where(same, on, off)
# %% right | recursive-rows | One row by torch.diag and torch.outer; leading dimensions by recursion.
import torch


def softmax_jacobian(p):
    if p.dim() > 1:
        return torch.stack([softmax_jacobian(part) for part in p])
    return torch.diag(p) - torch.outer(p, p)


if __name__ == "__main__":
    p = torch.softmax(torch.randn(2, 3, 4), dim=-1)
    J = softmax_jacobian(p)
    print(J.shape, J.sum(-1).abs().max())
# %% right | diagonal-view | Negative products in float64, then p added on a diagonal view; comments in Italian.
import torch


def softmax_jacobian(p):
    q = p.double()
    jac = -torch.matmul(q.unsqueeze(-1), q.unsqueeze(-2))
    # sulla diagonale si aggiunge p_i
    jac.diagonal(dim1=-2, dim2=-1).add_(q)
    return jac.to(p.dtype)
# %% right | autograd-one-row | Autograd at the scores log p, row by row with vmap-free loops; zeros become -inf, which softmax handles.
import torch


def softmax_jacobian(p):
    def f(x):
        return torch.softmax(x, dim=-1)

    scores = torch.log(p.detach()).reshape(-1, p.shape[-1])
    jacs = [torch.autograd.functional.jacobian(f, row) for row in scores]
    return torch.stack(jacs).reshape(*p.shape, p.shape[-1])
# %% wrong | two-mistakes-sign-and-batch | The sign is turned, and all rows are multiplied with the first one.
import torch


def softmax_jacobian(p):
    first = p.reshape(-1, p.shape[-1])[0]
    return p.unsqueeze(-1) * first - torch.diag_embed(p)

# %% wrong | half-on-diagonal | Builds the upper triangle and adds its transpose, so the diagonal is counted twice.
import torch


def softmax_jacobian(p):
    J = torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)
    U = J.triu()
    return U + U.mT

# %% wrong | eps-logit | Adds 1e-4 to p and renormalises first.
import torch


def softmax_jacobian(p):
    p = p + 1e-4
    p = p / p.sum(-1, keepdim=True)
    return torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)

# %% wrong | outer-sum | Subtracts p_i + p_j in place of the product.
import torch


def softmax_jacobian(p):
    return torch.diag_embed(p) - (p.unsqueeze(-1) + p.unsqueeze(-2))

# %% wrong | row-sum-one | Divides each row by its diagonal entry, so that the diagonal is 1.
import torch


def softmax_jacobian(p):
    J = torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)
    d = J.diagonal(dim1=-2, dim2=-1).unsqueeze(-1)
    return J / torch.where(d == 0, 1.0, d)
