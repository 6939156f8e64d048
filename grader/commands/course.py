"""The option that names a teacher's own course, as several commands take it."""

from pathlib import Path

import click

course_option = click.option(
    "--course",
    type=click.Path(path_type=Path, resolve_path=True),
    metavar="DIR",
    help="A course of your own; docs/own-exercises.md shows what is in it.",
)
