"""What may be wrong with a record `c`; `l` is what its linked ids say together, where there are several."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from services.profile.quality.schemas import Check, Checked, WorkFilter

PERSON, ORGANISATION = "person", "organisation"
REACHED = "(c.channels <> '[]' OR coalesce(l.reached, false))"
Counts = dict[str, list[int]]


def _missing(field: str, kind: str | None = None) -> Check:
    return Check("incomplete", field, "missing", f"c.{field} IS NULL", kind)


CHECKS: tuple[Check, ...] = (
    _missing("name"),
    _missing("region"),
    _missing("gender", PERSON),
    _missing("birthday", PERSON),
    _missing("birth_year", PERSON),
    _missing("industry", ORGANISATION),
    _missing("size_band", ORGANISATION),
    _missing("renewal_at", ORGANISATION),
    Check("incomplete", "channels", "missing", f"NOT {REACHED}"),
    Check(
        "invalid",
        "region",
        "not_known",
        r"c.region ~ '^\d{6}$' AND NOT EXISTS (SELECT FROM region g WHERE g.code = c.region)",
    ),
    Check(
        "invalid",
        "household_id",
        "not_known",
        "c.household_id IS NOT NULL AND NOT EXISTS "
        "(SELECT FROM household h WHERE h.household_id = c.household_id AND h.archived_at IS NULL)",
    ),
    Check(
        "invalid",
        "attributes",
        "not_allowed",
        "c.attributes <> '{}' AND EXISTS (SELECT FROM jsonb_each_text(c.attributes) v JOIN attribute a "
        "ON a.key = v.key WHERE a.type = 'choice' AND NOT jsonb_exists(a.values, v.value))",
    ),
    Check(
        "invalid",
        "preferred_channel",
        "unreachable",
        "c.preferred_channel NOT IN ('visit') AND NOT jsonb_exists(c.channels, c.preferred_channel) "
        "AND NOT coalesce(l.channels ~ c.preferred_channel, false)",
    ),
    Check("stale", "record", "not_changed", "c.occurred_at < :untouched"),
    Check("stale", "channels", "not_verified", "u.canonical_id IS NOT NULL"),
    Check("stale", "renewal_at", "passed", "c.renewal_at < :today"),
    Check("conflicting", "gender", "differs", "coalesce(l.genders > 1, false)"),
    Check("conflicting", "birthday", "differs", "coalesce(l.birthdays > 1, false)"),
    Check("conflicting", "identities", "perhaps_one_person", "d.canonical_id IS NOT NULL"),
)
BY_CODE: Mapping[str, Check] = {one.code: one for one in CHECKS}


def chosen(wanted: WorkFilter) -> list[Check]:
    """The checks that somebody asks about."""
    return [
        one
        for one in CHECKS
        if (wanted.fault is None or one.fault in wanted.fault)
        and (wanted.field is None or one.field in wanted.field)
        and (wanted.reason is None or one.reason in wanted.reason)
    ]


def tallied(before: Counter[str], records: Iterable[Checked]) -> Counter[str]:
    """How many records there were of each kind, and how often each check was wrong, with these records added."""
    return before + Counter(name for one in records for name in (one.kind, *one.faults))


def counts(tally: Mapping[str, int], dismissed: Mapping[str, int]) -> Counts:
    """Of each check: how many customers it asks about, of how many it is wrong, and how many were set aside."""
    everybody = tally.get(PERSON, 0) + tally.get(ORGANISATION, 0)
    asked = {None: everybody, PERSON: tally.get(PERSON, 0), ORGANISATION: tally.get(ORGANISATION, 0)}
    return {code: [asked[one.kind], tally.get(code, 0), dismissed.get(code, 0)] for code, one in BY_CODE.items()}


def known(counted: Mapping[str, Any]) -> float | None:
    """The share of fields that are known of all that should be."""
    of_fields = [counted.get(code, (0, 0)) for code, one in BY_CODE.items() if one.fault == "incomplete"]
    asked, missing = sum(one[0] for one in of_fields), sum(one[1] for one in of_fields)
    return share(asked - missing, asked)


def faults(counted: Mapping[str, Any]) -> int:
    """How many fields are invalid, stale or conflicting."""
    return sum(counted.get(code, (0, 0))[1] for code, one in BY_CODE.items() if one.fault != "incomplete")


def share(part: int, whole: int) -> float | None:
    """One part in four digits; None of nothing."""
    return round(part / whole, 4) if whole else None
