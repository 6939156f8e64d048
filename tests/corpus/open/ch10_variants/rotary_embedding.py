# %% right | members | Members apart, turned, put back
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
    if layout == "half":
        out = torch.cat((first, second), dim=-1)
    else:
        out = torch.stack((first, second), dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% right | complex | Complex numbers in the wide dtype
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
    z = torch.complex(a.to(wide), b.to(wide)) * torch.complex(cos, sin)
    first, second = z.real, z.imag
    if layout == "half":
        out = torch.cat((first, second), dim=-1)
    else:
        out = torch.stack((first, second), dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% right | one-reshape | Views with an axis of members
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.size(-1)
    if d % 2 == 1:
        raise ValueError("d must be even")
    if layout == "half":
        axis, shape = -2, (2, d // 2)
    elif layout == "interleaved":
        axis, shape = -1, (d // 2, 2)
    else:
        raise ValueError(layout)
    a, b = x.double().unflatten(-1, shape).unbind(axis)
    rates = torch.tensor([theta ** (-2 * i / d) for i in range(d // 2)], dtype=torch.float64, device=x.device)
    phi = positions[..., None] * rates
    turned = (a * phi.cos() - b * phi.sin(), b * phi.cos() + a * phi.sin())
    return torch.stack(turned, dim=axis).flatten(-2).to(x.dtype)

# %% right | rotate-half | cos and sin repeated, partner vector
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
    if layout == "half":
        partner = torch.cat((-b, a), dim=-1)
        cos, sin = torch.cat((cos, cos), -1), torch.cat((sin, sin), -1)
    else:
        partner = torch.stack((-b, a), dim=-1).flatten(-2)
        cos, sin = cos.repeat_interleave(2, -1), sin.repeat_interleave(2, -1)
    out = x * cos + partner * sin
    return out.to(x.dtype)

# %% wrong | other-way | Turned the other way round
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
    first = a * cos + b * sin
    second = b * cos - a * sin
    if layout == "half":
        out = torch.cat((first, second), dim=-1)
    else:
        out = torch.stack((first, second), dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% wrong | layouts-swapped | half and interleaved are swapped
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.shape[-1]
    if d % 2 or layout not in ("half", "interleaved"):
        raise ValueError("bad d or layout")
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    i = torch.arange(d // 2, device=x.device, dtype=torch.float64)
    angle = positions.double().unsqueeze(-1) * theta ** (-2 * i / d)
    cos, sin = angle.cos().to(wide), angle.sin().to(wide)
    if layout != "half":
        a, b = x[..., : d // 2], x[..., d // 2 :]
    else:
        a, b = x[..., 0::2], x[..., 1::2]
    first = a * cos - b * sin
    second = b * cos + a * sin
    if layout != "half":
        out = torch.cat((first, second), dim=-1)
    else:
        out = torch.stack((first, second), dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% wrong | no-two | The exponent is -i/d, the 2 is missing
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.shape[-1]
    if d % 2 or layout not in ("half", "interleaved"):
        raise ValueError("bad d or layout")
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    i = torch.arange(d // 2, device=x.device, dtype=torch.float64)
    angle = positions.double().unsqueeze(-1) * theta ** (-i / d)
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

# %% wrong | growing | The exponent has the wrong sign
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.shape[-1]
    if d % 2 or layout not in ("half", "interleaved"):
        raise ValueError("bad d or layout")
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    i = torch.arange(d // 2, device=x.device, dtype=torch.float64)
    angle = positions.double().unsqueeze(-1) * theta ** (2 * i / d)
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

# %% wrong | positions-ignored | Positions 0 to T-1 whatever was given
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.shape[-1]
    if d % 2 or layout not in ("half", "interleaved"):
        raise ValueError("bad d or layout")
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    i = torch.arange(d // 2, device=x.device, dtype=torch.float64)
    angle = positions.double().unsqueeze(-1) * theta ** (-2 * i / d)
    angle = torch.arange(x.shape[-2], device=x.device).double()[:, None] * theta ** (-2 * i / d)
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

# %% wrong | theta-fixed | theta is ignored
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.shape[-1]
    if d % 2 or layout not in ("half", "interleaved"):
        raise ValueError("bad d or layout")
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    i = torch.arange(d // 2, device=x.device, dtype=torch.float64)
    angle = positions.double().unsqueeze(-1) * 10_000.0 ** (-2 * i / d)
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

# %% wrong | cat-both | Interleaved pairs come back as halves
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
    if layout == "half":
        out = torch.cat((first, second), dim=-1)
    else:
        out = torch.cat((first, second), dim=-1)
    return out.to(x.dtype)

# %% wrong | own-dtype-angles | Angles in the dtype of x: bfloat16 cannot tell 257 from 256
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.shape[-1]
    if d % 2 or layout not in ("half", "interleaved"):
        raise ValueError("bad d or layout")
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    i = torch.arange(d // 2, device=x.device, dtype=torch.float64)
    angle = positions.to(x.dtype).unsqueeze(-1) * theta ** (-2 * i / d)
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

# %% wrong | no-error | No ValueError for an unknown layout
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.shape[-1]
    if d % 2:
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
    if layout == "half":
        out = torch.cat((first, second), dim=-1)
    else:
        out = torch.stack((first, second), dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% wrong | dtype-lost | Half precision comes back as float32
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
    if layout == "half":
        out = torch.cat((first, second), dim=-1)
    else:
        out = torch.stack((first, second), dim=-1).flatten(-2)
    return out

# %% wrong | degrees | Angles are taken for degrees, not radians
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    if layout not in ("half", "interleaved") or x.shape[-1] % 2:
        raise ValueError(layout)
    d = x.shape[-1]
    wide = torch.float64
    i = torch.arange(d // 2, device=x.device, dtype=wide)
    freq = theta ** (-2 * i / d)
    angle = positions.to(wide)[..., None] * freq
    angle = torch.deg2rad(angle)
    cos, sin = angle.cos(), angle.sin()
    z = x.to(wide)
    if layout == "half":
        a, b = z[..., : d // 2], z[..., d // 2 :]
    else:
        a, b = z[..., 0::2], z[..., 1::2]
    first = a * cos - b * sin
    second = b * cos + a * sin
    if layout == "half":
        out = torch.cat([first, second], dim=-1)
    else:
        out = torch.stack([first, second], dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% wrong | first-sequence | Only the positions of the first sequence are used, for all of the batch
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    if layout not in ("half", "interleaved") or x.shape[-1] % 2:
        raise ValueError(layout)
    d = x.shape[-1]
    wide = torch.float64
    i = torch.arange(d // 2, device=x.device, dtype=wide)
    freq = theta ** (-2 * i / d)
    positions = positions.reshape(-1, positions.shape[-1])[0]
    angle = positions.to(wide)[..., None] * freq
    cos, sin = angle.cos(), angle.sin()
    z = x.to(wide)
    if layout == "half":
        a, b = z[..., : d // 2], z[..., d // 2 :]
    else:
        a, b = z[..., 0::2], z[..., 1::2]
    first = a * cos - b * sin
    second = b * cos + a * sin
    if layout == "half":
        out = torch.cat([first, second], dim=-1)
    else:
        out = torch.stack([first, second], dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% wrong | both-minus | The second member subtracts the sine as well
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    if layout not in ("half", "interleaved") or x.shape[-1] % 2:
        raise ValueError(layout)
    d = x.shape[-1]
    wide = torch.float64
    i = torch.arange(d // 2, device=x.device, dtype=wide)
    freq = theta ** (-2 * i / d)
    angle = positions.to(wide)[..., None] * freq
    cos, sin = angle.cos(), angle.sin()
    z = x.to(wide)
    if layout == "half":
        a, b = z[..., : d // 2], z[..., d // 2 :]
    else:
        a, b = z[..., 0::2], z[..., 1::2]
    first = a * cos - b * sin
    second = b * cos - a * sin
    if layout == "half":
        out = torch.cat([first, second], dim=-1)
    else:
        out = torch.stack([first, second], dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% wrong | endpoint | The exponents reach -1 at the last pair: i is divided by d/2 - 1
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    if layout not in ("half", "interleaved") or x.shape[-1] % 2:
        raise ValueError(layout)
    d = x.shape[-1]
    wide = torch.float64
    i = torch.arange(d // 2, device=x.device, dtype=wide)
    freq = theta ** (-i / max(d // 2 - 1, 1))
    angle = positions.to(wide)[..., None] * freq
    cos, sin = angle.cos(), angle.sin()
    z = x.to(wide)
    if layout == "half":
        a, b = z[..., : d // 2], z[..., d // 2 :]
    else:
        a, b = z[..., 0::2], z[..., 1::2]
    first = a * cos - b * sin
    second = b * cos + a * sin
    if layout == "half":
        out = torch.cat([first, second], dim=-1)
    else:
        out = torch.stack([first, second], dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% wrong | cat-angles | The angles are written twice one after the other for interleaved pairs too
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    if layout not in ("half", "interleaved") or x.shape[-1] % 2:
        raise ValueError(layout)
    d = x.shape[-1]
    wide = torch.float64
    i = torch.arange(d // 2, device=x.device, dtype=wide)
    freq = theta ** (-2 * i / d)
    angle = positions.to(wide)[..., None] * freq
    cos, sin = angle.cos(), angle.sin()
    z = x.to(wide)
    if layout == "half":
        a, b = z[..., : d // 2], z[..., d // 2 :]
    else:
        a, b = z[..., 0::2], z[..., 1::2]
    if layout == "interleaved":
        cos, sin = torch.cat([cos, cos], -1), torch.cat([sin, sin], -1)
        other = torch.stack([-b, a], dim=-1).flatten(-2)
        return (z * cos + other * sin).to(x.dtype)
    first = a * cos - b * sin
    second = b * cos + a * sin
    if layout == "half":
        out = torch.cat([first, second], dim=-1)
    else:
        out = torch.stack([first, second], dim=-1).flatten(-2)
    return out.to(x.dtype)

# %% wrong | short-table | The table has 2048 positions, later ones take its last row
import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    if layout not in ("half", "interleaved") or x.shape[-1] % 2:
        raise ValueError(layout)
    d = x.shape[-1]
    wide = torch.float64
    i = torch.arange(d // 2, device=x.device, dtype=wide)
    freq = theta ** (-2 * i / d)
    angle = positions.clamp(max=2047).to(wide)[..., None] * freq
    cos, sin = angle.cos(), angle.sin()
    z = x.to(wide)
    if layout == "half":
        a, b = z[..., : d // 2], z[..., d // 2 :]
    else:
        a, b = z[..., 0::2], z[..., 1::2]
    first = a * cos - b * sin
    second = b * cos + a * sin
    if layout == "half":
        out = torch.cat([first, second], dim=-1)
    else:
        out = torch.stack([first, second], dim=-1).flatten(-2)
    return out.to(x.dtype)
