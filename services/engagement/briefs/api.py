"""HTTP: `/tasks/{id}/brief`."""

from uuid import UUID

from services.engagement.briefs import usecases
from services.engagement.briefs.schemas import Brief
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now, ReadSession
from shared.web.routing import OWN, Router

router = Router("/tasks", tag="Tasks")


@router.get("/{task_id}/brief", scope="engagement:read", managers=OWN)
def read_brief(task_id: UUID, session: ReadSession, runtime: CurrentRuntime, caller: CurrentCaller, now: Now) -> Brief:
    """What to know before a task is done: who the customer is, what was last, what is open, what may be offered."""
    return usecases.read(session, runtime.settings, task_id, caller=caller, now=now)
