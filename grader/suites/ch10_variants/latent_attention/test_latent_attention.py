"""Latent attention: from keys and values, and absorbed; causality, the past, heads, memory."""

import pytest
import torch

import reference

NAMES = ("x", "w_down", "w_up_k", "w_up_v", "w_q", "w_o", "n_heads", "past")
WAYS = ("latent_attention", "absorbed_latent_attention")
both_ways = pytest.mark.parametrize("way", WAYS)


def drawn(rng, B, T, D, r, H, d, d_v, dtype=torch.float32):
    """x and the five weights, so that scores are of common size."""
    return (
        rng.normal(B, T, D, dtype=dtype),
        rng.normal(r, D, scale=D**-0.5, dtype=dtype),
        rng.normal(H * d, r, scale=1.5 * r**-0.5, dtype=dtype),
        rng.normal(H * d_v, r, scale=r**-0.5, dtype=dtype),
        rng.normal(H * d, D, scale=1.5 * D**-0.5, dtype=dtype),
        rng.normal(D, H * d_v, scale=(H * d_v) ** -0.5, dtype=dtype),
    )


def attended(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    """The formulas in float64, head by head; gradients flow."""
    weights = [w.double() for w in (w_down, w_up_k, w_up_v, w_q, w_o)]
    w_down, w_up_k, w_up_v, w_q, w_o = weights
    new = x.double() @ w_down.T
    latents = new if past is None else torch.cat([past.double(), new], dim=1)
    T, S = x.size(1), latents.size(1)
    place = torch.arange(S, device=x.device)
    hidden = place > place[S - T :, None]
    heads = []
    chunks = (w.chunk(n_heads) for w in (w_q, w_up_k, w_up_v))
    for head_q, head_k, head_v in zip(*chunks, strict=True):
        q, k, v = x.double() @ head_q.T, latents @ head_k.T, latents @ head_v.T
        scores = q @ k.transpose(1, 2) / q.size(-1) ** 0.5
        heads.append(scores.masked_fill(hidden, -torch.inf).softmax(-1) @ v)
    return torch.cat(heads, dim=-1) @ w_o.T, latents


def expected_of(*given):
    return tuple(part.to(given[0].dtype) for part in attended(*given))


@pytest.mark.points(2)
@both_ways
@pytest.mark.parametrize(
    ("B", "T", "D", "r", "H", "d", "d_v"),
    [
        pytest.param(2, 5, 6, 4, 2, 3, 7, id="all sizes different"),
        pytest.param(4, 4, 4, 4, 4, 4, 4, id="all sizes equal"),
        pytest.param(2, 5, 6, 3, 3, 2, 2, id="keys and values alike"),
        pytest.param(1, 6, 5, 2, 1, 4, 3, id="one head"),
        pytest.param(2, 4, 6, 1, 3, 2, 4, id="one number per token"),
        pytest.param(2, 4, 3, 5, 2, 1, 1, id="heads of width 1"),
    ],
)
def test_output_and_latents(submission, rng, expect, way, B, T, D, r, H, d, d_v):
    """Each head attends causally, and the latents come back for the cache."""
    given = drawn(rng, B, T, D, r, H, d, d_v)
    expect(getattr(submission, way)(*given, H)).matches(expected_of(*given, H))


@pytest.mark.points(2)
@both_ways
@pytest.mark.parametrize(("P", "T"), [(3, 4), (4, 1), (1, 3)], ids=str)
def test_behind_a_past(submission, rng, expect, way, P, T):
    """Tokens behind a past see all of it, themselves, and no later ones."""
    given, past = drawn(rng, 2, T, 6, 4, 3, 2, 5), rng.normal(2, P, 4)
    expect(getattr(submission, way)(*given, 3, past)).matches(expected_of(*given, 3, past))


@pytest.mark.points(2)
@both_ways
def test_pieces_are_equal_to_the_whole(submission, rng, expect, way):
    """A sequence in pieces, each with the latents of those before, gives the same."""
    x, *weights = drawn(rng, 2, 8, 6, 4, 2, 3, 5)
    whole, latents = expected_of(x, *weights, 2)
    past, start = None, 0
    for stop in (3, 4, 8):
        output, past = getattr(submission, way)(x[:, start:stop], *weights, 2, past)
        expect(output).matches(whole[:, start:stop])
        start = stop
    expect(past).matches(latents, because="These are the latents behind the last piece.")


@both_ways
def test_the_future_is_hidden(submission, rng, expect, way):
    """What comes later changes no output."""
    x, *weights = drawn(rng, 2, 7, 6, 4, 2, 3, 5)
    before = expected_of(x, *weights, 2)[0][:, :4]
    x[:, 4:] = 3 * rng.normal(2, 3, 6)
    found = getattr(submission, way)(x, *weights, 2)
    expect(found).matches(expected_of(x, *weights, 2))
    expect(found[0][:, :4]).matches(before, because="What comes later was changed.")


@both_ways
def test_each_head_has_rows_of_its_own(submission, rng, expect, way):
    """A head is made of its own rows of the weights, whatever the others hold."""
    x, w_down, w_up_k, w_up_v, w_q, w_o = drawn(rng, 2, 5, 6, 4, 3, 2, 5)
    w_up_k[2:4], w_q[4:], w_up_v[:5] = 3 * w_up_k[2:4], 0.0, -w_up_v[:5]
    given = (x, w_down, w_up_k, w_up_v, w_q, w_o, 3)
    expect(getattr(submission, way)(*given)).matches(expected_of(*given))


@both_ways
def test_by_name_and_in_float64(submission, rng, expect, way):
    """float64 stays float64, and as exact; arguments can be given by name."""
    given = drawn(rng, 2, 5, 6, 4, 3, 2, 5, torch.float64)
    past = rng.normal(2, 3, 4, dtype=torch.float64)
    by_name = dict(zip(reversed(NAMES), reversed((*given, 3, past)), strict=True))
    expect(getattr(submission, way)(**by_name)).matches(expected_of(*given, 3, past))


@both_ways
def test_large_scores(submission, rng, expect, way):
    """Scores in the hundreds give finite results."""
    x, w_down, w_up_k, w_up_v, w_q, w_o = drawn(rng, 2, 5, 6, 4, 3, 2, 5, torch.float64)
    given = (x, w_down, w_up_k, w_up_v, 500 * w_q, w_o, 3)
    expect(getattr(submission, way)(*given)).matches(expected_of(*given))


@both_ways
def test_each_call_stands_alone(submission, rng, expect, way):
    """A call depends on its own arguments, not on the calls before."""
    for T, past in ((4, rng.normal(2, 3, 4)), (5, None), (2, None)):
        given = (*drawn(rng, 2, T, 6, 4, 2, 3, 5), 2, past)
        expect(getattr(submission, way)(*given)).matches(expected_of(*given))


@both_ways
def test_order_in_memory_makes_no_difference(submission, rng, expect, way):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    given, past = drawn(rng, 2, 5, 6, 4, 3, 2, 5), rng.normal(2, 3, 4)
    turned = [t.transpose(0, 1).contiguous().transpose(0, 1) for t in (*given, past)]
    found = getattr(submission, way)(*turned[:-1], 3, turned[-1])
    expect(found).matches(expected_of(*given, 3, past))


@pytest.mark.points(2)
@both_ways
def test_gradients(submission, rng, expect, way):
    """Gradients reach x, the five weights and the past, and are right."""
    given, past = drawn(rng, 2, 4, 6, 4, 3, 2, 5), rng.normal(2, 3, 4)
    cotangent = rng.normal(2, 4, 6), rng.normal(2, 7, 4)
    *leaves, past64 = (t.double().requires_grad_() for t in (*given, past))
    found = attended(*leaves, 3, past64)
    exact = reference.vjp(found, [*leaves, past64], [c.double() for c in cotangent])
    call = getattr(submission, way)
    actual = call.gradients(*given, 3, past, cotangent=cotangent).inputs
    pairs = zip((*NAMES[:6], "past"), (*actual[:6], actual[7]), exact, strict=True)
    for name, mine, right in pairs:
        expect(mine).matches(right.float(), because=f"This is the gradient of {name}.")


@both_ways
def test_arguments_are_left_alone(submission, rng, expect, way):
    """The arguments hold after the call what they held before."""
    given = (*drawn(rng, 2, 4, 6, 4, 3, 2, 5), 3, rng.normal(2, 3, 4))
    after = getattr(submission, way).inputs_after(*given)
    for name, now, before in zip(NAMES, after, given, strict=True):
        expect(now).equals(before, because=f"Your call changes {name}.")


@pytest.mark.points(3)
def test_absorbed_makes_no_keys_and_no_values(submission, rng, expect):
    """The absorbed form holds latents and scores, and no keys or values of the heads."""
    # The keys of the past would take 245 MB, and the values as much: many features and not many
    # tokens, since a mask between all tokens, though most of it is not needed, is a common way.
    given = drawn(rng, 1, 1, 8, 4, 16, 768, 768, torch.float64)
    past = rng.normal(1, 2_500, 4, dtype=torch.float64)
    because = "The latents of the past are small, and heads can attend to them as they are."
    cost = submission.absorbed_latent_attention.cost(*given, 16, past)
    expect(cost).holds_at_most(120, because=because)


@both_ways
@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_weights_of_any_size(submission, rng, expect, way, size):
    """The output is as much larger or smaller as w_up_v or w_o is."""
    given = drawn(rng, 2, 5, 6, 3, 2, 4, 3)
    output, latents = expected_of(*given, 2)
    for i in (3, 5):
        found = getattr(submission, way)(*given[:i], size * given[i], *given[i + 1 :], 2)
        because = f"The output is divided by the size of {NAMES[i]}."
        expect((found[0] / size, found[1])).matches((output, latents), because=because)
