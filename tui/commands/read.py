"""`learn read`: a chapter's lesson, in a pager on a terminal and as plain text elsewhere."""

import sys

import click

from exercises.catalog import CatalogError, Chapter
from exercises.lesson import find_section
from tui.commands.arguments import chapter_argument
from tui.output import colour_wanted, width
from tui.study.session import now, open_session
from tui.text.lesson_markdown import plain


@click.command("read")
@chapter_argument
def read_command(chapter: str | None) -> None:
    """Read a chapter's lesson. CHAPTER is a number or a name; without it, the next one.

    A topic, as `learn search` names it, shows its section only.
    """
    with open_session() as session:
        if chapter and (section := find_section(session.catalog, chapter)):
            _show(f"## {section.title}\n\n{section.text}")
            return
        chosen = session.chapter(chapter)
        _show(_text(chosen))
        session.progress.mark_read(chosen.id, now())


def _show(text: str) -> None:
    if sys.stdout.isatty():
        click.echo_via_pager(_rendered(text), color=None if colour_wanted() else False)
    else:
        click.echo(plain(text))


def _text(chapter: Chapter) -> str:
    try:
        return chapter.lesson.read_text("utf-8")
    except FileNotFoundError:
        raise CatalogError(chapter.lesson, "is missing; this chapter has no lesson yet") from None


def _rendered(text: str) -> str:
    from rich.console import Console
    from rich.markdown import Markdown

    from tui.text.terminal import for_terminal

    console = Console(width=width(), force_terminal=True, no_color=not colour_wanted())
    with console.capture() as capture:
        console.print(Markdown(for_terminal(plain(text), width())))
    return capture.get()
