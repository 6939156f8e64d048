"""The layer: three sub-layers, two masks, both orders of the norm, dropout of each sub-layer."""

import itertools

import pytest
import torch
import torch.nn.functional as F

import reference

ATTENTIONS = ("self_attention", "cross_attention")
PROJECTIONS = ("w_q", "w_k", "w_v", "w_o")
LAST_MAPS = ("self_attention.w_o", "cross_attention.w_o", "feed_forward.linear2")

orders = pytest.mark.parametrize("norm_first", [True, False], ids=["norm first", "norm last"])


def draw_weights(rng, D, d_ff, dtype=torch.float32):
    """Weights that keep the scores small, biases that are not 0, norms that change something."""
    given = {}
    sizes = {f"{part}.{name}": (D, D) for part in ATTENTIONS for name in PROJECTIONS}
    sizes |= {"feed_forward.linear1": (d_ff, D), "feed_forward.linear2": (D, d_ff)}
    for name, (n_out, n_in) in sizes.items():
        given[f"{name}.weight"] = rng.normal(n_out, n_in, scale=1.2 * n_in**-0.5, dtype=dtype)
        given[f"{name}.bias"] = rng.normal(n_out, scale=0.6, dtype=dtype)
    for name in ("norm1", "norm2", "norm3"):
        given[f"{name}.weight"] = rng.uniform(D, low=0.5, high=1.5, dtype=dtype)
        given[f"{name}.bias"] = rng.normal(D, scale=0.6, dtype=dtype)
    return given


def draw_inputs(rng, B, T, S, D, dtype=torch.float32, scale=1.0):
    """x and a memory that has neither mean 0 nor spread 1, so that a norm would change it."""
    x = rng.normal(B, T, D, scale=scale, dtype=dtype) + 0.5
    return x, rng.normal(B, S, D, scale=1.5 * scale, dtype=dtype) - 0.4


def both(submission, given, H, norm_first, dropout=0.0):
    """The learner's layer and ours, with the same weights."""
    d_ff, D = given["feed_forward.linear1.weight"].shape
    weight = given["norm1.weight"]
    theirs = submission.DecoderLayer(D, H, d_ff, dropout, norm_first)
    config = reference.LayerConfig(d_model=D, n_heads=H, d_ff=d_ff, norm_first=norm_first)
    ours = reference.DecoderLayer(config).to(weight.device, weight.dtype)
    if weight.dtype is not torch.float32:
        theirs.to(weight.dtype)
    theirs.load_state_dict(given)
    ours.load_state_dict({ours_of(name): value for name, value in given.items()})
    return theirs, ours.requires_grad_(False)


def ours_of(name):
    """The reference's name for a parameter: it keeps each norm in its residual connection."""
    return name.replace("norm", "sublayer").replace(".", ".norm.") if "norm" in name else name


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "T", "S", "H", "d", "d_ff", "norm_first"),
    [
        pytest.param(2, 5, 6, 3, 4, 7, True, id="a longer source-norm first"),
        pytest.param(2, 5, 3, 3, 4, 7, False, id="a shorter source-norm last"),
        pytest.param(2, 4, 4, 2, 3, 5, True, id="source and target of one length-norm first"),
        pytest.param(3, 3, 3, 3, 2, 6, False, id="nearly all sizes equal-norm last"),
        pytest.param(2, 4, 3, 1, 6, 9, True, id="one head-norm first"),
        pytest.param(2, 3, 4, 2, 5, 1, False, id="one hidden feature-norm last"),
        pytest.param(1, 1, 1, 2, 2, 5, True, id="one token-norm first"),
    ],
)
def test_output(submission, rng, expect, B, T, S, H, d, d_ff, norm_first):
    """Self-attention, cross-attention, then the feed-forward network, each with Add & Norm."""
    theirs, ours = both(submission, draw_weights(rng, H * d, d_ff), H, norm_first)
    inputs = draw_inputs(rng, B, T, S, H * d)
    expect(theirs(*inputs)).matches(ours(*inputs))


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("shape", "norm_first"),
    [
        pytest.param((5, 5), True, id="one for all-norm first"),
        pytest.param((3, 1, 1, 5), False, id="padding-norm last"),
        pytest.param((3, 1, 5, 5), True, id="one for each sequence-norm first"),
        pytest.param((3, 5, 5), False, id="one for each head-norm last"),
        pytest.param((3, 3, 5, 5), True, id="one for each sequence and head-norm first"),
    ],
)
def test_each_attention_has_a_mask(submission, rng, expect, shape, norm_first):
    """mask is for the self-attention alone, memory_mask for the cross-attention alone."""
    theirs, ours = both(submission, draw_weights(rng, 12, 7), 3, norm_first)
    inputs, mask, other = draw_inputs(rng, 3, 5, 5, 12), rng.mask(*shape), rng.mask(*shape)
    expect(theirs(*inputs, mask)).matches(ours(*inputs, mask))
    expect(theirs(*inputs, None, mask)).matches(ours(*inputs, None, mask))
    expect(theirs(*inputs, mask, other)).matches(ours(*inputs, mask, other))


@pytest.mark.points(2)
@orders
def test_no_token_sees_the_future(submission, rng, expect, device, norm_first):
    """With a causal mask, what comes later changes nothing at the tokens before."""
    theirs, ours = both(submission, draw_weights(rng, 6, 8), 2, norm_first)
    (x, memory), mask = draw_inputs(rng, 2, 6, 4, 6), reference.causal_mask(6, device=device)
    found = theirs(x, memory, mask)
    expect(found).matches(ours(x, memory, mask))
    expect(theirs(x[:, :4], memory, mask[:4, :4])).matches(
        found[:, :4], because="The call before had two more target tokens at the end."
    )
    other = x.clone()
    other[:, 4:] = 30.0
    because = "Only target tokens 4 and 5 have changed since the first call."
    expect(theirs(other, memory, mask)[:, :4]).matches(found[:, :4], because=because)


@pytest.mark.points(2)
@orders
def test_padding_of_the_source_changes_nothing(submission, rng, expect, device, norm_first):
    """Where the padding of the source is hidden, the output is as if it were not there."""
    theirs, ours = both(submission, draw_weights(rng, 6, 8), 2, norm_first)
    x, memory = draw_inputs(rng, 2, 4, 6, 6)
    real = torch.arange(6, device=device) < torch.tensor([[6], [3]], device=device)
    masks = reference.causal_mask(4, device=device), real[:, None, None]
    found = theirs(x, memory, *masks)
    expect(found).matches(ours(x, memory, *masks))
    because = "This memory has padding behind its 3 tokens."
    expect(found[1:]).matches(ours(x[1:], memory[1:, :3], masks[0]), because=because)
    other = memory.masked_fill(~real[..., None], 40.0)
    because = "Only the padding of the memory has changed since the call before."
    expect(theirs(x, other, *masks)).matches(found, because=because)


def test_a_mask_is_aligned_from_the_right(submission, rng, expect):
    """The last two dimensions of a mask are queries and keys, also where all sizes are equal."""
    theirs, ours = both(submission, draw_weights(rng, 9, 5), 3, norm_first=True)
    inputs = draw_inputs(rng, 3, 3, 3, 9)
    for masks in ((rng.mask(3, 3), rng.mask(3, 3, 3)), (rng.mask(3, 3, 3), rng.mask(3, 3))):
        expect(theirs(*inputs, *masks)).matches(ours(*inputs, *masks))


@pytest.mark.points(2)
@orders
def test_a_row_that_allows_nothing(submission, rng, expect, norm_first):
    """Where a query may attend to nothing, that attention gives the bias of its w_o alone."""
    theirs, ours = both(submission, draw_weights(rng, 6, 7), 3, norm_first)
    inputs, mask, padding = draw_inputs(rng, 2, 4, 5, 6), rng.mask(2, 1, 4, 4), rng.mask(2, 1, 1, 5)
    mask[0, :, 2] = False
    mask[1] = False  # a target of padding alone
    expect(theirs(*inputs, mask)).matches(ours(*inputs, mask))
    padding[1] = False  # a source of padding alone
    expect(theirs(*inputs, None, padding)).matches(ours(*inputs, None, padding))
    heads = rng.mask(2, 3, 4, 5)
    heads[0, 1, 0] = False  # one head of this token
    expect(theirs(*inputs, mask, heads)).matches(ours(*inputs, mask, heads))


@orders
def test_small_and_large_numbers(submission, rng, expect, norm_first):
    """1e-5 is added to each variance, and scores above 100 do not overflow."""
    given = draw_weights(rng, 8, 5)
    for name in LAST_MAPS:
        given[f"{name}.weight"] /= 100
        given[f"{name}.bias"] /= 100
    theirs, ours = both(submission, given, 2, norm_first)
    inputs = draw_inputs(rng, 2, 4, 5, 8, scale=0.01)
    x, memory = inputs[0] - 0.48, inputs[1]
    expect(theirs(x, memory)).matches(ours(x, memory))
    given = draw_weights(rng, 8, 5)
    for part in ATTENTIONS:
        given[f"{part}.w_q.bias"] += 8
        given[f"{part}.w_k.bias"] += 8
    theirs, ours = both(submission, given, 2, norm_first)
    inputs = draw_inputs(rng, 2, 4, 5, 8)
    expect(theirs(*inputs)).matches(ours(*inputs), atol=1e-3)


@orders
@pytest.mark.parametrize("size", [1e6, 1e-9], ids=["large", "small"])
def test_far_sizes(submission, rng, expect, norm_first, size):
    """Vectors that are far larger or smaller than usual count as they are, and so do weights."""
    given = draw_weights(rng, 6, 5, torch.float64)
    for name, value in given.items():
        if name.endswith("bias"):
            value.zero_()  # nothing hides what is small
    for part in ATTENTIONS:
        for name in ("w_q", "w_k"):
            given[f"{part}.{name}.weight"] /= size
    theirs, ours = both(submission, given, 2, norm_first)
    x, memory = draw_inputs(rng, 2, 4, 5, 6, torch.float64)
    expected = ours(size * x, size * memory)
    unit = expected.abs().max()
    expect(theirs(size * x, size * memory) / unit).matches(expected / unit)


@orders
def test_each_call_stands_alone(submission, rng, expect, norm_first):
    """A call depends on its own inputs and masks, not on those of the calls before."""
    given = draw_weights(rng, 6, 4)
    _, ours = both(submission, given, 2, norm_first)
    theirs = submission.DecoderLayer(norm_first=norm_first, d_ff=4, n_heads=2, d_model=6)
    theirs.load_state_dict(given)
    for B, T, S, mask, padding in (
        (2, 4, 5, rng.mask(4, 4), rng.mask(2, 1, 1, 5)),
        (2, 4, 5, None, None),
        (2, 4, 5, None, rng.mask(4, 5)),
        (3, 4, 3, rng.mask(3, 1, 4, 4), None),
    ):
        x, memory = draw_inputs(rng, B, T, S, 6)
        expect(theirs(memory_mask=padding, mask=mask, memory=memory, x=x)).matches(
            ours(x, memory, mask, padding), because="The layer was called before."
        )


def test_the_norm_comes_last_by_default(submission, rng, expect):
    """Without further arguments the norm comes last, as in 2017, and nothing is dropped."""
    given = draw_weights(rng, 6, 4)
    _, ours = both(submission, given, 3, norm_first=False)
    theirs = submission.DecoderLayer(6, 3, 4)
    theirs.load_state_dict(given)
    inputs = draw_inputs(rng, 2, 4, 3, 6)
    expect(theirs(*inputs)).matches(ours(*inputs))


def test_a_batch_that_stands_second(submission, rng, expect):
    """Inputs that are not contiguous, such as turned from (T, B, D), count like any."""
    theirs, ours = both(submission, draw_weights(rng, 6, 7), 3, norm_first=True)
    x, memory = rng.normal(5, 2, 6).transpose(0, 1), rng.normal(4, 2, 6).transpose(0, 1)
    masks = rng.mask(5, 5).T, rng.mask(4, 5).T
    masks = [mask | ~mask.any(-1, keepdim=True) for mask in masks]
    expect(theirs(x, memory, *masks)).matches(ours(x, memory, *masks))


@pytest.mark.parametrize(
    ("dtype", "rounding", "norm_first"),
    [
        pytest.param(torch.float64, 1e-10, True, id="float64-norm first"),
        pytest.param(torch.float64, 1e-10, False, id="float64-norm last"),
        pytest.param(torch.float16, 4e-3, True, id="float16-norm first"),
        pytest.param(torch.bfloat16, 4e-2, False, id="bfloat16-norm last"),
    ],
)
def test_other_dtypes(submission, rng, expect, dtype, rounding, norm_first):
    """A layer moved to another dtype works in it, empty rows included."""
    given = draw_weights(rng, 12, 7, dtype)
    for name in LAST_MAPS if norm_first else ("norm3",):
        given[f"{name}.weight"] /= 16  # a small output, so that right answers differ by little
        given[f"{name}.bias"] /= 16
    theirs, ours = both(submission, given, 3, norm_first)
    x, memory = draw_inputs(rng, 2, 4, 5, 12, dtype, scale=0.7)
    mask, padding = rng.mask(2, 1, 4, 4), rng.mask(2, 1, 1, 5)
    mask[1, 0, 2], padding[0] = False, False
    exact = ours.double()(x.double(), memory.double(), mask, padding)
    expect(theirs(x, memory, mask, padding)).matches(exact.to(dtype), atol=rounding)


@pytest.mark.points(2)
@orders
def test_gradients_reach_everything(submission, rng, expect, norm_first):
    """Gradients reach x, the memory and all parameters, and are finite where a row is empty."""
    theirs, ours = both(submission, draw_weights(rng, 6, 7), 3, norm_first)
    inputs, cotangent = draw_inputs(rng, 2, 4, 5, 6), rng.normal(2, 4, 6)
    mask, padding = rng.mask(2, 1, 4, 4), rng.mask(2, 1, 1, 5)
    mask[1, 0, 2], padding[0] = False, False
    actual = theirs.gradients(*inputs, mask, padding, cotangent=cotangent)
    leaves = [tensor.clone().requires_grad_() for tensor in inputs]
    parameters = dict(ours.requires_grad_().named_parameters())
    output = ours(*leaves, mask, padding)
    expected = reference.vjp(output, [*leaves, *parameters.values()], cotangent)
    right = dict(zip(["x", "memory", *parameters], expected, strict=True))
    found = dict(zip(("x", "memory"), actual.inputs, strict=False)) | actual.parameters
    for name, gradient in found.items():
        because = f"This is the gradient of {name}."
        expect(gradient).is_finite(because=because)
        expect(gradient).matches(right[ours_of(name)], because=because)


def layer_that_shows_its_dropout(submission, rng, p, norm_first):
    """A layer of width 3 whose sub-layers give three constant vectors, whatever they read.

    Then only dropout of what they give makes a difference, not that inside a sub-layer.
    """
    given = draw_weights(rng, 3, 5)
    for name in LAST_MAPS:
        given[f"{name}.weight"] = torch.zeros_like(given[f"{name}.weight"])
        given[f"{name}.bias"] = rng.uniform(3, low=1.0, high=3.0) * (2 * rng.mask(3) - 1)
    layer = submission.DecoderLayer(3, 1, 5, dropout=p, norm_first=norm_first)
    layer.load_state_dict(given)
    return layer, given


def possible_outputs(given, x, p, norm_first):
    """What x (B, T, 3) can become, for each of the 8³ ways to keep entries: (B, T, 512, 3).

    With them comes for each sub-layer which entries each way keeps, (512, 3). The last keeps all.
    """
    ways = torch.tensor(list(itertools.product([False, True], repeat=9)), device=x.device)
    kept = ways.split(3, dim=-1)
    y = x[..., None, :]
    for i, name in enumerate(LAST_MAPS):
        y = y + kept[i] * given[f"{name}.bias"] / (1 - p)
        if not norm_first:
            norm = (given[f"norm{i + 1}.{part}"] for part in ("weight", "bias"))
            y = F.layer_norm(y, (3,), *norm)
    return y, kept


def kept_entries(expect, output, given, x, p, norm_first):
    """Which entries of each sub-layer were kept, (B, T, 3) each; it fails if none explains it."""
    possible, kept = possible_outputs(given, x, p, norm_first)
    nearest = (possible - output[..., None, :]).square().sum(-1).argmin(-1)  # (B, T)
    expected = possible.gather(-2, nearest[..., None, None].expand(-1, -1, 1, 3)).squeeze(-2)
    because = "Entries of what a sub-layer gives are dropped, or divided by 1 - p, before the sum."
    expect(output).matches(expected, atol=1e-3, because=because)  # a norm may divide by little
    return [entries[nearest] for entries in kept]


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("p", "norm_first"),
    [
        pytest.param(0.5, False, id="a half-norm last"),
        pytest.param(0.25, True, id="a quarter-norm first"),
    ],
)
def test_dropout_of_each_sublayer(submission, rng, expect, p, norm_first):
    """In training each sub-layer's output loses entries, each on its own, before the sum."""
    layer, given = layer_that_shows_its_dropout(submission, rng, p, norm_first)
    x, memory = rng.normal(16, 12, 3), rng.normal(16, 2, 3)
    whole, _ = possible_outputs(given, x, 0.0, norm_first)
    because = "After `eval()` nothing is dropped."
    expect(layer.eval()(x, memory)).matches(whole[..., -1, :], because=because)
    layer.train()
    for kept in kept_entries(expect, layer(x, memory), given, x, p, norm_first):
        because = f"About {p:.0%} of what a sub-layer gives should be dropped."
        expect(float((~kept).double().mean())).is_between(p / 2, (1 + p) / 2, because=because)
        for dim, name in enumerate(("sequences", "tokens", "features")):
            mixed = kept.any(dim) & ~kept.all(dim)
            because = f"Each entry is dropped by itself, not together with others of all {name}."
            expect(float(mixed.double().mean())).is_between(0.2, 1.0, because=because)


@pytest.mark.points(2)
@orders
def test_dropout_is_drawn_anew(submission, rng, expect, norm_first):
    """Dropout differs between the three sub-layers and between calls."""
    layer, given = layer_that_shows_its_dropout(submission, rng, 0.5, norm_first)
    x, memory = rng.normal(8, 9, 3), rng.normal(8, 2, 3)
    first = kept_entries(expect, layer(x, memory), given, x, 0.5, norm_first)
    second = kept_entries(expect, layer(x, memory), given, x, 0.5, norm_first)
    because = "These are two sub-layers of one call."
    for one, other in itertools.combinations(first, 2):
        expect(one.float()).differs_from(other.float(), because=because)
    because = "These are two calls with the same inputs."
    expect(first[0].float()).differs_from(second[0].float(), because=because)


@orders
def test_evaluation_mode_drops_nothing(submission, rng, expect, norm_first):
    """After `eval()` a layer with dropout gives what a layer without it gives."""
    theirs, ours = both(submission, draw_weights(rng, 6, 7), 3, norm_first, dropout=0.5)
    theirs.eval()
    inputs, mask, padding = draw_inputs(rng, 2, 5, 4, 6), rng.mask(5, 5), rng.mask(2, 1, 1, 4)
    for masks in ((None, None), (mask, padding)):
        expect(theirs(*inputs, *masks)).matches(ours(*inputs, *masks))


@pytest.mark.parametrize(("D", "H"), [(10, 3), (6, 4), (4, 3)])
def test_a_width_that_does_not_divide(submission, rng, expect, D, H):
    """A layer is made where n_heads divides d_model, and is a ValueError where it does not."""
    theirs, ours = both(submission, draw_weights(rng, D, 5), 2, norm_first=True)
    inputs = draw_inputs(rng, 2, 3, 4, D)
    expect(theirs(*inputs)).matches(ours(*inputs))
    submission.DecoderLayer.raises(ValueError, D, H, 5)


@orders
def test_arguments_are_left_alone(submission, rng, expect, norm_first):
    """x, the memory and both masks hold after the call what they held before."""
    theirs, _ = both(submission, draw_weights(rng, 6, 7), 3, norm_first)
    x, memory = draw_inputs(rng, 2, 4, 5, 6)
    mask, padding = rng.mask(2, 1, 4, 4), rng.mask(2, 1, 1, 5)
    empty = mask.clone()
    empty[0, 0, 1] = False
    given = {"x": x, "memory": memory, "mask": mask, "memory_mask": padding}
    for allowed in (mask, empty):
        given["mask"] = allowed
        after = theirs.inputs_after(*given.values())
        for now, (name, before) in zip(after, given.items(), strict=True):
            expect(now).equals(before, because=f"Your call changes `{name}`.")
