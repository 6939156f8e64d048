# %% wrong | log-of-softmax | Takes the logarithm of a softmax, which is -inf (and NaN in the gradient) for logits such as 1000.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    kept = targets != ignore_index
    log_probs = logits.softmax(dim=-1).log()
    picked = log_probs.gather(-1, targets.masked_fill(~kept, 0).unsqueeze(-1)).squeeze(-1)
    return -picked.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)

# %% wrong | divided-by-all | The sum is divided by the number of all positions, ignored ones included.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    kept = targets != ignore_index
    log_probs = logits.log_softmax(dim=-1)
    picked = log_probs.gather(-1, targets.masked_fill(~kept, 0).unsqueeze(-1)).squeeze(-1)
    return -picked.masked_fill(~kept, 0.0).mean()

# %% wrong | nothing-over-nothing | Where no position counts, 0 / 0 gives NaN instead of 0.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    kept = targets != ignore_index
    log_probs = logits.log_softmax(dim=-1)
    picked = log_probs.gather(-1, targets.masked_fill(~kept, 0).unsqueeze(-1)).squeeze(-1)
    return -(picked * kept).sum() / kept.sum()

# %% wrong | sign-lost | The mean log-probability without the minus: the loss is negative.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    log_p = torch.log_softmax(logits, dim=-1)
    right = log_p.gather(-1, torch.where(keep, targets, 0)[..., None])[..., 0]
    return (right * keep).sum() / keep.sum().clamp(min=1)

# %% wrong | bits | The surprise is measured in bits (log2) and not in nats.
import math

import torch


def cross_entropy(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    log_p = torch.log_softmax(logits, dim=-1) / math.log(2)
    right = log_p.gather(-1, torch.where(keep, targets, 0)[..., None])[..., 0]
    return -(right * keep).sum() / keep.sum().clamp(min=1)

# %% wrong | negative-means-ignored | Leaves out negative targets and not ignore_index, which can be a token of the vocabulary.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    keep = targets >= 0
    log_p = torch.log_softmax(logits, dim=-1)
    right = log_p.gather(-1, targets.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return -(right * keep).sum() / keep.sum().clamp(min=1)

# %% wrong | targets-overwritten | Puts the harmless index into the targets themselves, which must not be changed.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    targets[~keep] = 0
    log_p = logits.log_softmax(-1)
    right = log_p.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    return -(right * keep).sum() / keep.sum().clamp(min=1)

# %% wrong | empty-constant | Where no position counts it returns a new float32 constant: not the dtype of float64 logits, and no gradient reaches them.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    if not keep.any():
        return torch.tensor(0.0)
    log_p = logits[keep].log_softmax(-1)
    return -log_p.gather(-1, targets[keep].unsqueeze(-1)).mean()

# %% wrong | one-maximum-for-all | Subtracts the largest logit of the whole tensor, so exp of a row far below it is 0 everywhere and its log is -inf.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    z = logits - logits.max()
    log_p = z - z.exp().sum(dim=-1, keepdim=True).log()
    right = log_p.gather(-1, targets.masked_fill(~keep, 0).unsqueeze(-1)).squeeze(-1)
    right = right.masked_fill(~keep, 0)
    return -right.sum() / keep.sum().clamp(min=1)

# %% wrong | mean-of-row-means | Averages each sentence first and then the sentences, so a token of a short one counts more; the sum over all positions divided by their number is asked for.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    keep = targets != ignore_index
    log_p = logits.log_softmax(-1)
    loss = -log_p.gather(-1, targets.masked_fill(~keep, 0).unsqueeze(-1)).squeeze(-1)
    loss = loss.masked_fill(~keep, 0)
    if loss.dim() > 1:
        loss = loss.sum(-1) / keep.sum(-1).clamp(min=1)
        return loss.mean()
    return loss.sum() / keep.sum().clamp(min=1)

# %% right | usual | log_softmax, gather, masked_fill
import torch


def cross_entropy(
    logits: torch.Tensor, targets: torch.Tensor, ignore_index: int = -100
) -> torch.Tensor:
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    picked = logits.log_softmax(dim=-1).gather(-1, index.unsqueeze(-1)).squeeze(-1)
    return -picked.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)

# %% right | logsumexp-selected | Boolean selection first, then logsumexp minus the target's logit
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    V = logits.shape[-1]
    rows = logits.reshape(-1, V)
    wanted = targets.reshape(-1)
    keep = wanted != ignore_index
    rows, wanted = rows[keep], wanted[keep]
    own = rows[torch.arange(len(wanted), device=rows.device), wanted]
    surprise = torch.logsumexp(rows, dim=1) - own
    return surprise.sum() / max(len(wanted), 1)

# %% right | position-loop | student's loop over all positions, with a running total
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    n_tokens = logits.size(-1)
    flat_logits = logits.reshape(-1, n_tokens)
    flat_targets = targets.reshape(-1).tolist()
    total = flat_logits.sum() * 0
    count = 0
    for i, target in enumerate(flat_targets):
        if target == ignore_index:
            continue
        z = flat_logits[i]
        z = z - z.max().detach()
        total = total + torch.log(torch.exp(z).sum()) - z[target]
        count += 1
    if count == 0:
        return total
    return total / count

# %% right | comparing-numbers | a mask of ones at the targets, made by comparison, float64 inside
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    vocabulary = torch.arange(logits.size(-1), device=logits.device)
    counts = (targets != ignore_index).unsqueeze(-1)
    here = (targets.unsqueeze(-1) == vocabulary) & counts
    log_probs = logits.double().log_softmax(dim=-1)
    total = torch.where(here, log_probs, torch.zeros_like(log_probs)).sum()
    number = counts.sum().clamp(min=1)
    return (-total / number).to(logits.dtype)

# %% wrong | sum-over-positions | The surprises are added and not divided by the number of positions that count.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    picked = logits.log_softmax(-1).gather(-1, index.unsqueeze(-1)).squeeze(-1)
    return -picked.masked_fill(~kept, 0).sum()

# %% wrong | softmax-twice | The log-softmax is taken of a softmax, so p is not the softmax of the logits.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    log_probs = logits.softmax(-1).log_softmax(-1)
    picked = log_probs.gather(-1, index.unsqueeze(-1)).squeeze(-1)
    return -picked.masked_fill(~kept, 0).sum() / kept.sum().clamp(min=1)

# %% wrong | raw-logit | The logit itself is picked, without the softmax.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    picked = logits.gather(-1, index.unsqueeze(-1)).squeeze(-1)
    return -picked.masked_fill(~kept, 0).sum() / kept.sum().clamp(min=1)

# %% wrong | x-in-bits | the surprise is measured in bits (log2), not in nats
import math

import torch


def cross_entropy(
    logits: torch.Tensor, targets: torch.Tensor, ignore_index: int = -100
) -> torch.Tensor:
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    log_p = logits.log_softmax(dim=-1) / math.log(2)
    surprise = -log_p.gather(-1, index.unsqueeze(-1)).squeeze(-1)
    return surprise.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)


# %% wrong | x-binary-for-each-token | adds −log(1 − p) of all the wrong tokens, as a binary cross-entropy does
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    V = logits.size(-1)
    kept = targets != ignore_index
    index = torch.where(kept, targets, torch.zeros_like(targets))
    y = torch.nn.functional.one_hot(index, V).to(logits.dtype)
    log_p = logits.log_softmax(dim=-1)
    log_not_p = torch.log1p(-log_p.exp().clamp(max=1 - 1e-6))
    loss = -(y * log_p + (1 - y) * log_not_p).sum(dim=-1)
    return (loss * kept).sum() / kept.sum().clamp(min=1)


# %% wrong | x-mean-of-row-means | averages each sequence by itself and then the sequences, so tokens of short ones count more
import torch


def cross_entropy(
    logits: torch.Tensor, targets: torch.Tensor, ignore_index: int = -100
) -> torch.Tensor:
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    picked = logits.log_softmax(-1).gather(-1, index[..., None])[..., 0]
    picked = picked.masked_fill(~kept, 0)
    if targets.dim() < 2:
        return -picked.sum() / kept.sum().clamp(min=1)
    per_row = -picked.sum(dim=-1) / kept.sum(dim=-1).clamp(min=1)
    return per_row.mean()


# %% wrong | x-largest-of-the-whole-batch | subtracts the largest logit of all positions, so the exponentials of a lower position vanish
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    kept = targets != ignore_index
    z = logits - logits.max()  # numerically stable
    log_p = z - z.exp().sum(dim=-1, keepdim=True).log()
    index = targets.masked_fill(~kept, 0)
    terms = -log_p.gather(-1, index.unsqueeze(-1)).squeeze(-1)
    terms = terms.masked_fill(~kept, 0)
    return terms.sum() / kept.sum().clamp(min=1)


# %% wrong | x-negative-is-ignored | leaves out negative targets whatever ignore_index says, so a token of padding is learned
import torch


def cross_entropy(
    logits: torch.Tensor, targets: torch.Tensor, ignore_index: int = -100
) -> torch.Tensor:
    valid = targets >= 0
    log_probs = torch.log_softmax(logits, dim=-1)
    nll = -log_probs.gather(-1, targets.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    nll = nll * valid
    return nll.sum() / max(int(valid.sum()), 1)


# %% wrong | x-vocabulary-guessed | one_hot guesses V from the largest target, so it fits only where the last token of the vocabulary is a target
import torch
import torch.nn.functional as F


def cross_entropy(logits, targets, ignore_index=-100):
    mask = targets != ignore_index
    one_hot = F.one_hot(targets.masked_fill(~mask, 0))
    log_probs = logits.log_softmax(dim=-1)
    loss = -(one_hot * log_probs).sum(dim=-1)
    loss = loss.masked_fill(~mask, 0.0)
    return loss.sum() / mask.sum().clamp(min=1)


# %% wrong | x-classes-in-axis-one | the softmax runs over axis 1, which holds the tokens of the vocabulary for (N, V) only
import torch


def cross_entropy(
    logits: torch.Tensor, targets: torch.Tensor, ignore_index: int = -100
) -> torch.Tensor:
    if logits.dim() == 1:
        logits, targets = logits[None], targets[None]
    log_p = logits.log_softmax(dim=1)
    kept = targets != ignore_index
    index = targets.masked_fill(~kept, 0)
    picked = log_p.gather(-1, index.unsqueeze(-1)).squeeze(-1)
    return -(picked.masked_fill(~kept, 0).sum()) / kept.sum().clamp(min=1)


# %% wrong | x-zero-without-a-graph | where no position counts it returns a fresh zero, from which no gradient can reach the logits
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    kept = targets != ignore_index
    if not kept.any():
        return torch.zeros((), dtype=logits.dtype, device=logits.device)
    log_probs = logits[kept].log_softmax(dim=-1)
    return -log_probs.gather(1, targets[kept][:, None]).mean()

# %% wrong | log-p-of-at-least-minus-ten-thousand | log p is cut at -1e4, so a very wrong prediction costs too little.
import torch


def cross_entropy(logits, targets, ignore_index=-100):
    kept = targets != ignore_index
    log_p = logits.log_softmax(-1).clamp(min=-1e4)
    picked = log_p.gather(-1, targets.masked_fill(~kept, 0).unsqueeze(-1)).squeeze(-1)
    return -picked.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)
