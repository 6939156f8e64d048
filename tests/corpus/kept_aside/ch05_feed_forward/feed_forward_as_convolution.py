# %% wrong | only-first | only the first has three axes
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return weight1.unsqueeze(-1), weight2

# %% wrong | double-transpose | the second is transposed, as the other linear map is
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return weight1.unsqueeze(-1), weight2.T.unsqueeze(-1)

# %% wrong | rectified-weight | the max is taken of the weights
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return weight1.clamp(min=0).unsqueeze(-1), weight2.unsqueeze(-1)

# %% wrong | through-numpy | through numpy: no gradients, and not for bfloat16
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    first = torch.from_numpy(weight1.detach().numpy()[:, :, None])
    second = torch.from_numpy(weight2.detach().numpy()[:, :, None])
    return first, second

# %% wrong | stacked | one tensor for both, which exists only for F = D
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return torch.stack([weight1, weight2]).unsqueeze(-1).unbind(0)

# %% wrong | kernel-repeated | a kernel of two places, each with half the weight
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return weight1[..., None].repeat(1, 1, 2) / 2, weight2[..., None].repeat(1, 1, 2) / 2

# %% right | einsum | einsum with a vector of one 1
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    one = torch.ones(1, dtype=weight1.dtype, device=weight1.device)
    return torch.einsum("fd,k->fdk", weight1, one), torch.einsum("df,k->dfk", weight2, one)

# %% right | zeros-filled | an empty tensor filled by assignment
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    first = weight1.new_zeros(weight1.shape + (1,))
    first[:, :, 0] = weight1
    second = weight2.new_zeros(weight2.shape + (1,))
    second[:, :, 0] = weight2
    return first, second

# %% right | two-steps | atleast_3d for tensors of two axes puts the new one at the end
import torch
from torch import nn


def feed_forward_as_convolution(weight1, weight2):
    return torch.atleast_3d(weight1, weight2)
