"""Kernel regression: attention over points on a line, as of 1964."""

import torch


def kernel_regression(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, bandwidth: float
) -> torch.Tensor:
    """Estimate a function at new points from known ones (Nadaraya–Watson).

    The estimate at a query is the average of the known values, weighted by a Gaussian kernel of
    the distance: K(q, k) = exp(−(q − k)² / (2·σ²)), where σ is the bandwidth, divided by the sum
    of these kernels over all keys.

    The tensors share one floating-point dtype (float16 and bfloat16 are possible). All points may
    lie far from 0, as years do (2000.25, 2001.5): then the difference q − k is known well, and the
    squares of q and k are not.

    Args:
        queries (T): the points at which to estimate.
        keys (S): the points at which the function is known.
        values (S): what it is there.
        bandwidth: σ > 0, a Python number: the kernel's standard deviation, not its variance.
            In the dtype of the tensors, neither (q − k)² nor (q − k)² / σ² overflows,
            and σ² is not rounded to 0.

    Returns:
        estimates (T): a new tensor with the dtype of the inputs. A query so far from every key
        that all its kernels underflow to 0 still gets its estimate, in the limit the value of
        the nearest key (of several that are equally near, their mean), and never NaN. Gradients
        flow back to the three tensors, and are finite for such a query as well. The inputs are
        left as they were.

    >>> keys, values = torch.tensor([0.0, 1.0, 2.0]), torch.tensor([5.0, 7.0, 9.0])
    >>> kernel_regression(torch.tensor([1.0, 500.0]), keys, values, bandwidth=0.5)
    tensor([7., 9.])
    >>> kernel_regression(torch.tensor([0.0]), keys[:2], values[:2], bandwidth=1.0)
    tensor([5.7551])
    """
    raise NotImplementedError
