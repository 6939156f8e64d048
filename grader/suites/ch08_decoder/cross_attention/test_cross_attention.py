"""Cross-attention: who asks and who answers, masks of the memory, weights for each head."""

import pytest
import torch

import reference

PROJECTIONS = ("w_q", "w_k", "w_v", "w_o")


def draw_weights(rng, D, dtype=torch.float32):
    """Weights that keep the scores small, and biases that are not 0."""
    given = {f"{p}.weight": rng.normal(D, D, scale=1.3 * D**-0.5, dtype=dtype) for p in PROJECTIONS}
    return given | {f"{p}.bias": rng.normal(D, dtype=dtype) for p in PROJECTIONS}


def draw_inputs(rng, B, T, S, D, dtype=torch.float32):
    """x and a memory that has another mean, so that they are nowhere alike."""
    return rng.normal(B, T, D, dtype=dtype), rng.normal(B, S, D, dtype=dtype) + 0.5


def both(submission, device, given, H):
    """The learner's layer and ours, with the same weights."""
    dtype, D = given["w_q.weight"].dtype, len(given["w_q.weight"])
    theirs = submission.CrossAttention(D, H)
    ours = reference.CrossAttention(D, H).to(device, dtype)
    if dtype is not torch.float32:
        theirs.to(dtype)
    theirs.load_state_dict(given)
    ours.load_state_dict(given)
    return theirs, ours.requires_grad_(False)


def compare(expect, actual, expected, because=""):
    output, weights = actual
    expect(weights).matches(expected[1], because=because)
    expect(output).matches(expected[0], because=because)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "T", "S", "H", "d"),
    [
        pytest.param(2, 5, 7, 3, 4, id="a longer source"),
        pytest.param(2, 6, 4, 3, 5, id="a shorter source"),
        pytest.param(2, 5, 5, 3, 4, id="source and target of one length"),
        pytest.param(3, 3, 3, 3, 3, id="all sizes equal"),
        pytest.param(2, 4, 3, 1, 6, id="one head"),
        pytest.param(2, 4, 3, 6, 1, id="heads of width 1"),
        pytest.param(3, 1, 4, 2, 3, id="one target token"),
        pytest.param(2, 4, 1, 2, 3, id="one source token"),
        pytest.param(1, 1, 1, 1, 1, id="all sizes 1"),
    ],
)
def test_x_asks_and_the_memory_answers(submission, rng, expect, device, B, T, S, H, d):
    """Queries are made of x, keys and values of the memory; heads attend apart and are mixed."""
    theirs, ours = both(submission, device, draw_weights(rng, H * d), H)
    inputs = draw_inputs(rng, B, T, S, H * d)
    compare(expect, theirs(*inputs), ours(*inputs))


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param((3, 1, 1, 5), id="padding of the source"),
        pytest.param((5, 5), id="one for all"),
        pytest.param((3, 1, 5, 5), id="one for each sequence"),
        pytest.param((3, 5, 5), id="one for each head"),
        pytest.param((3, 3, 5, 5), id="one for each sequence and head"),
    ],
)
def test_only_what_the_mask_allows_is_read(submission, rng, expect, device, shape):
    """A query attends only where the mask is True, and its weights still sum to 1."""
    theirs, ours = both(submission, device, draw_weights(rng, 12), 3)
    inputs, mask = draw_inputs(rng, 3, 5, 5, 12), rng.mask(*shape)
    output, weights = theirs(*inputs, mask)
    expect(weights[~mask.expand_as(weights)]).equals(
        0.0, because="A pair whose mask is False has a weight of exactly 0."
    )
    expect(weights).sums_to(1.0, dim=-1)
    expect(output).matches(ours(*inputs, mask)[0])


def test_a_mask_is_aligned_from_the_right(submission, rng, expect, device):
    """The last two dimensions of a mask are queries and keys, also where all sizes are equal."""
    theirs, ours = both(submission, device, draw_weights(rng, 12), 3)
    inputs = draw_inputs(rng, 3, 3, 3, 12)
    for mask in (rng.mask(3, 3), rng.mask(3, 3, 3)):
        compare(expect, theirs(*inputs, mask), ours(*inputs, mask))


@pytest.mark.points(2)
def test_padding_of_the_source_changes_nothing(submission, rng, expect, device):
    """Where the padding of the source is hidden, the output is as if it were not there."""
    theirs, ours = both(submission, device, draw_weights(rng, 6), 2)
    x, memory = draw_inputs(rng, 2, 3, 6, 6)
    real = torch.arange(6, device=device) < torch.tensor([[6], [4]], device=device)
    mask = real[:, None, None]
    output, weights = theirs(x, memory, mask)
    compare(expect, (output, weights), ours(x, memory, mask))
    because = "This memory has padding behind its 4 tokens."
    expect(output[1:]).matches(ours(x[1:], memory[1:, :4])[0], because=because)
    for size in (40.0, -1e6):
        other = memory.masked_fill(~real[..., None], size)
        because = "Only the padding of the memory has changed since the call before."
        compare(expect, theirs(x, other, mask), (output, weights), because)


@pytest.mark.points(2)
def test_a_row_that_allows_nothing(submission, rng, expect, device):
    """A row that allows nothing has weights 0; where all heads have such rows, the bias remains."""
    given = draw_weights(rng, 6)
    theirs, ours = both(submission, device, given, 3)
    inputs, mask = draw_inputs(rng, 2, 4, 5, 6), rng.mask(2, 3, 4, 5)
    mask[0, 1, 2] = False  # one head of this token
    mask[0, 0, 1] = False  # the first head of another one
    mask[1, :, 3] = False  # all of them
    output, weights = theirs(*inputs, mask)
    expect(weights[1, :, 3]).equals(0.0)
    expect(output[1, 3]).equals(
        given["w_o.bias"], because="No head may attend to anything for this token."
    )
    compare(expect, (output, weights), ours(*inputs, mask))
    mask = rng.mask(2, 1, 1, 5)
    mask[0] = False  # a source of padding alone
    compare(expect, theirs(*inputs, mask), ours(*inputs, mask))


def test_large_scores(submission, rng, expect, device):
    """Scores above 100 do not overflow, and each token may look at a key of its own."""
    given = draw_weights(rng, 8)
    given["w_q.bias"] += 6
    given["w_k.bias"] += 8
    theirs, ours = both(submission, device, given, 2)
    inputs = draw_inputs(rng, 2, 3, 5, 8)
    output, weights = theirs(*inputs)
    expect(weights).matches(ours(*inputs)[1], atol=5e-4)
    expect(output).matches(ours(*inputs)[0], atol=2e-3)


def test_each_call_stands_alone(submission, rng, expect, device):
    """A call depends on its own x, memory and mask, not on those of the calls before."""
    theirs, ours = both(submission, device, draw_weights(rng, 6), 2)
    x, _ = draw_inputs(rng, 2, 4, 5, 6)
    for S, mask in ((5, rng.mask(4, 5)), (5, None), (5, None), (6, rng.mask(2, 1, 1, 6))):
        memory = rng.normal(2, S, 6)
        actual = theirs(memory_mask=mask, memory=memory, x=x)
        compare(expect, actual, ours(x, memory, mask), "The layer was called before.")


def test_a_batch_that_stands_second(submission, rng, expect, device):
    """Inputs that are not contiguous, such as turned from (T, B, D), count like any."""
    theirs, ours = both(submission, device, draw_weights(rng, 6), 3)
    inputs = [rng.normal(n, 2, 6).transpose(0, 1) for n in (4, 5)]
    mask = rng.mask(5, 4).T
    mask = mask | ~mask.any(-1, keepdim=True)
    compare(expect, theirs(*inputs, mask), ours(*inputs, mask))


@pytest.mark.parametrize(
    ("dtype", "rounding"),
    [
        pytest.param(torch.float64, 1e-10, id="float64"),
        pytest.param(torch.float16, 2e-3, id="float16"),
        pytest.param(torch.bfloat16, 2e-2, id="bfloat16"),
    ],
)
def test_other_dtypes(submission, rng, expect, device, dtype, rounding):
    """A layer moved to another dtype works in it, empty rows included."""
    given = draw_weights(rng, 12, dtype)
    for name in ("w_o.weight", "w_o.bias"):
        given[name] /= 16  # a small output, so that right answers differ by little
    theirs, ours = both(submission, device, given, 3)
    inputs, mask = draw_inputs(rng, 2, 4, 5, 12, dtype), rng.mask(2, 1, 4, 5)
    mask[1, 0, 2] = False
    exact = ours.double()(*(x.double() for x in inputs), mask)
    output, weights = theirs(*inputs, mask)
    expect(weights[~mask.expand_as(weights)]).equals(0.0)
    expect(weights).matches(exact[1].to(dtype), atol=rounding)
    expect(output).matches(exact[0].to(dtype), atol=rounding)


@pytest.mark.points(2)
def test_gradients_reach_x_memory_and_parameters(submission, rng, expect, device):
    """Gradients reach x, the memory and all parameters, and are finite where a row is empty."""
    theirs, ours = both(submission, device, draw_weights(rng, 6), 3)
    inputs, mask = draw_inputs(rng, 2, 4, 5, 6), rng.mask(2, 3, 4, 5)
    cotangent = rng.normal(2, 4, 6)
    mask[1, 2, 0] = False
    actual = theirs.gradients(*inputs, mask, cotangent=(cotangent, None))
    parameters = dict(ours.requires_grad_().named_parameters())
    names = ["x", "memory", *parameters]
    leaves = [*(x.clone().requires_grad_() for x in inputs), *parameters.values()]
    expected = reference.vjp(ours(*leaves[:2], mask)[0], leaves, cotangent)
    found = dict(zip(names[:2], actual.inputs, strict=False)) | actual.parameters
    for name, right in zip(names, expected, strict=True):
        because = f"This is the gradient of {name}."
        expect(found[name]).is_finite(because=because)
        expect(found[name]).matches(right, because=because)


def test_training_and_evaluation_are_alike(submission, rng, expect, device):
    """Nothing is dropped: `train()` and `eval()` make no difference."""
    theirs, ours = both(submission, device, draw_weights(rng, 6), 3)
    inputs = draw_inputs(rng, 2, 4, 5, 6)
    for layer in (theirs.train(), theirs.eval()):
        compare(expect, layer(*inputs), ours(*inputs))


@pytest.mark.parametrize(("D", "H"), [(10, 3), (6, 4), (4, 3)])
def test_a_width_that_does_not_divide(submission, rng, expect, device, D, H):
    """A layer is made where n_heads divides d_model, and is a ValueError where it does not."""
    theirs, ours = both(submission, device, draw_weights(rng, D), 2)
    inputs = draw_inputs(rng, 2, 3, 4, D)
    compare(expect, theirs(*inputs), ours(*inputs))
    submission.CrossAttention.raises(ValueError, D, H)


def test_arguments_are_left_alone(submission, rng, expect, device):
    """x, the memory and the mask hold after the call what they held before."""
    theirs, _ = both(submission, device, draw_weights(rng, 6), 3)
    x, memory = draw_inputs(rng, 2, 4, 5, 6)
    padding = rng.mask(2, 1, 1, 5)
    empty = rng.mask(2, 1, 4, 5)
    empty[0, 0, 1] = False
    for allowed in (padding, empty):
        after = theirs.inputs_after(x, memory, allowed)
        expect(after[0]).equals(x, because="Your call changes `x`.")
        expect(after[1]).equals(memory, because="Your call changes `memory`.")
        expect(after[2]).equals(allowed, because="Your call changes `memory_mask`.")
