"""Masked and corrupted text: the shares, the labels, and that nothing is lost."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from reference.losses import IGNORE
from reference.pretraining import mask_tokens, random_spans, span_corruption

MASK, CLS, VOCAB = 99, 98, 100


@pytest.fixture(scope="module")
def masked():
    tokens = torch.randint(0, 90, (400, 500), generator=torch.Generator().manual_seed(0))
    tokens[:, 0] = CLS
    inputs, labels = mask_tokens(
        tokens, MASK, VOCAB, [CLS, MASK], generator=torch.Generator().manual_seed(1)
    )
    return tokens, inputs, labels


def test_selected_tokens_meet_the_three_fates_in_their_shares(masked):
    tokens, inputs, labels = masked
    selected = labels != IGNORE
    n = selected.sum()
    assert selected[:, 1:].float().mean() == pytest.approx(0.15, abs=0.004)
    became_mask = (inputs == MASK)[selected].sum() / n
    unchanged = (inputs == tokens)[selected].sum() / n
    # A random token is the original one time in 100, and [MASK] itself one time in 100.
    assert became_mask == pytest.approx(0.8 + 0.001, abs=0.01)
    assert unchanged == pytest.approx(0.1 + 0.001, abs=0.01)
    changed = inputs[selected & (inputs != tokens) & (inputs != MASK)]
    assert set(changed.tolist()) >= set(range(90))  # the whole vocabulary can come


def test_only_selected_tokens_change_and_labels_hold_what_was_there(masked):
    tokens, inputs, labels = masked
    selected = labels != IGNORE
    assert (inputs == tokens)[~selected].all()
    assert (labels == tokens)[selected].all()
    assert not selected[:, 0].any()  # special tokens never
    assert tokens[0, 0] == CLS


def test_masking_everything_or_nothing():
    tokens = torch.arange(20).view(2, 10)
    inputs, labels = mask_tokens(tokens, MASK, VOCAB, probability=0.0)
    assert torch.equal(inputs, tokens) and (labels == IGNORE).all()
    _, labels = mask_tokens(tokens, MASK, VOCAB, probability=1.0)
    assert torch.equal(labels, tokens)


def test_the_paper_s_example_of_span_corruption():
    tokens = torch.arange(11)  # Thank you for inviting me to your party last week .
    inputs, targets = span_corruption(tokens, [(2, 4), (8, 9)], sentinels=[100, 101, 102])
    assert inputs.tolist() == [0, 1, 100, 4, 5, 6, 7, 101, 9, 10]
    assert targets.tolist() == [100, 2, 3, 101, 8, 102]


def test_no_span_and_touching_spans():
    tokens = torch.tensor([5, 6, 7])
    assert [part.tolist() for part in span_corruption(tokens, [], [50])] == [[5, 6, 7], [50]]
    inputs, targets = span_corruption(tokens, [(0, 1), (1, 3)], [50, 51, 52])
    assert inputs.tolist() == [50, 51] and targets.tolist() == [50, 5, 51, 6, 7, 52]


@pytest.mark.parametrize(
    ("spans", "sentinels"),
    [
        ([(0, 2)], [50]),
        ([(0, 2), (1, 3)], [50, 51, 52]),
        ([(2, 3), (0, 1)], [50, 51, 52]),
        ([(1, 1)], [50, 51]),
        ([(2, 4)], [50, 51]),
    ],
)
def test_impossible_spans_are_refused(spans, sentinels):
    with pytest.raises(ValueError):
        span_corruption(torch.arange(3), spans, sentinels)


@given(st.integers(2, 300), st.floats(0.05, 0.9), st.floats(1.0, 6.0), st.integers(0, 1000))
def test_random_spans_cover_their_share_and_can_be_undone(length, density, mean_length, seed):
    generator = torch.Generator().manual_seed(seed)
    spans = random_spans(length, density, mean_length, generator)
    covered = sum(end - start for start, end in spans)
    assert covered == min(max(round(length * density), 1), length - 1)
    assert spans[0][0] >= 1
    assert all(end < start for (_, end), (start, _) in pairwise(spans))

    tokens, sentinels = torch.arange(length), list(range(1000, 1000 + len(spans) + 1))
    inputs, targets = span_corruption(tokens, spans, sentinels)
    assert len(inputs) + len(targets) == length + 2 * len(spans) + 1
    # Put every span back where its sentinel stands: the text must come out whole.
    stories, current = {}, None
    for token in targets.tolist():
        if token >= 1000:
            current = stories.setdefault(token, [])
        else:
            current.append(token)
    restored = [w for token in inputs.tolist() for w in stories.get(token, [token])]
    assert restored == tokens.tolist()
    assert stories[sentinels[-1]] == []


def test_a_text_too_short_for_a_span_is_refused():
    with pytest.raises(ValueError, match="too short"):
        random_spans(1)
