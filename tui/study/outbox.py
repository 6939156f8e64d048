"""What is to be sent to the class that the learner has joined, in the order in which it was made.

    .learn/outbox/       in each file a hand-in or a dispute; it is gone when that was received

A hand-in goes with a key of its own, so that what is sent twice is handed in once. A dispute is of
what stands there as handed in last when its turn first comes, and stays with that.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from exercises.files import kept_json, unused_path, write_private
from tui.study.class_server import ClassServer, ClassServerError, joined
from tui.study.clock import local_now

OUTBOX = "outbox"
UNDECIDED = ("waiting", "leased")  # states of a hand-in that is not graded yet
TOO_MUCH = 429  # as the server answers who has too many open disputes


class Sent(NamedTuple):
    """What became of something that was to be sent. The exit code is 0 where it was received, or
    waits for a server that cannot be reached; what the class refuses has that of the error, whether
    it is dropped or kept until it may be taken.
    """

    says: str
    exit_code: int = 0


class NotYet(ClassServerError):
    """A dispute that cannot be taken yet; it holds up nothing behind it."""


def keep(state: Path, exercise: str, files: Mapping[str, str | bytes]) -> None:
    """Put a hand-in into the outbox, from where it is sent in its turn."""
    hand_in = {
        "exercise": exercise,
        "files": {name: _text(source) for name, source in files.items()},
        "made_at": local_now().isoformat(),
        "key": secrets.token_hex(16),
    }
    _put(state, hand_in)


def keep_dispute(state: Path, exercise: str, reason: str) -> None:
    """As `keep`, that the verdict on what was handed in last is wrong."""
    _put(state, {"exercise": exercise, "reason": reason})


def waiting(state: Path) -> list[Path]:
    return sorted((state / OUTBOX).glob("*.json"))


def send(state: Path) -> Iterator[Sent]:
    """Send what is kept, the oldest first. Yields what became of each."""
    kept = waiting(state)
    if not kept or not os.access(state / OUTBOX, os.W_OK):  # what is sent could not be taken out
        return
    server = joined(state)
    for number, file in enumerate(kept):
        try:
            what = kept_json(file)
            exercise = what["exercise"]
            is_dispute = "reason" in what
        except FileNotFoundError:  # the app or another terminal has sent it meanwhile
            continue
        except (ValueError, TypeError, KeyError):
            aside = file.rename(unused_path(file.with_suffix(".damaged")))
            yield Sent(f"One cannot be read and is now {aside}. Submit again what is missing.")
            continue
        try:
            yield Sent(_dispute(server, file, what) if is_dispute else _hand_in(server, what))
        except NotYet as error:
            says = f"{error} Your dispute of {exercise} is kept; `learn status` sends it."
            yield _not_taken(error, says)
            continue
        except ClassServerError as error:
            if error.passes:
                left = f"{len(kept) - number} to be sent with the next `learn status`"
                yield _not_taken(error, f"{error} {left}; the time is noted.")
                return
            is_not = "disputed" if is_dispute else "handed in"
            yield _not_taken(error, f"{exercise} is not {is_not}: {error}")
        file.unlink(missing_ok=True)


def _not_taken(error: ClassServerError, says: str) -> Sent:
    return Sent(says, error.exit_code if error.is_refusal else 0)


def _hand_in(server: ClassServer, kept: Mapping[str, Any]) -> str:
    number = server.hand_in(kept)
    return f"{kept['exercise']} is handed in to {server.name}, number {number}."


def _dispute(server: ClassServer, file: Path, kept: Mapping[str, Any]) -> str:
    exercise, number = kept["exercise"], kept.get("hand_in")
    own = [one for one in server.status()["hand_ins"] if one["exercise"] == exercise]
    found = next((one for one in own if number in (None, one["id"])), None)
    if found is None:
        raise ClassServerError(
            f"{server.name} has nothing of yours for it. `learn submit {exercise}` hands it in;"
            " --output FILE writes a dispute for your teacher.",
            400,
        )
    number = found["id"]
    write_private(file, json.dumps({**kept, "hand_in": number}).encode())
    if found["state"] in UNDECIDED:
        raise NotYet(f"Number {number} has no verdict yet.")
    try:
        server.dispute(number, kept["reason"])
    except ClassServerError as error:
        if error.status == TOO_MUCH:
            raise NotYet(str(error), error.status) from None
        raise
    return (
        f"You dispute the verdict on {exercise}, number {number}, at {server.name};"
        " `learn status` tells what becomes of it."
    )


def _put(state: Path, what: Mapping[str, object]) -> None:
    (state / OUTBOX).mkdir(mode=0o700, exist_ok=True)
    name = f"{local_now().timestamp():017.6f}-{secrets.token_hex(8)}.json"
    write_private(state / OUTBOX / name, json.dumps(what).encode())


def _text(source: str | bytes) -> str:
    return source if isinstance(source, str) else source.decode("utf-8", "surrogateescape")
