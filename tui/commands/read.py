"""`learn read`: a chapter's lesson, in a pager on a terminal and as plain text elsewhere."""

import sys

import click

from exercises.catalog import CatalogError, Chapter
from tui import lesson
from tui.arguments import chapter_argument
from tui.output import colour_wanted, width
from tui.session import now, open_session


@click.command("read")
@chapter_argument
def read_command(chapter: str | None) -> None:
    """Read a chapter's lesson. CHAPTER is a number or a name; without it, the next one."""
    with open_session() as session:
        chosen = session.chapter(chapter)
        text = _text(chosen)
        if sys.stdout.isatty():
            click.echo_via_pager(_rendered(text), color=None if colour_wanted() else False)
        else:
            click.echo(lesson.plain(text))
        session.progress.mark_read(chosen.id, now())


def _text(chapter: Chapter) -> str:
    try:
        return chapter.lesson.read_text("utf-8")
    except FileNotFoundError:
        raise CatalogError(chapter.lesson, "is missing; this chapter has no lesson yet") from None


def _rendered(text: str) -> str:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(width=width(), force_terminal=True, no_color=not colour_wanted())
    with console.capture() as capture:
        console.print(Markdown(lesson.as_markdown(text)))
    return capture.get()
