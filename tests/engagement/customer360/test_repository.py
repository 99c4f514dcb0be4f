"""What engagement knows of one person, in one statement."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.engagement.customer360 import repository
from services.engagement.customer360.schemas import EngagementPart
from services.engagement.tasks import repository as tasks
from services.engagement.tasks import usecases
from services.engagement.tasks.schemas import TaskBrief
from shared.ids import new_id
from shared.testing.statements import statements
from tests.engagement.tasks.following import ANYBODY, looks_after, merged, opened

pytestmark = pytest.mark.capability("C-05")


def told(session: Session, customer_id: UUID) -> EngagementPart:
    return EngagementPart.model_validate(repository.parts(session, customer_id))


def test_the_open_tasks_of_all_linked_ids_are_told_with_who_has_them(engagement: Session, now: datetime) -> None:
    ada, twin, lee = new_id(), new_id(), new_id()
    looks_after(engagement, lee, ada, now)
    due = [now + timedelta(hours=hours) for hours in range(12)]
    made = [opened(engagement, (ada, twin)[at % 2], now, due_at=one) for at, one in enumerate(reversed(due))]
    merged(engagement, twin, ada)
    opened(engagement, new_id(), now)
    usecases.cancel(engagement, made[-1], caller=ANYBODY, now=now)
    with statements(engagement) as sent:
        found = told(engagement, twin)
    assert (len(sent), found) == (1, told(engagement, ada))
    assert [one.id for one in found.tasks] == list(reversed(made[1:-1]))
    assert {one.owner_id for one in found.tasks} == {lee}
    alone = tasks.open_of(engagement, [ada, twin], repository.SHOWN)
    assert found.tasks == [TaskBrief.of(one) for one in alone]


def test_of_whom_nobody_heard_there_is_nothing(engagement: Session) -> None:
    found = told(engagement, new_id())
    assert (found.messages, found.cases, found.tasks) == ([], [], [])
