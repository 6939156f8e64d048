"""A classroom's keys: Ed25519, in PEM files that other tools read too.

The private key signs and stays with the teacher; the public one, in `FILE.pub`, verifies and may be
given to everybody.
"""

import os
from hashlib import sha256
from pathlib import Path

from grader.errors import UsageError

try:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
except ImportError as error:
    raise UsageError(
        "Keys and signatures need the package cryptography, which is not installed here."
        " `pip install 'learn-transformer[classroom]'` brings it."
    ) from error

__all__ = [
    "Ed25519PrivateKey",
    "Ed25519PublicKey",
    "InvalidSignature",
    "key_id",
    "new_key",
    "read_private_key",
    "read_public_key",
]

PEM = serialization.Encoding.PEM


def new_key(file: Path) -> tuple[Path, str]:
    """Make a private key in `file`, which only its owner may read, and the public one beside it.

    Returns the public key's file and its id. Raises `UsageError` where one of both is there
    already: what a lost key has signed could never be signed again.
    """
    public_file = public_name(file)
    for path in (file, public_file):
        if path.exists() or path.is_symlink():
            raise UsageError(f"{path} is there already, and is left as it is. Give another name.")
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    _create(file, private, 0o600)
    _create(public_file, public, 0o644)
    return public_file, key_id(key.public_key())


def public_name(file: Path) -> Path:
    return file.with_name(f"{file.name}.pub")


def read_private_key(file: Path) -> Ed25519PrivateKey:
    """Raises `UsageError` where `file` holds no Ed25519 private key without a password."""
    text = _read(file)
    try:
        key = serialization.load_pem_private_key(text, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, Ed25519PrivateKey):
        return key
    if b"PUBLIC KEY" in text:
        raise UsageError(f"{file} is a public key. Only the private one beside it can sign.")
    raise UsageError(
        f"{file} is no private key that can sign here: that is one of Ed25519 in a PEM file"
        " without a password. `grader keygen` makes one."
    )


def read_public_key(file: Path) -> Ed25519PublicKey:
    """Raises `UsageError` where `file` holds no Ed25519 public key."""
    text = _read(file)
    try:
        key = serialization.load_pem_public_key(text)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, Ed25519PublicKey):
        return key
    if b"PRIVATE KEY" in text:
        raise UsageError(
            f"{file} is a private key, which nobody but its owner should have."
            f" Verify with the public one, {public_name(file).name}."
        )
    raise UsageError(f"{file} is no public key of Ed25519 in a PEM file.")


def key_id(key: Ed25519PublicKey) -> str:
    """A short name of a key: the first 16 hex digits of the SHA-256 of its 32 bytes."""
    return sha256(key.public_bytes_raw()).hexdigest()[:16]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"The key {file} cannot be read: {error.strerror}.") from None


def _create(file: Path, content: bytes, mode: int) -> None:
    """A new file that never had another mode, nor another file's content."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "wb") as written:
            written.write(content)
    except OSError as error:
        file.unlink()
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from None
