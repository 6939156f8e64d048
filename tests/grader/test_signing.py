"""Signatures: what was signed is found genuine, and whatever was changed is found changed."""

import base64
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from grader.certificates import draw
from grader.certificates.facts import BadFacts, Facts, metadata, read_facts
from grader.classroom import signatures
from grader.classroom.keys import new_key, read_private_key, read_public_key
from grader.errors import UsageError
from grader.formats import render
from grader.report import Provenance, Report

COMMAND = [sys.executable, "-m", "grader.cli"]
AT = datetime(2026, 11, 28, 12, 30, tzinfo=UTC)
FACTS = Facts("Ada <Lovelace> & Co", "2026-11-28", 55, 60, 4, 5, 92, 95, "0.1.0", "3f9a" * 4, 7)
REPORT = Report(
    *("softmax", "Softmax", "passed", 12.0, 12.0, 7, "cpu"),
    layers={"landlock": "abi 6", "seccomp": "filter"},
    provenance=Provenance("a" * 64, "b" * 64, "c" * 16, {"torch": "2.13.0"}),
)

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*arguments: object, **environment: str) -> Any:
        command = [*COMMAND, *map(str, arguments)]
        return subprocess.run(
            *(command,), cwd=tmp_path, capture_output=True, text=True, env=os.environ | environment
        )

    return run


@pytest.fixture
def key(tmp_path: Path) -> Path:
    new_key(tmp_path / "class.key")
    return tmp_path / "class.key"


@pytest.fixture
def public(key: Path) -> Path:
    return key.with_name("class.key.pub")


def signed_file(file: Path, content: bytes, key: Path) -> Path:
    line = signatures.sign(content, read_private_key(key), AT)
    for path, written in signatures.attach(file, content, line).items():
        path.write_bytes(written)
    if not signatures.holds_its_own(file):
        file.write_bytes(content)
    return file


def is_genuine(file: Path, public: Path) -> bool:
    try:
        signatures.verify(*signatures.detach(file), read_public_key(public))
    except signatures.NotGenuine:
        return False
    return True


def contents() -> dict[str, bytes]:
    certificates = {f"c{suffix}": draw(FACTS, suffix) for suffix in (".svg", ".pdf")}
    return {"report.json": render(REPORT, "json").encode(), **certificates}


# keys


def test_only_the_owner_may_read_a_private_key(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        public, _ = new_key(tmp_path / "class.key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "class.key").stat().st_mode) == 0o600
    assert not public.stat().st_mode & 0o133


@pytest.mark.parametrize("there", ["class.key", "class.key.pub"])
def test_a_key_is_never_overwritten(run: Run, tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("precious")
    done = run("keygen", "class.key")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{there} is there already" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text() == "precious"


def test_keys_are_what_other_tools_read(run: Run, key: Path, public: Path, tmp_path: Path) -> None:
    """The form in the docstring of `signatures`, checked by hand."""
    (tmp_path / "file.txt").write_bytes(b"some bytes\n")
    assert run("sign", "file.txt", "--key", key).returncode == 0
    loaded = serialization.load_pem_public_key(public.read_bytes())
    assert isinstance(loaded, ed25519.Ed25519PublicKey)
    head, _, signature = (tmp_path / "file.txt.sig").read_text().rstrip("\n").rpartition(" ")
    loaded.verify(base64.b64decode(signature), f"{head}\nsome bytes\n".encode())


def other_keys() -> dict[str, bytes]:
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    locked = serialization.BestAvailableEncryption(b"secret")
    form = serialization.PrivateFormat.PKCS8
    return {
        "password": ed25519.Ed25519PrivateKey.generate().private_bytes(pem, form, locked),
        "rsa": rsa.generate_private_key(65537, 2048).private_bytes(pem, form, plain),
        "empty": b"",
        "noise": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "binary": bytes(range(256)),
    }


@pytest.mark.parametrize("kind", other_keys())
def test_another_kind_of_key_is_refused_in_words(tmp_path: Path, kind: str) -> None:
    (tmp_path / "other").write_bytes(other_keys()[kind])
    with pytest.raises(UsageError, match="no private key that can sign here"):
        read_private_key(tmp_path / "other")
    with pytest.raises(UsageError, match=r"private key, which nobody|no public key"):
        read_public_key(tmp_path / "other")


def test_the_wrong_half_of_a_pair_is_named(key: Path, public: Path) -> None:
    with pytest.raises(UsageError, match="is a public key"):
        read_private_key(public)
    with pytest.raises(UsageError, match=r"class\.key\.pub"):
        read_public_key(key)


# signatures


@pytest.mark.parametrize("name", ["report.json", "c.svg", "c.pdf"])
def test_a_signed_file_is_genuine_until_any_byte_changes(
    tmp_path: Path, key: Path, public: Path, name: str
) -> None:
    file = signed_file(tmp_path / name, contents()[name], key)
    for place in {file, *tmp_path.glob("*.sig")}:
        whole = place.read_bytes()
        assert is_genuine(file, public)
        # Every byte of the signature's line and its comment, and of the rest one in a prime number.
        places = {*range(0, len(whole), 37), *range(max(0, len(whole) - 200), len(whole))}
        for at in places:
            place.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            assert not is_genuine(file, public), at
        for other in (whole + b"\n", whole + b"x", whole[:-1], whole[1:], b"", b" " + whole):
            place.write_bytes(other)
            assert not is_genuine(file, public), other[-20:]
        place.write_bytes(whole)


def test_any_field_of_a_report_that_changes_is_found(
    tmp_path: Path, key: Path, public: Path
) -> None:
    file = signed_file(tmp_path / "report.json", contents()["report.json"], key)
    data = json.loads(file.read_bytes())
    for field in data:
        file.write_text(json.dumps({**data, field: "changed"}, indent=2) + "\n")
        assert not is_genuine(file, public), field


@given(content=st.binary(), more=st.binary(min_size=1))
def test_a_signature_fits_no_other_content(content: bytes, more: bytes) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    line = signatures.sign(content, key, AT)
    assert signatures.verify(content, line, key.public_key()).at == AT
    with pytest.raises(signatures.NotGenuine):
        signatures.verify(content + more, line, key.public_key())


def test_the_time_of_a_signature_is_signed(tmp_path: Path, key: Path, public: Path) -> None:
    line = signatures.sign(b"x", read_private_key(key), AT)
    later = line.replace(b"2026", b"2027")
    with pytest.raises(signatures.NotGenuine, match="changed after it was signed"):
        signatures.verify(b"x", later, read_public_key(public))


def test_another_classroom_s_signature_is_not_taken(
    run: Run, tmp_path: Path, key: Path, public: Path
) -> None:
    other, _ = new_key(tmp_path / "other.key")
    file = signed_file(tmp_path / "report.json", contents()["report.json"], key)
    done = run("verify", file, "--key", other)
    assert done.returncode == 1
    assert "NOT GENUINE" in done.stdout and "signed with the key" in done.stdout


def test_a_report_is_signed_and_verified(run: Run, tmp_path: Path, key: Path, public: Path) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(contents()["report.json"])
    unsigned = run("verify", file, "--key", public)
    assert (unsigned.returncode, "not signed" in unsigned.stdout) == (1, True)
    assert run("sign", file, "--key", key).returncode == 0
    assert file.read_bytes() == contents()["report.json"], "signing changes no report"
    done = run("verify", file, "--key", public)
    assert (done.returncode, done.stderr) == (0, "")
    for told in ("genuine", "12 of 12 points", "seed 7", "a" * 64, "c" * 16, "torch", "landlock"):
        assert told in done.stdout
    file.write_bytes(file.read_bytes().replace(b"12.0", b"11.0"))
    done = run("verify", file, "--key", public)
    assert (done.returncode, "NOT GENUINE" in done.stdout) == (1, True)


def test_each_report_of_a_list_is_told(run: Run, tmp_path: Path, key: Path, public: Path) -> None:
    listed = render([REPORT, replace(REPORT, exercise="layer_norm")], "json").encode()
    signed_file(tmp_path / "reports.json", listed, key)
    done = run("verify", "reports.json", "--key", public)
    assert "softmax: passed" in done.stdout and "layer_norm: passed" in done.stdout


@pytest.mark.parametrize("content", [b"", b"[1]", b"{}", b"null", b"\xff", b"[" * 100_000])
def test_any_other_file_is_verified_without_being_read(
    run: Run, tmp_path: Path, key: Path, public: Path, content: bytes
) -> None:
    signed_file(tmp_path / "any.json", content, key)
    done = run("verify", "any.json", "--key", public)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1


def test_signing_writes_through_no_link(run: Run, tmp_path: Path, key: Path) -> None:
    """A student may have put one where the signature goes."""
    (tmp_path / "precious").write_text("precious")
    for name, link in (("report.json", "report.json.sig"), ("c.svg", "c.svg")):
        (tmp_path / link).symlink_to("precious")
        if name != link:
            (tmp_path / name).write_text("{}")
        else:
            (tmp_path / "precious").write_bytes(draw(FACTS, ".svg"))
        before = (tmp_path / "precious").read_bytes()
        assert run("sign", name, "--key", key).returncode == 0
        assert (tmp_path / "precious").read_bytes() == before
        assert not (tmp_path / link).is_symlink()


# certificates


@pytest.mark.parametrize("suffix", [".svg", ".pdf"])
def test_a_certificate_is_signed_and_verified(
    run: Run, tmp_path: Path, key: Path, public: Path, suffix: str
) -> None:
    file = tmp_path / f"certificate{suffix}"
    file.write_bytes(draw(FACTS, suffix))
    assert "not signed" in run("verify", file, "--key", public).stdout
    assert run("sign", file, "--key", key, "--by", "ML 101").returncode == 0
    done = run("verify", file, "--key", public)
    assert (done.returncode, done.stderr) == (0, "")
    for told in ("genuine", FACTS.name, "28 November 2026", "55 of 60", "4 of 5", "92 of 95"):
        assert told in done.stdout
    assert not (tmp_path / f"certificate{suffix}.sig").exists(), "it holds its signature itself"
    assert run("sign", file, "--key", key).returncode == 0, "it can be signed again"
    assert is_genuine(file, public)


def test_a_picture_that_says_more_than_the_facts_is_thrown_away(
    run: Run, tmp_path: Path, key: Path
) -> None:
    file = tmp_path / "certificate.svg"
    lie = draw(FACTS, ".svg").replace(b"55 of 60", b"60 of 60")
    file.write_bytes(lie.replace(b"</svg>", b"<script>alert(1)</script></svg>"))
    assert run("sign", file, "--key", key).returncode == 0
    written = file.read_text()
    assert "55 of 60" in written and "60 of 60" not in written and "<script" not in written


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg/>",
        metadata(FACTS).encode() * 2,
        metadata(FACTS).encode().replace(b"55", b"61"),
        metadata(FACTS).encode().replace(b"55", b"true"),
        metadata(FACTS).encode().replace(b"55", b"-5"),
        metadata(FACTS).encode().replace(b"55", b"NaN"),
        metadata(FACTS).encode().replace(b"2026-11-28", b"yesterday"),
        metadata(FACTS).encode().replace(b'"seed"', b'"sed"'),
        metadata(FACTS).encode().replace(b"Ada", b"\\u001b[31m"),
        metadata(FACTS).encode().replace(b"Ada", b"A" * 100),
        metadata(FACTS).encode().replace(b"Ada", b"\xff"),
        b"<learn:facts>" + b"[" * 100_000 + b"</learn:facts>",
    ],
)
def test_what_is_no_certificate_is_refused_in_words(
    run: Run, tmp_path: Path, key: Path, content: bytes
) -> None:
    with pytest.raises(BadFacts):
        read_facts(content)
    (tmp_path / "c.svg").write_bytes(content)
    done = run("sign", "c.svg", "--key", key)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("grader: ") and "Traceback" not in done.stderr
    assert (tmp_path / "c.svg").read_bytes() == content


# what else is imported


@pytest.mark.parametrize("missing", ["cryptography", "fpdf"])
def test_without_its_package_a_command_says_what_to_install(
    tmp_path: Path, key: Path, missing: str
) -> None:
    (tmp_path / "c.pdf").write_bytes(draw(FACTS, ".pdf"))
    program = f"import sys; sys.modules[{missing!r}] = None; from grader.cli import main; main()"
    command = [sys.executable, "-c", program, "sign", "c.pdf", "--key", str(key)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert "pip install 'learn-transformer[" in done.stderr


def test_no_other_command_loads_what_signing_needs() -> None:
    program = "import sys, grader.cli, grader.grader; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert "grader.commands.sign" in loaded
    assert not loaded & {"cryptography", "fpdf", "grader.certificates", "grader.classroom.keys"}
