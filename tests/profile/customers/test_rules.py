"""How archive fields converge, and how old somebody is."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.profile.customers.rules import age_band, converged, edited, empty
from services.profile.customers.schemas import SHOP, STAFF, Archive, BirthdayBody, Change, OwnArchive

START = datetime(2026, 1, 1, tzinfo=UTC)
BLANK = empty("zh-CN", "Asia/Shanghai")
RECORD: dict[str, Any] = {**BLANK, "registered_at": START, "occurred_at": START}
CHANGES = st.builds(
    Change,
    st.just(UUID(int=1)),
    st.dictionaries(st.sampled_from(["city", "tags", "gender"]), st.sampled_from([None, "a", "b"]), max_size=3),
    st.sampled_from([SHOP, STAFF]),
    st.integers(0, 3).map(lambda day: START + timedelta(days=day)),
)


def after(changes: list[Change]) -> dict[str, Any]:
    record = RECORD
    for one in changes:
        record = converged(record, one, BLANK)
    return record


@given(st.lists(CHANGES, max_size=6).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some * 2))))
def test_the_order_and_repetition_of_changes_never_matter(pair: tuple[list[Change], list[Change]]) -> None:
    assert after(pair[0]) == after(pair[1])


TOUCHES = st.builds(
    Change,
    st.just(UUID(int=1)),
    st.dictionaries(st.sampled_from(["first_touch", "last_touch"]), st.sampled_from([None, "a", "b"])),
    st.sampled_from([SHOP, STAFF]),
    st.integers(0, 3).map(lambda day: START + timedelta(days=day)),
)


@given(st.lists(TOUCHES, max_size=6).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some * 2))))
def test_the_order_and_repetition_of_touches_never_matter(pair: tuple[list[Change], list[Change]]) -> None:
    assert after(pair[0]) == after(pair[1])


def test_the_first_touch_is_the_earliest_unless_staff_correct_it() -> None:
    def touched(source: str, writer: str, days: int) -> Change:
        told = {name: {"source": source} for name in ("first_touch", "last_touch")}
        return Change(UUID(int=1), told, writer, START + timedelta(days=days))

    found = after([touched("mail", SHOP, 2), touched("search", SHOP, 1), touched("video", SHOP, 3)])
    assert (found["first_touch"], found["last_touch"]) == ({"source": "search"}, {"source": "video"})
    assert after([touched("friend", STAFF, 2), touched("search", SHOP, 1)])["first_touch"] == {"source": "friend"}


def change(city: str | None, writer: str, days: int) -> Change:
    return Change(UUID(int=1), {"city": city}, writer, START + timedelta(days=days))


def test_what_staff_wrote_stands_until_a_shop_tells_something_newer() -> None:
    assert after([change("Hangzhou", STAFF, 2), change("Suzhou", SHOP, 1)])["city"] == "Hangzhou"
    assert after([change("Zhuhai", SHOP, 2), change("Hangzhou", STAFF, 2)])["city"] == "Hangzhou"
    assert after([change("Hangzhou", STAFF, 2), change("Suzhou", SHOP, 3)])["city"] == "Suzhou"


def test_each_field_has_its_own_writer() -> None:
    both = Change(UUID(int=1), {"city": "Suzhou", "gender": "f"}, SHOP, START)
    found = after([change("Hangzhou", STAFF, 1), both])
    assert (found["city"], found["gender"]) == ("Hangzhou", "f")


def test_a_field_taken_back_is_as_if_nobody_had_said_anything() -> None:
    taken = Change(UUID(int=1), {"tags": None, "locale": None}, STAFF, START)
    found = after([Change(UUID(int=1), {"tags": ["vip"], "locale": "en"}, SHOP, START), taken])
    assert (found["tags"], found["locale"]) == ([], "zh-CN")


@given(CHANGES, CHANGES)
def test_an_edit_by_somebody_who_saw_the_record_always_counts(before: Change, edit: Change) -> None:
    found = edited(after([before]), edit, BLANK)
    assert all(found[name] == (BLANK[name] if value is None else value) for name, value in edit.fields.items())


def person(year: str | None, **birthday: Any) -> dict[str, Any]:
    return {**RECORD, "birth_year": year, "birthday": birthday or None}


@pytest.mark.parametrize(
    ("record", "band", "until"),
    [
        (person(None), None, None),
        (person("2001", calendar="solar", month=11, day=26), "18-24", datetime(2026, 11, 25, 16, tzinfo=UTC)),
        (person("2001", calendar="solar", month=11, day=25), "25-34", datetime(2036, 11, 24, 16, tzinfo=UTC)),
        (person("2008", calendar="solar", month=2, day=29), "18-24", datetime(2033, 2, 28, 16, tzinfo=UTC)),
        (person("2001"), "25-34", datetime(2035, 12, 31, 16, tzinfo=UTC)),
        (person("1950", calendar="lunar", month=1, day=1), "65+", None),
        (person("2030"), "0-17", datetime(2047, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_the_age_band_changes_at_midnight_of_the_birthday(
    record: dict[str, Any], band: str | None, until: datetime | None, now: datetime
) -> None:
    assert age_band(record, now) == (band, until)
    if until is not None:
        assert age_band(record, until)[0] != band
        assert age_band(record, until - timedelta(seconds=1))[0] == band


@pytest.mark.parametrize(
    "fields",
    [
        {"calendar": "solar", "month": 2, "day": 30},
        {"calendar": "lunar", "month": 2, "day": 31},
        {"calendar": "solar", "month": 2, "day": 2, "leap": True},
        {"month": 13, "day": 1},
    ],
)
def test_days_that_no_calendar_has_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BirthdayBody.model_validate(fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"locale": "klingon"},
        {"time_zone": "Mars/Olympus"},
        {"region": "Shanghai"},
        {"contact_hours": ["noon"]},
        {"gender": "female"},
        {"registered_at": None},
        {"name": "   "},
    ],
)
def test_fields_hold_codes_of_their_own_lists_only(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Archive.model_validate(fields)


def test_only_what_was_sent_is_said() -> None:
    said = OwnArchive.model_validate({"birth_year": 1990, "city": None, "region": "US-CA", "time_zone": "Europe/Paris"})
    assert said.said() == {"birth_year": "1990", "city": None, "region": "US-CA", "time_zone": "Europe/Paris"}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"birthday": {"month": 5, "day": 3}}, {"calendar": "solar", "month": 5, "day": 3, "leap": False}),
        ({"influence": {"followers": 12}}, {"standing": 0, "followers": 12}),
    ],
)
def test_what_is_said_in_parts_is_said_whole(sent: dict[str, Any], said: dict[str, Any]) -> None:
    assert Archive.model_validate(sent).said() == dict.fromkeys(sent, said)


def test_a_birthday_without_its_calendar_is_solar_and_counts_for_the_age(now: datetime) -> None:
    said = OwnArchive.model_validate({"birth_year": 2001, "birthday": {"month": 11, "day": 26}}).said()
    assert age_band({**RECORD, **said}, now)[0] == "18-24"
