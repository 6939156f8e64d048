# %% right | loop-with-unsqueeze | a loop over the tokens, axes put in by unsqueeze
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
    return torch.stack(outputs, dim=1), h

# %% right | tables-by-einsum | decay and drive of all tokens by einsum, then a loop over two lists
import torch


def selective_scan(x, delta, a, b, c, skip, state=None):
    B, T, D = x.shape
    decay = torch.exp(torch.einsum("btd,dn->btdn", delta, a))
    drive = torch.einsum("btd,btn,btd->btdn", delta, b, x)
    h = torch.zeros_like(drive[:, 0]) if state is None else state
    hs = []
    for keep, new in zip(decay.unbind(1), drive.unbind(1)):
        h = keep * h + new
        hs.append(h)
    y = torch.einsum("btdn,btn->btd", torch.stack(hs, 1), c) + x * skip
    return y, hs[-1]

# %% right | all-pairs | no loop: weights between all pairs of tokens, float64 inside
import torch


def selective_scan(x, delta, a, b, c, skip, state=None):
    """All pairs of tokens: what s has written is worth exp(a (sum of the steps behind s)) at t."""
    dtype = x.dtype
    x, delta, a, b, c, skip = (t.double() for t in (x, delta, a, b, c, skip))
    T = x.size(1)
    clock = delta.cumsum(dim=1)                                     # (B, T, D)
    elapsed = clock.unsqueeze(2) - clock.unsqueeze(1)               # (B, t, s, D)
    past = torch.ones(T, T, dtype=torch.bool, device=x.device).tril().view(1, T, T, 1, 1)
    exponent = elapsed.unsqueeze(-1) * a                            # (B, t, s, D, N)
    weight = exponent.masked_fill(~past, -torch.inf).exp()
    written = (delta * x).unsqueeze(-1) * b.unsqueeze(2)            # (B, s, D, N)
    h = torch.einsum("btsdn,bsdn->btdn", weight, written)
    if state is not None:
        h = h + (clock.unsqueeze(-1) * a).exp() * state.double().unsqueeze(1)
    y = (h @ c.unsqueeze(-1)).squeeze(-1) + skip * x
    return y.to(dtype), h[:, -1].to(dtype)

# %% right | doubling | an associative scan in log2 T rounds
import torch


def combine(left, right):
    """Two steps after one another are one step of the same kind."""
    keep, add = left
    keep2, add2 = right
    return keep * keep2, keep2 * add + add2


def selective_scan(x, delta, a, b, c, skip, state=None):
    keep = (delta.unsqueeze(-1) * a).exp()
    add = (delta * x).unsqueeze(-1) * b.unsqueeze(-2)
    T = x.size(1)
    reach = 1
    while reach < T:
        k2, a2 = combine((keep[:, :-reach], add[:, :-reach]), (keep[:, reach:], add[:, reach:]))
        keep = torch.cat((keep[:, :reach], k2), dim=1)
        add = torch.cat((add[:, :reach], a2), dim=1)
        reach *= 2
    if state is None:
        state = torch.zeros_like(add[:, 0])
    h = add + keep * state.unsqueeze(1)
    y = torch.matmul(h, c.unsqueeze(-1)).squeeze(-1)
    return y + skip * x, h[:, -1]

# %% wrong | grows-instead-of-fading | the exponent is -Δ a, so the state explodes
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
        fade = (-step * a).exp()
        write = step * b[:, t].unsqueeze(1) * x[:, t].unsqueeze(-1)
        h = fade * h + write
        read = (c[:, t].unsqueeze(1) * h).sum(dim=-1)
        outputs.append(read + skip * x[:, t])
    return torch.stack(outputs, dim=1), h

# %% wrong | read-before-writing | y reads the state before the token is written
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
        read = (c[:, t].unsqueeze(1) * h).sum(dim=-1)
        h = fade * h + write
        outputs.append(read + skip * x[:, t])
    return torch.stack(outputs, dim=1), h

# %% wrong | step-left-out-of-the-writing | b x is written without the factor Δ
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
        write = b[:, t].unsqueeze(1) * x[:, t].unsqueeze(-1)
        h = fade * h + write
        read = (c[:, t].unsqueeze(1) * h).sum(dim=-1)
        outputs.append(read + skip * x[:, t])
    return torch.stack(outputs, dim=1), h

# %% wrong | skip-forgotten | skip x is not added, and skip gets no gradient
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
        outputs.append(read)
    return torch.stack(outputs, dim=1), h

# %% wrong | b-and-c-exchanged | c says what is written and b what is read
import torch


def selective_scan(x, delta, a, b, c, skip, state=None):
    B, T, D = x.shape
    decay = torch.exp(torch.einsum("btd,dn->btdn", delta, a))
    drive = torch.einsum("btd,btn,btd->btdn", delta, c, x)
    h = torch.zeros_like(drive[:, 0]) if state is None else state
    hs = []
    for keep, new in zip(decay.unbind(1), drive.unbind(1)):
        h = keep * h + new
        hs.append(h)
    y = torch.einsum("btdn,btn->btd", torch.stack(hs, 1), b) + x * skip
    return y, hs[-1]

# %% wrong | given-state-ignored | the scan starts from zeros, whatever state is given
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
    h = x.new_zeros(x.size(0), *a.shape)
    outputs = []
    for t in range(x.size(1)):
        step = delta[:, t].unsqueeze(-1)
        fade = (step * a).exp()
        write = step * b[:, t].unsqueeze(1) * x[:, t].unsqueeze(-1)
        h = fade * h + write
        read = (c[:, t].unsqueeze(1) * h).sum(dim=-1)
        outputs.append(read + skip * x[:, t])
    return torch.stack(outputs, dim=1), h

# %% wrong | divided-by-the-decay | the closed form divides by the running product of the decays, which is 0 for Δ a of -1000, so that NaN comes out
import torch


def selective_scan(x, delta, a, b, c, skip, state=None):
    keep = (delta.unsqueeze(-1) * a).exp().cumprod(dim=1)
    write = (delta * x).unsqueeze(-1) * b.unsqueeze(2)
    inner = (write / keep).cumsum(dim=1)
    if state is not None:
        inner = inner + state.unsqueeze(1)
    h = keep * inner
    y = (h * c.unsqueeze(2)).sum(-1) + skip * x
    return y, h[:, -1]

# %% wrong | old-state-written-over | the state given is changed in place, token by token
import torch


def selective_scan(x, delta, a, b, c, skip, state=None):
    B, T, D = x.shape
    if state is None:
        state = torch.zeros(B, D, a.size(1), dtype=x.dtype, device=x.device)
    h = state.detach()
    ys = []
    for t in range(T):
        d = delta[:, t, :, None]
        new = torch.exp(d * a) * h + d * b[:, t, None, :] * x[:, t, :, None]
        ys.append((new * c[:, t, None, :]).sum(-1) + skip * x[:, t])
        h.copy_(new.detach())
    return torch.stack(ys, 1), new

# %% wrong | mamba-parameters | takes delta before softplus and a as its logarithm, as the layer of the paper does around the scan
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
    delta = torch.nn.functional.softplus(delta)
    a = -torch.exp(a)
    h = x.new_zeros(x.size(0), *a.shape) if state is None else state
    outputs = []
    for t in range(x.size(1)):
        step = delta[:, t].unsqueeze(-1)
        fade = (step * a).exp()
        write = step * b[:, t].unsqueeze(1) * x[:, t].unsqueeze(-1)
        h = fade * h + write
        read = (c[:, t].unsqueeze(1) * h).sum(dim=-1)
        outputs.append(read + skip * x[:, t])
    return torch.stack(outputs, dim=1), h

# %% wrong | all-states-returned | the second result is (B, T, D, N), the state after every token, and not the last
import torch


def selective_scan(x, delta, a, b, c, skip, state=None):
    B, T, D = x.shape
    decay = torch.exp(torch.einsum("btd,dn->btdn", delta, a))
    drive = torch.einsum("btd,btn,btd->btdn", delta, b, x)
    h = torch.zeros_like(drive[:, 0]) if state is None else state
    hs = []
    for keep, new in zip(decay.unbind(1), drive.unbind(1)):
        h = keep * h + new
        hs.append(h)
    y = torch.einsum("btdn,btn->btd", torch.stack(hs, 1), c) + x * skip
    return y, torch.stack(hs, 1)

# %% wrong | euler-decay | the old state is multiplied with 1 + Δ a in place of exp(Δ a), which is close for small steps only
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
        fade = 1 + step * a
        write = step * b[:, t].unsqueeze(1) * x[:, t].unsqueeze(-1)
        h = fade * h + write
        read = (c[:, t].unsqueeze(1) * h).sum(dim=-1)
        outputs.append(read + skip * x[:, t])
    return torch.stack(outputs, dim=1), h

# %% wrong | mean-over-the-numbers | y takes the mean over the N numbers and not their sum; right for N = 1
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
        read = (c[:, t].unsqueeze(1) * h).mean(dim=-1)
        outputs.append(read + skip * x[:, t])
    return torch.stack(outputs, dim=1), h

# %% wrong | first-row-of-a | all channels fade with the row of a of channel 0; right for D = 1
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
        fade = (step * a[0]).exp()
        write = step * b[:, t].unsqueeze(1) * x[:, t].unsqueeze(-1)
        h = fade * h + write
        read = (c[:, t].unsqueeze(1) * h).sum(dim=-1)
        outputs.append(read + skip * x[:, t])
    return torch.stack(outputs, dim=1), h

# %% wrong | b-along-the-channels | b is laid along the channels and not along the N numbers: an error for most D and N, and wrong where D = N
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
        write = step * b[:, t].unsqueeze(-1) * x[:, t].unsqueeze(-1)
        h = fade * h + write
        read = (c[:, t].unsqueeze(1) * h).sum(dim=-1)
        outputs.append(read + skip * x[:, t])
    return torch.stack(outputs, dim=1), h

# %% wrong | one-token-behind | the state that is returned is the one before the last token, so the next call lacks a token
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
        before = h
        h = fade * h + write
        read = (c[:, t].unsqueeze(1) * h).sum(dim=-1)
        outputs.append(read + skip * x[:, t])
    return torch.stack(outputs, dim=1), before

# %% wrong | product-held-above-zero | the closed form divides by the running product of the decays, held above 1e-30 against NaN, so what is written after strong fading is lost
import torch


def selective_scan(x, delta, a, b, c, skip, state=None):
    keep = (delta.unsqueeze(-1) * a).exp().cumprod(dim=1)
    write = (delta * x).unsqueeze(-1) * b.unsqueeze(2)
    inner = (write / keep.clamp(min=1e-30)).cumsum(dim=1)
    if state is not None:
        inner = inner + state.unsqueeze(1)
    h = keep * inner
    y = (h * c.unsqueeze(2)).sum(-1) + skip * x
    return y, h[:, -1]
