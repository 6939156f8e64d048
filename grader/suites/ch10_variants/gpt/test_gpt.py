"""The language model: parts, causal mask, logits of every position; how it continues a text.

How often a token is drawn may lie away from what is to be expected by as much as chance allows: a
right answer leaves these limits with a probability below 10⁻¹³ for each count.
"""

import math

import pytest
import torch
import torch.nn.functional as F

import reference

PARTS = """
import torch
import torch.nn.functional as F
from torch import nn


class Embeddings(nn.Module):
    def __init__(self, size, width):
        super().__init__()
        self.embedding = nn.Embedding(size, width)
        nn.init.constant_(self.embedding.weight, 0.5)

    def forward(self, tokens):
        return 2 * self.embedding(tokens)

    def project(self, x):
        return F.linear(x, self.embedding.weight)


class Positions(nn.Module):
    def __init__(self, length, width):
        super().__init__()
        self.embedding = nn.Embedding(length, width)

    def forward(self, x):
        return x + self.embedding.weight[: x.size(1)]


class Decoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, width)
        self.calls = []

    def forward(self, x, mask=None, /):
        self.calls.append((tuple(x.shape), mask))
        scores = x @ x.mT / x.size(-1)
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf)
        gain = 1.0 if self.training else 0.5
        return x + gain * scores.softmax(dim=-1) @ self.linear(x)

    def masks(self):
        return [mask for _, mask in self.calls]

    def number_of_calls(self):
        return len(self.calls)


def generator(seed, device):
    return torch.Generator(device).manual_seed(seed)
"""


def draw_weights(rng, V, D, max_len, dtype=torch.float32, scale=0.5):
    sizes = {
        "embeddings.embedding.weight": (V, D),
        "positions.embedding.weight": (max_len, D),
        "decoder.linear.weight": (D, D),
        "decoder.linear.bias": (D,),
    }
    return {name: rng.normal(*size, scale=scale, dtype=dtype) for name, size in sizes.items()}


def build(submission, given, parts=None):
    """The learner's model with these weights."""
    parts = parts or submission.helper(PARTS)
    V, D = given["embeddings.embedding.weight"].shape
    max_len = len(given["positions.embedding.weight"])
    model = submission.GPT(
        parts.Embeddings(V, D), parts.Positions(max_len, D), parts.Decoder(D), max_len
    )
    if given["decoder.linear.bias"].dtype is not torch.float32:
        model.to(given["decoder.linear.bias"].dtype)
    model.load_state_dict(given)
    return model


def run(given, tokens, gain=1.0):
    """The logits that the model with these weights gives."""
    table = given["embeddings.embedding.weight"]
    x = 2 * table[tokens] + given["positions.embedding.weight"][: tokens.size(1)]
    mask = reference.causal_mask(tokens.size(1), device=tokens.device)
    scores = (x @ x.mT / x.size(-1)).masked_fill(~mask, -torch.inf)
    hidden = F.linear(x, given["decoder.linear.weight"], given["decoder.linear.bias"])
    return F.linear(x + gain * scores.softmax(dim=-1) @ hidden, table)


def continued(given, tokens, max_new, gain=1.0):
    """The most probable tokens, one after the other."""
    max_len = len(given["positions.embedding.weight"])
    for _ in range(max_new):
        chosen = run(given, tokens[:, -max_len:], gain)[:, -1].argmax(dim=-1, keepdim=True)
        tokens = torch.cat((tokens, chosen), dim=1)
    return tokens


def chance(n, p):
    """How far counts of n draws, each a hit with probability p, lie from n·p: Bernstein's bound."""
    rare = math.log(2 / 1e-13)
    return rare / 3 + (rare**2 / 9 + 2 * n * p * (1 - p) * rare).sqrt()


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "T", "V", "D", "max_len"),
    [
        pytest.param(2, 5, 7, 4, 9, id="all sizes different"),
        pytest.param(4, 4, 4, 4, 4, id="all sizes equal"),
        pytest.param(3, 6, 11, 2, 6, id="as long as possible"),
        pytest.param(1, 1, 5, 3, 8, id="one token"),
        pytest.param(2, 3, 2, 1, 4, id="a width of 1"),
    ],
)
def test_logits(submission, rng, expect, B, T, V, D, max_len):
    """At every position the logits of the token that follows, with the future hidden."""
    given, tokens = draw_weights(rng, V, D, max_len), rng.integers(0, V, B, T)
    expect(build(submission, given)(tokens)).matches(run(given, tokens))


@pytest.mark.points(2)
def test_the_future_is_hidden(submission, rng, expect):
    """Logits do not move when only later tokens change, and do when an earlier one changes."""
    given = draw_weights(rng, 9, 4, 8)
    model, tokens = build(submission, given), rng.integers(0, 9, 2, 6)
    found = model(tokens)
    expect(found).matches(run(given, tokens))
    other = tokens.clone()
    other[:, 3:] = (other[:, 3:] + rng.integers(1, 9, 2, 3)) % 9
    expect(model(other)[:, :3]).matches(found[:, :3], because="Only later tokens have changed.")


@pytest.mark.points(2)
def test_the_mask(submission, rng, expect, device):
    """The decoder runs once in a call, with a Boolean mask (T, T) that hides the future."""
    given, parts = draw_weights(rng, 9, 4, 8), submission.helper(PARTS)
    decoder = parts.Decoder(4)
    model = submission.GPT(parts.Embeddings(9, 4), parts.Positions(8, 4), decoder, 8)
    model.load_state_dict(given)
    for calls, T in ((1, 5), (2, 2), (3, 1)):
        tokens = rng.integers(0, 9, 2, T)
        expect(model(tokens)).matches(run(given, tokens))
        because = "This is how often the decoder has run."
        expect(decoder.number_of_calls()).equals(calls, because=because)
    right = [reference.causal_mask(T, device=device) for T in (5, 2, 1)]
    for found, expected in zip(decoder.masks(), right, strict=True):
        expect(found).equals(expected, because="This is the mask that the decoder got.")


@pytest.mark.points(2)
def test_the_parts_are_used_as_they_are(submission, rng, expect):
    """The parts are the modules that were handed in, with their weights, not copies."""
    parts = submission.helper(PARTS)
    embeddings = parts.Embeddings(5, 3)
    model = submission.GPT(
        max_len=6, decoder=parts.Decoder(3), positions=parts.Positions(6, 3), embeddings=embeddings
    )
    expect(model.parameters()["embeddings.embedding.weight"]).equals(0.5)
    given = draw_weights(rng, 5, 3, 6)
    model.load_state_dict(given)
    tokens = rng.integers(0, 5, 2, 4)
    expect(model(tokens=tokens)).matches(run(given, tokens))
    because = "The model has new weights, and its embeddings are the module that was handed in."
    right = 2 * given["embeddings.embedding.weight"][tokens]
    expect(embeddings(tokens)).matches(right, because=because)


@pytest.mark.parametrize("max_len", [1, 4])
def test_too_many_tokens(submission, rng, expect, max_len):
    """More than max_len tokens at once are a ValueError; as many as max_len are not."""
    given = draw_weights(rng, 5, 3, 7)
    parts = submission.helper(PARTS)
    model = submission.GPT(parts.Embeddings(5, 3), parts.Positions(7, 3), parts.Decoder(3), max_len)
    model.load_state_dict(given)
    tokens = rng.integers(0, 5, 2, max_len)
    expect(model(tokens)).matches(run(given, tokens))
    model.raises(ValueError, rng.integers(0, 5, 2, max_len + 1))


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """Gradients reach the parameters of all parts, the token table on both ends."""
    given, tokens = draw_weights(rng, 6, 4, 8, torch.float64), rng.integers(0, 6, 2, 5)
    cotangent = rng.normal(2, 5, 6, dtype=torch.float64)
    actual = build(submission, given).gradients(tokens, cotangent=cotangent).parameters
    leaves = {name: one.clone().requires_grad_() for name, one in given.items()}
    right = reference.vjp(run(leaves, tokens), list(leaves.values()), cotangent)
    for name, expected in zip(leaves, right, strict=True):
        expect(actual[name]).matches(expected, because=f"This is the gradient of `{name}`.")


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "T", "V", "max_len", "max_new"),
    [
        pytest.param(2, 3, 13, 20, 6, id="room for all"),
        pytest.param(4, 4, 11, 8, 4, id="exactly as much as there is room for"),
        pytest.param(3, 5, 12, 6, 7, id="beyond the room"),
        pytest.param(2, 6, 14, 4, 3, id="a beginning beyond the room"),
        pytest.param(3, 2, 10, 1, 4, id="room for one token"),
        pytest.param(1, 1, 15, 9, 1, id="one token more"),
    ],
)
def test_the_most_probable_tokens(submission, rng, expect, B, T, V, max_len, max_new):
    """At temperature 0 each new token has the largest logit after all before it."""
    given, tokens = draw_weights(rng, V, 5, max_len, torch.float64), rng.integers(0, V, B, T)
    model = build(submission, given)
    found = model.generate(tokens, max_new, temperature=0)
    expect(found).equals(continued(given, tokens, max_new))
    expect(model.generate(tokens, max_new, 0.0)).equals(found)


def test_no_new_tokens(submission, rng, expect):
    """With max_new = 0 the beginning comes back, and with 1 one token more."""
    given, tokens = draw_weights(rng, 9, 4, 6, torch.float64), rng.integers(0, 9, 2, 4)
    model = build(submission, given)
    for max_new in (1, 0):
        found = model.generate(max_new=max_new, tokens=tokens, temperature=0)
        expect(found).equals(continued(given, tokens, max_new))


def test_training_and_evaluation(submission, rng, expect):
    """generate runs in the mode that the model is in, and leaves it."""
    given, tokens = draw_weights(rng, 12, 5, 9, torch.float64), rng.integers(0, 12, 2, 3)
    model = build(submission, given)
    for mode, gain in ((model.eval, 0.5), (model.train, 1.0), (model.eval, 0.5)):
        found = mode().generate(tokens, 5, temperature=0)
        expect(found).equals(continued(given, tokens, 5, gain))
        expect(model(tokens)).matches(run(given, tokens, gain), because="Tokens were generated.")


@pytest.mark.points(3)
@pytest.mark.parametrize("temperature", [1.0, 0.5, 2.5, 0.05, 0.001])
def test_shares_of_drawn_tokens(submission, rng, expect, temperature):
    """Tokens are drawn from the softmax of the logits, divided by the temperature."""
    N, V = 4000, 5
    scale = 0.5 * min(temperature, 1.0) ** 0.5  # logits that lie close enough together
    given, beginning = draw_weights(rng, V, 4, 6, scale=scale), rng.integers(0, V, 1, 3)
    tokens = beginning.expand(N, 3)
    found = build(submission, given).generate(tokens, 1, temperature)
    expect(found[:, :3]).equals(tokens, because="These are the beginnings.")
    p = (run(given, beginning)[0, -1].double() / temperature).softmax(dim=-1)
    counts = torch.bincount(found[:, 3].clamp(0, V - 1), minlength=V)
    because = (
        "This is how far your counts lie from what is to be expected, over what chance allows."
    )
    expect((counts - N * p).abs() / chance(N, p)).is_between(0.0, 1.0, because=because)


@pytest.mark.parametrize(
    ("V", "scale"),
    [pytest.param(3, 0.5, id="uneven logits"), pytest.param(5, 0.2, id="any token after any")],
)
def test_the_usual_temperature(submission, rng, expect, V, scale):
    """Without a temperature tokens are drawn at 1, and the second is drawn after the first."""
    N = 4000
    given, beginning = draw_weights(rng, V, 4, 6, scale=scale), rng.integers(0, V, 1, 2)
    found = build(submission, given).generate(beginning.expand(N, 2), 2)
    first = run(given, beginning)[0, -1].double().softmax(dim=-1)
    after = torch.cat((beginning.expand(V, 2), torch.arange(V, device=first.device)[:, None]), 1)
    p = (first[:, None] * run(given, after)[:, -1].double().softmax(dim=-1)).flatten()
    pairs = (found[:, 2] * V + found[:, 3]).clamp(0, V * V - 1)
    counts = torch.bincount(pairs, minlength=V * V)
    because = "This is how far the counts of pairs of new tokens lie off, over what chance allows."
    expect((counts - N * p).abs() / chance(N, p)).is_between(0.0, 1.0, because=because)


def test_improbable_tokens(submission, rng, expect):
    """Of many tokens the less probable ones are drawn, too, each as often as it should be."""
    N, V = 2000, 240
    given, beginning = draw_weights(rng, V, 4, 3, scale=0.3), rng.integers(0, V, 1, 1)
    found = build(submission, given).generate(beginning.expand(N, 1), 1)
    p = run(given, beginning)[0, -1].double().softmax(dim=-1)
    order = p.argsort(descending=True)
    counts = torch.bincount(found[:, 1].clamp(0, V - 1), minlength=V)
    # Six groups of 40 tokens, from the most probable ones to the least probable ones.
    p, counts = (one[order].view(6, 40).sum(dim=1) for one in (p, counts))
    because = "Tokens by probability, in groups of 40: how far counts lie off, over what may be."
    expect((counts - N * p).abs() / chance(N, p)).is_between(0.0, 1.0, because=because)


def test_rows_that_begin_alike(submission, rng, expect):
    """Rows that begin alike go on differently, since each row draws on its own."""
    N, V = 40, 9
    given, beginning = draw_weights(rng, V, 4, 9, scale=0.2), rng.integers(0, V, 1, 2)
    found = build(submission, given).generate(beginning.expand(N, 2), 7)
    share = float((found == found[:1]).all(dim=1).double().mean())
    because = "This is the share of rows that are the first one over again, with all 7 new tokens."
    expect(share).is_between(0.0, 0.5, because=because)


@pytest.mark.points(2)
def test_generators(submission, rng, expect, device):
    """Generators in the same state give the same tokens, and in another state others."""
    given, tokens = draw_weights(rng, 9, 4, 6, scale=0.2), rng.integers(0, 9, 20, 2)
    parts = submission.helper(PARTS)
    model = build(submission, given, parts)

    def draw(seed):
        generator = parts.generator(seed, str(device))
        return model.generate(tokens, 3, 1.0, generator=generator)

    found = draw(5)
    because = "The generator is in the same state as before."
    expect(draw(5)).equals(found, because=because)
    expect(draw(6)).differs_from(found, because="The generator is in another state.")
    model.generate(tokens, 1, 1.0)
    expect(draw(5)).equals(found, because=because)


def test_float64(submission, rng, expect):
    """After `.to(torch.float64)` the model computes in float64."""
    given, tokens = draw_weights(rng, 8, 4, 6, torch.float64), rng.integers(0, 8, 2, 5)
    expect(build(submission, given)(tokens)).matches(run(given, tokens))


def test_arguments_are_left_alone(submission, rng, expect):
    """The tokens hold after the call what they held before."""
    model = build(submission, draw_weights(rng, 8, 4, 9))
    tokens = rng.integers(0, 8, 2, 4)
    expect(model.inputs_after(tokens)[0]).equals(tokens, because="Your call changes tokens.")
    after = model.generate.inputs_after(tokens, 3, 0.0)[0]
    expect(after).equals(tokens, because="generate changes tokens.")
