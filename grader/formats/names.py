"""Names that are unique, for readers that drop the second of two with the same."""

from grader.report import cut


class Names:
    """Gives each test a name of its own: `Rows sum to 1.`, `Rows sum to 1. (2)`."""

    def __init__(self, max_bytes: int | None = None) -> None:
        self._given: set[str] = set()
        self._max_bytes = max_bytes

    def own(self, wanted: str) -> str:
        """`wanted` on one line, cut to `max_bytes` of UTF-8, with a number where it is taken."""
        wanted = " ".join(wanted.split()) or "test"
        name, number = self._cut(wanted, ""), 1
        while name in self._given:
            number += 1
            name = self._cut(wanted, f" ({number})")
        self._given.add(name)
        return name

    def _cut(self, text: str, ending: str) -> str:
        length = len(text)
        while self._max_bytes and len((text + ending).encode("utf-8", "replace")) > self._max_bytes:
            length -= 1
            text = cut(text, length)
        return text + ending
