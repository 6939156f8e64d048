"""Beam search: which prefixes live, which sequence wins, and what the model is asked."""

import math

import pytest
import torch

import reference

STEPS = """
import torch

asked = []

def language(tokens):  # logits that depend on the whole prefix, each row with an offset of its own
    asked.append(tokens.clone())
    places = torch.arange(tokens.size(1), dtype=torch.float64)
    sums = ((tokens + 1.0) * (1.3 + places.sqrt())).sum(1, keepdim=True) + SEED
    logits = SHARPNESS * torch.sin(sums * (1.0 + 0.37 * torch.arange(V, dtype=torch.float64)))
    logits[:, EOS] += LIKELY
    return (logits + 4.0 * torch.cos(sums)).to(DTYPE)

def half_forbidden(tokens):  # about half of the tokens have probability 0
    logits = language(tokens)
    forbidden = logits.sin() > 0.2
    forbidden[:, 2] = False
    return logits.masked_fill(forbidden, -torch.inf)

def table(tokens):  # PROBS has the probabilities of the next token for each last one
    asked.append(tokens.clone())
    probs = torch.tensor(PROBS, dtype=torch.float64)
    return probs[tokens[:, -1]].log()

def by_length(tokens):  # PROBS has the probabilities of the next token for each length
    asked.append(tokens.clone())
    probs = torch.tensor(PROBS, dtype=torch.float64)
    return probs[min(tokens.size(1), len(probs)) - 1].log().expand(len(tokens), -1)

def most_rows():
    return max(len(tokens) for tokens in asked)

def rows_that_had_ended():
    return sum(int((tokens[:, 1:] == EOS).any(1).sum()) for tokens in asked)

def lengths_not_in_turn():
    return sum(tokens.size(1) != i for i, tokens in enumerate(asked, start=1))
"""
MOST_ROWS = "This is the largest number of rows with which your code has called `step`."
HAD_ENDED = "This is how many rows that had ended your code has given to `step`."
IN_TURN = "`step` is called once for each length; so many of your calls were not."


def source(V=7, eos=1, seed=0.0, sharpness=1.5, likely=0.0, probs=(), dtype="torch.float64"):
    names = "V, EOS, SEED, SHARPNESS, LIKELY, PROBS"
    return f"{names} = {V}, {eos}, {seed}, {sharpness}, {likely}, {probs}\n" + STEPS.replace(
        "DTYPE", dtype
    )


def both(submission, name, **settings):
    """The step for the learner, with its record, and the same step for us."""
    text, here = source(**settings), {}
    exec(text, here)
    helper = submission.helper(text)
    return helper, getattr(helper, name), here[name]


def margin(step, bos, eos, beam, max_len, penalty):
    """How far the search is from another result: the smallest gap of two that it compares."""
    prefixes, gaps, scores = [(0.0, [bos])], [], []
    for n in range(1, max_len):
        logits = step(torch.tensor([tokens for _, tokens in prefixes]))
        rows = logits.double().log_softmax(-1).tolist()
        continued = [
            (log_prob + more, [*tokens, token])
            for (log_prob, tokens), row in zip(prefixes, rows, strict=True)
            for token, more in enumerate(row)
            if more > -math.inf
        ]
        continued.sort(key=lambda item: -item[0])
        gaps += [continued[beam - 1][0] - last[0] for last in continued[beam : beam + 1]]
        kept = continued[:beam]
        ended = [item for item in kept if item[1][-1] == eos or n == max_len - 1]
        scores += [log_prob / ((5 + n) / 6) ** penalty for log_prob, _ in ended]
        prefixes = [item for item in kept if item[1][-1] != eos]
        if not prefixes:
            break
    scores.sort()
    return min([*gaps, *(scores[-1] - score for score in scores[-2:-1])], default=1.0)


def search(step, *args):
    return reference.beam_search(step, *args, device=torch.get_default_device())


def compare(expect, found, expected, because=""):
    expect(found.tokens).equals(expected.tokens, because=because)
    expect(found.score).matches(expected.score, rtol=1e-5, atol=1e-6, because=because)


def language(submission, rng, V, eos, *search_settings, name="language", **settings):
    """A drawn language in which no two sequences are nearly alike."""
    text, here = source(V=V, eos=eos, **settings), {}
    exec(text, here)
    for _ in range(50):
        here["SEED"] = round(float(rng.uniform(1, high=60.0)), 4)
        if margin(here[name], *search_settings) > 1e-3:
            break
    return both(submission, name, V=V, eos=eos, seed=here["SEED"], **settings)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("V", "beam", "max_len", "penalty"),
    [
        pytest.param(8, 3, 6, 0.6, id="beam 3"),
        pytest.param(5, 4, 7, 3.0, id="beam 4"),
        pytest.param(4, 2, 9, 1.0, id="beam 2"),
        pytest.param(5, 5, 5, 0.0, id="no penalty"),
    ],
)
def test_the_best_sequence(submission, rng, expect, V, beam, max_len, penalty):
    """The best sequence and its score, with the best prefixes of all kept at every length."""
    for likely in (0.0, 1.0):
        bos, eos = (int(token) for token in rng.permutation(V)[:2])
        settings = (bos, eos, beam, max_len, penalty)
        _, theirs, ours = language(submission, rng, V, eos, *settings, likely=likely)
        compare(expect, submission.beam_search(theirs, *settings), search(ours, *settings))


@pytest.mark.points(2)
def test_a_beam_of_one(submission, rng, expect):
    """With a beam of 1 the most probable token is taken each time."""
    for max_len in (2, 7):
        settings = (0, 1, 1, max_len, 0.6)
        _, theirs, ours = language(submission, rng, 6, 1, *settings)
        found = submission.beam_search(theirs, *settings)
        compare(expect, found, search(ours, *settings))
        where = torch.get_default_device()
        greedy = reference.greedy_decode(ours, 0, 1, max_len, device=where)[0]
        expect(found.tokens).equals(greedy)


@pytest.mark.points(2)
@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_a_beam_that_holds_everything(submission, rng, expect, penalty):
    """A beam wider than the vocabulary keeps what there is, and finds the best of all sequences."""
    for V, beam, max_len in ((3, 200, 5), (2, 9, 4), (4, 6, 3)):
        settings = (0, 1, beam, max_len, penalty)
        _, theirs, ours = language(submission, rng, V, 1, *settings)
        compare(expect, submission.beam_search(theirs, *settings), search(ours, *settings))


def test_a_beam_wider_than_the_vocabulary(submission, expect):
    """Several prefixes have more than V continuations, and a wide beam keeps more than V."""
    probs = [
        [0.42, 0.07, 0.23, 0.28],
        [0.21, 0.13, 0.16, 0.5],
        [0.64, 0.23, 0.07, 0.06],
        [0.52, 0.3, 0.03, 0.15],
    ]
    for beam in (4, 6):  # only the wider one keeps the sequence that wins
        settings = (0, 1, beam, 5, 0.0)
        _, theirs, ours = both(submission, "table", V=4, probs=probs)
        found = submission.beam_search(theirs, *settings)
        compare(expect, found, search(ours, *settings), f"The beam is {beam}.")


@pytest.mark.points(2)
def test_a_way_that_begins_badly(submission, expect):
    """A prefix that is not the best one may lead to the best sequence."""
    probs = [
        [0.0, 0.0, 0.6, 0.4],
        [0.25, 0.25, 0.25, 0.25],
        [0.0, 0.4, 0.35, 0.25],
        [0.0, 0.9, 0.04, 0.06],
    ]
    for beam, max_len in ((1, 4), (2, 3), (2, 6), (3, 4)):
        settings = (0, 1, beam, max_len, 0.0)
        _, theirs, ours = both(submission, "table", V=4, probs=probs)
        found = submission.beam_search(theirs, *settings)
        compare(expect, found, search(ours, *settings), f"The beam is {beam}.")


@pytest.mark.points(2)
@pytest.mark.parametrize("penalty", [0.0, 0.6, 1.0, 2.5])
def test_short_against_long(submission, expect, penalty):
    """The score is log P divided by ((5 + n) / 6) ** length_penalty, so long ones may win."""
    ends = [[0.05, 0.6, 0.35], [0.1, 0.3, 0.6], [0.02, 0.08, 0.9], [0.05, 0.75, 0.2]]
    for beam, max_len in ((2, 3), (3, 6)):
        settings = (0, 1, beam, max_len, penalty)
        _, theirs, ours = both(submission, "by_length", V=3, probs=ends)
        compare(expect, submission.beam_search(theirs, *settings), search(ours, *settings))


@pytest.mark.points(2)
def test_finished_ones_do_not_end_the_search(submission, expect):
    """The search goes on when some sequences are finished, since a longer one may still win."""
    ends = [[0.0, 0.5, 0.3, 0.2], [0.0, 0.01, 0.9, 0.09], [0.0, 0.01, 0.92, 0.07]]
    ends += [[0.0, 0.01, 0.88, 0.11], [0.0, 0.01, 0.91, 0.08]]  # one ends at once, and no other
    _, theirs, ours = both(submission, "by_length", V=4, probs=ends)
    compare(expect, submission.beam_search(theirs, 0, 1, 2, 6, 2.0), search(ours, 0, 1, 2, 6, 2.0))
    ends = [[0.0, 0.5, 0.26, 0.24], [0.0, 0.45, 0.3, 0.25], [0.0, 0.04, 0.5, 0.46]]
    ends += [[0.0, 0.05, 0.92, 0.03], [0.0, 0.06, 0.9, 0.04], [0.0, 0.97, 0.02, 0.01]]
    for beam, penalty in ((1, 2.0), (2, 2.0), (2, 6.0), (3, 6.0), (4, 6.0)):
        settings = (0, 1, beam, 8, penalty)
        _, theirs, ours = both(submission, "by_length", V=4, probs=ends)
        compare(expect, submission.beam_search(theirs, *settings), search(ours, *settings))
    ends = [[0.0, 0.5, 0.45, 0.05], [0.0, 0.35, 0.6, 0.05], [0.0, 0.9, 0.06, 0.04]]
    _, theirs, ours = both(submission, "by_length", V=4, probs=ends)
    compare(expect, submission.beam_search(theirs, 0, 1, 2, 5, 6.0), search(ours, 0, 1, 2, 5, 6.0))


def test_the_beam_keeps_its_width(submission, expect):
    """When a sequence is finished, the next length keeps `beam` continuations again."""
    even = [0.2, 0.15, 0.18, 0.22, 0.14, 0.11]
    after_2, after_3 = [0.05, 0.02, 0.02, 0.01, 0.5, 0.4], [0.1, 0.05, 0.5, 0.1, 0.15, 0.1]
    probs = [[0.0, 0.34, 0.36, 0.3, 0.0, 0.0], even, after_2, after_3]
    probs += [even, [0.0, 0.99, 0.004, 0.003, 0.002, 0.001]]
    for beam in (2, 3, 4):
        settings = (0, 1, beam, 4, 6.0)
        _, theirs, ours = both(submission, "table", V=6, probs=probs)
        compare(expect, submission.beam_search(theirs, *settings), search(ours, *settings))


@pytest.mark.points(2)
@pytest.mark.parametrize("max_len", [2, 4])
def test_open_at_the_end(submission, rng, expect, max_len):
    """What is still open at `max_len` tokens counts like what has ended."""
    for likely, penalty in ((-3.0, 0.0), (0.5, 2.0), (3.0, 0.0)):
        settings = (2, 3, 3, max_len, penalty)
        _, theirs, ours = language(submission, rng, 6, 3, *settings, likely=likely)
        compare(expect, submission.beam_search(theirs, *settings), search(ours, *settings))


@pytest.mark.points(2)
def test_what_the_model_is_asked(submission, rng, expect):
    """At most once for each length, all open prefixes are asked for together, and no ended one."""
    for beam, max_len, likely in ((4, 7, 1.0), (2, 6, 0.0)):
        settings = (0, 1, beam, max_len, 2.0)
        helper, theirs, ours = language(submission, rng, 5, 1, *settings, likely=likely)
        compare(expect, submission.beam_search(theirs, *settings), search(ours, *settings))
        expect(helper.rows_that_had_ended()).equals(0, because=HAD_ENDED)
        expect(helper.lengths_not_in_turn()).equals(0, because=IN_TURN)
        expect(helper.most_rows()).is_between(1, beam, because=MOST_ROWS)


def test_bos_and_eos_may_be_one_token(submission, rng, expect):
    """BOS at the beginning ends nothing, even where it is the same number as EOS."""
    for beam in (1, 3):
        settings = (2, 2, beam, 6, 0.6)
        _, theirs, ours = language(submission, rng, 5, 2, *settings, likely=-0.5)
        compare(expect, submission.beam_search(theirs, *settings), search(ours, *settings))


def test_impossible_tokens(submission, rng, expect):
    """A token with the logit −inf has probability 0 and stands in no result."""
    for beam, penalty in ((2, 0.0), (5, 1.0), (40, 0.6)):
        settings = (0, 2, beam, 5, penalty)
        _, theirs, ours = language(submission, rng, 6, 2, *settings, name="half_forbidden")
        compare(expect, submission.beam_search(theirs, *settings), search(ours, *settings))


def test_logits_in_float32(submission, rng, expect):
    """Logits may be in float32 as well."""
    settings = (3, 0, 3, 6, 0.6)
    _, theirs, ours = language(submission, rng, 6, 0, *settings, dtype="torch.float32")
    compare(expect, submission.beam_search(theirs, *settings), search(ours, *settings))


def test_arguments_by_name(submission, rng, expect):
    """The arguments go by their names, and the length penalty is 0.6 unless another is given."""
    for penalty in (0.6, 1.7):
        settings = (0, 1, 3, 6, penalty)
        _, theirs, ours = language(submission, rng, 5, 1, *settings, likely=0.5)
        given = {"max_len": 6, "beam": 3, "eos_id": 1, "bos_id": 0, "step": theirs}
        given |= {} if penalty == 0.6 else {"length_penalty": penalty}
        compare(expect, submission.beam_search(**given), search(ours, *settings))


@pytest.mark.parametrize(("beam", "penalty"), [(0, 0.6), (-1, 0.6), (2, -0.1), (1, -1.0)])
def test_impossible_searches(submission, beam, penalty):
    """A beam below 1 and a negative length penalty are refused."""
    step = submission.helper(source()).language
    submission.beam_search.raises(ValueError, step, 0, 1, beam, 5, penalty)


def test_a_sequence_of_tiny_probability(submission, rng, expect):
    """A long sequence has a probability that no float holds, and a score all the same."""
    shares = rng.permutation(9) + 12.0
    probs = [0.0, *(shares / shares.sum()).tolist()]  # EOS cannot come
    _, theirs, ours = both(submission, "by_length", V=10, eos=0, probs=[probs])
    found = submission.beam_search(theirs, 3, 0, 2, 400, 0.8)
    compare(expect, found, search(ours, 3, 0, 2, 400, 0.8))
