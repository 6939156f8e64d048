"""Grading again after a suite has changed: begun, looked at, and applied or dropped."""

from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exercises.words import plural
from grader.classroom.regrade_text import lines, message
from grader.errors import UsageError
from grader.server.regrades import Preview, Regrades
from grader.server.roles import Action
from grader.server.web.visits import Call, Visit, client, page, text_of

BEGIN, APPLY, DROP = "begin", "apply", "drop"


def shown(visit: Visit, says: str = "", status: int = 200) -> Response:
    never_lower = "never_lower" in visit.request.query_params
    found = _regrades(visit).preview(never_lower)
    told = ["\n".join(lines(change)) for change in found.changes]
    return visit.page(
        "regrade.html", status=status, says=says, found=found, told=told, never_lower=never_lower
    )


def changed(visit: Visit) -> Response:
    try:
        says = _do(visit, visit.text("do"), never_lower=bool(visit.text("never_lower")))
    except UsageError as error:
        return shown(visit, str(error), 400)
    return shown(visit, says)


def asked(call: Call) -> Response:
    never_lower = "never_lower" in call.request.query_params
    return JSONResponse(_facts(_regrades(call).preview(never_lower)))


def told(call: Call) -> Response:
    never_lower = call.data.get("never_lower", False)
    if not isinstance(never_lower, bool):
        raise UsageError("`never_lower` must be true or false.")
    _do(call, text_of(call.data, "do"), never_lower)
    return JSONResponse(_facts(_regrades(call).preview(never_lower)))


def _regrades(visit: Visit | Call) -> Regrades:
    return Regrades(visit.site.database, visit.site.queue, visit.member.class_id)


def _do(visit: Visit | Call, what: str, never_lower: bool) -> str:
    """What was done, in words. Raises `UsageError`."""
    regrades = _regrades(visit)
    if what == BEGIN:
        regrades.begin()
        visit.site.workers.call()
        return "It is graded again. No score changes yet; load this page again in a while."
    if what == APPLY:
        applied = plural(regrades.apply(never_lower), "verdict is", "verdicts are")
        return f"{applied} of the new tests now."
    if what == DROP:
        regrades.drop()
        return "What was graded again is dropped. No score has changed."
    raise UsageError(f"`do` must be one of {BEGIN}, {APPLY}, {DROP}.")


def _facts(found: Preview) -> dict[str, Any]:
    return {
        "earlier": found.earlier,
        "without_files": found.without_files,
        "graded": found.graded,
        "waiting": found.waiting,
        "failed": found.failed,
        "changes": [
            {
                "id": one.after["id"],
                "before": one.before["score"],
                "after": one.after["score"],
                "why": list(lines(one)),
                "message": message(one),
            }
            for one in found.changes
        ],
    }


ROUTES = [
    Route("/class/regrade", page(Action.REGRADE, shown)),
    Route("/class/regrade", page(Action.REGRADE, changed), methods=["POST"]),
    Route("/api/regrade", client(Action.REGRADE, asked)),
    Route("/api/regrade", client(Action.REGRADE, told), methods=["POST"]),
]
