"""What every page and request shares: the database, the queue, rates, and how pages look."""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from exercises.words import plural
from grader.classroom.class_page import prose, shown
from grader.server.database import Database
from grader.server.login import Provider
from grader.server.members import classroom
from grader.server.queue import Queue
from grader.server.roles import Action, may
from grader.server.schema import Membership
from grader.server.tokens import form_token
from grader.server.waiting import Waiting
from grader.server.web.drawings import Drawings
from grader.server.web.limits import Rate
from grader.server.workers import Workers

HERE = Path(__file__).parent
# Of one address, which may be that of a whole lab: at once, and seconds until one more.
WRONG_CODES = (60, 1.0)
REQUESTS = (600, 0.02)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "shown": shown,
        "prose": prose,
        "when": _when,
        "briefly": _briefly,
        "points": _points,
        "plural": plural,
    }
    environment.globals |= {"Action": Action, "may": may}
    return environment


@dataclass
class Site:
    """`is_https` says that browsers come by TLS, which a proxy in front of us ends; `provider` is
    the institution by whose login people come in, too.
    """

    database: Database
    queue: Queue
    workers: Workers
    is_https: bool = False
    provider: Provider | None = None
    wrong_codes: Rate = field(default_factory=lambda: Rate(*WRONG_CODES))
    requests: Rate = field(default_factory=lambda: Rate(*REQUESTS))
    environment: Environment = field(default_factory=_environment)
    reports: Drawings = field(default_factory=Drawings)

    @property
    def waiting(self) -> Waiting:
        return Waiting(self.database)

    @property
    def cookie(self) -> str:
        return "__Host-session" if self.is_https else "session"

    @property
    def login_cookie(self) -> str:
        return "__Host-login" if self.is_https else "login"

    def page(
        self,
        name: str,
        request: Request,
        member: Membership | None = None,
        token: str = "",
        status: int = 200,
        **values: Any,
    ) -> HTMLResponse:
        facts: dict[str, Any] = {
            "member": member,
            "form_token": form_token(token) if member else "",
            "zone": zone_of(member),
            "has_leaderboard": member is not None
            and classroom(member.class_.settings).has_leaderboard,
            "path": request.url.path,
        }
        return HTMLResponse(self.environment.get_template(name).render(facts | values), status)


def zone_of(member: Membership | None) -> tzinfo:
    """That of the class's due date, which all its times are shown in."""
    due = classroom(member.class_.settings).due if member else None
    return due.tzinfo if due and due.tzinfo else ZoneInfo("UTC")


def _when(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%a %d %b %Y, %H:%M:%S} {getattr(zone, 'key', zone)}"


def _briefly(moment: datetime, zone: tzinfo) -> str:
    """In a table, which says by what clock."""
    return f"{moment.astimezone(zone):%d %b %Y, %H:%M}"


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
