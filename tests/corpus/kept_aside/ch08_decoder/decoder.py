# %% wrong | memory-normed | norms the memory too with the norm first (stub: every layer gets it as it is)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        memory = self.norm(memory)
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
        return self.norm(x)

# %% wrong | copies-of-one | deep copies of one layer (stub: there are L calls, layer l is what call number l gave)
import copy

import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList()
        first = make_layer()
        for _ in range(n_layers):
            self.layers.append(copy.deepcopy(first))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
        return self.norm(x)

# %% wrong | memory-detached | detaches the memory for all layers but the last (stub: gradients reach memory)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            m = memory if layer is self.layers[-1] else memory.detach()
            x = layer(x, m, mask, memory_mask)
        return self.norm(x)

# %% wrong | eps-of-another-library | eps is 1e-12 in the last norm (stub: eps = 1e-5)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model, eps=1e-12) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
        return self.norm(x)

# %% right | subclass-of-module-list | a ModuleList with a method, F.layer_norm
import torch
import torch.nn.functional as F
from torch import nn


class Stack(nn.ModuleList):
    def run(self, x, *others):
        for module in self:
            x = module(x, *others)
        return x


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        nn.Module.__init__(self)
        self.layers = Stack([make_layer() for _ in range(n_layers)])
        self.add_module("norm", nn.LayerNorm(d_model) if norm_first else None)

    def forward(self, x, memory, mask=None, memory_mask=None):
        y = self.layers.run(x, memory, mask, memory_mask)
        if self.norm is None:
            return y
        return F.layer_norm(y, y.shape[-1:], self.norm.weight, self.norm.bias, self.norm.eps)

# %% right | sequential-children | layers in a Sequential that is never called itself, results in a list
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.Sequential(*[make_layer() for _ in range(n_layers)])
        self.final = norm_first
        if norm_first:
            self.norm = nn.LayerNorm((d_model,))

    def forward(self, x, memory, mask=None, memory_mask=None):
        hidden = [x]
        for layer in self.layers.children():
            hidden.append(layer(hidden[-1], memory, mask, memory_mask))
        last = hidden.pop()
        if self.final:
            last = self.norm(last)
        return last
