"""`grader batch` and `grader results`: a class, graded once and reported as often as asked."""

import os
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exercises import strict_json
from exercises.words import plural
from grader.commands.course import course_option, named_catalog
from grader.commands.extra import extra
from grader.commands.output import OutputFile, WritingCommand, output_option, status_line, write
from grader.errors import UsageError
from grader.grader import Grader
from grader.submission import SEEDS

if TYPE_CHECKING:
    from grader.classroom.keys import Ed25519PrivateKey
    from grader.classroom.settings import Classroom
    from grader.classroom.store import Store

SHOW_SECONDS = 0.2  # between two lines of progress
UNPROTECTED = (
    "grader: UNPROTECTED. With --allow-unsandboxed, code of students may read this machine and"
    " forge its own verdict. Every result says so where a layer is missing."
)

path = click.Path(path_type=Path)
classroom_option = click.option(
    "--classroom", "settings", required=True, type=path, metavar="FILE", help="classroom.yaml"
)


def _beside_classroom(
    context: click.Context, parameter: click.Parameter, file: Path | None
) -> Path | None:
    # What was given is read before what was not: the classroom is known here.
    settings: Path | None = context.params.get("settings")
    return file or (settings.parent / f"{settings.stem}.sqlite" if settings else None)


store_option = click.option(
    "--store",
    "file",
    type=path,
    callback=_beside_classroom,
    metavar="FILE",
    help="Where verdicts are kept; classroom.sqlite beside classroom.yaml otherwise.",
)
jobs_option = click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, show_default="cores"
)
dask_option = click.option(
    "--dask", metavar="ADDRESS", help="Grade on the workers of this Dask scheduler."
)
unsandboxed_option = click.option(
    "--allow-unsandboxed", is_flag=True, help="Grade where a layer is missing."
)


def warn_unsandboxed(allowed: bool) -> None:
    if allowed:
        click.echo(UNPROTECTED, err=True)


@click.command(cls=WritingCommand)
@click.argument("source", type=path, metavar="SUBMISSIONS")
@classroom_option
@course_option
@store_option
@jobs_option
@dask_option
@click.option("--seed", type=click.IntRange(0, SEEDS - 1), help="Of a new store; drawn otherwise.")
@click.option("--device", default="cpu", show_default=True, help="cpu or cuda.")
@click.option(
    "--received",
    metavar="TIME",
    help='When these came, "2026-12-01 23:59" in the zone of classroom.yaml, unless they tell it.',
)
@click.option(
    "--receipts",
    type=(path, OutputFile()),
    metavar="KEY FILE",
    help="Sign a line for each hand-in with this key of `grader keygen`, and write them to FILE.",
)
@unsandboxed_option
def batch(
    source: Path,
    settings: Path,
    course: Path | None,
    file: Path,
    jobs: int,
    dask: str | None,
    seed: int | None,
    device: str,
    received: str | None,
    receipts: tuple[Path, Path] | None,
    allow_unsandboxed: bool,
) -> int:
    """Grade what a class handed in: a folder or zip as it was downloaded, or git clones.

    Each verdict is kept at once. Run it again after a kill, or with more hand-ins: nothing is
    graded twice. `grader results` then says what each student gets.
    """
    from grader.classroom.batch import Batch
    from grader.classroom.hand_ins import downloaded
    from grader.classroom.settings import read_classroom

    classroom = read_classroom(settings, named_catalog(course))
    at = _moment(received, classroom.zone)
    key = _key(receipts[0]) if receipts else None
    warn_unsandboxed(allow_unsandboxed)
    with (
        downloaded(source) as hand_ins,
        opened_store(file) as store,
        store.held(),
    ):
        seed = _seed(store, seed)
        with grader_of(jobs, dask, classroom) as grader, status_line() as line:
            noted: list[tuple[str, str]] = []
            run = Batch(
                *(grader, store, classroom, seed, device, not allow_unsandboxed),
                noted=lambda student, hand_in: noted.append((student, hand_in)),
            )
            progress = run.run(hand_ins, at, _now_and_then(line))
        if receipts and key:
            write(_receipts(store, classroom, key, noted), receipts[1])
        earlier = run.judged_by_earlier_suites()
    click.echo(
        f"{plural(progress.total, 'hand-in')}: {plural(progress.graded, 'answer')} graded,"
        f" {progress.kept} known already, {plural(progress.errors, 'error')} of ours.",
        err=True,
    )
    if earlier:
        click.echo(
            f"{plural(earlier, 'answer keeps', 'answers keep')} the verdict of an earlier suite."
            " `grader regrade --dry-run` shows what the suites of today would change.",
            err=True,
        )
    return 3 if progress.errors else 0


@click.command(cls=WritingCommand)
@classroom_option
@course_option
@store_option
@output_option
def results(settings: Path, course: Path | None, file: Path, output: Path | None) -> int:
    """What each student gets today, as JSON lines that `grader gradebook` takes."""
    from grader.classroom.grades import grades
    from grader.classroom.settings import read_classroom

    classroom = read_classroom(settings, named_catalog(course))
    with opened_store(file, is_new=False) as store:
        found = list(grades(store.hand_ins(), classroom))
    lines = (strict_json.dumps(result, ensure_ascii=False) for result in found)
    write("".join(f"{line}\n" for line in lines), output)
    return 0


def _key(file: Path) -> "Ed25519PrivateKey":
    from grader.classroom.keys import read_private_key

    return read_private_key(file)


def _receipts(
    store: "Store",
    classroom: "Classroom",
    key: "Ed25519PrivateKey",
    noted: Sequence[tuple[str, str]],
) -> str:
    from grader.classroom.receipts import Receipts

    receipts = Receipts(store, classroom.catalog, key, datetime.now(UTC))
    return "".join(f"{receipts.line(student, hand_in)}\n" for student, hand_in in noted)


def opened_store(file: Path, is_new: bool = True) -> "Store":
    from grader.classroom.store import Store

    if not is_new and not file.is_file():
        raise UsageError(f"There is no file {file}. `grader batch` writes it.")
    return Store(file)


def grader_of(jobs: int, dask: str | None, classroom: "Classroom") -> Grader:
    if dask is None:
        return Grader(jobs)
    with extra("dask", "A cluster", "distributed"):
        from grader.classroom.cluster import Cluster
    return Cluster(dask, classroom.points, classroom.catalog.course.folder)


def _seed(store: "Store", asked: int | None) -> int:
    """The same questions for everybody, also for those who come later."""
    fresh = secrets.randbelow(SEEDS) if asked is None else asked
    seed = int(store.setting("seed", str(fresh)))
    if asked not in (None, seed):
        raise UsageError(
            f"This store asks with the seed {seed}. Leave --seed out, or name another --store."
        )
    return seed


def _moment(text: str | None, zone: tzinfo | None) -> datetime | None:
    """On the clock of `classroom.yaml`; where that names none, of this machine."""
    if text is None:
        return None
    try:
        at = datetime.strptime(text, "%Y-%m-%d %H:%M")
        return at.replace(tzinfo=zone) if zone else at.astimezone()
    except ValueError:
        raise UsageError(f"{text!r} is no time. Write it as 2026-12-01 23:59.") from None


def _now_and_then(show: Callable[[str], None]) -> Callable[[str], None]:
    """A line that changes a hundred times a second cannot be read."""
    shown = 0.0

    def show_some(line: str) -> None:
        nonlocal shown
        if time.monotonic() - shown > SHOW_SECONDS:
            shown = time.monotonic()
            show(line)

    return show_some
