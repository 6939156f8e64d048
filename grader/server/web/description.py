"""What `learn` can ask, as OpenAPI: made of the routes, and of what each takes and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.server.handing_in import FILE_NAME, MOST_FILES, MOST_KEY
from grader.server.schema import (
    ACCEPTED,
    DECLINED,
    DONE,
    FAILED,
    LEASED,
    OPEN,
    WAITING,
)
from grader.server.web import (
    dispute_pages,
    entering,
    interface,
    leaderboard_pages,
    privacy_pages,
    regrade_pages,
)
from grader.server.web.visits import MOST_LETTERS

PATH = "/api/openapi.json"
Schema = Mapping[str, Any]
TEXT: Schema = {"type": "string"}
LINE: Schema = {"type": "string", "maxLength": MOST_LETTERS}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
TIME: Schema = {"type": "string", "format": "date-time"}


def _object(properties: Mapping[str, Schema], optional: Sequence[str] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


ERROR = _object({"error": TEXT})
HAND_IN: Mapping[str, Schema] = {
    "id": WHOLE,
    "exercise": TEXT,
    "state": {"enum": [WAITING, LEASED, DONE, FAILED]},
    "outcome": _or_null(TEXT),
    "share": _or_null({"type": "number", "minimum": 0, "maximum": 1}),
    "made_at": _or_null(TIME),
    "received_at": TIME,
}
STAYS_OUT: Mapping[str, Schema] = {"stays_out": {"type": "boolean"}}
STANDING = _object(
    {
        "exercise": TEXT,
        "points": NUMBER,
        "score": _or_null(NUMBER),
        "lost_late": NUMBER,
        "tries": WHOLE,
        "passed": {"type": "boolean"},
    }
)
REGRADE = _object(
    {
        "earlier": WHOLE,
        "without_files": WHOLE,
        "graded": WHOLE,
        "waiting": WHOLE,
        "failed": WHOLE,
        "changes": _list(
            _object(
                {
                    "id": TEXT,
                    "before": _or_null(NUMBER),
                    "after": _or_null(NUMBER),
                    "why": _list(TEXT),
                    "message": TEXT,
                }
            )
        ),
    }
)
DISPUTE = _object(
    {
        "hand_in": WHOLE,
        "exercise": TEXT,
        "made_at": TIME,
        "reason": TEXT,
        "state": {"enum": [OPEN, ACCEPTED, DECLINED]},
        "answer": TEXT,
        "decided_at": _or_null(TIME),
    }
)
ERRORS = {
    400: "What was sent cannot be taken, and why.",
    401: "The terminal is not known.",
    403: "The code is not known, or the role does not allow it.",
    413: "The request has more than 2 MB.",
    429: "Too much of one person or address.",
    503: "The database does not answer; send it again.",
}


@dataclass(frozen=True)
class Operation:
    """`takes` is the JSON of the request, such as `example`, and `query` what stands behind its
    `?`; `answers` is that of `status`; a token unless `is_open`.
    """

    says: str
    status: int
    answers: Schema
    takes: Schema | None = None
    example: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Schema] = field(default_factory=dict)
    is_open: bool = False
    errors: Sequence[int] = field(default=tuple(ERRORS))


OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("POST", "/api/join"): Operation(
        "Join a class by its code and a listed name or id, or by a code of one's own.",
        200,
        _object({"token": TEXT, "class": TEXT, "title": TEXT, "name": TEXT}),
        _object({"code": LINE, "name": LINE}, optional=["name"]),
        {"code": "R3PAZFFY", "name": "Ada Lovelace"},
        is_open=True,
        errors=(400, 403, 413, 429, 503),
    ),
    ("POST", "/api/hand-ins"): Operation(
        "Hand in. The same key again is the same hand-in.",
        201,
        _object(HAND_IN),
        _object(
            {
                "exercise": LINE,
                "files": {
                    "type": "object",
                    "propertyNames": {"pattern": f"^{FILE_NAME.pattern}$"},
                    "additionalProperties": TEXT,
                    "minProperties": 1,
                    "maxProperties": MOST_FILES,
                },
                "key": {"type": "string", "minLength": 1, "maxLength": MOST_KEY},
                "made_at": TIME,
            },
            optional=["made_at"],
        ),
        {
            "exercise": "softmax",
            "files": {"softmax.py": "import torch\n\ndef softmax(x, dim=-1): ..."},
            "key": "5f2b8c0e9a7d41e6",
            "made_at": "2026-11-30T20:15:00+01:00",
        },
    ),
    ("GET", "/api/status"): Operation(
        "The grade as of now, and what was handed in, the newest first.",
        200,
        _object(
            {
                "class": TEXT,
                "title": TEXT,
                "due": _or_null(TIME),
                "score": _or_null(NUMBER),
                "max_score": NUMBER,
                "exercises": _list(STANDING),
                "hand_ins": _list(_object({**HAND_IN, "progress": _or_null(TEXT)})),
                "regraded": _list(_object({"at": TIME, "says": TEXT})),
                "disputes": _list(DISPUTE),
                "leaderboard": _or_null(_object({"known_as": TEXT, **STAYS_OUT})),
            }
        ),
        errors=(400, 401, 403, 429, 503),
    ),
    ("GET", "/api/regrade"): Operation(
        "Whose score a changed suite would change, and why; with ?never_lower nobody's goes down.",
        200,
        REGRADE,
        query={"never_lower": TEXT},
        errors=(400, 401, 403, 429, 503),
    ),
    ("POST", "/api/regrade"): Operation(
        "Begin to grade again, apply what was graded again, or drop it; and what then is left.",
        200,
        REGRADE,
        _object(
            {
                "do": {"enum": [regrade_pages.BEGIN, regrade_pages.APPLY, regrade_pages.DROP]},
                "never_lower": {"type": "boolean"},
            },
            optional=["never_lower"],
        ),
        {"do": regrade_pages.BEGIN},
    ),
    ("POST", "/api/disputes"): Operation(
        "Dispute the verdict on a hand-in of one's own, once.",
        201,
        DISPUTE,
        _object(
            {"hand_in": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}, "reason": LINE}
        ),
        {"hand_in": 7, "reason": "A row of -inf is defined in the paper, and I return it."},
    ),
    ("POST", "/api/leaderboard"): Operation(
        "Stay out of the class's leaderboard, or be on it again.",
        200,
        _object(STAYS_OUT),
        _object(STAYS_OUT),
        {"stays_out": True},
    ),
    ("GET", "/api/own"): Operation(
        "All that is kept of who asks.",
        200,
        {"type": "object"},
        errors=(400, 401, 403, 429, 503),
    ),
    ("POST", "/api/own/delete"): Operation(
        "Delete who one is, where one's id is sent once more. Nothing brings it back.",
        200,
        _object({"kept": TEXT}),
        _object({"confirm": LINE}),
        {"confirm": "1042"},
    ),
}


def description() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for route in (
        *entering.ROUTES,
        *interface.ROUTES,
        *privacy_pages.ROUTES,
        *regrade_pages.ROUTES,
        *dispute_pages.ROUTES,
        *leaderboard_pages.ROUTES,
    ):
        for method in sorted((route.methods or set()) - {"HEAD"}):
            if route.path.startswith("/api/"):
                told = _operation(OPERATIONS[method, route.path])
                paths.setdefault(route.path, {})[method.lower()] = told
    return {
        "openapi": "3.1.0",
        "info": {"title": "The class server, as `learn` asks it", "version": "1"},
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(one: Operation) -> dict[str, Any]:
    answers = {str(one.status): _content(one.answers) | {"description": "Done."}}
    for status in one.errors:
        answers[str(status)] = _content(ERROR) | {"description": ERRORS[status]}
    told: dict[str, Any] = {"summary": one.says, "responses": answers}
    if one.query:
        told["parameters"] = [
            {"name": name, "in": "query", "schema": schema} for name, schema in one.query.items()
        ]
    if one.takes:
        taken = _content(one.takes)
        taken["content"]["application/json"]["example"] = one.example
        told["requestBody"] = taken | {"required": True}
    return told if one.is_open else told | {"security": [{"token": []}]}


def _content(schema: Schema) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def openapi(request: Request) -> Response:
    """For everybody: it says nothing of any class."""
    return JSONResponse(description())


ROUTES = [Route(PATH, openapi)]
