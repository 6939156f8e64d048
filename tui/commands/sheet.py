"""`learn sheet`: what to remember, on a page."""

from __future__ import annotations

import click

from exercises.catalog import CatalogError, Chapter
from exercises.course_here import catalog_here
from exercises.files import course_text
from exercises.lesson import takeaways
from quizzes.bank import load_bank
from tui.commands.arguments import chapter_argument
from tui.text.plain import wrapped


@click.command("sheet")
@chapter_argument
@click.option("--markdown", is_flag=True, help="Print the Markdown, for a printer.")
def sheet_command(chapter: str | None, markdown: bool) -> None:
    """Show the key takeaways of CHAPTER; without it, the cheat sheet of the course."""
    text = _of_chapter(catalog_here().find_chapter(chapter)) if chapter else _of_course()
    click.echo(text if markdown else wrapped(text))


def _of_chapter(chapter: Chapter) -> str:
    text = takeaways(chapter)
    if text is None:
        raise CatalogError(chapter.lesson, "has no section with key takeaways yet")
    return f"# {chapter.title}\n\n{text}"


def _of_course() -> str:
    file = load_bank(catalog_here()).cheat_sheet
    try:
        return course_text(file)
    except FileNotFoundError:
        raise CatalogError(file, "is missing; the course has no cheat sheet yet") from None
