# %% wrong | plain-mean | padding is averaged as well
import torch


def masked_mean_pool(x, mask):
    return x.mean(dim=1)

# %% wrong | times-mask | NaN in padding times 0 stays NaN
import torch


def masked_mean_pool(x, mask):
    m = mask.unsqueeze(-1).to(x.dtype)
    return (x * m).sum(dim=1) / m.sum(dim=1).clamp(min=1)

# %% wrong | zero-by-zero | a sequence without real tokens gives NaN and not 0
import torch


def masked_mean_pool(x, mask):
    kept = x.masked_fill(~mask[..., None], 0)
    return kept.sum(dim=1) / mask.sum(dim=1, keepdim=True)

# %% wrong | divided-by-length | divides by S and not by the number of real tokens
import torch


def masked_mean_pool(x, mask):
    return x.masked_fill(~mask[..., None], 0.0).mean(dim=1)

# %% wrong | inverted | averages the padding and drops the real tokens
import torch


def masked_mean_pool(x, mask):
    kept = x.masked_fill(mask[..., None], 0.0)
    return kept.sum(dim=1) / (~mask).sum(dim=1, keepdim=True).clamp(min=1)

# %% wrong | only-sum | the sum is not divided by the number of real tokens
import torch


def masked_mean_pool(x, mask):
    return torch.where(mask[..., None], x, torch.zeros_like(x)).sum(dim=1)

# %% wrong | stays-float32 | gives float32 for every dtype of x
import torch


def masked_mean_pool(x, mask):
    kept = x.float().masked_fill(~mask[..., None], 0.0)
    return kept.sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1).float()

# %% wrong | tiny-clamp | 1e-9 is 0 in float16, so an empty sequence gives NaN there
import torch


def masked_mean_pool(x, mask):
    kept = x.masked_fill(~mask[..., None], 0.0)
    count = mask[..., None].to(x.dtype).sum(dim=1).clamp(min=torch.tensor(1e-9).to(x.dtype).item())
    return kept.sum(dim=1) / count

# %% wrong | in-place-fill | padding of the caller's x is overwritten
import torch


def masked_mean_pool(x, mask):
    with torch.no_grad():
        x.masked_fill_(~mask[..., None], 0.0)
    return x.sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)

# %% wrong | prefix | takes the first n tokens for the real ones, but they can stand anywhere
import torch


def masked_mean_pool(x, mask):
    out = x.new_zeros(x.shape[0], x.shape[2])
    for b, n in enumerate(mask.sum(dim=1).tolist()):
        if n > 0:
            out[b] = x[b, :n].mean(dim=0)
    return out

# %% wrong | count-without-axis | the count (B) lacks a last axis and is divided along the features, which fits only where D is B or B is 1
import torch


def masked_mean_pool(x, mask):
    kept = x.masked_fill(~mask[..., None], 0.0)
    return kept.sum(dim=1) / mask.sum(dim=1).clamp(min=1)

# %% right | where-after-division | 0 / 0 is replaced afterwards; the fill stops the NaN in the gradient before it reaches x
import torch


def masked_mean_pool(x, mask):
    total = x.masked_fill(~mask[..., None], 0.0).sum(dim=1)
    count = mask.sum(dim=1, keepdim=True)
    return torch.where(count > 0, total / count, torch.zeros_like(total))

# %% wrong | equal-counts | works only where all sequences have equally many real tokens
import torch


def masked_mean_pool(x, mask):
    B, S, D = x.shape
    return x[mask].reshape(B, -1, D).mean(dim=1)

# %% wrong | squeezed | axes of size 1 vanish from the result
import torch


def masked_mean_pool(x, mask):
    kept = x.masked_fill(~mask[..., None], 0.0)
    return (kept.sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)).squeeze()

# %% wrong | detached | no gradient reaches x
import torch


def masked_mean_pool(x, mask):
    rows = []
    for xb, mb in zip(x.detach(), mask):
        real = xb[mb]
        rows.append(real.sum(dim=0) / max(len(real), 1))
    return torch.stack(rows)

# %% right | masked-fill | as the last hint
import torch


def masked_mean_pool(x, mask):
    count = mask.sum(dim=1, keepdim=True).clamp(min=1)
    return x.masked_fill(~mask[..., None], 0.0).sum(dim=1) / count

# %% right | where | where, and a number of tokens of at least 1
import torch


def masked_mean_pool(x, mask):
    zero = torch.zeros((), dtype=x.dtype, device=x.device)
    kept = torch.where(mask.unsqueeze(2), x, zero)
    n = torch.clamp(mask.long().sum(1), min=1)
    return torch.sum(kept, 1) / n.unsqueeze(1)

# %% right | loop-selection | loop over sequences that selects real tokens
import torch


def masked_mean_pool(x, mask):
    means = []
    for b in range(x.shape[0]):
        chosen = x[b][mask[b]]
        means.append(chosen.sum(dim=0) / max(chosen.shape[0], 1))
    return torch.stack(means)

# %% right | wide-inside | float64 inside, cast at the end
import torch


def masked_mean_pool(x, mask):
    wide = x.double().masked_fill(mask.logical_not()[:, :, None], 0)
    n = mask.sum(1).double().clamp_min(1)
    return (wide.sum(1) / n[:, None]).to(x.dtype)

# %% right | index-add | real tokens are added to their sequences by index
import torch


def masked_mean_pool(x, mask):
    b, s = mask.nonzero(as_tuple=True)
    total = torch.zeros(x.shape[0], x.shape[2], dtype=torch.float64, device=x.device)
    total = total.index_add(0, b, x[b, s].double())
    n = mask.sum(dim=1, keepdim=True).clamp(min=1)
    return (total / n).to(x.dtype)

# %% wrong | cut-at-ten-thousand | Numbers beyond 1e4 are cut there, so that padding does no harm.
import torch


def masked_mean_pool(x, mask):
    real = mask[..., None]
    total = x.masked_fill(~real, 0.0).clamp(-1e4, 1e4).sum(dim=1)
    return total / real.sum(dim=1).clamp(min=1)
