# %% wrong | transposed-blocks | Both sines have the wrong sign, so M leads to p - offset and not to p + offset.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2 != 0:
        raise ValueError("d_model must be even")
    M = torch.zeros(d_model, d_model)
    for i in range(d_model // 2):
        phi = offset * 10000 ** (-2 * i / d_model)
        a, b = 2 * i, 2 * i + 1
        M[a, a] = math.cos(phi)
        M[a, b] = -math.sin(phi)
        M[b, a] = math.sin(phi)
        M[b, b] = math.cos(phi)
    return M


# %% wrong | no-minus-anywhere | Adds both side diagonals, so the sines have one sign and the cosine row is wrong.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2 == 1:
        raise ValueError(f"d_model is odd: {d_model}")
    omega = torch.exp(-math.log(10000.0) / d_model * torch.arange(0, d_model, 2, dtype=torch.float64))
    phi = omega * offset
    beside = torch.zeros(d_model - 1, dtype=torch.float64)
    beside[0::2] = phi.sin()
    full = torch.diag(phi.cos().repeat_interleave(2)) + torch.diag(beside, 1) + torch.diag(beside, -1)
    return full.to(torch.float32)


# %% wrong | one-frequency | Every pair is turned by the angle of the first one, but pair i has its own frequency.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2 != 0:
        raise ValueError("d_model must be even")
    M = torch.zeros(d_model, d_model)
    for i in range(d_model // 2):
        phi = offset
        a, b = 2 * i, 2 * i + 1
        M[a, a] = math.cos(phi)
        M[a, b] = math.sin(phi)
        M[b, a] = -math.sin(phi)
        M[b, b] = math.cos(phi)
    return M


# %% wrong | absolute-offset | Takes the absolute value of the offset, so negative ones go forwards.
import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd")
    phi = float(abs(offset)) * torch.pow(10000.0, -torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    one = torch.eye(2, dtype=torch.float64)
    quarter = torch.tensor([[0.0, 1.0], [-1.0, 0.0]], dtype=torch.float64)
    return (torch.kron(torch.diag(phi.cos()), one) + torch.kron(torch.diag(phi.sin()), quarter)).to(torch.float32)


# %% wrong | no-error-for-odd | Rounds an odd width down and returns a matrix instead of raising ValueError.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    M = torch.zeros(d_model, d_model)
    for i in range(d_model // 2):
        phi = offset * 10000 ** (-2 * i / d_model)
        a, b = 2 * i, 2 * i + 1
        M[a, a] = math.cos(phi)
        M[a, b] = math.sin(phi)
        M[b, a] = -math.sin(phi)
        M[b, b] = math.cos(phi)
    return M


# %% wrong | halves-layout | Puts sines and cosines D/2 apart (rows i and i + D/2) and not side by side in rows 2i and 2i + 1.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2 != 0:
        raise ValueError("d_model must be even")
    M = torch.zeros(d_model, d_model)
    for i in range(d_model // 2):
        phi = offset * 10000 ** (-2 * i / d_model)
        a, b = i, i + d_model // 2
        M[a, a] = math.cos(phi)
        M[a, b] = math.sin(phi)
        M[b, a] = -math.sin(phi)
        M[b, b] = math.cos(phi)
    return M


# %% wrong | exponent-without-two | The frequency is 10000^(-i/D), with half the exponent of the formula.
import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model & 1:
        raise ValueError("the last sine has no cosine")
    sines = torch.arange(0, d_model, 2)
    cosines = sines + 1
    phi = offset * 10000.0 ** (-torch.arange(d_model // 2).double() / d_model)
    M = torch.zeros((d_model, d_model), dtype=torch.double)
    M[sines, sines] = phi.cos()
    M[cosines, cosines] = phi.cos()
    M[sines, cosines] = phi.sin()
    M[cosines, sines] = -phi.sin()
    return M.float()


# %% wrong | growing-frequencies | The sign of the exponent is lost, so frequencies grow.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2 != 0:
        raise ValueError("d_model must be even")
    M = torch.zeros(d_model, d_model)
    for i in range(d_model // 2):
        phi = offset * 10000 ** (2 * i / d_model)
        a, b = 2 * i, 2 * i + 1
        M[a, a] = math.cos(phi)
        M[a, b] = math.sin(phi)
        M[b, a] = -math.sin(phi)
        M[b, b] = math.cos(phi)
    return M


# %% wrong | angle-wrapped-with-short-pi | Wraps the angle with 2 * 3.1416, so a long way is off by more than (|offset| + 1) * 1e-6.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd width")
    blocks = []
    for two_i in range(0, d_model, 2):
        phi = offset * 10000.0 ** (-two_i / d_model)
        phi = phi % (2 * 3.1416)
        c, s = math.cos(phi), math.sin(phi)
        blocks.append(torch.tensor([[c, s], [-s, c]], dtype=torch.float32))
    return torch.block_diag(*blocks)


# %% wrong | float64-result | Returns float64 where float32 is asked.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd width")
    blocks = []
    for two_i in range(0, d_model, 2):
        phi = offset * 10000.0 ** (-two_i / d_model)
        c, s = math.cos(phi), math.sin(phi)
        blocks.append(torch.tensor([[c, s], [-s, c]], dtype=torch.float64))
    return torch.block_diag(*blocks)


# %% wrong | assert-even | Uses assert, which raises AssertionError and not ValueError.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    assert d_model % 2 == 0, "odd width"
    blocks = []
    for two_i in range(0, d_model, 2):
        phi = offset * 10000.0 ** (-two_i / d_model)
        c, s = math.cos(phi), math.sin(phi)
        blocks.append(torch.tensor([[c, s], [-s, c]], dtype=torch.float32))
    return torch.block_diag(*blocks)


# %% wrong | cosine-first-order | The blocks belong to an encoding with the cosine in entry 2i and the sine in 2i + 1.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd width")
    blocks = []
    for two_i in range(0, d_model, 2):
        phi = offset * 10000.0 ** (-two_i / d_model)
        c, s = math.cos(phi), math.sin(phi)
        blocks.append(torch.tensor([[c, -s], [s, c]], dtype=torch.float32))
    return torch.block_diag(*blocks)


# %% wrong | solved-from-few-rows | Solves for M by least squares from D rows in float32, which is far from 1e-6 and fills entries that are to be 0.
import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd")
    p = torch.arange(d_model + 4).float()[:, None]
    w = 10000.0 ** (-torch.arange(0, d_model, 2).float() / d_model)

    def rows(pos):
        return torch.stack([(pos * w).sin(), (pos * w).cos()], dim=-1).flatten(1)

    return torch.linalg.lstsq(rows(p), rows(p + offset)).solution.T


# %% wrong | applied-as-row-vector | Builds the matrix for row vectors, PE(p) M, so for the column vectors of the stub it is the transpose.
import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd")
    w = 10000.0 ** (-torch.arange(0, d_model, 2).double() / d_model)
    M = torch.zeros(d_model, d_model, dtype=torch.float64)
    even = torch.arange(0, d_model, 2)
    M[even, even] = M[even + 1, even + 1] = (offset * w).cos()
    M[even + 1, even] = (offset * w).sin()
    M[even, even + 1] = -(offset * w).sin()
    return M.float()


# %% wrong | repeated-one-step | Multiplies the one-step matrix range(offset) times, which leaves the identity for every negative offset.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd")
    w = [10000.0 ** (-2 * i / d_model) for i in range(d_model // 2)]
    step = torch.block_diag(*[torch.tensor([[math.cos(a), math.sin(a)], [-math.sin(a), math.cos(a)]], dtype=torch.float64) for a in w])
    M = torch.eye(d_model, dtype=torch.float64)
    for _ in range(offset):
        M = step @ M
    return M.float()


# %% wrong | width-one-let-through | Excuses the width 1 from the check, but 1 is odd and a ValueError is due.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model > 1 and d_model % 2 != 0:
        raise ValueError("d_model must be even")
    M = torch.zeros(d_model, d_model)
    for i in range(d_model // 2):
        phi = offset * 10000 ** (-2 * i / d_model)
        a, b = 2 * i, 2 * i + 1
        M[a, a] = math.cos(phi)
        M[a, b] = math.sin(phi)
        M[b, a] = -math.sin(phi)
        M[b, b] = math.cos(phi)
    return M


# %% wrong | identity-for-zero-is-zeros | Returns zeros for the offset 0 as a supposed shortcut, where M(0) is the identity.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd width")
    if not offset:
        return torch.zeros(d_model, d_model)
    blocks = []
    for two_i in range(0, d_model, 2):
        phi = offset * 10000.0 ** (-two_i / d_model)
        c, s = math.cos(phi), math.sin(phi)
        blocks.append(torch.tensor([[c, s], [-s, c]], dtype=torch.float32))
    return torch.block_diag(*blocks)


# %% wrong | last-pair-forgotten | The loop stops one pair early, so the last block stays 0.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2 != 0:
        raise ValueError("d_model must be even")
    M = torch.zeros(d_model, d_model)
    for i in range(d_model // 2 - 1):
        phi = offset * 10000 ** (-2 * i / d_model)
        a, b = 2 * i, 2 * i + 1
        M[a, a] = math.cos(phi)
        M[a, b] = math.sin(phi)
        M[b, a] = -math.sin(phi)
        M[b, b] = math.cos(phi)
    return M


# %% wrong | rounded-entries | Rounds each entry to four decimals, more than an error of (|offset| + 1) * 1e-6.
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
    return torch.round(torch.block_diag(*blocks), decimals=4)


# %% wrong | outer-product | Returns the outer product of PE(offset) and PE(0), which is no rotation and not block-diagonal.
import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd")
    w = 10000.0 ** (-torch.arange(0, d_model, 2).float() / d_model)
    row = torch.stack([(offset * w).sin(), (offset * w).cos()], dim=1).flatten()
    zero = torch.tensor([0.0, 1.0]).repeat(d_model // 2)
    return torch.outer(row, zero)


# %% right | zeros-and-loop | Writes four numbers for each pair into a matrix of zeros.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2 != 0:
        raise ValueError("d_model must be even")
    M = torch.zeros(d_model, d_model)
    for i in range(d_model // 2):
        phi = offset * 10000 ** (-2 * i / d_model)
        a, b = 2 * i, 2 * i + 1
        M[a, a] = math.cos(phi)
        M[a, b] = math.sin(phi)
        M[b, a] = -math.sin(phi)
        M[b, b] = math.cos(phi)
    return M


# %% right | block-diag | A list of 2 x 2 blocks and torch.block_diag.
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
    return torch.block_diag(*blocks)


# %% right | diagonals | Three diagonals set by torch.diag.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2 == 1:
        raise ValueError(f"d_model is odd: {d_model}")
    omega = torch.exp(-math.log(10000.0) / d_model * torch.arange(0, d_model, 2, dtype=torch.float64))
    phi = omega * offset
    beside = torch.zeros(d_model - 1, dtype=torch.float64)
    beside[0::2] = phi.sin()
    full = torch.diag(phi.cos().repeat_interleave(2)) + torch.diag(beside, 1) - torch.diag(beside, -1)
    return full.to(torch.float32)


# %% right | matrix-exponential | The exponential of offset times the generator of the rotations, in double precision.
import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("d_model must be even")
    generator = torch.zeros(d_model // 2, 2, 2, dtype=torch.float64)
    turn = math.pi * 2
    for i in range(d_model // 2):
        phi = math.remainder(offset * 10000.0 ** (-2 * i / d_model), turn)
        generator[i, 0, 1] = phi
        generator[i, 1, 0] = -phi
    return torch.block_diag(*torch.linalg.matrix_exp(generator)).float()


# %% right | index-arrays | Writes all blocks at once with index tensors.
import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model & 1:
        raise ValueError("the last sine has no cosine")
    sines = torch.arange(0, d_model, 2)
    cosines = sines + 1
    phi = offset * 10000.0 ** (-sines.double() / d_model)
    M = torch.zeros((d_model, d_model), dtype=torch.double)
    M[sines, sines] = phi.cos()
    M[cosines, cosines] = phi.cos()
    M[sines, cosines] = phi.sin()
    M[cosines, sines] = -phi.sin()
    return M.float()


# %% right | kronecker | A sum of Kronecker products of diagonals with the 2 x 2 identity and the quarter turn.
import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    if d_model % 2:
        raise ValueError("odd")
    phi = float(offset) * torch.pow(10000.0, -torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    one = torch.eye(2, dtype=torch.float64)
    quarter = torch.tensor([[0.0, 1.0], [-1.0, 0.0]], dtype=torch.float64)
    return (torch.kron(torch.diag(phi.cos()), one) + torch.kron(torch.diag(phi.sin()), quarter)).to(torch.float32)
