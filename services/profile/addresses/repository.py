"""Statements that gather addresses, for many customers at once."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import RowMapping, literal, select
from sqlalchemy.orm import Session

from services.profile.identities.schemas import CHANNELS
from services.profile.identities.tables import Contact, IdentityRow
from shared.db import among


def contacts(session: Session, member_ids: Collection[UUID]) -> dict[UUID, list[RowMapping]]:
    """Addresses by the id they were recorded with: verified contact points, other ones, identities; newest first.

    With each what it is: a channel and its state, or the kind of an identity, whose state is `known`.
    """
    points = select(Contact.customer_id, Contact.contact_id, Contact.channel, Contact.value, Contact.state)
    points = points.where(among(Contact.customer_id, member_ids))
    points = points.order_by(Contact.state != "verified", Contact.created_at.desc(), Contact.contact_id)
    kind = IdentityRow.kind.label("channel")
    known = select(IdentityRow.customer_id, IdentityRow.identity_id.label("contact_id"), kind, IdentityRow.value)
    known = known.add_columns(literal("known").label("state"))
    known = known.where(among(IdentityRow.customer_id, member_ids), IdentityRow.kind.in_(CHANNELS))
    known = known.order_by(IdentityRow.created_at.desc(), IdentityRow.identity_id)
    found: dict[UUID, list[RowMapping]] = {}
    for row in [*session.execute(points).mappings(), *session.execute(known).mappings()]:
        found.setdefault(row["customer_id"], []).append(row)
    return found
