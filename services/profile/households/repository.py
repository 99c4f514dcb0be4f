"""Statements about households."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import case, exists, select
from sqlalchemy.orm import Session, aliased

from services.profile.customers.tables import Customer
from services.profile.households.tables import Household
from shared.db import among, put
from shared.linking import CustomerRef
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"created_at": (Household.created_at, Household.household_id)}
OWN, LINKED = aliased(Customer), aliased(CustomerRef)
BELONGS = exists().where(
    LINKED.canonical_id == CustomerRef.canonical_id,
    OWN.customer_id == LINKED.customer_id,
    OWN.household_id == Household.household_id,
)
NAMED = (  # whoever left, for whatever reason, is no head any more
    select(Household, case((Customer.status == "active", Household.head_id)), Customer.name)
    .outerjoin(CustomerRef, CustomerRef.customer_id == Household.head_id)
    .outerjoin(Customer, (Customer.customer_id == CustomerRef.canonical_id) & BELONGS)
)
MEMBER_SORTS = {"number": (Customer.number,)}


def listed(session: Session, page: PageRequest) -> Listing[Any]:
    """Households in use, newest first, each with its head and their name."""
    return paginate(session, NAMED.where(Household.archived_at.is_(None)), page, SORTS)


def named(session: Session, household_id: UUID) -> tuple[Household, UUID | None, str | None] | None:
    """One household, archived or not, with its head and their name."""
    found = session.execute(NAMED.where(Household.household_id == household_id)).one_or_none()
    return None if found is None else (found[0], found[1], found[2])


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store households."""
    put(session, Household, rows)


def get(session: Session, household_id: UUID, *, locked: bool = False) -> Household | None:
    """One household, archived or not."""
    return session.get(Household, household_id, with_for_update=locked)


def in_use(session: Session, household_ids: Collection[UUID]) -> set[UUID]:
    """Which of these are households that are not archived."""
    wanted = select(Household.household_id).where(among(Household.household_id, household_ids))
    return set(session.scalars(wanted.where(Household.archived_at.is_(None))))


def members(session: Session, household_id: UUID, page: PageRequest) -> Listing[Any]:
    """Who belongs to a household by the record of any linked id, each person once."""
    own = aliased(Customer)
    belonging = select(CustomerRef.canonical_id).join(own, own.customer_id == CustomerRef.customer_id)
    wanted = select(Customer.customer_id, Customer.number, Customer.name).where(
        Customer.customer_id.in_(belonging.where(own.household_id == household_id)), Customer.status == "active"
    )
    return paginate(session, wanted, page, MEMBER_SORTS, default="number")
