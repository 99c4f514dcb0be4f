"""Planning occurrences from orders and dates, and firing the due ones: each leads to at most one message, ever."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.engagement.audiences import usecases as audiences
from services.engagement.care import usecases as care
from services.engagement.care.tables import CareOccurrence, CareRule
from services.engagement.customers import usecases as customers
from services.engagement.formats.rules import zone_of
from services.engagement.occasions import usecases as occasions
from services.engagement.occurrences import repository, rules
from services.engagement.occurrences.rules import Standing, Verdict
from services.engagement.orders import usecases as orders
from services.engagement.reach import usecases as reach
from services.engagement.reach.schemas import Person
from services.engagement.refills import usecases as refills
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
    active = care.active(session, "order", "refill")
    rows = [row for rule in active for event in events for row in rules.of_order(rule, event, now)]
    repository.plan(session, rows)


def plan_dates(runtime: Runtime) -> int:
    """Plan the dated occasions of the next 48 hours, for each rule from where it was looked at last."""
    with runtime.database.reading() as session:
        working = care.active(session, *care.DATED)
    planned = sum(_plan_rule(runtime, rule) for rule in working)
    log.info("dated care planned", ahead=planned)
    return 0


def dated(
    session: Session,
    settings: Settings,
    rule: CareRule,
    span: Span,
    *,
    now: datetime,
) -> Iterator[list[dict[str, Any]]]:
    """Occurrences of a dated rule in a span, page by page."""
    for page in occasions.found(session, settings, rule, span):
        yield [
            rules.planned(rule, one.customer_id, one.key, one.version, now)
            | {"day": one.day, "order_id": None, "step_at": None, "happens_at": one.at, "due_at": one.at}
            for one in page
        ]


def _plan_rule(runtime: Runtime, rule: CareRule) -> int:
    """One transaction for each page of people, and none once somebody changes the rule: the next look plans anew."""
    now, planned = runtime.now(), 0
    span = (min(rule.scanned_at or now, now), now + AHEAD)  # the clock may have been put back
    with runtime.database.reading() as session:
        for rows in dated(session, runtime.settings, rule, span, now=now):
            with runtime.database.transaction() as writing:
                if not care.unchanged(writing, rule):
                    return planned
                repository.plan(writing, rows)
            planned += len(rows)
    with runtime.database.transaction() as session:
        care.scanned(session, rule, now)
    return planned


def between(
    session: Session,
    span: Span,
    people: Collection[UUID] | None,
    rule_id: UUID | None,
    *,
    after: tuple[datetime, UUID],
    limit: int,
) -> Sequence[CareOccurrence]:
    """Stored occurrences meant for an instant of a span, the first after a place; of these customer ids or this rule
    only if they are given."""
    return repository.between(session, span, people, rule_id, after=after, limit=limit)


def count(session: Session, span: Span, people: Collection[UUID] | None, rule_id: UUID | None, ceiling: int) -> int:
    """How many are stored, as far as one above a ceiling."""
    return repository.count(session, span, people, rule_id, ceiling)


def fire_due(runtime: Runtime) -> int:
    """Turn due occurrences into messages, at most a batch; how many were looked at.

    Profile is asked for the segments after they were: if they count then, they were complete when they were.
    """
    with runtime.database.transaction() as session:
        claimed, stamp = due.claim(session, CareOccurrence.due_at, runtime.now(), limit=BATCH)
    if not claimed:
        return 0
    with runtime.database.reading() as session:
        judged = _judged(session, runtime, claimed)
    try:
        gone = audiences.gone(runtime.settings, [one.rule.audience for one in judged if one.verdict.do == "fire"])
        people = _people(runtime, judged)
    except GuanxiError as error:
        log.warning("care waits for profile", code=error.code, occurrences=len(claimed))
        with runtime.database.transaction() as session:
            due.settle(session, CareOccurrence.due_at, stamp, dict.fromkeys(claimed, runtime.now() + PAUSE))
        return 0
    if gone:
        care.hinder(runtime, gone)
        judged = [one for one in judged if not audiences.hindrance(one.rule.audience, gone)]
    with runtime.database.transaction() as session:
        _fire(session, runtime, judged, stamp, people)
    return len(claimed)


def _judged(session: Session, runtime: Runtime, occurrence_ids: Sequence[UUID]) -> list[Judged]:
    found = repository.claimed(session, occurrence_ids)
    canonical = linking.canonical(session, {occurrence.customer_id for occurrence, _ in found})
    zones = customers.zones(session, {*canonical, *canonical.values()})
    states = orders.states(session, {o.order_id for o, _ in found if o.order_id})
    supplies = refills.supplies(session, found, states, canonical)
    stands = _stands(session, runtime.settings, found, canonical)
    judged = []
    for occurrence, rule in found:
        person_id = canonical[occurrence.customer_id]
        meant, celebrated, zone_name = stands[occurrence.occurrence_id]
        name = zone_name or zones.get(person_id, zones.get(occurrence.customer_id))
        zone = zone_of(name, runtime.settings.business_time_zone)
        order = states.get(occurrence.order_id) if occurrence.order_id else None
        supply = supplies.get(occurrence.occurrence_id)
        standing = Standing(meant, celebrated, order.status if order else None, supply)
        verdict = rules.timed(rule, rules.judge(rule, occurrence, standing, zone), runtime.now())
        judged.append(Judged(occurrence, rule, person_id, verdict, zone))
    return judged


def _stands(
    session: Session,
    settings: Settings,
    found: Sequence[tuple[CareOccurrence, CareRule]],
    canonical: Mapping[UUID, UUID],
) -> dict[UUID, tuple[bool, bool, str | None]]:
    """For each occurrence: whether its customer is meant, whether a dated occasion holds, and the zone it goes by."""
    by_rule: dict[UUID, list[CareOccurrence]] = defaultdict(list)
    for occurrence, _ in found:
        by_rule[occurrence.rule_id].append(occurrence)
    stands: dict[UUID, tuple[bool, bool, str | None]] = {}
    for rule in {rule.rule_id: rule for _, rule in found}.values():
        some = by_rule[rule.rule_id]
        people = {canonical[one.customer_id] for one in some}
        meant = occasions.meant(session, rule, people)
        wanted = {(canonical[one.customer_id], one.day, one.key) for one in some if one.day}
        holding = occasions.still(session, settings, rule, wanted) if wanted else set()
        records = occasions.records(session, rule, people) if wanted else {}
        for one in some:
            person_id = canonical[one.customer_id]
            celebrated = one.day is not None and (person_id, one.day, one.key) in holding
            zone = records[person_id].time_zone if person_id in records else None
            stands[one.occurrence_id] = (person_id in meant, celebrated, zone)
    return stands


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
    context: dict[str, Any] = {
        "occasion": {"kind": rule.occasion["kind"], "day": day.isoformat(), "years": rules.years_of(occurrence.key)}
    }
    if occurrence.order_id:
        context["order_id"] = str(occurrence.order_id)
    if rule.task:
        context["task"] = rule.task
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
