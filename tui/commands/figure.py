"""`learn figure`: what the Lab draws, as text or as a picture in a file."""

from __future__ import annotations

from pathlib import Path

import click

from tui.commands.arguments import json_option
from tui.figures import lab_process
from tui.figures.figure import Figure, text
from tui.output import print_json, print_message, shown, width


@click.command("figure")
@click.argument("name", required=False)
@click.argument("settings", nargs=-1, metavar="[PARAMETER=VALUE]...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Save a picture instead (.png, .svg or .pdf).",
)
@json_option
def figure_command(
    name: str | None, settings: tuple[str, ...], out: Path | None, as_json: bool
) -> None:
    """Draw a figure from the reference's numbers. Without NAME, list the figures."""
    if name is None:
        _list(as_json)
        return
    [answer] = lab_process.ask_once(
        lab_process.request(name, dict(map(lab_process.setting, settings)))
    )
    figure = Figure.read(answer)
    if out:
        from tui.figures.picture import save

        save(figure, out)
        print_message(f"Saved {shown(out)}.", err=as_json)
    if as_json:
        print_json(answer)
    elif not out:
        click.echo(text(figure, width()))


def _list(as_json: bool) -> None:
    [answer] = lab_process.ask_once(lab_process.LIST)
    if as_json:
        print_json(answer)
        return
    for entry in lab_process.entries(answer):
        click.secho(f"{entry.name}  {entry.title}", bold=True)
        for parameter in entry.parameters:
            default, *values = map(lab_process.spelt, (parameter.default, *parameter.values))
            click.echo(f"    {parameter.name}={default}  {parameter.description}")
            click.secho(f"        {' '.join(values)}", dim=True)
