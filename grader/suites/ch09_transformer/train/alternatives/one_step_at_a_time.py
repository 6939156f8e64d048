"""A function for one update; an optimizer for what can learn; the rate through a new group."""

import torch
import torch.nn.functional as F


def update(model, optimizer, src, target, bos_id, pad_id, smoothing, max_norm):
    model.train()
    optimizer.zero_grad(set_to_none=True)
    bos = torch.full_like(target[:, :1], bos_id)
    logits = model(src, torch.cat((bos, target[:, :-1]), dim=1))
    V = logits.size(-1)
    loss = F.cross_entropy(
        logits.reshape(-1, V), target.reshape(-1), None, None, pad_id, label_smoothing=smoothing
    )
    loss.backward()
    learning = (p for p in model.parameters() if p.requires_grad)
    grads = [p.grad for p in learning if p.grad is not None]
    norm = torch.stack([g.norm() for g in grads]).norm()
    if norm > max_norm:
        for g in grads:
            g.mul_(max_norm / norm)
    optimizer.step()
    return float(loss)


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    learning = (p for p in model.parameters() if p.requires_grad)
    optimizer = torch.optim.Adam(learning, betas=(0.9, 0.98), eps=1e-9)
    losses = []
    for src, target in batches:
        optimizer.param_groups[0]["lr"] = learning_rate(len(losses) + 1)
        setting = bos_id, pad_id, smoothing, max_norm
        losses.append(update(model, optimizer, src, target, *setting))
    return losses
