"""A receipt for each hand-in: who, when, which bytes, which suites; one line of text, signed.

    grader-receipt/v1 {"student": "1042", "received": "2026-12-01T21:10:00+00:00", "answers": …}
    grader-signature/v1 ed25519 …

on one line, with a space between. The signature is of all that stands before that space. It is made
once and kept: whoever hands in the same bytes again has the same receipt, with the first time.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from exercises.catalog import Catalog
from grader.classroom import signatures
from grader.classroom.keys import Ed25519PrivateKey, Ed25519PublicKey
from grader.classroom.store import Store
from grader.provenance import suite_version

FORM = b"grader-receipt/v1 "
BEFORE_SIGNATURE = b" " + signatures.FORM.encode()


@dataclass(frozen=True)
class Receipt:
    """What a genuine one says. `received` is None where nobody knew when it came; then it was there
    when it was signed. `answers` has the SHA-256 of each file by its name, and `suites` the version
    of each hidden suite on the day of signing.
    """

    student: str
    received: datetime | None
    answers: Mapping[str, Mapping[str, str]]
    suites: Mapping[str, str]
    signature: signatures.Signature


class Receipts:
    """Those of a store; new ones are signed at `now`."""

    def __init__(
        self, store: Store, catalog: Catalog, key: Ed25519PrivateKey, now: datetime
    ) -> None:
        self._store, self._catalog, self._key, self._now = store, catalog, key, now

    def line(self, student: str, hand_in: str) -> str:
        body = FORM + self._body(student, hand_in).encode()
        line = body + b" " + signatures.sign(body, self._key, self._now)
        return self._store.receipt(student, hand_in, line.decode())

    def _body(self, student: str, hand_in: str) -> str:
        at, contents = self._store.came(student, hand_in)
        answers, suites = {}, {}
        for exercise, content in contents.items():
            files = sorted(self._store.files(content).items())
            answers[exercise] = {name: sha256(source).hexdigest() for name, source in files}
            suites[exercise] = suite_version(self._catalog.exercise(exercise).suite)
        received = at.astimezone(UTC).isoformat() if at else None
        told = {"student": student, "received": received, "answers": answers, "suites": suites}
        return json.dumps(told)  # ASCII, and on one line whatever an id holds


def are_receipts(content: bytes) -> bool:
    return content.startswith(FORM)


def verified(content: bytes, key: Ed25519PublicKey) -> Iterator[Receipt]:
    """Each line of a file. Raises `NotGenuine` at the first that was not signed with this key."""
    for number, line in enumerate(content.splitlines(), start=1):
        body, found, rest = line.rpartition(BEFORE_SIGNATURE)
        try:
            if not found or not are_receipts(body):
                raise signatures.NotGenuine("It is no receipt.")
            signature = signatures.verify(body, found.strip() + rest, key)
        except signatures.NotGenuine as error:
            raise signatures.NotGenuine(f"Line {number}: {error}") from None
        told = json.loads(body.removeprefix(FORM))
        at = told["received"] and datetime.fromisoformat(told["received"])
        yield Receipt(told["student"], at, told["answers"], told["suites"], signature)
