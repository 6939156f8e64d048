"""Schedules and reviews leave as JSON and come back as they were."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.cards.backup import ExchangeError, dump, load
from quizzes.cards.scheduling import CARD_STATES, RATINGS, Review, Schedule

# to the millisecond, which is what is kept
times = st.integers(0, 10**12).map(
    lambda ms: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)
floats = st.floats(0.001, 1e6)
schedules = st.builds(
    Schedule,
    state=st.sampled_from(CARD_STATES),
    step=st.none() | st.integers(0, 3),
    stability=floats,
    difficulty=st.floats(1, 10),
    due=times,
    last_review=times,
    reviews=st.integers(1, 99),
    lapses=st.integers(0, 99),
)
reviews = st.builds(
    Review,
    card=st.text(min_size=1, max_size=9),
    rating=st.sampled_from(list(RATINGS)),
    at=times,
    milliseconds=st.integers(0, 60_000),
    before=st.none() | schedules,
)


@given(st.dictionaries(st.text(max_size=9), schedules, max_size=4), st.lists(reviews, max_size=4))
def test_the_way_out_and_back(known: dict[str, Schedule], log: list[Review]) -> None:
    text = dump(known, log)
    assert load(text) == (known, tuple(log))
    assert dump(*load(text)) == text


NOW = datetime(2025, 1, 1, tzinfo=UTC)
GOOD = Schedule("review", None, 3.5, 5.0, NOW, NOW)


def document(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(dump({"c": GOOD}, [Review("c", 3, NOW, 900, None)]))
    return whole | changes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        json.dumps(document(schema="cards/v0")),
        json.dumps(document(schedules={"c": {"state": "asleep"}})),
        json.dumps(document(schedules={"c": document()["schedules"]["c"] | {"due": "soon"}})),
        json.dumps(
            document(schedules={"c": document()["schedules"]["c"] | {"due": "2025-01-01T00:00"}})
        ),
        json.dumps(document(reviews=[document()["reviews"][0] | {"rating": 5}])),
        json.dumps(document(reviews=[{"card": "c"}])),
        json.dumps(document(reviews=7)),
    ],
)
def test_what_is_no_export_is_refused(text: str) -> None:
    with pytest.raises(ExchangeError, match=r"no export of cards.*Nothing was changed\."):
        load(text)
