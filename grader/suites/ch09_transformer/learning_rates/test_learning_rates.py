"""The schedules: the rise, the peak, the way down, the ends, other settings, errors."""

import pytest

import reference


def noam(submission, expect, *arguments):
    """One step of the schedule of 2017, given by position."""
    because = f"This is the rate at step {arguments[0]}."
    expected = reference.noam_learning_rate(*arguments)
    expect(submission.noam_learning_rate(*arguments)).matches(expected, because=because)


def cosine(submission, expect, *arguments):
    """One step of the cosine schedule, given by position."""
    because = f"This is the rate at step {arguments[0]}."
    expected = reference.cosine_learning_rate(*arguments)
    expect(submission.cosine_learning_rate(*arguments)).matches(expected, because=because)


def drawn(rng, low, high):
    """A whole number, so that nobody can know the answers beforehand."""
    return int(rng.integers(low, high))


@pytest.mark.points(2)
def test_noam_rises(submission, rng, expect):
    """The schedule of 2017 rises on a straight line up to step w."""
    d_model, warmup = drawn(rng, 60, 900), drawn(rng, 50, 5000)
    for step in (1, 2, drawn(rng, 3, warmup), warmup - 1, warmup):
        noam(submission, expect, step, d_model, warmup)


@pytest.mark.points(2)
def test_noam_falls(submission, rng, expect):
    """After step w it falls with the root of the step."""
    d_model, warmup = drawn(rng, 60, 900), drawn(rng, 50, 5000)
    for step in (warmup, warmup + 1, 4 * warmup, warmup + drawn(rng, 2, 10**5), 10**7):
        noam(submission, expect, step, d_model, warmup)


@pytest.mark.points(2)
def test_noam_of_other_models(submission, rng, expect):
    """Each size and warm-up has its own curve, also a size of 1 and a warm-up of 1."""
    for d_model, warmup in ((512, 4000), (1024, 8000), (1, 10), (16, 1), (1, 1), (100, 3)):
        for step in (1, 2, 3, 4000, drawn(rng, 5, 10**4)):
            noam(submission, expect, step, d_model, warmup)


@pytest.mark.points(2)
def test_step_0(submission, rng, expect):
    """At step 0 both rates are 0, and at step 1 they are not."""
    for step in (0, 1):
        noam(submission, expect, step, drawn(rng, 60, 900), 400)
        peak = float(rng.uniform(1, low=0.1))
        cosine(submission, expect, step, peak, 10, 100)
        cosine(submission, expect, step, peak, 10, 100, peak / 8)


@pytest.mark.points(2)
def test_cosine_rises(submission, rng, expect):
    """The cosine schedule rises on a straight line from 0 to the peak."""
    peak, warmup = float(rng.uniform(1, low=1e-4, high=1e-2)), drawn(rng, 50, 500)
    for step in (1, 2, drawn(rng, 3, warmup), warmup - 1, warmup):
        cosine(submission, expect, step, peak, warmup, 3 * warmup + 7)
        cosine(submission, expect, step, peak, warmup, 2 * warmup, peak / 5)


@pytest.mark.points(2)
def test_cosine_comes_down(submission, rng, expect):
    """It comes down on half a cosine, from the peak at warmup to the minimum at total."""
    peak, warmup = float(rng.uniform(1, low=1e-4, high=1e-2)), drawn(rng, 50, 500)
    total = warmup + drawn(rng, 200, 5000)
    half = (warmup + total) // 2
    for step in (warmup, warmup + 1, drawn(rng, warmup, total), half, total - 1, total):
        cosine(submission, expect, step, peak, warmup, total)
        cosine(submission, expect, step, peak, warmup, total, peak / 3)


@pytest.mark.points(2)
def test_cosine_after_the_end(submission, rng, expect):
    """After total the rate stays at the minimum and does not rise again."""
    peak = float(rng.uniform(1, low=0.1))
    for step in (30, 31, 45, 50, 51, 52, 70, drawn(rng, 100, 10**6), 10**9):
        cosine(submission, expect, step, peak, 10, 50, peak / 7)
        cosine(submission, expect, step, peak, 10, 50)


def test_short_schedules(submission, rng, expect):
    """A warm-up of one step, and an end right after the warm-up."""
    for warmup, total in ((1, 2), (1, 3), (1, 40), (9, 10), (5, 7)):
        peak = float(rng.uniform(1, low=0.1))
        for step in range(0, min(total + 2, 12)):
            cosine(submission, expect, step, peak, warmup, total)
            cosine(submission, expect, step, peak, warmup, total, peak)


def test_arguments_by_name(submission, rng, expect):
    """The arguments may be given by name, in any order."""
    step, d_model, warmup = drawn(rng, 2, 300), drawn(rng, 60, 900), drawn(rng, 50, 200)
    found = submission.noam_learning_rate(warmup=warmup, d_model=d_model, step=step)
    expect(found).matches(reference.noam_learning_rate(step, d_model, warmup))
    setting = {"warmup": 20, "peak": 0.3, "minimum": 0.02, "total": 320, "step": step}
    found = submission.cosine_learning_rate(**setting)
    expect(found).matches(reference.cosine_learning_rate(**setting))


@pytest.mark.points(2)
def test_what_is_refused(submission, expect):
    """A negative step, a warm-up below 1, and an end not after the warm-up are a ValueError."""
    for step, warmup in ((-1, 10), (-100, 10), (5, 0), (5, -3), (0, 0), (1, 0), (200, 0)):
        submission.noam_learning_rate.raises(ValueError, step, 64, warmup)
        submission.cosine_learning_rate.raises(ValueError, step, 0.1, warmup, 100)
    for step in (0, 3, 10, 200):
        for total in (10, 9, 0, -5):
            submission.cosine_learning_rate.raises(ValueError, step, 0.1, 10, total)
        cosine(submission, expect, step, 0.1, 10, 11)
