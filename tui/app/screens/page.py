"""What all places of the app share: the bar of places above, the keys of this place below."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.events import Event, ScreenResume
from textual.screen import Screen
from textual.widget import Widget

from exercises.errors import CourseError
from tui.app.in_turn import InTurn
from tui.app.services import Services
from tui.app.widgets.key_bar import KeyBar
from tui.app.widgets.place_bar import PlaceBar
from tui.study.targets import Target

# Only for pages whose styles ask how wide they are: what has such classes is styled twice when it
# is first shown, the second time once its size is known.
WIDTHS = [(0, "-narrow"), (110, "-wide")]

T = TypeVar("T", bound=Target)


class Page(Screen[None], Generic[T]):
    """A place that can show a `T`; Never, where there is nothing to choose.

    Subclasses say its `PLACE`, and override `content`, and where needed the rest.
    """

    PLACE: ClassVar[str]

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self._target: T | None = None
        self._replacing = InTurn()

    def compose(self) -> ComposeResult:
        yield PlaceBar(self.PLACE)
        yield from self.content()
        yield KeyBar()

    def content(self) -> ComposeResult:
        """The widgets between the two bars."""
        yield from ()

    async def load(self) -> None:
        """Ask the session and show the answers; called whenever the page comes to the front."""

    def open(self, target: T) -> None:
        """Show this when the page comes to the front."""
        self._target = target

    def take_target(self) -> T | None:
        """What to show now; asked again, nothing new."""
        target, self._target = self._target, None
        return target

    async def replace(self, holder: str, view: Widget) -> None:
        """Show a widget in the place of all that this one holds."""
        page = self.query_one(holder)

        async def replaced() -> None:
            async with self.batch():
                await page.remove_children()
                await page.mount(view)

        await self._replacing.do(replaced)

    def arrive(self) -> None:
        self._load()

    async def on_event(self, event: Event) -> None:
        """Having been away changes no style; that of a new theme is seen to elsewhere."""
        if isinstance(event, ScreenResume):
            event.refresh_styles = False
        await super().on_event(event)

    def on_screen_resume(self) -> None:
        self.arrive()

    @work(group="load", exclusive=True)
    async def _load(self) -> None:
        try:
            await self.load()
        except CourseError as error:
            self.notify(str(error), severity="error")
