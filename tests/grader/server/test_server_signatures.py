"""A verdict is signed as it is kept, and whoever changes one of both is found out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from class_of_three import Browser
from processes import comes_true
from servers import Served
from sqlalchemy import update

from grader.classroom.keys import Ed25519PrivateKey, new_key, read_private_key
from grader.server.schema import HandIn


@pytest.fixture
def signing_key(tmp_path: Path) -> Ed25519PrivateKey:
    new_key(tmp_path / "class.key")
    return read_private_key(tmp_path / "class.key")


def test_a_signed_verdict_is_genuine_until_it_is_changed(
    served: Served, tmp_path: Path, solution: Callable[[str], str]
) -> None:
    ada = Browser(served.address)
    ada.enter(served.code, "1")
    number = ada.upload("softmax", solution("softmax")).url.rpartition("/")[2]
    assert comes_true(lambda: served.queue.health().done == 1)
    assert "grader verify" in ada.get(f"/hand-ins/{number}").text

    def verified() -> int:
        for name in ("verdict.json", "verdict.json.sig"):
            (tmp_path / name).write_text(ada.get(f"/hand-ins/{number}/{name}").text)
        command = ["-P", "-m", "grader.cli", "verify", "verdict.json", "--key", "class.key.pub"]
        done = subprocess.run([sys.executable, *command], cwd=tmp_path, capture_output=True)
        return done.returncode

    assert verified() == 0
    told = json.loads((tmp_path / "verdict.json").read_text())
    assert (told["student"], told["report"]["outcome"]) == ("1", "passed")
    assert told["report"]["provenance"]
    with served.database.writing() as session:
        session.execute(update(HandIn).values(sha256="0" * 64))
    assert verified() == 1
    alan = Browser(served.address)
    alan.enter(served.code, "2")
    assert alan.get(f"/hand-ins/{number}/verdict.json").status == 404
