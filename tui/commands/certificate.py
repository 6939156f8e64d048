"""`learn certificate`: what an exam that was passed is shown with."""

from __future__ import annotations

from pathlib import Path

import click

from exercises.files import write_output
from tui.commands.prompt import read_line
from tui.output import print_message, shown
from tui.study.certificate import certificate_facts, passed_exam
from tui.study.exam import ExamError
from tui.study.session import open_session_to_look

DEFAULT = Path("certificate.svg")

file_type = click.Path(dir_okay=False, path_type=Path)


@click.command("certificate")
@click.option("--svg", type=file_type, help="Write it as a picture.  [default: certificate.svg]")
@click.option("--pdf", type=file_type, help="Write it as a page to print.")
@click.option("--name", help="Whose it is; asked for otherwise.")
def certificate_command(svg: Path | None, pdf: Path | None, name: str | None) -> None:
    """Write a certificate of the final exam that you passed last.

    It says that it is not signed, and is worth what your word is worth. A classroom that has seen
    the exam signs it: `grader sign`.
    """
    files = {".svg": svg, ".pdf": pdf} if svg or pdf else {".svg": DEFAULT}
    wanted = {suffix: file for suffix, file in files.items() if file}
    with open_session_to_look() as session:
        record = passed_exam(session)
        for suffix, file in wanted.items():
            _check(file, suffix)
        if name is None:
            name = read_line("Your name, as it shall stand there: ") or ""
        facts = certificate_facts(session, record, name)
    from grader.certificates import draw

    drawn = {file: draw(facts, suffix) for suffix, file in wanted.items()}
    for file, content in drawn.items():
        write_output(file, content)
        print_message(f"Your certificate is in {shown(file)}.")


def _check(file: Path, suffix: str) -> None:
    """By its suffix `grader sign` knows what it has before it. One that is there may be signed."""
    if file.suffix.lower() != suffix:
        raise ExamError(f"{file} must end with {suffix}.")
    if file.exists():
        raise ExamError(f"{file} is there already, and is left as it is. Give another name.")
