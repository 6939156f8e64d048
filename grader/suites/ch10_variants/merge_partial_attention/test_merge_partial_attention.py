"""Merging partial attention: values, order and grouping, empty groups, large scores."""

import math

import pytest
import torch

import reference


def partial(scores, v, dtype=torch.float32):
    """m, l and o of a group of keys, from scores (..., T, S) and values (..., S, d_v)."""
    scores, v = scores.double(), v.double()
    m = scores.amax(-1)
    weights = (scores - m[..., None]).exp()
    return tuple(part.to(dtype) for part in (m, weights.sum(-1), weights @ v))


def merged(*parts):
    """Both groups together in float64, in the dtype of the first part."""
    found = reference.merge_partial_attention(*(part.double() for part in parts))
    return tuple(part.to(parts[0].dtype) for part in found)


def groups(rng, T, S, S2, d_v, leading=(), dtype=torch.float32, scale=2.0):
    """The partial attention of two groups, and of both as one."""
    scores = rng.normal(*leading, T, S + S2, scale=scale, dtype=torch.float64)
    v = rng.normal(*leading, S + S2, d_v, dtype=torch.float64)
    first = partial(scores[..., :S], v[..., :S, :], dtype)
    second = partial(scores[..., S:], v[..., S:, :], dtype)
    return first, second, partial(scores, v, dtype)


def empty(like):
    m, l, o = like  # noqa: E741
    return torch.full_like(m, -math.inf), torch.zeros_like(l), torch.zeros_like(o)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("T", "S", "S2", "d_v"),
    [
        pytest.param(5, 3, 4, 6, id="four different sizes"),
        pytest.param(4, 4, 4, 4, id="all sizes equal"),
        pytest.param(6, 2, 3, 6, id="as many features as queries"),
        pytest.param(3, 5, 2, 1, id="one feature"),
        pytest.param(1, 3, 2, 4, id="one query"),
        pytest.param(4, 1, 1, 3, id="one key each"),
    ],
)
def test_both_groups_together(submission, rng, expect, T, S, S2, d_v):
    """What two groups of keys have given becomes what all their keys give."""
    first, second, whole = groups(rng, T, S, S2, d_v, (2,))
    expect(submission.merge_partial_attention(*first, *second)).matches(whole)


@pytest.mark.parametrize("leading", [(), (3, 2), (1, 2, 1, 3)], ids=str)
def test_any_leading_dimensions(submission, rng, expect, leading):
    """Whatever stands before the queries is kept."""
    first, second, whole = groups(rng, 4, 3, 5, 2, leading)
    (m, l, o), (m2, l2, o2) = first, second  # noqa: E741
    result = submission.merge_partial_attention(o2=o2, l2=l2, m2=m2, o=o, l=l, m=m)
    expect(result).matches(whole)


@pytest.mark.points(2)
@pytest.mark.parametrize("lead", [8.0, -8.0], ids=["first", "second"])
def test_either_group_may_have_the_larger_score(submission, rng, expect, lead):
    """It is right whichever group has the larger maximum, in every row or in some."""
    first, second, _ = groups(rng, 5, 3, 4, 2, (2,))
    larger = (first[0] + lead, *first[1:])
    expect(submission.merge_partial_attention(*larger, *second)).matches(merged(*larger, *second))
    mixed = first[0] + lead * first[0].new_tensor([1.0, -1.0, 1.0, -1.0, 0.0])
    some = (mixed, *first[1:])
    expect(submission.merge_partial_attention(*some, *second)).matches(merged(*some, *second))


def test_equal_maxima(submission, rng, expect):
    """Where both groups have the same maximum, the sums add up as they are."""
    first, second, _ = groups(rng, 4, 3, 5, 3)
    second = (first[0].clone(), *second[1:])
    result = submission.merge_partial_attention(*first, *second)
    expect(result).matches((first[0], first[1] + second[1], first[2] + second[2]))


@pytest.mark.points(2)
def test_a_group_without_keys(submission, rng, expect):
    """A group without keys changes nothing, on either side."""
    first, second, _ = groups(rng, 4, 3, 5, 3, (2,))
    nothing = empty(first)
    expect(submission.merge_partial_attention(*first, *nothing)).matches(first)
    expect(submission.merge_partial_attention(*nothing, *first)).matches(first)
    for part, none in zip(first, nothing, strict=True):
        part[:, 1] = none[:, 1]  # in some rows only
    expect(submission.merge_partial_attention(*first, *second)).matches(merged(*first, *second))


@pytest.mark.points(2)
def test_two_groups_without_keys(submission, rng, expect):
    """Two groups without keys give one without keys, and disturb no other row."""
    first, second, _ = groups(rng, 4, 3, 5, 3)
    for parts in (first, second):
        for part, none in zip(parts, empty(parts), strict=True):
            part[2] = none[2]
    m, l, o = submission.merge_partial_attention(*first, *second)  # noqa: E741
    expect(m).matches(merged(*first, *second)[0])
    expect(l).is_finite(because="This is l.")
    expect(o).is_finite(because="This is o.")
    expect((l, o)).matches(merged(*first, *second)[1:])
    expect((l[2], o[2])).equals((torch.zeros_like(l[2]), torch.zeros_like(o[2])))


@pytest.mark.points(2)
@pytest.mark.parametrize("size", [100.0, 9000.0, 1e6, 1e30], ids=str)
def test_large_scores(submission, rng, expect, size):
    """Scores of any size, of either sign, give finite results."""
    first, second, _ = groups(rng, 5, 3, 4, 2, dtype=torch.float64)
    for offset, offset2 in ((size, size), (-size, -size), (size, -size), (-size, size)):
        mine = (first[0] + offset, *first[1:])
        other = (second[0] + offset2, *second[1:])
        result = submission.merge_partial_attention(*mine, *other)
        for name, part in zip("mlo", result, strict=True):
            expect(part).is_finite(because=f"This is {name}.")
        expect(result).matches(merged(*mine, *other))
        single = tuple(part.float() for part in (*mine, *other))
        expect(submission.merge_partial_attention(*single)[1]).is_finite(because="This is l.")


@pytest.mark.points(2)
def test_many_groups_in_any_order(submission, rng, expect):
    """Groups merged one by one, in pairs or from the end give the same: attention, after o / l."""
    scores, v = rng.normal(2, 4, 12, scale=3.0), rng.normal(2, 12, 5)
    parts = [
        partial(scores[..., i : i + 3], v[:, i : i + 3], scores.dtype) for i in range(0, 12, 3)
    ]
    merge = submission.merge_partial_attention
    one_by_one = empty(parts[0])
    for part in parts:
        one_by_one = merge(*one_by_one, *part)
    in_pairs = merge(*merge(*parts[0], *parts[1]), *merge(*parts[2], *parts[3]))
    backwards = merge(*parts[3], *merge(*parts[2], *merge(*parts[1], *parts[0])))
    expected = (scores.double().softmax(-1) @ v.double()).float()
    for m, l, o in (one_by_one, in_pairs, backwards):  # noqa: E741
        expect(m).matches(scores.amax(-1))
        expect(o / l[..., None]).matches(expected, because="This is o / l at the end.")


def test_float64(submission, rng, expect):
    """float64 stays float64, and as exact."""
    first, second, whole = groups(rng, 5, 3, 4, 6, (2, 2), torch.float64)
    expect(submission.merge_partial_attention(*first, *second)).matches(whole)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    first, second, whole = groups(rng, 5, 3, 4, 6, (2,))
    turned = [part.transpose(0, 1).contiguous().transpose(0, 1) for part in (*first, *second)]
    expect(submission.merge_partial_attention(*turned)).matches(whole)


def test_arguments_are_left_alone(submission, rng, expect):
    """The arguments hold after the call what they held before, also where groups are empty."""
    first, second, _ = groups(rng, 5, 3, 4, 6, (2,))
    first[0][:, 1], first[1][:, 1], first[2][:, 1] = -math.inf, 0.0, 0.0
    second[0][:, 1:3], second[1][:, 1:3], second[2][:, 1:3] = -math.inf, 0.0, 0.0
    given = (*first, *second)
    after = submission.merge_partial_attention.inputs_after(*given)
    for name, now, before in zip(("m", "l", "o", "m2", "l2", "o2"), after, given, strict=True):
        expect(now).equals(before, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_values_of_any_size(submission, rng, expect, size):
    """o is as much larger or smaller as the values are."""
    (m, l, o), (m2, l2, o2), whole = groups(rng, 4, 3, 5, 2)  # noqa: E741
    merge = submission.merge_partial_attention
    m3, l3, o3 = merge(m, l, size * o, m2, l2, size * o2)
    expect((m3, l3, o3 / size)).matches(whole, because="o is divided by the size of the values.")
