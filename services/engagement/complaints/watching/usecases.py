"""Looking at complaints when something is due of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.complaints import rules
from services.engagement.complaints import usecases as complaints
from services.engagement.complaints.steps import usecases as steps
from services.engagement.complaints.steps.schemas import CLOCK, Step, Taken
from services.engagement.complaints.tables import Complaint
from services.engagement.complaints.usecases import COMPLAINT
from services.engagement.slas import usecases as slas
from shared import due
from shared.runtime import Runtime

BATCH = 200


def look_at_due(runtime: Runtime) -> int:
    """Note of due complaints what ran out, tell whom it concerns, and go on with what waited; how many there were."""
    return due.work_off(runtime, Complaint.look_at, _look, limit=BATCH)


def recount(runtime: Runtime) -> int:
    """Have complaints looked at whose business hours or holidays changed; how many."""
    now = runtime.now()
    with runtime.database.transaction() as session:
        stale = slas.stale(session, COMPLAINT, BATCH)
        complaints.look_again(session, stale, now)
    return len(stale)


def _look(runtime: Runtime, complaint_ids: Sequence[UUID], stamp: datetime, now: datetime) -> None:
    with runtime.database.transaction() as session:
        found = complaints.lock(session, complaint_ids)
        gone_on = _go_on(session, [one for one in found if _has_waited(one, now)])
        counted = slas.count(session, complaint_ids, now)
        taken = []
        for complaint in found:
            if rules.is_watched(complaint):
                known = complaint.complaint_id
                taken.append(Taken(complaint, gone_on.get(known), counted[known]))
            else:  # its customer was erased
                complaint.look_at = None
        steps.take_all(session, taken, now)


def _has_waited(complaint: Complaint, now: datetime) -> bool:
    until = complaint.waiting_until
    return complaint.status == "waiting_customer" and until is not None and until <= now


def _go_on(session: Session, waited: Sequence[Complaint]) -> dict[UUID, Step]:
    """End waits at the very instant each was to end, whenever that is noticed; the steps of it."""
    ends = {one.complaint_id: one.waiting_until or one.updated_at for one in waited}
    for complaint in waited:
        complaint.status, complaint.waiting_until = "in_progress", None
    slas.note(session, ends, "resumed")
    return {complaint_id: Step("resume", CLOCK, until) for complaint_id, until in ends.items()}
