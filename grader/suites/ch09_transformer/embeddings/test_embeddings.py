"""The table: rows picked and scaled on the way in, dot products on the way out, one parameter."""

import math

import pytest
import torch

NAME = "embedding.weight"
WAY_OUT = """
from torch import nn

class WayOut(nn.Module):
    def __init__(self, embeddings):
        super().__init__()
        self.embeddings = embeddings

    def forward(self, x):
        return self.embeddings.project(x)

def way_out(embeddings):
    return WayOut(embeddings)
"""


def build(submission, table):
    """A layer with the given table (V, D)."""
    layer = submission.Embeddings(*table.shape)
    layer.load_state_dict({NAME: table})
    return layer


def embedded(table, tokens):
    """In float64, in the dtype of the table."""
    return (table.double()[tokens] * math.sqrt(table.size(1))).to(table.dtype)


def projected(table, x):
    """In float64, in the dtype of x."""
    return (x.double() @ table.double().T).to(x.dtype)


sizes = pytest.mark.parametrize(
    ("V", "D"),
    [
        pytest.param(7, 5, id="more tokens than features"),
        pytest.param(5, 7, id="more features than tokens"),
        pytest.param(6, 6, id="both sizes equal"),
        pytest.param(1, 4, id="one token"),
        pytest.param(4, 1, id="one feature"),
        pytest.param(9, 16, id="a power of two"),
    ],
)


@pytest.mark.points(3)
@sizes
def test_rows_are_picked_and_scaled(submission, rng, expect, V, D):
    """A token becomes its row of the table, times √D."""
    table, tokens = rng.normal(V, D), rng.integers(0, V, 3, 4)
    tokens[0, 0] = 0  # a token like any other
    expect(build(submission, table)(tokens)).matches(embedded(table, tokens))


@pytest.mark.points(3)
@sizes
def test_logits_are_dot_products(submission, rng, expect, V, D):
    """The logit of a token is the dot product with its row, without factor and bias."""
    table, x = rng.normal(V, D), rng.normal(3, 4, D)
    expect(build(submission, table).project(x)).matches(projected(table, x))


@pytest.mark.points(2)
def test_one_table_for_both(submission, rng, expect):
    """Where the table changes, both ends change: there is one parameter."""
    layer = submission.Embeddings(6, 4)
    for _ in range(2):
        table, tokens, x = rng.normal(6, 4), rng.integers(0, 6, 2, 5), rng.normal(2, 5, 4)
        layer.load_state_dict({NAME: table})
        expect(layer(tokens)).matches(embedded(table, tokens))
        expect(layer.project(x)).matches(projected(table, x))
    expect(layer.parameters()[NAME]).matches(table)


@pytest.mark.points(2)
def test_how_the_table_starts(submission, rng, expect):
    """At first entries have mean 0 and variance 1/D, so embedded features have variance 1."""
    # Each bound is seven standard errors away: a right table misses one less than once in 10⁹.
    V, D = 500, 40
    tokens, x = rng.permutation(V), torch.eye(D, device=rng.normal(1).device)
    layer = submission.Embeddings(V, D)
    found = layer(tokens)
    because = "This is the {} of the {} features of all tokens of a new layer.".format
    expect(found.mean()).is_between(-0.05, 0.05, because=because("mean", V * D))
    expect(found.var()).is_between(0.93, 1.07, because=because("variance", V * D))
    because = "In a new layer, features are drawn one by one. This is the standard deviation of "
    spread = found.mean(1).std()
    expect(spread).is_between(0.123, 0.194, because=because + "their means over a token.")
    expect(found.mean(0)).is_between(-0.32, 0.32, because="A feature's mean over all tokens.")
    expect(layer.project(x).T[tokens] * math.sqrt(D)).matches(found)
    other = submission.Embeddings(V, D)(tokens)
    expect(other).differs_from(found, because="This is a second new layer.")


@pytest.mark.points(2)
@pytest.mark.parametrize("shape", [(5,), (1,), (4, 1), (1, 4), (2, 3, 4), (2, 1, 3, 2)], ids=str)
def test_any_number_of_dimensions(submission, rng, expect, shape):
    """Tokens and vectors may come in any number of dimensions."""
    table = rng.normal(6, 3)
    layer = build(submission, table)
    tokens, x = rng.integers(0, 6, *shape), rng.normal(*shape, 3)
    expect(layer(tokens)).matches(embedded(table, tokens))
    expect(layer.project(x)).matches(projected(table, x))


def test_rows_of_any_size(submission, rng, expect):
    """Neither large rows nor large vectors are brought to another length."""
    for scale in (1e-3, 30.0):
        table, tokens = rng.normal(5, 6, scale=scale), rng.integers(0, 5, 2, 3)
        layer, x = build(submission, table), rng.normal(2, 3, 6, scale=scale)
        expect(layer(tokens=tokens)).matches(embedded(table, tokens))
        expect(layer.project(x=x)).matches(projected(table, x), atol=1e-8 + 1e-6 * scale**2)


def test_each_call_stands_alone(submission, rng, expect):
    """Nothing is kept from one call to the next, and training mode makes no difference."""
    table = rng.normal(7, 4)
    layer = build(submission, table)
    for mode in ("train", "eval", "train"):
        getattr(layer, mode)()
        tokens, x = rng.integers(0, 7, 2, 6), rng.normal(3, 4)
        expect(layer(tokens)).matches(embedded(table, tokens))
        expect(layer.project(x)).matches(projected(table, x))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16], ids=str)
def test_other_dtypes(submission, rng, expect, dtype):
    """A layer moved to another dtype works in it."""
    # √4 is exact in every dtype, also where it was computed before the move.
    table = rng.normal(6, 4, scale=0.4, dtype=dtype)
    layer = submission.Embeddings(6, 4).to(dtype)
    layer.load_state_dict({NAME: table})
    tokens, x = rng.integers(0, 6, 2, 3), rng.normal(2, 3, 4, scale=0.4, dtype=dtype)
    expect(layer(tokens)).matches(embedded(table, tokens))
    expect(layer.project(x)).matches(projected(table, x))


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Arguments that are not contiguous, such as transposed ones, count like any others."""
    table = rng.normal(6, 4)
    layer = build(submission, table)
    tokens, x = rng.integers(0, 6, 5, 3).T, rng.normal(4, 3, 2).transpose(0, 2)
    expect(layer(tokens)).matches(embedded(table, tokens))
    expect(layer.project(x)).matches(projected(table, x))


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """Gradients reach the table from both ends, and x: also for a token that stands twice."""
    table, tokens, x = rng.normal(6, 4), rng.integers(0, 6, 3, 5), rng.normal(3, 5, 4)
    layer = build(submission, table)
    cotangent = rng.normal(3, 5, 4)
    expected = torch.zeros_like(table)
    expected.index_add_(0, tokens.flatten(), 2 * cotangent.flatten(0, 1))
    found = layer.gradients(tokens, cotangent=cotangent).parameters[NAME]
    expect(found).matches(expected, because="The gradient of the table, from what was looked up.")
    cotangent = rng.normal(3, 5, 6)
    found = submission.helper(WAY_OUT).way_out(layer).gradients(x, cotangent=cotangent)
    expect(found.inputs[0]).matches(cotangent @ table, because="The gradient of x.")
    expected = cotangent.flatten(0, 1).T @ x.flatten(0, 1)
    because = "The gradient of the table, from the logits."
    expect(found.parameters["embeddings." + NAME]).matches(expected, because=because)


def test_arguments_are_left_alone(submission, rng, expect):
    """Tokens and vectors hold after the call what they held before."""
    layer = build(submission, rng.normal(6, 4))
    tokens, x = rng.integers(0, 6, 3, 5), rng.normal(3, 5, 4)
    expect(layer.inputs_after(tokens)[0]).equals(tokens, because="Your call changes `tokens`.")
    expect(layer.project.inputs_after(x)[0]).equals(x, because="Your call changes `x`.")
