"""The causal mask: the diagonal, the past, the form of the result."""

import pytest
import torch

import reference


@pytest.mark.points(2)
@pytest.mark.parametrize("length", [1, 2, 3, 6])
def test_no_query_sees_the_future(submission, expect, length):
    """Without a past, query t sees the keys 0 to t, itself included."""
    expect(submission.causal_mask(length)).equals(reference.causal_mask(length))


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("length", "past"),
    [
        pytest.param(4, 2, id="a shorter past"),
        pytest.param(3, 3, id="a past of the same length"),
        pytest.param(3, 7, id="a longer past"),
        pytest.param(1, 5, id="one query"),
        pytest.param(5, 1, id="one position before"),
        pytest.param(2, 300, id="a long past"),
        pytest.param(4, 2501, id="a very long past"),
    ],
)
def test_queries_stand_after_the_past(submission, expect, length, past):
    """All of the past is open to every query, and the first query is at position `past`."""
    expect(submission.causal_mask(length, past)).equals(reference.causal_mask(length, past))


@pytest.mark.points(2)
def test_one_at_a_time_or_all_at_once(submission, rng, expect):
    """Row t of the whole mask is that of one query with a past of t, and of any piece."""
    whole = submission.causal_mask(7)
    expect(whole).equals(torch.ones(7, 7).tril().bool())
    for t in range(7):
        because = "One query is asked for at a time, with all before it as its past."
        expect(submission.causal_mask(1, t)).equals(whole[t : t + 1, : t + 1], because=because)
    start, end = rng.integers(2, 4, 1).item(), rng.integers(5, 7, 1).item()
    piece = submission.causal_mask(past=start, length=end - start)
    because = "A piece is asked for, with all before it as its past."
    expect(piece).equals(whole[start:end, :end], because=because)


def test_any_length_and_past(submission, rng, expect):
    """What holds for a few positions holds for many."""
    length, past = rng.integers(10, 90, 1).item(), rng.integers(1, 500, 1).item()
    result = submission.causal_mask(length, past)
    expect(result).equals(reference.causal_mask(length, past))


def test_it_lies_on_the_scores(submission, rng, expect):
    """The mask broadcasts to the scores of any number of heads and sequences."""
    scores = rng.normal(2, 3, 4, 6)
    mask = submission.causal_mask(4, 2).to(scores.device)
    allowed = reference.causal_mask(4, 2, device=scores.device)
    filled = scores.masked_fill(~mask, -torch.inf)
    expect(filled).equals(scores.masked_fill(~allowed, -torch.inf))
