"""What `learn` asks: it hands in, and wants to know what became of it."""

from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.server.disputes import disputes_by, facts
from grader.server.gradebook import grade, hand_ins, notices
from grader.server.handing_in import hand_in
from grader.server.members import classroom
from grader.server.roles import Action, may
from grader.server.schema import HandIn, Membership
from grader.server.web.visits import Call, client, text_of

MOST_SHOWN = 50
NO_MOMENT = "`made_at` must be a time with its zone, in ISO 8601."


def take(call: Call) -> Response:
    """201 once it is in the database; the same answer where the key was sent before."""
    files = call.data.get("files")
    if not isinstance(files, dict) or not all(isinstance(one, str) for one in files.values()):
        raise HTTPException(400, "`files` must be the texts of files by their names.")
    taken = hand_in(
        call.site.queue,
        call.member,
        text_of(call.data, "exercise"),
        # What is no UTF-8 comes as halves of characters, as the workspace's owner has it.
        {name: _bytes(text) for name, text in files.items()},
        text_of(call.data, "key"),
        _moment(text_of(call.data, "made_at")) if "made_at" in call.data else None,
    )
    call.site.workers.call()
    return JSONResponse(_hand_in(taken), 201)


def status(call: Call) -> Response:
    """The grade as of today, and what was handed in, the newest first."""
    member = call.member
    settings = classroom(member.class_.settings)
    with call.site.database.reading() as session:
        found = hand_ins(session, member.class_, member.student)
        regraded, disputes = notices(session, member), disputes_by(session, member)
    due = settings.due_for(member.student)
    own = grade(member, found, settings)
    shown = found[::-1][:MOST_SHOWN]
    progress = call.site.waiting.told(shown)
    return JSONResponse(
        {
            "class": member.class_.name,
            "title": settings.title,
            "due": due.isoformat() if due else None,
            "score": own.score,
            "max_score": own.max_score,
            "exercises": [one._asdict() for one in own.standings],
            "hand_ins": [{**_hand_in(one), "progress": progress.get(one.id)} for one in shown],
            "regraded": [{"at": one.at.isoformat(), "says": one.says} for one in regraded],
            "disputes": [facts(one) for one in disputes],
            "leaderboard": _on_board(member) if settings.has_leaderboard else None,
        }
    )


def _on_board(member: Membership) -> dict[str, Any] | None:
    """Only students are on it."""
    if not may(member.role, Action.STAY_OUT):
        return None
    return {"known_as": member.person.pseudonym, "stays_out": member.stays_out}


def _hand_in(one: HandIn) -> dict[str, Any]:
    return {
        "id": one.id,
        "exercise": one.exercise,
        "state": one.state,
        "outcome": one.outcome,
        "share": one.share,
        "made_at": one.made_at.isoformat() if one.made_at else None,
        "received_at": one.received_at.isoformat(),
    }


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise HTTPException(400, "`files` hold halves of characters that no file has.") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment.astimezone()
    except (ValueError, OverflowError):
        raise HTTPException(400, NO_MOMENT) from None
    if moment.tzinfo is None:
        raise HTTPException(400, NO_MOMENT)
    return moment


ROUTES = [
    Route("/api/hand-ins", client(Action.HAND_IN, take), methods=["POST"]),
    Route("/api/status", client(Action.HAND_IN, status)),
]
