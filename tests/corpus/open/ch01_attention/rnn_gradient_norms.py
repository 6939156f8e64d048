# %% wrong | columns-scaled | Scales the columns of W by 1 - h² instead of its rows (missing unsqueeze); shows when the states' entries differ in size.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states, h = [], h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ ((1 - h**2) * w)
    return torch.stack(norms[::-1])
# %% wrong | product-order | Multiplies new factors on the left, so the Jacobians stand in the wrong order; shows for T >= 3 when they do not commute.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states, h = [], h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = torch.diag(1 - h**2) @ w @ jac
    norms.reverse()
    return torch.stack(norms)
# %% wrong | starts-at-h0 | Multiplies before storing, so the entries are the norms with respect to h_0 … h_{T-1} and the last is not √h.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states, h = [], h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        jac = jac @ (torch.diag(1 - h**2) @ w)
        norms.append(torch.linalg.norm(jac))
    return torch.stack(norms[::-1])
# %% wrong | t-plus-one-entries | Includes h_0 as well and returns T + 1 norms.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states, h = [], h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = [jac.norm()]
    for h in reversed(states):
        jac = jac @ (torch.diag(1 - h**2) @ w)
        norms.append(jac.norm())
    return torch.stack(norms[::-1])
# %% wrong | not-reversed | Forgets to turn the list around, so the identity's norm comes first.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states, h = [], h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms)
# %% wrong | spectral-norm | Uses the largest singular value (the lesson's size) instead of the Frobenius norm.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states, h = [], h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(torch.linalg.matrix_norm(jac, ord=2))
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% wrong | old-state-derivative | Evaluates 1 - h² at h_{t-1} instead of h_t; invisible when all states are 0.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states = [h0]
    for x in xs:
        states.append(torch.tanh(w @ states[-1] + u @ x))
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states[:-1]):
        norms.append(jac.norm())
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% wrong | tanh-twice | Uses 1 - tanh(h_t)² although h_t already is the tanh.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states, h = [], h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ ((1 - torch.tanh(h) ** 2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% wrong | w-transposed | Runs the recurrence with h @ w (row convention), which is Wᵀ h; shows for asymmetric W.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states, h = [], h0
    for x in xs:
        h = torch.tanh(h @ w + x @ u.T)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% wrong | float32-eye | torch.eye without a dtype, so float64 inputs crash in the product (for T = 1 they return float32).
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states, h = [], h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0))
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% wrong | product-of-norms | Multiplies the norms of the single steps instead of taking the norm of the product.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states, h = [], h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    norm = torch.eye(len(h0), dtype=w.dtype).norm()
    norms = []
    for h in reversed(states):
        norms.append(norm)
        norm = norm * torch.linalg.norm((1 - h**2).unsqueeze(1) * w, ord=2)
    return torch.stack(norms[::-1])
# %% wrong | no-root | Sum of squares without the root.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states, h = [], h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append((jac**2).sum())
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% wrong | root-mean-square | Root of the mean of the squares, too small by the factor h.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states, h = [], h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(torch.sqrt(torch.mean(jac**2)))
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% wrong | powers-of-w | Leaves the tanh derivative out and uses powers of W; right only where all states are 0, as in the doctest.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    T = xs.shape[0]
    return torch.stack([torch.linalg.matrix_power(w, T - t).norm() for t in range(1, T + 1)])
# %% wrong | inplace-h0 | Writes the state back into h0 with copy_, which changes the caller's h0 (and all listed states are clones of it).
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states = []
    for x in xs:
        h0.copy_(torch.tanh(w @ h0 + u @ x))
        states.append(h0.clone())
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% wrong | aliased-states | Stores the same tensor T times (in-place update without clone), so every state is the last one.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    h, states = h0.clone(), []
    for x in xs:
        h[:] = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for state in reversed(states):
        norms.append(jac.norm())
        jac = jac @ ((1 - state**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% wrong | h0-ignored | Starts from zeros instead of h0.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    h, states = torch.zeros_like(h0), []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% wrong | inputs-ignored | Leaves U x_t out of the recurrence; right only where U or x is 0.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    h, states = h0, []
    for _ in range(len(xs)):
        h = torch.tanh(w @ h)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% wrong | list-of-floats | Returns a Python list of floats instead of a tensor.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm().item())
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return norms[::-1]
# %% wrong | tensor-of-floats | torch.tensor of Python floats returns float32 for float64 inputs.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(float(jac.norm()))
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return torch.tensor(norms[::-1])
# %% wrong | single-steps | Norms of the single-step Jacobians ∂h_{t+1}/∂h_t, without the chain product.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    norms = [((1 - s**2).unsqueeze(1) * w).norm() for s in states[1:]]
    norms.append(torch.eye(len(h0), dtype=w.dtype).norm())
    return torch.stack(norms)
# %% wrong | forward-jacobian | Norms of ∂h_t/∂h_1 instead of ∂h_T/∂h_t, turned around; equal only when all steps are alike.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    jac = torch.eye(len(h0), dtype=w.dtype)
    h = torch.tanh(w @ h0 + u @ xs[0])
    norms = [jac.norm()]
    for x in xs[1:]:
        h = torch.tanh(w @ h + u @ x)
        jac = torch.diag(1 - h**2) @ w @ jac
        norms.append(jac.norm())
    return torch.stack(norms[::-1])
# %% wrong | sum-gradient | Autograd of h_T.sum() with respect to each state: the norm of a row vector of column sums, not of the Jacobian.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h = h0.detach().clone().requires_grad_()
    states = []
    for x in xs:
        h = torch.tanh(w.detach() @ h + u.detach() @ x.detach())
        states.append(h)
    grads = torch.autograd.grad(states[-1].sum(), states)
    return torch.stack([g.norm() for g in grads])
# %% wrong | autograd-needs-graph | Calls autograd on states that need no gradient when no input does, so ordinary inputs crash.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    norms = []
    for s in states:
        rows = [torch.autograd.grad(states[-1][i], s, retain_graph=True)[0] for i in range(len(h0))]
        norms.append(torch.stack(rows).norm())
    return torch.stack(norms)
# %% wrong | requires-grad-left | Sets requires_grad_ on the caller's h0 for autograd, so the input is not left as it was.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h = h0.requires_grad_()
    states = []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    norms = []
    for s in states:
        rows = [torch.autograd.grad(states[-1][i], s, retain_graph=True)[0] for i in range(len(h0))]
        norms.append(torch.stack(rows).norm())
    return torch.stack(norms).detach()
# %% wrong | sigmoid-derivative | Uses the sigmoid's derivative h(1 - h).
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ torch.diag(h * (1 - h)) @ w
    return torch.stack(norms[::-1])
# %% wrong | two-steps-minimum | Builds the list from range(T - 1) and stacks before adding the identity, so T = 1 crashes with an empty stack.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    last = jac.norm().unsqueeze(0)
    norms = []
    for t in range(len(xs) - 1, 0, -1):
        jac = jac @ ((1 - states[t] ** 2).unsqueeze(1) * w)
        norms.append(jac.norm())
    return torch.cat([torch.stack(norms).flip(0), last])
# %% wrong | last-zero | Fills a zeros buffer and its loop stops before the last entry, so the norm of the identity stays 0.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    T = len(xs)
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    norms = torch.zeros(T, dtype=w.dtype)
    jac = torch.eye(len(h0), dtype=w.dtype)
    for t in range(T - 2, -1, -1):
        jac = jac @ torch.diag(1 - states[t + 1] ** 2) @ w
        norms[t] = jac.norm()
    return norms
# %% wrong | last-is-one | Sets the last norm to 1 (the "size" of the identity) instead of √h.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    T = len(xs)
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    norms = torch.ones(T, dtype=w.dtype)
    jac = torch.eye(len(h0), dtype=w.dtype)
    for t in range(T - 2, -1, -1):
        jac = jac @ torch.diag(1 - states[t + 1] ** 2) @ w
        norms[t] = jac.norm()
    return norms
# %% wrong | reversed-inputs | Reads the inputs backwards (xs.flip), so the states are others unless all inputs are equal.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs.flip(0):
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% wrong | eye-from-d | The identity has the size of the input width d instead of h: a crash or a wrong √ where d differs from h.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(xs.shape[1], dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% wrong | column-vector | Returns (T, 1) because the norms are kept with keepdim.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.flatten().norm(dim=0, keepdim=True))
        jac = jac @ ((1 - h**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% right | hint | Backward walk with one matrix.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    states, h = [], h0
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jacobian = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for state in reversed(states):
        norms.append(torch.linalg.norm(jacobian))
        jacobian = jacobian @ ((1 - state**2).unsqueeze(1) * w)
    return torch.stack(norms[::-1])
# %% right | diag | Explicit diagonal matrices, sum of squares, filled from the end.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    T, n = xs.shape[0], h0.shape[0]
    hs = [h0]
    for t in range(T):
        hs.append(torch.tanh(torch.mv(w, hs[t]) + torch.mv(u, xs[t])))
    out = torch.empty(T, dtype=h0.dtype)
    J = torch.eye(n, dtype=h0.dtype)
    for t in range(T, 0, -1):
        out[t - 1] = J.pow(2).sum().sqrt()
        J = J @ torch.diag(1 - hs[t] * hs[t]) @ w
    return out
# %% right | autograd-rows | Autograd on detached copies, row by row.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    w, u, xs = w.detach(), u.detach(), xs.detach()
    h = h0.detach().clone().requires_grad_(True)
    states = []
    with torch.enable_grad():
        for x in xs:
            h = torch.tanh(w @ h + u @ x)
            states.append(h)
        total = [torch.zeros((), dtype=w.dtype) for _ in states]
        for i in range(len(h0)):
            rows = torch.autograd.grad(states[-1][i], states, retain_graph=True)
            total = [acc + (row**2).sum() for acc, row in zip(total, rows)]
    return torch.stack(total).sqrt()
# %% right | functional-jacobian | torch.autograd.functional.jacobian of the rest of the recurrence from each state.
import torch


def rnn_gradient_norms(w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor) -> torch.Tensor:
    def run(h, inputs):
        for x in inputs:
            h = torch.tanh(w @ h + u @ x)
        return h * 1

    norms = []
    for t in range(1, len(xs) + 1):
        h_t = run(h0, xs[:t])
        J = torch.autograd.functional.jacobian(lambda h: run(h, xs[t:]), h_t.detach())
        norms.append(J.detach().norm())
    return torch.stack(norms)
# %% right | step-jacobians | Precomputes all step Jacobians, then multiplies with linalg.multi_dot-like loops.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    drive = xs @ u.T  # (T, h)
    states = []
    h = h0
    for t in range(len(xs)):
        h = torch.tanh(w @ h + drive[t])
        states.append(h)
    H = torch.stack(states)
    steps = (1 - H.square()).unsqueeze(-1) * w  # (T, h, h)
    norms = []
    for t in range(len(xs)):
        J = torch.eye(w.shape[0], dtype=w.dtype)
        for s in range(t + 1, len(xs)):
            J = steps[s] @ J
        norms.append(torch.linalg.matrix_norm(J, ord="fro"))
    return torch.stack(norms)
# %% right | rnn-class | Own class with a common name and a jacobian method; Kommentare auf Deutsch.
import torch


class RNN:
    def __init__(self, w, u):
        self.w, self.u = w, u

    def forward(self, xs, h):
        states = []
        for x in xs:
            h = torch.tanh(self.w @ h + self.u @ x)
            states.append(h)
        return states

    def jacobian(self, h):
        # Ableitung von tanh: 1 - h^2, zeilenweise
        return (1 - h * h)[:, None] * self.w


def rnn_gradient_norms(w, u, xs, h0):
    net = RNN(w, u)
    J = torch.eye(w.shape[0]).to(w)
    norms = []
    for h in net.forward(xs, h0)[::-1]:
        norms.insert(0, J.norm(p="fro"))
        J = J @ net.jacobian(h)
    return torch.stack(norms)
# %% right | float64-recursion | Recursion in float64, cast back at the end.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    W, U, X = w.double(), u.double(), xs.double()

    def walk(t, h):
        """returns (jacobian dh_T/dh_t, norms for t..T)"""
        if t == len(X):
            eye = torch.eye(len(h), dtype=torch.float64)
            return eye, [eye.norm()]
        h_next = torch.tanh(W @ h + U @ X[t])
        later, norms = walk(t + 1, h_next)
        jac = later @ ((1 - h_next**2).unsqueeze(1) * W)
        return jac, [jac.norm()] + norms

    _, norms = walk(0, h0.double())
    return torch.stack(norms[1:]).to(w.dtype)


if __name__ == "__main__":
    print(rnn_gradient_norms(0.5 * torch.eye(4), torch.zeros(4, 3), torch.ones(3, 3), torch.zeros(4)))
# %% wrong | two-mistakes-backwards-spectral | The list is not turned round, and the norm is the spectral one.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(torch.linalg.matrix_norm(jac, ord=2))
        jac = jac @ torch.diag(1 - h**2) @ w
    return torch.stack(norms)

# %% wrong | one-norm | Uses the largest absolute entry as the norm.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.abs().max())
        jac = jac @ torch.diag(1 - h**2) @ w
    return torch.stack(norms[::-1])

# %% wrong | u-in-jacobian | Multiplies by W + U in the Jacobian where the widths agree, and by W elsewhere.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    m = w + u if u.shape == w.shape else w
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ torch.diag(1 - h**2) @ m
    return torch.stack(norms[::-1])

# %% wrong | normalised-norms | Divides all norms by the last one, so that the last entry is 1.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ torch.diag(1 - h**2) @ w
    out = torch.stack(norms[::-1])
    return out / out[-1]

# %% wrong | linear-states | Forgets the tanh in the recurrence, but uses 1 - h² for the slope.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs:
        h = w @ h + u @ x
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm())
        jac = jac @ torch.diag(1 - h**2) @ w
    return torch.stack(norms[::-1])

# %% wrong | log-norms | Returns the logarithm of the norms, as one plots them.
import torch


def rnn_gradient_norms(w, u, xs, h0):
    h, states = h0, []
    for x in xs:
        h = torch.tanh(w @ h + u @ x)
        states.append(h)
    jac = torch.eye(len(h0), dtype=w.dtype)
    norms = []
    for h in reversed(states):
        norms.append(jac.norm().log())
        jac = jac @ torch.diag(1 - h**2) @ w
    return torch.stack(norms[::-1])
