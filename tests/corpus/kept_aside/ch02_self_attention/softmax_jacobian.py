# %% wrong | diagonal-of-batch | adds p on `jac.diagonal()`, whose default axes are 0 and 1: right for one row, wrong or a crash for batches
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    """Give ∂p_i/∂x_j for p = softmax(x), from the probabilities p alone.

    The scores x that led to p are not needed: every derivative can be written with p. When p is
    saturated, so that one probability is near 1 and the others near 0, all derivatives are near 0
    and no gradient gets through to the scores.

    Args:
        p: Probabilities, (..., S). They are the output of a softmax already: each row sums to 1,
            and single entries may be 0 or 1 exactly. p is not changed.

    Returns:
        (..., S, S), of the same dtype. Entry (i, j) is ∂p_i/∂x_j. Each leading index has a Jacobian
        of its own.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.1, on why the dot products
    are scaled: large scores push the softmax to where its gradients are tiny.

    >>> softmax_jacobian(torch.tensor([0.5, 0.5]))
    tensor([[ 0.2500, -0.2500],
            [-0.2500,  0.2500]])
    >>> softmax_jacobian(torch.tensor([0.99, 0.01]))
    tensor([[ 0.0099, -0.0099],
            [-0.0099,  0.0099]])
    """
    jac = -p.unsqueeze(-1) * p.unsqueeze(-2)
    jac.diagonal().add_(p)
    return jac

# %% wrong | eye-minus-p | p[..., None] * (eye - p) without a new axis in the second p: right for one row, for a batch only a crash or a mix of the rows
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    eye = torch.eye(p.size(-1), dtype=p.dtype)
    return p.unsqueeze(-1) * (eye - p)

# %% wrong | wrong-axis-p | p * (eye - p) squares off the diagonal: -p_j² in place of -p_i p_j, right for equal probabilities
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    eye = torch.eye(p.size(-1), dtype=p.dtype, device=p.device)
    return p.unsqueeze(-2) * (eye - p.unsqueeze(-2))

# %% wrong | log-softmax-jacobian | gives δ_ij - p_j, the Jacobian of log softmax
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    s = p.shape[-1]
    return torch.eye(s, dtype=p.dtype).expand(*p.shape, s) - p.unsqueeze(-2)

# %% wrong | eye-float32 | multiplies with torch.eye(S) of float32, so float16 and bfloat16 inputs come back as float32
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    eye = torch.eye(p.shape[-1])
    return p.unsqueeze(-1) * eye - p.unsqueeze(-1) * p.unsqueeze(-2)

# %% wrong | matmul-over-batch | p.T @ p sums the outer products of all rows for a batch (and only two dimensions work)
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    if p.dim() == 1:
        return torch.diag(p) - torch.outer(p, p)
    return torch.diag_embed(p) - p.T @ p

# %% wrong | block-diagonal | puts the Jacobians of a batch into one big block-diagonal matrix
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    rows = p.reshape(-1, p.shape[-1])
    return torch.block_diag(*[torch.diag(r) - torch.outer(r, r) for r in rows])

# %% wrong | flattened-batch | flattens the leading dimensions and forgets to restore them, wrong for none and for more than one
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    flat = p.reshape(-1, p.shape[-1])
    jac = torch.stack([torch.diag(r) - torch.outer(r, r) for r in flat])
    return jac[0] if p.dim() == 1 else jac

# %% wrong | softmax-again | takes p for scores and applies the softmax first
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    p = torch.softmax(p, dim=-1)
    return torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)

# %% wrong | clamped-p | clamps p into [1e-4, 1 - 1e-4] against saturation, so one-hot rows do not give exactly 0 and small entries are wrong
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    p = p.clamp(1e-4, 1 - 1e-4)
    return torch.diag_embed(p) - torch.einsum("...i,...j->...ij", p, p)

# %% wrong | lower-triangle | fills i and j < i only and forgets the mirror image
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    n = p.shape[-1]
    jac = p.new_zeros(*p.shape, n)
    for i in range(n):
        jac[..., i, i] = p[..., i] * (1 - p[..., i])
        for j in range(i):
            jac[..., i, j] = -p[..., i] * p[..., j]
    return jac

# %% wrong | python-lists | builds nested lists of floats for one row, so only one dimension works and float64 is lost
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    values = p.tolist()
    return torch.tensor(
        [[a * ((i == j) - b) for j, b in enumerate(values)] for i, a in enumerate(values)]
    )

# %% wrong | diag-minus-mean | subtracts the mean probability 1/S instead of p_j off the diagonal, right for equal probabilities
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    s = p.shape[-1]
    return torch.diag_embed(p) - p.unsqueeze(-1) / s

# %% wrong | off-diagonal-absolute | returns the strength of the reaction, abs of each entry, so the off-diagonal signs are lost
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    jac = torch.diag_embed(p) - p.unsqueeze(-1) @ p.unsqueeze(-2)
    return jac.abs()

# %% right | diag-embed | diag_embed minus the outer product
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    """Give ∂p_i/∂x_j for p = softmax(x), from the probabilities p alone.

    The scores x that led to p are not needed: every derivative can be written with p. When p is
    saturated, so that one probability is near 1 and the others near 0, all derivatives are near 0
    and no gradient gets through to the scores.

    Args:
        p: Probabilities, (..., S). They are the output of a softmax already: each row sums to 1,
            and single entries may be 0 or 1 exactly. p is not changed.

    Returns:
        (..., S, S), of the same dtype. Entry (i, j) is ∂p_i/∂x_j. Each leading index has a Jacobian
        of its own.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.1, on why the dot products
    are scaled: large scores push the softmax to where its gradients are tiny.

    >>> softmax_jacobian(torch.tensor([0.5, 0.5]))
    tensor([[ 0.2500, -0.2500],
            [-0.2500,  0.2500]])
    >>> softmax_jacobian(torch.tensor([0.99, 0.01]))
    tensor([[ 0.0099, -0.0099],
            [-0.0099,  0.0099]])
    """
    return torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)

# %% right | delta-minus | p_i (δ_ij - p_j) with an identity of the right dtype
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    delta = torch.eye(p.shape[-1], dtype=p.dtype, device=p.device)
    return p[..., :, None] * (delta - p[..., None, :])

# %% right | double-loop | loops over i and j and stacks; own helper for one entry
import torch


def _entry(p, i, j):
    if i == j:
        return p[..., i] * (1 - p[..., i])
    return -p[..., i] * p[..., j]


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    n = p.shape[-1]
    rows = [torch.stack([_entry(p, i, j) for j in range(n)], dim=-1) for i in range(n)]
    return torch.stack(rows, dim=-2)

# %% right | double-inside | einsum in float64, diagonal added on the last two axes
import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    d = p.double()
    jac = -torch.einsum("...i,...j->...ij", d, d)
    torch.diagonal(jac, dim1=-2, dim2=-1).add_(d)
    return jac.to(p.dtype)
