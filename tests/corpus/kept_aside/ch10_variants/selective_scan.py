# %% right | number-by-number | the outer loop goes over the N numbers
import torch


def selective_scan(x, delta, a, b, c, skip, state=None):
    """One of the N numbers after the other; the states of a number are (B, D)."""
    y = skip * x
    last = []
    for n in range(a.shape[1]):
        h = torch.zeros_like(x[:, 0]) if state is None else state[:, :, n]
        column = []
        for t in range(x.shape[1]):
            dt = delta[:, t]
            h = torch.exp(dt * a[:, n]) * h + dt * b[:, t, n : n + 1] * x[:, t]
            column.append(c[:, t, n : n + 1] * h)
        y = y + torch.stack(column, dim=1)
        last.append(h)
    return y, torch.stack(last, dim=-1)

# %% right | cell-module | a cell for one token, bmm and addcmul, sequence first inside
import torch
from torch import nn


class Cell(nn.Module):
    def __init__(self, a, skip):
        super().__init__()
        self.a, self.skip = a, skip

    def forward(self, x, delta, b, c, h):
        """One token: x and delta (B, D, 1), b (B, 1, N), c (B, N, 1), h (B, D, N)."""
        h = torch.addcmul(torch.bmm(delta * x, b), torch.exp(delta * self.a), h)
        return torch.bmm(h, c)[..., 0] + self.skip * x[..., 0], h


def selective_scan(x, delta, a, b, c, skip, state=None):
    h = state
    if h is None:
        h = torch.zeros((x.shape[0], a.shape[0], a.shape[1]), dtype=x.dtype, device=x.device)
    cell = Cell(a, skip)
    y = []
    for x_t, d_t, b_t, c_t in zip(*(s.transpose(0, 1) for s in (x, delta, b, c))):
        y_t, h = cell(x_t[..., None], d_t[..., None], b_t[:, None], c_t[..., None], h)
        y.append(y_t)
    return torch.stack(y).transpose(0, 1), h

# %% wrong | exact-hold-for-b | the writing uses (exp(Δ a) - 1) / a in place of Δ, the exact discretisation of other papers
import torch


def selective_scan(
    x: torch.Tensor,
    delta: torch.Tensor,
    a: torch.Tensor,
    b: torch.Tensor,
    c: torch.Tensor,
    skip: torch.Tensor,
    state: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    h = x.new_zeros(x.size(0), *a.shape) if state is None else state
    outputs = []
    for t in range(x.size(1)):
        step = delta[:, t].unsqueeze(-1)
        fade = (step * a).exp()
        write = (fade - 1) / a * b[:, t].unsqueeze(1) * x[:, t].unsqueeze(-1)
        h = fade * h + write
        read = (c[:, t].unsqueeze(1) * h).sum(dim=-1)
        outputs.append(read + skip * x[:, t])
    return torch.stack(outputs, dim=1), h

# %% wrong | state-in-float32 | the state starts as float32 zeros and is rounded to float32 at each token, so float64 is lost
import torch


def selective_scan(
    x: torch.Tensor,
    delta: torch.Tensor,
    a: torch.Tensor,
    b: torch.Tensor,
    c: torch.Tensor,
    skip: torch.Tensor,
    state: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    h = torch.zeros(x.size(0), *a.shape) if state is None else state
    outputs = []
    for t in range(x.size(1)):
        step = delta[:, t].unsqueeze(-1)
        fade = (step * a).exp()
        write = step * b[:, t].unsqueeze(1) * x[:, t].unsqueeze(-1)
        h = (fade * h + write).float()
        read = (c[:, t].unsqueeze(1) * h).sum(dim=-1)
        outputs.append(read + skip * x[:, t])
    return torch.stack(outputs, dim=1).to(x.dtype), h.to(x.dtype)

# %% wrong | first-token-overwrites | with a state given, the first token replaces it: fading begins with the second token
import torch


def selective_scan(x, delta, a, b, c, skip, state=None):
    B, T, D = x.shape
    decay = torch.exp(torch.einsum("btd,dn->btdn", delta, a))
    drive = torch.einsum("btd,btn,btd->btdn", delta, b, x)
    h = torch.zeros_like(drive[:, 0]) if state is None else state
    hs = []
    for keep, new in zip(decay.unbind(1), drive.unbind(1)):
        h = keep * h + new if hs else new
        hs.append(h)
    y = torch.einsum("btdn,btn->btd", torch.stack(hs, 1), c) + x * skip
    return y, hs[-1]

# %% wrong | history-detached | the state is detached after each token, so the gradients of a later output do not reach earlier tokens
import torch


def selective_scan(
    x: torch.Tensor,
    delta: torch.Tensor,
    a: torch.Tensor,
    b: torch.Tensor,
    c: torch.Tensor,
    skip: torch.Tensor,
    state: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    h = x.new_zeros(x.size(0), *a.shape) if state is None else state
    outputs = []
    for t in range(x.size(1)):
        step = delta[:, t].unsqueeze(-1)
        fade = (step * a).exp()
        write = step * b[:, t].unsqueeze(1) * x[:, t].unsqueeze(-1)
        h = fade * h + write
        read = (c[:, t].unsqueeze(1) * h).sum(dim=-1)
        outputs.append(read + skip * x[:, t])
        h = h.detach() if t + 1 < x.size(1) else h
    return torch.stack(outputs, dim=1), h

# %% wrong | x-divided-by-what-has-faded | all tokens at once, by a cumulative sum over what is written divided by the product of all fadings, which is 0 for a Δ a of −1000
import torch


def selective_scan(x, delta, a, b, c, skip, state=None):
    step = delta.unsqueeze(-1)  # (B, T, D, 1)
    kept = (step * a).cumsum(dim=1).exp()  # (B, T, D, N)
    written = step * b.unsqueeze(2) * x.unsqueeze(-1)
    h = (written / kept).cumsum(dim=1)
    if state is not None:
        h = h + state.unsqueeze(1)
    h = kept * h
    y = (c.unsqueeze(2) * h).sum(dim=-1) + skip * x
    return y, h[:, -1]


# %% wrong | x-held-between-the-steps | what is written is (exp(Δ a) − 1)/a · b x, the exact solution for an input that is held, and not Δ b x
import torch


def selective_scan(
    x: torch.Tensor,
    delta: torch.Tensor,
    a: torch.Tensor,
    b: torch.Tensor,
    c: torch.Tensor,
    skip: torch.Tensor,
    state: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    B, T, D = x.shape
    h = x.new_zeros(B, D, a.size(1)) if state is None else state
    outputs = []
    for t in range(T):
        step = delta[:, t, :, None] * a  # (B, D, N)
        b_bar = torch.expm1(step) / a * b[:, t, None, :]
        h = step.exp() * h + b_bar * x[:, t, :, None]
        outputs.append(torch.einsum("bn,bdn->bd", c[:, t], h) + skip * x[:, t])
    return torch.stack(outputs, dim=1), h
