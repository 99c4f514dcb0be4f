"""Storing facts. Each makes the id it came with due; the due job finds out whose facts they are now.

Marks do not depend on which versions win, so the same ids are due whatever the order of arrival.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from services.scoring.facts import repository, rules
from services.scoring.facts.repository import Derived
from services.scoring.facts.tables import ActivityFact, Arrival, MessageFact, OrderFact
from shared import due, linking
from shared.contracts.base import CustomerEvent, Origin
from shared.contracts.engagement import (
    ComplaintRecorded,
    FeedbackRecorded,
    InteractionRecorded,
    MessageRecorded,
    RequestRecorded,
    ReviewRecorded,
    SurveyAnswered,
)
from shared.contracts.profile import ActivitySummarised, ConsentRecorded, OrderRecorded
from shared.db import NEWER, REPLACE, Base, put

# By these a customer is heard of. What the shop does on its own, messages and tasks, says nothing of the customer.
HEARD_BY = (
    *(ActivitySummarised, ConsentRecorded, InteractionRecorded, RequestRecorded, ComplaintRecorded),
    *(SurveyAnswered, ReviewRecorded, FeedbackRecorded),
)


def keep(
    session: Session, table: type[Base], events: Sequence[CustomerEvent], now: datetime, **derived: Derived
) -> None:
    """Keep the newest standing of each subject, as a row of the table; its customer is due."""
    repository.keep(session, table, events, **derived)
    _touch(session, events, now)


def record_orders(session: Session, events: Sequence[OrderRecorded], now: datetime) -> None:
    """Keep the newest standing of each order; when it changed hands, its former customer is due as well."""
    former = repository.customers_of_orders(session, [event.order_id for event in events])
    put(session, OrderFact, [rules.order_row(event) for event in events], on_conflict=NEWER)
    live = {event.order_id: event.version for event in sorted(events, key=_version) if event.origin is Origin.LIVE}
    repository.confirm_live(session, live)
    _touch(session, events, now)
    due.mark(session, former - {event.customer_id for event in events}, now)
    if any(event.origin is Origin.IMPORT for event in events):
        put(session, Arrival, [{"origin": Origin.IMPORT, "last_at": now}], on_conflict=REPLACE)


def record_activity(session: Session, events: Sequence[ActivitySummarised], now: datetime) -> None:
    """Keep the newest summary of each customer's day."""
    put(session, ActivityFact, [rules.activity_row(event) for event in events], on_conflict=NEWER)
    _touch(session, events, now)


def record_messages(session: Session, events: Sequence[MessageRecorded], now: datetime) -> None:
    """Keep how far each message got."""
    repository.keep(session, MessageFact, events)
    _touch(session, events, now)


def _version(event: OrderRecorded) -> int:
    return event.version


def _touch(session: Session, events: Sequence[CustomerEvent], now: datetime) -> None:
    live = [event for event in events if event.origin is Origin.LIVE and isinstance(event, HEARD_BY)]
    repository.hear(session, live)
    customers = {event.customer_id for event in events}
    linking.ensure(session, customers)
    due.mark(session, customers, now)
