"""`torch.linalg.multi_dot` on the layers of each sequence, the last one first."""

import torch


def attention_rollout(weights):
    mixed = torch.lerp(weights.mean(2), torch.eye(weights.size(-1)).to(weights), 0.5)
    if len(mixed) == 1:
        return mixed[0]
    return torch.stack(
        [torch.linalg.multi_dot(list(mixed[:, b].flip(0))) for b in range(mixed.size(1))]
    )
