"""Names that are unique, for readers that drop the second of two with the same."""


class Names:
    """Gives each test a name of its own: `Rows sum to 1.`, `Rows sum to 1. (2)`."""

    def __init__(self, max_bytes: int | None = None) -> None:
        self._given: set[str] = set()
        self._max_bytes = max_bytes

    def own(self, wanted: str) -> str:
        """`wanted` on one line, cut to `max_bytes` of UTF-8, with a number where it is taken."""
        wanted = " ".join(wanted.split()) or "test"
        name, number = self._fitted(wanted, ""), 1
        while name in self._given:
            number += 1
            name = self._fitted(wanted, f" ({number})")
        self._given.add(name)
        return name

    def _fitted(self, text: str, ending: str) -> str:
        written = text.encode("utf-8", "replace")
        if self._max_bytes is None or len(written) + len(ending) <= self._max_bytes:
            return text + ending
        room = self._max_bytes - len(f"…{ending}".encode())
        return written[:room].decode("utf-8", "ignore") + "…" + ending
