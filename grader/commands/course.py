"""The options that name a teacher's own course."""

from pathlib import Path

import click

_folder = click.Path(path_type=Path, resolve_path=True, file_okay=False)

course_option = click.option(
    "--course",
    type=_folder,
    metavar="DIR",
    help="A course of your own; docs/own-exercises.md shows what is in it.",
)
course_argument = click.option(
    "--course", type=_folder, metavar="DIR", required=True, help="Your course; made if need be."
)
