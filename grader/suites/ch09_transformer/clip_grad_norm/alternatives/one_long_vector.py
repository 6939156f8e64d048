"""All entries end to end, and a factor as in PyTorch, with 1e-6."""

import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.zeros(())
    norm = torch.cat([grad.reshape(-1) for grad in grads]).norm()
    factor = torch.clamp(max_norm / (norm + 1e-6), max=1.0)
    return [grad * factor for grad in grads], norm
