"""Causal linear attention: the recurrence, chunks of any size, the state handed on, memory."""

import pytest
import torch

import reference

NAMES = ("q", "k", "v", "chunk", "memory", "total")


def drawn(rng, T, d, d_v, leading=(), dtype=torch.float32):
    """Positive features and values."""
    q, k = (rng.uniform(*leading, T, d, low=0.05, high=2.0, dtype=dtype) for _ in range(2))
    return q, k, rng.normal(*leading, T, d_v, dtype=dtype)


def attended(q, k, v, memory=None, total=None):
    """Output, memory and total in float64, from the whole table of weights; gradients flow."""
    q, k, v = q.double(), k.double(), v.double()
    weights = (q @ k.transpose(-2, -1)).tril()
    numerator, divisor = weights @ v, weights.sum(-1, keepdim=True)
    new_memory, new_total = k.transpose(-2, -1) @ v, k.sum(-2)
    if memory is not None:
        memory, total = memory.double(), total.double()
        numerator = numerator + q @ memory
        divisor = divisor + q @ total[..., None]
        new_memory, new_total = new_memory + memory, new_total + total
    return numerator / divisor, new_memory, new_total


def expected_of(*given):
    return tuple(part.to(given[0].dtype) for part in attended(*given))


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("T", "d", "d_v"),
    [
        pytest.param(6, 3, 4, id="three different sizes"),
        pytest.param(4, 4, 4, id="all sizes equal"),
        pytest.param(5, 1, 3, id="one feature"),
        pytest.param(5, 3, 1, id="one value"),
        pytest.param(2, 6, 5, id="more features than tokens"),
    ],
)
def test_one_token_at_a_time(submission, rng, expect, T, d, d_v):
    """Each token gets the mean of the values so far, with its own; the state comes with it."""
    given = drawn(rng, T, d, d_v, (2,))
    expect(submission.linear_attention_recurrent(*given)).matches(expected_of(*given))


def test_one_token(submission, rng, expect):
    """A sequence of one token gets its own value, and leaves its state."""
    given = drawn(rng, 1, 3, 4, (2,))
    expect(submission.linear_attention_recurrent(*given)).matches(expected_of(*given))


@pytest.mark.points(3)
@pytest.mark.parametrize("chunk", [1, 2, 3, 4, 8, 9, 50])
def test_chunks_of_any_size(submission, rng, expect, chunk):
    """The result is the same for every chunk size, also where it does not divide T."""
    given = drawn(rng, 9, 3, 4, (2,))
    expect(submission.linear_attention_recurrent(*given, chunk)).matches(expected_of(*given))


@pytest.mark.parametrize("leading", [(), (3, 2), (1, 2, 1, 3)], ids=str)
def test_any_leading_dimensions(submission, rng, expect, leading):
    """Whatever stands before the last two axes is kept, and each part has a state of its own."""
    q, k, v = drawn(rng, 5, 3, 4, leading)
    result = submission.linear_attention_recurrent(chunk=2, v=v, k=k, q=q)
    expect(result).matches(expected_of(q, k, v))


@pytest.mark.points(2)
@pytest.mark.parametrize("chunk", [1, 2, 10])
def test_goes_on_from_a_state(submission, rng, expect, chunk):
    """It goes on from the memory and total that are given."""
    q, k, v = drawn(rng, 5, 3, 4, (2,))
    memory, total = rng.normal(2, 3, 4), rng.uniform(2, 3, low=1.0, high=3.0)
    result = submission.linear_attention_recurrent(q, k, v, chunk, memory, total)
    expect(result).matches(expected_of(q, k, v, memory, total))
    result = submission.linear_attention_recurrent(total=total, memory=memory, q=q, k=k, v=v)
    expect(result).matches(expected_of(q, k, v, memory, total))


@pytest.mark.points(2)
def test_pieces_are_equal_to_the_whole(submission, rng, expect):
    """A sequence read in several calls, with other chunks each, gives the same."""
    q, k, v = drawn(rng, 11, 3, 4, (2,))
    whole = expected_of(q, k, v)
    state, start = (None, None), 0
    for stop, chunk in ((4, 3), (5, 1), (11, 4)):
        piece = (t[:, start:stop] for t in (q, k, v))
        output, *state = submission.linear_attention_recurrent(*piece, chunk, *state)
        expect(output).matches(whole[0][:, start:stop])
        start = stop
    expect(tuple(state)).matches(whole[1:], because="This is the state behind the last token.")


@pytest.mark.points(2)
@pytest.mark.parametrize("chunk", [1, 3, 20])
def test_the_future_is_hidden(submission, rng, expect, chunk):
    """What comes later changes no output, within a chunk as well as behind it."""
    q, k, v = drawn(rng, 8, 3, 4, (2,))
    before = expected_of(q, k, v)[0][:, :4]
    q[:, 4:], k[:, 4:], v[:, 4:] = 1.5, 3 * k[:, 4:], 50 * v[:, 4:]
    output, _, _ = submission.linear_attention_recurrent(q, k, v, chunk)
    expect(output).matches(expected_of(q, k, v)[0])
    expect(output[:, :4]).matches(before, because="What comes later was changed.")


def test_small_and_large_features(submission, rng, expect):
    """Features may be small or large: the divisor is the sum of the weights and nothing else."""
    q, k, v = drawn(rng, 6, 3, 4, (2,))
    for factor, factor2 in ((1e-4, 1e-4), (1e3, 1e-2), (1e3, 1e3)):
        given = (factor * q, factor2 * k, v)
        for chunk in (1, 4):
            output = submission.linear_attention_recurrent(*given, chunk).output
            expect(output).matches(expected_of(*given)[0])


def test_float64(submission, rng, expect):
    """float64 stays float64, and as exact: nothing small is added to the divisor."""
    given = drawn(rng, 7, 3, 4, (2,), torch.float64)
    for chunk in (1, 3):
        expect(submission.linear_attention_recurrent(*given, chunk)).matches(expected_of(*given))


@pytest.mark.parametrize("chunk", [0, -1, -4])
def test_a_chunk_holds_a_token(submission, rng, expect, chunk):
    """A chunk below 1 is a ValueError, and one of 1 is fine."""
    given = drawn(rng, 5, 3, 4)
    expect(submission.linear_attention_recurrent(*given, 1)).matches(expected_of(*given))
    submission.linear_attention_recurrent.raises(ValueError, *given, chunk)


def test_each_call_stands_alone(submission, rng, expect):
    """Without a state, a call begins with nothing, whatever was called before."""
    for sizes in ((5, 3, 4), (5, 3, 4), (3, 2, 2)):
        given = drawn(rng, *sizes)
        expect(submission.linear_attention_recurrent(*given, 2)).matches(expected_of(*given))


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    given = drawn(rng, 5, 3, 4, (2, 3))
    turned = [t.transpose(-2, -1).contiguous().transpose(-2, -1) for t in given]
    for chunk in (1, 2):
        expect(submission.linear_attention_recurrent(*turned, chunk)).matches(expected_of(*given))


@pytest.mark.points(2)
@pytest.mark.parametrize("chunk", [1, 2, 10])
def test_gradients(submission, rng, expect, chunk):
    """Gradients reach q, k, v and the state given, from the output and the new state."""
    memory, total = rng.normal(2, 3, 4), rng.uniform(2, 3, low=1.0, high=3.0)
    given = (*drawn(rng, 5, 3, 4, (2,)), memory, total)
    cotangent = rng.normal(2, 5, 4), rng.normal(2, 3, 4), rng.normal(2, 3)
    leaves = [t.double().requires_grad_() for t in given]
    exact = reference.vjp(attended(*leaves), leaves, [c.double() for c in cotangent])
    call = submission.linear_attention_recurrent
    found = call.gradients(*given[:3], chunk, *given[3:], cotangent=cotangent).inputs
    names = (*NAMES[:3], *NAMES[4:])
    for name, mine, right in zip(names, (*found[:3], *found[4:]), exact, strict=True):
        expect(mine).matches(right.float(), because=f"This is the gradient of {name}.")


def test_arguments_are_left_alone(submission, rng, expect):
    """The arguments hold after the call what they held before, the state too."""
    memory, total = rng.normal(2, 3, 4), rng.uniform(2, 3, low=1.0, high=3.0)
    given = (*drawn(rng, 5, 3, 4, (2,)), 2, memory, total)
    after = submission.linear_attention_recurrent.inputs_after(*given)
    for name, now, before in zip(NAMES, after, given, strict=True):
        expect(now).equals(before, because=f"Your call changes {name}.")


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("T", "d", "d_v", "chunk"),
    [
        pytest.param(5500, 4, 3, 100, id="products"),  # T · T of them would take 240 MB
        # T of them would take 200 MB: few and large, since small ones that are freed leave holes.
        pytest.param(150, 420, 400, 20, id="states"),
    ],
)
def test_neither_all_products_nor_all_states(submission, rng, expect, T, d, d_v, chunk):
    """Memory grows with T, not with T · T, and not with T · d · d_v."""
    given = drawn(rng, T, d, d_v, dtype=torch.float64)
    because = "The state, and the products of one chunk, are all that has to be held."
    cost = submission.linear_attention_recurrent.cost(*given, chunk)
    expect(cost).holds_at_most(120, because=because)


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_values_of_any_size(submission, rng, expect, size):
    """Values are averaged alike, however large or small their numbers are."""
    q, k, v = given = drawn(rng, 6, 3, 4, (2,))
    output, memory, total = submission.linear_attention_recurrent(q, k, size * v, 4)
    because = "The output and the memory are divided by the size of the values."
    expect((output / size, memory / size, total)).matches(expected_of(*given), because=because)
