"""`grader sign`: put a classroom's name to a file."""

from datetime import UTC, datetime
from pathlib import Path

import click

from exercises.files import write_atomically
from grader.commands.output import existing_file
from grader.errors import UsageError


@click.command()
@existing_file
@click.option(
    "--key", required=True, type=click.Path(path_type=Path), help="The private key, of `keygen`."
)
@click.option("--by", default="", metavar="NAME", help="Who signs; stands on a certificate.")
def sign(file: Path, key: Path, by: str) -> None:
    """Sign FILE: a report, a certificate or any other file.

    A certificate (.svg or .pdf) is drawn anew from the facts in it, with your name, and holds its
    signature itself. Sign one only where you know the facts to be true: you have seen the exam. For
    another file the signature is put beside it, in FILE.sig.
    """
    from grader.classroom import signatures
    from grader.classroom.keys import read_private_key

    private = read_private_key(key)
    now = datetime.now(UTC)
    if signatures.holds_its_own(file):
        from grader.classroom.signed_certificate import drawn_anew

        content, facts = drawn_anew(file, private.public_key(), by, now)
    elif by:
        raise UsageError("--by is for certificates. In another file there is no place for a name.")
    else:
        content, facts = file.read_bytes(), ""
    line = signatures.sign(content, private, now)
    for path, written in signatures.attach(file, content, line).items():
        write_atomically(path, written)  # never through a link that a student has put there
        click.echo(f"Signed: {path}.")
    if facts:
        click.echo(facts)
