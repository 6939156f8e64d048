"""A verdict as one document that can be signed, and explained years later.

It says whose answer it is, when it came and was graded, and holds the whole report: exercise,
points, seed, layers of the sandbox, versions of suite and libraries, and hashes of the files.
"""

import json
from datetime import UTC, datetime

from exercises import strict_json
from grader.classroom.keys import Ed25519PrivateKey
from grader.classroom.signatures import sign
from grader.server.schema import HandIn

FORM = "grader-verdict/v1"


def document(one: HandIn, report: str, graded_at: datetime) -> bytes:
    """The same bytes whenever it is asked for, as long as nothing of it was changed."""
    told = {
        "form": FORM,
        "class": one.membership.class_.name,
        "student": one.membership.student,
        "hand_in": one.id,
        "received_at": one.received_at.astimezone(UTC).isoformat(),
        "graded_at": graded_at.astimezone(UTC).isoformat(),
        "sha256": one.sha256,
        "report": json.loads(report),
    }
    return strict_json.dumps(told, indent=1).encode() + b"\n"


def signed(one: HandIn, report: str, graded_at: datetime, key: Ed25519PrivateKey) -> str:
    return sign(document(one, report, graded_at), key, graded_at).decode()
