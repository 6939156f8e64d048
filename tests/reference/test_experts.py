"""A mixture of experts against a loop over tokens, and its balance loss against `transformers`."""

import pytest
import torch
from transformers.models.mixtral.modeling_mixtral import load_balancing_loss_func

from reference.experts import mixture_of_experts


def draw(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def some_experts(n, d):
    weights = [draw(50 + i, d, d) for i in range(n)]
    return [lambda x, w=w: torch.tanh(x @ w) for w in weights]


@pytest.mark.parametrize("k", [1, 2, 5])
def test_each_token_gets_its_k_best_experts(k):
    x, router, experts = draw(0, 2, 3, 4), draw(1, 5, 4), some_experts(5, 4)
    y, _ = mixture_of_experts(x, router, experts, k)
    for b in range(2):
        for t in range(3):
            scores = router @ x[b, t]
            best = sorted(range(5), key=lambda e: -scores[e])[:k]
            gates = torch.softmax(scores[best], 0)
            expected = sum(g * experts[e](x[b, t]) for g, e in zip(gates, best, strict=True))
            torch.testing.assert_close(y[b, t], expected)


@pytest.mark.parametrize("k", [1, 2])
def test_the_balance_loss_is_that_of_transformers_per_choice(k):
    x, router = draw(0, 2, 30, 4), draw(1, 5, 4)
    _, loss = mixture_of_experts(x, router, some_experts(5, 4), k)
    # Theirs adds up the k choices of a token where ours shares one among them.
    theirs = load_balancing_loss_func((x.flatten(0, 1) @ router.T,), num_experts=5, top_k=k)
    torch.testing.assert_close(k * loss, theirs, check_dtype=False)


def test_perfect_balance_costs_one_and_a_favourite_costs_more():
    experts = some_experts(4, 4)
    tokens = 20 * torch.eye(4, dtype=torch.float64)
    _, balanced = mixture_of_experts(tokens, torch.eye(4, dtype=torch.float64), experts, 1)
    _, collapsed = mixture_of_experts(
        tokens[:1].expand(8, 4), torch.eye(4, dtype=torch.float64), experts, 1
    )
    assert balanced == pytest.approx(1.0, abs=1e-6)
    assert collapsed == pytest.approx(4.0, abs=1e-6)


def test_gradients_reach_router_and_chosen_experts_only():
    x, router = draw(0, 1, 4), draw(1, 3, 4).requires_grad_()
    weights = [draw(i, 4, 4).requires_grad_() for i in range(3)]
    experts = [lambda x, w=w: x @ w for w in weights]
    y, loss = mixture_of_experts(x, router, experts, 2)
    (y.sum() + loss).backward()
    idle = int((x @ router.T).argmin())
    assert router.grad is not None and router.grad.abs().sum() > 0
    assert [w.grad is None for w in weights] == [i == idle for i in range(3)]


def test_an_expert_that_nobody_chose_is_not_run():
    calls = []
    experts = [lambda x, e=e: calls.append((e, len(x))) or x for e in range(3)]
    x = torch.tensor([[1.0, 0.0], [1.0, 0.1]])
    mixture_of_experts(x, torch.tensor([[3.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]), experts, 1)
    assert calls == [(0, 2)]


@pytest.mark.parametrize(("n_experts", "k"), [(3, 0), (3, 4), (2, 1)])
def test_impossible_choices_are_refused(n_experts, k):
    with pytest.raises(ValueError, match="experts"):
        mixture_of_experts(draw(0, 2, 4), draw(1, 3, 4), some_experts(n_experts, 4), k)
