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

# %% wrong | x-zeros-and-not-none | gradients are filled with zeros, so a parameter that a batch does not use is moved on by its momentum
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    losses = []
    for s, (src, target) in enumerate(batches, 1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(s)
        optimizer.zero_grad(set_to_none=False)
        read = torch.full_like(target, bos_id)
        read[:, 1:] = target[:, :-1]
        logits = model(src, read)
        loss = F.cross_entropy(
            logits.flatten(0, 1), target.flatten(), ignore_index=pad_id, label_smoothing=smoothing
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% wrong | x-batch-shifted-in-place | the target is shifted within the caller's own tensor
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    losses = []
    for s, (src, target) in enumerate(batches, 1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(s)
        labels = target.clone()
        target[:, 1:] = labels[:, :-1]
        target[:, 0] = bos_id
        optimizer.zero_grad()
        logits = model(src, target)
        loss = F.cross_entropy(
            logits.transpose(1, 2), labels, ignore_index=pad_id, label_smoothing=smoothing
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% wrong | x-rate-times-a-thousandth | LambdaLR takes learning_rate as a factor of Adam's own 0.001
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.lr_scheduler import LambdaLR


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    scheduler = LambdaLR(optimizer, lambda done: learning_rate(done + 1))
    losses = []
    for src, target in batches:
        optimizer.zero_grad()
        read = torch.cat([target.new_full((len(target), 1), bos_id), target[:, :-1]], dim=1)
        logits = model(src, read)
        loss = F.cross_entropy(
            logits.flatten(0, 1), target.flatten(), ignore_index=pad_id, label_smoothing=smoothing
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    return losses


# %% wrong | x-sentences-count-alike | each sentence's mean is taken first and then the mean of those, so tokens of short sentences count more
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    losses = []
    for s, (src, target) in enumerate(batches, 1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(s)
        read = torch.full_like(target, bos_id)
        read[:, 1:] = target[:, :-1]
        logits = model(src, read)
        terms = F.cross_entropy(
            logits.transpose(1, 2),
            target,
            ignore_index=pad_id,
            label_smoothing=smoothing,
            reduction="none",
        )
        lengths = (target != pad_id).sum(dim=1).clamp(min=1)
        loss = (terms.sum(dim=1) / lengths).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% right | x-all-by-hand | loss, clipping and Adam written out, with torch.autograd.grad and a dictionary for the running means
import torch
from torch import nn


class Means:
    def __init__(self, parameter):
        self.count = 0
        self.m = torch.zeros_like(parameter)
        self.v = torch.zeros_like(parameter)

    def direction(self, gradient, beta1=0.9, beta2=0.98, eps=1e-9):
        self.count += 1
        self.m = beta1 * self.m + (1 - beta1) * gradient
        self.v = beta2 * self.v + (1 - beta2) * gradient * gradient
        m_hat = self.m / (1 - beta1**self.count)
        v_hat = self.v / (1 - beta2**self.count)
        return m_hat / (v_hat.sqrt() + eps)


def smoothed_loss(logits, target, pad_id, smoothing):
    real = target != pad_id
    log_p = logits[real].log_softmax(dim=-1)
    right = log_p.gather(1, target[real].unsqueeze(1)).squeeze(1)
    return -((1 - smoothing) * right + smoothing * log_p.mean(dim=1)).mean()


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    learned = [p for p in model.parameters() if p.requires_grad]
    means = {p: Means(p.detach()) for p in learned}
    losses = []
    s = 0
    for src, target in batches:
        s += 1
        model.train()
        first = torch.full_like(target[:, :1], bos_id)
        logits = model(src, torch.cat((first, target[:, :-1]), dim=1))
        loss = smoothed_loss(logits, target, pad_id, smoothing)
        found = torch.autograd.grad(loss, learned, allow_unused=True)
        pairs = [(p, g) for p, g in zip(learned, found) if g is not None]
        length = sum(float(g.square().sum()) for _, g in pairs) ** 0.5
        factor = max_norm / length if length > max_norm else 1.0
        rate = learning_rate(s)
        with torch.no_grad():
            for p, g in pairs:
                p -= rate * means[p].direction(g * factor)
        losses.append(float(loss.detach()))
    return losses

# %% wrong | x-frozen-gradients-in-the-norm | the optimiser knows the learned parameters only, so an old gradient of a frozen one stays and counts in the norm
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    model.train()
    trainable = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(trainable, betas=(0.9, 0.98), eps=1e-9)
    losses = []
    for s, (src, target) in enumerate(batches, start=1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(s)
        optimizer.zero_grad()
        read = torch.full_like(target, bos_id)
        read[:, 1:] = target[:, :-1]
        logits = model(src, read)
        loss = F.cross_entropy(
            logits.flatten(0, 1), target.flatten(), ignore_index=pad_id, label_smoothing=smoothing
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% wrong | x-padding-by-weight | padding is left out by a class weight of 0, which takes its share of ε away as well
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    losses = []
    for s, (src, target) in enumerate(batches, start=1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(s)
        optimizer.zero_grad()
        bos = torch.full_like(target[:, :1], bos_id)
        logits = model(src, torch.cat([bos, target[:, :-1]], dim=1))
        weight = torch.ones(logits.size(-1), dtype=logits.dtype, device=logits.device)
        weight[pad_id] = 0
        loss = F.cross_entropy(
            logits.flatten(0, 1), target.flatten(), weight=weight, label_smoothing=smoothing
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses
