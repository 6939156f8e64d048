"""A little OpenID provider, as a process of its own: `python institution.py` prints its address.

Who asks to log in is at once sent back as whom the address names: `sub`, `name`, `student_id`. What
is to be wrong is named there as well (`fault`), so that only codes are kept, until they are used.
Where the address names nobody, the answer is none, and a browser stays on the page that it was on.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "class", "a secret of the class"
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
OTHERS_KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
CLAIMS = {
    "nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "audience": {"aud": "another class"},
    "issuer": {"iss": "https://elsewhere.example"},
    "expired": {"exp": time.time() - 3600},
    "no subject": {"sub": None},
    "odd subject": {"sub": "a\nb"},
}


class Institution(BaseHTTPRequestHandler):
    codes: dict[str, Mapping[str, str]] = {}  # noqa: RUF012

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/authorize":
            self._authorize(dict(parse_qsl(parts.query)))
        elif parts.path == "/keys":
            self._answer(KeySet([KEY]).as_dict(private=False))
        else:
            places = {"authorization_endpoint": "authorize", "jwks_uri": "keys"}
            places["token_endpoint"] = "token"
            told = {name: f"{issuer()}/{place}" for name, place in places.items()}
            self._answer({"issuer": issuer(), **told})

    def do_POST(self) -> None:
        sent = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        asked = self.codes.pop(sent.get("code", ""), {})
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        is_right = (
            self.headers.get("Authorization") == f"Basic {known}"
            and sent.get("redirect_uri") == asked.get("redirect_uri")
            and asked.get("code_challenge_method") == "S256"
            and asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
        )
        if not is_right:
            self._answer({"error": "invalid_grant"}, 400)
            return
        token = {"access_token": secrets.token_hex(8), "token_type": "Bearer", "expires_in": 60}
        self._answer({**token, "id_token": id_token(asked)})

    def _authorize(self, asked: Mapping[str, str]) -> None:
        if not {"sub", "fault"} & asked.keys():
            self.send_response(204)
            self.end_headers()
            return
        code = secrets.token_hex(8)
        self.codes[code] = asked
        fault = asked.get("fault", "")
        state = "another" if fault == "state" else asked["state"]
        answer = {"error": "access_denied"} if fault == "denied" else {"code": code}
        self.send_response(303)
        self.send_header(
            "Location", f"{asked['redirect_uri']}?{urlencode({**answer, 'state': state})}"
        )
        self.end_headers()

    def _answer(self, data: object, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(data).encode())

    def log_message(self, *arguments: object) -> None: ...


def id_token(asked: Mapping[str, str]) -> str:
    now, fault = int(time.time()), asked.get("fault", "")
    told = {"iss": issuer(), "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
    told |= {name: asked[name] for name in ("sub", "name", "student_id") if name in asked}
    told |= {"email": "ada@example.org"}
    claims = {name: value for name, value in (told | CLAIMS.get(fault, {})).items() if value}
    if fault == "public key as a secret":
        secret = OctKey.import_key(KEY.as_pem(private=False))
        return jwt.encode({"alg": "HS256", "kid": "first"}, claims, secret)
    if fault == "unsigned":
        head, body = ({"alg": "none"}, claims)
        parts = (base64.urlsafe_b64encode(json.dumps(one).encode()) for one in (head, body))
        return ".".join(part.decode().rstrip("=") for part in parts) + "."
    key = OTHERS_KEY if fault == "key" else KEY
    return jwt.encode({"alg": "RS256", "kid": "first"}, claims, key)


def issuer() -> str:
    return f"http://127.0.0.1:{server.server_port}"


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Institution) as server:
        sys.stdout.write(f"{issuer()}\n")
        sys.stdout.flush()
        server.serve_forever()
