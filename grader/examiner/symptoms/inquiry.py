"""Asks both sides again, after a suite has run: what happens where one thing is changed?"""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from types import FrameType
from typing import Any

import torch
from torch import Tensor

from grader.examiner.comparison import same
from grader.examiner.exchange import Exchange, Helper, Record, Value
from grader.examiner.in_process import InProcessCallee
from grader.examiner.paired_calls import Callee, replay
from grader.examiner.symptoms.evidence import MAX_NUMBERS
from grader.worker.calls import Call, LoadedModule, Raised, name_of
from grader.worker.protocol import Handle
from grader.worker.values import leaves

MODES = ("train", "eval")
MAX_QUESTIONS = 400  # for one submission; each costs a fraction of a millisecond
MAX_SECONDS = 1.0  # of our own side's work; the learner's has limits of its own


class Inquiry:
    """Repeats a test up to one of its calls, which may be another call by then.

    What the learner's code answers here has no influence on the verdict.
    """

    def __init__(
        self, learner: Callee, solution: LoadedModule, records: Mapping[str, Record]
    ) -> None:
        self._learner = learner
        self._solution = InProcessCallee(solution, frozenset())
        self._records = {
            exchange: record for record in records.values() for exchange in record.exchanges
        }
        self._asked = {(name_of(each.call), _ranks(each.call)) for each in self._records}
        self._weights: dict[Exchange, Mapping[str, Tensor]] = {}
        self._steps: dict[Exchange, Mapping[str, list[Tensor]]] = {}
        self._left = MAX_QUESTIONS
        self._seconds = MAX_SECONDS

    def is_usual(self, call: Call) -> bool:
        """Whether the suite has made a call with as many dimensions in each tensor."""
        return (name_of(call), _ranks(call)) in self._asked

    def made_by(self, exchange: Exchange) -> list[Exchange]:
        """What the test has done, before this call, with the object that is called: first its
        making. Nothing where a function is called."""
        target, log = exchange.call.target, self._records[exchange].exchanges
        if isinstance(target, str):
            return []
        before = log[: log.index(exchange)]
        return [
            each
            for each in before
            if each.call.target == target or str(each.call.index) == target.id
        ]

    def is_in_evaluation(self, exchange: Exchange) -> bool:
        """Whether the test has called `eval()` of the object, and not `train()` since."""
        modes = [each.call.method for each in self.made_by(exchange)]
        return next((mode == "eval" for mode in reversed(modes) if mode in MODES), False)

    def ask(
        self,
        exchange: Exchange,
        call: Call,
        afresh: bool = False,
        weights: Mapping[str, Tensor] | None = None,
    ) -> Exchange | None:
        """Both sides' answers to `call` in the place of `exchange`; where the question is asked
        `afresh`, the learner's code is loaded anew for it, and knows of no other test. With other
        `weights`, these are loaded into the object that is called.

        None where there can be none: the learner's process is gone, or enough has been asked.
        """
        if afresh:
            self._learner.forget()
        record = self._with_weights(exchange, weights)
        if self._left <= 0 or not self._begin(self._learner, record, exchange):
            return None
        got = self._learner.perform(call)
        with self._own_time():
            self._begin(self._solution, record, exchange)
            expected = self._solution.perform(call)
        return Exchange(call, got, expected)

    def ours(
        self, exchange: Exchange, call: Call, weights: Mapping[str, Tensor] | None = None
    ) -> Exchange | None:
        """Our own answer to another call, or with other weights, beside what the learner's code
        gave in this one. None where enough has been asked."""
        if self._left <= 0:
            return None
        with self._own_time():
            self._begin(self._solution, self._with_weights(exchange, weights), exchange)
            return Exchange(exchange.call, exchange.got, self._solution.perform(call))

    def ours_always_in(self, mode: str, exchange: Exchange) -> Exchange | None:
        """Our own answer where the object is in one mode, `train` or `eval`, at each call of it,
        beside what the learner's code gave. None where enough has been asked, or for a function."""
        record, target = self._records[exchange], exchange.call.target
        if self._left <= 0 or isinstance(target, str):
            return None
        switch = replace(exchange, call=Call(MAX_QUESTIONS, target, mode))
        log = [
            each
            for step in record.log[: record.log.index(exchange)]
            for each in ((switch, step) if _is_of(target, step) else (step,))
        ]
        with self._own_time():
            self._begin(self._solution, replace(record, log=[*log, switch, exchange]), exchange)
            return Exchange(exchange.call, exchange.got, self._solution.perform(exchange.call))

    def weights(self, exchange: Exchange) -> Mapping[str, Tensor]:
        """The parameters of the object that is called, as they are in our own before the call;
        those that the learner's has as well. None of a function has any."""
        if exchange not in self._weights:
            self._weights[exchange] = self._known_weights(exchange)
        return self._weights[exchange]

    def _known_weights(self, exchange: Exchange) -> Mapping[str, Tensor]:
        target = exchange.call.target
        if isinstance(target, str):
            return {}
        named = Call(MAX_QUESTIONS, target, "named_parameters", want="dict")
        answers = self._answers(self._records[exchange], exchange, named)
        match answers:
            case [[Value(dict() as mine)], [Value(dict() as ours)]]:
                return {
                    name: value
                    for name, value in ours.items()
                    if isinstance(other := mine.get(name), Tensor) and other.shape == value.shape
                }
        return {}

    def _with_weights(self, exchange: Exchange, weights: Mapping[str, Tensor] | None) -> Record:
        """The test of a call with a step before it that loads the weights."""
        record = self._records[exchange]
        if not weights:
            return record
        load = replace(
            exchange.call,
            index=MAX_QUESTIONS,
            method="load_state_dict",
            args=(weights,),
            kwargs={"strict": False},
            want="nothing",
        )
        at = record.log.index(exchange)
        log = [*record.log[:at], replace(exchange, call=load), exchange]
        return replace(record, log=log)

    def ask_twice(self, exchange: Exchange) -> tuple[Exchange, Exchange] | None:
        """Both sides' answers to the call, and to the same call right after it."""
        call, again = exchange.call, replace(exchange.call, index=MAX_QUESTIONS)
        answers = self._answers(self._records[exchange], exchange, call, again)
        if answers is None:
            return None
        (mine, mine_again), (ours, ours_again) = answers
        return Exchange(call, mine, ours), Exchange(again, mine_again, ours_again)

    def ask_of_another(self, exchange: Exchange, made: Exchange, making: Call) -> Exchange | None:
        """Both sides' answers to the call of an object that another call has made, in the place of
        `made`. None where no answer can be had."""
        record = self._records[exchange]
        log = [replace(made, call=making) if step is made else step for step in record.log]
        return self._exchange(replace(record, log=log), exchange, exchange.call)

    def is_first(self, exchange: Exchange) -> bool:
        """Whether no call of its kind was made before it, in any test."""
        return next(each for each in self._records if _is_of_one_kind(each, exchange)) is exchange

    def ask_alone(self, exchange: Exchange) -> Exchange | None:
        """Both sides' answers to the call where none of its kind was made before it, in any test:
        the learner's code is loaded anew. None where no answer can be had.
        """
        record = self._records[exchange]
        before = record.log[: record.log.index(exchange)]
        log = [step for step in before if not _is_of_one_kind(step, exchange)]
        self._learner.forget()
        return self._exchange(replace(record, log=log), None, exchange.call)

    def steps(self, exchange: Exchange) -> Mapping[str, list[Tensor]]:
        """The tensors that the solution has on its way to an answer, by its names for them.

        None at all where enough has been asked.
        """
        if exchange not in self._steps:
            self._steps[exchange] = self._traced(exchange)
        return self._steps[exchange]

    def _traced(self, exchange: Exchange) -> Mapping[str, list[Tensor]]:
        found: dict[str, list[Tensor]] = {}

        def watch(frame: FrameType, event: str, argument: Any) -> Any:
            if frame.f_code.co_filename != self._solution.filename:
                return None
            arguments = frame.f_code.co_varnames[: frame.f_code.co_argcount]
            for name, value in frame.f_locals.items():
                if isinstance(value, Tensor) and name not in arguments:
                    _note(found.setdefault(name, []), value)
            return watch

        if self._left <= 0:
            return found
        with self._own_time():
            self.come_to(exchange, self._solution)
            before = sys.gettrace()
            sys.settrace(watch)
            try:
                self._solution.perform(exchange.call)
            finally:
                sys.settrace(before)
        return found

    def come_to(self, exchange: Exchange, side: Callee) -> bool:
        """Bring one side to where it was before this call; False where it cannot begin."""
        return self._begin(side, self._records[exchange], exchange)

    def _exchange(self, record: Record, until: Exchange | None, call: Call) -> Exchange | None:
        """What both sides answer to one call, having come as far as `until` in a test."""
        answers = self._answers(record, until, call)
        if answers is None:
            return None
        (mine,), (ours,) = answers
        return Exchange(call, mine, ours)

    def _answers(
        self, record: Record, until: Exchange | None, *calls: Call
    ) -> list[list[Value | Raised]] | None:
        """What each side answers to these calls, having come as far as `until` in a test.

        One side after the other: random numbers go on. None where there can be no answers.
        """
        answers = []
        for side, clock in ((self._learner, nullcontext()), (self._solution, self._own_time())):
            with clock:
                if self._left <= 0 or not self._begin(side, record, until):
                    return None
                answers.append([side.perform(call) for call in calls])
        return answers

    @contextmanager
    def _own_time(self) -> Iterator[None]:
        """Count what our own side takes; when that is enough, nothing more is asked."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._seconds -= time.monotonic() - began
            if self._seconds <= 0:
                self._left = 0

    def _begin(self, side: Callee, record: Record, until: Exchange | None = None) -> bool:
        if isinstance(side.begin(record.seed), Raised):
            return False
        self._left -= 1
        for _ in replay(side, record, until):
            pass
        return True


def _is_of_one_kind(step: Exchange | Helper, exchange: Exchange) -> bool:
    if isinstance(step, Helper):
        return False
    return _kind(step.call) == _kind(exchange.call)


def _is_of(target: Handle, step: Exchange | Helper) -> bool:
    """Whether it calls this object."""
    return isinstance(step, Exchange) and step.call.target == target and not step.call.method


def _kind(call: Call) -> tuple[bool, str]:
    """To make an object is one thing, to call it another."""
    return isinstance(call.target, Handle), name_of(call)


def _ranks(call: Call) -> tuple[int, ...]:
    found = leaves((call.args, dict(call.kwargs)))
    return tuple(leaf.dim() for _, leaf in found if isinstance(leaf, Tensor))


def _note(known: list[Tensor], value: Tensor) -> None:
    if value.numel() <= MAX_NUMBERS and value.dtype != torch.bool:
        number = value.detach().double().clone()
        if not known or not torch.equal(known[-1], number):
            known.append(number)


def is_fickle(first: Exchange, second: Exchange) -> bool:
    """Whether the learner's two answers to one call differ, and the solution's do not."""
    match (first.got, second.got, first.expected, second.expected):
        case (Value(mine), Value(again), Value(ours), Value(ours_again)):
            return same(ours, ours_again) and not same(mine, again)
    return False
