# %% wrong | nan-written-over | writes 0 over the NaN of the softmax's output in place: right forward, but the backward pass of softmax raises an error
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Softmax over the last dimension that leaves out the positions a mask forbids.

    Args:
        scores (..., T, S): finite floating-point scores of any size.
        mask: boolean, True where a position may be attended to. It broadcasts to the shape
            of `scores`: (S), (T, S) and (B, 1, S) are all possible.

    Returns:
        weights (..., T, S): a new tensor with the dtype of `scores`. In each row the allowed
        positions share a total of 1 as in a softmax over them alone; a forbidden position has
        exactly 0, and its score, however large, makes no difference. A row that allows nothing
        is all 0. Gradients are finite everywhere and 0 for the scores of forbidden positions.
        `scores` and `mask` are left as they were.

    >>> scores = torch.tensor([[1.0, 1.0, 9.0], [1.0, 1.0, 9.0]])
    >>> masked_softmax(scores, torch.tensor([[True, True, False], [False, False, False]]))
    tensor([[0.5000, 0.5000, 0.0000],
            [0.0000, 0.0000, 0.0000]])
    """
    weights = torch.softmax(scores.masked_fill(~mask, float("-inf")), dim=-1)
    weights[weights.isnan()] = 0.0
    return weights

# %% wrong | minus-ten-thousand | fills with -1e4, so allowed scores far below that (-20000) lose against the forbidden ones and the row is all 0
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    filled = scores.masked_fill(~mask, -1e4)
    return torch.softmax(filled, dim=-1) * mask

# %% wrong | bias-of-inf | adds a bias of 0 and -inf and repairs the output with nan_to_num: right forward, NaN gradient where a row allows nothing
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    bias = torch.zeros_like(scores).masked_fill(~mask, float("-inf"))
    return torch.softmax(scores + bias, dim=-1).nan_to_num(0.0)

# %% wrong | renormalised | softmax over everything, then mask and renormalise: a forbidden score far above the rest makes the allowed ones underflow to 0
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    p = torch.softmax(scores, dim=-1) * mask
    return p / p.sum(dim=-1, keepdim=True).clamp(min=1e-12)

# %% wrong | exp-of-forbidden | shifts by the largest allowed score but exponentiates the forbidden ones too, so a far larger forbidden score gives inf * 0 = NaN
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    low = torch.finfo(scores.dtype).min
    top = scores.masked_fill(~mask, low).amax(dim=-1, keepdim=True)
    top = torch.where(mask.any(dim=-1, keepdim=True), top, scores.amax(dim=-1, keepdim=True))
    exps = torch.exp(scores - top) * mask
    total = exps.sum(dim=-1, keepdim=True)
    return exps / torch.where(total == 0, torch.ones_like(total), total)

# %% wrong | two-dim-mask-is-batch | takes every mask with two dimensions for (B, S) and inserts an axis when scores have three, so a (T, S) mask is applied along the batch or crashes
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    if mask.dim() == 2 and scores.dim() == 3:
        mask = mask.unsqueeze(1)
    weights = torch.softmax(scores.masked_fill(~mask, torch.finfo(scores.dtype).min), dim=-1)
    return weights.masked_fill(~mask, 0.0)

# %% wrong | any-over-all | looks for a mask that allows nothing as a whole and not row by row, so single empty rows stay NaN
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    if not mask.any():
        return torch.zeros_like(scores)
    return torch.softmax(scores.masked_fill(mask.logical_not(), float("-inf")), dim=-1)

# %% wrong | dim-one | softmax over dim=1, which is the last dimension of the example but the queries of a batch
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=1)
    return weights.masked_fill(~mask, 0)

# %% wrong | index-with-mask | empty rows are found with mask.any(-1) and indexed into the weights, which crashes for masks that still have to broadcast, (S) or (B, 1, S)
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(scores.masked_fill(~mask, -float("inf")), dim=-1)
    weights = weights.clone()
    weights[~mask.any(dim=-1)] = 0
    return weights

# %% wrong | min-minus-fifty | fills with the smallest score minus 50, so forbidden positions get about 1e-22 and not exactly 0
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    lowest = scores.min().item() - 50
    weights = torch.softmax(torch.where(mask, scores, lowest), dim=-1)
    return weights * mask.any(dim=-1, keepdim=True)

# %% wrong | masked-in-place | masked_fill_ writes the lowest number into the caller's scores
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    scores.masked_fill_(~mask, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1)
    return weights.masked_fill(~mask, 0.0)

# %% wrong | float-mask | builds 1e30 * (1 - mask.float()), so float16 and bfloat16 scores come back as float32
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    keep = mask.float()
    weights = torch.softmax(scores - 1e30 * (1 - keep), dim=-1)
    return weights * keep

# %% wrong | scores-times-mask | multiplies the scores by the mask before the softmax, so that forbidden positions enter with score 0, and zeroes them afterwards
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(scores * mask, dim=-1)
    return weights * mask

# %% wrong | eps-in-sum | own softmax over allowed scores with 1e-6 in the denominator for the empty rows, so all rows sum to a little less than 1 (visible in float64)
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    z = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    z = z - z.amax(dim=-1, keepdim=True)
    e = torch.exp(z) * mask
    return e / (e.sum(dim=-1, keepdim=True) + 1e-6)

# %% right | where-and-nan-to-num | torch.where with -inf, and nan_to_num afterwards; where stops the gradient of all forbidden scores
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Softmax over the last dimension that leaves out the positions a mask forbids.

    Args:
        scores (..., T, S): finite floating-point scores of any size.
        mask: boolean, True where a position may be attended to. It broadcasts to the shape
            of `scores`: (S), (T, S) and (B, 1, S) are all possible.

    Returns:
        weights (..., T, S): a new tensor with the dtype of `scores`. In each row the allowed
        positions share a total of 1 as in a softmax over them alone; a forbidden position has
        exactly 0, and its score, however large, makes no difference. A row that allows nothing
        is all 0. Gradients are finite everywhere and 0 for the scores of forbidden positions.
        `scores` and `mask` are left as they were.

    >>> scores = torch.tensor([[1.0, 1.0, 9.0], [1.0, 1.0, 9.0]])
    >>> masked_softmax(scores, torch.tensor([[True, True, False], [False, False, False]]))
    tensor([[0.5000, 0.5000, 0.0000],
            [0.0000, 0.0000, 0.0000]])
    """
    filled = torch.where(mask, scores, float("-inf"))
    return torch.softmax(filled, dim=-1).nan_to_num(nan=0.0)

# %% right | own-exps | own exponentials with a shift that is 0 where a row allows nothing, and a denominator of at least 1 there
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    z = scores.masked_fill(~mask, float("-inf"))
    top = z.amax(dim=-1, keepdim=True).detach()
    top = torch.where(torch.isinf(top), torch.zeros_like(top), top)
    exps = torch.exp(z - top)
    total = exps.sum(dim=-1, keepdim=True)
    return exps / torch.where(total > 0, total, torch.ones_like(total))

# %% right | row-by-row | expands the mask, flattens to rows and takes the softmax over the selected scores of each row
import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    mask = mask.expand(scores.shape)
    flat_scores = scores.reshape(-1, scores.shape[-1])
    flat_mask = mask.reshape(-1, scores.shape[-1])
    rows = []
    for row, keep in zip(flat_scores, flat_mask):
        out = torch.zeros_like(row)
        if keep.any():
            idx = keep.nonzero().squeeze(1)
            out = out.index_copy(0, idx, torch.softmax(row[idx], dim=0))
        else:
            out = 0.0 * row
        rows.append(out)
    return torch.stack(rows).reshape(scores.shape)

# %% right | double-inside | computes in float64 with the lowest number as filler and casts back; a print for debugging is switched off
import torch

DEBUG = False


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    forbidden = torch.logical_not(mask)
    s = scores.to(torch.float64).masked_fill(forbidden, torch.finfo(torch.float64).min)
    w = torch.softmax(s, dim=-1).masked_fill(forbidden, 0.0)
    if DEBUG:
        print("row sums", w.sum(-1))
    return w.to(scores.dtype)
