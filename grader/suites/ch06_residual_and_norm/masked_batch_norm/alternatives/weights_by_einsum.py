"""The mask as weights that sum to 1, in float64."""

import torch


def masked_batch_norm(x: torch.Tensor, mask: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    real = mask.to(torch.float64)
    weights = real / max(float(real.sum()), 1.0)
    wide = torch.where(mask[:, :, None], x, 0.0).double()
    mean = torch.einsum("bt,btd->d", weights, wide)
    centred = (wide - mean) * real[:, :, None]
    variance = torch.einsum("bt,btd,btd->d", weights, centred, centred)
    return (centred * torch.rsqrt(variance + eps)).to(x.dtype)
