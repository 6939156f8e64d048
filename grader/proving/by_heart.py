"""Can a suite be passed by somebody who has learnt its answers by heart?

Each submission is asked with fresh numbers, so that a table of answers fails. That holds only where
a suite draws its numbers, and from a range too large for a table.
"""

import json
from collections.abc import Iterator

from exercises.catalog import Exercise
from grader.examiner.answer_key import AnswerKey, solution_path
from grader.examiner.exchange import Record, Value
from grader.examiner.in_process import InProcessCallee
from grader.examiner.suite_run import SuiteRun
from grader.worker.calls import LoadedModule, encode_call, load_source
from grader.worker.protocol import ValueEncoder
from grader.worker.tensors import write_tensors

TABLE_SEEDS = range(1, 9)  # a test that draws from nine values repeats itself 99 times of 100

Question = tuple[str, bytes]


def fresh_tests(exercise: Exercise) -> frozenset[str]:
    """The tests that ask something at every seed that no test has asked at an earlier one.

    Whoever knows all the answers of the earlier seeds, and nothing else, fails these.
    """
    answer_key = AnswerKey(exercise)
    source = solution_path(exercise).read_text(encoding="utf-8")
    learner = load_source(f"by_heart_{exercise.id}", f"{exercise.id}.py", source)
    known: set[Question] = set()
    fresh: frozenset[str] | None = None
    for seed in TABLE_SEEDS:
        callee = InProcessCallee(LoadedModule(learner), frozenset())
        run = SuiteRun(callee, answer_key.solution, seed, "cpu", exercise.limits)
        answer_key.suite.run(run)
        asked = {name: set(_questions(record)) for name, record in run.records.items()}
        new = frozenset(name for name, questions in asked.items() if questions - known)
        fresh = new if fresh is None else fresh & new
        known.update(*asked.values())
    return fresh or frozenset()


def _questions(record: Record) -> Iterator[Question]:
    """What a learner's code is told of each call that has an answer: all that a table can be of."""
    for exchange in record.exchanges:
        if isinstance(exchange.got, Value):
            encoder = ValueEncoder()
            document = encode_call(exchange.call, encoder)
            yield json.dumps(document), write_tensors(encoder.tensors)
