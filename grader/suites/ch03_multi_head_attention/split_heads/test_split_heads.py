"""Splitting into heads and merging: which feature goes where, and the way back."""

import pytest
import torch

import reference

SIZES = [
    # B, T, H, d
    pytest.param(2, 5, 3, 4, id="four different sizes"),
    pytest.param(3, 3, 3, 3, id="equal sizes"),
    pytest.param(1, 1, 2, 3, id="one token"),
    pytest.param(2, 4, 1, 6, id="one head"),
    pytest.param(2, 4, 6, 1, id="heads of width 1"),
    pytest.param(1, 1, 1, 1, id="sizes of 1"),
]


@pytest.mark.points(2)
@pytest.mark.parametrize(("B", "T", "H", "d"), SIZES)
def test_each_head_takes_its_slice_of_every_token(submission, rng, expect, B, T, H, d):
    """Head h of a token holds its features h·d to (h + 1)·d − 1."""
    x = rng.normal(B, T, H * d)
    heads = submission.split_heads(x, H)
    expect(heads).equals(reference.split_heads(x, H))


@pytest.mark.points(2)
@pytest.mark.parametrize(("B", "T", "H", "d"), SIZES)
def test_merging_puts_heads_side_by_side(submission, rng, expect, B, T, H, d):
    """A merged token holds the features of head 0, then those of head 1, and so on."""
    x = rng.normal(B, H, T, d)
    expect(submission.merge_heads(x)).equals(reference.merge_heads(x))


@pytest.mark.parametrize("H", [2, 3, 12])
def test_merging_undoes_splitting(submission, rng, expect, H):
    """Split and merged again, x is what it was."""
    x = rng.normal(2, 5, 12)
    heads = submission.split_heads(n_heads=H, x=x)
    expect(heads).equals(reference.split_heads(x, H))
    expect(submission.merge_heads(x=heads)).equals(x)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """A tensor that is not contiguous, such as a transposed one, counts like any other."""
    for x in (rng.normal(5, 2, 6).transpose(0, 1), rng.normal(2, 6, 5).transpose(1, 2)):
        expect(submission.split_heads(x, 3)).equals(reference.split_heads(x, 3))
    for x in (rng.normal(2, 5, 3, 4).transpose(1, 2), rng.normal(4, 3, 5, 2).permute(3, 1, 2, 0)):
        expect(submission.merge_heads(x)).equals(reference.merge_heads(x))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16], ids=str)
def test_the_dtype_is_kept(submission, rng, expect, dtype):
    """Every number arrives exactly, in the dtype that it had, however large or small it is."""
    x = rng.normal(2, 5, 6, dtype=dtype)
    x[0, 0, :3] = torch.tensor([torch.finfo(dtype).max, torch.finfo(dtype).tiny, -1e-4])
    expect(submission.split_heads(x, 2)).equals(reference.split_heads(x, 2))
    heads = x.view(2, 5, 3, 2)
    expect(submission.merge_heads(heads)).equals(reference.merge_heads(heads))


@pytest.mark.parametrize(("D", "H"), [(10, 3), (7, 2), (12, 8), (4, 3), (5, 4)])
def test_a_width_that_does_not_divide(submission, rng, expect, D, H):
    """A width that is no multiple of the number of heads is a ValueError."""
    submission.split_heads.raises(ValueError, rng.normal(2, 4, D), H)


def test_gradients_find_their_way_back(submission, rng, expect):
    """The gradient of each entry reaches the feature that it came from."""
    x, cotangent = rng.normal(2, 5, 6), rng.normal(2, 3, 5, 2)
    split = submission.split_heads.gradients(x, 3, cotangent=cotangent).inputs[0]
    expect(split).equals(reference.merge_heads(cotangent))
    merged = submission.merge_heads.gradients(cotangent, cotangent=x).inputs[0]
    expect(merged).equals(reference.split_heads(x, 3))


def test_arguments_are_left_alone(submission, rng, expect):
    """x holds after the call what it held before."""
    x, heads = rng.normal(2, 5, 6), rng.normal(2, 3, 5, 4)
    (after, _) = submission.split_heads.inputs_after(x, 3)
    expect(after).equals(x, because="`split_heads` changes x.")
    (after,) = submission.merge_heads.inputs_after(heads)
    expect(after).equals(heads, because="`merge_heads` changes x.")
