"""`learn build`: the learner's own modules, put together to a Transformer."""

from __future__ import annotations

import re

import click

from tui.commands.arguments import json_option
from tui.output import print_json, print_message
from tui.study.session import open_session_to_look

STAND_INS = "grader.worker.training.stand_ins"
DEEPEST = 3  # down to where a part of torch's is shown: the norms of a layer


@click.command("build")
@click.option("--fill", is_flag=True, help="Let our own parts stand in for what you lack.")
@click.option("--gpt", is_flag=True, help="A GPT instead, which `learn train FILE` trains.")
@json_option
def build_command(fill: bool, gpt: bool, as_json: bool) -> None:
    """Put what you have passed together to a Transformer, and show what it is made of.

    It is built in the sandbox, as your code always runs.
    """
    from grader.training.client import Training
    from grader.worker.training.settings import TEXT, Settings
    from tui.study.capstone import gather

    with open_session_to_look() as session:
        gathered = gather(session, gpt, fill)
    settings = Settings(task=TEXT if gpt else "reverse", steps=1, context=16, n_merges=2)
    text = "what a tokenizer is tried on, " * 9 if gpt else ""
    with Training(gathered.plan(settings, text)) as training:
        [tree] = [event["tree"] for event in training.events() if event["event"] == "built"]
    filled = {name: exercise.id for name, exercise in gathered.missing.items()}
    if as_json:
        print_json({"own": gathered.own, "filled": filled, "tree": tree})
        return
    own = set(gathered.own.values())
    for line in tree_lines(tree, own):
        click.echo(line)
    if filled:
        print_message(
            f"\nFilled in: {', '.join(filled)}. Pass {', '.join(filled.values())} for yours."
        )
    file, fill_in = " FILE" if gpt else "", " --fill" if filled else ""
    print_message(f"\n`learn train{file}{fill_in}` trains it.")


def tree_lines(tree: list[tuple[str, str, str, int]], own: set[str]) -> list[str]:
    """The model as a tree: each part, whose it is, and how many parameters it has.

    Of a stack of layers the first is taken apart; the others have the same parts.
    """
    rows = []
    for name, kind, module, count in tree:
        whose = "yours" if module in own else "filled in" if module == STAND_INS else ""
        parts = re.sub(r"\.(\d+)", r"[\1]", name).split(".") if name else []
        is_repeated = re.search(r"\.[1-9]\d*\.", name) is not None
        is_detail = not whose and (not count or len(parts) > DEEPEST)
        if kind == "ModuleList" or is_repeated or is_detail:
            continue
        label = f"{'  ' * len(parts)}{parts[-1] if parts else 'model'}"
        rows.append((label, kind, f"{count:,}", whose))
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    return [
        f"{label:<{widths[0]}}  {kind:<{widths[1]}}  {count:>{widths[2]}}  {whose}".rstrip()
        for label, kind, count, whose in rows
    ]
