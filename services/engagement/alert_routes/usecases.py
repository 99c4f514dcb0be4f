"""Keeping the ways to staff, and handing alerts over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.alert_routes import rules
from services.engagement.alert_routes.schemas import NewRoute, Notice, RoutePatch
from services.engagement.alert_routes.tables import AlertRoute
from services.engagement.channels.schemas import Outcome
from shared.db import NOTHING, put
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import new_id
from shared.settings import Settings
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing
from shared.web.versioned import archived, moved_on, patched, stamps

SORTS = {"code": (AlertRoute.code,)}
IN_USE = AlertRoute.archived_at.is_(None)


def listed(session: Session, page: PageRequest) -> Listing[AlertRoute]:
    """Ways in use, by code."""
    return paginate(session, select(AlertRoute).where(IN_USE), page, SORTS, default="code")


def create(session: Session, settings: Settings, draft: NewRoute, now: datetime) -> AlertRoute:
    """Add a way. Raises Invalid for where it cannot lead, `already_exists` for a code that is or was in use."""
    row = _values(settings, draft) | {"route_id": new_id(), **stamps(now)}
    if not put(session, AlertRoute, [row], on_conflict=NOTHING, key=["code"], returning=["route_id"]):
        raise Conflict("There is or was a way of that code.", code="already_exists")
    return session.get_one(AlertRoute, row["route_id"])


def get(session: Session, route_id: UUID, *, locked: bool = False) -> AlertRoute:
    """One way, archived or not."""
    if (found := session.get(AlertRoute, route_id, with_for_update=locked or None)) is None:
        raise NotFound("There is no such way.")
    return found


def edit(
    session: Session, settings: Settings, route_id: UUID, patch: RoutePatch, *, if_match: int, now: datetime
) -> AlertRoute:
    """Change a way, also for what waits to be told."""
    route = get(session, route_id, locked=True)
    return moved_on(session, route, now, **_values(settings, patched(route, NewRoute, patch, if_match)))


def archive(session: Session, route_id: UUID, now: datetime) -> None:
    """Tell nothing more that way."""
    archived(session, get(session, route_id, locked=True), now, enabled=False)


def in_use(session: Session) -> Sequence[AlertRoute]:
    """Every way that is on."""
    return session.scalars(select(AlertRoute).where(IN_USE, AlertRoute.enabled).order_by(AlertRoute.code)).all()


def hand_over(settings: Settings, route: AlertRoute, notice: Notice) -> Outcome:
    """Send one alert now. Never raises for what happens out there."""
    return rules.SENDERS[route.kind](settings, rules.told(route), notice)


def _values(settings: Settings, draft: NewRoute) -> dict[str, Any]:
    if errors := rules.faults(draft, secure=settings.env == "production"):
        raise Invalid("The way cannot lead there.", errors=errors)
    return draft.model_dump()
