# %% wrong | right-token-without-its-share | The right token has 1 - eps and not 1 - eps + eps/V, so the target sums to less than 1.
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0 <= smoothing <= 1:
        raise ValueError("smoothing has to be from 0 to 1")
    kept = targets != ignore_index
    log_probs = logits.log_softmax(-1)
    q = torch.full_like(log_probs, smoothing / logits.size(-1))
    q.scatter_(-1, targets.masked_fill(~kept, 0).unsqueeze(-1), 1 - smoothing)
    loss = -(q * log_probs).sum(-1)
    return loss.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)

# %% wrong | shared-among-others | The share is spread over the V - 1 wrong tokens and not over the whole vocabulary.
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if smoothing < 0 or smoothing > 1:
        raise ValueError("smoothing")
    kept = targets != ignore_index
    log_probs = logits.log_softmax(-1)
    right = log_probs.gather(-1, targets.masked_fill(~kept, 0).unsqueeze(-1)).squeeze(-1)
    others = (log_probs.sum(-1) - right) / max(logits.size(-1) - 1, 1)
    loss = -(1 - smoothing) * right - smoothing * others
    return loss.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)

# %% wrong | padding-gets-nothing | As in a well-known tutorial, the token ignore_index has no share and V - 2 others divide it.
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0 <= smoothing <= 1:
        raise ValueError("smoothing must be between 0 and 1")
    V = logits.size(-1)
    kept = targets != ignore_index
    log_probs = logits.log_softmax(-1)
    q = torch.full_like(log_probs, smoothing / max(V - 2, 1))
    q.scatter_(-1, targets.masked_fill(~kept, 0).unsqueeze(-1), 1 - smoothing)
    if 0 <= ignore_index < V:
        q[..., ignore_index] = 0
    loss = -(q * log_probs).sum(-1)
    return loss.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)

# %% wrong | anything-goes | A smoothing below 0 or above 1 raises no ValueError.
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    kept = targets != ignore_index
    log_probs = logits.log_softmax(-1)
    picked = log_probs.gather(-1, targets.masked_fill(~kept, 0).unsqueeze(-1)).squeeze(-1)
    loss = -((1 - smoothing) * picked + smoothing * log_probs.mean(-1))
    return loss.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)

# %% wrong | sum-not-mean | Each token gets the whole eps and not eps/V: the sum of the log-probabilities stands where their mean belongs.
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0.0 <= smoothing <= 1.0:
        raise ValueError(f"smoothing is {smoothing}")
    kept = targets != ignore_index
    log_probs = logits.log_softmax(-1)
    picked = log_probs.gather(-1, targets.masked_fill(~kept, 0).unsqueeze(-1)).squeeze(-1)
    loss = -((1 - smoothing) * picked + smoothing * log_probs.sum(-1))
    return loss.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)

# %% wrong | divergence | kl_div subtracts the entropy of q; the loss is the cross-entropy.
import torch
import torch.nn.functional as F


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0.0 <= smoothing <= 1.0:
        raise ValueError("smoothing has to be in [0, 1]")
    V = logits.size(-1)
    kept = targets != ignore_index
    q = F.one_hot(targets.masked_fill(~kept, 0), V).to(logits.dtype) * (1 - smoothing) + smoothing / V
    loss = F.kl_div(logits.log_softmax(-1), q, reduction="none").sum(-1)
    return loss.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)

# %% wrong | padding-smoothed | The uniform part is a mean over all positions, ignored ones too, which then get gradients.
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0.0 <= smoothing <= 1.0:
        raise ValueError("smoothing has to be in [0, 1]")
    kept = targets != ignore_index
    log_probs = logits.log_softmax(-1)
    picked = log_probs.gather(-1, targets.masked_fill(~kept, 0).unsqueeze(-1)).squeeze(-1)
    plain = -picked.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)
    uniform = -log_probs.mean()
    return (1 - smoothing) * plain + smoothing * uniform

# %% wrong | ends-forbidden | 0 and 1 raise ValueError, although 0 <= eps <= 1 is allowed.
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0.0 < smoothing < 1.0:
        raise ValueError("smoothing has to be between 0 and 1")
    kept = targets != ignore_index
    log_probs = logits.log_softmax(-1)
    picked = log_probs.gather(-1, targets.masked_fill(~kept, 0).unsqueeze(-1)).squeeze(-1)
    loss = -((1 - smoothing) * picked + smoothing * log_probs.mean(-1))
    return loss.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)

# %% wrong | shares-swapped | The right token gets eps and the uniform part 1 - eps.
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0.0 <= smoothing <= 1.0:
        raise ValueError("smoothing has to be between 0 and 1")
    kept = targets != ignore_index
    log_probs = logits.log_softmax(-1)
    picked = log_probs.gather(-1, targets.masked_fill(~kept, 0).unsqueeze(-1)).squeeze(-1)
    loss = -torch.lerp(log_probs.mean(-1), picked, smoothing)
    return loss.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)

# %% wrong | uniform-without-gradient | The uniform part is detached: the value is right, and the gradient at the logits is not that of the loss.
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0.0 <= smoothing <= 1.0:
        raise ValueError("smoothing has to be between 0 and 1")
    kept = targets != ignore_index
    log_probs = logits.log_softmax(-1)
    picked = log_probs.gather(-1, targets.masked_fill(~kept, 0).unsqueeze(-1)).squeeze(-1)
    with torch.no_grad():
        uniform = log_probs.mean(-1)
    loss = -((1 - smoothing) * picked + smoothing * uniform)
    return loss.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)

# %% right | two-parts | picked and mean, as in the hints
import torch


def label_smoothing_loss(
    logits: torch.Tensor, targets: torch.Tensor, smoothing: float, ignore_index: int = -100
) -> torch.Tensor:
    if not 0 <= smoothing <= 1:
        raise ValueError(f"smoothing must be from 0 to 1, not {smoothing}")
    kept = targets != ignore_index
    log_probs = logits.log_softmax(dim=-1)
    index = targets.masked_fill(~kept, 0).unsqueeze(-1)
    picked = log_probs.gather(-1, index).squeeze(-1)
    loss = -((1 - smoothing) * picked + smoothing * log_probs.mean(dim=-1))
    return loss.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)

# %% right | whole-distribution | q is built with one_hot and multiplied
import torch
import torch.nn.functional as F


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if smoothing < 0 or smoothing > 1:
        raise ValueError("smoothing is a share, from 0 to 1")
    V = logits.shape[-1]
    keep = targets != ignore_index
    logits, targets = logits[keep], targets[keep]  # (N, V), (N)
    q = smoothing / V + (1 - smoothing) * F.one_hot(targets, V).to(logits.dtype)
    loss = -(q * F.log_softmax(logits, dim=-1)).sum()
    return loss / max(targets.numel(), 1)

# %% right | by-logsumexp | logsumexp minus the q-weighted logits
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not (smoothing >= 0 and smoothing <= 1):
        raise ValueError("smoothing")
    keep = targets.ne(ignore_index)
    safe = torch.where(keep, targets, torch.zeros_like(targets))
    centred = logits - logits.detach().amax(dim=-1, keepdim=True)
    own = centred.gather(-1, safe[..., None])[..., 0]
    expected = own * (1 - smoothing) + centred.mean(dim=-1) * smoothing
    per_position = centred.exp().sum(dim=-1).log() - expected
    total = torch.where(keep, per_position, torch.zeros_like(per_position)).sum()
    return total / keep.sum().clamp(min=1)

# %% right | loop-in-double | a loop over positions in float64
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if smoothing < 0:
        raise ValueError("smoothing is too small")
    if smoothing > 1:
        raise ValueError("smoothing is too large")
    V = logits.size(-1)
    log_probs = torch.log_softmax(logits.to(torch.float64), dim=-1).reshape(-1, V)
    losses = []
    for row, y in zip(log_probs, targets.reshape(-1).tolist()):
        if y == ignore_index:
            continue
        q = torch.full_like(row, smoothing / V)
        q[y] += 1 - smoothing
        losses.append(-torch.dot(q, row))
    if not losses:
        return (logits * 0).sum()
    return torch.stack(losses).mean().to(logits.dtype)

# %% wrong | x-shares-the-wrong-way-round | the right token gets ε and the spread part 1 − ε
import torch


def label_smoothing_loss(
    logits: torch.Tensor, targets: torch.Tensor, smoothing: float, ignore_index: int = -100
) -> torch.Tensor:
    if smoothing < 0 or smoothing > 1:
        raise ValueError("smoothing must be from 0 to 1")
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    log_probs = logits.log_softmax(-1)
    picked = log_probs.gather(-1, index.unsqueeze(-1)).squeeze(-1)
    loss = -(smoothing * picked + (1 - smoothing) * log_probs.mean(-1))
    return loss.masked_fill(~kept, 0).sum() / kept.sum().clamp(min=1)


# %% wrong | x-epsilon-for-every-token | each token gets ε and not ε/V: the log-probabilities are summed, not averaged
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0 <= smoothing <= 1:
        raise ValueError(f"smoothing is {smoothing}")
    lprobs = logits.log_softmax(dim=-1)
    pad_mask = targets == ignore_index
    nll_loss = -lprobs.gather(-1, targets.masked_fill(pad_mask, 0).unsqueeze(-1)).squeeze(-1)
    smooth_loss = -lprobs.sum(dim=-1)
    loss = (1.0 - smoothing) * nll_loss + smoothing * smooth_loss
    loss = loss.masked_fill(pad_mask, 0.0)
    return loss.sum() / (~pad_mask).sum().clamp(min=1)


# %% wrong | x-prediction-smoothed | mixes the model's probability with 1/V and takes the log of that; the target stays sharp
import math

import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0.0 <= smoothing <= 1.0:
        raise ValueError("smoothing out of range")
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    log_p = logits.log_softmax(-1).gather(-1, index.unsqueeze(-1)).squeeze(-1)
    if smoothing > 0:
        # log((1 - eps) p + eps / V)
        floor = torch.full_like(log_p, math.log(smoothing / logits.size(-1)))
        if smoothing < 1:
            log_p = torch.logaddexp(log_p + math.log1p(-smoothing), floor)
        else:
            log_p = floor + 0 * log_p
    return -log_p.masked_fill(~kept, 0).sum() / kept.sum().clamp(min=1)


# %% wrong | x-divergence | the Kullback-Leibler divergence: the entropy of the target is taken off the cross-entropy
import torch


def label_smoothing_loss(
    logits: torch.Tensor, targets: torch.Tensor, smoothing: float, ignore_index: int = -100
) -> torch.Tensor:
    if not 0 <= smoothing <= 1:
        raise ValueError("0 <= smoothing <= 1")
    V = logits.size(-1)
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    q = torch.full_like(logits, smoothing / V)
    q = q.scatter_add(-1, index[..., None], torch.full_like(logits[..., :1], 1 - smoothing))
    log_p = logits.log_softmax(-1)
    loss = torch.nn.functional.kl_div(log_p, q.detach(), reduction="none").sum(-1)
    return loss.masked_fill(~kept, 0).sum() / kept.sum().clamp(min=1)


# %% wrong | x-one-refused | a smoothing of exactly 1 is allowed, but raises the error
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0 <= smoothing < 1:
        raise ValueError("smoothing must be in [0, 1)")
    kept = targets != ignore_index
    index = torch.where(kept, targets, 0)
    log_p = logits.log_softmax(dim=-1)
    right = torch.take_along_dim(log_p, index[..., None], -1).squeeze(-1)
    loss = (1 - smoothing) * right + smoothing * log_p.mean(dim=-1)
    return -torch.where(kept, loss, 0).sum() / kept.sum().clamp(min=1)


# %% wrong | x-smooth-part-of-padding | only the part of the right token leaves padding out; the spread part averages over all positions
import torch


def label_smoothing_loss(
    logits: torch.Tensor, targets: torch.Tensor, smoothing: float, ignore_index: int = -100
) -> torch.Tensor:
    if smoothing < 0 or smoothing > 1:
        raise ValueError("smoothing")
    log_probs = logits.log_softmax(-1)
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    nll = -log_probs.gather(-1, index.unsqueeze(-1)).squeeze(-1)
    nll = nll.masked_fill(~kept, 0).sum() / kept.sum().clamp(min=1)
    smooth = -log_probs.mean()
    return (1 - smoothing) * nll + smoothing * smooth


# %% wrong | x-for-each-sentence | the sum is divided by the number of sequences, not by the number of positions that count
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0 <= smoothing <= 1:
        raise ValueError("smoothing must lie between 0 and 1")
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    log_p = logits.log_softmax(-1)
    picked = log_p.gather(-1, index.unsqueeze(-1)).squeeze(-1)
    loss = -((1 - smoothing) * picked + smoothing * log_p.mean(-1))
    loss = loss.masked_fill(~kept, 0)
    batch = len(loss) if loss.dim() > 1 else int(kept.sum())
    return loss.sum() / max(batch, 1)


# %% wrong | x-rows-by-number | picks by log_p[arange(N), targets], which is right for (N, V) logits only
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0 <= smoothing <= 1:
        raise ValueError("smoothing must lie between 0 and 1")
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    log_p = logits.log_softmax(-1)
    picked = log_p[torch.arange(targets.shape[0]), index]
    loss = -(1 - smoothing) * picked - smoothing * log_p.mean(-1)
    return (loss * kept).sum() / kept.sum().clamp(min=1)

# %% wrong | log-p-of-at-least-minus-ten-thousand | log p is cut at -1e4, so a very wrong prediction costs too little.
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0 <= smoothing <= 1:
        raise ValueError("smoothing")
    kept = targets != ignore_index
    log_p = logits.log_softmax(-1).clamp(min=-1e4)
    picked = log_p.gather(-1, targets.masked_fill(~kept, 0).unsqueeze(-1)).squeeze(-1)
    losses = -(1 - smoothing) * picked - smoothing * log_p.mean(-1)
    return losses.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)
