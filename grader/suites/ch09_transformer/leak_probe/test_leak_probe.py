"""The leak probe on models whose leaks are known, since they are put in one by one."""

import pytest
import torch

MODELS = """
import torch

asked = 0

def vectors(tokens):  # one for each token of the vocabulary, no two alike
    global asked
    asked += 1
    if int(tokens.min()) < 0 or int(tokens.max()) >= V:
        raise IndexError("A token is not in the vocabulary.")
    table = torch.sin(torch.arange(1, V * V + 1) * 1.7 + SEED).view(V, V)
    return table[tokens]  # (B, T, V)

def mixed(tokens):  # position t sees the tokens s at which SEES[t][s] is not 0
    seen = torch.tensor(SEES)[:, :, None] * vectors(tokens)[:, None]  # (B, T, T, V)
    return seen.sum(2)

def on_occasion(tokens):  # as mixed, but a position leaks only where its own token is 0
    sees = torch.tensor(SEES)
    now = (tokens == 0)[:, :, None] * sees.triu(1) + sees.tril()  # (B, T, T)
    return (now[..., None] * vectors(tokens)[:, None]).sum(2)

def narrow(tokens):  # the leaks reach one logit only, the first or the last one
    sees, embedded = torch.tensor(SEES), vectors(tokens)[:, None]
    logits = (sees.tril()[..., None] * embedded).sum(2)
    logits[..., PLACE] += (sees.triu(1) * embedded[..., PLACE]).sum(2)
    return logits

def one_way(tokens):  # a leak can lower logits only, or raise them only, when the number rises
    vectors(tokens)
    seen = (torch.tensor(SEES) * (tokens[:, None] * 1.0)).sum(2)  # (B, T)
    return seen[..., None] * SIGN * torch.linspace(1.0, 2.0, V)

def balanced(tokens):  # what leaks adds up to 0 over the vocabulary
    logits = mixed(tokens)
    return logits - logits.mean(-1, keepdim=True)

def rounded(tokens):  # every logit changes by less than 1e-6 with every token
    noise = 3e-7 * torch.sin(997.0 * tokens.double().cumsum(1)[:, -1:, None] + torch.arange(V))
    return mixed(tokens).double().add(noise).float()

def far_from_zero(tokens):  # a change is small beside the logits
    return mixed(tokens).double() + 1e5

def calls():
    return asked
"""
CALLS = "This is how often your code has called the model."


def source(V, sees, seed=0.3, place=0, sign=1):
    return f"V, SEED, PLACE, SIGN = {V}, {seed}, {place}, {sign}\nSEES = {sees.tolist()}\n{MODELS}"


def causal(rng, T):
    """How strongly position t sees token s: at all only the past, and not all of it."""
    strength = rng.uniform(T, T, low=0.3, high=1.0) * rng.mask(T, T, keep=0.6)
    return strength.tril() + torch.eye(T, device=strength.device)


def leaking(rng, T, size=1.0):
    """The same, and leaks; with the table that says where they are."""
    where = rng.mask(T, T, keep=0.3).triu(1) if T > 2 else torch.ones(T, T).triu(1).bool()
    return causal(rng, T) + size * where, where


def all_tokens(rng, B, T, V):
    """Tokens in which each of the vocabulary stands, if there is room for it."""
    rows = [rng.permutation(max(T, V))[:T] % V for _ in range(B)]
    return torch.stack(rows)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "T", "V"),
    [
        pytest.param(3, 6, 4, id="three different sizes"),
        pytest.param(1, 7, 3, id="one sequence"),
        pytest.param(5, 5, 5, id="all sizes equal"),
        pytest.param(2, 4, 9, id="a larger vocabulary"),
        pytest.param(2, 5, 2, id="a vocabulary of two"),
    ],
)
def test_leaks_here_and_there(submission, rng, expect, B, T, V):
    """Each leak is found at its position and its token, and nothing else is called one."""
    for _ in range(2):
        sees, where = leaking(rng, T)
        model = submission.helper(source(V, sees, seed=float(rng.uniform(1)))).mixed
        tokens = rng.integers(0, V, B, T)
        expect(submission.leak_probe(model, tokens)).equals(where)


@pytest.mark.points(2)
def test_wrong_masks(submission, rng, expect, device):
    """No mask, a mask that goes one too far, one turned over, and a single leak."""
    for T in (4, 6):
        past = torch.ones(T, T, device=device).tril()
        single = past.clone()
        single[1, T - 1] = 1.0
        for sees in (past * 0 + 1, past.roll(1, 1).tril(1) + past, past.mT, single, past.mT - past):
            model = submission.helper(source(5, sees)).mixed
            tokens = rng.integers(0, 5, 2, T)
            because = f"What the positions see is {sees.tolist()}."
            found = submission.leak_probe(model, tokens)
            expect(found).equals((sees != 0).triu(1), because=because if T == 4 else "")


def test_logits_far_from_zero(submission, rng, expect):
    """A change counts by its own size, however large the logits are."""
    sees, where = leaking(rng, 5)
    model = submission.helper(source(4, sees, seed=float(rng.uniform(1)))).far_from_zero
    expect(submission.leak_probe(model, rng.integers(0, 4, 2, 5))).equals(where)


@pytest.mark.points(2)
def test_no_leak(submission, rng, expect):
    """A causal model has no leak, and neither has one that sees less; the next one has."""
    for T in (3, 6):
        sees = causal(rng, T)
        for step in (sees, sees.triu(), sees * 0):
            found = submission.leak_probe(
                submission.helper(source(4, step)).mixed, rng.integers(0, 4, 3, T)
            )
            expect(found).equals(False)
        sees[0, T - 1] = 1.0
        found = submission.leak_probe(
            submission.helper(source(4, sees)).mixed, rng.integers(0, 4, 3, T)
        )
        expect(found).equals((sees != 0).triu(1))


@pytest.mark.points(2)
def test_every_token_of_the_vocabulary(submission, rng, expect, device):
    """The probe works whatever tokens stand there, the first and the last one included."""
    for B, T, V in ((1, 6, 3), (2, 5, 5), (1, 7, 2)):
        sees = torch.ones(T, T, device=device)
        model = submission.helper(source(V, sees)).mixed
        tokens = all_tokens(rng, B, T, V)
        expect(submission.leak_probe(model, tokens)).equals(sees.bool().triu(1))
        for token in (0, V - 1):
            found = submission.leak_probe(model, torch.full_like(tokens, token))
            expect(found).equals(sees.bool().triu(1))


@pytest.mark.points(2)
def test_a_leak_in_one_sequence(submission, rng, expect, device):
    """A leak counts where it shows in one of the sequences only."""
    T = 5
    for row in (0, 1, 2):
        sees, where = leaking(rng, T)
        model = submission.helper(source(4, sees)).on_occasion
        tokens = rng.integers(1, 4, 3, T)
        tokens[row, :2] = 0
        where = where & (torch.arange(T, device=device) < 2)[:, None]
        expect(submission.leak_probe(model, tokens)).equals(where)


@pytest.mark.parametrize("place", [0, -1])
def test_a_leak_in_one_logit(submission, rng, expect, place):
    """A leak counts where it reaches a single logit."""
    sees, where = leaking(rng, 5)
    model = submission.helper(source(6, sees, place=place)).narrow
    expect(submission.leak_probe(model, rng.integers(0, 6, 2, 5))).equals(where)


@pytest.mark.points(2)
@pytest.mark.parametrize("size", [1e3, 1e-2, 1e-3])
def test_large_and_small_leaks(submission, rng, expect, size):
    """A leak may be large, or far too small to change which token is the most probable."""
    sees, where = leaking(rng, 6, size)
    model = submission.helper(source(4, sees, seed=0.2)).mixed
    expect(submission.leak_probe(model, rng.integers(0, 4, 3, 6))).equals(where)


def test_rises_and_falls(submission, rng, expect):
    """A leak counts whether logits rise or fall by it, and where they do both."""
    for sign in (1, -1):
        sees, where = leaking(rng, 5)
        model = submission.helper(source(4, sees, sign=sign)).one_way
        expect(submission.leak_probe(model, rng.integers(0, 4, 2, 5))).equals(where)
    sees, where = leaking(rng, 5)
    model = submission.helper(source(5, sees)).balanced
    expect(submission.leak_probe(model, rng.integers(0, 5, 2, 5))).equals(where)


def test_rounding_is_no_leak(submission, rng, expect):
    """Changes of less than 1e-6 are rounding."""
    for size in (1.0, 1e-2):
        sees, where = leaking(rng, 5, size)
        model = submission.helper(source(4, sees)).rounded
        expect(submission.leak_probe(model, rng.integers(0, 4, 2, 5))).equals(where)


@pytest.mark.points(2)
def test_few_calls(submission, rng, expect):
    """The model is called at most T + 1 times."""
    for B, T in ((2, 6), (4, 3), (1, 2)):
        sees, where = leaking(rng, T)
        helper = submission.helper(source(4, sees))
        found = submission.leak_probe(helper.mixed, rng.integers(0, 4, B, T))
        expect(found).equals(where)
        expect(helper.calls()).is_between(1, T + 1, because=CALLS)


def test_short_sequences(submission, rng, expect):
    """Two positions have one place for a leak, and a single position has none."""
    for sees in (torch.ones(2, 2), torch.ones(2, 2).tril()):
        model = submission.helper(source(3, sees)).mixed
        found = submission.leak_probe(tokens=rng.integers(0, 3, 2, 2), model=model)
        expect(found).equals(sees.to(found.device).bool().triu(1))
    model = submission.helper(source(3, torch.ones(1, 1))).mixed
    expect(submission.leak_probe(model, rng.integers(0, 3, 2, 1))).equals(False)


def test_tokens_are_left_alone(submission, rng, expect):
    """The tokens hold after the call what they held before."""
    for T in (2, 5):
        sees, _ = leaking(rng, T)
        tokens = rng.integers(0, 4, 3, T)
        helper = submission.helper(source(4, sees))
        after = submission.leak_probe.inputs_after(helper.mixed, tokens)
        expect(after[1]).equals(tokens, because="Your call changes `tokens`.")


def test_a_decoder_of_two_layers(submission, rng, expect, device):
    """Attention in two layers, one of which has a wrong mask."""
    text = """
import torch

def model(tokens):
    x = torch.sin(torch.arange(1, 41) * 1.9 + SEED).view(5, 8)[tokens].double()
    for mask in MASKS:
        allowed = torch.tensor(mask, dtype=torch.bool)
        scores = 0.1 * (x[:, :, None] * x[:, None]).sum(-1)
        weights = scores.masked_fill(~allowed, -torch.inf).softmax(-1)
        x = x + (weights[..., None] * x[:, None]).sum(2)
    return 10.0 * x[..., :5].float()
"""
    right = torch.ones(6, 6, device=device).tril().bool()
    wrong = right.clone()
    wrong[2, 4] = wrong[4, 5] = True
    for masks in ((right, right), (wrong, right), (right, wrong), (wrong, wrong)):
        seed = float(rng.uniform(1, high=6.0))
        shipped = f"SEED = {seed}\nMASKS = {[mask.tolist() for mask in masks]}\n" + text
        first, second = (mask.float() for mask in masks)  # each token sees itself in both
        where = ((second @ first) > 0).triu(1)
        found = submission.leak_probe(submission.helper(shipped).model, rng.integers(0, 5, 2, 6))
        expect(found).equals(where)
