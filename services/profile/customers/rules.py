"""How archive fields converge, how old somebody is, and what of a record is published."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from services.profile.customers.schemas import SHOP, Change, Meeting, Record
from shared.contracts.base import Origin
from shared.contracts.profile import CustomerRecorded

BANDS = {0: "0-17", 18: "18-24", 25: "25-34", 35: "35-44", 45: "45-54", 55: "55-64", 65: "65+"}
TICK = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MATCHED = ("name", "birthday", "birth_year", "address")  # what shows two customers to be one person
UNPUBLISHED = {"version", "occurred_at", "recorded_at", "origin"}

Rank = tuple[Any, ...]  # of a field's writers, the greatest counts

NOTHING = dict.fromkeys(
    (
        *("household_id", "name", "birth_year", "address", "region", "city", "gender", "birthday", "age_band"),
        *("age_band_until", "preferred_channel", "income_band", "first_touch", "last_touch", "occupation"),
        *("industry", "size_band", "renewal_at", "archived_at"),
    )
)


def empty(locale: str, time_zone: str) -> dict[str, Any]:
    """A record of which nobody said anything yet; locale and zone are the deployment's."""
    lists: dict[str, Any] = {name: [] for name in ("channels", "contact_hours", "tags", "interests", "lifestyle")}
    influence = {"standing": 0, "followers": 0}
    said = {"kind": "person", "locale": locale, "time_zone": time_zone, "influence": influence}
    return {**NOTHING, **lists, **said, "facts": {}, "attributes": {}, "private_attributes": {}, "field_times": {}}


def converged(record: Record, change: Change, blank: Record) -> dict[str, Any]:
    """The record after a change; a field taken back is as in `blank`.

    A field belongs to its latest writer, at one instant to staff rather than a shop, then to the greater value and
    actor; the first touch to staff, else to the earliest shop. The order of arrival does not matter.
    """
    before: dict[str, list[str]] = record["field_times"]
    times = dict(before)
    after = dict(record)
    for name, said in change.fields.items():
        value, present = value_of(blank, name) if said is None else said, value_of(record, name)
        if _rank(name, change.at, change.writer, value, change.actor) > rank_of(name, times.get(name), present):
            after |= with_value(after, name, value)
            times[name] = [change.at.isoformat(), change.writer, change.actor]
    latest = max(change.at, record["occurred_at"]) if times != before else record["occurred_at"]
    return after | {"field_times": times, "occurred_at": latest}


def edited(record: Record, change: Change, blank: Record) -> dict[str, Any]:
    """The record after an edit by somebody who saw it: a shop's clock may run ahead, yet what was seen was earlier."""
    times = [
        datetime.fromisoformat(record["field_times"][name][0]) + TICK
        for name in change.fields
        if name in record["field_times"]
    ]
    return converged(record, replace(change, at=max([change.at, *times])), blank)


def rank_of(name: str, last: list[str] | None, value: Any) -> Rank:
    """How far whoever wrote a field last comes before other writers; nobody comes last."""
    return () if last is None else _rank(name, datetime.fromisoformat(last[0]), last[1], value, last[2])


def value_of(record: Record, name: str) -> Any:
    """The value of a field; `attributes.size` names one in a column of many."""
    column, _, key = name.partition(".")
    return record[column].get(key) if key else record[column]


def with_value(record: Record, name: str, value: Any) -> dict[str, Any]:
    """The column of a record that holds a field, with another value of it."""
    column, _, key = name.partition(".")
    if not key:
        return {column: value}
    others = {one: kept for one, kept in record[column].items() if one != key}
    return {column: others if value is None else {**others, key: value}}


def steps(before: Record, after: Record) -> list[dict[str, Any]]:
    """The fields whose value somebody moved between two states of a record: from what, to what (JSON), who and when."""
    touched = [one for one in after["field_times"].items() if one[1] != before["field_times"].get(one[0])]
    return [
        {"field": name, "before": old, "after": new, "writer": writer, "actor": actor}
        | {"occurred_at": datetime.fromisoformat(at)}
        for name, (at, writer, actor) in touched
        if (old := _text(value_of(before, name))) != (new := _text(value_of(after, name)))
    ]


def _text(value: Any) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS).decode()


def _rank(name: str, at: datetime, writer: str, value: Any, actor: str) -> Rank:
    by_staff, since = writer != SHOP, at - EPOCH
    if name == "first_touch":
        return by_staff, since if by_staff else -since, _text(value), actor
    return since, by_staff, _text(value), actor


def met(record: Record, meeting: Meeting) -> dict[str, Any]:
    """The record after a meeting: the earliest one is when the customer came, unless somebody stated when."""
    after = dict(record)
    if meeting.at < record["registered_at"] and "registered_at" not in record["field_times"]:
        after |= {"registered_at": meeting.at, "source": meeting.source}
    return after if meeting.channels is None else after | {"channels": meeting.channels}


def age_band(record: Record, now: datetime) -> tuple[str | None, datetime | None]:
    """The age band, and when it ends: at midnight of a birthday where the customer lives.

    Whose birthday is unknown or lunar grows older with the new year.
    """
    if record["birth_year"] is None:
        return None, None
    zone = ZoneInfo(record["time_zone"])
    birthday = record["birthday"] or {"calendar": "lunar"}
    month, day = (birthday["month"], birthday["day"]) if birthday["calendar"] == "solar" else (1, 1)
    born = int(record["birth_year"])
    today = now.astimezone(zone).date()
    age = today.year - born - (today < _day(today.year, month, day))
    lower = max((start for start in BANDS if start <= age), default=0)
    upper = min((start for start in BANDS if start > lower), default=None)
    until = upper and datetime.combine(_day(born + upper, month, day), time(), zone).astimezone(UTC)
    return BANDS[lower], until or None


def _day(year: int, month: int, day: int) -> date:
    """A birthday in a year; who is born on 29 February celebrates on 1 March."""
    leapless = (month, day) == (2, 29) and not (year % 4 == 0 and (year % 100 or year % 400 == 0))
    return date(year, 3, 1) if leapless else date(year, month, day)


def recorded(record: Record, origin: Origin, shared: Collection[str]) -> CustomerRecorded:
    """The event that tells the present state of a record, of its attributes those that are `shared`."""
    told = {name: value for name, value in record.items() if name in CustomerRecorded.model_fields or name == "kind"}
    attributes = {key: value for key, value in record["attributes"].items() if key in shared}
    return CustomerRecorded.model_validate(told | {"attributes": attributes, "origin": origin})


def tells_the_same(one: Record, other: Record, shared: Collection[str]) -> bool:
    """Whether the two records look alike to other services."""
    first, second = (recorded(record, Origin.LIVE, shared).model_dump(exclude=UNPUBLISHED) for record in (one, other))
    return first == second


def has_moved(before: Record, after: Record) -> bool:
    """Whether somebody lives elsewhere or speaks another language than before: who serves them may change."""
    return any(before[name] != after[name] for name in ("region", "locale"))
