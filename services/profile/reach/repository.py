"""Statements that gather what a sender needs, for many customers at once."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from services.profile.customers.tables import Customer
from services.profile.identities.tables import IdentityRow
from shared.db import among

CHANNELS = {"email": "email", "phone": "sms", "openid": "wechat"}  # what engagement itself can send by


def records(session: Session, canonical_ids: Collection[UUID]) -> dict[UUID, RowMapping]:
    """The archive as far as a sender needs it."""
    statement = select(
        Customer.customer_id,
        Customer.status,
        Customer.name,
        Customer.locale,
        Customer.time_zone,
        Customer.preferred_channel,
        Customer.contact_hours,
    )
    rows = session.execute(statement.where(among(Customer.customer_id, canonical_ids))).mappings()
    return {row["customer_id"]: row for row in rows}


def contacts(session: Session, member_ids: Collection[UUID]) -> dict[UUID, list[RowMapping]]:
    """Addresses by the id they were recorded with, newest first."""
    statement = select(IdentityRow.customer_id, IdentityRow.identity_id, IdentityRow.kind, IdentityRow.value)
    wanted = statement.where(among(IdentityRow.customer_id, member_ids), IdentityRow.kind.in_(CHANNELS))
    found: dict[UUID, list[RowMapping]] = {}
    for row in session.execute(wanted.order_by(IdentityRow.created_at.desc(), IdentityRow.identity_id)).mappings():
        found.setdefault(row["customer_id"], []).append(row)
    return found
