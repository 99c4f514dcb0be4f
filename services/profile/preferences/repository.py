"""Statements about preferences."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.profile.customers.tables import Customer
from services.profile.preferences.tables import Pause
from shared.db import REPLACE, among, put
from shared.linking import CustomerRef


def record(session: Session, customer_id: UUID) -> RowMapping:
    """What the archive knows of a customer's preferences."""
    columns = (Customer.locale, Customer.preferred_channel)
    return session.execute(select(*columns).where(Customer.customer_id == customer_id)).mappings().one()


def pauses(session: Session, canonical_ids: Collection[UUID]) -> dict[UUID, datetime | None]:
    """What each person said last about a pause, under any of their ids."""
    statement = (
        select(CustomerRef.canonical_id, Pause.until)
        .join(Pause, Pause.customer_id == CustomerRef.customer_id)
        .where(among(CustomerRef.canonical_id, canonical_ids))
        .ext(distinct_on(CustomerRef.canonical_id))
        .order_by(CustomerRef.canonical_id, Pause.said_at.desc(), Pause.customer_id)
    )
    return dict(session.execute(statement).all())


def pause(session: Session, customer_id: UUID, until: datetime | None, now: datetime) -> None:
    """Note what a customer said about a pause."""
    put(session, Pause, [{"customer_id": customer_id, "until": until, "said_at": now}], on_conflict=REPLACE)
