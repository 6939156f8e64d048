"""The other layout: which rows belong together, head by head, and scores that stay the same."""

import pytest
import torch

import reference

BOTH = ("half", "interleaved")
layouts = pytest.mark.parametrize("target", BOTH)
SIZES = [
    pytest.param(3, 6, 5, id="all sizes different"),
    pytest.param(4, 4, 16, id="a square weight"),
    pytest.param(1, 8, 3, id="one head"),
    pytest.param(2, 10, 1, id="one input"),
    pytest.param(5, 2, 7, id="one pair in each head"),
    pytest.param(1, 2, 1, id="one pair"),
    pytest.param(6, 4, 9, id="more heads than features"),
]


def other(layout):
    return BOTH[layout == "half"]


@pytest.mark.points(3)
@layouts
@pytest.mark.parametrize(("H", "d", "D"), SIZES)
def test_rows_find_their_places(submission, rng, expect, H, d, D, target):
    """In every head, pair i of the one layout becomes pair i of the other."""
    if d == 2:  # both layouts are the same there
        w = rng.normal(H * 6, D)
        expected = reference.convert_rope_layout(w, H, target)
        expect(submission.convert_rope_layout(w, H, target)).equals(expected)
    w = rng.normal(H * d, D)
    expected = reference.convert_rope_layout(w, H, target)
    expect(submission.convert_rope_layout(w, H, target)).equals(expected)


@pytest.mark.points(2)
@layouts
def test_biases(submission, rng, expect, target):
    """A bias is reordered as the rows of its weight are."""
    for H, d in ((3, 8), (1, 6), (2, 12)):
        bias = rng.normal(H * d)
        expected = reference.convert_rope_layout(bias, H, target)
        expect(submission.convert_rope_layout(bias, H, target)).equals(expected)


@pytest.mark.points(3)
@layouts
def test_scores_stay_the_same(submission, rng, expect, target):
    """With queries and keys both reordered, the other layout gives the scores of the first."""
    H, d, D, T = 3, 8, 5, 4
    x, positions = rng.normal(T, D), rng.permutation(40)[:T]
    w_q, w_k = rng.normal(H * d, D), rng.normal(H * d, D)

    def scores(w_q, w_k, layout):
        q, k = ((x @ w.T).view(T, H, d).transpose(0, 1) for w in (w_q, w_k))
        q, k = (reference.rotary_embedding(one, positions, layout=layout) for one in (q, k))
        return q @ k.mT

    found = [submission.convert_rope_layout(w, H, target) for w in (w_q, w_k)]
    expect(scores(*found, target)).matches(scores(w_q, w_k, other(target)))


@pytest.mark.points(2)
def test_there_and_back(submission, rng, expect):
    """From one layout to the other and back is where it began, and the way there changes it."""
    for target in BOTH:
        w = rng.normal(2 * 6, 4)
        there = submission.convert_rope_layout(w, 2, target)
        expect(there).differs_from(w)
        expect(submission.convert_rope_layout(there, 2, other(target))).equals(w)


def test_half_is_the_default(submission, rng, expect):
    """Without a target the result is in halves; arguments may be given by name."""
    w = rng.normal(2 * 8, 3)
    expected = reference.convert_rope_layout(w, 2, "half")
    expect(submission.convert_rope_layout(w, 2)).equals(expected)
    expect(submission.convert_rope_layout(n_heads=2, w=w)).equals(expected)
    expected = reference.convert_rope_layout(w, 2, "interleaved")
    found = submission.convert_rope_layout(target="interleaved", n_heads=2, w=w)
    expect(found).equals(expected)


@pytest.mark.parametrize(
    "dtype", [torch.float64, torch.float16, torch.bfloat16, torch.int64], ids=str
)
def test_the_dtype_is_kept(submission, rng, expect, dtype):
    """Every number arrives exactly, in its dtype, however large or small it is."""
    info = (torch.iinfo if dtype is torch.int64 else torch.finfo)(dtype)
    w = (rng.normal(12, 3) * 100).to(dtype)
    w[0], w[5] = info.max, info.min
    for target in BOTH:
        expected = reference.convert_rope_layout(w, 2, target)
        expect(submission.convert_rope_layout(w, 2, target)).equals(expected)


def test_infinite_numbers_and_booleans(submission, rng, expect):
    """Rows are moved, not computed: infinite numbers and Booleans arrive as they were."""
    infinite, chosen = rng.normal(12, 3), rng.mask(12, 3)
    infinite[1, 0], infinite[7, 2] = torch.inf, -torch.inf
    for w in (infinite, chosen):
        for target in BOTH:
            expected = reference.convert_rope_layout(w, 2, target)
            expect(submission.convert_rope_layout(w, 2, target)).equals(expected)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """A weight that is not contiguous, such as a transposed one, counts like any other."""
    for target in BOTH:
        w = rng.normal(5, 12).T
        expected = reference.convert_rope_layout(w.contiguous(), 2, target)
        expect(submission.convert_rope_layout(w, 2, target)).equals(expected)


@pytest.mark.points(2)
@layouts
def test_gradients(submission, rng, expect, target):
    """The gradient of each row is that of the place where it went."""
    for shape in ((12, 3), (12,)):
        w, cotangent = rng.normal(*shape), rng.normal(*shape)
        leaf = w.clone().requires_grad_()
        result = reference.convert_rope_layout(leaf, 2, target)
        (expected,) = reference.vjp(result, leaf, cotangent)
        actual = submission.convert_rope_layout.gradients(w, 2, target, cotangent=cotangent)
        expect(actual.inputs[0]).matches(expected)


def test_arguments_are_left_alone(submission, rng, expect):
    """The weight holds after the call what it held before."""
    for target in BOTH:
        w = rng.normal(12, 3)
        after = submission.convert_rope_layout.inputs_after(w, 2, target)[0]
        expect(after).equals(w, because="Your call changes w.")
