"""Statements about compensations."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.engagement.complaints.compensations.tables import Compensation
from services.engagement.tasks.tables import Task
from shared import ownership
from shared.auth.caller import Caller
from shared.errors import NotFound
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"proposed_at": (Compensation.proposed_at, Compensation.compensation_id)}


def get(session: Session, compensation_id: UUID) -> Compensation:
    """One compensation."""
    if (found := session.get(Compensation, compensation_id)) is None:
        raise NotFound("There is no such compensation.")
    return found


def locked(session: Session, compensation_id: UUID) -> Compensation:
    """One compensation as it is now, held until the transaction ends."""
    return session.get_one(Compensation, compensation_id, with_for_update=True, populate_existing=True)


def listed(
    session: Session, page: PageRequest, caller: Caller, *, status: Sequence[str] | None, complaint_id: UUID | None
) -> Listing[Compensation]:
    """Compensations as far as the caller may see, newest first."""
    wanted = ownership.narrowed(select(Compensation), Compensation.customer_id, caller)
    wanted = wanted.where(Compensation.status.in_(status)) if status else wanted
    wanted = wanted.where(Compensation.complaint_id == complaint_id) if complaint_id else wanted
    return paginate(session, wanted, page, SORTS, default="-proposed_at")


def granted(session: Session, complaint_id: UUID) -> Decimal:
    """What was granted for a complaint, in base currency."""
    amounts = select(func.coalesce(func.sum(Compensation.amount), 0))
    found: Decimal = session.scalars(
        amounts.where(Compensation.complaint_id == complaint_id, Compensation.status == "granted")
    ).one()
    return Decimal(found)


def proposed(session: Session, complaint_id: UUID) -> Sequence[Compensation]:
    """What is proposed for a complaint and waits for a decision."""
    waiting = select(Compensation).where(Compensation.complaint_id == complaint_id, Compensation.status == "proposed")
    return session.scalars(waiting.order_by(Compensation.compensation_id)).all()


def is_paid(session: Session, compensation_id: UUID) -> bool:
    """Whether the task of paying, or one that followed it, was done."""
    done = select(Task.task_id).where(Task.case_id == compensation_id, Task.status == "done")
    return session.scalars(done.limit(1)).first() is not None
