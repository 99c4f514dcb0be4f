"""Statements that find organisations."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.profile.customers.tables import Customer
from services.profile.organisations.members.tables import OrganisationMember
from services.profile.organisations.schemas import OrganisationFilter
from shared.db import among
from shared.linking import CustomerRef
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

ORGANISATION = "organisation"
SORTS = {"created_at": (Customer.created_at, Customer.customer_id), "number": (Customer.number,)}
COLUMNS = tuple(Customer.__table__.columns)


def listed(
    session: Session, wanted: OrganisationFilter, members: Collection[UUID], page: PageRequest
) -> Listing[dict[str, Any]]:
    """A page of organisations in use as they count; of `members`, linked ids of one customer, where there are any."""
    statement = _matching(select(Customer), wanted)
    if members:
        of_member = select(CustomerRef.canonical_id).join(
            OrganisationMember, OrganisationMember.organisation_id == CustomerRef.customer_id
        )
        of_member = of_member.where(among(OrganisationMember.customer_id, members))
        statement = statement.where(Customer.customer_id.in_(of_member))
    found = paginate(session, statement, page, SORTS)
    items = [{column.name: getattr(one, column.name) for column in COLUMNS} for one in found.items]
    return Listing[Any].model_construct(items=items, next_cursor=found.next_cursor)


def get(session: Session, organisation_id: UUID) -> dict[str, Any] | None:
    """One organisation, archived or not."""
    wanted = select(Customer.__table__).where(Customer.customer_id == organisation_id, Customer.kind == ORGANISATION)
    row = session.execute(wanted).mappings().one_or_none()
    return None if row is None else dict(row)


def _matching(statement: Select[Any], wanted: OrganisationFilter) -> Select[Any]:
    absorbed = select(CustomerRef.customer_id).where(
        CustomerRef.customer_id == Customer.customer_id, CustomerRef.canonical_id != CustomerRef.customer_id
    )
    statement = statement.where(
        Customer.kind == ORGANISATION, Customer.status == "active", Customer.archived_at.is_(None), ~absorbed.exists()
    )
    for column, values in (
        (Customer.industry, wanted.industry),
        (Customer.size_band, wanted.size_band),
        (Customer.region, wanted.region),
    ):
        if values:
            statement = statement.where(column.in_(values))
    if wanted.renewal_from is not None:
        statement = statement.where(Customer.renewal_at >= wanted.renewal_from)
    if wanted.renewal_to is not None:
        statement = statement.where(Customer.renewal_at < wanted.renewal_to)
    return statement
