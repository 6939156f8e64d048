# %% wrong | xavier | Xavier gives variance 2 / (V + D), which is 1/D only where V = D.
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.xavier_uniform_(self.embedding.weight)
        self.d_model = d_model

    def forward(self, tokens):
        return self.embedding(tokens) * math.sqrt(self.d_model)

    def project(self, x):
        return F.linear(x, self.embedding.weight)

# %% wrong | length-limited | max_norm=1 shortens rows in place while they are looked up, so a row is not just times sqrt(D).
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model, max_norm=1.0)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)
        self.scale = math.sqrt(d_model)

    def forward(self, tokens):
        return self.embedding(tokens) * self.scale

    def project(self, x):
        return F.linear(x, self.embedding.weight)

# %% wrong | bias-learned | The logits get a learned bias: another parameter, and they have none.
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.scale = math.sqrt(d_model)

    def forward(self, tokens):
        return self.embedding(tokens) * self.scale

    def project(self, x):
        return F.linear(x, self.embedding.weight, self.bias)

# %% wrong | scaled-table-stored | The table starts and is used at variance 1 on the way in and is divided on the way out: the loaded rows come back without sqrt(D).
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)  # variance 1, so it needs no factor
        self.d_model = d_model

    def forward(self, tokens):
        return self.embedding(tokens)

    def project(self, x):
        return F.linear(x, self.embedding.weight) / math.sqrt(self.d_model)

# %% right | one-hot-product | the row is picked by a product with a one-hot matrix
import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        with torch.no_grad():
            self.embedding.weight.mul_(d_model**-0.5)

    def forward(self, tokens):
        table = self.embedding.weight
        picks = F.one_hot(tokens, num_classes=table.shape[0]).to(table.dtype)
        return torch.matmul(picks, table) * table.shape[1] ** 0.5

    def project(self, x):
        return torch.matmul(x, self.embedding.weight.t())

# %% right | functional | F.embedding, tensordot, and the shape is asked of the weight
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    """One table for both ends."""

    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(num_embeddings=vocab_size, embedding_dim=d_model)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.normal_(self.embedding.weight, mean=0.0, std=self.embedding.embedding_dim**-0.5)

    @property
    def table(self) -> torch.Tensor:
        return self.embedding.weight

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return F.embedding(tokens, self.table).multiply(math.sqrt(self.table.size(1)))

    def project(self, x: torch.Tensor) -> torch.Tensor:
        return torch.tensordot(x, self.table, dims=([-1], [1]))

# %% wrong | x-rows-cut-to-length-one | max_norm=1.0 shortens rows of the table in place when they are looked up
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model
        # rows have length 1 at first, keep them there
        self.embedding = nn.Embedding(vocab_size, d_model, max_norm=1.0)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.embedding(tokens) * math.sqrt(self.d_model)

    def project(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.embedding.weight)


# %% wrong | x-one-hot-in-float | the one-hot rows are float32, so a table of float16, bfloat16 or float64 cannot be multiplied by them
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        one_hot = F.one_hot(tokens, self.vocab_size).float()
        rows = one_hot @ self.embedding.weight
        return rows * math.sqrt(rows.size(-1))

    def project(self, x: torch.Tensor) -> torch.Tensor:
        return x @ self.embedding.weight.T


# %% wrong | x-factor-inside-the-table | the table has variance 1, nothing is scaled on the way in, and the logits are divided by √D
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    """Same numbers at the start: a row has variance 1, a logit has variance 1."""

    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.embedding = nn.Embedding(vocab_size, d_model)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.embedding(tokens)

    def project(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.embedding.weight) / math.sqrt(self.d_model)


# %% wrong | x-head-that-learns-nothing | project uses the detached table, so its gradient never reaches the parameter
import math

import torch
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.root = math.sqrt(d_model)
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=1 / self.root)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.embedding(tokens).mul(self.root)

    def project(self, x: torch.Tensor) -> torch.Tensor:
        table = self.embedding.weight.data
        return torch.einsum("...d,vd->...v", x, table)


# %% right | x-own-table-uniform | an own small module holds the table, drawn uniformly; rows by index_select, logits by einsum
import torch
from torch import nn


class Table(nn.Module):
    def __init__(self, rows, width):
        super().__init__()
        bound = (3.0 / width) ** 0.5  # a uniform draw from -b to b has the variance b*b/3
        self.weight = nn.Parameter((torch.rand(rows, width) * 2 - 1) * bound)


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = Table(vocab_size, d_model)

    def forward(self, tokens):
        table = self.embedding.weight
        picked = table.index_select(0, tokens.reshape(-1))
        picked = picked.reshape(*tokens.shape, table.shape[1])
        return picked * table.shape[1] ** 0.5

    def project(self, x):
        return torch.einsum("...d,vd->...v", x, self.embedding.weight)

# %% wrong | x-rare-words-first | scale_grad_by_freq divides a row's gradient by how often its token is in the batch, which is not the gradient of the result
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model
        # so that frequent tokens do not dominate
        self.embedding = nn.Embedding(vocab_size, d_model, scale_grad_by_freq=True)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.embedding(tokens) * math.sqrt(self.d_model)

    def project(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.embedding.weight)


# %% wrong | x-flat-view-of-tokens | tokens.view(-1) raises an error for tokens that are not contiguous
import math

import torch
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        bound = math.sqrt(3 / d_model)
        nn.init.uniform_(self.embedding.weight, -bound, bound)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        table = self.embedding.weight
        rows = table.index_select(0, tokens.view(-1)) * math.sqrt(table.size(1))
        return rows.view(*tokens.shape, table.size(1))

    def project(self, x: torch.Tensor) -> torch.Tensor:
        return x @ self.embedding.weight.T
