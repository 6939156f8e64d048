# %% wrong | plus-sign | The minus is missing; the farthest key gets the most weight.
"""Distance attention: the nearer the key, the larger its weight."""

import torch


def distance_attention(q, k, v):
    diff = q.unsqueeze(-2) - k.unsqueeze(-3)
    scores = (diff**2).sum(dim=-1) / 2
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% wrong | no-half | The factor 1/2 is forgotten; weights too sharp.
import torch


def distance_attention(q, k, v):
    diff = q.unsqueeze(-2) - k.unsqueeze(-3)
    scores = -diff.pow(2).sum(dim=-1)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% wrong | half-inside-square | (d / 2)² instead of d² / 2; a quarter of the squared distance.
import torch


def distance_attention(q, k, v):
    diff = q.unsqueeze(-2) - k.unsqueeze(-3)
    scores = -((diff / 2) ** 2).sum(dim=-1)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% wrong | not-squared | The distance itself, by cdist, and not its square.
import torch


def distance_attention(q, k, v):
    weights = torch.softmax(-torch.cdist(q, k) / 2, dim=-1)
    return weights @ v, weights
# %% wrong | divided-by-root-d-too | Divides by √d as well, out of habit; wrong for d > 1.
import math
import torch


def distance_attention(q, k, v):
    d = q.size(-1)
    dist2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    scores = -0.5 * dist2 / math.sqrt(d)
    weights = scores.softmax(dim=-1)
    return torch.matmul(weights, v), weights
# %% wrong | kim-scale | Divides by √d in place of 2, as in the paper; right only for d = 4.
import math
import torch


def distance_attention(q, k, v):
    dist2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    weights = torch.softmax(-dist2 / math.sqrt(q.size(-1)), dim=-1)
    return weights @ v, weights
# %% wrong | mean-over-width | Mean in place of the sum over d, as F.mse_loss does; too even for d > 1.
import torch


def distance_attention(q, k, v):
    dist2 = ((q[..., :, None, :] - k[..., None, :, :]) ** 2).mean(dim=-1)
    weights = torch.softmax(-dist2 / 2, dim=-1)
    return weights @ v, weights
# %% wrong | manhattan | Sum of absolute differences, not of squares.
import torch


def distance_attention(q, k, v):
    dist = (q.unsqueeze(-2) - k.unsqueeze(-3)).abs().sum(dim=-1)
    weights = torch.softmax(-dist / 2, dim=-1)
    return weights @ v, weights
# %% wrong | manhattan-squared | Sums the differences before squaring; differences of opposite sign cancel.
import torch


def distance_attention(q, k, v):
    diff = q.unsqueeze(-2) - k.unsqueeze(-3)
    scores = -0.5 * diff.sum(dim=-1) ** 2
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% wrong | sqrt-then-square | Takes the root and squares it again; the gradient is NaN where a query lies exactly on a key.
import torch


def distance_attention(q, k, v):
    diff = q.unsqueeze(-2) - k.unsqueeze(-3)
    distance = torch.sqrt((diff * diff).sum(dim=-1))
    scores = -distance**2 / 2
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% wrong | only-dot-product | Expands the square but drops ‖k‖² as constant too; an unscaled dot product, right only for keys of equal length.
import torch


def distance_attention(q, k, v):
    # |q - k|^2 = |q|^2 - 2 q k + |k|^2, the softmax ignores the squares
    scores = q @ k.transpose(-2, -1)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% wrong | expansion-without-half-on-k | q·k - ‖k‖²: the half of the key's square is forgotten.
import torch


def distance_attention(q, k, v):
    scores = q @ k.transpose(-2, -1) - (k * k).sum(-1).unsqueeze(-2)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% wrong | expansion-sign | -½(‖q‖² + ‖k‖² + 2 q·k): the sign of the cross term is wrong, so the distance is to -k.
import torch


def distance_attention(q, k, v):
    q2 = q.pow(2).sum(-1, keepdim=True)
    k2 = k.pow(2).sum(-1).unsqueeze(-2)
    dist2 = q2 + k2 + 2 * q @ k.mT
    weights = torch.softmax(-dist2 / 2, dim=-1)
    return weights @ v, weights
# %% wrong | clamped-expansion | Expands the square and clamps at 0, with sqrt and square after it; NaN gradient where a query lies on a key.
import torch


def pairwise(x, y):
    x2 = (x**2).sum(-1).unsqueeze(-1)
    y2 = (y**2).sum(-1).unsqueeze(-2)
    return (x2 + y2 - 2 * x @ y.transpose(-2, -1)).clamp(min=0).sqrt()


def distance_attention(q, k, v):
    weights = torch.softmax(-0.5 * pairwise(q, k) ** 2, dim=-1)
    return weights @ v, weights
# %% wrong | gaussian-kernel-naive | exp and division by the sum; 0/0 = NaN where all keys are far away.
import torch


def distance_attention(q, k, v):
    dist2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    kernel = torch.exp(-dist2 / 2)
    weights = kernel / kernel.sum(dim=-1, keepdim=True)
    return weights @ v, weights
# %% wrong | kernel-with-eps | The sum plus 1e-8; rows of far keys are 0 and do not sum to 1.
import torch


def distance_attention(q, k, v):
    dist2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    kernel = torch.exp(-0.5 * dist2)
    weights = kernel / (kernel.sum(dim=-1, keepdim=True) + 1e-8)
    return weights @ v, weights
# %% wrong | far-means-uniform | Replaces NaN rows by an even row; where all keys are far, the nearest should still win.
import torch


def distance_attention(q, k, v):
    dist2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    kernel = torch.exp(-0.5 * dist2)
    total = kernel.sum(dim=-1, keepdim=True)
    even = torch.full_like(kernel, 1.0 / k.size(-2))
    weights = torch.where(total > 0, kernel / total.clamp(min=1e-38), even)
    return weights @ v, weights
# %% wrong | scores-clamped | Clamps the scores at -80; all keys farther than about 12.6 look alike.
import torch


def distance_attention(q, k, v):
    dist2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    scores = (-dist2 / 2).clamp(min=-80)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% wrong | global-max | Subtracts the largest score of the whole tensor; a query far from all keys becomes 0/0 when another is near.
import torch


def distance_attention(q, k, v):
    dist2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    s = -dist2 / 2
    e = torch.exp(s - s.max())
    weights = e / e.sum(dim=-1, keepdim=True)
    return weights @ v, weights
# %% wrong | softmax-over-queries | The softmax runs over the queries; columns sum to 1.
import torch
import torch.nn.functional as F


def distance_attention(q, k, v):
    dist2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    weights = F.softmax(-dist2 / 2, dim=-2)
    return weights @ v, weights
# %% wrong | unsqueeze-from-front | unsqueeze(1) - unsqueeze(0) pairs queries and keys only without leading dimensions.
import torch


def distance_attention(q, k, v):
    diff = q.unsqueeze(1) - k.unsqueeze(0)  # (T, S, d)
    weights = torch.softmax(-0.5 * (diff**2).sum(-1), dim=-1)
    return weights @ v, weights
# %% wrong | one-leading-dimension | unsqueeze(2) - unsqueeze(1) is right for exactly one leading dimension.
import torch


def distance_attention(q, k, v):
    diff = q.unsqueeze(2) - k.unsqueeze(1)
    weights = torch.softmax(-0.5 * (diff**2).sum(-1), dim=-1)
    return torch.bmm(weights, v), weights
# %% wrong | pairs-transposed | Rows are keys and columns queries; weights have shape (S, T), a crash where T and S differ.
import torch


def distance_attention(q, k, v):
    diff = k.unsqueeze(-2) - q.unsqueeze(-3)
    weights = torch.softmax(-0.5 * (diff**2).sum(-1), dim=-1)
    return weights @ v, weights
# %% wrong | no-pairing | q - k without extra dimensions: compares query t with key t only; needs T = S and gives one weight per position.
import torch


def distance_attention(q, k, v):
    dist2 = ((q - k) ** 2).sum(dim=-1)
    weights = torch.softmax(-dist2 / 2, dim=-1)
    return weights.unsqueeze(-1) * v, weights
# %% wrong | returns-swapped | Returns (weights, output).
import torch


def distance_attention(q, k, v):
    dist2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    weights = torch.softmax(-0.5 * dist2, dim=-1)
    return weights, weights @ v
# %% wrong | returns-scores | Returns the scores in place of the weights.
import torch


def distance_attention(q, k, v):
    weights = -((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1) / 2
    output = torch.softmax(weights, dim=-1) @ v
    return output, weights
# %% wrong | distance-without-grad | The distances are computed under no_grad; no gradient reaches q and k.
import torch


def distance_attention(q, k, v):
    with torch.no_grad():
        dist2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    weights = torch.softmax(-0.5 * dist2, dim=-1)
    return weights @ v, weights
# %% wrong | keys-detached | Keys are detached "since only the query searches"; no gradient reaches k.
import torch


def distance_attention(q, k, v):
    dist2 = ((q.unsqueeze(-2) - k.detach().unsqueeze(-3)) ** 2).sum(-1)
    weights = torch.softmax(-0.5 * dist2, dim=-1)
    return weights @ v, weights
# %% wrong | float32-result | Computes in float32 throughout; float64 input gives float32 results.
import torch


def distance_attention(q, k, v):
    diff = (q.unsqueeze(-2) - k.unsqueeze(-3)).float()
    weights = torch.softmax(-0.5 * (diff**2).sum(-1), dim=-1)
    return weights @ v.float(), weights
# %% wrong | centred-in-place | Centres queries and keys in place first; the result is right, the arguments have changed.
import torch


def distance_attention(q, k, v):
    centre = k.mean(dim=-2, keepdim=True)
    q -= centre
    k -= centre
    dist2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    weights = torch.softmax(-0.5 * dist2, dim=-1)
    return weights @ v, weights
# %% wrong | centred-separately | Subtracts the mean of the queries from q and that of the keys from k; the offset between them is lost.
import torch


def distance_attention(q, k, v):
    q = q - q.mean(dim=-2, keepdim=True)
    k = k - k.mean(dim=-2, keepdim=True)
    dist2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    weights = torch.softmax(-0.5 * dist2, dim=-1)
    return weights @ v, weights
# %% wrong | inverse-distance | Weights proportional to 1/(d + 1e-6), inverse distance weighting, and no softmax.
import torch


def distance_attention(q, k, v):
    inverse = 1.0 / (torch.cdist(q, k) + 1e-6)
    weights = inverse / inverse.sum(dim=-1, keepdim=True)
    return weights @ v, weights
# %% wrong | cosine | Cosine similarity in place of the distance; lengths are ignored.
import torch
import torch.nn.functional as F


def distance_attention(q, k, v):
    sim = F.cosine_similarity(q.unsqueeze(-2), k.unsqueeze(-3), dim=-1)
    weights = torch.softmax(-(1 - sim) / 2, dim=-1)
    return weights @ v, weights
# %% wrong | loop-square | The inner loop runs over T in place of S; crashes for S < T and leaves keys out for S > T.
import torch


def distance_attention(q, k, v):
    T, S = q.shape[-2], k.shape[-2]
    scores = q.new_zeros(*q.shape[:-1], S)
    for t in range(T):
        for s in range(T):
            scores[..., t, s] = -((q[..., t, :] - k[..., s, :]) ** 2).sum(-1) / 2
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% wrong | double-softmax | The kernel weights are normalised and then put through a softmax once more; nearly even.
import torch


def distance_attention(q, k, v):
    dist2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    weights = torch.softmax(torch.exp(-0.5 * dist2), dim=-1)
    return weights @ v, weights
# %% wrong | squeezed-output | squeeze(-1) on the output drops the value axis where e = 1.
import torch


def distance_attention(q, k, v):
    dist2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    weights = torch.softmax(-0.5 * dist2, dim=-1)
    return (weights @ v).squeeze(-1), weights
# %% right | broadcast | Differences by broadcasting, softmax of minus half the squared length.
"""Distance attention: the nearer the key, the larger its weight."""

import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attend by Euclidean distance."""
    differences = q.unsqueeze(-2) - k.unsqueeze(-3)
    scores = -0.5 * (differences**2).sum(dim=-1)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights
# %% right | own-softmax | Own softmax that subtracts the largest score of the row.
import torch


def _softmax(x: torch.Tensor) -> torch.Tensor:
    e = torch.exp(x - x.max(dim=-1, keepdim=True).values)
    return e / e.sum(dim=-1, keepdim=True)


def distance_attention(q, k, v):
    diff = q[..., :, None, :] - k[..., None, :, :]
    scores = torch.einsum("...d,...d->...", diff, diff) / -2
    weights = _softmax(scores)
    return torch.einsum("...ts,...se->...te", weights, v), weights
# %% right | loop-over-keys | A loop over the keys, stacked in the last dimension.
import torch


def distance_attention(q, k, v):
    columns = []
    for s in range(k.shape[-2]):
        delta = q - k[..., s : s + 1, :]
        columns.append(-(delta * delta).sum(dim=-1) / 2)
    weights = torch.stack(columns, dim=-1).softmax(dim=-1)
    output = sum(weights[..., s : s + 1] * v[..., s : s + 1, :] for s in range(k.shape[-2]))
    return output, weights
# %% right | minimum-subtracted | Subtracts the smallest squared distance of the row, then the kernel; in float64; comments in German.
import torch


def distance_attention(q, k, v):
    dtype = q.dtype
    # in float64 rechnen, am Ende zurück
    a, b, c = q.double(), k.double(), v.double()
    d2 = (a.unsqueeze(-2) - b.unsqueeze(-3)).pow(2).sum(-1)
    # der nächste Schlüssel hat dann den Kern 1, die Summe ist nie 0
    d2 = d2 - d2.amin(dim=-1, keepdim=True)
    kernel = torch.exp(-d2 / 2)
    weights = kernel / kernel.sum(-1, keepdim=True)
    return (weights @ c).to(dtype), weights.to(dtype)
# %% right | log-sum-exp | logsumexp for the normaliser; helper functions and a main block.
import torch
from torch import Tensor


def squared_distance(x: Tensor, y: Tensor) -> Tensor:
    return torch.square(x.unsqueeze(-2) - y.unsqueeze(-3)).sum(-1)


def distance_attention(q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    assert q.shape[-1] == k.shape[-1] and k.shape[-2] == v.shape[-2]
    scores = squared_distance(q, k).mul(-0.5)
    log_weights = scores - torch.logsumexp(scores, dim=-1, keepdim=True)
    weights = log_weights.exp()
    return weights.matmul(v), weights


if __name__ == "__main__":
    q = torch.zeros(1, 2)
    print(distance_attention(q, torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([[10.0], [20.0]])))
# %% right | softmin | F.softmin of half the squared distance.
import torch
import torch.nn.functional as F


def distance_attention(q, k, v):
    T, S = q.size(-2), k.size(-2)
    qq = q.unsqueeze(-2).expand(*q.shape[:-1], S, q.size(-1))
    kk = k.unsqueeze(-3).expand(*k.shape[:-2], T, S, k.size(-1))
    energy = ((qq - kk) ** 2).sum(dim=-1) / 2
    weights = F.softmin(energy, dim=-1)
    output = torch.matmul(weights, v)
    return output, weights
# %% wrong | two-mistakes-half-and-order | No half, and (weights, output) in the wrong order.
import torch


def distance_attention(q, k, v):
    d2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    w = torch.softmax(-d2, -1)
    return w, w @ v

# %% wrong | student-t | Weights 1 / (1 + d²), normalised, as in t-SNE.
import torch


def distance_attention(q, k, v):
    d2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    w = 1 / (1 + d2)
    w = w / w.sum(-1, keepdim=True)
    return w @ v, w

# %% wrong | first-feature | Uses the distance along the first feature alone.
import torch


def distance_attention(q, k, v):
    d2 = (q[..., :, None, 0] - k[..., None, :, 0]) ** 2
    w = torch.softmax(-d2 / 2, -1)
    return w @ v, w

# %% wrong | max-norm | Uses the largest difference of all features (Chebyshev) and squares it.
import torch


def distance_attention(q, k, v):
    d = (q.unsqueeze(-2) - k.unsqueeze(-3)).abs().amax(-1)
    w = torch.softmax(-(d**2) / 2, -1)
    return w @ v, w

# %% wrong | values-unweighted | The output is the value of the nearest key; the weights are right.
import torch


def distance_attention(q, k, v):
    d2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    w = torch.softmax(-d2 / 2, -1)
    hard = torch.nn.functional.one_hot(w.argmax(-1), w.shape[-1]).to(v.dtype)
    return hard @ v, w
