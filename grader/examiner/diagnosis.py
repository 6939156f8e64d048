"""Which known misconception gives the learner's own values?

A misconception is an edit of `solution.py`. When tests have failed, their calls are made again on
each edited solution. The diagnosis is one that answers as the learner's code did, and that nothing
else which the learner's code did contradicts. A name that may be untrue is not said.

What was drawn at random is compared as well: mostly it was drawn in the same order. Where it was
not, no number of it tells a mistake. A test that the learner's code passed is then run on the
suspect, and one that it failed shows nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import ModuleType
from typing import Literal

from grader.errors import GraderError
from grader.examiner.agreement import (
    agree,
    holds_drawn_numbers,
    is_drawn_otherwise,
    is_right,
    is_telling,
    is_wrong_value,
    nearly_agree,
    wrong_numbers,
)
from grader.examiner.exchange import Exchange, Record, Value
from grader.examiner.in_process import InProcessCallee
from grader.examiner.paired_calls import replay
from grader.examiner.submission_process import LOST
from grader.misconceptions import Misconception
from grader.report import Diagnosis
from grader.worker.calls import LoadedModule, Raised, load_source

# `nearly`: but for rounding; it counts where another test is explained to the last digit.
# `agrees`: its answers are the learner's, and no number of them is wrong.
# `drawn`: the two differ in what was drawn at random, so they cannot be compared.
Judgement = Literal["explains", "nearly", "agrees", "contradicted", "drawn", "silent"]
EXPLAINED = {"explains", "nearly"}
UNANSWERED = LOST | {"unwritten"}
Fails = Callable[[InProcessCallee, str], bool]  # whether a code fails the test of this name


class Suspect:
    """Edited solutions that might be the learner's: what they answer, test by test."""

    def __init__(self, misconceptions: Sequence[Misconception], callee: InProcessCallee) -> None:
        self.misconceptions = tuple(misconceptions)
        self.callee = callee

    @property
    def misconception(self) -> Misconception:
        """The only one, or the first of two."""
        return self.misconceptions[0]

    def judge(self, record: Record) -> Judgement:
        """What one test says of this mistake.

        In a test that passed, it is contradicted where the learner's code is right and it is wrong.
        In one that failed: where both are wrong, in different ways. Where the learner's code stops
        with an error, nothing is shown: what leads to it may be a second mistake.
        """
        if _is_unanswered(record):
            return "silent"
        wrong, exact = False, True
        for exchange, mine in self._beside(record):
            exact = exact and agree(mine, exchange.got, exchange)
            if not exact and not nearly_agree(mine, exchange.got, exchange):
                if is_drawn_otherwise(mine, exchange):
                    return "drawn"
                return "contradicted" if is_telling(mine, exchange, record.failed) else "silent"
            wrong = wrong or not is_right(mine, exchange)
        if not record.failed:
            return "silent"
        if not wrong:
            return "agrees" if exact else "silent"
        return "explains" if exact else "nearly"

    def _beside(self, record: Record) -> Iterator[tuple[Exchange, Value | Raised]]:
        """Each call of one test, and the suspect's answer to it, one at a time."""
        self.callee.begin(record.seed)
        return replay(self.callee, record)


def _is_unanswered(record: Record) -> bool:
    """Whether a test began with a call that the learner's code does not answer at all, since it is
    not written yet, or has died: no edited solution does that."""
    first = next(iter(record.exchanges), None)
    if first is None or isinstance(first.expected, Raised):
        return False
    return isinstance(first.got, Raised) and first.got.kind in UNANSWERED


ENOUGH_GIVEN = 3  # that a mistake gives, and that are no coincidence
ENOUGH_ASKED = 8  # tests of which a mistake that is there explains one
AND_MORE = "It is not the only mistake: another one changes the same results."
MAX_TOGETHER = 200  # pairs of which neither is known yet; docs/benchmarks.md says what they take
MAX_PAIRED = 3  # suspects that are tried together with a second mistake


@dataclass(frozen=True)
class Account:
    """Which failed tests a suspect explains, whether another one contradicts it, and in how many
    what was drawn cannot be compared.

    Who agrees in what was drawn in one test has drawn it in the same order. So where the two differ
    in another one, that contradicts.
    """

    suspect: Suspect
    explained: list[str]
    is_contradicted: bool
    drawn: int

    @property
    def misconception(self) -> Misconception:
        return self.suspect.misconception

    def is_chance(self, wrong: Mapping[str, Record]) -> bool:
        """Whether, of several failed tests, it explains a few numbers of one."""
        numbers = sum(wrong_numbers(wrong[name]) for name in self.explained)
        return len(self.explained) == 1 < len(wrong) - 1 and numbers < ENOUGH_GIVEN

    def is_doubtful(self, wrong: Mapping[str, Record]) -> bool:
        """Whether another failed test contradicts it, or most say that it is a coincidence."""
        if self.is_contradicted or self.drawn > len(self.explained):
            return True
        others = [record for name, record in wrong.items() if name not in self.explained]
        unexplained = [record for record in others if any(map(is_wrong_value, record.exchanges))]
        return len(self.explained) == 1 and len(unexplained) > 1


@dataclass(frozen=True)
class Pair:
    """Two mistakes in one code, and the failed tests that they explain together."""

    first: Misconception
    second: Misconception
    explained: list[str]

    def both(self) -> set[Misconception]:
        return {self.first, self.second}


class Hearing:
    """What the learner's code did in each test, and what the suspects say to it.

    `fails` runs one of the tests on a suspect; it is asked where the learner's code has passed what
    was drawn at random.
    """

    def __init__(
        self, records: Mapping[str, Record], fails: Fails = lambda callee, test: False
    ) -> None:
        self.wrong = {name: record for name, record in records.items() if record.failed}
        self._right = {name: record for name, record in records.items() if not record.failed}
        self._fails = fails
        self._heard: dict[tuple[Suspect, str], Judgement] = {}

    def hear(self, suspect: Suspect, test: str) -> Judgement:
        """What a suspect says to a failed test; it is asked once."""
        if (suspect, test) not in self._heard:
            self._heard[suspect, test] = suspect.judge(self.wrong[test])
        return self._heard[suspect, test]

    def is_refuted(self, suspect: Suspect, explained: Iterable[str]) -> bool:
        """Whether a passed test contradicts a suspect that explains these failed ones."""
        same_order = _have_one_order(explained, self.wrong)
        for name, record in self._right.items():
            judgement = suspect.judge(record)
            if judgement == "drawn" and (same_order or self._fails(suspect.callee, name)):
                return True
            if judgement == "contradicted":
                return True
        return False


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
    def suspects(self) -> list[Suspect]:
        """One for each misconception, in the order of the file."""
        return [self._suspect(misconception) for misconception in self._misconceptions]

    def diagnose(self, hearing: Hearing) -> dict[str, Diagnosis]:
        """For each failed test that a misconception explains, the most likely one.

        The likeliest explains the most failed tests; then the first in the file. One that another
        test contradicts is not the mistake, unless a second mistake explains that test.
        """
        wrong = hearing.wrong
        accounts = self._explaining(hearing)
        certain = [account for account in accounts if not account.is_doubtful(wrong)]
        doubtful = [account for account in accounts if not account.is_chance(wrong)][:MAX_PAIRED]
        # Several that explain the same tests, and not all, are told apart by a pair alone.
        equal = [one for one in certain if set(one.explained) == set(certain[0].explained)]
        firsts = equal or doubtful
        beside = [
            (first.suspect, other)
            for first in firsts
            if len(first.explained) < len(wrong)
            for other in self.suspects
            if other is not first.suspect
        ]
        found = _named(firsts, certain, self._pairs(beside, hearing), wrong)
        return {name: diagnosis_of(found[name]) for name in wrong if name in found}

    def diagnose_together(self, hearing: Hearing) -> dict[str, Diagnosis]:
        """The same where no test shows one mistake alone: any two are tried together.

        It is for when nothing else can be said. Two edits may give what came of another mistake,
        while a statement about the numbers is true whatever they came from.
        """
        return _named_together(self._pairs(self._any_two(hearing), hearing), hearing.wrong)

    def _explaining(self, hearing: Hearing) -> list[Account]:
        """The suspects that explain a failed test; those that explain most first."""
        wrong, hear = hearing.wrong, hearing.hear
        if not wrong:
            return []
        first, *_ = names = list(wrong)
        # Mostly one explains all. The others need not be heard to their end for that.
        asked = dict.fromkeys([*_one_of_each(names), *names])
        for suspect in self.suspects:
            if hear(suspect, first) != "explains":
                continue
            if all(hear(suspect, name) in EXPLAINED for name in asked) and not hearing.is_refuted(
                suspect, names
            ):
                return [Account(suspect, names, is_contradicted=False, drawn=0)]
        accounts = []
        for suspect in sorted(self.suspects, key=lambda one: hear(one, first) != "explains"):
            account = _account(suspect, hearing)
            if not account.explained or hearing.is_refuted(suspect, account.explained):
                continue
            accounts.append(account)
            if len(account.explained) == len(wrong):  # nobody else need be asked
                break
        place = self.suspects.index
        return sorted(accounts, key=lambda found: (-len(found.explained), place(found.suspect)))

    def _pairs(self, candidates: Iterable[tuple[Suspect, Suspect]], hearing: Hearing) -> list[Pair]:
        """Those that answer together as the learner's code did in every failed test."""
        found: list[Pair] = []
        for first, second in candidates:
            try:
                both = self._suspect(*first.misconceptions, *second.misconceptions)
            except GraderError:  # both edit the same place
                continue
            judged = {}
            for name, record in hearing.wrong.items():
                judged[name] = both.judge(record)
                if judged[name] not in EXPLAINED | {"agrees"}:
                    break
            else:
                explained = [name for name in judged if judged[name] in EXPLAINED]
                if not hearing.is_refuted(both, explained):
                    found.append(Pair(first.misconception, second.misconception, explained))
        return found

    def _any_two(self, hearing: Hearing) -> list[tuple[Suspect, Suspect]]:
        """Any two; if not all can be tried, those first that both change something in each test.

        That two of many give a few numbers is chance.
        """
        wrong = hearing.wrong
        if sum(map(wrong_numbers, wrong.values())) < ENOUGH_GIVEN:
            return []
        telling = [
            name for name in _shortest(wrong) if any(map(is_wrong_value, wrong[name].exchanges))
        ]
        idle = {
            suspect
            for suspect in self.suspects
            if any(hearing.hear(suspect, name) == "silent" for name in telling)
        }
        pairs = [(self.suspects[i], one) for j, one in enumerate(self.suspects) for i in range(j)]
        return sorted(pairs, key=lambda pair: not idle.isdisjoint(pair))[:MAX_TOGETHER]

    def _suspect(self, *misconceptions: Misconception) -> Suspect:
        source, name = self._solution, self._exercise
        for misconception in misconceptions:
            source, name = misconception.apply(source), f"{name}_{misconception.id}"
        return Suspect(
            misconceptions, InProcessCallee(LoadedModule(_load(name, source)), frozenset())
        )


def _account(suspect: Suspect, hearing: Hearing) -> Account:
    """What a suspect says to the failed tests.

    Of a test with several settings the first is asked first, and of many tests the shortest: a
    suspect that explains none of these is not the mistake, and need not be heard on the rest.
    """
    wrong, hear = hearing.wrong, hearing.hear
    judged = {name: hear(suspect, name) for name in _shortest(wrong)}
    if EXPLAINED & set(judged.values()):
        judged |= {name: hear(suspect, name) for name in wrong}
    exact = [name for name, judgement in judged.items() if judgement == "explains"]
    near = [name for name, judgement in judged.items() if judgement == "nearly"]
    explained = exact + near if exact else []
    drawn = list(judged.values()).count("drawn")
    is_contradicted = "contradicted" in judged.values() or (
        drawn > 0 and _have_one_order(explained, wrong)
    )
    return Account(suspect, explained, is_contradicted, drawn)


def _shortest(wrong: Mapping[str, Record]) -> list[str]:
    """The tests that are asked first."""
    return sorted(_one_of_each(wrong), key=lambda name: len(wrong[name].log))[:ENOUGH_ASKED]


def _have_one_order(explained: Iterable[str], wrong: Mapping[str, Record]) -> bool:
    """Whether a suspect agrees in what was drawn, so that where it does not, that tells."""
    return any(holds_drawn_numbers(wrong[name]) for name in explained)


def _named(
    firsts: Sequence[Account],
    certain: Sequence[Account],
    pairs: Sequence[Pair],
    wrong: Iterable[str],
) -> dict[str, Misconception]:
    """A mistake for each failed test of which one is known for sure."""
    # Where several pairs answer as the learner's code did, only what they have in common is sure.
    sure = set.intersection(*map(Pair.both, pairs)) if pairs else set()
    found: dict[str, Misconception] = {}
    for first in firsts:
        if first.misconception in sure or (len(firsts) == 1 and first in certain):
            found = dict.fromkeys(first.explained, first.misconception)
            break
    for name in wrong:
        claimed = [one.misconception for one in certain if name in one.explained]
        if len(claimed) == 1:
            found.setdefault(name, *claimed)
    for pair in pairs:
        for name in pair.explained if pair.second in sure else ():
            if not any(name in first.explained for first in firsts):
                found.setdefault(name, pair.second)
    return found


def _named_together(pairs: Sequence[Pair], wrong: Iterable[str]) -> dict[str, Diagnosis]:
    """The mistake that all of these pairs share, or the first of the only one's two."""
    sure = set.intersection(*map(Pair.both, pairs)) if pairs else set()
    if not sure:
        return {}
    told = pairs[0].first if pairs[0].first in sure else pairs[0].second
    diagnosis = replace(diagnosis_of(told), says=f"{told.says} {AND_MORE}")
    return {name: diagnosis for name in wrong if any(name in pair.explained for pair in pairs)}


def _one_of_each(names: Iterable[str]) -> list[str]:
    """The first name of each test, whatever its settings, which pytest puts in brackets."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.partition("[")[0], name)
    return list(found.values())


def diagnosis_of(misconception: Misconception) -> Diagnosis:
    return Diagnosis(misconception.id, misconception.says, misconception.see)


def _load(name: str, source: str) -> ModuleType:
    try:
        return load_source(name, f"{name}.py", source)
    except SyntaxError as error:
        raise GraderError(f"{name}: the edited solution does not parse: {error}") from None
