"""Telling how good the archive is."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.profile.base import deployment
from services.profile.quality import repository, rules
from services.profile.quality.rules import CHECKS
from services.profile.quality.schemas import (
    CompletenessOut,
    FaultOut,
    ItemFaultOut,
    QualityOut,
    WorkFilter,
    WorkItemOut,
)
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing

UNTOUCHED = timedelta(days=730)  # nobody said anything of a customer for so long
UNVERIFIED = timedelta(days=180)  # a contact point waits for its verification for so long


def report(session: Session, now: datetime) -> QualityOut:
    """Completeness by field, and how many customers have which fault."""
    found = repository.report(session, _bounds(now))
    counts = [(one, found[f"asked_{at}"], found[f"wrong_{at}"]) for at, one in enumerate(CHECKS)]
    return QualityOut(
        as_of=now,
        customers=found["customers"],
        completeness=[
            CompletenessOut(field=one.field, customers=asked, known=asked - wrong, share=_share(asked - wrong, asked))
            for one, asked, wrong in counts
            if one.fault == "incomplete"
        ],
        faults=[
            FaultOut(fault=one.fault, field=one.field, reason=one.reason, customers=wrong)
            for one, _, wrong in counts
            if one.fault != "incomplete"
        ],
    )


def items(session: Session, wanted: WorkFilter, page: PageRequest, now: datetime) -> Listing[WorkItemOut]:
    """Whom there is to look after, newest customers first, each with what is wrong of what was asked for."""
    checks = rules.chosen(wanted)
    found = repository.items(session, checks, _bounds(now), page)
    items = [
        WorkItemOut(
            customer_id=one.customer_id,
            number=one.number,
            kind=one.kind,
            registered_at=one.registered_at,
            faults=[ItemFaultOut.model_validate(checks[at]) for at in one.faults],
        )
        for one in found.items
    ]
    return Listing(items=items, next_cursor=found.next_cursor)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _bounds(now: datetime) -> repository.Bounds:
    today = now.astimezone(ZoneInfo(deployment().business_time_zone)).date()
    return {"untouched": now - UNTOUCHED, "unverified": now - UNVERIFIED, "today": today}
