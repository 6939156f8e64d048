"""The stack: layers of their own in their order, a mask for each, the norm at the end."""

import pytest
import torch

import reference

LAYERS = """
import torch
from torch import nn

class Layer(nn.Module):
    # A token adds a map of the mean of the tokens that the mask allows, and a step in training.
    def __init__(self, number):
        super().__init__()
        self.linear = nn.Linear(WIDTH, WIDTH)
        for parameter in self.parameters():
            places = torch.arange(parameter.numel(), dtype=parameter.dtype)
            nn.init.zeros_(parameter)
            parameter.data += torch.sin(3.0 * number + 1.7 * places).view_as(parameter)

    def forward(self, x, mask=None):
        T = x.size(1)
        allowed = torch.ones(T, T, dtype=torch.bool, device=x.device) if mask is None else mask
        allowed = allowed[:, 0].expand(-1, T, T) if allowed.dim() == 4 else allowed
        share = torch.zeros_like(allowed, dtype=x.dtype).masked_fill(allowed, 1.0)
        share = share / share.sum(-1, keepdim=True).clamp(min=1)
        heard = torch.tanh(self.linear(share @ x))
        return x + heard + (STEP if self.training else 0)

made = 0

def make_layer():
    global made
    made += 1
    return Layer(made)

def number_of_calls():
    return made
"""


def source(width, step=0.0):
    return LAYERS.replace("WIDTH", str(width)).replace("STEP", str(step))


def build(submission, L, width, norm_first=False, step=0.0):
    make_layer = submission.helper(source(width, step)).make_layer
    return submission.Encoder(L, make_layer, width, norm_first)


def draw_weights(rng, L, width, norm_first, dtype=torch.float32):
    given = {}
    for i in range(L):
        given[f"layers.{i}.linear.weight"] = rng.normal(width, width, scale=0.6, dtype=dtype)
        given[f"layers.{i}.linear.bias"] = rng.normal(width, scale=0.6, dtype=dtype)
    if norm_first:
        given["norm.weight"] = rng.uniform(width, low=0.5, high=2.0, dtype=dtype)
        given["norm.bias"] = rng.normal(width, dtype=dtype)
    return given


def run(given, x, mask=None, step=0.0):
    """What the stack with these weights makes of x."""
    here = {}
    exec(source(x.size(-1), step), here)
    L = sum(name.endswith("linear.weight") for name in given)
    for i in range(L):
        layer = here["Layer"](i).to(x.device, x.dtype).requires_grad_(False)
        prefix = f"layers.{i}."
        own = {n.removeprefix(prefix): w for n, w in given.items() if n.startswith(prefix)}
        x = torch.func.functional_call(layer, own, (x, mask))
    if "norm.weight" in given:
        x = torch.func.functional_call(
            reference.LayerNorm(x.size(-1)),
            {"weight": given["norm.weight"], "bias": given["norm.bias"]},
            (x,),
        )
    return x


orders = pytest.mark.parametrize("norm_first", [True, False], ids=["norm first", "norm last"])


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("L", "norm_first"),
    [
        pytest.param(1, False, id="1-norm last"),
        pytest.param(2, True, id="2-norm first"),
        pytest.param(3, False, id="3-norm last"),
        pytest.param(6, True, id="6-norm first"),
    ],
)
def test_layers_in_their_order(submission, rng, expect, L, norm_first):
    """Each layer reads what the one before it gave; with norm_first a norm follows at the end."""
    encoder, given = build(submission, L, 5, norm_first), draw_weights(rng, L, 5, norm_first)
    encoder.load_state_dict(given)
    x = rng.normal(2, 4, 5)
    expect(encoder(x)).matches(run(given, x))


@pytest.mark.points(3)
@orders
def test_each_layer_has_weights_of_its_own(submission, rng, expect, device, norm_first):
    """Layer l is what call number l of make_layer gave, and there is no other parameter."""
    for L in (1, 2, 4):
        here, expected = {}, {}
        exec(source(3), here)
        for i in range(L):
            made = here["make_layer"]()
            expected |= {f"layers.{i}.{name}": p.detach() for name, p in made.named_parameters()}
        if norm_first:
            expected |= {"norm.weight": torch.ones(3), "norm.bias": torch.zeros(3)}
        expected = {name: value.to(device) for name, value in expected.items()}
        helper, x = submission.helper(source(3)), rng.normal(2, 4, 3)
        encoder = submission.Encoder(L, helper.make_layer, 3, norm_first)
        because = "The encoder is new; its weights are those that make_layer gave."
        expect(encoder(x)).matches(run(expected, x), because=because)
        because = "This is how often your encoder has called make_layer."
        expect(helper.number_of_calls()).equals(L, because=because)
        found = encoder.parameters()
        for name, value in expected.items():
            expect(found[name]).matches(value, because=f"This is `{name}` of a new encoder.")


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("kind", "norm_first"),
    [
        pytest.param("padding", True, id="padding-norm first"),
        pytest.param("causal", False, id="causal-norm last"),
        pytest.param("padding and causal", True, id="padding and causal-norm first"),
        pytest.param("padding and causal", False, id="padding and causal-norm last"),
    ],
)
def test_every_layer_gets_the_mask(submission, rng, expect, device, kind, norm_first):
    """The mask reaches every layer, as it is."""
    encoder, given = build(submission, 3, 4, norm_first), draw_weights(rng, 3, 4, norm_first)
    encoder.load_state_dict(given)
    real = torch.arange(5, device=device) < torch.tensor([[5], [2], [3]], device=device)
    causal = reference.causal_mask(5, device=device)
    mask = {
        "padding": real[:, None, None],
        "causal": causal,
        "padding and causal": real[:, None, None] & causal,
    }[kind]
    x = rng.normal(3, 5, 4)
    found = encoder(x, mask)
    expect(found).matches(run(given, x, mask))
    if kind == "padding":
        other = x.masked_fill(~real[..., None], 50.0)
        because = "Only padding differs from the call before."
        expect(encoder(other, mask)[real]).matches(found[real], because=because)


@pytest.mark.points(2)
def test_the_last_norm(submission, rng, expect):
    """The last norm runs over the features of a token, and eps = 1e-5 is added to its variance."""
    encoder, given = build(submission, 2, 4, True), draw_weights(rng, 2, 4, True)
    for name, weight in given.items():
        if name.startswith("layers"):
            weight.zero_()  # the layers then change nothing
    encoder.load_state_dict(given)
    for scale in (1.0, 0.01, 30.0):
        x = rng.normal(2, 3, 4, scale=scale) + scale
        expect(encoder(x)).matches(run(given, x))


def test_far_sizes(submission, rng, expect):
    """Vectors that are far larger or smaller than usual reach the layers, and come out, whole."""
    encoder, given = build(submission, 2, 4), draw_weights(rng, 2, 4, False)
    for name, value in given.items():
        if name.endswith("bias"):
            value.zero_()  # nothing hides what is small
    encoder.load_state_dict(given)
    for size in (1e30, 1e-30):
        x = size * rng.normal(2, 3, 4)
        expect(encoder(x) / size).matches(run(given, x) / size)


def test_one_token_of_width_one(submission, rng, expect):
    """Sizes of 1 are sizes like any other."""
    for shape in ((1, 1, 1), (1, 5, 3), (4, 1, 3), (3, 3, 3)):
        encoder, given = build(submission, 2, shape[-1]), draw_weights(rng, 2, shape[-1], False)
        encoder.load_state_dict(given)
        x = rng.normal(*shape)
        expect(encoder(x)).matches(run(given, x))


def test_each_call_stands_alone(submission, rng, expect, device):
    """A call depends on its own x and mask, and an encoder on its own weights."""
    make_layer = submission.helper(source(4)).make_layer
    encoder = submission.Encoder(d_model=4, norm_first=True, make_layer=make_layer, n_layers=2)
    given, others = draw_weights(rng, 2, 4, True), draw_weights(rng, 3, 4, False)
    encoder.load_state_dict(given)
    second = build(submission, 3, 4)
    second.load_state_dict(others)
    for T, mask in ((5, reference.causal_mask(5, device=device)), (5, None), (3, None)):
        x = rng.normal(2, T, 4)
        expect(encoder(mask=mask, x=x)).matches(run(given, x, mask))
        expect(second(x, mask)).matches(run(others, x, mask))
    given = draw_weights(rng, 2, 4, True)
    encoder.load_state_dict(given)
    because = "Other weights were loaded since the call before."
    expect(encoder(x)).matches(run(given, x), because=because)


def test_layers_are_always_told_of_a_mask(submission, rng, expect, device):
    """Each layer is called as layer(x, mask), also where the mask is None."""
    helper = submission.helper(source(4).replace("mask=None", "mask"))  # no default any more
    encoder, given = submission.Encoder(2, helper.make_layer, 4), draw_weights(rng, 2, 4, False)
    encoder.load_state_dict(given)
    x = rng.normal(2, 5, 4)
    for mask in (reference.causal_mask(5, device=device), None):
        expect(encoder(x, mask)).matches(run(given, x, mask))


def test_evaluation_reaches_the_layers(submission, rng, expect):
    """`eval()` and `train()` of the encoder are those of its layers."""
    encoder, given = build(submission, 2, 4, True, step=0.8), draw_weights(rng, 2, 4, True)
    given["norm.bias"] = given["norm.bias"] + 1
    encoder.load_state_dict(given)
    x = rng.normal(2, 3, 4)
    expect(encoder(x)).matches(run(given, x, step=0.8))
    expect(encoder.eval()(x)).matches(run(given, x))
    expect(encoder.train()(x)).matches(run(given, x, step=0.8))


@pytest.mark.parametrize(
    ("dtype", "rounding"),
    [
        pytest.param(torch.float64, 1e-10, id="float64"),
        pytest.param(torch.float16, 4e-3, id="float16"),
        pytest.param(torch.bfloat16, 4e-2, id="bfloat16"),
    ],
)
def test_other_dtypes(submission, rng, expect, dtype, rounding):
    """An encoder moved to another dtype works in it."""
    encoder = build(submission, 2, 6, True).to(dtype)
    given = draw_weights(rng, 2, 6, True, dtype)
    given["norm.weight"], given["norm.bias"] = given["norm.weight"] / 4, given["norm.bias"] / 4
    encoder.load_state_dict(given)
    x = rng.normal(2, 4, 6, dtype=dtype)
    exact = run({name: weight.double() for name, weight in given.items()}, x.double())
    expect(encoder(x)).matches(exact.to(dtype), atol=rounding)


@pytest.mark.points(2)
def test_gradients_reach_x_and_every_layer(submission, rng, expect, device):
    """Gradients reach x and the parameters of every layer and of the norm."""
    encoder, given = build(submission, 3, 4, True), draw_weights(rng, 3, 4, True)
    encoder.load_state_dict(given)
    x, mask, cotangent = rng.normal(2, 5, 4), rng.mask(2, 1, 1, 5), rng.normal(2, 5, 4)
    actual = encoder.gradients(x, mask, cotangent=cotangent)
    leaves = {"x": x, **given}
    leaves = {name: value.clone().requires_grad_() for name, value in leaves.items()}
    output = run({n: v for n, v in leaves.items() if n != "x"}, leaves["x"], mask)
    expected = reference.vjp(output, list(leaves.values()), cotangent)
    found = {"x": actual.inputs[0]} | actual.parameters
    for name, right in zip(leaves, expected, strict=True):
        expect(found[name]).matches(right, because=f"This is the gradient of {name}.")


def test_arguments_are_left_alone(submission, rng, expect):
    """x and the mask hold after the call what they held before."""
    encoder, given = build(submission, 2, 4, True), draw_weights(rng, 2, 4, True)
    encoder.load_state_dict(given)
    x, mask = rng.normal(3, 5, 4), rng.mask(3, 1, 1, 5)
    after = encoder.inputs_after(x, mask)
    expect(after[0]).equals(x, because="Your call changes `x`.")
    expect(after[1]).equals(mask, because="Your call changes `mask`.")
