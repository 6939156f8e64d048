"""`grader bench`: how long does a verdict take here?"""

from pathlib import Path

import click

from exercises import strict_json
from exercises.catalog import load_catalog
from grader.commands.output import WritingCommand, format_option, output_option, write
from grader.errors import UsageError
from grader.proving.batch_bench import BatchBenchResult, bench_batch
from grader.proving.bench import BenchResult
from grader.proving.bench import bench as measure


@click.command(cls=WritingCommand)
@click.option("--exercise", default="scaled_dot_product_attention", show_default=True)
@click.option("--runs", type=click.IntRange(2), default=50, show_default=True)
@click.option("--batch", is_flag=True, help="How many a second, with one job and with two.")
@click.option(
    "--peers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PYTHON",
    help="With --batch: a Python with torch, otter-grader and nbgrader, to compare with.",
)
@format_option("text", "json")
@output_option
def bench(
    exercise: str, runs: int, batch: bool, peers: Path | None, form: str, output: Path | None
) -> int:
    """Time a verdict, beside the suite without isolation and beside plain pytest.

    With --batch, count the verdicts of a second instead, on softmax.
    """
    if peers and not batch:
        raise UsageError("--peers goes with --batch.")
    result: BenchResult | BatchBenchResult
    if batch:
        result = bench_batch(runs, (1, 2), peers)
    else:
        result = measure(load_catalog().exercise(exercise), runs)
    in_json = strict_json.dumps(result.to_dict(), indent=2) + "\n"
    write(in_json if form == "json" else result.to_text(), output)
    return 0
