"""What the result depends on, found by changing one thing in a call at a time."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from grader.examiner.agreement import is_right
from grader.examiner.exchange import Exchange
from grader.examiner.symptoms.evidence import (
    Evidence,
    compared,
    lowered,
    named_arguments,
    some_calls,
)
from grader.examiner.symptoms.inquiry import Inquiry, is_fickle
from grader.examiner.symptoms.trials import (
    MOVED,
    STILL,
    Trial,
    is_ordinary,
    is_still_afresh,
    moved_of,
    moves_when_turned,
    size_of_arguments,
    trials_of,
)

MAX_CALLS = 2  # that are tried
ENOUGH_DRAWN = 6  # numbers that another draw changes
MAX_PLAIN = 2  # arguments that tell one call from another


def not_repeatable(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """Two equal calls, two results."""
    asked = sorted(evidence.wrong, key=size_of_arguments, reverse=True)[:MAX_CALLS]
    twice = [(exchange, inquiry.ask_twice(exchange)) for exchange in asked]
    fickle = [exchange for exchange, answers in twice if answers and is_fickle(*answers)]
    if not fickle:
        return None
    even = ", even after `eval()`" if any(map(inquiry.is_in_evaluation, fickle)) else ""
    return (
        f"Two equal calls, one right after the other, give different results{even}: something in"
        " your code is random, is kept from one call to the next, or makes much of how its steps"
        " are rounded."
    )


def draws_nothing(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """Two equal calls, one result, where the right one is drawn at random each time."""
    for exchange in sorted(evidence.wrong, key=size_of_arguments, reverse=True)[:MAX_CALLS]:
        answers = inquiry.ask_twice(exchange)
        moved = moved_of(*answers, evidence.names) if answers else None
        if moved is None or bool((moved[0] > 0).any()):
            return None
        if int((moved[1] > MOVED).sum()) < ENOUGH_DRAWN:  # a few may be drawn twice by chance
            return None
    return (
        "Two equal calls, one right after the other, give one and the same result. The right one"
        " holds numbers that are drawn anew each time, as dropout draws them in training."
    )


def kept_from_before(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """Each wrong call that is tried is right where no call of its kind comes before it, be it in
    another test: what is kept in the module outlives one.

    Where earlier calls count, as those of a cache do, our own result is another one without them.
    """
    if any(map(inquiry.is_first, evidence.wrong)):
        return None
    for exchange in sorted(evidence.wrong, key=size_of_arguments)[:MAX_CALLS]:
        alone = inquiry.ask_alone(exchange)
        if alone is None or not is_right(alone.got, exchange):
            return None
        if not is_right(alone.expected, exchange):
            return None
    return (
        "Alone, the same call gives the right result; after another one it does not. Your code"
        " keeps something of an earlier call, and uses it again."
    )


def depends_on_other_things(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """What the result should depend on and does not, or the reverse, in every call that is tried.

    An extreme call shows nothing: with one key, or with scores that leave no choice, a right answer
    does not move either.
    """
    ordinary = [wrong for wrong in evidence.wrong if is_ordinary(wrong, evidence.names)]
    ordinary = sorted(ordinary, key=size_of_arguments)[:MAX_CALLS]
    labels = {next(compared(call, evidence.names)).label for call in ordinary}
    if len(labels) != 1 or not labels <= set(evidence.labels):
        return None  # only the first of several values is looked at
    what = evidence.about(labels.pop()).what
    tried = [list(trials_of(call, evidence, inquiry)) for call in ordinary]
    found = [dict(_statements(trials)) for trials in tried]
    statements = {key: says for known in reversed(found) for key, says in known.items()}
    for key in dict.fromkeys(key for known in found for key in known):
        says = statements[key]
        # A leak in one call is a fact; what a call lacks may be hidden there by chance.
        if key[0] != "leaked" and not all(key in known for known in found):
            continue
        if key[0] in ("unused", "lost") and len(found) < min(MAX_CALLS, len(evidence.wrong)):
            continue
        if key[0] == "ignored" and any(
            moves_when_turned(call, evidence, inquiry, key[1]) for call in ordinary
        ):
            continue
        if key[0] in ("unused", "lost") and not all(
            is_still_afresh(trial, evidence, inquiry)
            for trials in tried
            for trial in [each for each in trials if each.argument == key[1] and each.is_missed][:1]
        ):
            continue
        if key[0] == "unused":
            return f"In the calls that were tried, {lowered(what)} {says}"
        if key[0] == "ignored" and _counts_elsewhere(key[1], evidence, inquiry):
            return some_calls(f"{what} {says}")
        if key[0] in ("leaked", "lost"):  # which numbers these are is a matter of the call
            call = next(call for call, known in zip(ordinary, found, strict=True) if key in known)
            return f"In a call {_settings(call, evidence)}, {lowered(what)} {says}"
        return f"{what} {says}"
    return None


def _settings(exchange: Exchange, evidence: Evidence) -> str:
    """Which call it is: by the plain arguments that it gives, if there are some."""
    given = named_arguments(exchange.call, evidence.names)
    plain = [f"`{name}={value!r}`" for name, value in given.items() if isinstance(value, int)]
    return f"with {' and '.join(plain)}" if 1 <= len(plain) <= MAX_PLAIN else "that was tried"


def _counts_elsewhere(name: str, evidence: Evidence, inquiry: Inquiry) -> bool:
    """Whether, in a right call, the learner's result does depend on an argument."""
    right = [exchange for exchange in evidence.alike if is_ordinary(exchange, evidence.names)]
    for call in sorted(right, key=size_of_arguments)[:MAX_CALLS]:
        if any((trial.mine > MOVED).any() for trial in trials_of(call, evidence, inquiry, name)):
            return True
    return False


Key = tuple[str, ...]


def _statements(trials: list[Trial]) -> Iterator[tuple[Key, str]]:
    """What can be said of one call, the plainest first, by what makes it the same in another."""
    for name in dict.fromkeys(trial.argument for trial in trials):
        about = [trial for trial in trials if trial.argument == name]
        still = all(trial.is_still.all() for trial in about)
        if still and any(trial.is_unused for trial in about):
            says = f"does not depend on `{name}`: other numbers there leave it as it is."
            yield ("ignored", name), says
    same = [trial for trial in trials if trial.mine.shape == trial.ours.shape]
    yield from _leaks(same)
    lost = list(_losses(same))
    yield from (found for found in lost if AHEAD in found[0])
    for trial in trials:
        if trial.is_unused and not trial.is_masked:
            says = f"does not depend on {trial.where}; the right one does."
            yield ("unused", trial.argument, trial.side), says
    yield from lost


AHEAD = "ahead"


def _leaks(trials: Sequence[Trial]) -> Iterator[tuple[Key, str]]:
    """Numbers that move, and should not."""
    for about in _by_dimension(trials):
        moved = [(trial, trial.extra) for trial in about if trial.extra.any()]
        # Where the right answer looks ahead itself, something else is hidden: padding, say.
        ahead = all(_before(trial, places)[places].all() for trial, places in moved) and not any(
            (trial.ours > STILL)[_before(trial, trial.ours)].any() for trial in about
        )
        for trial, places in moved:
            says = f"{_first(places)}changes with {trial.where}; the right one does not."
            if ahead:
                yield ("leaked", trial.argument, AHEAD), f"{says} It looks ahead."
            yield ("leaked", trial.argument), says


def _by_dimension(trials: Sequence[Trial]) -> Iterator[list[Trial]]:
    """The trials by what they change: one dimension of one argument."""
    for key in dict.fromkeys((trial.argument, trial.dim) for trial in trials):
        yield [trial for trial in trials if (trial.argument, trial.dim) == key]


def _losses(trials: Sequence[Trial]) -> Iterator[tuple[Key, str]]:
    """Numbers that should move, and do not."""
    for about in _by_dimension(trials):
        moved = [(trial, trial.lacking) for trial in about if trial.lacking.any()]
        ahead = all(_before(trial, places)[places].all() for trial, places in moved) and not any(
            (trial.mine > STILL)[_before(trial, trial.mine)].any() for trial in about
        )
        for trial, places in moved:
            says = f"{_first(places)}does not change with {trial.where}; the right one does."
            if ahead:
                never = "It never looks ahead, as with a causal mask."
                yield ("lost", trial.argument, AHEAD), f"{says} {never}"
            yield ("lost", trial.argument, trial.side), says


def _first(places: Tensor) -> str:
    """Where the first of them is; of a single number nothing is to be said."""
    return f"at {[int(i) for i in places.nonzero()[0]]} " if places.dim() else ""


def _before(trial: Trial, numbers: Tensor) -> Tensor:
    """The places of a result that lie at positions before the one that was changed.

    None does where the result has no such positions.
    """
    if numbers.dim() < 2 or numbers.dim() != trial.dims or trial.dim != trial.dims - 2:
        return torch.zeros_like(numbers, dtype=torch.bool)
    rows = torch.arange(numbers.size(-2)) < trial.index
    return rows[:, None].expand_as(numbers)
