"""`grader serve`: the class server, and the classes on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from grader.commands.batch import unsandboxed_option
from grader.commands.extra import extra
from grader.commands.output import write
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.server.database import Database

F = TypeVar("F", bound=Callable[..., Any])
PACKAGES = {
    "alembic", "authlib", "httpx2", "jinja2", "joserfc", "multipart", "psycopg", "sqlalchemy",
    "starlette", "uvicorn",
}  # fmt: skip
PATH = click.Path(path_type=Path, dir_okay=False)


def data_options(function: F) -> F:
    function = click.option(
        "--database", "url", metavar="URL", help="postgresql+psycopg://…; else SQLite in --data."
    )(function)
    return click.option(
        "--data",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        required=True,
        help="The server's own folder.",
    )(function)


@click.group(invoke_without_command=True)
@data_options
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Graded at once; by default one for each core or, with --dask, each worker's thread.",
)
@click.option("--dask", metavar="ADDRESS", help="Grade on the workers of this Dask scheduler.")
@click.option("--behind-proxy", is_flag=True, help="A proxy in front of it ends TLS.")
@unsandboxed_option
@click.option("--key", type=PATH, help="Sign verdicts with this private key of `grader keygen`.")
@click.option("--login", type=PATH, help="An institution's login: docs/server.md tells the file.")
@click.pass_context
def serve(
    context: click.Context,
    folder: Path,
    url: str | None,
    host: str,
    port: int,
    jobs: int | None,
    dask: str | None,
    behind_proxy: bool,
    allow_unsandboxed: bool,
    key: Path | None,
    login: Path | None,
) -> int:
    """Serve a class: take what students hand in, grade it, and show it.

    Everything is kept in the folder of --data, or in the database of --database. With a command,
    nothing is served: it changes what is kept, also while a server runs.
    """
    context.obj = (folder, url)
    if context.invoked_subcommand is None:
        with server_extra():
            from grader.server.serve import serve as run
        with extra("dask", "A cluster", "distributed"):
            run(
                folder,
                url,
                host,
                port,
                jobs,
                dask,
                behind_proxy,
                not allow_unsandboxed,
                key,
                login,
                _ready,
            )
    return 0


def _ready(address: str) -> None:
    click.echo(f"Serving at {address}. Ctrl-C ends it; nothing that was received is lost.")


@serve.command()
@click.argument("file", type=PATH)
@click.pass_obj
def backup(kept: tuple[Path, str | None], file: Path) -> int:
    """Write all that is kept into the new FILE, also while a server runs.

    To come back to it, put FILE in the place of class.sqlite in the folder of --data.
    """
    with closing(database(kept)) as opened:
        opened.backup(file)
    click.echo(f"{file} has all that is kept as of now.")
    return 0


@serve.group("class")
def class_() -> None:
    """Classes: made, listed, changed."""


@class_.command("new")
@click.argument("name")
@click.option("--classroom", "settings", type=PATH, required=True, help="classroom.yaml")
@click.option("--roster", type=PATH, help="CSV: id,name, and role where one is no student.")
@click.pass_obj
def new(kept: tuple[Path, str | None], name: str, settings: Path, roster: Path | None) -> int:
    """Make the class NAME. Prints its code, and one by which you come in as its teacher."""
    with server_extra():
        from grader.server.members import enrol, new_class, read_roster, settings_of

    listed = read_roster(text_of(roster)) if roster else []
    with closing(database(kept)) as opened:
        made, teacher = new_class(opened, name, settings_of(settings, text_of(settings)))
        with opened.writing() as session:
            enrol(session, made, listed)
    theirs, own = f"Students join {name} with the code", "You come in as its teacher with"
    width = max(len(theirs), len(own))
    click.echo(f"{theirs:<{width}}   {made.code}")
    click.echo(f"{own:<{width}}   {teacher}   once, within seven days")
    return 0


@class_.command("roster")
@click.argument("name")
@click.argument("file", type=PATH)
@click.pass_obj
def roster(kept: tuple[Path, str | None], name: str, file: Path) -> int:
    """List the people of FILE in the class NAME. Nobody is taken out."""
    with server_extra():
        from grader.server.members import class_named, enrol, read_roster

    listed = read_roster(text_of(file))
    with closing(database(kept)) as opened, opened.writing() as session:
        done = enrol(session, class_named(session, name), listed)
    click.echo(f"{done.added} added, {done.changed} changed.")
    if done.missing:
        click.echo(f"Not in the list, and left as they are: {', '.join(done.missing)}.")
    return 0


@class_.command("code")
@click.argument("name")
@click.argument("student", metavar="ID")
@click.pass_obj
def code(kept: tuple[Path, str | None], name: str, student: str) -> int:
    """A code of their own for who has the ID in the class NAME; the teacher's is `teacher`.

    Whoever was signed in as them is signed out.
    """
    with server_extra():
        from grader.server.members import class_named, member_named
        from grader.server.tokens import new_code

    with closing(database(kept)) as opened, opened.writing() as session:
        whom = member_named(session, class_named(session, name), student)
        drawn = new_code(session, whom, datetime.now(UTC))
    click.echo(f"{whom.person.name} comes in with   {drawn}   once, within seven days")
    return 0


@class_.command("settings")
@click.argument("name")
@click.option("--classroom", "settings", type=PATH, help="Another classroom.yaml.")
@click.pass_obj
def settings(kept: tuple[Path, str | None], name: str, settings: Path | None) -> int:
    """Print the classroom.yaml of the class NAME, or change it. That counts at once."""
    with server_extra():
        from grader.server.members import change_settings, class_named, settings_of

    with closing(database(kept)) as opened, opened.writing() as session:
        found = class_named(session, name)
        if settings:
            change_settings(session, found, settings_of(settings, text_of(settings)))
        else:
            write(found.settings, None)
    return 0


def database(kept: tuple[Path, str | None]) -> Database:
    with server_extra():
        from grader.server.serve import open_database

    return open_database(*kept)


def text_of(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8. Save it so.") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from None


def server_extra() -> AbstractContextManager[None]:
    """Around imports of the server."""
    return extra("server", "The class server", *PACKAGES)
