"""A vision Transformer: an image is a sequence of patches."""

import torch
from torch import nn


def patchify(images: torch.Tensor, p: int) -> torch.Tensor:
    """Cut images into patches of p × p pixels, and write each patch as one vector.

    The patches come row by row, from left to right, as one reads. Within a patch, the order is
    channel, row, column: the first p² numbers are all of channel 0, and they are the patch's pixels
    row by row.

    Args:
        images: (B, C, H, W): C channels, H rows and W columns of pixels (I and J in the lesson),
            of any floating-point dtype. They need not be contiguous, and are not changed.
        p: Width and height of a patch, at least 1.

    Returns:
        (B, n, C·p²) with n = (H / p)·(W / p), of the dtype of the images. Every number arrives
        exactly as it was. Gradients reach the images.

    Raises:
        ValueError: H or W is not a multiple of p.

    Source: Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words", section 3.1.

    >>> image = torch.arange(8.0).reshape(1, 1, 2, 4)
    >>> patchify(image, 2)
    tensor([[[0., 1., 4., 5.],
             [2., 3., 6., 7.]]])
    """
    raise NotImplementedError


class ViT(nn.Module):
    """Classify images with an encoder that knows nothing of images.

    The patches are mapped to the width of the encoder. In front of them stands the class token, a
    trained vector that is the same for every image. All n + 1 vectors get their positions, go
    through the encoder, and what has become of the class token is mapped to the classes.

    Positions and encoder are handed in, each of them a module. Your own ones of earlier chapters
    fit, for images of 32 × 32 pixels for example:

        ViT(
            patch_size=8,
            n_channels=3,
            d_model=64,
            n_classes=10,
            positions=LearnedPositionalEmbedding(17, 64),
            encoder=Encoder(2, lambda: EncoderLayer(64, 4, 256, norm_first=True), 64, True),
        )

    Args:
        patch_size: Width and height p of a patch, in pixels.
        n_channels: Number C of channels of an image.
        d_model: Width D of the vectors.
        n_classes: Number of classes.
        positions: `positions(x)` adds to x (B, n + 1, D) the encoding of the positions 0 to n. The
            class token has position 0.
        encoder: `encoder(x)` takes (B, n + 1, D) to the same shape, last norm included.

    Parameters, by these names and no others:
        patch_projection.weight (D, C·p²) and patch_projection.bias (D), as in nn.Linear;
        class_token (D);
        head.weight (n_classes, D) and head.bias (n_classes), as in nn.Linear;
        those of the parts, by the names positions.… and encoder.…. The parts are used as they are,
        not copied. Initialise the others as you like.

    Source: Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words", section 3.1. Dropout is left
    out here.

    >>> model = ViT(2, 1, 6, 3, positions=nn.Identity(), encoder=nn.Identity())
    >>> model(torch.zeros(5, 1, 4, 8)).shape
    torch.Size([5, 3])
    >>> sorted((name, tuple(p.shape)) for name, p in model.named_parameters())[:2]
    [('class_token', (6,)), ('head.bias', (3,))]
    """

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
        raise NotImplementedError

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Classify a batch of images.

        Args:
            images: (B, C, H, W), of the parameters' dtype. H and W are any that the positions have
                room for. They need not be contiguous, and are not changed.

        Returns:
            Logits (B, n_classes). Gradients reach images and parameters.

        Raises:
            ValueError: H or W is not a multiple of the patch size.
        """
        raise NotImplementedError
