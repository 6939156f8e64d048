"""The places of the app. To add one, write its page in `screens` and its line in `PLACES`.

A place is reached by `g` and its letter, from the bar at the top, and from the command palette;
all three are made from this table. A letter occurs in its title, where the bar underlines it.
The table imports nothing of the app, so that every part of it may look here; `app.py` alone builds.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """`page` is a class in the module `tui.app.screens.<name>`, imported on the first visit."""

    name: str
    key: str
    title: str
    page: str
    description: str


PLACES = (
    Place("today", "t", "Today", "TodayPage", "what to do next, and why"),
    Place("read", "r", "Read", "ReadPage", "a lesson step by step, with questions"),
    Place("map", "m", "Map", "MapPage", "what builds on what"),
    Place("exercise", "e", "Exercise", "ExercisePage", "the brief, and a verdict on each save"),
    Place("quiz", "q", "Quiz", "QuizPage", "questions, explained one by one"),
    Place("review", "v", "Review", "ReviewPage", "flashcards that are due"),
    Place("lab", "l", "Lab", "LabPage", "figures whose parameters you turn"),
    Place("search", "s", "Search", "SearchPage", "lessons, terms, questions and cards by words"),
    Place("sheet", "h", "Sheet", "SheetPage", "what to remember; timeline and resources"),
    Place("progress", "p", "Progress", "ProgressPage", "what you have done and what you know"),
    Place("settings", "n", "Settings", "SettingsPage", "theme, pace and daily limits"),
)
PLACES_BY_NAME = {place.name: place for place in PLACES}
HOME = PLACES[0]
