"""HTTP: `/tasks/{id}/complete`."""

from uuid import UUID

from services.engagement.completions import usecases
from services.engagement.tasks.schemas import Completion, TaskOut
from shared.web.dependencies import CurrentCaller, Now, WriteSession
from shared.web.routing import OWN, Router

router = Router("/tasks", tag="Tasks")


@router.post("/{task_id}/complete", scope="engagement:write", managers=OWN)
def complete_task(task_id: UUID, body: Completion, session: WriteSession, caller: CurrentCaller, now: Now) -> TaskOut:
    """Say what an open task came to: the outcome makes it `done` or `no_answer`; `next` opens the following one.

    The case behind it is noted as contacted, with the reason that the outcome names, an appointment as attended or,
    once it has begun, as missed.
    """
    done = usecases.complete(session, task_id, body, caller=caller, now=now)
    return TaskOut.shown(done, pii=caller.may("profile:pii"))
