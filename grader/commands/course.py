"""The options that name a teacher's own course."""

from pathlib import Path

import click

from exercises.catalog import Catalog, catalog_in

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


def named_catalog(course: Path | None) -> Catalog | None:
    """Of the course that was named; None leaves it to whoever else may say."""
    return catalog_in(course) if course else None
