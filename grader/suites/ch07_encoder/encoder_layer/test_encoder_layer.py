"""The layer: both orders of the norm, masks, parameters by name, dropout of each sub-layer."""

import itertools

import pytest
import torch
import torch.nn.functional as F

import reference

PROJECTIONS = ("w_q", "w_k", "w_v", "w_o")

orders = pytest.mark.parametrize("norm_first", [True, False], ids=["norm first", "norm last"])


def draw_weights(rng, D, d_ff, dtype=torch.float32):
    """Weights that keep the scores small, biases that are not 0, norms that change something."""
    given = {}
    sizes = {f"self_attention.{name}": (D, D) for name in PROJECTIONS}
    sizes |= {"feed_forward.linear1": (d_ff, D), "feed_forward.linear2": (D, d_ff)}
    for name, (n_out, n_in) in sizes.items():
        given[f"{name}.weight"] = rng.normal(n_out, n_in, scale=1.2 * n_in**-0.5, dtype=dtype)
        given[f"{name}.bias"] = rng.normal(n_out, scale=0.6, dtype=dtype)
    for name in ("norm1", "norm2"):
        given[f"{name}.weight"] = rng.uniform(D, low=0.5, high=1.5, dtype=dtype)
        given[f"{name}.bias"] = rng.normal(D, scale=0.6, dtype=dtype)
    return given


def both(submission, given, H, norm_first, dropout=0.0):
    """The learner's layer and ours, with the same weights."""
    d_ff, D = given["feed_forward.linear1.weight"].shape
    weight = given["norm1.weight"]
    theirs = submission.EncoderLayer(D, H, d_ff, dropout, norm_first)
    config = reference.LayerConfig(d_model=D, n_heads=H, d_ff=d_ff, norm_first=norm_first)
    ours = reference.EncoderLayer(config).to(weight.device, weight.dtype)
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
    ("B", "T", "H", "d", "d_ff", "norm_first"),
    [
        pytest.param(2, 5, 3, 4, 7, True, id="five different sizes-norm first"),
        pytest.param(2, 5, 3, 4, 7, False, id="five different sizes-norm last"),
        pytest.param(3, 3, 3, 1, 3, True, id="nearly all sizes equal-norm first"),
        pytest.param(2, 4, 1, 6, 9, False, id="one head-norm last"),
        pytest.param(2, 3, 2, 5, 1, True, id="one hidden feature-norm first"),
        pytest.param(1, 1, 2, 2, 5, False, id="one token-norm last"),
    ],
)
def test_output(submission, rng, expect, B, T, H, d, d_ff, norm_first):
    """Attention, then the feed-forward network, each with residual connection and norm."""
    theirs, ours = both(submission, draw_weights(rng, H * d, d_ff), H, norm_first)
    x = rng.normal(B, T, H * d) + 0.5
    expect(theirs(x)).matches(ours(x))


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
def test_queries_attend_only_where_the_mask_is_true(submission, rng, expect, shape, norm_first):
    """A query attends only where the mask is True, whatever the shape of the mask."""
    theirs, ours = both(submission, draw_weights(rng, 12, 7), 3, norm_first)
    x, mask = rng.normal(3, 5, 12), rng.mask(*shape)
    expect(theirs(x, mask)).matches(ours(x, mask))


@pytest.mark.points(2)
@orders
def test_padding_changes_nothing(submission, rng, expect, device, norm_first):
    """Where padding is hidden, real tokens come out as if it were not there."""
    theirs, ours = both(submission, draw_weights(rng, 6, 8), 2, norm_first)
    x = rng.normal(2, 6, 6)
    real = torch.arange(6, device=device) < torch.tensor([[6], [3]], device=device)
    mask = real[:, None, None]
    found = theirs(x, mask)
    expect(found[real]).matches(ours(x, mask)[real])
    expect(found[1:, :3]).matches(ours(x[1:, :3]), because="These tokens have padding behind them.")
    other = x.masked_fill(~real[..., None], 40.0)
    because = "Only the padding has changed since the call before."
    expect(theirs(other, mask)[real]).matches(found[real], because=because)


def test_a_mask_is_aligned_from_the_right(submission, rng, expect):
    """The last two dimensions of a mask are queries and keys, also where all sizes are equal."""
    theirs, ours = both(submission, draw_weights(rng, 9, 5), 3, norm_first=True)
    x = rng.normal(3, 3, 9)
    for mask in (rng.mask(3, 3), rng.mask(3, 3, 3)):
        expect(theirs(x, mask)).matches(ours(x, mask))


@pytest.mark.points(2)
@orders
def test_a_row_that_allows_nothing(submission, rng, expect, norm_first):
    """Where a query may attend to nothing, its attention gives the bias of w_o alone."""
    theirs, ours = both(submission, draw_weights(rng, 6, 7), 3, norm_first)
    x, mask = rng.normal(2, 5, 6), rng.mask(2, 1, 5, 5)
    mask[0, :, 2] = False
    mask[1] = False  # a sequence of padding alone
    expect(theirs(x, mask)).matches(ours(x, mask))
    heads = mask.repeat(1, 3, 1, 1)
    heads[0, 1, 0] = False  # one head of this token
    expect(theirs(x, heads)).matches(ours(x, heads))


@orders
def test_small_and_large_numbers(submission, rng, expect, norm_first):
    """1e-5 is added to each variance, and scores above 100 do not overflow."""
    given = draw_weights(rng, 8, 5)
    for name in ("self_attention.w_o", "feed_forward.linear2"):
        given[f"{name}.weight"] /= 100
        given[f"{name}.bias"] /= 100
    theirs, ours = both(submission, given, 2, norm_first)
    x = rng.normal(2, 4, 8, scale=0.01) + 0.02
    expect(theirs(x)).matches(ours(x))
    given = draw_weights(rng, 8, 5)
    given["self_attention.w_q.bias"] += 8
    given["self_attention.w_k.bias"] += 8
    theirs, ours = both(submission, given, 2, norm_first)
    x = rng.normal(2, 4, 8)
    expect(theirs(x)).matches(ours(x), atol=5e-4)


@orders
@pytest.mark.parametrize("size", [1e6, 1e-9], ids=["large", "small"])
def test_far_sizes(submission, rng, expect, norm_first, size):
    """Vectors that are far larger or smaller than usual count as they are, and so do weights."""
    given = draw_weights(rng, 6, 5, torch.float64)
    for name, value in given.items():
        if name.endswith("bias"):
            value.zero_()  # nothing hides what is small
    for name in ("w_q", "w_k"):
        given[f"self_attention.{name}.weight"] /= size
    theirs, ours = both(submission, given, 2, norm_first)
    x = rng.normal(2, 4, 6, dtype=torch.float64)
    expected = ours(size * x)
    unit = expected.abs().max()
    expect(theirs(size * x) / unit).matches(expected / unit)


@orders
def test_each_call_stands_alone(submission, rng, expect, norm_first):
    """A call depends on its own x and mask, not on those of the calls before."""
    given = draw_weights(rng, 6, 4)
    _, ours = both(submission, given, 2, norm_first)
    theirs = submission.EncoderLayer(norm_first=norm_first, d_ff=4, n_heads=2, d_model=6)
    theirs.load_state_dict(given)
    for B, T, mask in ((2, 5, rng.mask(5, 5)), (2, 5, None), (3, 4, rng.mask(3, 1, 1, 4))):
        x = rng.normal(B, T, 6)
        expect(theirs(mask=mask, x=x)).matches(
            ours(x, mask), because="The layer was called before."
        )
    given = draw_weights(rng, 6, 4)
    theirs.load_state_dict(given)
    _, ours = both(submission, given, 2, norm_first)
    because = "Other weights were loaded since the call before."
    expect(theirs(x)).matches(ours(x), because=because)


def test_the_norm_comes_last_by_default(submission, rng, expect):
    """Without further arguments the norm comes last, as in 2017, and nothing is dropped."""
    given = draw_weights(rng, 6, 4)
    _, ours = both(submission, given, 3, norm_first=False)
    theirs = submission.EncoderLayer(6, 3, 4)
    theirs.load_state_dict(given)
    x = rng.normal(2, 4, 6)
    expect(theirs(x)).matches(ours(x))


def test_a_batch_that_stands_second(submission, rng, expect):
    """An x that is not contiguous, such as turned from (T, B, D), counts like any."""
    theirs, ours = both(submission, draw_weights(rng, 6, 7), 3, norm_first=True)
    x, mask = rng.normal(5, 2, 6).transpose(0, 1), rng.mask(5, 5).T
    mask = mask | ~mask.any(-1, keepdim=True)
    expect(theirs(x, mask)).matches(ours(x, mask))


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
    shrunk = ("self_attention.w_o", "feed_forward.linear2") if norm_first else ("norm2",)
    for name in shrunk:  # a small output, so that right answers differ by little
        given[f"{name}.weight"] /= 16
        given[f"{name}.bias"] /= 16
    theirs, ours = both(submission, given, 3, norm_first)
    x, mask = rng.normal(2, 4, 12, scale=0.7, dtype=dtype), rng.mask(2, 1, 4, 4)
    mask[1, 0, 2] = False
    exact = ours.double()(x.double(), mask)
    expect(theirs(x, mask)).matches(exact.to(dtype), atol=rounding)


@pytest.mark.points(2)
@orders
def test_gradients_reach_x_and_the_parameters(submission, rng, expect, norm_first):
    """Gradients reach x and all parameters, and are finite where a row allows nothing."""
    theirs, ours = both(submission, draw_weights(rng, 6, 7), 3, norm_first)
    x, mask, cotangent = rng.normal(2, 4, 6), rng.mask(2, 1, 4, 4), rng.normal(2, 4, 6)
    mask[1, 0, 2] = False
    actual = theirs.gradients(x, mask, cotangent=cotangent)
    leaf = x.clone().requires_grad_()
    parameters = dict(ours.requires_grad_().named_parameters())
    expected = reference.vjp(ours(leaf, mask), [leaf, *parameters.values()], cotangent)
    expect(actual.inputs[0]).is_finite(because="This is the gradient of x.")
    expect(actual.inputs[0]).matches(expected[0], because="This is the gradient of x.")
    right = dict(zip(parameters, expected[1:], strict=True))
    for name, found in actual.parameters.items():
        because = f"This is the gradient of {name}."
        expect(found).is_finite(because=because)
        expect(found).matches(right[ours_of(name)], because=because)


def layer_that_shows_its_dropout(submission, rng, p, norm_first):
    """A layer of width 4 whose sub-layers give two constant vectors, whatever they read.

    Then only dropout of what they give makes a difference, not that inside a sub-layer.
    """
    given = draw_weights(rng, 4, 5)
    for name in ("self_attention.w_o", "feed_forward.linear2"):
        given[f"{name}.weight"] = torch.zeros_like(given[f"{name}.weight"])
        given[f"{name}.bias"] = rng.uniform(4, low=1.0, high=3.0) * (2 * rng.mask(4) - 1)
    layer = submission.EncoderLayer(4, 2, 5, dropout=p, norm_first=norm_first)
    layer.load_state_dict(given)
    return layer, given


def possible_outputs(given, x, p, norm_first):
    """What x can become, for each of the 16 · 16 ways to keep entries, and these ways (256, 4).

    The last one keeps all.
    """
    ways = torch.tensor(list(itertools.product([False, True], repeat=8)), device=x.device)
    kept1, kept2 = ways[:, :4], ways[:, 4:]
    heard = kept1 * given["self_attention.w_o.bias"] / (1 - p)
    thought = kept2 * given["feed_forward.linear2.bias"] / (1 - p)
    norms = [(given[f"norm{i}.weight"], given[f"norm{i}.bias"]) for i in (1, 2)]
    y = x[..., None, :] + heard  # (B, T, 256, 4)
    y = y if norm_first else F.layer_norm(y, (4,), *norms[0])
    y = y + thought
    return y if norm_first else F.layer_norm(y, (4,), *norms[1]), kept1, kept2


def kept_entries(expect, output, given, x, p, norm_first):
    """Which entries of each sub-layer were kept, (B, T, 4) twice; it fails if none explains it."""
    possible, kept1, kept2 = possible_outputs(given, x, p, norm_first)
    nearest = (possible - output[..., None, :]).square().sum(-1).argmin(-1)  # (B, T)
    expected = possible.gather(-2, nearest[..., None, None].expand(-1, -1, 1, 4)).squeeze(-2)
    because = "Entries of what a sub-layer gives are dropped, or divided by 1 - p, before the sum."
    expect(output).matches(expected, because=because)
    return kept1[nearest], kept2[nearest]


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
    x = rng.normal(16, 12, 4)
    whole, *_ = possible_outputs(given, x, 0.0, norm_first)
    because = "After `eval()` nothing is dropped."
    expect(layer.eval()(x)).matches(whole[..., -1, :], because=because)
    layer.train()
    for kept in kept_entries(expect, layer(x), given, x, p, norm_first):
        because = f"About {p:.0%} of what a sub-layer gives should be dropped."
        expect(float((~kept).double().mean())).is_between(p / 2, (1 + p) / 2, because=because)
        for dim, name in enumerate(("sequences", "tokens", "features")):
            mixed = kept.any(dim) & ~kept.all(dim)
            because = f"Each entry is dropped by itself, not together with others of all {name}."
            expect(float(mixed.double().mean())).is_between(0.3, 1.0, because=because)


@pytest.mark.points(2)
@orders
def test_dropout_is_drawn_anew(submission, rng, expect, norm_first):
    """Dropout differs between the two sub-layers and between calls."""
    layer, given = layer_that_shows_its_dropout(submission, rng, 0.5, norm_first)
    x = rng.normal(8, 9, 4)
    first = kept_entries(expect, layer(x), given, x, 0.5, norm_first)
    second = kept_entries(expect, layer(x), given, x, 0.5, norm_first)
    because = "These are the two sub-layers of one call."
    expect(first[0].float()).differs_from(first[1].float(), because=because)
    because = "These are two calls with the same x."
    expect(first[0].float()).differs_from(second[0].float(), because=because)


@orders
def test_evaluation_mode_drops_nothing(submission, rng, expect, norm_first):
    """After `eval()` a layer with dropout gives what a layer without it gives."""
    theirs, ours = both(submission, draw_weights(rng, 6, 7), 3, norm_first, dropout=0.5)
    theirs.eval()
    x, mask = rng.normal(2, 5, 6), rng.mask(5, 5)
    for allowed in (None, mask):
        expect(theirs(x, allowed)).matches(ours(x, allowed))


@pytest.mark.parametrize(("D", "H"), [(10, 3), (6, 4), (4, 3)])
def test_a_width_that_does_not_divide(submission, rng, expect, D, H):
    """A layer is made where n_heads divides d_model, and is a ValueError where it does not."""
    theirs, ours = both(submission, draw_weights(rng, D, 5), 2, norm_first=True)
    x = rng.normal(2, 3, D)
    expect(theirs(x)).matches(ours(x))
    submission.EncoderLayer.raises(ValueError, D, H, 5)


@orders
def test_arguments_are_left_alone(submission, rng, expect, norm_first):
    """x and the mask hold after the call what they held before."""
    theirs, _ = both(submission, draw_weights(rng, 6, 7), 3, norm_first)
    x, mask = rng.normal(2, 5, 6), rng.mask(2, 1, 1, 5)
    empty = mask.expand(2, 1, 5, 5).clone()
    empty[0, 0, 1] = False
    for allowed in (mask, empty):
        after = theirs.inputs_after(x, allowed)
        expect(after[0]).equals(x, because="Your call changes `x`.")
        expect(after[1]).equals(allowed, because="Your call changes the mask.")
