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
