"""Applying what profile and scoring publish about customers. Every event may be the first one about its customer."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.customers.tables import Assessment, Consent, Customer, Tier
from shared import linking
from shared.contracts.profile import ConsentRecorded, CustomerLinked, CustomerRecorded
from shared.contracts.scoring import AssessmentChanged, TierChanged
from shared.db import NEWER, among, put


def record(session: Session, events: Sequence[CustomerRecorded], now: datetime) -> None:
    """Keep the newest archive record of each customer."""
    linking.ensure(session, {event.customer_id for event in events})
    put(session, Customer, [_customer(event) for event in events], on_conflict=NEWER)


def record_consents(session: Session, events: Sequence[ConsentRecorded], now: datetime) -> None:
    """Keep the newest state of each customer, purpose and channel."""
    linking.ensure(session, {event.customer_id for event in events})
    fields = ("customer_id", "purpose", "channel", "version", "state", "effective_at")
    put(session, Consent, [{name: getattr(event, name) for name in fields} for event in events], on_conflict=NEWER)


def record_assessments(session: Session, events: Sequence[AssessmentChanged], now: datetime) -> None:
    """Keep the newest classes of each customer."""
    linking.ensure(session, {event.customer_id for event in events})
    put(session, Assessment, [_assessment(event) for event in events], on_conflict=NEWER)


def record_tiers(session: Session, events: Sequence[TierChanged], now: datetime) -> None:
    """Keep the newest tier of each customer."""
    linking.ensure(session, {event.customer_id for event in events})
    rows = [{"customer_id": event.customer_id, "version": event.version, "tier": event.tier} for event in events]
    put(session, Tier, rows, on_conflict=NEWER)


def link(session: Session, events: Sequence[CustomerLinked], now: datetime) -> None:
    """Apply merges and undos. Facts keep their customer id, so nothing else moves."""
    linking.ensure(session, {customer for event in events for customer in (event.customer_id, event.canonical_id)})
    linking.point(session, [(event.customer_id, event.canonical_id, event.version) for event in events])


def zones(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, str]:
    """The time zone of each customer that is known."""
    wanted = select(Customer.customer_id, Customer.time_zone).where(among(Customer.customer_id, customer_ids))
    return dict(session.execute(wanted).all())


def tier(session: Session, canonical_id: UUID) -> str | None:
    """The tier that a canonical customer holds."""
    return session.scalars(select(Tier.tier).where(Tier.customer_id == canonical_id)).one_or_none()


def tiers(session: Session, canonical_ids: Collection[UUID]) -> dict[UUID, str]:
    """The tier of each canonical customer who holds one."""
    wanted = select(Tier.customer_id, Tier.tier).where(among(Tier.customer_id, canonical_ids))
    return dict(session.execute(wanted).all())


def locales(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, str]:
    """The locale of each customer that is known."""
    wanted = select(Customer.customer_id, Customer.locale).where(among(Customer.customer_id, customer_ids))
    return dict(session.execute(wanted).all())


def _customer(event: CustomerRecorded) -> dict[str, Any]:
    born = event.birthday
    return {
        "customer_id": event.customer_id,
        "version": event.version,
        "status": event.status,
        "kind": event.customer_kind,
        "registered_at": event.registered_at,
        "locale": event.locale,
        "time_zone": event.time_zone,
        "region": event.region,
        "birthday_calendar": born and born.calendar,
        "birthday_month": born and born.month,
        "birthday_day": born and born.day,
        "birthday_leap": born and born.leap,
        "renewal_at": event.renewal_at,
        "channels": list(event.channels),
    }


def _assessment(event: AssessmentChanged) -> dict[str, Any]:
    return {
        "customer_id": event.customer_id,
        "version": event.version,
        "rfm_class": event.rfm and event.rfm.rfm_class,
        "value_class": event.value_class,
        "lifecycle": event.lifecycle,
        "plan": event.plan,
    }
