"""Applying what profile says about customers and their links, and finding the canonical id of a path."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.scoring.customers.tables import Customer
from shared import due, linking
from shared.contracts.profile import CustomerLinked, CustomerRecorded
from shared.db import NEWER, put
from shared.errors import Gone, NotFound
from shared.linking import CustomerRef
from shared.settings import Settings
from shared.web.client import PATIENCE, client_of


def record(session: Session, events: Sequence[CustomerRecorded], now: datetime) -> None:
    """Keep the newest archive of each customer."""
    linking.ensure(session, (event.customer_id for event in events))
    put(session, Customer, [_row(event) for event in events], on_conflict=NEWER)
    due.mark(session, {event.customer_id for event in events}, now)


def link(session: Session, events: Sequence[CustomerLinked], now: datetime) -> None:
    """Point ids to their canonical id; everybody who won or lost facts by it becomes due.

    Both ends of every event are marked, also of one that came too late: the same rows are due whatever the order.
    """
    ends = {end for event in events for end in (event.customer_id, event.canonical_id)}
    linking.ensure(session, ends)
    moved = linking.point(session, [(event.customer_id, event.canonical_id, event.version) for event in events])
    due.mark(session, ends | moved, now)


def _row(event: CustomerRecorded) -> dict[str, object]:
    return {
        "customer_id": event.customer_id,
        "version": event.version,
        "status": event.status,
        "kind": event.customer_kind,
        "registered_at": event.registered_at,
        "source": event.source,
        "region": event.region,
        "income_band": event.income_band,
        "standing": event.influence.standing,
        "followers": event.influence.followers,
        "facts": {kind: one.model_dump(mode="json") for kind, one in event.facts.items()},
        "referrer_id": event.first_touch.referrer_id if event.first_touch else None,
    }


def person(session: Session, customer_id: UUID, settings: Settings) -> UUID:
    """The canonical id of a path's id; who is not known here is asked of profile once. Raises NotFound and Gone.

    To be asked before anything is written: the transaction ends before profile is asked, so that none waits for it.
    """
    known = session.get(CustomerRef, customer_id)
    if known is not None and known.erased_at is not None:
        raise Gone(f"Customer {customer_id} was erased.")
    if known is not None:
        return known.canonical_id
    session.rollback()
    try:
        asked = f"/internal/customers/{customer_id}"
        answer = client_of(settings, "scoring").get("profile", asked, deadline=PATIENCE)
    except NotFound:
        raise NotFound(f"There is no customer {customer_id}.") from None
    return UUID(answer["canonical_id"])
