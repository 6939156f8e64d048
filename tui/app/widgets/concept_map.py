"""The graph of exercises: a cursor that follows its edges."""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from exercises.catalog import Catalog, Exercise
from tui.app import messages
from tui.app.widgets.symbols import STATE_SYMBOLS
from tui.study.exercise_graph import NODE, GraphRow, rows, unlocks
from tui.study.mastery import State


class ConceptMap(Widget, can_focus=True):
    """Posts `Chosen` when the cursor moves and `Opened` when an exercise is entered."""

    BINDINGS = [
        Binding("down,j", "move(1)", "Move", key_display="↑↓", tooltip="The next exercise"),
        Binding("up,k", "move(-1)", "Previous", show=False, tooltip="The exercise before"),
        Binding("left,h", "to_need", "Needs", key_display="←", tooltip="To what it builds on"),
        Binding("right,l", "to_unlocked", "Unlocks", key_display="→", tooltip="To what it unlocks"),
        Binding("home", "move(-1000)", "First", show=False),
        Binding("end,G", "move(1000)", "Last", show=False),
        Binding("enter", "enter", "Open", tooltip="Open the exercise"),
    ]

    at: reactive[int] = reactive(0, init=False)

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._catalog = catalog
        self._rows = rows(catalog)
        # A blank line stands before each chapter but the first.
        self._lines = {
            row.exercise.id: y + row.chapter.number - catalog.chapters[0].number
            for y, row in enumerate(self._rows)
            if row.exercise
        }
        self._rails = max((len(row.rails) for row in self._rows), default=0)
        self._states: Mapping[str, State] = {}

    @property
    def chosen(self) -> Exercise:
        return self._catalog.exercises[self.at]

    def show(self, states: Mapping[str, State]) -> None:
        self._states = states
        self.refresh()

    def choose(self, id: str) -> None:
        """Put the cursor on an exercise, or on a chapter's first."""
        for index, exercise in enumerate(self._catalog.exercises):
            if id in (exercise.id, exercise.chapter):
                self.at = index
                break
        self.call_after_refresh(self._follow)

    def watch_at(self) -> None:
        self._follow()
        self.post_message(messages.Chosen(self.chosen))

    def validate_at(self, at: int) -> int:
        return max(0, min(at, len(self._catalog.exercises) - 1))

    def action_move(self, by: int) -> None:
        self.at += by

    def action_to_need(self) -> None:
        if needs := self.chosen.needs:
            self.choose(needs[-1])

    def action_to_unlocked(self) -> None:
        if unlocked := unlocks(self._catalog, self.chosen.id):
            self.choose(unlocked[0].id)

    def action_enter(self) -> None:
        self.post_message(messages.Opened(self.chosen))

    def on_click(self, event: Click) -> None:
        if not (id := event.style.meta.get("exercise")):
            return
        if id == self.chosen.id:
            self.action_enter()
        else:
            self.choose(id)

    def on_resize(self) -> None:
        self.call_after_refresh(self._follow)

    def _follow(self) -> None:
        """Keep the cursor in view, and with it the heading of the chapter's first exercise."""
        if not self.parent:
            return
        around = min(2, (self.parent.size.height - 1) // 2)  # type: ignore[attr-defined]
        y = max(0, self._lines[self.chosen.id] - around)
        region = Region(0, y, 1, 2 * around + 1).translate(self.virtual_region.offset)
        self.parent.scroll_to_region(region, animate=False)  # type: ignore[attr-defined]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line each: what is too long is cut, so that the rails hang together."""
        return len(self._rows) + len(self._catalog.chapters) - 1

    def render(self) -> Content:
        lines = self._drawn()
        return Content("\n").join(
            line.truncate(max(1, self.content_size.width), ellipsis=True) for line in lines
        )

    def _drawn(self) -> list[Content]:
        chosen = self.chosen
        near = dict.fromkeys(chosen.needs, "◂")
        near |= {exercise.id: "▸" for exercise in unlocks(self._catalog, chosen.id)}
        lines: list[Content] = []
        for row in self._rows:
            if row.exercise is None:
                lines += [Content("")] * bool(lines) + [self._heading(row)]
            else:
                lines.append(self._line(row, row.exercise, near.get(row.exercise.id, " ")))
        return lines

    def _heading(self, row: GraphRow) -> Content:
        exercises = row.chapter.exercises
        passed = sum(self._states.get(e.id) in ("passed", "mastered") for e in exercises)
        return Content.assemble(
            (f"{row.chapter.number:>2}  {row.chapter.title}", "bold"),
            (f"  {passed} of {len(exercises)}", "$text-muted"),
        )

    def _line(self, row: GraphRow, exercise: Exercise, near: str) -> Content:
        symbol, colour = STATE_SYMBOLS[self._states.get(exercise.id, "locked")]
        before, after = row.rails.split(NODE)
        needs = map(self._catalog.exercise, exercise.needs)
        away = [other.title for other in needs if other.chapter != row.chapter.id]
        is_chosen = exercise == self.chosen
        line = Content.assemble(
            (f" {'›' if is_chosen else ' '}{near} ", "$accent"),
            (before, "$text-muted"),
            (symbol, colour),
            (f"{after:<{self._rails - len(before)}}", "$text-muted"),
            exercise.title,
            (f"  ← {', '.join(away)}" if away else "", "$text-muted"),
        ).stylize(Style.from_meta({"exercise": exercise.id}))
        if not is_chosen:
            return line
        line = line.pad_right(max(0, self.size.width - line.cell_length))
        return line.stylize("reverse" if self.app.no_color else "bold on $panel")
