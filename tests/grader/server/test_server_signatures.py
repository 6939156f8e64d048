"""A verdict is signed as it is kept, and whoever changes one of both is found out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from class_of_three import Browser, is_genuine
from processes import comes_true
from servers import Served
from sqlalchemy import update

from grader.classroom.keys import Ed25519PrivateKey
from grader.server.schema import HandIn


@pytest.fixture
def signing_key(class_key: Ed25519PrivateKey) -> Ed25519PrivateKey:
    return class_key


def test_a_signed_verdict_is_genuine_until_it_is_changed(
    served: Served, tmp_path: Path, solution: Callable[[str], str]
) -> None:
    ada = Browser(served.address)
    ada.enter(served.code, "1")
    number = ada.upload("softmax", solution("softmax")).url.rpartition("/")[2]
    assert comes_true(lambda: served.queue.health().done == 1)
    assert "grader verify" in ada.get(f"/hand-ins/{number}").text

    assert is_genuine(ada, number, tmp_path)
    told = json.loads((tmp_path / "verdict.json").read_text())
    assert (told["student"], told["report"]["outcome"]) == ("1", "passed")
    assert told["report"]["provenance"]
    with served.database.writing() as session:
        session.execute(update(HandIn).values(sha256="0" * 64))
    assert not is_genuine(ada, number, tmp_path)
    alan = Browser(served.address)
    alan.enter(served.code, "2")
    assert alan.get(f"/hand-ins/{number}/verdict.json").status == 404
