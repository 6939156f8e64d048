"""Asks both sides again, after a suite has run: what happens where one thing is changed?"""

import sys
from collections.abc import Mapping
from dataclasses import replace
from types import FrameType
from typing import Any

import torch
from torch import Tensor

from grader.examiner.comparison import same
from grader.examiner.exchange import Exchange, Helper, Record, Value
from grader.examiner.in_process import InProcessCallee
from grader.examiner.paired_calls import Callee
from grader.examiner.symptoms.evidence import MAX_NUMBERS
from grader.worker.calls import Call, LoadedModule, Raised

MAX_QUESTIONS = 200  # for one submission; each costs a fraction of a millisecond


class Inquiry:
    """Repeats a test up to one of its calls, which may be another call by then.

    What the learner's code answers here has no influence on the verdict.
    """

    def __init__(
        self, learner: Callee, solution: LoadedModule, records: Mapping[str, Record]
    ) -> None:
        self._learner = learner
        self._solution = InProcessCallee(solution, frozenset())
        self._records = list(records.values())
        self._left = MAX_QUESTIONS

    def ask(self, exchange: Exchange, call: Call) -> Exchange | None:
        """Both sides' answers to `call` in the place of `exchange`.

        None where there can be none: the learner's process is gone, or enough has been asked.
        """
        record = self._record_of(exchange)
        if record is None or self._left <= 0:
            return None
        got = self._play(self._learner, record, exchange, call)
        expected = self._play(self._solution, record, exchange, call)
        return None if got is None or expected is None else Exchange(call, got, expected)

    def ask_twice(self, exchange: Exchange) -> tuple[Exchange, Exchange] | None:
        """Both sides' answers to the call, and to the same call right after it."""
        record = self._record_of(exchange)
        if record is None or self._left <= 0:
            return None
        answers = []
        for side in (self._learner, self._solution):
            first = self._play(side, record, exchange, exchange.call)
            if first is None:
                return None
            answers.append((first, side.perform(replace(exchange.call, index=MAX_QUESTIONS))))
        (mine, mine_again), (ours, ours_again) = answers
        return Exchange(exchange.call, mine, ours), Exchange(exchange.call, mine_again, ours_again)

    def steps(self, exchange: Exchange) -> Mapping[str, list[Tensor]]:
        """The tensors that the solution has on its way to an answer, by its names for them."""
        found: dict[str, list[Tensor]] = {}
        record = self._record_of(exchange)
        if record is None:
            return found

        def watch(frame: FrameType, event: str, argument: Any) -> Any:
            if frame.f_code.co_filename != self._solution.filename:
                return None
            arguments = frame.f_code.co_varnames[: frame.f_code.co_argcount]
            for name, value in frame.f_locals.items():
                if isinstance(value, Tensor) and name not in arguments:
                    _note(found.setdefault(name, []), value)
            return watch

        before = sys.gettrace()
        self._play(self._solution, record, exchange, None)
        sys.settrace(watch)
        try:
            self._solution.perform(exchange.call)
        finally:
            sys.settrace(before)
        return found

    def _record_of(self, exchange: Exchange) -> Record | None:
        return next((one for one in self._records if exchange in one.log), None)

    def _play(
        self, side: Callee, record: Record, until: Exchange, call: Call | None
    ) -> Value | Raised | None:
        """One side's answer to `call` after all that came before `until` in its test."""
        if isinstance(side.begin(record.seed), Raised):
            return None
        self._left -= 1
        for step in record.log:
            if step is until:
                return side.perform(call) if call is not None else None
            if isinstance(step, Helper):
                side.add_helper(step.name, step.source)
            else:
                side.perform(step.call)
        return None


def _note(known: list[Tensor], value: Tensor) -> None:
    if value.numel() <= MAX_NUMBERS and value.dtype != torch.bool:
        number = value.detach().double().clone()
        if not known or not torch.equal(known[-1], number):
            known.append(number)


def is_fickle(first: Exchange, second: Exchange) -> bool:
    """Whether the learner's two answers to one call differ, and the solution's do not."""
    mine, again = first.got, second.got
    ours, ours_again = first.expected, second.expected
    if not all(isinstance(answer, Value) for answer in (mine, again, ours, ours_again)):
        return False
    assert isinstance(mine, Value) and isinstance(again, Value)
    assert isinstance(ours, Value) and isinstance(ours_again, Value)
    return same(ours.value, ours_again.value) and not same(mine.value, again.value)
