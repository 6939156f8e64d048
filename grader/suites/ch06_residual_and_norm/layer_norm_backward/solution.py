"""The backward pass of layer normalisation, by hand."""

import torch


def layer_norm_backward(
    d_out: torch.Tensor, x: torch.Tensor, gamma: torch.Tensor, eps: float = 1e-5
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Carry the gradient of a loss back through layer normalisation, without autograd.

    The forward pass was, for each row of D features by itself,

        x̂ = (x − mean) / √(variance + eps)
        out = gamma · x̂ + beta

    with the mean of the row and its variance, whose sum of squares is divided by D. Neither x̂ nor
    the statistics are passed in, so compute them again. beta is not needed. Autograd and everything
    that builds on it are off limits here.

    Args:
        d_out: Gradient of the loss with respect to out, (..., D).
        x: (..., D), of the same shape. There may be no leading dimension, one, or several.
        gamma: (D), shared by all rows.
        eps: A positive number, the same as in the forward pass.

    Returns:
        dx (..., D), dgamma (D) and dbeta (D), in this order: the gradients of the loss with respect
        to x, gamma and beta. They are what autograd would give. They need not be differentiable
        themselves.

    All three tensors are float32 or all are float64; so are the results. They need not be
    contiguous, and none is changed. Any size may be 1. A row of equal numbers has gradients like
    any other. A row may lie far from 0 (numbers near 1000 that differ by about 1), so
    subtract the mean before you square.

    Source: Ba et al. 2016, "Layer Normalization", for the forward pass.

    >>> x = torch.tensor([[1.0, 2.0, 6.0]])
    >>> d_out = torch.tensor([[1.0, 0.5, -1.0]])
    >>> dx, dgamma, dbeta = layer_norm_backward(d_out, x, gamma=torch.tensor([2.0, 1.0, 1.0]))
    >>> dx
    tensor([[ 0.1984, -0.2480,  0.0496]])
    >>> dgamma
    tensor([-0.9258, -0.2315, -1.3887])
    >>> dbeta
    tensor([ 1.0000,  0.5000, -1.0000])
    """
    centred = x - x.mean(dim=-1, keepdim=True)
    deviation = (centred.square().mean(dim=-1, keepdim=True) + eps).sqrt()
    x_hat = centred / deviation

    rows = tuple(range(x.dim() - 1))  # every row uses the same gamma and beta
    dgamma = (d_out * x_hat).sum(dim=rows) if rows else d_out * x_hat
    dbeta = d_out.sum(dim=rows) if rows else d_out.clone()

    g = d_out * gamma  # the gradient at x_hat
    from_mean = g.mean(dim=-1, keepdim=True)
    from_variance = x_hat * (g * x_hat).mean(dim=-1, keepdim=True)
    dx = (g - from_mean - from_variance) / deviation
    return dx, dgamma, dbeta
