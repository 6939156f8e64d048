"""How far each student came in each exercise, and what that says of the exercises."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles

from grader.classroom.graded import Graded
from grader.report import Report

EARLIEST = datetime.min.replace(tzinfo=UTC)
BINS = 10  # of the distribution, each of ten per cent


@dataclass(frozen=True)
class Work:
    """What one student handed in for one exercise, in order; at least once."""

    student: str
    hand_ins: Sequence[Graded]

    @property
    def latest(self) -> Graded:
        return self.hand_ins[-1]

    @property
    def counted(self) -> Graded:
        """The best one; of equally good ones the first. Our own error never beats a verdict."""
        return max(
            self.hand_ins, key=lambda one: (one.report.outcome != "error", share(one.report))
        )

    @property
    def passed(self) -> bool:
        return any(one.report.passed for one in self.hand_ins)

    @property
    def tries(self) -> int | None:
        """Hand-ins up to the first that passed; those that we could not grade are none."""
        verdicts = [one.report for one in self.hand_ins if one.report.outcome != "error"]
        return next((n for n, report in enumerate(verdicts, start=1) if report.passed), None)

    @property
    def time(self) -> timedelta | None:
        """From the first hand-in to the one that passed, where both are known and not the same."""
        ends = next((one.at for one in self.hand_ins if one.report.passed), None)
        starts = self.hand_ins[0].at
        if not starts or not ends or self.tries == 1:
            return None
        return max(ends - starts, timedelta())


Works = Mapping[str, Mapping[str, Work]]  # by exercise, then by student


@dataclass(frozen=True)
class Standing:
    """One exercise and the class. `stopped` have tried and not passed it, and nothing after it."""

    exercise: str
    title: str
    handed_in: int
    passed: int
    stopped: int
    ours: int  # answers that we could not grade
    tries: float | None  # the median of those who passed
    most_tries: int | None
    time: timedelta | None  # the median of those who passed later than at first


@dataclass(frozen=True)
class Row:
    """One student: the share of the points of each exercise, from 0 to 1.

    `cells` hold None where nothing was handed in, and -1 where we could not grade it; then there is
    no `total` either.
    """

    student: str
    cells: tuple[float | None, ...]
    total: float | None


@dataclass(frozen=True)
class Distribution:
    """`bins` count students by tens of per cent, 100 in the last; the quartiles are shares."""

    bins: tuple[int, ...]
    quartiles: tuple[float, ...]  # none below two students


def share(report: Report) -> float:
    """Of the points, from 0 to 1."""
    return min(report.points / report.max_points, 1.0) if report.max_points else 0.0


def works(graded: Iterable[Graded], order: Sequence[str]) -> dict[str, dict[str, Work]]:
    """All hand-ins by exercise, in the order `order` and then as they come, and by student."""
    found: dict[str, dict[str, list[Graded]]] = {}
    for one in filter(lambda one: one.is_there, graded):
        found.setdefault(one.report.exercise, {}).setdefault(one.student, []).append(one)
    places = {id: place for place, id in enumerate(order)}
    ids = sorted(found, key=lambda id: places.get(id, len(places)))
    return {
        id: {student: Work(student, _in_order(hand_ins)) for student, hand_ins in found[id].items()}
        for id in ids
    }


def _in_order(hand_ins: list[Graded]) -> list[Graded]:
    """By attempt where all have one, else by time, else as they came."""
    if all(one.attempt for one in hand_ins):
        return sorted(hand_ins, key=lambda one: one.attempt or 0)
    if all(one.at for one in hand_ins):
        return sorted(hand_ins, key=lambda one: one.at or EARLIEST)
    return hand_ins


def standings(works: Works) -> list[Standing]:
    last = {student: id for id, people in works.items() for student in people}
    return [_standing(id, people, last) for id, people in works.items()]


def _standing(id: str, people: Mapping[str, Work], last: Mapping[str, str]) -> Standing:
    tries = [work.tries for work in people.values() if work.tries]
    times = [time.total_seconds() for work in people.values() if (time := work.time) is not None]
    ours = sum(work.counted.report.outcome == "error" for work in people.values())
    stuck = [work for work in people.values() if work.counted.report.outcome == "failed"]
    return Standing(
        exercise=id,
        title=next(iter(people.values())).counted.report.title,
        handed_in=len(people),
        passed=sum(work.passed for work in people.values()),
        stopped=sum(last[work.student] == id for work in stuck),
        ours=ours,
        tries=median(tries) if tries else None,
        most_tries=max(tries, default=None),
        time=timedelta(seconds=median(times)) if times else None,
    )


def rows(works: Works, students: Iterable[str]) -> list[Row]:
    """Who has fewest points comes first; they are the ones to be asked."""
    worth = [_worth(people) for people in works.values()]
    found = [_row(student, works, worth) for student in students]
    return sorted(found, key=lambda row: (-1.0 if row.total is None else row.total, row.student))


def _worth(people: Mapping[str, Work]) -> float:
    """The points of an exercise. A report that is our error tells none."""
    return max(work.counted.report.max_points for work in people.values())


def _row(student: str, works: Works, worth: Sequence[float]) -> Row:
    cells = tuple(_cell(people.get(student)) for people in works.values())
    points = [(cell or 0.0) * most for cell, most in zip(cells, worth, strict=True)]
    is_open = -1 in cells or not sum(worth)
    return Row(student, cells, None if is_open else sum(points) / sum(worth))


def _cell(work: Work | None) -> float | None:
    if work is None:
        return None
    return -1 if work.counted.report.outcome == "error" else share(work.counted.report)


def distribution(rows: Iterable[Row]) -> Distribution:
    totals = [row.total for row in rows if row.total is not None]
    bins = [0] * BINS
    for total in totals:
        bins[min(int(total * BINS + 1e-9), BINS - 1)] += 1
    quartiles = quantiles(totals, n=4, method="inclusive") if len(totals) > 1 else []
    return Distribution(tuple(bins), tuple(quartiles))
