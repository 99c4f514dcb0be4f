"""What statements about tasks are made of: who has one is read from who looks after its customer."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from services.engagement.tasks.tables import Task
from shared.linking import CustomerRef
from shared.ownership import CustomerOwner

GIVEN = or_(Task.owner_id.is_not(None), Task.team_id.is_not(None))
OWNER: ColumnElement[Any] = case((GIVEN, Task.owner_id), else_=CustomerOwner.manager_id)
TEAM: ColumnElement[Any] = func.coalesce(Task.team_id, CustomerOwner.team_id)
IS_OPEN = Task.status == "open"


def works_on(manager_id: UUID) -> ColumnElement[bool]:
    """Whether a manager collaborates on a task."""
    return Task.collaborators.contains([str(manager_id)])


def having(*columns: Any) -> Select[Any]:
    """These columns of tasks, for which who looks after a customer is known too."""
    theirs = and_(CustomerOwner.customer_id == CustomerRef.canonical_id, CustomerOwner.role == Task.role)
    return (
        select(*columns)
        .select_from(Task)
        .outerjoin(CustomerRef, CustomerRef.customer_id == Task.customer_id)
        .outerjoin(CustomerOwner, theirs)
    )
