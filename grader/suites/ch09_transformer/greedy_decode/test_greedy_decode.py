"""Greedy decoding: what is chosen, when rows end, and how often the model is asked."""

import pytest
import torch

import reference

STEPS = """
import torch

shapes = []
recorded = []
last = None

def asked(tokens):
    global last
    shapes.append(str(tuple(tokens.shape)))
    recorded.append(torch.is_grad_enabled())
    last = tokens.clone()

def language(tokens):  # the logits depend on every token so far, on its place, and on the row
    asked(tokens)
    B, t = tokens.shape
    places = torch.arange(t, dtype=torch.float64)
    rows = torch.arange(B, dtype=torch.float64)
    vocabulary = torch.arange(V, dtype=torch.float64)
    sums = ((tokens + 1.0) * (1.3 + places.sqrt())).sum(1) + 2.1 * rows + SEED
    return torch.sin(sums[:, None] * (1.0 + 0.37 * vocabulary))

def script(tokens):  # row b says SCRIPT[b], one after the other, whatever it has read
    asked(tokens)
    wanted = torch.tensor(SCRIPT)[:, min(tokens.size(1), len(SCRIPT[0])) - 1]
    logits = torch.sin(torch.arange(len(SCRIPT) * V) + SEED).view(len(SCRIPT), V)
    return logits.scatter(1, wanted[:, None], 3.0)

def forbidding(tokens):  # all but two tokens are impossible
    asked(tokens)
    logits = torch.full((len(tokens), V), -torch.inf)
    logits[:, EOS] = -9.5 + tokens.size(1)
    logits[:, V - 1] = -5.2
    return logits

def near(tokens):  # the largest is larger by less than float32 can tell
    asked(tokens)
    logits = torch.full((len(tokens), V), 1.0, dtype=torch.float64)
    logits[:, (tokens.size(1) * 3 + SEED) % V] += 1e-12
    return logits

def calls():
    return ", ".join(shapes)

def read_last():
    return last

def times_recorded():
    return sum(recorded)
"""


def source(V=7, seed=0.0, script=((0,),), eos=0):
    return f"V, SEED, SCRIPT, EOS = {V}, {seed}, {list(script)}, {eos}\n{STEPS}"


def both(submission, name, **settings):
    """The step for the learner, with its record, and the same step for us."""
    text, here = source(**settings), {}
    exec(text, here)
    helper = submission.helper(text)
    return helper, getattr(helper, name), here[name]


def decode(step, bos, eos, max_len, batch_size=1):
    where = torch.get_default_device()
    return reference.greedy_decode(step, bos, eos, max_len, batch_size, device=where)


def shapes_of(batch_size, lengths):
    return ", ".join(str((batch_size, t)) for t in range(1, lengths))


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("V", "B", "max_len"),
    [
        pytest.param(9, 1, 12, id="one row"),
        pytest.param(11, 3, 9, id="three rows"),
        pytest.param(6, 6, 6, id="all sizes equal"),
        pytest.param(2, 4, 5, id="a vocabulary of two"),
    ],
)
def test_the_most_probable_token(submission, rng, expect, V, B, max_len):
    """Each row goes on with the token whose logit is largest, given all of its tokens so far."""
    for _ in range(4):
        seed = float(rng.uniform(1, low=0.0, high=50.0))
        bos, eos = (int(token) for token in rng.permutation(V)[:2])
        _, theirs, ours = both(submission, "language", V=V, seed=seed)
        found = submission.greedy_decode(theirs, bos, eos, max_len, B)
        expect(found).equals(decode(ours, bos, eos, max_len, B))


SCRIPTS = [
    pytest.param([[4, 1, 5, 2], [1, 5, 4, 2], [3, 3, 3, 1]], id="one after the other"),
    pytest.param([[1, 4, 1, 5], [5, 1, 3, 4]], id="they would go on"),
    pytest.param([[3, 1], [4, 1], [5, 1]], id="all at once"),
    pytest.param([[1], [1]], id="at the first token"),
    pytest.param([[5, 4, 3, 1, 5]], id="one row"),
]


@pytest.mark.points(3)
@pytest.mark.parametrize("script", SCRIPTS)
def test_rows_end_on_their_own(submission, rng, expect, script):
    """A row that has ended is filled up with EOS, and the last row that ends stops the writing."""
    seed = float(rng.uniform(1, high=9.0))
    for bos in (0, 2):
        _, theirs, ours = both(submission, "script", V=6, seed=seed, script=script)
        found = submission.greedy_decode(theirs, bos, 1, 9, len(script))
        expect(found).equals(decode(ours, bos, 1, 9, len(script)))


@pytest.mark.points(2)
@pytest.mark.parametrize("max_len", [1, 2, 3, 4, 5, 6])
def test_no_row_is_longer(submission, rng, expect, max_len):
    """There are at most `max_len` tokens, BOS and EOS included; no EOS is made up at the end."""
    script = [[4, 5, 4, 1, 5], [3, 1, 5, 5, 5], [5, 4, 3, 3, 1]]
    seed = float(rng.uniform(1, high=9.0))
    _, theirs, ours = both(submission, "script", V=6, seed=seed, script=script)
    found = submission.greedy_decode(theirs, 2, 1, max_len, 3)
    expect(found).equals(decode(ours, 2, 1, max_len, 3))


@pytest.mark.points(2)
def test_bos_and_eos_may_be_one_token(submission, expect):
    """BOS at the beginning ends nothing, even where it is the same number as EOS."""
    for script in ([[4, 2, 5, 5], [3, 3, 2, 4]], [[5, 4, 2]], [[2], [2]]):
        _, theirs, ours = both(submission, "script", V=6, seed=0.5, script=script)
        found = submission.greedy_decode(theirs, 2, 2, 8, len(script))
        expect(found).equals(decode(ours, 2, 2, 8, len(script)))


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("script", "max_len"),
    [
        pytest.param([[4, 5, 1], [1, 4, 5], [5, 1, 4]], 9, id="until all have ended"),
        pytest.param([[4, 5, 3, 3], [1, 4, 5, 3]], 4, id="until the length is reached"),
        pytest.param([[1]], 7, id="one token"),
    ],
)
def test_the_model_is_asked_once_for_each_token(submission, expect, script, max_len):
    """The step is called once for each new token, with all rows, and never when all is written."""
    B = len(script)
    helper, theirs, ours = both(submission, "script", V=6, script=script)
    found = submission.greedy_decode(theirs, 0, 1, max_len, B)
    expected = decode(ours, 0, 1, max_len, B)
    expect(found).equals(expected)
    because = "These are the shapes of the tokens with which your code has called `step`."
    expect(helper.calls()).equals(shapes_of(B, expected.size(1)), because=because)
    because = "These are the tokens of your last call of `step`."
    expect(helper.read_last()).equals(expected[:, :-1], because=because)


def test_nothing_to_write(submission, expect):
    """With `max_len` 1 there is BOS alone, and the model is not asked at all."""
    for B in (1, 3):
        helper, theirs, _ = both(submission, "script", V=6, script=[[4, 1]] * B)
        expect(submission.greedy_decode(theirs, 5, 1, 1, B)).equals(5)
        because = "These are the shapes of the tokens with which your code has called `step`."
        expect(helper.calls()).equals("", because=because)
        found = submission.greedy_decode(theirs, 5, 1, 4, B)
        expect(found).equals(torch.tensor([[5, 4, 1]] * B))


def test_no_gradients_are_recorded(submission, expect):
    """The model is called without gradients being recorded."""
    helper, theirs, ours = both(submission, "script", V=6, script=[[4, 5, 1], [3, 1, 1]])
    expect(submission.greedy_decode(theirs, 0, 1, 8, 2)).equals(decode(ours, 0, 1, 8, 2))
    because = "This is how many of the calls of `step` recorded gradients."
    expect(helper.times_recorded()).equals(0, because=because)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_logits_of_any_size(submission, rng, expect, dtype):
    """All logits may be negative, or very large, and of any floating-point dtype."""
    _, theirs, ours = both(submission, "forbidding", V=6, eos=1)
    expect(submission.greedy_decode(theirs, 0, 1, 9, 2)).equals(decode(ours, 0, 1, 9, 2))
    sizes = {"float16": (3e3, -4e3), "bfloat16": (3e3, -4e3)}
    scale, shift = sizes.get(dtype, (3e5, -4e5))
    script = [[4, 3, 5, 1], [5, 1, 3, 3]]
    rows = torch.tensor(script)
    text = f"""
import torch

def step(tokens):
    wanted = torch.tensor({script})[:, tokens.size(1) - 1]
    logits = torch.full((2, 6), {shift - scale}).scatter(1, wanted[:, None], {shift})
    return logits.to(torch.{dtype})
"""
    found = submission.greedy_decode(submission.helper(text).step, 0, 1, 5, 2)
    expected = torch.cat([torch.zeros(2, 1, dtype=torch.int64), rows], dim=1)
    expect(found).equals(expected.masked_fill(torch.tensor([[0] * 5, [0, 0, 0, 1, 1]]) > 0, 1))


def test_logits_that_are_nearly_equal(submission, rng, expect):
    """The largest is taken however little larger it is: none of float64 is cut off."""
    seed = int(rng.integers(0, 1000))
    _, theirs, ours = both(submission, "near", V=11, seed=seed)
    expect(submission.greedy_decode(theirs, 0, 12, 8, 2)).equals(decode(ours, 0, 12, 8, 2))


def test_arguments_by_name(submission, rng, expect):
    """The arguments go by their names, and without `batch_size` there is one row."""
    seed = float(rng.uniform(1, low=0.0, high=50.0))
    _, theirs, ours = both(submission, "language", V=8, seed=seed)
    found = submission.greedy_decode(max_len=7, eos_id=2, bos_id=5, step=theirs)
    expect(found).equals(decode(ours, 5, 2, 7))
    found = submission.greedy_decode(batch_size=4, max_len=7, eos_id=2, bos_id=5, step=theirs)
    expect(found).equals(decode(ours, 5, 2, 7, 4))
