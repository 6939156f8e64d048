"""One patch after another, cut out by slices; one image after another in the model."""

import torch
from torch import nn


def patchify(images, p):
    H, W = images.shape[-2:]
    if H % p or W % p:
        raise ValueError(f"{H} and {W} have to be multiples of {p}")
    corners = [(i, j) for i in range(0, H, p) for j in range(0, W, p)]
    patches = [images[:, :, i : i + p, j : j + p].flatten(1) for i, j in corners]
    return torch.stack(patches, dim=1)


class ViT(nn.Module):
    def __init__(self, patch_size, n_channels, d_model, n_classes, positions, encoder):
        super().__init__()
        self.patch_size = patch_size
        self.patch_projection = nn.Linear(n_channels * patch_size**2, d_model, bias=True)
        self.register_parameter("class_token", nn.Parameter(torch.empty(d_model).normal_()))
        self.positions = positions
        self.encoder = encoder
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, images):
        logits = []
        for patches in patchify(images, self.patch_size):
            x = torch.vstack((self.class_token, self.patch_projection(patches)))
            logits.append(self.head(self.encoder(self.positions(x[None]))[0, 0]))
        return torch.stack(logits)
