"""Looking at complaints when something is due of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.complaints import rules
from services.engagement.complaints import usecases as complaints
from services.engagement.complaints.tables import Complaint
from services.engagement.complaints.usecases import CLOCK, COMPLAINT, Step
from services.engagement.slas import usecases as slas
from services.engagement.slas.schemas import Standing
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
        waited = {one.complaint_id: _go_on(session, one) for one in found if _has_waited(one, now)}
        counted = slas.count(session, complaint_ids, now)
        for complaint in found:
            if rules.is_watched(complaint):
                step, earlier = waited.get(complaint.complaint_id, (None, []))
                complaints.record(session, complaint, step, [*earlier, counted[complaint.complaint_id]], now)
            else:  # its customer was erased
                complaint.look_at = None
        session.flush()


def _has_waited(complaint: Complaint, now: datetime) -> bool:
    until = complaint.waiting_until
    return complaint.status == "waiting_customer" and until is not None and until <= now


def _go_on(session: Session, complaint: Complaint) -> tuple[Step | None, list[Standing]]:
    """End a wait at the very instant it was to end, whenever that is noticed."""
    until = complaint.waiting_until or complaint.updated_at
    complaint.status, complaint.waiting_until = "in_progress", None
    return Step("resume", CLOCK, until), [slas.tell(session, complaint.complaint_id, "resumed", until)]
