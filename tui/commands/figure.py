"""`learn figure`: what the Lab draws, as text or as a picture in a file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tui import figures, lab
from tui.arguments import json_option
from tui.output import print_json, shown, width


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
    [answer] = lab.ask_once(lab.request(name, dict(map(lab.setting, settings))))
    figure = figures.Figure.read(answer)
    if out:
        from tui.pictures import save

        save(figure, out)
        click.echo(f"Saved {shown(out)}.", err=as_json)
    if as_json:
        print_json(answer)
    elif not out:
        click.echo(figures.text(figure, width()))


def _list(as_json: bool) -> None:
    [answer] = lab.ask_once(lab.LIST)
    if as_json:
        print_json(answer)
        return
    for entry in lab.entries(answer):
        click.secho(f"{entry.name}  {entry.title}", bold=True)
        for parameter in entry.parameters:
            values = " ".join(json.dumps(value) for value in parameter.values)
            click.echo(f"    {parameter.name}={json.dumps(parameter.default)}  {parameter.says}")
            click.secho(f"        {values}", dim=True)
