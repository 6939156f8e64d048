"""ViT: an image is a sequence of patches, and the Transformer need not know it is an image.

Source: Dosovitskiy et al. 2021.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from reference.config import TransformerConfig
from reference.encoder import Encoder
from reference.initial import initialise_normal
from reference.position_scheme import PositionScheme


def patchify(images: Float[Tensor, "B C H W"], p: int) -> Float[Tensor, "B N patch"]:
    """Cut images into p × p patches, row by row: N = (H/p)·(W/p) of C·p² numbers.

    Within a patch the order is channel, row, column: the first p² numbers are all of one channel.
    A linear layer on them is so the same as a convolution with kernel and stride p. Raises
    ValueError where height or width is no multiple of p.
    """
    _, _, H, W = images.shape
    if H % p or W % p:
        raise ValueError(f"A {H} × {W} image does not divide into patches of {p} × {p}.")
    patches = images.unfold(2, p, p).unfold(3, p, p)  # (B, C, H/p, W/p, p, p)
    return patches.permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(1, 2)  # (B, N, C·p²)


class ViT(nn.Module):
    """Image classifier. Preset: "vit-b16".

    A learned class token is put in front; what it has gathered at the end is classified. Raises
    ValueError where the configuration has decoder layers, or a `max_len` too short for the patches.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        if config.n_decoder_layers:
            raise ValueError("A ViT has no decoder layers.")
        n_patches = (config.image_size // config.patch_size) ** 2
        if config.max_len < n_patches + 1:
            raise ValueError(f"max_len must be at least {n_patches + 1}: patches and class token.")
        self.config = config
        D = config.d_model
        self.patch_projection = nn.Linear(config.n_channels * config.patch_size**2, D)
        self.class_token = nn.Parameter(torch.empty(D))
        self.positions = PositionScheme(config, bidirectional=True)
        self.dropout = nn.Dropout(config.dropout)
        self.encoder = Encoder(config.n_encoder_layers, config)
        self.head = nn.Linear(D, config.n_classes)
        initialise_normal(self)
        nn.init.normal_(self.class_token, std=0.02)

    def forward(self, images: Float[Tensor, "B C H W"]) -> Float[Tensor, "B n_classes"]:
        """Images to class logits."""
        patches = self.patch_projection(patchify(images, self.config.patch_size))  # (B, N, D)
        first = self.class_token.expand(len(images), 1, -1)  # (B, 1, D)
        x = torch.cat([first, patches], dim=1)  # (B, N+1, D)
        x = self.dropout(self.positions.add_to(x))
        options = self.positions.for_attention(x.size(1), device=x.device)
        output: Tensor = self.head(self.encoder(x, **options)[:, 0])
        return output
