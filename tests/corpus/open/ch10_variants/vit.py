# %% wrong | reshaped-at-once | The pixels are only reshaped, so a 'patch' is a run of pixels of one row and not a square of p x p.
import torch
from torch import nn


def patchify(images, p):
    B, C, H, W = images.shape
    if H % p != 0 or W % p != 0:
        raise ValueError(f"{H} x {W} pixels cannot be cut into patches of {p} x {p}")
    return images.reshape(B, (H // p) * (W // p), C * p * p)


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

# %% wrong | colours-last | Within a patch the order is row, column, channel, as in image files, where the stub says channel, row, column.
import torch
from torch import nn


def patchify(images, p):
    B, C, H, W = images.shape
    if H % p != 0 or W % p != 0:
        raise ValueError(f"{H} x {W} pixels cannot be cut into patches of {p} x {p}")
    cut = images.reshape(B, C, H // p, p, W // p, p).permute(0, 2, 4, 3, 5, 1)
    return cut.flatten(3).flatten(1, 2)


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

# %% wrong | down-then-right | The patches come column by column, where the stub says row by row.
import torch
from torch import nn


def patchify(images, p):
    height, width = images.shape[2], images.shape[3]
    if height % p:
        raise ValueError("the height is not a multiple of p")
    if width % p:
        raise ValueError("the width is not a multiple of p")
    patches = []
    for left in range(0, width, p):
        for top in range(0, height, p):
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
        patches = patchify(images, self.p)
        vectors = self.patch_projection(patches)
        batch = vectors.shape[0]
        first = self.class_token.reshape(1, 1, self.d_model).repeat(batch, 1, 1)
        sequence = torch.cat((first, vectors), 1)
        sequence = self.positions(sequence)
        sequence = self.encoder(sequence)
        return self.head(sequence[:, 0, :])

# %% wrong | patch-on-its-side | Within a patch the columns come before the rows ('the patch's pixels row by row').
import torch
from torch import nn


def patchify(images, p):
    B, C, H, W = images.shape
    if H % p != 0 or W % p != 0:
        raise ValueError(f"{H} x {W} pixels cannot be cut into patches of {p} x {p}")
    cut = images.reshape(B, C, H // p, p, W // p, p).permute(0, 2, 4, 1, 5, 3)
    return cut.flatten(3).flatten(1, 2)


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

# %% wrong | square-images-only | Height and width are exchanged in the reshape, which goes unnoticed for square images only.
import torch
from torch import nn


def patchify(images, p):
    B, C, H, W = images.shape
    if H % p != 0 or W % p != 0:
        raise ValueError(f"{H} x {W} pixels cannot be cut into patches of {p} x {p}")
    cut = images.reshape(B, C, W // p, p, H // p, p).permute(0, 2, 4, 1, 3, 5)
    return cut.flatten(3).flatten(1, 2)


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

# %% wrong | rest-cut-off | Rows and columns that fill no patch are dropped, where the stub raises ValueError.
import torch
from torch import nn


def patchify(images, p):
    B, C, H, W = images.shape
    H, W = H - H % p, W - W % p
    images = images[:, :, :H, :W]
    cut = images.reshape(B, C, H // p, p, W // p, p).permute(0, 2, 4, 1, 3, 5)
    return cut.flatten(3).flatten(1, 2)


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

# %% wrong | area-checked | The check is on the number of pixels, H*W against p*p: 2 x 8 pixels pass with p = 4, and no ValueError of the stub's comes (the error, if any, is torch's RuntimeError).
import torch
from torch import nn


def patchify(images, p):
    B, C, H, W = images.shape
    if (H * W) % (p * p) != 0:
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
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images):
        x = self.patch_projection(patchify(images, self.patch_size))
        token = self.class_token.expand(x.size(0), 1, -1)
        x = torch.cat([token, x], dim=1)
        x = self.encoder(self.positions(x))
        return self.head(x[:, 0])

# %% wrong | always-float32 | The patches are float32 whatever the images are, where the stub says of the dtype of the images, and every number exactly as it was.
import torch
from torch import nn


def patchify(images, p):
    B, C, H, W = images.shape
    if H % p != 0 or W % p != 0:
        raise ValueError(f"{H} x {W} pixels cannot be cut into patches of {p} x {p}")
    cut = images.float().reshape(B, C, H // p, p, W // p, p).permute(0, 2, 4, 1, 3, 5)
    return cut.flatten(3).flatten(1, 2)


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

# %% wrong | strides-by-hand | as_strided with the strides of a contiguous tensor reads the wrong pixels of images that are not contiguous ('They need not be contiguous').
import torch
from torch import nn


def patchify(images, p):
    B, C, H, W = images.shape
    if H % p != 0 or W % p != 0:
        raise ValueError(f"{H} x {W} pixels cannot be cut into patches of {p} x {p}")
    cut = torch.as_strided(
        images,
        (B, H // p, W // p, C, p, p),
        (C * H * W, p * W, p, H * W, W, 1),
        images.storage_offset(),
    )
    return cut.reshape(B, (H // p) * (W // p), C * p * p)


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

# %% wrong | last-vector-read | The head reads the last vector, a patch, instead of what has become of the class token.
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
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images):
        x = self.patch_projection(patchify(images, self.patch_size))
        token = self.class_token.expand(x.size(0), 1, -1)
        x = torch.cat([token, x], dim=1)
        x = self.encoder(self.positions(x))
        return self.head(x[:, -1])

# %% wrong | mean-of-all | The head reads the mean of all vectors, where the stub maps what has become of the class token.
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
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images):
        x = self.patch_projection(patchify(images, self.patch_size))
        token = self.class_token.expand(x.size(0), 1, -1)
        x = torch.cat([token, x], dim=1)
        x = self.encoder(self.positions(x))
        return self.head(x.mean(dim=1))

# %% wrong | token-behind | The class token stands behind the patches and is read there; it must stand in front, at position 0.
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
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images):
        x = self.patch_projection(patchify(images, self.patch_size))
        token = self.class_token.expand(x.size(0), 1, -1)
        x = torch.cat([x, token], dim=1)
        x = self.encoder(self.positions(x))
        return self.head(x[:, -1])

# %% wrong | token-without-position | The positions are added before the class token comes in, so it gets none and the patches have 0 to N - 1 ('All N + 1 vectors get their positions').
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
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images):
        x = self.patch_projection(patchify(images, self.patch_size))
        x = self.positions(x)
        token = self.class_token.expand(x.size(0), 1, -1)
        x = torch.cat([token, x], dim=1)
        x = self.encoder(x)
        return self.head(x[:, 0])

# %% wrong | token-not-trained | The class token is a buffer, so it is no parameter and is not trained.
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
        self.register_buffer("class_token", torch.randn(d_model) * 0.02)
        self.positions = positions
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images):
        x = self.patch_projection(patchify(images, self.patch_size))
        token = self.class_token.expand(x.size(0), 1, -1)
        x = torch.cat([token, x], dim=1)
        x = self.encoder(self.positions(x))
        return self.head(x[:, 0])

# %% wrong | token-of-three-axes | The class token has the shape (1, 1, D), a habit from other code, where the stub says class_token (D).
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
        self.class_token = nn.Parameter(torch.randn(1, 1, d_model) * 0.02)
        self.positions = positions
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images):
        x = self.patch_projection(patchify(images, self.patch_size))
        token = self.class_token.expand(x.size(0), 1, -1)
        x = torch.cat([token, x], dim=1)
        x = self.encoder(self.positions(x))
        return self.head(x[:, 0])

# %% wrong | token-detached | The class token goes in by .data: it is a parameter, but no gradient ever reaches it.
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
        patches = patchify(images, self.p)
        vectors = self.patch_projection(patches)
        batch = vectors.shape[0]
        first = self.class_token.data.reshape(1, 1, self.d_model).repeat(batch, 1, 1)
        sequence = torch.cat((first, vectors), 1)
        sequence = self.positions(sequence)
        sequence = self.encoder(sequence)
        return self.head(sequence[:, 0, :])

# %% right | plain | reshape, permute, two calls of flatten, expand
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
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images):
        x = self.patch_projection(patchify(images, self.patch_size))
        token = self.class_token.expand(x.size(0), 1, -1)
        x = torch.cat([token, x], dim=1)
        x = self.encoder(self.positions(x))
        return self.head(x[:, 0])

# %% right | loops-over-patches | slices in two loops, stack, repeat
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
        patches = patchify(images, self.p)
        vectors = self.patch_projection(patches)
        batch = vectors.shape[0]
        first = self.class_token.reshape(1, 1, self.d_model).repeat(batch, 1, 1)
        sequence = torch.cat((first, vectors), 1)
        sequence = self.positions(sequence)
        sequence = self.encoder(sequence)
        return self.head(sequence[:, 0, :])

# %% right | unfold-and-where | typed, Tensor.unfold, movedim, pad and where for the class token
from __future__ import annotations

import torch
from torch import Tensor, nn


def patchify(images: Tensor, p: int) -> Tensor:
    if any(size % p for size in images.shape[-2:]):
        raise ValueError(f"no multiple of {p}: {tuple(images.shape[-2:])}")
    windows = images.unfold(2, p, p).unfold(3, p, p)  # (B, C, H/p, W/p, p, p)
    b, c, rows, columns = windows.shape[:4]
    return windows.movedim(1, 3).reshape(b, rows * columns, c * p * p)


class ViT(nn.Module):
    def __init__(
        self,
        patch_size: int,
        n_channels: int,
        d_model: int,
        n_classes: int,
        positions: nn.Module,
        encoder: nn.Module,
    ) -> None:
        super().__init__()
        self.patch_size = patch_size
        self.patch_projection = nn.Linear(patch_size * patch_size * n_channels, d_model)
        self.class_token = nn.Parameter(torch.empty(d_model))
        nn.init.normal_(self.class_token, std=0.02)
        self.positions, self.encoder = positions, encoder
        self.head = nn.Linear(d_model, n_classes)

    def _sequence(self, images: Tensor) -> Tensor:
        vectors = self.patch_projection(patchify(images, self.patch_size))
        padded = nn.functional.pad(vectors, (0, 0, 1, 0))
        is_class = torch.zeros(padded.shape[1], 1, dtype=torch.bool, device=vectors.device)
        is_class[0] = True
        return torch.where(is_class, self.class_token, padded)

    def forward(self, images: Tensor) -> Tensor:
        out = self.encoder(self.positions(self._sequence(images)))
        return self.head(out.select(1, 0))

# %% right | every-p-th-pixel | strided slices written into an empty result, einsum, matrix products by hand
import torch
import torch.nn as nn


def patchify(images, p):
    b, c, h, w = images.shape
    if (h % p, w % p) != (0, 0):
        raise ValueError("image size and patch size do not fit")
    rows, cols = h // p, w // p
    out = images.new_empty(b, rows * cols, c * p * p)
    for channel in range(c):
        for i in range(p):
            for j in range(p):
                place = channel * p * p + i * p + j
                out[:, :, place] = images[:, channel, i::p, j::p].reshape(b, rows * cols)
    return out


class ViT(nn.Module):
    def __init__(self, patch_size, n_channels, d_model, n_classes, positions, encoder):
        super().__init__()
        self.patch_size = patch_size
        self.class_token = nn.Parameter(torch.rand(d_model) - 0.5)
        self.patch_projection = nn.Linear(n_channels * patch_size ** 2, d_model)
        self.head = nn.Linear(d_model, n_classes)
        self.positions = positions
        self.encoder = encoder

    def forward(self, images):
        patches = patchify(images, self.patch_size)
        weight, bias = self.patch_projection.weight, self.patch_projection.bias
        x = torch.einsum("bnk,dk->bnd", patches, weight) + bias
        token = torch.stack([self.class_token] * len(images)).unsqueeze(1)
        x = torch.cat([token, x], dim=1)
        x = self.positions(x)
        x = self.encoder(x)
        return x[:, 0] @ self.head.weight.T + self.head.bias
