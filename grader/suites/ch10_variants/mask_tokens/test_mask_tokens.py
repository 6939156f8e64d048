"""Masked words: who is chosen, what the model reads instead, what it has to predict.

What must hold for every draw is compared exactly. How often a thing happens may lie away from what
is to be expected by as much as chance allows: a right answer leaves these limits with a probability
below 10⁻¹³ for each of the fewer than 2,000 counts.
"""

import math

import pytest
import torch

MASK = 3
SPECIAL = [0, 1, 2]

HELPER = """
import torch


def generator(seed, device):
    return torch.Generator(device).manual_seed(seed)
"""


def draw_tokens(rng, *shape, V=30):
    """Tokens among which some are special, and none is [MASK]."""
    tokens = rng.integers(0, V, *shape)
    return torch.where(tokens == MASK, 4, tokens)


def special_among(tokens, special=SPECIAL):
    return torch.isin(tokens, torch.tensor(special, device=tokens.device))


def chance(n, p):
    """How far counts of n draws, each a hit with probability p, lie from n·p: Bernstein's bound."""
    rare = math.log(2 / 1e-13)
    return rare / 3 + math.sqrt(rare**2 / 9 + 2 * n * p * (1 - p) * rare)


def happens(expect, hits, p, because):
    """The counts of hits along the last dimension are those of draws with probability p."""
    n = hits.size(-1)
    away = chance(n, p)
    expect(hits.sum(dim=-1)).is_between(n * p - away, n * p + away, because=because)


def not_all_alike(expect, numbers, what):
    """Chance gives different numbers; all alike, they were fixed beforehand."""
    because = f"These are {what}. Chance decides for each token on its own, so they differ."
    expect(numbers.double()).differs_from(numbers[:1].expand_as(numbers).double(), because=because)


def check_every_draw(expect, tokens, found, special=SPECIAL):
    """What holds whatever was drawn; gives the tokens that were chosen."""
    inputs, labels = found
    chosen = labels != -100
    because = "A label is the original token where one was chosen, and −100 elsewhere."
    expect(labels).equals(torch.where(chosen, tokens, -100), because=because)
    because = "Where the label is −100, the model reads the token as it was."
    expect(inputs[~chosen]).equals(tokens[~chosen], because=because)
    because = "A special token has a label, as if it had been chosen."
    expect(chosen & special_among(tokens, special)).equals(False, because=because)
    return chosen


@pytest.mark.points(3)
@pytest.mark.parametrize("probability", [0.15, 0.4, 0.85])
def test_how_many_are_chosen(submission, rng, expect, probability):
    """Each token that is not special is chosen with the given probability."""
    tokens = draw_tokens(rng, 40, 500)
    found = submission.mask_tokens(tokens, MASK, 30, SPECIAL, probability)
    chosen = check_every_draw(expect, tokens, found)
    candidates = chosen[~special_among(tokens)]
    happens(expect, candidates, probability, "This is how many tokens were chosen.")


@pytest.mark.points(3)
def test_what_the_model_reads(submission, rng, expect):
    """In place of a chosen token, 80 % [MASK], 10 % a random token, 10 % the token itself."""
    V = 100
    tokens = draw_tokens(rng, 60, 500, V=V)
    inputs, labels = submission.mask_tokens(tokens, MASK, V, SPECIAL, 0.9)
    chosen = check_every_draw(expect, tokens, (inputs, labels))
    read, original = inputs[chosen], tokens[chosen]
    happens(expect, read == MASK, 0.8 + 0.1 / V, "This is how many of the chosen became [MASK].")
    because = "This is how many of the chosen tokens are read as they were."
    happens(expect, read == original, 0.1 + 0.1 / V, because)
    other = (read != MASK) & (read != original)
    happens(expect, other, 0.1 - 0.2 / V, "This is how many of the chosen became another token.")


@pytest.mark.points(2)
@pytest.mark.parametrize("V", [5, 12])
def test_random_tokens(submission, rng, expect, device, V):
    """A random token is any of the vocabulary, all of them equally often."""
    tokens = (V - 1 - torch.arange(400, device=device) % 2).expand(50, 400)
    inputs, labels = submission.mask_tokens(tokens, 1, V, [0], 1.0)
    check_every_draw(expect, tokens, (inputs, labels), [0])
    expect(inputs).is_between(0, V - 1, because="A token is outside the vocabulary.")
    for original in (V - 1, V - 2):
        read = inputs[tokens == original]
        for token in range(V):
            share = 0.1 / V + {1: 0.8, original: 0.1}.get(token, 0.0)
            because = f"This is how often {token} is read for a token {original}; [MASK] is 1."
            happens(expect, read == token, share, because)


def test_a_random_token_may_be_the_token_itself(submission, expect, device):
    """Where there are two tokens, half of the random ones are the token that stood there."""
    tokens = torch.ones(100, 200, dtype=torch.int64, device=device)
    inputs, labels = submission.mask_tokens(tokens, 0, 2, [], 1.0)
    check_every_draw(expect, tokens, (inputs, labels), [])
    because = "This is how many tokens 1, all of them chosen, are read as 1; [MASK] is 0."
    happens(expect, (inputs == 1).flatten(), 0.15, because)


@pytest.mark.parametrize("T", [1, 3])
def test_a_short_sequence_may_have_none(submission, expect, device, T):
    """How many tokens of a sequence are chosen is left to chance: often none, sometimes all."""
    tokens = torch.full((6000, T), 7, device=device)
    found = submission.mask_tokens(tokens, MASK, 9, SPECIAL, 0.3)
    chosen = check_every_draw(expect, tokens, found)
    happens(expect, ~chosen.any(dim=1), 0.7**T, "This is how many sequences have no chosen token.")
    happens(expect, chosen.all(dim=1), 0.3**T, "In so many sequences every token is chosen.")


@pytest.mark.points(2)
def test_chance_decides_anew_for_every_token(submission, rng, expect, device):
    """No two sequences and no two places share a draw."""
    tokens = torch.full((300, 300), 7, device=device)
    inputs, labels = submission.mask_tokens(tokens, MASK, 9, SPECIAL, 0.3)
    chosen = check_every_draw(expect, tokens, (inputs, labels))
    happens(expect, chosen, 0.3, "These are the numbers of chosen tokens in each sequence.")
    happens(expect, chosen.T, 0.3, "These are the numbers of chosen tokens at each place.")
    not_all_alike(expect, chosen.sum(dim=1), "the numbers of chosen tokens in each sequence")
    inputs, labels = submission.mask_tokens(tokens, MASK, 9, SPECIAL, 1.0)
    chosen = check_every_draw(expect, tokens, (inputs, labels))
    for name, read in (("sequence", inputs), ("place", inputs.T)):
        because = f"These are the numbers of [MASK] for each {name}, where every token is chosen."
        happens(expect, read == MASK, 0.8 + 0.1 / 9, because)
        because = f"These are the numbers of tokens 5, drawn at random, for each {name}."
        happens(expect, read == 5, 0.1 / 9, because)
    numbers = (inputs == MASK).sum(dim=1)
    not_all_alike(expect, numbers, "the numbers of [MASK] in each sequence, where all are chosen")


@pytest.mark.points(2)
def test_nothing_and_everything(submission, rng, expect):
    """With probability 0 nothing is chosen, with 1 all that is not special."""
    tokens = draw_tokens(rng, 6, 50)
    special = special_among(tokens)
    for probability, right in ((0.0, special & False), (1.0, ~special)):
        found = submission.mask_tokens(tokens, MASK, 30, SPECIAL, probability)
        chosen = check_every_draw(expect, tokens, found)
        expect(chosen).equals(right, because=f"These are the chosen ones at {probability}.")


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "special",
    [
        pytest.param([0, 1, 2], id="three"),
        pytest.param((7,), id="one, in a tuple"),
        pytest.param([], id="none"),
        pytest.param([29, 3, 11, 28], id="four in any order, [MASK] too"),
    ],
)
def test_special_tokens(submission, rng, expect, special):
    """Special tokens are never chosen, and all others can be."""
    tokens = rng.integers(0, 30, 20, 40)
    found = submission.mask_tokens(
        tokens=tokens, vocab_size=30, mask_id=MASK, probability=1.0, special_ids=special
    )
    chosen = check_every_draw(expect, tokens, found, special)
    expect(chosen).equals(~special_among(tokens, special))
    expect(found[0]).differs_from(tokens, because="This is what the model reads.")


def test_without_options(submission, rng, expect):
    """Unless told otherwise no token is special, and the probability is 0.15."""
    tokens = draw_tokens(rng, 40, 500)
    found = submission.mask_tokens(tokens, MASK, 30)
    chosen = check_every_draw(expect, tokens, found, [])
    happens(expect, chosen.flatten(), 0.15, "This is how many tokens were chosen.")
    zeros = chosen[tokens == 0]
    happens(expect, zeros, 0.15, "This is how many tokens 0 were chosen, which are not special.")


@pytest.mark.points(2)
def test_generators(submission, rng, expect, device):
    """Generators in the same state give the same results, and in another state others."""
    helper, tokens = submission.helper(HELPER), draw_tokens(rng, 20, 30)

    def draw(seed):
        generator = helper.generator(seed, str(device))
        return submission.mask_tokens(tokens, MASK, 30, SPECIAL, 0.5, generator)

    inputs, labels = draw(5)
    check_every_draw(expect, tokens, (inputs, labels))
    submission.mask_tokens(tokens, MASK, 30, SPECIAL, 0.5)
    for name, again, first in zip(("inputs", "labels"), draw(5), (inputs, labels), strict=True):
        because = f"These are the {name}; the generator is in the same state as before."
        expect(again).equals(first, because=because)
    expect(draw(6)[1]).differs_from(labels, because="The generator is in another state.")


def test_calls_differ(submission, rng, expect):
    """Without a generator every call draws anew, also how many are chosen."""
    tokens, labels = draw_tokens(rng, 20, 30), []
    for _ in range(8):
        found = submission.mask_tokens(tokens, MASK, 30, SPECIAL, 0.5)
        check_every_draw(expect, tokens, found)
        labels.append(found[1])
    expect(labels[1]).differs_from(labels[0], because="These are the labels of two calls.")
    numbers = torch.stack([(one != -100).sum() for one in labels])
    not_all_alike(expect, numbers, "the numbers of chosen tokens in eight calls")


def test_order_in_memory_and_sizes_of_1(submission, rng, expect):
    """Tokens that are not contiguous, and sequences of one token, count like any others."""
    for tokens in (draw_tokens(rng, 9, 7).T, draw_tokens(rng, 1, 5), draw_tokens(rng, 6, 1)):
        tokens[0, 0] = 1
        found = submission.mask_tokens(tokens, MASK, 30, SPECIAL, 1.0)
        chosen = check_every_draw(expect, tokens, found)
        expect(chosen).equals(~special_among(tokens))


def test_arguments_are_left_alone(submission, rng, expect):
    """Tokens and special ids hold after the call what they held before."""
    tokens = draw_tokens(rng, 5, 20)
    for probability in (0.0, 1.0):
        found = submission.mask_tokens(tokens, MASK, 30, [2, 1], probability)
        check_every_draw(expect, tokens, found, [2, 1])
        after = submission.mask_tokens.inputs_after(tokens, MASK, 30, [2, 1], probability)
        expect(after[0]).equals(tokens, because="Your call changes the tokens.")
        expect(after[3]).equals([2, 1], because="Your call changes the list of special ids.")
