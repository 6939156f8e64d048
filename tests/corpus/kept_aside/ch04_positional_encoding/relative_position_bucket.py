# %% wrong | rounded-up | Uses the ceiling where the formula has the floor.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    if bidirectional:
        N = n_buckets // 2
        side = (relative > 0).long() * N
        distance = relative.abs()
    else:
        N = n_buckets
        side = 0
        distance = (-relative).clamp(min=0)
    n = N // 2
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log(max_distance / n) * (N - n)).ceil().long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | clipped-below-the-limit | Clips distances to max_distance - 1 before the formula, which need not reach the last bucket.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    if bidirectional:
        N = n_buckets // 2
        side = (relative > 0).long() * N
        distance = relative.abs()
    else:
        N = n_buckets
        side = 0
        distance = (-relative).clamp(min=0)
    n = N // 2
    distance = distance.clamp(max=max_distance - 1)
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log(max_distance / n) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | cap-of-all-buckets | Caps at n_buckets - 1 instead of N - 1, so a left key far away runs into the buckets of the right.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    if bidirectional:
        N = n_buckets // 2
        side = (relative > 0).long() * N
        distance = relative.abs()
    else:
        N = n_buckets
        side = 0
        distance = (-relative).clamp(min=0)
    n = N // 2
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log(max_distance / n) * (N - n)).long()
    far = far.clamp(max=n_buckets - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | base-two-mixed | Takes log2 of the distance but the natural logarithm of the limit.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    if bidirectional:
        N = n_buckets // 2
        side = (relative > 0).long() * N
        distance = relative.abs()
    else:
        N = n_buckets
        side = 0
        distance = (-relative).clamp(min=0)
    n = N // 2
    far = n + (torch.log2(distance.clamp(min=1) / n) / math.log(max_distance / n) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | log-of-one-plus | Uses log1p for safety at 0, which shifts the far buckets.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    if bidirectional:
        N = n_buckets // 2
        side = (relative > 0).long() * N
        distance = relative.abs()
    else:
        N = n_buckets
        side = 0
        distance = (-relative).clamp(min=0)
    n = N // 2
    far = n + (torch.log1p(distance / n) / math.log(max_distance / n) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | float-buckets | Returns floats and not int64.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    if bidirectional:
        N = n_buckets // 2
        side = (relative > 0).long() * N
        distance = relative.abs()
    else:
        N = n_buckets
        side = 0
        distance = (-relative).clamp(min=0)
    n = N // 2
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log(max_distance / n) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return (side + torch.where(distance < n, distance, far)).float()


# %% wrong | half-precision-distance | Converts the distance to float16, which has no number near 10^9 and rounds the logarithm too much.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    if bidirectional:
        N = n_buckets // 2
        side = (relative > 0).long() * N
        distance = relative.abs()
    else:
        N = n_buckets
        side = 0
        distance = (-relative).clamp(min=0)
    n = N // 2
    far = n + (torch.log(distance.clamp(min=1).half() / n) / math.log(max_distance / n) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | limit-inclusive-near | Treats n itself and one more as exact, with distance <= n + 1, but exact buckets end below n.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    if bidirectional:
        N = n_buckets // 2
        side = (relative > 0).long() * N
        distance = relative.abs()
    else:
        N = n_buckets
        side = 0
        distance = (-relative).clamp(min=0)
    n = N // 2
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log(max_distance / n) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance <= n + 1, distance, far)


# %% right | searchsorted | Sorts distances between limits by torch.bucketize.
import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    N = n_buckets // 2 if bidirectional else n_buckets
    n = N // 2
    near = [float(j) for j in range(1, n + 1)]
    far = [n * (max_distance / n) ** (j / (N - n)) for j in range(1, N - n)]
    limits = torch.tensor(near + far, dtype=torch.float64)
    distance = relative.abs() if bidirectional else (-relative).clamp(min=0)
    bucket = torch.bucketize(distance.double(), limits, right=True)
    return bucket + (relative > 0) * N if bidirectional else bucket


# %% right | unique-values | Computes each value that occurs once, by Python, and spreads the answers with the inverse index.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    values, where = torch.unique(relative, return_inverse=True)
    N = n_buckets // 2 if bidirectional else n_buckets
    n = N // 2
    answers = []
    for r in values.tolist():
        d = abs(r) if bidirectional else max(0, -r)
        b = d if d < n else min(N - 1, n + int(math.log(d / n, max_distance / n) * (N - n)))
        answers.append(b + N if bidirectional and r > 0 else b)
    return torch.tensor(answers, dtype=torch.long)[where]


# %% right | sign-arithmetic | The direction through a sign; near and far mixed by multiplication with a mask.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    right = (relative.sign() + 1) // 2 * (relative != 0) if bidirectional else torch.zeros_like(relative)
    N = n_buckets // (1 + bool(bidirectional))
    distance = relative.abs() if bidirectional else (relative.abs() - relative) // 2
    n = N // 2
    safe = torch.maximum(distance, torch.tensor(n)).double()
    steps = (safe / n).log().div(math.log(max_distance / n)).mul(N - n).floor().long()
    near = (distance < n).long()
    return near * distance + (1 - near) * (n + steps).clamp(max=N - 1) + right * N
