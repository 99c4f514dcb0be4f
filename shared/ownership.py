"""Who looks after a customer: the present owner per role that every service keeps, and what a manager may see.

`profile` decides; the other services apply `assignment.changed` to their own copy. A row counts for the canonical id.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared import linking
from shared.auth.caller import Caller
from shared.contracts.profile import AssignmentChanged
from shared.db import NEWER, Column, SharedBase, among, put
from shared.errors import NotFound
from shared.linking import CustomerRef

FIELDS = (
    *("customer_id", "role", "manager_id", "team_id", "territory_id"),
    *("valid_from", "pinned", "cause", "version"),
)

Chosen = TypeVar("Chosen", bound=Select[*tuple[Any, ...]])


class CustomerOwner(SharedBase):
    """Manager and team of a customer in one role; without a manager the team has them, without both nobody."""

    __tablename__ = "customer_owner"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    manager_id: Mapped[UUID | None] = mapped_column(index=True)
    team_id: Mapped[UUID | None] = mapped_column(index=True)
    territory_id: Mapped[UUID | None]
    valid_from: Mapped[datetime]
    pinned: Mapped[bool]
    cause: Mapped[str]
    version: Mapped[int]


def record(session: Session, events: Sequence[AssignmentChanged], now: datetime) -> None:
    """Keep the newest owner of each customer and role."""
    linking.ensure(session, {event.customer_id for event in events})
    put(
        session, CustomerOwner, [{name: getattr(event, name) for name in FIELDS} for event in events], on_conflict=NEWER
    )


def narrowed(statement: Chosen, column: Column, caller: Caller) -> Chosen:
    """A statement that selects by a column with customer ids, for what the caller may see of it."""
    return statement if caller.manager_id is None else statement.where(column.in_(held(caller)))


def require(session: Session, caller: Caller, customer_id: UUID | None) -> None:
    """Raise NotFound when a caller who is bound to a manager's customers asks for another; nobody's is another, too."""
    if caller.manager_id is not None and not seen(session, caller, {customer_id} if customer_id else set()):
        raise NotFound("There is no such thing, or it is not yours.")


def seen(session: Session, caller: Caller, customer_ids: Collection[UUID]) -> set[UUID]:
    """Which of some customers the caller may see."""
    if caller.manager_id is None:
        return set(customer_ids)
    return set(session.scalars(held(caller).where(among(CustomerRef.customer_id, customer_ids))))


def held(caller: Caller) -> Select[Any]:
    """All ids of the customers whom a manager has in any role, or a team that the manager leads, one below it too."""
    theirs = or_(CustomerOwner.manager_id == caller.manager_id, among(CustomerOwner.team_id, caller.team_ids))
    owned = CustomerOwner.customer_id == CustomerRef.canonical_id
    return select(CustomerRef.customer_id).join(CustomerOwner, owned).where(theirs)
