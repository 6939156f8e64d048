"""Every part by hand: the shift, the loss, the norm and Adam."""

import torch


def loss_of(logits, target, pad_id, smoothing):
    real = target != pad_id
    log_probs = torch.log_softmax(logits[real], dim=-1)
    right = log_probs[torch.arange(len(log_probs)), target[real]]
    return -((1 - smoothing) * right + smoothing * log_probs.mean(-1)).mean()


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    parameters = [p for p in model.parameters() if p.requires_grad]
    m = [torch.zeros_like(p) for p in parameters]
    v = [torch.zeros_like(p) for p in parameters]
    losses, s = [], 0
    for src, target in batches:
        s += 1
        model.train()
        bos = torch.full((len(target), 1), bos_id, device=target.device)
        loss = loss_of(model(src, torch.cat([bos, target[:, :-1]], 1)), target, pad_id, smoothing)
        grads = torch.autograd.grad(loss, parameters, allow_unused=True)
        norm = sum((g**2).sum() for g in grads if g is not None) ** 0.5
        factor = (max_norm / norm).clamp(max=1.0)
        with torch.no_grad():
            for k, g in enumerate(grads):
                if g is None:
                    continue
                g = g * factor
                m[k] = 0.9 * m[k] + 0.1 * g
                v[k] = 0.98 * v[k] + 0.02 * g**2
                root = torch.sqrt(v[k] / (1 - 0.98**s)) + 1e-9
                parameters[k] -= learning_rate(s) * m[k] / (1 - 0.9**s) / root
        losses.append(float(loss))
    return losses
