"""Engagement's part in an erasure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.engagement.holdings import HOLDINGS
from services.engagement.privacy import repository
from shared import erasure
from shared.contracts.engagement import EngagementErased
from shared.contracts.profile import ErasureCompleted, ErasureRequested
from shared.messaging import outbox
from shared.messaging.republish import Selection

SERVICE = "engagement"


def erase(session: Session, events: Sequence[ErasureRequested], now: datetime) -> None:
    """Erase what is known of these ids and answer. Where their messages went stays suppressed until all have erased."""
    answers = erasure.carry_out(session, SERVICE, HOLDINGS, events, now)
    outbox.add(session, [_told(answer) for answer in answers])


def finish(session: Session, events: Sequence[ErasureCompleted], now: datetime) -> None:
    """Erase what was written while the erasure was under way, and the hashes of the addresses."""
    erasure.finish(session, HOLDINGS, events)
    repository.forget_addresses(session, {event.customer_id for event in events})


def republished(session: Session, selection: Selection) -> Sequence[EngagementErased]:
    """One page of answers."""
    return [_told(answer) for answer in erasure.page(session, SERVICE, selection)]


def _told(answer: Mapping[Any, Any]) -> EngagementErased:
    return EngagementErased(**{name: value for name, value in answer.items() if name != "service"})
