"""What the records of several linked ids come to. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from services.profile.customers.rules import TICK, rank_of, value_of, with_value
from services.profile.customers.schemas import Record

OWN = {"kind", "registered_at", "archived_at", "facts", "tags"}  # each record's own, or united below


def combined(own: Record, others: Sequence[Record]) -> dict[str, Any]:
    """A record as a reader sees it: of each field what was said last in any of the linked records.

    Tags and channels are those of all; the record itself stays what it is, so that an undo takes nothing away.
    """
    whole, times = dict(own), dict(own["field_times"])
    for other in others:
        for name, last in other["field_times"].items():
            if name not in OWN and _outranks(name, last, other, times.get(name), whole):
                whole |= with_value(whole, name, value_of(other, name))
                times[name] = last
                if name == "birth_year":
                    whole["age_band"] = other["age_band"]
    records = [own, *others]
    united = {
        name: list(dict.fromkeys(one for record in records for one in record[name])) for name in ("tags", "channels")
    }
    return whole | united | {"facts": _latest(records), "field_times": times}


def said_at(record: Record, names: Iterable[str]) -> list[datetime]:
    """A little after each of these fields was said last, as far as it was: an edit of what was seen comes later."""
    times = record["field_times"]
    return [datetime.fromisoformat(times[name][0]) + TICK for name in names if name in times]


def _latest(records: Sequence[Record]) -> dict[str, Any]:
    """Of each kind the latest fact."""
    facts = [item for record in records for item in record["facts"].items()]
    return dict(sorted(facts, key=lambda item: item[1]["as_of"]))


def _outranks(name: str, last: list[str], other: Record, former: list[str] | None, whole: Record) -> bool:
    return rank_of(name, last, value_of(other, name)) > rank_of(name, former, value_of(whole, name))
