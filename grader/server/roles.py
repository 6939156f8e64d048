"""Who may do what. Every page and every request asks this table, and nothing else decides."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    STUDENT = "student"
    ASSISTANT = "assistant"
    TEACHER = "teacher"


class Action(StrEnum):
    """The value says what it is, as docs/security.md lists it."""

    HAND_IN = "hand in, and see one's own hand-ins and grade"
    DISPUTE = "say that the verdict on what one handed in is wrong"
    ASK = "ask, answer and report in the thread of an exercise that one has tried"
    SEE_CLASS = "see the class: everybody's hand-ins, reports and grades"
    SEE_HEALTH = "see the queue and our errors"
    START_AGAIN = "start again what we could not grade"
    MODERATE = "fold, open and delete posts, and read what was done to them"
    WRITE_TO_MANY = "write to everybody who shares a mistake"
    REGRADE = "grade again after a suite has changed, and say whether it counts"
    SETTLE = "see the disputes of the class, grade such a hand-in again, and decide"
    SEE_BOARD = "see the leaderboard, where the class has one"
    STAY_OUT = "stay out of the leaderboard, or be on it again"
    OWN_DATA = "take along all that is kept of oneself, and delete who one is"
    EXPORT = "export the grades"
    CHANGE_ROSTER = "list people, and give them codes to come in"
    CHANGE_SETTINGS = "change classroom.yaml"
    MANAGE_PERSON = "take along all that is kept of a student, and delete who they are"


EVERYBODY = frozenset(Role)
STUDENTS = frozenset({Role.STUDENT})
STAFF = frozenset({Role.ASSISTANT, Role.TEACHER})
TEACHERS = frozenset({Role.TEACHER})

RIGHTS: Mapping[Action, frozenset[Role]] = {
    Action.HAND_IN: EVERYBODY,
    Action.DISPUTE: EVERYBODY,
    Action.ASK: EVERYBODY,
    Action.SEE_CLASS: STAFF,
    Action.SEE_HEALTH: STAFF,
    Action.START_AGAIN: STAFF,
    Action.MODERATE: STAFF,
    Action.WRITE_TO_MANY: TEACHERS,
    Action.REGRADE: TEACHERS,
    Action.SETTLE: TEACHERS,
    Action.SEE_BOARD: EVERYBODY,
    Action.STAY_OUT: STUDENTS,
    Action.OWN_DATA: EVERYBODY,
    Action.EXPORT: TEACHERS,
    Action.CHANGE_ROSTER: TEACHERS,
    Action.CHANGE_SETTINGS: TEACHERS,
    Action.MANAGE_PERSON: TEACHERS,
}


def may(role: str, action: Action) -> bool:
    return Role(role) in RIGHTS[action]
