# %% right | views | A table per head, transposed
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.shape[0] // n_heads
    if target == "half":
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(n_heads, 2, d // 2, *w.shape[1:])
    return table.transpose(1, 2).reshape(w.shape)

# %% right | index | Row numbers in a list, then indexing
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = len(w) // n_heads
    rows = []
    for h in range(n_heads):
        if target == "half":
            rows += [h * d + 2 * i for i in range(d // 2)] + [h * d + 2 * i + 1 for i in range(d // 2)]
        else:
            for i in range(d // 2):
                rows += [h * d + i, h * d + i + d // 2]
    return w[torch.tensor(rows, device=w.device)]

# %% right | chunks | Heads by chunk, pieces by cat and stack
import torch


def one(head, target):
    if target == "half":
        return torch.cat((head[0::2], head[1::2]))
    a, b = head.chunk(2)
    return torch.stack((a, b), dim=1).flatten(0, 1)


def convert_rope_layout(w, n_heads, target="half"):
    return torch.cat([one(head, target) for head in w.chunk(n_heads)])

# %% right | unflatten | unflatten, movedim and flatten
import torch


def convert_rope_layout(w, n_heads, target="half"):
    sizes = (n_heads, -1, 2) if target == "half" else (n_heads, 2, w.size(0) // n_heads // 2)
    return w.unflatten(0, sizes).movedim(2, 1).flatten(0, 2)

# %% wrong | all-heads-at-once | Heads are not reordered each on its own
import torch


def convert_rope_layout(w, n_heads, target="half"):
    n_heads, d = 1, w.shape[0]
    if target == "half":
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(n_heads, 2, d // 2, *w.shape[1:])
    return table.transpose(1, 2).reshape(w.shape)

# %% wrong | target-swapped | The target is taken for the layout of w
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.shape[0] // n_heads
    if target != "half":
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(n_heads, 2, d // 2, *w.shape[1:])
    return table.transpose(1, 2).reshape(w.shape)

# %% wrong | target-ignored | Always converts to half
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.shape[0] // n_heads
    if True:
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(n_heads, 2, d // 2, *w.shape[1:])
    return table.transpose(1, 2).reshape(w.shape)

# %% wrong | not-transposed | Returned without the transpose
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.shape[0] // n_heads
    if target == "half":
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(n_heads, 2, d // 2, *w.shape[1:])
    return table.reshape(w.shape)

# %% wrong | columns | Reorders the columns (inputs) of a weight
import torch


def convert_rope_layout(w, n_heads, target="half"):
    if w.dim() == 2:
        return convert_rope_layout(w.T.reshape(-1, w.shape[0]), 1, target).T
    d = w.shape[0] // n_heads
    if target == "half":
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(n_heads, 2, d // 2, *w.shape[1:])
    return table.transpose(1, 2).reshape(w.shape)

# %% wrong | weight-only | Fails for a bias: two axes are taken for granted
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.shape[0] // n_heads
    if target == "half":
        table = w.reshape(n_heads, d // 2, 2, w.shape[1])
    else:
        table = w.reshape(n_heads, 2, d // 2, w.shape[1])
    return table.transpose(1, 2).reshape(w.shape)

# %% wrong | pair-turned | The two features of a pair arrive in the other order
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.shape[0] // n_heads
    if target == "half":
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(n_heads, 2, d // 2, *w.shape[1:])
    return table.transpose(1, 2).flip(1 if target == "half" else 2).reshape(w.shape)

# %% wrong | detached | Gradients do not reach w
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.shape[0] // n_heads
    w = w.detach()
    if target == "half":
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(n_heads, 2, d // 2, *w.shape[1:])
    return table.transpose(1, 2).reshape(w.shape)

# %% wrong | to-float | The dtype of w is lost
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.shape[0] // n_heads
    if target == "half":
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(n_heads, 2, d // 2, *w.shape[1:])
    return table.transpose(1, 2).reshape(w.shape).float()

# %% wrong | head-last-axis | Heads are taken as the fast axis of the rows
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.shape[0] // n_heads
    if target == "half":
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(n_heads, 2, d // 2, *w.shape[1:])
    table = table.reshape(d, n_heads, *w.shape[1:]).transpose(0, 1)
    return table.reshape(n_heads, d // 2, 2, *w.shape[1:]).transpose(1, 2).reshape(w.shape)

# %% wrong | odds-backwards | The second members of a head come in the opposite order in the half layout
import torch


def convert_rope_layout(w, n_heads, target="half"):
    rows = w.shape[0]
    d = rows // n_heads
    order = []
    for head in range(n_heads):
        start = head * d
        if target == "half":
            order += [start + 2 * i for i in range(d // 2)]
            order += [start + 2 * i + 1 for i in reversed(range(d // 2))]
        else:
            for i in range(d // 2):
                order += [start + i, start + i + d // 2]
    return w[torch.tensor(order, device=w.device)]

# %% wrong | heads-turned | The heads come in the opposite order
import torch


def convert_rope_layout(w, n_heads, target="half"):
    rows = w.shape[0]
    d = rows // n_heads
    order = []
    for head in reversed(range(n_heads)):
        start = head * d
        if target == "half":
            order += [start + 2 * i for i in range(d // 2)]
            order += [start + 2 * i + 1 for i in range(d // 2)]
        else:
            for i in range(d // 2):
                order += [start + i, start + i + d // 2]
    return w[torch.tensor(order, device=w.device)]

# %% wrong | square-weight | The width of a head is taken from the inputs, right only for a square weight
import torch


def convert_rope_layout(w, n_heads, target="half"):
    rows = w.shape[0]
    d = w.shape[-1] // n_heads
    order = []
    for head in range(n_heads):
        start = head * d
        if target == "half":
            order += [start + 2 * i for i in range(d // 2)]
            order += [start + 2 * i + 1 for i in range(d // 2)]
        else:
            for i in range(d // 2):
                order += [start + i, start + i + d // 2]
    return w[torch.tensor(order, device=w.device)]

# %% wrong | single-matmul | A float32 permutation matrix multiplies the rows: float64 is rounded and infinities become NaN
import torch


def convert_rope_layout(w, n_heads, target="half"):
    rows = w.shape[0]
    d = rows // n_heads
    order = []
    for head in range(n_heads):
        start = head * d
        if target == "half":
            order += [start + 2 * i for i in range(d // 2)]
            order += [start + 2 * i + 1 for i in range(d // 2)]
        else:
            for i in range(d // 2):
                order += [start + i, start + i + d // 2]
    swap = torch.eye(rows, device=w.device)[order]
    return (swap @ w.float()).to(w.dtype)

# %% wrong | strided | Strides are written by hand as if w were contiguous
import torch


def convert_rope_layout(w, n_heads, target="half"):
    rows = w.shape[0]
    d = rows // n_heads
    if target == "half" and w.dim() == 2:
        n = w.shape[1]
        size, stride = (n_heads, 2, d // 2, n), (d * n, n, 2 * n, 1)
        return w.as_strided(size, stride).reshape(rows, n)
    order = []
    for head in range(n_heads):
        start = head * d
        if target == "half":
            order += [start + 2 * i for i in range(d // 2)]
            order += [start + 2 * i + 1 for i in range(d // 2)]
        else:
            for i in range(d // 2):
                order += [start + i, start + i + d // 2]
    return w[torch.tensor(order, device=w.device)]

# %% wrong | bias-column | A bias comes back with two axes
import torch


def convert_rope_layout(w, n_heads, target="half"):
    if w.dim() == 1:
        w = w[:, None]
    rows = w.shape[0]
    d = rows // n_heads
    order = []
    for head in range(n_heads):
        start = head * d
        if target == "half":
            order += [start + 2 * i for i in range(d // 2)]
            order += [start + 2 * i + 1 for i in range(d // 2)]
        else:
            for i in range(d // 2):
                order += [start + i, start + i + d // 2]
    return w[torch.tensor(order, device=w.device)]
