"""Finding dated occasions: those of a span for planning and preview, and whether one still holds when it is due."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from services.engagement.audiences import usecases as audiences
from services.engagement.calendars import usecases as calendars
from services.engagement.care.tables import CareRule
from services.engagement.formats.rules import zone_of
from services.engagement.occasions import repository, rules
from services.engagement.occasions.repository import Person
from services.engagement.occasions.rules import Birth, Celebrated
from shared.settings import Settings

NOBODY = UUID(int=0)
RECORDS: Mapping[str, Callable[[], Select[Any]]] = {
    "birthday": repository.born,
    "renewal": repository.contracted,
    "follow_up": repository.visited,
}
YEARS = 60  # a membership older than that is not greeted
Span = tuple[datetime, datetime]  # the first instant excluded, the second included


class Found(NamedTuple):
    """One occasion: whose, of which day, when the rule applies, and the version of the fact that it comes from."""

    customer_id: UUID
    day: date
    key: str
    at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Almanac:
    """What some days are to a rule: the days on which births are celebrated, and festivals."""

    occasion: Mapping[str, Any]
    days: Sequence[date]
    births: Mapping[Birth, Sequence[Celebrated]]
    festivals: Mapping[date, int]  # version


def found(
    session: Session, settings: Settings, rule: CareRule, span: Span, people: Collection[UUID] | None = None
) -> Iterator[list[Found]]:
    """Occasions of a rule in a span, page by page; of these canonical customers only if they are given."""
    almanac = almanac_of(session, rule, rules.days_between(*span, rule.occasion["offset_days"]))
    wanted = _candidates(almanac)
    if wanted is None:
        return
    for page in repository.pages(session, wanted, rule.audience, people):
        yield [
            Found(person.customer_id, one.day, one.key, at, almanac.festivals.get(one.day, person.version))
            for person in page
            for zone in [zone_of(person.time_zone, settings.business_time_zone)]
            for one in _of_person(almanac, person, settings)
            for at in [rules.happens_at(rule.occasion, rule.at, one.day, zone)]
            if span[0] < at <= span[1]
        ]


def still(
    session: Session, settings: Settings, rule: CareRule, wanted: Collection[tuple[UUID, date, str]]
) -> set[tuple[UUID, date, str]]:
    """Which of these (canonical customer, day, key) hold now."""
    almanac = almanac_of(session, rule, sorted({day for _, day, _ in wanted}))
    people = records(session, rule, {person_id for person_id, _, _ in wanted})
    return {
        (person_id, one.day, one.key)
        for person_id, person in people.items()
        for one in _of_person(almanac, person, settings)
    } & set(wanted)


def records(session: Session, rule: CareRule, canonical_ids: Collection[UUID]) -> dict[UUID, Person]:
    """The records of these people that count for a rule."""
    wanted = RECORDS.get(rule.occasion["kind"], repository.everybody)()
    return repository.known(session, wanted, canonical_ids)


def meant(session: Session, rule: CareRule, canonical_ids: Collection[UUID]) -> set[UUID]:
    """Which of these people are of a rule's audience now."""
    return audiences.among(session, rule.audience, canonical_ids)


def per_day(session: Session, settings: Settings, rule: CareRule, first: date, until: date) -> dict[date, int]:
    """How many people a rule applies to on each local day from `first` to before `until`; days without any are
    left out."""
    offset = rule.occasion["offset_days"] * rules.DAY
    days = [first - offset + number * rules.DAY for number in range((until - first).days)]
    almanac = almanac_of(session, rule, days)
    counts: Counter[date] = Counter()
    for one, people in _groups(session, settings, almanac, rule.audience).items():
        for celebrated in _of_person(almanac, one, settings):
            counts[celebrated.day + offset] += people
    return dict(counts)


def _groups(
    session: Session, settings: Settings, almanac: Almanac, audience: Mapping[str, Any]
) -> Mapping[Person, int]:
    """People alike in what counts for the occasion: one of each kind, and how many there are."""
    kind, wanted = almanac.occasion["kind"], _candidates(almanac)
    if wanted is None:
        return {}
    counts: Counter[Person] = Counter()
    for row in repository.alike(session, wanted, audience, kind):
        person = Person(NOBODY, NOBODY, row.time_zone, 0, row.registered_at, *row[2:7])
        if kind in ("anniversary", "follow_up"):
            local = datetime.combine(_registered_on(person, settings), time(12), UTC)
            person = person._replace(registered_at=local, time_zone="UTC")
        counts[person] += row.people
    return counts


def almanac_of(session: Session, rule: CareRule, days: Sequence[date]) -> Almanac:
    """What some days are to a rule."""
    occasion = rule.occasion
    births = rules.births_of(days, occasion) if occasion["kind"] == "birthday" else {}
    festivals = _festivals(session, occasion, days) if occasion["kind"] == "holiday" and days else {}
    return Almanac(occasion, days, births, {day: at for day, at in festivals.items() if day in set(days)})


def _festivals(session: Session, occasion: Mapping[str, Any], days: Sequence[date]) -> dict[date, int]:
    rows = calendars.festivals(session, occasion["calendar"], occasion["holiday"], (min(days), max(days)))
    return {row.day: int(row.updated_at.timestamp() * 1_000) for row in rows}


def _candidates(almanac: Almanac) -> Select[Any] | None:
    """The people who may have an occasion on one of the days; None when there is no such day."""
    kind = almanac.occasion["kind"]
    if kind == "birthday":
        return repository.born_on(almanac.births)
    if kind == "anniversary":
        return repository.registered_in(rules.registrations(almanac.days, YEARS))
    if kind == "renewal":
        return repository.renewed_on(almanac.days)
    if kind == "follow_up":
        return repository.visited()
    return repository.everybody() if almanac.festivals else None


def _of_person(almanac: Almanac, person: Person, settings: Settings) -> Iterable[Celebrated]:
    return CELEBRATED[almanac.occasion["kind"]](almanac, person, settings)


def _birthday(almanac: Almanac, person: Person, _: Settings) -> Iterable[Celebrated]:
    birth = person.birth
    return almanac.births.get(birth, ()) if birth else ()


def _holiday(almanac: Almanac, _: Person, __: Settings) -> Iterable[Celebrated]:
    return [Celebrated(day, f"holiday:{almanac.occasion['holiday']}:{day.year}") for day in almanac.festivals]


def _anniversary(almanac: Almanac, person: Person, settings: Settings) -> Iterable[Celebrated]:
    registered, leap_day = _registered_on(person, settings), almanac.occasion["leap_day"]
    return [one for day in almanac.days if (one := rules.anniversary(registered, day, leap_day))]


def _renewal(almanac: Almanac, organisation: Person, _: Settings) -> Iterable[Celebrated]:
    day = organisation.renewal_at
    return [Celebrated(day, f"renewal:{day}")] if day in almanac.days and day is not None else []


def _follow_up(almanac: Almanac, person: Person, settings: Settings) -> Iterable[Celebrated]:
    since, every_days = _registered_on(person, settings), almanac.occasion["every_days"]
    return [one for day in almanac.days if (one := rules.follow_up(since, day, every_days))]


def _registered_on(person: Person, settings: Settings) -> date:
    return person.registered_at.astimezone(zone_of(person.time_zone, settings.business_time_zone)).date()


CELEBRATED: Mapping[str, Callable[[Almanac, Person, Settings], Iterable[Celebrated]]] = {
    "birthday": _birthday,
    "holiday": _holiday,
    "anniversary": _anniversary,
    "renewal": _renewal,
    "follow_up": _follow_up,
}
