"""`grader doctor`: does the sandbox hold here?"""

from pathlib import Path

import click

from exercises import strict_json
from grader.commands.output import WritingCommand, format_option, output_option, write
from grader.proving.doctor import examine


@click.command(cls=WritingCommand)
@format_option("text", "json")
@output_option
def doctor(form: str, output: Path | None) -> int:
    """Try to break each layer that holds learners' code, and say which ones hold here."""
    found = examine()
    in_json = strict_json.dumps(found.to_dict(), indent=2) + "\n"
    write(in_json if form == "json" else found.to_text(), output)
    return 0 if found.sandboxed else 1
