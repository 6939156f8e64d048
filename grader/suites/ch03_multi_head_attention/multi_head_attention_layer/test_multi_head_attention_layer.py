"""The layer: parameters by name, three inputs, masks, weights for each head, dropout."""

import pytest
import torch

import reference

PROJECTIONS = ("w_q", "w_k", "w_v", "w_o")
INPUTS = ("query", "key", "value")


def draw_weights(rng, D, bias=True, dtype=torch.float32):
    """Weights that keep the scores small, and biases that are not 0."""
    given = {f"{p}.weight": rng.normal(D, D, scale=1.3 * D**-0.5, dtype=dtype) for p in PROJECTIONS}
    if bias:
        given |= {f"{p}.bias": rng.normal(D, dtype=dtype) for p in PROJECTIONS}
    return given


def draw_inputs(rng, B, T, S, D, dtype=torch.float32):
    return [rng.normal(B, length, D, dtype=dtype) for length in (T, S, S)]


def both(submission, device, given, H, bias=True, dropout=0.0):
    """The learner's layer and ours, with the same weights."""
    dtype, D = given["w_q.weight"].dtype, len(given["w_q.weight"])
    theirs = submission.MultiHeadAttention(D, H, dropout, bias)
    ours = reference.MultiHeadAttention(D, H, dropout, bias).to(device, dtype)
    if dtype is not torch.float32:
        theirs.to(dtype)
    theirs.load_state_dict(given)
    ours.load_state_dict(given)
    return theirs, ours


def compare(expect, actual, expected, because=""):
    output, weights = actual
    expect(weights).matches(expected[1], because=because)
    expect(output).matches(expected[0], because=because)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "T", "S", "H", "d", "bias"),
    [
        pytest.param(2, 5, 7, 3, 4, True, id="biases-five different sizes"),
        pytest.param(2, 5, 7, 3, 4, False, id="no biases-five different sizes"),
        pytest.param(3, 3, 3, 3, 3, True, id="biases-all sizes equal"),
        pytest.param(2, 4, 3, 1, 6, False, id="no biases-one head"),
        pytest.param(2, 4, 3, 6, 1, True, id="biases-heads of width 1"),
        pytest.param(1, 1, 1, 2, 3, False, id="no biases-one token"),
    ],
)
def test_output_and_weights(submission, rng, expect, device, B, T, S, H, d, bias):
    """Query, key and value each have a projection; heads attend apart and are mixed at the end."""
    theirs, ours = both(submission, device, draw_weights(rng, H * d, bias), H, bias)
    inputs = draw_inputs(rng, B, T, S, H * d)
    compare(expect, theirs(*inputs), ours(*inputs))


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param((5, 5), id="one for all"),
        pytest.param((3, 1, 1, 5), id="padding"),
        pytest.param((3, 1, 5, 5), id="one for each sequence"),
        pytest.param((3, 5, 5), id="one for each head"),
        pytest.param((3, 3, 5, 5), id="one for each sequence and head"),
    ],
)
def test_queries_attend_only_where_the_mask_is_true(submission, rng, expect, device, shape):
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


def test_each_call_stands_alone(submission, rng, expect, device):
    """A call depends on its own inputs and mask, not on those of the calls before."""
    theirs, ours = both(submission, device, draw_weights(rng, 6), 2)
    for T, S, mask in ((4, 5, rng.mask(4, 5)), (4, 5, None), (3, 6, rng.mask(2, 1, 1, 6))):
        query, key, value = draw_inputs(rng, 2, T, S, 6)
        actual = theirs(mask=mask, value=value, key=key, query=query)
        compare(expect, actual, ours(query, key, value, mask), "The layer was called before.")


def test_a_batch_that_stands_second(submission, rng, expect, device):
    """Inputs that are not contiguous, such as turned from (T, B, D), count like any."""
    theirs, ours = both(submission, device, draw_weights(rng, 6), 3)
    inputs = [rng.normal(n, 2, 6).transpose(0, 1) for n in (4, 5, 5)]
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
    given = draw_weights(rng, 12, dtype=dtype)
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
def test_gradients_reach_inputs_and_parameters(submission, rng, expect, device):
    """Gradients reach the inputs and all parameters, and are finite where a row allows nothing."""
    theirs, ours = both(submission, device, draw_weights(rng, 6), 3)
    inputs, mask, cotangent = (
        draw_inputs(rng, 2, 4, 5, 6),
        rng.mask(2, 3, 4, 5),
        rng.normal(2, 4, 6),
    )
    mask[1, 2, 0] = False
    inputs[1][:, 4] *= 300  # no query may see the last key, whose scores are large
    mask[..., 4] = False
    actual = theirs.gradients(*inputs, mask, cotangent=(cotangent, None))
    names = [*INPUTS, *(name for name, _ in ours.named_parameters())]
    leaves = [*(x.clone().requires_grad_() for x in inputs), *ours.parameters()]
    expected = reference.vjp(ours(*leaves[:3], mask)[0], leaves, cotangent)
    found = dict(zip(INPUTS, actual.inputs, strict=False)) | actual.parameters
    for name, right in zip(names, expected, strict=True):
        because = f"This is the gradient of {name}."
        expect(found[name]).is_finite(because=because)
        expect(found[name]).matches(right, because=because)


def layer_that_shows_its_weights(submission, device, dropout):
    """A layer, and values, whose output repeats the weights that met the values, twice per head.

    Value s of each head is a 1 at place s and at place 8 + s, so feature s of what the head finds
    is the weight on key s, as is feature 8 + s. The output projection reverses the features.
    """
    D, H, S = 64, 4, 8
    identity = torch.eye(D, device=device)
    given = {f"{p}.bias": torch.zeros(D, device=device) for p in PROJECTIONS}
    given |= {f"{p}.weight": identity for p in PROJECTIONS} | {"w_o.weight": identity.flip(0)}
    layer = submission.MultiHeadAttention(D, H, dropout=dropout)
    layer.load_state_dict(given)
    value = torch.eye(S, device=device).repeat(1, D // S).expand(2, S, D)
    return layer, value


def shown(output):
    """What was found by each head: twice (B, H, T, S)."""
    return output.flip(-1).unflatten(-1, (4, 2, 8)).permute(3, 0, 2, 1, 4)


def test_evaluation_mode_drops_nothing(submission, rng, expect, device):
    """After `eval()` a layer with dropout gives what a layer without it gives."""
    theirs, ours = both(submission, device, draw_weights(rng, 6), 3, dropout=0.5)
    theirs.eval(), ours.eval()
    inputs, mask = draw_inputs(rng, 2, 4, 5, 6), rng.mask(4, 5)
    for allowed in (None, mask):
        compare(expect, theirs(*inputs, allowed), ours(*inputs, allowed))
    for p in (0.5, 0.2):
        layer, value = layer_that_shows_its_weights(submission, device, p)
        query, key = rng.normal(2, 6, 64, scale=0.5), rng.normal(2, 8, 64, scale=0.5)
        output, weights = layer.eval()(query, key, value)
        for found in shown(output):
            expect(found).matches(weights)


@pytest.mark.points(2)
@pytest.mark.parametrize("p", [0.5, 0.2])
def test_dropout_takes_single_weights(submission, rng, expect, device, p):
    """In training each weight is dropped on its way to the values, or divided by 1 - p."""
    layer, value = layer_that_shows_its_weights(submission, device, p)
    query, key = rng.normal(2, 6, 64, scale=0.5), rng.normal(2, 8, 64, scale=0.5)
    output, weights = layer(query, key, value)
    heads = shown(output)
    q, k = (reference.split_heads(x, 4) for x in (query, key))
    expect(weights).matches(
        reference.scaled_dot_product_attention(q, k, k)[1],
        because="The weights are returned as they are before dropout.",
    )
    expect(heads[1]).matches(
        heads[0], because="Both numbers are the same weight; it is dropped as a whole or not."
    )
    dropped = heads[0] == 0
    expect(heads[0]).matches(
        (weights / (1 - p)).masked_fill(dropped, 0.0),
        because="A weight that is not dropped is divided by 1 - p.",
    )
    expect(float(dropped.float().mean())).is_between(
        p / 2, (1 + p) / 2, because=f"About {p:.0%} of the weights should be dropped."
    )


@pytest.mark.points(2)
def test_dropout_is_drawn_anew(submission, rng, expect, device):
    """Dropout differs between queries, keys, heads, sequences and calls."""
    layer, value = layer_that_shows_its_weights(submission, device, 0.5)
    query, key = rng.normal(1, 6, 64, scale=0.5), rng.normal(1, 8, 64, scale=0.5)
    query, key = query.expand(2, 6, 64), key.expand(2, 8, 64)
    first, weights = layer(query, key, value)
    second, _ = layer(query, key, value)
    heads = shown(first)[0]
    expect(heads).matches(2 * weights.masked_fill(heads == 0, 0.0))
    drawn = (heads != 0).float()
    expect(drawn[0]).differs_from(drawn[1], because="These are two sequences.")
    expect(drawn[:, 0]).differs_from(drawn[:, 1], because="These are two heads.")
    expect(drawn[..., 0, :]).differs_from(drawn[..., 1, :], because="These are two queries.")
    expect(drawn[..., 0]).differs_from(drawn[..., 1], because="These are two keys.")
    expect(second).differs_from(first, because="These are two calls with the same inputs.")


@pytest.mark.parametrize(("D", "H"), [(10, 3), (6, 4), (4, 3)])
def test_a_width_that_does_not_divide(submission, rng, expect, device, D, H):
    """A layer is made where n_heads divides d_model, and is a ValueError where it does not."""
    theirs, ours = both(submission, device, draw_weights(rng, D), 2)
    inputs = draw_inputs(rng, 2, 3, 4, D)
    compare(expect, theirs(*inputs), ours(*inputs))
    submission.MultiHeadAttention.raises(ValueError, D, H)


def test_arguments_are_left_alone(submission, rng, expect, device):
    """Inputs and the mask hold after the call what they held before."""
    theirs, _ = both(submission, device, draw_weights(rng, 6), 3)
    inputs, mask = draw_inputs(rng, 2, 4, 5, 6), rng.mask(2, 1, 4, 5)
    empty = mask.clone()
    empty[0, 0, 1] = False
    for allowed in (mask, empty):
        after = theirs.inputs_after(*inputs, allowed)
        names = (*INPUTS, "the mask")
        for name, now, then in zip(names, after, (*inputs, allowed), strict=True):
            expect(now).equals(then, because=f"Your call changes {name}.")
