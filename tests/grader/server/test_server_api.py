"""What `learn` can ask is described, and whatever is sent is answered as the description says.

Schemathesis makes up what is sent: all that the description allows, and all that it forbids, at its
edges and at random. A small slice of that is sent each time. In the environment, `EXAMPLES=2000`
sends so many at random to each operation that takes something, others with each `SEED`, and
`MODE=negative` only what is forbidden; `-rP` prints what was answered.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from class_of_three import ask, hand_in, joined
from jsonschema import Draft202012Validator
from servers import Served

from grader.server.web import site
from grader.server.web.description import description

SCHEMATHESIS = [sys.executable, "-m", "schemathesis.cli"]
OTHER_STATUSES = {404, 405}  # of HTTP itself, for paths and methods that are not described
# A description cannot say which exercise a class asks for, nor whose id is the own one: so what it
# allows may be refused, though only in ways that it tells.
OPTIONS = f"""
    --checks all --exclude-checks positive_data_acceptance --continue-on-failure --no-color
    --mode {os.environ.get("MODE", "all")}
    --max-examples {os.environ.get("EXAMPLES", "5")} --seed {os.environ.get("SEED", "1")}
    --generation-database none --report ndjson --report-ndjson-path events.jsonl
"""
CONFIG = """\
headers = {{ Authorization = "Bearer {student}" }}

[[operations]]
include-path = "/api/regrade"
headers = {{ Authorization = "Bearer {teacher}" }}
"""


@pytest.fixture
def without_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks too often is sent away at the door, and what is behind it would not be tried."""
    for name in ("REQUESTS", "WRONG_CODES"):
        monkeypatch.setattr(site, name, (10**6, 1e-6))


def answers(events: Path) -> Iterator[tuple[str, str, int]]:
    """Of each request its operation, whether what it brought was allowed, and the status."""
    for line in events.read_text("utf-8").splitlines():
        scenario = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
        for id, one in scenario.get("interactions", {}).items():
            meta = scenario["cases"][id]["value"]["meta"]
            mode = meta["generation"]["mode"] if meta else "by a check"
            yield scenario["label"], mode, one["response"]["status_code"]


def test_whatever_is_sent_is_answered_as_described(
    without_rates: None, served: Served, tmp_path: Path
) -> None:
    tokens = {
        "student": joined(served.address, served.code, "1"),
        "teacher": joined(served.address, served.teacher, ""),
    }
    (tmp_path / "schemathesis.toml").write_text(CONFIG.format(**tokens))
    done = subprocess.run(
        [*SCHEMATHESIS, "run", f"{served.address}/api/openapi.json", *OPTIONS.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    counted = Counter(answers(tmp_path / "events.jsonl"))
    for (operation, mode, status), count in sorted(counted.items()):
        print(f"{operation}, {mode}: {count} × {status}")
    print(f"{counted.total()} requests, and no answer of 500")
    assert done.returncode == 0, done.stdout
    assert {operation for operation, _, _ in counted} == {
        f"{method.upper()} {path}"
        for path, methods in description()["paths"].items()
        for method in methods
    }


def test_what_is_right_is_answered_as_described(served: Served) -> None:
    """With something handed in, so that no list is empty."""
    token = joined(served.address, served.code, "1")
    hand_in(served.address, token, "x = 1\n")
    status, answer = ask(served.address, "/api/status", token=token)
    assert answer["hand_ins"]
    told = description()["paths"]["/api/status"]["get"]["responses"][str(status)]
    Draft202012Validator(told["content"]["application/json"]["schema"]).validate(answer)


def test_the_description_is_there_for_everybody(served: Served) -> None:
    status, answer = ask(served.address, "/api/openapi.json")
    assert (status, answer) == (200, description())
    for path, data in (("/api/status", {}), ("/api/hand-ins", None), ("/api/nothing", None)):
        status, answer = ask(served.address, path, data)
        assert status in OTHER_STATUSES
        assert answer["error"]
