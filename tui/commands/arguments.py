"""The arguments and options that commands share, with completion in the shell."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from exercises.course_here import catalog_here


def _complete_exercise(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return [
        CompletionItem(exercise.id, help=exercise.title)
        for exercise in catalog_here().exercises
        if exercise.id.startswith(incomplete)
    ]


def _complete_chapter(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return [
        CompletionItem(chapter.id, help=chapter.title)
        for chapter in catalog_here().chapters
        if chapter.id.startswith(incomplete)
    ]


def _complete_part(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    topics = [
        CompletionItem(id, help=topic.title)
        for id, (_, topic) in catalog_here().topics.items()
        if id.startswith(incomplete)
    ]
    return topics + _complete_chapter(context, parameter, incomplete)


exercise_argument = click.argument("exercise", required=False, shell_complete=_complete_exercise)
chapter_argument = click.argument("chapter", required=False, shell_complete=_complete_chapter)
part_argument = click.argument("part", required=False, shell_complete=_complete_part)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
mine_option = click.option(
    "--mine", is_flag=True, help="Your file may import what you have passed, by its exercise's id."
)
full_option = click.option("--full", is_flag=True, help="Show the call of every test that failed.")
seed_option = click.option("--seed", type=int, help="Ask with these numbers; else with new ones.")
