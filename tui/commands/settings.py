"""`learn settings`: see and change what the learner may choose."""

from __future__ import annotations

import click

from tui.commands.arguments import json_option
from tui.output import print_json
from tui.progress.settings import SETTINGS
from tui.study.session import open_session, open_session_to_look


# So that -5 is a value like another, of which we say what is wrong.
@click.command("settings", context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.argument("value", required=False)
@json_option
def settings_command(name: str | None, value: str | None, as_json: bool) -> None:
    """List the settings, or set NAME to VALUE."""
    with (open_session if value else open_session_to_look)() as session:
        settings = session.progress.settings
        if name and value:
            settings.change(name, value)
        chosen = {name: settings[name]} if name else settings.all()
    if as_json:
        print_json(chosen)
        return
    for each, now in chosen.items():
        click.echo(f"{each} = {now}   {SETTINGS[each].description}")
