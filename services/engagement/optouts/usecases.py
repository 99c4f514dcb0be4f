"""Keeping and telling what was said."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.optouts.tables import Optout
from shared import linking
from shared.contracts.engagement import OptoutReceived
from shared.db import NOTHING, put
from shared.messaging import outbox
from shared.messaging.republish import Selection


def take(session: Session, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Store what was said and not heard before, and tell it; nothing is told of who was erased."""
    gone = linking.erased(session, {row["customer_id"] for row in rows})
    kept = [{**row, "received_at": now} for row in rows if row["customer_id"] not in gone]
    new = {one.optout_id for one in put(session, Optout, kept, on_conflict=NOTHING, returning=["optout_id"])}
    outbox.add(session, [_event(Optout(**row), now) for row in kept if row["optout_id"] in new])


def republished(session: Session, selection: Selection) -> Sequence[OptoutReceived]:
    """A page of what was told."""
    page = selection.narrowed(
        select(Optout), Optout.optout_id, customer_id=Optout.customer_id, changed_at=Optout.received_at
    )
    return [_event(one, one.received_at) for one in session.scalars(page)]


def _event(said: Optout, recorded_at: datetime) -> OptoutReceived:
    return OptoutReceived(
        customer_id=said.customer_id,
        version=1,
        occurred_at=said.received_at,
        recorded_at=recorded_at,
        optout_id=said.optout_id,
        contact_id=said.contact_id,
        channel=said.channel,
        purpose=said.purpose,
    )
