"""What went wrong comes back when it is nearly forgotten, and is gone when it was avoided twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from textwrap import indent
from types import SimpleNamespace
from typing import Any

import pytest

from exercises.catalog import load_catalog
from grader.misconceptions import load_misconceptions
from quizzes.bank import load_bank
from quizzes.questions.question import Question
from tui.planning.mistakes import MOST, comes_back_on, due
from tui.planning.planner import plan_day
from tui.planning.tasks import Pace
from tui.progress.answers import Answer
from tui.progress.progress import Attempt, Progress
from tui.progress.records import Mistake
from tui.study.hints import show_hint
from tui.study.mistake_words import GONE
from tui.study.mistakes_round import MistakesRound
from tui.study.session import Session
from tui.study.statistics import statistics
from tui.study.variation import variation
from tui.text.plain import one_line

NOON = datetime(2025, 6, 11, 12, tzinfo=UTC)
QUESTION = load_bank().questions[0]
PRINTED = next(question for question in load_bank().questions if question.kind == "output")
SOFTMAX = load_catalog().exercise("softmax")
KNOWN = load_misconceptions(SOFTMAX.suite / "misconceptions.yaml")


def on(days: int) -> datetime:
    return NOON + timedelta(days=days)


def day(days: int) -> date:
    return on(days).date()


def make(progress: Progress, days: int, exercise: str = "softmax", name: str = "no-shift") -> None:
    progress.mistakes.record(
        exercise, name, "Your scores overflow.", "scores-and-weights", on(days)
    )


def waiting(progress: Progress, days: int, passed: str = "softmax") -> list[str]:
    met = progress.mistakes.met_today(on(days))
    return [m.name for m in due(progress.mistakes.all(on(days)), passed.split(), day(days), met)]


def test_a_mistake_comes_back_two_days_later_and_is_gone_when_avoided_twice(
    progress: Progress,
) -> None:
    make(progress, 0)
    assert [waiting(progress, days) for days in range(4)] == [[], [], ["no-shift"], ["no-shift"]]
    progress.mistakes.meet("softmax", "no-shift", avoided=True, at=on(3))
    assert [bool(waiting(progress, days)) for days in range(3, 10)] == [False] * 5 + [True] * 2
    progress.mistakes.meet("softmax", "no-shift", avoided=True, at=on(9))
    assert not any(waiting(progress, days) for days in range(9, 400))
    make(progress, 50)
    assert waiting(progress, 52) == ["no-shift"], "who makes it again meets it again"


def test_what_is_not_avoided_starts_anew(progress: Progress) -> None:
    make(progress, 0)
    progress.mistakes.meet("softmax", "no-shift", avoided=True, at=on(2))
    progress.mistakes.meet("softmax", "no-shift", avoided=False, at=on(8))
    (mistake,) = progress.mistakes.all(on(8))
    assert (mistake.avoided, mistake.times, comes_back_on(mistake)) == (0, 2, day(10))


def test_a_mistake_in_code_waits_until_the_exercise_is_passed(progress: Progress) -> None:
    make(progress, 0)
    assert waiting(progress, 30, passed="") == []
    assert waiting(progress, 30) == ["no-shift"]


def test_a_wrong_answer_comes_back_and_a_right_one_does_not(progress: Progress) -> None:
    def answer(days: int, right: bool, id: str = QUESTION.id) -> None:
        progress.answers.record(Answer(id, 0, "x", right, "quiz", on(days)))

    answer(0, True, "known-all-along")
    answer(0, False)
    answer(0, True)  # at once, with the explanation still on the screen: this shows nothing
    assert waiting(progress, 2) == [QUESTION.id]
    answer(2, True)
    assert waiting(progress, 3) == []
    assert waiting(progress, 7) == [QUESTION.id]
    answer(7, True)
    assert not any(waiting(progress, days) for days in range(7, 100))


def test_a_day_holds_a_few_and_what_waited_longest_comes_first() -> None:
    many = [Mistake("softmax", f"m{n}", "", "", day(-n)) for n in range(2, 10)]
    found = due(many, {"softmax"}, day(0), met_today=0)
    assert [mistake.name for mistake in found] == [f"m{n}" for n in range(9, 9 - MOST, -1)]
    assert due(many, {"softmax"}, day(0), met_today=1) == found[:-1]
    assert due(many, {"softmax"}, day(0), met_today=MOST + 1) == ()


@pytest.mark.parametrize("gets", ["it wrong each time", "it right each time"])
def test_sixty_days_of_a_learner(progress: Progress, gets: str) -> None:
    """What somebody keeps getting wrong returns again and again; what they know does not."""
    make(progress, 0)
    met = [
        days for days in range(60) if _meets(progress, days, avoided=gets.startswith("it right"))
    ]
    if gets.startswith("it right"):
        assert met == [2, 7]
    else:
        assert met == list(range(2, 60, 2))


def _meets(progress: Progress, days: int, avoided: bool) -> bool:
    for name in waiting(progress, days):
        progress.mistakes.meet("softmax", name, avoided, on(days))
        return True
    return False


# what is asked


@pytest.fixture
def session(workspace: Path) -> Any:
    from exercises.workspace import Workspace

    with Progress(workspace / ".learn" / "progress.db") as progress:
        at = on(-1)
        progress.record(Attempt("softmax", "submit", "passed", 1, 1, 0, at, b"", "{}"))
        yield Session(load_catalog(), Workspace(workspace), progress)


def right_of(round: MistakesRound) -> str:
    asked = round.current
    assert asked
    return asked.body.right_answer.partition(")")[0]


def test_a_colleague_has_made_it_and_both_questions_must_be_right(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "1")  # no grader stays behind
    mistake = KNOWN[0]
    session.progress.mistakes.record("softmax", mistake.id, mistake.says, mistake.see, on(0))
    round = MistakesRound(session, on(2), seed=3)
    what, where = round.questions
    _, new = mistake.edits[0]
    assert new.replace(" ", "") in what.ask.replace(" ", "")
    assert "would the grader say" in what.ask and '"""' not in what.ask
    assert mistake.says in what.body.right_answer
    assert "hidden test" in where.ask and len(where.items) > 1
    assert round.answer(right_of(round), on(2)).right
    assert round.answer(right_of(round), on(2)).right
    (found,) = session.progress.mistakes.all(on(2))
    assert found.avoided == 1

    again = MistakesRound(session, on(9), seed=4)
    again.answer(right_of(again), on(9))
    assert not again.answer("?", on(9)).right
    (found,) = session.progress.mistakes.all(on(9))
    assert (found.avoided, found.last) == (0, day(9))


@pytest.mark.parametrize("seed", range(3))
def test_every_mistake_of_an_exercise_can_be_met(
    session: Session, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """The sentence that is right is the file's own, and no other option says the same."""
    monkeypatch.setenv("CI", "1")
    mistake = KNOWN[seed % len(KNOWN)]
    session.progress.mistakes.record("softmax", mistake.id, mistake.says, mistake.see, on(0))
    what, *_ = MistakesRound(session, on(2), seed).questions
    texts = [item.text for item in what.items]
    assert texts.count(mistake.says) == 1 and len(set(texts)) == len(texts)
    for item in what.items:
        assert what.check(item.label).right == (item.text == mistake.says)


def test_a_mistake_in_one_place_and_the_same_in_several_are_no_two_options() -> None:
    """What is said of the one may be true of the other."""
    exercise = load_catalog().exercise("grouped_query_attention")
    known = load_misconceptions(exercise.suite / "misconceptions.yaml")
    kin = [one for one in known if one.id.startswith("first-group-for-all")]
    grader: Any = SimpleNamespace(grade=lambda submission: SimpleNamespace(tests=()))
    for seed in range(40):
        made = kin[seed % len(kin)]
        (what,) = variation(exercise, made.id, grader, seed)
        texts = {item.text for item in what.items}
        found = [one for one in kin if one.says in texts]
        assert made in found and (kin[0] not in found or found == [made])


def test_a_symptom_brings_a_question_on_its_topic(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "1")
    session.progress.mistakes.record("softmax", "scale", "Yours is twice it.", SOFTMAX.topic, on(0))
    (asked,) = MistakesRound(session, on(2), seed=0).questions
    assert asked.question.topic == SOFTMAX.topic


def test_what_a_hint_was_needed_for_comes_back(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one question on its topic, however many were needed; a hint seen again is none."""
    monkeypatch.setenv("CI", "1")
    for _ in range(len(SOFTMAX.hints) + 3):
        show_hint(session, SOFTMAX, on(0))
    (found,) = session.progress.mistakes.all(on(0))
    assert found.says == f"You needed hint {len(SOFTMAX.hints)} of {len(SOFTMAX.hints)}."
    (asked,) = MistakesRound(session, on(2), seed=0).questions
    assert asked.question.topic == SOFTMAX.topic
    session.progress.mistakes.meet("softmax", found.name, avoided=True, at=on(2))
    (another,) = MistakesRound(session, on(8), seed=0).questions
    assert another.question.topic == SOFTMAX.topic and another.question.id != asked.question.id
    show_hint(session, SOFTMAX, on(5))
    (found,) = session.progress.mistakes.all(on(5))
    assert found.last == day(0)


def test_a_list_tells_the_numbers_that_were_asked_and_a_day_that_is_not_past(
    session: Session,
) -> None:
    ratio = next(each for each in load_bank().questions if len(_asks(each)) > 1)
    for days, seed, right in ((0, 1, True), (1, 2, False), (2, 3, True)):
        session.progress.answers.record(Answer(ratio.id, seed, "?", right, "quiz", on(days)))
    (told,) = statistics(session, on(20)).mistakes
    assert told.says.endswith(one_line(ratio.draw(2).text))
    assert told.returns.endswith("comes back today")


def _asks(question: Question) -> set[str]:
    return {question.draw(seed).ask for seed in (1, 2, 3)}


def test_a_mistake_is_told_in_words_and_not_by_an_id(session: Session) -> None:
    """Of a question all that it asked, so that no two read alike, of an exercise its title; each
    in one line."""
    make(session.progress, 0)
    asked = load_bank().questions
    for question in (*asked, replace(QUESTION, id="of-an-older-edition")):
        session.progress.answers.record(Answer(question.id, 0, "?", False, "quiz", on(1)))
    told = statistics(session, on(1)).mistakes
    assert len(told) == len(asked) + 2
    assert ("A softmax that never overflows", "Your scores overflow.") in {
        (mistake.where, mistake.says) for mistake in told
    }
    says = [mistake.says for mistake in told]
    assert says.count(GONE) == 1
    assert len(set(says)) == len(says)
    assert all("\n" not in text and "$" not in text and "```" not in text for text in says)
    ids = {question.id for question in asked if "-" in question.id}
    assert not [text for text in says if ids.intersection(text.split())]


def test_the_plan_has_room_for_them(session: Session) -> None:
    make(session.progress, 0)
    known = session.snapshot(on(2))
    kinds = [task.kind for task in plan_day(session.catalog, known, Pace())]
    assert kinds.count("mistakes") == 1
    assert [t.kind for t in plan_day(session.catalog, session.snapshot(on(1)), Pace())].count(
        "mistakes"
    ) == 0


# the commands


def test_a_check_is_remembered_and_listed(
    learn: Callable[..., Any], softmax: Path, wrong: str
) -> None:
    assert "No mistake is known" in learn("mistakes", "--list").stdout
    done = learn("mistakes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "No mistake comes back today" in done.stdout
    assert json.loads(learn("mistakes", "--json").stdout)["of"] == 0
    softmax.write_text(wrong)
    learn("check", "softmax")
    (found,) = json.loads(learn("mistakes", "--list", "--json").stdout)["mistakes"]
    assert found["exercise"] == "softmax" and "largest score" in found["says"]
    said = learn("mistakes", "--list").stdout
    assert "comes back when the exercise is passed" in said
    assert f"learn read {found['see']}" in said


def test_one_that_is_due_is_the_next_thing(
    learn: Callable[..., Any], workspace: Path, wrong: str
) -> None:
    ago = datetime.now(UTC) - timedelta(days=3)
    with Progress(workspace / ".learn" / "progress.db") as progress:
        progress.record(Attempt("softmax", "submit", "passed", 1, 1, 0, ago, b"", "{}"))
        made = KNOWN[0]
        progress.mistakes.record("softmax", made.id, made.says, made.see, ago)
    step = json.loads(learn("next", "--json").stdout)
    assert (step["kind"], step["command"]) == ("mistakes", "learn mistakes")
    said = learn("mistakes", typed="?\n?\n").stdout
    assert "A colleague hands in this file" in said and "2 not answered" not in said
    assert json.loads(learn("next", "--json").stdout)["kind"] != "mistakes"


def test_what_belongs_to_one_exercise_stands_together(
    learn: Callable[..., Any], workspace: Path
) -> None:
    ago = datetime.now(UTC) - timedelta(days=3)
    with Progress(workspace / ".learn" / "progress.db") as progress:
        for made in KNOWN[:2]:
            progress.mistakes.record("softmax", made.id, made.says, made.see, ago)
            progress.mistakes.record("soft_lookup", made.id, made.says, made.see, ago)
        for question, typed in ((QUESTION, "x"), (PRINTED, "?")):
            progress.answers.record(Answer(question.id, 0, typed, False, "quiz", ago))
    said = learn("mistakes", "--list").stdout
    headings = [line for line in said.splitlines() if line and not line.startswith(" ")]
    assert sorted(headings) == [
        "A dictionary that blends (soft_lookup)",
        "A softmax that never overflows (softmax)",
        "Questions",
    ]
    assert QUESTION.id not in said
    assert "You answered wrongly: " in said and "You did not know: " in said
    code = PRINTED.draw(0).code
    assert code and indent(code.strip(), " " * 6) in said and "```" not in said
    listed = json.loads(learn("mistakes", "--list", "--json").stdout)["mistakes"]
    told = {mistake["name"]: mistake for mistake in listed if not mistake["exercise"]}
    assert told[QUESTION.id]["says"].startswith("You answered wrongly: ")
    assert told[PRINTED.id]["says"].startswith("You did not know: ")
    assert all(f"learn read {mistake['see']}" in said for mistake in told.values())
