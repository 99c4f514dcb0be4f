"""What may be wrong with a record `c`; `l` is what its linked ids say together, where there are several."""

from services.profile.quality.schemas import Check, WorkFilter

PERSON, ORGANISATION = "c.kind = 'person'", "c.kind = 'organisation'"
REACHED = "(c.channels <> '[]' OR coalesce(l.reached, false))"


def _missing(field: str, among: str = "true") -> Check:
    return Check("incomplete", field, "missing", f"c.{field} IS NULL", among)


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


def chosen(wanted: WorkFilter) -> list[Check]:
    """The checks that somebody asks about."""
    return [
        one
        for one in CHECKS
        if (wanted.fault is None or one.fault in wanted.fault)
        and (wanted.field is None or one.field in wanted.field)
        and (wanted.reason is None or one.reason in wanted.reason)
    ]
