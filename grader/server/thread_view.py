"""What one member sees of an exercise's thread, by what they have done in the exercise.

What people decide about a post stands in `state`; what the judge found (`judge.py`) in `share`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, undefer

from grader.server.gradebook import report_of
from grader.server.queue import Refused
from grader.server.roles import STAFF, Action, may
from grader.server.schema import DONE, HandIn, Membership, Post

QUESTION, ANSWER, NOTE = "question", "answer", "note"  # kinds of posts
MOST_QUESTIONS = 100  # that a page shows, the newest
CLOSE = 0.8  # of the points: code that earns them comes close to an answer that passes
NO_POST = "There is no such post, or it is not for you."
NOT_TRIED = "A thread opens when a hand-in of yours for its exercise is graded."


class State(StrEnum):
    """What people decided. Of a post that is OPEN, the judge decides."""

    OPEN = "open"
    FOLDED = "folded"
    SHOWN = "shown"
    DELETED = "deleted"


class NotThere(Refused):
    """What is asked for is not there for whoever asks."""


@dataclass(frozen=True)
class Reader:
    """What one member has done in an exercise, which decides what they see of its thread."""

    member: Membership
    exercise: str
    has_tried: bool
    has_passed: bool
    mistake: str | None  # of the latest verdict

    @property
    def sees_all(self) -> bool:
        return self.has_passed or self.member.role in STAFF

    def sees(self, post: Post) -> bool:
        if post.state == State.DELETED:
            return False
        if post.membership_id == self.member.id or may(self.member.role, Action.MODERATE):
            return True
        if post.state == State.FOLDED:
            return False
        return post.state == State.SHOWN or self.sees_all or not is_spoiler(post)


def is_spoiler(post: Post) -> bool:
    """Until it is judged, it may be one."""
    return post.share is None or post.share >= CLOSE


def mistake_of(one: HandIn | None) -> str | None:
    """The misconception that its report names; a report may be gone while its outcome is kept."""
    report = report_of(one)
    found = [report.diagnosis, *(test.diagnosis for test in report.tests)] if report else []
    return next((one.id for one in found if one), None)


def verdicts(of: Membership, exercise: str) -> Select[HandIn]:
    return (
        select(HandIn)
        .where(HandIn.membership_id == of.id, HandIn.exercise == exercise, HandIn.state == DONE)
        .order_by(HandIn.id.desc())
        .options(undefer(HandIn.report))
    )


def reader(session: Session, member: Membership, exercise: str) -> Reader:
    """Raises `NotThere` for who has not tried it."""
    latest = session.scalar(verdicts(member, exercise).limit(1))
    passed = verdicts(member, exercise).where(HandIn.outcome == "passed").limit(1)
    has_passed = session.scalar(passed) is not None
    mistake = mistake_of(latest)
    found = Reader(member, exercise, latest is not None, has_passed, mistake)
    if not found.has_tried and not found.sees_all:
        raise NotThere(NOT_TRIED)
    return found


def post_for(session: Session, member: Membership, number: int) -> tuple[Post, Reader]:
    """The post, where this member may come into its thread. Raises `NotThere`."""
    post = session.get(Post, number) if number < 2**31 else None
    if post is None or post.class_id != member.class_id or post.state == State.DELETED:
        raise NotThere(NO_POST)
    return post, reader(session, member, post.exercise)


def questions(session: Session, who: Reader) -> Sequence[Post]:
    """The newest of the thread, with notes for all who share this reader's mistake first."""
    here = select(Post).where(
        Post.class_id == who.member.class_id,
        Post.exercise == who.exercise,
        Post.state != State.DELETED,
    )
    notes = here.where(Post.kind == NOTE).order_by(Post.id.desc()).limit(MOST_QUESTIONS)
    if not may(who.member.role, Action.MODERATE):
        notes = notes.where(Post.mistake == who.mistake)
    asked = here.where(Post.kind == QUESTION).order_by(Post.id.desc()).limit(MOST_QUESTIONS)
    return [*session.scalars(notes), *session.scalars(asked)]


def answers(session: Session, to: Sequence[Post]) -> dict[int, list[Post]]:
    found: dict[int, list[Post]] = {post.id: [] for post in to}
    wanted = select(Post).where(Post.question_id.in_(found), Post.state != State.DELETED)
    for post in session.scalars(wanted.order_by(Post.has_helped.desc(), Post.id)):
        if post.question_id is not None:
            found[post.question_id].append(post)
    return found


def helped_others(session: Session, who: Reader) -> list[Post]:
    """Answers that helped others who had the mistake that this reader has."""
    if who.mistake is None or who.has_passed:
        return []
    same = select(Post.id).where(
        Post.class_id == who.member.class_id,
        Post.exercise == who.exercise,
        Post.kind == QUESTION,
        Post.mistake == who.mistake,
        Post.membership_id != who.member.id,
    )
    wanted = select(Post).where(Post.question_id.in_(same), Post.has_helped)
    found = session.scalars(wanted.order_by(Post.id.desc()).limit(MOST_QUESTIONS))
    return [post for post in found if who.sees(post)]


def sharing(session: Session, of: Membership, exercise: str) -> dict[str, list[HandIn]]:
    """The students' latest verdicts by the mistake that they show; who has passed has none."""
    wanted = (
        select(HandIn)
        .join(Membership)
        .where(
            Membership.class_id == of.class_id,
            HandIn.exercise == exercise,
            HandIn.state == DONE,
            HandIn.id.in_(
                select(func.max(HandIn.id))
                .where(HandIn.exercise == exercise, HandIn.state == DONE)
                .group_by(HandIn.membership_id)
            ),
        )
        .options(undefer(HandIn.report))
    )
    found: dict[str, list[HandIn]] = {}
    for one in session.scalars(wanted.order_by(HandIn.id.desc())):
        if mistake := mistake_of(one):
            found.setdefault(mistake, []).append(one)
    return found
