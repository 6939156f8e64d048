# %% wrong | right-and-left-exchanged | Gives the second half of the buckets to keys on the left, but relative > 0 uses N to 2N - 1.
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
        side = (relative < 0).long() * N
        distance = relative.abs()
    else:
        N = n_buckets
        side = 0
        distance = (-relative).clamp(min=0)
    n = N // 2
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log(max_distance / n) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | zero-counts-as-right | Uses >= 0 for the right side, so the query itself gets bucket N and not 0.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    r = relative.reshape(-1)
    N = n_buckets // 2 if bidirectional else n_buckets
    n = N // 2
    distance = r.abs() if bidirectional else torch.where(r < 0, -r, torch.zeros_like(r))
    bucket = distance.clone()
    far = distance >= n
    way = torch.log(distance[far].double() / n) / math.log(max_distance / n)
    bucket[far] = torch.clamp(n + torch.floor(way * (N - n)).long(), max=N - 1)
    if bidirectional:
        bucket[r >= 0] += N
    return bucket.reshape(relative.shape)


# %% wrong | linear-far-buckets | The far buckets have equal widths since the logarithm is missing.
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
    far = n + ((distance - n) / (max_distance - n) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | no-cap | The cap at N - 1 is missing, so far distances run into other buckets.
import math

import torch


def one_bucket(r: int, bidirectional: bool, n_buckets: int, max_distance: int) -> int:
    start = 0
    N = n_buckets
    if bidirectional:
        N //= 2
        if r > 0:
            start = N
        distance = abs(r)
    else:
        distance = max(-r, 0)
    n = N // 2
    if distance < n:
        return start + distance
    ratio = math.log(distance / n) / math.log(max_distance / n)
    return start + n + math.floor(ratio * (N - n))


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    buckets = [one_bucket(r, bidirectional, n_buckets, max_distance) for r in relative.flatten().tolist()]
    return torch.tensor(buckets, dtype=torch.int64).reshape(relative.shape)


# %% wrong | limit-halved-too | Halves max_distance along with the buckets when bidirectional, so the last bucket begins too early.
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
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log((max_distance / 2 if bidirectional and max_distance > 2 * n else max_distance) / n) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | rounded-not-floored | Rounds to the nearest bucket where the formula takes the whole part.
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
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log(max_distance / n) * (N - n)).round().long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | one-way-absolute | Takes the absolute distance when not bidirectional, so keys to the right do not have distance 0.
import math

import torch


def side_bucket(distance: torch.Tensor, N: int, max_distance: int) -> torch.Tensor:
    n = N // 2
    logs = torch.log(distance.clamp(min=n).to(torch.float64)) - math.log(n)
    far = n + torch.floor((N - n) * logs / (math.log(max_distance) - math.log(n)))
    far = torch.minimum(far, torch.full_like(far, N - 1)).to(torch.int64)
    return torch.where(distance < n, distance, far)


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    if not bidirectional:
        return side_bucket(relative.abs(), n_buckets, max_distance)
    half = n_buckets // 2
    left = side_bucket(relative.abs(), half, max_distance)
    return torch.where(relative > 0, left + half, left)


# %% wrong | one-way-to-the-right | When not bidirectional, counts the distance to the right and gives 0 to keys on the left.
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
        distance = relative.clamp(min=0)
    n = N // 2
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log(max_distance / n) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | buckets-not-halved | Uses all n_buckets for each side when bidirectional, but N is n_buckets / 2.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    if bidirectional:
        N = n_buckets
        side = (relative > 0).long() * N
        distance = relative.abs()
    else:
        N = n_buckets
        side = 0
        distance = (-relative).clamp(min=0)
    n = N // 2
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log(max_distance / n) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | int32-result | Returns int32 where int64 is asked.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    r = relative.reshape(-1)
    N = n_buckets // 2 if bidirectional else n_buckets
    n = N // 2
    distance = r.abs() if bidirectional else torch.where(r < 0, -r, torch.zeros_like(r))
    bucket = distance.clone()
    far = distance >= n
    way = torch.log(distance[far].double() / n) / math.log(max_distance / n)
    bucket[far] = torch.clamp(n + torch.floor(way * (N - n)).long(), max=N - 1)
    if bidirectional:
        bucket[r > 0] += N
    return bucket.reshape(relative.shape).int()


# %% wrong | thirty-two-hard-coded | Ignores n_buckets and always uses 32.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    if bidirectional:
        N = 32 // 2
        side = (relative > 0).long() * N
        distance = relative.abs()
    else:
        N = 32
        side = 0
        distance = (-relative).clamp(min=0)
    n = N // 2
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log(max_distance / n) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | limit-hard-coded | Ignores max_distance and always uses 128.
import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    if bidirectional:
        N, distance = n_buckets // 2, relative.abs()
    else:
        N, distance = n_buckets, -torch.minimum(relative, torch.zeros_like(relative))
    n = N // 2
    bucket = distance.clamp(max=n)
    for j in range(1, N - n):
        limit = n * (128 / n) **  (j / (N - n))
        bucket = bucket + (distance >= limit).long()
    if bidirectional:
        bucket = bucket + torch.where(relative > 0, N, 0)
    return bucket


# %% wrong | abs-in-place | Takes the absolute value in place and so changes the caller's tensor.
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
        distance = relative.abs_()
    else:
        N = n_buckets
        side = 0
        distance = (-relative).clamp(min=0)
    n = N // 2
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log(max_distance / n) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | quotient-without-n | Divides by ln(max_distance) and not by ln(max_distance / n).
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
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log(max_distance) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | times-all-buckets | Multiplies the ratio by N and not by N - n.
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
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log(max_distance / n) * N).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | near-range-before-halving | Computes n from n_buckets, so the exact range is twice too long when bidirectional.
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
    n = n_buckets // 2
    far = n + (torch.log(distance.clamp(min=1) / n) / math.log(max_distance / n) * (N - n)).long()
    far = far.clamp(max=N - 1)
    return side + torch.where(distance < n, distance, far)


# %% wrong | view-flattens | Flattens with view(-1), which fails for a tensor that is not contiguous.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    r = relative.view(-1)
    N = n_buckets // 2 if bidirectional else n_buckets
    n = N // 2
    distance = r.abs() if bidirectional else torch.where(r < 0, -r, torch.zeros_like(r))
    bucket = distance.clone()
    far = distance >= n
    way = torch.log(distance[far].double() / n) / math.log(max_distance / n)
    bucket[far] = torch.clamp(n + torch.floor(way * (N - n)).long(), max=N - 1)
    if bidirectional:
        bucket[r > 0] += N
    return bucket.reshape(relative.shape)


# %% wrong | flat-list-only | Loops over the entries of a one-dimensional tensor; any other shape fails or loses its shape.
import math

import torch


def one_bucket(r: int, bidirectional: bool, n_buckets: int, max_distance: int) -> int:
    start = 0
    N = n_buckets
    if bidirectional:
        N //= 2
        if r > 0:
            start = N
        distance = abs(r)
    else:
        distance = max(-r, 0)
    n = N // 2
    if distance < n:
        return start + distance
    ratio = math.log(distance / n) / math.log(max_distance / n)
    return start + min(n + math.floor(ratio * (N - n)), N - 1)


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    buckets = [one_bucket(r, bidirectional, n_buckets, max_distance) for r in relative.tolist()]
    return torch.tensor(buckets, dtype=torch.int64)


# %% wrong | offset-before-the-cap | Adds N for the right side before it caps at N - 1, so all keys to the right end in the last left bucket.
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
    return (side + torch.where(distance < n, distance, far)).clamp(max=N - 1)


# %% wrong | everything-logarithmic | Leaves out the exact range and uses the logarithm from distance 1 on.
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
    return side + torch.where(distance < 1, 0, (torch.log(distance.clamp(min=1).float()) / math.log(max_distance) * N).long().clamp(max=N - 1))


# %% right | t5-style | Direction, near and far branch with torch.where, as in published code.
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
    return side + torch.where(distance < n, distance, far)


# %% right | plain-python | A helper for one number and a list over all entries.
import math

import torch


def one_bucket(r: int, bidirectional: bool, n_buckets: int, max_distance: int) -> int:
    start = 0
    N = n_buckets
    if bidirectional:
        N //= 2
        if r > 0:
            start = N
        distance = abs(r)
    else:
        distance = max(-r, 0)
    n = N // 2
    if distance < n:
        return start + distance
    ratio = math.log(distance / n) / math.log(max_distance / n)
    return start + min(n + math.floor(ratio * (N - n)), N - 1)


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    buckets = [one_bucket(r, bidirectional, n_buckets, max_distance) for r in relative.flatten().tolist()]
    return torch.tensor(buckets, dtype=torch.int64).reshape(relative.shape)


# %% right | masks | Writes near and far entries through boolean masks on a flat copy.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    r = relative.reshape(-1)
    N = n_buckets // 2 if bidirectional else n_buckets
    n = N // 2
    distance = r.abs() if bidirectional else torch.where(r < 0, -r, torch.zeros_like(r))
    bucket = distance.clone()
    far = distance >= n
    way = torch.log(distance[far].double() / n) / math.log(max_distance / n)
    bucket[far] = torch.clamp(n + torch.floor(way * (N - n)).long(), max=N - 1)
    if bidirectional:
        bucket[r > 0] += N
    return bucket.reshape(relative.shape)


# %% right | lookup-table | Computes the bucket of 0 ... max_distance once and looks it up, with far distances clipped.
import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    N = n_buckets // 2 if bidirectional else n_buckets
    n = N // 2
    table = []
    for distance in range(max_distance + 1):
        if distance < n:
            table.append(distance)
        elif distance == max_distance:
            table.append(N - 1)
        else:
            table.append(min(N - 1, n + int(math.log(distance / n) / math.log(max_distance / n) * (N - n))))
    side = torch.abs(relative) if bidirectional else torch.relu(-relative)
    bucket = torch.tensor(table)[side.clamp(max=max_distance)]
    return bucket + N * (relative > 0) if bidirectional else bucket


# %% right | thresholds | Counts how many far limits n * (max/n)^(j/(N-n)) a distance has reached.
import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    if bidirectional:
        N, distance = n_buckets // 2, relative.abs()
    else:
        N, distance = n_buckets, -torch.minimum(relative, torch.zeros_like(relative))
    n = N // 2
    bucket = distance.clamp(max=n)
    for j in range(1, N - n):
        limit = n * (max_distance / n) ** (j / (N - n))
        bucket = bucket + (distance >= limit).long()
    if bidirectional:
        bucket = bucket + torch.where(relative > 0, N, 0)
    return bucket


# %% right | log-differences | Differences of logarithms, floor, minimum, in float64, with the side added last.
import math

import torch


def side_bucket(distance: torch.Tensor, N: int, max_distance: int) -> torch.Tensor:
    n = N // 2
    logs = torch.log(distance.clamp(min=n).to(torch.float64)) - math.log(n)
    far = n + torch.floor((N - n) * logs / (math.log(max_distance) - math.log(n)))
    far = torch.minimum(far, torch.full_like(far, N - 1)).to(torch.int64)
    return torch.where(distance < n, distance, far)


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    if not bidirectional:
        return side_bucket(torch.clamp(relative, max=0).neg(), n_buckets, max_distance)
    half = n_buckets // 2
    left = side_bucket(relative.abs(), half, max_distance)
    return torch.where(relative > 0, left + half, left)
