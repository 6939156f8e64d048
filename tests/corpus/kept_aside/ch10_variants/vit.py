# %% wrong | kernel-of-ones-and-zeros | The patches come from a convolution with a kernel of zeros and a one: a pixel that is infinite or NaN turns others of its patch into NaN ('Every number arrives exactly as it was').
import torch
from torch import nn


def patchify(images, p):
    B, C, H, W = images.shape
    if H % p != 0 or W % p != 0:
        raise ValueError(f"{H} x {W} pixels cannot be cut into patches of {p} x {p}")
    size = C * p * p
    kernel = torch.eye(size, dtype=images.dtype, device=images.device).view(size, C, p, p)
    return nn.functional.conv2d(images, kernel, stride=p).flatten(2).transpose(1, 2)


class ViT(nn.Module):
    def __init__(self, patch_size, n_channels, d_model, n_classes, positions, encoder):
        super().__init__()
        self.patch_size = patch_size
        self.patch_projection = nn.Linear(n_channels * patch_size**2, d_model)
        self.class_token = nn.Parameter(torch.randn(d_model) * 0.02)
        self.positions = positions
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images):
        x = self.patch_projection(patchify(images, self.patch_size))
        token = self.class_token.expand(x.size(0), 1, -1)
        x = torch.cat([token, x], dim=1)
        x = self.encoder(self.positions(x))
        return self.head(x[:, 0])

# %% wrong | encoder-copied | The encoder is a deep copy of the one handed in ('The parts are used as they are, not copied').
import copy

import torch
from torch import nn


def patchify(images, p):
    B, C, H, W = images.shape
    if H % p != 0 or W % p != 0:
        raise ValueError(f"{H} x {W} pixels cannot be cut into patches of {p} x {p}")
    cut = images.reshape(B, C, H // p, p, W // p, p).permute(0, 2, 4, 1, 3, 5)
    return cut.flatten(3).flatten(1, 2)


class ViT(nn.Module):
    def __init__(self, patch_size, n_channels, d_model, n_classes, positions, encoder):
        super().__init__()
        self.patch_size = patch_size
        self.patch_projection = nn.Linear(n_channels * patch_size**2, d_model)
        self.class_token = nn.Parameter(torch.randn(d_model) * 0.02)
        self.positions = positions
        self.encoder = copy.deepcopy(encoder)
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images):
        x = self.patch_projection(patchify(images, self.patch_size))
        token = self.class_token.expand(x.size(0), 1, -1)
        x = torch.cat([token, x], dim=1)
        x = self.encoder(self.positions(x))
        return self.head(x[:, 0])

# %% wrong | scaled-in-place | The pixels are moved to -1 .. 1 in place before the cut: the argument is changed, and the logits are those of other pixels ('are not changed').
import torch
from torch import nn


def patchify(images, p):
    height, width = images.shape[2], images.shape[3]
    if height % p:
        raise ValueError("the height is not a multiple of p")
    if width % p:
        raise ValueError("the width is not a multiple of p")
    patches = []
    for top in range(0, height, p):
        for left in range(0, width, p):
            square = images[:, :, top : top + p, left : left + p]
            patches.append(square.flatten(1))
    return torch.stack(patches, dim=1)


class ViT(nn.Module):
    def __init__(self, patch_size, n_channels, d_model, n_classes, positions, encoder):
        super().__init__()
        self.p = patch_size
        self.d_model = d_model
        numbers = n_channels * patch_size * patch_size
        self.patch_projection = nn.Linear(numbers, d_model)
        self.class_token = nn.Parameter(torch.zeros(d_model))
        self.head = nn.Linear(d_model, n_classes)
        self.positions = positions
        self.encoder = encoder

    def forward(self, images):
        with torch.no_grad():
            images.mul_(2).sub_(1)
        patches = patchify(images, self.p)
        vectors = self.patch_projection(patches)
        batch = vectors.shape[0]
        first = self.class_token.reshape(1, 1, self.d_model).repeat(batch, 1, 1)
        sequence = torch.cat((first, vectors), 1)
        sequence = self.positions(sequence)
        sequence = self.encoder(sequence)
        return self.head(sequence[:, 0, :])

# %% wrong | grid-of-the-first-images | The number of patches is kept from the first batch and used for every later one; images of another size fail or are cut ('H and W are any that the positions have room for').
import torch
from torch import nn


def patchify(images, p):
    height, width = images.shape[2], images.shape[3]
    if height % p:
        raise ValueError("the height is not a multiple of p")
    if width % p:
        raise ValueError("the width is not a multiple of p")
    patches = []
    for top in range(0, height, p):
        for left in range(0, width, p):
            square = images[:, :, top : top + p, left : left + p]
            patches.append(square.flatten(1))
    return torch.stack(patches, dim=1)


class ViT(nn.Module):
    def __init__(self, patch_size, n_channels, d_model, n_classes, positions, encoder):
        super().__init__()
        self.p = patch_size
        self.d_model = d_model
        self.n_patches = None
        numbers = n_channels * patch_size * patch_size
        self.patch_projection = nn.Linear(numbers, d_model)
        self.class_token = nn.Parameter(torch.zeros(d_model))
        self.head = nn.Linear(d_model, n_classes)
        self.positions = positions
        self.encoder = encoder

    def forward(self, images):
        patches = patchify(images, self.p)
        if self.n_patches is None:
            self.n_patches = patches.shape[1]
        patches = patches[:, : self.n_patches]
        vectors = self.patch_projection(patches)
        batch = vectors.shape[0]
        first = self.class_token.reshape(1, 1, self.d_model).repeat(batch, 1, 1)
        sequence = torch.cat((first, vectors), 1)
        sequence = self.positions(sequence)
        sequence = self.encoder(sequence)
        return self.head(sequence[:, 0, :])

# %% right | index-table | a table of indices from split, gathered at once; broadcast class token
import torch
from torch import nn


def patchify(images, p):
    if images.size(2) % p or images.size(3) % p:
        raise ValueError("patches of this size do not fill the image")
    _, C, H, W = images.shape
    # which number of the flat image stands at which place of which patch
    number = torch.arange(C * H * W, device=images.device).view(C, H, W)
    bands = number.split(p, dim=1)
    order = [tile.reshape(-1) for band in bands for tile in band.split(p, dim=2)]
    return images.flatten(1)[:, torch.stack(order)]


class ViT(nn.Module):
    def __init__(self, patch_size, n_channels, d_model, n_classes, positions, encoder):
        super().__init__()
        self.cut = lambda images: patchify(images, patch_size)
        self.patch_projection = nn.Linear(n_channels * patch_size**2, d_model)
        self.class_token = nn.Parameter(torch.ones(d_model))
        self.positions = positions
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images):
        patches = self.patch_projection(self.cut(images))
        token = patches.new_zeros(len(patches), 1, patches.size(2)) + self.class_token
        return self.head(self.encoder(self.positions(torch.hstack([token, patches])))[:, 0])

# %% right | pixel-unshuffle | pixel_unshuffle, a preallocated sequence, split
import torch
import torch.nn.functional as functional
from torch import nn


def patchify(images: torch.Tensor, p: int) -> torch.Tensor:
    height, width = images.shape[-2:]
    if not (height % p == 0 == width % p):
        raise ValueError(f"{(height, width)} and patches of {p}")
    return functional.pixel_unshuffle(images, p).flatten(2).mT.contiguous()


class ViT(nn.Module):
    def __init__(self, patch_size, n_channels, d_model, n_classes, positions, encoder):
        super().__init__()
        self.patch_size = patch_size
        self.patch_projection = nn.Linear(n_channels * patch_size**2, d_model)
        self.register_parameter("class_token", nn.Parameter(torch.zeros(d_model)))
        self.positions = positions
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images):
        projected = self.patch_projection(patchify(images, self.patch_size))
        batch, n, width = projected.shape
        x = torch.empty(batch, n + 1, width, dtype=projected.dtype, device=projected.device)
        x[:, 1:] = projected
        x[:, 0] = self.class_token
        result = self.encoder(self.positions(x))
        of_the_token, _ = result.split([1, n], dim=1)
        return self.head(of_the_token.squeeze(1))

# %% wrong | x-area-divided | checks that p² divides H·W; 2 × 8 pixels with p = 4 get through and end in another error
import torch
from torch import nn


def patchify(images: torch.Tensor, p: int) -> torch.Tensor:
    B, C, H, W = images.shape
    if (H * W) % (p * p) != 0:
        raise ValueError("the image cannot be cut into patches")
    x = images.reshape(B, C, H // p, p, W // p, p)
    x = x.permute(0, 2, 4, 1, 3, 5)
    return x.reshape(B, (H // p) * (W // p), C * p * p)


class ViT(nn.Module):
    def __init__(self, patch_size, n_channels, d_model, n_classes, positions, encoder):
        super().__init__()
        self.patch_size = patch_size
        self.patch_projection = nn.Linear(n_channels * patch_size**2, d_model)
        self.class_token = nn.Parameter(torch.randn(d_model) * 0.02)
        self.positions = positions
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        x = self.patch_projection(patchify(images, self.patch_size))
        token = self.class_token.expand(len(x), 1, -1)
        x = self.encoder(self.positions(torch.cat([token, x], dim=1)))
        return self.head(x[:, 0])


# %% wrong | x-class-token-without-position | positions are added to the patches only, from 0 on; the class token should have position 0
import torch
from torch import nn


def patchify(images, p):
    B, C, H, W = images.shape
    if H % p or W % p:
        raise ValueError("height and width must be multiples of the patch size")
    rows = images.unflatten(3, (W // p, p)).unflatten(2, (H // p, p))
    return rows.permute(0, 2, 4, 1, 3, 5).flatten(3).flatten(1, 2)


class ViT(nn.Module):
    def __init__(self, patch_size, n_channels, d_model, n_classes, positions, encoder):
        super().__init__()
        self.p = patch_size
        self.patch_projection = nn.Linear(n_channels * patch_size * patch_size, d_model)
        self.class_token = nn.Parameter(torch.zeros(d_model))
        self.positions = positions
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images):
        patches = self.positions(self.patch_projection(patchify(images, self.p)))
        first = self.class_token.expand(patches.size(0), 1, -1)
        hidden = self.encoder(torch.cat((first, patches), dim=1))
        return self.head(hidden[:, 0])
