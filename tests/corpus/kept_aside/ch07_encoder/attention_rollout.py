# %% wrong | residual-after-all | attention of all layers is multiplied first, and one residual is added at the end
import torch


def attention_rollout(weights):
    mean = weights.mean(dim=2)
    out = mean[0]
    for m in mean[1:]:
        out = m @ out
    return (out + torch.eye(out.shape[-1], dtype=out.dtype)) / 2

# %% wrong | ones-for-identity | a table of ones stands for the residual connection
import torch


def attention_rollout(weights):
    T = weights.shape[-1]
    mixed = (weights.mean(dim=2) + torch.ones(T, T, dtype=weights.dtype)) / 2
    out = mixed[0]
    for m in mixed[1:]:
        out = m @ out
    return out

# %% wrong | columns-normalised | divides by sums over queries, so rows do not sum to 1
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights.mean(dim=2) + eye) / 2
    out = mixed[0]
    for m in mixed[1:]:
        out = m @ out
    return out / out.sum(dim=-2, keepdim=True)

# %% wrong | strongest-head | takes the largest weight of the heads, not their mean
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = weights.amax(dim=2) + eye
    mixed = mixed / mixed.sum(dim=-1, keepdim=True)
    out = mixed[0]
    for m in mixed[1:]:
        out = m @ out
    return out

# %% wrong | skips-the-top | the last layer is left out unless it is the only one
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights.mean(dim=2) + eye) / 2
    out = mixed[0]
    for l in range(1, len(mixed) - 1):
        out = mixed[l] @ out
    return out

# %% wrong | viewed | view fails where weights is not contiguous
import torch


def attention_rollout(weights):
    L, B, H, T, _ = weights.shape
    flat = weights.view(L * B, H, T, T).mean(dim=1).view(L, B, T, T)
    mixed = (flat + torch.eye(T, dtype=weights.dtype)) / 2
    out = mixed[0]
    for m in mixed[1:]:
        out = m @ out
    return out

# %% right | recursion | recursion from the top
import torch


def attention_rollout(weights):
    *below, top = weights.unbind(0)
    top = top.mean(1)
    if not below:
        before = torch.eye(top.shape[-1], dtype=top.dtype, device=top.device).expand_as(top)
    else:
        before = attention_rollout(torch.stack(below))
    return (before + top @ before) / 2

# %% right | chain | linalg.multi_dot for each sequence, float64 inside
import torch


def attention_rollout(weights):
    wide = weights.double()
    mixed = (wide.mean(2) + torch.eye(weights.shape[-1], dtype=torch.float64, device=weights.device)) / 2
    out = []
    for b in range(mixed.shape[1]):
        chain = [mixed[l, b] for l in reversed(range(mixed.shape[0]))]
        out.append(torch.linalg.multi_dot(chain) if len(chain) > 1 else chain[0])
    return torch.stack(out).to(weights.dtype)

# %% right | paths-by-sums | sum over the positions in between by broadcasting
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights.mean(dim=2) + eye) / 2
    flow = mixed[0]
    for l in range(1, mixed.shape[0]):
        flow = (mixed[l].unsqueeze(-1) * flow.unsqueeze(1)).sum(dim=2)
    return flow
