"""The stack: layers of their own in their order, one memory, two masks, the norm at the end."""

import pytest
import torch

import reference

LAYERS = """
import torch
from torch import nn

class Layer(nn.Module):
    # A token adds maps of the means of what it may see in x and in the memory; a step in training.
    def __init__(self, number):
        super().__init__()
        self.heard, self.read = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        for parameter in self.parameters():
            places = torch.arange(parameter.numel(), dtype=parameter.dtype)
            nn.init.zeros_(parameter)
            parameter.data += torch.sin(3.0 * number + 1.7 * places).view_as(parameter)

    def forward(self, x, memory, mask=None, memory_mask=None):
        x = x + torch.tanh(self.heard(mean(x, x, mask)))
        x = x + torch.tanh(self.read(mean(x, memory, memory_mask)))
        return x + (STEP if self.training else 0)

def mean(x, tokens, mask):
    T, S = x.size(1), tokens.size(1)
    allowed = torch.ones(T, S, dtype=torch.bool, device=x.device) if mask is None else mask
    allowed = allowed[:, 0].expand(-1, T, S) if allowed.dim() == 4 else allowed
    share = torch.zeros_like(allowed, dtype=x.dtype).masked_fill(allowed, 1.0)
    return share / share.sum(-1, keepdim=True).clamp(min=1) @ tokens

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
    return submission.Decoder(L, make_layer, width, norm_first)


def draw_weights(rng, L, width, norm_first, dtype=torch.float32):
    given = {}
    for i in range(L):
        for name in ("heard", "read"):
            weight = rng.normal(width, width, scale=0.6, dtype=dtype)
            given[f"layers.{i}.{name}.weight"] = weight
            given[f"layers.{i}.{name}.bias"] = rng.normal(width, scale=0.6, dtype=dtype)
    if norm_first:
        given["norm.weight"] = rng.uniform(width, low=0.5, high=2.0, dtype=dtype)
        given["norm.bias"] = rng.normal(width, dtype=dtype)
    return given


def draw_inputs(rng, B, T, S, width, dtype=torch.float32):
    """x and a memory that has neither mean 0 nor spread 1, so that a norm would change it."""
    x = rng.normal(B, T, width, dtype=dtype)
    return x, rng.normal(B, S, width, scale=1.5, dtype=dtype) - 0.4


def run(given, x, memory, mask=None, memory_mask=None, step=0.0):
    """What the stack with these weights makes of x."""
    here = {}
    exec(source(x.size(-1), step), here)
    L = sum(name.endswith("heard.weight") for name in given)
    for i in range(L):
        layer = here["Layer"](i).to(x.device, x.dtype).requires_grad_(False)
        prefix = f"layers.{i}."
        own = {n.removeprefix(prefix): w for n, w in given.items() if n.startswith(prefix)}
        x = torch.func.functional_call(layer, own, (x, memory, mask, memory_mask))
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
    """Each layer reads what the one before it gave, and the same memory as all others."""
    decoder, given = build(submission, L, 5, norm_first), draw_weights(rng, L, 5, norm_first)
    decoder.load_state_dict(given)
    for S in (6, 3, 4):
        inputs = draw_inputs(rng, 2, 4, S, 5)
        expect(decoder(*inputs)).matches(run(given, *inputs))


@pytest.mark.points(2)
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
        helper, inputs = submission.helper(source(3)), draw_inputs(rng, 2, 4, 5, 3)
        decoder = submission.Decoder(L, helper.make_layer, 3, norm_first)
        because = "The decoder is new; its weights are those that make_layer gave."
        expect(decoder(*inputs)).matches(run(expected, *inputs), because=because)
        because = "This is how often your decoder has called make_layer."
        expect(helper.number_of_calls()).equals(L, because=because)
        found = decoder.parameters()
        for name, value in expected.items():
            expect(found[name]).matches(value, because=f"This is `{name}` of a new decoder.")


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("given_masks", "norm_first"),
    [
        pytest.param("both", True, id="both-norm first"),
        pytest.param("both", False, id="both-norm last"),
        pytest.param("mask alone", True, id="mask alone-norm first"),
        pytest.param("memory_mask alone", False, id="memory_mask alone-norm last"),
    ],
)
def test_every_layer_gets_both_masks(submission, rng, expect, device, given_masks, norm_first):
    """Each mask reaches every layer as it is, and in its own place."""
    decoder, given = build(submission, 3, 4, norm_first), draw_weights(rng, 3, 4, norm_first)
    decoder.load_state_dict(given)
    tokens = rng.integers(1, 9, 3, 5)
    tokens[1, 3:] = 0
    mask, memory_mask = reference.target_mask(tokens, 0), rng.mask(3, 1, 1, 5)
    masks = {
        "both": (mask, memory_mask),
        "mask alone": (mask,),
        "memory_mask alone": (None, memory_mask),
    }[given_masks]
    inputs = draw_inputs(rng, 3, 5, 5, 4)
    expect(decoder(*inputs, *masks)).matches(run(given, *inputs, *masks))


@pytest.mark.points(2)
@orders
def test_no_layer_sees_the_future_or_padding(submission, rng, expect, device, norm_first):
    """Later target tokens and the padding of the source change nothing, in no layer."""
    decoder, given = build(submission, 3, 4, norm_first), draw_weights(rng, 3, 4, norm_first)
    decoder.load_state_dict(given)
    (x, memory), causal = draw_inputs(rng, 2, 5, 6, 4), reference.causal_mask(5, device=device)
    real = torch.arange(6, device=device) < torch.tensor([[6], [4]], device=device)
    found = decoder(x, memory, causal, real[:, None, None])
    expect(found).matches(run(given, x, memory, causal, real[:, None, None]))
    other = memory.masked_fill(~real[..., None], 50.0)
    because = "Only the padding of the memory differs from the call before."
    expect(decoder(x, other, causal, real[:, None, None])).matches(found, because=because)
    later = torch.cat([x[:, :3], x[:, 3:] + 20], dim=1)
    because = "Only target tokens 3 and 4 differ from the first call."
    after = decoder(later, memory, causal, real[:, None, None])
    expect(after[:, :3]).matches(found[:, :3], because=because)


@pytest.mark.points(2)
def test_the_last_norm(submission, rng, expect):
    """The last norm runs over the features of a token, and eps = 1e-5 is added to its variance."""
    decoder, given = build(submission, 2, 4, True), draw_weights(rng, 2, 4, True)
    for name, weight in given.items():
        if name.startswith("layers"):
            weight.zero_()  # the layers then change nothing
    decoder.load_state_dict(given)
    for scale in (1.0, 0.01, 30.0):
        x, memory = rng.normal(2, 3, 4, scale=scale) + scale, rng.normal(2, 5, 4)
        expect(decoder(x, memory)).matches(run(given, x, memory))


def test_far_sizes(submission, rng, expect):
    """Vectors that are far larger or smaller than usual reach the layers, and come out, whole."""
    decoder, given = build(submission, 2, 4), draw_weights(rng, 2, 4, False)
    for name, value in given.items():
        if name.endswith("bias"):
            value.zero_()  # nothing hides what is small
    for size, of_memory in ((1e30, 1.0), (1e-30, 1e-30), (1.0, 1e30)):
        reading = {n: w / max(of_memory, 1.0) for n, w in given.items() if ".read." in n}
        decoder.load_state_dict(given | reading)
        x, memory = draw_inputs(rng, 2, 3, 5, 4)
        x, memory = size * x, of_memory * memory
        expect(decoder(x, memory) / size).matches(run(given | reading, x, memory) / size)


def test_sizes_of_one(submission, rng, expect):
    """Sizes of 1 are sizes like any other, and all may be equal."""
    for B, T, S, width in ((1, 1, 1, 1), (1, 5, 1, 3), (4, 1, 2, 3), (3, 3, 3, 3)):
        decoder, given = build(submission, 2, width), draw_weights(rng, 2, width, False)
        decoder.load_state_dict(given)
        inputs = draw_inputs(rng, B, T, S, width)
        expect(decoder(*inputs)).matches(run(given, *inputs))


def test_each_call_stands_alone(submission, rng, expect, device):
    """A call depends on its own inputs and masks, and a decoder on its own weights."""
    make_layer = submission.helper(source(4)).make_layer
    decoder = submission.Decoder(d_model=4, norm_first=True, make_layer=make_layer, n_layers=2)
    given, others = draw_weights(rng, 2, 4, True), draw_weights(rng, 3, 4, False)
    decoder.load_state_dict(given)
    second = build(submission, 3, 4)
    second.load_state_dict(others)
    for T, S, mask, padding in (
        (5, 6, reference.causal_mask(5, device=device), rng.mask(2, 1, 1, 6)),
        (5, 6, None, None),
        (5, 6, None, rng.mask(5, 6)),
        (3, 4, rng.mask(3, 3), None),
    ):
        x, memory = draw_inputs(rng, 2, T, S, 4)
        found = decoder(memory_mask=padding, mask=mask, memory=memory, x=x)
        expect(found).matches(run(given, x, memory, mask, padding))
        found = second(x, memory, mask, padding)
        expect(found).matches(run(others, x, memory, mask, padding))


def test_evaluation_reaches_the_layers(submission, rng, expect):
    """`eval()` and `train()` of the decoder are those of its layers."""
    decoder, given = build(submission, 2, 4, False, step=0.8), draw_weights(rng, 2, 4, False)
    decoder.load_state_dict(given)
    inputs = draw_inputs(rng, 2, 3, 4, 4)
    expect(decoder(*inputs)).matches(run(given, *inputs, step=0.8))
    expect(decoder.eval()(*inputs)).matches(run(given, *inputs))
    expect(decoder.train()(*inputs)).matches(run(given, *inputs, step=0.8))


@pytest.mark.parametrize(
    ("dtype", "rounding"),
    [
        pytest.param(torch.float64, 1e-10, id="float64"),
        pytest.param(torch.float16, 4e-3, id="float16"),
        pytest.param(torch.bfloat16, 4e-2, id="bfloat16"),
    ],
)
def test_other_dtypes(submission, rng, expect, dtype, rounding):
    """A decoder moved to another dtype works in it."""
    decoder = build(submission, 2, 6, True).to(dtype)
    given = draw_weights(rng, 2, 6, True, dtype)
    given["norm.weight"], given["norm.bias"] = given["norm.weight"] / 4, given["norm.bias"] / 4
    decoder.load_state_dict(given)
    x, memory = draw_inputs(rng, 2, 4, 5, 6, dtype)
    exact = {name: weight.double() for name, weight in given.items()}
    exact = run(exact, x.double(), memory.double())
    expect(decoder(x, memory)).matches(exact.to(dtype), atol=rounding)


@pytest.mark.points(2)
@orders
def test_gradients_reach_everything(submission, rng, expect, norm_first):
    """Gradients reach x, the memory and the parameters of every layer and of the norm."""
    decoder, given = build(submission, 3, 4, norm_first), draw_weights(rng, 3, 4, norm_first)
    decoder.load_state_dict(given)
    (x, memory), cotangent = draw_inputs(rng, 2, 5, 6, 4), rng.normal(2, 5, 4)
    masks = rng.mask(5, 5), rng.mask(2, 1, 1, 6)
    actual = decoder.gradients(x, memory, *masks, cotangent=cotangent)
    leaves = {"x": x, "memory": memory, **given}
    leaves = {name: value.clone().requires_grad_() for name, value in leaves.items()}
    weights = {name: leaves[name] for name in given}
    output = run(weights, leaves["x"], leaves["memory"], *masks)
    expected = reference.vjp(output, list(leaves.values()), cotangent)
    found = dict(zip(("x", "memory"), actual.inputs, strict=False)) | actual.parameters
    for name, right in zip(leaves, expected, strict=True):
        expect(found[name]).matches(right, because=f"This is the gradient of {name}.")


def test_arguments_are_left_alone(submission, rng, expect):
    """x, the memory and both masks hold after the call what they held before."""
    decoder, given = build(submission, 2, 4, True), draw_weights(rng, 2, 4, True)
    decoder.load_state_dict(given)
    x, memory = draw_inputs(rng, 3, 5, 6, 4)
    mask, padding = rng.mask(5, 5), rng.mask(3, 1, 1, 6)
    before = {"x": x, "memory": memory, "mask": mask, "memory_mask": padding}
    after = decoder.inputs_after(*before.values())
    for now, (name, then) in zip(after, before.items(), strict=True):
        expect(now).equals(then, because=f"Your call changes `{name}`.")
