"""What becomes of a learner's standing when a task is done and goes well, and overnight. Pure."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

from quizzes.cards.opening import opens_cards
from quizzes.cards.scheduling import ReviewedToday
from tui.planning.snapshot import Snapshot
from tui.planning.tasks import Task
from tui.progress.records import Effort, Latest

# When cards come again, roughly: those just met, and those repeated. FSRS knows better on the day.
NEW_AGAIN, DUE_AGAIN = timedelta(days=3), timedelta(days=14)
# The same of code: after its pass, and after it was written again.
REWRITE, NEXT_REWRITE = timedelta(days=8), timedelta(days=40)


def after(snapshot: Snapshot, task: Task) -> Snapshot:
    """Where the learner stands once the task was done and went well."""
    today, standing = snapshot.today, snapshot.standing
    if task.kind == "rewrite":
        comes_back = {**snapshot.comes_back, task.id: today + NEXT_REWRITE}
        rewritten = snapshot.rewritten + task.minutes
        return replace(snapshot, comes_back=comes_back, rewritten=rewritten)
    snapshot = replace(snapshot, spent=snapshot.spent + task.minutes)
    if task.kind == "review":
        return _after_cards(snapshot, task)
    if task.kind == "mistakes":
        return replace(snapshot, mistakes=snapshot.mistakes - task.count)
    if task.kind == "quiz":
        quiz = snapshot.quizzes[task.id]
        again = min(quiz.wrong, task.count)  # what went wrong is asked first, and is not new
        quiz = replace(
            quiz,
            answered=min(quiz.total, quiz.answered + task.count - again),
            wrong=quiz.wrong - again,
            missed=quiz.missed if quiz.wrong > again else (),
            failed=False,
            last=today,
        )
        quizzes = {**snapshot.quizzes, task.id: quiz}
        return replace(snapshot, quizzes=quizzes, asked=snapshot.asked + task.count)
    snapshot = replace(snapshot, worked=True)
    finished = math.isclose(task.minutes, task.estimate)
    if not finished:
        begun = snapshot.begun.get(task.id, 0.0) + task.minutes
        snapshot = replace(snapshot, begun={**snapshot.begun, task.id: begun})
    if task.kind == "reading":
        if not finished:
            return snapshot
        standing = replace(standing, read=standing.read | {task.id}, just_read=task.id)
        return replace(snapshot, standing=standing, read_on={**snapshot.read_on, task.id: today})
    passed = standing.passed | {task.id} if finished else standing.passed
    standing = replace(standing, passed=passed, latest=Latest(task.id), just_read=None)
    days = snapshot.efforts[task.id].days if task.id in snapshot.efforts else 0
    efforts = {**snapshot.efforts, task.id: Effort(days + 1, today)}
    comes_back = dict(snapshot.comes_back)
    if finished:
        comes_back[task.id] = today + REWRITE
    return replace(snapshot, standing=standing, efforts=efforts, comes_back=comes_back)


def _after_cards(snapshot: Snapshot, task: Task) -> Snapshot:
    today, cards = snapshot.today, snapshot.cards
    due, unseen = dict(cards.due), dict(cards.unseen)
    learnt = min(cards.learning, task.due)  # these come first, and no limit counts them
    repeated = task.due - learnt
    due[today] = due.get(today, 0) - repeated
    for again, count in ((today + DUE_AGAIN, task.due), (today + NEW_AGAIN, task.new)):
        due[again] = due.get(again, 0) + count
    left = task.new
    for topic in unseen:
        if opens_cards(topic, snapshot.read_on, snapshot.standing.tested_out, today):
            taken = min(left, unseen[topic])
            unseen[topic] -= taken
            left -= taken
    cards = replace(
        cards,
        due=due,
        fresh=cards.fresh - task.new,
        unseen=unseen,
        done=ReviewedToday(cards.done.new + task.new, cards.done.due + repeated),
        learning=cards.learning - learnt,
        rested=max(0, cards.rested - learnt),
    )
    return replace(snapshot, cards=cards)


def tomorrow(snapshot: Snapshot) -> Snapshot:
    """The same learner on the next morning."""
    today = snapshot.today + timedelta(days=1)
    cards = snapshot.cards
    overdue = cards.learning + sum(count for day, count in cards.due.items() if day <= today)
    due = {day: count for day, count in cards.due.items() if day > today} | {today: overdue}
    fresh = sum(
        count
        for topic, count in cards.unseen.items()
        if opens_cards(topic, snapshot.read_on, snapshot.standing.tested_out, today)
    )
    cards = replace(cards, due=due, fresh=fresh, done=ReviewedToday(), learning=0, rested=0)
    return replace(
        snapshot,
        today=today,
        cards=cards,
        spent=0.0,
        asked=0,
        worked=False,
        rewritten=0.0,
        rewrote_on=snapshot.today if snapshot.rewritten else snapshot.rewrote_on,
    )
