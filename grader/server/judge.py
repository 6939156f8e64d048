"""Judges posts: code in one is graded as a hand-in would be, when it is its turn.

A post waits for every hand-in that came before it. Posts are judged one at a time, so they take at
most one place of the grader from hand-ins. What cannot be judged after two tries stays folded, and
a moderator may open it.
"""

import logging
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as NotYet
from datetime import datetime, timedelta
from threading import Event, Thread

from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from exercises.errors import CourseError
from grader.classroom.progress import share
from grader.errors import GraderError
from grader.grader import Grader
from grader.report import Report
from grader.server.database import Database
from grader.server.keeping import keep
from grader.server.members import classroom
from grader.server.queue import utc_now
from grader.server.schema import NOW, WAITING, HandIn, Post
from grader.server.spoilers import codes, is_like, tries
from grader.server.thread_view import CLOSE, State
from grader.submission import Submission

LOOKS = 1.0  # seconds between two looks for a post
LEASE = timedelta(minutes=10)  # more than all tries of a post can take
MOST_TRIES = 2
MOST_GRADED = 10  # files of one post
MOST_BEFORE = 20  # posts that one is put together with
log = logging.getLogger(__name__)


class Ended(Exception):
    """The server ends; the post is judged after the next start."""


class Judge:
    """One thread, which never claims a post while a hand-in that came before it waits."""

    def __init__(
        self,
        database: Database,
        grader: Grader,
        only_sandboxed: bool,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._grader = grader
        self._only_sandboxed = only_sandboxed
        self._clock = clock
        self._ends = Event()
        self._thread = Thread(target=self._work)

    def start(self) -> None:
        if self._database.is_embedded:  # which nobody else can be at work on
            with self._database.writing() as session:
                session.execute(update(Post).values(lease=None))
        self._thread.start()

    def close(self) -> None:
        self._ends.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._ends.is_set():
            try:
                if self._grader.is_ready() and (post := self.claim()):
                    self._judge(post)
                    continue
            except SQLAlchemyError as error:
                log.warning("The database does not answer: %s", error)
            self._pause()

    def claim(self) -> Post | None:
        """The post whose turn it is, leased; None where there is none."""
        now = self._clock()
        earlier = (
            select(HandIn.id)
            .where(HandIn.state == WAITING, HandIn.priority == NOW)
            .where(HandIn.received_at <= Post.changed_at)
            .exists()
        )
        is_free = or_(Post.lease.is_(None), Post.lease_until < now)
        first = (
            select(Post.id)
            .where(Post.share.is_(None), Post.tries < MOST_TRIES, is_free, ~earlier)
            .order_by(Post.changed_at, Post.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        lease = {"lease": secrets.token_hex(8), "lease_until": now + LEASE}
        with self._database.writing() as session:
            found = session.scalar(
                update(Post)
                .where(Post.id == first.scalar_subquery())
                .values(**lease, tries=Post.tries + 1)
                .returning(Post.id)
            )
            return session.get_one(Post, found) if found is not None else None

    def _judge(self, post: Post) -> None:
        found = self._found(post)
        keep(lambda: self._finish(post, **found), self._pause, LEASE, f"post {post.id}")

    def _found(self, post: Post) -> dict[str, object]:
        """What its row is to say, without a lease: its share, or that this was no try."""
        try:
            return {"share": self._most(post)}
        except (Ended, CancelledError):  # or a cluster was lost with it
            return {"tries": post.tries - 1}
        except (GraderError, CourseError) as error:
            log.warning("Post %d: %s", post.id, error)
        except Exception:  # one text that we did not think of must not keep all others folded
            log.exception("Post %d cannot be judged", post.id)
        return {}

    def _finish(self, post: Post, **values: object) -> None:
        """A post that was changed meanwhile lost its lease, and is judged anew."""
        is_held = and_(Post.id == post.id, Post.lease == post.lease)
        with self._database.writing() as session:
            session.execute(
                update(Post)
                .where(is_held)
                .values(lease=None, **values)
                .execution_options(synchronize_session=False)
            )

    def _pause(self) -> bool:
        """Whether there is more to do after it."""
        return not self._ends.wait(LOOKS)

    def _most(self, post: Post) -> float:
        """The largest share that its code earns, alone or with what stands open before it."""
        catalog = classroom(post.membership.class_.settings).catalog
        exercise = catalog.exercise(post.exercise)
        stub = exercise.stub.read_text("utf-8")
        with self._database.reading() as session:
            texts = [post.text, *_with_others(session, post)]
        found = [codes(text) for text in texts]
        files = [file for one in found for file in tries(one, stub, exercise.entry)]
        most = 0.0
        for file in list(dict.fromkeys(files))[:MOST_GRADED]:
            submission = Submission(
                post.exercise,
                file,
                only_sandboxed=self._only_sandboxed,
                explained=False,
                course=catalog.course.folder,
            )
            most = max(most, self._share(submission.with_seed()))
            if most >= CLOSE:
                return most
        solution = (exercise.suite / "solution.py").read_text("utf-8")
        if any(is_like(text, solution) for text in texts):
            return CLOSE
        return most

    def _share(self, submission: Submission) -> float:
        future = self._grader.submit(submission)
        self._wait(future)
        report = self._grader.result(submission, future)
        if report.outcome == "error":
            raise GraderError(report.problem.message if report.problem else "A hidden test broke.")
        return share(report)

    def _wait(self, future: "Future[Report]") -> None:
        while not self._ends.is_set():
            try:
                future.exception(timeout=LOOKS)
                return
            except NotYet:
                continue
        future.cancel()
        raise Ended


def _with_others(session: Session, post: Post) -> Iterator[str]:
    """The text after those that stand open before it: of its author, and to the same question."""
    shown = select(Post).where(
        Post.class_id == post.class_id,
        Post.exercise == post.exercise,
        Post.id != post.id,
        Post.state.in_((State.OPEN, State.SHOWN)),
        Post.share < CLOSE,
    )
    question = post.question_id or post.id
    for which in (
        Post.membership_id == post.membership_id,
        or_(Post.id == question, Post.question_id == question),
    ):
        others = session.scalars(shown.where(which).order_by(Post.id.desc()).limit(MOST_BEFORE))
        in_order = sorted((*others, post), key=lambda one: one.id)
        if len(in_order) > 1:
            yield "\n".join(one.text for one in in_order)
