"""`grader`: the classroom's command. Results go to stdout, everything else to stderr.

Exit codes: 0 passed, 1 graded and not passed, 2 usage, 3 our error; of a command that was stopped,
130 by Ctrl-C, and 141 where nobody read on.
"""

import sys
import traceback

import click

from exercises.command_group import CommandGroup
from exercises.errors import CourseError
from exercises.streams import discard_output, open_standard_streams, outlive_stderr
from grader.commands.audit import audit
from grader.commands.batch import batch, results
from grader.commands.bench import bench
from grader.commands.classroom import classroom
from grader.commands.dispute import dispute
from grader.commands.doctor import doctor
from grader.commands.gradebook import gradebook
from grader.commands.keygen import keygen
from grader.commands.new import new
from grader.commands.regrade import regrade
from grader.commands.report import report
from grader.commands.run import run
from grader.commands.serve import serve
from grader.commands.serve_person import person
from grader.commands.settle import settle
from grader.commands.sign import sign
from grader.commands.verify import verify
from grader.errors import GraderError
from grader.report import printable

INTERRUPTED = 130


class Commands(CommandGroup):
    UNREAD = 141  # what shells report for SIGPIPE; with 0 a report might look verified


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="learn-transformer")
def cli() -> None:
    """Grade exercises against their hidden suites."""


COMMANDS = (
    run,
    classroom,
    batch,
    results,
    regrade,
    report,
    gradebook,
    serve,
    dispute,
    settle,
    keygen,
    sign,
    verify,
    new,
    audit,
    doctor,
    bench,
)
for command in COMMANDS:
    cli.add_command(command)
serve.add_command(person)


def main() -> None:
    """Run the command; each kind of failure has its own exit code and one clear sentence."""
    open_standard_streams()
    outlive_stderr()
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Exit as error:
        status = error.exit_code
    except click.Abort:
        status = INTERRUPTED
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (GraderError, CourseError) as error:
        click.echo(f"grader: {printable(str(error))}", err=True)
        status = error.exit_code
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"grader: {printable(f'{where}{error.strerror or error}')}.", err=True)
        discard_output()  # which may be what could not be written
        status = 3
    except Exception:
        # Python's own exit code for this is 1, which would read as a failed submission.
        traceback.print_exc()
        click.echo("grader: This is our error, not the submission's.", err=True)
        status = 3
    sys.exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
