# %% wrong | clipped-after-step | Clipping stands after the step, which has used the long gradients already.
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    model.train()
    losses = []
    for s, (src, target) in enumerate(batches, start=1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(s)
        optimizer.zero_grad()
        read = target.roll(1, dims=1)
        read[:, 0] = bos_id
        logits = model(src, read)
        loss = F.cross_entropy(
            logits.flatten(0, 1), target.flatten(), ignore_index=pad_id, label_smoothing=smoothing
        )
        loss.backward()
        optimizer.step()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        losses.append(loss.item())
    return losses

# %% wrong | decay-by-default | AdamW with its default weight decay of 0.01, while there is none.
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    model.train()
    losses = []
    for s, (src, target) in enumerate(batches, start=1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(s)
        optimizer.zero_grad()
        read = target.roll(1, dims=1)
        read[:, 0] = bos_id
        logits = model(src, read)
        loss = F.cross_entropy(
            logits.flatten(0, 1), target.flatten(), ignore_index=pad_id, label_smoothing=smoothing
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses

# %% wrong | batches-twice | Counts the batches in a list comprehension before the loop, so a generator is used up and nothing is learned.
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    model.train()
    total = sum(1 for _ in batches)
    if total == 0:
        return []
    losses = []
    for s, (src, target) in enumerate(batches, start=1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(s)
        optimizer.zero_grad()
        read = target.roll(1, dims=1)
        read[:, 0] = bos_id
        logits = model(src, read)
        loss = F.cross_entropy(
            logits.flatten(0, 1), target.flatten(), ignore_index=pad_id, label_smoothing=smoothing
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses

# %% wrong | shifted-twice | Shifts what the model reads and then judges by the target moved one place to the left, so each position has to predict the token after next.
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    model.train()
    losses = []
    for s, (src, target) in enumerate(batches, start=1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(s)
        optimizer.zero_grad()
        read = target.roll(1, dims=1)
        read[:, 0] = bos_id
        logits = model(src, read)
        loss = F.cross_entropy(
            logits.flatten(0, 1), target.roll(-1, dims=1).flatten(), ignore_index=pad_id, label_smoothing=smoothing
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses

# %% right | own-parts | functions for the loss by q, gradients clipped and stepped by hand, global norm from a cat
import math

import torch


class Adam2017:
    def __init__(self, params):
        self.params = params
        self.state = {}

    def step(self, lr):
        for p in self.params:
            if p.grad is None:
                continue
            t, m, v = self.state.get(p, (0, 0.0, 0.0))
            t += 1
            m = 0.9 * m + (1 - 0.9) * p.grad
            v = 0.98 * v + (1 - 0.98) * p.grad**2
            self.state[p] = t, m, v
            bottom = (v / (1 - 0.98**t)).sqrt() + 1e-9
            p.data -= lr * (m / (1 - 0.9**t)) / bottom


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    params = list(model.parameters())
    adam = Adam2017(params)
    losses = []
    for s, (src, target) in enumerate(batches, start=1):
        model.train(True)
        for p in params:
            p.grad = None
        bos = torch.full((target.shape[0], 1), bos_id, dtype=target.dtype, device=target.device)
        log_p = model(src, torch.cat([bos, target[:, :-1]], dim=1)).log_softmax(-1)
        real = target != pad_id
        q = torch.full_like(log_p, smoothing / log_p.size(-1)).detach()
        q.scatter_add_(-1, target[..., None], torch.full_like(q[..., :1], 1 - smoothing))
        loss = -(q * log_p)[real].sum() / real.sum()
        loss.backward()
        have = [p for p in params if p.grad is not None]
        norm = math.sqrt(sum(p.grad.double().square().sum().item() for p in have))
        if norm > max_norm:
            for p in have:
                p.grad = p.grad * (max_norm / norm)
        adam.step(learning_rate(s))
        losses.append(loss.item())
    return losses

# %% right | iterator-while | an explicit iterator in a while loop, padding selected away before the loss
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    options = dict(lr=0.0, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.0)
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], **options)
    iterator = iter(batches)
    losses, s = [], 1
    while (batch := next(iterator, None)) is not None:
        source, target = batch
        model.train()
        optimizer.zero_grad()
        inputs = target.new_full(target.shape, bos_id)
        inputs[:, 1:] = target[:, :-1]
        logits = model(source, inputs)
        real = target.ne(pad_id)
        loss = F.cross_entropy(logits[real], target[real], label_smoothing=smoothing)
        loss.backward()
        grads = [p.grad for p in model.parameters() if p.grad is not None and p.requires_grad]
        norm = torch.stack([g.norm() for g in grads]).norm().item()
        for g in grads:
            g.mul_(min(1.0, max_norm / (norm + 1e-12)))
        optimizer.param_groups[0].update(lr=float(learning_rate(s)))
        optimizer.step()
        losses += [loss.item()]
        s += 1
    return losses
