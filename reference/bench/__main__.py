"""`python -m reference.bench`: our speed beside `torch.nn.Transformer` and `transformers` GPT-2.

Each pair has the same sizes, parameter count, dtype, threads, batches and optimiser, and no
dropout, which the three place differently.
"""

import json
import platform
from dataclasses import asdict
from typing import Any

import click
import torch
import transformers

from reference.bench.contest import compare, decoder_only, encoder_decoder
from reference.bench.rivals import SIZES
from reference.device import choose_device


def machine(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()} {device.type}, {torch.get_num_threads()} threads"


def as_text(report: dict[str, Any]) -> str:
    lines = ["{machine}, {dtype}, torch {torch}".format(**report), ""]
    lines.append(f"{'':34}{'ours':>12}{'theirs':>12}{'ratio':>8}")
    row = (
        "{task:34}{our_tokens_per_second:12,.0f}{their_tokens_per_second:12,.0f}"
        "{ratio:8.2f}  {opponent}"
    )
    lines += [row.format(**result) for result in report["results"]]
    return "\n".join([*lines, "", "tokens per second; a ratio above 1 means ours is faster"])


@click.command(help=__doc__)
@click.option("--device", "device_name", default="auto", show_default=True)
@click.option("--dtype", type=click.Choice(["float32", "bfloat16", "float16"]), default="float32")
@click.option("--size", type=click.Choice(list(SIZES)), help="Default: base on GPUs, else small.")
@click.option("--rounds", type=click.IntRange(1), default=15, show_default=True)
@click.option("--threads", type=click.IntRange(1), help="CPU threads; default: PyTorch's choice.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def main(
    device_name: str, dtype: str, size: str | None, rounds: int, threads: int | None, form: str
) -> None:
    try:
        device = choose_device(device_name)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    if threads is not None:
        torch.set_num_threads(threads)
    torch.manual_seed(0)
    chosen = SIZES[size or ("small" if device.type == "cpu" else "base")]
    precision = getattr(torch, dtype)
    results = [
        compare(contest, rounds, device)
        for contests in (encoder_decoder, decoder_only)
        for contest in contests(chosen, precision, device)
    ]
    report = {
        "machine": machine(device),
        "dtype": dtype,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "size": asdict(chosen),
        "rounds": rounds,
        "results": [asdict(result) for result in results],
    }
    click.echo(json.dumps(report, indent=2) if form == "json" else as_text(report))


if __name__ == "__main__":
    main()
