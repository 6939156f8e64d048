"""An institution's login, by OpenID Connect: who it says that somebody is, and nothing else of it.

The code flow of OpenID Connect Core 1.0, section 3.1, with PKCE (RFC 7636). Who it vouches for is
known by issuer and subject; of its tokens none is kept. What goes there and comes back with a
browser stands in an `Attempt`, in a cookie of that browser, so that a server keeps nothing of
people who never come back.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import httpx2
import yaml
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from grader.classroom.loopback import is_loopback
from grader.errors import UsageError
from grader.report import cut, printable
from grader.server.queue import Refused

METADATA = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
ALGORITHMS = ["RS256", "ES256", "PS256"]  # signatures that nobody can make with a public key
NEEDED = {"name", "issuer", "client_id", "client_secret"}
ROSTER_ID = "roster_id"
KEPT = 3600.0  # seconds, of what the provider says of itself
SECONDS = 10.0  # that it may take to answer
LEEWAY = 60  # seconds between its clock and ours
MOST_SUBJECT = 255  # letters, as section 2 of the standard has it
MOST_NAME = 200


class NoLogin(Refused):
    """The institution has not vouched for whoever came."""


@dataclass(frozen=True)
class Institution:
    """`roster_id` names the claim that holds the id in a roster; empty where there is none."""

    name: str
    issuer: str
    client_id: str
    client_secret: str
    roster_id: str = ""


@dataclass(frozen=True)
class Identity:
    """Whom an institution vouches for; `name` and `listed_as` are what it says besides."""

    issuer: str
    subject: str
    name: str
    listed_as: str


@dataclass(frozen=True)
class Attempt:
    """One way to the institution and back, and what was said before it began."""

    state: str
    nonce: str
    verifier: str
    code: str
    name: str
    is_for_terminal: bool

    @classmethod
    def new(cls, code: str, name: str, is_for_terminal: bool) -> "Attempt":
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, code, name, is_for_terminal)


def read_institution(file: Path) -> Institution:
    """Raises `UsageError` with what is wrong in it."""
    try:
        data = yaml.safe_load(file.read_text("utf-8"))
        is_open = bool(file.stat().st_mode & 0o077)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from None
    if not isinstance(data, dict) or not NEEDED <= set(data) <= NEEDED | {ROSTER_ID}:
        raise UsageError(f"{file} needs {', '.join(sorted(NEEDED))}, and may have {ROSTER_ID}.")
    if not all(isinstance(value, str) and value for value in data.values()):
        raise UsageError(f"{file}: each value must be a text.")
    if is_open:
        raise UsageError(f"{file} holds a secret, and others can read it: chmod 600 {file}")
    found = Institution(**data)
    if not _is_safe(found.issuer):
        raise UsageError(f"{file}: an issuer begins with https://.")
    if found.roster_id == "email":
        raise UsageError(f"{file}: {ROSTER_ID} cannot be an e-mail address; those change hands.")
    return found


def _is_safe(address: object) -> bool:
    """A secret goes by TLS, or to this machine."""
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    )


class Provider:
    """The institution, as it answers. Each method raises `NoLogin`, with what to do next."""

    def __init__(self, institution: Institution) -> None:
        self.institution = institution
        self._turn = Lock()
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}

    def address(self, attempt: Attempt, back: str) -> str:
        """Where a browser goes to log in; it comes back to `back`."""
        with self._client(back) as client:
            address, _ = client.create_authorization_url(
                self._metadata()["authorization_endpoint"],
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return str(address)

    def identity(self, attempt: Attempt, answer: Mapping[str, str], back: str) -> Identity:
        """Whom it vouches for, by what a browser brought back."""
        metadata = self._metadata()
        if (
            not secrets.compare_digest(answer.get("state", "").encode(), attempt.state.encode())
            or answer.get("iss", metadata["issuer"]) != metadata["issuer"]
        ):
            raise NoLogin("This login was not begun here, or is too old. Begin anew.")
        if "code" not in answer:
            why = printable(cut(answer.get("error", "no reason"), MOST_NAME))
            raise NoLogin(f"{self.institution.name} did not log you in ({why}). Try again.")
        try:
            with self._client(back) as client:
                token = client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=answer["code"],
                    code_verifier=attempt.verifier,
                )
            return self._identity(self._claims(token, attempt.nonce))
        except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as error:
            raise NoLogin(
                f"What {self.institution.name} said of you cannot be relied on"
                f" ({type(error).__name__}: {printable(cut(str(error), MOST_NAME))}). Log in again."
            ) from None
        except (httpx2.HTTPError, httpx2.InvalidURL):
            raise self._silent() from None

    def _claims(self, token: Mapping[str, Any], nonce: str) -> CodeIDToken:
        try:
            decoded = self._decoded(token["id_token"])
        except InvalidKeyIdError:  # its keys have changed
            self._known.clear()
            decoded = self._decoded(token["id_token"])
        only = {
            "iss": {"essential": True, "value": self.institution.issuer},
            "aud": {"essential": True, "value": self.institution.client_id},
            "nonce": {"essential": True, "value": nonce},
        }
        given = {"client_id": self.institution.client_id, "nonce": nonce}
        if "access_token" in token:
            given["access_token"] = token["access_token"]
        claims = CodeIDToken(decoded.claims, decoded.header, only, given)
        claims.validate(now=int(time.time()), leeway=LEEWAY)
        return claims

    def _decoded(self, token: str) -> jwt.Token:
        keys = KeySet.import_key_set(self._asked(self._metadata()["jwks_uri"]))  # type: ignore[arg-type]
        return jwt.decode(token, keys, algorithms=ALGORITHMS)

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= MOST_SUBJECT:
            raise ValueError("no subject")
        if not subject.isprintable():
            raise ValueError("a subject that cannot be shown")
        listed_as = claims.get(self.institution.roster_id, "")
        return Identity(
            self.institution.issuer,
            subject,
            _line(claims.get("name", "")) or subject[:MOST_NAME],
            _line(listed_as),
        )

    def _metadata(self) -> dict[str, Any]:
        """What it says of itself, which must be of the issuer that was asked."""
        issuer = self.institution.issuer
        told = self._asked(issuer.rstrip("/") + METADATA)
        if told.get("issuer") != issuer or not all(_is_safe(told.get(one)) for one in ENDPOINTS):
            raise NoLogin(f"{issuer} does not describe itself as it should. Tell your teacher.")
        return told

    def _asked(self, address: str) -> dict[str, Any]:
        with self._turn:
            until, told = self._known.get(address, (0.0, {}))
            if until > time.monotonic():
                return told
        try:
            told = httpx2.get(address, timeout=SECONDS).raise_for_status().json()
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError):
            raise self._silent() from None
        if not isinstance(told, dict):
            raise self._silent()
        with self._turn:
            self._known[address] = time.monotonic() + KEPT, told
        return told

    def _silent(self) -> NoLogin:
        return NoLogin(f"{self.institution.name} does not answer. Try again in a minute.")

    def _client(self, back: str) -> OAuth2Client:
        return OAuth2Client(
            self.institution.client_id,
            self.institution.client_secret,
            scope="openid profile",
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=SECONDS,
        )


def _line(value: object) -> str:
    """A claim as a line of text; a number is one, too."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return printable(" ".join(text.split()))[:MOST_NAME]
