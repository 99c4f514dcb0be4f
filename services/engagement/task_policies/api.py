"""HTTP: `/task-policy`."""

from services.engagement.task_policies import usecases
from services.engagement.task_policies.schemas import TaskPolicyOut, TaskPolicyPatch
from shared.web.dependencies import IfMatch, Now, ReadSession, WriteSession
from shared.web.routing import ALL, Router

router = Router("/task-policy", tag="Task policy")


@router.get("", scope="engagement:read", managers=ALL, response_model=TaskPolicyOut)
def read_policy(session: ReadSession) -> TaskPolicyOut:
    """What opens tasks by itself, how soon they are due, and when an overdue one is escalated."""
    return usecases.current(session)


@router.patch("", scope="engagement:admin", response_model=TaskPolicyOut)
def change_policy(body: TaskPolicyPatch, session: WriteSession, if_match: IfMatch, now: Now) -> TaskPolicyOut:
    """Change the policy. Tasks that are open keep their time."""
    return usecases.change(session, body, if_match, now)
