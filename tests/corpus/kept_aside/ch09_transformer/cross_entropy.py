# %% wrong | ignored-counted-as-token-0 | Ignored places get index 0 and are never left out again, so they count as targets 0.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    index = torch.where(targets == ignore_index, torch.zeros_like(targets), targets)
    log_p = logits.log_softmax(dim=-1)
    return -log_p.gather(-1, index.unsqueeze(-1)).mean()

# %% wrong | axis-one | The softmax runs over axis 1, which is the vocabulary for (N, V) only and is the positions for (B, T, V).
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    if logits.dim() == 1:
        logits, targets = logits[None], targets[None]
    keep = targets != ignore_index
    log_p = logits.log_softmax(dim=1)
    right = log_p.gather(-1, targets.masked_fill(~keep, 0).unsqueeze(-1)).squeeze(-1)
    return -(right * keep).sum() / keep.sum().clamp(min=1)

# %% wrong | clamped-index | Clamps targets from below before gather, so an ignore_index at or above V is an index out of range.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    keep = (targets != ignore_index).to(logits.dtype)
    log_p = logits - logits.logsumexp(dim=-1, keepdim=True)
    right = log_p.gather(-1, targets.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return -(right * keep).sum() / keep.sum().clamp(min=1)

# %% wrong | little-something-added | Adds 1e-9 to the probability, so a surprise can never be above 20.7 and logits of 1000 get a wrong loss and no gradient.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    p = logits.softmax(dim=-1)
    right = p.gather(-1, targets.masked_fill(~keep, 0).unsqueeze(-1)).squeeze(-1)
    loss = -torch.log(right + 1e-9) * keep
    return loss.sum() / keep.sum().clamp(min=1)

# %% right | margins | logsumexp of the differences to the target's logit
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    ignored = targets.eq(ignore_index)
    index = torch.where(ignored, torch.zeros_like(targets), targets)
    own = torch.take_along_dim(logits, index[..., None], dim=-1)
    surprise = (logits - own).logsumexp(dim=-1)
    surprise = torch.where(ignored, torch.zeros_like(surprise), surprise)
    n = (~ignored).sum().item()
    return surprise.sum() / (n if n > 0 else 1)

# %% right | weights | an einsum of one-hot rows and log-probabilities, weights that sum to one
import torch
from torch.nn import functional as F


def cross_entropy(logits, targets, ignore_index=-100):
    mask = (targets != ignore_index).to(logits.dtype)
    weights = mask / mask.sum().clamp(min=1.0)
    safe = targets.masked_fill(targets == ignore_index, 0)
    one_hot = F.one_hot(safe, logits.size(-1)).to(logits.dtype)
    log_p = F.log_softmax(logits, dim=-1)
    return -torch.einsum("...v,...v,...->...", one_hot, log_p, weights).sum()
