"""`grader verify`: is a file as the holder of a key has signed it?"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.commands.output import existing_file
from grader.report import Report, printable

if TYPE_CHECKING:
    from grader.classroom.receipts import Receipt


@click.command()
@existing_file
@click.option(
    "--key", required=True, type=click.Path(path_type=Path), help="The public key: FILE.pub."
)
def verify(file: Path, key: Path) -> int:
    """Tell whether FILE is as it was signed, and what is in it. No network is needed.

    Ends with 0 where it is, and with 1 where it was changed, or is not signed with this key.
    """
    from grader.classroom import receipts, signatures
    from grader.classroom.keys import read_public_key

    public = read_public_key(key)
    try:
        if receipts.are_receipts(whole := file.read_bytes()):
            found = [_receipt(one) for one in receipts.verified(whole, public)]
            click.echo("\n".join([f"{file}: genuine.", *found]))
            return 0
        content, line = signatures.detach(file)
        signature = signatures.verify(content, line, public)
    except signatures.NotGenuine as error:
        click.echo(f"{file}: NOT GENUINE. {error}")
        return error.exit_code
    click.echo(
        f"{file}: genuine. Signed with the key {signature.key} at"
        f" {signature.at:%Y-%m-%d %H:%M} UTC, and not changed since."
    )
    if signatures.holds_its_own(file):
        from grader.certificates.facts import read_facts
        from grader.classroom.signed_certificate import told

        click.echo(told(read_facts(content)))
    for report in _reports(content):
        click.echo(_summary(report))
    return 0


def _receipt(receipt: "Receipt") -> str:
    at = receipt.received
    when = f"received {at:%Y-%m-%d %H:%M} UTC" if at else "received before it was signed"
    lines = [f"{receipt.student}: {when}, signed {receipt.signature.at:%Y-%m-%d %H:%M} UTC"]
    for exercise, files in receipt.answers.items():
        lines.append(f"  {exercise}, suite {receipt.suites[exercise]}")
        lines += [f"    {name} sha256 {digest}" for name, digest in files.items()]
        lines += [] if files else ["    nothing that could be graded"]
    return printable("\n".join(lines))


def _reports(content: bytes) -> list[Report]:
    """What `grader run --format json` wrote, one report or a list; none of another file."""
    try:
        data = json.loads(content)
        return [Report.from_dict(one) for one in (data if isinstance(data, list) else [data])]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return []


def _summary(report: Report) -> str:
    lines = [
        f"{report.exercise}: {report.outcome}, {report.points:g} of {report.max_points:g} points,"
        f" seed {report.seed}, on {report.device}"
    ]
    if made := report.provenance:
        lines += [
            f"source    sha256 {made.source_sha256}",
            f"suite     {made.suite_version}",
            "packages  " + ", ".join(f"{name} {is_}" for name, is_ in made.packages.items()),
        ]
    lines.append("sandbox   " + ", ".join(f"{name} {is_}" for name, is_ in report.layers.items()))
    return printable("\n".join(f"  {line}" for line in lines))
