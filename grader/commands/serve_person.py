"""`grader serve … person`: what is kept of one person, exported or deleted."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from exercises import strict_json
from grader.commands.output import write
from grader.commands.serve import database, server_extra


@click.group("person")
def person() -> None:
    """One person's data: exported, deleted."""


@person.command("export")
@click.argument("name", metavar="CLASS")
@click.argument("student", metavar="ID")
@click.pass_obj
def export(kept: tuple[Path, str | None], name: str, student: str) -> int:
    """Print all that is kept of who has the ID in the CLASS, as JSON."""
    with server_extra():
        from grader.server.members import class_named, member_named
        from grader.server.privacy import exported

    with closing(database(kept)) as opened, opened.reading() as session:
        whom = member_named(session, class_named(session, name), student)
        write(strict_json.dumps(exported(session, whom.person), indent=1) + "\n", None)
    return 0


@person.command("delete")
@click.argument("name", metavar="CLASS")
@click.argument("student", metavar="ID")
@click.pass_obj
def delete(kept: tuple[Path, str | None], name: str, student: str) -> int:
    """Delete who has the ID in the CLASS: name, id, files and reports. Nothing brings it back.

    What was graded stays as bare numbers under a drawn name, for the time that `retention` in
    classroom.yaml gives.
    """
    with server_extra():
        from grader.server.members import class_named, member_named
        from grader.server.privacy import forget

    with closing(database(kept)) as opened, opened.writing() as session:
        drawn = forget(session, member_named(session, class_named(session, name), student).person)
    click.echo(f"{student} is deleted. What was graded stays, under {drawn}.")
    return 0
