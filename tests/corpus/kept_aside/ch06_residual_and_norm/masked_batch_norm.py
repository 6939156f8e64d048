# %% wrong | mean-of-sequence-means | Averages the means of the sequences, so short sequences weigh too much: the mean is not the sum over all real tokens divided by n.
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    m = mask.unsqueeze(-1)
    clean = x.masked_fill(~m, 0.0)
    lengths = mask.sum(1).clamp(min=1).unsqueeze(-1)
    used = mask.any(1).sum().clamp(min=1)
    mean = (clean.sum(1) / lengths).sum(0) / used
    diff = (x - mean).masked_fill(~m, 0.0)
    var = (diff.square().sum(1) / lengths).sum(0) / used
    return diff / (var + eps).sqrt()

# %% wrong | mask-read-as-lengths | Turns the mask into lengths and takes the first tokens of each sequence, although any pattern is possible, also gaps.
import torch


def masked_batch_norm(x: torch.Tensor, mask: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    lengths = mask.sum(dim=1)
    positions = torch.arange(x.shape[1], device=x.device)
    real = (positions[None, :] < lengths[:, None])[:, :, None]
    n = real.sum().clamp(min=1)
    mean = torch.where(real, x, 0.0).sum((0, 1)) / n
    diff = torch.where(real, x - mean, 0.0)
    var = (diff**2).sum((0, 1)) / n
    return diff * torch.rsqrt(var + eps)

# %% wrong | eps-as-a-floor | Takes eps as the smallest variance allowed and does not add it: not (x − mean) / √(variance + eps).
import torch


def masked_batch_norm(x: torch.Tensor, mask: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    pad = ~mask[..., None]
    n = mask.sum().clamp(min=1)
    mean = x.masked_fill(pad, 0).sum(dim=(0, 1)) / n
    diff = (x - mean).masked_fill(pad, 0)
    variance = diff.pow(2).sum(dim=(0, 1)) / n
    return diff / variance.clamp(min=eps).sqrt()

# %% wrong | pivot-from-first-position | Shifts by the very first token before it uses mean of squares minus squared mean; if that token is padding, padding has influence on the result.
import torch


def masked_batch_norm(x: torch.Tensor, mask: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    pad = ~mask.unsqueeze(-1)
    n = mask.sum().clamp(min=1)
    pivot = x[0, 0].detach()
    shifted = (x - pivot).masked_fill(pad, 0.0)
    mean = shifted.sum((0, 1)) / n
    variance = ((shifted * shifted).sum((0, 1)) / n - mean * mean).clamp(min=0)
    return ((shifted - mean) / (variance + eps).sqrt()).masked_fill(pad, 0.0)

# %% wrong | root-and-square-again | Takes the standard deviation first and squares it again; for a feature without spread the root of 0 makes the gradient NaN, which must be finite.
import torch


def masked_batch_norm(x: torch.Tensor, mask: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    pad = ~mask.unsqueeze(-1)
    n = mask.sum().clamp(min=1)
    mean = x.masked_fill(pad, 0.0).sum((0, 1)) / n
    centred = (x - mean).masked_fill(pad, 0.0)
    sigma = (centred.square().sum((0, 1)) / n).sqrt()
    return centred / torch.sqrt(sigma**2 + eps)

# %% wrong | squares-before-the-mask | Squares the padding and multiplies by the mask afterwards: where the square overflows, infinity times 0 is NaN, and padding has influence.
import torch


def masked_batch_norm(x: torch.Tensor, mask: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    keep = mask.unsqueeze(-1).to(x.dtype)
    count = keep.sum().clamp(min=1.0)
    mean = (x * keep).sum(dim=(0, 1)) / count
    diff = x - mean
    variance = (diff**2 * keep).sum(dim=(0, 1)) / count
    return keep * diff / torch.sqrt(variance + eps)

# %% right | gather-and-put-back | picks the real tokens into a list (n, D), normalises it, and writes it into zeros
import torch


def masked_batch_norm(x: torch.Tensor, mask: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    result = torch.zeros_like(x)
    tokens = x[mask]
    if len(tokens) < 2:
        return result
    tokens = tokens - tokens.mean(dim=0)
    tokens = tokens / (tokens.var(dim=0, correction=0) + eps).sqrt()
    result[mask] = tokens
    return result

# %% right | einsum-with-weights | weights 1/n for real tokens, sums by einsum
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    real = mask[:, :, None].expand_as(x)
    zero = x.new_zeros(())
    weights = mask.to(x.dtype) / max(1, int(mask.sum()))
    clean = torch.where(real, x, zero)
    mu = torch.einsum("bt,btd->d", weights, clean)
    c = torch.where(real, clean - mu, zero)
    var = torch.einsum("bt,btd,btd->d", weights, c, c)
    return c * (var + eps).rsqrt()

# %% right | feature-by-feature | a loop over features, with float64 inside
import torch


def normalise_column(column, mask, n, eps):
    column = column.double().masked_fill(~mask, 0.0)
    mean = column.sum() / n
    deviation = (column - mean).masked_fill(~mask, 0.0)
    variance = (deviation * deviation).sum() / n
    return deviation / torch.sqrt(variance + eps)


def masked_batch_norm(x: torch.Tensor, mask: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    n = int(mask.sum())
    if n == 0:
        return torch.zeros_like(x)
    columns = []
    for d in range(x.shape[2]):
        columns.append(normalise_column(x[:, :, d], mask, n, eps))
    return torch.stack(columns, dim=2).to(x.dtype)
