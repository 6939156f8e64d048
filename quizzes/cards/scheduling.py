"""Spaced repetition: when a card is due, what is reviewed today, and in which order.

FSRS (the `fsrs` package) models how a memory fades; this module decides what that means for a day.
Pure: time, limits and what was done are arguments, and nothing is drawn at random. Only `Scheduler`
loads `fsrs`, which takes 30 ms; `plan` answers without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

from quizzes.cards.card import note_of

if TYPE_CHECKING:
    import fsrs

CardState = Literal["learning", "review", "relearning"]
CARD_STATES: tuple[CardState, ...] = get_args(CardState)
Rating = Literal[1, 2, 3, 4]
RATINGS: dict[Rating, str] = {1: "again", 2: "hard", 3: "good", 4: "easy"}

AGAIN_IN = timedelta(minutes=10)
# When nothing else is left, what is due this soon is asked now.
LEARN_AHEAD = timedelta(minutes=20)
# Who learns after midnight is still in the day before.
DAY_STARTS = timedelta(hours=4)
LEECH_LAPSES = 6
HORIZON = timedelta(days=7)


@dataclass(frozen=True)
class Schedule:
    """What FSRS knows of a card, and how often it was reviewed and forgotten. Times are UTC."""

    state: CardState
    step: int | None
    stability: float
    difficulty: float
    due: datetime
    last_review: datetime
    reviews: int = 1
    lapses: int = 0

    @property
    def is_leech(self) -> bool:
        """Forgotten so often that another look at the lesson helps more than another review."""
        return self.lapses >= LEECH_LAPSES

    def to_dict(self) -> dict[str, Any]:
        """Of what JSON and SQLite know; times to the millisecond."""
        times = {"due": as_text(self.due), "last_review": as_text(self.last_review)}
        return asdict(self) | times

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError where it is none."""
        if entry["state"] not in CARD_STATES:
            raise ValueError(f"state {entry['state']!r}")
        return cls(
            state=entry["state"],
            step=None if entry["step"] is None else int(entry["step"]),
            stability=float(entry["stability"]),
            difficulty=float(entry["difficulty"]),
            due=from_text(entry["due"]),
            last_review=from_text(entry["last_review"]),
            reviews=int(entry["reviews"]),
            lapses=int(entry["lapses"]),
        )


@dataclass(frozen=True)
class Review:
    """One rating of a card; `before` is the schedule that it replaced, None for a new card."""

    card: str
    rating: Rating
    at: datetime
    milliseconds: int
    before: Schedule | None


@dataclass(frozen=True)
class DailyLimits:
    """How many cards a day may bring."""

    new: int = 10
    due: int = 60


@dataclass(frozen=True)
class ReviewedToday:
    """How many cards this day has brought already."""

    new: int = 0
    due: int = 0


@dataclass(frozen=True)
class DailyReview:
    """The cards of this day. `postponed` are due too, and beyond the day's limit."""

    learning: tuple[str, ...]
    due: tuple[str, ...]
    new: tuple[str, ...]
    postponed: int = 0

    @property
    def cards(self) -> tuple[str, ...]:
        return (*self.learning, *self.due, *self.new)

    @property
    def repeats(self) -> int:
        """How many cards were met before."""
        return len(self.learning) + len(self.due)


@dataclass(frozen=True)
class Portion:
    """How many of the cards that wait a day holds, and how many of the due ones it does not."""

    due: int
    new: int
    postponed: int


def portion(due: int, new: int, done: ReviewedToday, limits: DailyLimits) -> Portion:
    """What of `due` and `new` cards this day still holds: new ones wait until the rest fits."""
    room = max(0, limits.due - done.due)
    postponed = max(0, due - room)
    new_room = 0 if postponed else max(0, limits.new - done.new)
    return Portion(due - postponed, min(new, new_room), postponed)


def as_text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def from_text(text: str) -> datetime:
    """What `as_text` wrote. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"time {text!r} has no time zone")
    return at.astimezone(UTC)


def day_of(at: datetime) -> date:
    return (at - DAY_STARTS).date()


def day_start(now: datetime) -> datetime:
    return datetime.combine(day_of(now), time(), now.tzinfo) + DAY_STARTS


def is_due(schedule: Schedule, now: datetime) -> bool:
    """`now` is in the learner's time zone. A card of today is due all day, whatever its hour."""
    if is_in_steps(schedule):
        return schedule.due <= now
    return day_of(_local(schedule.due, now)) <= day_of(now)


def is_in_steps(schedule: Schedule) -> bool:
    """Whether the card is being learnt, or learnt again, within minutes."""
    return schedule.state != "review"


def _local(at: datetime, now: datetime) -> datetime:
    return at.astimezone(now.tzinfo)


def plan(
    ids: Iterable[str],
    schedules: Mapping[str, Schedule],
    now: datetime,
    done: ReviewedToday,
    limits: DailyLimits,
    scheduler: Scheduler | None = None,
) -> DailyReview:
    """What to review now, of the cards `ids`. Without a scheduler, the due ones keep their order.

    After a break more is due than the limit allows. Then the most valuable cards come first, new
    cards wait until the rest fits into a day, and nobody owes the whole heap at once.
    """
    ids = tuple(ids)
    known = {id: schedules[id] for id in ids if id in schedules}
    waiting = [id for id, schedule in known.items() if is_due(schedule, now)]
    learning = sorted(
        (id for id in waiting if is_in_steps(known[id])), key=lambda id: known[id].due
    )
    due = [id for id in waiting if not is_in_steps(known[id])]
    if scheduler:
        due.sort(key=lambda id: -scheduler.value(known[id], now))
    today = day_of(now)
    seen = {note_of(id) for id, s in known.items() if day_of(_local(s.last_review, now)) == today}
    due = _one_of_each_note(due, seen)
    new = _one_of_each_note((id for id in ids if id not in schedules), seen)
    day = portion(len(due), len(new), done, limits)
    return DailyReview(tuple(learning), tuple(due[: day.due]), tuple(new[: day.new]), day.postponed)


def _one_of_each_note(ids: Iterable[str], seen: set[str]) -> list[str]:
    """Cards of a note answer each other, so that a day has one of them. Adds to `seen`."""
    chosen = []
    for id in ids:
        if note_of(id) not in seen:
            seen.add(note_of(id))
            chosen.append(id)
    return chosen


def soon(schedules: Mapping[str, Schedule], ids: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Cards being learnt that come again within minutes; asked when nothing else is left."""
    found = [
        id
        for id in ids
        if id in schedules and is_in_steps(schedules[id]) and schedules[id].due <= now + LEARN_AHEAD
    ]
    return tuple(sorted(found, key=lambda id: schedules[id].due))


class Scheduler:
    """FSRS with two settings: the share of cards that shall be remembered when they come, and in
    which steps a card is met again within minutes; without one, a day is the least."""

    def __init__(self, retention: float = 0.9, steps: tuple[timedelta, ...] = (AGAIN_IN,)) -> None:
        import fsrs

        # Fuzz is off, so that the same reviews give the same dates.
        self._fsrs = fsrs.Scheduler(
            desired_retention=retention,
            learning_steps=steps,
            relearning_steps=steps,
            enable_fuzzing=False,
        )

    def rate(self, before: Schedule | None, rating: Rating, at: datetime) -> Schedule:
        """The schedule after a review at `at` (UTC); `before` is None for a new card."""
        from fsrs import Rating as FsrsRating

        card, _ = self._fsrs.review_card(_to_fsrs(before, at), FsrsRating(rating), at)
        assert card.stability is not None and card.difficulty is not None
        assert card.last_review is not None
        forgotten = before is not None and before.state == "review" and rating == 1
        return Schedule(
            state=CARD_STATES[card.state - 1],
            step=card.step,
            stability=card.stability,
            difficulty=card.difficulty,
            due=card.due,
            last_review=card.last_review,
            reviews=(before.reviews if before else 0) + 1,
            lapses=(before.lapses if before else 0) + forgotten,
        )

    def intervals(self, before: Schedule | None, at: datetime) -> dict[Rating, timedelta]:
        """When the card would come again, for each rating."""
        return {rating: self.rate(before, rating, at).due - at for rating in RATINGS}

    def recall(self, schedule: Schedule, at: datetime) -> float:
        """The probability that the card is remembered."""
        return self._fsrs.get_card_retrievability(_to_fsrs(schedule, at), at)

    def value(self, schedule: Schedule, now: datetime) -> float:
        """What a review now adds to the probability of knowing the card a week from now.

        In simulations of a break of 30 and 90 days this order kept more in memory than to take the
        likeliest remembered, the least stable or random cards first (on average 95.0% after the
        first break, at 25 a day, against 93.1, 94.0 and 94.3%).
        """
        at = now.astimezone(schedule.last_review.tzinfo)
        later = at + HORIZON
        remembered = self.recall(schedule, at)
        good, again = (self.recall(self.rate(schedule, r, at), later) for r in _GOOD_AGAIN)
        return remembered * good + (1 - remembered) * again - self.recall(schedule, later)


_GOOD_AGAIN: tuple[Rating, Rating] = (3, 1)


def _to_fsrs(schedule: Schedule | None, at: datetime) -> fsrs.Card:
    import fsrs

    # Without an id, fsrs would sleep a millisecond to make one from the clock.
    if schedule is None:
        return fsrs.Card(card_id=0, due=at)
    return fsrs.Card(
        card_id=0,
        state=fsrs.State(CARD_STATES.index(schedule.state) + 1),
        step=schedule.step,
        stability=schedule.stability,
        difficulty=schedule.difficulty,
        due=schedule.due,
        last_review=schedule.last_review,
    )
