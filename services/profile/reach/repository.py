"""Statements that gather what a sender needs, for many customers at once."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from services.profile.customers.tables import Customer
from shared.db import among


def records(session: Session, canonical_ids: Collection[UUID]) -> dict[UUID, RowMapping]:
    """The archive as far as a sender needs it."""
    statement = select(
        Customer.customer_id,
        Customer.status,
        Customer.name,
        Customer.number,
        Customer.locale,
        Customer.time_zone,
        Customer.preferred_channel,
        Customer.contact_hours,
    )
    rows = session.execute(statement.where(among(Customer.customer_id, canonical_ids))).mappings()
    return {row["customer_id"]: row for row in rows}
