# %% wrong | transposed | in and out channels are exchanged
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return weight1.T.unsqueeze(-1), weight2.T.unsqueeze(-1)

# %% wrong | kernel-axis-first | the axis of the kernel stands first
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return weight1.unsqueeze(0), weight2.unsqueeze(0)

# %% wrong | kernel-axis-middle | the axis of size 1 stands in the middle
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return weight1.unsqueeze(1), weight2.unsqueeze(1)

# %% wrong | order-swapped | the second convolution is returned first
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return weight2.unsqueeze(-1), weight1.unsqueeze(-1)

# %% wrong | four-axes | weights of conv2d, with two kernel axes
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return weight1[:, :, None, None], weight2[:, :, None, None]

# %% wrong | detached | nn.Parameter around the data: gradients do not reach the arguments
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    first = nn.Parameter(weight1.data.unsqueeze(-1))
    second = nn.Parameter(weight2.data.unsqueeze(-1))
    return first, second

# %% wrong | modules | returns nn.Conv1d modules and not their weights
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    f, d = weight1.shape
    first, second = nn.Conv1d(d, f, 1, bias=False), nn.Conv1d(f, d, 1, bias=False)
    first.weight.data = weight1.unsqueeze(-1)
    second.weight.data = weight2.unsqueeze(-1)
    return first, second

# %% wrong | conv1d-copy | copies into the weights of nn.Conv1d: float32 for each dtype, and no gradient to the arguments
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    f, d = weight1.shape
    first, second = nn.Conv1d(d, f, 1), nn.Conv1d(f, d, 1)
    with torch.no_grad():
        first.weight.copy_(weight1.unsqueeze(-1))
        second.weight.copy_(weight2.unsqueeze(-1))
    return first.weight, second.weight

# %% wrong | view-of-noncontiguous | view with flattening, which non-contiguous weights do not allow
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    f, d = weight1.shape
    return weight1.view(-1).view(f, d, 1), weight2.view(-1).view(d, f, 1)

# %% wrong | second-by-shape-of-first | weight2 is reshaped to (F, D, 1), the shape of the first
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    f, d = weight1.shape
    return weight1.reshape(f, d, 1), weight2.reshape(f, d, 1)

# %% wrong | reshape-as-transpose | reshape to (D, F, 1) for the first, right for nothing but D = 1 or F = 1
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    f, d = weight1.shape
    return weight1.reshape(d, f, 1), weight2.reshape(f, d, 1)

# %% wrong | float32 | both become float32
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return weight1.float().unsqueeze(-1), weight2.float().unsqueeze(-1)

# %% wrong | kernel-three | a kernel of three places with zeros left and right, which changes the number of positions
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    def widen(w):
        out = w.new_zeros(*w.shape, 3)
        out[:, :, 1] = w
        return out

    return widen(weight1), widen(weight2)

# %% wrong | in-place-unsqueeze | unsqueeze_ changes the arguments themselves
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return weight1.unsqueeze_(-1), weight2.unsqueeze_(-1)

# %% right | unsqueeze | unsqueeze at the end
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return weight1.unsqueeze(-1), weight2.unsqueeze(-1)

# %% right | none-index | None in an index
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return weight1[..., None], weight2[..., None]

# %% right | reshape | reshape with the sizes written out
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    f, d = weight1.shape
    first = weight1.reshape(f, d, 1)
    second = weight2.reshape(d, f, 1)
    return first, second

# %% right | generator | a tuple over both by stack
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return tuple(torch.stack([w], dim=2) for w in (weight1, weight2))

# %% right | clone-helper | a helper with type hints that makes copies
import torch
from torch import nn


def _kernel(weight: torch.Tensor) -> torch.Tensor:
    out_channels, in_channels = weight.size()
    return weight.clone().unsqueeze(2).expand(out_channels, in_channels, 1).contiguous()


def feed_forward_as_convolution(weight1, weight2):
    return _kernel(weight1), _kernel(weight2)
