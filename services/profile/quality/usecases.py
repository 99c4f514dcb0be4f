"""Checking the archive, telling how good it is, and working off what is wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.profile.base import deployment
from services.profile.quality import repository, rules
from services.profile.quality.rules import BY_CODE
from services.profile.quality.schemas import (
    Checked,
    CompletenessOut,
    Dismissal,
    FaultOut,
    PastReportOut,
    QualityOut,
    WorkFilter,
    WorkItemOut,
)
from services.profile.quality.tables import QualityItem
from shared import jobs, ownership
from shared.auth.caller import Caller
from shared.errors import FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.jobs import Job, JobRun
from shared.runtime import Runtime
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing

CHECK = "quality.check"
BATCH = 1_000
FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
UNTOUCHED = timedelta(days=730)  # nobody said anything of a customer for so long
UNVERIFIED = timedelta(days=180)  # a contact point waits for its verification for so long


def consider(runtime: Runtime) -> int:
    """Queue a check unless one is waiting; 1 when that happened. For a tick."""
    with runtime.database.transaction() as session:
        if jobs.is_unfinished(session, CHECK):
            return 0
        jobs.start(session, runtime.service, CHECK, {}, runtime.now())
    return 1


def start(session: Session, service: str, now: datetime) -> Job:
    """Queue a check of all records. Raises Conflict `job_running`."""
    return jobs.get(session, jobs.start(session, service, CHECK, {}, now))


def check(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Check all records, a thousand a transaction, and store the report; the job's use case. Safe to repeat."""
    tally: Counter[str] = Counter()
    done, after = 0, FIRST
    while after != LAST:
        now = runtime.now()
        with runtime.database.transaction() as session:
            people = repository.people_after(session, after, BATCH)
            records = repository.checked(session, people, _bounds(now))
            last = people[-1] if people else LAST
            repository.keep(session, records, (after, last), now)
        tally = rules.tallied(tally, records)
        done, after = done + len(people), last
        job.progress(done)
    with runtime.database.transaction() as session:
        return _reported(session, tally, runtime.now())


def report(session: Session) -> QualityOut:
    """Completeness by field, and how many customers have which fault. Raises NotFound before the first check."""
    found = repository.latest_report(session)
    if found is None:
        raise NotFound("Nothing was checked yet; start a check with POST /v1/reports/data-quality.")
    told = [(one, *found.counts.get(code, (0, 0, 0))) for code, one in BY_CODE.items()]
    return QualityOut(
        as_of=found.as_of,
        customers=found.customers,
        completeness=[
            CompletenessOut(
                field=one.field, customers=asked, known=asked - wrong, share=rules.share(asked - wrong, asked)
            )
            for one, asked, wrong, _ in told
            if one.fault == "incomplete"
        ],
        faults=[
            FaultOut(fault=one.fault, field=one.field, reason=one.reason, customers=wrong, dismissed=aside)
            for one, _, wrong, aside in told
            if one.fault != "incomplete"
        ],
    )


def reports(session: Session, page: PageRequest) -> Listing[PastReportOut]:
    """How good the archive was, check by check."""
    found = repository.reports(session, page)
    items = [
        PastReportOut(
            id=one.report_id,
            as_of=one.as_of,
            customers=one.customers,
            completeness=rules.known(one.counts),
            faults=rules.faults(one.counts),
        )
        for one in found.items
    ]
    return Listing(items=items, next_cursor=found.next_cursor)


def items(
    session: Session, wanted: WorkFilter, page: PageRequest, caller: Caller, now: datetime
) -> Listing[WorkItemOut]:
    """What there is to look after, newest customers first; what was mended since it was found is left out."""
    found = repository.items(session, rules.chosen(wanted), wanted, page, caller)
    return Listing(items=_still_wrong(session, found.items, now), next_cursor=found.next_cursor)


def dismiss(session: Session, item_id: UUID, body: Dismissal, caller: Caller, now: datetime) -> WorkItemOut:
    """Set an item aside: it is known and shall stay as it is. Raises NotFound, Invalid for a time that is over."""
    if body.until is not None and body.until <= now:
        message = "It has to lie ahead."
        raise Invalid(message, errors=[FieldError("until", "too_old", message)])
    judged = {"status": "dismissed", "dismissed_until": body.until, "judged_at": now}
    return _judged(session, item_id, judged, caller, now)


def reopen(session: Session, item_id: UUID, caller: Caller, now: datetime) -> WorkItemOut:
    """Put an item back on the list. Raises NotFound."""
    return _judged(session, item_id, {"status": "open", "dismissed_until": None, "judged_at": now}, caller, now)


def _judged(session: Session, item_id: UUID, judged: Mapping[str, Any], caller: Caller, now: datetime) -> WorkItemOut:
    item = repository.locked(session, item_id)
    ownership.require(session, caller, None if item is None else item.customer_id)
    if item is not None:
        for name, value in {**judged, "judged_by": caller.id}.items():
            setattr(item, name, value)
        session.flush()
    told = _still_wrong(session, [item] if item else [], now)
    if not told:
        raise NotFound("There is no such item; what was wrong may have been mended.")
    return told[0]


def _still_wrong(session: Session, items: Sequence[QualityItem], now: datetime) -> list[WorkItemOut]:
    """Items as they are told, by a fresh look at their records: people mend things between two checks."""
    records = repository.checked(session, {one.customer_id for one in items}, _bounds(now)) if items else []
    by_customer = {one.customer_id: one for one in records}
    looked = [(one, by_customer.get(one.customer_id)) for one in items]
    return [_told(one, record) for one, record in looked if record is not None and one.code in record.faults]


def _told(item: QualityItem, record: Checked) -> WorkItemOut:
    check = BY_CODE[item.code]
    what = {"fault": check.fault, "field": check.field, "reason": check.reason}
    who = {"number": record.number, "kind": record.kind}
    same = ("customer_id", "registered_at", "status", "found_at", "judged_at", "judged_by", "dismissed_until")
    return WorkItemOut.model_validate({"id": item.item_id, **what, **who, **{one: getattr(item, one) for one in same}})


def _reported(session: Session, tally: Counter[str], now: datetime) -> dict[str, Any]:
    counts = rules.counts(tally, repository.dismissed(session))
    customers = tally[rules.PERSON] + tally[rules.ORGANISATION]
    repository.add_report(session, {"report_id": new_id(), "as_of": now, "customers": customers, "counts": counts})
    return {"customers": customers, "completeness": rules.known(counts), "faults": rules.faults(counts)}


def _bounds(now: datetime) -> repository.Bounds:
    today = now.astimezone(ZoneInfo(deployment().business_time_zone)).date()
    return {"untouched": now - UNTOUCHED, "unverified": now - UNVERIFIED, "today": today}
