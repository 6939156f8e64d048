"""The layer that adds positions: which rows it adds, its buffer, dropout, dtypes, the end."""

import pytest
import torch

import reference

SINGLE_COLUMN_ATOL = 5e-3  # (p + 1) · 1e-6 at the last of 5000 positions


def expected_sum(x):
    return x + reference.sinusoidal_encoding(x.size(1), x.size(2)).to(x.device, x.dtype)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("shape", "max_len"),
    [
        pytest.param((2, 5, 6), 12, id="an even width"),
        pytest.param((4, 9, 5), 9, id="an odd width, as long as the table"),
        pytest.param((5, 5, 4), 8, id="as many sequences as positions"),
        pytest.param((3, 4, 1), 7, id="a width of 1"),
        pytest.param((1, 1, 3), 1, id="a single token"),
    ],
)
def test_positions_are_added(submission, rng, expect, shape, max_len):
    """Every sequence of the batch gets the encodings of the positions 0, 1, 2, … added."""
    layer = submission.PositionalEncoding(shape[-1], max_len=max_len)
    x = rng.normal(*shape)
    expect(layer(x)).matches(expected_sum(x))


def test_large_numbers(submission, rng, expect):
    """A number beside which its encoding is nothing comes out as it is; its neighbours count."""
    layer = submission.PositionalEncoding(6, max_len=5)
    x, unit = rng.normal(2, 5, 6), torch.ones_like(rng.normal(6))
    unit[2] = 1e30
    expect(layer(x * unit) / unit).matches(expected_sum(x * unit) / unit)


def test_each_call_stands_alone(submission, rng, expect):
    """A call depends on its own x, not on the lengths of the calls before."""
    layer = submission.PositionalEncoding(4, max_len=12)
    for batch, length in ((2, 5), (2, 3), (3, 12), (1, 3)):
        x = rng.normal(batch, length, 4)
        expect(layer(x)).matches(expected_sum(x), because="The layer was called before.")
    x = rng.normal(2, 5, 4, dtype=torch.float16)
    expected = expected_sum(x.double()).to(torch.float16)
    because = "The layer was moved to float16 since the call before."
    expect(layer.to(torch.float16)(x)).matches(expected, because=because)


def test_a_batch_that_stands_second(submission, rng, expect):
    """An x that is not contiguous, such as one turned from (T, B, D), counts like any other."""
    layer = submission.PositionalEncoding(max_len=9, dropout=0.0, d_model=6)  # by name
    x = rng.normal(5, 2, 6).transpose(0, 1)
    expect(layer(x=x)).matches(expected_sum(x))


@pytest.mark.points(2)
def test_the_table_is_a_buffer(submission, rng, expect):
    """Nothing is trained: the table is the buffer `encoding`, and there are no parameters."""
    layer = submission.PositionalEncoding(5, max_len=7)
    x = rng.normal(2, 3, 5)
    expect(layer(x)).matches(expected_sum(x))
    expect(layer.parameters()).equals({})
    expect(layer.buffers()["encoding"]).matches(reference.sinusoidal_encoding(7, 5))


def test_five_thousand_positions(submission, rng, expect):
    """Without a max_len there are 5000 positions, and not one more."""
    layer = submission.PositionalEncoding(2)
    x = rng.normal(1, 5000, 2)
    expect(layer(x)).matches(expected_sum(x), atol=SINGLE_COLUMN_ATOL)
    layer.raises(ValueError, rng.normal(1, 5001, 2))


def test_too_many_positions(submission, rng, expect):
    """A sequence that is longer than max_len is a ValueError."""
    for max_len, length in ((4, 5), (1, 3)):
        layer = submission.PositionalEncoding(6, max_len=max_len)
        x = rng.normal(2, length, 6)
        expect(layer(x[:, :max_len])).matches(expected_sum(x[:, :max_len]))
        layer.raises(ValueError, x)


def test_float64(submission, rng, expect):
    """After `.to(torch.float64)` the layer works in float64, and its buffer has moved along."""
    # One pair and few positions: all ways of writing the waves round alike here. Others would
    # differ in float64, wrong ones too, and a known mistake would then go without its name.
    layer = submission.PositionalEncoding(2, max_len=4).to(torch.float64)
    x = rng.normal(3, 4, 2, dtype=torch.float64)
    expect(layer(x)).matches(expected_sum(x), atol=1e-5)
    table = reference.sinusoidal_encoding(4, 2).double()
    expect(layer.buffers()["encoding"]).matches(table, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision(submission, rng, expect, dtype):
    """After `.to(…)` to half precision the waves are as exact as the dtype can hold them."""
    for batch, length, d_model in ((3, 5, 6), (1, 300, 20)):
        layer = submission.PositionalEncoding(d_model, max_len=length).to(dtype)
        x = rng.normal(batch, length, d_model, dtype=dtype)
        expect(layer(x)).matches(expected_sum(x.double()).to(dtype))
        table = reference.sinusoidal_encoding(length, d_model)
        expect(layer.buffers()["encoding"]).matches(table.to(dtype))


@pytest.mark.points(2)
def test_dropout_in_training(submission, rng, expect):
    """In training a share of the sum's entries is 0, and the others are scaled up to match."""
    layer = submission.PositionalEncoding(10, 0.25, 20)
    x = rng.normal(8, 12, 10)
    output = layer(x)
    kept = output != 0
    because = "What is kept is the sum divided by 1 − dropout."
    expect(output[kept]).matches(expected_sum(x)[kept] / 0.75, because=because)
    share = "A quarter of the entries should be 0 with dropout=0.25; this is the share that is."
    expect(float((~kept).double().mean())).is_between(0.15, 0.35, because=share)
    # Along each axis nearly every line has both kinds, unless its entries are dropped together.
    for dim, name in enumerate(("batch", "positions", "features")):
        mixed = kept.any(dim) & ~kept.all(dim)
        because = f"Each entry is dropped by itself, not together with others along the {name}."
        expect(float(mixed.double().mean())).is_between(0.6, 1.0, because=because)
    because = "Two calls in training should not drop the same entries."
    expect(layer(x)).differs_from(output, because=because)


def test_no_dropout_in_evaluation(submission, rng, expect):
    """After `eval()` nothing is dropped and nothing scaled; after `train()` it is again."""
    layer = submission.PositionalEncoding(6, dropout=0.5, max_len=20).eval()
    x = rng.normal(8, 12, 6)
    expect(layer(x)).matches(expected_sum(x))
    output = layer.train()(x)
    kept = output != 0
    expect(output[kept]).matches(expected_sum(x)[kept] / 0.5)
    expect(float(kept.double().mean())).is_between(0.25, 0.75)


def test_gradients(submission, rng, expect):
    """The gradient passes through the sum to x as it is."""
    layer = submission.PositionalEncoding(6, dropout=0.5, max_len=10).eval()
    x, d_output = rng.normal(2, 5, 6), rng.normal(2, 5, 6)
    expect(layer(x)).matches(expected_sum(x))
    expect(layer.gradients(x, cotangent=d_output).inputs[0]).matches(d_output)


def test_arguments_are_left_alone(submission, rng, expect):
    """x holds after the call what it held before."""
    layer = submission.PositionalEncoding(6, max_len=10)
    x = rng.normal(2, 5, 6)
    expect(layer.inputs_after(x)[0]).equals(x, because="Your call changes x.")
