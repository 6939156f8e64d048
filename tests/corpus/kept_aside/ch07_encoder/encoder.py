# %% wrong | reversed | layers are run from the last to the first
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, mask=None):
        for layer in reversed(self.layers):
            x = layer(x, mask)
        return self.norm(x)

# %% wrong | one-layer-less | the last layer is made but not run
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, mask=None):
        for layer in self.layers[: max(1, len(self.layers) - 1)]:
            x = layer(x, mask)
        return self.norm(x)

# %% wrong | extra-call | make_layer is called once more than there are layers
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        assert isinstance(make_layer(), nn.Module)
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, mask=None):
        for layer in self.layers:
            x = layer(x, mask)
        return self.norm(x)

# %% wrong | norm-in-front | the norm stands before the first layer and not after the last
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, mask=None):
        x = self.norm(x)
        for layer in self.layers:
            x = layer(x, mask)
        return x

# %% wrong | other-name | the last norm is named final_norm
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.final_norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, mask=None):
        for layer in self.layers:
            x = layer(x, mask)
        return self.final_norm(x)

# %% wrong | all-read-input | every layer reads the input, and only the last result counts
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, mask=None):
        for layer in self.layers:
            out = layer(x, mask)
        return self.norm(out)

# %% right | own-norm | a LayerNorm of its own, with the same names
import torch
from torch import nn


class Norm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return nn.functional.layer_norm(x, self.weight.shape, self.weight, self.bias, 1e-5)


class Encoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = Norm(d_model) if norm_first else nn.Identity()

    def forward(self, x, mask=None):
        for layer in self.layers:
            x = layer(x, mask)
        return self.norm(x)

# %% right | indexed | add_module and indices
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.Module()
        self.n = n_layers
        for i in range(n_layers):
            self.layers.add_module(str(i), make_layer())
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, mask=None):
        for i in range(self.n):
            x = getattr(self.layers, str(i))(x, mask)
        return self.norm(x)

# %% right | recursive-helper | a helper that calls itself
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, mask=None):
        return self.norm(self._from(0, x, mask))

    def _from(self, i, x, mask):
        if i == len(self.layers):
            return x
        return self._from(i + 1, self.layers[i](x, mask), mask)
