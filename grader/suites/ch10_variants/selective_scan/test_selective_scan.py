"""The selective scan: its recurrence, the state handed on, strong fading, shapes, gradients."""

import pytest
import torch

import reference

NAMES = ("x", "delta", "a", "b", "c", "skip", "state")


def drawn(rng, B, T, D, N, dtype=torch.float32):
    """x, delta, a, b, c and skip, so that a state fades over a few tokens."""
    return (
        rng.normal(B, T, D, dtype=dtype),
        rng.uniform(B, T, D, low=0.1, high=1.5, dtype=dtype),
        -rng.uniform(D, N, low=0.2, high=2.0, dtype=dtype),
        rng.normal(B, T, N, dtype=dtype),
        rng.normal(B, T, N, dtype=dtype),
        rng.normal(D, dtype=dtype),
    )


def scanned(x, delta, a, b, c, skip, state=None):
    """The recurrence in float64, one number of one channel after the other; gradients flow."""
    given = [t.double() for t in (x, delta, a, b, c, skip)]
    x, delta, a, b, c, skip = given
    h = torch.zeros_like(delta[:, 0, :, None] * a) if state is None else state.double()
    outputs = []
    for t in range(x.size(1)):
        step = delta[:, t, :, None]  # (B, D, 1)
        h = torch.exp(step * a) * h + step * b[:, t, None, :] * x[:, t, :, None]
        outputs.append(torch.einsum("bdn,bn->bd", h, c[:, t]) + skip * x[:, t])
    return torch.stack(outputs, dim=1), h


def expected_of(*given):
    return tuple(part.to(given[0].dtype) for part in scanned(*given))


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "T", "D", "N"),
    [
        pytest.param(2, 6, 3, 4, id="four different sizes"),
        pytest.param(4, 4, 4, 4, id="all sizes equal"),
        pytest.param(3, 5, 3, 3, id="batch, channels and numbers alike"),
        pytest.param(1, 7, 2, 5, id="one sequence"),
        pytest.param(2, 5, 1, 4, id="one channel"),
        pytest.param(2, 5, 4, 1, id="one number per channel"),
        pytest.param(3, 1, 2, 4, id="one token"),
        pytest.param(1, 1, 1, 1, id="all sizes 1"),
    ],
)
def test_recurrence(submission, rng, expect, B, T, D, N):
    """The state fades, takes in the token, and is read; the end state comes with it."""
    given = drawn(rng, B, T, D, N)
    expect(submission.selective_scan(*given)).matches(expected_of(*given))


@pytest.mark.points(2)
def test_goes_on_from_a_state(submission, rng, expect):
    """It goes on from a state that is given."""
    given, state = drawn(rng, 2, 5, 3, 4), 3 * rng.normal(2, 3, 4)
    expect(submission.selective_scan(*given, state)).matches(expected_of(*given, state))


@pytest.mark.points(2)
@pytest.mark.parametrize("cuts", [(3, 8), (1, 2), (7, 8)], ids=str)
def test_pieces_are_equal_to_the_whole(submission, rng, expect, cuts):
    """A sequence read in pieces, each from the state behind the last, gives the same."""
    x, delta, a, b, c, skip = drawn(rng, 2, 9, 3, 4)
    whole, end = expected_of(x, delta, a, b, c, skip)
    state, start = None, 0
    for stop in (*cuts, 9):
        piece = slice(start, stop)
        y, state = submission.selective_scan(
            x[:, piece], delta[:, piece], a, b[:, piece], c[:, piece], skip, state
        )
        expect(y).matches(whole[:, piece])
        start = stop
    expect(state).matches(end, because="This is the state behind the last token.")


@pytest.mark.points(2)
def test_each_sequence_and_channel_alone(submission, rng, expect):
    """Channels share b and c, and no state; sequences share neither, nor do they see each other."""
    x, delta, a, b, c, skip = drawn(rng, 3, 5, 4, 2)
    y, _ = expected_of(x, delta, a, b, c, skip)
    x[1], delta[1], b[1], c[1] = 100 * x[1], 1.0, 0.5, -1.0
    x[:, :, 2], delta[:, :, 2], a[2], skip[2] = 50.0, 0.3, -0.1, 7.0
    found = submission.selective_scan(x, delta, a, b, c, skip)
    expect(found).matches(expected_of(x, delta, a, b, c, skip))
    because = "Another channel and another sequence were changed."
    expect(found[0][::2][..., [0, 1, 3]]).matches(y[::2][..., [0, 1, 3]], because=because)


@pytest.mark.points(2)
def test_the_future_is_not_seen(submission, rng, expect):
    """What comes later changes no output."""
    x, delta, a, b, c, skip = drawn(rng, 2, 7, 3, 4)
    before = expected_of(x, delta, a, b, c, skip)[0][:, :4]
    x[:, 4:], delta[:, 4:], b[:, 4:], c[:, 4:] = 9.0, 2.0, -3.0, 5.0
    found = submission.selective_scan(x, delta, a, b, c, skip)
    expect(found).matches(expected_of(x, delta, a, b, c, skip))
    expect(found[0][:, :4]).matches(before, because="What comes later was changed.")


@pytest.mark.points(2)
def test_strong_fading(submission, rng, expect):
    """A step that makes the state forget everything gives finite numbers, and later ones go on."""
    # In float64, since logarithms that are cumulated over strong fading lose digits.
    x, delta, a, b, c, skip = drawn(rng, 2, 8, 3, 4, torch.float64)
    delta[:, 3], delta[0, 5] = 400.0, 400.0
    given = (x, delta, a - 0.3, b, c, skip)
    result = submission.selective_scan(*given)
    expect(result[0]).is_finite(because="This is y.")
    expect(result).matches(expected_of(*given))
    single = tuple(tensor.float() for tensor in given)
    expect(submission.selective_scan(*single)[0]).is_finite(because="This is y.")


def test_long_sequences(submission, rng, expect):
    """Nothing overflows or is lost over many tokens, with strong fading or little."""
    for factor in (0.02, 3.0):
        x, delta, a, b, c, skip = drawn(rng, 1, 120, 2, 3, torch.float64)
        given = (x, delta, factor * a, b, c, skip)
        expect(submission.selective_scan(*given)).matches(expected_of(*given))


def test_by_name_and_in_float64(submission, rng, expect):
    """float64 stays float64, and as exact; arguments can be given by name."""
    given, state = drawn(rng, 2, 6, 3, 4, torch.float64), rng.normal(2, 3, 4, dtype=torch.float64)
    by_name = dict(zip(reversed(NAMES), reversed((*given, state)), strict=True))
    expect(submission.selective_scan(**by_name)).matches(expected_of(*given, state))
    expect(submission.selective_scan(*given)).matches(expected_of(*given))


def test_each_call_stands_alone(submission, rng, expect):
    """Without a state, a call begins with zeros, whatever was called before."""
    for sizes in ((2, 5, 3, 4), (2, 5, 3, 4), (1, 3, 3, 2)):
        given = drawn(rng, *sizes)
        expect(submission.selective_scan(*given)).matches(expected_of(*given))


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    given = drawn(rng, 2, 5, 3, 4)
    turned = [t.transpose(0, -1).contiguous().transpose(0, -1) for t in given]
    expect(submission.selective_scan(*turned)).matches(expected_of(*given))


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """Gradients reach all seven tensors, from the outputs and from the state, and are right."""
    given = (*drawn(rng, 2, 5, 3, 4), rng.normal(2, 3, 4))
    cotangent = rng.normal(2, 5, 3), rng.normal(2, 3, 4)
    leaves = [t.double().requires_grad_() for t in given]
    exact = reference.vjp(scanned(*leaves), leaves, [part.double() for part in cotangent])
    found = submission.selective_scan.gradients(*given, cotangent=cotangent).inputs
    for name, mine, right in zip(NAMES, found, exact, strict=True):
        expect(mine).matches(right.float(), because=f"This is the gradient of {name}.")


def test_arguments_are_left_alone(submission, rng, expect):
    """The arguments hold after the call what they held before, the state too."""
    given = (*drawn(rng, 2, 5, 3, 4), rng.normal(2, 3, 4))
    after = submission.selective_scan.inputs_after(*given)
    for name, now, before in zip(NAMES, after, given, strict=True):
        expect(now).equals(before, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_inputs_of_any_size(submission, rng, expect, size):
    """The output and the state are as much larger or smaller as x is."""
    x, *rest = given = drawn(rng, 2, 6, 3, 4)
    y, state = submission.selective_scan(size * x, *rest)
    because = "Both are divided by the size of x."
    expect((y / size, state / size)).matches(expected_of(*given), because=because)
