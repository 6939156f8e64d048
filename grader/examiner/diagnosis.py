"""Which known misconception gives the learner's own values?

A misconception is an edit of `solution.py`. When tests have failed, their calls are made again on
each edited solution. The diagnosis is one that answers as the learner's code did, and that nothing
else which the learner's code did contradicts. A name that may be untrue is not said.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType

from grader.errors import GraderError
from grader.examiner.comparison import distance, has_form, same
from grader.examiner.exchange import Exchange, Record, Value, is_about_form
from grader.examiner.in_process import InProcessCallee
from grader.examiner.paired_calls import replay
from grader.misconceptions import Misconception
from grader.report import Diagnosis
from grader.worker.calls import LoadedModule, Raised, load_source


class Suspect:
    """Edited solutions that might be the learner's: what they answer, test by test."""

    def __init__(self, misconceptions: Sequence[Misconception], callee: InProcessCallee) -> None:
        self.misconceptions = tuple(misconceptions)
        self._callee = callee

    def explains(self, record: Record, nearly: bool = False) -> bool:
        """Whether it answers a failed test as the learner's code did, and not as the solution.

        `nearly` is enough where another test is explained to the last digit.
        """
        wrong = False
        for exchange, mine in self._beside(record):
            if not (_nearly_agree if nearly else _agree)(mine, exchange.got, exchange):
                return False
            wrong = wrong or not _is_right(mine, exchange)
        return wrong

    def is_contradicted_by(self, record: Record) -> bool:
        """Whether the learner's code cannot have this mistake, as one test shows.

        In a test that passed: it is right where the suspect is wrong. In one that failed: both are
        wrong, in different ways. Where the learner's code stops with an error, nothing is shown:
        what leads to it may be a second mistake.
        """
        for exchange, mine in self._beside(record):
            if _nearly_agree(mine, exchange.got, exchange):
                continue
            if isinstance(exchange.got, Raised) and isinstance(exchange.expected, Value):
                return False
            if record.failed:
                return not _is_right(mine, exchange)
            return _is_right(exchange.got, exchange) and not _is_right(mine, exchange, SLACK)
        return False

    def _beside(self, record: Record) -> Iterator[tuple[Exchange, Value | Raised]]:
        """Each call of one test, and the suspect's answer to it, one at a time."""
        self._callee.begin(record.seed)
        return replay(self._callee, record)


# A suite may be more lenient than we are here: a suspect that is wrong by less may pass its test.
SLACK = 30.0
NEAR = 0.1  # of the distance to the right answer
MAX_PAIRED = 3  # suspects that are tried together with a second mistake


class Diagnostician:
    """Holds the solution and its edited copies of one exercise, loaded once.

    `module` is the solution, for whoever runs a suite beside it.
    """

    def __init__(
        self, exercise: str, solution: str, misconceptions: Sequence[Misconception]
    ) -> None:
        self.module = _load(f"solution_{exercise}", solution)
        self._exercise = exercise
        self._solution = solution
        self._suspects = [self._suspect(misconception) for misconception in misconceptions]

    def diagnose(self, records: Mapping[str, Record]) -> dict[str, Diagnosis]:
        """For each failed test that a misconception explains, the most likely one.

        The likeliest explains the most failed tests; then the first in the file. One that another
        test contradicts is not the mistake, unless a second mistake explains that test.
        """
        wrong = {name: record for name, record in records.items() if record.failed}
        right = [record for record in records.values() if not record.failed]
        found: dict[str, Diagnosis] = {}
        attempts = MAX_PAIRED
        for suspect, names in self._explaining(wrong, right):
            others = [record for name, record in wrong.items() if name not in names]
            second = None
            if _is_doubtful(suspect, names, others):
                if attempts and (len(names) > 1 or len(wrong) == 2):  # one may be a coincidence
                    second = self._second_mistake(suspect, wrong, right)
                    attempts -= 1
                if second is None:
                    continue
            for name in names:
                found.setdefault(name, _diagnosis(suspect.misconceptions[0]))
            if second is not None:
                for name in wrong:
                    found.setdefault(name, _diagnosis(second))
        return found

    def _explaining(
        self, wrong: Mapping[str, Record], right: Sequence[Record]
    ) -> list[tuple[Suspect, list[str]]]:
        """The suspects that explain a failed test, and which; those that explain most first."""
        explaining = []
        for suspect in self._suspects:
            names = [name for name, record in wrong.items() if suspect.explains(record)]
            if names and not any(map(suspect.is_contradicted_by, right)):
                left = {name: record for name, record in wrong.items() if name not in names}
                names += [name for name, record in left.items() if suspect.explains(record, True)]
                explaining.append((suspect, names))
        return sorted(explaining, key=lambda found: -len(found[1]))

    def _second_mistake(
        self, first: Suspect, wrong: Mapping[str, Record], right: Sequence[Record]
    ) -> Misconception | None:
        """The misconception that, together with `first`, explains every test that failed."""
        for other in self._suspects:
            if other is first:
                continue
            try:
                both = self._suspect(*first.misconceptions, *other.misconceptions)
            except GraderError:  # both edit the same place
                continue
            if all(map(both.explains, wrong.values())) and not any(
                map(both.is_contradicted_by, right)
            ):
                return other.misconceptions[0]
        return None

    def _suspect(self, *misconceptions: Misconception) -> Suspect:
        source, name = self._solution, self._exercise
        for misconception in misconceptions:
            source, name = misconception.apply(source), f"{name}_{misconception.id}"
        return Suspect(
            misconceptions, InProcessCallee(LoadedModule(_load(name, source)), frozenset())
        )


def _diagnosis(misconception: Misconception) -> Diagnosis:
    return Diagnosis(misconception.id, misconception.says, misconception.see)


def _load(name: str, source: str) -> ModuleType:
    try:
        return load_source(name, f"{name}.py", source)
    except SyntaxError as error:
        raise GraderError(f"{name}: the edited solution does not parse: {error}") from None


def _agree(
    mine: Value | Raised, other: Value | Raised, exchange: Exchange, slack: float = 1.0
) -> bool:
    """Whether two answers to the call of an exchange are one."""
    if isinstance(mine, Value) and isinstance(other, Value):
        if is_about_form(exchange.call):
            return has_form(other.value, mine.value)
        return same(other.value, mine.value, slack)
    if isinstance(mine, Raised) and isinstance(other, Raised):
        return (mine.type, mine.message) == (other.type, other.message)
    return False


def _nearly_agree(mine: Value | Raised, other: Value | Raised, exchange: Exchange) -> bool:
    """Whether two wrong answers differ as two ways to write one mistake round, and no more: they
    are far nearer to each other than to the right one."""
    if _agree(mine, other, exchange):
        return True
    right = exchange.expected
    if not (isinstance(mine, Value) and isinstance(other, Value) and isinstance(right, Value)):
        return False
    return same(other.value, mine.value, SLACK) and (
        distance(other.value, mine.value) < NEAR * distance(other.value, right.value)
    )


def _is_right(answer: Value | Raised, exchange: Exchange, slack: float = 1.0) -> bool:
    """Whether an answer is the solution's, or the error that is due."""
    if isinstance(exchange.expected, Raised):
        return isinstance(answer, Raised) and exchange.expected.type in answer.bases
    return _agree(answer, exchange.expected, exchange, slack)


def _is_doubtful(suspect: Suspect, names: Sequence[str], others: Sequence[Record]) -> bool:
    """Whether another failed test contradicts it, or most of them say that it is a coincidence."""
    if any(map(suspect.is_contradicted_by, others)):
        return True
    unexplained = [record for record in others if any(map(_is_wrong_value, record.exchanges))]
    return len(names) == 1 and len(unexplained) > 1


def _is_wrong_value(exchange: Exchange) -> bool:
    return isinstance(exchange.got, Value) and not _is_right(exchange.got, exchange)
