"""What `learn` can ask is described, and whatever is sent is answered as the description says.

A small slice of what can be sent is sent each time. `REQUESTS=10000` in the environment sends so
many, others with each `SEED`, and `-rP` prints what was answered.
"""

from __future__ import annotations

import http.client
import json
import os
import string
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from class_of_three import ask, hand_in, joined
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from servers import Served

from grader.server.web import site
from grader.server.web.description import description

OPERATIONS = [
    (path, method.upper(), told)
    for path, methods in description()["paths"].items()
    for method, told in methods.items()
]
OTHER_STATUSES = {404, 405}  # of HTTP itself, for paths and methods that are not described
SENT = int(os.environ.get("REQUESTS", "180")) // len(OPERATIONS) + 1  # to each of them
SEED = int(os.environ.get("SEED", "1"))
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
HEADER = st.text(string.printable[:95], max_size=60)
RIGHT = {
    "exercise": st.just("softmax"),
    "files": st.fixed_dictionaries({"softmax.py": st.text()}),
    "key": st.text("0123456789abcdef", min_size=1, max_size=32),
}
LIKELY = {
    "exercise": st.sampled_from(["softmax", "masked_softmax", "../softmax", "scaled"]),
    "files": st.dictionaries(
        st.sampled_from(["softmax.py", "other.py", "a/b.py", ""]), ANY_JSON | st.text()
    ),
    "made_at": st.datetimes().map(str) | st.datetimes(timezones=st.timezones()).map(str),
    "name": st.sampled_from(["1", "Ada Lovelace", " ", "\x00"]),
}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database is enough here: what is asked of it is tested on both elsewhere."""
    return f"sqlite:///{tmp_path / 'class.sqlite'}"


@pytest.fixture
def without_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks too often is sent away at the door, and what is behind it would not be tried."""
    for name in ("REQUESTS", "WRONG_CODES"):
        monkeypatch.setattr(site, name, (10**6, 1e-6))


@pytest.fixture
def connection(served: Served) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection(urlsplit(served.address).netloc, timeout=60)) as opened:
        yield opened


def bodies(told: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """Near to what is described, and far from it: each field right, of any kind, or not there."""
    if "requestBody" not in told:
        return st.just(b"")
    schema = told["requestBody"]["content"]["application/json"]["schema"]
    fields = {name: LIKELY.get(name, st.text(max_size=90)) for name in schema["properties"]}
    near = st.fixed_dictionaries({}, optional={n: one | ANY_JSON for n, one in fields.items()})
    right = st.fixed_dictionaries({name: RIGHT.get(name, one) for name, one in fields.items()})
    as_json = (near | st.fixed_dictionaries(fields) | right | ANY_JSON).map(
        lambda data: json.dumps(data)
    )
    return as_json.map(str.encode) | st.binary(max_size=200)


def check_answer(told: dict[str, Any], status: int, body: bytes) -> None:
    assert str(status) in told["responses"], (status, body)
    (content,) = told["responses"][str(status)]["content"].values()
    Draft202012Validator(content["schema"]).validate(json.loads(body))


@pytest.mark.parametrize(("path", "method", "told"), OPERATIONS)
def test_whatever_is_sent_is_answered_as_described(
    path: str,
    method: str,
    told: dict[str, Any],
    without_rates: None,
    served: Served,
    connection: http.client.HTTPConnection,
) -> None:
    token = joined(served.address, served.code, "1")

    answered: Counter[int] = Counter()

    @seed(SEED)
    @settings(
        max_examples=SENT,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        body=bodies(told),
        authorization=st.sampled_from([f"Bearer {token}", "Bearer x", ""]) | HEADER,
    )
    def send(body: bytes, authorization: str) -> None:
        headers = {"Authorization": authorization, "Content-Type": "application/json"}
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        check_answer(told, answer.status, answer.read())
        answered[answer.status] += 1

    send()
    print(f"{method} {path}: {dict(sorted(answered.items()))}")


def test_what_is_right_is_answered_as_described(served: Served) -> None:
    """With something handed in, so that no list is empty."""
    token = joined(served.address, served.code, "1")
    hand_in(served.address, token, "x = 1\n")
    status, answer = ask(served.address, "/api/status", token=token)
    told = description()["paths"]["/api/status"]["get"]
    assert answer["hand_ins"]
    check_answer(told, status, json.dumps(answer).encode())


def test_the_description_is_there_for_everybody(served: Served) -> None:
    status, answer = ask(served.address, "/api/openapi.json")
    assert (status, answer) == (200, description())
    for path, data in (("/api/status", {}), ("/api/hand-ins", None), ("/api/nothing", None)):
        status, answer = ask(served.address, path, data)
        assert status in OTHER_STATUSES
        assert answer["error"]
