"""`grader bench`: how long does a verdict take here?"""

import json
from pathlib import Path

import click

from exercises.catalog import load_catalog
from grader.commands.output import format_option, output_option, write
from grader.proving.bench import bench as measure


@click.command()
@click.option("--exercise", default="scaled_dot_product_attention", show_default=True)
@click.option("--runs", type=click.IntRange(2), default=50, show_default=True)
@format_option("text", "json")
@output_option
def bench(exercise: str, runs: int, form: str, output: Path | None) -> int:
    """Time a verdict, beside the suite without isolation and beside plain pytest."""
    result = measure(load_catalog().exercise(exercise), runs)
    in_json = json.dumps(result.to_dict(), indent=2) + "\n"
    write(in_json if form == "json" else result.to_text(), output)
    return 0
