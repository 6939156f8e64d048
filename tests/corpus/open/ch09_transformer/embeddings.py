# %% wrong | no-factor | On the way in the row is not multiplied by sqrt(D).
import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)

    def forward(self, tokens):
        return self.embedding(tokens)

    def project(self, x):
        return F.linear(x, self.embedding.weight)

# %% wrong | default-init | The table is left as nn.Embedding draws it, with variance 1 and not 1/D.
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.scale = math.sqrt(d_model)

    def forward(self, tokens):
        return self.embedding(tokens) * self.scale

    def project(self, x):
        return F.linear(x, self.embedding.weight)

# %% wrong | factor-both-ways | The logits are multiplied by sqrt(D) as well, though they have no such factor.
import math

import torch
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.d_model = d_model
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, mean=0.0, std=1 / math.sqrt(d_model))

    def _table(self):
        return self.embedding.weight * math.sqrt(self.d_model)

    def forward(self, tokens):
        return self._table()[tokens]

    def project(self, x):
        return x @ self._table().t()

# %% wrong | own-head | The way out has an own nn.Linear: a second parameter and not the same table.
import math

import torch
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.head = nn.Linear(d_model, vocab_size, bias=False)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)
        nn.init.normal_(self.head.weight, std=d_model**-0.5)
        self.d_model = d_model

    def forward(self, tokens):
        return self.embedding(tokens) * math.sqrt(self.d_model)

    def project(self, x):
        return self.head(x)

# %% wrong | tied-linear | A tied nn.Linear adds the name head.weight to the state dict, where only embedding.weight may stand.
import math

import torch
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)
        self.head = nn.Linear(d_model, vocab_size, bias=False)
        self.head.weight = self.embedding.weight
        self.scale = math.sqrt(d_model)

    def forward(self, tokens):
        return self.embedding(tokens) * self.scale

    def project(self, x):
        return self.head(x)

# %% wrong | table-cut-off | project uses weight.data, so gradients of the logits do not reach the table.
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.embedding.weight.data.normal_(0, d_model**-0.5)
        self.factor = d_model**0.5

    def forward(self, tokens):
        return self.embedding(tokens) * self.factor

    def project(self, x):
        return F.linear(x, self.embedding.weight.data)

# %% wrong | padding-row | padding_idx=0 keeps gradients from row 0, and token 0 is a token like any other.
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model, padding_idx=0)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)
        self.d_model = d_model

    def forward(self, tokens):
        return self.embedding(tokens) * math.sqrt(self.d_model)

    def project(self, x):
        return F.linear(x, self.embedding.weight)

# %% wrong | std-one-over-d | The standard deviation is 1/D, so the variance is 1/D**2 and not 1/D.
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=1 / d_model)
        self.scale = math.sqrt(d_model)

    def forward(self, tokens):
        return self.scale * self.embedding(tokens)

    def project(self, x):
        return F.linear(x, self.embedding.weight)

# %% wrong | half-becomes-float | The factor is a float32 tensor of one dimension, so float16 comes out as float32 and not in the parameter's dtype.
import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)
        self.scale = torch.full((d_model,), float(d_model)).sqrt()

    def forward(self, tokens):
        return self.embedding(tokens) * self.scale

    def project(self, x):
        return F.linear(x, self.embedding.weight)

# %% wrong | flat-view | project flattens with view, which fails for an x that is not contiguous.
import math

import torch
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.vocab_size, self.d_model = vocab_size, d_model
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)

    def forward(self, tokens):
        return self.embedding(tokens) * math.sqrt(self.d_model)

    def project(self, x):
        flat = x.view(-1, self.d_model)
        logits = flat @ self.embedding.weight.T
        return logits.view(*x.shape[:-1], self.vocab_size)

# %% right | usual | nn.Embedding and F.linear
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)
        self.scale = math.sqrt(d_model)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.embedding(tokens) * self.scale

    def project(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.embedding.weight)

# %% right | uniform-einsum | uniform start with variance 1/D, einsum on the way out
import torch
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        bound = (3 / d_model) ** 0.5
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.uniform_(self.embedding.weight, -bound, bound)

    def forward(self, tokens):
        rows = self.embedding(tokens)
        return rows * rows.shape[-1] ** 0.5

    def project(self, x):
        return torch.einsum("...d,vd->...v", x, self.embedding.weight)

# %% right | own-holder | a bare module holds the parameter, indexing picks rows
import math

import torch
from torch import nn


class Table(nn.Module):
    def __init__(self, rows, width):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(rows, width) / math.sqrt(width))


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.embedding = Table(vocab_size, d_model)
        self.root = math.sqrt(d_model)

    def forward(self, tokens):
        return self.root * self.embedding.weight[tokens]

    def project(self, x):
        return x @ self.embedding.weight.T

# %% right | from-pretrained | from_pretrained with a table drawn before, flatten and unflatten
import math

import torch
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super(Embeddings, self).__init__()
        start = torch.empty(vocab_size, d_model).normal_(0.0, math.sqrt(1.0 / d_model))
        self.embedding = nn.Embedding.from_pretrained(start, freeze=False)
        self.vocab_size = vocab_size
        self.d_model = d_model

    def forward(self, tokens):
        flat_tokens = tokens.reshape(-1)
        vectors = self.embedding.weight.index_select(0, flat_tokens)
        vectors = vectors.reshape(*tokens.shape, self.d_model)
        return vectors.mul(math.sqrt(self.d_model))

    def project(self, x):
        flat = x.reshape(-1, self.d_model)
        logits = torch.mm(flat, self.embedding.weight.transpose(0, 1))
        return logits.reshape(x.shape[:-1] + (self.vocab_size,))

# %% wrong | x-whole-number-root | the factor is math.isqrt(D), which is √D only where D is a square number
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)
        self.factor = math.isqrt(d_model)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.factor * self.embedding(tokens)

    def project(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.embedding.weight)


# %% wrong | x-padding-row | padding_idx=0 keeps the gradient of a looked-up token 0 from the table, though 0 is a token like any other
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.d_model = d_model
        self.embedding = nn.Embedding(vocab_size, d_model, padding_idx=0)
        nn.init.normal_(self.embedding.weight, mean=0.0, std=1 / math.sqrt(d_model))

    def forward(self, tokens):
        return self.embedding(tokens) * math.sqrt(self.d_model)

    def project(self, x):
        return F.linear(x, self.embedding.weight)


# %% wrong | x-xavier-table | Xavier's variance is 2/(V + D), not 1/D
import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        # the usual loop over all parameters with more than one dimension
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)
        self.scale = d_model**0.5

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.embedding(tokens) * self.scale

    def project(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.embedding.weight)


# %% wrong | x-tied-linear | a tied nn.Linear shares the table, but brings a second name (out.weight) into the state
import math

import torch
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)
        self.out = nn.Linear(d_model, vocab_size, bias=False)
        self.out.weight = self.embedding.weight  # tie

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.embedding(tokens) * math.sqrt(self.d_model)

    def project(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(x)


# %% wrong | x-std-for-variance | 1/D is given as the standard deviation, so the variance is 1/D²
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.embedding = nn.Embedding(vocab_size, d_model)
        with torch.no_grad():
            self.embedding.weight.copy_(torch.randn(vocab_size, d_model) / d_model)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.embedding(tokens) * math.sqrt(self.d_model)

    def project(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.embedding.weight)


# %% wrong | x-root-of-vocabulary | the factor on the way in is √V, the number of rows, and not √D
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.embedding(tokens) * math.sqrt(len(self.embedding.weight))

    def project(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.embedding.weight)


# %% wrong | x-table-not-turned | project multiplies by the table (V, D) itself and not by its transpose
import math

import torch
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.d = d_model
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, 0, d_model**-0.5)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.embedding(tokens) * math.sqrt(self.d)

    def project(self, x: torch.Tensor) -> torch.Tensor:
        return x @ self.embedding.weight


# %% wrong | x-log-probabilities-out | project ends in a log-softmax, but the logits are asked for
import math

import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.embedding(tokens) * math.sqrt(self.d_model)

    def project(self, x: torch.Tensor) -> torch.Tensor:
        logits = F.linear(x, self.embedding.weight)
        return F.log_softmax(logits, dim=-1)
