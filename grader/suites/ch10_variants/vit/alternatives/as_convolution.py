"""Patches by pixel_unshuffle; the projection as a convolution with stride p."""

import torch
import torch.nn.functional as F
from torch import nn


def patchify(images: torch.Tensor, p: int) -> torch.Tensor:
    if any(size % p for size in images.shape[2:]):
        raise ValueError("Patches do not fit.")
    return F.pixel_unshuffle(images, p).flatten(2).mT


class ViT(nn.Module):
    def __init__(self, patch_size, n_channels, d_model, n_classes, positions, encoder):
        super().__init__()
        self.shape = (d_model, n_channels, patch_size, patch_size)
        self.patch_projection = nn.Linear(n_channels * patch_size**2, d_model)
        self.class_token = nn.Parameter(torch.ones(d_model))
        self.positions = positions
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        p = self.shape[-1]
        if images.shape[2] % p or images.shape[3] % p:
            raise ValueError(f"no patches of {p} × {p}")
        kernel = self.patch_projection.weight.view(self.shape)
        x = F.conv2d(images, kernel, self.patch_projection.bias, stride=p).flatten(2).mT
        x = torch.cat((self.class_token.expand(x.shape[0], 1, x.shape[2]), x), dim=1)
        return F.linear(self.encoder(self.positions(x))[:, 0], self.head.weight, self.head.bias)
