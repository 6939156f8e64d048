# %% wrong | sum-backward | backpropagates the sum of h_T and takes the norm of that vector, which equals the Frobenius norm for diagonal Jacobians (the example) only
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    """Measure how strongly the last state depends on each state before it.

    The network runs h_t = tanh(W h_{t−1} + U x_t) for t = 1 … T, starting from h_0. The Jacobian
    ∂h_T/∂h_t is an (h, h) matrix. Its norm here is the Frobenius norm, the root of the sum of its
    squared entries.

    Args:
        w (h, h): the recurrent matrix W.
        u (h, d): the input matrix U.
        xs (T, d): the inputs x_1 … x_T, with T ≥ 1.
        h0 (h): the state before the first input.

    Returns:
        norms (T): a new tensor with the dtype of the inputs. Entry t − 1 is ‖∂h_T/∂h_t‖ for
        t = 1 … T. The last entry is the norm of ∂h_T/∂h_T, the identity, and thus √h. The
        inputs are left as they were. Autograd is allowed but not needed.

    >>> w, u = 0.5 * torch.eye(4), torch.zeros(4, 3)
    >>> rnn_gradient_norms(w, u, xs=torch.ones(3, 3), h0=torch.zeros(4))
    tensor([0.5000, 1.0000, 2.0000])
    >>> rnn_gradient_norms(3 * w, u, xs=torch.ones(3, 3), h0=torch.zeros(4))
    tensor([4.5000, 3.0000, 2.0000])
    """
    h = h0.detach().clone().requires_grad_()
    states = []
    for x in xs.detach():
        h = torch.tanh(w.detach() @ h + u.detach() @ x)
        h.retain_grad()
        states.append(h)
    states[-1].sum().backward()
    return torch.stack([s.grad.norm() for s in states])

# %% wrong | columns-scaled | `(1 - state**2) * w` scales the columns of W instead of its rows
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    states = []
    h = h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ ((1 - h**2) * w)
    return torch.stack(norms[::-1])

# %% wrong | old-factors-left | multiplies the new factor from the left while walking back, so the product is in the wrong order
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    states = [h0]
    for x in xs:
        states.append(torch.tanh(w @ states[-1] + u @ x))
    jacobian = torch.eye(w.shape[0], dtype=w.dtype)
    norms = []
    for state in reversed(states[1:]):
        norms.append(torch.linalg.matrix_norm(jacobian))
        jacobian = torch.diag(1 - state**2) @ w @ jacobian
    norms.reverse()
    return torch.stack(norms)

# %% wrong | previous-state | takes the derivative of tanh at h_{t-1} instead of h_t
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    states = [h0]
    for x in xs:
        states.append(torch.tanh(w @ states[-1] + u @ x))
    T = len(xs)
    norms = torch.empty(T, dtype=w.dtype)
    j = torch.eye(len(h0), dtype=w.dtype)
    for t in range(T, 0, -1):
        norms[t - 1] = j.norm()
        j = j @ (torch.diag(1 - states[t - 1] ** 2) @ w)
    return norms

# %% wrong | no-tanh-factor | multiplies bare copies of W, right only where all states are 0 as in the example
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    T = xs.shape[0]
    eye = torch.eye(w.shape[0], dtype=w.dtype)
    out = [torch.linalg.norm(torch.linalg.matrix_power(w, T - t) @ eye) for t in range(1, T + 1)]
    return torch.stack(out)

# %% wrong | product-of-norms | multiplies spectral norms of the single steps by sqrt(h): an upper bound, exact for multiples of the identity
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    h = h0
    steps = []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        steps.append(torch.linalg.matrix_norm((1 - h * h)[:, None] * w, ord=2))
    norm = torch.tensor(float(len(h0)), dtype=w.dtype).sqrt()
    norms = [norm]
    for s in reversed(steps[1:]):
        norm = norm * s
        norms.append(norm)
    return torch.stack(norms).flip(0)

# %% wrong | eye-float32 | torch.eye without a dtype is float32, so the product with a float64 W crashes
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    h, states = h0, []
    for t in range(len(xs)):
        h = torch.tanh(w @ h + u @ xs[t])
        states.append(h)
    J = torch.eye(len(h0))
    norms = []
    for h in states[::-1]:
        norms.insert(0, torch.norm(J))
        J = J @ torch.diag(1 - h**2) @ w
    return torch.stack(norms)

# %% wrong | item-list | collects the norms with item() into torch.tensor, which is float32 also for float64 inputs
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    J = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in states[::-1]:
        norms.append(torch.linalg.norm(J).item())
        J = J @ (torch.diag(1 - h**2) @ w)
    return torch.tensor(norms[::-1])

# %% wrong | row-vector-recurrence | runs the network as h @ W, that is with the transposed matrix, unnoticed for symmetric W
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    states = []
    h = h0
    for x in xs:
        h = torch.tanh(h @ w + x @ u.T)
        states.append(h)
    j = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(j.norm())
        j = j @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])

# %% wrong | from-h0 | starts the list of states with h_0 and forgets to drop it, so the result has T + 1 entries
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    states = [h0]
    for x in xs:
        states.append(torch.tanh(w @ states[-1] + u @ x))
    j = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(j.norm())
        j = j @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])

# %% wrong | h0-overwritten | copies every new state into h0's own memory, so the caller's h0 ends up as h_T
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    h = h0
    states = []
    for x in xs:
        h.copy_(torch.tanh(w @ h + u @ x))
        states.append(h.clone())
    j = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for s in reversed(states):
        norms.append(j.norm())
        j = j @ ((1 - s**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])

# %% wrong | multi-dot | multiplies the Jacobians of all later steps with torch.linalg.multi_dot, which refuses fewer than two matrices: crash where one step is left
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    h, steps = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        steps.append((1 - h**2)[:, None] * w)
    T = len(xs)
    norms = []
    for t in range(1, T):
        norms.append(torch.linalg.norm(torch.linalg.multi_dot(steps[t:][::-1])))
    norms.append(torch.eye(len(h0), dtype=w.dtype).norm())
    return torch.stack(norms)

# %% wrong | no-input | forgets the input when it rebuilds the states, h = tanh(W h), right only where U x is 0
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    states = []
    h = h0
    for _ in range(xs.shape[0]):
        h = torch.tanh(torch.mv(w, h))
        states.append(h)
    j = torch.eye(len(h0), dtype=w.dtype)
    norms = [j.norm()]
    for h in states[:0:-1]:
        j = j @ ((1 - h**2).unsqueeze(1) * w)
        norms.append(j.norm())
    return torch.stack(norms[::-1])

# %% wrong | last-factor-everywhere | uses the tanh factor of the last state for all steps
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    h = h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
    step = (1 - h**2).unsqueeze(1) * w
    j = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for _ in range(len(xs)):
        norms.append(j.norm())
        j = j @ step
    return torch.stack(norms).flip(0)

# %% right | backward-walk | keeps the states, walks back, one matrix collects the product
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    """Measure how strongly the last state depends on each state before it.

    The network runs h_t = tanh(W h_{t−1} + U x_t) for t = 1 … T, starting from h_0. The Jacobian
    ∂h_T/∂h_t is an (h, h) matrix. Its norm here is the Frobenius norm, the root of the sum of its
    squared entries.

    Args:
        w (h, h): the recurrent matrix W.
        u (h, d): the input matrix U.
        xs (T, d): the inputs x_1 … x_T, with T ≥ 1.
        h0 (h): the state before the first input.

    Returns:
        norms (T): a new tensor with the dtype of the inputs. Entry t − 1 is ‖∂h_T/∂h_t‖ for
        t = 1 … T. The last entry is the norm of ∂h_T/∂h_T, the identity, and thus √h. The
        inputs are left as they were. Autograd is allowed but not needed.

    >>> w, u = 0.5 * torch.eye(4), torch.zeros(4, 3)
    >>> rnn_gradient_norms(w, u, xs=torch.ones(3, 3), h0=torch.zeros(4))
    tensor([0.5000, 1.0000, 2.0000])
    >>> rnn_gradient_norms(3 * w, u, xs=torch.ones(3, 3), h0=torch.zeros(4))
    tensor([4.5000, 3.0000, 2.0000])
    """
    states = []
    h = h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jacobian = torch.eye(len(h0), dtype=w.dtype, device=w.device)
    norms = []
    for h in reversed(states):
        norms.append(jacobian.pow(2).sum().sqrt())
        jacobian = jacobian @ torch.diag(1 - h**2) @ w
    return torch.stack(norms[::-1])

# %% right | autograd-jacobian | torch.autograd.functional.jacobian of the rest of the run from each state
import torch
from torch.autograd.functional import jacobian as jac


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    def run(h, rest):
        for x in rest:
            h = torch.tanh(w @ h + u @ x)
        return h

    norms = []
    state = h0
    for t in range(1, len(xs) + 1):
        state = run(state, xs[t - 1 : t]).detach()
        norms.append(torch.linalg.norm(jac(lambda h: run(h, xs[t:]) * 1.0, state)))
    return torch.stack(norms)

# %% right | all-at-once | forward accumulation: every open Jacobian is multiplied at every step
import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    with torch.no_grad():
        h = h0.clone()
        open_jacobians = []
        eye = torch.eye(h0.numel(), dtype=h0.dtype)
        for x in xs:
            h = torch.tanh(torch.einsum("ij,j->i", w, h) + torch.einsum("id,d->i", u, x))
            step = torch.einsum("i,ij->ij", 1 - h * h, w)
            open_jacobians = [step @ j for j in open_jacobians] + [eye]
        return torch.stack([torch.linalg.matrix_norm(j, ord="fro") for j in open_jacobians])
