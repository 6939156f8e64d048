"""Signatures over the exact bytes of a file, so that nothing has to be read before it is trusted.

A signature is one line of text:

    grader-signature/v1 ed25519 9f86d081884c7d65 2026-11-28T22:50:00Z c2ln…

It names its form, the key's id and the time that the signer gave, and signs all of that, a line
end, and the file. A certificate ends with this line, in a comment: the bytes before it are signed.
Any other file gets it in a file of its own beside it, `FILE.sig`.
"""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.classroom.keys import Ed25519PrivateKey, Ed25519PublicKey, InvalidSignature, key_id
from grader.errors import GraderError

FORM = "grader-signature/v1 ed25519"
LINE = re.compile(rb"(grader-signature/v1 ed25519 ([0-9a-f]{16}) (\S+)) ([A-Za-z0-9+/]{86}==)")
# What stands around the last line of a file that holds its own signature.
COMMENTS = {".svg": (b"<!-- ", b" -->\n"), ".pdf": (b"% ", b"\n")}
TIME = "%Y-%m-%dT%H:%M:%SZ"


class NotGenuine(GraderError):
    """The file is not what the holder of the key has signed; says why."""

    exit_code = 1


@dataclass(frozen=True)
class Signature:
    """A genuine one: with which key, and when by the signer's own clock."""

    key: str
    at: datetime


def sign(content: bytes, key: Ed25519PrivateKey, at: datetime) -> bytes:
    """The line that signs these bytes."""
    head = f"{FORM} {key_id(key.public_key())} {at.astimezone(UTC):{TIME}}".encode()
    return head + b" " + base64.b64encode(key.sign(head + b"\n" + content))


def verify(content: bytes, line: bytes, key: Ed25519PublicKey) -> Signature:
    """Raises `NotGenuine` unless `line` signs exactly these bytes with this key."""
    found = LINE.fullmatch(line)
    if not found:
        raise NotGenuine("There is something in place of a signature that is none.")
    head, signer, at, signature = found.groups()
    if signer.decode() != key_id(key):
        raise NotGenuine(
            f"It was signed with the key {signer.decode()}, and the one given is {key_id(key)}."
        )
    raw = base64.b64decode(signature)
    try:
        if base64.b64encode(raw) != signature:  # bits that mean nothing are changed bits, too
            raise InvalidSignature
        key.verify(raw, head + b"\n" + content)
    except InvalidSignature:
        raise NotGenuine(
            "It, or its signature, was changed after it was signed; or another key has signed it."
        ) from None
    return Signature(signer.decode(), datetime.strptime(at.decode(), TIME).replace(tzinfo=UTC))


def holds_its_own(file: Path) -> bool:
    """Whether a file of this kind ends with its signature."""
    return file.suffix.lower() in COMMENTS


def attach(file: Path, content: bytes, line: bytes) -> dict[Path, bytes]:
    """What is to be written where, so that `detach` finds the signature of `content`."""
    if not holds_its_own(file):
        return {_beside(file): line + b"\n"}
    before, after = COMMENTS[file.suffix.lower()]
    return {file: content + before + line + after}


def detach(file: Path) -> tuple[bytes, bytes]:
    """The signed bytes and the signature of a file. Raises `NotGenuine` where it has none."""
    content = file.read_bytes()
    if not holds_its_own(file):
        try:
            line = _beside(file).read_bytes()
        except FileNotFoundError:
            raise NotGenuine(f"It is not signed: there is no {_beside(file).name}.") from None
        if not line.endswith(b"\n"):
            raise NotGenuine("Its signature was cut off.")
        return content, line[:-1]
    before, after = COMMENTS[file.suffix.lower()]
    signed, found, line = content.rpartition(before + FORM.encode())
    if not found:
        raise NotGenuine("It is not signed.")
    if not line.endswith(after):
        raise NotGenuine("Something was added behind its signature.")
    return signed, FORM.encode() + line.removesuffix(after)


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.sig")
