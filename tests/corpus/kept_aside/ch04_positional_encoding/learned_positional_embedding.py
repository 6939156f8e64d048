# %% wrong | rows-back-to-front | Gives the last token row 0, as if positions were counted from the right.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.embedding.num_embeddings:
            raise ValueError(f"at most {self.embedding.num_embeddings} positions")
        return x + self.embedding.weight[: x.size(1)].flip(0)


# %% wrong | last-rows | Takes the last T rows of the table, so position 0 gets row max_len - T.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.embedding.num_embeddings:
            raise ValueError(f"at most {self.embedding.num_embeddings} positions")
        return x + self.embedding.weight[-x.size(1) :]


# %% wrong | checks-the-width | Compares the width D with max_len and not T.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(2) > self.embedding.num_embeddings:
            raise ValueError(f"at most {self.embedding.num_embeddings} positions")
        return x + self.embedding.weight[: x.size(1)]


# %% wrong | assertion | Raises an AssertionError and not a ValueError.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        assert x.size(1) <= self.embedding.num_embeddings
        return x + self.embedding.weight[: x.size(1)]


# %% wrong | waves-added-too | Adds the sinusoids on top of the learned vectors, which nobody asked for.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.embedding.num_embeddings:
            raise ValueError(f"at most {self.embedding.num_embeddings} positions")
        p = torch.arange(x.size(1), dtype=x.dtype)[:, None]
        return x + p.sin() + self.embedding.weight[: x.size(1)]


# %% wrong | input-detached | Detaches x, so gradients reach the parameter only and not x.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        T = x.size(1)
        if T > self.embedding.num_embeddings:
            raise ValueError("too long")
        positions = torch.arange(T, device=x.device)
        return x.detach() + self.embedding(positions)


# %% wrong | saved-positions | Stores a second parameter with the positions, but embedding.weight is the only name.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        T = x.size(1)
        if T > self.embedding.num_embeddings:
            raise ValueError("too long")
        positions = torch.arange(T, device=x.device)
        return x + self.scale * self.embedding(positions)


# %% wrong | unused-rows-decay | Pulls all rows toward zero by a hook on the gradient, so a row that no token used has a gradient that is not 0.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        self.embedding.weight.register_hook(lambda g: g + 0.01 * self.embedding.weight.detach())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        T = x.size(1)
        if T > self.embedding.num_embeddings:
            raise ValueError("too long")
        positions = torch.arange(T, device=x.device)
        return x + self.embedding(positions)


# %% right | functional-embedding | F.embedding on the weight and an arange on its device.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        nn.init.zeros_(self.embedding.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weight = self.embedding.weight
        if x.size(1) > weight.size(0):
            raise ValueError("too many tokens")
        rows = nn.functional.embedding(torch.arange(x.size(1), device=weight.device), weight)
        return rows[None] + x


# %% right | one-hot-product | Multiplies a rectangular identity matrix with the table.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.embedding.num_embeddings:
            raise ValueError(f"at most {self.embedding.num_embeddings} positions")
        return x + torch.eye(x.size(1), self.embedding.num_embeddings, dtype=x.dtype, device=x.device) @ self.embedding.weight


# %% right | subclass-of-embedding-inside | A subclass of nn.Embedding answers with its first rows.
import torch
from torch import nn


class FirstRows(nn.Embedding):
    def forward(self, n):
        if n > self.num_embeddings:
            raise ValueError(f"{n} > {self.num_embeddings}")
        return super().forward(torch.arange(n, device=self.weight.device))


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = FirstRows(max_len, d_model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.embedding(x.size(1))
