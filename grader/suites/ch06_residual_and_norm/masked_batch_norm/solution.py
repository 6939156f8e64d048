"""Batch normalisation of sequences, with padding left out."""

import torch


def masked_batch_norm(x: torch.Tensor, mask: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    """Normalise each feature over all real tokens of the batch.

    Feature by feature, the mean and the variance are taken over the n tokens whose mask is True, of
    all sequences and positions together:

        mean_d = (sum of x_{b,t,d} over the real tokens) / n
        variance_d = (sum of (x_{b,t,d} − mean_d)² over the real tokens) / n
        y_{b,t,d} = (x_{b,t,d} − mean_d) / √(variance_d + eps)    for a real token
        y_{b,t,d} = 0                                             for padding

    The sum of the squares is divided by n, not by n − 1. There are no γ and β and no running
    averages. torch's own normalisation layers are off limits.

    Args:
        x: (B, T, D), float32 or float64. It need not be contiguous, and is not changed. At real
            tokens, numbers may lie far from 0 (near 1000, and differ by about 1), so subtract the
            mean before you square. Padding may hold any finite numbers, even such that their
            squares overflow, and has no influence on any result.
        mask: (B, T), boolean, True where the token is real. Any pattern is possible: gaps, a
            sequence that is all padding, a single real token in the whole batch (its features come
            out as 0, since it is its own mean), or none at all (everything is 0). Not changed.
        eps: A positive number.

    Returns:
        (B, T, D), of the dtype of x. Gradients reach x through the mean and the variance as well;
        they are 0 at padding, and finite also for a feature without spread. Where fewer than two
        tokens are real, everything is 0, and need not be differentiable.

    Source: Ioffe and Szegedy 2015, "Batch Normalization", whose batches have no padding.

    >>> x = torch.tensor([[[1.0], [2.0]], [[6.0], [99.0]]])
    >>> mask = torch.tensor([[True, True], [True, False]])
    >>> y = masked_batch_norm(x, mask)
    >>> y[mask]
    tensor([[-0.9258],
            [-0.4629],
            [ 1.3887]])
    >>> bool((y[~mask] == 0).all())
    True
    """
    padding = ~mask.unsqueeze(-1)  # (B, T, 1)
    n = mask.sum().clamp(min=1)
    mean = x.masked_fill(padding, 0.0).sum(dim=(0, 1)) / n  # (D)
    centred = (x - mean).masked_fill(padding, 0.0)
    variance = centred.square().sum(dim=(0, 1)) / n  # (D)
    return centred / (variance + eps).sqrt()
