"""Can a suite be passed by somebody who has learnt its answers by heart?

Each submission is asked with fresh numbers, so that a table of answers fails. That holds only where
a suite draws its numbers, and from a range too large for a table.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from exercises.catalog import Exercise
from grader.examiner.answer_key import AnswerKey, solution_path
from grader.examiner.exchange import Record, Value
from grader.examiner.in_process import InProcessCallee
from grader.examiner.suite_run import SuiteRun
from grader.worker.calls import LoadedModule, encode_call, load_source
from grader.worker.protocol import Handle, ValueEncoder
from grader.worker.tensors import write_tensors
from grader.worker.values import mapped

FIRST_SEED = 1
TABLE_SEEDS = range(2, 9)  # a test that draws from nine values repeats itself 99 times of 100

Question = tuple[str, bytes]


class ByHeart:
    """One suite, and all that its tests have asked so far: what somebody may know by heart."""

    def __init__(self, exercise: Exercise) -> None:
        self._limits = exercise.limits
        self._answer_key = AnswerKey(exercise)
        source = solution_path(exercise).read_text(encoding="utf-8")
        self._learner = load_source(f"by_heart_{exercise.id}", f"{exercise.id}.py", source)
        self._known: set[Question] = set()

    def learn(self, seed: int, only: Collection[str] = ()) -> list[str]:
        """The tests, all or `only` these, that ask at this seed what was not known until then.

        Those that took least time come first.
        """
        callee = InProcessCallee(LoadedModule(self._learner), frozenset())
        run = SuiteRun(callee, self._answer_key.solution, seed, "cpu", self._limits)
        self._answer_key.suite.run(run, only)
        asked = {name: set(_questions(record)) for name, record in run.records.items()}
        fresh = [name for name, questions in asked.items() if questions - self._known]
        self._known.update(*asked.values())
        return sorted(fresh, key=lambda name: run.results[name].duration_ms)


def fresh_test(exercise: Exercise) -> str | None:
    """A test that asks something at every seed that was not asked at an earlier one.

    Whoever knows all the answers of the earlier seeds, and nothing else, fails it. One is enough
    to fail; the shortest is tried first, and others only where it repeats itself.
    """
    by_heart = ByHeart(exercise)
    for test in by_heart.learn(FIRST_SEED):
        if all(by_heart.learn(seed, [test]) for seed in TABLE_SEEDS):
            return test
    return None


def _questions(record: Record) -> Iterator[Question]:
    """What a learner's code is told of each call that has an answer: all that a table can be of.

    Which call of its test it is makes no new question, and so neither do the names of the objects
    that earlier calls made.
    """
    for exchange in record.exchanges:
        if isinstance(exchange.got, Value):
            encoder = ValueEncoder()
            call = replace(mapped(_without_name, exchange.call), index=0)
            document = encode_call(call, encoder)
            yield json.dumps(document), write_tensors(encoder.tensors)


def _without_name(leaf: Any, _path: str) -> Any:
    return Handle("", leaf.type) if isinstance(leaf, Handle) else leaf
