"""JSON that every reader takes, for all that people and their programs are given.

JSON has no NaN and no infinity, which Python writes nevertheless: they are null, as in JavaScript.
"""

import json
import math
from typing import Any


def dumps(value: object, **layout: Any) -> str:
    """As `json.dumps`, with null for each number that is not finite."""
    return json.dumps(_finite(value), allow_nan=False, **layout)


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
