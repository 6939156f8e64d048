"""Which known misconception gives the learner's own values?

A misconception is an edit of `solution.py`. When tests have failed, their calls are made again on
each edited solution. The diagnosis is one that answers as the learner's code did, and that nothing
else which the learner's code did contradicts. A name that may be untrue is not said.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from types import ModuleType
from typing import Literal

from torch import Tensor

from grader.errors import GraderError
from grader.examiner.comparison import distance, has_form, same
from grader.examiner.exchange import Exchange, Record, Value, is_about_form
from grader.examiner.in_process import InProcessCallee
from grader.examiner.paired_calls import replay
from grader.misconceptions import Misconception
from grader.report import Diagnosis
from grader.worker.calls import LoadedModule, Raised, load_source
from grader.worker.values import leaves

# `nearly`: but for rounding; it counts where another test is explained to the last digit.
Judgement = Literal["explains", "nearly", "contradicted", "silent"]
EXPLAINED = {"explains", "nearly"}


class Suspect:
    """Edited solutions that might be the learner's: what they answer, test by test."""

    def __init__(self, misconceptions: Sequence[Misconception], callee: InProcessCallee) -> None:
        self.misconceptions = tuple(misconceptions)
        self._callee = callee

    def judge(self, record: Record) -> Judgement:
        """What one test says of this mistake.

        In a test that passed, it is contradicted where the learner's code is right and it is wrong.
        In one that failed: where both are wrong, in different ways. Where the learner's code stops
        with an error, nothing is shown: what leads to it may be a second mistake.
        """
        wrong, exact = False, True
        for exchange, mine in self._beside(record):
            exact = exact and _agree(mine, exchange.got, exchange)
            if not exact and not _nearly_agree(mine, exchange.got, exchange):
                return "contradicted" if _is_telling(mine, exchange, record.failed) else "silent"
            wrong = wrong or not _is_right(mine, exchange)
        if not wrong or not record.failed:
            return "silent"
        return "explains" if exact else "nearly"

    def _beside(self, record: Record) -> Iterator[tuple[Exchange, Value | Raised]]:
        """Each call of one test, and the suspect's answer to it, one at a time."""
        self._callee.begin(record.seed)
        return replay(self._callee, record)


# A suite may be more lenient than we are here: a suspect that is wrong by less may pass its test.
SLACK = 30.0
NEARER = 0.1  # of the distance to the right answer
ENOUGH_GIVEN = 3  # that a mistake gives, and that are no coincidence
MAX_PAIRED = 3  # suspects that are tried together with a second mistake


@dataclass(frozen=True)
class Account:
    """Which failed tests a suspect explains, and whether another one contradicts it."""

    suspect: Suspect
    explained: list[str]
    is_contradicted: bool

    def is_chance(self, wrong: Mapping[str, Record]) -> bool:
        """Whether, of several failed tests, it explains a few numbers of one."""
        numbers = sum(_wrong_numbers(wrong[name]) for name in self.explained)
        return len(self.explained) == 1 < len(wrong) - 1 and numbers < ENOUGH_GIVEN

    def is_doubtful(self, wrong: Mapping[str, Record]) -> bool:
        """Whether another failed test contradicts it, or most say that it is a coincidence."""
        others = [record for name, record in wrong.items() if name not in self.explained]
        unexplained = [record for record in others if any(map(_is_wrong_value, record.exchanges))]
        return self.is_contradicted or (len(self.explained) == 1 and len(unexplained) > 1)


# What a suspect says to the failed test of this name; it is asked once.
Hearing = Callable[[Suspect, str], Judgement]


class Diagnostician:
    """Holds the solution of one exercise, and its edited copies, which are loaded when an answer is
    first wrong: a right one waits for none of them.

    `module` is the solution, for whoever runs a suite beside it.
    """

    def __init__(
        self, exercise: str, solution: str, misconceptions: Sequence[Misconception]
    ) -> None:
        self.module = _load(f"solution_{exercise}", solution)
        self._exercise = exercise
        self._solution = solution
        self._misconceptions = misconceptions
        for misconception in misconceptions:  # one that does not fit is the author's to mend, now
            misconception.apply(solution)

    @cached_property
    def _suspects(self) -> list[Suspect]:
        return [self._suspect(misconception) for misconception in self._misconceptions]

    def diagnose(self, records: Mapping[str, Record]) -> dict[str, Diagnosis]:
        """For each failed test that a misconception explains, the most likely one.

        The likeliest explains the most failed tests; then the first in the file. One that another
        test contradicts is not the mistake, unless a second mistake explains that test.
        """
        wrong = {name: record for name, record in records.items() if record.failed}
        right = [record for record in records.values() if not record.failed]
        found: dict[str, Diagnosis] = {}
        attempts = MAX_PAIRED
        for account in self._explaining(wrong, right):
            suspect, names = account.suspect, account.explained
            second = None
            if account.is_doubtful(wrong):
                if attempts and not account.is_chance(wrong):
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

    def _explaining(self, wrong: Mapping[str, Record], right: Sequence[Record]) -> list[Account]:
        """The suspects that explain a failed test; those that explain most first."""
        if not wrong:
            return []
        first, names = next(iter(wrong)), list(wrong)
        hear = cache(lambda suspect, name: suspect.judge(wrong[name]))

        def is_right(suspect: Suspect) -> bool:
            return not any(suspect.judge(record) == "contradicted" for record in right)

        # Mostly one explains all. The others need not be heard to their end for that.
        asked = dict.fromkeys([*_one_of_each(names), *names])
        for suspect in self._suspects:
            if hear(suspect, first) != "explains":
                continue
            if all(hear(suspect, name) in EXPLAINED for name in asked) and is_right(suspect):
                return [Account(suspect, names, False)]
        accounts = []
        for suspect in sorted(self._suspects, key=lambda one: hear(one, first) != "explains"):
            account = _account(suspect, names, hear)
            if not account.explained or not is_right(suspect):
                continue
            accounts.append(account)
            if len(account.explained) == len(wrong):  # nobody else need be asked
                break
        place = self._suspects.index
        return sorted(accounts, key=lambda found: (-len(found.explained), place(found.suspect)))

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
            if all(
                both.judge(record) in ("explains", "nearly") for record in wrong.values()
            ) and not any(both.judge(record) == "contradicted" for record in right):
                return other.misconceptions[0]
        return None

    def _suspect(self, *misconceptions: Misconception) -> Suspect:
        source, name = self._solution, self._exercise
        for misconception in misconceptions:
            source, name = misconception.apply(source), f"{name}_{misconception.id}"
        return Suspect(
            misconceptions, InProcessCallee(LoadedModule(_load(name, source)), frozenset())
        )


def _account(suspect: Suspect, names: Sequence[str], hear: Hearing) -> Account:
    """What a suspect says to the failed tests.

    Of a test with several settings the first is asked first: a suspect that explains none of these
    explains nothing, and need not be heard on the rest.
    """
    judged = {name: hear(suspect, name) for name in _one_of_each(names)}
    if EXPLAINED & set(judged.values()):
        judged |= {name: hear(suspect, name) for name in names}
    exact = [name for name, judgement in judged.items() if judgement == "explains"]
    near = [name for name, judgement in judged.items() if judgement == "nearly"]
    return Account(suspect, exact + near if exact else [], "contradicted" in judged.values())


def _one_of_each(names: Iterable[str]) -> list[str]:
    """The first name of each test, whatever its settings, which pytest puts in brackets."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.partition("[")[0], name)
    return list(found.values())


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
        distance(other.value, mine.value) < NEARER * distance(other.value, right.value)
    )


def _is_telling(mine: Value | Raised, exchange: Exchange, failed: bool) -> bool:
    """Whether an answer that is not the learner's shows that the mistake is another one."""
    if isinstance(exchange.got, Raised) and isinstance(exchange.expected, Value):
        return False
    if failed:
        return not _is_right(mine, exchange)
    return _is_right(exchange.got, exchange) and not _is_right(mine, exchange, SLACK)


def _is_right(answer: Value | Raised, exchange: Exchange, slack: float = 1.0) -> bool:
    """Whether an answer is the solution's, or the error that is due."""
    if isinstance(exchange.expected, Raised):
        return isinstance(answer, Raised) and exchange.expected.type in answer.bases
    return _agree(answer, exchange.expected, exchange, slack)


def _wrong_numbers(record: Record) -> int:
    wrong = [exchange.got for exchange in record.exchanges if _is_wrong_value(exchange)]
    found = [leaf for got in wrong if isinstance(got, Value) for _, leaf in leaves(got.value)]
    return sum(leaf.numel() if isinstance(leaf, Tensor) else 1 for leaf in found)


def _is_wrong_value(exchange: Exchange) -> bool:
    return isinstance(exchange.got, Value) and not _is_right(exchange.got, exchange)
