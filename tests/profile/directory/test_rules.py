"""What the records of several linked ids come to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.customers.rules import empty
from services.profile.directory.rules import combined

pytestmark = pytest.mark.capability("C-03")
START = datetime(2026, 1, 1, tzinfo=UTC)


def record(**said: tuple[Any, int, str]) -> dict[str, Any]:
    """A record of which each field was said on a day of January by somebody."""
    values = {name: value for name, (value, _, _) in said.items()}
    times = {name: [(START + timedelta(days=day)).isoformat(), who, ""] for name, (_, day, who) in said.items()}
    blank = empty("zh-CN", "Asia/Shanghai") | {"customer_id": None, "registered_at": START}
    return {**blank, **values, "field_times": times}


RECORDS = st.builds(
    lambda city, gender: record(**{k: v for k, v in {"city": city, "gender": gender}.items() if v}),
    st.none() | st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 9), st.sampled_from(["shop", "staff"])),
    st.none() | st.tuples(st.sampled_from(["f", "m"]), st.integers(0, 9), st.just("shop")),
)


@pytest.mark.parametrize(
    ("own", "other", "city"),
    [
        (record(city=("Suzhou", 1, "shop")), record(city=("Aba", 2, "shop")), "Aba"),
        (record(city=("Suzhou", 2, "shop")), record(city=("Aba", 1, "staff")), "Suzhou"),
        (record(city=("Suzhou", 1, "shop")), record(city=("Aba", 1, "staff")), "Aba"),
        (record(), record(city=("Aba", 1, "shop")), "Aba"),
        (record(city=(None, 2, "staff")), record(city=("Aba", 1, "shop")), None),
    ],
)
def test_what_was_said_last_counts(own: dict[str, Any], other: dict[str, Any], city: str | None) -> None:
    assert combined(own, [other])["city"] == city


@given(RECORDS)
def test_a_record_alone_is_what_it_is(own: dict[str, Any]) -> None:
    assert combined(own, []) == own


@given(RECORDS, st.lists(RECORDS, max_size=3))
def test_nobody_said_anything_later_than_what_is_seen(own: dict[str, Any], others: list[dict[str, Any]]) -> None:
    seen = combined(own, others)
    said = [one for one in [own, *others] if "city" in one["field_times"]]
    latest = max((one["field_times"]["city"][0] for one in said), default=None)
    assert seen["city"] in [one["city"] for one in said if one["field_times"]["city"][0] == latest] or not said


def test_tags_and_channels_are_united_and_facts_are_the_latest() -> None:
    fact = {"budget": {"value": 1, "as_of": "2026-01-02"}}
    own = record() | {"tags": ["a"], "channels": ["email"], "facts": fact}
    old = {"budget": {"value": 2, "as_of": "2026-01-01"}, "outlook": {"value": "good", "as_of": "2026-01-01"}}
    seen = combined(own, [record() | {"tags": ["b", "a"], "channels": ["sms"], "facts": old}])
    assert (seen["tags"], seen["channels"], seen["facts"]["budget"]) == (["a", "b"], ["email", "sms"], fact["budget"])
    assert set(seen["facts"]) == {"budget", "outlook"}
