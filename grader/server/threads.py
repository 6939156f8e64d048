"""Threads: each exercise of a class has one, for those who have tried it.

Each method of `Threads` is one transaction, and notes what was done in `post_events`. Who sees what
is decided in `thread_view.py`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grader.server.database import Database
from grader.server.queue import Refused, utc_now
from grader.server.roles import Action, may
from grader.server.schema import HandIn, Membership, Post, PostEvent
from grader.server.spoilers import has_code
from grader.server.thread_view import (
    ANSWER,
    NO_POST,
    NOTE,
    QUESTION,
    NotThere,
    Reader,
    State,
    post_for,
    reader,
    sharing,
    verdicts,
)

MOST_LETTERS = 4_000
MOST_UNJUDGED = 5  # posts of one person
MOST_A_DAY = 30  # posts and changes of one person; each may be graded several times
MOST_ANSWERS = 50  # to one question
MOST_REPORTS = 20  # a day, of one person


class Threads:
    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def ask(
        self, member: Membership, exercise: str, text: str, is_named: bool, shows_report: bool
    ) -> int:
        """The number of the new question. Its report is shown only where its author says so."""
        with self._database.writing() as session:
            who = reader(session, self._in_turn(session, member), exercise)
            failed = verdicts(member, exercise).where(HandIn.outcome == "failed").limit(1)
            shown = session.scalar(failed) if shows_report else None
            post = self._new(session, who, QUESTION, text)
            post.is_named, post.mistake = is_named, who.mistake
            post.hand_in_id = shown.id if shown else None
            return self._kept(session, post)

    def answer(self, member: Membership, number: int, text: str, is_named: bool) -> int:
        with self._database.writing() as session:
            self._in_turn(session, member)
            question, who = post_for(session, member, number)
            if question.question_id is not None or not who.sees(question):
                raise NotThere(NO_POST)
            there = select(func.count()).select_from(Post).where(Post.question_id == number)
            if (session.scalar(there) or 0) >= MOST_ANSWERS:
                raise Refused(f"This question has {MOST_ANSWERS} answers already.")
            post = self._new(session, who, ANSWER, text)
            post.is_named, post.question_id = is_named, number
            return self._kept(session, post)

    def write_to_many(self, member: Membership, exercise: str, mistake: str, text: str) -> int:
        """A note to all who share a mistake now or later, with one example that names nobody."""
        with self._database.writing() as session:
            who = reader(session, self._in_turn(session, member), exercise)
            examples = sharing(session, member, exercise).get(mistake)
            if not examples:
                raise Refused("Nobody has this mistake now. Load the page again.")
            post = self._new(session, who, NOTE, text)
            post.is_named, post.mistake, post.hand_in_id = True, mistake, examples[0].id
            return self._kept(session, post)

    def change(self, member: Membership, number: int, text: str) -> Post:
        """Another text, which is judged again; what a moderator opened, too."""
        with self._database.writing() as session:
            self._in_turn(session, member)
            post, _ = post_for(session, member, number)
            if post.membership_id != member.id:
                raise NotThere(NO_POST)
            self._check_amount(session, member)
            post.text, post.changed_at = text, self._clock()
            post.share, post.tries, post.lease = _first_share(text), 0, None
            if post.state == State.SHOWN:
                post.state = State.OPEN
            self._note(session, post, member, "changed")
            return post

    def helped(self, member: Membership, number: int) -> Post:
        """Who asked says that an answer helped."""
        with self._database.writing() as session:
            post, who = post_for(session, member, number)
            question = session.get(Post, post.question_id) if post.question_id else None
            if question is None or question.membership_id != member.id or not who.sees(post):
                raise NotThere(NO_POST)
            post.has_helped = True
            self._note(session, post, member, "helped")
            return post

    def report(self, member: Membership, number: int, why: str) -> Post:
        """For moderators to look at. One who has passed knows an answer: then it is folded."""
        with self._database.writing() as session:
            self._in_turn(session, member)
            post, who = post_for(session, member, number)
            if self._done_today(session, member, ("reported",)) >= MOST_REPORTS:
                raise Refused(f"You reported {MOST_REPORTS} posts in a day. Try again tomorrow.")
            if who.has_passed and post.state == State.OPEN:
                post.state = State.FOLDED
            self._note(session, post, member, "reported", why)
            return post

    def delete(self, member: Membership, number: int, why: str = "") -> Post:
        """By its author or a moderator. The text goes; that it was there stays in the log."""
        with self._database.writing() as session:
            post, _ = post_for(session, member, number)
            if post.membership_id != member.id and not may(member.role, Action.MODERATE):
                raise NotThere(NO_POST)
            post.text, post.hand_in_id, post.state, post.share = "", None, State.DELETED, 0.0
            self._note(session, post, member, State.DELETED, why)
            return post

    def moderate(self, member: Membership, number: int, state: State, why: str) -> Post:
        """Fold it for all but moderators and its author, or open it whatever the judge says."""
        with self._database.writing() as session:
            post, _ = post_for(session, member, number)
            post.state = state
            self._note(session, post, member, state, why)
            return post

    def _in_turn(self, session: Session, member: Membership) -> Membership:
        """What one person does at once is counted one by one."""
        return session.get_one(Membership, member.id, with_for_update={"of": Membership})

    def _new(self, session: Session, who: Reader, kind: str, text: str) -> Post:
        self._check_amount(session, who.member)
        now = self._clock()
        return Post(
            class_id=who.member.class_id,
            exercise=who.exercise,
            membership_id=who.member.id,
            kind=kind,
            text=text,
            is_named=False,
            has_helped=False,
            state=State.OPEN,
            made_at=now,
            changed_at=now,
            share=_first_share(text),
            tries=0,
        )

    def _kept(self, session: Session, post: Post) -> int:
        session.add(post)
        session.flush()
        self._note(session, post, session.get_one(Membership, post.membership_id), "written")
        return post.id

    def _check_amount(self, session: Session, member: Membership) -> None:
        own = select(func.count()).select_from(Post).where(Post.membership_id == member.id)
        if (session.scalar(own.where(Post.share.is_(None))) or 0) >= MOST_UNJUDGED:
            raise Refused(f"{MOST_UNJUDGED} of your posts are not judged yet. Wait a minute.")
        if self._done_today(session, member, ("written", "changed")) >= MOST_A_DAY:
            raise Refused(f"You wrote {MOST_A_DAY} times in a day. Try again tomorrow.")

    def _done_today(self, session: Session, member: Membership, what: Sequence[str]) -> int:
        done = (
            select(func.count())
            .select_from(PostEvent)
            .where(
                PostEvent.membership_id == member.id,
                PostEvent.what.in_(what),
                PostEvent.at > self._clock() - timedelta(days=1),
            )
        )
        return session.scalar(done) or 0

    def _note(
        self, session: Session, post: Post, member: Membership, what: str, why: str = ""
    ) -> None:
        event = PostEvent(
            post_id=post.id, membership_id=member.id, what=what, why=why, at=self._clock()
        )
        session.add(event)


def _first_share(text: str) -> float | None:
    return None if has_code(text) else 0.0
