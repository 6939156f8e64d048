# %% right | outer-sum | elementwise product and sum over inputs, in float64 and back
import torch


def per_head_projection(x, w):
    a = x.double()[:, None, :, :, None]       # (B, 1, T, D, 1)
    m = w.double()[None, :, None, :, :]       # (1, H, 1, D, d)
    return (a * m).sum(dim=3).to(x.dtype)

# %% right | tensordot | tensordot and permute
import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    """(B, T, D) and (H, D, d) to (B, T, H, d), then heads forward."""
    return torch.tensordot(x, w, dims=([2], [1])).permute(0, 2, 1, 3)

# %% right | loops-both | nested comprehensions over sequences and heads
import torch


def per_head_projection(x, w):
    return torch.stack([torch.stack([torch.mm(tokens, matrix) for matrix in w]) for tokens in x])

# %% wrong | branch-on-equal-sizes | Where B equals H it takes the batched product and repeats it, so sequences meet one matrix only.
import torch


def per_head_projection(x, w):
    if x.shape[0] == w.shape[0]:
        y = torch.bmm(x, w)                       # same batch size, so no broadcast is needed
        return y.unsqueeze(1).repeat(1, w.shape[0], 1, 1)
    return x.unsqueeze(1) @ w

# %% wrong | fresh-weights-tensor | torch.tensor(w) makes a copy without history, so gradients do not reach w.
import torch


def per_head_projection(x, w):
    matrices = torch.tensor(w.tolist(), dtype=w.dtype)
    return torch.einsum("btd,hdk->bhtk", x, matrices)

# %% wrong | square-turned | Turned over 'only if it fits': square matrices are transposed.
import torch


def per_head_projection(x, w):
    if w.shape[1] == w.shape[2]:
        w = w.transpose(1, 2)                     # nn.Linear layout
    return x[:, None] @ w

# %% wrong | first-sequence-only | Only the first sequence is projected and repeated for the batch.
import torch


def per_head_projection(x, w):
    y = torch.stack([x[0] @ m for m in w])
    return y.expand(x.shape[0], -1, -1, -1)

# %% wrong | half-via-float16 | bfloat16 goes through float16 and overflows or loses range; float64 loses digits.
import torch


def per_head_projection(x, w):
    y = x.half().unsqueeze(1) @ w.half()
    return y.to(x.dtype)

# %% wrong | scales-in-place | x is multiplied in place by a factor that is meant to be undone: the argument is changed.
import torch


def per_head_projection(x, w):
    H = w.shape[0]
    x.data.mul_(1.0 / H)              # keep the numbers small
    return (x.unsqueeze(1) @ w) * H

# %% wrong | batch-one-assumed | x is squeezed, so a batch of one works and others mix up or fail.
import torch


def per_head_projection(x, w):
    tokens = x.reshape(-1, x.shape[-1])           # (T, D)
    return (tokens @ w).unsqueeze(0)

# %% wrong | drops-last-input | The sum over inputs stops one short.
import torch


def per_head_projection(x, w):
    y = torch.zeros(x.shape[0], w.shape[0], x.shape[1], w.shape[2], dtype=x.dtype)
    for i in range(x.shape[2] - 1):
        y = y + x[:, None, :, i, None] * w[None, :, i, None, :]
    return y
