"""Decoding against exhaustive search, independent filters, and itself."""

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from reference.decoding import (
    beam_search,
    filter_logits,
    greedy_decode,
    sample_token,
    shift_right,
)

BOS, EOS = 0, 1


def a_language(seed, vocab_size=4):
    """A step whose logits depend on the whole prefix, so that no two prefixes look alike."""

    def logits(prefix):
        generator = torch.Generator().manual_seed(seed + 7919 * hash(tuple(prefix)) % 2**31)
        return 2 * torch.randn(vocab_size, generator=generator)

    def step(tokens):
        return torch.stack([logits(prefix) for prefix in tokens.tolist()])

    return step


def all_outcomes(step, vocab_size, max_len):
    """(tokens, log P) of every sequence that ends in EOS, or is still open at max_len."""
    for n in range(1, max_len):
        for tail in itertools.product(range(vocab_size), repeat=n):
            ends = tail[-1] == EOS or n == max_len - 1
            if EOS in tail[:-1] or not ends:
                continue
            log_prob = 0.0
            for i, token in enumerate(tail):
                prefix = torch.tensor([[BOS, *tail[:i]]])
                log_prob += float(step(prefix).log_softmax(-1)[0, token])
            yield [BOS, *tail], log_prob


def test_shift_right_puts_bos_first_and_drops_the_last():
    tokens = torch.tensor([[5, 6, 7, EOS], [8, EOS, -100, -100]])
    shifted = shift_right(tokens, bos_id=9, pad_id=3)
    assert shifted.tolist() == [[9, 5, 6, 7], [9, 8, EOS, 3]]
    assert tokens.tolist() == [[5, 6, 7, EOS], [8, EOS, -100, -100]]


@pytest.mark.parametrize("length_penalty", [0.0, 0.6, 2.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_beam_that_holds_everything_finds_the_best_sequence_there_is(seed, length_penalty):
    step, vocab_size, max_len = a_language(seed), 4, 5

    def normalised(outcome):
        tokens, log_prob = outcome
        return log_prob / ((5 + len(tokens) - 1) / 6) ** length_penalty

    best = max(all_outcomes(step, vocab_size, max_len), key=normalised)
    found = beam_search(step, BOS, EOS, vocab_size**max_len, max_len, length_penalty)
    assert found.tokens.tolist() == best[0]
    assert found.score == pytest.approx(normalised(best), abs=1e-4)


@given(st.integers(0, 10_000))
def test_a_beam_of_one_is_greedy(seed):
    step = a_language(seed, vocab_size=6)
    greedy = greedy_decode(step, BOS, EOS, max_len=7)[0]
    assert beam_search(step, BOS, EOS, beam=1, max_len=7).tokens.tolist() == greedy.tolist()


def test_a_wider_beam_finds_what_greedy_misses():
    # "a" looks best first, but every continuation of "b" is certain.
    a, b = 2, 3
    table = {(0,): [0, 0, 0.6, 0.4], (0, 2): [0.3, 0.3, 0.2, 0.2], (0, 3): [0, 1.0, 0, 0]}

    def step(tokens):
        rows = [table.get(tuple(row), [0, 1.0, 0, 0]) for row in tokens.tolist()]
        return torch.tensor(rows).log()

    assert greedy_decode(step, BOS, EOS, max_len=4)[0].tolist()[1] == a
    found = beam_search(step, BOS, EOS, beam=2, max_len=4, length_penalty=0.0)
    assert found.tokens.tolist() == [BOS, b, EOS]
    assert found.score == pytest.approx(math.log(0.4))


def test_the_length_penalty_decides_between_short_and_long():
    # EOS at once has P = 0.5; the four-token way has P = 0.4.
    def step(tokens):
        rows = {1: [0.0, 0.5, 0.5], 2: [0.0, 0.0, 1.0], 3: [0.0, 0.8, 0.2]}
        return torch.tensor([rows[tokens.size(1)]] * len(tokens)).log()

    short = beam_search(step, BOS, EOS, beam=3, max_len=4, length_penalty=0.0)
    long = beam_search(step, BOS, EOS, beam=3, max_len=4, length_penalty=2.0)
    assert short.tokens.tolist() == [BOS, EOS]
    assert long.tokens.tolist() == [BOS, 2, 2, EOS]


def test_a_finished_hypothesis_is_never_extended():
    seen = []

    def step(tokens):
        seen.extend(tokens.tolist())
        logits = a_language(3)(tokens)
        logits[:, EOS] += 1  # so that many hypotheses finish while others go on
        return logits

    beam_search(step, BOS, EOS, beam=8, max_len=6, length_penalty=4.0)
    assert len(seen) > 8
    assert all(EOS not in prefix for prefix in seen)


def test_greedy_rows_end_on_their_own():
    def step(tokens):  # row r ends after r + 1 tokens
        wanted = [EOS if tokens.size(1) > row else 2 for row in range(3)]
        return torch.eye(4)[wanted]

    decoded = greedy_decode(step, BOS, EOS, max_len=10, batch_size=3)
    assert decoded.tolist() == [[0, 1, 1, 1], [0, 2, 1, 1], [0, 2, 2, 1]]
    assert greedy_decode(step, BOS, EOS, max_len=2, batch_size=3).tolist() == [
        [0, 1],
        [0, 2],
        [0, 2],
    ]


@pytest.mark.parametrize(("beam", "penalty"), [(0, 0.6), (2, -1.0)])
def test_impossible_beams_are_refused(beam, penalty):
    with pytest.raises(ValueError, match="beam"):
        beam_search(a_language(0), BOS, EOS, beam, 4, penalty)


logit_rows = st.lists(
    st.integers(-400, 400).map(lambda n: n / 50), min_size=2, max_size=12, unique=True
)


@given(logit_rows, st.integers(1, 15), st.floats(0.2, 5.0))
def test_top_k_keeps_the_k_largest(row, k, temperature):
    kept = filter_logits(torch.tensor(row, dtype=torch.float64), top_k=k, temperature=temperature)
    largest = sorted(row, reverse=True)[:k]
    for logit, out in zip(row, kept.tolist(), strict=True):
        if logit in largest:
            assert out == pytest.approx(logit / temperature)
        else:
            assert out == -math.inf


@given(logit_rows, st.floats(0.01, 1.0), st.floats(0.2, 5.0))
def test_top_p_keeps_the_fewest_that_reach_p(row, p, temperature):
    """Checked as the definition says it: the kept ones reach p, and without the least do not."""
    logits = torch.tensor(row, dtype=torch.float64)
    kept = filter_logits(logits, top_p=p, temperature=temperature).isfinite()
    probs = (logits / temperature).softmax(-1)
    assert kept.any()
    assert probs[kept].sum() >= p - 1e-9
    if kept.sum() > 1:
        assert probs[kept].sum() - probs[kept].min() < p + 1e-9
    if not kept.all():
        assert probs[kept].min() > probs[~kept].max()


def test_the_token_that_crosses_p_is_kept():
    kept = filter_logits(torch.tensor([0.5, 0.3, 0.2]).log(), top_p=0.7).isfinite()
    assert kept.tolist() == [True, True, False]


def test_all_tokens_together_have_a_probability_of_one():
    logits = torch.tensor([30.0, 0.0, -3.0, -30.0])
    assert filter_logits(logits, top_p=1.0).tolist() == logits.tolist()


def test_filters_compose_and_batch():
    logits = torch.tensor([[0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]]).log()
    kept = filter_logits(logits, top_k=3, top_p=0.5).isfinite()
    # Of the three kept by top-k, renormalised to 4/9, 3/9, 2/9, two reach one half.
    assert kept.tolist() == [[True, True, False, False], [False, False, True, True]]


@pytest.mark.parametrize(
    "settings", [{"temperature": 0.0}, {"top_k": 0}, {"top_p": 0.0}, {"top_p": 1.1}]
)
def test_impossible_filters_are_refused(settings):
    with pytest.raises(ValueError):
        filter_logits(torch.zeros(3), **settings)


def test_samples_follow_the_distribution_and_the_seed():
    probs = torch.tensor([0.5, 0.0, 0.3, 0.2])

    def draw():
        return sample_token(probs.log().expand(20_000, -1), torch.Generator().manual_seed(5))

    shares = draw().bincount(minlength=4) / 20_000
    assert shares[1] == 0
    torch.testing.assert_close(shares, probs, atol=0.015, rtol=0)  # four standard deviations
    assert torch.equal(draw(), draw())
