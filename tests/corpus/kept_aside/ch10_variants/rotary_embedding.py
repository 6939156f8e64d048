# %% wrong | float32-for-double | float64 inputs get float32 cosines
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.shape[-1]
    if d % 2 or layout not in ("half", "interleaved"):
        raise ValueError("bad d or layout")
    wide = torch.float32
    i = torch.arange(d // 2, device=x.device, dtype=torch.float64)
    angle = positions.double().unsqueeze(-1) * theta ** (-2 * i / d)
    cos, sin = angle.cos().to(wide), angle.sin().to(wide)
    if layout == "half":
        a, b = x[..., : d // 2], x[..., d // 2 :]
    else:
        a, b = x[..., 0::2], x[..., 1::2]
    first = a * cos - b * sin
    second = b * cos + a * sin
    if layout == "half":
        out = torch.cat((first, second), dim=-1)
    else:
        out = torch.stack((first, second), dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% wrong | in-place | Writes into x
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.shape[-1]
    if d % 2 or layout not in ("half", "interleaved"):
        raise ValueError("bad d or layout")
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    i = torch.arange(d // 2, device=x.device, dtype=torch.float64)
    angle = positions.double().unsqueeze(-1) * theta ** (-2 * i / d)
    cos, sin = angle.cos().to(wide), angle.sin().to(wide)
    if layout == "half":
        a, b = x[..., : d // 2], x[..., d // 2 :]
    else:
        a, b = x[..., 0::2], x[..., 1::2]
    first = a * cos - b * sin
    second = b * cos + a * sin
    x.data[..., : d // 2] = first.detach().to(x.dtype)
    if layout == "half":
        out = torch.cat((first, second), dim=-1)
    else:
        out = torch.stack((first, second), dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% wrong | overwritten-member | The second member uses the already turned first one
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.shape[-1]
    if d % 2 or layout not in ("half", "interleaved"):
        raise ValueError("bad d or layout")
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    i = torch.arange(d // 2, device=x.device, dtype=torch.float64)
    angle = positions.double().unsqueeze(-1) * theta ** (-2 * i / d)
    cos, sin = angle.cos().to(wide), angle.sin().to(wide)
    if layout == "half":
        a, b = x[..., : d // 2], x[..., d // 2 :]
    else:
        a, b = x[..., 0::2], x[..., 1::2]
    first = a * cos - b * sin
    second = b * cos + first * sin
    if layout == "half":
        out = torch.cat((first, second), dim=-1)
    else:
        out = torch.stack((first, second), dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% wrong | from-first | Positions are counted from the smallest one given
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.shape[-1]
    if d % 2 or layout not in ("half", "interleaved"):
        raise ValueError("bad d or layout")
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    i = torch.arange(d // 2, device=x.device, dtype=torch.float64)
    angle = (positions - positions.min()).double().unsqueeze(-1) * theta ** (-2 * i / d)
    cos, sin = angle.cos().to(wide), angle.sin().to(wide)
    if layout == "half":
        a, b = x[..., : d // 2], x[..., d // 2 :]
    else:
        a, b = x[..., 0::2], x[..., 1::2]
    first = a * cos - b * sin
    second = b * cos + a * sin
    if layout == "half":
        out = torch.cat((first, second), dim=-1)
    else:
        out = torch.stack((first, second), dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% right | matrix | Rotation matrices by einsum
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.shape[-1]
    if d % 2 or layout not in ("half", "interleaved"):
        raise ValueError("bad d or layout")
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    i = torch.arange(d // 2, device=x.device, dtype=torch.float64)
    angle = positions.double().unsqueeze(-1) * theta ** (-2 * i / d)
    cos, sin = angle.cos().to(wide), angle.sin().to(wide)
    if layout == "half":
        a, b = x[..., : d // 2], x[..., d // 2 :]
    else:
        a, b = x[..., 0::2], x[..., 1::2]
    turn = torch.stack((torch.stack((cos, -sin), -1), torch.stack((sin, cos), -1)), -2)
    pair = torch.stack((a, b), -1).to(wide)
    first, second = torch.einsum("...ij,...j->...i", turn, pair).unbind(-1)
    if layout == "half":
        out = torch.cat((first, second), dim=-1)
    else:
        out = torch.stack((first, second), dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% right | polar | torch.polar
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.shape[-1]
    if d % 2 or layout not in ("half", "interleaved"):
        raise ValueError("bad d or layout")
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    i = torch.arange(d // 2, device=x.device, dtype=torch.float64)
    angle = positions.double().unsqueeze(-1) * theta ** (-2 * i / d)
    cos, sin = angle.cos().to(wide), angle.sin().to(wide)
    if layout == "half":
        a, b = x[..., : d // 2], x[..., d // 2 :]
    else:
        a, b = x[..., 0::2], x[..., 1::2]
    turn = torch.polar(torch.ones_like(angle), angle)
    z = turn * torch.complex(a.double(), b.double())
    first, second = torch.view_as_real(z).unbind(-1)
    if layout == "half":
        out = torch.cat((first, second), dim=-1)
    else:
        out = torch.stack((first, second), dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% wrong | x-angles-kept-for-the-width | the frequencies are kept between calls by the width alone, so another theta gets those of the first
import torch

_frequencies = {}


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.size(-1)
    if d % 2:
        raise ValueError("d must be even")
    if layout not in ("half", "interleaved"):
        raise ValueError(f"unknown layout {layout}")
    if d not in _frequencies:
        _frequencies[d] = theta ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    frequency = _frequencies[d].to(x.device)
    angles = positions[..., None].double() * frequency
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    if layout == "half":
        a, b = x[..., : d // 2], x[..., d // 2 :]
        return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, b * cos + a * sin), dim=-1).flatten(-2)


# %% wrong | x-table-of-8192 | cosines and sines are looked up in a table for 8,192 positions, but positions go up to 10,000
from typing import Literal

import torch

MAX_POSITIONS = 8192


def rotary_embedding(
    x: torch.Tensor,
    positions: torch.Tensor,
    theta: float = 10_000.0,
    layout: Literal["half", "interleaved"] = "half",
) -> torch.Tensor:
    d = x.shape[-1]
    if d % 2 != 0 or layout not in {"half", "interleaved"}:
        raise ValueError("d is odd, or the layout is unknown")
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    i = torch.arange(d // 2, device=x.device, dtype=torch.float64)
    table = torch.outer(
        torch.arange(MAX_POSITIONS, device=x.device, dtype=torch.float64), theta ** (-2 * i / d)
    )
    cos = table.cos().to(wide)[positions]
    sin = table.sin().to(wide)[positions]
    y = x.to(wide)
    if layout == "half":
        first, second = y.chunk(2, dim=-1)
        parts = (first * cos - second * sin, second * cos + first * sin)
        return torch.cat(parts, dim=-1).to(x.dtype)
    first, second = y.unflatten(-1, (d // 2, 2)).unbind(-1)
    parts = (first * cos - second * sin, second * cos + first * sin)
    return torch.stack(parts, dim=-1).flatten(-2).to(x.dtype)
