"""Gradient clipping: one batch must not throw a model far away."""

from collections.abc import Sequence

import torch


def clip_grad_norm(
    grads: Sequence[torch.Tensor], max_norm: float
) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Scale all gradients by one factor where they are too long together.

    Their norm is the length of the vector that holds the entries of all of them: the root of the
    sum of all squares. Where it is more than max_norm, every gradient is multiplied by
    max_norm / norm, so that their direction stays and the norm becomes max_norm. Otherwise they
    stay as they are.

    torch's own functions for it, such as `nn.utils.clip_grad_norm_`, are off limits
    here.

    Args:
        grads: A list or tuple of tensors of any shapes, also scalars, all of one dtype, float32 or
            float64. Their squares neither overflow nor all become 0, unless all entries are 0.
            They need not be contiguous, and are not changed. There may be none.
        max_norm: The longest that they may be together, above 0.

    Returns:
        clipped: A list of as many tensors, in the same order, of the same shapes. Those
            that stay as they are may be the given tensors or copies. PyTorch adds 1e-6
            to the norm in the division; whether you do is up to you.
        norm: A scalar tensor, of the same dtype: the norm before clipping. Without gradients it is
            `torch.tensor(0.0)`, and the list is empty.

        Gradients that are all 0 stay 0.

    Source: Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural
    networks", algorithm 1.

    >>> grads = [torch.tensor([3.0, 0.0]), torch.tensor([[0.0], [4.0]])]
    >>> clipped, norm = clip_grad_norm(grads, max_norm=1.0)
    >>> norm
    tensor(5.)
    >>> clipped
    [tensor([0.6000, 0.0000]), tensor([[0.0000],
            [0.8000]])]
    >>> clip_grad_norm(grads, max_norm=10.0)[0][0]
    tensor([3., 0.])
    """
    if not grads:
        return [], torch.tensor(0.0)
    norm = torch.stack([grad.norm() for grad in grads]).norm()
    factor = max_norm / norm if norm > max_norm else 1.0
    return [grad * factor for grad in grads], norm
