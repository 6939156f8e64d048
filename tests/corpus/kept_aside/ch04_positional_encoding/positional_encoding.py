# %% wrong | too-long-is-cut | Cuts a sequence that is too long down to max_len instead of raising ValueError.
import torch
from torch import nn


def sinusoidal_encoding(length, d_model):
    position = torch.arange(length, dtype=torch.float32)[:, None]
    omega = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angles = position * omega
    table = torch.zeros(length, d_model)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()[:, : d_model // 2]
    return table


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x[:, : self.encoding.size(0)]
        return self.drop(x + self.encoding[: x.size(1)])


# %% wrong | limit-on-the-batch | Compares the batch size with max_len and not T.
import torch
from torch import nn


def sinusoidal_encoding(length, d_model):
    position = torch.arange(length, dtype=torch.float32)[:, None]
    omega = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angles = position * omega
    table = torch.zeros(length, d_model)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()[:, : d_model // 2]
    return table


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(0) > self.encoding.size(0):
            raise ValueError("the sequence is longer than max_len")
        return self.drop(x + self.encoding[: x.size(1)])


# %% wrong | whole-features-dropped | nn.Dropout1d zeroes whole token vectors, but each entry is dropped or kept by itself.
import torch
from torch import nn


def sinusoidal_encoding(length, d_model):
    position = torch.arange(length, dtype=torch.float32)[:, None]
    omega = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angles = position * omega
    table = torch.zeros(length, d_model)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()[:, : d_model // 2]
    return table


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model))
        self.drop = nn.Dropout1d(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.encoding.size(0):
            raise ValueError("the sequence is longer than max_len")
        return self.drop(x + self.encoding[: x.size(1)])


# %% wrong | goes-on-counting | Remembers where the last call stopped and goes on from there, but every sequence starts at position 0.
import torch
from torch import nn


def sinusoidal_encoding(length, d_model):
    position = torch.arange(length, dtype=torch.float32)[:, None]
    omega = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angles = position * omega
    table = torch.zeros(length, d_model)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()[:, : d_model // 2]
    return table


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model))
        self.drop = nn.Dropout(dropout)
        self.start = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        T = x.size(1)
        if T > self.encoding.size(0):
            raise ValueError("too long")
        if self.start + T > self.encoding.size(0):
            self.start = 0
        rows = self.encoding[self.start : self.start + T]
        self.start += T
        return self.drop(x + rows)


# %% wrong | same-mask-in-each-call | Seeds a generator anew in each call, so every call drops the same entries.
import torch
from torch import nn


def sinusoidal_encoding(length, d_model):
    position = torch.arange(length, dtype=torch.float32)[:, None]
    omega = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angles = position * omega
    table = torch.zeros(length, d_model)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()[:, : d_model // 2]
    return table


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model))
        self.p = dropout

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.encoding.size(0):
            raise ValueError("too long")
        y = x + self.encoding[: x.size(1)]
        if not self.training:
            return y
        noise = torch.rand(y.shape, generator=torch.Generator().manual_seed(0))
        return y * (noise >= self.p).to(y.dtype) / (1 - self.p)


# %% wrong | keep-probability | Reads dropout as the share that is kept, as older libraries do.
import torch
from torch import nn


def sinusoidal_encoding(length, d_model):
    position = torch.arange(length, dtype=torch.float32)[:, None]
    omega = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angles = position * omega
    table = torch.zeros(length, d_model)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()[:, : d_model // 2]
    return table


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model))
        self.drop = nn.Dropout(1 - dropout if dropout else 0.0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.encoding.size(0):
            raise ValueError("the sequence is longer than max_len")
        return self.drop(x + self.encoding[: x.size(1)])


# %% wrong | double-table | The buffer is float64, but it is float32 at first, and so is the result for a float32 x.
import torch
from torch import nn


def sinusoidal_encoding(length, d_model):
    position = torch.arange(length, dtype=torch.float32)[:, None]
    omega = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angles = position * omega
    table = torch.zeros(length, d_model)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()[:, : d_model // 2]
    return table


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model).double())
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.encoding.size(0):
            raise ValueError("the sequence is longer than max_len")
        return self.drop(x + self.encoding[: x.size(1)])


# %% wrong | view-of-x | Flattens x with view, which fails on the non-contiguous x that the stub allows.
import torch
from torch import nn


def sinusoidal_encoding(length, d_model):
    position = torch.arange(length, dtype=torch.float32)[:, None]
    omega = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angles = position * omega
    table = torch.zeros(length, d_model)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()[:, : d_model // 2]
    return table


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.encoding.size(0):
            raise ValueError("the sequence is longer than max_len")
        B, T, D = x.shape
        flat = x.view(B, T * D) + self.encoding[:T].view(1, T * D)
        return self.drop(flat.view(B, T, D))


# %% right | dropout-subclass | Inherits its dropout through a small helper module.
import torch
from torch import nn


def sinusoidal_encoding(length, d_model):
    position = torch.arange(length, dtype=torch.float32)[:, None]
    omega = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angles = position * omega
    table = torch.zeros(length, d_model)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()[:, : d_model // 2]
    return table


class SumThenDrop(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, a, b):
        total = a + b
        return nn.functional.dropout(total, self.p, self.training) if self.p else total


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model), persistent=False)
        self.join = SumThenDrop(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        T = x.size(1)
        if not T <= self.encoding.size(0):
            raise ValueError("longer than max_len")
        return self.join(x, self.encoding[:T])


# %% right | clone-then-add | Clones x and adds to the clone in place; the caller's tensor stays as it is.
import torch
import torch.nn.functional as F
from torch import nn


def sinusoidal_encoding(length, d_model):
    position = torch.arange(length, dtype=torch.float32)[:, None]
    omega = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angles = position * omega
    table = torch.zeros(length, d_model)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()[:, : d_model // 2]
    return table


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        self.p = dropout
        self.max_len = max_len
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        steps = x.size(1)
        if steps > self.max_len:
            raise ValueError(f"{steps} tokens, but only {self.max_len} positions")
        summed = x.clone()
        summed += self.encoding[:steps]
        return F.dropout(summed, p=self.p, training=self.training)


# %% right | split-at-the-length | Splits the table at T; IndexError-free check by comparing shapes first.
import torch
from torch import nn


def sinusoidal_encoding(length, d_model):
    position = torch.arange(length, dtype=torch.float32)[:, None]
    omega = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
    angles = position * omega
    table = torch.zeros(length, d_model)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()[:, : d_model // 2]
    return table


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        table = sinusoidal_encoding(max_len, d_model)
        self.register_buffer("encoding", table)
        self.dropout_layer = nn.Dropout(dropout) if dropout > 0 else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        missing = x.shape[-2] - self.encoding.shape[0]
        if missing > 0:
            raise ValueError(f"{missing} positions are missing")
        used, _ = self.encoding.split([x.shape[-2], -missing])
        return self.dropout_layer(used + x)
