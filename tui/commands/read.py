"""`learn read`: a topic of a lesson, in a pager on a terminal and as plain text elsewhere."""

import os
import sys

import click

from exercises.catalog import CatalogError, Chapter, Topic
from exercises.errors import CourseError
from exercises.lesson import Section, find_section, load_lesson
from tui.commands.arguments import part_argument
from tui.commands.next import print_step
from tui.output import colour_wanted, print_message, width
from tui.study.clock import now
from tui.study.session import Session, open_session, open_session_to_look
from tui.text.lesson_markdown import Drawings, figure_calls, plain
from tui.text.plain import CODE_INDENT, wrapped

# What `less` shows below, in place of a bare colon, where the learner has no settings for it.
KEYS_OF_LESS = "-R -PsSpace goes on, b goes back, q ends the reading$"
COUNTS_BY_DONE = "This does not count as reading yet. When you have read it: learn read {} --done"


@click.command("read")
@part_argument
@click.option("--done", is_flag=True, help="Show nothing; note that it was read.")
def read_command(part: str | None, done: bool) -> None:
    """Read a topic; without PART, the next one. A chapter's name shows its whole lesson.

    On a terminal, the text is shown by $PAGER (`PAGER=cat` prints it), the questions of the topic
    follow, and it counts as read. Where it goes to a file or another program, `learn read PART
    --done` says that you have read it.
    """
    with (open_session if done else open_session_to_look)() as session:
        if part and not done and (section := _section_without_topic(session, part)):
            _show(_markdown(section))
            return
        chapter, topic = session.reading(part)
        if done:
            _note(session, chapter, topic)
            return
        _show(_text(chapter, topic))
        if not _is_watched():
            print_message(COUNTS_BY_DONE.format(topic.id if topic else part), err=True)
        elif topic:
            _ask(session, topic)
            _note(session, chapter, topic)


def _section_without_topic(session: Session, part: str) -> Section | None:
    """One that search leads to, and that no topic has."""
    return None if part in session.catalog.topics else find_section(session.catalog, part)


def _note(session: Session, chapter: Chapter, topic: Topic | None) -> None:
    at = now()
    for read in (topic,) if topic else chapter.topics:
        session.progress.mark_read(read.id, at)
    print_message(f"Read: {(topic or chapter).title}.\n")
    print_step(session, session.next_step())


def _ask(session: Session, topic: Topic) -> None:
    """What the app asks between the steps; the easiest of what was not known yet."""
    from quizzes.bank import load_bank
    from tui.commands.quiz_console import PlainLines, play
    from tui.study.quiz_round import lesson_round

    asked = lesson_round(topic, load_bank(session.catalog), session.progress)
    if asked.current:
        print_message(f"{topic.title}: a few questions. Ctrl-D leaves them.")
        play(asked, PlainLines(session.catalog), now)


def _is_watched() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _show(text: str) -> None:
    text = plain(text, _drawings(text))
    if sys.stdout.isatty():
        os.environ.setdefault("LESS", KEYS_OF_LESS)
        click.echo_via_pager(_rendered(text), color=None if colour_wanted() else False)
    else:
        click.echo(wrapped(text))


def _drawings(text: str) -> Drawings:
    """The lesson's figures as text; none where they cannot be computed."""
    from tui.figures.figure import Figure
    from tui.figures.figure import text as drawn
    from tui.figures.lab_process import ask_once, request, setting

    calls = figure_calls(text)
    asked = [request(call.name, dict(map(setting, call.settings))) for call in calls]
    try:
        answers = ask_once(*asked) if asked else []
    except CourseError:  # each figure is then a command, which says what is wrong
        return {}
    room = width() - CODE_INDENT
    pictures = (drawn(Figure.read(answer), room) for answer in answers)
    return dict(zip(calls, pictures, strict=True))


def _text(chapter: Chapter, topic: Topic | None) -> str:
    try:
        if topic is None:
            return chapter.lesson.read_text("utf-8")
        found = load_lesson(chapter.lesson).of_topic(chapter, topic)
    except FileNotFoundError:
        raise CatalogError(chapter.lesson, "is missing; this chapter has no lesson yet") from None
    if not found:
        raise CatalogError(chapter.lesson, f"has no section {{#{topic.id}}}")
    return "\n\n".join(map(_markdown, found))


def _markdown(section: Section) -> str:
    return f"## {section.title}\n\n{section.text}"


def _rendered(text: str) -> str:
    from rich.console import Console
    from rich.markdown import Markdown

    from tui.text.terminal import for_terminal

    console = Console(width=width(), force_terminal=True, no_color=not colour_wanted())
    with console.capture() as capture:
        console.print(Markdown(for_terminal(text, width())))
    return capture.get()
