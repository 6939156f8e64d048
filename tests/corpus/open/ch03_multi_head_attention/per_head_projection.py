# %% right | unsqueeze-matmul | broadcast matrix product
import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return x.unsqueeze(1) @ w

# %% right | einsum | einsum
import torch


def per_head_projection(x, w):
    return torch.einsum("btd,hdk->bhtk", x, w)

# %% right | loop-over-heads | loop over heads and stack
import torch


def per_head_projection(x, w):
    # one head after the other, then stack
    heads = []
    for h in range(w.shape[0]):
        heads.append(x @ w[h])
    return torch.stack(heads, dim=1)

# %% right | one-big-product | matrices side by side, one product, split
import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    B, T, D = x.shape
    H, _, d = w.shape
    big = w.permute(1, 0, 2).reshape(D, H * d)
    y = x @ big
    return y.reshape(B, T, H, d).transpose(1, 2)

# %% right | repeat-bmm | repeats and bmm
import torch


def per_head_projection(x, w):
    B, T, D = x.size()
    H, _, d = w.size()
    left = x.repeat_interleave(H, dim=0)        # every sequence H times
    right = w.repeat(B, 1, 1)                   # all heads for each sequence
    return torch.bmm(left, right).view(B, H, T, d)

# %% right | linear-objects | small class around F.linear
import torch
import torch.nn.functional as F


class Head:
    def __init__(self, matrix):
        self.weight = matrix.transpose(0, 1)    # (d, D), as F.linear wants it

    def __call__(self, tokens):
        return F.linear(tokens, self.weight)


def per_head_projection(x, w):
    results = [Head(matrix)(x) for matrix in w]
    return torch.stack(results).transpose(0, 1)

# %% wrong | plain-matmul | x @ w pairs sequence i with head i instead of each with each; an error where B and H differ.
import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return x @ w

# %% wrong | einsum-batch-is-head | The letter h is used for the batch as well, and the result is expanded: sequence b meets only matrix b.
import torch


def per_head_projection(x, w):
    return torch.einsum("htd,hdk->htk", x, w).unsqueeze(1).expand(-1, w.shape[0], -1, -1)

# %% wrong | unsqueeze-last-first | x.unsqueeze(0) pairs B with H and gives a leading 1.
import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return x.unsqueeze(0) @ w

# %% wrong | unsqueeze-w-wrong | (B, 1, T, D) @ (H, 1, D, d): broadcasting pairs B with H.
import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return x.unsqueeze(1) @ w.unsqueeze(1)

# %% wrong | matrix-transposed | Every matrix is turned over, though it is stored (inputs, outputs); fits only where d = D.
import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return x.unsqueeze(1) @ w.transpose(1, 2)

# %% wrong | bthd-output | The result is (B, T, H, d), not (B, H, T, d).
import torch


def per_head_projection(x, w):
    return torch.einsum("btd,hdk->bthk", x, w)

# %% wrong | hbtd-output | The heads stand before the batch.
import torch


def per_head_projection(x, w):
    # one head after the other, then stack
    heads = []
    for h in range(w.shape[0]):
        heads.append(x @ w[h])
    return torch.stack(heads, dim=0)

# %% wrong | sum-over-heads | The results of the heads are added, so no head of its own is left.
import torch


def per_head_projection(x, w):
    return torch.einsum("btd,hdk->btk", x, w)

# %% wrong | heads-side-by-side | The heads are concatenated: (B, T, H·d).
import torch


def per_head_projection(x, w):
    # one head after the other, then stack
    heads = []
    for h in range(w.shape[0]):
        heads.append(x @ w[h])
    return torch.cat(heads, dim=-1)

# %% wrong | reshape-without-permute | w.reshape(D, H·d) mixes the matrices of different heads.
import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    B, T, D = x.shape
    H, _, d = w.shape
    big = w.reshape(D, H * d)
    y = x @ big
    return y.reshape(B, T, H, d).transpose(1, 2)

# %% wrong | split-by-one-reshape | After the big product one reshape to (B, H, T, d) mixes tokens and heads.
import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    B, T, D = x.shape
    H, _, d = w.shape
    big = w.permute(1, 0, 2).reshape(D, H * d)
    y = x @ big
    return y.reshape(B, H, T, d)

# %% wrong | view-of-permuted | view of the permuted w raises RuntimeError for most shapes.
import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    B, T, D = x.shape
    H, _, d = w.shape
    big = w.permute(1, 0, 2).view(D, H * d)
    y = x @ big
    return y.reshape(B, T, H, d).transpose(1, 2)

# %% wrong | repeat-order | repeat instead of repeat_interleave pairs sequences with the wrong matrices.
import torch


def per_head_projection(x, w):
    B, T, D = x.size()
    H, _, d = w.size()
    left = x.repeat(H, 1, 1)        # every sequence H times
    right = w.repeat(B, 1, 1)                   # all heads for each sequence
    return torch.bmm(left, right).view(B, H, T, d)

# %% wrong | width-is-d-over-h | d is taken as D // H, though it need not be.
import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    B, T, D = x.shape
    H = w.shape[0]
    d = D // H
    big = w.permute(1, 0, 2).reshape(D, H * d)
    y = x @ big
    return y.reshape(B, T, H, d).transpose(1, 2)

# %% wrong | sliced-inputs | Head h sees only its own slice of the features of x, not all D.
import torch


def per_head_projection(x, w):
    # one head after the other, then stack
    heads = []
    for h in range(w.shape[0]):
        d = x.shape[-1] // w.shape[0]
        heads.append(x[..., h * d:(h + 1) * d] @ w[h][h * d:(h + 1) * d])
    return torch.stack(heads, dim=1)

# %% wrong | scaled | The product is divided by the root of D, which nobody asked for.
import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return x.unsqueeze(1) @ w / x.size(-1) ** 0.5

# %% wrong | float32-result | The product is made and returned in float32, whatever x and w are.
import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return x.float().unsqueeze(1) @ w.float()

# %% wrong | buffer-float32 | Filled into a float32 tensor: dtype of the result is lost.
import torch


def per_head_projection(x, w):
    B, T, D = x.shape
    H, D, d = w.shape
    out = torch.zeros(B, H, T, d)
    for b in range(B):
        for h in range(H):
            out[b, h] = x[b] @ w[h]
    return out

# %% wrong | detached-weights | w.data cuts the gradient of w.
import torch


def per_head_projection(x, w):
    # one head after the other, then stack
    heads = []
    for h in range(w.shape[0]):
        heads.append(x @ w.data[h])
    return torch.stack(heads, dim=1)

# %% wrong | squeeze-result | A final squeeze removes dimensions of size 1 (B, T, H or d may be 1).
import torch


def per_head_projection(x, w):
    return torch.einsum("btd,hdk->bhtk", x, w).squeeze()
