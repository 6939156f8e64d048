# %% wrong | table-is-a-parameter | The table is an nn.Parameter, but the layer has no parameters and the table is a buffer.
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
        self.encoding = nn.Parameter(sinusoidal_encoding(max_len, d_model))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.encoding.size(0):
            raise ValueError("the sequence is longer than max_len")
        return self.drop(x + self.encoding[: x.size(1)])


# %% wrong | frozen-parameter | A parameter with requires_grad=False is still a parameter and not a buffer.
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
        self.encoding = nn.Parameter(sinusoidal_encoding(max_len, d_model), requires_grad=False)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.encoding.size(0):
            raise ValueError("the sequence is longer than max_len")
        return self.drop(x + self.encoding[: x.size(1)])


# %% wrong | plain-attribute | The table is a plain attribute, so it is no buffer and does not follow .to().
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
        self.encoding = sinusoidal_encoding(max_len, d_model)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.encoding.size(0):
            raise ValueError("the sequence is longer than max_len")
        return self.drop(x + self.encoding[: x.size(1)])


# %% wrong | rows-by-batch-number | Sequence-first habit: x.size(0) rows are added along the batch, but position 0 belongs to the first token of every sequence.
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
        self.dropout = nn.Dropout(p=dropout)
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.encoding.size(0):
            raise ValueError("sequence too long")
        x = x + self.encoding[: x.size(0)].unsqueeze(1)
        return self.dropout(x)


# %% wrong | whole-table-added | Adds all max_len rows, which fails or broadcasts unless T is max_len.
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
        return self.drop(x + self.encoding)


# %% wrong | adds-in-place | Uses += on x and so changes the tensor of the caller.
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
        x += self.encoding[: x.size(1)]
        return self.drop(x)


# %% wrong | dropout-never-off | F.dropout without its training flag drops after eval() too.
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
        summed = x + self.encoding.narrow(0, 0, steps)
        return F.dropout(summed, p=self.p)


# %% wrong | dropout-on-the-table-only | Drops entries of the encoding and not of the sum.
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
        return x + self.drop(self.encoding[: x.size(1)])


# %% wrong | dropout-before-the-sum | Drops entries of x and then adds the encoding, but each entry of the sum is dropped.
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
        return self.drop(x) + self.encoding[: x.size(1)]


# %% wrong | no-length-check | A sequence that is too long ends in a RuntimeError of the addition and not in a ValueError.
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
        return self.drop(x + self.encoding[: x.size(1)])


# %% wrong | full-length-refused | Refuses T = max_len, which the layer takes by the stub.
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
        if x.size(1) >= self.encoding.size(0):
            raise ValueError("the sequence is longer than max_len")
        return self.drop(x + self.encoding[: x.size(1)])


# %% wrong | assert-for-error | Uses assert, so the error is an AssertionError and not a ValueError.
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
        assert steps <= self.max_len, "too long"
        summed = x + self.encoding.narrow(0, 0, steps)
        return F.dropout(summed, p=self.p, training=self.training)


# %% wrong | scaled-by-root-d | Multiplies x by the root of d_model first, as the whole model does; this layer takes x as it is.
import math

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
        summed = x * math.sqrt(x.size(-1)) + self.encoding.narrow(0, 0, steps)
        return F.dropout(summed, p=self.p, training=self.training)


# %% wrong | buffer-of-another-name | The buffer is called pe where the stub says encoding.
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
        self.register_buffer("pe", sinusoidal_encoding(max_len, d_model))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.pe.size(0):
            raise ValueError("the sequence is longer than max_len")
        return self.drop(x + self.pe[: x.size(1)])


# %% wrong | buffer-with-batch-axis | The buffer has the shape (1, max_len, d_model), but (max_len, d_model) is asked.
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
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model).unsqueeze(0))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.encoding.size(1):
            raise ValueError("the sequence is longer than max_len")
        return self.drop(x + self.encoding[:, : x.size(1)])


# %% wrong | odd-width-crashes | The cosines are not cut for odd widths, so a d_model of 3 fails although D may be any number from 1.
import math

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
        pe = torch.zeros(max_len, d_model)
        position = torch.arange(0, max_len).unsqueeze(1)
        div = torch.exp(torch.arange(0, d_model, 2) * -(math.log(10000.0) / d_model))
        pe[:, 0::2] = torch.sin(position * div)
        pe[:, 1::2] = torch.cos(position * div)
        self.register_buffer("encoding", pe)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.shape[1] > len(self.encoding):
            raise ValueError("too long")
        return self.dropout(x + self.encoding[: x.shape[1]])


# %% wrong | fresh-float32-table-each-call | Makes the table anew in float32 in each call, so a float16 or bfloat16 x comes out as float32 and not in the dtype of x.
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
        return self.drop(x + sinusoidal_encoding(x.size(1), x.size(2)))


# %% wrong | x-detached | Adds to x.detach(), so no gradient reaches x.
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
        return self.drop(x.detach() + self.encoding[: x.size(1)])


# %% wrong | one-draw-for-the-whole-batch | Draws one (T, D) mask and uses it for every sequence, but each entry is dropped or kept by itself.
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
        summed = x + self.encoding.narrow(0, 0, steps)
        return summed * F.dropout(torch.ones_like(summed[:1]), p=self.p, training=self.training)


# %% wrong | survivors-not-rescaled | Zeroes entries by hand and forgets to divide the others by 1 - dropout.
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
        self.p = dropout
        self.max_len = max_len
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        steps = x.size(1)
        if steps > self.max_len:
            raise ValueError(f"{steps} tokens, but only {self.max_len} positions")
        summed = x + self.encoding.narrow(0, 0, steps)
        if not self.training:
            return summed
        return summed * (torch.rand_like(summed) >= self.p)


# %% right | buffer-and-dropout-module | The usual layer: a buffer and a stored nn.Dropout.
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
        return self.drop(x + self.encoding[: x.size(1)])


# %% right | functional-dropout | F.dropout with the training flag; the buffer is not saved.
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
        summed = x + self.encoding.narrow(0, 0, steps)
        return F.dropout(summed, p=self.p, training=self.training)


# %% right | mask-by-hand | Draws its own Bernoulli mask in training and divides by the rest.
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
    def __init__(self, d_model, dropout=0.0, max_len=5000):
        super().__init__()
        self.dropout = dropout
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model))

    def forward(self, x):
        B, T, D = x.shape
        if T > self.encoding.shape[0]:
            raise ValueError("T > max_len")
        out = x + self.encoding[:T].expand(B, T, D)
        if self.training and self.dropout > 0:
            keep = torch.rand(out.shape, device=out.device) >= self.dropout
            out = torch.where(keep, out / (1 - self.dropout), torch.zeros_like(out))
        return out


# %% right | table-in-the-constructor | Builds the table inside the constructor in double precision and adds an explicit batch axis in forward.
import torch
from torch import nn


class PositionalEncoding(nn.Module):
    encoding: torch.Tensor

    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        column = torch.arange(d_model)
        angle = torch.arange(max_len).double()[:, None] / 10000.0 ** ((column - column % 2).double() / d_model)
        table = torch.where(column % 2 == 0, torch.sin(angle), torch.cos(angle))
        self.register_buffer("encoding", table.to(torch.float32))
        self.dropout = nn.Dropout(p=dropout, inplace=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        length = x.shape[1]
        if length > self.encoding.shape[0]:
            raise ValueError(f"at most {self.encoding.shape[0]} positions, got {length}")
        return self.dropout(torch.add(x, self.encoding[None, :length, :]))


# %% right | embedding-lookup | Looks the rows up with F.embedding and a range of positions.
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
    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000):
        super().__init__()
        self.register_buffer("encoding", sinusoidal_encoding(max_len, d_model))
        self.after = nn.Sequential(nn.Dropout(dropout))

    def forward(self, x):
        if x.size(1) > self.encoding.size(0):
            raise ValueError("too many tokens")
        places = torch.arange(x.size(1), device=x.device)
        return self.after(x + F.embedding(places, self.encoding))


# %% right | loop-with-math | Fills the buffer by loops over positions and features, and adds position by position.
import math

import torch
from torch import nn


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout=0.0, max_len=5000):
        super().__init__()
        rows = []
        for p in range(max_len):
            row = []
            for j in range(d_model):
                angle = p / 10000 ** ((j - j % 2) / d_model)
                row.append(math.cos(angle) if j % 2 else math.sin(angle))
            rows.append(row)
        self.register_buffer("encoding", torch.tensor(rows))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        n = x.shape[1]
        if n > len(self.encoding):
            raise ValueError("sequence longer than max_len")
        steps = [x[:, p] + self.encoding[p] for p in range(n)]
        return self.dropout(torch.stack(steps, dim=1))
