# %% wrong | counts-from-one | The first token gets row 1 and the last row is used twice, but the first token has position 0.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len, d_model):
        super().__init__()
        self.max_len = max_len
        self.embedding = nn.Embedding(max_len, d_model)

    def forward(self, x):
        if x.shape[1] > self.max_len:
            raise ValueError("too long")
        out = []
        for p in range(x.shape[1]):
            row = self.embedding.weight[min(p + 1, self.max_len - 1)]
            out.append(x[:, p, :] + row)
        return torch.stack(out, 1)


# %% wrong | frozen-embedding | The embedding is frozen and thus never trained; gradients should reach the parameter.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        self.embedding.weight.requires_grad_(False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        T = x.size(1)
        if T > self.embedding.num_embeddings:
            raise ValueError("too long")
        positions = torch.arange(T, device=x.device)
        return x + self.embedding(positions)


# %% wrong | lookup-without-gradient | Looks the rows up under no_grad, so no gradient reaches the parameter.
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
        with torch.no_grad():
            rows = self.embedding(positions)
        return x + rows


# %% wrong | full-length-refused | Refuses T = max_len, although only a larger T is an error.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len, d_model):
        super().__init__()
        self.max_len = max_len
        self.embedding = nn.Embedding(max_len, d_model)

    def forward(self, x):
        if not x.shape[1] < self.max_len:
            raise ValueError("too long")
        out = []
        for p in range(x.shape[1]):
            row = self.embedding.weight[p]
            out.append(x[:, p, :] + row)
        return torch.stack(out, 1)


# %% wrong | index-error-left | Leaves it to nn.Embedding to fail, which raises IndexError and not ValueError.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        T = x.size(1)
        positions = torch.arange(T, device=x.device)
        return x + self.embedding(positions)


# %% wrong | rows-by-batch-number | Looks up one row per sequence of the batch, but every sequence gets the same vectors by position.
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
        return x + self.embedding.weight[torch.arange(x.size(0)) % self.embedding.num_embeddings][:, None]


# %% wrong | parameter-of-another-name | The parameter is called position.weight; the stub says embedding.weight and no other.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.position = nn.Embedding(max_len, d_model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        T = x.size(1)
        if T > self.position.num_embeddings:
            raise ValueError("too long")
        positions = torch.arange(T, device=x.device)
        return x + self.position(positions)


# %% wrong | bare-parameter | A bare nn.Parameter called embedding has the name embedding and not embedding.weight.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Parameter(torch.randn(max_len, d_model) * 0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.embedding.size(0):
            raise ValueError("too long")
        return x + self.embedding[: x.size(1)]


# %% wrong | adds-in-place | Changes the caller's x by an addition in place.
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
        with torch.no_grad():
            x.add_(self.embedding.weight[: x.size(1)])
        return x + 0 * self.embedding.weight[: x.size(1)]


# %% wrong | with-dropout | Applies a dropout of 0.1 in training, but there is no dropout.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        T = x.size(1)
        if T > self.embedding.num_embeddings:
            raise ValueError("too long")
        positions = torch.arange(T, device=x.device)
        return self.dropout(x + self.embedding(positions))


# %% wrong | scaled-by-root-d | Multiplies x by the root of d_model although there is no scaling.
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
        return x * x.size(-1) ** 0.5 + self.embedding.weight[: x.size(1)]


# %% wrong | embedding-alone | Returns the looked-up rows and forgets to add x.
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
        return self.embedding(positions).expand_as(x)


# %% wrong | table-transposed | Makes an embedding of d_model rows and width max_len; the parameter is to be (max_len, d_model).
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(d_model, max_len)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.embedding.embedding_dim:
            raise ValueError("too long")
        return x + self.embedding.weight.T[: x.size(1)]


# %% wrong | whole-table | Adds all rows of the table, which works for full sequences only (or for a table with one row).
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
        return x + self.embedding.weight


# %% wrong | row-zero-is-padding | padding_idx=0 keeps the gradient of row 0 at zero, though position 0 is used by every sequence.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model, padding_idx=0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        T = x.size(1)
        if T > self.embedding.num_embeddings:
            raise ValueError("too long")
        positions = torch.arange(T, device=x.device)
        return x + self.embedding(positions)


# %% wrong | positions-wrap-round | Takes the positions modulo max_len, so a T that is too large raises nothing.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        T = x.size(1)
        positions = torch.arange(T, device=x.device) % self.embedding.num_embeddings
        return x + self.embedding(positions)


# %% wrong | float32-result | Casts the sum to float32, so float64 or float16 come out in another dtype than x.
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
        return (x + self.embedding.weight[: x.size(1)]).float()


# %% wrong | only-in-training | Adds the vectors in training mode alone, but the result is the same after eval().
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
        return x + self.embedding(positions) if self.training else x


# %% wrong | extra-row | Makes max_len + 1 rows, with one spare, where the parameter has (max_len, d_model).
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len + 1, d_model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        T = x.size(1)
        if T >= self.embedding.num_embeddings:
            raise ValueError("too long")
        positions = torch.arange(T, device=x.device)
        return x + self.embedding(positions)


# %% wrong | largest-norm-clipped | max_norm=1.0 shrinks long rows in place, so what is added is not row p of the weight.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model, max_norm=1.0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        T = x.size(1)
        if T > self.embedding.num_embeddings:
            raise ValueError("too long")
        positions = torch.arange(T, device=x.device)
        return x + self.embedding(positions)


# %% right | lookup | nn.Embedding and a range of positions.
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
        return x + self.embedding(positions)


# %% right | first-rows | Takes the first T rows of the weight.
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
        return x + self.embedding.weight[: x.size(1)]


# %% right | own-submodule | A small module of its own that holds the weight, started at zero.
import torch
from torch import nn


class Table(nn.Module):
    def __init__(self, rows, width):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(rows, width))

    def forward(self, count):
        return self.weight.narrow(0, 0, count)


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len, d_model):
        super().__init__()
        self.max_len = max_len
        self.embedding = Table(max_len, d_model)

    def forward(self, x):
        length = x.shape[1]
        if length > self.max_len:
            raise ValueError("sequence longer than max_len")
        return self.embedding(length).unsqueeze(0) + x


# %% right | positions-for-each-sequence | Expands the positions to (B, T) and looks all of them up.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        B, T, _ = x.shape
        if T > self.embedding.weight.shape[0]:
            raise ValueError("T is larger than max_len")
        positions = torch.arange(T, device=x.device).unsqueeze(0).expand(B, T)
        return torch.add(self.embedding(positions), x)


# %% right | stored-positions | Keeps the range of positions as a buffer that is not saved.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(num_embeddings=max_len, embedding_dim=d_model)
        self.register_buffer("positions", torch.arange(max_len), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > len(self.positions):
            raise ValueError("no vector for the last tokens")
        return x + self.embedding(self.positions[: x.size(1)])


# %% right | loop-over-tokens | Adds one row after the other and stacks the results.
import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len, d_model):
        super().__init__()
        self.max_len = max_len
        self.embedding = nn.Embedding(max_len, d_model)

    def forward(self, x):
        if x.shape[1] > self.max_len:
            raise ValueError("too long")
        out = []
        for p in range(x.shape[1]):
            row = self.embedding.weight[p]
            out.append(x[:, p, :] + row)
        return torch.stack(out, 1)
