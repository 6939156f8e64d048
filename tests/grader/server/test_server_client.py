"""`learn` and its class: what is submitted arrives, once, also when the server was out of reach."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from class_of_three import CLASSROOM, WRONG, ask
from processes import comes_true
from servers import Served
from sqlalchemy import delete, select

from grader.server.disputes import Disputes
from grader.server.members import change_settings, class_named, member_named
from grader.server.queue import utc_now
from grader.server.schema import DONE, LEASED, Dispute, HandIn, Notice, Token
from tui.app.app import LearnApp
from tui.app.background_grader import BackgroundGrader
from tui.app.session_thread import SessionThread
from tui.study.class_server import ClassServerError, joined
from tui.study.clock import local_now
from tui.study.targets import ExerciseTarget

Learn = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database is enough here: what is asked of it is tested on both elsewhere."""
    return f"sqlite:///{tmp_path / 'class.sqlite'}"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


@pytest.fixture
def learn(warm: Callable[..., list[str]], tmp_path: Path, workspace: Path) -> Learn:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        where = workspace if workspace.exists() else tmp_path
        command = warm("tui.cli", *words)
        return subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)

    assert run("init", "--quiet", "workspace").returncode == 0
    return run


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """A server that sends everybody on, or answers with a page and the status that its address
    says; and the tokens that it was shown."""
    seen: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.headers.get("Authorization", ""))
            status = self.path.split("/")[1]
            self.send_response(int(status) if status.isdigit() else 307)
            self.send_header("Location", f"http://localhost:{self.server.server_port}/taken")  # type: ignore[attr-defined]
            self.end_headers()
            self.wfile.write(b"<h1>Log in to this network</h1>")

        def log_message(self, *arguments: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", seen
        server.shutdown()
        thread.join()


def moved(workspace: Path, address: str) -> None:
    """The server is at another address from now on."""
    file = workspace / ".learn" / "class.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "address": address}))


def test_what_could_not_be_sent_is_sent_later_in_its_order(
    learn: Learn, served: Served, workspace: Path, solution: Callable[[str], str]
) -> None:
    assert learn("join", f"{served.address}/", served.code, "--name", "1").returncode == 0
    moved(workspace, "http://127.0.0.1:1/")
    softmax = workspace / "ch01_attention" / "softmax.py"
    for text, code in ((WRONG, 1), (solution("softmax"), 0)):
        softmax.write_text(text)
        done = learn("submit", "softmax")
        assert done.returncode == code, "the verdict here needs no server"
        assert "does not answer" in done.stderr
    kept = sorted((workspace / ".learn" / "outbox").iterdir())
    assert [stat.S_IMODE(file.stat().st_mode) for file in kept] == [0o600, 0o600]
    said = learn("status")
    assert (said.returncode, "Not sent yet: 2" in said.stdout) == (0, True)
    again = kept[0].read_bytes()

    moved(workspace, f"{served.address}/")
    kept[0].with_name("0-again.json").write_bytes(again)  # as after a kill between sent and removed
    done = learn("submit", "softmax")
    assert done.stderr.count("is handed in to ML") == 4
    assert not list((workspace / ".learn" / "outbox").iterdir())
    assert comes_true(lambda: served.queue.health().done == 3)
    held = json.loads((workspace / ".learn" / "class.json").read_text())
    _, told = ask(served.address, "/api/status", token=held["token"])
    outcomes = [one["outcome"] for one in told["hand_ins"]]
    assert outcomes == ["passed", "passed", "failed"], "the newest first"
    assert all(one["made_at"] < one["received_at"] for one in told["hand_ins"])
    at_class = json.loads(learn("status", "--json").stdout)["class"]
    assert at_class["score"] == 4.0


@pytest.mark.parametrize("content", [b"[]", b"[" * 100_000])
def test_what_is_damaged_among_what_waits_is_put_aside_and_holds_up_nothing(
    learn: Learn, served: Served, workspace: Path, content: bytes
) -> None:
    learn("join", f"{served.address}/", served.code, "--name", "1")
    outbox = workspace / ".learn" / "outbox"
    outbox.mkdir()
    (outbox / "0.json").write_bytes(content)
    done = learn("submit", "softmax")
    assert f"{outbox / '0.damaged'}. Submit again what is missing." in done.stderr
    assert "softmax is handed in to ML" in done.stderr
    assert (outbox / "0.damaged").read_bytes() == content

    (workspace / ".learn" / "class.json").write_bytes(content)
    assert "class.json cannot be read. Use `learn join` again." in learn("leave", "--data").stderr


@pytest.mark.parametrize("damage", [{"address": 3}, {"token": None}, {"name": []}, {"address": ""}])
def test_a_class_that_is_kept_wrongly_is_joined_again(
    tmp_path: Path, damage: dict[str, object]
) -> None:
    kept = {"address": "https://class.example/", "token": "t", "name": "ML"}
    (tmp_path / "class.json").write_text(json.dumps({**kept, **damage}))
    with pytest.raises(ClassServerError, match=r"cannot be read\. Use `learn join` again"):
        joined(tmp_path)


async def submit_in_app(says: str) -> str:
    """Press Submit in the app, with the workspace's files as they are; what the app then tells."""
    with SessionThread() as session_thread:
        state = session_thread.session.workspace.state
        with BackgroundGrader(state) as background:
            app = LearnApp(session_thread, background, local_now)
            async with app.run_test() as pilot:
                app.action_go("exercise", ExerciseTarget("softmax"))
                await pilot.pause()
                await pilot.app.workers.wait_for_complete()
                await pilot.press("s")
                for _ in range(600):
                    told = " ".join(note.message for note in app._notifications)
                    if says in told:
                        break
                    await pilot.pause(0.1)
                return told


def test_submit_in_the_app_hands_in_as_the_command_does(
    learn: Learn,
    served: Served,
    workspace: Path,
    solution: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learn("join", f"{served.address}/", served.code, "--name", "1")
    monkeypatch.chdir(workspace)
    softmax = workspace / "ch01_attention" / "softmax.py"
    softmax.write_text(WRONG)
    moved(workspace, "http://127.0.0.1:1/")
    assert "1 to be sent" in asyncio.run(submit_in_app("does not answer"))
    moved(workspace, f"{served.address}/")
    softmax.write_text(solution("softmax"))
    told = asyncio.run(submit_in_app("handed in"))
    assert told.count("softmax is handed in to ML") == 2
    assert comes_true(lambda: served.queue.health().done == 2)
    held = json.loads((workspace / ".learn" / "class.json").read_text())
    _, told_there = ask(served.address, "/api/status", token=held["token"])
    assert [one["outcome"] for one in told_there["hand_ins"]] == ["passed", "failed"]


def test_the_answers_of_a_notebook_are_handed_in(
    learn: Learn, served: Served, workspace: Path, solution: Callable[[str], str]
) -> None:
    learn("join", f"{served.address}/", served.code, "--name", "1")
    stub = (workspace / "ch01_attention" / "soft_lookup.py").read_text()
    sources = ("import torch", solution("softmax"), WRONG.replace("softmax", "mask"), stub)
    cells = [{"cell_type": "code", "metadata": {}, "source": one} for one in sources]
    (workspace / "mine.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}}))
    done = learn("submit", "mine.ipynb")
    assert (done.returncode, "It counts" in done.stdout) == (0, True), done.stderr
    assert done.stderr.count("is handed in") == 1, "a stub is no answer"
    assert comes_true(lambda: served.queue.health().done == 1)
    (workspace / "mine.ipynb").write_text(json.dumps({"cells": cells[3:], "metadata": {}}))
    for name, says in (("mine.ipynb", "holds no answer yet"), ("none.ipynb", "no file")):
        done = learn("submit", name)
        assert (done.returncode, says in done.stderr) == (2, True), done.stderr


def test_a_token_goes_to_its_own_server_only(
    learn: Learn, elsewhere: tuple[str, list[str]], served: Served, workspace: Path
) -> None:
    learn("join", f"{served.address}/", served.code, "--name", "1")
    address, seen = elsewhere
    moved(workspace, address)
    assert "1 to be sent with the next" in learn("submit", "softmax").stderr
    assert len(seen) == 1, "where it was sent on to, nothing arrived"


def test_a_page_that_answers_in_the_place_of_the_class_loses_nothing(
    learn: Learn, elsewhere: tuple[str, list[str]], served: Served, workspace: Path
) -> None:
    """As in a network that wants a login first, or with a server that is being set up."""
    learn("join", f"{served.address}/", served.code, "--name", "1")
    outbox = workspace / ".learn" / "outbox"
    for waits, status in enumerate((200, 307, 403, 404, 511), start=1):
        moved(workspace, f"{elsewhere[0]}{status}/")
        done = learn("submit", "softmax")
        assert f"{waits} to be sent with the next" in done.stderr
        assert len(list(outbox.iterdir())) == waits
    moved(workspace, f"{served.address}/")
    assert learn("status").returncode == 0
    assert not list(outbox.iterdir())
    moved(workspace, f"{elsewhere[0]}413/")
    done = learn("submit", "softmax")
    assert (done.returncode, "softmax is not handed in" in done.stderr) == (2, True)


def test_a_refusal_by_the_class_is_in_the_exit_code_whatever_the_verdict(
    learn: Learn,
    served: Served,
    workspace: Path,
    solution: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learn("join", f"{served.address}/", served.code, "--name", "1")
    outbox = workspace / ".learn" / "outbox"
    (workspace / "ch01_attention" / "softmax.py").write_text(solution("softmax"))

    def ends(says: str, waits: int, *words: str) -> None:
        done = learn(*words)
        assert (done.returncode, says in done.stderr) == (2, True), done.stderr
        assert len(list(outbox.iterdir())) == waits

    ends("does not ask for", 0, "submit", "soft_lookup")
    dispute = ("dispute", "softmax", "--reason", "It is right.")
    ends("nothing of yours for it", 0, *dispute)
    source = solution("soft_lookup")
    cell = {"cell_type": "code", "metadata": {}, "source": source}
    (workspace / "mine.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}}))
    ends("does not ask for", 0, "submit", "mine.ipynb")
    with monkeypatch.context() as limited:
        limited.setattr("grader.server.queue.MOST_A_DAY", 0)
        ends("1 to be sent with the next", 1, "submit", "softmax")
        ends("1 to be sent with the next", 1, "status")
    assert learn("status").returncode == 0, "and now it is taken"
    assert comes_true(lambda: served.queue.health().done == 1)
    ends("it passed", 0, *dispute)
    with served.database.writing() as session:
        session.execute(delete(Token))
    ends("Use `learn join` again", 1, "submit", "softmax")
    moved(workspace, "http://127.0.0.1:1/")
    done = learn("submit", "softmax")
    assert (done.returncode, "does not answer" in done.stderr) == (0, True)


def test_status_tells_of_a_leaderboard_and_of_a_new_score(learn: Learn, served: Served) -> None:
    learn("join", f"{served.address}/", served.code, "--name", "1")
    assert "leaderboard" not in learn("status").stdout
    with served.database.writing() as session:
        here = class_named(session, "ML")
        change_settings(session, here, f"{CLASSROOM}leaderboard: true\n")
        ada = member_named(session, here, "1")
        known_as = ada.person.pseudonym
        for days, says in ((8, "Long ago."), (6, "8 points before, 6 of 8 now.\nWhy.")):
            at = utc_now() - timedelta(days=days)
            session.add(Notice(membership_id=ada.id, at=at, says=says))
    said = learn("status").stdout
    assert ("8 points before, 6 of 8 now.\n  Why." in said, "Long ago" in said) == (True, False)
    assert f"You are on its leaderboard as {known_as};" in said
    assert "You stay out of the leaderboard of ML" in learn("leave", "--leaderboard").stdout
    assert "leaderboard" not in learn("status").stdout
    assert json.loads(learn("status", "--json").stdout)["class"]["leaderboard"]["stays_out"]


def test_status_tells_of_disputes_that_are_open_or_new(
    learn: Learn, served: Served, workspace: Path
) -> None:
    learn("join", f"{served.address}/", served.code, "--name", "1")
    (workspace / "ch01_attention" / "softmax.py").write_text(WRONG)
    for _ in range(3):
        learn("submit", "softmax")
    assert comes_true(lambda: served.queue.health().done == 3)
    disputes = Disputes(served.database, served.queue)
    with served.database.reading() as session:
        ada = member_named(session, class_named(session, "ML"), "1")
    long_ago, new, _ = (disputes.begin(ada, number, "It is right.") for number in (1, 2, 3))
    for one in (long_ago, new):
        disputes.decline(one, f"Read section {one.hand_in_id}.", ada)
    with served.database.writing() as session:
        session.get_one(Dispute, long_ago.id).decided_at = utc_now() - timedelta(days=8)
    said = learn("status").stdout
    assert "Your dispute of hand-in 2 (softmax) is declined: Read section 2." in said
    assert "Your dispute of hand-in 3 (softmax) is open." in said
    assert "hand-in 1" not in said


def test_a_dispute_is_of_what_was_handed_in_before_it_whenever_it_can_be_sent(
    learn: Learn, served: Served, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn("join", f"{served.address}/", served.code, "--name", "1")
    (workspace / "ch01_attention" / "softmax.py").write_text(WRONG)
    dispute = ("dispute", "softmax", "--reason")
    learn("submit", "softmax")
    assert comes_true(lambda: served.queue.health().done == 1)
    moved(workspace, "http://127.0.0.1:1/")
    done = learn(*dispute, "First.")
    assert (done.returncode, "does not answer" in done.stdout) == (0, True)
    learn("submit", "softmax")
    assert "Not sent yet: 2" in learn("status").stdout
    moved(workspace, f"{served.address}/")
    done = learn("status")
    assert "You dispute the verdict on softmax, number 1, at ML" in done.stderr
    assert "softmax is handed in to ML, number 2" in done.stderr
    assert "Your dispute of hand-in 1 (softmax) is open." in done.stdout

    assert comes_true(lambda: served.queue.health().done == 2)
    monkeypatch.setattr("grader.server.disputes.MOST_OPEN", 1)
    done = learn(*dispute, "Second.")
    assert (done.returncode, "1 disputes of yours are open" in done.stderr) == (2, True)
    with served.database.writing() as session:
        second = session.get_one(HandIn, 2)
        second.state, second.lease_until = LEASED, utc_now() + timedelta(days=1)
    done = learn("submit", "softmax")
    assert (done.returncode, "Number 2 has no verdict yet" in done.stderr) == (1, True)
    assert "softmax is handed in to ML, number 3" in done.stderr, "it holds up nothing"
    monkeypatch.undo()
    with served.database.writing() as session:
        session.get_one(HandIn, 2).state = DONE
    assert "number 2, at ML" in learn("status").stderr, "and stays with what it was said of"
    assert not list((workspace / ".learn" / "outbox").iterdir())
    with served.database.reading() as session:
        assert session.scalars(select(Dispute.reason)).all() == ["First.", "Second."]


def test_who_has_joined_may_write_a_dispute_to_a_file_as_well(
    learn: Learn, served: Served, workspace: Path
) -> None:
    learn("join", f"{served.address}/", served.code, "--name", "1")
    (workspace / "ch01_attention" / "softmax.py").write_text(WRONG)
    words = ("dispute", "softmax", "--reason", "It is right.", "--seed", "7")
    assert "go with --output" in learn(*words).stderr
    assert "Wrote mine.json" in learn(*words, "--output", "mine.json").stdout
    assert json.loads((workspace / "mine.json").read_text())["report"]["seed"] == 7
    assert not (workspace / ".learn" / "outbox").exists()


def test_who_leaves_takes_their_data_along_and_deletes_it(
    learn: Learn, served: Served, workspace: Path
) -> None:
    learn("join", f"{served.address}/", served.code, "--name", "1")
    assert json.loads(learn("leave", "--data").stdout)["name"] == "Ada Lovelace"
    wrong = learn("leave", "--delete", "2")
    assert (wrong.returncode, "Nothing is deleted" in wrong.stderr) == (2, True)
    done = learn("leave", "--delete", "1")
    assert (done.returncode, "730 days" in done.stdout) == (0, True), done.stderr
    assert not (workspace / ".learn" / "class.json").exists()
    assert "You have joined no class" in learn("leave").stderr
    again = learn("join", f"{served.address}/", served.code, "--name", "1")
    assert "not listed in the class" in again.stderr


def test_an_address_that_is_none_is_told(learn: Learn, workspace: Path) -> None:
    for address, says in (
        ("http://class.example.org/", "begins with https://"),
        ("http://127.0.0.1:port/", "begins with https://"),
        ("http://[::1/", "begins with https://"),
        ("http://127.0.0.1:1/", "does not answer"),
    ):
        done = learn("join", address, "R3PAZFFY")
        assert (done.returncode, says in done.stderr) == (2, True), done.stderr
    assert not (workspace / ".learn" / "class.json").exists()
