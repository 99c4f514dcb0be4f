"""Planning occurrences from orders and birthdays, and firing the due ones: each leads to at most one message, ever."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.engagement.care import usecases as care
from services.engagement.care.tables import CareOccurrence, CareRule
from services.engagement.customers import usecases as customers
from services.engagement.formats.rules import zone_of
from services.engagement.occurrences import repository, rules
from services.engagement.occurrences.repository import Born
from services.engagement.occurrences.rules import Verdict
from services.engagement.orders import usecases as orders
from services.engagement.reach import usecases as reach
from services.engagement.reach.schemas import Person
from services.engagement.sending import usecases as sending
from services.engagement.sending.schemas import Draft
from services.engagement.templates import usecases as templates
from services.engagement.templates.tables import Template
from shared import due, linking
from shared.contracts.profile import OrderRecorded
from shared.errors import GuanxiError
from shared.ids import derived_id
from shared.runtime import Runtime
from shared.settings import Settings
from shared.telemetry import log

BATCH = 200
AHEAD = timedelta(hours=48)
PAUSE = timedelta(seconds=10)
# Above every version of a fact: an occurrence that ended is never planned again.
ENDED = 2**62

People = Mapping[tuple[str, UUID], Person]
Span = tuple[datetime, datetime]  # the first instant excluded, the second included


class Judged(NamedTuple):
    """A claimed occurrence, what becomes of it, and whose it is now."""

    occurrence: CareOccurrence
    rule: CareRule
    canonical_id: UUID
    verdict: Verdict
    zone: ZoneInfo

    @property
    def identity(self) -> tuple[UUID, UUID, str]:
        """What may happen only once: rule, person, key."""
        return self.rule.rule_id, self.canonical_id, self.occurrence.key


def consider_orders(session: Session, events: Sequence[OrderRecorded], now: datetime) -> None:
    """Plan an occurrence for every rule that an order event counts for. When and whether it fires is decided then."""
    active = care.active(session, "order")
    rows = [
        _planned(rule, event.customer_id, rules.key_of_order(event.order_id, step), event.version, now)
        | {"day": None, "order_id": event.order_id, "step_at": at, "happens_at": at, "due_at": at}
        for rule in active
        for step in [rule.occasion["step"]]
        for event in events
        if rules.counts(rule, event, now)
        for at in [rules.step_at(event, step)]
    ]
    repository.plan(session, rows)


def plan_birthdays(runtime: Runtime) -> int:
    """Plan the birthdays of the next 48 hours, for each rule from where it was looked at last; how many there are."""
    now, planned = runtime.now(), 0
    with runtime.database.transaction() as session:
        for rule in care.active(session, "birthday"):
            for rows in birthdays(session, runtime.settings, rule, (rule.scanned_at or now, now + AHEAD), now=now):
                repository.plan(session, rows)
                planned += len(rows)
            rule.scanned_at = now
        session.flush()
    log.info("birthdays planned", ahead=planned)
    return 0


def birthdays(
    session: Session,
    settings: Settings,
    rule: CareRule,
    span: Span,
    *,
    now: datetime,
    people: Collection[UUID] | None = None,
) -> Iterator[list[dict[str, Any]]]:
    """Occurrences of a birthday rule in a span, page by page; of these people only if they are given."""
    days: dict[tuple[int, int], list[date]] = defaultdict(list)
    for day in rules.days_between(*span, rule.occasion["offset_days"]):
        for birth in rules.birthdays_on(day, rule.occasion["leap_day"]):
            days[birth].append(day)
    for page in repository.born_on(session, list(days), people):
        found = [(one, day) for one in page for day in days[one.month, one.day]]
        zones = [zone_of(one.time_zone, settings.business_time_zone) for one, _ in found]
        timed = [(*each, rules.birthday_at(rule, each[1], zone)) for each, zone in zip(found, zones, strict=True)]
        yield [_birthday(rule, one, day, at, now) for one, day, at in timed if span[0] < at <= span[1]]


def between(session: Session, span: Span, people: Collection[UUID] | None) -> Sequence[CareOccurrence]:
    """Stored occurrences meant for an instant of a span; of these customer ids only if they are given."""
    return repository.between(session, span, people)


def fire_due(runtime: Runtime) -> int:
    """Turn due occurrences into messages, at most a batch; how many were looked at."""
    with runtime.database.transaction() as session:
        claimed, stamp = due.claim(session, CareOccurrence.due_at, runtime.now(), limit=BATCH)
    if not claimed:
        return 0
    with runtime.database.reading() as session:
        judged = _judged(session, runtime, claimed)
    try:
        people = _people(runtime, judged)
    except GuanxiError as error:
        log.warning("care waits for profile", code=error.code, occurrences=len(claimed))
        with runtime.database.transaction() as session:
            due.settle(session, CareOccurrence.due_at, stamp, dict.fromkeys(claimed, runtime.now() + PAUSE))
        return 0
    with runtime.database.transaction() as session:
        _fire(session, runtime, judged, stamp, people)
    return len(claimed)


def _judged(session: Session, runtime: Runtime, occurrence_ids: Sequence[UUID]) -> list[Judged]:
    found = repository.claimed(session, occurrence_ids)
    canonical = linking.canonical(session, {occurrence.customer_id for occurrence, _ in found})
    born = repository.born(session, set(canonical.values()))
    zones = customers.zones(session, {*canonical, *canonical.values()})
    states = orders.states(session, {o.order_id for o, _ in found if o.order_id})
    judged = []
    for occurrence, rule in found:
        person_id = canonical[occurrence.customer_id]
        birth, order = born.get(person_id), states.get(occurrence.order_id) if occurrence.order_id else None
        name = birth.time_zone if birth else zones.get(person_id, zones.get(occurrence.customer_id))
        zone = zone_of(name, runtime.settings.business_time_zone)
        born_on, status = (birth.month, birth.day) if birth else None, order.status if order else None
        verdict = rules.judge(rule, occurrence, born_on, status, zone)
        judged.append(Judged(occurrence, rule, person_id, rules.timed(rule, verdict, runtime.now()), zone))
    return judged


def _people(runtime: Runtime, judged: Sequence[Judged]) -> People:
    firing = [one for one in judged if one.verdict.do == "fire"]
    found: dict[tuple[str, UUID], Person] = {}
    for topic in sorted({one.rule.topic for one in firing}):
        ids = [one.occurrence.customer_id for one in firing if one.rule.topic == topic]
        people = reach.fetch(runtime.settings, ids, topic)
        found |= {(topic, customer_id): person for customer_id, person in people.items()}
    return found


def _fire(session: Session, runtime: Runtime, judged: Sequence[Judged], stamp: datetime, people: People) -> None:
    now = runtime.now()
    held = repository.still_claimed(session, [one.occurrence.occurrence_id for one in judged], stamp)
    still = [one for one in judged if one.occurrence.occurrence_id in held]
    used = repository.used_up(session, [one.identity for one in still])
    firing: list[Judged] = []
    for one in still:
        row, verdict = held[one.occurrence.occurrence_id], one.verdict
        if verdict.do == "wait":
            row.happens_at = row.due_at = verdict.at
        elif verdict.do in ("skipped", "expired"):
            _end(row, verdict.do, verdict.reason)
        elif verdict.do == "fire" and one.identity in used:
            _end(row, "skipped", "duplicate")
        elif verdict.do == "fire":
            used.add(one.identity)
            firing.append(one)
    written = templates.by_code(session, {one.rule.template for one in firing})
    drafts = [_draft(one, people, written[one.rule.template], now) for one in firing]
    for one, (message, _) in zip(firing, sending.accept(session, runtime.settings, drafts, now), strict=True):
        _end(held[one.occurrence.occurrence_id], "messaged", None, message.message_id)
    session.flush()
    repository.release(session, [one.occurrence.occurrence_id for one in still if one.verdict.do == "release"])


def _draft(one: Judged, people: People, template: Template, now: datetime) -> Draft:
    occurrence, rule, at = one.occurrence, one.rule, one.verdict.at
    day = occurrence.day or (occurrence.step_at or at).astimezone(one.zone).date()
    context: dict[str, Any] = {"occasion": {"kind": rule.occasion["kind"], "day": day.isoformat(), "years": None}}
    if occurrence.order_id:
        context["order_id"] = str(occurrence.order_id)
    return Draft(
        customer_id=occurrence.customer_id,
        person=people.get((rule.topic, occurrence.customer_id)),
        template=template,
        purpose=rule.purpose,
        topic=rule.topic,
        channels=rule.channels,
        context=context,
        expires_at=rules.expiry(rule, at) or now + sending.LIFE,
        dedupe_key=f"care:{derived_id(*map(str, one.identity))}",
        care_rule_id=rule.rule_id,
    )


def _end(row: CareOccurrence, status: str, reason: str | None, message_id: UUID | None = None) -> None:
    row.status, row.reason, row.message_id, row.due_at, row.version = status, reason, message_id, None, ENDED


def _birthday(rule: CareRule, born: Born, day: date, at: datetime, now: datetime) -> dict[str, Any]:
    key = rules.key_of_birthday(day)
    times = {"day": day, "order_id": None, "step_at": None, "happens_at": at, "due_at": at}
    return _planned(rule, born.customer_id, key, born.version, now) | times


def _planned(rule: CareRule, customer_id: UUID, key: str, version: int, now: datetime) -> dict[str, Any]:
    return {
        "occurrence_id": derived_id("occurrence", str(rule.rule_id), str(customer_id), key),
        "rule_id": rule.rule_id,
        "customer_id": customer_id,
        "key": key,
        "version": version,
        "status": "planned",
        "planned_at": now,
    }
