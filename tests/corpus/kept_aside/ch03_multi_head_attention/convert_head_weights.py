# %% right | row-by-row | element by element with comprehensions
import torch


def unpack_projections(packed):
    D = len(packed) // 3
    parts = [torch.stack([packed[i * D + r] for r in range(D)]) for i in range(3)]
    return parts[0], parts[1], parts[2]


def pack_projections(w_q, w_k, w_v):
    return torch.stack([row for w in (w_q, w_k, w_v) for row in w])


def weight_to_heads(weight, n_heads):
    d = len(weight) // n_heads
    return torch.stack([torch.stack([weight[h * d + j] for j in range(d)], dim=1) for h in range(n_heads)])


def heads_to_weight(heads):
    return torch.stack([column for matrix in heads for column in matrix.unbind(dim=1)])

# %% right | class-layout | a small class and tensor_split
import torch


class Layout:
    """Turns stored weights into matrices for heads and back."""

    @staticmethod
    def turn(bands):
        return bands.swapaxes(-1, -2)


def unpack_projections(packed: torch.Tensor):
    w_q, w_k, w_v = torch.tensor_split(packed, 3)
    return w_q.clone(), w_k.clone(), w_v.clone()


def pack_projections(w_q, w_k, w_v):
    return torch.cat((w_q, torch.cat((w_k, w_v))))


def weight_to_heads(weight, n_heads):
    bands = torch.stack(torch.tensor_split(weight, n_heads))
    return Layout.turn(bands).contiguous()


def heads_to_weight(heads):
    return torch.cat(Layout.turn(heads).unbind())

# %% right | inputs-first-permute | permute of a turned view: (inputs, H, d)
import torch


def unpack_projections(packed):
    three = packed.reshape(3, packed.shape[0] // 3, *packed.shape[1:])
    return three[0], three[1], three[2]


def pack_projections(w_q, w_k, w_v):
    out = torch.stack([w_q, w_k, w_v])
    return out.reshape(-1, *out.shape[2:])


def weight_to_heads(weight, n_heads):
    inputs_first = weight.t().reshape(weight.shape[1], n_heads, -1)      # (D, H, d)
    return inputs_first.permute(1, 0, 2)


def heads_to_weight(heads):
    n, D, d = heads.shape
    return heads.permute(1, 0, 2).reshape(D, n * d).t()

# %% wrong | per-head-packed | The packed rows are read head by head (q, k, v of head 0 first) as for one common number of heads.
import torch


def unpack_projections(packed):
    return packed[0::3], packed[1::3], packed[2::3]


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    return weight.reshape(n_heads, -1, weight.size(1)).transpose(1, 2)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.transpose(1, 2).reshape(D, D)

# %% wrong | matrix-turned-in-place | transpose_ turns the caller's heads over: the argument is changed.
import torch


def unpack_projections(packed):
    return packed.chunk(3)


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    return weight.reshape(n_heads, -1, weight.size(1)).transpose(1, 2)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.transpose_(1, 2).reshape(D, D)

# %% wrong | double-turn | weight_to_heads turns the weight before cutting bands of rows, so it cuts inputs.
import torch


def unpack_projections(packed):
    return packed.chunk(3)


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    return weight.T.reshape(n_heads, -1, weight.size(1)).transpose(1, 2)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.transpose(1, 2).reshape(D, D)

# %% wrong | matrix-heads-transposed-square | The matrices are turned only where d differs from D, so one head comes out wrong.
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
        result.append(rows.T if rows.shape[0] != rows.shape[1] else rows)
    return torch.stack(result)


def heads_to_weight(heads: torch.Tensor) -> torch.Tensor:
    bands = []
    for matrix in heads:
        bands.append(matrix.T)
    return torch.cat(bands, dim=0)

# %% wrong | round-trip-through-float32 | heads_to_weight passes through float32: float64 numbers do not arrive exactly.
import torch


def unpack_projections(packed):
    return packed.chunk(3)


def pack_projections(w_q, w_k, w_v):
    return torch.cat([w_q, w_k, w_v])


def weight_to_heads(weight, n_heads):
    return weight.reshape(n_heads, -1, weight.size(1)).transpose(1, 2)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.float().transpose(1, 2).reshape(D, D).to(heads.dtype)

# %% wrong | parameter-wrapped | pack_projections returns a fresh nn.Parameter, so gradients do not reach the three weights.
import torch


def unpack_projections(packed):
    return packed.chunk(3)


def pack_projections(w_q, w_k, w_v):
    return torch.nn.Parameter(torch.cat([w_q, w_k, w_v]))


def weight_to_heads(weight, n_heads):
    return weight.reshape(n_heads, -1, weight.size(1)).transpose(1, 2)


def heads_to_weight(heads):
    D = heads.size(1)
    return heads.transpose(1, 2).reshape(D, D)

# %% wrong | last-part-short | The value part ends one row early.
import torch


def unpack_projections(packed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    D = packed.shape[0] // 3
    return packed[:D], packed[D:2 * D], packed[2 * D:-1]


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

# %% wrong | heads-reversed | heads_to_weight puts the last head on top.
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
    for matrix in heads.flip(0):
        bands.append(matrix.T)
    return torch.cat(bands, dim=0)
