"""The selective scan against its solution in closed form."""

import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from reference.state_space import selective_scan


def draw(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def some_inputs(T, seed=0):
    B, D, N = 2, 3, 4
    x, delta = draw(seed, B, T, D), F.softplus(draw(seed + 1, B, T, D))
    a, b, c = -draw(seed + 2, D, N).exp(), draw(seed + 3, B, T, N), draw(seed + 4, B, T, N)
    return x, delta, a, b, c, draw(seed + 5, D)


@given(st.integers(1, 7), st.integers(0, 99))
def test_equals_the_unrolled_sum(T, seed):
    """y_t = Σ_{s ≤ t} C_t · exp(A · Σ_{s < r ≤ t} Δ_r) · Δ_s B_s x_s + D x_t."""
    x, delta, a, b, c, d = some_inputs(T, seed)
    y = selective_scan(x, delta, a, b, c, d)
    for t in range(T):
        expected = d * x[:, t]  # (B, D)
        for s in range(t + 1):
            elapsed = delta[:, s + 1 : t + 1].sum(1)  # (B, D)
            remaining = torch.exp(elapsed[..., None] * a)  # (B, D, N)
            reads = (c[:, t] * b[:, s])[:, None] * remaining
            expected = expected + reads.sum(-1) * delta[:, s] * x[:, s]
        torch.testing.assert_close(y[:, t], expected)


def test_the_future_does_not_reach_back():
    inputs = some_inputs(6)
    before = selective_scan(*inputs)
    changed = [value.clone() for value in inputs]
    for i in (0, 1, 3, 4):
        changed[i][:, 4:] += 1.0
    after = selective_scan(*changed)
    assert torch.equal(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4:], after[:, 4:])


def test_no_step_means_no_memory_written():
    """With Δ = 0 the state neither forgets nor learns: only the skip D·x is left."""
    x, delta, a, b, c, d = some_inputs(5)
    torch.testing.assert_close(selective_scan(x, 0 * delta, a, b, c, d), d * x)
