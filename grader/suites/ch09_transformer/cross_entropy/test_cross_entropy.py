"""Cross-entropy: which number is picked, what counts, large logits, nothing to count."""

import pytest
import torch

import reference


def draw(rng, *shape, V=7, scale=2.0, dtype=torch.float32):
    """Logits (*shape, V) and a target at each position."""
    return rng.normal(*shape, V, scale=scale, dtype=dtype), rng.integers(0, V, *shape)


def mean_loss(logits, targets, ignore_index=-100):
    """In float64, in the dtype of the logits."""
    return reference.cross_entropy(logits.double(), targets, ignore_index).to(logits.dtype)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("shape", "V"),
    [
        pytest.param((5,), 7, id="one dimension of positions"),
        pytest.param((3, 4), 6, id="a batch of sequences"),
        pytest.param((4, 4), 4, id="all sizes equal"),
        pytest.param((2, 3, 4), 5, id="three dimensions of positions"),
        pytest.param((2, 1, 2, 1, 3), 5, id="five dimensions of positions"),
        pytest.param((), 6, id="one position without a dimension"),
        pytest.param((1, 1), 9, id="one position of one sequence"),
        pytest.param((3, 2), 2, id="two tokens"),
    ],
)
def test_the_mean_surprise(submission, rng, expect, shape, V):
    """The mean of −log p at the targets, over all positions of any number of dimensions."""
    logits, targets = draw(rng, *shape, V=V)
    expect(submission.cross_entropy(logits, targets)).matches(mean_loss(logits, targets))


@pytest.mark.points(3)
@pytest.mark.parametrize("ignore_index", [-100, -1, 0, 3, 6, 7, 1000])
def test_ignored_positions_do_not_count(submission, rng, expect, ignore_index):
    """Positions with the target ignore_index are left out of the sum and of the number."""
    logits, targets = draw(rng, 3, 5)
    targets = targets.masked_fill(targets == ignore_index, 1)
    targets[:, 0] = 2
    for hidden in (rng.mask(3, 5), rng.mask(3, 5, keep=0.2)):
        hidden[:, 0] = False
        given = targets.masked_fill(hidden, ignore_index)
        found = submission.cross_entropy(logits, given, ignore_index)
        expect(found).matches(mean_loss(logits, given, ignore_index))
    # Long enough for who takes them piece by piece; few are ignored in the first half.
    logits, targets = draw(rng, 700, V=3)
    hidden = torch.cat([rng.mask(350, keep=0.9), rng.mask(350, keep=0.3)]).logical_not()
    given = targets.masked_fill(hidden, -5)
    expect(submission.cross_entropy(logits, given, -5)).matches(mean_loss(logits, given, -5))


@pytest.mark.points(2)
def test_the_mean_is_over_all_positions(submission, rng, expect, device):
    """Long sequences weigh more than short ones: the mean is over tokens, not over sequences."""
    logits, targets = draw(rng, 3, 6)
    places = torch.arange(6, device=device)
    given = targets.masked_fill(places >= torch.tensor([[6], [1], [3]], device=device), 0)
    given[:, 0] = 4
    expect(submission.cross_entropy(logits, given, 0)).matches(mean_loss(logits, given, 0))


def test_a_token_is_a_token(submission, rng, expect):
    """Without ignored positions token 0 and the last one count like any others."""
    logits, targets = draw(rng, 4, 5)
    targets[:, 1], targets[:, 3] = 0, 6
    expect(submission.cross_entropy(logits, targets)).matches(mean_loss(logits, targets))
    found = submission.cross_entropy(ignore_index=6, targets=targets, logits=logits)
    expect(found).matches(mean_loss(logits, targets, 6))
    logits, targets = draw(rng, 3, 2, V=1)
    expect(submission.cross_entropy(logits, targets)).matches(mean_loss(logits, targets))


@pytest.mark.points(2)
def test_nothing_to_count(submission, rng, expect):
    """Where every position is ignored, the loss is 0; where one is not, the loss is its own."""
    for shape in ((2, 3), (1,), ()):
        logits, targets = draw(rng, *shape)
        found = submission.cross_entropy(logits, torch.full_like(targets, -100))
        expect(found).equals(0.0)
        expect(submission.cross_entropy(logits, targets)).matches(mean_loss(logits, targets))
    logits, targets = draw(rng, 2, 3)
    targets[0, :], targets[1, 1:] = -100, -100
    expect(submission.cross_entropy(logits, targets)).matches(mean_loss(logits, targets))


@pytest.mark.points(2)
@pytest.mark.parametrize("size", [100.0, 1000.0, 1e4, 3e5])
def test_large_logits(submission, rng, expect, size):
    """Large logits neither overflow nor lose a token whose probability is too small to hold."""
    logits = size * (1 + rng.uniform(3, 4, 5))
    for offset in (0.0, -3 * size):
        targets = logits.argmin(-1)
        targets[0] = logits[0].argmax(-1)
        found = submission.cross_entropy(logits + offset, targets)
        expect(found).matches(mean_loss(logits + offset, targets))
    logits = rng.uniform(3, 4, 5, low=-3 * size, high=3 * size)
    targets = logits.argmin(-1)
    found = submission.cross_entropy(logits, targets)
    expect(found).matches(mean_loss(logits, targets))


def test_a_sure_model(submission, rng, expect):
    """The loss of right and sure predictions is close to 0, and of wrong ones their distance."""
    logits, targets = draw(rng, 3, 4, V=5, scale=0.3)
    for sign in (1, -1):
        sure = logits.scatter_add(-1, targets[..., None], sign * (8 + rng.uniform(3, 4, 1)))
        expect(submission.cross_entropy(sure, targets)).matches(mean_loss(sure, targets))


def test_float64(submission, rng, expect):
    """float64 stays float64, and as exact."""
    logits, targets = draw(rng, 3, 4, dtype=torch.float64)
    targets[1, 2:] = -100
    expect(submission.cross_entropy(logits, targets)).matches(mean_loss(logits, targets))


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """The gradient of a logit is p, less 1 at the target, divided by the number that counts."""
    for ignore_index in (-100, 2):
        logits, targets = draw(rng, 3, 5)
        targets[:, 0] = 3
        hidden = rng.mask(3, 5)
        hidden[:, 0] = False
        targets = targets.masked_fill(targets == ignore_index, 1).masked_fill(hidden, ignore_index)
        expected = logits.softmax(-1)
        index = targets.masked_fill(hidden, 0)[..., None]
        expected = expected.scatter_add(-1, index, -torch.ones_like(expected[..., :1]))
        expected = expected.masked_fill(hidden[..., None], 0.0) / (~hidden).sum()
        cotangent = rng.normal() + 2
        found = submission.cross_entropy.gradients(
            logits, targets, ignore_index, cotangent=cotangent
        ).inputs[0]
        expect(found).matches(cotangent * expected, because="This is the gradient of the logits.")
        expect(found[hidden]).equals(0.0, because="The gradient at ignored positions.")


def test_gradients_where_nothing_counts(submission, rng, expect):
    """Where every position is ignored, all gradients are 0; they are finite for large logits."""
    logits, targets = draw(rng, 2, 4)
    ignored = torch.full_like(targets, -100)
    found = submission.cross_entropy.gradients(logits, ignored).inputs[0]
    expect(found).equals(0.0, because="Every position is ignored. The gradient of the logits.")
    logits = 500 * logits
    found = submission.cross_entropy.gradients(logits, targets).inputs[0]
    one_hot = torch.nn.functional.one_hot(targets, 7)
    expected = (logits.softmax(-1) - one_hot) / targets.numel()
    expect(found).matches(expected, because="The gradient of the logits, which are large.")


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Arguments that are not contiguous, such as transposed ones, count like any others."""
    logits, targets = rng.normal(7, 4, 3).transpose(0, 2), rng.integers(0, 7, 4, 3).T
    targets[0, 1] = -100
    expect(submission.cross_entropy(logits, targets)).matches(mean_loss(logits, targets))


def test_arguments_are_left_alone(submission, rng, expect):
    """Logits and targets hold after the call what they held before."""
    logits, targets = draw(rng, 3, 4)
    for given in (targets, targets.masked_fill(rng.mask(3, 4), -100)):
        after = submission.cross_entropy.inputs_after(logits, given)
        expect(after[0]).equals(logits, because="Your call changes `logits`.")
        expect(after[1]).equals(given, because="Your call changes `targets`.")
