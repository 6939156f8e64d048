# %% wrong | frequencies-grow | The minus of the exponent is lost, so p is multiplied by 10000^(2i/D) where the formula divides.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    p = torch.arange(length, dtype=torch.float64)[:, None]
    w = 10000.0 ** (torch.arange(0, d_model, 2).double() / d_model)
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = (p * w).sin().float()
    pe[:, 1::2] = (p * w).cos()[:, : d_model // 2].float()
    return pe


# %% wrong | odd-last-column-cosine | With an odd D the lone last column is a cosine, but the stub says that it is a sine.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    p = torch.arange(length, dtype=torch.float32)[:, None]
    w = 10000.0 ** (-torch.arange(0, d_model, 2).float() / d_model)
    pe = torch.stack([(p * w).sin(), (p * w).cos()], dim=-1).reshape(length, -1)
    if d_model % 2 == 1:
        pe = torch.cat([pe[:, : d_model - 1], pe[:, -1:]], dim=1)
    return pe


# %% wrong | short-pi-for-wrapping | Wraps the angles with 2 * 3.1416, which adds an error of more than 1e-6 for each position.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    p = torch.arange(length, dtype=torch.float64)[:, None]
    w = 10000.0 ** (-torch.arange(0, d_model, 2).double() / d_model)
    angle = torch.remainder(p * w, 2 * 3.1416)
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = angle.sin().float()
    pe[:, 1::2] = angle.cos()[:, : d_model // 2].float()
    return pe


# %% wrong | width-one-refused | Refuses a width of 1 with an error although D is at least 1.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    if d_model < 2:
        raise ValueError("need at least one pair")
    p = torch.arange(length, dtype=torch.float32)[:, None]
    w = 10000.0 ** (-torch.arange(0, d_model, 2).float() / d_model)
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = (p * w).sin()
    pe[:, 1::2] = (p * w).cos()[:, : d_model // 2]
    return pe


# %% wrong | cache-forgets-the-length | Keeps the first table of each width and returns it again, so a later call with another length gets the wrong number of rows.
import torch


_TABLES = {}


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    if d_model not in _TABLES:
        p = torch.arange(length, dtype=torch.float32)[:, None]
        w = 10000.0 ** (-torch.arange(0, d_model, 2).float() / d_model)
        pe = torch.zeros(length, d_model)
        pe[:, 0::2] = (p * w).sin()
        pe[:, 1::2] = (p * w).cos()[:, : d_model // 2]
        _TABLES[d_model] = pe
    return _TABLES[d_model][:length]


# %% wrong | squeezed | Squeezes the result, so a length or a width of 1 loses its axis and the shape is not (T, D).
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    j = torch.arange(d_model)
    angle = torch.arange(length).double()[:, None] * 10000.0 ** (-(j // 2 * 2).double() / d_model)
    return torch.where(j % 2 == 0, angle.sin(), angle.cos()).float().squeeze()


# %% wrong | cosine-from-the-square-root | Takes the cosine as sqrt(1 - sin^2), which is never negative.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    p = torch.arange(length, dtype=torch.float64)[:, None]
    w = 10000.0 ** (-torch.arange(0, d_model, 2).double() / d_model)
    s = torch.sin(p * w)
    pe = torch.zeros(length, d_model)
    pe[:, 0::2] = s.float()
    pe[:, 1::2] = (1 - s**2).clamp(min=0).sqrt()[:, : d_model // 2].float()
    return pe


# %% wrong | frequencies-repeated-in-blocks | Uses repeat where repeat_interleave was meant, so the members of a pair have different frequencies.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    n = (d_model + 1) // 2
    w = (10000.0 ** (-2 * torch.arange(n).double() / d_model)).repeat(2)[:d_model]
    angle = torch.arange(length).double()[:, None] * w
    odd = torch.arange(d_model) % 2 == 1
    return torch.where(odd, angle.cos(), angle.sin()).float()


# %% right | where-on-columns | All angles for all columns, and torch.where picks sine or cosine.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    j = torch.arange(d_model)
    angle = torch.arange(length).double()[:, None] / 10000.0 ** ((j - j % 2).double() / d_model)
    return torch.where(j % 2 == 0, angle.sin(), angle.cos()).float()


# %% right | einsum-and-transposed-view | Fills a (D, T) table row by row and hands back its transpose.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    t = torch.arange(length, dtype=torch.float64)
    w = torch.tensor([10000.0 ** (-(j & ~1) / d_model) for j in range(d_model)], dtype=torch.float64)
    angles = torch.einsum("j,t->jt", w, t)
    angles[0::2].sin_()
    angles[1::2].cos_()
    return angles.T.to(torch.float32)


# %% right | turning-step-by-step | Turns every pair by its own angle from row to row in double precision.
import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    n = (d_model + 1) // 2
    w = 10000.0 ** (-2 * torch.arange(n, dtype=torch.float64) / d_model)
    c, s = w.cos(), w.sin()
    sine, cosine = torch.zeros_like(w), torch.ones_like(w)
    rows = []
    for _ in range(length):
        rows.append(torch.stack([sine, cosine], dim=1).flatten()[:d_model])
        sine, cosine = sine * c + cosine * s, cosine * c - sine * s
    return torch.stack(rows).float()
