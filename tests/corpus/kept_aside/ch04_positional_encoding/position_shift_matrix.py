# %% wrong | base-one-thousand | The base of the frequencies is 1000.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2 != 0:
        raise ValueError("d_model must be even")
    M = torch.zeros(d_model, d_model)
    for i in range(d_model // 2):
        phi = offset * 1000 **  (-2 * i / d_model)
        a, b = 2 * i, 2 * i + 1
        M[a, a] = math.cos(phi)
        M[a, b] = math.sin(phi)
        M[b, a] = -math.sin(phi)
        M[b, b] = math.cos(phi)
    return M


# %% wrong | type-error-for-odd | Raises a TypeError for an odd width and not a ValueError.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise TypeError("odd width")
    blocks = []
    for two_i in range(0, d_model, 2):
        phi = offset * 10000.0 ** (-two_i / d_model)
        c, s = math.cos(phi), math.sin(phi)
        blocks.append(torch.tensor([[c, s], [-s, c]], dtype=torch.float32))
    return torch.block_diag(*blocks)


# %% wrong | negative-offset-refused | Raises ValueError for a negative offset, but any whole number is allowed.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd width")
    if offset < 0:
        raise ValueError("offset must not be negative")
    blocks = []
    for two_i in range(0, d_model, 2):
        phi = offset * 10000.0 ** (-two_i / d_model)
        c, s = math.cos(phi), math.sin(phi)
        blocks.append(torch.tensor([[c, s], [-s, c]], dtype=torch.float32))
    return torch.block_diag(*blocks)


# %% wrong | width-in-pairs | Divides by the number of pairs in the exponent and not by D, so the frequencies are the squares of the right ones.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2 != 0:
        raise ValueError("d_model must be even")
    M = torch.zeros(d_model, d_model)
    for i in range(d_model // 2):
        phi = offset * 10000 ** (-2 * i / (d_model // 2))
        a, b = 2 * i, 2 * i + 1
        M[a, a] = math.cos(phi)
        M[a, b] = math.sin(phi)
        M[b, a] = -math.sin(phi)
        M[b, b] = math.cos(phi)
    return M


# %% wrong | stack-of-blocks | Returns the blocks as (D/2, 2, 2) and not as one (D, D) matrix.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd width")
    blocks = []
    for two_i in range(0, d_model, 2):
        phi = offset * 10000.0 ** (-two_i / d_model)
        c, s = math.cos(phi), math.sin(phi)
        blocks.append(torch.tensor([[c, s], [-s, c]], dtype=torch.float32))
    return torch.stack(blocks)


# %% wrong | both-rows-in-one-sign | The minus stands before the cosine of the second row, which makes a reflection of the rotation.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd width")
    blocks = []
    for two_i in range(0, d_model, 2):
        phi = offset * 10000.0 ** (-two_i / d_model)
        c, s = math.cos(phi), math.sin(phi)
        blocks.append(torch.tensor([[c, s], [s, -c]], dtype=torch.float32))
    return torch.block_diag(*blocks)


# %% wrong | offset-in-the-exponent | Raises the base to offset times the exponent instead of multiplying the frequency by the offset.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd width")
    blocks = []
    for two_i in range(0, d_model, 2):
        phi = 10000.0 ** (-two_i * offset / d_model) if offset else 0.0
        c, s = math.cos(phi), math.sin(phi)
        blocks.append(torch.tensor([[c, s], [-s, c]], dtype=torch.float32))
    return torch.block_diag(*blocks)


# %% wrong | small-angle | Replaces sine and cosine by phi and 1, which holds for tiny angles only.
import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd width")
    blocks = []
    for two_i in range(0, d_model, 2):
        phi = offset * 10000.0 ** (-two_i / d_model)
        c, s = 1.0, phi
        blocks.append(torch.tensor([[c, s], [-s, c]], dtype=torch.float32))
    return torch.block_diag(*blocks)


# %% right | einsum-of-selectors | Places blocks with an einsum over a diagonal selector.
import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd")
    n = d_model // 2
    phi = offset * 10000.0 ** (-2 * torch.arange(n).double() / d_model)
    c, s = phi.cos(), phi.sin()
    block = torch.stack([torch.stack([c, s], -1), torch.stack([-s, c], -1)], -2)
    spread = torch.einsum("iab,ij->iajb", block, torch.eye(n, dtype=torch.double))
    return spread.reshape(d_model, d_model).float()


# %% right | entry-by-entry | Decides for each entry (r, c) of the matrix by itself.
import math

import torch


def entry(row: int, column: int, offset: int, d_model: int) -> float:
    if row // 2 != column // 2:
        return 0.0
    phi = offset / 10000 ** (2 * (row // 2) / d_model)
    if row == column:
        return math.cos(phi)
    return math.sin(phi) if column > row else -math.sin(phi)


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2 == 1:
        raise ValueError("d_model must be even")
    rows = [[entry(r, c, offset, d_model) for c in range(d_model)] for r in range(d_model)]
    return torch.tensor(rows, dtype=torch.float32)


# %% right | complex-powers | Uses exp(i phi), with real parts on the diagonal and imaginary parts beside it.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd")
    M = torch.eye(d_model)
    for j in range(0, d_model, 2):
        phi = offset * 10000 ** (-j / d_model)
        z = complex(math.cos(phi), math.sin(phi))
        M[j : j + 2, j : j + 2] = torch.tensor([[z.real, z.imag], [z.conjugate().imag, z.real]])
    return M
