"""What the clocks of a complaint show on it, and a step as it is kept and told. Pure."""

from typing import Any

from services.engagement.complaints.steps.schemas import CLOCK, Step
from services.engagement.complaints.tables import Complaint
from services.engagement.slas.schemas import News, Standing
from shared.contracts.engagement import ComplaintRecorded
from shared.ids import new_id


def heeded(complaint: Complaint, standing: Standing) -> list[Step]:
    """Show on a complaint what its clocks say; the steps for what is new."""
    waiting = complaint.waiting_until if complaint.status == "waiting_customer" else None
    complaint.due_at, complaint.breached = standing.due_at, standing.breached
    complaint.look_at = min((at for at in (standing.next_at, waiting) if at is not None), default=None)
    for one in standing.news:
        if one.percent is not None:
            complaint.escalated_to, complaint.escalated_at = one.to, one.at
    return [_of_clock(one) for one in standing.news]


def row(complaint: Complaint, step: Step) -> dict[str, Any]:
    """A step as it is kept."""
    return {
        "step_id": new_id(),
        "complaint_id": complaint.complaint_id,
        "customer_id": complaint.customer_id,
        "at": step.at,
        "verb": step.verb,
        "status": complaint.status,
        "by": step.by,
        "values": dict(step.values),
        "note": step.note,
    }


def event(complaint: Complaint, changes: list[str]) -> ComplaintRecorded:
    """A complaint as it is told, and what happened to it."""
    same = ComplaintRecorded.model_fields.keys() & {column.key for column in Complaint.__table__.columns}
    return ComplaintRecorded(
        **{name: getattr(complaint, name) for name in same},
        occurred_at=complaint.updated_at,
        recorded_at=complaint.updated_at,
        changes=changes,
    )


def _of_clock(one: News) -> Step:
    known: dict[str, Any] = {"metric": one.metric, "cycle": one.cycle}
    if one.percent is None:
        return Step("breached", CLOCK, one.at, values=known)
    return Step("escalated", CLOCK, one.at, values=known | {"percent": one.percent, "to": one.to})
