"""A class of three, and ways to reach its server: as a browser without a script, and as `learn`."""

from __future__ import annotations

import http.cookiejar
import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CLASSROOM = """\
title: Attention
zone: Europe/Berlin
due: 2126-12-01 23:59
late: {percent_per_day: 10, days: 5}
attempts: 3
exercises: {softmax: 4, masked_softmax: 6}
"""
ROSTER = (
    "id,name,role\n1,Ada Lovelace,\n2,Alan Turing,\n3,Emmy Noether,\n9,Grace Hopper,assistant\n"
)
WRONG = "import torch\ndef softmax(x, dim=-1): return x\n"


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]
    url: str

    def json(self) -> Any:
        return json.loads(self.text)


class _NoErrors(urllib.request.HTTPErrorProcessor):
    def http_response(self, request: Any, response: Any) -> Any:
        is_redirect = response.status in (301, 302, 303, 307)
        return super().http_response(request, response) if is_redirect else response

    https_response = http_response


@dataclass
class Browser:
    """Follows redirects, keeps cookies, and sends forms as they stand in the page."""

    server: str
    page: Answer | None = None
    jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def __post_init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(self.jar)
        self._opener = urllib.request.build_opener(cookies, _NoErrors())

    def hold(self, session: str) -> None:
        """The cookie of a session, without signing in."""
        self._opener.addheaders = [("Cookie", f"session={session}")]

    def get(self, path: str) -> Answer:
        return self._ask(urllib.request.Request(self.server + path))

    def post(
        self,
        path: str,
        fields: Mapping[str, str],
        files: Mapping[str, tuple[str, bytes]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """`files` are named by their field: (file name, content)."""
        if files is None:
            body = urllib.parse.urlencode(fields).encode()
            kind = "application/x-www-form-urlencoded"
        else:
            body, kind = _multipart(fields, files)
        request = urllib.request.Request(self.server + path, body, {"Content-Type": kind})
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        return self._ask(request)

    def hidden(self, name: str) -> str:
        """What a form of the last page carries."""
        assert self.page
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page.text)
        assert found, self.page.text
        return found[1]

    def send(
        self,
        path: str,
        fields: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> Answer:
        """A form of the last page, with its token."""
        return self.post(path, {"form_token": self.hidden("form_token"), **(fields or {})}, files)

    def enter(self, code: str, name: str = "") -> Answer:
        return self.post("/enter", {"code": code, "name": name})

    def upload(self, exercise: str, source: str, name: str = "") -> Answer:
        self.get(f"/exercises/{exercise}")
        files = {"files": (name or f"{exercise}.py", source.encode())}
        return self.send(f"/exercises/{exercise}", {"key": self.hidden("key")}, files)

    def _ask(self, request: urllib.request.Request) -> Answer:
        with self._opener.open(request, timeout=60) as response:
            text = response.read().decode()
            self.page = Answer(response.status, text, dict(response.headers), response.url)
        return self.page


def _multipart(
    fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]
) -> tuple[bytes, str]:
    border = uuid.uuid4().hex
    body = b""
    for name, value in fields.items():
        head = f'Content-Disposition: form-data; name="{name}"'
        body += f"--{border}\r\n{head}\r\n\r\n{value}\r\n".encode()
    for name, (file, content) in files.items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{file}"'
        body += f"--{border}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{border}--\r\n".encode(), f"multipart/form-data; boundary={border}"


def ask(
    server: str, path: str, data: object = None, token: str = "", raw: bytes | None = None
) -> tuple[int, Any]:
    """As `learn` asks: status, and the JSON of the answer."""
    body = raw if raw is not None else None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(server + path, body)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def joined(server: str, code: str, name: str) -> str:
    status, answer = ask(server, "/api/join", {"code": code, "name": name})
    assert status == 200, answer
    token: str = answer["token"]
    return token


def hand_in(server: str, token: str, source: str, exercise: str = "softmax", key: str = "") -> int:
    files = {f"{exercise}.py": source}
    data = {"exercise": exercise, "files": files, "key": key or uuid.uuid4().hex}
    status, answer = ask(server, "/api/hand-ins", data, token)
    assert status == 201, answer
    number: int = answer["id"]
    return number


def states(server: str, token: str) -> dict[int, str]:
    """What became of each hand-in: its outcome, or the state it is in."""
    status, answer = ask(server, "/api/status", token=token)
    assert status == 200, answer
    return {one["id"]: one["outcome"] or one["state"] for one in answer["hand_ins"]}


def is_genuine(browser: Browser, number: str, folder: Path) -> bool:
    """Whether the verdict that this student is given is signed by `class.key` in the folder."""
    for name in ("verdict.json", "verdict.json.sig"):
        (folder / name).write_text(browser.get(f"/hand-ins/{number}/{name}").text, "utf-8")
    command = ["-P", "-m", "grader.cli", "verify", "verdict.json", "--key", "class.key.pub"]
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 0
