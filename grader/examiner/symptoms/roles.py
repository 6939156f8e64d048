"""What is used in another's place, or not at all: arguments, parameters, and a layer's mode."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader.examiner.exchange import Exchange
from grader.examiner.symptoms.evidence import (
    Evidence,
    distinct,
    named_arguments,
    with_argument,
)
from grader.examiner.symptoms.inquiry import Inquiry
from grader.examiner.symptoms.trials import MOVED, STILL, moved_of, shaken, size_of_arguments
from grader.worker.calls import Call, Raised

ENOUGH_NUMBERS = 3  # that differ
MAX_TRIED = 24  # ways to exchange two of them
MAX_PARAMETERS = 16  # that are tried one by one
MAX_CALLS = 2  # in which a parameter is tried
PUSHES = (1.0, -8.0)
LARGE = 1000.0

Weights = Mapping[str, Tensor]


@dataclass(frozen=True)
class Role:
    """One or two that change places: arguments of the call, or parameters of the object."""

    of_call: bool
    one: str
    other: str
    both: bool  # the other stands in the place of the one as well

    @property
    def says(self) -> str:
        if self.both:
            return f"`{self.one}` and `{self.other}` in each other's place"
        return f"`{self.other}` in the place of `{self.one}` as well"

    def change(
        self, exchange: Exchange, weights: Weights, evidence: Evidence
    ) -> tuple[Call, Weights]:
        """The call and the weights with them changed. Raises `LookupError` without them."""
        call = exchange.call
        if self.of_call:
            given = named_arguments(call, evidence.names)
            first, second = given[self.one], given[self.other]
            call = with_argument(call, self.one, second, evidence.names)
            if self.both:
                call = with_argument(call, self.other, first, evidence.names)
            return call, weights
        changed = dict(weights)
        for one, other in _pairs(self.one, self.other, weights):
            changed[one] = weights[other]
            if self.both:
                changed[other] = weights[one]
        return call, changed


def in_anothers_place(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """A right answer gives the result where two arguments or two parameters change places, or where
    one of them stands for both; so it does in every call."""
    if not _is_telling(evidence) or not _is_usual(evidence):
        return None
    first, *others = sorted(evidence.wrong, key=size_of_arguments)
    for role in itertools.islice(_roles(first, evidence, inquiry), MAX_TRIED):
        if all(_gives(role, each, evidence, inquiry) for each in (first, *others)):
            return f"{evidence.what} is what a right answer gives with {role.says}."
    return None


def _is_telling(evidence: Evidence) -> bool:
    numbers = [found.got.flatten() for found in evidence.differences]
    return bool(numbers) and distinct(torch.cat(numbers)) >= ENOUGH_NUMBERS


def _is_usual(evidence: Evidence) -> bool:
    """Whether calls of this kind mostly go wrong. Where few do, every part has its place, and the
    questions are better spent on something else."""
    return len(evidence.wrong) >= len(evidence.alike)


def _gives(role: Role, exchange: Exchange, evidence: Evidence, inquiry: Inquiry) -> bool:
    try:
        call, weights = role.change(exchange, inquiry.weights(exchange), evidence)
    except LookupError:
        return False
    return evidence.is_given_by(inquiry.ours(exchange, call, weights))


def _roles(exchange: Exchange, evidence: Evidence, inquiry: Inquiry) -> Iterator[Role]:
    """Whole layers come before single parameters."""
    given = named_arguments(exchange.call, evidence.names)
    arguments = {name: value for name, value in given.items() if isinstance(value, Tensor)}
    weights = inquiry.weights(exchange)
    layers = dict.fromkeys(
        name[:place] for name in weights for place, mark in enumerate(name) if mark == "."
    )
    for both, one, other in _pairings(arguments):
        if _are_alike(arguments[one], arguments[other]):
            yield Role(True, one, other, both)
    for names in (layers, weights):
        for both, one, other in _pairings(names):
            if _pairs(one, other, weights):
                yield Role(False, one, other, both)


def _pairings(names: Iterable[str]) -> Iterator[tuple[bool, str, str]]:
    """Two that are exchanged, and then one that stands for another."""
    for both in (True, False):
        for one, other in itertools.permutations(names, 2):
            if one < other or not both:
                yield both, one, other


def _pairs(one: str, other: str, weights: Weights) -> list[tuple[str, str]]:
    """The parameters of two layers, or two parameters, that can change places; if all can."""
    mine, theirs = ([name for name in weights if _is_in(name, layer)] for layer in (one, other))
    pairs = [(name, other + name.removeprefix(one)) for name in mine]
    if not mine or [name for _, name in pairs] != theirs or set(mine) & set(theirs):
        return []
    return pairs if all(_are_alike(weights[a], weights[b]) for a, b in pairs) else []


def _is_in(name: str, layer: str) -> bool:
    return name == layer or name.startswith(f"{layer}.")


def _are_alike(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype and not torch.equal(one, other)


def off_by_one(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """A right answer gives the results where a whole number among the arguments is another by 1."""
    if not _is_telling(evidence):
        return None
    first, *others = sorted(evidence.wrong, key=size_of_arguments)
    given = named_arguments(first.call, evidence.names)
    whole = [name for name, value in given.items() if type(value) is int]
    for name, step in itertools.product(whole, (1, -1)):
        if all(_gives_with(name, step, each, evidence, inquiry) for each in (first, *others)):
            which = "larger" if step > 0 else "smaller"
            return (
                f"{evidence.what} is what a right answer gives for a `{name}` that is {which} by 1."
            )
    return None


def _gives_with(
    name: str, step: int, exchange: Exchange, evidence: Evidence, inquiry: Inquiry
) -> bool:
    value = named_arguments(exchange.call, evidence.names).get(name)
    if type(value) is not int:
        return False
    call = with_argument(exchange.call, name, value + step, evidence.names)
    return evidence.is_given_by(inquiry.ours(exchange, call))


def always_in_one_mode(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """A right answer gives the results where its layer stays in training, or in evaluation."""
    if not _is_telling(evidence):
        return None
    for mode, name in (("train", "training"), ("eval", "evaluation")):
        answers = (inquiry.ours_always_in(mode, exchange) for exchange in evidence.wrong)
        if all(map(evidence.is_given_by, answers)):
            return (
                f"{evidence.what} is what a right answer gives in {name}, whichever of `train()`"
                " and `eval()` is in force."
            )
    return None


def unused_parameters(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """Parameters that the right result depends on, and the learner's does not."""
    asked = sorted(evidence.wrong, key=size_of_arguments)[:MAX_CALLS]
    known = [inquiry.weights(exchange) for exchange in asked]
    names = [name for name in known[0] if all(name in weights for weights in known)]
    if not names or len(names) > MAX_PARAMETERS or not _is_usual(evidence):
        return None
    unused = [
        name for name in names if all(_is_unused(name, each, evidence, inquiry) for each in asked)
    ]
    if not unused:
        return None
    which = " and ".join(f"`{name}`" for name in unused)
    noun = "parameter" if len(unused) == 1 else "parameters"
    return f"{evidence.what} does not depend on the {noun} {which}; the right one does."


def unused_settings(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """What an object is made with, and what the right result depends on, unlike the learner's."""
    asked = _made_with_settings(evidence.wrong, evidence, inquiry)
    right = _made_with_settings(evidence.alike, evidence, inquiry)
    names = [
        name
        for name in (asked[0][1] if asked else ())
        if all(_is_setting_unused(name, *each, evidence, inquiry) for each in asked)
        and not any(_counts(name, *each, evidence, inquiry) for each in right)
    ]
    if not names:
        return None
    which = " and ".join(f"`{name}`" for name in names)
    return (
        f"{evidence.what} does not depend on {which}, with which the object is made; the right one"
        " does."
    )


Settings = Mapping[str, Sequence[bool | float]]


def _made_with_settings(
    exchanges: Iterable[Exchange], evidence: Evidence, inquiry: Inquiry
) -> list[tuple[Exchange, Settings]]:
    """The first calls, as many as are tried, of objects that were made with a setting."""
    ordered = sorted(exchanges, key=size_of_arguments, reverse=True)
    each = ((one, _settings(one, evidence, inquiry)) for one in ordered)
    return list(itertools.islice((pair for pair in each if pair[1]), MAX_CALLS))


def _settings(exchange: Exchange, evidence: Evidence, inquiry: Inquiry) -> Settings:
    """The switches and fractions that the called object was made with, by name, each with other
    ones. Whole numbers are sizes: with other ones the weights would not fit."""
    made = next(iter(inquiry.made_by(exchange)), None)
    given = named_arguments(made.call, evidence.names) if made else {}
    return {name: others for name, value in given.items() if (others := _others(value))}


def _others(value: Any) -> Sequence[bool | float]:
    """Other settings of the kind: a fraction, and then one so large that no bound hides it."""
    if isinstance(value, bool):
        return (not value,)
    if not isinstance(value, float) or not 0 <= value < 1:
        return ()
    return (1 + value) / 2, LARGE


def _is_setting_unused(
    name: str, exchange: Exchange, settings: Settings, evidence: Evidence, inquiry: Inquiry
) -> bool:
    return name in settings and all(
        moved is not None and not (moved[0] > STILL).any() and (moved[1] > MOVED).any()
        for moved in _moved_by_setting(name, exchange, settings, evidence, inquiry)
    )


def _counts(
    name: str, exchange: Exchange, settings: Settings, evidence: Evidence, inquiry: Inquiry
) -> bool:
    """Whether the learner's result moves with a setting."""
    return any(
        moved is not None and (moved[0] > STILL).any()
        for moved in _moved_by_setting(name, exchange, settings, evidence, inquiry)
    )


def _moved_by_setting(
    name: str, exchange: Exchange, settings: Settings, evidence: Evidence, inquiry: Inquiry
) -> Iterator[tuple[Tensor, Tensor] | None]:
    """How far both results move where the object was made with another setting; None where that
    cannot be told. What a right answer refuses is left out, unless it is the first."""
    made = inquiry.made_by(exchange)[0]
    for number, other in enumerate(settings.get(name, ())):
        making = with_argument(made.call, name, other, evidence.names)
        after = inquiry.ask_of_another(exchange, made, making)
        if number and after and isinstance(after.expected, Raised):
            continue
        yield moved_of(exchange, after, evidence.names) if after else None


def _is_unused(name: str, exchange: Exchange, evidence: Evidence, inquiry: Inquiry) -> bool:
    weights = inquiry.weights(exchange)
    if not weights[name].is_floating_point():
        return False
    for push in PUSHES:
        changed = {**weights, name: shaken(weights[name], push)}
        after = inquiry.ask(exchange, exchange.call, afresh=push < 0, weights=changed)
        moved = moved_of(exchange, after, evidence.names) if after else None
        if moved is None or bool((moved[0] > STILL).any()) or not bool((moved[1] > MOVED).any()):
            return False
    return True
