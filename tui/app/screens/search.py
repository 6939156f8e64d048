"""Search: type, and go to what is found. With nothing typed, the glossary."""

from __future__ import annotations

import re

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from quizzes.bank import load_bank
from quizzes.search.index import Found, Hit, Index
from tui.app import messages
from tui.app.screens.page import Page
from tui.app.services import Services
from tui.app.widgets.menu import Menu
from tui.app.widgets.prose import CourseText
from tui.app.widgets.scroll import Scroll
from tui.study.course_index import open_index
from tui.study.search_article import SearchArticle, article_of, target_of
from tui.study.session import Session
from tui.study.targets import SearchTarget
from tui.text.styled import inline, plain

SHOWN_HITS = 20
NO_HITS = "Nothing in the course speaks of that. Try another word, or how it begins."
INSTEAD = "Nothing holds these words. This is about {}:"
GLOSSARY = "The glossary: {} terms."
FOUND = "{} found."
BEST = "The best {} of what was found."
TABLE = re.compile(r"\s*\|[-|\s]*")
SORT_NAMES = {"faq": "question", "event": "timeline"}


class Words(Input):
    BINDINGS = [
        Binding("down", "screen.list", "List", key_display="↓", tooltip="To what was found"),
        Binding("enter", "submit", "The first", tooltip="Open the first that was found"),
        Binding("escape", "app.go_back", "Back", tooltip="Back to where you were"),
    ]
    fruitless: str | None = None
    """What was typed, and found nothing: the keys lead nowhere while it stands there."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "submit" or self.value != self.fruitless


class SearchPage(Page[SearchTarget]):
    PLACE = "search"
    CSS_PATH = "../styles/search.tcss"
    BINDINGS = [
        Binding("slash", "type", "Type", key_display="/", tooltip="Change the words"),
        Binding("escape", "close", "Back", tooltip="Back to what was found"),
    ]

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._index: Index | None = None
        self._hits: tuple[Hit, ...] = ()
        self._article: SearchArticle | None = None

    def content(self) -> ComposeResult:
        yield Words(placeholder="Words, the beginning of a word, or a formula such as √d_k")
        yield Static(id="said", markup=False)
        yield Menu(id="hits")

    async def load(self) -> None:
        if target := self.take_target():
            self.action_close()
            self.query_one(Input).value = target.words
        if self._article is None:
            await self._search(self.query_one(Input).value)
            self.query_one(Input).focus()
            self.query_one(Input).select_all()  # what is typed next is searched for instead

    # what is shown

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False  # nothing moves by itself

    async def _search(self, typed: str) -> None:
        found, said = await self.services.session_thread.ask(
            lambda session: self._found(session, typed)
        )
        self._hits = found.hits
        hits = self.query_one("#hits", Menu)
        hits.fill((f"{hit.sort} {hit.id}", _line(hit, not typed.strip())) for hit in found.hits)
        self.query_one("#said", Static).update(said)
        self.query_one(Words).fruitless = None if found.hits else typed
        self.refresh_bindings()

    def _found(self, session: Session, typed: str) -> tuple[Found, str]:
        """On the session's thread, where the index belongs."""
        if not typed.strip():
            glossary = load_bank(session.catalog).glossary
            terms = sorted(glossary, key=lambda term: term.term.casefold())
            hits = tuple(Hit("term", term.id, term.term, term.short, "") for term in terms)
            return Found(hits), GLOSSARY.format(len(hits))
        if self._index is None:
            self._index = open_index()
        found = self._index.search(typed, SHOWN_HITS)
        if not found.hits:
            return found, NO_HITS
        if found.instead:
            return found, INSTEAD.format(found.instead)
        count = len(found.hits)
        return found, (BEST if count == SHOWN_HITS else FOUND).format(count)

    async def _show_article(self, article: SearchArticle) -> None:
        self._article = article
        if not self.query("#entry"):  # many a search needs none, and it is much to build
            entry = Scroll(Static(id="title"), CourseText(), Menu(id="links"), id="entry")
            await self.mount(entry, after="#hits")
        self.query_one("#title", Static).update(inline(article.title))
        links = self.query_one("#links", Menu)
        links.fill((link.label, inline(link.label)) for link in article.links)
        await self.query_one(CourseText).update(article.text)
        self._turn(to_article=True)
        (links if article.links else self.query_one("#entry")).focus()

    def _turn(self, to_article: bool) -> None:
        self.query("#entry").set(display=to_article)
        self.query("#hits, #said").set(display=not to_article)

    # keys and messages

    def on_input_changed(self, event: Input.Changed) -> None:
        # Only the last of several quick letters is searched for.
        self.run_worker(self._search(event.value), group="search", exclusive=True)

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        await self._search(event.value)
        if self._hits and event.value.strip():
            await self._open(self._hits[0])

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list.id == "hits":
            await self._open(self._hits[event.option_index])
        elif self._article:
            target = self._article.links[event.option_index].target
            self.post_message(messages.Go.to(target))

    async def _open(self, hit: Hit) -> None:
        if target := target_of(hit):
            self.post_message(messages.Go.to(target))
            return
        article = await self.services.session_thread.ask(
            lambda session: article_of(
                hit.sort, hit.id, load_bank(session.catalog), session.catalog
            )
        )
        if article:
            await self._show_article(article)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "close":
            return self._article is not None
        if action == "list":
            return self._article is None and bool(self._hits)
        is_typing = self.is_mounted and self.query_one(Input).has_focus
        return not is_typing if action == "type" else True

    def action_type(self) -> None:
        self.action_close()
        self.query_one(Input).focus()

    def action_list(self) -> None:
        hits = self.query_one("#hits", Menu)
        hits.focus()
        hits.highlighted = hits.highlighted or 0

    def action_close(self) -> None:
        if self._article:
            self._article = None
            self._turn(to_article=False)
            self.query_one(Input).focus()  # so that what is typed next is a word, and no key


def _line(hit: Hit, is_glossary: bool) -> Content:
    """What it is, its title, and the place that speaks of the words, on one line."""
    sort = "" if is_glossary else f"{SORT_NAMES.get(hit.sort, hit.sort):<10}"
    return Content.assemble(
        (sort, "$accent"),
        Content.styled(plain(hit.title), "bold"),
        (f"  {plain(TABLE.sub('  ', hit.excerpt)).lstrip('- ')}", "$text-muted"),
    )
