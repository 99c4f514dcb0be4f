"""Statements of briefs."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.appointments.tables import Appointment
from services.engagement.customers.tables import Assessment, Customer, Tier
from services.engagement.surveys.answers.tables import SurveyResponse
from services.engagement.winback.schemas import RUNNING
from services.engagement.winback.tables import WinbackCase
from shared.db import among
from shared.linking import CustomerRef

PORTRAIT = (
    *(Customer.registered_at, Customer.locale, Customer.region, Tier.tier),
    *(Assessment.value_class, Assessment.rfm_class, Assessment.lifecycle, Assessment.plan),
)


def portrait(session: Session, customer_id: UUID) -> Any:
    """Who a customer is, by the record that counts: a row of `PORTRAIT`, None for one who is unknown."""
    who = CustomerRef.canonical_id
    wanted = (
        select(*PORTRAIT)
        .select_from(CustomerRef)
        .outerjoin(Customer, Customer.customer_id == who)
        .outerjoin(Tier, Tier.customer_id == who)
        .outerjoin(Assessment, Assessment.customer_id == who)
        .where(CustomerRef.customer_id == customer_id)
    )
    return session.execute(wanted).one_or_none()


def opinion(session: Session, customer_ids: Collection[UUID]) -> SurveyResponse | None:
    """What any of these customer ids answered last."""
    wanted = select(SurveyResponse).where(among(SurveyResponse.customer_id, customer_ids))
    return session.scalars(wanted.order_by(SurveyResponse.answered_at.desc()).limit(1)).one_or_none()


def cases(session: Session, customer_ids: Collection[UUID], limit: int) -> Sequence[WinbackCase]:
    """Running cases, the most urgent first."""
    wanted = select(WinbackCase).where(among(WinbackCase.customer_id, customer_ids), WinbackCase.status.in_(RUNNING))
    return session.scalars(wanted.order_by(WinbackCase.priority.desc(), WinbackCase.case_id).limit(limit)).all()


def appointments(session: Session, customer_ids: Collection[UUID], now: datetime, limit: int) -> Sequence[Appointment]:
    """Booked appointments to come."""
    wanted = select(Appointment).where(
        among(Appointment.customer_id, customer_ids), Appointment.status == "booked", Appointment.ends_at > now
    )
    return session.scalars(wanted.order_by(Appointment.starts_at).limit(limit)).all()
