"""Mixture of experts: routing, gates, the balance loss, and who is called with which tokens."""

import pytest
import torch

EXPERTS = """
import torch


def expert0(rows):
    return 2 * rows


def expert1(rows):
    return rows.flip(-1) + 1


def expert2(rows):
    return torch.sin(rows)


def expert3(rows):
    return rows * rows


def note0(rows):
    return note(0, rows)


def note1(rows):
    return note(1, rows)


def note2(rows):
    return note(2, rows)


def note3(rows):
    return note(3, rows)


noted = [[], [], [], []]


def note(i, rows):
    noted[i].append(rows.detach().clone().reshape(-1, rows.size(-1)))
    return (i + 2) * rows


def rows_of(i):
    \"\"\"The rows that expert i was given, in an order of their own.\"\"\"
    if not noted[i]:
        return torch.zeros(0)
    rows = torch.cat(noted[i])
    return rows[rows[:, 0].argsort()]


def times_called(i):
    return len(noted[i])
"""


def chosen_functions(submission, names):
    helper = submission.helper(EXPERTS)
    return helper, [getattr(helper, name) for name in names]


FUNCTIONS = (
    lambda rows: 2 * rows,
    lambda rows: rows.flip(-1) + 1,
    torch.sin,
    lambda rows: rows * rows,
)
PLAIN = ("expert0", "expert1", "expert2", "expert3")


def mixed(x, router, functions, k):
    """The formulas in float64, with every expert on every token; gradients flow."""
    tokens, router = x.double().reshape(-1, x.size(-1)), router.double()
    scores = tokens @ router.T
    order = scores.argsort(dim=-1, descending=True)
    is_chosen = torch.zeros_like(scores, dtype=torch.bool).scatter(1, order[:, :k], True)
    gates = scores.masked_fill(~is_chosen, -torch.inf).softmax(-1)  # (N, E)
    outputs = torch.stack([function(tokens) for function in functions], dim=1)  # (N, E, D)
    y = (gates[..., None] * outputs).sum(1).reshape(x.shape)
    share = is_chosen.double().mean(0) / k
    return y, len(functions) * (share * scores.softmax(-1).mean(0)).sum()


def expected_of(x, router, functions, k):
    return tuple(part.to(x.dtype) for part in mixed(x, router, functions, k))


def spread_scores(rng, *shape, E, D, dtype=torch.float32):
    """x and a router under which no two scores of a token are nearly equal."""
    x, router = rng.normal(*shape, D, dtype=dtype), rng.normal(E, D, dtype=dtype)
    for _ in range(200):
        scores = (x.reshape(-1, D) @ router.T).sort(-1).values
        gaps = scores.diff(dim=-1).amin(-1) if E > 1 else torch.ones(len(scores))
        close = (gaps < 1e-2).reshape(shape)
        if not close.any():
            break
        x[close] = rng.normal(int(close.sum()), D, dtype=dtype)
    return x, router


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("N", "E", "D", "k"),
    [
        pytest.param(7, 4, 5, 2, id="two of four"),
        pytest.param(6, 4, 3, 1, id="one of four"),
        pytest.param(5, 3, 4, 3, id="all three"),
        pytest.param(4, 4, 4, 2, id="all sizes equal"),
        pytest.param(1, 3, 5, 2, id="one token"),
        pytest.param(6, 4, 2, 3, id="three of four"),
    ],
)
def test_output_and_loss(submission, rng, expect, N, E, D, k):
    """Each token gets the gated sum of its k experts, and the loss is E Σ f P."""
    _, experts = chosen_functions(submission, PLAIN[:E])
    x, router = spread_scores(rng, N, E=E, D=D)
    y, loss = submission.mixture_of_experts(x, router, experts, k)
    right_y, right_loss = expected_of(x, router, FUNCTIONS[:E], k)
    expect(y).matches(right_y, because="This is y.")
    expect(loss).matches(right_loss, because="This is the balance loss.")


def test_a_single_expert(submission, rng, expect):
    """With one expert every token gets what it makes, and the loss is 1."""
    _, experts = chosen_functions(submission, PLAIN[1:2])
    x, router = rng.normal(4, 5), rng.normal(1, 5)
    y, loss = submission.mixture_of_experts(x, router, experts, 1)
    expect(y).matches(x.flip(-1) + 1, because="This is y.")
    expect(loss).matches(x.new_tensor(1.0), because="This is the balance loss.")


@pytest.mark.parametrize(("size", "second"), [(1e30, 1), (1e-30, 2)], ids=["large", "small"])
def test_far_sizes(submission, rng, expect, size, second):
    """Tokens that are far larger or smaller than usual count as they are, and so does a router."""
    _, experts = chosen_functions(submission, (PLAIN[0], PLAIN[second]))
    x, router = spread_scores(rng, 6, E=2, D=4)
    x, router = size * x, router / size
    y, loss = submission.mixture_of_experts(x, router, experts, 2)
    right_y, right_loss = expected_of(x, router, (FUNCTIONS[0], FUNCTIONS[second]), 2)
    expect(y / size).matches(right_y / size, because="This is y.")
    expect(loss).matches(right_loss, because="This is the balance loss.")


@pytest.mark.points(2)
@pytest.mark.parametrize("shape", [(), (2, 5), (2, 1, 3), (2, 1, 2, 1, 2)], ids=str)
def test_any_leading_dimensions(submission, rng, expect, shape):
    """All vectors are tokens, in whatever dimensions they stand."""
    _, experts = chosen_functions(submission, PLAIN)
    x, router = spread_scores(rng, *shape, E=4, D=3)
    found = submission.mixture_of_experts(k=2, experts=experts, router=router, x=x)
    expect(found).matches(expected_of(x, router, FUNCTIONS, 2))


@pytest.mark.points(2)
def test_each_token_alone(submission, rng, expect):
    """A token's y is the same, whatever tokens stand beside it, and in whatever order."""
    _, experts = chosen_functions(submission, PLAIN)
    x, router = spread_scores(rng, 6, E=4, D=3)
    y, _ = expected_of(x, router, FUNCTIONS, 2)
    order = rng.permutation(6)
    found, _ = submission.mixture_of_experts(x[order], router, experts, 2)
    expect(found).matches(y[order])
    found, _ = submission.mixture_of_experts(x[:2], router, experts, 2)
    expect(found).matches(y[:2])


@pytest.mark.points(3)
@pytest.mark.parametrize("k", [1, 2])
def test_an_expert_gets_its_own_tokens(submission, rng, expect, k):
    """An expert gets the tokens that chose it, each once; one that no token chose is not called."""
    helper, experts = chosen_functions(submission, ("note0", "note1", "note2", "note3"))
    x, router = spread_scores(rng, 3, 3, E=4, D=5)
    x[..., 0] = x[..., 0].abs() + 1
    router[2] = 0.0
    router[2, 0] = -7.0  # never chosen
    scores = x.reshape(-1, 5) @ router.T
    y, _ = submission.mixture_of_experts(x, router, experts, k)
    scaled = [lambda rows, i=i: (i + 2) * rows for i in range(4)]
    expect(y).matches(expected_of(x, router, scaled, k)[0], because="This is y.")
    chosen = scores.topk(k).indices
    for i in (0, 1, 3):
        mine = x.reshape(-1, 5)[(chosen == i).any(-1)]
        if len(mine):
            because = f"These are the tokens that expert {i} is given, by their first number."
            expect(helper.rows_of(i)).matches(mine[mine[:, 0].argsort()], because=because)
    # Last: who gives every expert all tokens calls this one as well, and is to hear of the tokens.
    expect(helper.times_called(2)).equals(0, because="No token chose expert 2.")


@pytest.mark.points(2)
def test_one_favourite(submission, rng, expect):
    """Where all tokens choose the same expert, the others get nothing, and the loss is near E."""
    _, experts = chosen_functions(submission, PLAIN)
    x, router = spread_scores(rng, 6, E=4, D=3)
    x[:, 0], router[1, 0] = x[:, 0].abs() + 1, 7.0
    found = submission.mixture_of_experts(x, router, experts, 1)
    expect(found).matches(expected_of(x, router, FUNCTIONS, 1))


def test_large_scores(submission, rng, expect):
    """Scores near 40 and −40 give finite results."""
    _, experts = chosen_functions(submission, PLAIN)
    x, router = spread_scores(rng, 5, E=4, D=3)
    router *= 39 / (x @ router.T).abs().max()
    found = submission.mixture_of_experts(x, router, experts, 2)
    expect(found[0]).is_finite(because="This is y.")
    expect(found).matches(expected_of(x, router, FUNCTIONS, 2))


def test_float64(submission, rng, expect):
    """float64 stays float64, and as exact."""
    _, experts = chosen_functions(submission, PLAIN)
    # Shares in float32 are exact or cancel out in one of many draws, and never in all of these.
    for N, k in ((7, 1), (11, 2), (13, 3)):
        x, router = spread_scores(rng, 1, N, E=4, D=3, dtype=torch.float64)
        found = submission.mixture_of_experts(x, router, experts, k)
        expect(found).matches(expected_of(x, router, FUNCTIONS, k), rtol=1e-11, atol=1e-13)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    _, experts = chosen_functions(submission, PLAIN)
    x, router = spread_scores(rng, 2, 5, E=4, D=3)
    turned = (t.transpose(0, -1).contiguous().transpose(0, -1) for t in (x, router))
    found = submission.mixture_of_experts(*turned, experts, 2)
    expect(found).matches(expected_of(x, router, FUNCTIONS, 2))


@pytest.mark.parametrize(("E", "k"), [(3, 0), (3, 4), (3, -1)], ids=str)
def test_k_must_fit(submission, rng, expect, E, k):
    """A k below 1 or above the number of experts is a ValueError; k = E is fine."""
    _, experts = chosen_functions(submission, PLAIN[:E])
    x, router = spread_scores(rng, 4, E=E, D=3)
    found = submission.mixture_of_experts(x, router, experts, E)
    expect(found).matches(expected_of(x, router, FUNCTIONS[:E], E))
    submission.mixture_of_experts.raises(ValueError, x, router, experts, k)


@pytest.mark.parametrize("n_experts", [2, 4])
def test_as_many_experts_as_rows(submission, rng, expect, n_experts):
    """A router whose rows are not as many as the experts is a ValueError."""
    _, experts = chosen_functions(submission, PLAIN)
    x, router = spread_scores(rng, 4, E=3, D=3)
    found = submission.mixture_of_experts(x, router, experts[:3], 2)
    expect(found).matches(expected_of(x, router, FUNCTIONS[:3], 2))
    submission.mixture_of_experts.raises(ValueError, x, router, experts[:n_experts], 2)


@pytest.mark.points(3)
@pytest.mark.parametrize("part", ["y", "balance loss"])
def test_gradients(submission, rng, expect, part):
    """Gradients reach x, through gates and experts, and the router; those of the loss through P."""
    _, experts = chosen_functions(submission, PLAIN)
    # 14 choices cannot fall on 4 experts evenly: then the loss would be 1, whatever P is.
    x, router = spread_scores(rng, 1, 7, E=4, D=3)
    weight = rng.normal(1, 7, 3) if part == "y" else torch.zeros_like(x)
    loss_weight = x.new_tensor(0.0 if part == "y" else 2.5)
    leaves = [t.double().requires_grad_() for t in (x, router)]
    y, loss = mixed(*leaves, FUNCTIONS, 2)
    exact = torch.autograd.grad((y * weight).sum() + loss * loss_weight, leaves)
    call = submission.mixture_of_experts
    found = call.gradients(x, router, experts, 2, cotangent=(weight, loss_weight)).inputs
    for name, mine, right in zip(("x", "router"), found, exact, strict=False):
        because = f"This is the gradient of {name}, from the {part}."
        expect(mine).matches(right.float(), because=because)


def test_arguments_are_left_alone(submission, rng, expect):
    """x and router hold after the call what they held before."""
    _, experts = chosen_functions(submission, PLAIN)
    x, router = spread_scores(rng, 2, 4, E=4, D=3)
    after = submission.mixture_of_experts.inputs_after(x, router, experts, 2)
    expect(after[0]).equals(x, because="Your call changes x.")
    expect(after[1]).equals(router, because="Your call changes router.")
