"""Recording what is known about customers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.profile.attention import usecases as attention
from services.profile.attributes import usecases as attributes
from services.profile.base import deployment
from services.profile.customers import repository, rules
from services.profile.customers.schemas import SHOP, STAFF, Change, CustomerReport, Meeting, Record
from services.profile.marks import usecases as marks
from shared import linking
from shared.clock import clamped
from shared.contracts.base import Origin
from shared.errors import Gone, NotFound, PreconditionFailed
from shared.runtime import Runtime


def create(session: Session, meetings: Sequence[Meeting], now: datetime) -> None:
    """Record customers met for the first time, and publish them."""
    if not meetings:
        return
    year = now.astimezone(ZoneInfo(deployment().business_time_zone)).year
    numbers = repository.numbers(session, year, len(meetings))
    records = [_fresh(meeting, number, now) for meeting, number in zip(meetings, numbers, strict=True)]
    repository.add(session, records)
    linking.ensure(session, [meeting.customer_id for meeting in meetings])
    attention.mark(session, [meeting.customer_id for meeting in meetings], now)
    told = zip(records, meetings, strict=True)
    marks.publish(session, [rules.recorded(record, meeting.origin, ()) for record, meeting in told], now)


def meet(session: Session, meetings: Sequence[Meeting], now: datetime) -> None:
    """Note that customers were met earlier than known, or can be reached by other channels now."""
    by_customer = {meeting.customer_id: meeting for meeting in meetings}
    origins = {meeting.customer_id: meeting.origin for meeting in meetings}
    _rewrite(session, origins, lambda record: rules.met(record, by_customer[record["customer_id"]]), now)


def report(session: Session, reports: Sequence[CustomerReport], now: datetime) -> None:
    """Converge archive fields: of each field the latest `updated_at` wins. Unknown ids and visitors are ignored."""
    change(session, [_as_change(one) for one in reports], now)


def edit(session: Session, wanted: Change, version: int | None, now: datetime) -> None:
    """Change a record that the editor saw in `version`: later than all that was written to these fields before.

    Raises PreconditionFailed when it has moved on, unless it was seen in no version; NotFound and Gone.
    """
    require(session, {wanted.customer_id})
    present = repository.locked(session, {wanted.customer_id})[wanted.customer_id]
    if version is not None and present["version"] != version:
        raise PreconditionFailed(f"The customer is at version {present['version']} now; read it again.")
    _rewrite(session, {wanted.customer_id: wanted.origin}, lambda record: rules.edited(record, wanted, _blank()), now)


def adjust(
    session: Session,
    customer_ids: Collection[UUID],
    said: Callable[[Record], Mapping[str, Any]],
    actor: str,
    now: datetime,
    *,
    origin: Origin = Origin.LIVE,
) -> None:
    """Change fields on the word of staff by what each record says at that moment; `said` of nothing changes nothing."""

    def adjusted(record: Record) -> Record:
        wanted = Change(record["customer_id"], said(record), STAFF, now, actor=actor)
        return rules.edited(record, wanted, _blank())

    _rewrite(session, dict.fromkeys(customer_ids, origin), adjusted, now)


def change(session: Session, changes: Sequence[Change], now: datetime) -> set[UUID]:
    """Converge fields from any writer; whose record moved on. Those of unknown ids and visitors are ignored."""
    by_customer: dict[UUID, list[Change]] = {}
    for one in changes:
        by_customer.setdefault(one.customer_id, []).append(one)
    origins = {customer_id: _liveliest(some) for customer_id, some in by_customer.items()}
    blank = _blank()

    def converge(record: Record) -> Record:
        for one in by_customer[record["customer_id"]]:
            at = clamped(one.at, now)
            record = rules.converged(record, replace(one, at=at), blank)
        return record

    return _rewrite(session, origins, converge, now)


def active(session: Session, customer_ids: Collection[UUID]) -> set[UUID]:
    """Which of these ids are customers, and not erased."""
    return {one for one, status in repository.statuses(session, customer_ids).items() if status == "active"}


def require(session: Session, customer_ids: Collection[UUID]) -> None:
    """Raise NotFound unless all are customers, and Gone when one was erased."""
    found = repository.statuses(session, customer_ids)
    for customer_id in sorted(customer_ids):
        if customer_id not in found:
            raise NotFound(f"There is no customer {customer_id}.")
        if found[customer_id] == "erased":
            raise Gone(f"Customer {customer_id} was erased.")


def close(session: Session, customer_ids: Collection[UUID], now: datetime) -> None:
    """Mark records as erased: nobody reads or changes them any more."""
    repository.close(session, customer_ids, now)


def grow_older(runtime: Runtime) -> int:
    """Give customers whose birthday it is their new age band; how many there were."""
    now = runtime.now()
    with runtime.database.transaction() as session:
        customer_ids = repository.growing_older(session, now)
        _rewrite(session, dict.fromkeys(customer_ids, Origin.LIVE), lambda record: record, now)
    return len(customer_ids)


def _rewrite(
    session: Session, origins: Mapping[UUID, Origin], rewrite: Callable[[Record], Record], now: datetime
) -> set[UUID]:
    """Lock records, rewrite them, and store, index and publish those that came out different; which those are."""
    if not origins:
        return set()
    before = repository.locked(session, origins)
    after = {customer_id: _derived(rewrite(record), now) for customer_id, record in before.items()}
    changed = [customer_id for customer_id, record in after.items() if record != before[customer_id]]
    if not changed:
        return set()
    saved = {one: _moved_on(before[one], after[one], now) for one in changed}
    repository.save(session, list(saved.values()))
    steps = [{**step, "customer_id": one} for one in changed for step in rules.steps(before[one], saved[one])]
    repository.note(session, steps, now)
    renamed = {one: record["name"] for one, record in saved.items() if record["name"] != before[one]["name"]}
    if renamed:
        repository.index_names(session, renamed)
    shared = (
        attributes.shared(session)
        if any(before[one]["attributes"] or saved[one]["attributes"] for one in changed)
        else ()
    )
    told = [one for one in changed if not rules.tells_the_same(before[one], saved[one], shared)]
    events = [rules.recorded(saved[one], origins[one], shared) for one in told]
    marks.publish(session, events, now, {one: origins[one] for one in changed if one not in told})
    attention.mark(session, [one for one in changed if rules.has_moved(before[one], saved[one])], now)
    return set(changed)


def _derived(record: Record, now: datetime) -> dict[str, Any]:
    band, until = rules.age_band(record, now)
    return {**record, "age_band": band, "age_band_until": until}


def _moved_on(before: Record, after: Record, now: datetime) -> dict[str, Any]:
    unmatched = before["unmatched"] or any(after[name] != before[name] for name in rules.MATCHED)
    return {**after, "unmatched": unmatched, "version": before["version"] + 1, "recorded_at": now}


def _as_change(report: CustomerReport) -> Change:
    return Change(report.customer_id, report.fields, SHOP, report.updated_at, report.origin, report.source)


def _liveliest(changes: Sequence[Change]) -> Origin:
    return Origin.LIVE if any(one.origin is Origin.LIVE for one in changes) else changes[0].origin


def _fresh(meeting: Meeting, number: str, now: datetime) -> dict[str, Any]:
    return {
        **_blank(),
        "customer_id": meeting.customer_id,
        "number": number,
        "status": "active",
        "registered_at": meeting.at,
        "source": meeting.source,
        "channels": meeting.channels or [],
        "unmatched": False,
        "version": 1,
        "created_at": now,
        "occurred_at": meeting.at,
        "recorded_at": now,
    }


def _blank() -> dict[str, Any]:
    return rules.empty(deployment().default_locale, deployment().business_time_zone)
