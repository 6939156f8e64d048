# %% wrong | one-layer-repeated | one layer L times in the list (stub: layer l is what call number l gave; L calls)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList([make_layer()] * n_layers)
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
        return self.norm(x)

# %% wrong | memory-of-the-layer-before | the next layer reads what the one before gave (stub: every layer gets the memory as it is)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
            memory = x
        return self.norm(x)

# %% wrong | x-not-handed-on | every layer reads the input (stub: one after another)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            y = layer(x, memory, mask, memory_mask)
        return self.norm(y)

# %% wrong | norm-always | a last norm in both orders (stub: otherwise there is none)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model)

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
        return self.norm(x)

# %% wrong | norm-when-not-first | the last norm where norms come after the sums (stub: with norm_first=True only)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if not norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
        return self.norm(x)

# %% wrong | masks-swapped | hands the two masks in the other order (stub: layer(x, memory, mask, memory_mask))
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = layer(x, memory, memory_mask, mask)
        return self.norm(x)

# %% wrong | plain-list | layers in a plain list, so they are no parameters (stub: layers.0.…)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = [make_layer() for _ in range(n_layers)]
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
        return self.norm(x)

# %% wrong | norm-after-every-layer | norms after every layer (stub: a layer norm follows after the last layer)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = self.norm(layer(x, memory, mask, memory_mask))
        return x

# %% wrong | memory-mask-for-layer-0 | only the first layer gets memory_mask (stub: for the cross-attention of every layer)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
            memory_mask = None
        return self.norm(x)

# %% wrong | unused-norm-parameters | makes the norm in both orders and uses it in one (stub: not even its parameters exist)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm_first = norm_first
        self.norm = nn.LayerNorm(d_model)

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
        return self.norm(x) if self.norm_first else x

# %% right | module-list-identity | ModuleList and Identity
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
        return self.norm(x)

# %% right | arguments-by-name | typed, arguments by name, norm None
from collections.abc import Callable

import torch
from torch import nn


class Decoder(nn.Module):
    """Arguments by name, norm None where there is none."""

    def __init__(self, n_layers: int, make_layer: Callable[[], nn.Module], d_model: int,
                 norm_first: bool = False) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for _ in range(n_layers):
            layers.append(make_layer())
        self.layers = nn.ModuleList(layers)
        self.norm: nn.LayerNorm | None = None
        if norm_first:
            self.norm = nn.LayerNorm(normalized_shape=d_model, eps=1e-5)

    def forward(self, x, memory, mask=None, memory_mask=None):
        y = x
        for index in range(len(self.layers)):
            y = self.layers[index](x=y, memory=memory, mask=mask, memory_mask=memory_mask)
        if self.norm is not None:
            y = self.norm(y)
        return y

# %% right | reduce | functools.reduce
from functools import reduce
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList([make_layer() for _ in range(n_layers)])
        if norm_first:
            self.norm = nn.LayerNorm(d_model)

    def forward(self, x, memory, mask=None, memory_mask=None):
        y = reduce(lambda h, layer: layer(h, memory, mask, memory_mask), self.layers, x)
        return self.norm(y) if hasattr(self, "norm") else y

# %% right | own-norm-float64 | own layer norm in float64
import torch
from torch import nn


class Norm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x):
        wide = x.double()
        centred = wide - wide.mean(-1, keepdim=True)
        root = (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt()
        return (centred / root * self.weight.double() + self.bias.double()).to(x.dtype)


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.norm_first = norm_first
        self.layers = nn.ModuleList()
        while len(self.layers) < n_layers:
            self.layers.append(make_layer())
        if self.norm_first:
            self.norm = Norm(d_model)

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = layer(x, memory, mask=mask, memory_mask=memory_mask)
        if self.norm_first:
            return self.norm(x)
        return x

# %% wrong | from-the-last-to-the-first | runs the layers in the reverse order (stub: layer l is what call number l gave, one after another)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in reversed(self.layers):
            x = layer(x, memory, mask, memory_mask)
        return self.norm(x)

# %% wrong | residual-around-layers | adds each layer's result to x once more (stub: run x through the layers, one after another)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = x + layer(x, memory, mask, memory_mask)
        return self.norm(x)

# %% wrong | norm-before-the-first | norms x before the first layer and not behind the last (stub: a layer norm follows after the last layer)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        x = self.norm(x)
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
        return x

# %% wrong | causal-without-a-mask | makes a causal mask where none is given (stub: mask as it is, or None for all)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        if mask is None:
            length = x.shape[1]
            mask = torch.ones(length, length, dtype=torch.bool, device=x.device).tril()
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
        return self.norm(x)

# %% wrong | one-call-too-many | calls make_layer once to look whether it gives a module (stub: there are L calls)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        if not isinstance(make_layer(), nn.Module):
            raise TypeError("make_layer must give a module")
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
        return self.norm(x)

# %% wrong | graph-cut-between-layers | detaches x between the layers (stub: gradients reach x, memory and the parameters)
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self, n_layers, make_layer, d_model, norm_first=False):
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x, memory, mask=None, memory_mask=None):
        for number, layer in enumerate(self.layers):
            x = layer(x.detach() if number else x, memory, mask, memory_mask)
        return self.norm(x)
