"""How a number and what it counts are said."""


def plural(number: int, one: str, many: str = "") -> str:
    """`1 day`, `0 days`; with `many`, where more than an -s changes: `1 row has`, `2 rows have`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
