"""Statements about alerts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.alert_routes.tables import AlertRoute
from services.engagement.alerts.schemas import AlertFilter
from services.engagement.alerts.tables import StaffAlert
from shared.db import NOTHING, among, put
from shared.errors import NotFound
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"created_at": (StaffAlert.created_at, StaffAlert.alert_id)}


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store alerts; of those that were told or are to be told already nothing changes."""
    put(session, StaffAlert, rows, on_conflict=NOTHING)


def claimed(session: Session, alert_ids: Collection[UUID], stamp: datetime) -> list[tuple[StaffAlert, AlertRoute]]:
    """Claimed alerts under lock with their ways, without those that somebody took since."""
    wanted = (
        select(StaffAlert, AlertRoute)
        .join(AlertRoute, AlertRoute.route_id == StaffAlert.route_id)
        .where(among(StaffAlert.alert_id, alert_ids), StaffAlert.due_at == stamp)
        .order_by(StaffAlert.created_at, StaffAlert.alert_id)
    )
    return [(alert, route) for alert, route in session.execute(wanted.with_for_update(of=StaffAlert))]


def sending(session: Session, alert_ids: Collection[UUID]) -> Sequence[StaffAlert]:
    """Alerts under lock that were handed over and not settled."""
    wanted = select(StaffAlert).where(among(StaffAlert.alert_id, alert_ids), StaffAlert.status == "sending")
    return session.scalars(wanted.order_by(StaffAlert.alert_id).with_for_update()).all()


def get(session: Session, alert_id: UUID) -> StaffAlert:
    """One alert."""
    if (found := session.get(StaffAlert, alert_id)) is None:
        raise NotFound("There is no such alert.")
    return found


def listed(session: Session, page: PageRequest, wanted: AlertFilter) -> Listing[StaffAlert]:
    """Alerts, newest first."""
    filters: dict[Any, Sequence[Any] | None] = {
        StaffAlert.status: wanted.status,
        StaffAlert.cause: wanted.cause,
        StaffAlert.route_id: wanted.route_id,
        StaffAlert.subject_id: wanted.subject_id,
    }
    conditions = [column.in_(values) for column, values in filters.items() if values]
    return paginate(session, select(StaffAlert).where(*conditions), page, SORTS)
