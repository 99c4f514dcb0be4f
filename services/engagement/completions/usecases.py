"""Completing tasks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.appointments import usecases as appointments
from services.engagement.tasks import usecases as tasks
from services.engagement.tasks.schemas import Completion, Held
from services.engagement.winback import usecases as winback
from shared.auth.caller import Caller


def complete(session: Session, task_id: UUID, body: Completion, *, caller: Caller, now: datetime) -> Held:
    """Say what an open task came to, and tell the case that it was opened for."""
    held = tasks.complete(session, task_id, body, caller=caller, now=now)
    if held.task.case_id is not None:
        appointments.heed_task(session, held.task.case_id, held.task.status, now)
        if held.task.status == "done":
            winback.heed_task(session, held.task.case_id, held.task.kind, held.task.outcome, now)
    return held
