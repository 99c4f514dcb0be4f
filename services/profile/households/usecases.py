"""Making households, and letting customers belong to them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.customers import usecases as customers
from services.profile.customers.schemas import Record
from services.profile.households import repository
from services.profile.households.schemas import HouseholdBody
from services.profile.households.tables import Household
from services.profile.links import usecases as links
from shared.errors import Conflict, FieldError, NotFound
from shared.ids import new_id
from shared.web.dependencies import require_version
from shared.web.versioned import archived, moved_on, stamps


def create(session: Session, body: HouseholdBody, actor: str, now: datetime) -> UUID:
    """Store a household; whom it is called after belongs to it."""
    household_id = new_id()
    repository.add(session, [{"household_id": household_id, "head_id": body.head_id, **stamps(now)}])
    if body.head_id is not None:
        join(session, household_id, body.head_id, actor, now)
    return household_id


def edit(
    session: Session, household_id: UUID, patch: HouseholdBody, actor: str, *, if_match: int, now: datetime
) -> None:
    """Call a household after another member, who belongs to it from then on."""
    row = get(session, household_id, locked=True)
    require_version(row.version, if_match)
    if "head_id" in patch.model_fields_set:
        if patch.head_id is not None:
            join(session, household_id, patch.head_id, actor, now)
        moved_on(session, row, now, head_id=patch.head_id)


def archive(session: Session, household_id: UUID, now: datetime) -> None:
    """Take a household out of use: nobody can be added any more; it stays readable, and its members stay."""
    archived(session, get(session, household_id, locked=True), now)


def get(session: Session, household_id: UUID, *, locked: bool = False) -> Household:
    """One household, archived or not; raises NotFound."""
    row = repository.get(session, household_id, locked=locked)
    if row is None:
        raise NotFound(f"There is no household {household_id}.")
    return row


def named(session: Session, household_id: UUID) -> tuple[Household, UUID | None, str | None]:
    """One household, archived or not, with its head and their name; raises NotFound."""
    found = repository.named(session, household_id)
    if found is None:
        raise NotFound(f"There is no household {household_id}.")
    return found


def join(session: Session, household_id: UUID, customer_id: UUID, actor: str, now: datetime) -> None:
    """Let a person belong to a household, and to no other. Raises NotFound, Conflict when it is archived."""
    if get(session, household_id).archived_at is not None:
        raise Conflict("This household is archived.", code="invalid_transition")
    person = links.person(session, customer_id)

    def joined(record: Record) -> dict[str, Any]:
        wanted = household_id if record["customer_id"] == person.canonical_id else None
        return {"household_id": wanted} if record["household_id"] != wanted else {}

    customers.adjust(session, person.member_ids, joined, actor, now)


def leave(session: Session, household_id: UUID, customer_id: UUID, actor: str, now: datetime) -> None:
    """Let a person, by whichever linked id, no longer belong to a household."""
    get(session, household_id)

    def left(record: Record) -> dict[str, Any]:
        return {"household_id": None} if record["household_id"] == household_id else {}

    customers.adjust(session, links.person(session, customer_id).member_ids, left, actor, now)


def faults(session: Session, household_ids: Collection[UUID]) -> dict[UUID, FieldError]:
    """What is wrong with those of these ids that are no household in use."""
    known = repository.in_use(session, household_ids) if household_ids else set()
    fault = FieldError("household_id", "reference_not_found", "there is no such household")
    return {one: fault for one in household_ids if one not in known}
