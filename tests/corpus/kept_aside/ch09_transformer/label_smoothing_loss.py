# %% wrong | nan-for-padding-alone | Divides by a number of positions that may be 0: NaN where the loss should be 0.
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0 <= smoothing <= 1:
        raise ValueError("smoothing must be in [0, 1]")
    keep = targets != ignore_index
    log_p = logits.log_softmax(dim=-1)[keep]
    picked = log_p.gather(-1, targets[keep].unsqueeze(-1)).squeeze(-1)
    return (-(1 - smoothing) * picked - smoothing * log_p.mean(-1)).mean()

# %% wrong | assertion | A smoothing out of range gives AssertionError where ValueError is promised.
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    assert 0 <= smoothing <= 1, "smoothing must be in [0, 1]"
    keep = targets != ignore_index
    log_p = logits.log_softmax(dim=-1)
    picked = log_p.gather(-1, targets.masked_fill(~keep, 0).unsqueeze(-1)).squeeze(-1)
    loss = (smoothing - 1) * picked - smoothing * log_p.mean(-1)
    return (loss * keep).sum() / keep.sum().clamp(min=1)

# %% wrong | probabilities-smoothed | Mixes the model's probability with 1/V instead of the target: -log((1 - eps) p + eps/V).
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0 <= smoothing <= 1:
        raise ValueError("smoothing must be in [0, 1]")
    V = logits.size(-1)
    keep = targets != ignore_index
    p = (1 - smoothing) * logits.softmax(-1) + smoothing / V
    picked = p.gather(-1, targets.masked_fill(~keep, 0).unsqueeze(-1)).squeeze(-1)
    loss = -picked.clamp(min=1e-38).log()
    return loss.masked_fill(~keep, 0).sum() / keep.sum().clamp(min=1)

# %% wrong | padding-column-left-out | The uniform share skips the token ignore_index when it is in the vocabulary, but padding is included.
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0 <= smoothing <= 1:
        raise ValueError("smoothing must be in [0, 1]")
    V = logits.size(-1)
    keep = targets != ignore_index
    log_p = logits.log_softmax(dim=-1)
    columns = [v for v in range(V) if v != ignore_index or V == 1]
    picked = log_p.gather(-1, targets.masked_fill(~keep, 0).unsqueeze(-1)).squeeze(-1)
    loss = -((1 - smoothing) * picked + smoothing * log_p[..., columns].mean(-1))
    return loss.masked_fill(~keep, 0).sum() / keep.sum().clamp(min=1)

# %% right | divergence-plus-entropy | kl_div and the entropy of q together
import torch
import torch.nn.functional as F


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0 <= smoothing <= 1:
        raise ValueError("smoothing must be in [0, 1]")
    V = logits.size(-1)
    keep = targets != ignore_index
    q = torch.full(logits.shape, smoothing / V, dtype=logits.dtype, device=logits.device)
    index = targets.masked_fill(~keep, 0).unsqueeze(-1)
    q = q.scatter_add(-1, index, torch.full_like(index, 1 - smoothing, dtype=logits.dtype))
    entropy = -torch.xlogy(q, q).sum(-1)
    loss = F.kl_div(logits.log_softmax(-1), q, reduction="none").sum(-1) + entropy
    return (loss * keep).sum() / keep.sum().clamp(min=1)

# %% right | matmul-of-weights | each entry of the table gets its weight, one sum at the end
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if smoothing != min(max(smoothing, 0), 1):
        raise ValueError("smoothing must be in [0, 1]")
    V = logits.size(-1)
    log_p = logits.log_softmax(-1).reshape(-1, V)
    y = targets.reshape(-1, 1)
    keep = (y != ignore_index).to(log_p.dtype)
    hit = (y == torch.arange(V, device=y.device)).to(log_p.dtype)
    weights = keep * (smoothing / V + (1 - smoothing) * hit)
    return -weights.flatten().dot(log_p.flatten()) / keep.sum().clamp(min=1)

# %% wrong | x-padding-gets-no-share | an ignore_index within the vocabulary gets no share of ε, but padding is included
import torch


def label_smoothing_loss(
    logits: torch.Tensor, targets: torch.Tensor, smoothing: float, ignore_index: int = -100
) -> torch.Tensor:
    if not 0 <= smoothing <= 1:
        raise ValueError("smoothing must be between 0 and 1")
    V = logits.size(-1)
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    q = torch.full_like(logits, smoothing / V).detach()
    if 0 <= ignore_index < V:
        q[..., ignore_index] = 0  # nobody should aim at padding
    q.scatter_add_(-1, index[..., None], torch.full_like(q[..., :1], 1 - smoothing))
    loss = -(q * logits.log_softmax(-1)).sum(-1)
    return loss.masked_fill(~kept, 0).sum() / kept.sum().clamp(min=1)


# %% wrong | x-log-of-the-mean | takes the log of the mean probability, which is always −ln V, and not the mean of the log-probabilities
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if smoothing < 0 or smoothing > 1:
        raise ValueError("smoothing must be between 0 and 1")
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    log_p = logits.log_softmax(-1)
    picked = log_p.gather(-1, index.unsqueeze(-1)).squeeze(-1)
    everyone = log_p.exp().mean(dim=-1).log()
    loss = (1 - smoothing) * picked + smoothing * everyone
    return -loss.masked_fill(~kept, 0).sum() / kept.sum().clamp(min=1)


# %% wrong | x-filled-before-compared | puts 0 in place of ignored targets, in the caller's tensor, and only then looks for the ignored ones
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if not 0 <= smoothing <= 1:
        raise ValueError("bad smoothing")
    index = targets.masked_fill_(targets == ignore_index, 0)
    log_p = logits.log_softmax(dim=-1)
    picked = log_p.gather(-1, index.unsqueeze(-1)).squeeze(-1)
    loss = -(1 - smoothing) * picked - smoothing * log_p.mean(dim=-1)
    kept = targets != ignore_index
    return loss.masked_fill(~kept, 0).sum() / kept.sum().clamp(min=1)


# %% wrong | x-asserts | a smoothing out of range raises AssertionError, not ValueError
import torch


def label_smoothing_loss(
    logits: torch.Tensor, targets: torch.Tensor, smoothing: float, ignore_index: int = -100
) -> torch.Tensor:
    assert 0 <= smoothing <= 1, "smoothing must be from 0 to 1"
    kept = targets != ignore_index
    log_probs = logits.log_softmax(-1)
    picked = log_probs.gather(-1, targets.where(kept, 0).unsqueeze(-1)).squeeze(-1)
    loss = -((1 - smoothing) * picked + smoothing * log_probs.mean(-1))
    return loss.where(kept, 0).sum() / kept.sum().clamp(min=1)


# %% right | x-whole-target-by-einsum | builds the smoothed target for the rows that count and contracts it with the log-probabilities
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if smoothing < 0 or smoothing > 1:
        raise ValueError(f"the share must be from 0 to 1, not {smoothing}")
    vocab = logits.shape[-1]
    flat_logits = logits.reshape(-1, vocab)
    flat_targets = targets.reshape(-1)
    places = (flat_targets != ignore_index).nonzero().squeeze(1)
    n = places.numel()
    log_p = flat_logits[places].log_softmax(dim=1)
    q = torch.full((n, vocab), smoothing / vocab, dtype=logits.dtype, device=logits.device)
    q[torch.arange(n), flat_targets[places]] += 1 - smoothing
    return -torch.einsum("nv,nv->", q, log_p) / max(n, 1)

# %% wrong | x-even-part-as-a-constant | the part that is the same for all targets is detached, as if it were a constant; the value is right and the gradient is not
import torch


def label_smoothing_loss(
    logits: torch.Tensor, targets: torch.Tensor, smoothing: float, ignore_index: int = -100
) -> torch.Tensor:
    if not 0 <= smoothing <= 1:
        raise ValueError("smoothing must be from 0 to 1")
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    log_probs = logits.log_softmax(-1)
    picked = log_probs.gather(-1, index.unsqueeze(-1)).squeeze(-1)
    even = log_probs.detach().mean(-1)
    loss = -((1 - smoothing) * picked + smoothing * even)
    return loss.masked_fill(~kept, 0).sum() / kept.sum().clamp(min=1)


# %% wrong | x-another-mean-without-smoothing | the shortcut for ε = 0 takes the mean over all positions, padding as zeros among them
import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if smoothing < 0 or smoothing > 1:
        raise ValueError("smoothing must lie between 0 and 1")
    kept = targets != ignore_index
    log_p = logits.log_softmax(dim=-1)
    picked = log_p.gather(-1, targets.masked_fill(~kept, 0).unsqueeze(-1)).squeeze(-1)
    if smoothing == 0:
        return -picked.masked_fill(~kept, 0).mean()
    loss = -(1 - smoothing) * picked - smoothing * log_p.mean(dim=-1)
    return loss.masked_fill(~kept, 0).sum() / kept.sum().clamp(min=1)
