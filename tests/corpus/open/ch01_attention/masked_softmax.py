# %% wrong | neg-inf-only | Fills with -inf and nothing more, so a row that allows nothing is NaN.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return torch.softmax(scores.masked_fill(~mask, float("-inf")), dim=-1)
# %% wrong | zero-after-softmax | Zeroes the forbidden weights after the softmax without sharing 1 again; allowed weights are too small.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(scores, dim=-1)
    return weights.masked_fill(~mask, 0.0)
# %% wrong | minus-1e9-only | Fills with -1e9 and leaves it there, so a row that allows nothing is uniform instead of 0.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    scores = scores.masked_fill(mask == 0, -1e9)
    return torch.softmax(scores, dim=-1)
# %% wrong | mask-inverted | Takes True as forbidden (key_padding_mask habit of nn.MultiheadAttention).
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    low = torch.finfo(scores.dtype).min
    weights = torch.softmax(scores.masked_fill(mask, low), dim=-1)
    return weights.masked_fill(mask, 0.0)
# %% wrong | additive-1e9 | Adds -1e9 to forbidden scores, so a forbidden score of 1e10 still wins, and allowed scores beside it get 0.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    biased = scores + (~mask).to(scores.dtype) * -1e9
    weights = torch.softmax(biased, dim=-1)
    return weights * mask.to(scores.dtype)
# %% wrong | multiply-scores | Multiplies the scores by the mask, so a forbidden score becomes 0 and still gets weight in the sum.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return torch.softmax(scores * mask, dim=-1) * mask
# %% wrong | fill-1e4 | Fills with -1e4, which is not below allowed scores of around -1e5; those rows get all their weight on forbidden positions and come out 0.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(scores.masked_fill(~mask, -1e4), dim=-1)
    return weights.masked_fill(~mask, 0)
# %% wrong | fill-1e9-large-scores | Fills with -1e9, which stands above allowed scores of -1e10 ("finite scores of any size") and overflows in float16.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(scores.masked_fill(~mask, -1e9), dim=-1)
    return weights.masked_fill(~mask, 0.0)
# %% wrong | max-over-forbidden | The maximum is taken over forbidden positions too, so a forbidden 1000 makes all allowed exponentials underflow.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    e = torch.exp(scores - scores.amax(dim=-1, keepdim=True)) * mask
    return e / (e.sum(dim=-1, keepdim=True) + 1e-9)
# %% wrong | naive-exp | exp without a maximum: scores around 1000 give inf and NaN.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    e = torch.exp(scores).masked_fill(~mask, 0.0)
    total = e.sum(dim=-1, keepdim=True)
    return e / torch.where(total == 0, torch.ones_like(total), total)
# %% wrong | inplace-scores | masked_fill_ writes into the caller's scores (and crashes for a leaf that needs a gradient).
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    scores.masked_fill_(~mask, torch.finfo(scores.dtype).min)
    return torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
# %% wrong | inplace-mask | Inverts the mask in place, so the caller's mask is changed.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    forbidden = mask.logical_not_()
    low = torch.finfo(scores.dtype).min
    weights = torch.softmax(scores.masked_fill(forbidden, low), dim=-1)
    return weights.masked_fill(forbidden, 0.0)
# %% wrong | additive-inf-nan-to-num | Adds a -inf bias and repairs NaN with nan_to_num: the values are right but the gradient of an empty row is NaN.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    bias = torch.zeros_like(scores).masked_fill(~mask, float("-inf"))
    return torch.nan_to_num(torch.softmax(scores + bias, dim=-1))
# %% wrong | log-mask | Adds log(mask) = -inf and replaces NaN by where: values right, the gradient of an empty row is NaN.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(scores + torch.log(mask.to(scores.dtype)), dim=-1)
    return torch.where(torch.isnan(weights), torch.zeros_like(weights), weights)
# %% wrong | softmax-dim-1 | Takes the softmax over dim 1, which is the last dimension only for matrices; 3-D scores are wrong.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    filled = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    return torch.softmax(filled, dim=1).masked_fill(~mask, 0.0)
# %% wrong | unsqueeze-mask | Unsqueezes the mask at dim 1 (a habit from padding masks), which fails or misaligns for masks of shape (S), (T, S) or (B, 1, S).
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    if mask.dim() < scores.dim():
        mask = mask.unsqueeze(1)
    filled = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    return torch.softmax(filled, dim=-1).masked_fill(~mask, 0.0)
# %% wrong | boolean-index | Boolean indexing needs a mask of the same shape, so a mask that must broadcast crashes.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    filled = scores.clone()
    filled[~mask] = torch.finfo(scores.dtype).min
    weights = torch.softmax(filled, dim=-1)
    return weights * mask
# %% wrong | inplace-weights | masked_fill_ on the softmax output: values are right, but backward raises because softmax needs its output.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(scores.masked_fill(~mask, torch.finfo(scores.dtype).min), dim=-1)
    weights.masked_fill_(~mask, 0.0)
    return weights
# %% wrong | float-mask | Multiplies by mask.float(), so float16 or bfloat16 scores come back as float32.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    filled = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    return torch.softmax(filled, dim=-1) * mask.float()
# %% wrong | only-all-empty | Handles the empty mask only when the whole mask is False; a single empty row is NaN.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    if not mask.any():
        return torch.zeros_like(scores)
    return torch.softmax(scores.masked_fill(~mask, -torch.inf), dim=-1)
# %% wrong | fill-min-minus-100 | Fills with the smallest score minus 100, so forbidden float64 weights are tiny but not exactly 0, and empty rows are uniform.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    low = scores.detach().min() - 100
    return torch.softmax(torch.where(mask, scores, low), dim=-1)
# %% wrong | rows-loop-2d | Loops over rows of a 2-D tensor, so a batch dimension or a broadcast mask crashes.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    rows = []
    for row, allowed in zip(scores, mask, strict=True):
        out = torch.zeros_like(row)
        if allowed.any():
            out[allowed] = torch.softmax(row[allowed], dim=0)
        rows.append(out)
    return torch.stack(rows)
# %% wrong | float32-result | Computes in float32 and returns it, so float64 scores lose their dtype.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    s = scores.float().masked_fill(~mask, torch.finfo(torch.float32).min)
    return torch.softmax(s, dim=-1).masked_fill(~mask, 0.0)
# %% wrong | no-grad | Everything under no_grad; the scores get no gradient.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        filled = scores.masked_fill(~mask, float("-inf"))
        return torch.nan_to_num(torch.softmax(filled, dim=-1), nan=0.0)
# %% wrong | empty-row-uniform | Opens rows that allow nothing, so they become a plain softmax instead of 0.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    safe = mask | ~mask.any(dim=-1, keepdim=True)
    return torch.softmax(scores.masked_fill(~safe, float("-inf")), dim=-1)
# %% wrong | causal-too | Also applies a causal triangle that nobody asked for.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    T, S = scores.shape[-2:]
    mask = mask & torch.ones(T, S, dtype=torch.bool).tril()
    filled = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    return torch.softmax(filled, dim=-1).masked_fill(~mask, 0.0)
# %% wrong | float32-min-for-all | Fills with the float32 minimum whatever the dtype, which overflows for float16 scores.
import torch

NEG = torch.finfo(torch.float32).min


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(scores.masked_fill(~mask, NEG), dim=-1)
    return weights.masked_fill(~mask, 0.0)
# %% wrong | max-of-product | Takes the maximum of scores * mask, in which forbidden zeros count, so rows of allowed scores around -1000 underflow.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    top = (scores * mask).amax(dim=-1, keepdim=True)
    e = torch.exp(torch.where(mask, scores - top, 0.0)) * mask
    total = e.sum(dim=-1, keepdim=True)
    return e / total.clamp(min=1e-30)
# %% wrong | shape-assert | Demands that mask and scores have equal shapes, so allowed broadcast masks crash.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    assert mask.shape == scores.shape, f"{mask.shape} != {scores.shape}"
    filled = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    return torch.softmax(filled, dim=-1).masked_fill(~mask, 0.0)
# %% wrong | finite-min-only | Fills with finfo.min but forgets the second fill, so empty rows are uniform.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return torch.softmax(scores.masked_fill(~mask, torch.finfo(scores.dtype).min), dim=-1)
# %% wrong | eps-renormalise | Softmax first, then mask and divide by the sum plus eps: allowed weights vanish when a forbidden score is far above them.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    w = torch.softmax(scores, dim=-1) * mask
    return w / (w.sum(dim=-1, keepdim=True) + 1e-12)
# %% wrong | fill-zero | Fills forbidden scores with 0 before the softmax (0 means nothing, doesn't it) and zeroes the weights afterwards; rows do not sum to 1.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    s = torch.where(mask, scores, torch.zeros_like(scores))
    w = torch.softmax(s, dim=-1)
    return torch.where(mask, w, torch.zeros_like(w))
# %% wrong | expand-mutates-mask | Opens empty rows by writing into the caller's mask and zeroes them afterwards.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    empty = ~mask.any(dim=-1, keepdim=True)
    mask |= empty
    w = torch.softmax(scores.masked_fill(~mask, float("-inf")), dim=-1)
    return w.masked_fill(empty, 0.0)
# %% wrong | empty-rows-any-global | Checks emptiness over dim 0 instead of the last one, so columns rather than rows are zeroed and empty rows stay NaN.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    mask = mask.expand(scores.shape)
    empty = ~mask.any(dim=0, keepdim=True)
    w = torch.softmax(scores.masked_fill(~mask, float("-inf")), dim=-1)
    return w.masked_fill(empty, 0.0)
# %% right | hint | Lowest finite number, softmax, second fill.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    low = torch.finfo(scores.dtype).min
    weights = torch.softmax(scores.masked_fill(~mask, low), dim=-1)
    return weights.masked_fill(~mask, 0.0)
# %% right | inf-then-nan-to-num | masked_fill with -inf and nan_to_num; masked_fill's backward zeroes the NaN gradients.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    w = torch.softmax(scores.masked_fill(~mask, -torch.inf), dim=-1)
    return torch.nan_to_num(w, nan=0.0)
# %% right | by-hand | Own exp and sum over the allowed maximum, clamp on the sum.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    low = torch.finfo(scores.dtype).min
    s = scores.masked_fill(~mask, low)
    s = s - s.detach().amax(dim=-1, keepdim=True)
    e = torch.exp(s).masked_fill(~mask, 0.0)
    # la ligne vide a une somme de 0, les autres au moins 1
    return e / e.sum(dim=-1, keepdim=True).clamp(min=1.0)
# %% right | open-empty-rows | Opens empty rows in a new mask, then zeroes them.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    nobody = ~mask.any(dim=-1, keepdim=True)
    safe = mask | nobody
    w = torch.softmax(scores.masked_fill(~safe, float("-inf")), dim=-1)
    return w.masked_fill(nobody, 0.0)
# %% right | row-loop | Expands the mask, flattens the rows and loops.
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    flat = scores.reshape(-1, scores.shape[-1])
    allowed = mask.expand(scores.shape).reshape(flat.shape)
    rows = []
    for row, ok in zip(flat, allowed):
        out = torch.zeros_like(row)
        if bool(ok.any()):
            out[ok] = torch.softmax(row[ok], dim=0)
        else:
            out = row * 0
        rows.append(out)
    return torch.stack(rows).reshape(scores.shape)
# %% right | where-twice | torch.where before and after, with a main block.
import torch


def masked_softmax(scores, mask):
    lowest = torch.full_like(scores, torch.finfo(scores.dtype).min)
    zero = torch.zeros_like(scores)
    w = torch.softmax(torch.where(mask, scores, lowest), dim=-1)
    return torch.where(mask, w, zero)


if __name__ == "__main__":
    s = torch.randn(2, 3, 4)
    m = torch.rand(2, 1, 4) > 0.5
    print(masked_softmax(s, m))
# %% right | multiply-by-mask | Lowest number, then a product with the mask in the dtype of the scores.
import torch
from torch import Tensor


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    keep = mask.to(scores.dtype)
    s = scores.masked_fill(mask.logical_not(), torch.finfo(scores.dtype).min)
    return s.softmax(-1) * keep
