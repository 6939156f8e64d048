"""Read a YAML file key by key, so that a mistake is reported with its file, line and key."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from exercises.errors import CatalogError
from exercises.files import course_text
from exercises.parsed_files import parsed

Key = str | int


class Fields:
    """One mapping of a file. Keys are taken by name and kind; one that nobody took is a mistake."""

    def __init__(self, file: Path, data: object, at: tuple[Key, ...] = ()) -> None:
        self._file = file
        self._at = at
        if not isinstance(data, dict):
            raise self.mistake("must be a mapping of keys to values")
        self._data: dict[str, Any] = data
        self._taken: set[str] = set()
        self._asked: set[str] = set()  # whether they are there

    @classmethod
    def of_file(cls, file: Path) -> Fields:
        return cls(file, parsed(file, _parse_yaml))

    @classmethod
    def of_own_file(cls, file: Path) -> Fields:
        """As `of_file`, of a file in somebody's own folder: nothing is kept beside it."""
        return cls(file, _parse_yaml(file))

    @classmethod
    def each_of_file(cls, file: Path) -> Iterator[Fields]:
        """The mappings of a file that is one list of them, or has none yet."""
        data = parsed(file, _parse_yaml)
        if data is None:
            return
        if not isinstance(data, list):
            raise CatalogError(file, "must be a list of entries, each starting with `- `", 1)
        for index, value in enumerate(data):
            yield cls(file, value, (index,))

    def has(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._data

    @property
    def names(self) -> tuple[str, ...]:
        """All keys, where the author chooses them."""
        return tuple(self._data)

    def text(self, key: str) -> str:
        value = self._take(key)
        if not isinstance(value, str) or not value.strip():
            raise self.mistake("must be a text", key)
        return value.strip()

    def optional(self, key: str) -> str | None:
        return self.text(key) if self.has(key) else None

    def texts(self, key: str, at_least: int = 0) -> tuple[str, ...]:
        values = self._take_list(key, at_least, "texts")
        for index, value in enumerate(values):
            if not isinstance(value, str) or not value.strip():
                raise self.mistake("must be a text; quote it if it holds `: `", key, index)
        return tuple(value.strip() for value in values)

    def one_of(self, key: str, known: Collection[str]) -> str:
        value = self.text(key)
        if value not in known:
            raise self.mistake(f"must be one of {', '.join(known)}, not {value!r}", key)
        return value

    def scalar(self, key: str) -> str:
        """A text, or a number as its text."""
        return self._as_scalar(self._take(key), key)

    def scalars(self, key: str, at_least: int = 0) -> tuple[str, ...]:
        values = self._take_list(key, at_least, "numbers or texts")
        return tuple(self._as_scalar(value, key, index) for index, value in enumerate(values))

    def numbers(self, key: str, at_least: int = 0) -> tuple[float, ...]:
        values = self._take_list(key, at_least, "numbers")
        for index, value in enumerate(values):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise self.mistake("must be a number", key, index)
        return tuple(values)

    def pairs(self, key: str, at_least: int = 0) -> tuple[tuple[str, str], ...]:
        values = self._take_list(key, at_least, "pairs")
        for index, value in enumerate(values):
            if not isinstance(value, list) or len(value) != 2:
                raise self.mistake("must be a pair: [left, right]", key, index)
        return tuple(
            (self._as_scalar(left, key, index), self._as_scalar(right, key, index))
            for index, (left, right) in enumerate(values)
        )

    def number(self, key: str, low: float, high: float) -> float:
        value = self._take(key)
        # bool is an int in Python, and `yes` is a bool in YAML
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.mistake(f"must be a number from {low} to {high}", key)
        if not low <= value <= high:
            raise self.mistake(f"must be from {low} to {high}", key)
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        value = self.number(key, low, high)
        if not isinstance(value, int):
            raise self.mistake(f"must be a whole number from {low} to {high}", key)
        return value

    def wholes(self, key: str, low: int, high: int) -> tuple[int, ...]:
        values = self._take_list(key, 1, "whole numbers")
        for index, value in enumerate(values):
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise self.mistake(f"must be a whole number from {low} to {high}", key, index)
        return tuple(values)

    def moment(self, key: str) -> datetime:
        """A day and a time of the clock on the wall, without a zone."""
        value = self._take(key)
        if isinstance(value, str):
            with suppress(ValueError):
                value = datetime.strptime(value.strip(), "%Y-%m-%d %H:%M")
        if not isinstance(value, datetime) or value.tzinfo:
            raise self.mistake("must be a day and a time, such as 2026-12-01 23:59", key)
        return value

    def flag(self, key: str) -> bool:
        value = self._take(key)
        if not isinstance(value, bool):
            raise self.mistake("must be true or false", key)
        return value

    def mapping(self, key: str) -> Fields:
        return Fields(self._file, self._take(key), (*self._at, key))

    def mappings(self, key: str) -> Iterator[Fields]:
        for index, value in enumerate(self._take_list(key, 0, "mappings")):
            yield Fields(self._file, value, (*self._at, key, index))

    def value(self, key: str) -> object:
        """Whatever stands there, in a file that is not ours."""
        return self._take(key)

    def finish(self) -> None:
        """Call after the last key: what is left over is a misspelt or unknown key."""
        for key in self._data:
            if key not in self._taken:
                known = ", ".join(sorted((self._taken | self._asked) - {key}))
                raise self.mistake(f"is not a key that is known here ({known})", key)

    def mistake(self, says: str, *below: Key) -> CatalogError:
        path = (*self._at, *below)
        return CatalogError(self._file, f"{_dotted(path)} {says}", self._line(path))

    def _as_scalar(self, value: object, *at: Key) -> str:
        # `yes` and `True` are booleans in YAML, and would come back in another spelling
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.mistake("must be a text or a number; quote it", *at)
        if not str(value).strip():
            raise self.mistake("must not be empty", *at)
        return str(value).strip()

    def _take(self, key: str) -> Any:
        if key not in self._data:
            raise self.mistake("is missing", key)
        self._taken.add(key)
        return self._data[key]

    def _take_list(self, key: str, at_least: int, of: str) -> list[Any]:
        values = self._take(key)
        if not isinstance(values, list):
            raise self.mistake(f"must be a list of {of}", key)
        if len(values) < at_least:
            raise self.mistake(f"must have at least {at_least}, not {len(values)}", key)
        return values

    def _line(self, path: tuple[Key, ...]) -> int:
        # Nodes know their lines. They are built only for an error, so that loading stays fast.
        import yaml

        node: Any = yaml.compose(course_text(self._file), _loader())
        line = 0
        for key in path:
            if isinstance(key, int):
                node = node.value[key]
                line = node.start_mark.line
                continue
            pair = next((pair for pair in node.value if pair[0].value == key), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line, pair[1]
        return line + 1


@cache
def _loader() -> Any:
    """libyaml is ten times faster than the pure Python loader, and nearly everywhere.

    YAML forbids a key that is there twice, and its loaders let the last one win without a word.
    """
    import yaml

    fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(fast):  # type: ignore[misc]
        def __init__(self, text: str) -> None:
            super().__init__(text)
            self._seen: set[int] = set()

        def flatten_mapping(self, node: Any) -> None:
            """Called for each mapping, before what it takes from others with `<<` comes in."""
            if id(node) not in self._seen:
                self._seen.add(id(node))
                _refuse_twins(key for key, _ in node.value if isinstance(key, yaml.ScalarNode))
            super().flatten_mapping(node)

    return Loader


def _refuse_twins(keys: Iterator[Any]) -> None:
    from yaml.constructor import ConstructorError

    first: dict[tuple[str, str], Any] = {}
    for key in keys:
        mark = first.setdefault((key.tag, key.value), key.start_mark)
        if mark is not key.start_mark:
            says = f"the key {key.value!r} is there already, in line {mark.line + 1}"
            raise ConstructorError(None, None, says, key.start_mark)


def _parse_yaml(file: Path) -> Any:
    import yaml  # 10 ms, which what is parsed already need not spend

    try:
        return yaml.load(course_text(file), _loader())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise CatalogError(file, f"is not valid YAML: {error.problem}", line) from error
    except (yaml.YAMLError, ValueError) as error:  # as a date of a thirteenth month
        raise CatalogError(file, f"cannot be read as YAML: {error}") from error


def _dotted(path: tuple[Key, ...]) -> str:
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return "".join(parts).removeprefix(".") or "the file"
