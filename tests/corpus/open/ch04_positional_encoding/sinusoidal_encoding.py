# %% wrong | halves-sin-then-cos | All sines stand in the first half of the columns and all cosines in the second, but columns 2i and 2i + 1 should take turns.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    position = torch.arange(length).float()[:, None]
    omega = 10000 ** (-torch.arange(0, d_model, 2).float() / d_model)
    angles = position * omega
    return torch.cat([angles.sin(), angles.cos()], dim=1)[:, :d_model]


# %% wrong | own-frequency-per-column | Every column gets a frequency of its own with its column number in the exponent, so the cosine at 2i + 1 does not share 2i/D.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    angles = torch.arange(length).float()[:, None] / 10000 ** (torch.arange(d_model).float() / d_model)
    pe = torch.empty(length, d_model)
    pe[:, 0::2] = torch.sin(angles[:, 0::2])
    pe[:, 1::2] = torch.cos(angles[:, 1::2])
    return pe


# %% wrong | product-instead-of-power | Divides by 10000 times (2i/D) plus one instead of by 10000 to the power 2i/D.
import math

import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    pe = torch.zeros(length, d_model)
    for p in range(length):
        for j in range(d_model):
            angle = p / (10000 * (2 * (j // 2) / d_model) + 1)
            pe[p, j] = math.sin(angle) if j % 2 == 0 else math.cos(angle)
    return pe


# %% wrong | cosine-first | Even columns hold the cosine and odd ones the sine, the other way round from the two lines of the formula.
import math

import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    p = torch.arange(length, dtype=torch.float32).unsqueeze(1)
    w = torch.exp(-math.log(10000.0) * torch.arange(0, d_model, 2).float() / d_model)
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = torch.cos(p * w)
    pe[:, 1::2] = torch.sin(p * w)[:, : d_model // 2]
    return pe


# %% wrong | read-as-degrees | Converts the angles with deg2rad although the stub says that they are in radians.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    p = torch.arange(length, dtype=torch.float32).unsqueeze(1)
    w = 10000.0 ** (-torch.arange(0, d_model, 2).float() / d_model)
    angle = torch.deg2rad(p * w)
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = angle.sin()
    pe[:, 1::2] = angle.cos()[:, : d_model // 2]
    return pe


# %% wrong | odd-width-rounded-down | Uses D - 1 in the exponent when D is odd, but D is then the odd number in the exponent, too.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    whole = max(d_model - d_model % 2, 1)
    p = torch.arange(length, dtype=torch.float32).unsqueeze(1)
    w = 10000.0 ** (-torch.arange(0, d_model, 2).float() / whole)
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = (p * w).sin()
    pe[:, 1::2] = (p * w).cos()[:, : d_model // 2]
    return pe


# %% wrong | counts-from-one | The first row is that of position 1, though the rows are those of 0 to length - 1.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    p = torch.arange(1, length + 1, dtype=torch.float32).unsqueeze(1)
    w = 10000.0 ** (-torch.arange(0, d_model, 2).float() / d_model)
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = (p * w).sin()
    pe[:, 1::2] = (p * w).cos()[:, : d_model // 2]
    return pe


# %% wrong | pair-number-without-two | The exponent is i/D for pair i where the formula has 2i/D.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    n_pairs = (d_model + 1) // 2
    p = torch.arange(length, dtype=torch.float32).unsqueeze(1)
    w = 10000.0 ** (-torch.arange(n_pairs).float() / d_model)
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = (p * w).sin()
    pe[:, 1::2] = (p * w).cos()[:, : d_model // 2]
    return pe


# %% wrong | odd-width-crashes | Writes one cosine too many into the odd columns, so every odd width from 3 on ends in an error, though D may be any number from 1.
import math

import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    position = torch.arange(length).unsqueeze(1)
    div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = torch.sin(position * div_term)
    pe[:, 1::2] = torch.cos(position * div_term)
    return pe


# %% wrong | odd-width-rounded-up | Builds the table for the next even width and cuts the last column off, so the exponent has an even D where the stub wants the odd number.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    even = d_model + d_model % 2
    p = torch.arange(length, dtype=torch.float32)[:, None]
    w = 10000.0 ** (-torch.arange(0, even, 2).float() / even)
    pe = torch.stack([(p * w).sin(), (p * w).cos()], dim=-1).reshape(length, even)
    return pe[:, :d_model]


# %% wrong | left-in-float64 | Computes in double precision and never casts back, but the result is to be float32.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    p = torch.arange(length, dtype=torch.float64)[:, None]
    w = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    pe = torch.zeros(length, d_model, dtype=torch.float64)
    pe[:, 0::2] = (p * w).sin()
    pe[:, 1::2] = (p * w).cos()[:, : d_model // 2]
    return pe


# %% wrong | full-turns | Multiplies the angle by two pi as if p / 10000^(2i/D) counted whole turns.
import math

import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    p = torch.arange(length, dtype=torch.float64)[:, None]
    w = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    angle = 2 * math.pi * p * w
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = angle.sin().float()
    pe[:, 1::2] = angle.cos()[:, : d_model // 2].float()
    return pe


# %% wrong | angles-in-half | Computes the angles in bfloat16, whose error is far more than (p + 1) * 1e-6.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    p = torch.arange(length).to(torch.bfloat16)[:, None]
    w = (10000.0 ** (-torch.arange(0, d_model, 2).float() / d_model)).to(torch.bfloat16)
    angle = (p * w).float()
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = angle.sin()
    pe[:, 1::2] = angle.cos()[:, : d_model // 2]
    return pe


# %% wrong | features-as-rows | The table comes out as (D, T), with a row for each feature and not for each position.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    p = torch.arange(length, dtype=torch.float32)
    w = 10000.0 ** (-torch.arange(0, d_model, 2).float() / d_model)
    angle = w[:, None] * p
    pe = torch.zeros(d_model, length)
    pe[0::2] = angle.sin()
    pe[1::2] = angle.cos()[: d_model // 2]
    return pe


# %% wrong | last-frequency-is-one-ten-thousandth | Spaces the frequencies so that the last pair has 1/10000, as another library does, instead of 10000^(-2i/D).
import math

import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    n_pairs = (d_model + 1) // 2
    step = math.log(10000.0) / max(n_pairs - 1, 1)
    w = torch.exp(-step * torch.arange(n_pairs).float())
    angle = torch.arange(length).float()[:, None] * w
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = angle.sin()
    pe[:, 1::2] = angle.cos()[:, : d_model // 2]
    return pe


# %% wrong | odd-last-column-empty | Fills only whole pairs, so with an odd D the last column stays 0 although it should be a sine.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    pe = torch.zeros(length, d_model)
    for i in range(d_model // 2):
        angle = torch.arange(length).float() / 10000 ** (2 * i / d_model)
        pe[:, 2 * i] = torch.sin(angle)
        pe[:, 2 * i + 1] = torch.cos(angle)
    return pe


# %% wrong | rows-normalised | Divides every row by its length, but the entries are the plain sines and cosines.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    p = torch.arange(length, dtype=torch.float32)[:, None]
    w = 10000.0 ** (-torch.arange(0, d_model, 2).float() / d_model)
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = (p * w).sin()
    pe[:, 1::2] = (p * w).cos()[:, : d_model // 2]
    return pe / pe.norm(dim=1, keepdim=True).clamp(min=1e-6)


# %% wrong | floor-division-in-exponent | Uses // in the exponent, so 2i // D is 0 and every pair has the frequency 1.
import math

import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    pe = torch.zeros(length, d_model)
    for p in range(length):
        for j in range(d_model):
            two_i = j - j % 2
            angle = p / 10000 ** (two_i // d_model)
            pe[p, j] = math.cos(angle) if j % 2 else math.sin(angle)
    return pe


# %% wrong | linspace-positions | Takes positions from linspace(0, length, length), which stretches them so that the last is length and not length - 1.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    p = torch.linspace(0, length, length)[:, None]
    w = 10000.0 ** (-torch.arange(0, d_model, 2).float() / d_model)
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = (p * w).sin()
    pe[:, 1::2] = (p * w).cos()[:, : d_model // 2]
    return pe


# %% wrong | frequencies-rounded | Rounds the frequencies to four decimals, which is off by far more than (p + 1) * 1e-6.
import math

import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    w = [round(10000 ** (-2 * i / d_model), 4) for i in range((d_model + 1) // 2)]
    rows = []
    for p in range(length):
        row = []
        for omega in w:
            row += [math.sin(p * omega), math.cos(p * omega)]
        rows.append(row[:d_model])
    return torch.tensor(rows)


# %% right | slices | The usual way: a table of zeros filled by slices with steps.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    position = torch.arange(length, dtype=torch.float32)[:, None]
    omega = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angles = position * omega
    table = torch.zeros(length, d_model)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()[:, : d_model // 2]
    return table


# %% right | plain-loops | Two loops over positions and features with the math module.
import math

import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    out = []
    for p in range(length):
        row = []
        for j in range(d_model):
            i = j // 2
            angle = p / 10000 ** (2 * i / d_model)
            if j % 2 == 0:
                row.append(math.sin(angle))
            else:
                row.append(math.cos(angle))
        out.append(row)
    return torch.tensor(out, dtype=torch.float32)


# %% right | stack-and-flatten | Stacks sine and cosine behind each other, flattens, and cuts the surplus column of odd widths.
import math

import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    omega = torch.exp(torch.arange(0, d_model, 2, dtype=torch.float64) * (-math.log(10000.0) / d_model))
    angles = torch.outer(torch.arange(length, dtype=torch.float64), omega)
    pairs = torch.stack((torch.sin(angles), torch.cos(angles)), dim=2)
    return pairs.flatten(1)[:, :d_model].float()


# %% right | phase-shift | Every column is a sine; odd columns are a quarter turn ahead.
import math

import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    column = torch.arange(d_model)
    omega = torch.pow(torch.tensor(10000.0, dtype=torch.float64), -(column - column % 2).double() / d_model)
    phase = (column % 2).double() * (math.pi / 2)
    return torch.sin(torch.arange(length).double()[:, None] * omega + phase).to(torch.float32)


# %% right | complex-numbers | Points on the unit circle by torch.polar; imaginary part sine, real part cosine.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    half = -(-d_model // 2)
    angle = torch.tensor([[p * 10000.0 ** (-2 * i / d_model) for i in range(half)] for p in range(length)], dtype=torch.float64)
    z = torch.view_as_real(torch.polar(torch.ones_like(angle), angle))
    return z.flip(-1).reshape(length, 2 * half)[:, :d_model].to(torch.float32).contiguous()


# %% right | column-list-and-helper | A helper makes one column at a time, and the columns are stacked.
import torch


def one_column(j: int, positions: torch.Tensor, width: int) -> torch.Tensor:
    wave = torch.cos if j % 2 else torch.sin
    return wave(positions / 10000.0 ** ((j // 2) * 2 / width))


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    positions = torch.arange(0, length, 1).to(torch.float64)
    return torch.stack([one_column(j, positions, d_model) for j in range(d_model)], dim=-1).float()
