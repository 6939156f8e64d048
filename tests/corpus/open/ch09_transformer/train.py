# %% wrong | never-zeroed | Gradients are never set to zero: those of other batches count too.
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

# %% wrong | zeroed-before-step | zero_grad stands between the backward pass and the step, so no parameter ever has a gradient.
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
        read = target.roll(1, dims=1)
        read[:, 0] = bos_id
        logits = model(src, read)
        loss = F.cross_entropy(
            logits.flatten(0, 1), target.flatten(), ignore_index=pad_id, label_smoothing=smoothing
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses

# %% wrong | reads-what-it-predicts | The model reads the target unshifted.
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
        logits = model(src, target)
        loss = F.cross_entropy(
            logits.flatten(0, 1), target.flatten(), ignore_index=pad_id, label_smoothing=smoothing
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses

# %% wrong | rate-one-early | enumerate counts from 0, so update s gets learning_rate(s - 1).
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    model.train()
    losses = []
    for s, (src, target) in enumerate(batches):
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

# %% wrong | evaluation-mode | The model is put into evaluation mode, so nothing is dropped out while it learns.
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    model.eval()
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

# %% wrong | not-clipped | The gradients are not clipped.
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
        losses.append(loss.item())
    return losses

# %% wrong | padding-counts | The loss counts targets that are padding.
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
            logits.flatten(0, 1), target.flatten(), label_smoothing=smoothing
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses

# %% wrong | new-adam-each-batch | The optimizer is made anew for each batch, so its running means begin at 0 each time.
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    model.train()
    losses = []
    for s, (src, target) in enumerate(batches, start=1):
        optimizer = torch.optim.Adam(
            model.parameters(), lr=learning_rate(s), betas=(0.9, 0.98), eps=1e-9
        )
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

# %% wrong | zeroed-at-the-end-only | Gradients are set to zero after each step only, so those that the parameters held before the call count in the first update.
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
        optimizer.zero_grad()
    return losses

# %% wrong | default-betas | Adam is left at its defaults, with beta2 = 0.999 and eps = 1e-8.
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    optimizer = torch.optim.Adam(model.parameters())
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

# %% right | usual | Adam, cross_entropy and clip_grad_norm_ of torch
from collections.abc import Callable, Iterable

import torch
import torch.nn.functional as F
from torch import nn


def train(
    model: nn.Module,
    batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    learning_rate: Callable[[int], float],
    bos_id: int,
    pad_id: int,
    smoothing: float = 0.1,
    max_norm: float = 1.0,
) -> list[float]:
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
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses

# %% right | own-loss | own smoothed loss by log_softmax and gather
import torch
from torch import nn


def shifted(target, bos_id):
    first = torch.full_like(target[:, :1], bos_id)
    return torch.cat([first, target[:, :-1]], dim=1)


def smoothed_loss(logits, target, smoothing, pad_id):
    log_probs = logits.log_softmax(dim=-1)
    right = log_probs.gather(-1, target.unsqueeze(-1)).squeeze(-1)
    each = -(1 - smoothing) * right - smoothing * log_probs.mean(dim=-1)
    real = target != pad_id
    return each[real].mean()


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    model.train()
    parameters = [p for p in model.parameters() if p.requires_grad]
    adam = torch.optim.Adam(parameters, lr=1.0, betas=(0.9, 0.98), eps=1e-9)
    losses = []
    step = 0
    for src, target in batches:
        step += 1
        loss = smoothed_loss(model(src, shifted(target, bos_id)), target, smoothing, pad_id)
        losses.append(float(loss.detach()))
        model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, max_norm)
        adam.param_groups[0]["lr"] = learning_rate(step)
        adam.step()
    return losses

# %% right | adam-by-hand | autograd.grad and an own Adam with a state for each parameter
import torch
import torch.nn.functional as F


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    model.train()
    weights = [p for p in model.parameters() if p.requires_grad]
    means = [torch.zeros_like(p) for p in weights]
    squares = [torch.zeros_like(p) for p in weights]
    steps = [0 for _ in weights]
    losses = []
    for number, (src, target) in enumerate(batches, 1):
        lr = learning_rate(number)
        read = F.pad(target, (1, 0), value=bos_id)[:, :-1]
        logits = model(src, read).transpose(1, 2)
        loss = F.cross_entropy(logits, target, ignore_index=pad_id, label_smoothing=smoothing)
        grads = torch.autograd.grad(loss, weights, allow_unused=True)
        norm = torch.stack([g.norm() for g in grads if g is not None]).norm()
        factor = max_norm / norm if norm > max_norm else 1.0
        with torch.no_grad():
            for i, (p, g) in enumerate(zip(weights, grads)):
                if g is None:
                    continue
                g = g * factor
                steps[i] += 1
                means[i] = 0.9 * means[i] + 0.1 * g
                squares[i] = 0.98 * squares[i] + 0.02 * g * g
                m_hat = means[i] / (1 - 0.9 ** steps[i])
                v_hat = squares[i] / (1 - 0.98 ** steps[i])
                p -= lr * m_hat / (v_hat.sqrt() + 1e-9)
        losses.append(loss.item())
    return losses

# %% right | lambda-schedule | LambdaLR as schedule, AdamW without decay, a helper for one update
import torch
import torch.nn.functional as F
from torch import nn


def one_update(model, optimizer, src, target, bos_id, pad_id, smoothing, max_norm):
    decoder_input = torch.empty_like(target)
    decoder_input[:, 0] = bos_id
    decoder_input[:, 1:] = target[:, :-1]
    logits = model(src, decoder_input)
    criterion = nn.CrossEntropyLoss(ignore_index=pad_id, label_smoothing=smoothing)
    loss = criterion(logits.reshape(-1, logits.shape[-1]), target.reshape(-1))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    model.train()
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=1.0, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.0
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: learning_rate(done + 1))
    losses = []
    for src, target in batches:
        if losses:
            schedule.step()
        losses.append(
            one_update(model, optimizer, src, target, bos_id, pad_id, smoothing, max_norm)
        )
    return losses

# %% wrong | x-target-split-in-two | reads target[:, :-1] and predicts target[:, 1:], as where BOS is in the target; bos_id is never read, and the first token never predicted
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    losses = []
    for step, (src, target) in enumerate(batches, start=1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step)
        tgt_in, tgt_out = target[:, :-1], target[:, 1:]
        logits = model(src, tgt_in)
        loss = F.cross_entropy(
            logits.reshape(-1, logits.size(-1)),
            tgt_out.reshape(-1),
            ignore_index=pad_id,
            label_smoothing=smoothing,
        )
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% wrong | x-clipped-by-value | clips every entry of the gradients to ±max_norm, not all gradients together to that norm
from collections.abc import Callable, Iterable

import torch
import torch.nn.functional as F
from torch import nn


def train(
    model: nn.Module,
    batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    learning_rate: Callable[[int], float],
    bos_id: int,
    pad_id: int,
    smoothing: float = 0.1,
    max_norm: float = 1.0,
) -> list[float]:
    model.train()
    adam = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    losses = []
    for s, (src, target) in enumerate(batches, 1):
        for group in adam.param_groups:
            group["lr"] = learning_rate(s)
        shifted = torch.full_like(target, bos_id)
        shifted[:, 1:] = target[:, :-1]
        adam.zero_grad()
        logits = model(src, shifted)
        loss = F.cross_entropy(
            logits.flatten(0, 1), target.flatten(), ignore_index=pad_id, label_smoothing=smoothing
        )
        loss.backward()
        nn.utils.clip_grad_value_(model.parameters(), max_norm)
        adam.step()
        losses.append(loss.item())
    return losses


# %% wrong | x-default-betas | Adam with torch's own β₂ = 0.999 and ε = 1e-8
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    model.train()
    optimizer = torch.optim.Adam(model.parameters())
    losses = []
    for s, (src, target) in enumerate(batches, start=1):
        optimizer.param_groups[0]["lr"] = learning_rate(s)
        bos = target.new_full((target.size(0), 1), bos_id)
        logits = model(src, torch.cat([bos, target[:, :-1]], dim=1))
        loss = F.cross_entropy(
            logits.transpose(1, 2), target, ignore_index=pad_id, label_smoothing=smoothing
        )
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% wrong | x-new-adam-for-each-batch | the optimiser is made inside the loop, so the running means begin at 0 for every batch
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    losses = []
    model.train()
    for number, (src, target) in enumerate(batches):
        optimizer = torch.optim.Adam(
            model.parameters(), lr=learning_rate(number + 1), betas=(0.9, 0.98), eps=1e-9
        )
        optimizer.zero_grad()
        read = torch.cat([torch.full_like(target[:, :1], bos_id), target[:, :-1]], dim=1)
        logits = model(src, read)
        loss = F.cross_entropy(
            logits.flatten(0, 1),
            target.flatten(),
            ignore_index=pad_id,
            label_smoothing=smoothing,
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% wrong | x-loss-of-the-updated-model | the loss that is returned is measured after the update, not before it
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)

    def loss_of(src, target):
        read = torch.full_like(target, bos_id)
        read[:, 1:] = target[:, :-1]
        logits = model(src, read)
        return F.cross_entropy(
            logits.flatten(0, 1), target.flatten(), ignore_index=pad_id, label_smoothing=smoothing
        )

    losses = []
    model.train()
    for s, (src, target) in enumerate(batches, 1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(s)
        optimizer.zero_grad()
        loss_of(src, target).backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        with torch.no_grad():
            losses.append(loss_of(src, target).item())
    return losses


# %% wrong | x-rate-set-behind-the-step | the rate is set after the step, so each update has the rate of the one before, and the first has torch's 0.001
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    losses = []
    step = 0
    for src, target in batches:
        step += 1
        decoder_input = torch.full_like(target, bos_id)
        decoder_input[:, 1:] = target[:, :-1]
        logits = model(src, decoder_input)
        loss = F.cross_entropy(
            logits.reshape(-1, logits.shape[-1]),
            target.reshape(-1),
            ignore_index=pad_id,
            label_smoothing=smoothing,
        )
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step)
        losses.append(loss.item())
    return losses


# %% wrong | x-old-gradients-in-the-first-update | gradients are set to zero behind each step only, so what the parameters held before the call counts in update 1
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    model.train()
    adam = torch.optim.Adam(model.parameters(), lr=1.0, betas=(0.9, 0.98), eps=1e-9)
    losses = []
    for s, (src, target) in enumerate(batches, 1):
        adam.param_groups[0]["lr"] = learning_rate(s)
        read = F.pad(target[:, :-1], (1, 0), value=bos_id)
        logits = model(src, read)
        loss = F.cross_entropy(
            logits.flatten(0, 1), target.flatten(), ignore_index=pad_id, label_smoothing=smoothing
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        adam.step()
        adam.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong | x-counted-before-the-loop | the batches are counted in a list first, which uses a generator up: then there is no update at all
import torch
import torch.nn.functional as F
from torch import nn


def train(model, batches, learning_rate, bos_id, pad_id, smoothing=0.1, max_norm=1.0):
    n_steps = len(list(batches))
    rates = [learning_rate(s) for s in range(1, n_steps + 1)]
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    losses = []
    for rate, (src, target) in zip(rates, batches):
        for group in optimizer.param_groups:
            group["lr"] = rate
        read = torch.full_like(target, bos_id)
        read[:, 1:] = target[:, :-1]
        optimizer.zero_grad()
        logits = model(src, read)
        loss = F.cross_entropy(
            logits.flatten(0, 1), target.flatten(), ignore_index=pad_id, label_smoothing=smoothing
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        losses.append(loss.item())
    return losses
