"""Speculative decoding: what is kept, what the next token is drawn from, and the distribution."""

import pytest
import torch


def distributions(rng, n, V, dtype=torch.float32, sharpness=1.5):
    """n rows that each sum to 1."""
    return rng.normal(n, V, scale=sharpness, dtype=torch.float64).softmax(-1).to(dtype)


def drawn(rng, n, V, dtype=torch.float32):
    """Both models' distributions, and tokens that the draft has drawn."""
    draft, target = distributions(rng, n, V, dtype), distributions(rng, n + 1, V, dtype)
    return draft, target, rng.integers(0, V, n)


def ratios(draft, target, drafted):
    """p(x) / q(x) of each drafted token, in float64."""
    rows = torch.arange(len(drafted), device=drafted.device)
    return target.double()[rows, drafted] / draft.double()[rows, drafted]


def chosen_uniform(rng, draft, target, drafted, kept, dtype=torch.float32):
    """Numbers by which the first `kept` tokens are kept and no more, well apart from a tie.

    Where a token cannot be refused, as its ratio is 1 or more, more are kept.
    """
    ratio = ratios(draft, target, drafted).clamp(max=1.0)
    share = rng.uniform(len(drafted), low=0.1, high=0.9, dtype=torch.float64)
    uniform = ratio * share
    if kept < len(drafted) and ratio[kept] < 0.98:
        uniform[kept] = ratio[kept] + (0.999 - ratio[kept]) * (0.1 + 0.9 * share[kept])
    return uniform.to(dtype)


def accepted(draft, target, drafted, uniform):
    """The rule in float64."""
    for i, token in enumerate(drafted.tolist()):
        q, p = draft[i].double(), target[i].double()
        if not float(uniform[i].double() * q[token]) < float(p[token]):
            rest = (p - q).clamp(min=0)
            return i, (rest / rest.sum()).to(target.dtype)
    return len(drafted), target[-1]


def refusable(rng, n, V, dtype=torch.float32):
    """Every drafted token is one that the draft likes more than the target."""
    draft, target, _ = drawn(rng, n, V, dtype)
    return draft, target, (draft / target[:-1]).argmax(-1)


@pytest.mark.points(3)
@pytest.mark.parametrize("kept", [0, 1, 2, 3])
def test_the_first_refusal_ends_it(submission, rng, expect, kept):
    """Tokens are kept up to the first refusal; in its place max(p − q, 0) is drawn from."""
    draft, target, drafted = refusable(rng, 4, 6)
    uniform = chosen_uniform(rng, draft, target, drafted, kept)
    count, next_probs = accepted(draft, target, drafted, uniform)
    result = submission.speculative_accept(draft, target, drafted, uniform)
    expect(result.count).equals(count, because="This is how many tokens are kept.")
    expect(result.next_probs).matches(next_probs)


@pytest.mark.points(2)
def test_all_kept(submission, rng, expect):
    """Where all tokens are kept, the next is drawn from the target's last distribution."""
    for n, V in ((4, 6), (1, 5), (5, 3)):
        draft, target, drafted = drawn(rng, n, V)
        uniform = chosen_uniform(rng, draft, target, drafted, n)
        result = submission.speculative_accept(draft, target, drafted, uniform)
        expect(result.count).equals(n, because="This is how many tokens are kept.")
        expect(result.next_probs).matches(target[n])


@pytest.mark.points(2)
def test_later_tokens_do_not_count(submission, rng, expect):
    """Behind the first refusal nothing is kept, however good it is."""
    draft, target, drafted = refusable(rng, 5, 6)
    uniform = chosen_uniform(rng, draft, target, drafted, 2)
    uniform[3:] = 0.0
    count, next_probs = accepted(draft, target, drafted, uniform)
    result = submission.speculative_accept(
        uniform=uniform, drafted=drafted, target_probs=target, draft_probs=draft
    )
    expect(result.count).equals(count, because="This is how many tokens are kept.")
    expect(result.next_probs).matches(next_probs)
    target[3:], drafted[3:] = distributions(rng, 3, 6), rng.integers(0, 6, 2)
    result = submission.speculative_accept(draft, target, drafted, uniform)
    expect(result.next_probs).matches(next_probs, because="What lies behind was changed.")


def test_no_drafted_tokens(submission, rng, expect):
    """Without drafted tokens, none is kept, and the target's only distribution is drawn from."""
    draft, target = distributions(rng, 1, 5)[:0], distributions(rng, 1, 5)
    nothing = rng.integers(0, 5, 1)[:0]
    result = submission.speculative_accept(draft, target, nothing, rng.uniform(1)[:0])
    expect(result.count).equals(0)
    expect(result.next_probs).matches(target[0])
    draft, target, drafted = refusable(rng, 2, 5)
    uniform = chosen_uniform(rng, draft, target, drafted, 0)
    result = submission.speculative_accept(draft, target, drafted, uniform)
    expect(result.next_probs).matches(accepted(draft, target, drafted, uniform)[1])


@pytest.mark.points(2)
def test_what_the_target_likes_more_is_always_kept(submission, rng, expect):
    """A token that the target likes at least as much as the draft is kept, up to uniform = 1."""
    draft, target, _ = drawn(rng, 3, 5)
    drafted = (target[:-1] / draft).argmax(-1)
    nearly_one = torch.full_like(target[:-1, 0], 1 - 1e-6)
    result = submission.speculative_accept(draft, target, drafted, nearly_one)
    expect(result.count).equals(3, because="This is how many tokens are kept.")
    expect(result.next_probs).matches(target[3])


def test_the_draft_is_the_target(submission, rng, expect):
    """Where both models agree, every token is kept."""
    target = distributions(rng, 5, 6)
    drafted, uniform = rng.integers(0, 6, 4), rng.uniform(4, high=0.9999)
    result = submission.speculative_accept(target[:-1].clone(), target, drafted, uniform)
    expect(result.count).equals(4, because="This is how many tokens are kept.")
    expect(result.next_probs).matches(target[4])


@pytest.mark.points(2)
def test_a_token_that_the_target_never_draws(submission, rng, expect):
    """A drafted token whose probability under the target is 0 is refused, also with uniform = 0."""
    draft, target, drafted = refusable(rng, 3, 6)
    target[1, drafted[1]] = 0.0
    target[1] /= target[1].sum()
    uniform = chosen_uniform(rng, draft, target, drafted, 3)
    uniform[1] = 0.0
    count, next_probs = accepted(draft, target, drafted, uniform)
    result = submission.speculative_accept(draft, target, drafted, uniform)
    expect(result.count).equals(count, because="This is how many tokens are kept.")
    expect(result.next_probs).matches(next_probs)


@pytest.mark.points(3)
def test_the_result_is_distributed_as_the_target(submission, rng, expect):
    """Drafted by the draft and then kept or replaced, the first token has the target's odds."""
    V = 4
    draft, target = distributions(rng, 1, V, torch.float64), distributions(rng, 2, V, torch.float64)
    found = torch.zeros_like(target[0])
    for token in range(V):
        drafted = rng.integers(token, token + 1, 1)
        ratio = ratios(draft, target, drafted).clamp(max=1.0)
        odds = draft[0, token]  # that the draft draws this token
        if ratio < 1:  # any number above the ratio refuses it
            result = submission.speculative_accept(draft, target, drafted, (1 + ratio) / 2)
            expect(result.count).equals(0, because="This is how many tokens are kept.")
            found += odds * (1 - ratio) * result.next_probs
        result = submission.speculative_accept(draft, target, drafted, ratio / 2)
        expect(result.count).equals(1, because="This is how many tokens are kept.")
        found[token] += (odds * ratio)[0]
    because = "These are the odds of each token at the first place, over all draws."
    expect(found).matches(target[0], because=because)


def test_where_the_limit_lies(submission, rng, expect):
    """A token is kept just below p(x) / q(x), and refused just above."""
    draft, target, drafted = refusable(rng, 3, 7, torch.float64)
    ratio = ratios(draft, target, drafted)
    for i in range(3):
        for factor in (1 - 1e-6, 1 + 1e-6):
            uniform = ratio / 2
            uniform[i] = ratio[i] * factor
            result = submission.speculative_accept(draft, target, drafted, uniform)
            count, next_probs = accepted(draft, target, drafted, uniform)
            expect(result.count).equals(count, because="This is how many tokens are kept.")
            expect(result.next_probs).matches(next_probs)


@pytest.mark.points(2)
@pytest.mark.parametrize("size", [1e-3, 1e-6, 1e-12, 1e-30], ids=str)
def test_rare_tokens(submission, rng, expect, size):
    """However rare a token is, it is kept by the ratio of its probabilities, and may be drawn."""
    draft, target, drafted = drawn(rng, 3, 6)
    places = torch.arange(3, device=drafted.device)
    draft[places, drafted] = size * rng.uniform(3, low=3.0, high=5.0)
    target[places, drafted] = size * rng.uniform(3, low=1.0, high=2.0)
    target[3, 2] = size
    draft, target = (rows / rows.sum(-1, keepdim=True) for rows in (draft, target))
    for kept in range(4):
        uniform = chosen_uniform(rng, draft, target, drafted, kept)
        count, next_probs = accepted(draft, target, drafted, uniform)
        result = submission.speculative_accept(draft, target, drafted, uniform)
        expect(result.count).equals(count, because="This is how many tokens are kept.")
        expect(result.next_probs).matches(next_probs)
    because = "This is the probability of a token that is rare."
    expect(result.next_probs[2] / size).matches(target[3, 2] / size, because=because)


@pytest.mark.parametrize("V", [2, 3, 500])
def test_sizes_and_float64(submission, rng, expect, V):
    """From two tokens to many; float64 stays float64, and as exact."""
    for kept in (0, 2):
        draft, target, drafted = refusable(rng, 3, V, torch.float64)
        uniform = chosen_uniform(rng, draft, target, drafted, kept, torch.float64)
        count, next_probs = accepted(draft, target, drafted, uniform)
        result = submission.speculative_accept(draft, target, drafted, uniform)
        expect(result.count).equals(count, because="This is how many tokens are kept.")
        expect(result.next_probs).matches(next_probs)
        expect(result.next_probs).sums_to(1.0)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    draft, target, drafted = refusable(rng, 4, 6)
    uniform = chosen_uniform(rng, draft, target, drafted, 1)
    count, next_probs = accepted(draft, target, drafted, uniform)
    turned = draft.T.contiguous().T, target.T.contiguous().T
    result = submission.speculative_accept(*turned, drafted, uniform)
    expect(result.count).equals(count, because="This is how many tokens are kept.")
    expect(result.next_probs).matches(next_probs)


def test_arguments_are_left_alone(submission, rng, expect):
    """The arguments hold after the call what they held before."""
    draft, target, drafted = refusable(rng, 4, 6)
    for kept in (1, 4):
        given = (draft, target, drafted, chosen_uniform(rng, draft, target, drafted, kept))
        after = submission.speculative_accept.inputs_after(*given)
        names = ("draft_probs", "target_probs", "drafted", "uniform")
        for name, now, before in zip(names, after, given, strict=True):
            expect(now).equals(before, because=f"Your call changes {name}.")
