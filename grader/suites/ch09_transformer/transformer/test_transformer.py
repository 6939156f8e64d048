"""The whole model: the way of the tokens, the three masks, the parts, encode and decode alone."""

import pytest
import torch

import reference

PARTS = """
import torch
from torch import nn

def fill(module, number):
    # Numbers that are the same on both sides, and another for each place.
    for parameter in module.parameters():
        places = torch.arange(parameter.numel(), dtype=parameter.dtype)
        parameter.data.copy_(torch.sin(2.3 * number + 1.7 * places).view_as(parameter))
        number += 1
    return module

class Embeddings(nn.Module):
    def __init__(self, V, D):
        super().__init__()
        self.table = nn.Parameter(torch.empty(V, D))
        self.output = nn.Parameter(torch.empty(V, D))

    def forward(self, tokens):
        return self.table[tokens]

    def project(self, x):
        return x @ self.output.T

class Positions(nn.Module):
    # Also adds a step in training.
    def __init__(self, D):
        super().__init__()
        self.rate = nn.Parameter(torch.empty(D))

    def forward(self, x):
        p = torch.arange(x.size(1), dtype=x.dtype, device=x.device)
        return x + torch.cos(p[:, None] * self.rate) + (0.7 if self.training else 0)

def mean(x, allowed, T):
    # The mean over the tokens of x that each of T queries may attend to.
    B, S, _ = x.shape
    if allowed is None:
        allowed = torch.ones(B, 1, T, S, dtype=torch.bool, device=x.device)
    allowed = allowed.expand(B, 1, T, S)[:, 0]
    share = torch.zeros(B, T, S, dtype=x.dtype, device=x.device).masked_fill(allowed, 1.0)
    return share / share.sum(-1, keepdim=True).clamp(min=1) @ x

class Encoder(nn.Module):
    def __init__(self, D):
        super().__init__()
        self.linear = nn.Linear(D, D)
        self.calls = []

    def forward(self, x, mask=None):
        self.calls.append(mask)
        return x + torch.tanh(self.linear(mean(x, mask, x.size(1))))

    def number_of_calls(self):
        return len(self.calls)

    def last_mask(self):
        return self.calls[-1]

class Decoder(nn.Module):
    def __init__(self, D):
        super().__init__()
        self.own = nn.Linear(D, D)
        self.across = nn.Linear(D, D)
        self.calls = []

    def forward(self, x, memory, mask=None, memory_mask=None):
        self.calls.append(mask)
        x = x + torch.tanh(self.own(mean(x, mask, x.size(1))))
        return x + torch.tanh(self.across(mean(memory, memory_mask, x.size(1))))

    def number_of_calls(self):
        return len(self.calls)

    def last_mask(self):
        return self.calls[-1]

def embeddings(V, D): return fill(Embeddings(V, D), 1)
def positions(D): return fill(Positions(D), 5)
def encoder(D): return fill(Encoder(D), 7)
def decoder(D): return fill(Decoder(D), 11)
"""
V, D = 9, 4


class Model:
    """A submission's model of given parts, and what it has to compute."""

    def __init__(self, submission, device, pad_id=0, dtype=torch.float32):
        helper, here = submission.helper(PARTS), {}
        exec(PARTS, here)
        self.pad_id = pad_id
        sizes = {"embeddings": (V, D), "positions": (D,), "encoder": (D,), "decoder": (D,)}
        parts = {name: getattr(helper, name)(*size) for name, size in sizes.items()}
        self.encoder, self.decoder = parts["encoder"], parts["decoder"]
        self.theirs = submission.Transformer(**parts, pad_id=pad_id).to(device).to(dtype)
        self.ours = torch.nn.ModuleDict({n: here[n](*size) for n, size in sizes.items()})
        self.ours.to(device, dtype).requires_grad_(False)

    def draw_weights(self, rng):
        """New weights for both."""
        given = {
            name: rng.normal(*p.shape, scale=0.7, dtype=p.dtype)
            for name, p in self.ours.named_parameters()
        }
        self.theirs.load_state_dict(given)
        self.ours.load_state_dict(given)
        return self

    def embedded(self, tokens):
        return self.ours["positions"](self.ours["embeddings"](tokens))

    def encode(self, src):
        memory_mask = reference.padding_mask(src, self.pad_id)
        return self.ours["encoder"](self.embedded(src), memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        mask = reference.target_mask(tgt, self.pad_id)
        x = self.ours["decoder"](self.embedded(tgt), memory, mask, memory_mask)
        return self.ours["embeddings"].project(x)

    def logits(self, src, tgt):
        return self.decode(tgt, *self.encode(src))


def draw_tokens(rng, B, length, pad_id=0, padding=True):
    """Any tokens of the vocabulary, the first of each row real, and padding anywhere else."""
    tokens = (pad_id + rng.integers(1, V, B, length)) % V
    if padding and length > 1:
        tokens[:, 1:] = tokens[:, 1:].masked_fill(~rng.mask(B, length - 1), pad_id)
    return tokens


@pytest.fixture
def model(submission, rng, device):
    return Model(submission, device).draw_weights(rng)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "S", "T"),
    [
        pytest.param(2, 6, 4, id="the source is longer"),
        pytest.param(3, 4, 7, id="the target is longer"),
        pytest.param(3, 5, 5, id="both are equally long"),
        pytest.param(4, 4, 4, id="as many sequences as tokens"),
        pytest.param(1, 5, 3, id="one sequence"),
        pytest.param(3, 1, 4, id="one source token"),
        pytest.param(3, 4, 1, id="one target token"),
        pytest.param(1, 1, 1, id="one of everything"),
    ],
)
def test_from_tokens_to_logits(model, rng, expect, B, S, T):
    """Without padding: embeddings, positions, encoder, decoder, logits."""
    src, tgt = (draw_tokens(rng, B, length, padding=False) for length in (S, T))
    expect(model.theirs(src, tgt)).matches(model.logits(src, tgt))


@pytest.mark.points(3)
@pytest.mark.parametrize("where", ["source", "target", "both"])
def test_padding_is_hidden(model, rng, expect, where):
    """Padding is hidden as a key: the source's in both stacks, the target's in the decoder."""
    for S, T in ((6, 4), (5, 7), (5, 5)):
        src = draw_tokens(rng, 3, S, padding=where != "target")
        tgt = draw_tokens(rng, 3, T, padding=where != "source")
        expect(model.theirs(src, tgt)).matches(model.logits(src, tgt))


@pytest.mark.points(2)
@pytest.mark.parametrize("pad_id", [0, 1, 5, V - 1])
def test_any_token_can_be_padding(submission, rng, expect, device, pad_id):
    """Padding is the token pad_id. Another token is none, were it 0."""
    model = Model(submission, device, pad_id).draw_weights(rng)
    src, tgt = draw_tokens(rng, 3, 6, pad_id), draw_tokens(rng, 3, 5, pad_id)
    expect(model.theirs(src, tgt)).matches(model.logits(src, tgt))


@pytest.mark.points(2)
def test_the_future_is_hidden(model, rng, expect):
    """A target token changes the logits from its own position on, and none before."""
    src, tgt = draw_tokens(rng, 2, 4), draw_tokens(rng, 2, 6, padding=False)
    before = model.theirs(src, tgt)
    for t in (5, 3, 1):
        other = tgt.clone()
        other[:, t] = other[:, t] % (V - 1) + 1
        after = model.theirs(src, other)
        expect(after).matches(model.logits(src, other))
        because = f"Only target token {t} differs; these are the logits before it."
        expect(after[:, :t]).matches(before[:, :t], because=because)


@pytest.mark.points(2)
def test_the_source_alone(model, rng, expect):
    """`encode` gives the memory and its mask, (B, 1, 1, S)."""
    for B, S in ((3, 5), (1, 4), (2, 1)):
        src = draw_tokens(rng, B, S)
        memory, memory_mask = model.theirs.encode(src)
        expected, mask = model.encode(src)
        expect(memory).matches(expected)
        expect(memory_mask).equals(mask)
        expect(model.encoder.last_mask()).equals(mask, because="The mask of the encoder.")


@pytest.mark.points(2)
def test_the_target_alone(model, rng, expect):
    """`decode` takes any memory, with the mask that is given, also where S is not T."""
    for B, S, T in ((3, 5, 4), (2, 3, 6), (3, 4, 4), (2, 4, 1)):
        tgt, memory = draw_tokens(rng, B, T), rng.normal(B, S, D)
        memory_mask = rng.mask(B, 1, 1, S)
        found = model.theirs.decode(tgt, memory, memory_mask)
        expect(found).matches(model.decode(tgt, memory, memory_mask))
        mask = reference.target_mask(tgt, 0)
        expect(model.decoder.last_mask()).equals(mask, because="The decoder's own mask.")


def test_far_sizes(model, rng, expect):
    """A memory, and logits, that are far larger or smaller than usual count as they are."""
    weights = {name: p.clone() for name, p in model.ours.named_parameters()}
    for size in (1e30, 1e-30):
        given = dict(weights)
        given["decoder.across.weight"] = weights["decoder.across.weight"] / size
        given["embeddings.output"] = weights["embeddings.output"] * size
        model.theirs.load_state_dict(given)
        model.ours.load_state_dict(given)
        tgt, memory_mask = draw_tokens(rng, 2, 4), rng.mask(2, 1, 1, 5)
        memory = size * rng.normal(2, 5, D)
        found = model.theirs.decode(tgt, memory, memory_mask)
        expect(found / size).matches(model.decode(tgt, memory, memory_mask) / size)


@pytest.mark.points(2)
def test_the_parts_themselves_are_used(submission, rng, expect, device):
    """The parameters are those of the parts, by their names, and new weights reach the parts."""
    model = Model(submission, device)
    src, tgt = draw_tokens(rng, 2, 4), draw_tokens(rng, 2, 3)
    expect(model.theirs(src, tgt)).matches(model.logits(src, tgt))
    for name, value in model.ours.named_parameters():
        expect(model.theirs.parameters()[name]).matches(value)
    model.draw_weights(rng)
    expect(model.theirs(src, tgt)).matches(model.logits(src, tgt))
    for name in ("encoder", "decoder"):
        found = getattr(model, name).parameters()
        for own, value in model.ours[name].named_parameters():
            because = f"`{own}` of the {name}, after new weights were given to the model."
            expect(found[own]).matches(value, because=because)


@pytest.mark.points(1)
def test_each_stack_runs_once(model, rng, expect):
    """In one call encoder and decoder each run once."""
    src, tgt = draw_tokens(rng, 2, 4), draw_tokens(rng, 2, 5)
    for calls in (1, 2):
        expect(model.theirs(src, tgt)).matches(model.logits(src, tgt))
        for name in ("encoder", "decoder"):
            because = f"So often the {name} has run after {calls} of the model's calls."
            expect(getattr(model, name).number_of_calls()).equals(calls, because=because)


def test_each_call_stands_alone(model, rng, expect):
    """A call depends on its own tokens, given by position or by name."""
    for S, T in ((5, 4), (5, 4), (3, 6), (5, 4)):
        src, tgt = draw_tokens(rng, 2, S), draw_tokens(rng, 2, T)
        expect(model.theirs(tgt=tgt, src=src)).matches(model.logits(src, tgt))
    memory, memory_mask = model.encode(src)
    found = model.theirs.decode(memory_mask=memory_mask, memory=memory, tgt=tgt)
    expect(found).matches(model.decode(tgt, memory, memory_mask))


def test_evaluation_reaches_the_parts(model, rng, expect):
    """`eval()` and `train()` of the model are those of its parts."""
    src, tgt = draw_tokens(rng, 2, 4), draw_tokens(rng, 2, 5)
    for mode in ("eval", "train"):
        getattr(model.theirs, mode)()
        getattr(model.ours, mode)()
        expect(model.theirs(src, tgt)).matches(model.logits(src, tgt))


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=str)
def test_other_dtypes(submission, rng, expect, device, dtype):
    """A model moved to another dtype works in it."""
    model = Model(submission, device, 2, dtype).draw_weights(rng)
    src, tgt = draw_tokens(rng, 2, 5, 2), draw_tokens(rng, 2, 4, 2)
    expect(model.theirs(src, tgt)).matches(model.logits(src, tgt))


@pytest.mark.points(2)
def test_gradients_reach_all_parts(model, rng, expect):
    """Gradients reach the parameters of every part."""
    src, tgt, cotangent = draw_tokens(rng, 3, 5), draw_tokens(rng, 3, 4), rng.normal(3, 4, V)
    found = model.theirs.gradients(src, tgt, cotangent=cotangent).parameters
    model.ours.requires_grad_(True)
    given = dict(model.ours.named_parameters())
    expected = reference.vjp(model.logits(src, tgt), list(given.values()), cotangent)
    for name, right in zip(given, expected, strict=True):
        expect(found[name]).matches(right, because=f"This is the gradient of {name}.")


def test_arguments_are_left_alone(model, rng, expect):
    """The tokens hold after the call what they held before, also where they are transposed."""
    src, tgt = draw_tokens(rng, 5, 3).T, draw_tokens(rng, 4, 3).T
    src[:, 0], tgt[:, 0] = 1, 2
    expect(model.theirs(src, tgt)).matches(model.logits(src, tgt))
    after = model.theirs.inputs_after(src, tgt)
    expect(after[0]).equals(src, because="Your call changes `src`.")
    expect(after[1]).equals(tgt, because="Your call changes `tgt`.")
