"""Short ways to open tasks, to say who looks after whom, and to read who has what."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.tasks import repository, usecases
from services.engagement.tasks.schemas import Held, Opening
from shared import linking, ownership
from shared.auth.caller import PUBLIC_CALLER, Caller
from shared.contracts.examples import examples
from shared.contracts.profile import AssignmentChanged
from shared.db import Database
from shared.ids import new_id
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.databases import Within
from shared.web.dependencies import PageRequest

ANYBODY = PUBLIC_CALLER  # sees everything: no manager
ALL = PageRequest(200)


def opening(customer_id: UUID, key: str, now: datetime, **fields: Any) -> Opening:
    """A call that is due in an hour."""
    known: dict[str, Any] = {"customer_id": customer_id, "kind": "call", "cause": "care", "key": key}
    return Opening(**known | {"due_at": now + timedelta(hours=1), "opened_at": now} | fields)


def opened(session: Session, customer_id: UUID, now: datetime, **fields: Any) -> UUID:
    """A fresh task of a customer."""
    key = f"care:{new_id()}"
    return usecases.open_all(session, [opening(customer_id, key, now, **fields)], now)[key]


def looks_after(
    session: Session,
    manager_id: UUID | None,
    customer_id: UUID,
    now: datetime,
    *,
    team_id: UUID | None = None,
    version: int = 1,
    role: str = "account_manager",
) -> None:
    """Profile says who looks after a customer."""
    said = {"customer_id": customer_id, "manager_id": manager_id, "team_id": team_id, "role": role, "version": version}
    ownership.record(session, [examples(AssignmentChanged)[0].model_copy(update=said)], now)


def task(session: Session, task_id: UUID) -> Held:
    """A task as it is now, and who has it."""
    return repository.get(session, task_id, ANYBODY)


def manager(manager_id: UUID, *team_ids: UUID) -> Caller:
    """Who is bound to a manager's customers, and to those of the teams that the manager leads."""
    return Caller("m", "staff", frozenset(), None, manager_id, frozenset(team_ids))


def ids(found: Any) -> list[UUID]:
    """The tasks of a page, in its order."""
    return [row[0].task_id for row in found.items]


def today(session: Session, caller: Caller, now: datetime, owners: Sequence[UUID] | None = None) -> list[UUID]:
    """The day of a caller, to the end of the next 24 hours."""
    return ids(repository.todays(session, ALL, caller, now + timedelta(days=1), owners))


def merged(session: Session, absorbed: UUID, survivor: UUID, version: int = 1) -> None:
    """Two customers are one person."""
    linking.ensure(session, [absorbed, survivor])
    linking.point(session, [(absorbed, survivor, version)])


def within(session: Session, settings: Settings, at: datetime) -> Runtime:
    """The service in a session that is rolled back, at an instant."""
    database: Database = Within(session)
    return Runtime("engagement", settings, database, lambda: at)
