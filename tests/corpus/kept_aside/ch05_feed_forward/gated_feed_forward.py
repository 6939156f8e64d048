# %% wrong | chunks-swapped | both in one product, taken apart in the wrong order
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    up, gate = (x @ torch.cat((w_gate, w_up)).T).chunk(2, -1)
    return (activation(gate) * up) @ w_down.T

# %% wrong | stacked-axis-0 | with x of shape (T, D) the chunks go along axis 0
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    both = F.linear(x, torch.cat([w_gate, w_up]))
    gate, up = both.split(w_gate.shape[0], dim=min(1, both.dim() - 1))
    return F.linear(activation(gate) * up, w_down)

# %% wrong | activation-outside | activation around the output of the whole network
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    return activation(F.linear(F.linear(x, w_gate) * F.linear(x, w_up), w_down))

# %% wrong | weights-rewrapped | nn.Linear with copied weights: no gradient reaches the arguments
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    lin = [torch.nn.Linear(w.shape[1], w.shape[0], bias=False, dtype=w.dtype) for w in (w_gate, w_up, w_down)]
    for layer, w in zip(lin, (w_gate, w_up, w_down)):
        layer.weight.data.copy_(w)
    gate, up, down = lin
    return down(activation(gate(x)) * up(x))

# %% wrong | plain-1-plus-gate | up · (1 + gate), as in some other gates
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    return F.linear((1 + activation(F.linear(x, w_gate))) * F.linear(x, w_up), w_down)

# %% wrong | squeezed | axes of size 1 are lost
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    out = F.linear(activation(F.linear(x, w_gate)) * F.linear(x, w_up), w_down)
    return out.squeeze()

# %% right | sum-over-hidden | a loop over the hidden values
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    out = torch.zeros_like(x)
    for f in range(w_gate.shape[0]):
        gate = activation((x * w_gate[f]).sum(-1, keepdim=True))
        up = (x * w_up[f]).sum(-1, keepdim=True)
        out = out + gate * up * w_down[:, f]
    return out

# %% right | helper | an inner helper, matmul and mT, verbose
import torch
import torch.nn.functional as F


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    def project(tokens, weight):
        return torch.matmul(tokens, weight.mT)

    gate = project(x, w_gate)
    opened = activation(gate)
    value = project(x, w_up)
    hidden = torch.mul(opened, value)
    result = project(hidden, w_down)
    return result

# %% right | functional-modules | a small class that holds the weights
import torch
import torch.nn.functional as F


class Gated:
    def __init__(self, gate, up, down, act):
        self.gate, self.up, self.down, self.act = gate, up, down, act

    def __call__(self, x):
        inner = self.act(F.linear(x, self.gate))
        return F.linear(inner * F.linear(x, self.up), self.down)


def gated_feed_forward(x, w_gate, w_up, w_down, activation=F.silu):
    return Gated(w_gate, w_up, w_down, activation)(x)
