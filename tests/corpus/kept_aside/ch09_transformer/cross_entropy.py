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

# %% wrong | x-nan-swept-up | 0/0 is turned to 0 by nan_to_num, but its gradient at the logits is NaN all the same
import torch


def cross_entropy(
    logits: torch.Tensor, targets: torch.Tensor, ignore_index: int = -100
) -> torch.Tensor:
    kept = targets != ignore_index
    index = targets * kept
    picked = logits.log_softmax(-1).gather(-1, index.unsqueeze(-1)).squeeze(-1)
    mean = -(picked * kept).sum() / kept.sum()
    return torch.nan_to_num(mean, nan=0.0)


# %% wrong | x-targets-overwritten | puts the harmless index into the caller's own targets
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    ignored = targets == ignore_index
    targets[ignored] = 0
    log_p = logits.log_softmax(dim=-1)
    loss = -log_p.gather(-1, targets[..., None]).squeeze(-1)
    loss = loss.masked_fill(ignored, 0)
    count = (~ignored).sum()
    return loss.sum() / count.clamp(min=1)


# %% wrong | x-padding-cannot-be-said | an ignore_index within the vocabulary is taken out of the softmax as well, which makes all other tokens more probable
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    V = logits.shape[-1]
    kept = targets != ignore_index
    if 0 <= ignore_index < V:
        column = torch.arange(V, device=logits.device) == ignore_index
        logits = logits.masked_fill(column, float("-inf"))
    log_p = logits.log_softmax(-1)
    safe = targets.masked_fill(~kept, 0 if ignore_index != 0 else V - 1)
    terms = log_p.gather(-1, safe.unsqueeze(-1)).squeeze(-1).masked_fill(~kept, 0)
    return -terms.sum() / kept.sum().clamp(min=1)


# %% wrong | x-single-precision-inside | computes in float32 always, so float64 logits get a float32 loss
import torch


def cross_entropy(
    logits: torch.Tensor, targets: torch.Tensor, ignore_index: int = -100
) -> torch.Tensor:
    logits = logits.float()  # half precision is too coarse for a log-softmax
    keep = targets != ignore_index
    index = torch.where(keep, targets, 0)
    log_p = logits - logits.logsumexp(dim=-1, keepdim=True)
    picked = torch.take_along_dim(log_p, index[..., None], dim=-1)[..., 0]
    return -torch.where(keep, picked, 0.0).sum() / keep.sum().clamp(min=1)


# %% right | x-kept-rows-only | takes the rows that count out by a Boolean index, and subtracts each picked logit from the logsumexp
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    counts = targets.ne(ignore_index)
    rows = logits[counts]  # (N, V), also when there are no leading dimensions
    wanted = targets[counts]  # (N)
    rows = rows - rows.detach().amax(dim=-1, keepdim=True)
    picked = rows[torch.arange(len(wanted), device=rows.device), wanted]
    surprises = rows.exp().sum(dim=-1).log() - picked
    return surprises.sum() / max(len(wanted), 1)

# %% wrong | x-logits-clamped | logits are cut off at ±50 for stability, but they may have any size
import torch


def cross_entropy(
    logits: torch.Tensor, targets: torch.Tensor, ignore_index: int = -100
) -> torch.Tensor:
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    z = logits.clamp(min=-50.0, max=50.0)
    log_p = z - z.logsumexp(dim=-1, keepdim=True)
    picked = log_p.gather(-1, index.unsqueeze(-1)).squeeze(-1)
    return -picked.masked_fill(~kept, 0).sum() / kept.sum().clamp(min=1)


# %% wrong | x-mean-of-pieces | 128 positions are done at a time and the means of these pieces averaged, though they hold different numbers of terms
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    V = logits.size(-1)
    logits, targets = logits.reshape(-1, V), targets.reshape(-1)
    means = []
    # not all log-softmaxes at once, V may be large
    for z, y in zip(logits.split(128), targets.split(128)):
        kept = y != ignore_index
        index = y.masked_fill(~kept, 0)
        picked = z.log_softmax(-1).gather(-1, index.unsqueeze(-1)).squeeze(-1)
        means.append(-picked.masked_fill(~kept, 0).sum() / kept.sum().clamp(min=1))
    return torch.stack(means).mean()
