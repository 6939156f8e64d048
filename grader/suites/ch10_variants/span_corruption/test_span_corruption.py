"""Span corruption: what the model reads, what it has to write, and spans that cannot be."""

import pytest
import torch

import reference

SENTINELS = [903, 901, 907, 902, 906, 904, 905]  # in no order, so that their order counts
SPANS = [
    pytest.param(10, [(2, 4), (8, 9)], id="two spans"),
    pytest.param(9, [(3, 6)], id="one span"),
    pytest.param(12, [(1, 2), (4, 7), (9, 11)], id="three spans"),
    pytest.param(8, [(0, 2), (5, 6)], id="one at the start"),
    pytest.param(8, [(1, 3), (5, 8)], id="one at the end"),
    pytest.param(6, [(0, 6)], id="the whole text"),
    pytest.param(7, [(1, 3), (3, 5)], id="spans that touch"),
    pytest.param(5, [(0, 1), (1, 2), (2, 5)], id="spans that touch, and nothing else"),
    pytest.param(4, [], id="no span"),
    pytest.param(1, [(0, 1)], id="one token"),
]


def compare(expect, found, right):
    for name, actual, expected in zip(("inputs", "targets"), found, right, strict=True):
        expect(actual).equals(expected, because=f"These are the {name}.")


def draw_spans(rng, T):
    """Spans of a text of T tokens, no two of which overlap."""
    bounds = rng.permutation(T + 1)[:6].sort().values.tolist()
    return [(bounds[i], bounds[i + 1]) for i in (0, 2, 4)]


@pytest.mark.points(4)
@pytest.mark.parametrize(("T", "spans"), SPANS)
def test_inputs_and_targets(submission, rng, expect, T, spans):
    """Spans give way to sentinels; the targets say what stood there, and end with one more."""
    text = rng.integers(0, 900, T)
    found = submission.span_corruption(text, spans, SENTINELS[: len(spans) + 1])
    right = reference.span_corruption(text, spans, SENTINELS)
    compare(expect, found, right)


@pytest.mark.points(2)
def test_spans_at_random(submission, rng, expect):
    """Any spans; the arguments may be given by name, and in tuples."""
    for _ in range(4):
        T = int(rng.integers(12, 40, 1))
        text, spans = rng.integers(0, 900, T), draw_spans(rng, T)
        right = reference.span_corruption(text, spans, SENTINELS)
        found = submission.span_corruption(
            sentinels=tuple(SENTINELS), spans=tuple(spans), tokens=text
        )
        compare(expect, found, right)


def test_nothing_is_lost(submission, rng, expect):
    """Every token of the text is in the inputs or in the targets, once."""
    text, spans = rng.permutation(25), draw_spans(rng, 25)
    inputs, targets = submission.span_corruption(text, spans, SENTINELS)
    both = torch.cat((inputs, targets))
    expect(both[both < 900].sort().values).equals(text.sort().values)
    compare(expect, (inputs, targets), reference.span_corruption(text, spans, SENTINELS))


def test_sentinels_that_occur_in_the_text(submission, rng, expect, device):
    """Tokens are known by their places: the text may hold the ids of sentinels, or one id often."""
    text = torch.cat((rng.integers(0, 3, 6), torch.tensor(SENTINELS, device=device)))
    spans = [(1, 3), (6, 8)]
    found = submission.span_corruption(text, spans, SENTINELS)
    compare(expect, found, reference.span_corruption(text, spans, SENTINELS))


@pytest.mark.points(2)
@pytest.mark.parametrize("too_few", [1, 2, 3])
def test_too_few_sentinels(submission, rng, expect, too_few):
    """Two spans need three sentinels; fewer are a ValueError, and more are not used."""
    text, spans = rng.integers(0, 900, 10), [(1, 4), (6, 7)]
    right = reference.span_corruption(text, spans, SENTINELS)
    for number in (3, 7):
        compare(expect, submission.span_corruption(text, spans, SENTINELS[:number]), right)
    submission.span_corruption.raises(ValueError, text, spans, SENTINELS[: 3 - too_few])


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "spans",
    [
        pytest.param([(1, 4), (3, 6)], id="overlapping"),
        pytest.param([(5, 7), (1, 3)], id="from right to left"),
        pytest.param([(2, 6), (3, 4)], id="one in the other"),
        pytest.param([(1, 3), (1, 3)], id="the same twice"),
        pytest.param([(3, 3)], id="empty"),
        pytest.param([(0, 2), (5, 5)], id="empty, as the last one"),
        pytest.param([(6, 4)], id="turned round"),
        pytest.param([(6, 9)], id="beyond the end"),
        pytest.param([(1, 3), (8, 9)], id="all beyond the end"),
        pytest.param([(-2, 3)], id="before the start"),
        pytest.param([(-3, -1)], id="counted from the end"),
    ],
)
def test_spans_that_cannot_be(submission, rng, expect, spans):
    """Spans that overlap, are empty, out of order or out of the text are a ValueError."""
    text = rng.integers(0, 900, 8)
    right = reference.span_corruption(text, [(1, 2), (4, 8)], SENTINELS)
    compare(expect, submission.span_corruption(text, [(1, 2), (4, 8)], SENTINELS), right)
    submission.span_corruption.raises(ValueError, text, spans, SENTINELS)


def test_arguments_are_left_alone(submission, rng, expect):
    """The text, the spans and the sentinels are after the call what they were before."""
    text, spans, sentinels = rng.integers(0, 900, 9), [(1, 3), (5, 6)], SENTINELS[:4]
    after = submission.span_corruption.inputs_after(text, spans, sentinels)
    expect(after[0]).equals(text, because="Your call changes the text.")
    expect(after[1]).equals(spans, because="Your call changes the spans.")
    expect(after[2]).equals(sentinels, because="Your call changes the sentinels.")
