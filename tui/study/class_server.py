"""The class that the learner has joined: a server that takes what they submit, and grades it.

.learn/class.json    where it is, and the token that lets this workspace in; for its owner only
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from exercises.errors import CourseError
from exercises.files import kept_json, write_private
from exercises.workspace import CLASS

SECONDS = 5.0  # that an answer may take
MOST_BYTES = 64 * 1024 * 1024  # of an answer; the longest is all that is kept of somebody
IN_THE_CLEAR = {("http", host) for host in ("127.0.0.1", "::1", "localhost")}
TIMED_OUT = 408
LATER = (401, 429)  # what is refused so can be sent again
OF_WHAT_WAS_SENT = (400, 413)  # as a proxy before the server says without a reason, too


class ClassServerError(CourseError):
    """The server cannot be asked, or refuses; `status` is None where there was no answer of its."""

    exit_code = 2

    def __init__(self, says: str, status: int | None = None) -> None:
        super().__init__(says)
        self.status = status

    @property
    def is_refusal(self) -> bool:
        """Whether the class answered, and said no; else nobody there could take it."""
        return self.status is not None and self.status != TIMED_OUT and self.status < 500

    @property
    def passes(self) -> bool:
        return not self.is_refusal or self.status in LATER


@dataclass(frozen=True)
class ClassServer:
    """`name` is the class's. Raises `ClassServerError` where it does not answer as it should."""

    address: str
    token: str
    name: str

    def status(self) -> dict[str, Any]:
        """The grade as of now, and what was handed in, the newest first."""
        return ask(self.address, "api/status", token=self.token)

    def hand_in(self, what: Mapping[str, object]) -> int:
        """The number that it has there."""
        number: int = ask(self.address, "api/hand-ins", what, self.token)["id"]
        return number

    def dispute(self, hand_in: int, reason: str) -> None:
        """Say that the verdict on a hand-in of one's own is wrong."""
        ask(self.address, "api/disputes", {"hand_in": hand_in, "reason": reason}, self.token)

    def own_data(self) -> dict[str, Any]:
        """All that is kept of who asks."""
        return ask(self.address, "api/own", token=self.token)

    def leave_leaderboard(self) -> None:
        ask(self.address, "api/leaderboard", {"stays_out": True}, self.token)

    def delete_me(self, own_id: str) -> str:
        """What stays, in words of the server; it refuses where the id is not the own one."""
        told = ask(self.address, "api/own/delete", {"confirm": own_id}, self.token)
        return str(told.get("kept", ""))


def join(state: Path, address: str, code: str, name: str) -> tuple[ClassServer, str]:
    """Join, and remember it in the workspace's `.learn`; also under which name one is listed."""
    address = checked(address)
    told = ask(address, "api/join", {"code": code, "name": name})
    server = ClassServer(address, str(told["token"]), str(told["class"]))
    write_private(state / CLASS, json.dumps(asdict(server)).encode())
    return server, str(told["name"])


def login_page(address: str, code: str) -> str:
    """Where a browser logs in at an institution, and is shown a code for a terminal."""
    return f"{checked(address)}enter?{urlencode({'code': code, 'terminal': 'yes'})}"


def joined(state: Path) -> ClassServer:
    """The class that this workspace has joined. Raises `ClassServerError` where it has not."""
    try:
        kept = kept_json(state / CLASS)
        address, token, name = (kept[key] for key in ("address", "token", "name"))
        return ClassServer(checked(address), token + "", name + "")
    except FileNotFoundError:
        raise ClassServerError("You have joined no class. `learn join` does.") from None
    except (ValueError, TypeError, KeyError, ClassServerError):
        raise ClassServerError(f"{state / CLASS} cannot be read. Use `learn join` again.") from None


def checked(address: str) -> str:
    """The address of a server, with a stroke at its end. A token goes by TLS only, or nowhere."""
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or not (parts.scheme == "https" or (parts.scheme, host) in IN_THE_CLEAR):
        raise ClassServerError(
            f"{address} is no address that a code can be sent to: it begins with https://."
        )
    return parts._replace(path=parts.path.rstrip("/") + "/", query="", fragment="").geturl()


class _Stays(urllib.request.HTTPRedirectHandler):
    """A token is for one server, and follows nobody elsewhere."""

    def redirect_request(self, *arguments: object) -> None:
        return None


def ask(
    address: str, path: str, data: Mapping[str, object] | None = None, token: str = ""
) -> dict[str, Any]:
    """The JSON that the server answers. Raises `ClassServerError`."""
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(address + path, body)
    if body is not None:
        request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.build_opener(_Stays).open(request, timeout=SECONDS) as response:
            answer = json.loads(response.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        raise _refusal(error) from None
    except (OSError, HTTPException):
        raise ClassServerError(f"{address} does not answer.") from None
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ClassServerError(f"{address} is no class server, or not one of this version.")
    return answer


def _refusal(error: urllib.error.HTTPError) -> ClassServerError:
    """The class gives a reason. Who gives none may be a page that asks for a login to a network."""
    try:
        return ClassServerError(str(json.loads(error.read(MOST_BYTES))["error"]), error.code)
    except (ValueError, KeyError, TypeError, OSError):
        says = f"The class server answers {error.code}, without a reason."
        return ClassServerError(says, error.code if error.code in OF_WHAT_WAS_SENT else None)
