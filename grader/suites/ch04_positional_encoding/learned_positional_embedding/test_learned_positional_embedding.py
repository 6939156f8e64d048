"""Learned positions: which rows are added, what is trained, the end of the table."""

import pytest
import torch


def given_layer(submission, rng, max_len, d_model, dtype=torch.float32):
    """A layer and the table that it was given."""
    layer = submission.LearnedPositionalEmbedding(max_len, d_model).to(dtype)
    table = rng.normal(max_len, d_model, dtype=dtype)
    layer.load_state_dict({"embedding.weight": table})
    return layer, table


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("shape", "max_len"),
    [
        pytest.param((2, 5, 6), 12, id="a longer table"),
        pytest.param((4, 9, 5), 9, id="as long as the table"),
        pytest.param((5, 5, 4), 8, id="as many sequences as positions"),
        pytest.param((3, 4, 1), 7, id="a width of 1"),
        pytest.param((1, 1, 3), 1, id="a single token"),
    ],
)
def test_rows_are_added(submission, rng, expect, shape, max_len):
    """Row p of the table is added at position p, in every sequence of the batch."""
    layer, table = given_layer(submission, rng, max_len, shape[-1])
    x = rng.normal(*shape)
    expect(layer(x)).matches(x + table[: shape[1]])


def test_each_call_stands_alone(submission, rng, expect):
    """A call depends on its own x and the weights of that moment, not on the calls before."""
    layer, table = given_layer(submission, rng, 8, 4)
    for batch, length in ((2, 5), (3, 8), (1, 3)):
        x = rng.normal(batch, length, 4)
        expected = x + table[:length]
        expect(layer(x)).matches(expected, because="The layer was called before.")
    table = rng.normal(8, 4)
    layer.load_state_dict({"embedding.weight": table})
    because = "Other weights were loaded since the call before."
    expect(layer(x)).matches(x + table[:length], because=because)


def test_a_batch_that_stands_second(submission, rng, expect):
    """An x that is not contiguous, such as one turned from (T, B, D), counts like any other."""
    layer = submission.LearnedPositionalEmbedding(d_model=6, max_len=9)  # by name
    table = rng.normal(9, 6)
    layer.load_state_dict({"embedding.weight": table})
    x = rng.normal(5, 2, 6).transpose(0, 1)
    expect(layer(x=x)).matches(x + table[:5])


def test_evaluation_changes_nothing(submission, rng, expect):
    """After `eval()` the same vectors are added."""
    layer, table = given_layer(submission, rng, 8, 5)
    x = rng.normal(2, 6, 5)
    expect(layer.eval()(x)).matches(x + table[:6])


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16], ids=str)
def test_other_dtypes(submission, rng, expect, dtype):
    """After `.to(…)` the layer works in that dtype."""
    layer, table = given_layer(submission, rng, 9, 4, dtype)
    x = rng.normal(2, 7, 4, dtype=dtype)
    expect(layer(x)).matches((x.double() + table[:7].double()).to(dtype))


def test_too_many_positions(submission, rng, expect):
    """A sequence that is longer than max_len is a ValueError."""
    for max_len, length in ((4, 5), (1, 3)):
        layer, table = given_layer(submission, rng, max_len, 6)
        x = rng.normal(2, length, 6)
        expect(layer(x[:, :max_len])).matches(x[:, :max_len] + table)
        layer.raises(ValueError, x)


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """Each row collects the gradients of its position from the whole batch; unused rows get 0."""
    layer, table = given_layer(submission, rng, 7, 6)
    x, d_output = rng.normal(3, 5, 6), rng.normal(3, 5, 6)
    expect(layer(x)).matches(x + table[:5])
    actual = layer.gradients(x, cotangent=d_output)
    expected = torch.zeros_like(table)
    expected[:5] = d_output.sum(0)
    expect(actual.parameters["embedding.weight"]).matches(
        expected, because="This is the gradient of embedding.weight."
    )
    expect(actual.inputs[0]).matches(d_output, because="This is the gradient of x.")


def test_arguments_are_left_alone(submission, rng, expect):
    """x holds after the call what it held before."""
    layer, _ = given_layer(submission, rng, 10, 6)
    x = rng.normal(2, 5, 6)
    expect(layer.inputs_after(x)[0]).equals(x, because="Your call changes x.")
