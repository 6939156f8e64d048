"""Label smoothing: where the share goes, what counts, large logits, two errors."""

import pytest
import torch

import reference


def draw(rng, *shape, V=7, scale=2.0, dtype=torch.float32):
    """Logits (*shape, V) and a target at each position."""
    return rng.normal(*shape, V, scale=scale, dtype=dtype), rng.integers(0, V, *shape)


def mean_loss(logits, targets, smoothing, ignore_index=-100):
    """In float64, in the dtype of the logits."""
    exact = reference.label_smoothing_loss(logits.double(), targets, smoothing, ignore_index)
    return exact.to(logits.dtype)


@pytest.mark.points(3)
@pytest.mark.parametrize("smoothing", [0.1, 0.0, 0.35, 1.0])
def test_the_share_of_every_token(submission, rng, expect, smoothing):
    """Every token is aimed at with ε/V, and the right one with 1 − ε in addition."""
    for V in (7, 2, 12):
        logits, targets = draw(rng, 3, 4, V=V)
        found = submission.label_smoothing_loss(logits, targets, smoothing)
        expect(found).matches(mean_loss(logits, targets, smoothing))


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("shape", "V"),
    [
        pytest.param((5,), 7, id="one dimension of positions"),
        pytest.param((4, 4), 4, id="all sizes equal"),
        pytest.param((2, 3, 4), 5, id="three dimensions of positions"),
        pytest.param((2, 1, 2, 1, 3), 5, id="five dimensions of positions"),
        pytest.param((), 6, id="one position without a dimension"),
        pytest.param((1, 1), 9, id="one position of one sequence"),
    ],
)
def test_any_number_of_dimensions(submission, rng, expect, shape, V):
    """The mean is over all positions, of any number of dimensions."""
    logits, targets = draw(rng, *shape, V=V)
    found = submission.label_smoothing_loss(logits, targets, 0.2)
    expect(found).matches(mean_loss(logits, targets, 0.2))


@pytest.mark.points(3)
@pytest.mark.parametrize("ignore_index", [-100, -1, 0, 3, 6, 7, 1000])
def test_ignored_positions_do_not_count(submission, rng, expect, ignore_index):
    """Ignored positions are left out, and the ignored token keeps its share ε/V elsewhere."""
    logits, targets = draw(rng, 3, 5)
    targets = targets.masked_fill(targets == ignore_index, 1)
    targets[:, 0] = 2
    for hidden in (rng.mask(3, 5), rng.mask(3, 5, keep=0.2)):
        hidden[:, 0] = False
        given = targets.masked_fill(hidden, ignore_index)
        for smoothing in (0.3, 0.0, 1.0):
            found = submission.label_smoothing_loss(logits, given, smoothing, ignore_index)
            expect(found).matches(mean_loss(logits, given, smoothing, ignore_index))


@pytest.mark.points(2)
def test_the_mean_is_over_all_positions(submission, rng, expect, device):
    """Long sequences weigh more than short ones: the mean is over tokens, not over sequences."""
    logits, targets = draw(rng, 3, 6)
    places = torch.arange(6, device=device)
    given = targets.masked_fill(places >= torch.tensor([[6], [1], [3]], device=device), 0)
    given[:, 0] = 4
    found = submission.label_smoothing_loss(
        ignore_index=0, smoothing=0.25, targets=given, logits=logits
    )
    expect(found).matches(mean_loss(logits, given, 0.25, 0))


@pytest.mark.points(2)
def test_nothing_to_count(submission, rng, expect):
    """Where every position is ignored, the loss is 0; where one is not, the loss is its own."""
    for shape in ((2, 3), (1,), ()):
        logits, targets = draw(rng, *shape)
        ignored = torch.full_like(targets, -100)
        expect(submission.label_smoothing_loss(logits, ignored, 0.1)).equals(0.0)
        found = submission.label_smoothing_loss(logits, targets, 0.1)
        expect(found).matches(mean_loss(logits, targets, 0.1))
    logits, targets = draw(rng, 2, 3)
    targets[0, :], targets[1, 1:] = -100, -100
    found = submission.label_smoothing_loss(logits, targets, 0.1)
    expect(found).matches(mean_loss(logits, targets, 0.1))


@pytest.mark.points(2)
@pytest.mark.parametrize("size", [100.0, 1000.0, 1e4, 3e5])
def test_large_logits(submission, rng, expect, size):
    """Large logits neither overflow nor lose a token whose probability is too small to hold."""
    logits = size * (1 + rng.uniform(3, 4, 5))
    for offset in (0.0, -3 * size):
        targets = logits.argmin(-1)
        targets[0] = logits[0].argmax(-1)
        found = submission.label_smoothing_loss(logits + offset, targets, 0.1)
        expect(found).matches(mean_loss(logits + offset, targets, 0.1))
    logits = rng.uniform(3, 4, 5, low=-3 * size, high=3 * size)
    targets = logits.argmin(-1)
    found = submission.label_smoothing_loss(logits, targets, 0.1)
    expect(found).matches(mean_loss(logits, targets, 0.1))


@pytest.mark.points(2)
def test_a_sure_model_pays(submission, rng, expect):
    """The surer a right prediction is, the more its loss rises beyond that of the best one."""
    logits, targets = draw(rng, 3, 4, V=5, scale=0.2)
    for height in (0.0, 3.0, 12.0):
        given = logits.scatter_add(-1, targets[..., None], height + rng.uniform(3, 4, 1))
        found = submission.label_smoothing_loss(given, targets, 0.1)
        expect(found).matches(mean_loss(given, targets, 0.1))


@pytest.mark.points(2)
def test_a_share_outside_0_to_1(submission, rng, expect):
    """ε below 0 or above 1 is a ValueError; 0 and 1 themselves are not."""
    logits, targets = draw(rng, 2, 3)
    for smoothing in (-0.1, 1.1, -1e-6, 1.000001, 10, -1):
        for given in (targets, torch.full_like(targets, -100)):
            submission.label_smoothing_loss.raises(ValueError, logits, given, smoothing)
    for smoothing in (0, 1, 1e-6, 0.999999):
        found = submission.label_smoothing_loss(logits, targets, smoothing)
        expect(found).matches(mean_loss(logits, targets, smoothing))


def test_float64(submission, rng, expect):
    """float64 stays float64, and as exact."""
    logits, targets = draw(rng, 3, 4, dtype=torch.float64)
    targets[1, 2:] = -100
    found = submission.label_smoothing_loss(logits, targets, 0.15)
    expect(found).matches(mean_loss(logits, targets, 0.15))


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """The gradient of a logit is p − q, divided by the number that counts, with q the target."""
    for smoothing, ignore_index in ((0.1, -100), (0.4, 2)):
        logits, targets = draw(rng, 3, 5)
        targets[:, 0] = 3
        hidden = rng.mask(3, 5)
        hidden[:, 0] = False
        targets = targets.masked_fill(targets == ignore_index, 1).masked_fill(hidden, ignore_index)
        index = targets.masked_fill(hidden, 0)[..., None]
        aim = torch.full_like(logits, smoothing / 7)
        aim = aim.scatter_add(-1, index, torch.full_like(aim[..., :1], 1 - smoothing))
        expected = (logits.softmax(-1) - aim).masked_fill(hidden[..., None], 0.0) / (~hidden).sum()
        cotangent = rng.normal() + 2
        found = submission.label_smoothing_loss.gradients(
            logits, targets, smoothing, ignore_index, cotangent=cotangent
        ).inputs[0]
        expect(found).matches(cotangent * expected, because="This is the gradient of the logits.")
        expect(found[hidden]).equals(0.0, because="The gradient at ignored positions.")


def test_gradients_where_nothing_counts(submission, rng, expect):
    """Where every position is ignored, all gradients are 0; they are finite for large logits."""
    logits, targets = draw(rng, 2, 4)
    ignored = torch.full_like(targets, -100)
    found = submission.label_smoothing_loss.gradients(logits, ignored, 0.1).inputs[0]
    expect(found).equals(0.0, because="Every position is ignored. The gradient of the logits.")
    logits = 500 * logits
    found = submission.label_smoothing_loss.gradients(logits, targets, 0.1).inputs[0]
    aim = 0.9 * torch.nn.functional.one_hot(targets, 7) + 0.1 / 7
    expected = (logits.softmax(-1) - aim) / targets.numel()
    expect(found).matches(expected, because="The gradient of the logits, which are large.")


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Arguments that are not contiguous, such as transposed ones, count like any others."""
    logits, targets = rng.normal(7, 4, 3).transpose(0, 2), rng.integers(0, 7, 4, 3).T
    targets[0, 1] = -100
    found = submission.label_smoothing_loss(logits, targets, 0.2)
    expect(found).matches(mean_loss(logits, targets, 0.2))


def test_arguments_are_left_alone(submission, rng, expect):
    """Logits and targets hold after the call what they held before."""
    logits, targets = draw(rng, 3, 4)
    for given in (targets, targets.masked_fill(rng.mask(3, 4), -100)):
        after = submission.label_smoothing_loss.inputs_after(logits, given, 0.1)
        expect(after[0]).equals(logits, because="Your call changes `logits`.")
        expect(after[1]).equals(given, because="Your call changes `targets`.")
