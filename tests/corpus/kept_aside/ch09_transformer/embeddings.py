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
