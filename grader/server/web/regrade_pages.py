"""Grading again after a suite has changed: begun, looked at, and applied or dropped."""

from typing import Any

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from exercises.words import plural
from grader.classroom.regrade_text import lines, message
from grader.errors import UsageError
from grader.server.regrades import Preview, Regrades
from grader.server.roles import Action
from grader.server.web.streams import News, stream
from grader.server.web.visits import Call, Visit, client, page, text_of

BEGIN, APPLY, DROP = "begin", "apply", "drop"
LOOKS = 2.0  # seconds between two looks at a regrade that somebody watches
COMES = "What would change is shown here by itself, once all of it is there."


def shown(visit: Visit, says: str = "", status: int = 200) -> Response:
    never_lower = "never_lower" in visit.request.query_params
    found = _regrades(visit).preview(never_lower)
    told = ["\n".join(lines(change)) for change in found.changes]
    news = _news(found.graded, found.waiting, found.failed)
    return visit.page(
        "regrade.html",
        status=status,
        says=says,
        found=found,
        told=told,
        never_lower=never_lower,
        news=news,
    )


def events(visit: Visit) -> Response:
    """How far it is, until all is graded again."""
    regrades = _regrades(visit)
    return stream(lambda: _news(*regrades.counts()), LOOKS)


def _news(graded: int, waiting: int, failed: int) -> News:
    """The page is another one only when all is there: what would change is costly to work out."""
    so_far = f"Graded again: {graded + failed} of {graded + waiting + failed}."
    return News("waiting" if waiting else "graded", f"{so_far} {COMES}", is_last=not waiting)


def changed(visit: Visit) -> Response:
    try:
        says = _do(visit, visit.text("do"), never_lower=bool(visit.text("never_lower")))
    except UsageError as error:
        return shown(visit, str(error), 400)
    return shown(visit, says) if says else RedirectResponse(visit.request.url.path, 303)


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
    """What was done, in words; empty where the page itself shows it. Raises `UsageError`."""
    regrades = _regrades(visit)
    if what == BEGIN:
        regrades.begin()
        visit.site.workers.call()
        return ""
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
    Route("/class/regrade/events", page(Action.REGRADE, events)),
    Route("/class/regrade", page(Action.REGRADE, changed), methods=["POST"]),
    Route("/api/regrade", client(Action.REGRADE, asked)),
    Route("/api/regrade", client(Action.REGRADE, told), methods=["POST"]),
]
