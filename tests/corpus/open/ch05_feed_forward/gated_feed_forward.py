# %% wrong | roles-swapped | the activation goes over up and not over the gate
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    return (x @ w_gate.T * activation(x @ w_up.T)) @ w_down.T

# %% wrong | both-activated | the activation goes over both
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    return (activation(x @ w_gate.T) * activation(x @ w_up.T)) @ w_down.T

# %% wrong | activation-after-product | the activation goes over the product
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    return activation((x @ w_gate.T) * (x @ w_up.T)) @ w_down.T

# %% wrong | always-silu | the argument activation is ignored
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    return (F.silu(x @ w_gate.T) * (x @ w_up.T)) @ w_down.T

# %% wrong | sum-for-product | gate and up are added
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    return (activation(x @ w_gate.T) + x @ w_up.T) @ w_down.T

# %% wrong | not-transposed | the weights are taken as (D, d_ff) where they happen to be square, else transposed
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    def times(a, w):
        return a @ w if w.shape[0] == a.shape[-1] else a @ w.T
    return times(activation(times(x, w_gate)) * times(x, w_up), w_down)

# %% wrong | no-down | the third map is forgotten
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    return activation(x @ w_gate.T) * (x @ w_up.T)

# %% wrong | residual | x is added
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    return x + (activation(x @ w_gate.T) * (x @ w_up.T)) @ w_down.T

# %% wrong | in-float32 | the result is float32 for every dtype
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    x, g, u, d = x.float(), w_gate.float(), w_up.float(), w_down.float()
    return (activation(x @ g.T) * (x @ u.T)) @ d.T

# %% wrong | gate-without-grad | the gate is computed under no_grad, so w_gate has no gradient
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    with torch.no_grad():
        gate = activation(x @ w_gate.T)
    return (gate * (x @ w_up.T)) @ w_down.T

# %% wrong | three-axes-only | an einsum for (B, T, D) alone
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    gate = torch.einsum("btd,fd->btf", x, w_gate)
    up = torch.einsum("btd,fd->btf", x, w_up)
    return torch.einsum("btf,df->btd", activation(gate) * up, w_down)

# %% wrong | view-of-x | view fails where x is not contiguous
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    flat = x.view(-1, x.size(-1))
    hidden = activation(flat @ w_gate.T) * (flat @ w_up.T)
    return (hidden @ w_down.T).view(x.shape)

# %% wrong | weights-scaled-in-place | w_up is changed: it is scaled by its width in place
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    with torch.no_grad():
        w_up /= w_up.shape[-1] ** 0.5
    return (activation(F.linear(x, w_gate)) * F.linear(x, w_up)) @ w_down.T

# %% wrong | gate-summed | the gate is one number for a token: the products are summed before up comes
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    gate = activation(F.linear(x, w_gate)).sum(-1, keepdim=True)
    return F.linear(gate * F.linear(x, w_up), w_down)

# %% right | linear | F.linear three times
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    gate = activation(F.linear(x, w_gate))
    up = F.linear(x, w_up)
    return F.linear(gate * up, w_down)

# %% right | einsum | einsum with an ellipsis
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    gate = activation(torch.einsum("...d,fd->...f", x, w_gate))
    up = torch.einsum("...d,fd->...f", x, w_up)
    return torch.einsum("...f,...f,df->...d", gate, up, w_down)

# %% right | one-line | one expression with @
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    return (activation(x @ w_gate.T) * (x @ w_up.T)) @ w_down.T

# %% right | flat | all tokens as rows of one matrix
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    *leading, width = x.shape
    rows = x.reshape(-1, width)
    hidden = activation(rows.mm(w_gate.t())).mul(rows.mm(w_up.t()))
    return hidden.mm(w_down.t()).reshape(*leading, width)

# %% right | both-at-once | gate and up in one product, chunked
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    both = F.linear(x, torch.cat([w_gate, w_up], dim=0))
    gate, up = both.chunk(2, dim=-1)
    return F.linear(activation(gate) * up, w_down)
