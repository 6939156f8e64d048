# %% right | chunk-cat-reshape | chunk, cat, reshape and transpose
import torch


def unpack_projections(packed):
    return tuple(packed.chunk(3))


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    return weight.reshape(n_heads, -1, weight.size(1)).transpose(1, 2)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.transpose(1, 2).reshape(D, D)

# %% right | slices-and-loops | slices, new_empty and loops over heads
import torch


def unpack_projections(packed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    D = packed.shape[0] // 3
    return packed[:D], packed[D:2 * D], packed[2 * D:]


def pack_projections(w_q: torch.Tensor, w_k: torch.Tensor, w_v: torch.Tensor) -> torch.Tensor:
    D = w_q.shape[0]
    packed = w_q.new_empty((3 * D,) + tuple(w_q.shape[1:]))
    packed[:D] = w_q
    packed[D:2 * D] = w_k
    packed[2 * D:] = w_v
    return packed


def weight_to_heads(weight: torch.Tensor, n_heads: int) -> torch.Tensor:
    d = weight.shape[0] // n_heads
    result = []
    for h in range(n_heads):
        rows = weight[h * d:(h + 1) * d]      # (d, D), outputs of head h
        result.append(rows.T)
    return torch.stack(result)


def heads_to_weight(heads: torch.Tensor) -> torch.Tensor:
    bands = []
    for matrix in heads:
        bands.append(matrix.T)
    return torch.cat(bands, dim=0)

# %% right | unflatten-movedim | unflatten, unbind, movedim, flatten
import torch
from torch import Tensor


def unpack_projections(packed: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    q, k, v = packed.unflatten(0, (3, -1))
    return q, k, v


def pack_projections(w_q: Tensor, w_k: Tensor, w_v: Tensor) -> Tensor:
    return torch.stack((w_q, w_k, w_v)).flatten(0, 1)


def weight_to_heads(weight: Tensor, n_heads: int) -> Tensor:
    return weight.unflatten(0, (n_heads, -1)).movedim(1, 2)


def heads_to_weight(heads: Tensor) -> Tensor:
    return heads.movedim(2, 1).flatten(0, 1)

# %% right | transpose-first | turned over as a whole, then bands of columns
import torch


def unpack_projections(packed):
    return torch.split(packed, packed.shape[0] // 3, dim=0)


def pack_projections(w_q, w_k, w_v):
    return torch.vstack([w_q, w_k, w_v]) if w_q.dim() == 2 else torch.hstack([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    columns = weight.T                           # (inputs, outputs)
    d = columns.shape[1] // n_heads
    return torch.stack(columns.split(d, dim=1), dim=0)


def heads_to_weight(heads):
    columns = torch.cat(list(heads), dim=1)      # (inputs, H·d)
    return columns.T

# %% right | einsum-narrow | einsum as a permutation and narrow
import torch


def unpack_projections(packed):
    n = packed.size(0) // 3
    return tuple(packed.narrow(0, i * n, n) for i in range(3))


def pack_projections(*weights):
    return torch.concat(weights, dim=0)


def weight_to_heads(weight, n_heads):
    D = weight.size(1)
    return torch.einsum("hoi->hio", weight.reshape(n_heads, D // n_heads, D))


def heads_to_weight(heads):
    H, D, d = heads.shape
    return torch.einsum("hio->hoi", heads).reshape(H * d, D)

# %% right | index-rows | advanced indexing with row numbers
import torch


def _thirds(n):
    assert n % 3 == 0
    return torch.arange(n).view(3, n // 3)


def unpack_projections(packed):
    q_rows, k_rows, v_rows = _thirds(packed.shape[0])
    return packed[q_rows], packed[k_rows], packed[v_rows]


def pack_projections(w_q, w_k, w_v):
    return torch.cat((w_q, w_k, w_v), 0)


def weight_to_heads(weight, n_heads):
    rows = torch.arange(weight.shape[0]).view(n_heads, -1)
    return weight[rows].mT


def heads_to_weight(heads):
    return heads.permute(0, 2, 1).reshape(-1, heads.shape[1])

# %% wrong | chunk-last-dim | The packed weight is cut along its columns; rows of W_q come first.
import torch


def unpack_projections(packed):
    return packed.chunk(3, dim=-1)


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    return weight.reshape(n_heads, -1, weight.size(1)).transpose(1, 2)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.transpose(1, 2).reshape(D, D)

# %% wrong | pack-side-by-side | The weights are joined side by side, (D, 3·D); only biases come out right.
import torch


def unpack_projections(packed):
    return packed.chunk(3)


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_q, w_k, w_v], dim=-1)


def weight_to_heads(weight, n_heads):
    return weight.reshape(n_heads, -1, weight.size(1)).transpose(1, 2)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.transpose(1, 2).reshape(D, D)

# %% wrong | order-qvk | Values are taken before keys.
import torch


def unpack_projections(packed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    D = packed.shape[0] // 3
    return packed[:D], packed[2 * D:], packed[D:2 * D]


def pack_projections(w_q: torch.Tensor, w_k: torch.Tensor, w_v: torch.Tensor) -> torch.Tensor:
    D = w_q.shape[0]
    packed = w_q.new_empty((3 * D,) + tuple(w_q.shape[1:]))
    packed[:D] = w_q
    packed[D:2 * D] = w_k
    packed[2 * D:] = w_v
    return packed


def weight_to_heads(weight: torch.Tensor, n_heads: int) -> torch.Tensor:
    d = weight.shape[0] // n_heads
    result = []
    for h in range(n_heads):
        rows = weight[h * d:(h + 1) * d]      # (d, D), outputs of head h
        result.append(rows.T)
    return torch.stack(result)


def heads_to_weight(heads: torch.Tensor) -> torch.Tensor:
    bands = []
    for matrix in heads:
        bands.append(matrix.T)
    return torch.cat(bands, dim=0)

# %% wrong | pack-order-kqv | Keys are packed before queries.
import torch


def unpack_projections(packed):
    return packed.chunk(3)


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_k, w_q, w_v])


def weight_to_heads(weight, n_heads):
    return weight.reshape(n_heads, -1, weight.size(1)).transpose(1, 2)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.transpose(1, 2).reshape(D, D)

# %% wrong | stacked-pack | The result is (3, D, D) instead of (3·D, D).
import torch


def unpack_projections(packed):
    return packed.chunk(3)


def pack_projections(w_q, w_k, w_v):
    return torch.stack([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    return weight.reshape(n_heads, -1, weight.size(1)).transpose(1, 2)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.transpose(1, 2).reshape(D, D)

# %% wrong | heads-not-turned | The matrices stay (outputs, inputs): (H, d, D), and the way back fits it.
import torch


def unpack_projections(packed):
    return packed.chunk(3)


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    return weight.reshape(n_heads, -1, weight.size(1))


def heads_to_weight(heads):
    D = heads.size(2)
    return heads.reshape(D, D)

# %% wrong | reshape-to-hdd | One reshape to (H, D, d): right shape, every number in a wrong place.
import torch


def unpack_projections(packed):
    return packed.chunk(3)


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    return weight.reshape(n_heads, weight.size(1), -1)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.reshape(D, D)

# %% wrong | bands-of-columns | Head h takes columns of the stored weight, that is inputs, instead of rows.
import torch


def unpack_projections(packed):
    return torch.split(packed, packed.shape[0] // 3, dim=0)


def pack_projections(w_q, w_k, w_v):
    return torch.vstack([w_q, w_k, w_v]) if w_q.dim() == 2 else torch.hstack([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    columns = weight                             # (inputs, outputs)
    d = columns.shape[1] // n_heads
    return torch.stack(columns.split(d, dim=1), dim=0)


def heads_to_weight(heads):
    columns = torch.cat(list(heads), dim=1)      # (inputs, H·d)
    return columns

# %% wrong | back-without-transpose | heads_to_weight reshapes without turning the matrices over; not the way back.
import torch


def unpack_projections(packed):
    return packed.chunk(3)


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    return weight.reshape(n_heads, -1, weight.size(1)).transpose(1, 2)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.reshape(D, D)

# %% wrong | back-turned-weight | heads_to_weight gives (inputs, outputs): the final turn is missing.
import torch


def unpack_projections(packed):
    return torch.split(packed, packed.shape[0] // 3, dim=0)


def pack_projections(w_q, w_k, w_v):
    return torch.vstack([w_q, w_k, w_v]) if w_q.dim() == 2 else torch.hstack([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    columns = weight.T                           # (inputs, outputs)
    d = columns.shape[1] // n_heads
    return torch.stack(columns.split(d, dim=1), dim=0)


def heads_to_weight(heads):
    columns = torch.cat(list(heads), dim=1)      # (inputs, H·d)
    return columns

# %% wrong | heads-interleaved | Head h takes rows h, h+H, …; the way back fits it, so the round trip hides it.
import torch


def unpack_projections(packed):
    return packed.chunk(3)


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    return weight.reshape(-1, n_heads, weight.size(1)).permute(1, 2, 0)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.permute(2, 0, 1).reshape(D, D)

# %% wrong | width-for-heads | n_heads is used as the width of a head; right only where H = d.
import torch


def unpack_projections(packed):
    return torch.split(packed, packed.shape[0] // 3, dim=0)


def pack_projections(w_q, w_k, w_v):
    return torch.vstack([w_q, w_k, w_v]) if w_q.dim() == 2 else torch.hstack([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    columns = weight.T                           # (inputs, outputs)
    d = n_heads
    return torch.stack(columns.split(d, dim=1), dim=0)


def heads_to_weight(heads):
    columns = torch.cat(list(heads), dim=1)      # (inputs, H·d)
    return columns.T

# %% wrong | view-on-transposed | view on a transposed tensor raises RuntimeError.
import torch


def unpack_projections(packed):
    return packed.chunk(3)


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    return weight.reshape(n_heads, -1, weight.size(1)).transpose(1, 2)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.transpose(1, 2).view(D, D)

# %% wrong | view-on-input | view refuses weights that are not contiguous.
import torch


def unpack_projections(packed):
    return packed.chunk(3)


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    return weight.view(-1).view(n_heads, -1, weight.size(1)).transpose(1, 2)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.transpose(1, 2).reshape(D, D)

# %% wrong | bias-unpack-2d-only | Unpacking asks for two dimensions, so a bias raises an error.
import torch


def unpack_projections(packed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    D = packed.shape[1]
    return packed[:D], packed[D:2 * D], packed[2 * D:]


def pack_projections(w_q: torch.Tensor, w_k: torch.Tensor, w_v: torch.Tensor) -> torch.Tensor:
    D = w_q.shape[0]
    packed = w_q.new_empty((3 * D,) + tuple(w_q.shape[1:]))
    packed[:D] = w_q
    packed[D:2 * D] = w_k
    packed[2 * D:] = w_v
    return packed


def weight_to_heads(weight: torch.Tensor, n_heads: int) -> torch.Tensor:
    d = weight.shape[0] // n_heads
    result = []
    for h in range(n_heads):
        rows = weight[h * d:(h + 1) * d]      # (d, D), outputs of head h
        result.append(rows.T)
    return torch.stack(result)


def heads_to_weight(heads: torch.Tensor) -> torch.Tensor:
    bands = []
    for matrix in heads:
        bands.append(matrix.T)
    return torch.cat(bands, dim=0)

# %% wrong | pack-2d-only | vstack of three biases gives (3, D).
import torch


def unpack_projections(packed):
    return torch.split(packed, packed.shape[0] // 3, dim=0)


def pack_projections(w_q, w_k, w_v):
    return torch.vstack([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    columns = weight.T                           # (inputs, outputs)
    d = columns.shape[1] // n_heads
    return torch.stack(columns.split(d, dim=1), dim=0)


def heads_to_weight(heads):
    columns = torch.cat(list(heads), dim=1)      # (inputs, H·d)
    return columns.T

# %% wrong | float32-buffer | Packed into a float32 tensor, so the dtype is lost and float64 is rounded.
import torch


def unpack_projections(packed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    D = packed.shape[0] // 3
    return packed[:D], packed[D:2 * D], packed[2 * D:]


def pack_projections(w_q: torch.Tensor, w_k: torch.Tensor, w_v: torch.Tensor) -> torch.Tensor:
    D = w_q.shape[0]
    packed = torch.empty((3 * D,) + tuple(w_q.shape[1:]))
    packed[:D] = w_q
    packed[D:2 * D] = w_k
    packed[2 * D:] = w_v
    return packed


def weight_to_heads(weight: torch.Tensor, n_heads: int) -> torch.Tensor:
    d = weight.shape[0] // n_heads
    result = []
    for h in range(n_heads):
        rows = weight[h * d:(h + 1) * d]      # (d, D), outputs of head h
        result.append(rows.T)
    return torch.stack(result)


def heads_to_weight(heads: torch.Tensor) -> torch.Tensor:
    bands = []
    for matrix in heads:
        bands.append(matrix.T)
    return torch.cat(bands, dim=0)

# %% wrong | detached-parts | The parts are detached, so gradients do not reach the packed weight.
import torch


def unpack_projections(packed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    D = packed.shape[0] // 3
    packed = packed.detach()
    return packed[:D], packed[D:2 * D], packed[2 * D:]


def pack_projections(w_q: torch.Tensor, w_k: torch.Tensor, w_v: torch.Tensor) -> torch.Tensor:
    D = w_q.shape[0]
    packed = w_q.new_empty((3 * D,) + tuple(w_q.shape[1:]))
    packed[:D] = w_q
    packed[D:2 * D] = w_k
    packed[2 * D:] = w_v
    return packed


def weight_to_heads(weight: torch.Tensor, n_heads: int) -> torch.Tensor:
    d = weight.shape[0] // n_heads
    result = []
    for h in range(n_heads):
        rows = weight[h * d:(h + 1) * d]      # (d, D), outputs of head h
        result.append(rows.T)
    return torch.stack(result)


def heads_to_weight(heads: torch.Tensor) -> torch.Tensor:
    bands = []
    for matrix in heads:
        bands.append(matrix.T)
    return torch.cat(bands, dim=0)

# %% wrong | scaled-query | W_q is divided by a root while packing, as fused kernels do; every number should arrive exactly as it was.
import torch


def unpack_projections(packed):
    return packed.chunk(3)


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_q / w_q.size(0) ** 0.5, w_k, w_v])


def weight_to_heads(weight, n_heads):
    return weight.reshape(n_heads, -1, weight.size(1)).transpose(1, 2)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.transpose(1, 2).reshape(D, D)

# %% wrong | squeezed-single-head | With one head the result loses its first dimension.
import torch


def unpack_projections(packed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    D = packed.shape[0] // 3
    return packed[:D], packed[D:2 * D], packed[2 * D:]


def pack_projections(w_q: torch.Tensor, w_k: torch.Tensor, w_v: torch.Tensor) -> torch.Tensor:
    D = w_q.shape[0]
    packed = w_q.new_empty((3 * D,) + tuple(w_q.shape[1:]))
    packed[:D] = w_q
    packed[D:2 * D] = w_k
    packed[2 * D:] = w_v
    return packed


def weight_to_heads(weight: torch.Tensor, n_heads: int) -> torch.Tensor:
    d = weight.shape[0] // n_heads
    result = []
    for h in range(n_heads):
        rows = weight[h * d:(h + 1) * d]      # (d, D), outputs of head h
        result.append(rows.T)
    return torch.stack(result).squeeze(0)


def heads_to_weight(heads: torch.Tensor) -> torch.Tensor:
    bands = []
    for matrix in heads:
        bands.append(matrix.T)
    return torch.cat(bands, dim=0)
