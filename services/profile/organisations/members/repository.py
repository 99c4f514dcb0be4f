"""Statements about members of organisations."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.profile.customers.tables import Customer
from services.profile.organisations.members.tables import OrganisationMember
from shared.db import REPLACE, among, put
from shared.linking import CustomerRef
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing


def listed(session: Session, organisation_ids: Collection[UUID], page: PageRequest) -> Listing[Any]:
    """Who belongs to an organisation, each person once: canonical id, name, role, since when."""
    counted = (
        select(
            CustomerRef.canonical_id,
            func.max(OrganisationMember.role).label("role"),
            func.min(OrganisationMember.created_at).label("since"),
        )
        .join(CustomerRef, CustomerRef.customer_id == OrganisationMember.customer_id)
        .where(among(OrganisationMember.organisation_id, organisation_ids))
        .group_by(CustomerRef.canonical_id)
        .subquery()
    )
    wanted = select(counted.c.canonical_id, Customer.name, counted.c.role, counted.c.since)
    wanted = wanted.join(Customer, Customer.customer_id == counted.c.canonical_id).where(Customer.status == "active")
    return paginate(session, wanted, page, {"since": (counted.c.since, counted.c.canonical_id)}, default="since")


def save(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store members."""
    put(session, OrganisationMember, rows, on_conflict=REPLACE)


def remove(session: Session, organisation_ids: Collection[UUID], customer_ids: Collection[UUID]) -> None:
    """Forget that any of these customers belongs to any of these organisations."""
    session.execute(
        delete(OrganisationMember).where(
            among(OrganisationMember.organisation_id, organisation_ids),
            among(OrganisationMember.customer_id, customer_ids),
        )
    )
