"""Peers ask and answer, and no answer to the exercise gets through to who has not passed."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest
from class_of_three import CLASSROOM, ROSTER, WRONG, Answer, Browser
from processes import comes_true
from servers import Served
from sqlalchemy import select, update
from test_server_pages import HOSTILE, browser

from exercises.catalog import load_catalog
from grader import Grader
from grader.examiner.answer_key import suite_folder
from grader.misconceptions import load_misconceptions
from grader.server import thread_view, threads
from grader.server.database import Database
from grader.server.judge import LEASE, Judge
from grader.server.members import class_named, enrol, member_named, new_class, read_roster
from grader.server.queue import Queue, utc_now
from grader.server.schema import HandIn, Person, Post, PostEvent
from grader.server.spoilers import codes, has_code, parts, tries

THREAD = "/exercises/softmax/thread"
HINT = "Your rows do not sum to 1: think of what `dim` is for, and of where 0 / 0 comes from."
BODY = "exps = torch.exp(x - x.amax(dim=dim, keepdim=True))\nreturn exps / exps.sum(dim, True)"


@pytest.fixture
def mistake(solution: Callable[[str], str]) -> str:
    """An answer with a mistake that has a name."""
    folder = suite_folder(load_catalog().exercise("softmax"))
    known = load_misconceptions(folder / "misconceptions.yaml")
    return next(one for one in known if one.id == "unshifted").apply(solution("softmax"))


def tried(served: Served, student: str, source: str) -> Browser:
    """Somebody of the class whose hand-in is graded."""
    done = served.queue.health().done
    one = browser(served, student)
    assert one.upload("softmax", source).status == 200
    assert comes_true(lambda: served.queue.health().done > done)
    return one


def send(who: Browser, path: str, **fields: str) -> Answer:
    """A form with the session's token, whatever page was last."""
    who.get("/own")
    return who.send(path, fields)


def write(who: Browser, text: str, path: str = THREAD, **fields: str) -> None:
    answer = send(who, path, text=text, **fields)
    assert answer.status == 200, answer.text


def newest(served: Served) -> Post:
    with served.database.reading() as session:
        return session.scalars(select(Post).order_by(Post.id.desc()).limit(1)).one()


def judged(served: Served) -> Post:
    """The newest post, once the judge has seen it."""
    assert comes_true(lambda: newest(served).share is not None)
    return newest(served)


def test_a_thread_is_open_to_who_has_tried_and_names_nobody(served: Served, mistake: str) -> None:
    alan = browser(served, "2")
    assert "opens when a hand-in of yours" in alan.get(THREAD).text
    ada = tried(served, "1", mistake)
    assert send(alan, THREAD, text="How?").status == 404
    alan = tried(served, "2", mistake)
    write(ada, HINT, report="on")
    page = alan.get(THREAD).text
    assert "think of what" in page
    assert "Lovelace" not in page
    assert re.search(r"Learner [0-9a-f]{6}", page)
    assert "your mistake, too" in page
    assert "your mistake, too" not in ada.get(THREAD).text, "it is her own"
    assert "exp takes the scores as they are" in page, "the report is shown where its author agrees"
    assert "Lovelace" in browser(served, "9").get(THREAD).text, "assistants see who wrote"
    with served.database.writing() as session:
        session.execute(update(HandIn).values(report=None))
    assert "think of what" in alan.get(THREAD).text, "a report may be gone"
    write(ada, "May I show my name?", named="on")
    assert "Ada Lovelace" in alan.get(THREAD).text
    assert "exp takes the scores as they are" not in alan.get(THREAD).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_what_has_no_value_a_question_shows_why(served: Served, mistake: str) -> None:
    alan = tried(served, "2", mistake)
    quoted = BODY.splitlines()[0]
    for source, says in (
        ("def softmax(x, dim=-1:\n", "Line 1 of softmax.py is not valid Python"),
        ("import trch\n", "No module named 'trch'"),
        (f"raise ValueError({quoted!r})\n", "Your file stops while it is loaded."),
        ("x = 1\n", "does not define softmax"),
        ("def softmax(x, dim):\n    raise KeyError('no such dim')\n", "KeyError: 'no such dim'"),
        (f"def softmax(x, dim):\n    raise KeyError({quoted!r})\n", "what happenedKeyError."),
    ):
        ada = tried(served, "1", source)
        write(ada, "What is wrong?", report="on")
        shown = html.unescape(re.sub("<[^>]*>", "", alan.get(THREAD).text))
        assert says in shown
        assert ("hidden test" in shown) == ("dim):" in source), "those are the files that load"
        assert quoted not in shown
        send(ada, f"/posts/{newest(served).id}/delete")


def test_an_answer_is_folded_until_one_has_passed(
    served: Served, mistake: str, solution: Callable[[str], str]
) -> None:
    ada = tried(served, "1", solution("softmax"))
    alan = tried(served, "2", mistake)
    write(alan, "What is wrong?")
    question = newest(served).id
    write(ada, f"Like this:\n```\n{BODY}\n```\nDo you see?", f"/posts/{question}/answer")
    if newest(served).share is None:
        assert "amax" not in alan.get(THREAD).text, "until it is judged, it may be an answer"
    assert judged(served).share == 1
    page = alan.get(THREAD).text
    assert "amax" not in page
    assert "would give 4 of 4 points" in page
    assert "amax" in ada.get(THREAD).text
    assert "amax" not in alan.get(f"/posts/{newest(served).id}").text
    write(ada, HINT, f"/posts/{newest(served).id}")
    assert judged(served).share == 0
    assert "think of what" in alan.get(THREAD).text, "an edited post is judged again"
    write(ada, f"{HINT}\n\n```\n{BODY}\n```", f"/posts/{newest(served).id}")
    assert judged(served).share == 1
    assert "think of what" not in alan.get(THREAD).text
    alan.upload("softmax", solution("softmax"))
    assert comes_true(lambda: "amax" in alan.get(THREAD).text), "it opens with a pass"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_hidden_answers_are_found(
    served: Served, mistake: str, solution: Callable[[str], str]
) -> None:
    ada, alan = tried(served, "1", mistake), tried(served, "2", mistake)
    text = solution("softmax")
    code = "def f(x, dim=-1):\n" + "\n".join(f"    {line}" for line in BODY.splitlines())
    with_slip = text.replace("torch.exp(", "torch.exq(")
    for hidden in (
        text,
        f"```py\n{code}\n```",
        "\n".join(f"> {line}" for line in code.splitlines()),
        code.replace("\n", "\nand then we write\n"),
        f"Write `{BODY.splitlines()[0]}` and `{BODY.splitlines()[1]}`",
        "`f = lambda x, dim=-1: (x - x.logsumexp(dim, keepdim=True)).exp()`",
        base64.b64encode(code.encode()).decode(),
        code.encode().hex(),
        f"exp, not exq:\n```\n{with_slip}\n```",
    ):
        write(ada, hidden)
        share = judged(served).share
        assert share is not None
        assert share >= thread_view.CLOSE, hidden
        number = newest(served).id
        assert "Folded: this holds code" in alan.get(f"/posts/{number}").text
        send(ada, f"/posts/{number}/delete")


def test_an_answer_in_two_posts_is_found_at_the_second(served: Served, mistake: str) -> None:
    ada, alan = tried(served, "1", mistake), tried(served, "2", mistake)
    first, second = BODY.splitlines()
    write(ada, f"One\n```\n{first}\n```")
    judged(served)
    write(ada, f"Two\n```\n{second}\n```")
    assert judged(served).share == 1
    assert "exps.sum" not in alan.get(THREAD).text


def test_a_post_waits_for_earlier_hand_ins_and_is_tried_twice(
    database: Database, grader: Grader
) -> None:
    made, _ = new_class(database, "ML", CLASSROOM)
    now = utc_now()
    queue = Queue(database)
    with database.writing() as session:
        enrol(session, made, read_roster(ROSTER))
        member = member_named(session, made, "1")
    queue.receive(member.id, "softmax", {"softmax.py": b""}, "key")
    with database.writing() as session:
        post = Post(
            class_id=made.id, exercise="softmax", membership_id=member.id, kind="question",
            text="x = f(1)", is_named=False, has_helped=False, state="open", made_at=utc_now(),
            changed_at=utc_now(), tries=0,
        )  # fmt: skip
        session.add(post)

    def at(leases: int) -> datetime:
        return now + leases * 2 * LEASE

    judges = [Judge(database, grader, False, partial(at, n)) for n in range(3)]
    assert judges[0].claim() is None, "who handed in before is first"
    queue.claim()
    assert judges[0].claim() is not None
    assert judges[0].claim() is None, "one judge has it"
    assert judges[1].claim() is not None, "whose judge is silent"
    assert judges[2].claim() is None, "and then it stays folded"
    with database.reading() as session:
        assert thread_view.is_spoiler(session.get_one(Post, post.id))


def test_wrong_code_and_hints_stay_open(served: Served, mistake: str) -> None:
    ada, alan = tried(served, "1", mistake), tried(served, "2", mistake)
    for text in (HINT, f"Why is this wrong?\n```\n{WRONG}```", "Is x.max() enough? f(x) = 1"):
        write(ada, text)
        share = judged(served).share
        assert share is not None
        assert share < thread_view.CLOSE
    assert alan.get(THREAD).text.count("Folded") == 0


def test_who_shares_a_mistake_sees_what_helped(
    served: Served, mistake: str, solution: Callable[[str], str]
) -> None:
    ada, alan = tried(served, "1", mistake), tried(served, "2", solution("softmax"))
    write(ada, "Why is it NaN?")
    question = newest(served).id
    assert "1 question has no answer that helped yet" in alan.get(THREAD).text
    write(alan, HINT, f"/posts/{question}/answer")
    number = newest(served).id
    assert send(alan, f"/posts/{number}/helped").status == 404, "who asked says what helped"
    assert "helped who asked" in send(ada, f"/posts/{number}/helped").text
    emmy = tried(served, "3", mistake)
    assert "What helped others with your mistake" in emmy.get(THREAD).text
    emmy = tried(served, "3", WRONG)
    assert "What helped others" not in emmy.get(THREAD).text

    teacher = browser(served, "teacher")
    assert "unshifted (1)" in teacher.get(THREAD).text
    note = {"text": "All of you: see the lesson.", "mistake": "unshifted"}
    send(teacher, "/exercises/softmax/notes", **note)
    page = ada.get(THREAD).text
    assert "see the lesson" in page
    assert "exp takes the scores as they are" in page, "an example"
    assert "see the lesson" not in emmy.get(THREAD).text
    assert send(teacher, "/exercises/softmax/notes", **{**note, "mistake": "no"}).status == 429


def test_moderation_is_logged(served: Served, mistake: str, solution: Callable[[str], str]) -> None:
    ada, alan = tried(served, "1", mistake), tried(served, "2", mistake)
    emmy, grace = tried(served, "3", solution("softmax")), browser(served, "9")
    write(ada, "A secret that is no code")
    number = newest(served).id
    path = f"/posts/{number}"
    assert send(alan, path, text="mine").status == 404
    assert send(alan, f"{path}/delete").status == 404
    send(alan, f"{path}/report", why="rude")
    assert "A secret" in alan.get(THREAD).text, "who has not passed can only tell"
    send(emmy, f"{path}/report", why="an answer")
    assert "A secret" not in alan.get(THREAD).text, "who has passed knows an answer"
    for what, is_seen in (("shown", True), ("folded", False)):
        send(grace, f"{path}/moderate", what=what, why=f"because {what}")
        assert ("A secret" in alan.get(THREAD).text) is is_seen
    send(grace, f"{path}/moderate", what="deleted", why="enough")
    assert newest(served).text == ""
    log = grace.get("/class/posts").text
    for told in ("reported", "rude", "an answer", "because shown", "because folded", "enough"):
        assert told in log
    assert ada.get(path).status == 404
    with served.database.reading() as session:
        done = session.scalars(select(PostEvent.what).order_by(PostEvent.id)).all()
    assert done == ["written", "reported", "reported", "shown", "folded", "deleted"]


def test_a_post_is_text_and_bounded(served: Served, mistake: str) -> None:
    ada, alan = tried(served, "1", mistake), tried(served, "2", mistake)
    with served.database.writing() as session:
        session.execute(update(Person).values(pseudonym=HOSTILE))
    write(ada, f"{HOSTILE}\n\n# no heading [a](javascript:alert(1)) **b**\n```\n{HOSTILE}\n```")
    judged(served)
    page = alan.get(THREAD).text
    assert not re.search(r"<(img|script>alert|strong|a href=.javascript)", page)
    assert "**b**" in page
    for text in ("", " \n ", "x" * (threads.MOST_LETTERS + 1), "a\x00b", "a\u202eb", "a\x1bb"):
        assert send(alan, THREAD, text=text).status == 400
    for n in range(threads.MOST_A_DAY):
        write(alan, f"Why, for the {n}th time?")
    assert send(alan, THREAD, text="Why?").status == 429


def test_another_class_has_threads_of_its_own(served: Served, mistake: str) -> None:
    write(tried(served, "1", mistake), "Only here")
    number = newest(served).id
    made, _ = new_class(served.database, "Other", "title: T\nexercises: {softmax: 1}\n")
    with served.database.writing() as session:
        enrol(
            session, class_named(session, made.name), read_roster("id,name,role\nt,Tim,teacher\n")
        )
    tim = browser(served, "t", "Other")
    assert "Only here" not in tim.get(THREAD).text
    assert "Only here" not in tim.get("/class/posts").text
    for path in (f"/posts/{number}/delete", f"/posts/{number}/report", f"/posts/{number}/answer"):
        assert send(tim, path, text="x").status == 404
    answer = send(tim, f"/posts/{number}/moderate", what="deleted")
    assert answer.status == 404


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\n\nc", [(False, "a\nb"), (False, "c")]),
        ("a\n```py\nx = 1\n```\nb", [(False, "a"), (True, "x = 1"), (False, "b")]),
        ("~~~\nx\n\ny", [(True, "x\n\ny")]),
        ("```\n```", [(True, "")]),
    ],
)
def test_a_text_has_paragraphs_and_code(text: str, shown: list[tuple[bool, str]]) -> None:
    assert list(parts(text)) == shown


@pytest.mark.parametrize("piece", ["x+", "lambda:", "1**", "(", "not ", "```\n", "x.", "> ", "\f"])
def test_no_text_is_too_deep_to_be_looked_at(piece: str) -> None:
    text = (piece * threads.MOST_LETTERS)[: threads.MOST_LETTERS - 1] + "1"
    exercise = load_catalog().exercise("softmax")
    has_code(text)
    for file in tries(codes(text), exercise.stub.read_text("utf-8"), exercise.entry):
        assert "softmax" in file
