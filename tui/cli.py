"""`learn`: the learner's command.

Results go to stdout, all else to stderr. Exit codes: 0 passed or done, 1 graded and not passed,
2 the command was used wrongly or the class refuses what it sent, 3 our error, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from io import TextIOWrapper

import click

from exercises.command_group import CommandGroup
from exercises.streams import discard_output, open_standard_streams, outlive_stderr
from tui.commands.exit_codes import INTERRUPTED
from tui.output import colour_allowed, print_message

USAGE = 2
OUR_ERROR = 3
DEBUG = "LEARN_DEBUG"

# In the order in which a newcomer meets them; `next` is `next_command` in `tui/commands/next.py`.
COMMANDS = (
    "init",
    "next",
    "plan",
    "read",
    "quiz",
    "review",
    "mistakes",
    "rewrite",
    "edit",
    "check",
    "trace",
    "hint",
    "submit",
    "join",
    "leave",
    "dispute",
    "solution",
    "build",
    "train",
    "testout",
    "exam",
    "certificate",
    "reset",
    "status",
    "search",
    "glossary",
    "faq",
    "sheet",
    "timeline",
    "resources",
    "cards",
    "settings",
    "export",
    "import",
    "figure",
    "notebook",
    "load",
    "stop",
    "doctor",
)


class Commands(CommandGroup):
    """Imports a command when it is asked for: importing them all takes as long as `learn next`."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"tui.commands.{name}"), f"{name}_command")
        return command


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""EXERCISE is an id, a part of one, or a file; without it, the exercise that you turned
    to last until you pass it, and then the next. For completion with Tab, put this into your
    shell's start-up file (or with zsh_source): eval "$(_LEARN_COMPLETE=bash_source learn)"
    """,
)
@click.version_option(package_name="learn-transformer")
@click.pass_context
def cli(context: click.Context) -> int:
    """Learn the Transformer by building one. Without a command, it opens on the whole screen."""
    context.color = None if colour_allowed() else False
    if context.invoked_subcommand is None and _is_full_screen():
        from tui.commands.first_run import offer_workspace

        offer_workspace()
        return _open_app()
    if context.invoked_subcommand is None:
        from tui.commands.next import next_command

        context.invoke(next_command, as_json=False)
        click.echo("\n`learn --help` lists all commands.")
    return 0


def _open_app() -> int:
    import gc

    # Looking for garbage among what is being imported would take a sixth of the way to the first
    # frame; the app turns it on again behind that.
    gc.disable()
    # How long (ms) a lone Escape waits for the rest of another key's sequence. Textual reads it
    # when it is imported; its own 100 ms are felt.
    os.environ.setdefault("ESCDELAY", "40")
    from tui.app.app import run

    return run()


def _is_full_screen() -> bool:
    """A pipe, a dumb terminal and a screen reader's line mode get what `learn next` prints."""
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return is_terminal and os.environ.get("TERM") not in (None, "", "dumb")


def main() -> None:
    open_standard_streams()
    outlive_stderr()
    # A terminal that lacks a letter shows `?` for it; the command does not fail.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.exit(run())


def run() -> int:
    """Run the command line; returns its exit code."""
    try:
        return cli.main(prog_name="learn", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return USAGE
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            click.echo(err=True)  # the cursor is still behind what was printed last
        return INTERRUPTED
    except click.Abort:
        return INTERRUPTED
    except Exception as error:
        if os.environ.get(DEBUG):
            import traceback

            traceback.print_exc()
        return _explain(error)


def _explain(error: Exception) -> int:
    # The errors of every package carry a sentence and an exit code. Their bases are not named here,
    # because importing them would load the grader for `learn next`.
    exit_code = getattr(error, "exit_code", None)
    if isinstance(exit_code, int):
        print_message(str(error), err=True)
        return exit_code
    if isinstance(error, OSError) and error.strerror:
        where = error.filename or "Something could not be read or written"
        print_message(f"{where}: {error.strerror}.", err=True)
        discard_output()  # which may be what could not be written
        return OUR_ERROR
    print_message(
        f"This is a mistake of the course, not yours: {type(error).__name__}: {error}."
        f" Run it again with {DEBUG}=1 to see where.",
        err=True,
    )
    return OUR_ERROR
